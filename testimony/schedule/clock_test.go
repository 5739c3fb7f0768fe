package schedule_test

import (
	"errors"
	"testing"
	"time"

	"paravent/testimony/schedule"
)

func TestAnHourThatTheClocksLeapOverIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, zone, utc string
		err              error
	}{
		{"2027-03-28 01:59", "Europe/Paris", "2027-03-28T00:59:00Z", nil},
		{"2027-03-28 02:00", "Europe/Paris", "", schedule.ErrNoSuchHour},
		{"2027-03-28T02:59", "Europe/Paris", "", schedule.ErrNoSuchHour},
		{"2027-03-28 03:00", "Europe/Paris", "2027-03-28T01:00:00Z", nil},
		{"2027-10-03 02:15", "Australia/Lord_Howe", "", schedule.ErrNoSuchHour}, // by half an hour
		{"2027-10-03 02:30", "Australia/Lord_Howe", "2027-10-02T15:30:00Z", nil},
		{"2011-12-30 10:00", "Pacific/Apia", "", schedule.ErrNoSuchHour}, // a whole day
		{"2027-03-28 02:30", "Africa/Lagos", "2027-03-28T01:30:00Z", nil},
		{"2027-02-29 10:00", "Europe/Paris", "", schedule.ErrMoment},
		{"2027-03-28", "Europe/Paris", "", schedule.ErrMoment},
		{"", "Europe/Paris", "", schedule.ErrMoment},
	} {
		place, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := schedule.OnClock(c.typed, place)
		if !errors.Is(err, c.err) {
			t.Errorf("%s in %s: %v, want %v", c.typed, c.zone, err, c.err)
			continue
		}
		if err == nil && at.UTC().Format(time.RFC3339) != c.utc {
			t.Errorf("%s in %s is %s, want %s", c.typed, c.zone, at.UTC().Format(time.RFC3339), c.utc)
		}
	}
}
