package xwidget

import (
	"cmp"
	"image"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Block is something that has a time on a calendar. Its times are minutes after midnight on its day.
type Block struct {
	Day           int // a column
	From, To      int
	Before, After int // minutes that belong to it before and after, drawn hatched
	Icon          Icon
	Title         string
	Lines         []string
	Tone          Tone
	Fault         bool // something stands against it
	Faint         bool // it is over or was called off
	Movable       bool
}

// Calendar shows days side by side, their hours downwards by two clocks. Left and right choose a block, Enter opens it, and M takes it up: then the arrows move it by a
// quarter of an hour or a day, Enter lets it go, Escape leaves it where it was. A block is also moved by dragging. It owns no blocks: whoever moves them sets them.
type Calendar struct {
	widget.BaseWidget
	Days             []string
	Marked           int // the column of today; -1: none
	FromHour, ToHour int
	Clocks           [2]string             // what the two clocks are called
	Second           func(hour int) string // the second clock at an hour of the first; "" for none
	Blocks           []Block
	Chosen           int // -1: none
	BeforeWord       string
	AfterWord        string

	Choose func(i int)
	Open   func(i int)
	// Moving is told where a block that is taken up stands now; Moved, where it was let go.
	Moving func(i, day, from int)
	Moved  func(i, day, from int)

	focused bool
	taken   bool // the chosen block is taken up
	was     Block
	grip    float32 // where in the block the mouse took it, in minutes
	dragged int     // the block that the mouse moves; -1: none
}

var (
	_ fyne.Focusable      = (*Calendar)(nil)
	_ fyne.Draggable      = (*Calendar)(nil)
	_ fyne.DoubleTappable = (*Calendar)(nil)
	_ desktop.Cursorable  = (*Calendar)(nil)
)

// quarter is the step by which blocks are moved, in minutes.
const quarter = 15

// NewCalendar makes an empty calendar of the hours from and to.
func NewCalendar(from, to int) *Calendar {
	c := &Calendar{FromHour: from, ToHour: to, Marked: -1, Chosen: -1, dragged: -1}
	c.ExtendBaseWidget(c)
	return c
}

// Taken reports whether a block is taken up.
func (c *Calendar) Taken() bool { return c.taken || c.dragged >= 0 }

// Take takes the chosen block up, as M does.
func (c *Calendar) Take() {
	if b := c.block(c.Chosen); b != nil && b.Movable {
		c.taken, c.was = true, *b
		c.Refresh()
	}
}

func (c *Calendar) block(i int) *Block {
	if i < 0 || i >= len(c.Blocks) {
		return nil
	}
	return &c.Blocks[i]
}

// FocusGained implements fyne.Focusable.
func (c *Calendar) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost implements fyne.Focusable. What was taken up goes back.
func (c *Calendar) FocusLost() { c.focused = false; c.put(); c.Refresh() }

// put lays the block that is taken up back to where it was.
func (c *Calendar) put() {
	if b := c.block(c.Chosen); c.taken && b != nil {
		*b = c.was
		c.tell(c.Moving, c.Chosen)
	}
	c.taken = false
}

func (c *Calendar) tell(fn func(i, day, from int), i int) {
	if b := c.block(i); b != nil && fn != nil {
		fn(i, b.Day, b.From)
	}
}

// TypedRune implements fyne.Focusable.
func (c *Calendar) TypedRune(rune) {}

// TypedShortcut passes the window's shortcuts on.
func (c *Calendar) TypedShortcut(s fyne.Shortcut) { passShortcut(c, s) }

// TypedKey implements fyne.Focusable.
func (c *Calendar) TypedKey(k *fyne.KeyEvent) {
	stirred()
	if c.taken {
		c.carry(k)
		return
	}
	switch k.Name {
	case fyne.KeyRight, fyne.KeyDown:
		c.next(1)
	case fyne.KeyLeft, fyne.KeyUp:
		c.next(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.Open != nil && c.block(c.Chosen) != nil {
			c.Open(c.Chosen)
		}
	case fyne.KeyM:
		c.Take()
	default:
		passKey(c, k)
	}
}

// carry moves what is taken up.
func (c *Calendar) carry(k *fyne.KeyEvent) {
	b := c.block(c.Chosen)
	day, from := b.Day, b.From
	switch k.Name {
	case fyne.KeyUp:
		from -= quarter
	case fyne.KeyDown:
		from += quarter
	case fyne.KeyLeft:
		day--
	case fyne.KeyRight:
		day++
	case fyne.KeyEscape:
		c.put()
		c.Refresh()
		return
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyM:
		c.taken = false
		if b.Day != c.was.Day || b.From != c.was.From {
			c.tell(c.Moved, c.Chosen)
		}
		c.Refresh()
		return
	default:
		return // until it is let go, nothing else happens
	}
	c.place(b, day, from)
	c.tell(c.Moving, c.Chosen)
	c.Refresh()
}

// place moves a block as far as the calendar goes.
func (c *Calendar) place(b *Block, day, from int) {
	length := b.To - b.From
	from = max(c.FromHour*60, min(from, c.ToHour*60-length))
	b.Day, b.From, b.To = max(0, min(day, len(c.Days)-1)), from, from+length
}

// next chooses the block after or before the chosen one, by time.
func (c *Calendar) next(step int) {
	if len(c.Blocks) == 0 {
		return
	}
	order := make([]int, len(c.Blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.Blocks[a].Day, c.Blocks[b].Day), cmp.Compare(c.Blocks[a].From, c.Blocks[b].From))
	})
	at := slices.Index(order, c.Chosen)
	if at < 0 && step < 0 {
		at = 0
	}
	c.choose(order[(at+step+len(order))%len(order)])
}

