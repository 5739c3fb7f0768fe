package live

import (
	"context"
	"errors"
	"sync"
	"time"

	"paravent/media"
	"paravent/media/conceal"
	"paravent/testimony"
	"paravent/testimony/join"
)

// mirrorOf is the hub's publisher of what others would receive of a witness, for that witness alone. It is nobody's seat.
func mirrorOf(id testimony.ParticipantID) string { return "own:" + string(id) }

// How long a witness who wants to hear the changed voice speaks, and how long a word of theirs is waited for.
const (
	clipLength = 5 * time.Second
	clipWithin = 25 * time.Second
)

// clip is a stretch of a changed voice, kept in memory until it has been heard. It begins with the first word.
type clip struct {
	mu    sync.Mutex
	begun bool
	said  []conceal.Voice
	full  chan struct{}
}

func newClip() *clip { return &clip{full: make(chan struct{})} }

func (c *clip) add(voice conceal.Voice, speaking bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.begun = c.begun || speaking
	if !c.begun || c.length() >= clipLength {
		return
	}
	c.said = append(c.said, voice)
	if c.length() >= clipLength {
		close(c.full)
	}
}

func (c *clip) length() time.Duration {
	return time.Duration(len(c.said)*media.FrameSamples) * time.Second / media.SampleRate
}

// take is what was heard: nil where it was too little.
func (c *clip) take(ctx context.Context) []conceal.Voice {
	wait, cancel := context.WithTimeout(ctx, clipWithin)
	defer cancel()
	select {
	case <-c.full:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.said
	case <-wait.Done():
		return nil
	}
}

var errNoVoice = errors.New("nothing was heard")

// catch collects the next words of a changed voice.
func (c *concealer) catch(ctx context.Context) ([]conceal.Voice, error) {
	heard := newClip()
	if !c.clip.CompareAndSwap(nil, heard) {
		return nil, errNoVoice
	}
	defer c.clip.Store(nil)
	if said := heard.take(ctx); said != nil {
		return said, nil
	}
	return nil, errNoVoice
}

// play lets the witness hear a clip at the pace at which it was spoken; along is handed the same sound.
func (c *concealer) play(ctx context.Context, said []conceal.Voice, along func([]int16)) error {
	tick := time.NewTicker(media.FrameSamples * time.Second / media.SampleRate)
	defer tick.Stop()
	for _, voice := range said {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if err := c.mirror.WriteVoice(voice); err != nil {
			return err
		}
		if along != nil {
			along(voice.PCM())
		}
	}
	return nil
}

// reflect lets a witness see, and where it is played hear, what others would receive. It runs on the owner's goroutine.
func (s *Session) reflect(id testimony.ParticipantID, on bool) {
	if s.mirrors == nil {
		s.mirrors = map[testimony.ParticipantID]bool{}
	}
	if on {
		s.mirrors[id] = true
	} else {
		delete(s.mirrors, id)
	}
	s.enforce()
	s.refresh()
}

// ownVoice lets a witness hear the changed voice: the next words are kept, in memory alone, and played to the witness. Everybody else receives what they receive.
// It is refused where nothing of the witness is taken in, or while it is under way.
func (s *Session) ownVoice(g *guest) {
	id, c, session := g.participant.ID, g.concealer, g.session
	if c == nil || s.mirrors[id] || !s.seats.Load().heard(id) {
		_ = session.Send(join.Notice{Text: "voice_later"}) // whoever is gone needs no answer
		return
	}
	s.note(testimony.Requested, id, join.AskVoice)
	s.reflect(id, true)
	_ = session.Send(join.Notice{Text: "voice_speak"})
	s.workers.Go(func() {
		ended := "voice_done"
		said, err := c.catch(c.ctx)
		if err == nil {
			_ = session.Send(join.Notice{Text: "voice_play"})
			err = c.play(c.ctx, said, nil)
		}
		if err != nil {
			ended = "voice_none"
		}
		s.post(func() {
			_ = session.Send(join.Notice{Text: ended})
			s.reflect(id, false)
		})
	})
}
