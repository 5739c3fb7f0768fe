package conceal

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"time"

	"paravent/media"
)

// minSide is the smallest side of a drawn picture, in pixels.
const minSide = 16

// Style is one of the ways in which what stands for a person is drawn. None of them suggests sex, age or dress.
type Style string

// The styles. The zero Style is drawn as Bust.
const (
	Bust    Style = "bust"    // head and shoulders, in one soft tone
	Contour Style = "contour" // their outline alone
	Folded  Style = "folded"  // head and shoulders folded of paper
	Rings   Style = "rings"   // no person at all: a disc and rings
)

// Styles are all styles, the neutral one first.
var Styles = []Style{Bust, Contour, Folded, Rings}

// Manner is how a figure moves: its breath, its drift, its small proportions. It is drawn at random for each sitting and has nothing to do with any
// person, so that neither can a figure's way be taken for the witness's own, nor two sittings be told to be of one person.
type Manner uint64

// NewManner draws a manner from the system's randomness.
func NewManner() Manner {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return Manner(binary.LittleEndian.Uint64(b[:]))
}

// Silhouette draws what stands for a person. All that it is ever told is whether that person speaks. It is not safe for concurrent use.
type Silhouette struct {
	ground  *media.Frame
	style   Style
	habits  habits
	cx, top float64 // the figure's middle and the upper edge of the square it stands in, in pixels
	unit    float64 // that square's side

	// The last change of whether the person speaks.
	speaking bool
	changed  time.Duration
	from     float64 // how far the figure had risen then
}

// NewSilhouette prepares a neutral figure of the given size in pixels; a side is at least 16.
func NewSilhouette(width, height int) *Silhouette { return NewFigure(Bust, 0, width, height) }

// NewFigure prepares a figure of a style that moves in a manner; a side is at least 16 pixels. An unknown style is drawn as Bust.
func NewFigure(style Style, manner Manner, width, height int) *Silhouette {
	base := ground(width, height)
	w, h := float64(base.Width), float64(base.Height)
	unit := math.Min(h, 0.75*w) // in a narrow picture the figure still has room beside it
	return &Silhouette{ground: base, style: style, habits: habitsOf(manner), cx: w / 2, top: h - unit, unit: unit}
}

// Draw draws the figure at a moment of the picture's own clock. What it shows follows from the style, the manner, that clock, and when the
// speaking given to earlier calls changed; nothing else is there to follow. The picture belongs to the caller.
func (s *Silhouette) Draw(speaking bool, pts time.Duration) Picture {
	if speaking != s.speaking {
		s.from = s.risen(pts)
		s.speaking, s.changed = speaking, pts
	}
	f := clone(s.ground)
	f.PTS = pts
	p := s.habits.pose(pts, s.risen(pts))
	switch s.style {
	case Contour:
		s.contour(f, p)
	case Folded:
		s.folded(f, p)
	case Rings:
		s.rings(f, p)
		return Picture{f}
	default:
		s.bust(f, p)
	}
	s.drawBars(f, p.risen, pts)
	return Picture{f}
}

// How long the figure takes to rise when speech begins, and to settle when it ends.
const (
	rising   = 450 * time.Millisecond
	settling = 1100 * time.Millisecond
)

// risen is how far the figure has risen to speak, 0 to 1.
func (s *Silhouette) risen(at time.Duration) float64 {
	to, within := 0.0, settling
	if s.speaking {
		to, within = 1, rising
	}
	return s.from + (to-s.from)*ease(float64(at-s.changed)/float64(within))
}

// ease goes from 0 to 1 without a jerk.
func ease(x float64) float64 {
	x = math.Max(0, math.Min(1, x))
	return x * x * (3 - 2*x)
}

// y is a height in the figure's square, 0 at its top and 1 at its bottom, in pixels.
func (s *Silhouette) y(share float64) float64 { return s.top + share*s.unit }

// The bars that show that somebody speaks follow the clock and never the sound: its level or its rhythm would be the
// witness's own. Their period is no multiple of usual syllable lengths.
const (
	bars    = 3
	barBeat = 1300 * time.Millisecond
)

func (s *Silhouette) drawBars(f *media.Frame, risen float64, pts time.Duration) {
	radius := 0.011 * s.unit
	middle := math.Min(s.cx+0.64*s.unit, float64(f.Width)-0.12*s.unit)
	ink := mixed(inkFigure, inkLight, risen)
	for i := range bars {
		half := s.unit * barReach(i, pts) * risen
		x, y := middle+float64(i-bars/2)*0.064*s.unit, s.y(0.5)
		fill(f, rect{x - radius - 1, y - half - radius - 1, x + radius + 1, y + half + radius + 1}, ink, nil, capsule(x, y-half, x, y+half, radius))
	}
}

// barReach is half of a bar's length at a moment, as a share of the figure's square.
func barReach(bar int, pts time.Duration) float64 {
	turn := 2 * math.Pi * (float64(pts%barBeat)/float64(barBeat) + float64(bar)*0.37)
	return 0.075 + 0.04*math.Sin(turn)
}
