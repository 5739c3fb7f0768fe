package conceal

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
)

// The disguise works on overlapping windows of 43 ms, a new one every 11 ms.
const (
	window = 2048
	hop    = window / 4
	half   = window / 2
)

// Latency is the delay that [VoiceDisguise] adds, in samples at 48 kHz: 43 ms.
const Latency = window

// quefrency is where pitch ends and the shape of the mouth begins in a voice's cepstrum, in samples: 2 ms.
const quefrency = 96

// VoiceDisguise moves the pitch and the formants of a voice, each by a factor of its own drawn anew for every session. It
// deters recognition by ear. It is no anonymisation: accent, rhythm and choice of words remain, and a forensic comparison may
// succeed. It is not safe for concurrent use.
//
// It is a phase vocoder: every window is taken apart into partials, their envelope is removed, the partials are moved and
// given the envelope of another, longer or shorter, throat. Nothing of the input is mixed into the output.
type VoiceDisguise struct {
	pitch, formants float64
	spectral        *transform
	taper           [window]float64

	input   [window]float64 // the last samples, oldest first
	output  [window]float64 // sums that later windows still add to
	filled  int             // new samples since the last window
	before  [half + 1]float64
	phase   [half + 1]float64 // of the synthesis
	scratch struct {
		spectrum, cepstrum  [window]complex128
		magnitude, envelope [half + 1]float64
		frequency           [half + 1]float64 // in bins
		newMagnitude        [half + 1]float64
		newFrequency        [half + 1]float64
	}
	limit limiter
}

// NewVoiceDisguise draws the factors from the system's randomness: pitch lower by 18 to 30 % with formants lower by 8 to
// 18 %, or pitch higher by 22 to 45 % with formants higher by 10 to 22 %.
func NewVoiceDisguise() *VoiceDisguise {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails
	one := float64(binary.LittleEndian.Uint32(b[:4])) / (1 << 32)
	two := float64(binary.LittleEndian.Uint32(b[4:8])) / (1 << 32)
	if b[8]&1 == 0 {
		return disguiseBy(0.70+0.12*one, 0.82+0.10*two)
	}
	return disguiseBy(1.22+0.23*one, 1.10+0.12*two)
}

func disguiseBy(pitch, formants float64) *VoiceDisguise {
	d := &VoiceDisguise{pitch: pitch, formants: formants, spectral: newTransform(window)}
	for i := range d.taper {
		d.taper[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
	}
	return d
}

var errFault = errors.New("the disguise computed no number")

// Disguise takes the next samples, any number of them, and returns as many, [Latency] later. If anything goes wrong inside, it
// returns silence, never what it was given, and begins anew.
func (d *VoiceDisguise) Disguise(pcm []int16) (voice Voice) {
	defer func() {
		if recover() != nil {
			d.Forget()
			voice = Silence(len(pcm))
		}
	}()
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = d.next(s)
	}
	return Voice{out}
}

// Forget drops everything heard so far, the [Latency] that is still to come out included, and keeps the factors.
func (d *VoiceDisguise) Forget() {
	if d != nil {
		*d = *disguiseBy(d.pitch, d.formants)
	}
}

// Again is another disguise with the same factors, that has heard nothing yet.
func (d *VoiceDisguise) Again() *VoiceDisguise { return disguiseBy(d.pitch, d.formants) }

// next gives out one finished sample and takes a new one in.
func (d *VoiceDisguise) next(sample int16) int16 {
	finished := d.output[d.filled]
	d.input[window-hop+d.filled] = float64(sample)
	if d.filled++; d.filled == hop {
		d.filled = 0
		d.transformWindow()
	}
	if math.IsNaN(finished) || math.IsInf(finished, 0) {
		panic(errFault)
	}
	return d.limit.pass(finished)
}

