package docket_test

import (
	"errors"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// newMember enrols a user of an office by one of the same.
func (b *bureau) newMember(by, login, office string) store.UserID {
	b.t.Helper()
	u, err := b.as(by).AddUser(b.t.Context(), store.NewUser{Login: login, Role: store.Role(office), Passphrase: []byte(docket.TrainingPassphrase)})
	if err != nil {
		b.t.Fatal(err)
	}
	return u.ID
}

func TestWhoRevokesWhom(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	second := b.newMember(testimony.Judge, "second", testimony.Judge)
	for login, want := range map[string]error{
		testimony.Clerk: docket.ErrNotAllowed, testimony.Advocate: docket.ErrNotAllowed, testimony.Auditor: docket.ErrNotAllowed,
	} {
		if err := b.as(login).RevokeUser(t.Context(), second, "left"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", login, err, want)
		}
	}
	b.as(testimony.Registrar)
	for name, err := range map[string]error{
		"without a reason": b.desk.RevokeUser(t.Context(), second, " "),
		"oneself":          b.desk.RevokeUser(t.Context(), b.userID(testimony.Registrar), "left"),
		"nobody":           b.desk.RevokeUser(t.Context(), "none", "left"),
	} {
		if err == nil {
			t.Errorf("%s: done", name)
		}
	}
	if err := b.desk.RevokeUser(t.Context(), second, "moved to another court"); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.RevokeUser(t.Context(), second, "again"); !errors.Is(err, store.ErrRevoked) {
		t.Errorf("twice: %v", err)
	}
	if err := b.desk.RevokeUser(t.Context(), b.userID(testimony.Judge), "left"); !errors.Is(err, docket.ErrLastOfCollege) {
		t.Errorf("the last judge: %v", err)
	}
	reasons, err := b.desk.Departures(t.Context())
	if err != nil || reasons[second].Reason != "moved to another court" {
		t.Errorf("%+v, %v", reasons, err)
	}
	if _, err := b.desk.AddUser(t.Context(), store.NewUser{Login: "second", Role: testimony.Clerk, Passphrase: []byte(docket.TrainingPassphrase)}); !errors.Is(err, store.ErrExists) {
		t.Errorf("a revoked user's login given out again: %v", err)
	}
	b.audited("user.revoked", "user.revoke_denied")
}

// TestARevokedMemberOpensNoIdentity follows what a revoked judge had their hands in.
func TestARevokedMemberOpensNoIdentity(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	second := b.newMember(testimony.Judge, "second", testimony.Judge)
	b.newMember(testimony.Judge, "third", testimony.Judge)
	asked := b.ask("second", testimony.Advocate)             // by the one who leaves
	shown := b.ask(testimony.Advocate, "second")             // to the one who leaves
	approved := b.ask(testimony.Advocate, testimony.Clerk)   // approved by them, by nobody else
	granted := b.ask(testimony.Clerk, testimony.Advocate)    // approved by them and by the other college
	others := b.ask(testimony.Advocate, testimony.Registrar) // nothing of theirs
	for _, r := range []identity.Request{approved, granted} {
		b.approve("second", r)
	}
	b.approve(testimony.Registrar, granted)
	b.approve(testimony.Clerk, shown)
	b.approve("third", shown)
	if err := b.as(testimony.Judge).RevokeUser(t.Context(), second, "under investigation"); err != nil {
		t.Fatal(err)
	}
	list, err := b.desk.Disclosures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[identity.RequestID]identity.RequestState{}
	for _, r := range list {
		states[r.ID] = r.State(b.now)
		if states[r.ID] == identity.Withdrawn && r.Holds() {
			t.Errorf("a withdrawn request still holds halves")
		}
	}
	for name, c := range map[string]struct {
		of   identity.Request
		want identity.RequestState
	}{
		"asked by them": {asked, identity.Withdrawn}, "to them": {shown, identity.Withdrawn}, "approved by them alone": {approved, identity.Withdrawn},
		"granted to another": {granted, identity.Granted}, "of others": {others, identity.Pending},
	} {
		if got := states[c.of.ID]; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}

	if err := b.desk.Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if due, err := b.desk.UpkeepDue(t.Context()); err != nil || due != (store.Upkeep{}) {
		t.Errorf("due %+v, %v", due, err)
	}
	if _, err := b.desk.AskDisclosure(t.Context(), b.asking("second")); !errors.Is(err, store.ErrRevoked) {
		t.Errorf("asked for somebody who was revoked: %v", err)
	}
	// What is sealed now is not sealed to them, and those who stay can open what was sealed before.
	b.approve("third", others)
	b.approve(testimony.Clerk, others)
	_, fields, err := b.as(testimony.Registrar).ViewDisclosure(t.Context(), others.ID)
	if err != nil || fields[identity.Name] != "Invented Person" {
		t.Errorf("%v, %v", fields, err)
	}
	report, err := b.as(testimony.Judge).Verify(t.Context(), nil)
	if err != nil || !report.Sound() {
		t.Errorf("%+v, %v", report, err)
	}
	b.audited("identity.shares_tended", "compartment.rotate", "compartment.reseal", "disclosure.withdrawn")
}

// TestAnIdentitySealedAfterwardsHasNoShareForThem looks into the sealed records.
func TestAnIdentitySealedAfterwardsHasNoShareForThem(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	second := b.newMember(testimony.Clerk, "second", testimony.Clerk)
	if err := b.as(testimony.Judge).RevokeUser(t.Context(), second, "left"); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute)
	_, party := b.witness()
	if err := b.desk.SealIdentity(t.Context(), party, identity.Fields{identity.Name: "Another Invented Person"}); err != nil {
		t.Fatal(err)
	}
	if err := b.desk.Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if holders := docket.ShareHolders(t.Context(), b.desk, ""); holders[string(second)] || len(holders) < 3 {
		t.Errorf("shares of %v", holders)
	}
}
