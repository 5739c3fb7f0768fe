// Package reminder says whom the court has still to tell what before and after a hearing, and by when.
//
// It is pure: no clock, no disk, no network. A witness is never reminded directly, only by way of the advocate (DOMAIN §3 a, 8); an accused by way of
// counsel. Start from [List].
package reminder

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"paravent/testimony"
	"paravent/testimony/schedule"
)

// Occasion is what somebody has to be told.
type Occasion string

// The occasions.
const (
	Confirm Occasion = "confirm" // that they are expected: they say that they will come
	Prepare Occasion = "prepare" // the witness, by the advocate: how the day will go
	Try     Occasion = "try"     // the remote point: the technical test at the hour of the hearing
	Hour    Occasion = "hour"    // hour and place, on their own clock
	Debrief Occasion = "debrief" // the witness, by the advocate: how they are after it
)

// Occasions lists them in the order in which they fall due.
var Occasions = []Occasion{Confirm, Prepare, Try, Hour, Debrief}

// lead is how long before the start of a hearing each is due; after for what follows its end.
var lead = map[Occasion]time.Duration{Confirm: 7 * 24 * time.Hour, Prepare: 7 * 24 * time.Hour, Try: 48 * time.Hour, Hour: 24 * time.Hour}

const after = 24 * time.Hour

// Kept is for how long after a hearing its reminders stay on the list.
const Kept = 14 * 24 * time.Hour

// Ahead is how far ahead hearings are listed.
const Ahead = 30 * 24 * time.Hour

// How somebody was told.
type How string

// Hows lists the ways in the order in which a form offers them.
var Hows = []How{"telephone", "person", "letter", "mail"}

// Done is that somebody was told, entered by a user.
type Done struct {
	Hearing  testimony.HearingID `json:"hearing"`
	Start    time.Time           `json:"start"` // of the hearing as it was planned then: one that moves asks again
	Occasion Occasion            `json:"occasion"`
	Who      string              `json:"who"`
	How      How                 `json:"how"`
	By       string              `json:"by"` // user id
	At       time.Time           `json:"at"`
}

// Reminder is one thing that somebody has to be told. Who is a resource of the hearing, the office of the advocate, or the role of a seat for which no resource
// was taken.
type Reminder struct {
	Hearing  testimony.HearingID
	Start    time.Time
	Occasion Occasion
	Who      string
	Due      time.Time
	Done     *Done // nil: nobody has
}

// Key names it within its hearing.
func (r Reminder) Key() string { return string(r.Occasion) + "/" + r.Who }

// State is how urgent a reminder is.
type State string

// The states.
const (
	Told    State = "told"
	Overdue State = "overdue" // more than a day late, or the hearing has begun without it
	Due     State = "due"
	Coming  State = "coming"
)

// States lists them, the most urgent first.
var States = []State{Overdue, Due, Coming, Told}

// At is how urgent it is at a moment.
func (r Reminder) At(now time.Time) State {
	switch {
	case r.Done != nil:
		return Told
	case now.Before(r.Due):
		return Coming
	case now.Sub(r.Due) > 24*time.Hour || r.Occasion != Debrief && !now.Before(r.Start):
		return Overdue
	}
	return Due
}

// seated are the roles of those who are told themselves, and the kind of resource that each is where the docket knows them.
var seated = map[testimony.Role]schedule.Kind{testimony.RoleInterpreter: schedule.Interpreter, testimony.RoleProsecution: schedule.Prosecution, testimony.RoleDefence: schedule.Defence,
	testimony.RoleSupport: schedule.Support, testimony.RoleCoordinator: schedule.Coordinator}

// List is what is to be told for a hearing, given what it takes and what was entered, by the hour at which it falls due. A hearing that was cancelled asks nothing more, and
// one that was held only how the witness is. The order of what is given changes nothing.
func List(h testimony.Hearing, takes []schedule.Resource, entered []Done) []Reminder {
	if !h.Cancelled.IsZero() {
		return nil
	}
	var all []Reminder
	add := func(o Occasion, who string) {
		due := h.Start.Add(h.Duration + h.After + after)
		if l, before := lead[o]; before {
			due = h.Start.Add(-l)
		}
		all = append(all, Reminder{Hearing: h.ID, Start: h.Start, Occasion: o, Who: who, Due: due, Done: told(h, o, who, entered)})
	}
	if h.Held.IsZero() {
		add(Prepare, testimony.Advocate)
		add(Hour, testimony.Advocate)
		for _, r := range takes {
			switch r.Kind {
			case schedule.RemotePoint:
				add(Try, string(r.ID))
			case schedule.Judge, schedule.Prosecution, schedule.Defence, schedule.Interpreter, schedule.Intermediary, schedule.Support, schedule.Coordinator:
				add(Confirm, string(r.ID))
				add(Hour, string(r.ID))
			}
		}
	}
	if h.Held.IsZero() {
		for _, p := range h.Participants {
			kind, asked := seated[p.Role]
			if asked && !slices.ContainsFunc(takes, func(r schedule.Resource) bool { return r.Kind == kind }) {
				add(Confirm, string(p.Role))
				add(Hour, string(p.Role))
			}
		}
	}
	add(Debrief, testimony.Advocate)
	slices.SortFunc(all, func(a, b Reminder) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Key(), b.Key())) })
	return slices.CompactFunc(all, func(a, b Reminder) bool { return a.Key() == b.Key() })
}

// told finds the newest entry for one reminder at the hour at which the hearing stands.
func told(h testimony.Hearing, o Occasion, who string, entered []Done) *Done {
	var found *Done
	for i, d := range entered {
		if d.Hearing == h.ID && d.Start.Equal(h.Start) && d.Occasion == o && d.Who == who && (found == nil || d.At.After(found.At)) {
			found = &entered[i]
		}
	}
	return found
}

// Errors of an entry.
var (
	ErrNone = errors.New("nobody has to be told that for this hearing")
	ErrHow  = errors.New("there is no such way of telling somebody")
)

// Check reports what is wrong with an entry for a hearing's list.
func (d Done) Check(list []Reminder) error {
	switch {
	case !slices.Contains(Hows, d.How):
		return ErrHow
	case !slices.ContainsFunc(list, func(r Reminder) bool { return r.Occasion == d.Occasion && r.Who == d.Who }):
		return ErrNone
	}
	return nil
}
