package schedule

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Clock is a time of day in minutes after midnight, from 00:00 to 24:00. In JSON it is "09:30".
type Clock int

const midnight Clock = 24 * 60

// String writes the clock as it stands in JSON.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText implements [encoding.TextMarshaler].
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads hours and minutes.
func (c *Clock) UnmarshalText(text []byte) error {
	var hour, minute int
	if n, err := fmt.Sscanf(string(text), "%2d:%2d", &hour, &minute); err != nil || n != 2 || len(text) != 5 {
		return fmt.Errorf("%q is not a time of day; write 09:30", text)
	}
	at := Clock(hour*60 + minute)
	if hour < 0 || minute < 0 || minute > 59 || at > midnight {
		return fmt.Errorf("%q is not a time of day; write 09:30", text)
	}
	*c = at
	return nil
}

// Date is a day as ISO 8601 writes it: 2026-12-25.
type Date string

// Valid reports whether there is such a day.
func (d Date) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

// Hours are opening hours on one day of the week.
type Hours struct {
	Day  time.Weekday `json:"day"` // 0 is Sunday
	From Clock        `json:"from"`
	To   Clock        `json:"to"`
}

// OfficeHours are the same hours from Monday to Friday.
func OfficeHours(from, to Clock) []Hours {
	var week []Hours
	for d := time.Monday; d <= time.Friday; d++ {
		week = append(week, Hours{d, from, to})
	}
	return week
}

// Check reports everything that is wrong with a resource, joined; each error begins with the path of the field.
func (r Resource) Check() error {
	var wrong []error
	add := func(path, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
	}
	if !slices.Contains(Kinds, r.Kind) {
		add("kind", "%q is not a kind of resource", r.Kind)
	}
	if len(r.Name) == 0 || len(r.Name) > 200 {
		add("name", "must have 1 to 200 bytes")
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "Local" {
		add("zone", "%q is not a time zone", r.Zone)
	}
	for i, h := range r.Open {
		if h.Day < time.Sunday || h.Day > time.Saturday || h.From < 0 || h.To > midnight || h.From >= h.To {
			add(fmt.Sprintf("open[%d]", i), "must be a day of the week, 0 to 6, and end after it begins")
		}
	}
	for i, d := range r.Closed {
		if !d.Valid() {
			add(fmt.Sprintf("closed[%d]", i), "%q is not a day", d)
		}
	}
	if r.Turn < 0 || r.Turn > 24*60 {
		add("turn", "must be from 0 to 1440 minutes")
	}
	if r.Number < 0 || r.Number > 1000 || (r.Number > 1 && r.Kind != Equipment) {
		add("number", "only equipment has a number, up to 1000")
	}
	if len(r.Country) != 0 && len(r.Country) != 2 {
		add("country", "%q is not a country of two letters", r.Country)
	}
	if r.Kind != Interpreter && (len(r.Speech) > 0 || r.Sex != "") {
		add("speech", "only an interpreter has languages")
	}
	return errors.Join(wrong...)
}

// week is a resource's hours made ready for many questions.
type week struct {
	always bool
	zone   *time.Location // nil: the court's
	days   [7][]Hours
	closed map[Date]bool
}

func newWeek(r Resource) week {
	w := week{always: len(r.Open) == 0 && len(r.Closed) == 0, closed: map[Date]bool{}}
	if r.Zone != "" {
		w.zone, _ = time.LoadLocation(r.Zone)
	}
	for _, h := range r.Open {
		if h.Day >= time.Sunday && h.Day <= time.Saturday {
			w.days[h.Day] = append(w.days[h.Day], h)
		}
	}
	if len(r.Open) == 0 {
		for d := range w.days {
			w.days[d] = []Hours{{time.Weekday(d), 0, midnight}}
		}
	}
	for _, d := range r.Closed {
		w.closed[d] = true
	}
	return w
}

// in is the week of a resource without a zone of its own, at a court.
func (w week) in(court *time.Location) week {
	if w.zone == nil {
		w.zone = court
	}
	return w
}

// shut returns the first moment from from until to at which the resource is not open, and whether that is because of a closed day.
func (w *week) shut(from, to time.Time) (at time.Time, holiday, found bool) {
	if w.always {
		return time.Time{}, false, false
	}
	for at = from; at.Before(to); {
		until, holiday := w.openUntil(at)
		if !until.After(at) {
			return at, holiday, true
		}
		at = until
	}
	return time.Time{}, false, false
}

// openUntil returns until when it is open without a break, as far as the hours of that day and the next shift of the clocks; the moment itself when it is not.
func (w *week) openUntil(at time.Time) (until time.Time, holiday bool) {
	local := at.In(w.zone)
	if len(w.closed) > 0 && w.closed[Date(local.Format(time.DateOnly))] {
		return at, true
	}
	// What the clock on the wall shows decides, also in an hour that comes twice.
	hour, minute, second := local.Clock()
	shows := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	until = at
	for _, h := range w.days[local.Weekday()] {
		from, to := time.Duration(h.From)*time.Minute, time.Duration(h.To)*time.Minute
		if end := at.Add(to - shows); from <= shows && shows < to && end.After(until) {
			until = end
		}
	}
	if _, shift := local.ZoneBounds(); !shift.IsZero() && shift.Before(until) {
		until = shift
	}
	return until, false
}

// ClockShift is how much later by the witness's clock something at the same hour of the court is on a second day than on a first: minus one hour when the
// court's clocks have gone forward in between and the witness's have not.
func ClockShift(first, second time.Time, court, witness *time.Location) time.Duration {
	return apart(second, court, witness) - apart(first, court, witness)
}

func apart(at time.Time, court, witness *time.Location) time.Duration {
	_, c := at.In(court).Zone()
	_, w := at.In(witness).Zone()
	return time.Duration(w-c) * time.Second
}
