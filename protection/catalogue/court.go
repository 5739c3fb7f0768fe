package catalogue

import (
	"cmp"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/order"
)

// State is where a version of a measure stands.
type State string

// The states.
const (
	Proposed  State = "proposed"
	InForce   State = "in_force" // a second person has approved it; a later version may have taken its place
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
)

// States lists the states.
var States = []State{Proposed, InForce, Declined, Withdrawn}

// Version is a change of one measure of the court's catalogue, with who asked for it and who decided. Versions are only ever added.
type Version struct {
	ID string `json:"id"`
	// N counts the versions of a measure that came into force, from 1; of any other it is the number that it would have had.
	N       int       `json:"n"`
	Entry   Entry     `json:"entry"`
	State   State     `json:"state"`
	Reasons string    `json:"reasons"`
	By      string    `json:"by"`     // the user's id
	Office  string    `json:"office"` // the user's office at the time
	At      time.Time `json:"at"`
	// What follows is of the decision, and empty before it.
	DecidedBy     string    `json:"decided_by,omitempty"`
	DecidedOffice string    `json:"decided_office,omitempty"`
	Decided       time.Time `json:"decided,omitzero"`
	Why           string    `json:"why,omitempty"` // it was declined
}

// Court is the catalogue as a court has it at a moment: what is shipped, with the court's own versions in its place or beside it.
func Court(versions []Version, at time.Time) Catalogue {
	c := Shipped()
	inForce := slices.DeleteFunc(slices.Clone(versions), func(v Version) bool { return v.State != InForce || v.Decided.After(at) })
	slices.SortStableFunc(inForce, func(a, b Version) int { return cmp.Compare(a.N, b.N) })
	for _, v := range inForce {
		e := v.Entry
		i := c.index(e.Kind)
		if i < 0 {
			c.Measures = append(c.Measures, e)
			continue
		}
		if _, known := order.Find(e.Kind); known { // whatever was written: it does what the program compiles, and its words say so
			e.Effect, e.Parts = c.Measures[i].Effect, nil
		}
		c.Measures[i] = e
	}
	return c
}

// Own reports whether the measure is the court's, made of the program's.
func (e Entry) Own() bool { return len(e.Parts) > 0 }

// Does says what the program compiles of a measure, a sentence or more for each of its parts.
func (c Catalogue) Does(e Entry) Words {
	if !e.Own() {
		return e.Effect
	}
	var w Words
	for i, p := range e.Parts {
		part, _ := c.Find(p.Kind)
		if i > 0 {
			w.EN, w.FR = w.EN+" ", w.FR+" "
		}
		w.EN, w.FR = w.EN+part.Effect.EN, w.FR+part.Effect.FR
	}
	return w
}

// Takes lists what an order has to say, or may, for a measure: of the court's own, whatever its parts are not told by the catalogue.
func (e Entry) Takes() []order.Parameter {
	if !e.Own() {
		known, _ := order.Find(e.Kind)
		return known.Takes
	}
	var list []order.Parameter
	for _, p := range e.Parts {
		known, _ := order.Find(p.Kind)
		for _, t := range known.Takes {
			if !slices.Contains(list, t) && !p.Sets(t) {
				list = append(list, t)
			}
		}
	}
	return list
}

// The names of the rules by which the choice of measures for an order is refused.
const (
	RuleRetired = "a measure that the court has retired is not ordered anew"
	RuleAgree   = "measures that share a part tell it the same"
)

// Order turns what was chosen from the catalogue into the measures of an order. One of the court's own becomes its parts, each bearing its name; what the
// order says of it goes to the parts that the catalogue tells nothing. Where two choices share a part it stands once, toward the audiences of both. A measure
// that is in no catalogue stays as it is, for [order.Order.Check] to refuse. Standing are the measures that the order has already: a retired one may stay.
func (c Catalogue) Order(chosen, standing []order.Measure) ([]order.Measure, error) {
	var out []order.Measure
	for i, m := range chosen {
		e, ok := c.Find(m.Kind)
		had := func(o order.Measure) bool { return o.Kind == m.Kind || o.Named == m.Kind }
		if ok && e.Retired && !slices.ContainsFunc(standing, had) {
			return nil, &order.RuleError{Rule: RuleRetired, Path: place(i), Why: string(m.Kind) + " is retired"}
		}
		for _, part := range e.asks(m) {
			at := slices.IndexFunc(out, func(o order.Measure) bool { return o.Kind == part.Kind })
			if at < 0 || part.Kind == m.Kind && !e.Own() && slices.ContainsFunc(chosen[:i], func(o order.Measure) bool { return o.Kind == m.Kind }) {
				out = append(out, part) // the same chosen twice is a mistake of the order, which its check names
				continue
			}
			both, ok := out[at].With(part)
			if !ok {
				return nil, &order.RuleError{Rule: RuleAgree, Path: place(i), Why: string(part.Kind) + " is asked for twice, with different particulars"}
			}
			out[at] = both
		}
	}
	return out, nil
}

// asks are the program's measures that a choice stands for.
func (e Entry) asks(m order.Measure) []order.Measure {
	if !e.Own() {
		return []order.Measure{m}
	}
	list := make([]order.Measure, 0, len(e.Parts))
	for _, p := range e.Parts {
		part := p.Clone()
		known, _ := order.Find(p.Kind)
		for _, t := range known.Takes {
			if !part.Sets(t) {
				part.Take(t, m.Parameters)
			}
		}
		for _, a := range m.Audiences {
			if known.MayCover(a, true) && !slices.Contains(part.Audiences, a) {
				part.Audiences = append(part.Audiences, a)
			}
		}
		part.Named = e.Kind
		list = append(list, part)
	}
	return list
}

// MayCover reports whether an order may direct a measure of the catalogue, or one of its parts, at an audience besides its own.
func (e Entry) MayCover(a protection.Audience) bool {
	kinds := []order.MeasureKind{e.Kind}
	if e.Own() {
		kinds = nil
		for _, p := range e.Parts {
			kinds = append(kinds, p.Kind)
		}
	}
	return slices.ContainsFunc(kinds, func(k order.MeasureKind) bool {
		known, ok := order.Find(k)
		return ok && known.MayCover(a, true)
	})
}
