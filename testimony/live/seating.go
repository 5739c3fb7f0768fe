package live

import (
	"paravent/media/hub"
	"paravent/protection"
	"paravent/testimony"
)

// seating is who sits in the session at one moment and what each receives of the others. It is immutable: the hub and the
// recorder read it from their own goroutines, and the session replaces it as a whole.
type seating struct {
	reception testimony.Reception
	admitted  map[testimony.ParticipantID]testimony.Participant // the bench included
	muted     map[testimony.ParticipantID]bool                  // by the bench
	// aired is the most that the public version holds of a witness where it is being broadcast.
	aired          protection.Access
	interpretation testimony.Interpretation
	low            map[testimony.ParticipantID]bool // whose page wants sound first
	here           testimony.ParticipantID          // the seat of a witness who sits in this room; empty for none
	screen         *onScreen                        // a recorded testimony that is open; nil: none is
	pushed         bool                             // the public version goes to a media server
	mirrors        map[testimony.ParticipantID]bool // witnesses who receive what others would receive of them
}

// grant answers the hub: what the subscriber is sent of the publisher.
func (s *seating) grant(publisher, subscriber string) hub.Grant {
	return s.thinned(s.allowed(publisher, subscriber), publisher, testimony.ParticipantID(subscriber))
}

// allowed is what the subscriber may be sent of the publisher. Whoever talks in private hears the one whom they talk with and nobody else: a loudspeaker would carry
// the court's sound, and a witness's voice in it, over the microphone beside it to the other one.
func (s *seating) allowed(publisher, subscriber string) hub.Grant {
	if subscriber == mediaServer {
		if publisher != string(onAir) || !s.pushed {
			return hub.Grant{}
		}
		return released(s.reception.Pushed(s.aired))
	}
	from, to := testimony.ParticipantID(publisher), testimony.ParticipantID(subscriber)
	private, silent := s.reception.Hears(from, to)
	g := s.openly(publisher, subscriber)
	switch {
	case private && s.isHere(from) && s.isHere(to):
		return hub.Grant{Voice: hub.Private}
	case private || silent:
		g.Voice = hub.Nothing
	}
	return g
}

func (s *seating) isHere(id testimony.ParticipantID) bool {
	_, ok := s.admitted[id]
	return ok
}

// openly is what the subscriber may be sent of the publisher but for private talks. Anyone who is not admitted is nobody.
func (s *seating) openly(publisher, subscriber string) hub.Grant {
	from, okFrom := s.admitted[testimony.ParticipantID(publisher)]
	to, okTo := s.admitted[testimony.ParticipantID(subscriber)]
	if publisher == string(onAir) && okTo {
		return s.later(to)
	}
	if publisher == string(Screen) && okTo {
		return s.screened(to)
	}
	if okTo && s.mirrors[to.ID] && publisher == mirrorOf(to.ID) && s.maySend(to.ID) {
		return hub.Grant{Picture: hub.Concealed, Voice: hub.Concealed}
	}
	if !okFrom || !okTo || !s.maySend(from.ID) {
		return hub.Grant{}
	}
	access := s.reception.Access(from, to)
	if access.Release != protection.Live {
		return hub.Grant{}
	}
	g := hub.Grant{Picture: pictureForm(access.Picture), Voice: voiceForm(access.Voice), Yields: s.reception.Yields(from, to),
		Paused: !s.interpretation.Hears(from, to)}
	if from.ID == testimony.BenchID && s.screen != nil && s.screen.running {
		g.Paused = true // the microphone stands beside the loudspeaker that plays it
	}
	if s.muted[from.ID] {
		g.Voice = hub.Nothing
	}
	return g
}

// later is what a seat is sent of the public version after its delay.
func (s *seating) later(to testimony.Participant) hub.Grant {
	return released(s.reception.Broadcast(to, s.aired))
}

// released is an access to the public version after its delay as the hub grants it.
func released(access protection.Access) hub.Grant {
	var g hub.Grant
	if access.Release != protection.Delayed {
		return g
	}
	if access.Picture != protection.NoPicture {
		g.Picture = hub.Released
	}
	if access.Voice != protection.NoVoice {
		g.Voice = hub.Released
	}
	return g
}

// maySend reports whether a participant's picture and sound are taken in at all.
func (s *seating) maySend(id testimony.ParticipantID) bool {
	p, ok := s.admitted[id]
	return ok && s.reception.MaySend(p)
}

// atDesk reports whether a seat is that of a witness who sits in this room, whom no loudspeaker here plays.
func (s *seating) atDesk(id testimony.ParticipantID) bool { return s.here != "" && id == s.here }

// heard reports whether the bench hears a participant; which of the interpreters its desk listens to is another matter.
func (s *seating) heard(id testimony.ParticipantID) bool { return s.maySend(id) && !s.muted[id] }

// recorded is what of a participant goes into a version of the record.
func (s *seating) recorded(id testimony.ParticipantID, version protection.Audience) protection.Access {
	from, ok := s.admitted[id]
	if !ok || !s.heard(id) {
		return protection.Access{}
	}
	return s.reception.RecordOf(from, version)
}

// yieldsInPublic reports whether a participant's microphone is kept out of the public version while a witness speaks.
func (s *seating) yieldsInPublic(id testimony.ParticipantID) bool {
	from, ok := s.admitted[id]
	return !ok || s.reception.YieldsIn(from, protection.PublicRecord)
}

// anyYields reports whether any microphone is kept from anyone, or from the public version, while a witness speaks.
func (s *seating) anyYields() bool {
	for id := range s.admitted {
		if s.yieldsInPublic(id) && s.recorded(id, protection.PublicRecord).Voice != protection.NoVoice {
			return true
		}
		for other := range s.admitted {
			if g := s.allowed(string(id), string(other)); g.Yields && g.Voice != hub.Nothing {
				return true
			}
		}
	}
	return false
}

// differsInPublic reports whether this seating and another give the public different things of a participant, or in
// different sessions.
func (s *seating) differsInPublic(other *seating, id testimony.ParticipantID) bool {
	return s.reception.Session != other.reception.Session || s.recorded(id, protection.PublicRecord) != other.recorded(id, protection.PublicRecord)
}

// receives is what a seat receives of the witness who testifies, as the bench is shown it.
func (s *seating) receives(witness, to testimony.Participant) protection.Access {
	if _, ok := s.admitted[to.ID]; !ok || !s.maySend(witness.ID) {
		return protection.Access{Connected: s.reception.Connected(to)}
	}
	return s.reception.Access(witness, to)
}

// An interpreter-only voice is no voice of the witness at all: the audience hears the interpreter, who is a publisher.
func voiceForm(v protection.Voice) hub.Form {
	switch v {
	case protection.ClearVoice:
		return hub.Clear
	case protection.Disguised:
		return hub.Concealed
	}
	return hub.Nothing
}

func pictureForm(p protection.Picture) hub.Form {
	switch p {
	case protection.ClearPicture:
		return hub.Clear
	case protection.Silhouette:
		return hub.Concealed
	}
	return hub.Nothing
}
