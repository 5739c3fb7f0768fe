package watermark

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"paravent/media"
)

// scene is a seeded picture that moves: a shaded wall, things on it that wander, and the grain of a camera.
type scene struct {
	random        *rand.Rand
	width, height int
	slopeX        float64
	slopeY        float64
	things        []thing
}

type thing struct{ x, y, dx, dy, w, h, luma, texture int }

func newScene(seed uint64, width, height int) *scene {
	r := rand.New(rand.NewPCG(seed, 7))
	s := &scene{random: r, width: width, height: height, slopeX: r.Float64()*0.2 - 0.1, slopeY: r.Float64()*0.2 - 0.1}
	for range 12 {
		s.things = append(s.things, thing{r.IntN(width), r.IntN(height), r.IntN(7) - 3, r.IntN(7) - 3,
			20 + r.IntN(width/4), 20 + r.IntN(height/3), 30 + r.IntN(190), r.IntN(40)})
	}
	return s
}

func (s *scene) frame(at int) *media.Frame {
	f := media.NewFrame(s.width, s.height)
	for y := range s.height {
		for x := range s.width {
			f.Y[y*f.StrideY+x] = byte(110 + int(s.slopeX*float64(x)+s.slopeY*float64(y)) + s.random.IntN(5))
		}
	}
	for _, t := range s.things {
		for j := range t.h {
			for i := range t.w {
				x, y := (t.x+at*t.dx+i+8*s.width)%s.width, (t.y+at*t.dy+j+8*s.height)%s.height
				f.Y[y*f.StrideY+x] = byte(t.luma + (i*7+j*3)%(t.texture+1)/2 + s.random.IntN(5))
			}
		}
	}
	return f
}

func markOf(t testing.TB, key, text string) *Mark {
	t.Helper()
	m, err := New([]byte(key), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const testKey = "a key of the test only"

// marksOf are the candidates 0 to n-1.
func marksOf(t testing.TB, n int) []*Mark {
	t.Helper()
	var all []*Mark
	for i := range n {
		all = append(all, markOf(t, testKey, fmt.Sprintf("copy %d", i)))
	}
	return all
}

func TestMarkNeedsAKeyAndBytes(t *testing.T) {
	t.Parallel()
	if _, err := New(make([]byte, MinKey-1), []byte("x")); !errors.Is(err, ErrKey) {
		t.Errorf("short key: %v", err)
	}
	if _, err := New(make([]byte, MinKey), nil); !errors.Is(err, ErrMark) {
		t.Errorf("no mark: %v", err)
	}
}

func TestMarkIsItsBytesAndKey(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bytesOf := rapid.SliceOfN(rapid.Byte(), MinKey, 40)
		key, mark, other := bytesOf.Draw(t, "key"), bytesOf.Draw(t, "mark"), bytesOf.Draw(t, "other")
		sign := func(key, mark []byte) [side * side]int8 {
			m, err := New(key, mark)
			if err != nil {
				t.Fatal(err)
			}
			return m.signs
		}
		if first, again := sign(key, mark), sign(key, mark); first != again {
			t.Fatal("the same mark has two patterns")
		}
		if !bytes.Equal(mark, other) && sign(key, mark) == sign(key, other) {
			t.Fatal("two marks have one pattern")
		}
		if !bytes.Equal(key, other) && sign(key, mark) == sign(other, mark) {
			t.Fatal("two keys have one pattern")
		}
	})
}

func TestEmbedIsSmallAndKeepsRangeAndColour(t *testing.T) {
	t.Parallel()
	m := markOf(t, testKey, "copy")
	rapid.Check(t, func(t *rapid.T) {
		f := media.NewFrame(rapid.IntRange(1, 150).Draw(t, "width"), rapid.IntRange(1, 150).Draw(t, "height"))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for _, plane := range [][]byte{f.Y, f.U, f.V} {
			for i := range plane {
				plane[i] = byte(r.IntN(256))
			}
		}
		y, u, v := bytes.Clone(f.Y), bytes.Clone(f.U), bytes.Clone(f.V)
		m.Embed(f)
		if !bytes.Equal(u, f.U) || !bytes.Equal(v, f.V) {
			t.Fatal("colour changed")
		}
		for i, was := range y {
			is := f.Y[i]
			if d := int(is) - int(was); d > flatStrength+busyStrength || d < -flatStrength-busyStrength {
				t.Fatalf("pixel %d went from %d to %d", i, was, is)
			}
			if was >= 16 && was <= 235 && (is < 16 || is > 235) {
				t.Fatalf("pixel %d left the range: %d to %d", i, was, is)
			}
		}
	})
}

func TestFindsTheMarkAtAnyPlace(t *testing.T) {
	t.Parallel()
	marks := marksOf(t, 4)
	s := newScene(3, 400, 300)
	var wholes []*media.Frame
	for at := range 10 {
		wholes = append(wholes, s.frame(at))
		marks[2].Embed(wholes[at])
	}
	for _, from := range [][2]int{{0, 0}, {1, 1}, {37, 90}, {101, 5}} {
		var r Reader
		for _, whole := range wholes {
			part := media.NewFrame(280, 200)
			for y := range part.Height {
				copy(part.Y[y*part.StrideY:][:part.Width], whole.Y[(y+from[1])*whole.StrideY+from[0]:])
			}
			if err := r.Add(part); err != nil {
				t.Fatal(err)
			}
		}
		for i, f := range r.Find(marks, []float64{1}) {
			if f.Is() != (i == 2) {
				t.Errorf("cut at %v: mark %d scores %.1f", from, i, f.Score)
			}
		}
	}
}

func TestFindNeedsFramesOfOneSize(t *testing.T) {
	t.Parallel()
	var r Reader
	if f := r.Find(marksOf(t, 1), Scales()); len(f) != 1 || f[0].Is() {
		t.Errorf("without a frame: %v", f)
	}
	if err := r.Add(media.NewFrame(200, 100)); err != nil {
		t.Fatal(err)
	}
	if f := r.Find(marksOf(t, 1), []float64{1}); f[0].Is() {
		t.Errorf("in black: %v", f)
	}
	if err := r.Add(media.NewFrame(100, 200)); !errors.Is(err, ErrSize) {
		t.Errorf("another size: %v", err)
	}
}
