package care

import (
	"slices"
	"time"

	"paravent/protection"
)

// Decision is what an authority decided of a person's status.
type Decision struct {
	Status protection.Status `json:"status"`
	By     Authority         `json:"by"`
	On     time.Time         `json:"on"`
	Basis  string            `json:"basis"` // the provision and the number of the decision; nothing of the person
	Noted  string            `json:"noted"` // id of the user who entered it
	At     time.Time         `json:"at"`    // when it was entered
}

// History are the decisions on a person's status, the oldest first. None is ever taken away: another decision follows it.
type History []Decision

// Current is the decision that stands; ok is false where nobody has decided.
func (h History) Current() (d Decision, ok bool) {
	if len(h) == 0 {
		return d, false
	}
	return h[len(h)-1], true
}

// Decide adds a decision, which names its authority, its day and its basis.
func (h History) Decide(d Decision) (History, error) {
	switch {
	case d.Status == "" || !d.Status.Valid():
		return h, refuse("status", Unknown)
	case d.By == "":
		return h, refuse("by", Missing)
	case !slices.Contains(Authorities, d.By):
		return h, refuse("by", Unknown)
	case d.Noted == "":
		return h, refuse("noted", Missing)
	case d.On.IsZero():
		return h, refuse("on", Missing)
	case d.On.After(d.At):
		return h, refuse("on", Future)
	}
	if err := text("basis", d.Basis, true); err != nil {
		return h, err
	}
	if last, ok := h.Current(); ok {
		if d.On.Before(last.On) {
			return h, refuse("on", Early)
		}
		if d.Status == last.Status && d.By == last.By && d.On.Equal(last.On) {
			return h, refuse("status", Twice)
		}
	}
	return append(slices.Clone(h), d), nil
}

// Need is whether a person's cooperation or testimony is needed at all. Who prosecutes decides that first, to spare the person (A/CONF.213/7 §36).
type Need string

// The answers. The zero value is that nobody has decided.
const (
	NeedOpen  Need = ""
	Needed    Need = "needed"
	NotNeeded Need = "not_needed"
)

// NeedDecision is who decided on it, and when.
type NeedDecision struct {
	Need  Need      `json:"need"`
	By    Authority `json:"by"`
	On    time.Time `json:"on"`
	Basis string    `json:"basis"`
}

// Check refuses a decision without its authority, day or basis.
func (n NeedDecision) Check(now time.Time) error {
	switch {
	case n.Need != Needed && n.Need != NotNeeded:
		return refuse("need", Unknown)
	case !slices.Contains(Authorities, n.By):
		return refuse("by", Unknown)
	case n.On.IsZero():
		return refuse("on", Missing)
	case n.On.After(now):
		return refuse("on", Future)
	}
	return text("basis", n.Basis, true)
}

// Reflection is the time that a person has to recover and to reflect, in which nothing is asked of them (CoE Convention against trafficking, art. 13). What help
// they have does not depend on whether they cooperate, and so nothing here knows whether they do.
type Reflection struct {
	Start      time.Time   `json:"start"`
	Days       int         `json:"days"` // as the law gives them
	Basis      string      `json:"basis"`
	Extensions []Extension `json:"extensions,omitempty"`
	Ended      *Extension  `json:"ended,omitempty"` // before its time, with 0 days
}

// Extension is a decision that makes the time longer, or ends it.
type Extension struct {
	Days  int       `json:"days,omitempty"`
	By    Authority `json:"by"`
	On    time.Time `json:"on"`
	Basis string    `json:"basis"`
}

// LeastDays is the least that art. 13 of the Convention asks for. A shorter time is kept when a law gives it, and shown as short.
const LeastDays = 30

// maxDays bounds one period or extension.
const maxDays = 366

// Begin starts the clock.
func Begin(start time.Time, days int, basis string, now time.Time) (Reflection, error) {
	r := Reflection{Start: start, Days: days, Basis: basis}
	switch {
	case start.IsZero():
		return r, refuse("start", Missing)
	case start.After(now.AddDate(0, 1, 0)):
		return r, refuse("start", Future)
	case days < 1 || days > maxDays:
		return r, refuse("days", Number)
	}
	return r, text("basis", basis, true)
}

// Until is the moment at which the time is over; zero where it has not begun.
func (r Reflection) Until() time.Time {
	if r.Start.IsZero() {
		return time.Time{}
	}
	if r.Ended != nil {
		return r.Ended.On
	}
	days := r.Days
	for _, e := range r.Extensions {
		days += e.Days
	}
	return r.Start.AddDate(0, 0, days)
}

// Running says whether nothing is to be asked of the person at a moment.
func (r Reflection) Running(at time.Time) bool { return !r.Start.IsZero() && at.Before(r.Until()) }

// Short says that the law gives less than the Convention asks for.
func (r Reflection) Short() bool { return !r.Start.IsZero() && r.Days < LeastDays }

// Extend makes a running time longer.
func (r Reflection) Extend(e Extension, now time.Time) (Reflection, error) {
	if err := r.decided(e, now); err != nil {
		return r, err
	}
	if e.Days < 1 || e.Days > maxDays {
		return r, refuse("days", Number)
	}
	r.Extensions = append(slices.Clone(r.Extensions), e)
	return r, nil
}

// End ends a running time before it is over.
func (r Reflection) End(e Extension, now time.Time) (Reflection, error) {
	if err := r.decided(e, now); err != nil {
		return r, err
	}
	if e.Days != 0 {
		return r, refuse("days", Number)
	}
	r.Ended = &e
	return r, nil
}

func (r Reflection) decided(e Extension, now time.Time) error {
	switch {
	case !r.Running(now):
		return refuse("start", NotOpen)
	case !slices.Contains(Authorities, e.By):
		return refuse("by", Unknown)
	case e.On.IsZero():
		return refuse("on", Missing)
	case e.On.After(now):
		return refuse("on", Future)
	case e.On.Before(r.Start):
		return refuse("on", Early)
	}
	return text("basis", e.Basis, true)
}
