package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/testimony"
)

// Standing says whether a party is counted in a family, and why not.
type Standing string

// The standings.
const (
	CountedIn  Standing = "counted"
	NoConsent  Standing = "no_consent"  // not asked, refused, or withdrawn
	NoForm     Standing = "no_form"     // of a mixed case, without a form in either family
	OtherCases Standing = "other_cases" // of the other family only
	WithTeam   Standing = "with_team"   // kept for a team, whose cases are not counted
)

// PartyFigures is how one party stands in the statistics of a family: what of them is derived from the docket, and whether they are counted.
type PartyFigures struct {
	Record   statistics.Record
	Standing Standing
}

// StatisticsOf says how a party stands in the statistics of each family that it has a case of.
func (d *Desk) StatisticsOf(ctx context.Context, party protection.PartyID) ([]PartyFigures, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	var list []PartyFigures
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		p, part, err := locate(tx, parties, string(party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		in, err := readFigureSources(tx, part)
		if err != nil {
			return err
		}
		for _, f := range statistics.Families {
			r, standing := in.record(p, f, d.Now())
			if standing == OtherCases {
				continue
			}
			if part != docketPart {
				standing = WithTeam
			}
			list = append(list, PartyFigures{r, standing})
		}
		return nil
	})
	return list, err
}

// seat is a party in one of its cases.
type seat struct {
	party protection.PartyID
	c     protection.CaseID
}

// figureSources are what the records of a part are made of.
type figureSources struct {
	profiles map[protection.PartyID]statistics.Profile
	cases    map[protection.CaseID]testimony.Case
	orders   map[protection.PartyID][]order.Order
	said     map[protection.PartyID]string // in the care file, to being counted
	outcome  map[seat]statistics.Value
}

func readFigureSources(tx reading, part store.Compartment) (figureSources, error) {
	in := figureSources{profiles: map[protection.PartyID]statistics.Profile{}, cases: map[protection.CaseID]testimony.Case{},
		orders: map[protection.PartyID][]order.Order{}, said: map[protection.PartyID]string{}, outcome: map[seat]statistics.Value{}}
	recorded, err1 := profiles.All(tx, part)
	opened, err2 := cases.All(tx, part)
	ordered, err3 := orders.All(tx, part)
	planned, err4 := hearings.All(tx, part)
	facts, err5 := factsOf.All(tx, part)
	for _, e := range recorded {
		in.profiles[protection.PartyID(e.ID)] = e.Value
	}
	for _, e := range opened {
		in.cases[e.Value.ID] = e.Value
	}
	for _, e := range ordered {
		in.orders[e.Value.Party] = append(in.orders[e.Value.Party], e.Value)
	}
	for _, e := range facts {
		if e.Value.Kind == FactConsent(care.ForStatistics) {
			in.said[e.Value.Party] = e.Value.Word
		}
	}
	for _, e := range planned {
		s := seat{e.Value.Party, e.Value.Case}
		switch {
		case !e.Value.Held.IsZero():
			in.outcome[s] = "testified"
		case in.outcome[s] == "":
			in.outcome[s] = "hearing_planned"
		}
	}
	return in, errors.Join(err1, err2, err3, err4, err5)
}

// record is a party as it is counted in a family. It is made also of who is not counted, for those who see the party.
func (in figureSources) record(p protection.Party, f statistics.Family, now time.Time) (statistics.Record, Standing) {
	profile := in.profiles[p.ID]
	form := profile.FormIn(f)
	var within []protection.CaseID
	mixed := false
	for _, a := range p.Appearances {
		switch offence := in.cases[a.Case].Offence; {
		case string(offence) == string(f), offence == testimony.Mixed && form != "":
			within = append(within, a.Case)
		case offence == testimony.Mixed && profile.Exploited == "" && profile.Smuggled == "":
			mixed = true
		}
	}
	standing := CountedIn
	switch {
	case len(within) == 0 && !mixed:
		return statistics.Record{}, OtherCases
	case len(within) == 0:
		standing = NoForm
	case !agreed(profile.Consent, in.said[p.ID]):
		standing = NoConsent
	}
	r := statistics.Record{Family: f, Form: form, Sex: profile.Sex, AgeBand: profile.AgeBand, Region: profile.Region, Status: statistics.Value(p.Status),
		Measures: "none", Outcome: "no_hearing"}
	first := time.Time{}
	reach := 0
	for _, c := range within {
		if at := in.cases[c].Opened; first.IsZero() || !at.IsZero() && at.Before(first) {
			first = at
		}
		if o := in.outcome[seat{p.ID, c}]; o == "testified" || o != "" && r.Outcome == "no_hearing" {
			r.Outcome = o
		}
		if len(in.orders[p.ID]) == 0 {
			continue
		}
		for _, o := range order.Applying(in.orders[p.ID], c, p.ID, now) {
			for _, m := range o.Measures {
				if n := reachOf(m.Kind); n > reach {
					reach, r.Measures = n, measureClasses[n]
				}
			}
		}
	}
	if !first.IsZero() {
		r.Period = statistics.Value(strconv.Itoa(first.Year()))
	}
	return r, standing
}

// countable makes the records of a family, of those of the docket who said yes.
func countable(tx reading, f statistics.Family, now time.Time) ([]statistics.Record, Counted, error) {
	var counted Counted
	people, err := parties.All(tx, docketPart)
	if err != nil {
		return nil, counted, err
	}
	in, err := readFigureSources(tx, docketPart)
	if err != nil {
		return nil, counted, err
	}
	list := make([]statistics.Record, 0, len(people))
	for _, e := range people {
		r, standing := in.record(e.Value, f, now)
		switch standing {
		case CountedIn:
			counted.In++
			list = append(list, r)
		case NoConsent:
			counted.NoConsent++
		case NoForm:
			counted.NoForm++
		case OtherCases:
			counted.OtherCases++
		}
	}
	return list, counted, nil
}

// agreed reports whether a person may be counted: what the care file and the profile say has to be a yes in one of them, and a no in neither.
func agreed(profile statistics.Consent, file string) bool {
	yes := string(statistics.Given)
	return (string(profile) == yes || file == yes) && (profile == statistics.NotAsked || profile == statistics.Given) && (file == "" || file == yes)
}

// measureClasses are the classes of measures for statistics, the furthest-reaching last.
var measureClasses = []statistics.Value{"none", "other_measure", "name", "screen_or_link", "picture_or_voice", "private_or_closed"}

// reachOf is the place of a measure among the classes.
func reachOf(kind order.MeasureKind) int {
	entry, ok := order.Find(kind)
	if !ok {
		return 1
	}
	switch entry.Medium {
	case order.OnName:
		return 2
	case order.OnAccused, order.OnPlace:
		return 3
	case order.OnPicture, order.OnVoice:
		if kind == order.ScreenWitness {
			return 3
		}
		return 4
	case order.OnSession:
		return 5
	}
	return 1
}
