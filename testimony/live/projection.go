package live

import (
	"context"
	"time"

	"paravent/media"
	"paravent/media/hub"
)

const (
	// together is how often the public version is brought to where the bench's stands.
	together = 100 * time.Millisecond
	// apart is how far they may be apart.
	apart = 250 * time.Millisecond
	// leap is by how much a recording's clock and the wall clock may disagree before what follows counts as another piece of it.
	leap = 400 * time.Millisecond
)

// keepTogether moves the public version as the bench's moves, until ctx ends. The two are of one hearing and less different passages, so that their clocks
// differ. Where the bench is shown a passage that is missing from the public version, and also where a passage is missing from what the bench is shown alone,
// the public receives nothing.
func (p *playing) keepTogether(ctx context.Context) {
	if p.public == nil {
		return
	}
	tick := time.NewTicker(together)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := p.public.at()
		to, ok := p.publicPlace(p.bench.at().At)
		p.apart.Store(!ok)
		switch {
		case !p.running.Load() || !ok:
			if now.Playing {
				p.public.player.Pause()
			}
			continue
		case (now.At - to).Abs() > apart:
			p.public.player.Seek(to)
		}
		if !now.Playing {
			p.public.player.Play()
		}
	}
}

// publicPlace is where the public version is when the bench's is at a place, and whether the public may have that passage.
func (p *playing) publicPlace(place time.Duration) (time.Duration, bool) {
	at := p.bench.missing.Original(place)
	if p.bench.missing.Picture.Has(at) || p.bench.missing.Voice.Has(at) {
		return 0, false
	}
	at += p.bench.recording.Started.Sub(p.public.recording.Started)
	if at < 0 && at > -apart {
		at = 0 // the two files are begun one after the other
	}
	if at < 0 || at > p.public.missing.Original(p.public.recording.Duration) || p.public.missing.Cut.Has(at) {
		return 0, false
	}
	return p.public.missing.Shown(at), true
}

// feedClock times the blocks of a recording on the clock of the feed that they are sent in, which never runs backwards: as far apart as the recording has them,
// and by the wall clock after a pause or a jump.
type feedClock struct {
	base  time.Duration
	begun time.Time
	last  map[media.Kind]time.Duration
}

func newFeedClock() *feedClock {
	return &feedClock{begun: time.Now(), last: map[media.Kind]time.Duration{}}
}

// at is when a block that stands at a moment of the recording is sent.
func (c *feedClock) at(kind media.Kind, pts time.Duration, now time.Time) time.Duration {
	wall := now.Sub(c.begun)
	if (c.base + pts - wall).Abs() > leap {
		c.base = wall - pts
	}
	next := c.last[kind] + time.Millisecond // pictures that are sent to be built on come at once
	if kind == media.KindAudio {
		next = c.last[kind] + 20*time.Millisecond
	}
	c.last[kind] = max(c.base+pts, next)
	return c.last[kind]
}

// cleared sends a recording to those who are granted it as it is.
func cleared(to *hub.Publisher) func(media.Kind, time.Duration, bool, []byte) {
	clock := newFeedClock()
	packets := map[media.Kind]*timed{media.KindAudio: newTimed(media.KindAudio), media.KindVideo: newTimed(media.KindVideo)}
	return func(kind media.Kind, pts time.Duration, _ bool, frame []byte) {
		for _, p := range packets[kind].packetize(clock.at(kind, pts, time.Now()), frame) {
			to.WriteClear(kind, p)
		}
	}
}

// toPublic sends the public version of a recording to those who are granted that.
func toPublic(to *hub.Publisher) func(media.Kind, time.Duration, bool, []byte) {
	clock := newFeedClock()
	return func(kind media.Kind, pts time.Duration, key bool, frame []byte) {
		_ = to.WriteReleased(kind, clock.at(kind, pts, time.Now()), key, frame) // it fails once the session is over
	}
}