func (c *Calendar) choose(i int) {
	c.Chosen = i
	if c.Choose != nil {
		c.Choose(i)
	}
	c.Refresh()
}

// Tapped chooses the block under the mouse.
func (c *Calendar) Tapped(e *fyne.PointEvent) {
	stirred()
	if over := fyne.CurrentApp().Driver().CanvasForObject(c); over != nil {
		over.Focus(c)
	}
	c.choose(c.at(e.Position))
}

// DoubleTapped opens it.
func (c *Calendar) DoubleTapped(e *fyne.PointEvent) {
	if i := c.at(e.Position); i >= 0 && c.Open != nil {
		c.Open(i)
	}
}

// Dragged moves the block under the mouse.
func (c *Calendar) Dragged(e *fyne.DragEvent) {
	stirred()
	minutes := c.minutes(e.Position.Y)
	if c.dragged < 0 {
		i := c.at(e.Position.Subtract(e.Dragged))
		b := c.block(i)
		if b == nil || !b.Movable {
			return
		}
		c.put()
		c.choose(i)
		c.dragged, c.was, c.grip = i, *b, c.minutes(e.Position.Y-e.Dragged.DY)-float32(b.From)
	}
	b := c.block(c.dragged)
	if b == nil {
		c.dragged = -1
		return
	}
	day, _ := c.column(e.Position.X)
	from := int((minutes-c.grip)/quarter+0.5) * quarter
	if day == b.Day && from == b.From {
		return
	}
	c.place(b, day, from)
	c.tell(c.Moving, c.dragged)
	c.Refresh()
}

// DragEnd lets it go.
func (c *Calendar) DragEnd() {
	i := c.dragged
	c.dragged = -1
	if b := c.block(i); b != nil && (b.Day != c.was.Day || b.From != c.was.From) {
		c.tell(c.Moved, i)
	}
}

// Cursor is a pointing hand.
func (c *Calendar) Cursor() desktop.Cursor { return desktop.PointerCursor }

// The measures of a calendar, in Fyne's units.
const (
	calendarHead  = 34
	calendarClock = 92
	blockGap      = 4
)

func (c *Calendar) minutes(y float32) float32 {
	return float32(c.FromHour*60) + (y-calendarHead)/(c.Size().Height-calendarHead)*float32((c.ToHour-c.FromHour)*60)
}

func (c *Calendar) y(minutes int) float32 {
	return calendarHead + (c.Size().Height-calendarHead)*float32(minutes-c.FromHour*60)/float32((c.ToHour-c.FromHour)*60)
}

func (c *Calendar) columnWidth() float32 {
	return (c.Size().Width - calendarClock) / float32(max(1, len(c.Days)))
}

func (c *Calendar) column(x float32) (day int, ok bool) {
	day = int((x - calendarClock) / c.columnWidth())
	return max(0, min(day, len(c.Days)-1)), x >= calendarClock && day < len(c.Days)
}

