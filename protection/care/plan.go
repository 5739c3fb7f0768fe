package care

import (
	"slices"
	"time"
)

// Whom is for whom a protection plan or an incident is: the person, or somebody near them.
type Whom string

// The people. A family is protected as the person is (UNTOC art. 24(1); CoE Convention art. 28(2)).
const (
	ThePerson    Whom = "person"
	TheChildren  Whom = "children"
	FamilyHere   Whom = "family_here"
	FamilyOrigin Whom = "family_origin"
	TheHelper    Whom = "helper" // an intermediary or a support person
)

// Whoms lists them in the order in which a form offers them.
var Whoms = []Whom{ThePerson, TheChildren, FamilyHere, FamilyOrigin, TheHelper}

// Protecting is a kind of physical protection.
type Protecting string

// Protectings lists the kinds in the order in which a form offers them.
var Protectings = []Protecting{"escort", "safe_house", "relocation", "emergency_line", "patrols", "separate_entrance", "origin_contact", "identity_change", "livelihood", "other"}

// PlanMeasure is one thing that is done for somebody.
type PlanMeasure struct {
	Kind   Protecting `json:"kind"`
	For    []Whom     `json:"for"`
	Agency string     `json:"agency"` // who does it
	Detail string     `json:"detail"`
	Until  time.Time  `json:"until,omitzero"`
}

// Plan is one version of a person's protection plan. Outside of the care file only that it is in force, and its next review, are known.
type Plan struct {
	On       time.Time     `json:"on"`
	Measures []PlanMeasure `json:"measures"`
	Review   time.Time     `json:"review"`
	// Team is the temporary multi-agency team that carries the plan, by the id of a team of the docket, and the day on which its work for this person ends.
	Team      string    `json:"team,omitempty"`
	TeamUntil time.Time `json:"team_until,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	Why       string    `json:"why,omitempty"` // it has ended
}

// Check refuses a plan that does nothing for the person, is not to be reviewed, or lies with a team without an end.
func (p Plan) Check(now time.Time) error {
	if err := past("on", p.On, now); err != nil {
		return err
	}
	if len(p.Measures) == 0 {
		return refuse("measures", Missing)
	}
	if len(p.Measures) > maxList {
		return refuse("measures", Number)
	}
	for _, m := range p.Measures {
		if err := m.check(p.On); err != nil {
			return err
		}
	}
	if !p.covers(ThePerson) {
		return refuse("for", Amiss)
	}
	switch {
	case p.Team == "" && !p.TeamUntil.IsZero():
		return refuse("team", Missing)
	case p.Team != "" && p.TeamUntil.IsZero():
		return refuse("team_until", Missing)
	case p.Team != "" && !p.TeamUntil.After(p.On):
		return refuse("team_until", Early)
	case !p.Ended.IsZero():
		if p.Ended.Before(p.On) {
			return refuse("ended", Early)
		}
		return text("why", p.Why, true)
	}
	return review("review", p.Review, p.On)
}

func (m PlanMeasure) check(on time.Time) error {
	if err := one("kind", Protectings, m.Kind); err != nil {
		return err
	}
	if len(m.For) == 0 {
		return refuse("for", Missing)
	}
	for i, w := range m.For {
		if err := one("for", Whoms, w); err != nil {
			return err
		}
		if slices.Contains(m.For[:i], w) {
			return refuse("for", Twice)
		}
	}
	if err := label("agency", m.Agency, true); err != nil {
		return err
	}
	if !m.Until.IsZero() && !m.Until.After(on) {
		return refuse("until", Early)
	}
	return text("detail", m.Detail, true)
}

func (p Plan) covers(w Whom) bool {
	return slices.ContainsFunc(p.Measures, func(m PlanMeasure) bool { return slices.Contains(m.For, w) })
}

// Covers are those for whom the plan does something.
func (p Plan) Covers() []Whom {
	return slices.DeleteFunc(slices.Clone(Whoms), func(w Whom) bool { return !p.covers(w) })
}

// InForce says whether the plan stands. It stands past the day of its review: only somebody's decision ends it.
func (p Plan) InForce() bool { return !p.On.IsZero() && p.Ended.IsZero() }

// End ends a plan, with the reason.
func (p Plan) End(why string, now time.Time) (Plan, error) {
	if !p.InForce() {
		return p, refuse("ended", NotOpen)
	}
	p.Ended, p.Why = now, why
	return p, p.Check(now)
}
