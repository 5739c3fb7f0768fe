package testimony

import (
	"strings"
	"time"
)

// OpenPlayback opens a recorded testimony to be played: recording is the version that the bench sees, to the roles that receive it, or another version of it.
func (s Session) OpenPlayback(recording RecordingID, to []Role, at time.Time) (Event, error) {
	if s.Phase != Playback {
		return Event{}, ErrPhase
	}
	names := make([]string, len(to))
	for i, r := range to {
		names[i] = string(r)
	}
	e := s.of(PlaybackOpened, "", strings.Join(names, ", "), at)
	e.Recording = recording
	return e, nil
}

// Plays notes that a recording that is open runs from a place on its clock.
func (s Session) Plays(recording RecordingID, place time.Duration, at time.Time) (Event, error) {
	if s.Phase != Playback {
		return Event{}, ErrPhase
	}
	return s.played(PlaybackRuns, recording, place, "", at), nil
}

// StopsPlaying notes that it stands still at a place, for a reason where it stopped by itself.
func (s Session) StopsPlaying(recording RecordingID, place time.Duration, why string, at time.Time) Event {
	return s.played(PlaybackPaused, recording, place, why, at)
}

// MovesPlaying notes that it goes to another place.
func (s Session) MovesPlaying(recording RecordingID, was, place time.Duration, at time.Time) (Event, error) {
	if s.Phase != Playback {
		return Event{}, ErrPhase
	}
	e := s.played(PlaybackMoved, recording, place, "", at)
	e.Was = was
	return e, nil
}

// ClosePlayback notes that it is no longer open.
func (s Session) ClosePlayback(recording RecordingID, place time.Duration, at time.Time) Event {
	return s.played(PlaybackClosed, recording, place, "", at)
}

func (s Session) played(kind EventKind, recording RecordingID, place time.Duration, why string, at time.Time) Event {
	e := s.of(kind, "", why, at)
	e.Recording, e.Place = recording, place
	return e
}
