package live_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/live"
)

// Where the witness is concealed, neither the oath nor the testimony begins before the concealment was tried or the judge has decided to go on without; the decision is
// written down first, and stands for this sitting alone.
func TestTestimonyWaitsForTheTrial(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, full)
	c.advance(2 * time.Hour) // the order that alters the face is in force
	admitted(t, s, testimony.RoleWitness)
	if !s.State().Conceals {
		t.Fatal("nothing is concealed")
	}
	if err := s.TryConcealment(); !errors.Is(err, testimony.ErrPhase) {
		t.Errorf("before the identity check the trial begins: %v", err)
	}
	call(t, s, testimony.IdentityCheck)
	refused := func(when string) {
		t.Helper()
		if err := s.Enter(testimony.Oath); !errors.Is(err, live.ErrUntried) || s.State().Session.Phase != testimony.IdentityCheck {
			t.Errorf("%s the oath begins: %v", when, err)
		}
	}
	refused("untried")
	if err := s.ConfirmConcealment(); !errors.Is(err, live.ErrNotPassed) {
		t.Errorf("what did not pass is confirmed: %v", err)
	}
	if err := s.GoOnUntried("  "); !errors.Is(err, live.ErrNoReason) {
		t.Errorf("without a reason: %v", err)
	}
	refused("after a decision without a reason")
	must(t, s.GoOnUntried("the line is too weak for a drawing"))
	must(t, s.Enter(testimony.Oath))
	if e := events(s, testimony.Untried); len(e) != 1 || e[0].Reason != "the line is too weak for a drawing" {
		t.Errorf("the record has %+v", e)
	}
	s.Abandon()
	again := enter(t, d)
	if again.State().Trial.Opens() {
		t.Error("the decision stands for another sitting")
	}
}

func TestDecisionToGoOnUntriedIsWrittenDownFirst(t *testing.T) {
	t.Parallel()
	s, c, _ := openHearing(t, full)
	c.advance(2 * time.Hour)
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck)
	s.LockDesk()
	if err := s.GoOnUntried("a reason"); err == nil || s.State().Trial.Without != "" {
		t.Errorf("nobody wrote it down and it stands: %v", err)
	}
}

// A page that wants sound first receives no pictures, and never more than before; the bench is told, and so is the record.
func TestSoundFirstOnlyTakesAway(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, full)
	all := admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleProsecution, testimony.RoleGallery)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleAccused, testimony.RoleGallery, testimony.RoleWitness} {
		r := s.Receiver(seat(s, role).ID)
		before := granted(s, r)
		must(t, all[role].Send(join.Media{Audio: true, Video: true, Low: join.LowWeak}))
		await(t, s, "sound first", func(live.State) bool { return seat(s, role).Low == join.LowWeak })
		var want []string
		for _, line := range strings.Split(before, ", ") {
			if !strings.Contains(line, " video ") {
				want = append(want, line)
			}
		}
		if got := granted(s, r); got != strings.Join(want, ", ") || len(want) == 0 {
			t.Errorf("sound first, the %s can be sent %s", role, got)
		}
		must(t, all[role].Send(join.Media{Audio: true, Video: true}))
		await(t, s, "pictures again", func(live.State) bool { return seat(s, role).Low == "" })
		if got := granted(s, r); got != before {
			t.Errorf("afterwards the %s can be sent %s instead of %s", role, got, before)
		}
	}
	var said []string
	for _, e := range events(s, testimony.SoundFirst) {
		said = append(said, e.Reason)
	}
	if got := strings.Join(said, " "); got != strings.TrimSpace(strings.Repeat("weak again ", 4)) {
		t.Errorf("the record has %q", got)
	}
}

func TestCourtChoosesTheDrawing(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, full)
	if got := s.State().Drawing; got != "bust" {
		t.Errorf("unasked, the drawing is %s", got)
	}
	must(t, s.DrawAs("rings"))
	if err := s.DrawAs("rings"); !errors.Is(err, testimony.ErrSame) {
		t.Errorf("the same again: %v", err)
	}
	if err := s.DrawAs("portrait"); !errors.Is(err, live.ErrStyle) {
		t.Errorf("an unknown style: %v", err)
	}
	s.Abandon()
	if got := enter(t, d).State().Drawing; got != "rings" {
		t.Errorf("opened again, the drawing is %s", got)
	}
}
