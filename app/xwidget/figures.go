package xwidget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// FigureTable is a table of figures whose heads and first columns stay where they are. Only the cells that can be seen are drawn. The arrow keys go from cell to
// cell; the one that is gone to is told to its owner, for it to be read in words.
type FigureTable struct {
	widget.Table
	lead  int
	cells FigureCells
	told  func(row, column int)
	at    widget.TableCellID
	here  bool // the keyboard is
}

// FigureCells are what stands in a table of figures.
type FigureCells struct {
	Leads []string   // the names of the columns of words
	Heads []string   // the names of the columns of figures
	Words [][]string // of each row, one for each lead
	// Figure is what a cell says, and whether it says that a number is hidden. Rows and columns count from 0, columns of figures alone.
	Figure func(row, column int) (text string, hidden bool)
	// Total reports whether a row or a column, the other being -1, is a sum of others.
	Total func(row, column int) bool
}

// Widths of a column, and heights of a row, in device-independent pixels.
const (
	figureLead    = 150
	figureLeast   = 62
	figureMost    = 124
	figureRow     = 30
	figureHead    = 42
	figureTextual = 13
)

// NewFigureTable makes a table. told is called with the cell of figures that was gone to.
func NewFigureTable(cells FigureCells, told func(row, column int)) *FigureTable {
	t := &FigureTable{lead: len(cells.Leads), cells: cells, told: told}
	t.Length = func() (int, int) { return len(cells.Words), len(cells.Leads) + len(cells.Heads) }
	t.CreateCell = func() fyne.CanvasObject { return newFigureCell() }
	t.CreateHeader = t.CreateCell
	t.UpdateCell = func(id widget.TableCellID, o fyne.CanvasObject) { o.(*figureCell).set(t.says(id)) }
	t.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) { o.(*figureCell).set(t.head(id.Col)) }
	t.OnSelected = func(id widget.TableCellID) {
		t.at = id
		if id.Col >= t.lead && t.told != nil {
			t.told(id.Row, id.Col-t.lead)
		}
	}
	t.ShowHeaderRow, t.StickyColumnCount, t.HideSeparators = true, len(cells.Leads), true // a cell draws its own line
	t.ExtendBaseWidget(t)
	for i := range cells.Leads {
		widest := textWidth(cells.Leads[i])
		for _, w := range cells.Words {
			widest = max(widest, textWidth(w[i]))
		}
		t.SetColumnWidth(i, min(widest+20, figureLead))
	}
	for i, h := range cells.Heads {
		width := float32(figureLeast)
		for _, line := range halves(h) {
			width = max(width, textWidth(line)+20)
		}
		t.SetColumnWidth(t.lead+i, min(width, figureMost))
	}
	t.SetRowHeight(-1, figureHead)
	return t
}

func textWidth(s string) float32 {
	return Text(s, theme.Ink, figureTextual, true).MinSize().Width
}

// figureText is what a cell says and how.
type figureText struct {
	lines         []string
	right, bold   bool
	hidden, quiet bool
	framed        bool // the keyboard is at it
}

func (t *FigureTable) says(id widget.TableCellID) figureText {
	if id.Row < 0 || id.Row >= len(t.cells.Words) {
		return figureText{}
	}
	sum := t.cells.Total(id.Row, -1)
	if id.Col < t.lead {
		return figureText{lines: []string{t.cells.Words[id.Row][id.Col]}, bold: sum}
	}
	text, hidden := t.cells.Figure(id.Row, id.Col-t.lead)
	return figureText{lines: []string{text}, right: true, hidden: hidden, framed: t.here && id == t.at, bold: sum || t.cells.Total(-1, id.Col-t.lead)}
}

func (t *FigureTable) head(column int) figureText {
	switch {
	case column < 0:
		return figureText{}
	case column < t.lead:
		return figureText{lines: halves(t.cells.Leads[column]), bold: true, quiet: true}
	}
	return figureText{lines: halves(t.cells.Heads[column-t.lead]), right: true, bold: true, quiet: true}
}

// halves sets a long name in two lines of about the same length.
func halves(s string) []string {
	if len([]rune(s)) <= 10 {
		return []string{s}
	}
	best, at := len(s), -1
	for i, r := range s {
		if r != ' ' && r != '-' {
			continue
		}
		if longer := max(i, len(s)-i); longer < best {
			best, at = longer, i
		}
	}
	if at < 0 {
		return []string{s}
	}
	return []string{strings.TrimRight(s[:at+1], " "), s[at+1:]}
}

// FocusGained goes to the cell that was gone to last.
func (t *FigureTable) FocusGained() {
	t.Table.FocusGained()
	t.here = true
	t.goTo(max(t.at.Row, 0), max(t.at.Col, t.lead))
}

