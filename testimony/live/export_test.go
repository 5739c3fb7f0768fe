package live

import (
	"paravent/testimony"
	"paravent/testimony/join"
)

// LockDesk locks the vault under a running session, as a disk that fails would.
func (s *Session) LockDesk() { s.desk.Lock() }

// Told is what a seat's page was told last.
func (s *Session) Told(id testimony.ParticipantID) (told join.State) {
	_ = s.do(func() error {
		if g := s.guests[id]; g != nil && g.told != nil {
			told = *g.told
		}
		return nil
	})
	return told
}

// ShownTo reports whether a seat has been sent an exhibit that was not taken from it.
func ShownTo(s *Session, id testimony.ParticipantID) (shown bool) {
	_ = s.do(func() error {
		g := s.guests[id]
		shown = g != nil && g.exhibit != nil
		return nil
	})
	return shown
}

// Yields reports whether a seat's microphone is held back from another one while something is to be kept from it.
func (s *Session) Yields(from, to testimony.ParticipantID) bool {
	return s.seats.Load().grant(string(from), string(to)).Yields
}
