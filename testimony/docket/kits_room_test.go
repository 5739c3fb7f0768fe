package docket_test

import (
	"errors"
	"slices"
	"testing"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// A sheet that lies with somebody who left still opens: the college is told until it has made another kit.
func TestAKitIsOutOfDateWhenAKeeperLeaves(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Judge)
	advocate := idOf(t, d, testimony.Advocate)
	make := func(holders ...store.Holder) {
		k, list, err := d.MakeKit(t.Context(), 2, holders)
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			list[i].Wipe()
		}
		if _, err := d.ConfirmKit(t.Context(), k.ID); err != nil {
			t.Fatal(err)
		}
	}
	make(store.Holder{Name: "Notary"}, store.Holder{User: advocate}, store.Holder{User: d.Me().ID})
	if needs(t, d, docket.KitStale) {
		t.Error("a kit is out of date from the start")
	}
	if err := d.RevokeUser(t.Context(), advocate, "left"); err != nil {
		t.Fatal(err)
	}
	states, err := d.Kits(t.Context())
	if err != nil || !slices.Equal(states[1].Left, []int{2}) || len(states[0].Left) != 0 {
		t.Errorf("%+v, %v", states, err)
	}
	if !needs(t, d, docket.KitStale) {
		t.Error("nobody is told that a sheet lies with somebody who left")
	}
	if _, _, err := d.MakeKit(t.Context(), 2, []store.Holder{{User: advocate}, {User: d.Me().ID}}); !errors.Is(err, docket.ErrHolder) {
		t.Errorf("somebody whose access was taken away is to keep a sheet: %v", err)
	}
	make(store.Holder{Name: "Notary"}, store.Holder{User: d.Me().ID})
	if needs(t, d, docket.KitStale) {
		t.Error("the new kit is out of date as well")
	}
	if d = as(t, d, testimony.Clerk); needs(t, d, docket.KitStale) {
		t.Error("the other college is asked for it")
	}
}

func TestASheetIsLookedAtByItsOwnCollege(t *testing.T) {
	t.Parallel()
	d, list := courtKit(t, training(t))
	k, err := d.CheckSheet(t.Context(), list[2])
	if err != nil || k.Name != "court" || k.Needed != 2 {
		t.Errorf("%+v, %v", k, err)
	}
	for login, want := range map[string]error{testimony.Judge: docket.ErrHolder, testimony.Advocate: docket.ErrNotAllowed, testimony.Auditor: docket.ErrNotAllowed} {
		d = as(t, d, login)
		if _, err := d.CheckSheet(t.Context(), list[0]); !errors.Is(err, want) {
			t.Errorf("%s: %v", login, err)
		}
	}
}

// Whom the form offers as keepers, the desk takes.
func TestKeepersAreThoseWhoMayHoldASheet(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Judge)
	logins := func() (list []string) {
		keepers, err := d.Keepers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range keepers {
			list = append(list, u.Login)
		}
		slices.Sort(list)
		return list
	}
	if got := logins(); !slices.Equal(got, []string{testimony.Advocate, testimony.Auditor, testimony.Judge}) {
		t.Errorf("a judge may give sheets to %v", got)
	}
	k, _, err := d.MakeKit(t.Context(), 2, []store.Holder{{User: idOf(t, d, testimony.Advocate)}, {User: d.Me().ID}})
	if err != nil {
		t.Fatal(err)
	}
	d = as(t, d, testimony.Clerk)
	if got := logins(); !slices.Equal(got, []string{testimony.Auditor, testimony.Clerk, testimony.Registrar}) {
		t.Errorf("with %s waiting, a clerk may give sheets to %v", k.ID, got)
	}
}