// FocusLost takes the frame away.
func (t *FigureTable) FocusLost() {
	t.Table.FocusLost()
	t.here = false
	t.UnselectAll()
	t.Refresh()
}

// goTo goes to a cell of figures.
func (t *FigureTable) goTo(row, column int) {
	rows, columns := t.Length()
	to := widget.TableCellID{Row: min(max(row, 0), rows-1), Col: min(max(column, t.lead), columns-1)}
	if to.Row < 0 {
		return
	}
	t.Unselect(to) // so that it is told again
	t.Select(to)
	t.Refresh()
}

// TypedKey goes from cell to cell, and passes the screen's keys on.
func (t *FigureTable) TypedKey(k *fyne.KeyEvent) {
	stirred()
	const page = 10
	switch k.Name {
	case fyne.KeyUp:
		t.goTo(t.at.Row-1, t.at.Col)
	case fyne.KeyDown:
		t.goTo(t.at.Row+1, t.at.Col)
	case fyne.KeyLeft:
		t.goTo(t.at.Row, t.at.Col-1)
	case fyne.KeyRight:
		t.goTo(t.at.Row, t.at.Col+1)
	case fyne.KeyPageUp:
		t.goTo(t.at.Row-page, t.at.Col)
	case fyne.KeyPageDown:
		t.goTo(t.at.Row+page, t.at.Col)
	case fyne.KeyHome:
		t.goTo(t.at.Row, t.lead)
	case fyne.KeyEnd:
		t.goTo(t.at.Row, t.lead+len(t.cells.Heads))
	default:
		passKey(t, k)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (t *FigureTable) TypedShortcut(s fyne.Shortcut) { passShortcut(t, s) }

// figureCell is a cell of a table of figures: one or two lines of text. A hidden number stands on a ground of its own.
type figureCell struct {
	widget.BaseWidget
	ground *canvas.Rectangle
	line   *canvas.Rectangle
	frame  *canvas.Rectangle
	texts  [2]*canvas.Text
	says   figureText
}

func newFigureCell() *figureCell {
	c := &figureCell{ground: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(theme.Colour(theme.Line))}
	c.frame = canvas.NewRectangle(color.Transparent)
	c.frame.StrokeWidth, c.frame.CornerRadius, c.ground.CornerRadius = 2.5, 5, 5
	for i := range c.texts {
		c.texts[i] = Text("", theme.Ink, figureTextual, false)
	}
	c.ExtendBaseWidget(c)
	return c
}

func (c *figureCell) set(t figureText) {
	c.says = t
	ink, ground := theme.Ink, color.Color(color.Transparent)
	if t.quiet {
		ink = theme.Ink2
	}
	if t.hidden {
		ink, ground = theme.Break, theme.Colour(theme.BreakSoft)
	}
	c.ground.FillColor = ground
	c.frame.StrokeColor = color.Transparent
	if t.framed {
		c.frame.StrokeColor = theme.Colour(theme.Ink)
	}
	for _, x := range c.texts {
		x.Text, x.Color, x.TextStyle.Bold = "", theme.Colour(ink), t.bold
	}
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *figureCell) CreateRenderer() fyne.WidgetRenderer { return &figureCellRenderer{c} }

type figureCellRenderer struct{ c *figureCell }

func (r *figureCellRenderer) MinSize() fyne.Size { return fyne.NewSize(figureLeast, figureRow) }

func (r *figureCellRenderer) Layout(size fyne.Size) {
	t := r.c.says
	height := float32(0)
	for i, line := range t.lines {
		fit(r.c.texts[i], line, size.Width-14)
		height += r.c.texts[i].MinSize().Height
	}
	y := (size.Height - height) / 2
	for i := range t.lines {
		m := r.c.texts[i].MinSize()
		x := float32(6)
		if t.right {
			x = size.Width - m.Width - 8
		}
		r.c.texts[i].Move(fyne.NewPos(x, y))
		r.c.texts[i].Resize(m)
		if t.hidden {
			r.c.ground.Move(fyne.NewPos(x-6, y-1))
			r.c.ground.Resize(fyne.NewSize(m.Width+12, m.Height+2))
		}
		y += m.Height
	}
	r.c.line.Move(fyne.NewPos(0, size.Height-1))
	r.c.line.Resize(fyne.NewSize(size.Width, 1))
	r.c.frame.Resize(size)
}

func (r *figureCellRenderer) Refresh() {
	r.Layout(r.c.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *figureCellRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.c.line, r.c.ground, r.c.frame, r.c.texts[0], r.c.texts[1]}
}

func (r *figureCellRenderer) Destroy() {}