// at is the block at a position, the last drawn first; -1 for none.
func (c *Calendar) at(p fyne.Position) int {
	lanes := c.lanes()
	for i := len(c.Blocks) - 1; i >= 0; i-- {
		pos, size := c.frame(i, lanes[i])
		if p.X >= pos.X && p.X < pos.X+size.Width && p.Y >= pos.Y && p.Y < pos.Y+size.Height {
			return i
		}
	}
	return -1
}

// lane is a part of a column's width: those that overlap stand side by side.
type lane struct{ at, of int }

func (c *Calendar) lanes() []lane {
	lanes := make([]lane, len(c.Blocks))
	order := make([]int, len(c.Blocks))
	for i := range order {
		order[i] = i
	}
	begin := func(i int) int { return c.Blocks[i].From - c.Blocks[i].Before }
	end := func(i int) int { return c.Blocks[i].To + c.Blocks[i].After }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.Blocks[a].Day, c.Blocks[b].Day), cmp.Compare(begin(a), begin(b)), cmp.Compare(a, b))
	})
	for from := 0; from < len(order); {
		// A cluster: each overlaps one before it.
		var ends []int
		to, last := from, 0
		for ; to < len(order); to++ {
			i := order[to]
			if to > from && (c.Blocks[i].Day != c.Blocks[order[from]].Day || begin(i) >= last) {
				break
			}
			last = max(last, end(i))
			at := slices.IndexFunc(ends, func(e int) bool { return e <= begin(i) })
			if at < 0 {
				at, ends = len(ends), append(ends, 0)
			}
			ends[at] = end(i)
			lanes[i].at = at
		}
		for _, i := range order[from:to] {
			lanes[i].of = len(ends)
		}
		from = to
	}
	return lanes
}

// frame is where a block stands, with what belongs to it before and after.
func (c *Calendar) frame(i int, l lane) (fyne.Position, fyne.Size) {
	b := &c.Blocks[i]
	width := (c.columnWidth() - 2*blockGap) / float32(max(1, l.of))
	top, bottom := max(calendarHead, c.y(b.From-b.Before)), min(c.Size().Height, c.y(b.To+b.After))
	return fyne.NewPos(calendarClock+float32(b.Day)*c.columnWidth()+blockGap+float32(l.at)*width, top), fyne.NewSize(width-1, max(0, bottom-top))
}

// MinSize implements fyne.Widget.
func (c *Calendar) MinSize() fyne.Size {
	c.ExtendBaseWidget(c)
	return fyne.NewSize(calendarClock+float32(len(c.Days))*84, calendarHead+float32(c.ToHour-c.FromHour)*30)
}

// CreateRenderer implements fyne.Widget.
func (c *Calendar) CreateRenderer() fyne.WidgetRenderer {
	r := &calendarRenderer{c: c}
	r.draw()
	return r
}

type calendarRenderer struct {
	c       *Calendar
	objects []fyne.CanvasObject
	size    fyne.Size
}

func (r *calendarRenderer) MinSize() fyne.Size           { return r.c.MinSize() }
func (r *calendarRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *calendarRenderer) Destroy()                     {}

func (r *calendarRenderer) Layout(size fyne.Size) {
	if size != r.size {
		r.size = size
		r.draw()
	}
}

func (r *calendarRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.c)
}

// draw lays everything out anew: there are some hundred objects, and they are cheap.
func (r *calendarRenderer) draw() {
	r.objects = r.objects[:0]
	if r.c.Size().Width < calendarClock || len(r.c.Days) == 0 || r.c.ToHour <= r.c.FromHour {
		return
	}
	r.frame()
	lanes := r.c.lanes()
	for i := range r.c.Blocks {
		if i != r.c.Chosen {
			r.block(i, lanes[i])
		}
	}
	if b := r.c.block(r.c.Chosen); b != nil { // over the others
		r.block(r.c.Chosen, lanes[r.c.Chosen])
	}
}

func (r *calendarRenderer) add(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	r.objects = append(r.objects, o)
}

func (r *calendarRenderer) text(s string, k theme.Token, size float32, bold bool, x, y, width float32) {
	t := Text(s, k, size, bold)
	fit(t, s, width)
	r.add(t, x, y, width, t.MinSize().Height)
}

