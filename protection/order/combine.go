package order

import (
	"reflect"
	"slices"

	"paravent/protection"
)

// Sets reports whether a parameter is told.
func (p Parameters) Sets(name Parameter) bool { return slices.Contains(p.sets(), name) }

// Take copies one parameter from others.
func (p *Parameters) Take(name Parameter, from Parameters) {
	from = from.clone()
	switch name {
	case TakesRelease:
		p.Release, p.Delay = from.Release, from.Delay
	case TakesTopics:
		p.Topics = from.Topics
	case TakesConditions:
		p.Conditions = from.Conditions
	case TakesDisguise:
		p.Disguise = from.Disguise
	case TakesWeight:
		p.Weight = from.Weight
	case TakesCounterbalances:
		p.Counterbalances = from.Counterbalances
	case TakesReview:
		p.ReviewBy = from.ReviewBy
	case TakesExhibit:
		p.Exhibit = from.Exhibit
	case TakesPassages:
		p.Passages = from.Passages
	case TakesStages:
		p.Stages = from.Stages
	}
}

func (p Parameters) clone() Parameters {
	p.Topics, p.Conditions, p.Counterbalances = slices.Clone(p.Topics), slices.Clone(p.Conditions), slices.Clone(p.Counterbalances)
	p.Passages, p.Stages = slices.Clone(p.Passages), slices.Clone(p.Stages)
	return p
}

// Clone copies a measure with its lists.
func (m Measure) Clone() Measure {
	m.Audiences, m.Parameters = slices.Clone(m.Audiences), m.clone()
	return m
}

// With is a measure that covers whom either of two of one kind covers. It is false where the two are told different things. A disguised voice for the
// defence is left out unless both allow it: it is the weaker setting.
func (m Measure) With(other Measure) (Measure, bool) {
	both := m.Clone()
	for _, a := range other.Audiences {
		if !slices.Contains(both.Audiences, a) {
			both.Audiences = append(both.Audiences, protection.Audience(a))
		}
	}
	if both.Named == "" {
		both.Named = other.Named
	}
	for _, p := range other.sets() {
		if p == TakesDisguise {
			continue
		}
		mine, theirs := Parameters{}, Parameters{}
		mine.Take(p, m.Parameters)
		theirs.Take(p, other.Parameters)
		if m.Sets(p) && !reflect.DeepEqual(mine, theirs) {
			return m, false
		}
		both.Take(p, other.Parameters)
	}
	both.Disguise = m.Disguise && other.Disguise
	return both, true
}
