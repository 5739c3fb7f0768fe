package xwidget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Side is one side of a page: a word with the digit that turns to it. Nine of them stand in one row of the smallest window, which buttons
// would not.
type Side struct {
	widget.BaseWidget
	Word, Key string
	Selected  bool
	OnTapped  func()

	focused, hovered bool
}

var (
	_ fyne.Tappable      = (*Side)(nil)
	_ fyne.Focusable     = (*Side)(nil)
	_ desktop.Hoverable  = (*Side)(nil)
	_ desktop.Cursorable = (*Side)(nil)
	_ fyne.Shortcutable  = (*Side)(nil)
)

// Sides is the row of a page's sides, with one chosen.
func Sides(words, keys []string, chosen int, turn func(int)) fyne.CanvasObject {
	return Row(2, sides(words, keys, chosen, turn)...)
}

// WrappedSides are the sides of a narrow column, in as many lines as they need.
func WrappedSides(words, keys []string, chosen int, turn func(int)) fyne.CanvasObject {
	return Wrap(2, sides(words, keys, chosen, turn)...)
}

func sides(words, keys []string, chosen int, turn func(int)) []fyne.CanvasObject {
	var row []fyne.CanvasObject
	for i, word := range words {
		s := &Side{Word: word, Key: keys[i], Selected: i == chosen, OnTapped: func() { turn(i) }}
		s.ExtendBaseWidget(s)
		row = append(row, s)
	}
	return row
}

// Tapped turns to the side.
func (s *Side) Tapped(*fyne.PointEvent) { s.OnTapped() }

// FocusGained draws the focus.
func (s *Side) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost ends the focus.
func (s *Side) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune turns to the side with the space bar.
func (s *Side) TypedRune(r rune) {
	stirred()
	if r == ' ' {
		s.OnTapped()
	}
}

// TypedKey turns to the side with Enter, and passes on what is not its own.
func (s *Side) TypedKey(e *fyne.KeyEvent) {
	stirred()
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		s.OnTapped()
	case fyne.KeySpace:
	default:
		passKey(s, e)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (s *Side) TypedShortcut(c fyne.Shortcut) { passShortcut(s, c) }

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (s *Side) MouseIn(*desktop.MouseEvent) { stirred(); s.hovered = true; s.Refresh() }

// MouseMoved changes nothing.
func (s *Side) MouseMoved(*desktop.MouseEvent) { stirred() }

// MouseOut ends the hover.
func (s *Side) MouseOut() { s.hovered = false; s.Refresh() }

// Cursor is a pointing hand.
func (s *Side) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (s *Side) CreateRenderer() fyne.WidgetRenderer {
	r := &sideRenderer{s: s, ground: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent),
		word: canvas.NewText("", color.Black), key: canvas.NewText("", color.Black)}
	r.Refresh()
	return r
}

type sideRenderer struct {
	s            *Side
	ground, line *canvas.Rectangle
	word, key    *canvas.Text
}

const (
	sidePad = 8
	sideGap = 4 // between the word and its digit
)

func (r *sideRenderer) Refresh() {
	ink, ground := theme.Colour(theme.Ink), color.Color(color.Transparent)
	switch {
	case r.s.Selected:
		ink, ground = theme.Colour(theme.Accent), theme.Colour(theme.AccentSoft)
	case r.s.hovered:
		ground = theme.Colour(theme.BreakSoft)
	}
	r.ground.FillColor, r.ground.CornerRadius = ground, 7
	r.ground.StrokeWidth, r.ground.StrokeColor = 0, color.Transparent
	if r.s.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2.5, theme.Colour(theme.Ink)
	}
	r.line.FillColor = color.Transparent
	if r.s.Selected { // a shape beside the colour
		r.line.FillColor = ink
	}
	r.word.Text, r.word.TextSize, r.word.Color, r.word.TextStyle.Bold = r.s.Word, theme.SizeText, ink, r.s.Selected
	r.key.Text, r.key.TextSize, r.key.Color, r.key.TextStyle.Monospace = r.s.Key, 11, theme.Colour(theme.Ink2), true
	r.Layout(r.s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *sideRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.line.Resize(fyne.NewSize(max(size.Width-2*sidePad, 0), 2))
	r.line.Move(fyne.NewPos(sidePad, size.Height-5))
	x := float32(sidePad)
	for _, t := range []*canvas.Text{r.word, r.key} {
		m := t.MinSize()
		t.Resize(m)
		t.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		x += m.Width + sideGap
	}
}

// MinSize keeps the room of the bold word, so that nothing moves as sides are turned.
func (r *sideRenderer) MinSize() fyne.Size {
	bold := fyne.MeasureText(r.s.Word, theme.SizeText, fyne.TextStyle{Bold: true})
	return fyne.NewSize(bold.Width+sideGap+r.key.MinSize().Width+2*sidePad, theme.Target)
}

func (r *sideRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.line, r.word, r.key}
}
func (r *sideRenderer) Destroy() {}

// SidedPage is a page with sides. The way back stands in the heading's row; so do the actions where there is room, and in a row of their own below the
// sides otherwise.
func SidedPage(title string, chips []fyne.CanvasObject, back fyne.CanvasObject, actions []fyne.CanvasObject, sides, content fyne.CanvasObject) fyne.CanvasObject {
	name := cut(Text(title, theme.Ink, theme.SizeTitle, true), widestTitle)
	bar := Column(8, sides, Line())
	chips = append(chips[:len(chips):len(chips)], Gap(4, 0), back)
	if Row(12, append(append([]fyne.CanvasObject{name}, chips...), actions...)...).MinSize().Width <= headRow {
		chips = append(chips, actions...)
	} else if len(actions) > 0 {
		bar.Add(Row(10, append([]fyne.CanvasObject{layout.NewSpacer()}, actions...)...))
	}
	bar.Add(Gap(0, 2))
	return PageWith(title, chips, nil, container.NewBorder(bar, nil, nil, nil, content))
}

// headRow is how much room a heading's row has at the window's first width, beside the window's own search and lock.
const headRow = 610
