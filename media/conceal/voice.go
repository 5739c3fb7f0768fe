package conceal

import (
	"crypto/rand"
	"encoding/binary"
	"math"
)

// grain is the span over which the disguise reads back, in samples: 40 ms, the delay that it adds at most.
const grain = 1920

// VoiceDisguise shifts pitch and formants of a voice together, by a factor drawn anew for every session. It deters
// recognition by ear; it does not resist a forensic comparison. It is not safe for concurrent use.
//
// Two heads read a short memory of the voice at another speed than it is written and take turns, each silent when it jumps.
type VoiceDisguise struct {
	factor float64
	memory [4096]float64
	at     int
	phase  float64
}

// NewVoiceDisguise draws a factor: lower by a fifth to a third, or higher by a quarter to a half.
func NewVoiceDisguise() *VoiceDisguise {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	draw := float64(binary.LittleEndian.Uint32(b[:4])) / (1 << 32)
	factor := 0.68 + 0.12*draw
	if b[4]&1 == 1 {
		factor = 1.25 + 0.25*draw
	}
	return disguiseBy(factor)
}

func disguiseBy(factor float64) *VoiceDisguise { return &VoiceDisguise{factor: factor} }

// Disguise takes the next samples and returns as many, delayed by at most 40 ms. If anything goes wrong inside, it
// returns silence, never what it was given.
func (d *VoiceDisguise) Disguise(pcm []int16) (voice Voice) {
	voice = Silence(len(pcm))
	defer func() {
		if recover() != nil {
			voice = Silence(len(pcm))
		}
	}()
	out := make([]int16, len(pcm))
	for i, s := range pcm {
		out[i] = int16(math.Round(d.next(float64(s))))
	}
	return Voice{out}
}

// next writes one sample and reads the two heads. Their gains add up to one, so the result is never louder than the voice.
func (d *VoiceDisguise) next(sample float64) float64 {
	d.memory[d.at] = sample
	other := math.Mod(d.phase+0.5, 1)
	gain := math.Sin(math.Pi * d.phase)
	gain *= gain
	sum := gain*d.read(d.phase*grain) + (1-gain)*d.read(other*grain)
	d.at = (d.at + 1) % len(d.memory)
	d.phase += (1 - d.factor) / grain
	d.phase -= math.Floor(d.phase)
	return math.Max(math.MinInt16, math.Min(math.MaxInt16, sum))
}

// read returns the sound a number of samples ago, between two of them where need be.
func (d *VoiceDisguise) read(ago float64) float64 {
	whole := int(ago)
	part := ago - float64(whole)
	n := len(d.memory)
	near, far := d.memory[(d.at-whole+n)%n], d.memory[(d.at-whole-1+n)%n]
	return near*(1-part) + far*part
}

// SpeechMeter tells whether somebody is speaking, from the energy of their sound. It starts quickly and lets go slowly, so
// that what it shows says nothing of the rhythm of the words.
type SpeechMeter struct {
	floor  float64 // running estimate of the room's noise, root mean square
	loud   int     // samples of speech in a row
	silent int     // samples since speech was last heard
	active bool
}

// Thresholds of the meter, in sample values and samples at 48 kHz.
const (
	quietest = 80    // below this nothing is speech, whatever the room
	attack   = 1920  // 40 ms of speech begin it
	hangover = 28800 // 600 ms without end it
)

// Push takes the next samples and returns whether the person is speaking.
func (m *SpeechMeter) Push(pcm []int16) (speaking bool) {
	if len(pcm) == 0 {
		return m.active
	}
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	level := math.Sqrt(sum / float64(len(pcm)))
	if level > math.Max(quietest, 3*m.floor) {
		m.loud += len(pcm)
		m.silent = 0
	} else {
		m.loud = 0
		m.silent += len(pcm)
	}
	m.follow(level)
	if m.loud >= attack {
		m.active = true
	}
	if m.silent >= hangover {
		m.active = false
	}
	return m.active
}

// follow lets the estimate of the room's noise fall quickly and rise slowly, so that a long answer is not taken for noise.
func (m *SpeechMeter) follow(level float64) {
	rate := 0.0005
	if level < m.floor {
		rate = 0.1
	}
	m.floor += rate * (level - m.floor)
}
