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
	return d.putProfile(ctx, party, p, nil)
}

// ReplaceStatisticsProfile records a party for statistics in the place of what was read before; with [ErrChanged] where that stands no more.
func (d *Desk) ReplaceStatisticsProfile(ctx context.Context, party protection.PartyID, before, p statistics.Profile) error {
	return d.putProfile(ctx, party, p, &before)
}

func (d *Desk) putProfile(ctx context.Context, party protection.PartyID, p statistics.Profile, before *statistics.Profile) error {
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
		if before != nil {
			now, err := profiles.Get(tx, part, string(party))
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if now != *before {
				return ErrChanged
			}
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
