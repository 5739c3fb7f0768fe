package xwidget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/theme"
)

// look is how one line of figures is drawn: a colour, a pattern for surfaces, a dash for lines and a mark for points, so that none of them is told by
// colour alone.
type look struct {
	ink, soft theme.Token
	filled    func(x, y int) bool // in device-independent pixels; whether the ink covers that point of a surface
	dash      []float32           // lengths drawn and left out; nil is unbroken
	mark      string              // the inner elements of an SVG; %[1]s is the colour
}

// looks are told apart by pattern and mark alone. Their number bounds the lines of figures of one chart.
var looks = []look{
	{theme.Accent, theme.AccentSoft, func(int, int) bool { return true }, nil, `<circle cx="12" cy="12" r="9" fill="%[1]s"/>`},
	{theme.Private, theme.PrivateSoft, func(x, y int) bool { return (x+y)%6 < 2 }, []float32{9, 5}, `<rect x="4" y="4" width="16" height="16" fill="%[1]s"/>`},
	{theme.Public, theme.PublicSoft, func(x, y int) bool { return x%5 < 2 && y%5 < 2 }, []float32{2, 4}, `<path d="M12 2 L22 21 H2 Z" fill="%[1]s"/>`},
	{theme.Closed, theme.ClosedSoft, func(x, y int) bool { return (x+y)%7 < 1 || (x-y+7000)%7 < 1 }, []float32{12, 4, 2, 4}, `<path d="M12 1 L23 12 L12 23 L1 12 Z" fill="%[1]s"/>`},
	{theme.Break, theme.BreakSoft, func(_, y int) bool { return y%4 < 2 }, []float32{5, 3}, `<circle cx="12" cy="12" r="8" fill="none" stroke="%[1]s" stroke-width="4"/>`},
	{theme.Ink, theme.Card, func(x, _ int) bool { return x%4 < 2 }, []float32{15, 6}, `<path d="M3 3 L21 21 M21 3 L3 21" stroke="%[1]s" stroke-width="5"/>`},
	{theme.Ink2, theme.Card, func(int, int) bool { return false }, []float32{3, 8}, `<path d="M12 2 V22 M2 12 H22" stroke="%[1]s" stroke-width="5"/>`},
}

// MostSeries is how many lines of figures a chart tells apart.
var MostSeries = len(looks)

// lookOf is the look of a line of figures by its place.
func lookOf(i int) look { return looks[i%len(looks)] }

// surface is a bar in a look, with an edge in full ink.
func (l look) surface(size fyne.Size) fyne.CanvasObject {
	ink, soft := theme.Colour(l.ink), theme.Colour(l.soft)
	r := canvas.NewRaster(func(w, h int) image.Image {
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		scale := max(float32(w)/max(size.Width, 1), 0.5)
		edge := max(int(scale+0.5), 1)
		for y := range h {
			for x := range w {
				c := soft
				if x < edge || y < edge || x >= w-edge || y >= h-edge || l.filled(int(float32(x)/scale), int(float32(y)/scale)) {
					c = ink
				}
				img.SetNRGBA(x, y, c)
			}
		}
		return img
	})
	r.Resize(size)
	return r
}

// point is the mark of a look.
func (l look) point(side float32) *canvas.Image {
	img := canvas.NewImageFromResource(drawn("mark-"+string(l.ink), l.mark, theme.Colour(l.ink)))
	img.FillMode = canvas.ImageFillContain
	img.Resize(fyne.NewSize(side, side))
	return img
}

// stroke is a line from one point to another in a look.
func (l look) stroke(from, to fyne.Position) []fyne.CanvasObject {
	c := theme.Colour(l.ink)
	if l.dash == nil {
		return []fyne.CanvasObject{segment(from, to, c, 2.5)}
	}
	d := to.Subtract(from)
	length := float32(math.Hypot(float64(d.X), float64(d.Y)))
	if length == 0 {
		return nil
	}
	at := func(along float32) fyne.Position {
		return fyne.NewPos(from.X+d.X*along/length, from.Y+d.Y*along/length)
	}
	var out []fyne.CanvasObject
	for done, i := float32(0), 0; done < length; i++ {
		step := l.dash[i%len(l.dash)]
		if i%2 == 0 {
			out = append(out, segment(at(done), at(min(done+step, length)), c, 2.5))
		}
		done += step
	}
	return out
}

func segment(from, to fyne.Position, c color.Color, width float32) *canvas.Line {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = width, from, to
	return l
}
