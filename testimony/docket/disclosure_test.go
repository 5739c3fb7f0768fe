package docket_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// bureau is a training vault that one user after the other opens, with a clock of its own.
type bureau struct {
	t    *testing.T
	path string
	now  time.Time
	desk *docket.Desk
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	d := training(t)
	b := &bureau{t: t, path: d.Path(), now: noon}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b.desk != nil {
			_ = b.desk.Close()
		}
	})
	return b
}

// as locks the vault and opens it for another user.
func (b *bureau) as(login string) *docket.Desk {
	b.t.Helper()
	if b.desk != nil {
		if err := b.desk.Close(); err != nil {
			b.t.Fatal(err)
		}
	}
	options := light
	options.Clock = func() time.Time { return b.now }
	var err error
	if b.desk, err = docket.Unlock(b.t.Context(), b.path, login, []byte(docket.TrainingPassphrase), options); err != nil {
		b.t.Fatalf("unlock as %s: %v", login, err)
	}
	return b.desk
}

func (b *bureau) userID(login string) store.UserID {
	b.t.Helper()
	users, err := b.desk.Users(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, u := range users {
		if u.Login == login {
			return u.ID
		}
	}
	b.t.Fatalf("there is no %s", login)
	return ""
}

// witness is a party of the training case whose identity is sealed.
func (b *bureau) witness() (protection.CaseID, protection.PartyID) {
	b.t.Helper()
	c, err := b.desk.FindCase(b.t.Context(), "TC 12/2026")
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := b.desk.FindParty(b.t.Context(), c, "Witness B")
	if err != nil {
		b.t.Fatal(err)
	}
	return c, p.ID
}

func (b *bureau) asking(grantee string) docket.Asking {
	c, p := b.witness()
	return docket.Asking{Case: c, Party: p, Grantee: b.userID(grantee), Fields: []identity.Field{identity.Name, identity.Nationality}, Basis: "ICC rule 87",
		Order: "2026/9", Until: b.now.Add(24 * time.Hour)}
}

func (b *bureau) ask(by, grantee string) identity.Request {
	b.t.Helper()
	b.as(by)
	r, err := b.desk.AskDisclosure(b.t.Context(), b.asking(grantee))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bureau) approve(by string, r identity.Request) {
	b.t.Helper()
	if _, err := b.as(by).ApproveDisclosure(b.t.Context(), r.ID); err != nil {
		b.t.Fatalf("%s: %v", by, err)
	}
}

func TestADisclosureFromAskingToItsEnd(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := b.ask(testimony.Advocate, testimony.Advocate)
	if _, _, err := b.desk.ViewDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrNotGranted) {
		t.Errorf("before any approval: %v", err)
	}
	b.approve(testimony.Registrar, r)
	if _, err := b.as(testimony.Clerk).ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrSameCollege) {
		t.Errorf("a second one of the court: %v", err)
	}
	b.approve(testimony.Judge, r)
	for _, other := range []string{testimony.Judge, testimony.Registrar, testimony.Clerk} {
		if _, fields, err := b.as(other).ViewDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrNotGrantee) || fields != nil {
			t.Errorf("%s reads %v: %v", other, fields, err)
		}
	}
	_, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID)
	if err != nil || fields[identity.Name] != "Invented Person" || len(fields) != 2 {
		t.Errorf("the receiver reads %v: %v", fields, err)
	}
	b.now = r.Until
	if _, fields, err := b.desk.ViewDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrNotGranted) || fields != nil {
		t.Errorf("at its end: %v, %v", fields, err)
	}
	list, err := b.desk.Disclosures(t.Context())
	if err != nil || len(list) != 1 || list[0].State(b.now) != identity.Expired || list[0].Holds() {
		t.Errorf("after its end the halves are still there: %+v, %v", list, err)
	}
	// A clock that is set back opens nothing any more.
	b.now = noon
	if _, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err == nil {
		t.Errorf("with the clock set back: %v", fields)
	}
	b.audited("disclosure.asked", "disclosure.approved", "disclosure.denied", "disclosure.viewed", "disclosure.ended")
}

// audited checks that acts stand in the log, and that it names nobody.
func (b *bureau) audited(actions ...string) {
	b.t.Helper()
	entries, err := b.as(testimony.Auditor).Audit(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		seen[e.Action] = true
		for _, v := range e.Details {
			if v == "Invented Person" || v == "ICC rule 87" {
				b.t.Errorf("%s says %q", e.Action, v)
			}
		}
	}
	for _, a := range actions {
		if !seen[a] {
			b.t.Errorf("%s is not in the audit log", a)
		}
	}
}

