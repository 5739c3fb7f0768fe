package care

import (
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
)

// CompanionRole is what somebody is to a person whom they stand by.
type CompanionRole string

// The roles. An intermediary helps to understand and is no supporter.
const (
	SupportPerson  CompanionRole = "support"
	VictimsCounsel CompanionRole = "advocate"
	Mediator       CompanionRole = "intermediary"
)

// CompanionRoles lists them.
var CompanionRoles = []CompanionRole{SupportPerson, VictimsCounsel, Mediator}

// YesNo is an answer to a question. The zero value is that it was not asked, which counts as the worse of the two.
type YesNo string

// The answers.
const (
	Yes YesNo = "yes"
	No  YesNo = "no"
)

// YesNos lists them.
var YesNos = []YesNo{No, Yes}

// Companion is somebody who stands by a person: a support person, a victim's advocate or an intermediary.
type Companion struct {
	ID       string        `json:"id"`
	Role     CompanionRole `json:"role"`
	Name     string        `json:"name"` // sealed with the rest of the care file
	Agency   string        `json:"agency,omitempty"`
	User     string        `json:"user,omitempty"`    // id, where they are a user of the desk
	Witness  YesNo         `json:"witness"`           // are they a witness in this case as well?
	Linked   YesNo         `json:"linked"`            // are they linked to the accused or to their circle?
	Corrupt  YesNo         `json:"corrupt"`           // is there a sign of corruption?
	Declared time.Time     `json:"declared,omitzero"` // an intermediary's declaration
	Wanted   YesNo         `json:"wanted"`            // the person wants them
	From     time.Time     `json:"from"`
	Until    time.Time     `json:"until,omitzero"`
	By       string        `json:"by"` // id of the user who entered it
}

// Companions are those who stand or stood by a person.
type Companions []Companion

// Bars are the reasons against a companion: fields of it whose answers are wrong or were not asked, and "conflict" where a conflict of interest is noted for them or their agency
// in one of the person's cases.
func (c Companion) Bars(cases []protection.CaseID, noted []identity.Conflict) []string {
	var bars []string
	for _, q := range []struct {
		field       string
		answer, bad YesNo
	}{{"witness", c.Witness, Yes}, {"linked", c.Linked, Yes}, {"corrupt", c.Corrupt, Yes}, {"wanted", c.Wanted, No}} {
		if q.answer == "" || q.answer == q.bad {
			bars = append(bars, q.field)
		}
	}
	if c.Role == Mediator && c.Declared.IsZero() {
		bars = append(bars, "declared")
	}
	who := identity.Official{ID: c.User, Agency: c.Agency}
	if slices.ContainsFunc(cases, func(k protection.CaseID) bool { return identity.Barred(who, k, noted) }) {
		bars = append(bars, "conflict")
	}
	return bars
}

// Add lets somebody stand by the person. Whoever has a conflict of interest can't.
func (list Companions) Add(c Companion, cases []protection.CaseID, noted []identity.Conflict, now time.Time) (Companions, error) {
	if err := one("role", CompanionRoles, c.Role); err != nil {
		return list, err
	}
	if err := label("name", c.Name, true); err != nil {
		return list, err
	}
	if err := label("agency", c.Agency, c.Role != SupportPerson); err != nil {
		return list, err
	}
	for _, q := range []struct {
		field string
		v     YesNo
	}{{"witness", c.Witness}, {"linked", c.Linked}, {"corrupt", c.Corrupt}, {"wanted", c.Wanted}} {
		if err := one(q.field, YesNos, q.v); err != nil {
			return list, err
		}
	}
	switch {
	case c.ID == "" || c.By == "":
		return list, refuse("by", Missing)
	case c.From.IsZero():
		return list, refuse("from", Missing)
	case !c.Until.IsZero() && !c.Until.After(c.From):
		return list, refuse("until", Early)
	case c.Declared.After(now):
		return list, refuse("declared", Future)
	case c.Role == Mediator && c.Declared.IsZero():
		return list, refuse("declared", Missing)
	case len(list) >= maxList:
		return list, refuse("name", Number)
	case slices.ContainsFunc(list, func(o Companion) bool {
		return o.Stands(now) && o.Role == c.Role && strings.EqualFold(strings.TrimSpace(o.Name), strings.TrimSpace(c.Name))
	}):
		return list, refuse("name", Twice)
	}
	if bars := c.Bars(cases, noted); len(bars) > 0 {
		return list, refuse(bars[0], Conflict)
	}
	return append(slices.Clone(list), c), nil
}

// Stands says whether the companion's time is not over.
func (c Companion) Stands(at time.Time) bool { return c.Until.IsZero() || at.Before(c.Until) }

// Leave ends a companion's time.
func (list Companions) Leave(id string, now time.Time) (Companions, error) {
	at := slices.IndexFunc(list, func(c Companion) bool { return c.ID == id })
	switch {
	case at < 0:
		return list, refuse("name", Unknown)
	case !list[at].Stands(now):
		return list, refuse("until", NotOpen)
	}
	next := slices.Clone(list)
	next[at].Until = now
	return next, nil
}

// Flag notes a sign of corruption of one who stands by the person. From then on they are barred.
func (list Companions) Flag(id string) (Companions, error) {
	at := slices.IndexFunc(list, func(c Companion) bool { return c.ID == id })
	if at < 0 {
		return list, refuse("name", Unknown)
	}
	next := slices.Clone(list)
	next[at].Corrupt = Yes
	return next, nil
}

// Barred are those who stand by the person and, by what is known now, should not.
func (list Companions) Barred(cases []protection.CaseID, noted []identity.Conflict, now time.Time) []Companion {
	return slices.DeleteFunc(slices.Clone(list), func(c Companion) bool { return !c.Stands(now) || len(c.Bars(cases, noted)) == 0 })
}
