package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
)

const court = "https://join.court.example"

// An invitation that is handed over a month ahead opens the seat on the day, is the one that the session shows then, and ends after it.
func TestAnInvitationIsMadeAhead(t *testing.T) {
	t.Parallel()
	d, clock, h, seat := invited(t)
	x := h
	x.Start = noon.AddDate(0, 1, 0)
	h = must(d.Reschedule(t.Context(), h, x))(t)
	i := must(d.InviteAhead(t.Context(), h.ID, seat, court+"/", false))(t)
	if end := h.Start.Add(h.Duration); !i.Expires.Equal(end.Add(docket.InviteFor)) || i.Link.Base != court || len(i.Mark) != 4 || i.Used {
		t.Errorf("%+v", i)
	}
	if base := must(d.JoinPage(t.Context()))(t); base != court {
		t.Errorf("the address is kept as %q", base)
	}
	if again := must(d.InviteAhead(t.Context(), h.ID, seat, court, false))(t); again.Link != i.Link || again.Mark != i.Mark {
		t.Error("asked again, it is another one")
	}
	clock.at = h.Start
	if secret, _ := invitationOf(t, d, h, seat, false); secret != i.Link.Secret {
		t.Error("the session shows another link than the card")
	}
	must(d.UseInvitation(t.Context(), i.Link.Secret.ID(), "device"))(t)
	if used := must(d.InviteAhead(t.Context(), h.ID, seat, court, false))(t); !used.Used {
		t.Error("it is not said that a device has it")
	}
	if _, err := d.WriteCard(t.Context(), h.ID, seat, court, false, policy.English, filepath.Join(t.TempDir(), "c.pdf"), false); !errors.Is(err, invite.Used) {
		t.Errorf("a card of a used invitation: %v", err)
	}
	renewed := must(d.InviteAhead(t.Context(), h.ID, seat, court, true))(t)
	if renewed.Link == i.Link || renewed.Mark == i.Mark {
		t.Error("a new one is the old one")
	}
	if _, err := d.UseInvitation(t.Context(), i.Link.Secret.ID(), "device"); !errors.Is(err, invite.Revoked) {
		t.Errorf("the one before opens: %v", err)
	}
	clock.at = renewed.Expires
	if _, err := d.UseInvitation(t.Context(), renewed.Link.Secret.ID(), "device"); !errors.Is(err, invite.Expired) {
		t.Errorf("after its day: %v", err)
	}
}

// Nobody is invited by an address that others can listen to, to a hearing that is off, to a seat that is none, or by an office that holds no hearing.
func TestNoInvitationOtherwise(t *testing.T) {
	t.Parallel()
	d, _, h, seat := invited(t)
	ctx := t.Context()
	for _, base := range []string{"", "court.example", "http://court.example", "ftp://court.example", "https://", "https://u:p@court.example", "https://court.example?x=1", "https://court.example?", "https://court.example/#a",
		"https://court example", "javascript:alert(1)", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "https://" + strings.Repeat("a", 400)} {
		if _, err := d.InviteAhead(ctx, h.ID, seat, base, false); !errors.Is(err, docket.ErrBase) {
			t.Errorf("by %q: %v", base, err)
		}
	}
	for _, base := range []string{"http://127.0.0.1:8080", "http://[::1]:80", "http://localhost:1", "https://[2001:db8::1]:8443", "https://court.example/seances"} {
		if i, err := d.InviteAhead(ctx, h.ID, seat, base, false); err != nil || !strings.HasPrefix(i.Link.String(), base+"/j/") {
			t.Errorf("by %q: %v", base, err)
		} else if _, err := invite.ParseLink(i.Link.String()); err != nil {
			t.Errorf("the page does not read the link by %q: %v", base, err)
		}
	}
	if _, err := d.InviteAhead(ctx, h.ID, "nobody", court, false); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("no such seat: %v", err)
	}
	to := filepath.Join(t.TempDir(), "c")
	if _, err := d.WriteCard(ctx, h.ID, seat, court, false, policy.English, to+".txt", false); !errors.Is(err, docket.ErrPaperName) {
		t.Errorf("as a text: %v", err)
	}
	must(d.WriteCard(ctx, h.ID, seat, court, false, policy.French, to+".pdf", false))(t)
	if about := must(os.Stat(to + ".pdf"))(t); about.Mode().Perm() != 0o600 {
		t.Errorf("others can read the card: %v", about.Mode())
	}
	before := len(acts(t, d, 0))
	if _, err := d.WriteCard(ctx, h.ID, seat, court, true, policy.English, to+".pdf", false); !errors.Is(err, os.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if n := len(acts(t, d, before)); n != 0 {
		t.Errorf("a card that was not written withdrew the one before: %d acts", n)
	}
	must(d.Cancel(ctx, h.ID, "adjourned"))(t)
	if _, err := d.InviteAhead(ctx, h.ID, seat, court, false); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("to a cancelled hearing: %v", err)
	}
	if _, err := d.WriteCard(ctx, h.ID, seat, court, false, policy.English, to+"2.pdf", false); err == nil {
		t.Error("a card of a cancelled hearing")
	}
	b := newBureau(t)
	for _, office := range []string{testimony.Advocate, testimony.Registrar, testimony.Auditor} {
		if _, err := b.as(office).WriteCard(ctx, "x", "y", court, false, policy.English, to+"3.pdf", false); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("%s: %v", office, err)
		}
	}
}

// No secret, no address and no name of a file of a card is in the audit log.
func TestACardIsInTheLogByIdsAlone(t *testing.T) {
	t.Parallel()
	d, _, h, seat := invited(t)
	before := len(acts(t, d, 0))
	i := must(d.WriteCard(t.Context(), h.ID, seat, court, false, policy.English, filepath.Join(t.TempDir(), "canary.pdf"), false))(t)
	list := acts(t, d, before)
	var said []string
	for _, e := range list {
		said = append(said, e.Action)
		text := spell(t, e.Details)
		for _, not := range []string{i.Link.Secret.Reveal(), string(i.Link.Secret.ID()), "court.example", "canary", "Witness", i.Mark} {
			if strings.Contains(text, not) {
				t.Errorf("%s tells %q", e.Action, not)
			}
		}
	}
	if want := "invitation.made invitation.ahead invitation.card"; strings.Join(said, " ") != want {
		t.Errorf("%v, want %s", said, want)
	}
}
