package live

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/media/hub"
)

// brokenFigure draws until it is told to hang or to panic.
type brokenFigure struct {
	figure
	how  atomic.Int32 // 0 draws, 1 hangs, 2 panics
	free chan struct{}
}

func (b *brokenFigure) Draw(speaking bool, at time.Duration) conceal.Picture {
	switch b.how.Load() {
	case 1:
		<-b.free
	case 2:
		panic("out of ink")
	}
	return b.figure.Draw(speaking, at)
}

type brokenDisguise struct{ how string }

func (b *brokenDisguise) Disguise(pcm []int16) conceal.Voice {
	switch b.how {
	case "panics":
		panic("out of breath")
	case "is too short":
		return conceal.Silence(len(pcm) / 2)
	}
	return conceal.Silence(len(pcm))
}
func (b *brokenDisguise) Forget() {}

// A drawing that hangs or panics gives the slate, and the bench is told; when it comes back, so does the figure.
func TestStalledConcealerGivesTheSlate(t *testing.T) {
	t.Parallel()
	r := hub.New()
	defer r.Close()
	publisher := r.Publish("witness")
	var faults atomic.Int32
	c := newConcealer(t.Context(), slog.New(slog.DiscardHandler), publisher, r.Publish("own"), newSitting(conceal.Bust), func(error) { faults.Add(1) })
	broken := &brokenFigure{figure: c.figure, free: make(chan struct{})}
	c.figure = broken

	decoder, err := vpx.NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	var mu sync.Mutex
	slates, figures := 0, 0
	untap := publisher.TapConcealedFrames(func(kind media.Kind, _ bool, _ time.Duration, payload []byte) {
		f, err := decoder.Decode(payload)
		if err != nil || f == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if isSlate(f) {
			slates++
		} else {
			figures++
		}
	})
	defer untap()
	seen := func(slate, figure int) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slates >= slate && figures >= figure
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var workers sync.WaitGroup
	workers.Go(func() { c.draw(ctx) })
	workers.Go(func() { c.watch(ctx) })
	defer workers.Wait()
	defer cancel()

	eventually(t, "the figure", seen(0, 3))
	broken.how.Store(1)
	before := counted(&mu, &slates)
	eventually(t, "the slate while it hangs", seen(before+1, 0))
	eventually(t, "the alarm", func() bool { return faults.Load() >= 1 })
	broken.how.Store(0)
	close(broken.free)
	before = counted(&mu, &figures)
	eventually(t, "the figure again", seen(0, before+3))
	broken.how.Store(2)
	before = counted(&mu, &slates)
	told := faults.Load()
	eventually(t, "the slate when it panics", seen(before+1, 0))
	eventually(t, "another alarm", func() bool { return faults.Load() > told })
}

func isSlate(f *media.Frame) bool { return conceal.Slate(f.Width, f.Height, 0).Resembles(f) }

func counted(mu *sync.Mutex, n *int) int {
	mu.Lock()
	defer mu.Unlock()
	return *n
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("%s did not come", what)
}

// A disguise that breaks is silent from then on, however well it would do afterwards.
func TestBrokenDisguiseIsSilent(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"panics", "is too short"} {
		r := hub.New()
		faults := 0
		c := newConcealer(t.Context(), slog.New(slog.DiscardHandler), r.Publish("witness"), r.Publish("own"), newSitting(conceal.Bust), func(error) { faults++ })
		broken := &brokenDisguise{}
		c.disguise = broken
		if got := c.hear(make([]int16, media.FrameSamples), true); len(got) != media.FrameSamples {
			t.Errorf("before it breaks there are %d samples", len(got))
		}
		broken.how = how
		if got := c.hear(make([]int16, media.FrameSamples), true); got != nil {
			t.Errorf("a disguise that %s lets %d samples through", how, len(got))
		}
		broken.how = ""
		if got := c.hear(make([]int16, media.FrameSamples), true); got != nil || faults != 1 {
			t.Errorf("afterwards there are %d samples and %d alarms", len(got), faults)
		}
		r.Close()
	}
}
