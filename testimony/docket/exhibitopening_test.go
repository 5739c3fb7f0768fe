package docket_test

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

// askOpening asks for a sealed exhibit for an hour.
func (b *bureau) askOpening(login string, id exhibit.ID) exhibit.Opening {
	b.t.Helper()
	d := b.as(login)
	return must(d.AskExhibitOpening(b.t.Context(), id, "for Invented Person", b.now.Add(time.Hour)))(b.t)
}

// openFor lets somebody open a sealed exhibit for an hour, and comes back as them.
func (b *bureau) openFor(login, by string, id exhibit.ID) *docket.Desk {
	b.t.Helper()
	o := b.askOpening(login, id)
	must(b.as(by).ApproveExhibitOpening(b.t.Context(), o.ID))(b.t)
	return b.as(login)
}

// copied tries to open an exhibit as this desk.
func (b *bureau) copied(id exhibit.ID) error {
	b.t.Helper()
	dir := b.t.TempDir()
	_, _, err := b.desk.CopyExhibit(b.t.Context(), id, dir, nil)
	if left := must(os.ReadDir(dir))(b.t); (len(left) > 0) != (err == nil) {
		b.t.Errorf("%v and %d files", err, len(left))
	}
	return err
}

// A sealed exhibit opens to whoever asked once one of the other college has approved, to nobody else, and not after; each step is in the log, and the reason is not.
func TestASealedExhibitTakesTwo(t *testing.T) {
	t.Parallel()
	for asks, approves := range map[string]string{testimony.Judge: testimony.Clerk, testimony.Registrar: testimony.Judge} {
		b := newBureau(t)
		ctx := t.Context()
		e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
		o := b.askOpening(asks, e.ID)
		if _, err := b.desk.AskExhibitOpening(ctx, e.ID, "again", b.now.Add(time.Hour)); !errors.Is(err, exhibit.ErrAsked) {
			t.Errorf("%s asks twice: %v", asks, err)
		}
		if _, err := b.desk.ApproveExhibitOpening(ctx, o.ID); !errors.Is(err, identity.ErrOwn) {
			t.Errorf("%s approves their own: %v", asks, err)
		}
		if err := b.copied(e.ID); !errors.Is(err, exhibit.ErrTwo) {
			t.Errorf("%s opens alone: %v", asks, err)
		}
		if _, err := b.as(testimony.Advocate).ApproveExhibitOpening(ctx, o.ID); !errors.Is(err, identity.ErrNotCollege) {
			t.Errorf("the advocate approves: %v", err)
		}
		if asks == testimony.Registrar {
			if _, err := b.as(testimony.Clerk).ApproveExhibitOpening(ctx, o.ID); !errors.Is(err, exhibit.ErrCollege) {
				t.Errorf("the registrar's own college approves: %v", err)
			}
		}
		if d := b.as(approves); d.MayApproveExhibitOpening(ctx, o) != nil || !wants(t, b, docket.OpeningAsked, o) {
			t.Errorf("%s is not asked", approves)
		}
		must(b.desk.ApproveExhibitOpening(ctx, o.ID))(t)
		if err := b.copied(e.ID); err == nil {
			t.Errorf("%s, who approved, opens it", approves)
		}
		b.as(asks)
		if !wants(t, b, docket.OpeningGranted, o) {
			t.Errorf("%s is not told", asks)
		}
		if err := b.copied(e.ID); err != nil {
			t.Errorf("%s does not open what was approved: %v", asks, err)
		}
		a := must(b.desk.ExhibitAccess(ctx, e))(t)
		if me := b.desk.Me(); len(a.Now) != 1 || a.Now[0].ID != string(me.ID) || len(a.Opened) != 1 || a.Opened[0].By.ID != string(me.ID) || a.Opened[0].Purpose != "copy" {
			t.Errorf("the list says %+v", a)
		}
		b.now = b.now.Add(time.Hour)
		if err := b.copied(e.ID); !errors.Is(err, exhibit.ErrTwo) {
			t.Errorf("%s opens it after the end: %v", asks, err)
		}
		if a := must(b.desk.ExhibitAccess(ctx, e))(t); len(a.Now) != 0 || len(a.Opened) != 1 {
			t.Errorf("after its end the list says %+v", a)
		}
		c := must(b.desk.ExhibitCustody(ctx, e.ID))(t)
		var acts []string
		for _, l := range c.Chain {
			acts = append(acts, l.Act)
		}
		if asked, opened := slices.Index(acts, "exhibit.opening_approved"), slices.Index(acts, "exhibit.opened"); asked < 0 || opened < asked {
			t.Errorf("its custody tells %v", acts)
		}
		b.audited("exhibit.opening_asked", "exhibit.opening_approved", "exhibit.opening_denied", "exhibit.opened", "exhibit.refused")
	}
}

