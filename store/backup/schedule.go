package backup

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Policy says when backups are made and how many are kept.
type Policy struct {
	Folder string `json:"folder"` // a whole path
	Every  int    `json:"every"`  // hours between two; from 24 on, whole days
	Hour   int    `json:"hour"`   // of the day, 0 to 23 on the desk's clock, at which a backup is made that is due by the day
	// Kept are the newest of so many days, of so many weeks and of so many months that have one. Zero keeps none of the kind.
	Daily   int `json:"daily"`
	Weekly  int `json:"weekly"`
	Monthly int `json:"monthly"`
}

// DefaultPolicy is every night at eight, kept for a week, a month and a year.
var DefaultPolicy = Policy{Every: 24, Hour: 20, Daily: 7, Weekly: 4, Monthly: 12}

// ErrPolicy is wrapped by every refusal of a policy.
var ErrPolicy = errors.New("the backup policy cannot be kept")

const (
	day       = 24 // hours
	maxEvery  = 31 * day
	maxKept   = 1000
	tolerance = 5 * time.Minute // that a clock may have been put back by
)

// Check says what is wrong with a policy.
func (p Policy) Check() error {
	switch {
	case p.Every < 1 || p.Every > maxEvery || p.Every > day && p.Every%day != 0:
		return fmt.Errorf("%w: a backup is made every 1 to 24 hours, or every 1 to 31 days", ErrPolicy)
	case p.Hour < 0 || p.Hour > 23:
		return fmt.Errorf("%w: the hour is from 0 to 23", ErrPolicy)
	case min(p.Daily, p.Weekly, p.Monthly) < 0 || max(p.Daily, p.Weekly, p.Monthly) > maxKept:
		return fmt.Errorf("%w: from 0 to %d backups of a kind are kept", ErrPolicy, maxKept)
	case p.Daily+p.Weekly+p.Monthly == 0:
		return fmt.Errorf("%w: at least one backup is kept", ErrPolicy)
	}
	return nil
}

// Next is when the backup after one is due, on the clock of the time zone given: so many hours later; or, by the day, at its hour for the
// first time after so many days less one, so that a backup made by hand in the morning doesn't move the one of the evening.
func (p Policy) Next(last time.Time, zone *time.Location) time.Time {
	if p.Every < day {
		return last.Add(time.Duration(p.Every) * time.Hour)
	}
	at := last.In(zone).AddDate(0, 0, p.Every/day-1)
	next := time.Date(at.Year(), at.Month(), at.Day(), p.Hour, 0, 0, 0, zone)
	if !next.After(at) {
		next = time.Date(at.Year(), at.Month(), at.Day()+1, p.Hour, 0, 0, 0, zone)
	}
	return next
}

// GoneBy is when a backup is deleted at the latest, as long as backups go on being made by the policy and each can be deleted: it is kept as the newest of its day, its week or its
// month until so many later ones have their own.
func (p Policy) GoneBy(made time.Time) time.Time {
	every := (max(p.Every, day) + day - 1) / day // days
	days := p.Daily * every
	if p.Weekly > 0 {
		days = max(days, (p.Weekly+1)*max(7, every))
	}
	if p.Monthly > 0 {
		days = max(days, (p.Monthly+1)*31)
	}
	return made.AddDate(0, 0, days+every)
}

// Due says whether a backup is due. The zero time stands for no backup yet. A backup that seems to come from the future was
// made under a false clock, and counts for nothing.
func (p Policy) Due(last, now time.Time) bool {
	return last.IsZero() || last.After(now.Add(tolerance)) || !now.Before(p.Next(last, now.Location()))
}

// Late says whether the backup that was due hasn't come for as long again, and a day at most.
func (p Policy) Late(last, now time.Time) bool {
	if last.IsZero() || last.After(now.Add(tolerance)) {
		return true
	}
	return now.After(p.Next(last, now.Location()).Add(time.Duration(min(p.Every, day)) * time.Hour))
}

// Expendable says which backups may be deleted: those of the vault itself, whole, and not kept as the newest of a day, a week
// or a month. The newest one is always kept. A backup that isn't whole takes nobody's place and is left for somebody to look at. of is the vault's id; the list may be in any order.
func (p Policy) Expendable(list []Listed, of string, zone *time.Location) []Listed {
	var whole, gone []Listed
	for _, l := range list {
		if l.Good() && l.Manifest.Vault == of && of != "" {
			whole = append(whole, l)
		}
	}
	slices.SortFunc(whole, func(a, b Listed) int { return b.At().Compare(a.At()) })
	kept := make([]bool, len(whole))
	for i := range whole {
		kept[i] = i == 0
	}
	for _, rule := range []struct {
		n      int
		period func(time.Time) [2]int
	}{
		{p.Daily, func(t time.Time) [2]int { return [2]int{t.Year(), t.YearDay()} }},
		{p.Weekly, func(t time.Time) [2]int { y, w := t.ISOWeek(); return [2]int{y, w} }},
		{p.Monthly, func(t time.Time) [2]int { return [2]int{t.Year(), int(t.Month())} }},
	} {
		seen := make(map[[2]int]bool)
		for i, l := range whole {
			period := rule.period(l.At().In(zone))
			if len(seen) < rule.n && !seen[period] {
				seen[period], kept[i] = true, true
			}
		}
	}
	for i, l := range whole {
		if !kept[i] {
			gone = append(gone, l)
		}
	}
	return gone
}
