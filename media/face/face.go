// Package face finds how large the faces in a picture are: whether a witness is large enough in it to be watched.
//
// It tells no face from another, and keeps none. A face that is turned away, veiled or in the dark is not found, which says nothing. Start from [NewFinder].
package face

import (
	_ "embed"
	"fmt"
	"slices"

	pigo "github.com/esimov/pigo/core"

	"paravent/media"
)

// Trees of decisions over differences of pixels (Markuš et al., arXiv:1305.4537), as github.com/esimov/pigo gives them; their licence stands beside them.
//
//go:embed facefinder.cascade
var cascade []byte

// Face is one face in a picture. All is in pixels.
type Face struct {
	X, Y int // its middle
	Size int // from the hair to the chin, about
}

const (
	leastShare = 24 // of the picture's height: no face smaller than one part of this is looked for
	leastScore = 20 // below it, patterns that are none are found too
	overlap    = 0.2
)

// Finder finds faces. It can be used by one goroutine at a time.
type Finder struct{ classifier *pigo.Pigo }

// NewFinder returns a finder.
func NewFinder() (*Finder, error) {
	c, err := pigo.NewPigo().Unpack(cascade)
	if err != nil {
		return nil, fmt.Errorf("what faces look like: %w", err)
	}
	return &Finder{c}, nil
}

// Find returns the upright faces of a picture that look towards it, the largest first. It does not keep the picture.
func (f *Finder) Find(p *media.Frame) []Face {
	if p.Width < 2*leastShare || p.Height < 2*leastShare {
		return nil
	}
	found := f.classifier.RunCascade(pigo.CascadeParams{MinSize: max(p.Height/leastShare, 20), MaxSize: p.Height, ShiftFactor: 0.1, ScaleFactor: 1.1,
		ImageParams: pigo.ImageParams{Pixels: p.Y, Rows: p.Height, Cols: p.Width, Dim: p.StrideY}}, 0)
	var faces []Face
	for _, d := range f.classifier.ClusterDetections(found, overlap) {
		if d.Q >= leastScore {
			faces = append(faces, Face{X: d.Col, Y: d.Row, Size: d.Scale})
		}
	}
	slices.SortStableFunc(faces, func(a, b Face) int { return b.Size - a.Size })
	return faces
}
