package xwidget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Kind is how much a button asks for attention.
type Kind int

// The kinds of button.
const (
	Plain   Kind = iota
	Primary      // the one thing to do next
	Danger       // full colour of a tone
	Quiet        // no ground, as in the rail
)

// Button shows a word and the key that does the same. Space and Enter press it when it has the focus; other keys go on to the
// screen.
type Button struct {
	widget.BaseWidget
	Text, Key string
	Icon      Icon
	Kind      Kind
	Tone      Tone
	Selected  bool // of a choice, or a room in the rail
	Wide      bool // text at the left, as wide as its place
	// SpacePasses leaves the space bar to the screen, where it means something of its own; Enter still presses.
	SpacePasses bool
	// KeyIsNote shows Key as a remark in small type: there is no such key.
	KeyIsNote bool
	// Shrinks lets the button be narrower than its text, which is then cut short.
	Shrinks  bool
	OnTapped func()

	disabled, focused, hovered bool
}

var (
	_ fyne.Tappable      = (*Button)(nil)
	_ fyne.Focusable     = (*Button)(nil)
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
	_ fyne.Disableable   = (*Button)(nil)
	_ fyne.Shortcutable  = (*Button)(nil)
)

// NewButton makes a plain button.
func NewButton(text, key string, tapped func()) *Button {
	b := &Button{Text: text, Key: key, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// NewPrimary makes the button of what comes next.
func NewPrimary(text, key string, tapped func()) *Button {
	b := NewButton(text, key, tapped)
	b.Kind = Primary
	return b
}

// Enable and Disable implement fyne.Disableable.
func (b *Button) Enable() { b.setDisabled(false) }

// Disable makes the button unusable; its words stay readable.
func (b *Button) Disable() { b.setDisabled(true) }

// Disabled reports whether the button cannot be pressed.
func (b *Button) Disabled() bool { return b.disabled }

func (b *Button) setDisabled(d bool) {
	if b.disabled != d {
		b.disabled = d
		b.Refresh()
	}
}

// Tapped presses the button.
func (b *Button) Tapped(*fyne.PointEvent) { b.press() }

func (b *Button) press() {
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// FocusGained draws the focus.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost ends the focus.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune presses with the space bar.
func (b *Button) TypedRune(r rune) {
	stirred()
	if r == ' ' && !b.SpacePasses {
		b.press()
	}
}

// TypedKey presses with Enter, and passes on what is not the button's.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	stirred()
	switch {
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter:
		b.press()
	case e.Name != fyne.KeySpace || b.SpacePasses:
		passKey(b, e)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (b *Button) TypedShortcut(s fyne.Shortcut) { passShortcut(b, s) }

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) { stirred(); b.hovered = true; b.Refresh() }

// MouseMoved changes nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) { stirred() }

// MouseOut ends the hover.
func (b *Button) MouseOut() { b.hovered = false; b.Refresh() }

// Cursor is a pointing hand.
func (b *Button) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, ground: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		text: canvas.NewText("", color.Black), icon: &canvas.Image{FillMode: canvas.ImageFillContain}, key: canvas.NewText("", color.Black), cap: canvas.NewRectangle(color.Transparent)}
	r.objects = []fyne.CanvasObject{r.ground, r.ring, r.icon, r.text, r.cap, r.key}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b            *Button
	ground, ring *canvas.Rectangle
	cap          *canvas.Rectangle
	icon         *canvas.Image
	text, key    *canvas.Text
	objects      []fyne.CanvasObject
}

const (
	buttonPad = 14
	keyPad    = 6
	iconSide  = 17
)

// RingRoom is how far the ring of the focus stands out from a button. A gap parts the two, so that the ring is seen around a button
// in full colour as well.
const RingRoom = 4

func (r *buttonRenderer) Refresh() {
	ink, ground, line := r.colours()
	r.ground.FillColor, r.ground.StrokeColor, r.ground.StrokeWidth, r.ground.CornerRadius = ground, line, 1, 7
	r.ring.CornerRadius, r.ring.StrokeWidth, r.ring.StrokeColor = 10, 0, color.Transparent
	if r.b.focused {
		r.ring.StrokeWidth, r.ring.StrokeColor = 2.5, theme.Colour(theme.Ink)
		if r.b.Kind == Quiet {
			r.ring.StrokeColor = theme.Colour(theme.RailInk)
		}
	}
	r.text.Color, r.key.Color = ink, ink
	r.icon.Resource = r.b.Icon.in(color.NRGBAModel.Convert(ink).(color.NRGBA))
	r.text.Text, r.text.TextSize, r.text.TextStyle.Bold = r.b.Text, theme.SizeText, r.b.Kind != Quiet || r.b.Selected
	r.key.Text, r.key.TextSize, r.key.TextStyle.Monospace = r.b.Key, 11, !r.b.KeyIsNote
	if r.b.KeyIsNote {
		r.key.TextSize = theme.SizeSecondary
	}
	r.cap.StrokeColor, r.cap.StrokeWidth, r.cap.CornerRadius = color.Transparent, 0, 4
	if r.b.Key != "" && r.b.Kind != Quiet && !r.b.KeyIsNote {
		r.cap.StrokeColor, r.cap.StrokeWidth = ink, 0.7
	}
	r.Layout(r.b.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
}

func (r *buttonRenderer) colours() (ink, ground, line color.Color) {
	full, soft := r.b.Tone.Colours()
	ink, ground, line = theme.Colour(theme.Ink), theme.Colour(theme.Card), theme.Colour(theme.Line)
	switch {
	case r.b.disabled:
		return theme.Colour(theme.Ink2), theme.Colour(theme.BreakSoft), theme.Colour(theme.BreakSoft)
	case r.b.Kind == Primary:
		ink, ground, line = theme.Colour(theme.OnColour), theme.Colour(theme.Accent), theme.Colour(theme.Accent)
	case r.b.Kind == Danger:
		ink, ground, line = theme.Colour(theme.OnColour), theme.Colour(full), theme.Colour(full)
	case r.b.Kind == Quiet:
		ink, ground, line = theme.Colour(theme.RailInk), color.Transparent, color.Transparent
		if r.b.Selected || r.b.hovered {
			ground = theme.Colour(theme.RailSelected)
		}
		return ink, ground, line
	case r.b.Selected:
		if r.b.Tone == Neutral {
			full, soft = theme.Accent, theme.AccentSoft
		}
		ink, ground, line = theme.Colour(full), theme.Colour(soft), theme.Colour(full)
	case r.b.Tone != Neutral:
		ink, line = theme.Colour(full), theme.Colour(full)
	}
	if r.b.hovered && r.b.Kind == Plain && !r.b.Selected {
		ground = theme.Colour(theme.BreakSoft)
	}
	return ink, ground, line
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.ring.Resize(fyne.NewSize(size.Width+2*RingRoom, size.Height+2*RingRoom))
	r.ring.Move(fyne.NewPos(-RingRoom, -RingRoom))
	middle := func(o fyne.CanvasObject, x float32) float32 {
		m := o.MinSize()
		o.Resize(m)
		o.Move(fyne.NewPos(x, (size.Height-m.Height)/2))
		return m.Width
	}
	if r.b.Shrinks {
		fit(r.text, r.b.Text, size.Width-(r.content()-r.text.MinSize().Width)-2*buttonPad)
	}
	x := float32(buttonPad)
	if !r.b.Wide {
		x = max((size.Width-r.content())/2, 6)
	}
	r.icon.Resize(fyne.NewSize(0, 0))
	if r.b.Icon != NoIcon {
		r.icon.Resize(fyne.NewSize(iconSide, iconSide))
		r.icon.Move(fyne.NewPos(x, (size.Height-iconSide)/2))
		x += iconSide + 8
	}
	x += middle(r.text, x)
	if r.b.Key == "" {
		r.cap.Resize(fyne.NewSize(0, 0))
		return
	}
	w := r.key.MinSize().Width
	x += 10
	if r.b.Wide {
		x = size.Width - buttonPad - w - keyPad
	}
	middle(r.key, x+keyPad)
	r.cap.Resize(fyne.NewSize(w+2*keyPad, 19))
	r.cap.Move(fyne.NewPos(x, (size.Height-19)/2))
}

// content is the width of what stands in the button.
func (r *buttonRenderer) content() float32 {
	w := r.text.MinSize().Width
	if r.b.Icon != NoIcon {
		w += iconSide + 8
	}
	if r.b.Key != "" {
		w += r.key.MinSize().Width + 2*keyPad + 10
	}
	return w
}

func (r *buttonRenderer) MinSize() fyne.Size {
	width := r.content() + 2*buttonPad
	if r.b.Shrinks {
		width = min(width, 110)
	}
	return fyne.NewSize(width, theme.Target)
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}
