package live

import (
	"fmt"

	"paravent/testimony"
)

// CallWitness places a witness who waits in the hearing. Until then they have no connection for picture and sound, are told of nobody, and nobody of them.
func (s *Session) CallWitness(id testimony.ParticipantID) error {
	return s.do(func() error {
		if err := s.state.CallWitness(s.hearing, s.events, id); err != nil {
			return err
		}
		if g := s.guests[id]; g == nil || g.presence != Admitted {
			return ErrWitness
		}
		if err := s.keep(s.witnessEvent(testimony.WitnessCalled, id)); err != nil {
			return fmt.Errorf("the call was not written down, so the witness still waits: %w", err)
		}
		s.enforce()
		s.refresh()
		return nil
	})
}

// DismissWitness ends a witness's part: the connection is taken down before it returns, and the invitation opens nothing any more. Whoever is to be heard again needs a new
// invitation, and to be admitted and called.
func (s *Session) DismissWitness(id testimony.ParticipantID) error {
	return s.do(func() error {
		if err := s.state.DismissWitness(s.hearing, s.events, id); err != nil {
			return err
		}
		if g := s.guests[id]; g != nil {
			delete(s.guests, id)
			s.enforce()
			s.dismiss(g, "dismissed")
		}
		s.links[id] = ""
		s.note(testimony.WitnessDismissed, id, "")
		s.enforce()
		err := s.desk.Revoke(s.ctx, s.hearing.ID, id)
		s.refresh()
		return err
	})
}

func (s *Session) witnessEvent(kind testimony.EventKind, id testimony.ParticipantID) testimony.Event {
	return testimony.Event{At: s.now(), Kind: kind, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id}
}
