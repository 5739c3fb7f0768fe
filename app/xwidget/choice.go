package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Choice is one of several words. Up, down, left and right change it; the space bar opens its list, and so does Enter outside of a form, where it is the form's. It passes on the
// keys that it has no use for, as Fyne's own does not.
type Choice struct {
	widget.Select
	// SpacePasses leaves the space bar to the screen, where it means something of its own.
	SpacePasses bool
	// OnEnter, where it is set, takes Enter in place of the list.
	OnEnter func()
	// Find, where it is set, asks for one of so many words that nobody would look through a list of them.
	Find func(words []string, pick func(i int))
}

// findFrom is how many words are too many for a list.
const findFrom = 40

// NewChoice makes a choice with one of its words chosen; a negative index chooses none.
func NewChoice(words []string, chosen int, changed func(string)) *Choice {
	c := &Choice{}
	c.Options = words
	c.ExtendBaseWidget(c)
	if chosen >= 0 && chosen < len(words) {
		c.SetSelectedIndex(chosen)
	}
	c.OnChanged = changed
	return c
}

// Tapped opens the list.
func (c *Choice) Tapped(*fyne.PointEvent) {
	if over := fyne.CurrentApp().Driver().CanvasForObject(c); over != nil {
		over.Focus(c)
		if c.Find != nil && len(c.Options) > findFrom {
			c.Find(c.Options, c.SetSelectedIndex)
			return
		}
		c.list(over)
	}
}

// listedRows bounds the rows of a choice's list that are seen at once.
const listedRows = 8

// list shows the words below the choice, or above it where there is no room, for one of them to be chosen.
func (c *Choice) list(over fyne.Canvas) {
	var s *Sheet
	rows := NewRows([]float32{1}, func() int { return len(c.Options) }, func(i int) RowText { return RowText{Cells: []string{c.Options[i]}} }, func(i int) {
		s.Close()
		c.SetSelectedIndex(i)
	})
	rows.Plain = true
	ground := canvas.NewRectangle(theme.Colour(theme.Card))
	ground.StrokeColor, ground.StrokeWidth = theme.Colour(theme.Line), 1
	shown := float32(min(len(c.Options), listedRows))
	size := fyne.NewSize(c.Size().Width, shown*(rowHeight+4)+8)
	s = showAt(over, belowOrAbove(c, size, over), size, container.NewStack(ground, rows))
	over.Focus(rows)
	for range min(max(c.SelectedIndex(), 0), findFrom) {
		rows.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
}

// belowOrAbove is where an object of a size stands beside another and inside the window.
func belowOrAbove(o fyne.CanvasObject, size fyne.Size, over fyne.Canvas) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	if below := at.Y + o.Size().Height; below+size.Height <= over.Size().Height {
		return fyne.NewPos(at.X, below)
	}
	return fyne.NewPos(at.X, max(at.Y-size.Height, 0))
}

// TypedKey changes the word or opens the list, and passes on what is not the choice's.
func (c *Choice) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyUp:
		c.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	case k.Name == fyne.KeyDown:
		c.Select.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	case k.Name == fyne.KeyLeft || k.Name == fyne.KeyRight:
		c.Select.TypedKey(k)
	case c.OnEnter != nil && (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter):
		c.OnEnter()
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter || k.Name == fyne.KeySpace && !c.SpacePasses:
		c.Tapped(nil)
	default:
		passKey(c, k)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (c *Choice) TypedShortcut(s fyne.Shortcut) { passShortcut(c, s) }
