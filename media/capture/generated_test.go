package capture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"paravent/media"
)

func TestSourcesKeepRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		picture, speech := NewTestPicture(1, 16, 16, 25, nil), NewTestSpeech(1)
		for i := range 50 {
			f, err := picture.Read(t.Context())
			if want := time.Duration(i) * 40 * time.Millisecond; err != nil || f.PTS != want || time.Since(start) != want {
				t.Fatalf("picture %d: PTS %v after %v, error %v", i, f.PTS, time.Since(start), err)
			}
		}
		start = time.Now()
		for i := range 50 {
			s, err := speech.Read(t.Context())
			if want := time.Duration(i) * 20 * time.Millisecond; err != nil || s.PTS != want || time.Since(start) != want || len(s.PCM) != media.FrameSamples {
				t.Fatalf("sound %d: PTS %v after %v, error %v", i, s.PTS, time.Since(start), err)
			}
		}
	})
}

// Whoever reads late gets no old pictures, and all of the sound.
func TestLateReaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		picture, speech := NewTestPicture(1, 16, 16, 10, nil), NewTestSpeech(1)
		read := func() (time.Duration, time.Duration) {
			f, err := picture.Read(t.Context())
			s, err2 := speech.Read(t.Context())
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			return f.PTS, s.PTS
		}
		read()
		<-time.After(time.Second) // the bubble's clock
		if p, s := read(); p < 900*time.Millisecond || p > time.Second || s != 20*time.Millisecond {
			t.Errorf("after a second: picture of %v, sound of %v", p, s)
		}
		if p, s := read(); p > 1100*time.Millisecond || s != 40*time.Millisecond {
			t.Errorf("then: picture of %v, sound of %v", p, s)
		}
	})
}

func TestFreeRunWaitsForNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		speech := NewTestSpeech(1)
		speech.FreeRun()
		var last media.AudioFrame
		for range 100 {
			var err error
			if last, err = speech.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(start) != 0 || last.PTS != 99*20*time.Millisecond {
			t.Errorf("%v passed, and the last PTS is %v", time.Since(start), last.PTS)
		}
	})
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		picture := NewTestPicture(1, 16, 16, 1, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		for range 2 {
			if _, err := picture.Read(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if f, err := picture.Read(ctx); !errors.Is(err, context.DeadlineExceeded) || f != nil {
			t.Errorf("got %v", err)
		}
		if f, err := picture.Read(t.Context()); err != nil || f.PTS != 2*time.Second {
			t.Errorf("the picture that was not read is lost: %v", err)
		}
	})
}

func TestTestPictureMovesAndRepeats(t *testing.T) {
	t.Parallel()
	a, b := NewTestPicture(1, 320, 240, 25, nil), NewTestPicture(1, 320, 240, 25, nil)
	other := NewTestPicture(2, 320, 240, 25, nil)
	first, second := a.Draw(0), a.Draw(400*time.Millisecond)
	if !bytes.Equal(second.Y, b.Draw(400*time.Millisecond).Y) {
		t.Error("the same seed and moment gave two pictures")
	}
	if moved := differing(first.Y, second.Y); moved < 500 || moved > len(first.Y)/2 {
		t.Errorf("%d of %d pixels moved", moved, len(first.Y))
	}
	if differing(first.U, other.Draw(0).U) == 0 {
		t.Error("two seeds look the same")
	}
	for _, size := range [][2]int{{2, 2}, {3, 5}, {17, 300}, {300, 17}} {
		if f := NewTestPicture(1, size[0], size[1], 25, nil).Draw(time.Second); len(f.Y) != size[0]*size[1] {
			t.Errorf("%v: %d pixels", size, len(f.Y))
		}
	}
}

func TestOverlayIsOnEveryPicture(t *testing.T) {
	t.Parallel()
	stamp := image.NewGray(image.Rect(5, 5, 25, 25)) // black, with a white corner; its bounds do not begin at zero
	stamp.SetGray(5, 5, color.Gray{Y: 255})
	p := NewTestPicture(1, 64, 48, 25, Overlay(stamp, 50, 40))
	p.FreeRun()
	for range 3 {
		f, err := p.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]byte{f.Y[40*64+50], f.Y[47*64+63]}; got[0] < 230 || got[1] > 20 {
			t.Errorf("the stamp's corners are %v", got)
		}
	}
}

func TestTestSpeechSoundsLikeSpeech(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		s := NewTestSpeech(seed)
		if s.Pitch() < 100 || s.Pitch() > 220 {
			t.Errorf("seed %d: pitch %.0f Hz", seed, s.Pitch())
		}
		pcm := s.Speak(4 * media.SampleRate)
		if !slices.Equal(pcm, NewTestSpeech(seed).Speak(4*media.SampleRate)) {
			t.Errorf("seed %d: two runs differ", seed)
		}
		words, pause := energy(pcm[:2*media.SampleRate]), energy(pcm[27*media.SampleRate/10:3*media.SampleRate])
		if words < 500 || pause > 5 {
			t.Errorf("seed %d: words at %.0f, pause at %.0f", seed, words, pause)
		}
		if slices.Max(pcm) > 30000 || slices.Min(pcm) < -30000 {
			t.Errorf("seed %d clips", seed)
		}
	}
	if slices.Equal(NewTestSpeech(1).Speak(4800), NewTestSpeech(2).Speak(4800)) {
		t.Error("two seeds sound the same")
	}
}

func BenchmarkTestPicture(b *testing.B) {
	p := NewTestPicture(1, 640, 480, 25, nil)
	for i := 0; b.Loop(); i++ {
		p.Draw(time.Duration(i) * 40 * time.Millisecond)
	}
}

func differing(a, b []byte) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func energy(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
