package shell

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
)

// An application says in the form which orders it is to replace; it is refused while nobody says what has changed.
func TestAnApplicationNamesTheOrdersThatItReplaces(t *testing.T) {
	s := open(t, testimony.Clerk)
	list, err := s.desk.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list, func(o order.Order) bool { return o.State == order.InForce })
	if at < 0 {
		t.Fatal("no order of the training vault is in force")
	}
	old := list[at]
	s.Go(room.Witnesses, string(old.Party)+"/"+string(old.Case)+"/measures")
	s.screen.New()
	var boxes []*xwidget.Tick
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if tick, ok := o.(*xwidget.Tick); ok {
				boxes = append(boxes, tick)
			}
		})
	}
	tick := func(starts string) {
		t.Helper()
		i := slices.IndexFunc(boxes, func(b *xwidget.Tick) bool { return strings.HasPrefix(b.Text, starts) })
		if i < 0 {
			t.Fatalf("no box for %q: %q", starts, words(s))
		}
		boxes[i].SetChecked(true)
	}
	tick(old.Reference)
	tick("Face alteration")
	lines := inputs(s)
	fill := func(change string) {
		for _, in := range lines {
			if in.PlaceHolder != i18n.T("order.until.hint") {
				in.SetText("Words of a test.")
			}
		}
		lines[len(lines)-3].SetText(change) // before the reasons not to serve it, and not to follow the person's will
	}
	fill("")
	press(t, s, "File")
	if !says(s, "it is not said what has changed") {
		t.Fatalf("without a change it is not refused: %q", words(s))
	}
	fill("The danger has grown.")
	press(t, s, "File")
	after, err := s.desk.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(after, func(o order.Order) bool { return slices.Equal(o.Replaces, []protection.OrderID{old.ID}) }) {
		t.Errorf("no application replaces it; the window says %q", words(s))
	}
}
