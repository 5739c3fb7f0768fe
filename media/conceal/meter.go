package conceal

import (
	"math"

	"paravent/media"
)

// SpeechMeter tells whether somebody is speaking, from the energy of their sound. It starts quickly and lets go slowly, so
// that what it shows says nothing of the rhythm of the words. The zero value is ready; it is not safe for concurrent use.
type SpeechMeter struct {
	quiet  [3]float64 // the quietest push in each of the last seconds: the room's noise
	filled int        // samples in the running second
	loud   int        // samples of speech in a row
	silent int        // samples since speech was last heard
	active bool
	begun  bool
}

// Thresholds of the meter: root mean square in sample values, and samples at 48 kHz.
const (
	quietest  = 80   // below this nothing is speech, whatever the room
	noisiest  = 600  // a room is not taken to be noisier than this: a steady loud voice stays speech
	aboveRoom = 3    // speech is so many times louder than the room
	attack    = 1920 // 40 ms of speech begin it
	hangover  = 28800
)

// Push takes the next samples, 20 ms or more, and returns whether the person is speaking: 40 ms after they began, until
// 600 ms after they ended.
func (m *SpeechMeter) Push(pcm []int16) (speaking bool) {
	if len(pcm) == 0 {
		return m.active
	}
	level := rms(pcm)
	if level > math.Max(quietest, aboveRoom*m.room()) {
		m.loud += len(pcm)
		m.silent = 0
	} else {
		m.loud = 0
		m.silent += len(pcm)
	}
	m.follow(level, len(pcm))
	switch {
	case m.loud >= attack:
		m.active = true
	case m.silent >= hangover:
		m.active = false
	}
	return m.active
}

// room is the noise of the room. The quietest moment of the last seconds is one: no voice holds that long without a breath or
// a consonant.
func (m *SpeechMeter) room() float64 {
	return math.Min(noisiest, math.Min(m.quiet[0], math.Min(m.quiet[1], m.quiet[2])))
}

func (m *SpeechMeter) follow(level float64, samples int) {
	if !m.begun {
		m.begun, m.quiet = true, [3]float64{0, 0, level} // whoever begins by speaking is not the room
	}
	m.quiet[2] = math.Min(m.quiet[2], level)
	if m.filled += samples; m.filled >= media.SampleRate {
		m.filled, m.quiet = 0, [3]float64{m.quiet[1], m.quiet[2], level}
	}
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(len(pcm)))
}
