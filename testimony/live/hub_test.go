package live

import (
	"paravent/media/hub"
	"paravent/testimony"
)

// Receiver takes a seat's place at the hub, as its connection would: what it lists is what can still be written to it.
func (s *Session) Receiver(id testimony.ParticipantID) *hub.Subscriber {
	return s.hub.Subscribe(string(id))
}
