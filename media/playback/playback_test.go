package playback_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/playback"
	"paravent/media/record"
)

const (
	frameEvery = 40 * time.Millisecond
	seconds    = 6
)

type sink struct{ bytes.Buffer }

func (*sink) Sync() error { return nil }

// film is a recording whose n-th picture, 40 ms each, is as bright as its number says, with a key frame every second and a tone beside it.
var film = sync.OnceValues(func() ([]byte, error) {
	var to sink
	w, err := record.NewWriter(&to, []record.Track{{Number: 1, Kind: media.KindVideo, Codec: record.CodecVP8, Width: 64, Height: 64}, {Number: 2, Kind: media.KindAudio, Codec: record.CodecOpus}}, time.Time{})
	if err != nil {
		return nil, err
	}
	video, err := vpx.NewEncoder(vpx.Config{Width: 64, Height: 64, Bitrate: 300, FPS: 25})
	if err != nil {
		return nil, err
	}
	defer video.Close()
	sound, err := opus.NewEncoder(opus.Config{Bitrate: 24})
	if err != nil {
		return nil, err
	}
	defer sound.Close()
	for ms := 0; ms < seconds*1000; ms += 20 {
		pts := time.Duration(ms) * time.Millisecond
		if ms%40 == 0 {
			f := media.NewFrame(64, 64)
			for i := range f.Y {
				f.Y[i] = luma(pts)
			}
			for i := range f.U {
				f.U[i], f.V[i] = 128, 128
			}
			frame, key, err := video.Encode(f, ms%1000 == 0)
			if err == nil {
				err = w.Video(pts, key, frame)
			}
			if err != nil {
				return nil, err
			}
		}
		pcm := make([]int16, media.FrameSamples)
		if ms >= 3000 { // silent, then loud
			for i := range pcm {
				pcm[i] = int16(12000 * math.Sin(float64(i)*2*math.Pi*440/48000))
			}
		}
		packet, err := sound.Encode(pcm)
		if err == nil {
			err = w.Audio(pts, packet)
		}
		if err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return to.Bytes(), err
})

func luma(at time.Duration) byte { return byte(40 + int(at/frameEvery)%150) }

func filmOf(t *testing.T) []byte {
	t.Helper()
	b, err := film()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}

// watcher keeps what a player puts out.
type watcher struct {
	mu      sync.Mutex
	shown   []time.Duration
	bright  []byte
	blank   int
	samples int
	state   playback.State
	clear   []keyed
}

type keyed struct {
	kind media.Kind
	key  bool
}

func (w *watcher) output() playback.Output {
	return playback.Output{
		Picture: func(f *media.Frame) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if f == nil {
				w.blank++
				return
			}
			w.shown, w.bright = append(w.shown, f.PTS), append(w.bright, f.Y[32*f.StrideY+32])
		},
		Sound:   func(pcm []int16) { w.mu.Lock(); w.samples += len(pcm); w.mu.Unlock() },
		Changed: func(s playback.State) { w.mu.Lock(); w.state = s; w.mu.Unlock() },
		Payload: func(k media.Kind, _ time.Duration, key bool, _ []byte) {
			w.mu.Lock()
			w.clear = append(w.clear, keyed{k, key})
			w.mu.Unlock()
		},
	}
}

func (w *watcher) now() playback.State { w.mu.Lock(); defer w.mu.Unlock(); return w.state }

func (w *watcher) last(t *testing.T) (time.Duration, byte) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.shown) == 0 {
		t.Fatal("no picture was shown")
	}
	return w.shown[len(w.shown)-1], w.bright[len(w.bright)-1]
}

// broken cannot be read from a place on, as a sealed file with an altered chunk.
type broken struct {
	*bytes.Reader
	from, until int64
}

var errAltered = errors.New("altered")

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off < b.until && off+int64(len(p)) > b.from {
		n := max(0, int(b.from-off))
		read, err := b.Reader.ReadAt(p[:n], off)
		if err != nil {
			return read, err
		}
		return read, errAltered
	}
	return b.Reader.ReadAt(p, off)
}

func play(t *testing.T, src io.ReaderAt, size int64, fn func(p *playback.Player, w *watcher)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &watcher{}
		p, err := playback.Open(src, size, w.output())
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		synctest.Wait()
		fn(p, w)
	})
}

func TestASeekShowsThePictureOfTheMoment(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	play(t, bytes.NewReader(b), int64(len(b)), func(p *playback.Player, w *watcher) {
		for _, to := range []time.Duration{0, 3370 * time.Millisecond, 990 * time.Millisecond, 1000 * time.Millisecond, 5999 * time.Millisecond, 39 * time.Millisecond} {
			p.Seek(to)
			synctest.Wait()
			at, bright := w.last(t)
			if want := to.Truncate(frameEvery); at != want || math.Abs(float64(bright)-float64(luma(want))) > 4 {
				t.Errorf("seek to %v shows %v of brightness %d, not %v of %d", to, at, bright, want, luma(want))
			}
		}
	})
}

func TestSingleStepsGoOnePictureEachWay(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	play(t, bytes.NewReader(b), int64(len(b)), func(p *playback.Player, w *watcher) {
		p.Seek(2 * time.Second)
		want := 2 * time.Second
		for _, forward := range []bool{true, true, false, false, false, false, true} {
			p.Step(forward)
			synctest.Wait()
			if forward {
				want += frameEvery
			} else {
				want -= frameEvery
			}
			if at, _ := w.last(t); at != want || w.now().At != want || w.now().Playing {
				t.Fatalf("a step leads to %v, state %+v; want %v", at, w.now(), want)
			}
		}
	})
}

