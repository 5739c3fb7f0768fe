package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/store"
	"paravent/testimony"
)

var (
	profiles = store.NewCollection[statistics.Profile]("statistics_profiles")
	releases = store.NewCollection[statistics.Release]("statistics_releases")
)

// ErrNobodyCounted refuses to release a table of nobody.
var ErrNobodyCounted = errors.New("nobody can be counted: no consent to statistics is recorded")

// StatisticsProfile is what is recorded of a party for statistics; the zero profile where nothing is.
func (d *Desk) StatisticsProfile(ctx context.Context, party protection.PartyID) (statistics.Profile, error) {
	p, err := find(ctx, d, profiles, string(party))
	if errors.Is(err, ErrNotFound) {
		return statistics.Profile{}, nil
	}
	return p, err
}

// SetStatisticsProfile records a party for statistics. The audit log has that it was recorded, and nothing of what.
func (d *Desk) SetStatisticsProfile(ctx context.Context, party protection.PartyID, p statistics.Profile) error {
	if !d.May(testimony.ActEnterStatistics) {
		return ErrNotAllowed
	}
	if err := p.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, parties, string(party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		tx.Log("statistics.recorded", map[string]string{"party": string(party)})
		return profiles.Put(tx, part, string(party), p)
	})
}

// Counted says how many parties of the docket are counted in a family, and how many are not. It is for the desk: it is no part of a release.
type Counted struct {
	In         int // counted
	NoConsent  int // not asked, refused, or withdrawn
	NoForm     int // of a mixed case, without a form in either family
	OtherCases int // of the other family only
}

// StatisticsTable counts the parties of the docket, and decides what of the table would be hidden if it were released now. Nothing is written. What is kept
// for a team stays with the team and is not counted.
func (d *Desk) StatisticsTable(ctx context.Context, f statistics.Family, dims []statistics.Dimension, threshold int) (statistics.Release, Counted, error) {
	var r statistics.Release
	var counted Counted
	if !d.May(testimony.ActKeepDocket) {
		return r, counted, ErrNotAllowed
	}
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		r, counted, err = d.protectedTable(tx, f, dims, threshold)
		return err
	})
	return r, counted, err
}

func (d *Desk) protectedTable(tx reading, f statistics.Family, dims []statistics.Dimension, threshold int) (statistics.Release, Counted, error) {
	records, counted, err := countable(tx, f, d.Now())
	if err != nil {
		return statistics.Release{}, counted, err
	}
	t, err := statistics.Count(records, f, dims)
	if err != nil {
		return statistics.Release{}, counted, err
	}
	earlier, err := earlierReleases(tx)
	if err != nil {
		return statistics.Release{}, counted, err
	}
	r, err := statistics.Protect(t, threshold, earlier)
	return r, counted, err
}

// ReleaseStatistics releases a table: it is audited together with every earlier release, and kept with who, when and the exact counts, so that later ones
// can be. Its act is in the audit log without a count.
func (d *Desk) ReleaseStatistics(ctx context.Context, f statistics.Family, dims []statistics.Dimension, threshold int) (statistics.Release, error) {
	var r statistics.Release
	if !d.May(testimony.ActReleaseStatistics) {
		return r, ErrNotAllowed
	}
	id, err := d.newID()
	if err != nil {
		return r, err
	}
	return r, d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		if r, _, err = d.protectedTable(tx, f, dims, threshold); err != nil {
			return err
		}
		if r.Table.Total() == 0 {
			return ErrNobodyCounted
		}
		before, err := earlierReleases(tx)
		if err != nil {
			return err
		}
		r.Number = len(before) + 1
		r.ID, r.By, r.At = id, string(d.Me().ID), d.Now().UTC().Truncate(time.Second)
		tx.Log("statistics.released", map[string]string{"release": id, "threshold": strconv.Itoa(threshold), "dimensions": strconv.Itoa(len(dims))})
		return releases.Put(tx, docketPart, id, r)
	})
}

// StatisticsReleases lists the releases, newest first.
func (d *Desk) StatisticsReleases(ctx context.Context) ([]statistics.Release, error) {
	var list []statistics.Release
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		list, err = earlierReleases(tx)
		return err
	})
	slices.Reverse(list)
	return list, err
}

// StatisticsRelease finds a release by its id.
func (d *Desk) StatisticsRelease(ctx context.Context, id string) (statistics.Release, error) {
	r, err := read(ctx, d, releases, docketPart, id)
	if err == nil {
		err = r.Check()
	}
	return r, err
}

// NoteStatisticsExport puts an export of a release into the audit log, before it is written.
func (d *Desk) NoteStatisticsExport(ctx context.Context, id string) error {
	if !d.May(testimony.ActKeepDocket) {
		return ErrNotAllowed
	}
	return d.Note(ctx, "statistics.exported", map[string]string{"release": id})
}

