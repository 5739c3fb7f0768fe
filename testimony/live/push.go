package live

import (
	"context"
	"fmt"
	"time"

	"paravent/media"
	"paravent/media/hub"
	"paravent/media/whip"
	"paravent/media/whip/endpoint"
	"paravent/testimony"
)

// mediaServer is the media server's id with the hub. It is nobody's seat, and is sent nothing but the public version.
const mediaServer = "media server"

// PushStage is how the broadcast to a media server is doing; empty while there is none.
type PushStage string

// The stages.
const (
	PushConnecting PushStage = "connecting" // also after it was lost
	PushUp         PushStage = "up"
	PushLost       PushStage = "lost" // it is tried again
)

// How a media server that was lost is tried again.
const (
	pushFirstWait   = time.Second
	pushLongestWait = 30 * time.Second
	pushEndsWithin  = 5 * time.Second
)

// push is a broadcast to a media server. It belongs to the session's owner.
type push struct {
	stage  PushStage
	cancel context.CancelFunc
}

// Push sends what the public may have, [testimony.PushedAfter] later or as much later as an order says, to the court's media server, until [Session.EndPush]. It is in the record first. What goes
// there comes out of the sealed public version, as the delayed broadcast does; while the public is kept out, and where a passage is marked, a slate and silence are sent. A server that is
// lost is tried again.
func (s *Session) Push(ctx context.Context) error {
	target, err := s.desk.MediaServer(ctx)
	if err != nil {
		return err
	}
	if err := target.Check(); err != nil {
		return err
	}
	return s.do(func() error {
		if s.push != nil {
			return testimony.ErrSame
		}
		slate, hush, err := blanks()
		if err != nil {
			return err
		}
		stream := "broadcast"
		picture, err := whip.NewLine(media.KindVideo, stream, slate)
		if err != nil {
			return err
		}
		sound, err := whip.NewLine(media.KindAudio, stream, hush)
		if err != nil {
			return err
		}
		e := testimony.Event{At: s.now(), Kind: testimony.PushBegun, Phase: s.state.Phase, Mode: s.state.Mode}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so nothing is sent to the media server: %w", err)
		}
		ctx, cancel := context.WithCancel(s.ctx)
		p := &push{stage: PushConnecting, cancel: cancel}
		s.push = p
		s.enforce()
		subscriber := s.hub.Subscribe(mediaServer)
		s.workers.Go(func() {
			defer subscriber.Close()
			feed(ctx, subscriber, picture, sound)
		})
		s.workers.Go(func() { s.pushTo(ctx, p, target, picture, sound) })
		s.refresh()
		return nil
	})
}

// EndPush ends the broadcast to the media server: what was said and has not gone out yet does not go out.
func (s *Session) EndPush() error {
	return s.do(func() error {
		if s.push == nil {
			return testimony.ErrSame
		}
		s.push.cancel()
		s.push = nil
		s.enforce()
		s.note(testimony.PushEnded, "", "")
		s.refresh()
		return nil
	})
}

// feed gives a media server's two lines what the hub grants, and what stands for nothing where that is nothing.
func feed(ctx context.Context, from *hub.Subscriber, picture, sound *whip.Line) {
	tick := time.NewTicker(packetEvery)
	defer tick.Stop()
	attached := map[*hub.Outgoing]bool{}
	var source uint32
	for {
		select {
		case <-ctx.Done():
			return
		case <-from.Changed():
			now := map[*hub.Outgoing]bool{}
			for _, track := range from.Tracks() {
				if now[track] = true; attached[track] {
					continue
				}
				source++
				if track.Kind == media.KindVideo {
					track.Attach(picture, source)
				} else {
					track.Attach(sound, source)
				}
			}
			attached = now
		case <-tick.C:
			picture.Fill()
			sound.Fill()
		}
	}
}

// pushTo holds a session with the media server, one after the other, until ctx ends.
func (s *Session) pushTo(ctx context.Context, p *push, target endpoint.Endpoint, picture, sound *whip.Line) {
	wait := pushFirstWait
	for ctx.Err() == nil {
		session, err := whip.Publish(ctx, s.api, target, nil, sound.Track, picture.Track)
		if err == nil {
			select {
			case <-session.Up():
				wait = pushFirstWait
				s.pushed(p, PushUp, nil)
				select {
				case <-session.Down():
				case <-ctx.Done():
				}
			case <-session.Down():
			case <-ctx.Done():
			}
			goodbye, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushEndsWithin)
			session.Close(goodbye)
			cancel()
		}
		if ctx.Err() != nil {
			return
		}
		s.pushed(p, PushLost, err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, pushLongestWait)
	}
}

// pushed tells the bench how the broadcast to the media server is doing; the loss of one stands in the record, once.
func (s *Session) pushed(p *push, stage PushStage, why error) {
	s.post(func() {
		if s.push != p || p.stage == stage {
			return
		}
		was := p.stage
		p.stage = stage
		if stage == PushLost {
			s.log.Error("the media server is not reached", "error", why)
			s.alarm("push_lost", "")
			if was == PushUp {
				s.note(testimony.Fault, "", "the media server was lost")
			}
		}
		s.refresh()
	})
}

func (s *Session) pushStage() PushStage {
	if s.push == nil {
		return ""
	}
	return s.push.stage
}
