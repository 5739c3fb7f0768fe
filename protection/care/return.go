package care

import (
	"slices"
	"strings"
	"time"
)

// Asker is who asked for a return.
type Asker string

// Askers lists them in the order in which a form offers them.
var Askers = []Asker{"person", "family", "organisation", "state_of_stay", "state_of_origin"}

// Citizenship is what the State of origin has said of the person's citizenship (A/CONF.213/7 §37: it should answer).
type Citizenship string

// The answers. The zero value is that nobody has asked.
const (
	CitizenAsked     Citizenship = "asked"
	CitizenConfirmed Citizenship = "confirmed"
	CitizenDenied    Citizenship = "denied"
)

// Citizenships lists them.
var Citizenships = []Citizenship{CitizenAsked, CitizenConfirmed, CitizenDenied}

// Funding is who pays for a return. It is never the person alone by default.
type Funding string

// Fundings lists the sources.
var Fundings = []Funding{"state_of_stay", "state_of_origin", "organisation", "fund", "person"}

// Stage is where a return stands.
type Stage string

// The stages.
const (
	Preparing Stage = "preparing"
	Departed  Stage = "departed"
	Arrived   Stage = "arrived"
	Stopped   Stage = "stopped"
)

// Stages lists them.
var Stages = []Stage{Preparing, Departed, Arrived, Stopped}

// ReturnTerms are what a return is.
type ReturnTerms struct {
	Asked       time.Time   `json:"asked"`
	By          Asker       `json:"by"`
	To          string      `json:"to"` // the State, by its two letters
	Citizenship Citizenship `json:"citizenship,omitempty"`
	Stateless   YesNo       `json:"stateless,omitempty"`
	Admitted    time.Time   `json:"admitted,omitzero"`     // when the State agreed to take in a person without a citizenship
	Persecution YesNo       `json:"persecution,omitempty"` // is the person at risk of persecution there?
	Funding     Funding     `json:"funding,omitempty"`
	Receiving   string      `json:"receiving,omitempty"` // the organisation that receives the person
	Flag        string      `json:"flag,omitempty"`      // why the person may be trafficked again; empty where nobody sees a reason
}

// Return is a person's return to another State. Whether it is voluntary is what the person has said, and nothing that somebody else ticks: see [Return.Declare].
type Return struct {
	ReturnTerms
	Stage     Stage      `json:"stage"`
	Voluntary time.Time  `json:"voluntary,omitzero"` // when it was recorded as voluntary; zero: it is not
	Answers   int        `json:"answers,omitempty"`  // how many answers of the person there were then
	Departed  time.Time  `json:"departed,omitzero"`
	Arrived   time.Time  `json:"arrived,omitzero"`
	Stopped   time.Time  `json:"stopped,omitzero"`
	Why       string     `json:"why,omitempty"` // it was stopped
	FollowUps []FollowUp `json:"follow_ups,omitempty"`
}

// FollowUpMonths are when a person is asked how they are after they have arrived.
var FollowUpMonths = []int{1, 3, 6, 12}

// Wellbeing is what a follow-up has found.
type Wellbeing string

// The findings.
const (
	Well       Wellbeing = "well"
	InNeed     Wellbeing = "in_need"
	InDanger   Wellbeing = "in_danger"
	NotReached Wellbeing = "not_reached"
	NoFurther  Wellbeing = "no_further" // the person wants no further contact
)

// Wellbeings lists them.
var Wellbeings = []Wellbeing{Well, InNeed, InDanger, NotReached, NoFurther}

// FollowUp is one of the times after a return at which somebody has asked how the person is.
type FollowUp struct {
	Month      int       `json:"month"` // one of [FollowUpMonths]
	On         time.Time `json:"on"`
	Way        Way       `json:"way"`
	Found      Wellbeing `json:"found"`
	Trafficked bool      `json:"trafficked,omitempty"` // there are signs that the person is trafficked again
	By         string    `json:"by"`
}

