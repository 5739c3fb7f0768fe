package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Fyne hands every key to what has the focus and to nothing else. The house's inputs pass on what they have no use for, so that
// the keys of a screen work wherever the focus is.

// passKey hands a key to the window.
func passKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
}

// passShortcut hands a shortcut to the window, and reports whether it was one of its own kind.
func passShortcut(o fyne.CanvasObject, s fyne.Shortcut) bool {
	custom, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(fyne.Shortcutable); ok {
		c.TypedShortcut(custom)
	}
	return true
}

// screenKey reports the keys that belong to the screen and not to an input.
func screenKey(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyEscape, fyne.KeyF1, fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF6, fyne.KeyF7, fyne.KeyF8, fyne.KeyF9, fyne.KeyF10, fyne.KeyF11, fyne.KeyF12:
		return true
	}
	return false
}

// Input is a line, or several lines, of text.
type Input struct {
	widget.Entry
	// OnArrow, where set, is told of the up and down keys: -1 and 1.
	OnArrow func(step int)
}

// NewInput makes a line of text.
func NewInput(hint string) *Input {
	e := &Input{}
	e.PlaceHolder = hint
	e.ExtendBaseWidget(e)
	return e
}

// NewSecret makes a line of text that is not shown.
func NewSecret(hint string) *Input {
	e := NewInput(hint)
	e.Password = true
	return e
}

// NewLines makes several lines of text.
func NewLines(hint string, rows int) *Input {
	e := NewInput(hint)
	e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	e.SetMinRowsVisible(rows)
	return e
}

// TypedKey passes the screen's keys on.
func (e *Input) TypedKey(k *fyne.KeyEvent) {
	stirred()
	switch {
	case screenKey(k.Name):
		passKey(e, k)
	case e.OnArrow != nil && k.Name == fyne.KeyUp:
		e.OnArrow(-1)
	case e.OnArrow != nil && k.Name == fyne.KeyDown:
		e.OnArrow(1)
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedRune takes a character in.
func (e *Input) TypedRune(r rune) {
	stirred()
	e.Entry.TypedRune(r)
}

// TypedShortcut passes the window's shortcuts on.
func (e *Input) TypedShortcut(s fyne.Shortcut) {
	if !passShortcut(e, s) {
		e.Entry.TypedShortcut(s)
	}
}

// AcceptsTab is false also for several lines of text, where Fyne's own would keep the key: nothing that is typed here has a tab in it, and Tab must lead out.
func (e *Input) AcceptsTab() bool { return false }

// TappedSecondary opens no menu: Fyne's would keep every key to itself, those that close a session among them.
func (e *Input) TappedSecondary(*fyne.PointEvent) {}

// Wipe forgets what was typed. Go keeps no hold on the old string; it goes with the next collection.
func (e *Input) Wipe() {
	e.Entry.Text = ""
	e.Entry.CursorColumn, e.Entry.CursorRow = 0, 0
	e.Refresh()
}

// Tick is a box to tick.
type Tick struct{ widget.Check }

// NewTick makes a box to tick.
func NewTick(word string, ticked bool, changed func(bool)) *Tick {
	t := &Tick{}
	t.Text, t.Checked, t.OnChanged = word, ticked, changed
	t.ExtendBaseWidget(t)
	return t
}

// TypedKey passes the screen's keys on.
func (t *Tick) TypedKey(k *fyne.KeyEvent) {
	stirred()
	if screenKey(k.Name) {
		passKey(t, k)
		return
	}
	t.Check.TypedKey(k)
}

// TypedShortcut passes the window's shortcuts on.
func (t *Tick) TypedShortcut(s fyne.Shortcut) { passShortcut(t, s) }