func TestARefusedAndAWithdrawnDisclosureOpenNothing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, r)
	if _, err := b.as(testimony.Judge).RefuseDisclosure(t.Context(), r.ID, " "); !errors.Is(err, identity.ErrReason) {
		t.Errorf("refused without a reason: %v", err)
	}
	if _, err := b.desk.RefuseDisclosure(t.Context(), r.ID, "no need shown"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Judge).ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrNotPending) {
		t.Errorf("approved after it was refused: %v", err)
	}
	r = b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, r)
	b.approve(testimony.Judge, r)
	if _, err := b.as(testimony.Clerk).WithdrawDisclosure(t.Context(), r.ID, "over"); err != nil {
		t.Fatal(err)
	}
	if _, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err == nil {
		t.Errorf("a withdrawn disclosure shows %v", fields)
	}
	list, err := b.desk.Disclosures(t.Context())
	if err != nil || len(list) != 2 || list[0].Holds() || list[1].Holds() {
		t.Errorf("halves were kept: %v", err)
	}
}

func TestAConflictOfInterestKeepsPeopleOut(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := b.ask(testimony.Advocate, testimony.Advocate)
	c, _ := b.witness()
	clerk := string(b.userID(testimony.Clerk))
	flag, err := b.desk.FlagConflict(t.Context(), identity.Conflict{Case: c, Person: clerk, Reason: "knows the accused"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Clerk).ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrConflict) {
		t.Errorf("someone with a conflict: %v", err)
	}
	if err := b.desk.LiftConflict(t.Context(), flag.ID, "no longer"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk lifts a conflict: %v", err)
	}
	// By the agency, which nobody sets for themselves.
	if err := b.desk.SetAgency(t.Context(), store.UserID(clerk), "Elsewhere"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk leaves their agency: %v", err)
	}
	judge := b.as(testimony.Judge)
	if err := judge.SetAgency(t.Context(), judge.Me().ID, "Elsewhere"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a judge sets their own agency: %v", err)
	}
	if err := judge.SetAgency(t.Context(), b.userID(testimony.Registrar), "Registry North"); err != nil {
		t.Fatal(err)
	}
	agency, err := judge.FlagConflict(t.Context(), identity.Conflict{Case: c, Agency: "registry north", Reason: "under inquiry"})
	if err != nil {
		t.Fatal(err)
	}
	registrar := b.as(testimony.Registrar)
	if _, err := registrar.ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrConflict) {
		t.Errorf("someone of a flagged agency: %v", err)
	}
	flags, err := registrar.Conflicts(t.Context())
	if err != nil || len(flags) != 2 {
		t.Fatalf("%v, %v", flags, err)
	}
	if err := registrar.LiftConflict(t.Context(), agency.ID, "ours"); !errors.Is(err, identity.ErrConflict) {
		t.Errorf("someone lifts the flag of their own agency: %v", err)
	}
	if err := registrar.LiftConflict(t.Context(), flag.ID, "checked"); err != nil {
		t.Errorf("lifted by another: %v", err)
	}
	b.approve(testimony.Clerk, r)
	for name, x := range map[string]identity.Conflict{"of nobody": {Case: c, Reason: "x"}, "of both": {Case: c, Person: clerk, Agency: "a", Reason: "x"},
		"without a reason": {Case: c, Person: clerk}, "of a stranger": {Case: c, Person: "nobody", Reason: "x"}, "in no case": {Case: "no", Person: clerk, Reason: "x"}} {
		if _, err := b.as(testimony.Judge).FlagConflict(t.Context(), x); err == nil {
			t.Errorf("a conflict %s was noted", name)
		}
	}
}

func TestAnEmergencyStaysOnTodayUntilItIsReviewed(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Advocate)
	a := b.asking(testimony.Advocate)
	a.Emergency, a.Order, a.Until = true, "", b.now.Add(48*time.Hour)
	if _, err := b.desk.AskDisclosure(t.Context(), a); !errors.Is(err, identity.ErrTerms) {
		t.Errorf("an emergency of two days: %v", err)
	}
	a.Until = b.now.Add(2 * time.Hour)
	r, err := b.desk.AskDisclosure(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	b.approve(testimony.Clerk, r)
	b.approve(testimony.Judge, r)
	b.now = b.now.Add(3 * 24 * time.Hour)
	if !b.today(testimony.Registrar, docket.DisclosureReview) {
		t.Error("an emergency that nobody reviewed is not on Today")
	}
	if _, err := b.as(testimony.Judge).ReviewDisclosure(t.Context(), r.ID, "fine"); !errors.Is(err, identity.ErrOwn) {
		t.Errorf("an approver reviews it: %v", err)
	}
	if _, err := b.as(testimony.Registrar).ReviewDisclosure(t.Context(), r.ID, "Life was at risk; justified."); err != nil {
		t.Fatal(err)
	}
	if b.today(testimony.Registrar, docket.DisclosureReview) {
		t.Error("a reviewed emergency is still on Today")
	}
}

