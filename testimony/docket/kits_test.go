package docket_test

import (
	"errors"
	"slices"
	"testing"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/kit"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/docket"
)

var outsiders = []store.Holder{{Name: "President of the court"}, {Name: "Notary"}, {Name: "Prefect"}}

func idOf(t *testing.T, d *docket.Desk, login string) store.UserID {
	t.Helper()
	users, err := d.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return users[slices.IndexFunc(users, func(u store.User) bool { return u.Login == login })].ID
}

// courtKit makes the court's kit as the clerk and confirms it as the registrar, who is at the desk afterwards.
func courtKit(t *testing.T, d *docket.Desk) (*docket.Desk, []kit.Sheet) {
	t.Helper()
	d = as(t, d, testimony.Clerk)
	k, list, err := d.MakeKit(t.Context(), 2, slices.Clone(outsiders))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ConfirmKit(t.Context(), k.ID); !errors.Is(err, docket.ErrWitness) {
		t.Errorf("the maker confirms their own kit: %v", err)
	}
	d = as(t, d, testimony.Judge)
	if _, err := d.ConfirmKit(t.Context(), k.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the other college confirms a kit: %v", err)
	}
	if err := d.DiscardKit(t.Context(), k.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the other college discards a kit: %v", err)
	}
	d = as(t, d, testimony.Registrar)
	if !needs(t, d, docket.KitWaits) {
		t.Error("the registrar is not asked to confirm")
	}
	if _, err := d.ConfirmKit(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	return d, list
}

func needs(t *testing.T, d *docket.Desk, k docket.ItemKind) bool {
	t.Helper()
	return slices.Contains(kinds(t, d, noon), k)
}

func recovered(t *testing.T, path, login string, list []kit.Sheet) (*docket.Desk, store.Recovery) {
	t.Helper()
	d, r, err := docket.Recover(t.Context(), path, login, list, []byte("a passphrase for afterwards"), light)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, r
}

func TestAForgottenPassphraseIsReplacedAndReviewedByTheOtherCollege(t *testing.T) {
	t.Parallel()
	d, list := courtKit(t, training(t))
	d = as(t, d, testimony.Clerk) // the clerk's desk seals their keys
	states, err := d.Kits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	court := states[0]
	if court.College != identity.Court || court.Distrusted || len(court.Sealed) != 2 || len(court.Missing) != 2 || states[1].InForce != nil {
		t.Errorf("%+v", states)
	}
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if k, err := docket.SheetsNeeded(t.Context(), path, testimony.Clerk, light); err != nil || k.Needed != 2 {
		t.Errorf("%+v, %v", k, err)
	}
	if _, _, err := docket.Recover(t.Context(), path, testimony.Clerk, list[1:], []byte("short"), light); !errors.Is(err, strength.ErrWeak) {
		t.Errorf("a short passphrase: %v", err)
	}
	if _, _, err := docket.Recover(t.Context(), path, testimony.Judge, list[1:], []byte("a passphrase for afterwards"), light); !errors.Is(err, store.ErrNoEscrow) {
		t.Errorf("the judge by the court's sheets: %v", err)
	}
	d, r := recovered(t, path, testimony.Clerk, list[1:])
	if d.Me().Login != testimony.Clerk || !needs(t, d, docket.RecoveryReview) {
		t.Error("the clerk is not back, or is not told")
	}
	if _, err := d.ReviewRecovery(t.Context(), r.ID, "fine"); !errors.Is(err, docket.ErrOtherSide) {
		t.Errorf("the recovered user reviews: %v", err)
	}
	for _, office := range []string{testimony.Registrar, testimony.Advocate, testimony.Auditor} {
		d = as(t, d, office)
		want := docket.ErrOtherSide
		if office != testimony.Registrar {
			want = docket.ErrNotAllowed
		} else if !needs(t, d, docket.RecoveryReview) {
			t.Error("the registrar is not told")
		}
		if _, err := d.ReviewRecovery(t.Context(), r.ID, "fine"); !errors.Is(err, want) {
			t.Errorf("%s reviews: %v", office, err)
		}
	}
	d = as(t, d, testimony.Judge)
	if !needs(t, d, docket.RecoveryReview) {
		t.Error("the judge is not told")
	}
	if _, err := d.ReviewRecovery(t.Context(), r.ID, "  "); !errors.Is(err, identity.ErrReason) {
		t.Errorf("without a finding: %v", err)
	}
	if _, err := d.ReviewRecovery(t.Context(), "none", "fine"); !errors.Is(err, docket.ErrNotFound) {
		t.Error(err)
	}
	if _, err := d.ReviewRecovery(t.Context(), r.ID, "I spoke to the clerk"); err != nil {
		t.Fatal(err)
	}
	if needs(t, d, docket.RecoveryReview) {
		t.Error("a review does not end the item")
	}
	wantActions(t, d, "kit.made", "kit.confirmed", "user.escrow", "user.recovered", "recovery.review_denied", "recovery.reviewed")
	list2, err := d.Recoveries(t.Context())
	if err != nil || len(list2) != 1 || list2[0].Reviewed.Reason != "I spoke to the clerk" {
		t.Errorf("%+v, %v", list2, err)
	}
}

func TestNobodyHoldsSheetsOfBothColleges(t *testing.T) {
	t.Parallel()
	d, _ := courtKit(t, training(t))
	d = as(t, d, testimony.Judge)
	user := func(login string) store.Holder { return store.Holder{User: idOf(t, d, login)} }
	for name, holders := range map[string][]store.Holder{
		"holds the court's":      {{Name: "notary"}, {Name: "somebody"}},
		"spelled otherwise":      {{Name: "  NOTARY "}, {Name: "somebody"}},
		"two of one":             {{Name: "somebody"}, {Name: "Somebody"}},
		"one user twice":         {user(testimony.Judge), user(testimony.Judge)},
		"a clerk":                {user(testimony.Judge), user(testimony.Clerk)},
		"a user by name":         {user(testimony.Judge), {Name: "Court Clerk (training)"}},
		"a user by login":        {user(testimony.Judge), {Name: "registrar"}},
		"nobody":                 {user(testimony.Judge), {}},
		"both a user and a name": {user(testimony.Judge), {User: idOf(t, d, testimony.Advocate), Name: "x"}},
	} {
		if _, _, err := d.MakeKit(t.Context(), 2, holders); !errors.Is(err, docket.ErrHolder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := d.MakeKit(t.Context(), 2, []store.Holder{{User: "0123"}, user(testimony.Judge)}); !errors.Is(err, docket.ErrNotFound) {
		t.Error(err)
	}
	if _, _, err := d.MakeKit(t.Context(), 1, []store.Holder{{Name: "somebody"}}); !errors.Is(err, kit.ErrBounds) {
		t.Error(err)
	}
	k, _, err := d.MakeKit(t.Context(), 2, []store.Holder{user(testimony.Judge), user(testimony.Advocate)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ConfirmKit(t.Context(), k.ID); err != nil {
		t.Errorf("the only judge confirms their own kit: %v", err)
	}
	d = as(t, d, testimony.Advocate)
	if _, _, err := d.MakeKit(t.Context(), 2, slices.Clone(outsiders)); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate makes a kit: %v", err)
	}
}

func TestAKitThatWasNotPrintedIsDiscarded(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Clerk)
	k, _, err := d.MakeKit(t.Context(), 2, slices.Clone(outsiders))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DiscardKit(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.DiscardKit(t.Context(), k.ID); !errors.Is(err, store.ErrNoKit) {
		t.Error(err)
	}
	d = as(t, d, testimony.Registrar)
	if _, err := d.ConfirmKit(t.Context(), k.ID); !errors.Is(err, store.ErrNoKit) {
		t.Error(err)
	}
}
