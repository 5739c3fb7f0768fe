package vpx

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
)

func TestPictureSurvivesCoding(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{320, 240}, {321, 241}, {16, 16}, {642, 358}} {
		encoder, decoder := newPair(t, size[0], size[1])
		source := capture.NewTestPicture(3, size[0], size[1], 25, nil)
		for i := range 6 {
			in := source.Draw(time.Duration(i) * 40 * time.Millisecond)
			out := mustDecode(t, decoder, mustEncode(t, encoder, in, false))
			if out.Width != size[0] || out.Height != size[1] {
				t.Fatalf("decoded %dx%d of %v", out.Width, out.Height, size)
			}
			if got := psnr(in, out); got < 28 {
				t.Errorf("%v frame %d: PSNR %.1f dB", size, i, got)
			}
		}
	}
}

func TestStridesWiderThanThePicture(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t, 64, 48)
	in := capture.NewTestPicture(1, 64, 48, 25, nil).Draw(0)
	padded := &media.Frame{Width: 64, Height: 48, StrideY: 100, StrideUV: 50,
		Y: spread(in.Y, 64, 48, 100), U: spread(in.U, 32, 24, 50), V: spread(in.V, 32, 24, 50)}
	plain := mustDecode(t, decoder, mustEncode(t, encoder, in, true))
	wide := mustDecode(t, decoder, mustEncode(t, encoder, padded, true))
	if psnr(in, plain) < 28 || psnr(in, wide) < 28 {
		t.Errorf("PSNR %.1f tight, %.1f padded", psnr(in, plain), psnr(in, wide))
	}
}

func TestKeyFramesOnDemandOnly(t *testing.T) {
	t.Parallel()
	encoder, _ := newPair(t, 64, 48)
	source := capture.NewTestPicture(2, 64, 48, 25, nil)
	for i := range 400 { // 16 s
		frame, key, err := encoder.Encode(source.Draw(time.Duration(i)*40*time.Millisecond), i == 123)
		if err != nil {
			t.Fatal(err)
		}
		if want := i == 0 || i == 123; key != want || isKey(frame) != want {
			t.Fatalf("frame %d: key %v (its head says %v), want %v", i, key, isKey(frame), want)
		}
	}
}

func TestSizeChangeBeginsWithAKeyFrame(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t, 64, 48)
	for i, width := range []int{64, 64, 128, 128, 32} {
		frame, key, err := encoder.Encode(capture.NewTestPicture(1, width, 48, 25, nil).Draw(time.Duration(i)*time.Second/25), false)
		if err != nil {
			t.Fatal(err)
		}
		if want := i != 1 && i != 3; key != want {
			t.Errorf("frame %d: key %v", i, key)
		}
		if out := mustDecode(t, decoder, frame); out.Width != width {
			t.Errorf("frame %d: width %d, want %d", i, out.Width, width)
		}
	}
}

func TestFramesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	encoder, decoder := newPair(t, 64, 48)
	source := capture.NewTestPicture(1, 64, 48, 25, nil)
	first := mustEncode(t, encoder, source.Draw(0), false)
	kept := bytes.Clone(first)
	picture := mustDecode(t, decoder, first)
	luma := bytes.Clone(picture.Y)
	for i := 1; i < 10; i++ {
		mustDecode(t, decoder, mustEncode(t, encoder, source.Draw(time.Duration(i)*100*time.Millisecond), i%3 == 0))
	}
	if !bytes.Equal(first, kept) || !bytes.Equal(picture.Y, luma) {
		t.Error("a later call changed what an earlier one gave out")
	}
}

