package shell

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
)

// The case of a new protected party is found by typing, among as many as there are, and only what is seen of them is drawn.
func TestACaseIsFoundByTyping(t *testing.T) {
	s := open(t, testimony.Clerk)
	for i := range 60 {
		if _, err := s.desk.AddCase(t.Context(), testimony.Case{Reference: fmt.Sprintf("TC 9%02d/2026", i), Offence: testimony.Trafficking}); err != nil {
			t.Fatal(err)
		}
	}
	s.Go(room.Witnesses, "")
	s.screen.New()
	typed := s.window.Canvas().Focused().(*xwidget.Input)
	buttons := 0
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if _, ok := o.(*xwidget.Button); ok {
				buttons++
			}
		})
	}
	if buttons > 2 {
		t.Errorf("%d buttons are drawn for 60 cases", buttons)
	}
	typed.SetText("937/")
	typed.OnSubmitted(typed.Text)
	if !says(s, "pseudonym") {
		t.Fatalf("the form of a new party is not shown: %q", words(s))
	}
	fillAll(s)
	press(t, s, "Save")
	list, err := s.desk.Parties(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		for _, a := range p.Appearances {
			if c, err := s.desk.Case(t.Context(), a.Case); err == nil && c.Reference == "TC 937/2026" {
				return
			}
		}
	}
	t.Error("the party does not appear in the case that was chosen")
}
