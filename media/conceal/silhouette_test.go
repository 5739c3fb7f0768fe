package conceal

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/media"
)

func TestTheSameGateGivesTheSamePictures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(-3, 200).Draw(t, "width"), rapid.IntRange(-3, 200).Draw(t, "height")
		style, manner := rapid.SampledFrom(Styles).Draw(t, "style"), Manner(rapid.Uint64().Draw(t, "manner"))
		one, other := NewFigure(style, manner, width, height), NewFigure(style, manner, width, height)
		at := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "pts"))
		for range 4 {
			speaking := rapid.Bool().Draw(t, "speaking")
			at += time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "later"))
			a, b := one.Draw(speaking, at).Frame(), other.Draw(speaking, at).Frame()
			if !same(a, b) || a.PTS != at {
				t.Fatal("two pictures of one moment differ")
			}
			if a.Width != max(width, minSide) || a.Height != max(height, minSide) {
				t.Fatalf("%dx%d for %dx%d", a.Width, a.Height, width, height)
			}
		}
		if !same(Slate(width, height, at).Frame(), Slate(width, height, at).Frame()) {
			t.Fatal("two slates differ")
		}
	})
}

func TestFigureStandsOnDarkGround(t *testing.T) {
	t.Parallel()
	for _, style := range Styles[:3] {
		for _, size := range [][2]int{{640, 360}, {640, 480}, {320, 320}, {240, 320}} {
			f := NewFigure(style, 1, size[0], size[1]).Draw(false, 0).Frame()
			w, h := size[0], size[1]
			unit := min(h, w*3/4)
			head, corner, shoulders := luma(f, w/2, h-unit+unit*43/100), luma(f, 2, 2), luma(f, w/2, h-unit/8)
			if corner > 70 || head < corner+5 || shoulders < corner+5 {
				t.Errorf("%s %v: corner %d, head %d, shoulders %d", style, size, corner, head, shoulders)
			}
			if left := luma(f, 2, h-3); left != corner {
				t.Errorf("%s %v: the ground is not even: %d and %d", style, size, corner, left)
			}
		}
	}
}

func TestEdgesAreSmooth(t *testing.T) {
	t.Parallel()
	f := NewSilhouette(640, 360).Draw(false, 0).Frame()
	low, high := luma(f, 2, 2), luma(f, 320, 150)
	between := 0
	for y := range 220 { // above where the figure sinks into the ground
		for x := range 640 {
			if l := luma(f, x, y); l > low+3 && l < high-18 {
				between++
			}
		}
	}
	if between < 200 || between > 4000 {
		t.Errorf("%d pixels lie between ground and figure", between)
	}
}

// The figure lives, and never jumps: from one picture to the next little changes, whether it rests, speaks or begins to.
func TestFigureLivesAndNeverJumps(t *testing.T) {
	t.Parallel()
	for _, style := range Styles {
		s := NewFigure(style, 11, 320, 180)
		var before *media.Frame
		still, most := 0, 0
		for i := range 8 * 60 {
			speaking := i/64%3 == 1
			f := s.Draw(speaking, time.Duration(i)*125*time.Millisecond).Frame()
			if before != nil {
				changed := 0
				for j := range f.Y {
					if d := int(f.Y[j]) - int(before.Y[j]); d > 12 || d < -12 {
						changed++
					}
				}
				most = max(most, changed)
				if same(f, before) {
					still++
				}
			}
			before = f
		}
		if still > 8 || most > len(before.Y)/10 {
			t.Errorf("%s: %d pictures stood still and up to %d of %d pixels jumped", style, still, most, len(before.Y))
		}
	}
}

func TestSpeechIsShownBesideTheFigure(t *testing.T) {
	t.Parallel()
	for _, style := range Styles {
		s := NewFigure(style, 2, 640, 360)
		s.Draw(true, 0)
		quiet, speaking := NewFigure(style, 2, 640, 360).Draw(false, 5*time.Second).Frame(), s.Draw(true, 5*time.Second).Frame()
		changed := 0
		for i := range quiet.Y {
			if d := int(quiet.Y[i]) - int(speaking.Y[i]); d > 20 || d < -20 {
				changed++
			}
		}
		if changed < 500 {
			t.Errorf("%s: only %d pixels tell that somebody speaks", style, changed)
		}
		s.Draw(false, 6*time.Second)
		if rest := s.Draw(false, 9*time.Second).Frame(); !same(rest, NewFigure(style, 2, 640, 360).Draw(false, 9*time.Second).Frame()) {
			t.Errorf("%s: it does not settle to where it was", style)
		}
	}
}

func TestDrawnPicturesAreApart(t *testing.T) {
	t.Parallel()
	s := NewSilhouette(64, 48)
	a := s.Draw(true, 0).Frame()
	flood(a.Y, 200)
	if b := s.Draw(true, 0).Frame(); luma(b, 1, 1) == 200 {
		t.Error("one picture's memory is another's")
	}
}

func TestSlateIsNoSilhouette(t *testing.T) {
	t.Parallel()
	f := Slate(640, 360, time.Second).Frame()
	marked := 0
	for i, y := range f.Y {
		if y != f.Y[0] {
			marked++
			if x, row := i%640, i/640; x < 250 || x > 390 || row < 100 || row > 260 {
				t.Fatalf("the slate has a mark at %d,%d", x, row)
			}
		}
	}
	if marked < 500 {
		t.Errorf("the fold covers %d pixels", marked)
	}
	if f.PTS != time.Second {
		t.Errorf("PTS %v", f.PTS)
	}
}

func TestZeroValuesHoldNothing(t *testing.T) {
	t.Parallel()
	if (Picture{}).Frame() != nil || (Voice{}).PCM() != nil {
		t.Error("a zero value holds something")
	}
}

func luma(f *media.Frame, x, y int) byte { return f.Y[y*f.StrideY+x] }

func same(a, b *media.Frame) bool {
	return a.Width == b.Width && a.Height == b.Height && bytes.Equal(a.Y, b.Y) && bytes.Equal(a.U, b.U) && bytes.Equal(a.V, b.V)
}
