package docket_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/notice"
	"paravent/testimony/retention"
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

// The key of a sealed exhibit is split: by whatever stands in the vault and with whatever program, nobody has halves of both colleges but the one who asked, while what was
// approved lasts.
func TestNobodyHoldsTheKeyOfASealedExhibit(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
	holds := func(when string, both string) {
		t.Helper()
		for _, office := range testimony.Offices {
			d := b.as(office)
			want := 0
			switch {
			case office == both:
				want = 2
			case office == testimony.Judge || office == testimony.Clerk || office == testimony.Registrar:
				want = 1
			}
			if got := docket.CollegesOpened(ctx, d, e); len(got) != want {
				t.Errorf("%s: %s opens halves of %v", when, office, got)
			}
			if docket.HasExhibitKey(ctx, d, e) {
				t.Errorf("%s: %s has the key", when, office)
			}
		}
	}
	holds("received", "")
	o := b.askOpening(testimony.Registrar, e.ID)
	holds("asked", "")
	must(b.as(testimony.Judge).ApproveExhibitOpening(ctx, o.ID))(t)
	holds("approved", testimony.Registrar)
	if err := b.as(testimony.Registrar).Close(); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
	b.as(testimony.Clerk)
	must(b.desk.ExhibitOpenings(ctx, ""))(t)
	holds("over", "")
	b.audited("exhibit.opening_over")
	o = b.askOpening(testimony.Judge, e.ID)
	must(b.as(testimony.Clerk).ApproveExhibitOpening(ctx, o.ID))(t)
	must(b.as(testimony.Judge).EndExhibitOpening(ctx, o.ID, "R"))(t)
	holds("withdrawn", "")
}