func (d *VoiceDisguise) transformWindow() {
	copy(d.output[:], d.output[hop:])
	clear(d.output[window-hop:])
	x := d.scratch.spectrum[:]
	for i, s := range d.input {
		x[i] = complex(s*d.taper[i], 0)
	}
	copy(d.input[:], d.input[hop:])
	d.spectral.forward(x)
	d.analyse()
	d.findEnvelope()
	d.move()
	d.synthesise()
	const overlapGain = 1.5 // the sum of four squared tapers
	for i := range d.output {
		d.output[i] += real(x[i]) * d.taper[i] / overlapGain
	}
}

// analyse finds the strength and the true frequency of every partial: a bin's phase says where in it the partial lies.
func (d *VoiceDisguise) analyse() {
	const turnPerHop = 2 * math.Pi * hop / window
	s := &d.scratch
	for k := range s.magnitude {
		re, im := real(s.spectrum[k]), imag(s.spectrum[k])
		s.magnitude[k] = math.Sqrt(re*re + im*im)
		phase := math.Atan2(im, re)
		deviation := math.Remainder(phase-d.before[k]-float64(k)*turnPerHop, 2*math.Pi)
		d.before[k] = phase
		s.frequency[k] = float64(k) + deviation/turnPerHop
	}
}

// findEnvelope smooths the logarithmic spectrum: what changes slowly over frequency is the shape of the mouth.
func (d *VoiceDisguise) findEnvelope() {
	const floor = 1 // keeps the logarithm finite; far below one sample step
	s := &d.scratch
	c := s.cepstrum[:]
	for k := range s.magnitude {
		level := complex(math.Log(s.magnitude[k]+floor), 0)
		c[k] = level
		c[(window-k)%window] = level
	}
	d.spectral.inverse(c)
	clear(c[quefrency+1 : window-quefrency])
	d.spectral.forward(c)
	for k := range s.envelope {
		s.envelope[k] = math.Exp(real(c[k]))
	}
}

// move carries every partial to its new place, stripped of the old envelope and dressed in the new one.
func (d *VoiceDisguise) move() {
	s := &d.scratch
	clear(s.newMagnitude[:])
	clear(s.newFrequency[:])
	strongest := [half + 1]float64{}
	for k, magnitude := range s.magnitude {
		to := int(math.Round(float64(k) * d.pitch))
		if to > half {
			break
		}
		flat := magnitude / s.envelope[k]
		s.newMagnitude[to] += flat
		if flat >= strongest[to] {
			strongest[to], s.newFrequency[to] = flat, s.frequency[k]*d.pitch
		}
	}
	for k := range s.newMagnitude {
		s.newMagnitude[k] *= d.envelopeAt(float64(k) / d.formants)
	}
}

func (d *VoiceDisguise) envelopeAt(bin float64) float64 {
	low := int(bin)
	if low >= half {
		return 0
	}
	part := bin - float64(low)
	return d.scratch.envelope[low]*(1-part) + d.scratch.envelope[low+1]*part
}

// synthesise makes a window of sound from the moved partials; their phases run on from the window before and have nothing of
// the input's.
func (d *VoiceDisguise) synthesise() {
	const turnPerHop = 2 * math.Pi * hop / window
	s := &d.scratch
	clear(s.spectrum[:])
	for k := 1; k < half; k++ { // without the ends, which carry no voice
		d.phase[k] = math.Mod(d.phase[k]+s.newFrequency[k]*turnPerHop, 2*math.Pi)
		sin, cos := math.Sincos(d.phase[k])
		s.spectrum[k] = complex(2*s.newMagnitude[k]*cos, 2*s.newMagnitude[k]*sin)
	}
	d.spectral.inverse(s.spectrum[:])
}

// limiter keeps sound within 16 bits: it turns down at once and up again slowly, so that nothing wraps or clips.
type limiter struct{ peak float64 }

const (
	ceiling = 30000
	release = 0.9997 // a sample: half in 48 ms
)

func (l *limiter) pass(x float64) int16 {
	l.peak = math.Max(math.Abs(x), l.peak*release)
	if l.peak > ceiling {
		x *= ceiling / l.peak
	}
	return int16(math.Round(x))
}