// Plan begins a return, or changes the terms of one on which the person has not set out. After one that was stopped another begins.
func (r Return) Plan(t ReturnTerms, c Consents, now time.Time) (Return, error) {
	r = r.Under(c)
	if r.Stage == Stopped {
		r = Return{}
	}
	if r.Stage != "" && r.Stage != Preparing {
		return r, refuse("stage", NotOpen)
	}
	if err := past("asked", t.Asked, now); err != nil {
		return r, err
	}
	if err := one("asker", Askers, t.By); err != nil {
		return r, err
	}
	if len(t.To) != 2 || strings.ToUpper(t.To) != t.To || strings.ContainsFunc(t.To, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return r, refuse("to", Unknown)
	}
	for _, x := range []struct {
		field string
		wrong bool
	}{{"citizenship", t.Citizenship != "" && !slices.Contains(Citizenships, t.Citizenship)}, {"stateless", t.Stateless != "" && !slices.Contains(YesNos, t.Stateless)},
		{"persecution", t.Persecution != "" && !slices.Contains(YesNos, t.Persecution)}, {"funding", t.Funding != "" && !slices.Contains(Fundings, t.Funding)}} {
		if x.wrong {
			return r, refuse(x.field, Unknown)
		}
	}
	switch {
	case t.Stateless == Yes && t.Citizenship == CitizenConfirmed:
		return r, refuse("stateless", Amiss)
	case !t.Admitted.IsZero() && t.Stateless != Yes:
		return r, refuse("admitted", Amiss)
	case t.Admitted.After(now):
		return r, refuse("admitted", Future)
	}
	if err := label("receiving", t.Receiving, false); err != nil {
		return r, err
	}
	if err := text("flag", t.Flag, false); err != nil {
		return r, err
	}
	if r.To != "" && r.To != t.To {
		r.Voluntary, r.Answers = time.Time{}, 0 // what was agreed to was another return
	}
	r.ReturnTerms, r.Stage = t, Preparing
	return r, nil
}

// Declare records the return as voluntary. The person's own consent to it has to stand.
func (r Return) Declare(c Consents, now time.Time) (Return, error) {
	r = r.Under(c)
	switch {
	case r.Stage != Preparing:
		return r, refuse("stage", NotOpen)
	case !c.Given(ForTravel, ""):
		return r, refuse("voluntary", NoConsent)
	}
	r.Voluntary, r.Answers = now, len(c)
	return r, nil
}

// Under is the return as it stands by what the person has said. Until they have arrived, a consent that was withdrawn or refused after the return was recorded as voluntary stops it,
// whatever is said after that: another return is planned then.
func (r Return) Under(c Consents) Return {
	if r.Stage != Preparing && r.Stage != Departed || r.Voluntary.IsZero() {
		return r
	}
	for i, x := range c {
		if i >= r.Answers && x.Purpose == ForTravel && x.Will != Given {
			r.Stage, r.Stopped, r.Voluntary, r.Answers = Stopped, x.At, time.Time{}, 0
			return r
		}
	}
	if len(c) < r.Answers || !c.Given(ForTravel, "") { // answers are only ever added: where some are gone, nothing is taken for agreed
		r.Stage, r.Voluntary, r.Answers = Stopped, time.Time{}, 0
	}
	return r
}

// Lacks are the fields for want of which a return can't begin, in the order in which they are got.
func (r Return) Lacks(c Consents) []string {
	r = r.Under(c)
	var lacking []string
	need := func(field string, ok bool) {
		if !ok {
			lacking = append(lacking, field)
		}
	}
	need("voluntary", !r.Voluntary.IsZero() && c.Given(ForTravel, ""))
	need("stateless", r.Stateless != "")
	if r.Stateless == Yes {
		need("admitted", !r.Admitted.IsZero())
	} else {
		need("citizenship", r.Citizenship == CitizenConfirmed)
	}
	need("persecution", r.Persecution == No)
	need("flag", strings.TrimSpace(r.Flag) == "")
	need("funding", r.Funding != "")
	need("receiving", strings.TrimSpace(r.Receiving) != "")
	return lacking
}

