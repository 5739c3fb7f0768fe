package conceal

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paravent/media"
	"paravent/media/capture"
)

func TestFundamentalMovesByTheFactor(t *testing.T) {
	t.Parallel()
	for _, factor := range []float64{0.7, 0.82, 1.22, 1.45} {
		for seed := range uint64(4) {
			speech := capture.NewTestSpeech(seed).Speak(2 * media.SampleRate)
			disguised := disguiseBy(factor, 1.1).Disguise(speech).PCM()
			// The same stretch in the middle of a phrase, before and after.
			before := pitchOf(t, speech[48000:62400])
			after := pitchOf(t, disguised[48000+Latency:62400+Latency])
			if got := after / before; math.Abs(got/factor-1) > 0.03 {
				t.Errorf("voice %d: %.1f Hz became %.1f Hz, a factor of %.3f instead of %.3f", seed, before, after, got, factor)
			}
		}
	}
}

func TestFormantsMoveByTheirOwnFactor(t *testing.T) {
	t.Parallel()
	// A noise with one formant at 1500 Hz: it has no pitch, so what moves is the formant.
	noise := formantNoise(1500, 4*media.SampleRate)
	before := centre(noise)
	for _, factor := range []float64{0.82, 0.92, 1.1, 1.22} {
		after := centre(disguiseBy(1.3, factor).Disguise(noise).PCM()[2*Latency:])
		if got := after / before; math.Abs(got/factor-1) > 0.06 {
			t.Errorf("the formant moved from %.0f to %.0f Hz, a factor of %.3f instead of %.3f", before, after, got, factor)
		}
	}
}

func TestNothingPassesStraightThrough(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	noise := make([]int16, media.SampleRate/4)
	for i := range noise {
		noise[i] = int16(r.IntN(20000) - 10000)
	}
	for name, in := range map[string][]int16{"speech": capture.NewTestSpeech(5).Speak(media.SampleRate / 4), "noise": noise} {
		for _, factor := range []float64{0.7, 0.82, 1.22, 1.45} {
			out := disguiseBy(factor, math.Sqrt(factor)).Disguise(in).PCM()
			if most, lag := likeness(in, out, 2*Latency); most > 0.35 {
				t.Errorf("%s by %.2f: the output resembles the input %d samples ago by %.2f", name, factor, lag, most)
			}
		}
	}
	if most, _ := likeness(noise, noise, 10); most < 0.99 {
		t.Errorf("the measure finds a likeness of only %.2f between a sound and itself", most)
	}
}

func TestLatencyIsAsDocumented(t *testing.T) {
	t.Parallel()
	in := make([]int16, 8*Latency)
	for i := 3 * Latency; i < 4*Latency; i++ {
		in[i] = int16(9000 * math.Sin(float64(i)*0.05))
	}
	out := disguiseBy(1.3, 1.1).Disguise(in).PCM()
	loudest := 0.0
	middle := 0
	for at := 0; at+hop <= len(out); at += hop {
		if level := rms(out[at : at+hop]); level > loudest {
			loudest, middle = level, at+hop/2
		}
	}
	want := 3*Latency + Latency/2 + Latency
	if d := middle - want; d < -Latency/2 || d > Latency/2 {
		t.Errorf("the burst's middle came out at %d, expected about %d", middle, want)
	}
	for i, s := range out[:3*Latency] {
		if s != 0 {
			t.Fatalf("sound at %d, before there was any", i)
		}
	}
	for i, s := range out[6*Latency:] {
		if s != 0 {
			t.Fatalf("sound %d samples after it ended", i+2*Latency)
		}
	}
}

func TestSilenceStaysSilence(t *testing.T) {
	t.Parallel()
	d := NewVoiceDisguise()
	for range 50 {
		for _, s := range d.Disguise(make([]int16, media.FrameSamples)).PCM() {
			if s != 0 {
				t.Fatal("sound came of silence")
			}
		}
	}
}

