// Package mix adds up the sound of several people, 20 ms at a time.
//
// Whoever is late is silent, and whoever sends too much is cut: the mix goes at the pace of the one who pulls. The type to
// start from is [Mixer].
package mix

import (
	"sync"

	"paravent/media"
)

// maxQueued bounds one source's waiting sound: 200 ms. More than that would be heard as lag.
const maxQueued = 10 * media.FrameSamples

// Mixer adds mono sources at 48 kHz. It is safe for concurrent use. Use [New].
type Mixer struct {
	mu      sync.Mutex
	sources map[string][]int16
}

// New makes a mixer without sources.
func New() *Mixer { return &Mixer{sources: map[string][]int16{}} }

// Push adds samples to a source's queue; they are copied. When more than 200 ms wait, the oldest are dropped.
func (m *Mixer) Push(source string, pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := append(m.sources[source], pcm...)
	if over := len(q) - maxQueued; over > 0 {
		q = append([]int16(nil), q[over:]...)
	}
	m.sources[source] = q
}

// Drop forgets a source and what it still had to say.
func (m *Mixer) Drop(source string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sources, source)
}

// Pull takes the next 20 ms of every source and returns their sum, media.FrameSamples samples that belong to the caller.
// Where the sum is too loud it is bent, not cut.
func (m *Mixer) Pull() []int16 {
	var sum [media.FrameSamples]int32
	m.mu.Lock()
	for source, q := range m.sources {
		n := min(len(q), media.FrameSamples)
		for i, s := range q[:n] {
			sum[i] += int32(s)
		}
		if n == len(q) {
			delete(m.sources, source)
			continue
		}
		m.sources[source] = q[n:]
	}
	m.mu.Unlock()
	out := make([]int16, media.FrameSamples)
	for i, s := range sum {
		out[i] = limit(s)
	}
	return out
}

// limit keeps a sum within 16 bits: linear up to three quarters of the range, bent above, so that it never wraps or clips.
func limit(s int32) int16 {
	const knee, top = 24576, 32767
	a := s
	if a < 0 {
		a = -a
	}
	if a <= knee {
		return int16(s)
	}
	over, room := int64(a-knee), int64(top-knee)
	bent := int32(knee + over*room/(over+room))
	if s < 0 {
		return int16(-bent)
	}
	return int16(bent)
}
