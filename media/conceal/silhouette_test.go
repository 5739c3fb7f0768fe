package conceal

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/media"
)

func TestSameArgumentsGiveTheSamePicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(-3, 200).Draw(t, "width"), rapid.IntRange(-3, 200).Draw(t, "height")
		pts := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "pts"))
		speaking := rapid.Bool().Draw(t, "speaking")
		one := NewSilhouette(width, height)
		one.Draw(!speaking, pts+time.Second) // what was drawn before leaves no trace
		a, b := one.Draw(speaking, pts).Frame(), NewSilhouette(width, height).Draw(speaking, pts).Frame()
		if !same(a, b) || a.PTS != pts {
			t.Fatal("two pictures of one moment differ")
		}
		if a.Width != max(width, minSide) || a.Height != max(height, minSide) {
			t.Fatalf("%dx%d for %dx%d", a.Width, a.Height, width, height)
		}
		if !same(Slate(width, height, pts).Frame(), Slate(width, height, pts).Frame()) {
			t.Fatal("two slates differ")
		}
	})
}

func TestFigureStandsOnDarkGround(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 360}, {640, 480}, {320, 320}, {240, 320}} {
		f := NewSilhouette(size[0], size[1]).Draw(false, 0).Frame()
		w, h := size[0], size[1]
		unit := min(h, w*3/4)
		head, corner, shoulders := luma(f, w/2, h-unit+unit*43/100), luma(f, 2, 2), luma(f, w/2, h-3)
		if corner > 70 || head < corner+40 || shoulders != head {
			t.Errorf("%v: corner %d, head %d, shoulders %d", size, corner, head, shoulders)
		}
		left := luma(f, 2, h-3)
		if left != corner {
			t.Errorf("%v: the ground is not even: %d and %d", size, corner, left)
		}
	}
}

func TestEdgesAreSmooth(t *testing.T) {
	t.Parallel()
	f := NewSilhouette(640, 360).Draw(false, 0).Frame()
	low, high := luma(f, 2, 2), luma(f, 320, 350)
	between := 0
	for _, y := range f.Y {
		if y > low+3 && y < high-3 {
			between++
		}
	}
	if between < 200 || between > 4000 {
		t.Errorf("%d pixels lie between ground and figure", between)
	}
}

func TestBarsMoveOnlyWhileSpeaking(t *testing.T) {
	t.Parallel()
	s := NewSilhouette(640, 360)
	still, moving := s.Draw(false, 0).Frame(), s.Draw(true, 0).Frame()
	if !same(still, s.Draw(false, 400*time.Millisecond).Frame()) {
		t.Error("something moves though nobody speaks")
	}
	if same(still, moving) || same(moving, s.Draw(true, 400*time.Millisecond).Frame()) {
		t.Error("nothing moves though somebody speaks")
	}
	if !same(moving, s.Draw(true, barBeat).Frame()) {
		t.Error("the bars do not come back after their period")
	}
	changed := 0
	for i := range still.Y {
		if still.Y[i] != moving.Y[i] {
			changed++
			if x := i % 640; x < 490 || x > 620 {
				t.Fatalf("speaking changes the picture at column %d, outside the bars", x)
			}
		}
	}
	if changed == 0 || changed > 4000 {
		t.Errorf("the bars change %d pixels", changed)
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
