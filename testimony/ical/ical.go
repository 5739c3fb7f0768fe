// Package ical writes hearings as an iCalendar file (RFC 5545) that common calendar programs take.
//
// A calendar leaves the vault and is read by whoever passes a screen, so an entry says the pseudonym, the case number and the courtroom: neither where the witness
// is nor what the clock shows there. Start from [Write].
package ical

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/emersion/go-ical"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
)

// Entry is one hearing with what it is called.
type Entry struct {
	Hearing   testimony.Hearing
	Pseudonym protection.Pseudonym
	Reference string // of the case; empty: it is not told
}

type words struct{ session, alone, cancelled string }

var vocabulary = map[policy.Language]words{
	policy.English: {"Session %s · %s", "Session %s", "Cancelled"},
	policy.French:  {"Séance %s · %s", "Séance %s", "Annulée"},
}

// local is how iCalendar writes a time on a clock.
const local = "20060102T150405"

// Write writes the calendar of that name. Cancelled hearings stand in it as cancelled, so that a program that has them takes them back; each change of a hearing
// has a higher sequence number. A hearing whose time zone is unknown is an error. stamp is when the calendar is made.
func Write(w io.Writer, name string, entries []Entry, l policy.Language, stamp time.Time) error {
	return write(w, name, entries, l, stamp, 0)
}

// WriteFeed writes a calendar that programs ask for again and again, and tells them how often (RFC 7986 §5.7).
func WriteFeed(w io.Writer, name string, entries []Entry, l policy.Language, stamp time.Time, refresh time.Duration) error {
	return write(w, name, entries, l, stamp, refresh)
}