// wants reports whether the list of the day has an opening.
func wants(t *testing.T, b *bureau, kind docket.ItemKind, o exhibit.Opening) bool {
	t.Helper()
	return slices.ContainsFunc(must(b.desk.Today(t.Context(), b.now))(t), func(i docket.Item) bool { return i.Kind == kind && i.Request == o.ID && i.Exhibit == o.Exhibit })
}

// What was approved is taken back by refusing, withdrawing, a conflict of interest, and the withdrawal of the exhibit; and nobody asks for what is not sealed.
func TestAnOpeningIsTakenBack(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
	open := must(receive(t, b.desk, "2", exhibit.Open))(t)
	if _, err := b.desk.AskExhibitOpening(ctx, open.ID, "R", b.now.Add(time.Hour)); !errors.Is(err, exhibit.ErrNotSealed) {
		t.Errorf("of an open one: %v", err)
	}
	if _, err := b.desk.AskExhibitOpening(ctx, e.ID, " ", b.now.Add(time.Hour)); !errors.Is(err, exhibit.ErrOpening) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := b.as(testimony.Clerk).AskExhibitOpening(ctx, e.ID, "R", b.now.Add(time.Hour)); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk asks: %v", err)
	}
	for who, back := range map[string]func(identity.RequestID) error{
		testimony.Registrar: func(id identity.RequestID) error {
			_, err := b.desk.EndExhibitOpening(ctx, id, "it is not needed")
			return err
		},
		testimony.Judge: func(id identity.RequestID) error {
			_, err := b.desk.EndExhibitOpening(ctx, id, "it is not needed")
			return err
		},
		testimony.Clerk: func(id identity.RequestID) error {
			_, err := b.desk.EndExhibitOpening(ctx, id, " ")
			if !errors.Is(err, identity.ErrReason) {
				t.Errorf("without a reason: %v", err)
			}
			_, err = b.desk.EndExhibitOpening(ctx, id, "it is not needed")
			return err
		},
	} {
		b.openFor(testimony.Judge, testimony.Clerk, e.ID)
		if err := b.copied(e.ID); err != nil {
			t.Fatal(err)
		}
		o := must(b.desk.ExhibitOpenings(ctx, e.ID))(t)
		at := slices.IndexFunc(o, func(x exhibit.Opening) bool { return x.State(b.now) == identity.Granted })
		b.as(who)
		if err := back(o[at].ID); err != nil {
			t.Errorf("%s takes it back: %v", who, err)
		}
		b.as(testimony.Judge)
		if err := b.copied(e.ID); !errors.Is(err, exhibit.ErrTwo) {
			t.Errorf("opened after %s took it back: %v", who, err)
		}
	}
	b.openFor(testimony.Judge, testimony.Clerk, e.ID)
	x := must(b.as(testimony.Advocate).FlagConflict(ctx, identity.Conflict{Case: e.Case, Person: string(b.userID(testimony.Clerk)), Reason: "a cousin"}))(t)
	b.as(testimony.Judge)
	if err := b.copied(e.ID); !errors.Is(err, identity.ErrConflict) {
		t.Errorf("a conflict of whoever approved: %v", err)
	}
	if err := b.as(testimony.Registrar).LiftConflict(ctx, x.ID, "not a cousin"); err != nil {
		t.Fatal(err)
	}
	b.as(testimony.Judge)
	if err := b.copied(e.ID); err != nil {
		t.Errorf("once it is lifted: %v", err)
	}
	must(b.desk.WithdrawExhibit(ctx, e.ID, "handed in by mistake"))(t)
	if err := b.copied(e.ID); !errors.Is(err, exhibit.ErrWithdrawn) {
		t.Errorf("a withdrawn one: %v", err)
	}
	b.audited("exhibit.opening_ended")
}

// An approval whose signature is not that of the one who approved opens nothing, and neither does that of somebody whose access was taken away.
func TestAFalseApprovalOpensNothing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
	o := b.askOpening(testimony.Judge, e.ID)
	clerk := string(b.userID(testimony.Clerk))
	if err := docket.ForgeOpening(ctx, b.desk, o.ID, identity.Consent{College: identity.Court, By: clerk, At: b.now, Signature: make([]byte, 64)}); err != nil {
		t.Fatal(err)
	}
	if err := b.copied(e.ID); err == nil {
		t.Error("a false signature opens it")
	}
	must(b.desk.EndExhibitOpening(ctx, o.ID, "forged"))(t)
	b.openFor(testimony.Judge, testimony.Registrar, e.ID)
	if err := b.copied(e.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.RevokeUser(ctx, b.userID(testimony.Registrar), "left"); err != nil {
		t.Fatal(err)
	}
	if err := b.copied(e.ID); !errors.Is(err, docket.ErrSignerLeft) {
		t.Errorf("by somebody who left: %v", err)
	}
}