// Who comes later is given a half, and who has left loses it, as with identities.
func TestASealedExhibitOpensToWhoCameLater(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	e := must(receive(t, b.as(testimony.Judge), "1", exhibit.Sealed))(t)
	b.newMember(testimony.Judge, "second", testimony.Judge)
	b.openFor("second", testimony.Clerk, e.ID)
	if err := b.copied(e.ID); err != nil {
		t.Errorf("a judge who came later: %v", err)
	}
	if err := b.as(testimony.Judge).RevokeUser(ctx, b.userID("second"), "left"); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Upkeep(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if holders := docket.LockHolders(ctx, b.desk, e.ID); holders[string(b.userID("second"))] || len(holders) < 3 {
		t.Errorf("after they left, %v have halves", holders)
	}
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

// kept is an exhibit of a case without hearings or orders that was judged a year ago, and whose exhibits are kept for a year.
func kept(t *testing.T) (*bureau, exhibit.Exhibit) {
	t.Helper()
	b := newBureau(t)
	ctx := t.Context()
	d := b.as(testimony.Judge)
	c := must(d.AddCase(ctx, testimony.Case{Reference: "TC 99/2026", Court: "Court", Offence: testimony.Trafficking}))(t)
	e := must(d.ReceiveExhibit(ctx, exhibit.Exhibit{Case: c.ID, Number: "1", Title: "Ledger", Class: exhibit.Sealed}, bytes.NewReader(handedIn), int64(len(handedIn)), nil))(t)
	must(d.SetRetention(ctx, retention.Rule{Class: retention.HandedIn, Years: 1, Basis: "art. 12"}))(t)
	b.now = b.now.AddDate(1, 0, 1)
	if err := b.as(testimony.Judge).EnterJudgment(ctx, c.ID, b.now.AddDate(-1, 0, -1)); err != nil {
		t.Fatal(err)
	}
	return b, e
}

// From what falls due to what is gone: proposed by a clerk, approved by a judge, and then nobody opens it, while its hash, its custody and the log stay.
func TestAnErasedExhibitIsGoneForEveryone(t *testing.T) {
	t.Parallel()
	b, e := kept(t)
	ctx := t.Context()
	if n := b.listed(testimony.Clerk, docket.ExhibitDue); n != 1 {
		t.Fatalf("%d exhibits are due: %v", n, must(b.desk.KeepingOf(ctx, e.ID))(t).Against)
	}
	what := must(b.desk.Kept(ctx, string(e.ID)))(t)
	if _, err := b.as(testimony.Judge).ProposeRecordingErasure(ctx, what, "R"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a judge proposes what a judge decides: %v", err)
	}
	x := must(b.as(testimony.Clerk).ProposeRecordingErasure(ctx, what, "its time is over"))(t)
	if b.listed(testimony.Clerk, docket.ExhibitDue) != 0 || b.listed(testimony.Judge, docket.ExhibitErasure) != 1 {
		t.Error("the proposal does not stand on the judge's list alone")
	}
	if _, err := b.as(testimony.Registrar).DecideRecordingErasure(ctx, x.ID, true, "R"); !errors.Is(err, order.ErrJudgeOnly) {
		t.Errorf("the registrar decides: %v", err)
	}
	file := filepath.Join(b.path+".d", string(e.ID)+".blob")
	before := mustRead(t, file)
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	sealed := stored(t, b.path)
	d := b.as(testimony.Judge)
	x = must(d.DecideRecordingErasure(ctx, x.ID, true, "nothing needs it"))(t)
	if x.State() != retention.Cleared || !bytes.Equal(x.Root, e.SHA256) || !store.CheckStatement(must1(d.Status(ctx)), d.Me().SigningPublic, x.Statement(), x.Signature) {
		t.Fatalf("%+v", x)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its file: %v", err)
	}
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	raw, after, gone := mustRead(t, b.path), stored(t, b.path), 0
	for key, value := range sealed {
		if _, there := after[key]; !there {
			if gone++; bytes.Contains(raw, value[:32]) {
				t.Error("what was deleted is still in the file")
			}
		}
	}
	if gone == 0 {
		t.Error("nothing was deleted")
	}
	if err := os.WriteFile(file, before, 0o600); err != nil { // somebody kept its sealed file
		t.Fatal(err)
	}
	d = b.as(testimony.Judge)
	if _, _, err := d.OpenExhibit(ctx, e.ID, docket.ExhibitToView); !errors.Is(err, exhibit.ErrErased) {
		t.Errorf("it is opened: %v", err)
	}
	if docket.HasExhibitKey(ctx, d, e) {
		t.Error("its key is there")
	}
	if _, err := d.AskExhibitOpening(ctx, e.ID, "R", b.now.Add(time.Hour)); !errors.Is(err, exhibit.ErrErased) {
		t.Errorf("asked for: %v", err)
	}
	if c := must(d.ExhibitCustody(ctx, e.ID))(t); c.Found != notice.Erased || !slices.ContainsFunc(c.Chain, func(l notice.Link) bool { return l.Act == "exhibit.erased" }) {
		t.Errorf("%+v", c)
	}
	if r := must(d.Verify(ctx, nil))(t); !r.Sound() {
		t.Errorf("%+v", r.Faults)
	}
	if _, err := b.as(testimony.Clerk).ProposeRecordingErasure(ctx, what, "R"); !errors.Is(err, exhibit.ErrErased) {
		t.Errorf("twice: %v", err)
	}
	b.audited("retention.ruled", "retention.judged", "retention.proposed", "retention.approved", "retention.denied", "exhibit.erased", "exhibit.cleared")
}

// Nothing is proposed or approved while somebody may open it, while it is held, or before its time.
func TestWhatStandsAgainstErasingAnExhibit(t *testing.T) {
	t.Parallel()
	b, e := kept(t)
	ctx := t.Context()
	what := retention.Thing{Exhibit: e.ID}
	needed := func(login string, want retention.Obstacle) {
		t.Helper()
		var n *retention.NeededError
		if _, err := b.as(login).ProposeRecordingErasure(ctx, what, "R"); !errors.As(err, &n) || !slices.Equal(n.Against, []retention.Obstacle{want}) {
			t.Errorf("%s: %v", want, err)
		}
	}
	o := b.askOpening(testimony.Judge, e.ID)
	needed(testimony.Clerk, retention.OpeningStands)
	must(b.as(testimony.Judge).EndExhibitOpening(ctx, o.ID, "R"))(t)
	hold := must(b.as(testimony.Clerk).PlaceHold(ctx, retention.Hold{Case: e.Case, Thing: what, Ground: retention.Appeal, Reason: "R"}))(t)
	needed(testimony.Clerk, retention.HeldByAppeal)
	if _, err := b.desk.PlaceHold(ctx, retention.Hold{Case: must(b.desk.FindCase(ctx, "TC 12/2026"))(t), Thing: what, Ground: retention.Appeal, Reason: "R"}); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("held in another case: %v", err)
	}
	must(b.as(testimony.Judge).LiftHold(ctx, hold.ID, "R"))(t)
	x := must(b.as(testimony.Clerk).ProposeRecordingErasure(ctx, what, "R"))(t)
	must(b.desk.PlaceHold(ctx, retention.Hold{Case: e.Case, Ground: retention.Request, Reason: "R"}))(t) // all of the case, meanwhile
	var n *retention.NeededError
	if _, err := b.as(testimony.Judge).DecideRecordingErasure(ctx, x.ID, true, "R"); !errors.As(err, &n) {
		t.Errorf("approved while it is held: %v", err)
	}
	b.openFor(testimony.Judge, testimony.Clerk, e.ID)
	if err := b.copied(e.ID); err != nil {
		t.Errorf("what was not erased: %v", err)
	}
	// A case with a hearing that is not closed keeps its exhibits.
	other := must(receive(t, b.as(testimony.Judge), "1", exhibit.Open))(t)
	if against := must(b.desk.KeepingOf(ctx, other.ID))(t).Against; !slices.Contains(against, retention.HearingOpen) {
		t.Errorf("an exhibit of an open hearing: %v", against)
	}
}