// Depart records that the person has begun to travel. A return that lacks something, the person's consent before all, can't begin.
func (r Return) Depart(c Consents, now time.Time) (Return, error) {
	r = r.Under(c)
	if r.Stage != Preparing {
		return r, refuse("stage", NotOpen)
	}
	if lacking := r.Lacks(c); len(lacking) > 0 {
		why := Missing
		if lacking[0] == "voluntary" {
			why = NoConsent
		}
		return r, refuse(lacking[0], why)
	}
	r.Stage, r.Departed = Departed, now
	return r, nil
}

// Arrive records that the receiving organisation has met the person.
func (r Return) Arrive(c Consents, now time.Time) (Return, error) {
	r = r.Under(c)
	if r.Stage != Departed {
		return r, refuse("stage", NotOpen)
	}
	r.Stage, r.Arrived = Arrived, now
	return r, nil
}

// Stop ends a return that has not arrived, with the reason.
func (r Return) Stop(why string, c Consents, now time.Time) (Return, error) {
	r = r.Under(c)
	if r.Stage != Preparing && r.Stage != Departed {
		return r, refuse("stage", NotOpen)
	}
	if err := text("why", why, true); err != nil {
		return r, err
	}
	r.Stage, r.Stopped, r.Why = Stopped, now, why
	r.Voluntary, r.Answers = time.Time{}, 0 // nothing is left to be voluntary
	return r, nil
}

// IsVoluntary says whether the return stands as voluntary.
func (r Return) IsVoluntary(c Consents) bool { return !r.Under(c).Voluntary.IsZero() }

// Due are the months of the follow-ups whose day has come and that nobody has made. There is none where the person wants no further contact.
func (r Return) Due(now time.Time) []int {
	var due []int
	for _, m := range FollowUpMonths {
		if at := r.DueOn(m); !at.IsZero() && !now.Before(at) {
			due = append(due, m)
		}
	}
	return due
}

// DueOn is the day of a follow-up that is still to be made; zero where there is none.
func (r Return) DueOn(month int) time.Time {
	if r.Stage != Arrived || slices.ContainsFunc(r.FollowUps, func(f FollowUp) bool { return f.Found == NoFurther || f.Month == month && f.Found != NotReached }) {
		return time.Time{}
	}
	return monthsAfter(r.Arrived, month)
}

// FollowUp adds what was found at a follow-up. The person has to have agreed to be contacted after the return, and the way has to be safe for them.
func (r Return) FollowUp(f FollowUp, rules ContactRules, c Consents, now time.Time) (Return, error) {
	due := time.Time{}
	if slices.Contains(FollowUpMonths, f.Month) {
		due = r.DueOn(f.Month)
	}
	if err := one("found", Wellbeings, f.Found); err != nil {
		return r, err
	}
	switch {
	case r.Stage != Arrived:
		return r, refuse("stage", NotOpen)
	case !slices.Contains(FollowUpMonths, f.Month):
		return r, refuse("month", Unknown)
	case due.IsZero():
		return r, refuse("month", Twice)
	case now.Before(due.AddDate(0, 0, -7)): // a week early is near enough
		return r, refuse("month", Early)
	case !c.Given(ForReturn, ""):
		return r, refuse("way", NoConsent)
	case !rules.Allows(f.Way):
		return r, refuse("way", NotSafe)
	case f.By == "":
		return r, refuse("by", Missing)
	case f.Trafficked && f.Found == Well:
		return r, refuse("found", Amiss)
	case len(r.FollowUps) >= maxList:
		return r, refuse("month", Number)
	}
	f.On = now
	r.FollowUps = append(slices.Clone(r.FollowUps), f)
	return r, nil
}

// Flagged says whether there are signs that the person is trafficked again, or why they may be.
func (r Return) Flagged() bool {
	return strings.TrimSpace(r.Flag) != "" || slices.ContainsFunc(r.FollowUps, func(f FollowUp) bool { return f.Trafficked })
}
