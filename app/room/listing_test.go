package room

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"paravent/app/xwidget"
)

func longListing(n int, open func(string)) Listing {
	l := Listing{Title: "Hearings", Heads: []string{"When", "Who", "Case", "Room"}, Weights: []float32{4, 2, 2, 2}, Open: open}
	for i := range n {
		l.Lines = append(l.Lines, Line{ID: fmt.Sprint(i), Text: xwidget.RowText{Cells: []string{fmt.Sprintf("%d March 2027", i), fmt.Sprintf("Witness %d", i), fmt.Sprintf("TC %d/2026", i/10), "Courtroom 3"}, Chip: "Public"}})
	}
	return l
}

// drawnRows counts the rows that stand in a window.
func drawnRows(o fyne.CanvasObject) int {
	n := 0
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		if fmt.Sprintf("%T", o) == "*xwidget.row" {
			n++
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(o)
	return n
}

// Of a hundred thousand lines only those in sight are drawn, before and after typing narrows them.
func TestALongListDrawsWhatIsSeen(t *testing.T) {
	test.NewApp()
	opened := ""
	s := longListing(100_000, func(id string) { opened = id }).Screen()
	w := test.NewWindow(s.Content)
	defer w.Close()
	w.Resize(fyne.NewSize(1280, 800))
	if n := drawnRows(s.Content); n == 0 || n > 60 {
		t.Errorf("%d rows are drawn", n)
	}
	filter := s.First.(*xwidget.Input)
	filter.SetText("witness 77777")
	if n := drawnRows(s.Content); n == 0 || n > 60 {
		t.Errorf("narrowed, %d rows are drawn", n)
	}
	filter.OnSubmitted(filter.Text)
	if opened != "77777" {
		t.Errorf("%q is opened", opened)
	}
}

// BenchmarkLongList makes the screen of a list of a hundred thousand and narrows it, as each letter does.
func BenchmarkLongList(b *testing.B) {
	test.NewApp()
	l := longListing(100_000, nil)
	var built, narrowed time.Duration
	for b.Loop() {
		begun := time.Now()
		s := l.Screen()
		w := test.NewWindow(s.Content)
		w.Resize(fyne.NewSize(1280, 800))
		built += time.Since(begun)
		begun = time.Now()
		s.First.(*xwidget.Input).SetText("ness 7")
		narrowed += time.Since(begun)
		w.Close()
	}
	b.ReportMetric(float64(built.Milliseconds())/float64(b.N), "ms/screen")
	b.ReportMetric(float64(narrowed.Milliseconds())/float64(b.N), "ms/letter")
}
