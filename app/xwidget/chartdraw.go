package xwidget

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/theme"
)

// Measures of a chart in device-independent pixels.
const (
	barHeight   = 15
	barGap      = 3  // between the bars of one category
	groupGap    = 11 // between categories
	legendLine  = 22
	swatchWidth = 26
	axisHeight  = 42 // of the numbers and the name of an axis
	widestLabel = 190
	chartWidth  = 300 // the least
	linesHeight = 280 // the least, of lines
	numberRoom  = 46  // of a number at the end of a bar
	markSide    = 11
)

// chartRenderer makes what is drawn anew for each size: nothing in a chart stays where it was.
type chartRenderer struct {
	c       *Chart
	size    fyne.Size
	objects []fyne.CanvasObject
}

func (r *chartRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *chartRenderer) Destroy()                     {}

func (r *chartRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.c)
}

func (r *chartRenderer) Layout(size fyne.Size) {
	if size != r.size {
		r.size = size
		r.draw()
	}
}

func (r *chartRenderer) MinSize() fyne.Size {
	width := r.size.Width
	if width == 0 {
		width = chartWidth
	}
	h := r.legend(width, nil)
	if r.c.Lines {
		return fyne.NewSize(chartWidth, h+linesHeight)
	}
	return fyne.NewSize(chartWidth, h+float32(len(r.c.Categories))*r.c.group()+axisHeight)
}

// group is the height of a category's bars with the gap below them.
func (c *Chart) group() float32 { return float32(len(c.Series))*(barHeight+barGap) + groupGap }

// barTop is where a bar begins, below the top of the chart.
func (c *Chart) barTop(at ChartSpot) float32 {
	return (&chartRenderer{c: c}).legend(c.Size().Width, nil) + float32(at.Category)*c.group() + float32(at.Series)*(barHeight+barGap)
}

func (r *chartRenderer) draw() {
	r.objects = nil
	if r.c.empty() || r.size.Width < 1 {
		return
	}
	top := r.legend(r.size.Width, r.add)
	if r.c.Lines {
		r.lines(top)
	} else {
		r.bars(top)
	}
}

func (r *chartRenderer) add(o ...fyne.CanvasObject) { r.objects = append(r.objects, o...) }

// text sets a line of text with its left end, its middle or its right end at x.
func (r *chartRenderer) text(s string, k theme.Token, bold bool, x, middle float32, align fyne.TextAlign) {
	t := Text(s, k, 12, bold)
	m := t.MinSize()
	switch align {
	case fyne.TextAlignCenter:
		x -= m.Width / 2
	case fyne.TextAlignTrailing:
		x -= m.Width
	}
	t.Move(fyne.NewPos(max(x, 0), middle-m.Height/2))
	t.Resize(m)
	r.add(t)
}

// legend says which look is whose, in as many lines as it takes, and what a hidden figure looks like. It returns its height; put may be nil.
func (r *chartRenderer) legend(width float32, put func(...fyne.CanvasObject)) float32 {
	x, y, any := float32(0), float32(0), false
	entry := func(name string, sample func(at fyne.Position)) {
		t := Text(name, theme.Ink, 12, false)
		need := swatchWidth + 6 + t.MinSize().Width
		if x > 0 && x+need > width {
			x, y = 0, y+legendLine
		}
		if put != nil {
			sample(fyne.NewPos(x, y+(legendLine-barHeight)/2))
			t.Move(fyne.NewPos(x+swatchWidth+6, y+(legendLine-t.MinSize().Height)/2))
			t.Resize(t.MinSize())
			put(t)
		}
		x, any = x+need+16, true
	}
	if len(r.c.Series) > 1 {
		for i, s := range r.c.Series {
			entry(s.Name, func(at fyne.Position) {
				if r.c.Lines {
					middle := at.AddXY(0, barHeight/2)
					put(lookOf(i).stroke(middle, middle.AddXY(swatchWidth, 0))...)
					put(moved(lookOf(i).point(markSide), at.AddXY((swatchWidth-markSide)/2, (barHeight-markSide)/2)))
					return
				}
				put(moved(lookOf(i).surface(fyne.NewSize(swatchWidth, barHeight)), at))
			})
		}
	}
	if r.c.hides() {
		entry(r.c.Hidden, func(at fyne.Position) { put(moved(hiddenSign(), at.AddXY((swatchWidth-barHeight)/2, 0))) })
	}
	if !any {
		return 0
	}
	return y + legendLine + 6
}

