package face_test

import (
	"testing"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/face"
	"paravent/media/face/facetest"
)

// placed is a grey picture with a face in it.
func placed(t testing.TB, width, height, size, x, y int) *media.Frame {
	t.Helper()
	f := media.NewFrame(width, height)
	for i := range f.Y {
		f.Y[i] = 120
	}
	facetest.Place(f, facetest.Portrait(t), size, x, y)
	return f
}

func TestSizeOfAFace(t *testing.T) {
	finder, err := face.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{36, 50, 80, 150, 250} {
		faces := finder.Find(placed(t, 640, 480, size, 300, 240))
		if len(faces) == 0 {
			t.Errorf("a face of %d pixels is not found", size)
			continue
		}
		f := faces[0]
		if off := float64(f.Size) / float64(size); off < 0.8 || off > 1.25 || max(f.X-300, 300-f.X) > size/3 || max(f.Y-240, 240-f.Y) > size/3 {
			t.Errorf("a face of %d pixels at 300, 240 is found as %+v", size, f)
		}
	}
}

func TestWhereThereIsNoFace(t *testing.T) {
	finder, err := face.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	noise := media.NewFrame(640, 480)
	state := uint32(1)
	for i := range noise.Y {
		state = state*1664525 + 1013904223
		noise.Y[i] = byte(state >> 24)
	}
	drawn, err := capture.NewTestPicture(1, 640, 480, 15, nil).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, f := range map[string]*media.Frame{"black": media.NewFrame(640, 480), "noise": noise, "a drawing": drawn, "tiny": media.NewFrame(16, 16)} {
		if faces := finder.Find(f); len(faces) != 0 {
			t.Errorf("%s: %+v", what, faces)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	finder, err := face.NewFinder()
	if err != nil {
		b.Fatal(err)
	}
	f := placed(b, 640, 480, 150, 300, 240)
	for b.Loop() {
		finder.Find(f)
	}
}
