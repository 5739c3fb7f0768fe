package schedule

import (
	"errors"
	"time"
)

var (
	// ErrMoment is told of what is no day with an hour.
	ErrMoment = errors.New("schedule: neither a day nor an hour")
	// ErrNoSuchHour is told of an hour over which a place's clocks leap on that day, when they are put forward.
	ErrNoSuchHour = errors.New("schedule: the clocks leap over this hour")
)

// OnClock is the moment at which a place's clocks show a day and an hour, written 2027-03-10 10:00 or 2027-03-10T10:00. An hour that the clocks leap over is
// refused: time.Date would take another one, for which nobody was called. Of an hour that comes twice it is one of the two, as time.Date chooses.
func OnClock(typed string, place *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		shown, err := time.Parse(layout, typed)
		if err != nil {
			continue
		}
		at := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, place)
		if at.Day() != shown.Day() || at.Hour() != shown.Hour() || at.Minute() != shown.Minute() {
			return time.Time{}, ErrNoSuchHour
		}
		return at, nil
	}
	return time.Time{}, ErrMoment
}
