package rehearsal_test

import (
	"context"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"paravent/media"
	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// beat is whether the clapper is down at a moment: two seconds of light and tone, two of dark and silence.
func beat(at time.Time) bool { return at.UnixMilli()/2000%2 == 1 }

// clapper is a picture and a sound that change at the same moments, so that whoever decodes both can tell how far they are apart.
type clapper struct {
	tick  *time.Ticker
	start time.Time
	n     int
}

func newClapper(every time.Duration) *clapper {
	return &clapper{tick: time.NewTicker(every), start: time.Now()}
}

func (c *clapper) wait(ctx context.Context) (time.Time, error) {
	select {
	case at := <-c.tick.C:
		return at, nil
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
}

func (c *clapper) Close() error { c.tick.Stop(); return nil }

type flash struct{ *clapper }

func (l flash) Read(ctx context.Context) (*media.Frame, error) {
	at, err := l.wait(ctx)
	if err != nil {
		return nil, err
	}
	f := media.NewFrame(320, 240)
	f.PTS = at.Sub(l.start)
	shade := byte(30)
	if beat(at) {
		shade = 220
	}
	for i := range f.Y {
		f.Y[i] = shade
	}
	for i := range f.U {
		f.U[i], f.V[i] = 128, 128
	}
	return f, nil
}

type tone struct{ *clapper }

func (c tone) Read(ctx context.Context) (media.AudioFrame, error) {
	at, err := c.wait(ctx)
	if err != nil {
		return media.AudioFrame{}, err
	}
	pcm := make([]int16, media.FrameSamples)
	for i := range pcm {
		if beat(at) {
			pcm[i] = int16(9000 * (1 - 2*(c.n/55%2))) // 436 Hz
		}
		c.n++
	}
	return media.AudioFrame{PCM: pcm, PTS: at.Sub(c.start)}, nil
}

// changes keeps the moments at which something that the bench sees or hears has changed.
type changes struct {
	mu sync.Mutex
	on bool
	at []time.Time
}

func (c *changes) is(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on != c.on {
		c.on = on
		c.at = append(c.at, time.Now())
	}
}

func (c *changes) all() []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.at)
}

// apart pairs the changes of picture and sound and returns by how much each picture was later than its sound.
func apart(pictures, sounds []time.Time) (all []time.Duration) {
	for _, p := range pictures {
		for _, s := range sounds {
			if d := p.Sub(s); d.Abs() < 900*time.Millisecond {
				all = append(all, d)
			}
		}
	}
	slices.Sort(all)
	return all
}

// use is what the process has in hand at one moment.
type use struct {
	heap       uint64 // bytes alive
	goroutines int
}

func inUse() use {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return use{m.HeapAlloc, runtime.NumGoroutine()}
}

// A hearing of half an hour with six participants: nothing grows after the first sixth, picture and sound stay together, and nothing runs on afterwards.
// It runs for as long as PARAVENT_SOAK says, and "make soak" says 30 minutes.
func TestSoak(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("PARAVENT_SOAK"))
	if err != nil {
		t.Skip("make soak runs it")
	}
	before := goleak.IgnoreCurrent()
	t.Run("hearing", func(t *testing.T) { soak(t, long) })
	if err := goleak.Find(before); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

func soak(t *testing.T, long time.Duration) {
	s := courtroom(t)
	for i, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleInterpreter, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused, testimony.RoleGallery} {
		var props rehearsal.Props
		switch {
		case role == testimony.RoleWitness:
			props = rehearsal.Props{Picture: flash{newClapper(40 * time.Millisecond)}, Sound: tone{newClapper(20 * time.Millisecond)}}
		case role.Publishes():
			props = rehearsal.Props{Picture: capture.NewTestPicture(uint64(i), 320, 240, 10, nil)}
		}
		p, err := rehearsal.Join(t.Context(), seat(t, s, role).Link, props)
		must(t, err)
		t.Cleanup(p.Leave)
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	var seen, heard changes
	t.Cleanup(s.Pictures(seat(t, s, testimony.RoleWitness).ID, func(f *media.Frame) { seen.is(f.Y[f.StrideY*f.Height/2+f.Width/2] > 125) }))
	t.Cleanup(s.Sound(func(pcm []int16) {
		loud := 0
		for _, v := range pcm {
			if v > 2000 || v < -2000 {
				loud++
			}
		}
		heard.is(loud > len(pcm)/4)
	}))
	var uses []use
	const samples = 30
	for i := range samples {
		time.Sleep(long / samples)
		uses = append(uses, inUse())
		mode := protection.PublicMode
		if i%2 == 0 {
			mode = protection.PrivateMode
		}
		if i < samples-1 {
			must(t, s.SetMode(mode, "Family."))
		}
		t.Logf("%s: %.1f MB, %d goroutines", time.Duration(i+1)*long/samples, float64(uses[i].heap)/1e6, uses[i].goroutines)
	}
	// A machine that is busy with something else makes frames wait for a moment: what grows shows in the middle, not in a peak.
	middleOf := func(list []use, of func(use) float64) float64 {
		var all []float64
		for _, u := range list {
			all = append(all, of(u))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	early, late := uses[samples/6:samples/2], uses[samples/2:]
	heap := func(u use) float64 { return float64(u.heap) }
	if a, b := middleOf(early, heap), middleOf(late, heap); b > a*1.05+1e6 {
		t.Errorf("%.1f MB are in use in the second half, %.1f MB were in the first", b/1e6, a/1e6)
	}
	count := func(u use) float64 { return float64(u.goroutines) }
	if a, b := middleOf(early, count), middleOf(late, count); b > a+2 {
		t.Errorf("%.0f goroutines run in the second half, %.0f did in the first", b, a)
	}
	all := apart(seen.all(), heard.all())
	if len(all) < int(long/(3*time.Second)) {
		t.Fatalf("picture and sound changed together %d times", len(all))
	}
	middle, worst := all[len(all)/2], max(all[len(all)*95/100], -all[len(all)*5/100])
	t.Logf("picture later than sound: %s in the median, up to %s in 19 of 20", middle, worst)
	if middle.Abs() > 80*time.Millisecond {
		t.Errorf("picture and sound are %s apart", middle)
	}
	_, err := s.Close(t.Context())
	must(t, err)
}
