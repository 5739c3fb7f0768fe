package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

// Departure is why a user's access was taken away.
type Departure struct {
	User   store.UserID `json:"user"`
	By     store.UserID `json:"by"`
	At     time.Time    `json:"at"`
	Reason string       `json:"reason"`
}

var departures = store.NewCollection[Departure]("departures")

// ErrLastOfCollege refuses to revoke the only member of a college: its halves of every identity would be lost.
var ErrLastOfCollege = errors.New("this is the only member of their college: enrol another one first, or no identity can ever be opened again")

// MayRevoke says why this user may not take a user's access away, or nil.
func (d *Desk) MayRevoke(ctx context.Context, id store.UserID) error {
	if !d.May(testimony.ActRevokeUser) || id == d.Me().ID {
		return ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(users, func(u store.User) bool { return u.ID == id })
	switch {
	case at < 0:
		return fmt.Errorf("the user: %w", ErrNotFound)
	case !users[at].Standing():
		return store.ErrRevoked
	}
	mine := collegeOf(string(users[at].Role))
	if mine != "" && !slices.ContainsFunc(users, func(u store.User) bool {
		return u.ID != id && u.Standing() && collegeOf(string(u.Role)) == mine
	}) {
		return ErrLastOfCollege
	}
	return nil
}

// RevokeUser takes a user's access away at once: their login, what waits to be disclosed to them or by them, their signature. Then it gives
// the compartments that they could read other keys. [Desk.Upkeep] seals the records anew. A failure after the first step leaves the user revoked,
// and the rest to the next opening of any desk.
func (d *Desk) RevokeUser(ctx context.Context, id store.UserID, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return identity.ErrReason
	}
	if err := d.MayRevoke(ctx, id); err != nil {
		if errors.Is(err, ErrNotAllowed) {
			err = errors.Join(err, d.Note(ctx, "user.revoke_denied", map[string]string{"user": string(id)}))
		}
		return err
	}
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("user.revoked", map[string]string{"user": string(id)})
		tx.AnchorAtOnce()
		if err := d.endRequestsOf(tx, id, reason); err != nil {
			return err
		}
		gone := Departure{User: id, By: d.Me().ID, At: d.Now(), Reason: strings.TrimSpace(reason)}
		if err := departures.Put(tx, docketPart, string(id), gone); err != nil {
			return err
		}
		return tx.Revoke(id)
	})
	if err != nil {
		return err
	}
	_, err = d.vault.Rotate(ctx)
	return errors.Join(err, d.vault.OpenReception(ctx, true)) // the old one's key was known to every user
}

