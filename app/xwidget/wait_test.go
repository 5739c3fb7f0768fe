package xwidget

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

func TestAWaitCountsDownAndFreesTheButton(t *testing.T) {
	window := test.NewTempWindow(t, nil)
	pressed := 0
	in := NewSecret("")
	b := NewPrimary("Unlock", "Enter", func() { pressed++ })
	w := NewWait(b, func(left time.Duration) string { return fmt.Sprint("next in ", left) })
	window.SetContent(Column(0, w.Line, in, b))
	window.Canvas().Focus(in)

	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var due time.Duration
	var step func()
	w.now = func() time.Time { return now }
	w.after = func(d time.Duration, fn func()) func() {
		due, step = d, fn
		return func() { step = nil }
	}
	w.Begin(2500 * time.Millisecond)
	for _, want := range []string{"next in 3s", "next in 2s", "next in 1s"} {
		if w.Line.Text != want || !w.Line.Visible() || !b.Disabled() {
			t.Fatalf("%q, want %q; shown %v, disabled %v", w.Line.Text, want, w.Line.Visible(), b.Disabled())
		}
		b.Tapped(nil)
		now = now.Add(due)
		step()
	}
	if w.Line.Visible() || b.Disabled() || pressed != 0 || window.Canvas().Focused() != in {
		t.Errorf("shown %v, disabled %v, pressed %d", w.Line.Visible(), b.Disabled(), pressed)
	}
	b.Tapped(nil)
	if pressed != 1 {
		t.Error("the button can't be pressed after the wait")
	}
	w.Begin(time.Minute)
	w.Stop()
	if step != nil || w.Line.Visible() || b.Disabled() {
		t.Error("it goes on counting when it was stopped")
	}
}
