package conceal

import (
	"math"
	"time"

	"paravent/media"
)

// minSide is the smallest side of a drawn picture, in pixels.
const minSide = 16

// Silhouette draws a head and shoulders that are nobody's. It is not safe for concurrent use.
type Silhouette struct {
	base    *media.Frame
	cx, top float64 // the figure's middle and the upper edge of the square it stands in, in pixels
	unit    float64 // that square's side
}

// NewSilhouette prepares a figure of the given size in pixels; a side is at least 16.
func NewSilhouette(width, height int) *Silhouette {
	base := ground(width, height)
	w, h := float64(base.Width), float64(base.Height)
	unit := math.Min(h, 0.75*w) // in a narrow picture the figure still has room beside it
	s := &Silhouette{base: base, cx: w / 2, top: h - unit, unit: unit}
	head := ellipse(s.cx, s.y(0.427), 0.2*unit, 0.2*unit)
	shoulders := dome(s.cx, s.y(0.66), s.y(1.02), 0.43*unit)
	paint(base, whole(base), inkFigure, func(x, y float64) float64 { return cover(math.Min(head(x, y), shoulders(x, y))) })
	return s
}

// y is a height in the figure's square, 0 at its top and 1 at its bottom, in pixels.
func (s *Silhouette) y(share float64) float64 { return s.top + share*s.unit }

// The bars that show that somebody speaks follow the clock and never the sound: its level or its rhythm would be the
// witness's own. Their period is no multiple of usual syllable lengths.
const (
	bars    = 3
	barBeat = 1300 * time.Millisecond
)

// Draw draws the figure at a moment of the picture's own clock, with moving bars while the person speaks and still dots while
// not. The same arguments give the same picture. The picture belongs to the caller.
func (s *Silhouette) Draw(speaking bool, pts time.Duration) Picture {
	f := clone(s.base)
	f.PTS = pts
	radius := 0.011 * s.unit
	middle := math.Min(s.cx+0.64*s.unit, float64(f.Width)-0.12*s.unit)
	for i := range bars {
		half, ink := 0.0, inkFigure
		if speaking {
			half, ink = s.unit*barReach(i, pts), inkLight
		}
		x := middle + float64(i-bars/2)*0.064*s.unit
		paint(f, rect{x - radius - 1, s.y(0.5) - half - radius - 1, x + radius + 1, s.y(0.5) + half + radius + 1}, ink,
			func(px, py float64) float64 { return cover(capsule(px-x, py-s.y(0.5), half, radius)) })
	}
	return Picture{f}
}

// barReach is half of a bar's length at a moment, as a share of the figure's square.
func barReach(bar int, pts time.Duration) float64 {
	turn := 2 * math.Pi * (float64(pts%barBeat)/float64(barBeat) + float64(bar)*0.37)
	return 0.075 + 0.04*math.Sin(turn)
}

// Slate draws what is shown where nothing is: a folded screen, small and without words. A side is at least 16 pixels.
func Slate(width, height int, pts time.Duration) Picture {
	f := ground(width, height)
	f.PTS = pts
	w, h := float64(f.Width), float64(f.Height)
	unit := math.Min(w, h)
	leaf, fold := 0.1*unit, 0.03*unit
	for i := range 3 {
		left := w/2 + (float64(i)-1.5)*leaf
		ink := inkPanel
		if i == 1 {
			ink = inkFigure // the leaf that stands at the other angle catches more light
		}
		paint(f, rect{left, h/2 - 0.2*unit, left + leaf, h/2 + 0.2*unit}, ink, func(x, y float64) float64 {
			lean := fold * (x - left) / leaf // a leaf rises to the fold on one side and falls on the other
			if i%2 == 1 {
				lean = fold - lean
			}
			edge := math.Max(h/2-0.14*unit-lean-y, y-(h/2+0.14*unit+lean))
			return cover(math.Max(edge, math.Max(left-x, x-left-leaf)))
		})
	}
	return Picture{f}
}
