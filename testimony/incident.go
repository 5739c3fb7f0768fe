package testimony

import (
	"time"

	"paravent/protection"
)

// AdmittedSince reports whether a seat took part at some moment since. A courtroom that is opened again begins with nobody.
func AdmittedSince(record []Event, id ParticipantID, since time.Time) bool {
	in := false
	for _, e := range record {
		if in && !e.At.Before(since) {
			return true
		}
		switch {
		case e.Kind == PhaseChanged && e.Phase == Lobby:
			in = false
		case e.Participant != id:
		case e.Kind == Admitted:
			in = true
		case e.Kind == Left || e.Kind == Removed:
			in = false
		}
	}
	return in
}

// PublicSince reports whether a session, which is in a mode now, was public at some moment since.
func PublicSince(record []Event, now protection.SessionMode, since time.Time) bool {
	public := false
	for _, e := range record {
		if public && !e.At.Before(since) {
			return true
		}
		public = e.Mode == protection.PublicMode
	}
	return public || now == protection.PublicMode
}
