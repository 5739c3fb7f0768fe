package conceal

import (
	"math"
	"time"

	"paravent/media"
)

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
		fill(f, rect{left, h/2 - 0.2*unit, left + leaf, h/2 + 0.2*unit}, ink, nil, func(x, y float64) float64 {
			lean := fold * (x - left) / leaf // a leaf rises to the fold on one side and falls on the other
			if i%2 == 1 {
				lean = fold - lean
			}
			edge := math.Max(h/2-0.14*unit-lean-y, y-(h/2+0.14*unit+lean))
			return math.Max(edge, math.Max(left-x, x-left-leaf))
		})
	}
	return Picture{f}
}

// Resembles reports whether a decoded picture of the same size shows what p shows, but for what a codec changes.
func (p Picture) Resembles(f *media.Frame) bool {
	want := p.frame
	if want == nil || f == nil || want.Width != f.Width || want.Height != f.Height {
		return false
	}
	const every, far = 8, 24
	differ := 0
	for y := 0; y < f.Height; y += every {
		for x := 0; x < f.Width; x += every {
			if d := int(f.Y[y*f.StrideY+x]) - int(want.Y[y*want.StrideY+x]); d > far || d < -far {
				differ++
			}
		}
	}
	return differ < f.Width*f.Height/(every*every)/50
}
