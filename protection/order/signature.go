package order

import (
	"encoding/json"
	"slices"
	"time"

	"paravent/protection"
)

// Signing is what the judges' signatures say of an order.
type Signing string

// What signatures say. An order that was written before orders were signed, or recorded from another register, has none: it has the effect that it says, and
// replaces nothing that a judge signed.
const (
	Unsigned Signing = ""
	Signed   Signing = "signed"
	// FalselySigned is an order with a signature that is false, or with a signed decision that something unsigned follows. Nobody can tell what a judge
	// decided, so that every measure of every version stands.
	FalselySigned Signing = "falsely_signed"
)

// statement is what a judge signs, in the order of its fields. Times are in UTC.
type statement struct {
	Form      string               `json:"form"`
	Order     protection.OrderID   `json:"order"`
	Case      protection.CaseID    `json:"case"`
	Party     protection.PartyID   `json:"party"`
	Reference string               `json:"reference"`
	Version   int                  `json:"version"`
	Step      Step                 `json:"step"`
	By        string               `json:"by"`
	At        time.Time            `json:"at"`
	Was       State                `json:"was"`
	Is        State                `json:"is"`
	Reasons   string               `json:"reasons"`
	Change    string               `json:"change"`
	ExParte   string               `json:"ex_parte"`
	Consent   Consent              `json:"consent"`
	Measures  []Measure            `json:"measures"`
	From      time.Time            `json:"from"`
	Until     time.Time            `json:"until"`
	Replaces  []protection.OrderID `json:"replaces"`
}

// Statement is the canonical form of a decision: JSON without spaces, the fields in a fixed order, for the version of an index in the history. The judge
// signs it; it binds the decision to this order, this case, this person, and to its place in the order's life.
func (o Order) Statement(version int) ([]byte, error) {
	v := o.History[version]
	return json.Marshal(statement{"paravent order decision 1", o.ID, o.Case, o.Party, o.Reference, version, v.Step, v.By, v.At.UTC(), v.Was, v.Is, v.Reasons, v.Change,
		v.ExParte, v.Consent, v.Terms.Measures, v.Terms.From.UTC(), v.Terms.Until.UTC(), append([]protection.OrderID{}, v.Terms.Replaces...)})
}

// Verify finds out what the signatures say of an order. genuine checks one signature over a statement: that it is that of a judge, who had that office and
// whose access had not been taken away at the time of the version.
func (o Order) Verify(genuine func(v Version, statement []byte) bool) Signing {
	last, decided := -1, -1
	for i, v := range o.History {
		if JudgeTakes(v.Step) {
			decided = i
		}
		if len(v.Signature) == 0 {
			continue
		}
		text, err := o.Statement(i)
		if err != nil || !JudgeTakes(v.Step) || !genuine(v, text) {
			return FalselySigned
		}
		last = i
	}
	switch {
	case last < 0:
		return Unsigned
	case last != decided || !o.follows(last):
		return FalselySigned
	}
	return Signed
}

// follows reports whether the order stands as the signed version says, but for steps that anyone may take.
func (o Order) follows(signed int) bool {
	state := o.History[signed].Is
	for _, v := range o.History[signed+1:] {
		r, ok := rules[v.Step]
		if !ok || v.Was != state || v.Is != r.to || !slices.Contains(r.from, state) {
			return false
		}
		state = v.Is
	}
	return state == o.State && sameTerms(o.Terms(), o.History[signed].Terms)
}

// sameTerms reports whether two terms order the same.
func sameTerms(a, b Terms) bool {
	same := a.From.Equal(b.From) && a.Until.Equal(b.Until) && slices.Equal(a.Replaces, b.Replaces)
	first, err := json.Marshal(a.Measures)
	second, err2 := json.Marshal(b.Measures)
	return same && err == nil && err2 == nil && string(first) == string(second)
}
