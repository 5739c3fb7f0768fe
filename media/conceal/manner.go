package conceal

import (
	"math"
	"math/rand/v2"
	"time"
)

// habits is a manner taken apart: waves of the clock, each with a period and a phase of its own.
type habits struct {
	breath, sway, swayToo, bob, tilt, nod wave
	shift                                 uint64        // which way the figure sits at each stretch of time
	stretch                               time.Duration // of sitting one way
	head, shoulders                       float64       // proportions, around 1
}

// wave is a slow sine of the clock.
type wave struct {
	period time.Duration
	phase  float64
}

func (w wave) at(t time.Duration) float64 {
	return math.Sin(2*math.Pi*float64(t%w.period)/float64(w.period) + w.phase)
}

// habitsOf reads a manner. The bounds are those of any person at rest, and the same for everybody.
func habitsOf(m Manner) habits {
	r := rand.New(rand.NewPCG(uint64(m), 0x70617261)) // #nosec G404 -- nothing rests on what it draws but the look
	span := func(from, to time.Duration) time.Duration {
		return (from + time.Duration(r.Float64()*float64(to-from))).Round(time.Millisecond)
	}
	some := func(from, to time.Duration) wave { return wave{span(from, to), 2 * math.Pi * r.Float64()} }
	return habits{
		breath: some(3600*time.Millisecond, 5200*time.Millisecond),
		sway:   some(7*time.Second, 12*time.Second), swayToo: some(17*time.Second, 29*time.Second),
		bob: some(6*time.Second, 11*time.Second), tilt: some(9*time.Second, 16*time.Second), nod: some(1700*time.Millisecond, 2600*time.Millisecond),
		shift: r.Uint64(), stretch: span(21*time.Second, 38*time.Second),
		head: 0.97 + 0.06*r.Float64(), shoulders: 0.97 + 0.06*r.Float64(),
	}
}

// pose is how a figure sits at one moment, in shares of its square.
type pose struct {
	risen           float64 // 0 at rest, 1 while speaking
	breath          float64 // how far the shoulders are lifted
	lean            float64 // of the shoulders, to the side
	headX, headY    float64 // of the head, from where it rests
	tilt            float64 // of the head, in radians
	head, shoulders float64 // proportions
}

func (h habits) pose(at time.Duration, risen float64) pose {
	lean := h.leaning(at)
	return pose{
		risen:  risen,
		breath: 0.007*h.breath.at(at) + 0.006*risen,
		lean:   lean,
		headX:  lean*1.3 + 0.010*h.sway.at(at) + 0.007*h.swayToo.at(at),
		headY:  -0.004*h.breath.at(at) + 0.004*h.bob.at(at) - 0.012*risen + risen*0.007*h.nod.at(at),
		tilt:   0.035*h.tilt.at(at) + risen*0.02*h.nod.at(at),
		head:   h.head, shoulders: h.shoulders,
	}
}

// leaning is where the figure sits: it changes its seat once in a while, as anybody does, and takes two seconds for it.
func (h habits) leaning(at time.Duration) float64 {
	n := uint64(at / h.stretch)
	since := float64(at%h.stretch) / float64(2*time.Second)
	return h.seat(n) + (h.seat(n+1)-h.seat(n))*ease(since)
}

func (h habits) seat(n uint64) float64 {
	return 0.04 * (rand.New(rand.NewPCG(h.shift, n)).Float64() - 0.5) // #nosec G404 -- nothing rests on it but the look
}
