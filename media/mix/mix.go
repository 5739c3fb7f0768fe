// Package mix adds up the sound of several people, 20 ms at a time.
//
// Whoever is late is silent, and whoever sends too much is cut: the mix goes at the pace of the one who pulls. It decodes
// nothing and keeps no clock. The type to start from is [Mixer].
package mix

import (
	"sync"

	"paravent/media"
)

const (
	// maxQueued bounds one source's waiting sound: 300 ms. More than that would be heard as lag.
	maxQueued = 15 * media.FrameSamples
	// leastCushion is what a source gathers before it is heard, so that a frame a little late tears no hole: 40 ms. Where the network tears
	// holes all the same the source gathers more, up to mostCushion: 160 ms.
	leastCushion = 2 * media.FrameSamples
	mostCushion  = 8 * media.FrameSamples
	// hole is the most pulls without sound after which a source is taken to have been late, and not to have paused: 200 ms.
	hole = 10
	// calm is how many pulls without a hole make a source gather less again: 10 s.
	calm = 500
	// forgotten is after how many pulls without sound a source is forgotten: 1 s.
	forgotten = 50
	// ramp softens the edge where a source begins or breaks off: 1 ms.
	ramp = media.SampleRate / 1000
)

// Mixer adds mono sources at 48 kHz. It is safe for concurrent use. Use [New].
type Mixer struct {
	mu      sync.Mutex
	sources map[string]*queue
}

// queue is one source's waiting sound.
type queue struct {
	pcm     []int16
	heard   bool // it was heard in the last pull
	was     bool // it was heard ever
	passed  int  // pulls that it was passed over while gathering
	idle    int  // pulls since there was anything of it
	cushion int  // what it gathers before it is heard
	calm    int  // pulls since the last hole
	least   int  // the least that waited in them
}

// New makes a mixer without sources.
func New() *Mixer { return &Mixer{sources: map[string]*queue{}} }

// Push adds samples to a source's queue; they are copied. When more than 300 ms wait, the oldest are dropped. A source is
// heard from 40 ms on, or 60 ms after its first samples; one that the network makes late again and again gathers up to 160 ms.
func (m *Mixer) Push(source string, pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.sources[source]
	if q == nil {
		q = &queue{cushion: leastCushion}
		m.sources[source] = q
	}
	if len(pcm) > 0 && q.was && q.idle > 0 && q.idle <= hole {
		q.cushion, q.calm = min(q.cushion+media.FrameSamples, mostCushion), 0
	}
	q.pcm = append(q.pcm, pcm...)
	if over := len(q.pcm) - maxQueued; over > 0 {
		q.pcm = append([]int16(nil), q.pcm[over:]...)
	}
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
		q.addTo(&sum)
		if q.idle > forgotten {
			delete(m.sources, source)
		}
	}
	m.mu.Unlock()
	out := make([]int16, media.FrameSamples)
	for i, s := range sum {
		out[i] = limit(s)
	}
	return out
}

// addTo adds the queue's next 20 ms, or as much as there is.
func (q *queue) addTo(sum *[media.FrameSamples]int32) {
	if len(q.pcm) == 0 {
		q.heard, q.passed = false, 0
		q.idle++
		return
	}
	q.idle = 0
	if patience := q.cushion/media.FrameSamples + 1; !q.heard && len(q.pcm) < q.cushion && q.passed < patience { // a last word of 20 ms is heard, too
		q.passed++
		return
	}
	q.settle()
	n := min(len(q.pcm), media.FrameSamples)
	ends := n == len(q.pcm)
	for i, s := range q.pcm[:n] {
		v := int32(s)
		if !q.heard && i < ramp {
			v = v * int32(i) / ramp
		}
		if left := n - 1 - i; ends && left < ramp {
			v = v * int32(left) / ramp
		}
		sum[i] += v
	}
	q.pcm, q.heard, q.was = q.pcm[n:], true, true
}

// settle makes a source that was in time for a while gather less, and takes 20 ms out of what waited all the while for nothing.
func (q *queue) settle() {
	if q.calm == 0 {
		q.least = len(q.pcm)
	}
	q.calm, q.least = q.calm+1, min(q.least, len(q.pcm))
	if q.calm < calm {
		return
	}
	q.calm, q.cushion = 0, max(q.cushion-media.FrameSamples, leastCushion)
	if q.least < q.cushion+media.FrameSamples {
		return
	}
	for i := range ramp { // no click at the seam
		next := &q.pcm[media.FrameSamples+i]
		*next = int16((int32(q.pcm[i])*int32(ramp-i) + int32(*next)*int32(i)) / ramp)
	}
	q.pcm = q.pcm[media.FrameSamples:]
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
