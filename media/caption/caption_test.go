package caption

import (
	"bytes"
	"errors"
	"testing"

	"paravent/media"
)

// grey is a picture of one luma, with colour.
func grey(width, height int) *media.Frame {
	f := media.NewFrame(width, height)
	for _, p := range []struct {
		plane []byte
		value byte
	}{{f.Y, 120}, {f.U, 90}, {f.V, 160}} {
		copy(p.plane, bytes.Repeat([]byte{p.value}, len(p.plane)))
	}
	return f
}

// changed counts the pixels of some rows that are not as they were.
func changed(f *media.Frame, from, until int) (n int) {
	for y := from; y < until; y++ {
		for _, v := range f.Y[y*f.StrideY : y*f.StrideY+f.Width] {
			if v != 120 {
				n++
			}
		}
	}
	return n
}

func TestACaptionIsInTheBandAndAcrossTheMiddle(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{640, 480}, {1280, 720}, {161, 121}, {64, 48}} {
		f := grey(size[0], size[1])
		c, err := New("Copy 3", "Counsel for the défense, until 2027-03-31")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Draw(f); err != nil {
			t.Fatal(err)
		}
		h := size[1]
		if n := changed(f, h-2, h); n != 2*size[0] {
			t.Errorf("%v: %d pixels of the band are shaded", size, n)
		}
		if changed(f, h/3, h*2/3) == 0 {
			t.Errorf("%v: nothing stands across the middle", size)
		}
		if n := changed(f, 0, h/4); n != 0 {
			t.Errorf("%v: %d pixels above are changed", size, n)
		}
		if f.U[0] != 90 || f.V[0] != 160 || f.U[len(f.U)-1] == 90 {
			t.Errorf("%v: the colours are %d %d %d", size, f.U[0], f.V[0], f.U[len(f.U)-1])
		}
	}
}

func TestTwoTextsAreTwoPictures(t *testing.T) {
	t.Parallel()
	drawn := func(text string) []byte {
		f := grey(640, 480)
		c, err := New(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Draw(f); err != nil {
			t.Fatal(err)
		}
		return f.Y
	}
	if bytes.Equal(drawn("Copy 1"), drawn("Copy 2")) {
		t.Error("two copies look alike")
	}
}

// A long line is made smaller and not cut off: its end is there.
func TestALongLineIsMadeSmaller(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("counsel "), 30))
	a, err := New("x", long+"A")
	if err != nil {
		t.Fatal(err)
	}
	b, err := New("x", long+"W")
	if err != nil {
		t.Fatal(err)
	}
	f, g := grey(640, 480), grey(640, 480)
	if err := errors.Join(a.Draw(f), b.Draw(g)); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(f.Y, g.Y) {
		t.Error("the end of the line is not in the picture")
	}
}

func TestACaptionNeedsText(t *testing.T) {
	t.Parallel()
	if _, err := New("", " "); !errors.Is(err, ErrText) {
		t.Errorf("%v", err)
	}
}
