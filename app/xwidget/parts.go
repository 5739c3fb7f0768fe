// Package xwidget is the house's own widgets: cards, chips, buttons that show their key, the banner of a session.
//
// They hold no words of their own and no rule. What is not a widget here is a function that builds a part of a screen in
// the colours of the theme in use; screens are built anew when theme or language change. Start from [Card] and [Button].
package xwidget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Tone is what a chip or a button is about; it has a colour, and always words or a shape beside it.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Clear
	Public
	Private
	Closed
	Break
	Fault
)

// Colours returns a tone's text and ground.
func (t Tone) Colours() (ink, ground theme.Token) {
	switch t {
	case Clear:
		return theme.Accent, theme.AccentSoft
	case Public:
		return theme.Public, theme.PublicSoft
	case Private:
		return theme.Private, theme.PrivateSoft
	case Closed:
		return theme.Closed, theme.ClosedSoft
	case Fault:
		return theme.Fault, theme.FaultSoft
	}
	return theme.Break, theme.BreakSoft
}

// Text is one line in a token's colour.
func Text(s string, k theme.Token, size float32, bold bool) *canvas.Text {
	t := canvas.NewText(s, theme.Colour(k))
	t.TextSize, t.TextStyle.Bold = size, bold
	return t
}

// Heading is the name of a panel.
func Heading(s string) fyne.CanvasObject { return Text(s, theme.Ink, theme.SizeHeading, true) }

// Strong is a line of bold text.
func Strong(s string) fyne.CanvasObject { return Text(s, theme.Ink, theme.SizeText, true) }

// Small is a line of secondary text.
func Small(s string) fyne.CanvasObject { return Text(s, theme.Ink2, theme.SizeSecondary, false) }

// Wrapped is text over as many lines as it takes, for what changes while it is shown.
func Wrapped(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Paragraph is text over as many lines as it takes, aligned with what stands above and below it.
func Paragraph(s string) fyne.CanvasObject { return container.New(flush{}, Wrapped(s)) }

// Spoken is a paragraph whose words change while it is shown. It keeps a height for as many lines as it takes, so that nothing below it moves.
func Spoken(s string, height float32) (o fyne.CanvasObject, say func(string)) {
	l := Wrapped(s)
	return container.NewStack(Gap(0, height), container.NewBorder(container.New(flush{}, l), nil, nil, nil)), l.SetText
}

// WrappedSmall is a paragraph of secondary text.
func WrappedSmall(s string) fyne.CanvasObject {
	l := Wrapped(s)
	l.Importance, l.SizeName = widget.LowImportance, theme.SizeNameSecondary
	return container.New(flush{}, l)
}

// WrappedLarge is a paragraph in large type, for what is read together with a person.
func WrappedLarge(s string) fyne.CanvasObject {
	l := Wrapped(s)
	l.SizeName = theme.SizeNameHeading
	return container.New(flush{}, l)
}

// WrappedStrong is a paragraph of bold text.
func WrappedStrong(s string) fyne.CanvasObject {
	l := Wrapped(s)
	l.TextStyle.Bold = true
	return container.New(flush{}, l)
}

// flush takes away the room that a label keeps around its text.
type flush struct{}

const labelPad = 8 // Fyne's inner padding, as the theme gives it

func (flush) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width+2*labelPad, size.Height+2*labelPad))
	o[0].Move(fyne.NewPos(-labelPad, -labelPad))
}

func (flush) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	return fyne.NewSize(max(m.Width-2*labelPad, 0), max(m.Height-2*labelPad, 0))
}

// Inset gives an object room on every side.
func Inset(o fyne.CanvasObject, x, y float32) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(y, y, x, x), o)
}

// Gap is empty space.
func Gap(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

// Panel puts an object on a card.
func Panel(content fyne.CanvasObject) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Colour(theme.Card))
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = theme.Colour(theme.Line), 1, theme.Radius
	return container.NewStack(ground, Inset(content, 16, 14))
}

// Card is a panel with a heading over its rows.
func Card(heading string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	if heading != "" {
		rows = append([]fyne.CanvasObject{Heading(heading), Gap(0, 2)}, rows...)
	}
	return Panel(Column(6, rows...))
}

// Note is a quiet block of text on a coloured ground.
func Note(s string, tone Tone) fyne.CanvasObject {
	_, soft := tone.Colours()
	ground := canvas.NewRectangle(theme.Colour(soft))
	ground.CornerRadius = 8
	return container.NewStack(ground, Inset(Paragraph(s), 14, 10))
}

// Column sets objects below each other.
func Column(gap float32, rows ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), rows...)
}

// Row sets objects beside each other.
func Row(gap float32, cells ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), cells...)
}

// Middle keeps an object's own height, in the middle of its row.
func Middle(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}

// Scroll lets an object be as tall as it likes.
func Scroll(o fyne.CanvasObject) fyne.CanvasObject { return container.NewVScroll(container.NewVBox(o)) }

// Line is a thin rule.
func Line() fyne.CanvasObject {
	r := canvas.NewRectangle(theme.Colour(theme.Line))
	r.SetMinSize(fyne.NewSize(0, 1))
	return r
}

// Chip is a word on a coloured ground.
func Chip(s string, tone Tone) fyne.CanvasObject {
	ink, soft := tone.Colours()
	ground := canvas.NewRectangle(theme.Colour(soft))
	ground.CornerRadius = 5
	return Middle(container.NewStack(ground, Inset(cut(Text(s, ink, theme.SizeSecondary, true), widestChip), 8, 2)))
}

