package live

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/join"
)

// Errors of ending a pause of the witness's side.
var (
	ErrNotHeld  = errors.New("the witness has not stopped picture and sound")
	ErrNotReady = errors.New("the witness has not said yet that they can go on")
)

// askAgain is how soon the same wish of the same guest counts as another one.
const askAgain = 2 * time.Second

// alarmAgain is how long a call for help counts once: a page sends it twice, in case one is lost.
const alarmAgain = 15 * time.Second

// requested takes a guest's wish in. A wish that stands unanswered is renewed and not doubled, so that no guest can push
// another's, least of all a call for help, out of the bench's sight. What a role may not ask for is refused: a page of ours never
// sends it, so that somebody has tampered with it.
func (s *Session) requested(g *guest, kind string) {
	id := g.participant.ID
	if !g.participant.Role.MayAsk(kind) {
		s.refuseRequest(id)
		return
	}
	if kind == join.AskVoice {
		s.ownVoice(g)
		return
	}
	again := askAgain
	if kind == join.AskAlarm {
		again = alarmAgain // and nothing is answered: on the network too a call for help looks like nothing
	} else {
		_ = g.session.Send(join.Notice{Text: "heard"}) // whoever is gone needs no answer
	}
	r := Request{At: s.now(), From: id, Kind: kind}
	if testimony.Stops(kind) || kind == join.AskReady {
		s.hold(testimony.Event{At: r.At, Kind: testimony.Requested, Participant: id, Reason: kind})
		return
	}
	same := func(other Request) bool { return other.From == id && other.Kind == kind }
	if i := slices.IndexFunc(s.requests, same); i >= 0 {
		if r.At.Sub(s.requests[i].At) < again {
			return
		}
		s.requests = slices.Delete(s.requests, i, i+1)
	}
	s.requests = append(s.requests, r)
	if kind == join.AskAlarm {
		s.alarm("help", id)
	}
	s.note(testimony.Requested, id, kind)
	s.refresh()
}

// hold takes in a word of the witness's side on its pause. What it stops has stopped before anything is written down.
func (s *Session) hold(e testimony.Event) {
	before, now := s.holding(), s.held.After(e)
	if now == nil {
		return // there is nothing to go on from
	}
	s.held = now
	s.enforce()
	after := *now
	if soon := after.At.Sub(before.At) < askAgain; soon {
		after.At = before.At
		if after == before {
			return
		}
	}
	s.note(e.Kind, e.Participant, e.Reason)
	s.refresh()
}

// refuseRequest notes that a guest asked for what is not theirs to ask for, once for each guest.
func (s *Session) refuseRequest(id testimony.ParticipantID) {
	known := slices.ContainsFunc(s.alarms, func(a Alarm) bool { return a.Kind == "request_refused" && a.Participant == id })
	if known {
		return
	}
	s.alarm("request_refused", id)
	s.note(testimony.Refusal, id, "request")
	s.refresh()
}

// GoOn ends a pause that the witness's side has called. The bench alone can, and only after that side has said that it can go on.
func (s *Session) GoOn() error {
	return s.do(func() error {
		switch {
		case s.held == nil:
			return ErrNotHeld
		case !s.held.Ready:
			return ErrNotReady
		}
		e := testimony.Event{At: s.now(), Kind: testimony.WentOn, Phase: s.state.Phase, Mode: s.state.Mode, Participant: s.held.From}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the pause goes on: %w", err)
		}
		s.held = nil
		s.enforce()
		s.refresh()
		return nil
	})
}

// heldBanner tells those who do not sit with the witness that they wait, and nothing of why; and those who do, while a recording is played. The banner of a private or closed
// session stays as it is: it says what they receive.
func (s *Session) heldBanner(g *guest) string {
	if s.state.Phase == testimony.Playback && g.participant.Role.WithWitness() {
		return "held"
	}
	testifying := s.state.Phase == testimony.Oath || s.state.Phase == testimony.Testimony
	if s.held == nil || !testifying || s.matrix.Mode != protection.PublicMode && !g.participant.Role.WithWitness() {
		return ""
	}
	return "held"
}
