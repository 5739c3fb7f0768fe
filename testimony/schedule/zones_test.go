package schedule_test

import (
	"testing"
	"time"

	"paravent/testimony/schedule"
)

// zones are forty in all parts of the world, with half and quarter hours, southern summers, and countries that gave up shifting their clocks.
var zones = []string{"UTC", "Europe/Paris", "Europe/London", "Europe/Kyiv", "Europe/Chisinau", "Europe/Istanbul", "Europe/Moscow", "Europe/Bucharest", "Europe/Tirane",
	"Africa/Lagos", "Africa/Addis_Ababa", "Africa/Cairo", "Africa/Casablanca", "Africa/Tripoli", "Africa/Johannesburg", "Africa/Khartoum", "Africa/Asmara",
	"Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Dhaka", "Asia/Tehran", "Asia/Kabul", "Asia/Yangon", "Asia/Manila", "Asia/Beirut", "Asia/Jerusalem",
	"Asia/Shanghai", "Asia/Tashkent", "Asia/Colombo", "America/New_York", "America/Bogota", "America/Santiago", "America/Havana", "America/Asuncion",
	"America/St_Johns", "America/Mexico_City", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia"}

// shifts are the moments from 2024 to 2035 at which a zone's clocks are put forward or back.
func shifts(zone *time.Location) []time.Time {
	var found []time.Time
	end := time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); {
		_, shift := at.In(zone).ZoneBounds()
		if shift.IsZero() {
			break
		}
		if at = shift.UTC(); at.Before(end) {
			found = append(found, at)
		}
	}
	return found
}

// TestClocksAroundEveryShift holds the shift of two clocks against what the clocks show, a day before and a day after each shift of either, in every pair of a court and a zone.
func TestClocksAroundEveryShift(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, court := range []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe"} {
		c := load(t, court)
		for _, name := range zones {
			w := load(t, name)
			for _, shift := range append(shifts(c), shifts(w)...) {
				first := shift.Add(-24 * time.Hour).In(c)
				// The same time of day by the court's clock, two days later.
				second := time.Date(first.Year(), first.Month(), first.Day()+2, first.Hour(), first.Minute(), 0, 0, c)
				if second.Hour() != first.Hour() || second.Minute() != first.Minute() {
					continue // there is no such time that day
				}
				want := wall(second.In(w)).Sub(wall(first.In(w))) - 48*time.Hour
				if got := schedule.ClockShift(first, second, c, w); got != want {
					t.Fatalf("%s and %s around %s: %s, want %s", court, name, shift, got, want)
				}
				checked++
			}
		}
	}
	if checked < 2_000 {
		t.Errorf("only %d shifts were looked at", checked)
	}
}

// wall is what a clock shows, as if all days had 24 hours.
func wall(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
}

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestOpeningHoursAroundEveryShift asks minute by minute, in every zone, whether a room is open on the days around each shift of its clocks, and reads the answer off the clock.
func TestOpeningHoursAroundEveryShift(t *testing.T) {
	t.Parallel()
	for _, name := range zones {
		zone := load(t, name)
		for i, shift := range shifts(zone) {
			if i%3 > 0 && testing.Short() {
				continue
			}
			room := schedule.Resource{ID: "r", Kind: schedule.Courtroom, Name: "Room", Zone: name}
			for d := time.Sunday; d <= time.Saturday; d++ {
				room.Open = append(room.Open, schedule.Hours{Day: d, From: 1 * 60, To: 5 * 60}, schedule.Hours{Day: d, From: 22 * 60, To: 24 * 60})
			}
			x := schedule.NewIndex([]schedule.Resource{room}, nil, schedule.Circumstances{}, schedule.Rules{})
			for at := shift.Add(-26 * time.Hour); at.Before(shift.Add(26 * time.Hour)); at = at.Add(30 * time.Minute) {
				b := schedule.Booking{Start: at, Duration: time.Minute, CourtZone: "UTC", WitnessZone: "UTC", Uses: []schedule.ResourceID{"r"}}
				hour := at.In(zone).Hour()
				open := (hour >= 1 && hour < 5) || hour >= 22
				if shut := schedule.AnyHard(x.Check(b)); shut == open {
					t.Fatalf("%s at %s: open %v, refused %v", name, at.In(zone), open, shut)
				}
			}
		}
	}
}