// hides reports whether a figure is hidden.
func (c *Chart) hides() bool {
	for _, s := range c.Series {
		for _, f := range s.Figures {
			if f.Hidden {
				return true
			}
		}
	}
	return false
}

func moved(o fyne.CanvasObject, to fyne.Position) fyne.CanvasObject {
	o.Move(to)
	return o
}

// hiddenSign is the cross that stands for a number which is not shown.
func hiddenSign() fyne.CanvasObject {
	img := canvas.NewImageFromResource(drawn("mark-hidden", `<rect x="1.5" y="1.5" width="21" height="21" rx="4" fill="none" stroke="%[1]s" stroke-width="2"/><path d="M7 7 L17 17 M17 7 L7 17" stroke="%[1]s" stroke-width="2.6"/>`, theme.Colour(theme.Ink2)))
	img.FillMode = canvas.ImageFillContain
	img.Resize(fyne.NewSize(barHeight, barHeight))
	return img
}

func (r *chartRenderer) rule(from, to fyne.Position, k theme.Token) {
	r.add(segment(from, to, theme.Colour(k), 1))
}

// frame marks the figure that the keyboard is at.
func (r *chartRenderer) frame(at fyne.Position, size fyne.Size) {
	if !r.c.focused {
		return
	}
	f := canvas.NewRectangle(color.Transparent)
	f.StrokeColor, f.StrokeWidth, f.CornerRadius = theme.Colour(theme.Ink), 2.5, 4
	f.Move(at.SubtractXY(4, 4))
	f.Resize(size.AddWidthHeight(8, 8))
	r.add(f)
}

// plot is the part of the chart between its axes.
func (r *chartRenderer) plot(top float32) (left, right, bottom float32) {
	if r.c.Lines {
		widest := float32(0)
		for _, n := range ticks(r.c.most()) {
			widest = max(widest, Text(r.c.Number(n), theme.Ink2, 12, false).MinSize().Width)
		}
		return widest + 10, r.size.Width - 14, max(r.size.Height, top+linesHeight) - axisHeight
	}
	widest := float32(0)
	for _, name := range r.c.Categories {
		widest = max(widest, Text(name, theme.Ink, 12, false).MinSize().Width)
	}
	left = min(widest, widestLabel, r.size.Width*0.45) + 10
	return left, r.size.Width - numberRoom, top + float32(len(r.c.Categories))*r.c.group()
}

func (r *chartRenderer) bars(top float32) {
	c := r.c
	left, right, bottom := r.plot(top)
	scale := ticks(c.most())
	per := (right - left) / float32(scale[len(scale)-1])
	clear := float32(-1) // where the last number ended
	for _, n := range scale {
		x := left + float32(n)*per
		r.rule(fyne.NewPos(x, top), fyne.NewPos(x, bottom), theme.Line)
		if half := Text(c.Number(n), theme.Ink2, 12, false).MinSize().Width / 2; x-half > clear {
			r.text(c.Number(n), theme.Ink2, false, x, bottom+11, fyne.TextAlignCenter)
			clear = x + half + 6
		}
	}
	r.text(c.Measure, theme.Ink2, true, (left+right)/2, bottom+29, fyne.TextAlignCenter)
	for i, name := range c.Categories {
		label := cut(Text(name, theme.Ink, 12, false), left-10).Text
		middle := top + float32(i)*c.group() + (c.group()-groupGap)/2
		r.text(label, theme.Ink, false, left-8, middle, fyne.TextAlignTrailing)
		for j := range c.Series {
			at := ChartSpot{i, j}
			y := top + float32(i)*c.group() + float32(j)*(barHeight+barGap)
			end := left
			switch f := c.figure(at); {
			case f.Hidden:
				r.add(moved(hiddenSign(), fyne.NewPos(left+4, y)))
				end += 4 + barHeight
			case f.N > 0:
				width := max(float32(f.N)*per, 2)
				r.add(moved(lookOf(j).surface(fyne.NewSize(width, barHeight)), fyne.NewPos(left, y)))
				end += width
				fallthrough
			default:
				r.text(c.Number(f.N), theme.Ink, false, end+5, y+barHeight/2, fyne.TextAlignLeading)
			}
			if at == c.at {
				r.frame(fyne.NewPos(left, y), fyne.NewSize(end-left, barHeight))
			}
		}
	}
	r.rule(fyne.NewPos(left, top-4), fyne.NewPos(left, bottom), theme.Ink2)
}