func TestItPlaysInTimeAtEverySpeed(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	for _, speed := range playback.Speeds {
		play(t, bytes.NewReader(b), int64(len(b)), func(p *playback.Player, w *watcher) {
			p.SetSpeed(speed)
			p.Play()
			time.Sleep(time.Duration(float64(2*time.Second) / speed))
			synctest.Wait()
			if at := w.now().At; (at - 2*time.Second).Abs() > frameEvery {
				t.Errorf("at %v× after 2 s of it, it stands at %v", speed, at)
			}
			time.Sleep(time.Duration(float64(5*time.Second) / speed))
			synctest.Wait()
			if s := w.now(); !s.Ended || s.Playing || s.Bad != nil {
				t.Errorf("at %v× it does not end: %+v", speed, s)
			}
			w.mu.Lock()
			want := float64(seconds*media.SampleRate) / speed
			if math.Abs(float64(w.samples)-want) > want/100 {
				t.Errorf("at %v× there are %d samples of sound, not %.0f", speed, w.samples, want)
			}
			if len(w.shown) < seconds*25 {
				t.Errorf("at %v× only %d pictures were shown", speed, len(w.shown))
			}
			w.mu.Unlock()
		})
	}
}

// Nothing behind an altered place is shown or heard, by playing or by jumping, and where it is is said.
func TestNothingIsPlayedBehindABadPlace(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	src := broken{bytes.NewReader(b), int64(len(b) / 2), int64(len(b)/2) + 100}
	for name, act := range map[string]func(*playback.Player){
		"played": (*playback.Player).Play,
		"sought": func(p *playback.Player) { p.Seek(5 * time.Second) },
		"twice": func(p *playback.Player) {
			p.Seek(5 * time.Second)
			p.Seek(5500 * time.Millisecond)
			p.Play()
			p.Step(true)
		},
	} {
		play(t, src, int64(len(b)), func(p *playback.Player, w *watcher) {
			act(p)
			time.Sleep(10 * time.Second)
			synctest.Wait()
			s := w.now()
			if s.Bad == nil || !errors.Is(s.Bad, errAltered) || s.Playing || s.Bad.At > 5*time.Second || s.Bad.At == 0 {
				t.Fatalf("%s: %+v", name, s)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.blank == 0 {
				t.Errorf("%s: the picture stays as if nothing were wrong", name)
			}
			for _, at := range w.shown {
				if at > s.Bad.At {
					t.Errorf("%s: %v is shown, behind the bad place at %v", name, at, s.Bad.At)
				}
			}
		})
	}
	play(t, src, int64(len(b)), func(p *playback.Player, w *watcher) { // what is before it can still be seen
		p.Seek(5 * time.Second)
		p.Seek(time.Second)
		synctest.Wait()
		if at, _ := w.last(t); at != time.Second || w.now().Bad != nil {
			t.Errorf("before the bad place: %v, %+v", at, w.now())
		}
	})
}

func TestATornRecordingPlaysToWhereItIsTorn(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	b = b[:len(b)/2]
	play(t, bytes.NewReader(b), int64(len(b)), func(p *playback.Player, w *watcher) {
		p.Play()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if s := w.now(); !s.Ended || !errors.Is(s.Bad, playback.ErrTorn) || s.Bad.At < time.Second {
			t.Errorf("%+v", s)
		}
	})
}

// Those who take part from elsewhere get a key frame first after every jump, whatever it lands on.
func TestWhatIsHandedOnBeginsWithAKeyFrame(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	play(t, bytes.NewReader(b), int64(len(b)), func(p *playback.Player, w *watcher) {
		for _, to := range []time.Duration{1340 * time.Millisecond, 4520 * time.Millisecond, 200 * time.Millisecond} {
			w.mu.Lock()
			w.clear = nil
			w.mu.Unlock()
			p.Pause()
			p.Seek(to)
			p.Play()
			time.Sleep(300 * time.Millisecond)
			p.Pause()
			synctest.Wait()
			w.mu.Lock()
			first, n := true, 0
			for _, k := range w.clear {
				if k.kind == media.KindVideo {
					if first && !k.key {
						t.Errorf("after a jump to %v the first picture handed on is no key frame", to)
					}
					first = false
					n++
				}
			}
			if n < 5 {
				t.Errorf("after a jump to %v %d pictures were handed on", to, n)
			}
			w.mu.Unlock()
		}
	})
}

func TestTheWaveformShowsWhereItIsLoud(t *testing.T) {
	t.Parallel()
	b := filmOf(t)
	var loud []float32
	if err := playback.Waveform(context.Background(), bytes.NewReader(b), int64(len(b)), seconds*time.Second, 60, func(x []float32) { loud = x }); err != nil {
		t.Fatal(err)
	}
	for i, v := range loud {
		if i < 29 && v > 0.02 || i > 31 && v < 0.2 {
			t.Errorf("stretch %d is %v loud", i, v)
		}
	}
	var bad *playback.BadPlace
	err := playback.Waveform(context.Background(), broken{bytes.NewReader(b), int64(len(b) / 2), int64(len(b))}, int64(len(b)), seconds*time.Second, 60, func([]float32) {})
	if !errors.As(err, &bad) || bad.At == 0 {
		t.Errorf("a bad place is not named: %v", err)
	}
}
