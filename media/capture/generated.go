package capture

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"paravent/media"
)

// TestPicture is a generated moving picture, like a person before a bright wall, that nobody can be recognised in.
type TestPicture struct {
	pace          pace
	width, height int
	seed          uint64
	overlay       func(*media.Frame)
}

// NewTestPicture makes a source of pictures of the given size in pixels and rate per second. The seed gives each picture
// its colours; overlay, which may be nil, may draw on each.
func NewTestPicture(seed uint64, width, height, fps int, overlay func(*media.Frame)) *TestPicture {
	return &TestPicture{pace: pace{every: time.Second / time.Duration(fps)}, width: width, height: height, seed: seed, overlay: overlay}
}

// Read returns the next picture.
func (t *TestPicture) Read(ctx context.Context) (*media.Frame, error) {
	pts, err := t.pace.next(ctx)
	if err != nil {
		return nil, err
	}
	f := t.Draw(pts)
	if t.overlay != nil {
		t.overlay(f)
	}
	return f, nil
}

// Close ends the source.
func (t *TestPicture) Close() error { return nil }

// Draw makes the picture of a moment.
func (t *TestPicture) Draw(pts time.Duration) *media.Frame {
	f := media.NewFrame(t.width, t.height)
	f.PTS = pts
	w, h := float64(t.width), float64(t.height)
	seconds := pts.Seconds()
	sway := 0.03 * w * math.Sin(2*math.Pi*seconds/3.1)
	nod := 0.015 * h * math.Sin(2*math.Pi*seconds/1.7)
	mouth := 0.02*h + 0.018*h*math.Abs(math.Sin(2*math.Pi*seconds*2.3))
	cx, cy := w/2+sway, 0.38*h+nod
	r := rand.New(rand.NewPCG(t.seed, 1))
	wall, skin, cloth := 150+r.IntN(40), 110+r.IntN(60), 40+r.IntN(50)
	tint := byte(100 + r.IntN(56))
	for y := range t.height {
		for x := range t.width {
			fx, fy := float64(x), float64(y)
			v := wall + int(20*fx/w)
			switch {
			case inside(fx, fy, cx, cy+0.09*h, 0.06*w*h/w, mouth):
				v = 50
			case inside(fx, fy, cx-0.05*h, cy-0.03*h, 0.018*h, 0.012*h), inside(fx, fy, cx+0.05*h, cy-0.03*h, 0.018*h, 0.012*h):
				v = 35
			case inside(fx, fy, cx, cy-0.12*h, 0.15*h, 0.10*h):
				v = 45
			case inside(fx, fy, cx, cy, 0.14*h, 0.19*h):
				v = skin
			case inside(fx, fy, w/2+sway/2, 1.05*h, 0.4*h, 0.45*h):
				v = cloth + int(10*math.Sin(fx/9))
			}
			f.Y[y*f.StrideY+x] = byte(v)
			if x%2 == 0 && y%2 == 0 {
				i := y/2*f.StrideUV + x/2
				f.U[i], f.V[i] = tint, 255-tint
			}
		}
	}
	return f
}

func inside(x, y, cx, cy, rx, ry float64) bool {
	dx, dy := (x-cx)/rx, (y-cy)/ry
	return dx*dx+dy*dy < 1
}

// TestSpeech is generated sound with the rhythm of speech: syllables of a voiced tone with two formants, words and pauses.
type TestSpeech struct {
	pace  pace
	pitch float64
	n     int64
	phase float64
	form  [2]resonator
	noise *rand.Rand
}

// NewTestSpeech makes a source of speech-like sound. The seed gives it a voice.
func NewTestSpeech(seed uint64) *TestSpeech {
	r := rand.New(rand.NewPCG(seed, 2))
	t := &TestSpeech{pace: pace{every: 20 * time.Millisecond}, pitch: 105 + 110*r.Float64(), noise: r}
	t.form[0].tune(480+200*r.Float64(), 90)
	t.form[1].tune(1300+500*r.Float64(), 130)
	return t
}

// Pitch returns the voice's mean fundamental in Hz.
func (t *TestSpeech) Pitch() float64 { return t.pitch }

// Read returns the next 20 ms.
func (t *TestSpeech) Read(ctx context.Context) (media.AudioFrame, error) {
	pts, err := t.pace.next(ctx)
	if err != nil {
		return media.AudioFrame{}, err
	}
	return media.AudioFrame{PCM: t.Speak(media.FrameSamples), PTS: pts}, nil
}

// Close ends the source.
func (t *TestSpeech) Close() error { return nil }

// Speak makes the next n samples without waiting for their time.
func (t *TestSpeech) Speak(n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		seconds := float64(t.n) / media.SampleRate
		t.n++
		pitch := t.pitch * (1 + 0.04*math.Sin(2*math.Pi*seconds*0.9))
		t.phase = math.Mod(t.phase+pitch/media.SampleRate, 1)
		source := (2*t.phase-1)*1.0 + 0.05*(t.noise.Float64()-0.5)
		voiced := t.form[0].pass(source) + 0.6*t.form[1].pass(source)
		pcm[i] = int16(math.Max(-30000, math.Min(30000, 9000*voiced*rhythm(seconds))))
	}
	return pcm
}

// rhythm is the loudness of speech over time: about four syllables a second, a pause after every few.
func rhythm(seconds float64) float64 {
	phrase := math.Mod(seconds, 3.2)
	if phrase > 2.4 {
		return 0
	}
	s := math.Sin(math.Pi * math.Mod(phrase*4, 1))
	return 0.15 + 0.85*s*s
}

// resonator is a two-pole filter, one formant of a voice.
type resonator struct{ a, b, gain, y1, y2 float64 }

func (r *resonator) tune(hertz, bandwidth float64) {
	d := math.Exp(-math.Pi * bandwidth / media.SampleRate)
	r.a, r.b = 2*d*math.Cos(2*math.Pi*hertz/media.SampleRate), -d*d
	r.gain = 1 - d
}

func (r *resonator) pass(x float64) float64 {
	y := r.gain*x + r.a*r.y1 + r.b*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}