// spot is where a figure of lines stands. Hidden ones stand on the axis, beside each other.
func (r *chartRenderer) spot(at ChartSpot, top float32) fyne.Position {
	left, right, bottom := r.plot(top)
	step := (right - left) / float32(len(r.c.Categories))
	x := left + step*(float32(at.Category)+0.5)
	f := r.c.figure(at)
	if f.Hidden {
		beside := float32(at.Series) - float32(len(r.c.Series)-1)/2
		return fyne.NewPos(x+beside*min(barHeight+2, step/float32(len(r.c.Series))), bottom-barHeight/2-2)
	}
	scale := ticks(r.c.most())
	return fyne.NewPos(x, bottom-(bottom-top-8)*float32(f.N)/float32(scale[len(scale)-1]))
}

func (r *chartRenderer) lines(top float32) {
	c := r.c
	left, right, bottom := r.plot(top)
	scale := ticks(c.most())
	for _, n := range scale {
		y := bottom - (bottom-top-8)*float32(n)/float32(scale[len(scale)-1])
		r.rule(fyne.NewPos(left, y), fyne.NewPos(right, y), theme.Line)
		r.text(c.Number(n), theme.Ink2, false, left-6, y, fyne.TextAlignTrailing)
	}
	r.rule(fyne.NewPos(left, bottom), fyne.NewPos(right, bottom), theme.Ink2)
	step, clear := (right-left)/float32(len(c.Categories)), float32(-1)
	for i, name := range c.Categories {
		x := left + step*(float32(i)+0.5)
		label := cut(Text(name, theme.Ink2, 12, false), max(step*1.6, 40))
		if half := label.MinSize().Width / 2; x-half > clear { // where names would run into each other, every second or third is left out
			r.text(label.Text, theme.Ink, false, x, bottom+11, fyne.TextAlignCenter)
			clear = x + half + 6
		}
	}
	r.text(c.Axis, theme.Ink2, true, (left+right)/2, bottom+29, fyne.TextAlignCenter)
	for j, s := range c.Series {
		for i := range s.Figures {
			at := ChartSpot{i, j}
			if next := i + 1; next < len(s.Figures) && next < c.Joined && !s.Figures[i].Hidden && !s.Figures[next].Hidden {
				r.add(lookOf(j).stroke(r.spot(at, top), r.spot(ChartSpot{next, j}, top))...)
			}
		}
	}
	for j, s := range c.Series { // over all lines
		for i, f := range s.Figures {
			at := ChartSpot{i, j}
			p := r.spot(at, top)
			if f.Hidden {
				r.add(moved(hiddenSign(), p.SubtractXY(barHeight/2, barHeight/2)))
			} else {
				r.add(moved(lookOf(j).point(markSide), p.SubtractXY(markSide/2.0, markSide/2.0)))
			}
			if at == c.at {
				r.frame(p.SubtractXY(markSide/2.0+1, markSide/2.0+1), fyne.NewSize(markSide+2, markSide+2))
			}
		}
	}
}

// nearest is the figure that is nearest to a point of the chart.
func (c *Chart) nearest(p fyne.Position) ChartSpot {
	r := &chartRenderer{c: c, size: c.Size()}
	top := r.legend(r.size.Width, nil)
	if !c.Lines {
		category := min(max(int((p.Y-top)/c.group()), 0), len(c.Categories)-1)
		within := p.Y - top - float32(category)*c.group()
		return ChartSpot{category, min(max(int(within/(barHeight+barGap)), 0), len(c.Series)-1)}
	}
	best, away := ChartSpot{}, math.Inf(1)
	for j := range c.Series {
		for i := range c.Categories {
			d := p.Subtract(r.spot(ChartSpot{i, j}, top))
			if h := math.Hypot(float64(d.X), float64(d.Y)); h < away {
				best, away = ChartSpot{i, j}, h
			}
		}
	}
	return best
}
