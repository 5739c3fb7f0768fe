package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Keeping redraws a canvas's content and gives back what the person had: how far they had scrolled, and the focus on the same
// place where there still is one.
func Keeping(c fyne.Canvas, redraw func()) {
	before := focusables(c.Content())
	at := -1
	for i, f := range before {
		if f == c.Focused() {
			at = i
		}
	}
	offsets := make([]fyne.Position, 0, 4)
	for _, s := range scrolls(c.Content()) {
		offsets = append(offsets, s.Offset)
	}
	redraw()
	for i, s := range scrolls(c.Content()) {
		if i < len(offsets) {
			s.ScrollToOffset(offsets[i])
		}
	}
	if after := focusables(c.Content()); at >= 0 && at < len(after) {
		c.Focus(after[at])
	}
}

func scrolls(o fyne.CanvasObject) []*container.Scroll {
	var out []*container.Scroll
	switch o := o.(type) {
	case *container.Scroll:
		out = append([]*container.Scroll{o}, scrolls(o.Content)...)
	case *fyne.Container:
		for _, inner := range o.Objects {
			out = append(out, scrolls(inner)...)
		}
	}
	return out
}

// Typed reports whether a line of text in o holds something.
func Typed(o fyne.CanvasObject) bool {
	for _, f := range focusables(o) {
		if in, ok := f.(*Input); ok && in.Text != "" {
			return true
		}
	}
	return false
}

// AfterSheet runs fn once the topmost sheet of a canvas is taken away; it reports whether there is one.
func AfterSheet(c fyne.Canvas, fn func()) bool {
	s := topSheet(c)
	if s != nil {
		s.OnClosed(fn)
	}
	return s != nil
}
