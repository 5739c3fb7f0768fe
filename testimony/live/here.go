package live

import (
	"context"
	"errors"
	"fmt"

	"paravent/media/capture"
	"paravent/testimony"
)

// ErrNotHere is returned where a word of a witness is asked for who does not sit in this room.
var ErrNotHere = errors.New("the witness does not sit in this room")

// Here are the devices of a witness who sits in the court's own room.
type Here struct {
	Camera     capture.VideoSource
	Microphone capture.AudioSource // not the bench's: who speaks is told apart by it
}

// seatHere gives the witness's seat to whoever sits in this room. It runs before the session's owner does. No link leads to that seat.
func (s *Session) seatHere(devices Here) error {
	p, _ := s.hearing.Participant(s.here)
	e := testimony.Event{At: s.now(), Kind: testimony.Admitted, Phase: s.state.Phase, Mode: s.state.Mode, Participant: p.ID, Reason: testimony.AtDesk}
	if err := s.keep(e); err != nil {
		return fmt.Errorf("that the witness sits here was not written down, so the courtroom was not opened: %w", err)
	}
	publisher := s.hub.Publish(string(p.ID))
	ctx, cancel := context.WithCancel(s.ctx)
	g := &guest{participant: p, presence: Admitted, camera: true, microphone: true, listen: cancel, arrivals: &arrivals{}}
	g.concealer = s.listen(ctx, p, publisher, g.arrivals)
	s.guests[p.ID] = g
	s.enforce()
	s.workers.Go(func() {
		defer devices.Microphone.Close()
		if err := s.speak(devices.Microphone, p.ID, publisher); err != nil && s.ctx.Err() == nil {
			s.lostHere("the witness's microphone stopped", err)
		}
	})
	s.workers.Go(func() {
		defer devices.Camera.Close()
		if err := s.appear(devices.Camera, p.ID, publisher); err != nil && s.ctx.Err() == nil {
			s.lostHere("the witness's camera stopped", err)
		}
	})
	return nil
}

// lostHere tells the bench that one of the witness's devices has failed.
func (s *Session) lostHere(what string, err error) {
	s.log.Error(what, "error", err)
	s.workers.Go(func() {
		s.post(func() {
			s.alarm("device_failed", s.here)
			s.note(testimony.Fault, s.here, what)
			s.refresh()
		})
	})
}

// AnswerHere is what a witness who sits in this room says of the trial of their concealment: whether they saw and heard what others would get.
func (s *Session) AnswerHere(saw bool) error {
	return s.do(func() error {
		if s.here == "" {
			return ErrNotHere
		}
		if s.trial.Stage != testimony.TrialAnswer || s.answered == nil {
			return ErrTrying
		}
		select {
		case s.answered <- saw:
		default: // it was said already
		}
		return nil
	})
}