func (b *bureau) today(login string, kind docket.ItemKind) bool {
	b.t.Helper()
	items, err := b.as(login).Today(b.t.Context(), b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, i := range items {
		if i.Kind == kind && i.Request != "" {
			return true
		}
	}
	return false
}

func TestTodayTellsWhoMustActOnADisclosure(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	r := b.ask(testimony.Clerk, testimony.Advocate)
	for login, want := range map[string]bool{testimony.Clerk: false, testimony.Registrar: true, testimony.Judge: true, testimony.Advocate: false} {
		if got := b.today(login, docket.DisclosureAsked); got != want {
			t.Errorf("%s is asked: %v", login, got)
		}
	}
	b.approve(testimony.Registrar, r)
	b.approve(testimony.Judge, r)
	if !b.today(testimony.Advocate, docket.DisclosureOpen) || b.today(testimony.Clerk, docket.DisclosureOpen) {
		t.Error("the receiver, and only they, is told of the grant")
	}
}

func TestOnlyWhatIsSealedCanBeAskedFor(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Advocate)
	for name, change := range map[string]func(*docket.Asking){
		"a field that is not sealed": func(a *docket.Asking) { a.Fields = []identity.Field{identity.Address} },
		"no field":                   func(a *docket.Asking) { a.Fields = nil },
		"a stranger as receiver":     func(a *docket.Asking) { a.Grantee = "nobody" },
		"an auditor as receiver":     func(a *docket.Asking) { a.Grantee = b.userID(testimony.Auditor) },
		"another case":               func(a *docket.Asking) { a.Case = "no" },
		"another party":              func(a *docket.Asking) { a.Party = "no" },
	} {
		a := b.asking(testimony.Advocate)
		change(&a)
		if _, err := b.desk.AskDisclosure(t.Context(), a); err == nil {
			t.Errorf("%s was asked for", name)
		}
	}
	if list, err := b.desk.Disclosures(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d requests were kept, %v", len(list), err)
	}
	if _, err := b.as(testimony.Auditor).AskDisclosure(t.Context(), docket.Asking{}); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor asks: %v", err)
	}
}

// What was sealed when it was asked for is what is shown, whatever is entered meanwhile; the next request shows the newer entry.
func TestTheRecordAskedForIsTheOneShown(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	first := b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, first)
	b.now = b.now.Add(time.Minute)
	_, party := b.witness()
	if err := b.desk.SealIdentity(t.Context(), party, identity.Fields{identity.Name: "Corrected Person"}); err != nil {
		t.Fatal(err)
	}
	b.approve(testimony.Judge, first)
	second := b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, second)
	b.approve(testimony.Judge, second)
	b.as(testimony.Advocate)
	for id, want := range map[identity.RequestID]string{first.ID: "Invented Person", second.ID: "Corrected Person"} {
		_, fields, err := b.desk.ViewDisclosure(t.Context(), id)
		if err != nil || fields[identity.Name] != want {
			t.Errorf("shown is %q, not %q: %v", fields[identity.Name], want, err)
		}
	}
}

// A judge who comes later can approve what was sealed before, once a judge has enrolled them.
func TestANewJudgeCanApproveWhatWasSealedBefore(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	if _, err := b.as(testimony.Judge).AddUser(t.Context(), store.NewUser{Login: "second", Role: testimony.Judge, Passphrase: []byte(docket.TrainingPassphrase)}); err != nil {
		t.Fatal(err)
	}
	r := b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, r)
	b.approve("second", r)
	_, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID)
	if err != nil || fields[identity.Name] != "Invented Person" {
		t.Errorf("%v, %v", fields, err)
	}
}

// A disclosure leaves nothing readable behind: not in the vault's file, and not beside it.
func TestADisclosureLeavesNothingReadableBehind(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	const name = "Zephyrine Quandahl"
	b.as(testimony.Advocate)
	_, party := b.witness()
	b.now = b.now.Add(time.Minute)
	if err := b.desk.SealIdentity(t.Context(), party, identity.Fields{identity.Name: name}); err != nil {
		t.Fatal(err)
	}
	r := b.ask(testimony.Advocate, testimony.Advocate)
	b.approve(testimony.Clerk, r)
	b.approve(testimony.Judge, r)
	if _, fields, err := b.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err != nil || fields[identity.Name] != name {
		t.Fatalf("%v", err)
	}
	b.audited("disclosure.viewed")
	if err := b.desk.Close(); err != nil {
		t.Fatal(err)
	}
	b.desk = nil
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.path), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"Zephyrine", "Quandahl", "ICC rule 87"} {
			if bytes.Contains(text, []byte(part)) {
				t.Errorf("%s holds %q", f, part)
			}
		}
	}
}
