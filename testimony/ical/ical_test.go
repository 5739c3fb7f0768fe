package ical_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/ical"
)

var stamp = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func write(t *testing.T, entries ...ical.Entry) string {
	t.Helper()
	var b bytes.Buffer
	if err := ical.Write(&b, "Hearings", entries, policy.English, stamp); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func entry(id, zone string, start time.Time) ical.Entry {
	return ical.Entry{Pseudonym: "Witness B", Reference: "TC 12/2026", Hearing: testimony.Hearing{ID: testimony.HearingID(id), Start: start, Duration: 90 * time.Minute,
		CourtZone: zone, WitnessZone: "Asia/Kathmandu", Room: "Courtroom 3; first, left"}}
}

// TestAnotherParserReadsWhatWasWritten takes a calendar apart with another library, and reads its times by the time zones that stand in it, as a calendar program without a
// database of zones would: in every zone, around every change of its clocks.
func TestAnotherParserReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	read := 0
	for _, zone := range []string{"Europe/Paris", "Europe/London", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Tehran", "Africa/Casablanca", "Africa/Lagos",
		"Australia/Lord_Howe", "Pacific/Chatham", "America/Santiago", "Asia/Ho_Chi_Minh", "Asia/Beirut", "UTC"} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		var entries []ical.Entry
		want := map[string]time.Time{}
		add := func(at time.Time) {
			id := fmt.Sprint("h", len(entries))
			entries = append(entries, entry(id, zone, at))
			want[id+"@paravent.invalid"] = at
		}
		for shift := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); shift.Year() < 2036; {
			for range 8 {
				add(shift.Add(time.Duration(random.IntN(8*60)-4*60) * time.Minute))
			}
			_, next := shift.In(place).ZoneBounds()
			if next.IsZero() {
				break
			}
			shift = next.UTC()
		}
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		c, err := ics.ParseCalendar(strings.NewReader(write(t, entries...)))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range c.Events() {
			start := e.GetProperty(ics.ComponentPropertyDtStart)
			got := moment(t, c, start)
			if at := want[e.Id()]; !got.Equal(at) {
				t.Errorf("%s: %s %v is read as %s, it was %s", zone, start.Value, start.ICalParameters, got, at.UTC())
			}
			delete(want, e.Id())
			read++
		}
		if len(want) > 0 {
			t.Errorf("%s: %d are missing", zone, len(want))
		}
	}
	if read < 500 {
		t.Errorf("only %d were read", read)
	}
}

// moment reads a time by the zones of the calendar itself (RFC 5545 §3.6.5): the offset of the latest change before it.
func moment(t *testing.T, c *ics.Calendar, p *ics.IANAProperty) time.Time {
	t.Helper()
	if strings.HasSuffix(p.Value, "Z") {
		return parse(t, strings.TrimSuffix(p.Value, "Z"))
	}
	wall := parse(t, p.Value)
	for _, z := range c.Timezones() {
		if z.GetProperty(ics.ComponentPropertyTzid).Value != p.ICalParameters["TZID"][0] {
			continue
		}
		var onset time.Time
		offset, found := time.Duration(0), false
		for _, o := range z.Components {
			var base *ics.ComponentBase
			switch o := o.(type) {
			case *ics.Standard:
				base = &o.ComponentBase
			case *ics.Daylight:
				base = &o.ComponentBase
			default:
				t.Fatalf("%T in a time zone", o)
			}
			value := func(name string) string { return base.GetProperty(ics.ComponentProperty(name)).Value }
			from := parse(t, value("DTSTART"))
			// The onset is what the clock showed before the change, so that an hour that comes twice is read as the first.
			if !wall.Before(from) && (!found || from.After(onset)) {
				onset, offset, found = from, offsetOf(t, value("TZOFFSETTO")), true
			}
		}
		if !found {
			t.Fatalf("%s is before anything that the zone says", p.Value)
		}
		return wall.Add(-offset)
	}
	t.Fatalf("no zone for %v", p.ICalParameters)
	return time.Time{}
}

func parse(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("20060102T150405", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func offsetOf(t *testing.T, s string) time.Duration {
	t.Helper()
	var hours, minutes int
	if _, err := fmt.Sscanf(s[1:5], "%2d%2d", &hours, &minutes); err != nil {
		t.Fatal(err)
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		return -d
	}
	return d
}

// TestAnEntrySaysNothingOfWhereTheWitnessIs and escapes what it says.
func TestAnEntrySaysNothingOfWhereTheWitnessIs(t *testing.T) {
	t.Parallel()
	e := entry("h1", "Europe/Paris", stamp)
	e.Hearing.Participants = []testimony.Participant{{Role: testimony.RoleWitness, Label: "Zephyrine"}}
	e.Hearing.Why, e.Hearing.Uses = "reason", []testimony.ResourceID{"hanoi"}
	text := write(t, e)
	for _, secret := range []string{"Kathmandu", "Zephyrine", "reason", "hanoi", "NPT"} {
		if strings.Contains(text, secret) {
			t.Errorf("the calendar tells %q", secret)
		}
	}
	for _, line := range []string{"SUMMARY:Session Witness B · TC 12/2026\r\n", "LOCATION:Courtroom 3\\; first\\, left\r\n", "STATUS:CONFIRMED\r\n", "CLASS:PRIVATE\r\n", "SEQUENCE:0\r\n",
		"METHOD:PUBLISH\r\n", "DTSTART;TZID=Europe/Paris:20261125T130000\r\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line %q is not folded", line)
		}
	}
}

// TestAChangeOutdoesWhatWasSentBefore: a cancelled hearing stays, by the same id with a higher number.
func TestAChangeOutdoesWhatWasSentBefore(t *testing.T) {
	t.Parallel()
	e := entry("h1", "Europe/Paris", stamp)
	e.Hearing.Sequence, e.Hearing.Cancelled = 3, stamp
	text := write(t, e)
	for _, line := range []string{"UID:h1@paravent.invalid\r\n", "SEQUENCE:3\r\n", "STATUS:CANCELLED\r\n", "SUMMARY:Cancelled: Session Witness B"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing", line)
		}
	}
}

// TestAnEmptyCalendarIsOne, and one with an unknown zone is refused.
func TestAnEmptyCalendarIsOne(t *testing.T) {
	t.Parallel()
	if c, err := ics.ParseCalendar(strings.NewReader(write(t))); err != nil || len(c.Events()) != 0 {
		t.Error(err)
	}
	if err := ical.Write(&bytes.Buffer{}, "x", []ical.Entry{entry("h", "Mars/Olympus", stamp)}, policy.English, stamp); err == nil {
		t.Error("an unknown zone is written")
	}
}
