package schedule

import (
	"cmp"
	"slices"
	"time"

	"paravent/protection"
	"paravent/testimony"
)

// Permit is another State's permission to hear a witness on its territory, asked for or given. A zero day has no meaning of its own: no beginning, no end.
type Permit struct {
	Country string              // ISO 3166-1 alpha-2, of the State
	Case    protection.CaseID   // it is for one case
	Hearing testimony.HearingID // and for one hearing of it, or for any where it is empty
	Point   ResourceID          // and for one remote point, or for any where it is empty
	Granted bool
	From    Date // the first day and the last one, by the calendar of the place where the witness is
	Until   Date
}

// concerns reports whether a permit is about a hearing at all, whatever was answered.
func (p Permit) concerns(b Booking) bool {
	return p.Case == b.Case && (p.Hearing == "" || p.Hearing == b.Hearing)
}

// Covers reports whether a permit allows a hearing at a place between two moments.
func (p Permit) Covers(b Booking, at Place, from, to time.Time) bool {
	zone, err := time.LoadLocation(b.WitnessZone)
	return err == nil && b.WitnessZone != "" && p.covers(b, at, from, to, zone)
}

// covers is Covers with the zone of the witness.
func (p Permit) covers(b Booking, at Place, from, to time.Time, zone *time.Location) bool {
	if zone == nil || !p.Granted || !p.concerns(b) || at.Country == "" || p.Country != at.Country || (p.Point != "" && p.Point != at.Point) {
		return false
	}
	day := func(t time.Time) Date { return Date(t.In(zone).Format(time.DateOnly)) }
	return (p.From == "" || day(from) >= p.From) && (p.Until == "" || day(to) <= p.Until)
}

// Place is where a witness is heard outside of the court's country.
type Place struct {
	Country string     // empty: nobody has said which
	Point   ResourceID // the remote point; empty: none is taken
}

// Abroad lists the places outside of the court's country where the witness of a hearing is. A remote point is abroad unless both its country and the courtroom's
// are known to be the same. Without a remote point the witness is where permission was asked for; where it was asked for nowhere, and the two clocks of the
// hearing are of different zones, the witness is at a place of which nobody has said the country.
func (x *Index) Abroad(b Booking) []Place {
	court := ""
	if r := x.first(&b, Courtroom); r != nil {
		court = r.Country
	}
	var found []Place
	add := func(p Place) {
		if !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	points := false
	for _, id := range b.Uses {
		if r := x.resources[id]; r != nil && r.Kind == RemotePoint {
			points = true
			if r.Country == "" || r.Country != court {
				add(Place{r.Country, r.ID})
			}
		}
	}
	if points {
		return sorted(found)
	}
	for _, p := range x.standing[b.Party].Permits {
		if p.concerns(b) && p.Country != court {
			add(Place{Country: p.Country})
		}
	}
	if len(found) == 0 && b.CourtZone != b.WitnessZone {
		add(Place{})
	}
	return sorted(found)
}

func sorted(list []Place) []Place {
	slices.SortFunc(list, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Point, b.Point))
	})
	return list
}

// Permitted reports whether a hearing of a booking may be held at a place between two moments, by the permits of its witness.
func (x *Index) Permitted(b Booking, at Place, from, to time.Time) bool {
	zone := x.zone(b.WitnessZone)
	return slices.ContainsFunc(x.standing[b.Party].Permits, func(p Permit) bool { return p.covers(b, at, from, to, zone) })
}

// permits looks whether the States on whose territory the witness is have agreed. A place of which nobody has said the country is asked about when the courtroom
// is opened, and not here: a hearing is planned before all of it is known.
func (c *checker) permits() {
	for _, at := range c.x.Abroad(*c.b) {
		if at.Country != "" && !c.x.Permitted(*c.b, at, c.b.Start, c.b.End()) {
			c.add(Conflict{Rule: NoPermit, Resource: at.Point, From: c.b.Start.UTC(), To: c.b.End().UTC()})
		}
	}
}
