package docket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/notice"
)

// ErrBase refuses an address of the join page that a guest could not trust: an invitation goes over TLS, but on this machine.
var ErrBase = errors.New("the address of the join page begins with https://, and has nothing behind the port or the path")

// Invited is a seat's invitation, ready to be handed over before the hearing.
type Invited struct {
	Link    invite.Link
	Mark    string    // by which the court tells its cards apart; it opens nothing
	Expires time.Time // the first use must come before
	Used    bool      // a device has it already
}

// joinPages keeps the address of the join page that was used last, so that nobody types it twice.
var joinPages = store.NewCollection[string]("join_page")

// JoinPage is the address that invitations ahead of the day are made with where nothing else is said: the court's relay, or the join page that was
// used last, or empty.
func (d *Desk) JoinPage(ctx context.Context) (string, error) {
	if r, err := d.Reach(ctx); err != nil || r.Relay.URL != "" {
		return r.Relay.URL, err
	}
	base, err := read(ctx, d, joinPages, docketPart, "base")
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return base, err
}

// InviteAhead returns the invitation of a seat of a hearing that is planned, to be handed over before the day: the one that stands, or a new one where there is none, it has expired or fresh is
// set. It can first be used until [InviteFor] after the end of the hearing as it is planned now. base is the address of the join page as guests reach it. A seat
// whose invitation a device has used already keeps it.
func (d *Desk) InviteAhead(ctx context.Context, id testimony.HearingID, seat testimony.ParticipantID, base string, fresh bool) (Invited, error) {
	base, err := checkBase(base)
	if err != nil {
		return Invited{}, err
	}
	h, err := d.Hearing(ctx, id)
	if err != nil {
		return Invited{}, fmt.Errorf("the hearing: %w", err)
	}
	if !h.Planned() {
		return Invited{}, fmt.Errorf("%w: the hearing was held or cancelled", ErrInvalid)
	}
	secret, i, err := d.Invite(ctx, h, seat, fresh)
	if err != nil {
		return Invited{}, err
	}
	until := h.Start.Add(h.Duration).Add(InviteFor)
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		r, part, err := locate(tx, invitations, string(i.ID))
		if err != nil {
			return notFound(err)
		}
		if !r.Used && !r.Revoked && r.Expires.Before(until) {
			r.Expires = until
		}
		i = r.Invitation
		tx.Log("invitation.ahead", map[string]string{"hearing": r.Hearing, "seat": r.Participant})
		return errors.Join(invitations.Put(tx, part, string(i.ID), r), joinPages.Put(tx, docketPart, "base", base))
	})
	return Invited{Link: invite.Link{Base: base, Secret: secret}, Mark: mark(i.ID), Expires: i.Expires, Used: i.Used}, err
}

// mark is four letters of an invitation's public name.
func mark(id invite.ID) string {
	digest := sha256.Sum256([]byte("paravent/card/1/" + id))
	return base32.StdEncoding.EncodeToString(digest[:])[:4]
}

func checkBase(base string) (string, error) {
	base = strings.TrimSuffix(strings.TrimSpace(base), "/")
	u, err := url.Parse(base)
	if err != nil || len(base) > 300 || u.Host == "" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.ContainsAny(base, "#? ") {
		return "", ErrBase
	}
	if u.Scheme == "https" || u.Scheme == "http" && here(u.Hostname()) {
		return base, nil
	}
	return "", ErrBase
}

// here reports whether a host is this machine and no other.
func here(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback() || net.ParseIP(host).IsLoopback()
}

// CardName is a name for a card's file. It tells nothing of the hearing.
func CardName(l policy.Language) string { return "card-" + string(l) + ".pdf" }

// WriteCard makes the invitation of a seat as [Desk.InviteAhead] does, and writes it as a card to be printed, to a file for its owner alone: all of it or nothing. It
// replaces a file only when it is told to. A seat whose invitation a device has used gets no card of it, but a new one with fresh.
func (d *Desk) WriteCard(ctx context.Context, id testimony.HearingID, seat testimony.ParticipantID, base string, fresh bool, l policy.Language, to string, replace bool) (Invited, error) {
	if !d.May(testimony.ActHoldHearing) {
		return Invited{}, ErrNotAllowed
	}
	if !strings.EqualFold(filepath.Ext(to), ".pdf") {
		return Invited{}, ErrPaperName
	}
	if err := freePlace(to, replace); err != nil { // before an invitation is made that nobody gets
		return Invited{}, err
	}
	i, err := d.InviteAhead(ctx, id, seat, base, fresh)
	if err != nil {
		return i, err
	}
	if i.Used {
		return i, invite.Used
	}
	h, err := d.Hearing(ctx, id)
	if err != nil {
		return i, err
	}
	court, there, err := h.Clocks(h.Start)
	if err != nil {
		return i, err
	}
	p, _ := h.Participant(seat)
	card := notice.Card{Link: i.Link.String(), Mark: i.Mark, Start: court, Until: i.Expires.In(court.Location()), Made: d.Now().UTC().Truncate(time.Second), Training: d.Training()}
	if p.Role == testimony.RoleWitness || p.Role == testimony.RoleSupport || p.Role == testimony.RoleCoordinator {
		card.Start, card.Until, card.Remote = there, i.Expires.In(there.Location()), true
	}
	var out bytes.Buffer
	defer func() { clear(out.Bytes()[:out.Cap()]) }()
	if err := card.PDF(&out, l); err != nil {
		return i, err
	}
	if err := d.Note(ctx, "invitation.card", map[string]string{"hearing": string(id), "seat": string(seat), "language": string(l)}); err != nil {
		return i, err
	}
	write := func(w io.Writer) error {
		_, err := w.Write(out.Bytes())
		return err
	}
	if replace {
		return i, writeThenName(to, write, os.Rename)
	}
	return i, writeWhole(to, write)
}