// frame draws the head, the hours on both clocks, and the columns.
func (r *calendarRenderer) frame() {
	c := r.c
	size, width := c.Size(), c.columnWidth()
	line := theme.Colour(theme.Line)
	r.text(c.Clocks[0], theme.Ink, theme.SizeSecondary, true, 8, 1, calendarClock-12)
	r.text(c.Clocks[1], theme.Ink2, theme.SizeSecondary, false, 8, 16, calendarClock-12)
	if c.Marked >= 0 && c.Marked < len(c.Days) {
		r.add(canvas.NewRectangle(theme.Colour(theme.AccentSoft)), calendarClock+float32(c.Marked)*width, 0, width, calendarHead)
	}
	for d, word := range c.Days {
		r.text(word, theme.Ink, theme.SizeText, true, calendarClock+float32(d)*width+10, 8, width-14)
		r.add(canvas.NewRectangle(line), calendarClock+float32(d)*width, 0, 1, size.Height)
	}
	for hour := c.FromHour; hour < c.ToHour; hour++ {
		y := c.y(hour * 60)
		r.add(canvas.NewRectangle(line), calendarClock, y, size.Width-calendarClock, 1)
		first := clockWord(hour)
		r.text(first, theme.Ink, theme.SizeSecondary, false, 8, y+1, 40)
		if c.Second != nil {
			r.text(c.Second(hour), theme.Ink2, theme.SizeSecondary, false, 48, y+1, calendarClock-50)
		}
	}
}

func clockWord(hour int) string {
	return string([]byte{'0' + byte(hour/10), '0' + byte(hour%10), ':', '0', '0'})
}

// block draws one block.
func (r *calendarRenderer) block(i int, l lane) {
	c, b := r.c, &r.c.Blocks[i]
	pos, size := c.frame(i, l)
	top, bottom := max(calendarHead, c.y(b.From)), min(c.Size().Height, c.y(b.To))
	if bottom <= top {
		return
	}
	ink, ground := b.Tone.Colours()
	if b.Faint {
		ink, ground = theme.Ink2, theme.Paper
	}
	r.hatched(c.BeforeWord, pos.X, pos.Y, size.Width, top-pos.Y)
	r.hatched(c.AfterWord, pos.X, bottom, size.Width, pos.Y+size.Height-bottom)
	card := canvas.NewRectangle(theme.Colour(ground))
	card.CornerRadius = 4
	if b.Fault {
		card.StrokeColor, card.StrokeWidth = theme.Colour(theme.Fault), 1.5
	}
	if i == c.Chosen {
		card.StrokeColor, card.StrokeWidth = theme.Colour(theme.Accent), 2
		if c.focused {
			card.StrokeWidth = 3
		}
	}
	r.add(card, pos.X, top, size.Width, bottom-top)
	edge := canvas.NewRectangle(theme.Colour(ink))
	edge.CornerRadius = 2
	r.add(edge, pos.X, top, 4, bottom-top)
	x, y, width := pos.X+9, top+2, size.Width-13
	icon := b.Icon
	if b.Fault {
		icon, ink = IconAlert, theme.Fault
	}
	if width <= 26 {
		return // nothing that can be read fits; choosing the block says what it is
	}
	left := x
	if icon != NoIcon {
		r.add(Glyph(icon, ink, 14), x, y+2, 14, 14)
		left += 18
	}
	title := Text(b.Title, ink, theme.SizeSecondary, true)
	fitName(title, b.Title, width-(left-x))
	r.add(title, left, y, width-(left-x), title.MinSize().Height)
	for _, s := range b.Lines {
		if y += 16; y+16 > bottom {
			return
		}
		r.text(s, theme.Ink, theme.SizeSecondary, false, x, y, width)
	}
}

// hatched draws a time that belongs to a block, as wide as it.
func (r *calendarRenderer) hatched(word string, x, y, w, h float32) {
	if h < 2 || w < 2 {
		return
	}
	stripe, ground := theme.Colour(theme.BreakSoft), theme.Colour(theme.Paper)
	hatch := canvas.NewRaster(func(w, h int) image.Image { return hatching(w, h, ground, stripe) })
	r.add(hatch, x, y, w, h)
	if h >= 16 {
		r.text(word, theme.Ink2, theme.SizeSecondary, false, x+9, y+(h-16)/2, w-13)
	}
}

func hatching(w, h int, ground, stripe color.NRGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	on, off := color.RGBA(stripe), color.RGBA(ground) // both are opaque
	for y := range h {
		for x := range w {
			c := off
			if (x+y)/6%2 == 0 {
				c = on
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}
