// Package conceal makes what an outer audience receives in place of a protected person: a drawn figure, a plain field, a
// disguised voice, silence.
//
// What it draws is built from nothing. Nothing here is ever handed a clear picture, so nothing can let one through. A
// [Picture] and a [Voice] can be made in this package only; whoever holds one holds something concealed.
// The types to start from are [Silhouette] and [VoiceDisguise].
package conceal

import (
	"math"
	"time"

	"paravent/media"
)

// Picture is a concealed picture. The zero Picture holds none.
type Picture struct{ frame *media.Frame }

// Frame returns the picture's planes, which must not be changed; nil for the zero Picture.
func (p Picture) Frame() *media.Frame { return p.frame }

// Voice is concealed sound: mono samples at 48 kHz. The zero Voice holds none.
type Voice struct{ pcm []int16 }

// PCM returns the samples, which must not be changed.
func (v Voice) PCM() []int16 { return v.pcm }

// Silence makes n samples of silence.
func Silence(n int) Voice { return Voice{make([]int16, n)} }

// colour is a colour in BT.601 limited range, as codecs take it.
type colour struct{ y, u, v float64 }

func rgb(r, g, b float64) colour {
	return colour{
		y: 16 + 0.257*r + 0.504*g + 0.098*b,
		u: 128 - 0.148*r - 0.291*g + 0.439*b,
		v: 128 + 0.439*r - 0.368*g - 0.071*b,
	}
}

// The house's colours: the rail's dark blue, a calm grey-blue figure, the fold of a screen.
var (
	ground = rgb(0x1E, 0x28, 0x40)
	figure = rgb(0x4B, 0x58, 0x72)
	light  = rgb(0x8C, 0x9A, 0xB8)
	panel  = rgb(0x2C, 0x39, 0x57)
)

// Silhouette draws a head and shoulders that are nobody's. It is not safe for concurrent use.
type Silhouette struct {
	base *media.Frame
}

// NewSilhouette prepares a figure of the given size in pixels; a side is at least 16.
func NewSilhouette(width, height int) *Silhouette {
	width, height = max(width, 16), max(height, 16)
	base := media.NewFrame(width, height)
	h := float64(height)
	cx := float64(width) / 2
	paint(base, func(x, y float64) (colour, float64) { return ground, 1 })
	head := ellipse(cx, 0.36*h, 0.15*h, 0.19*h)
	shoulders := ellipse(cx, 1.02*h, 0.38*h, 0.42*h)
	paint(base, func(x, y float64) (colour, float64) {
		return figure, cover(math.Min(head(x, y), shoulders(x, y)))
	})
	return &Silhouette{base}
}

// Number and pace of the bars that show that somebody speaks. They follow the time and never the sound: its level or its
// rhythm would be the witness's own.
const (
	bars    = 5
	barBeat = 700 * time.Millisecond
)

// Draw draws the figure at a moment, with moving bars while the person speaks. The same arguments give the same picture. The
// picture belongs to the caller.
func (s *Silhouette) Draw(speaking bool, pts time.Duration) Picture {
	f := clone(s.base)
	f.PTS = pts
	w, h := float64(f.Width), float64(f.Height)
	width, gap, bottom := 0.012*h, 0.010*h, 0.94*h
	left := w/2 - (bars*width+(bars-1)*gap)/2
	for i := range bars {
		tall := 0.012 * h
		if speaking {
			turn := 2 * math.Pi * (float64(pts%barBeat)/float64(barBeat) + float64(i)*0.23)
			tall = 0.025*h + 0.025*h*math.Sin(turn)*math.Sin(turn)
		}
		x := left + float64(i)*(width+gap)
		fill(f, x, bottom-tall, x+width, bottom, light)
	}
	return Picture{f}
}

// Slate draws what is shown where nothing is: a folded screen, without words.
func Slate(width, height int, pts time.Duration) Picture {
	f := media.NewFrame(max(width, 16), max(height, 16))
	f.PTS = pts
	w, h := float64(f.Width), float64(f.Height)
	paint(f, func(x, y float64) (colour, float64) { return ground, 1 })
	leaf := 0.11 * h
	for i := range 3 {
		x := w/2 + (float64(i)-1.5)*leaf
		lift := 0.02 * h * float64(i%2)
		fill(f, x+1, 0.36*h-lift, x+leaf-1, 0.64*h-lift, panel)
	}
	return Picture{f}
}

func clone(f *media.Frame) *media.Frame {
	c := *f
	c.Y = append([]byte(nil), f.Y...)
	c.U = append([]byte(nil), f.U...)
	c.V = append([]byte(nil), f.V...)
	return &c
}

// ellipse returns the approximate signed distance in pixels to an ellipse's edge, negative inside.
func ellipse(cx, cy, rx, ry float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		return (math.Hypot((x-cx)/rx, (y-cy)/ry) - 1) * math.Min(rx, ry)
	}
}

// cover is how much of a pixel lies inside an edge at a signed distance.
func cover(distance float64) float64 { return math.Max(0, math.Min(1, 0.5-distance)) }

// paint lays a shape over the whole picture; the shape gives a colour and how much of it, for a point in pixels.
func paint(f *media.Frame, shape func(x, y float64) (colour, float64)) {
	for y := range f.Height {
		for x := range f.Width {
			c, a := shape(float64(x)+0.5, float64(y)+0.5)
			p := &f.Y[y*f.StrideY+x]
			*p = blend(*p, c.y, a)
		}
	}
	for y := range (f.Height + 1) / 2 {
		for x := range (f.Width + 1) / 2 {
			c, a := shape(float64(2*x)+1, float64(2*y)+1)
			i := y*f.StrideUV + x
			f.U[i], f.V[i] = blend(f.U[i], c.u, a), blend(f.V[i], c.v, a)
		}
	}
}

func blend(under byte, over, amount float64) byte {
	return byte(math.Round(float64(under)*(1-amount) + over*amount))
}

// fill paints a rectangle with whole pixels.
func fill(f *media.Frame, x0, y0, x1, y1 float64, c colour) {
	left, top := max(int(math.Round(x0)), 0), max(int(math.Round(y0)), 0)
	right, bottom := min(int(math.Round(x1)), f.Width), min(int(math.Round(y1)), f.Height)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			f.Y[y*f.StrideY+x] = byte(math.Round(c.y))
			f.U[y/2*f.StrideUV+x/2] = byte(math.Round(c.u))
			f.V[y/2*f.StrideUV+x/2] = byte(math.Round(c.v))
		}
	}
}
