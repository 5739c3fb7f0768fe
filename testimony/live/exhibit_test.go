package live_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/live"
)

func picture(t *testing.T, d *docket.Desk, of protection.CaseID, number string, class exhibit.Class) exhibit.ID {
	t.Helper()
	var file bytes.Buffer
	must(t, png.Encode(&file, image.NewRGBA(image.Rect(0, 0, 64, 48))))
	e, err := d.ReceiveExhibit(t.Context(), exhibit.Exhibit{Case: of, Number: number, Title: "A house", Class: class}, bytes.NewReader(file.Bytes()), int64(file.Len()), nil)
	must(t, err)
	return e.ID
}

// An exhibit is a message to those alone to whom it is shown: whoever is not named, whoever waits in the lobby, whoever the class or the mode keeps out, receives none.
func TestAnExhibitReachesThoseNamedAlone(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, oneHearing)
	c.advance(2 * time.Hour)
	of := s.State().Hearing.Case
	open, confidential := picture(t, d, of, "1", exhibit.Open), picture(t, d, of, "2", exhibit.Confidential)
	admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleGallery)
	everyone := []testimony.Role{testimony.RoleWitness, testimony.RoleAccused, testimony.RoleGallery}
	told := func(what string, want ...testimony.Role) {
		t.Helper()
		for _, r := range everyone {
			if got := live.ShownTo(s, seat(s, r).ID); got != slices.Contains(want, r) {
				t.Errorf("%s: %s is shown it: %v", what, r, got)
			}
		}
	}
	if err := s.ShowExhibit(open, nil); !errors.Is(err, testimony.ErrPhase) {
		t.Errorf("shown before the testimony: %v", err)
	}
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	must(t, s.ShowExhibit(open, nil))
	told("to nobody but the bench")
	if x := s.State().Exhibit; x == nil || x.Number != "1" || len(x.Still) == 0 {
		t.Errorf("the bench sees %+v", x)
	}
	must(t, s.ShowExhibit(open, everyone))
	told("to everyone", everyone...)
	for _, mode := range []protection.SessionMode{protection.PrivateMode, protection.ClosedMode} {
		must(t, s.SetMode(mode, "a reason"))
		if live.ShownTo(s, seat(s, testimony.RoleGallery).ID) {
			t.Errorf("the gallery sees an exhibit in %s session", mode)
		}
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	if err := s.ShowExhibit(confidential, everyone); !errors.Is(err, exhibit.ErrAudience) {
		t.Errorf("a confidential exhibit to the gallery: %v", err)
	}
	must(t, s.ShowExhibit(confidential, []testimony.Role{testimony.RoleWitness}))
	told("to the witness", testimony.RoleWitness)
	must(t, s.Break("R"))
	told("in a break")
	must(t, s.Resume())
	told("after it", testimony.RoleWitness)
	must(t, s.TakeDown())
	told("taken down")
	if err := s.TakeDown(); !errors.Is(err, live.ErrNotShowing) {
		t.Errorf("twice: %v", err)
	}
	if shown := events(s, testimony.ExhibitShown); len(shown) != 3 || shown[2].Number != "2" || shown[2].Exhibit != string(confidential) || shown[2].Reason != "witness" {
		t.Errorf("%+v", shown)
	}
}

// What is withdrawn while it is shown is taken down from everyone within the session's next look, without anybody's step, and stays down.
func TestAnExhibitThatIsWithdrawnIsTakenDown(t *testing.T) {
	t.Parallel()
	s, c, d := openHearing(t, oneHearing)
	c.advance(2 * time.Hour)
	id := picture(t, d, s.State().Hearing.Case, "1", exhibit.Open)
	admitted(t, s, testimony.RoleWitness, testimony.RoleGallery)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	must(t, s.ShowExhibit(id, []testimony.Role{testimony.RoleGallery}))
	if !live.ShownTo(s, seat(s, testimony.RoleGallery).ID) {
		t.Fatal("the gallery is not shown it")
	}
	_, err := d.WithdrawExhibit(t.Context(), id, "handed in by mistake")
	must(t, err)
	await(t, s, "it to be taken down", func(st live.State) bool { return st.Exhibit == nil })
	if live.ShownTo(s, seat(s, testimony.RoleGallery).ID) {
		t.Error("the gallery still sees it")
	}
	if down := events(s, testimony.ExhibitTakenDown); len(down) != 1 || down[0].Number != "1" {
		t.Errorf("the record has %+v", down)
	}
	if err := s.ShowExhibit(id, nil); !errors.Is(err, exhibit.ErrWithdrawn) {
		t.Errorf("shown again: %v", err)
	}
}

// A sealed exhibit is shown once somebody of the registry has approved that this judge opens it, and comes down when that is taken back or over.
func TestASealedExhibitIsShownByTwo(t *testing.T) {
	t.Parallel()
	for what, end := range map[string]func(*docket.Desk, *clock, exhibit.Opening) error{
		"taken back": func(d *docket.Desk, _ *clock, o exhibit.Opening) error {
			_, err := d.EndExhibitOpening(t.Context(), o.ID, "a mistake")
			return err
		},
		"over": func(_ *docket.Desk, c *clock, _ exhibit.Opening) error {
			c.advance(time.Hour)
			return nil
		},
	} {
		d, c := deskWith(t, oneHearing)
		ctx := t.Context()
		h, err := d.FindHearing(ctx, "h")
		must(t, err)
		kept, alone := approvedBy(t, d, c, h.Case)
		id := kept.Exhibit
		s := enter(t, alone)
		admitted(t, s, testimony.RoleWitness)
		call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
		must(t, s.ShowExhibit(id, []testimony.Role{testimony.RoleWitness}))
		if !live.ShownTo(s, seat(s, testimony.RoleWitness).ID) {
			t.Error("the witness is not shown what two have opened")
		}
		must(t, end(alone, c, kept))
		await(t, s, "it to come down", func(st live.State) bool { return st.Exhibit == nil })
		if live.ShownTo(s, seat(s, testimony.RoleWitness).ID) {
			t.Errorf("%s: the witness still sees it", what)
		}
		if err := s.ShowExhibit(id, nil); !errors.Is(err, exhibit.ErrTwo) {
			t.Errorf("%s: shown again: %v", what, err)
		}
	}
}

// approvedBy has a clerk approve that the judge opens a sealed exhibit from two hours on for an hour, and opens the judge's desk again.
func approvedBy(t *testing.T, d *docket.Desk, c *clock, of protection.CaseID) (exhibit.Opening, *docket.Desk) {
	t.Helper()
	ctx, passphrase := t.Context(), []byte("five grey owls count eggs")
	options := docket.Options{Clock: c.now, KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}
	_, err := d.AddUser(ctx, store.NewUser{Login: "clerk", DisplayName: "clerk", Role: testimony.Clerk, Passphrase: passphrase})
	must(t, err)
	id := picture(t, d, of, "1", exhibit.Sealed)
	c.advance(2 * time.Hour)
	o, err := d.AskExhibitOpening(ctx, id, "R", c.now().Add(time.Hour))
	must(t, err)
	must(t, d.Close())
	clerk, err := docket.Unlock(ctx, d.Path(), "clerk", passphrase, options)
	must(t, err)
	_, err = clerk.ApproveExhibitOpening(ctx, o.ID)
	must(t, err)
	must(t, clerk.Close())
	judge, err := docket.Unlock(ctx, d.Path(), "judge", passphrase, options)
	must(t, err)
	t.Cleanup(func() { must(t, judge.Close()) })
	return o, judge
}
