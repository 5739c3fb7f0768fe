package xwidget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// RowText is what one row of a list says: columns of text, the first one bold, and a chip at the end.
type RowText struct {
	Cells []string
	Chip  string
	Tone  Tone
}

// Rows is a list of any length: only the rows that can be seen are drawn. Arrow keys move, Enter opens.
type Rows struct {
	widget.List
	// Plain leaves no room for chips.
	Plain  bool
	opened func(int)
}

// NewRows makes a list. weights are the widths of the columns in proportion; text is asked for what is seen.
func NewRows(weights []float32, count func() int, text func(int) RowText, open func(int)) *Rows {
	r := &Rows{opened: open}
	r.Length = count
	r.CreateItem = func() fyne.CanvasObject {
		line := newRow(weights)
		line.plain = r.Plain
		return line
	}
	r.UpdateItem = func(id widget.ListItemID, o fyne.CanvasObject) { o.(*row).set(text(id), func() { r.open(id) }) }
	r.OnSelected = func(id widget.ListItemID) {
		r.UnselectAll()
		r.open(id)
	}
	r.HideSeparators = true // a row draws its own
	r.ExtendBaseWidget(r)
	return r
}

func (r *Rows) open(id int) {
	if r.opened != nil {
		r.opened(id)
	}
}

// TypedKey opens with Enter and passes the screen's keys on.
func (r *Rows) TypedKey(k *fyne.KeyEvent) {
	stirred()
	switch k.Name {
	case fyne.KeyUp, fyne.KeyDown, fyne.KeySpace:
		r.List.TypedKey(k)
	case fyne.KeyReturn, fyne.KeyEnter:
		r.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		passKey(r, k)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (r *Rows) TypedShortcut(s fyne.Shortcut) { passShortcut(r, s) }

// row is one line of a list.
type row struct {
	widget.BaseWidget
	weights []float32
	texts   []*canvas.Text
	full    []string // what the texts say where there is room for all of it
	chip    *canvas.Text
	ground  *canvas.Rectangle
	line    *canvas.Rectangle
	open    func()
	plain   bool // no room is left for a chip
}

var _ desktop.Cursorable = (*row)(nil)

func newRow(weights []float32) *row {
	r := &row{weights: weights, chip: Text("", theme.Ink, theme.SizeSecondary, true), ground: canvas.NewRectangle(color.Transparent),
		line: canvas.NewRectangle(theme.Colour(theme.Line))}
	r.ground.CornerRadius = 5
	for i := range weights {
		k, bold := theme.Ink2, false
		if i == 0 {
			k, bold = theme.Ink, true
		}
		r.texts, r.full = append(r.texts, Text("", k, theme.SizeText, bold)), append(r.full, "")
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *row) set(t RowText, open func()) {
	clear(r.full)
	copy(r.full, t.Cells)
	ink, soft := t.Tone.Colours()
	r.chip.Text, r.chip.Color, r.ground.FillColor, r.open = t.Chip, theme.Colour(ink), theme.Colour(soft), open
	if r.open == nil || t.Chip == "" {
		r.ground.FillColor = color.Transparent
	}
	r.Refresh()
}

// Cursor is a pointing hand.
func (r *row) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer { return &rowRenderer{r} }

type rowRenderer struct{ r *row }

const rowHeight = 40

func (x *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(100, rowHeight) }

func (x *rowRenderer) Layout(size fyne.Size) {
	chip := float32(0)
	if x.r.chip.Text != "" {
		m := x.r.chip.MinSize()
		chip = m.Width + 16
		x.r.ground.Resize(fyne.NewSize(chip, m.Height+4))
		x.r.ground.Move(fyne.NewPos(size.Width-chip-6, (size.Height-m.Height-4)/2))
		x.r.chip.Resize(m)
		x.r.chip.Move(fyne.NewPos(size.Width-chip+2, (size.Height-m.Height)/2))
	} else {
		x.r.ground.Resize(fyne.Size{})
	}
	total, left := float32(0), float32(8)
	for _, w := range x.r.weights {
		total += w
	}
	room := size.Width - 16
	if !x.r.plain {
		room -= chipRoom
	}
	for i, t := range x.r.texts {
		width := room * x.r.weights[i] / total
		fit(t, x.r.full[i], width-10)
		m := t.MinSize()
		t.Resize(m)
		t.Move(fyne.NewPos(left, (size.Height-m.Height)/2))
		left += width
	}
	x.r.line.Resize(fyne.NewSize(size.Width, 1))
	x.r.line.Move(fyne.NewPos(0, size.Height-1))
}

// chipRoom is kept free for the chip, so that columns stand under each other whatever their chips say.
const chipRoom = 190

// Short is one line in a token's colour, cut short to a width.
func Short(s string, k theme.Token, size, width float32) *canvas.Text {
	t := Text(s, k, size, false)
	fit(t, s, width)
	return t
}

// cut is a text, shortened to a width where it is longer.
func cut(t *canvas.Text, width float32) *canvas.Text {
	fit(t, t.Text, width)
	return t
}

// fit sets a text, shortened to a width.
func fit(t *canvas.Text, full string, width float32) {
	t.Text = full
	if t.MinSize().Width <= width {
		return
	}
	runes := []rune(full)
	for len(runes) > 1 && t.MinSize().Width > width {
		runes = runes[:len(runes)-1]
		t.Text = string(runes) + "…"
	}
}

// fitName shortens a name of several words in front of its last one, which tells it from its like: "W… B" of "Witness B".
func fitName(t *canvas.Text, full string, width float32) {
	cut := strings.LastIndex(full, " ")
	if t.Text = full; cut < 1 || t.MinSize().Width <= width {
		fit(t, full, width)
		return
	}
	head := []rune(full[:cut])
	for len(head) > 1 {
		head = head[:len(head)-1]
		if t.Text = string(head) + "…" + full[cut:]; t.MinSize().Width <= width {
			return
		}
	}
	fit(t, full[cut+1:], width)
}

func (x *rowRenderer) Refresh() {
	x.Layout(x.r.Size())
	for _, o := range x.Objects() {
		o.Refresh()
	}
}

func (x *rowRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{x.r.line, x.r.ground, x.r.chip}
	for _, t := range x.r.texts {
		objects = append(objects, t)
	}
	return objects
}

func (x *rowRenderer) Destroy() {}

// RowHeads are the names of a list's columns, over them.
func RowHeads(weights []float32, heads []string) fyne.CanvasObject {
	r := newRow(weights)
	for _, t := range r.texts {
		t.Color, t.TextSize, t.TextStyle.Bold = theme.Colour(theme.Ink2), theme.SizeSecondary, true
	}
	copy(r.full, heads)
	return r
}
