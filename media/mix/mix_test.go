package mix

import (
	"math"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"paravent/media"
)

func TestSumOfSources(t *testing.T) {
	t.Parallel()
	m := New()
	m.Push("a", level(100, 4))
	m.Push("b", level(-30, 4))
	m.Push("c", level(5, 4))
	first, second := m.Pull(), m.Pull()
	if len(first) != media.FrameSamples || first[ramp] != 75 || first[len(first)-1] != 75 {
		t.Errorf("%d samples, from %d to %d", len(first), first[ramp], first[len(first)-1])
	}
	if !slices.Equal(second, level(75, 1)) {
		t.Error("the second 20 ms are not the sum")
	}
}

func TestMissingSourcesAreSilent(t *testing.T) {
	t.Parallel()
	m := New()
	if got := m.Pull(); len(got) != media.FrameSamples || slices.ContainsFunc(got, func(s int16) bool { return s != 0 }) {
		t.Error("nobody speaks and something is heard")
	}
	m.Push("a", level(100, 2))
	m.Push("b", level(50, 3))
	m.Pull()
	m.Pull()
	if got := m.Pull(); got[0] != 50 {
		t.Errorf("after one ended, %d", got[0])
	}
	if got := m.Pull(); got[0] != 0 {
		t.Errorf("after both ended, %d", got[0])
	}
	for range forgotten + 1 {
		m.Pull()
	}
	if len(m.sources) != 0 {
		t.Errorf("%d sources are remembered", len(m.sources))
	}
}

func TestACushionCarriesALateFrame(t *testing.T) {
	t.Parallel()
	m := New()
	m.Push("a", level(100, 1))
	if got := m.Pull(); got[500] != 0 {
		t.Error("a source is heard without a cushion")
	}
	m.Push("a", level(100, 1))
	for i := range 50 {
		if i%2 == 0 { // two frames at a time, every other time
			m.Push("a", level(100, 2))
		}
		if got := m.Pull(); got[500] != 100 || got[len(got)-1] != 100 {
			t.Fatalf("a hole at pull %d", i)
		}
	}
}

func TestALastWordIsHeard(t *testing.T) {
	t.Parallel()
	m := New()
	m.Push("a", level(100, 1))
	for i := range leastCushion/media.FrameSamples + 1 {
		if got := m.Pull(); got[500] != 0 {
			t.Fatalf("heard at pull %d", i)
		}
	}
	if got := m.Pull(); got[500] != 100 {
		t.Error("it was never heard")
	}
}

// A source that comes in heaps gathers more until there are no holes any more, and less again when it comes in time.
func TestASourceThatIsLateGathersMore(t *testing.T) {
	t.Parallel()
	m := New()
	holes := func(pulls, heap int) (n int) {
		for i := range pulls {
			if i%heap == 0 {
				m.Push("a", level(100, heap))
			}
			if m.Pull()[500] == 0 {
				n++
			}
		}
		return n
	}
	// The heap that comes one pull late in every second is what a cushion of 40 ms does not carry.
	late := func(rounds int) (n int) {
		for range rounds {
			n += holes(42, 6)
			for range 4 { // late
				if m.Pull()[500] == 0 {
					n++
				}
			}
			m.Push("a", level(100, 4))
		}
		return n
	}
	late(6)
	if n := late(6); n > 6 {
		t.Errorf("%d holes after it has gathered", n)
	}
	if q := m.sources["a"]; q.cushion <= leastCushion || q.cushion > mostCushion {
		t.Errorf("it gathers %d samples", q.cushion)
	}
	if n := holes(12*calm, 1); n > 0 {
		t.Errorf("%d holes in time", n)
	}
	if q := m.sources["a"]; q.cushion != leastCushion || len(q.pcm) > leastCushion+media.FrameSamples {
		t.Errorf("in time it gathers %d samples, and %d wait", q.cushion, len(q.pcm))
	}
}

func TestEdgesAreSoft(t *testing.T) {
	t.Parallel()
	m := New()
	m.Push("a", append(level(20000, 2), level(20000, 1)[:300]...))
	out := append(append(m.Pull(), m.Pull()...), m.Pull()...)
	last := int16(0)
	for i, s := range out {
		if d := int(s) - int(last); d > 900 || d < -900 {
			t.Fatalf("a step of %d at sample %d", d, i)
		}
		last = s
	}
	if out[1000] != 20000 {
		t.Errorf("between its edges it is %d", out[1000])
	}
}

func TestOldSoundIsDropped(t *testing.T) {
	t.Parallel()
	m := New()
	for i := range 30 {
		m.Push("a", level(int16(i+1), 1))
	}
	if got := m.Pull(); got[500] != 16 {
		t.Errorf("the oldest sound left is that of push %d", got[500])
	}
	m.Drop("a")
	if got := m.Pull(); got[500] != 0 {
		t.Error("a dropped source is heard")
	}
}

func TestPushedSoundIsCopied(t *testing.T) {
	t.Parallel()
	m := New()
	pcm := level(100, 3)
	m.Push("a", pcm)
	clear(pcm)
	if got := m.Pull(); got[500] != 100 {
		t.Error("the mixer keeps the caller's memory")
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for _, s := range []int32{0, 1, -1, 24576, -24576} {
		if got := limit(s); int32(got) != s {
			t.Errorf("limit(%d) = %d", s, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int32Range(-40*32768, 40*32767).Draw(t, "a"), rapid.Int32Range(-40*32768, 40*32767).Draw(t, "b")
		if (a < b && limit(a) > limit(b)) || limit(-a) != -limit(a) {
			t.Fatalf("limit(%d) = %d, limit(%d) = %d", a, limit(a), b, limit(b))
		}
		if (a > 0 && limit(a) < 0) || (a < 0 && limit(a) > 0) {
			t.Fatalf("limit(%d) = %d wraps", a, limit(a))
		}
	})
	if limit(math.MaxInt32) != 32766 && limit(math.MaxInt32) != 32767 {
		t.Errorf("the loudest is %d", limit(math.MaxInt32))
	}
}

// However it is pushed, no source waits beyond its bound, and a pull is 20 ms.
func TestQueuesAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := New()
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			if rapid.Bool().Draw(t, "push") {
				source := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "source")
				m.Push(source, make([]int16, rapid.IntRange(0, 20000).Draw(t, "n")))
			} else if n := len(m.Pull()); n != media.FrameSamples {
				t.Fatalf("pulled %d samples", n)
			}
			for name, q := range m.sources {
				if len(q.pcm) > maxQueued {
					t.Fatalf("%d samples of %s wait", len(q.pcm), name)
				}
			}
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	m := New()
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			for range 100 {
				m.Push(name, level(1, 1))
				m.Pull()
			}
			m.Drop(name)
		})
	}
	all.Wait()
	if got := m.Pull(); got[500] != 0 {
		t.Errorf("after all were dropped, %d", got[500])
	}
}

func level(s int16, frames int) []int16 {
	pcm := make([]int16, frames*media.FrameSamples)
	for i := range pcm {
		pcm[i] = s
	}
	return pcm
}
