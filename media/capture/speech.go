package capture

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"paravent/media"
)

// TestSpeech is generated sound with the rhythm of speech: syllables of a voiced tone with two formants, words and pauses.
type TestSpeech struct {
	pace
	pitch float64 // Hz
	n     int64   // samples made
	phase float64 // of the voice's cycle, 0 to 1
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
	pts, err := t.next(ctx)
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
		source := 2*t.phase - 1 + 0.05*(t.noise.Float64()-0.5)
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