func TestBitrateIsKept(t *testing.T) {
	t.Parallel()
	encoder, err := NewEncoder(Config{Width: 160, Height: 120, Bitrate: 200, FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	r := rand.New(rand.NewPCG(1, 2))
	bits := 0
	for i := range 250 {
		f := capture.NewTestPicture(1, 160, 120, 25, nil).Draw(time.Duration(i) * 40 * time.Millisecond)
		for j := range f.Y {
			f.Y[j] += byte(r.IntN(12))
		}
		frame, _, err := encoder.Encode(f, false)
		if err != nil {
			t.Fatal(err)
		}
		if i >= 50 {
			bits += 8 * len(frame)
		}
	}
	if rate := float64(bits) / 8 / 1000; rate < 100 || rate > 260 {
		t.Errorf("%.0f kbit/s, asked for 200", rate)
	}
}

// A decoder without references shows nothing, although libvpx would say that all is well.
func TestLossShowsNothingUntilAKeyFrame(t *testing.T) {
	t.Parallel()
	source := capture.NewTestPicture(1, 128, 96, 25, nil)
	frames := make([][]byte, 6)
	encoder, _ := newPair(t, 128, 96)
	for i := range frames {
		frames[i] = mustEncode(t, encoder, source.Draw(time.Duration(i)*40*time.Millisecond), i == 4)
	}
	for name, damage := range map[string]func([]byte) []byte{
		"cut in half":        func(f []byte) []byte { return f[:len(f)/2] },
		"empty":              func(f []byte) []byte { return nil },
		"two bytes":          func(f []byte) []byte { return f[:2] },
		"first part too big": func(f []byte) []byte { f[1], f[2] = 0xff, 0xff; return f },
	} {
		_, decoder := newPair(t, 128, 96)
		mustDecode(t, decoder, frames[0])
		if picture, err := decoder.Decode(damage(bytes.Clone(frames[1]))); !errors.Is(err, ErrCorrupted) || picture != nil {
			t.Fatalf("%s: picture %v, error %v", name, picture != nil, err)
		}
		for i := 2; i < 4; i++ {
			if picture, err := decoder.Decode(frames[i]); !errors.Is(err, ErrCorrupted) || picture != nil {
				t.Errorf("%s: frame %d builds on what was lost: picture %v, error %v", name, i, picture != nil, err)
			}
		}
		mustDecode(t, decoder, frames[4])
		mustDecode(t, decoder, frames[5])
	}
	_, fresh := newPair(t, 128, 96)
	if picture, err := fresh.Decode(frames[1]); !errors.Is(err, ErrCorrupted) || picture != nil {
		t.Errorf("without any key frame: picture %v, error %v", picture != nil, err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, {Width: 64, Height: 48}, {Width: 64, Height: 48, Bitrate: 100}, {Width: 1, Height: 48, Bitrate: 100, FPS: 25},
		{Width: MaxSide + 1, Height: 48, Bitrate: 100, FPS: 25}} {
		if e, err := NewEncoder(c); err == nil || e != nil {
			t.Errorf("%+v was taken", c)
		}
	}
	encoder, decoder := newPair(t, 64, 48)
	short := media.NewFrame(64, 48)
	short.Y = short.Y[:len(short.Y)-1]
	flat := media.NewFrame(64, 48)
	flat.V = nil
	narrow := media.NewFrame(64, 48)
	narrow.StrideY = 63
	for name, f := range map[string]*media.Frame{"short luma": short, "no chroma": flat, "narrow stride": narrow, "huge": {Width: 1 << 30, Height: 1 << 30}} {
		if _, _, err := encoder.Encode(f, false); err == nil {
			t.Errorf("%s was encoded", name)
		}
	}
	huge := []byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0}
	if _, err := decoder.Decode(huge); !errors.Is(err, ErrCorrupted) {
		t.Errorf("a picture of 16383x16383: %v", err)
	}
	encoder.Close()
	encoder.Close()
	if _, _, err := encoder.Encode(media.NewFrame(64, 48), false); !errors.Is(err, ErrClosed) {
		t.Errorf("encoding after Close: %v", err)
	}
	decoder.Close()
	decoder.Close()
	if _, err := decoder.Decode(huge); !errors.Is(err, ErrClosed) {
		t.Errorf("decoding after Close: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	encoder, err := NewEncoder(Config{Width: 48, Height: 32, Bitrate: 100, FPS: 25})
	if err != nil {
		f.Fatal(err)
	}
	source := capture.NewTestPicture(1, 48, 32, 25, nil)
	key, _, err1 := encoder.Encode(source.Draw(0), true)
	inter, _, err2 := encoder.Encode(source.Draw(time.Second/25), false)
	encoder.Close()
	if err := errors.Join(err1, err2); err != nil {
		f.Fatal(err)
	}
	f.Add(key, inter)
	f.Add(inter, key)
	f.Add(key, key[:len(key)/2])
	f.Add([]byte{}, []byte{0})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		decoder, err := NewDecoder()
		if err != nil {
			t.Fatal(err)
		}
		defer decoder.Close()
		for _, frame := range [][]byte{first, second} {
			picture, err := decoder.Decode(frame)
			if err != nil && (picture != nil || !errors.Is(err, ErrCorrupted)) {
				t.Fatalf("picture %v with error %v", picture != nil, err)
			}
			if picture != nil && checkFrame(picture) != nil {
				t.Fatalf("a picture of %dx%d that does not fit its planes", picture.Width, picture.Height)
			}
		}
		// Whatever came before, a whole key frame mends it.
		if picture, err := decoder.Decode(key); err != nil || picture == nil || picture.Width != 48 {
			t.Fatalf("a key frame after that: %v", err)
		}
	})
}

func BenchmarkEncode640x480(b *testing.B) {
	encoder, _ := newPair(b, 640, 480)
	source := capture.NewTestPicture(1, 640, 480, 25, nil)
	pictures := make([]*media.Frame, 25)
	for i := range pictures {
		pictures[i] = source.Draw(time.Duration(i) * 40 * time.Millisecond)
	}
	for i := 0; b.Loop(); i++ {
		picture := *pictures[i%25]
		picture.PTS = time.Duration(i) * 40 * time.Millisecond
		mustEncode(b, encoder, &picture, false)
	}
}

func newPair(t testing.TB, width, height int) (*Encoder, *Decoder) {
	t.Helper()
	encoder, err := NewEncoder(Config{Width: width, Height: height, Bitrate: 1000, FPS: 25})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(encoder.Close)
	decoder, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(decoder.Close)
	return encoder, decoder
}

func mustEncode(t testing.TB, e *Encoder, f *media.Frame, key bool) []byte {
	t.Helper()
	frame, _, err := e.Encode(f, key)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func mustDecode(t testing.TB, d *Decoder, frame []byte) *media.Frame {
	t.Helper()
	picture, err := d.Decode(frame)
	if err != nil || picture == nil {
		t.Fatalf("decode: picture %v, error %v", picture != nil, err)
	}
	return picture
}

func isKey(frame []byte) bool { return frame[0]&1 == 0 }

func spread(p []byte, width, height, stride int) []byte {
	out := make([]byte, stride*height)
	for y := range height {
		copy(out[y*stride:], p[y*width:(y+1)*width])
	}
	return out
}

func psnr(a, b *media.Frame) float64 {
	var sum float64
	for y := range a.Height {
		for x := range a.Width {
			d := float64(a.Y[y*a.StrideY+x]) - float64(b.Y[y*b.StrideY+x])
			sum += d * d
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(a.Width*a.Height)+1e-9))
}
