package xwidget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// stirred is told of every key and every movement of the mouse in the house's widgets. It belongs to Fyne's goroutine.
var stirred = func() {}

// OnStir says who is told whenever somebody uses the keyboard or the mouse, as for a lock of a desk that is left alone; nil for nobody. Fyne has no
// such notice of its own, so each widget that takes keys gives it, and a [Floor] under all of them.
func OnStir(fn func()) {
	if fn == nil {
		fn = func() {}
	}
	stirred = fn
}

// Floor is an empty ground that notices the mouse where nothing above it does.
type Floor struct{ widget.BaseWidget }

var _ desktop.Hoverable = (*Floor)(nil)

// NewFloor makes a floor.
func NewFloor() *Floor {
	f := &Floor{}
	f.ExtendBaseWidget(f)
	return f
}

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (f *Floor) MouseIn(*desktop.MouseEvent) { stirred() }

// MouseMoved notices a movement.
func (f *Floor) MouseMoved(*desktop.MouseEvent) { stirred() }

// MouseOut does nothing: what the mouse went to notices it.
func (f *Floor) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (f *Floor) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