// earlierReleases are all releases, oldest first.
func earlierReleases(tx reading) ([]statistics.Release, error) {
	entries, err := releases.All(tx, docketPart)
	if err != nil {
		return nil, err
	}
	list := make([]statistics.Release, 0, len(entries))
	for _, e := range entries {
		if err := e.Value.Check(); err != nil {
			return nil, fmt.Errorf("%w: a release of statistics: %w", store.ErrDamaged, err)
		}
		list = append(list, e.Value)
	}
	slices.SortStableFunc(list, func(a, b statistics.Release) int { return cmp.Compare(a.Number, b.Number) })
	return list, nil
}

// countable makes the records of a family, of those of the docket who said yes.
func countable(tx reading, f statistics.Family, now time.Time) ([]statistics.Record, Counted, error) {
	var counted Counted
	people, err := parties.All(tx, docketPart)
	if err != nil {
		return nil, counted, err
	}
	recorded, err1 := profiles.All(tx, docketPart)
	opened, err2 := cases.All(tx, docketPart)
	ordered, err3 := orders.All(tx, docketPart)
	planned, err4 := hearings.All(tx, docketPart)
	facts, err5 := factsOf.All(tx, docketPart)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, counted, err
	}
	profileOf := make(map[string]statistics.Profile, len(recorded))
	for _, e := range recorded {
		profileOf[e.ID] = e.Value
	}
	caseOf := make(map[protection.CaseID]testimony.Case, len(opened))
	for _, e := range opened {
		caseOf[e.Value.ID] = e.Value
	}
	ordersOf := map[protection.PartyID][]order.Order{}
	for _, e := range ordered {
		ordersOf[e.Value.Party] = append(ordersOf[e.Value.Party], e.Value)
	}
	said := map[protection.PartyID]string{}
	for _, e := range facts {
		if e.Value.Kind == FactConsent(care.ForStatistics) {
			said[e.Value.Party] = e.Value.Word
		}
	}
	type seat struct {
		party protection.PartyID
		c     protection.CaseID
	}
	outcome := map[seat]statistics.Value{}
	for _, e := range planned {
		s := seat{e.Value.Party, e.Value.Case}
		switch {
		case !e.Value.Held.IsZero():
			outcome[s] = "testified"
		case outcome[s] == "":
			outcome[s] = "hearing_planned"
		}
	}
	list := make([]statistics.Record, 0, len(people))
	for _, e := range people {
		p, profile := e.Value, profileOf[e.ID]
		form := profile.FormIn(f)
		within, mixed := []protection.CaseID(nil), false
		for _, a := range p.Appearances {
			switch offence := caseOf[a.Case].Offence; {
			case string(offence) == string(f), offence == testimony.Mixed && form != "":
				within = append(within, a.Case)
			case offence == testimony.Mixed:
				mixed = mixed || profile.Exploited == "" && profile.Smuggled == ""
			}
		}
		switch {
		case len(within) == 0 && mixed:
			counted.NoForm++
			continue
		case len(within) == 0:
			counted.OtherCases++
			continue
		case !agreed(profile.Consent, said[p.ID]):
			counted.NoConsent++
			continue
		}
		counted.In++
		r := statistics.Record{Family: f, Form: form, Sex: profile.Sex, AgeBand: profile.AgeBand, Region: profile.Region, Status: statistics.Value(p.Status),
			Measures: "none", Outcome: "no_hearing"}
		first := time.Time{}
		reach := 0
		for _, c := range within {
			if at := caseOf[c].Opened; first.IsZero() || !at.IsZero() && at.Before(first) {
				first = at
			}
			if o := outcome[seat{p.ID, c}]; o == "testified" || o != "" && r.Outcome == "no_hearing" {
				r.Outcome = o
			}
			if len(ordersOf[p.ID]) > 0 {
				for _, o := range order.Applying(ordersOf[p.ID], c, p.ID, now) {
					for _, m := range o.Measures {
						if n := reachOf(m.Kind); n > reach {
							reach, r.Measures = n, measureClasses[n]
						}
					}
				}
			}
		}
		if !first.IsZero() {
			r.Period = statistics.Value(strconv.Itoa(first.Year()))
		}
		list = append(list, r)
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

// recordedProfiles are the profiles of all parties that the user can read.
func (d *Desk) recordedProfiles(ctx context.Context) (map[protection.PartyID]statistics.Profile, error) {
	found := map[protection.PartyID]statistics.Profile{}
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := everywhere(tx, profiles)
		for _, e := range entries {
			found[protection.PartyID(e.ID)] = e.Value
		}
		return err
	})
	return found, err
}
