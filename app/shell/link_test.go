package shell

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
)

const (
	cutWords   = "nothing can be kept until it is back"
	staleWords = "Something was changed at another desk."
)

func TestTheBarSaysThatTheServerIsAway(t *testing.T) {
	s := open(t, testimony.Clerk)
	if says(s, cutWords) {
		t.Fatal("it says so from the start")
	}
	s.heard(store.Event{Revision: 1, CutOff: true})
	if !says(s, cutWords) {
		t.Errorf("the window says %q", words(s))
	}
	s.Go(room.Hearings, "")
	if !says(s, cutWords) {
		t.Error("another room does not say so")
	}
	s.heard(store.Event{Revision: 1})
	if says(s, cutWords) {
		t.Error("it still says so after the return")
	}
}

// openBehind lets another desk open a case: the window hears of it afterwards.
func openBehind(t *testing.T, s *Shell, reference string) {
	t.Helper()
	if _, err := s.desk.AddCase(t.Context(), testimony.Case{Reference: reference, Offence: testimony.Offences[0]}); err != nil {
		t.Fatal(err)
	}
	if says(s, reference) {
		t.Fatal("it is shown before the window heard of it")
	}
}

func TestAnotherDesksChangeIsDrawn(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.Go(room.Cases, "")
	openBehind(t, s, "TC 77/2026")
	s.heard(store.Event{Revision: 2, Foreign: true})
	if !says(s, "TC 77/2026") || says(s, staleWords) {
		t.Errorf("the room shows %q", words(s))
	}
}

func TestAnotherDesksChangeWaitsForASheet(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.Go(room.Cases, "")
	openBehind(t, s, "TC 78/2026")
	s.screen.New()
	typed := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(typed, "TC 1")
	s.heard(store.Event{Revision: 2, Foreign: true})
	s.heard(store.Event{Revision: 3, Foreign: true})
	if typed.Text != "TC 1" || !xwidget.HasSheet(s.window.Canvas()) || says(s, "TC 78/2026") {
		t.Errorf("the form was disturbed: %q", words(s))
	}
	xwidget.Escape(s.window.Canvas())
	if !says(s, "TC 78/2026") {
		t.Errorf("the room shows %q", words(s))
	}
}

func TestAnotherDesksChangeIsOfferedOverATypedFilter(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.Go(room.Witnesses, "")
	var filter *xwidget.Input
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if in, ok := o.(*xwidget.Input); ok {
			filter = in
		}
	})
	if filter == nil {
		t.Fatal("the list has no filter")
	}
	test.Type(filter, "Witness")
	s.heard(store.Event{Revision: 2, Foreign: true})
	if filter.Text != "Witness" || !says(s, staleWords) {
		t.Errorf("the window says %q", words(s))
	}
	press(t, s, "Show it")
	if says(s, staleWords) {
		t.Error("it still offers what it shows")
	}
}

// TestTwoDecisionsOnOneOrder lets another desk decide while this one reads the effect.
func TestTwoDecisionsOnOneOrder(t *testing.T) {
	for name, c := range map[string]struct {
		theirs order.Step
		choice string
		want   string
	}{
		"theirs is kept":             {order.GrantInterim, "Keep theirs", "interim"},
		"mine is put in its place":   {order.GrantInterim, "Put mine in its place", "in_force"},
		"mine is no longer possible": {order.Refuse, "Keep theirs", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, testimony.Judge)
			names, err := room.ReadRegister(s.desk)
			if err != nil {
				t.Fatal(err)
			}
			for id, p := range names.Parties {
				if len(p.Appearances) > 0 && p.Appearances[0].Pseudonym == "Witness D" {
					s.Go(room.Witnesses, string(id)+"//measures")
				}
			}
			orders, err := s.desk.Orders(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			press(t, s, "Grant")
			fillAll(s)
			press(t, s, "Show the effect")
			for _, o := range orders {
				if o.Reference == "2026/130" {
					if _, err := s.desk.StepOrder(t.Context(), o.ID, nil, order.Act{Step: c.theirs, Reasons: "Theirs.", ExParte: "Urgent."}); err != nil {
						t.Fatal(err)
					}
				}
			}
			press(t, s, "Sign")
			if got := states(t, s)["2026/130"]; got != map[order.Step]string{order.GrantInterim: "interim", order.Refuse: "refused"}[c.theirs] {
				t.Fatalf("the order is %s before the choice", got)
			}
			if !says(s, "Somebody else has changed this meanwhile") {
				t.Fatalf("the window says %q", words(s))
			}
			press(t, s, c.choice)
			if c.want == "in_force" {
				press(t, s, "Show the effect") // its effect from where the order stands now
				press(t, s, "Sign")
			}
			if got := states(t, s)["2026/130"]; got != c.want || xwidget.HasSheet(s.window.Canvas()) {
				t.Errorf("the order is %s; the window says %q", got, words(s))
			}
		})
	}
}

func TestTheBarSaysHowFarSealingAnewIs(t *testing.T) {
	s := open(t, testimony.Judge)
	s.link.sealed, s.link.toSeal = 12, 34
	s.drawBar()
	if !says(s, "12 of 34") {
		t.Errorf("the window says %q", words(s))
	}
	s.link.sealed, s.link.toSeal = 0, 0
	s.drawBar()
	if says(s, "sealed with another key") {
		t.Error("the bar goes on when it is done")
	}
}