func write(w io.Writer, name string, entries []Entry, l policy.Language, stamp time.Time, refresh time.Duration) error {
	c := ical.NewCalendar()
	c.Props.SetText(ical.PropProductID, "-//Paravent//Hearings//"+string(l))
	c.Props.SetText(ical.PropVersion, "2.0")
	c.Props.SetText(ical.PropCalendarScale, "GREGORIAN")
	c.Props.SetText(ical.PropMethod, "PUBLISH")
	c.Props.SetText("X-WR-CALNAME", name)
	if refresh > 0 {
		every := fmt.Sprintf("PT%dM", int(refresh/time.Minute))
		p := ical.NewProp("REFRESH-INTERVAL")
		p.Params.Set(ical.ParamValue, "DURATION")
		p.Value = every
		c.Props.Set(p)
		c.Props.Set(&ical.Prop{Name: "X-PUBLISHED-TTL", Params: ical.Params{}, Value: every})
	}
	zones := map[string][2]time.Time{} // from the first to the last moment
	var events []*ical.Component
	for _, e := range entries {
		event, err := eventOf(e, vocabulary[l], stamp)
		if err != nil {
			return err
		}
		events = append(events, event)
		from, to := e.Hearing.Start, e.Hearing.Start.Add(e.Hearing.Duration)
		if z, known := zones[e.Hearing.CourtZone]; known {
			from, to = earlier(from, z[0]), later(to, z[1])
		}
		zones[e.Hearing.CourtZone] = [2]time.Time{from, to}
	}
	var names []string
	for n := range zones {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		z, err := zoneOf(n, zones[n][0], zones[n][1])
		if err != nil {
			return err
		}
		c.Children = append(c.Children, z)
	}
	c.Children = append(c.Children, events...)
	if len(c.Children) == 0 {
		// The encoder refuses a calendar without components, and calendar programs take this one as empty.
		_, err := fmt.Fprintf(w, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Paravent//Hearings//%s\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n", l)
		return err
	}
	if err := ical.NewEncoder(w).Encode(c); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func eventOf(e Entry, v words, stamp time.Time) (*ical.Component, error) {
	h := e.Hearing
	zone, err := time.LoadLocation(h.CourtZone)
	if err != nil || h.CourtZone == "" {
		return nil, fmt.Errorf("write calendar: court time zone %q is unknown", h.CourtZone)
	}
	event := ical.NewComponent(ical.CompEvent)
	event.Props.SetText(ical.PropUID, string(h.ID)+"@paravent.invalid")
	event.Props.SetDateTime(ical.PropDateTimeStamp, stamp.UTC())
	event.Props.Set(at(ical.PropDateTimeStart, h.Start, zone, h.CourtZone))
	event.Props.Set(at(ical.PropDateTimeEnd, h.Start.Add(h.Duration), zone, h.CourtZone))
	summary := fmt.Sprintf(v.alone, e.Pseudonym)
	if e.Reference != "" {
		summary = fmt.Sprintf(v.session, e.Pseudonym, e.Reference)
	}
	status := "CONFIRMED"
	if !h.Cancelled.IsZero() {
		status, summary = "CANCELLED", v.cancelled+": "+summary
	}
	event.Props.SetText(ical.PropSummary, summary)
	raw(event, ical.PropStatus, status)
	raw(event, ical.PropClass, "PRIVATE")
	raw(event, ical.PropSequence, strconv.Itoa(h.Sequence))
	if h.Room != "" {
		event.Props.SetText(ical.PropLocation, h.Room)
	}
	return event, nil
}

// raw sets a property whose value is a word of the standard, not text.
func raw(c *ical.Component, name, value string) {
	p := ical.NewProp(name)
	p.Value = value
	c.Props.Set(p)
}

// at is a time on the zone's clock; in UTC where the clock shows it twice and the second is meant, for the standard reads it as the first (RFC 5545 §3.3.5).
func at(name string, t time.Time, zone *time.Location, id string) *ical.Prop {
	p := ical.NewProp(name)
	if id == "UTC" || second(t.In(zone)) {
		p.Value = t.UTC().Format(local) + "Z"
		return p
	}
	p.Params.Set(ical.ParamTimezoneID, id)
	p.Value = t.In(zone).Format(local)
	return p
}

// second reports whether the clock has shown this time once before, in the hour after it was put back.
func second(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, before := start.Add(-time.Second).In(t.Location()).Zone()
	_, now := t.Zone()
	return t.Sub(start) < time.Duration(before-now)*time.Second
}

// zoneOf describes a zone from one moment to another, each change of its clocks by itself: exact, and without a rule that a program could read differently.
func zoneOf(id string, from, to time.Time) (*ical.Component, error) {
	zone, err := time.LoadLocation(id)
	if err != nil {
		return nil, fmt.Errorf("write calendar: time zone %q is unknown", id)
	}
	z := ical.NewComponent(ical.CompTimezone)
	z.Props.SetText(ical.PropTimezoneID, id)
	for t := from.In(zone); ; {
		start, end := t.ZoneBounds()
		z.Children = append(z.Children, observance(t, start))
		if end.IsZero() || end.After(to) {
			return z, nil
		}
		t = end.In(zone)
	}
}

// observance is the offset that holds at a moment, since start.
func observance(t, start time.Time) *ical.Component {
	kind := ical.CompTimezoneStandard
	if t.IsDST() {
		kind = ical.CompTimezoneDaylight
	}
	name, offset := t.Zone()
	before, onset := offset, "19700101T000000"
	if !start.IsZero() {
		_, before = start.Add(-time.Second).In(t.Location()).Zone()
		onset = start.UTC().Add(time.Duration(before) * time.Second).Format(local)
	}
	o := ical.NewComponent(kind)
	raw(o, ical.PropDateTimeStart, onset)
	raw(o, ical.PropTimezoneOffsetFrom, offsetWord(before))
	raw(o, ical.PropTimezoneOffsetTo, offsetWord(offset))
	o.Props.SetText(ical.PropTimezoneName, name)
	return o
}

func offsetWord(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	word := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		word += fmt.Sprintf("%02d", s)
	}
	return word
}
