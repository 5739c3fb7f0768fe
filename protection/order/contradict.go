package order

import (
	"cmp"
	"slices"
	"time"

	"paravent/protection"
)

// Against says in what two orders contradict each other.
type Against string

// The contradictions. In each of them the stricter setting stands until a judge decides.
const (
	AgainstRefusal Against = "refused"  // one refused what the other orders
	AgainstLifted  Against = "lifted"   // one was rescinded or suspended, and with it what the other orders
	AgainstDoubt   Against = "replaces" // one would replace the other, and is interim, contested, past its end, or unsigned
	AgainstTold    Against = "told"     // both order the measure, and tell it different things
	AgainstMode    Against = "mode"     // one asks for a private session, the other for a closed one
)

// Contradictions lists how orders can contradict each other.
var Contradictions = []Against{AgainstRefusal, AgainstLifted, AgainstDoubt, AgainstTold, AgainstMode}

// Contradiction is two orders for one party that say different things of a measure.
type Contradiction struct {
	In      Against     `json:"in"`
	Measure MeasureKind `json:"measure"`
	// Stands is the order whose setting stands, the stricter one; Other is the one against it.
	Stands          protection.OrderID `json:"stands"`
	Other           protection.OrderID `json:"other"`
	StandsReference string             `json:"stands_reference"` // the court's numbers
	OtherReference  string             `json:"other_reference"`
}

// Contradict finds what the orders of a party in a case say against each other at a moment. Orders of other cases that carry over are heard as well. Each pair
// is named once for a measure.
func Contradict(orders []Order, c protection.CaseID, p protection.PartyID, at time.Time) []Contradiction {
	var found []Contradiction
	applying := Applying(orders, c, p, at)
	add := func(in Against, k MeasureKind, stands, other Order) {
		same := func(x Contradiction) bool {
			return x.Measure == k && (x.Stands == stands.ID && x.Other == other.ID || x.Stands == other.ID && x.Other == stands.ID)
		}
		if !slices.ContainsFunc(found, same) {
			found = append(found, Contradiction{in, k, stands.ID, other.ID, stands.Reference, other.Reference})
		}
	}
	for _, a := range applying {
		for _, m := range a.Measures {
			for _, b := range orders {
				if b.Party != p || b.ID == a.ID || b.Case != c && b.Case != a.Case {
					continue
				}
				asked := measureOf(b, m.Kind)
				switch {
				case slices.Contains(a.Replaces, b.ID):
					// what it replaces is meant to be different
				case asked != nil && b.State == Refused && !b.Decided.Before(a.Decided):
					add(AgainstRefusal, m.Kind, a, b)
				case asked != nil && (b.State == Rescinded || b.State == Suspended) && !b.Decided.Before(a.Decided):
					add(AgainstLifted, m.Kind, a, b)
				}
			}
			for _, b := range applying {
				if b.ID == a.ID {
					continue
				}
				other := measureOf(b, m.Kind)
				switch {
				case other == nil && slices.Contains(b.Replaces, a.ID):
					add(AgainstDoubt, m.Kind, a, b)
				case other != nil && stricter(m, *other) > 0:
					add(AgainstTold, m.Kind, a, b)
				case m.Kind == ClosedSession && measureOf(b, PrivateSession) != nil:
					add(AgainstMode, m.Kind, a, b)
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b Contradiction) int {
		return cmp.Or(cmp.Compare(a.StandsReference, b.StandsReference), cmp.Compare(a.OtherReference, b.OtherReference), cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Stands, b.Stands), cmp.Compare(a.Other, b.Other))
	})
	return found
}

func measureOf(o Order, k MeasureKind) *Measure {
	if i := slices.IndexFunc(o.Measures, func(m Measure) bool { return m.Kind == k }); i >= 0 {
		return &o.Measures[i]
	}
	return nil
}

// stricter compares what two measures of one kind are told: positive where the first is the stricter, and zero where nothing that reaches a cell differs.
func stricter(a, b Measure) int {
	switch a.Kind {
	case DelayedBroadcast:
		return cmp.Or(cmp.Compare(b.Release, a.Release), cmp.Compare(a.Delay, b.Delay))
	case FullAnonymity:
		if a.Disguise != b.Disguise {
			if b.Disguise {
				return 1
			}
			return -1
		}
	}
	return 0
}

// Circular reports whether an order is to replace itself by way of those that it replaces.
func Circular(replacing map[protection.OrderID][]protection.OrderID, o protection.OrderID) bool {
	return slices.ContainsFunc(replacing[o], func(r protection.OrderID) bool {
		return replacements(replacing).reach(r, o, map[protection.OrderID]bool{})
	})
}
