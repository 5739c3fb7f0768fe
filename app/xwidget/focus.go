package xwidget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Replace puts content into a box, in the place of what it holds. A focus that stood on a button there goes to the new button of the
// same key; any other focus there is given up. What is no longer shown would keep every key to itself.
func Replace(box *fyne.Container, content fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(box)
	var had fyne.Focusable
	if c != nil && slices.Contains(focusables(box), c.Focused()) {
		had = c.Focused()
	}
	box.Objects = []fyne.CanvasObject{content}
	box.Refresh()
	if had == nil {
		return
	}
	for _, now := range focusables(content) {
		if sameFocus(had, now) {
			c.Focus(now)
		}
	}
	if c.Focused() == had && !slices.Contains(focusables(box), had) {
		c.Unfocus()
	}
}

// sameFocus reports whether two objects are the same to the one who has the keyboard: one object, or two buttons of one key.
func sameFocus(a, b fyne.Focusable) bool {
	if a == b {
		return true
	}
	x, isButton := a.(*Button)
	y, isToo := b.(*Button)
	return isButton && isToo && x.Key != "" && x.Key == y.Key
}

// focusables are the objects in o that can have the focus, in the order in which they are shown.
func focusables(o fyne.CanvasObject) []fyne.Focusable {
	var out []fyne.Focusable
	switch o := o.(type) {
	case fyne.Focusable:
		out = append(out, o)
	case *fyne.Container:
		for _, inner := range o.Objects {
			out = append(out, focusables(inner)...)
		}
	case *container.Scroll:
		out = focusables(o.Content)
	}
	return out
}