func TestVoiceStaysAsLoudAndNeverClips(t *testing.T) {
	t.Parallel()
	speech := capture.NewTestSpeech(2).Speak(5 * media.SampleRate)
	for _, factors := range [][2]float64{{0.7, 0.82}, {0.82, 0.92}, {1.22, 1.1}, {1.45, 1.22}} {
		out := disguiseBy(factors[0], factors[1]).Disguise(speech).PCM()
		if ratio := rms(out) / rms(speech); ratio < 0.4 || ratio > 2 {
			t.Errorf("%v: %.2f times as loud", factors, ratio)
		}
	}
	loud := make([]int16, media.SampleRate)
	for i := range loud {
		loud[i] = math.MaxInt16
		if i/160%2 == 0 {
			loud[i] = math.MinInt16
		}
	}
	for i, s := range disguiseBy(0.7, 0.82).Disguise(loud).PCM() {
		if s > ceiling || s < -ceiling {
			t.Fatalf("sample %d is %d, beyond the ceiling", i, s)
		}
	}
}

func TestBlockSizesMakeNoDifference(t *testing.T) {
	t.Parallel()
	speech := capture.NewTestSpeech(3).Speak(12000)
	whole := disguiseBy(1.3, 1.1).Disguise(speech).PCM()
	rapid.Check(t, func(t *rapid.T) {
		d := disguiseBy(1.3, 1.1)
		var pieces []int16
		for rest := speech; len(rest) > 0; {
			n := min(rapid.IntRange(0, 6000).Draw(t, "n"), len(rest))
			pieces = append(pieces, d.Disguise(rest[:n]).PCM()...)
			rest = rest[n:]
		}
		if !slices.Equal(pieces, whole) {
			t.Fatal("another cut of the same sound gave another voice")
		}
	})
}

func TestFactorsAreDrawnWithinBounds(t *testing.T) {
	t.Parallel()
	lower, higher, distinct := 0, 0, map[float64]bool{}
	for range 200 {
		d := NewVoiceDisguise()
		distinct[d.pitch] = true
		switch {
		case d.pitch >= 0.70 && d.pitch <= 0.82 && d.formants >= 0.82 && d.formants <= 0.92:
			lower++
		case d.pitch >= 1.22 && d.pitch <= 1.45 && d.formants >= 1.10 && d.formants <= 1.22:
			higher++
		default:
			t.Fatalf("factors %.3f and %.3f", d.pitch, d.formants)
		}
	}
	if lower < 50 || higher < 50 || len(distinct) < 190 {
		t.Errorf("%d lower, %d higher, %d distinct of 200", lower, higher, len(distinct))
	}
}

// Whatever breaks inside, what comes out is silence, and the next sound is disguised again.
func TestFaultsConceal(t *testing.T) {
	t.Parallel()
	speech := capture.NewTestSpeech(1).Speak(media.SampleRate)
	for name, spoil := range map[string]func(*VoiceDisguise){
		"a panic":               func(d *VoiceDisguise) { d.spectral = nil },
		"a table of wrong size": func(d *VoiceDisguise) { d.spectral = newTransform(64) },
		"no number":             func(d *VoiceDisguise) { d.output[d.filled] = math.NaN() },
		"an infinite factor":    func(d *VoiceDisguise) { d.output[d.filled] = math.Inf(1) },
		"an impossible place":   func(d *VoiceDisguise) { d.filled = -1 },
	} {
		d := disguiseBy(1.3, 1.1)
		d.Disguise(speech)
		spoil(d)
		out := d.Disguise(speech[:2*hop]).PCM()
		if len(out) != 2*hop || rms(out) != 0 {
			t.Errorf("%s: %d samples of level %.0f", name, len(out), rms(out))
		}
		after := d.Disguise(speech[:media.SampleRate/4]).PCM()
		if most, _ := likeness(speech, after, 2*Latency); rms(after) < 200 || most > 0.35 || d.pitch != 1.3 {
			t.Errorf("%s: afterwards level %.0f, likeness %.2f, factor %.2f", name, rms(after), most, d.pitch)
		}
	}
	var none *VoiceDisguise
	if out := none.Disguise(speech[:960]).PCM(); len(out) != 960 || rms(out) != 0 {
		t.Error("a missing disguise let something through")
	}
	if out := (&VoiceDisguise{}).Disguise(speech[:4800]).PCM(); len(out) != 4800 || rms(out) != 0 {
		t.Error("an empty disguise let something through")
	}
}

