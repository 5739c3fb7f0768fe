package live

import (
	"errors"

	"paravent/testimony"
	"paravent/testimony/join"
)

// present reports whether a seat is let in and connected.
func (s *Session) present(id testimony.ParticipantID) bool {
	g := s.guests[id]
	return g != nil && g.presence == Admitted && g.session != nil
}

func (s *Session) seated(id testimony.ParticipantID) bool { return s.guests[id] != nil }

// lapse ends the talks that a seating does not allow any more, and returns them; they are over when the seating is compiled anew.
func (s *Session) lapse(seats *seating) []testimony.Talk {
	next, ended := s.talks.Lapse(seats.reception, s.hearing, s.present, s.seated)
	s.talks = next
	return ended
}

// talk takes in a guest's word on a private talk.
func (s *Session) talk(g *guest, m join.Talk) {
	id := g.participant.ID
	switch {
	case !s.hearing.Retains(id):
		s.refuseRequest(id) // a page of ours offers it to nobody else
	case m.Do == join.TalkAsk:
		s.askTalk(g, testimony.ParticipantID(m.With))
	case m.Do == join.TalkEnd:
		s.leaveTalk(id, "")
	case m.Do == join.TalkBack:
		s.talks = s.talks.Back(id)
		s.enforce()
		s.refresh()
	}
}

// askTalk begins the talk where the other has asked as well. That it began stands in the record before either can hear the other.
func (s *Session) askTalk(g *guest, to testimony.ParticipantID) {
	id := g.participant.ID
	next, begun, err := s.talks.Ask(s.seats.Load().reception, s.hearing, s.present, id, to, s.now())
	if err != nil {
		_ = g.session.Send(join.Notice{Text: refusedTalk(err)}) // whoever is gone needs no answer
		return
	}
	if begun {
		going, _ := next.Of(id)
		if err := s.keep(s.talkEvent(testimony.TalkBegan, going.Retainer, "")); err != nil {
			s.log.Error("a private talk could not be written down, so it did not begin", "error", err)
			s.alarm("audit_failed", id)
			_ = g.session.Send(join.Notice{Text: "talk_refused"})
			s.refresh()
			return
		}
	}
	s.talks = next
	s.enforce()
	s.refresh()
}

// refusedTalk is what the page says of a talk that may not be.
func refusedTalk(err error) string {
	if errors.Is(err, testimony.ErrTalkBreak) {
		return "talk_break"
	}
	return "talk_refused"
}

// leaveTalk ends the talk that a seat is in, or drops what was asked. It takes effect before it is written down.
func (s *Session) leaveTalk(id testimony.ParticipantID, reason string) {
	next, ended := s.talks.Leave(id)
	s.talks = next
	s.enforce()
	if ended != nil {
		s.noteTalk(*ended, reason)
	}
	s.refresh()
}

// noteTalk writes down that a talk is over.
func (s *Session) noteTalk(ended testimony.Talk, reason string) {
	if err := s.keep(s.talkEvent(testimony.TalkEnded, ended.Retainer, reason)); err != nil {
		s.log.Error("the end of a private talk could not be written down", "error", err)
		s.alarm("audit_failed", ended.Counsel)
	}
}

func (s *Session) talkEvent(kind testimony.EventKind, r testimony.Retainer, reason string) testimony.Event {
	return testimony.Event{At: s.now(), Kind: kind, Phase: s.state.Phase, Mode: s.state.Mode, Participant: r.Counsel, With: r.Client, Reason: reason}
}

// CallBack ends the private talk that a seat is in. Both hear the court again at once; each is seen and heard once they say that they are back.
func (s *Session) CallBack(id testimony.ParticipantID) error {
	return s.do(func() error {
		if _, ok := s.hearing.Participant(id); !ok {
			return ErrNobody
		}
		if s.talks.With(id) == "" {
			return testimony.ErrNoTalk
		}
		s.leaveTalk(id, testimony.TalkByBench)
		return nil
	})
}

// talkFor is what a guest is told of private talks; nil where nobody of the hearing acts for them or they for anybody.
func (s *Session) talkFor(seats *seating, g *guest) *join.TalkState {
	id := g.participant.ID
	if !s.hearing.Retains(id) {
		return nil
	}
	with := s.talks.With(id)
	t := &join.TalkState{With: string(with), Over: s.talks.Away(id), Asked: string(s.talks.Asked(id))}
	for _, other := range s.hearing.RetainedWith(id) {
		p, ok := s.hearing.Participant(other)
		if !ok || other != with && (!s.present(other) || seats.reception.MayTalk(s.hearing, id, other) != nil || s.talks.With(other) != "") {
			continue
		}
		t.Can = append(t.Can, join.Person{ID: string(other), Label: p.Label, Role: string(p.Role)})
		if s.talks.Asked(other) == id {
			t.AskedBy = append(t.AskedBy, string(other))
		}
	}
	return t
}
