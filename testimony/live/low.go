package live

import (
	"paravent/media/hub"
	"paravent/testimony"
)

// soundFirst takes in that a guest's page wants no pictures, or wants them again. It only takes away: what the orders allow stays as it is. How the witness is seen
// and what somebody did not see stands in the record.
func (s *Session) soundFirst(g *guest, why string) {
	if g.low == why {
		return
	}
	g.low = why
	s.enforce()
	if why == "" {
		why = testimony.PicturesAgain
	}
	if g.presence == Admitted {
		s.note(testimony.SoundFirst, g.participant.ID, why)
	}
}

// thinned is a grant without the picture, where the subscriber's page wants sound first. What a witness is to see of their own concealment stays.
func (s *seating) thinned(g hub.Grant, publisher string, subscriber testimony.ParticipantID) hub.Grant {
	if s.low[subscriber] && publisher != mirrorOf(subscriber) {
		g.Picture = hub.Nothing
	}
	return g
}