func TestTransformUndoesItself(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	tr := newTransform(64)
	in := make([]complex128, 64)
	for i := range in {
		in[i] = complex(r.NormFloat64(), r.NormFloat64())
	}
	x := slices.Clone(in)
	tr.forward(x)
	for k := range x { // against the definition
		var sum complex128
		for i, v := range in {
			s, c := math.Sincos(-2 * math.Pi * float64(i*k) / 64)
			sum += v * complex(c, s)
		}
		if d := sum - x[k]; math.Hypot(real(d), imag(d)) > 1e-9 {
			t.Fatalf("bin %d is off by %v", k, d)
		}
	}
	tr.inverse(x)
	for i := range x {
		if d := x[i] - in[i]; math.Hypot(real(d), imag(d)) > 1e-12 {
			t.Fatalf("sample %d is off by %v", i, d)
		}
	}
}

func BenchmarkVoiceDisguise(b *testing.B) {
	d := NewVoiceDisguise()
	speech := capture.NewTestSpeech(1).Speak(media.SampleRate)
	for i := 0; b.Loop(); i++ {
		at := i % 50 * media.FrameSamples
		d.Disguise(speech[at : at+media.FrameSamples])
	}
}

// pitchOf finds the fundamental between 60 and 350 Hz by autocorrelation, in Hz.
func pitchOf(t *testing.T, pcm []int16) float64 {
	t.Helper()
	score := func(lag int) float64 {
		var both, a, b float64
		for i := range len(pcm) - lag {
			x, y := float64(pcm[i]), float64(pcm[i+lag])
			both, a, b = both+x*y, a+x*x, b+y*y
		}
		return both / math.Sqrt(a*b+1)
	}
	scores := make([]float64, 801)
	best := 0.0
	for lag := 137; lag <= 800; lag++ {
		scores[lag] = score(lag)
		best = math.Max(best, scores[lag])
	}
	if best < 0.3 {
		t.Fatalf("no pitch: the best likeness is %.2f", best)
	}
	for lag := 138; lag < 800; lag++ { // the first period, not one of its multiples
		if scores[lag] > 0.9*best && scores[lag] >= scores[lag-1] && scores[lag] >= scores[lag+1] {
			return media.SampleRate / float64(lag)
		}
	}
	t.Fatal("no pitch")
	return 0
}

// likeness is the greatest correlation of out with in, 0 to 1, over all delays up to most samples.
func likeness(in, out []int16, most int) (float64, int) {
	best, at := 0.0, 0
	for lag := range most {
		var both, a, b float64
		for i := lag; i < len(out); i++ {
			x, y := float64(in[i-lag]), float64(out[i])
			both, a, b = both+x*y, a+x*x, b+y*y
		}
		if c := math.Abs(both) / math.Sqrt(a*b+1); c > best {
			best, at = c, lag
		}
	}
	return best, at
}

func formantNoise(hertz float64, n int) []int16 {
	r := rand.New(rand.NewPCG(3, 3))
	d := math.Exp(-math.Pi * 200 / media.SampleRate)
	a, b := 2*d*math.Cos(2*math.Pi*hertz/media.SampleRate), -d*d
	var y1, y2 float64
	pcm := make([]int16, n)
	for i := range pcm {
		y := 60*r.NormFloat64() + a*y1 + b*y2
		y1, y2 = y, y1
		pcm[i] = int16(math.Max(-30000, math.Min(30000, y)))
	}
	return pcm
}

// centre is where the spectrum of a noise is strongest, in Hz, averaged over time and smoothed.
func centre(pcm []int16) float64 {
	tr := newTransform(window)
	var power [half]float64
	for at := 0; at+window <= len(pcm); at += window {
		x := make([]complex128, window)
		for i := range x {
			x[i] = complex(float64(pcm[at+i])*(0.5-0.5*math.Cos(2*math.Pi*float64(i)/window)), 0)
		}
		tr.forward(x)
		for k := range power {
			power[k] += real(x[k])*real(x[k]) + imag(x[k])*imag(x[k])
		}
	}
	peak, best := 0, 0.0
	for k := 4; k < half-4; k++ {
		sum := 0.0
		for j := k - 4; j <= k+4; j++ {
			sum += power[j]
		}
		if sum > best {
			best, peak = sum, k
		}
	}
	var weight, moment float64
	for k := max(peak-16, 0); k < min(peak+17, half); k++ {
		weight, moment = weight+power[k], moment+power[k]*float64(k)
	}
	return moment / weight * media.SampleRate / window
}