// widestChip bounds the words of a chip, which stands beside other things.
const widestChip = 280

// IconChip is a shape and a word on a coloured ground.
func IconChip(i Icon, s string, tone Tone) fyne.CanvasObject {
	ink, soft := tone.Colours()
	ground := canvas.NewRectangle(theme.Colour(soft))
	ground.CornerRadius = 5
	return Middle(container.NewStack(ground, Inset(Row(6, Middle(Glyph(i, ink, 13)), Text(s, ink, theme.SizeSecondary, true)), 8, 2)))
}

// Entry is a list row: what it is, what is said of it, and what can be done.
func Entry(title, detail string, right ...fyne.CanvasObject) fyne.CanvasObject {
	left := []fyne.CanvasObject{WrappedStrong(title)}
	if detail != "" {
		left = append(left, WrappedSmall(detail))
	}
	cells := make([]fyne.CanvasObject, 0, len(right))
	for _, r := range right {
		cells = append(cells, Middle(r))
	}
	return Column(6, container.NewBorder(nil, nil, nil, Row(6, cells...), Column(3, left...)), Line())
}

// Empty says that there is nothing yet, and what to do.
func Empty(s string) fyne.CanvasObject {
	ground := canvas.NewRectangle(theme.Colour(theme.Card))
	ground.StrokeColor, ground.StrokeWidth, ground.CornerRadius = theme.Colour(theme.Line), 1, 8
	return container.NewStack(ground, Inset(WrappedSmall(s), 16, 14))
}

// Page is a screen: its title with what can be done there, over its content.
func Page(title string, actions []fyne.CanvasObject, content fyne.CanvasObject) fyne.CanvasObject {
	return PageWith(title, nil, actions, content)
}

// PageWith is a page with chips beside its title. The upper right of every page is the window's: the title's row leaves it free,
// and actions stand after the title, or below it where chips or a long title leave no room.
func PageWith(title string, chips, actions []fyne.CanvasObject, content fyne.CanvasObject) fyne.CanvasObject {
	name := cut(Text(title, theme.Ink, theme.SizeTitle, true), widestTitle)
	cells := append([]fyne.CanvasObject{Middle(name)}, chips...)
	below := len(chips) > 0 || name.MinSize().Width > shortTitle || Row(12, append([]fyne.CanvasObject{Middle(name)}, actions...)...).MinSize().Width > freeWidth
	second := Gap(0, 0)
	if !below {
		cells = append(cells, actions...)
	} else if len(actions) > 0 {
		second = Row(10, actions...)
	}
	head := Column(12, container.NewStack(Gap(0, theme.Target), Row(12, cells...)), second)
	if !below || len(actions) == 0 {
		head = Column(0, head.Objects[0], Gap(0, 12))
	}
	return Inset(container.NewBorder(Column(0, head, Gap(0, 12)), nil, nil, nil, content), theme.Margin, 14)
}

// Widths of a title at the window's first width: the most that the row has for it, the most that leaves room for actions, and what the window leaves of the row.
const (
	widestTitle = 460
	shortTitle  = 200
	freeWidth   = 590
)

// Field is a name over an input.
func Field(name string, input fyne.CanvasObject) fyne.CanvasObject {
	return Column(3, Text(name, theme.Ink2, theme.SizeSecondary, true), input)
}

// Split sets two columns beside each other, the right one of a fixed width.
func Split(left, right fyne.CanvasObject, width float32) fyne.CanvasObject {
	return container.New(&split{width}, left, right)
}

type split struct{ width float32 }

func (s *split) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := s.width
	if size.Width > 1400 {
		w *= 1.25
	}
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width-w-theme.Gap, size.Height))
	o[1].Move(fyne.NewPos(size.Width-w, 0))
	o[1].Resize(fyne.NewSize(w, size.Height))
}

func (s *split) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+theme.Gap+s.width, max(a.Height, b.Height))
}

// Halves sets two objects beside each other, each half as wide.
func Halves(a, b fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewGridLayoutWithColumns(2), a, b)
}

// Spread sets one object at the left and one at the right.
func Spread(left, right fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, Middle(left), right)
}

// Width gives an object a fixed width and as much height as it needs at it.
func Width(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(fixedWidth(width), o)
}

type fixedWidth float32

func (w fixedWidth) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

func (w fixedWidth) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), o[0].MinSize().Height)
}

// MinHeight keeps at least a height for an object, which stands at its top.
func MinHeight(height float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(Gap(0, height), container.NewBorder(o, nil, nil, nil))
}

// Shares sets objects beside each other with a panel's gap between them, as wide as their shares and as high as the place.
func Shares(shares []float32, objects ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(shared(shares), objects...)
}

type shared []float32

func (s shared) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	all := float32(0)
	for _, each := range s {
		all += each
	}
	x, room := float32(0), size.Width-theme.Gap*float32(len(objects)-1)
	for i, o := range objects {
		w := room * s[i] / all
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, size.Height))
		x += w + theme.Gap
	}
}

func (s shared) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(theme.Gap*float32(len(objects)-1), 0)
	for _, o := range objects {
		m := o.MinSize()
		size = fyne.NewSize(size.Width+m.Width, max(size.Height, m.Height))
	}
	return size
}
