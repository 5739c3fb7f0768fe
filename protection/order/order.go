// Package order holds protective orders: what a judge has decided for one protected party, and how that decision lives.
//
// An order is data. It is filed, served, perhaps opposed, decided, and ends only by a judge's act; expiry alone ends
// nothing. The package knows which steps follow which and which order has effect at a moment; what the effect is, is
// compiled in protection/policy. The type to start from is [Order]. Everything here is pure: time comes in as an argument.
package order

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
)

// State is where an order stands in its life.
type State string

// The states of an order's life cycle.
const (
	Draft     State = "draft"
	Filed     State = "filed"
	Served    State = "served"
	Opposed   State = "opposed"
	Interim   State = "interim"  // granted for the time until the decision
	InForce   State = "in_force" // granted, in whole or in part
	Contested State = "contested"
	Refused   State = "refused"
	Suspended State = "suspended"
	Rescinded State = "rescinded"
	Spent     State = "spent" // a judge has confirmed that it has run out
)

// States lists every state.
var States = []State{Draft, Filed, Served, Opposed, Interim, InForce, Contested, Refused, Suspended, Rescinded, Spent}

// Order is one protective order for one party in one case.
type Order struct {
	ID        protection.OrderID   `json:"id"`
	Case      protection.CaseID    `json:"case"`
	Party     protection.PartyID   `json:"party"`
	Reference string               `json:"reference"` // the court's own number
	State     State                `json:"state"`
	Measures  []Measure            `json:"measures"`
	From      time.Time            `json:"from"`
	Until     time.Time            `json:"until"`              // zero: without end
	Replaces  []protection.OrderID `json:"replaces,omitempty"` // orders varied or rescinded by this one, in this case only
	Decided   time.Time            `json:"decided"`
	Reasons   string               `json:"reasons,omitempty"` // of the application, until there is a decision; of the last decision then

	// What follows came later. In an order that was written before, all of it is unset, and the order means what it meant.

	Applicant Applicant `json:"applicant,omitempty"`
	Change    string    `json:"change,omitempty"`   // what has changed since a refusal, or since the orders that this one is to replace
	Service   Service   `json:"service,omitzero"`   // on the other side
	ExParte   string    `json:"ex_parte,omitempty"` // why the other side is not served
	Consent   Consent   `json:"consent,omitzero"`   // of the protected person
	History   []Version `json:"history,omitempty"`  // every step taken, with the terms as they stood after it; only ever added to

	// Alerted is that the prosecutor was told of a non-punishment note. It is no step: nothing of what is ordered changes.
	Alerted Alert `json:"alerted,omitzero"`

	// Signing is what the judges' signatures say of the order. It is not kept: whoever reads the order finds it out. See [Order.Statement].
	Signing Signing `json:"-"`
}

// Check refuses an order that the law of the house does not allow, naming the rule and the place.
// It returns every breach, joined; each one is a [*RuleError].
func (o Order) Check() error {
	var breaches []error
	if len(o.Measures) == 0 {
		breaches = append(breaches, &RuleError{RuleNotEmpty, "measures", "the order has no measure"})
	}
	anonymous := slices.ContainsFunc(o.Measures, func(m Measure) bool { return m.Kind == FullAnonymity })
	seen := map[MeasureKind]bool{}
	for i, m := range o.Measures {
		path := fmt.Sprintf("measures[%d]", i)
		breaches = append(breaches, m.check(path, o, anonymous)...)
		if seen[m.Kind] {
			breaches = append(breaches, &RuleError{RuleOneEach, path, fmt.Sprintf("%s stands twice in the order", m.Kind)})
		}
		seen[m.Kind] = true
	}
	breaches = append(breaches, o.together()...)
	if !o.Until.IsZero() && !o.Until.After(o.From) {
		breaches = append(breaches, &RuleError{RulePeriod, "until", "the order would end before it begins"})
	}
	breaches = append(breaches, o.checkWords()...)
	return errors.Join(breaches...)
}

var judgeOnly = []State{Interim, InForce, Refused, Suspended, Rescinded, Spent}

// ErrStep is returned for a step that does not follow from the order's state.
var ErrStep = errors.New("the order cannot take this step")

// ErrJudgeOnly is returned for a decision taken by anyone but a judge.
var ErrJudgeOnly = errors.New("only a judge decides an order")

// JudgeDecides reports whether only a judge can bring an order into a state.
func JudgeDecides(s State) bool { return slices.Contains(judgeOnly, s) }

// Doubt says why an order that has effect may not be the last word.
type Doubt string

// The doubts. In each of them the stricter setting stands until a judge decides.
const (
	NoDoubt        Doubt = ""
	AwaitsDecision Doubt = "interim"
	IsContested    Doubt = "contested"
	HasExpired     Doubt = "expired"
	IsForged       Doubt = "forged" // a signature is false or missing: see [FalselySigned]
)

// Effect reports whether the order has effect at a moment, and in what doubt. An order past its end keeps its effect
// until a judge confirms the end.
func (o Order) Effect(at time.Time) (effective bool, doubt Doubt) {
	if o.Signing == FalselySigned {
		return o.everHadEffect(at), IsForged
	}
	switch o.State {
	case Interim:
		doubt = AwaitsDecision
	case Contested:
		doubt = IsContested
	case InForce:
	default:
		return false, NoDoubt
	}
	if at.Before(o.From) {
		return false, NoDoubt
	}
	if !o.Until.IsZero() && !at.Before(o.Until) {
		doubt = HasExpired
	}
	return true, doubt
}

// Applying returns the orders that govern a party in a case at a moment: those of the case itself and those carried
// over from other cases, without the ones that a firm order of this case has replaced. An order in doubt replaces nothing:
// an interim or contested one not yet, one past its end not any more, and until a judge decides both stand. An order that a judge
// signed is replaced only by a signed one. Orders that replace each other in a circle all stand.
func Applying(orders []Order, c protection.CaseID, p protection.PartyID, at time.Time) []Order {
	effective := make([]Order, 0, len(orders))
	replaces, by := replacements{}, map[protection.OrderID][]protection.OrderID{}
	signed := map[protection.OrderID]bool{}
	for _, o := range orders {
		if o.Party != p {
			continue
		}
		ok, doubt := o.Effect(at)
		if !ok {
			continue
		}
		if doubt == IsForged {
			o.Measures = o.everOrdered()
		}
		effective = append(effective, o)
		signed[o.ID] = o.Signing != Unsigned
		if o.Case != c || len(o.Replaces) == 0 {
			continue
		}
		replaces[o.ID] = o.Replaces
		if doubt == NoDoubt {
			for _, old := range o.Replaces {
				by[old] = append(by[old], o.ID)
			}
		}
	}
	return slices.DeleteFunc(effective, func(o Order) bool {
		return slices.ContainsFunc(by[o.ID], func(firm protection.OrderID) bool {
			if signed[o.ID] && !signed[firm] {
				return false // what a judge signed gives way to what a judge signed
			}
			return !replaces.reach(o.ID, firm, map[protection.OrderID]bool{})
		})
	})
}

// replacements are the orders that each order replaces, or would if it were firm: one that itself, or by way of others, gives way
// to another does not replace it.
type replacements map[protection.OrderID][]protection.OrderID

func (r replacements) reach(from, to protection.OrderID, seen map[protection.OrderID]bool) bool {
	if from == to {
		return true
	}
	seen[from] = true
	return slices.ContainsFunc(r[from], func(next protection.OrderID) bool { return !seen[next] && r.reach(next, to, seen) })
}
