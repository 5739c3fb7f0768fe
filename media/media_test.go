package media

import "testing"

func TestNewFrameIsBlackAndFits(t *testing.T) {
	t.Parallel()
	for _, size := range [][4]int{{4, 2, 2, 1}, {5, 3, 3, 2}, {1, 1, 1, 1}} {
		f := NewFrame(size[0], size[1])
		if len(f.Y) != size[0]*size[1] || len(f.U) != size[2]*size[3] || len(f.V) != len(f.U) || f.StrideY != size[0] || f.StrideUV != size[2] {
			t.Errorf("%v: planes of %d, %d and %d bytes, strides %d and %d", size, len(f.Y), len(f.U), len(f.V), f.StrideY, f.StrideUV)
		}
		if f.Y[0] != 16 || f.U[0] != 128 || f.V[len(f.V)-1] != 128 {
			t.Errorf("%v: not black", size)
		}
	}
}

func TestKindsAreNamedAsInWebRTC(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]string{KindAudio: "audio", KindVideo: "video", 0: "unknown"} {
		if got := kind.String(); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}