func (d *Desk) endRequestsOf(tx *store.Tx, id store.UserID, reason string) error {
	list, err := parts(tx)
	if err != nil {
		return err
	}
	for _, part := range list {
		if err := d.endRequestsIn(tx, part, id, reason); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) endRequestsIn(tx *store.Tx, part store.Compartment, id store.UserID, reason string) error {
	requests, err := disclosures.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range requests {
		r := e.Value
		if !r.EndsWith(string(id), d.Now()) {
			continue
		}
		r.Withdrawn = &identity.Decision{By: string(d.Me().ID), At: d.Now(), Reason: reason}
		tx.Log("disclosure.withdrawn", disclosureDetails(r))
		if err := disclosures.Put(tx, part, e.ID, r.Forget()); err != nil {
			return err
		}
	}
	return nil
}

// Departures returns why users were revoked.
func (d *Desk) Departures(ctx context.Context) (map[store.UserID]Departure, error) {
	list, err := all(ctx, d, departures)
	out := make(map[store.UserID]Departure, len(list))
	for _, x := range list {
		out[x.User] = x
	}
	return out, err
}

// UpkeepDue says what [Desk.Upkeep] has to do: compartments that wait for another key, and records that wait to be sealed anew.
func (d *Desk) UpkeepDue(ctx context.Context) (store.Upkeep, error) { return d.vault.Due(ctx) }

// Upkeep brings to an end what revoking users and terms that are over began: other keys, identities with shares for their members and nobody else, and records
// sealed anew. It can be ended at any time and taken up again. progress, if not nil, is told how many of how many records are done.
func (d *Desk) Upkeep(ctx context.Context, progress func(done, total int)) error {
	if _, err := d.vault.Rotate(ctx); err != nil {
		return err
	}
	if d.Me().Role != testimony.Auditor {
		if err := errors.Join(d.tendShares(ctx), d.TendCare(ctx)); err != nil {
			return err
		}
	}
	return d.vault.Reseal(ctx, progress)
}

// shareBatch is how many identities one transaction rewrites.
const shareBatch = 64

// tendShares takes the shares of those who are no members any more out of the sealed identities of each part, and gives this user's halves to members of
// their college who have none.
func (d *Desk) tendShares(ctx context.Context) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	var due []store.Compartment // seen without a transaction that writes: most times there is nothing to do
	if err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		due = nil
		list, err := parts(tx)
		if err != nil {
			return err
		}
		for _, part := range list {
			needs, err := d.sharesDue(tx, part, users)
			if err != nil {
				return err
			}
			if needs {
				due = append(due, part)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, part := range due {
		for more := true; more; {
			err := d.vault.Update(ctx, func(tx *store.Tx) (err error) {
				more, err = d.tendSome(tx, part, users)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// circle is who is to have shares of a part's identities, as this user sees it.
type circle struct {
	members []store.Membership
	me      identity.Official
	peers   []identity.Recipient // of this user's college, themselves among them
}

func (c circle) gone(holder string) bool {
	return !slices.ContainsFunc(c.members, func(m store.Membership) bool { return string(m.User) == holder })
}

// lacks says whether a peer has no share of an identity that this user could give them.
func (c circle) lacks(s identity.Sealed, p identity.Recipient) bool {
	return s.HasShare(c.me.ID) && !s.HasShare(p.ID)
}

func (d *Desk) circleOf(tx *store.ReadTx, part store.Compartment, users []store.User) (circle, error) {
	members, err := d.standingIn(tx, part, users)
	c := circle{members: members, me: identity.Official{ID: string(d.Me().ID), College: collegeOf(string(d.Me().Role))}}
	for _, u := range users {
		if !c.gone(string(u.ID)) && c.me.College != "" && collegeOf(string(u.Role)) == c.me.College {
			c.peers = append(c.peers, identity.Recipient{ID: string(u.ID), Public: u.HPKEPublic})
		}
	}
	return c, err
}

func (d *Desk) sharesDue(tx *store.ReadTx, part store.Compartment, users []store.User) (bool, error) {
	c, err := d.circleOf(tx, part, users)
	if err != nil {
		return false, err
	}
	for _, kept := range shared {
		entries, err := kept.All(tx, part)
		if err != nil || slices.ContainsFunc(entries, func(e store.Entry[identity.Sealed]) bool {
			_, surplus := e.Value.WithoutShares(c.gone)
			return surplus || slices.ContainsFunc(c.peers, func(p identity.Recipient) bool { return c.lacks(e.Value, p) })
		}) {
			return err == nil, err
		}
	}
	return false, nil
}

func (d *Desk) tendSome(tx *store.Tx, part store.Compartment, users []store.User) (more bool, err error) {
	c, err := d.circleOf(&tx.ReadTx, part, users)
	if err != nil {
		return false, err
	}
	changed := 0
	for _, kept := range shared {
		entries, err := kept.All(tx, part)
		if err != nil {
			return false, err
		}
		for _, e := range entries {
			s, any := e.Value.WithoutShares(c.gone)
			for _, p := range c.peers {
				if !c.lacks(s, p) {
					continue
				}
				if s, err = identity.Extend(s, c.me, p, d.vault.OpenSealed); err != nil {
					return false, err
				}
				any = true
			}
			if !any {
				continue
			}
			if changed == shareBatch {
				more = true
				break
			}
			changed++
			if err := kept.Put(tx, part, e.ID, s); err != nil {
				return false, err
			}
		}
	}
	if changed > 0 {
		tx.Log("identity.shares_tended", map[string]string{"records": fmt.Sprint(changed)})
	}
	return more, nil
}
