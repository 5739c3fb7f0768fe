package order

import (
	"slices"
	"time"

	"paravent/protection"
)

// Applicant is who asks for an order (ICTY rule 75(A), ICC rule 87(1)).
type Applicant string

// The applicants.
const (
	ByProsecution Applicant = "prosecution"
	ByDefence     Applicant = "defence"
	ByWitness     Applicant = "witness" // the protected person, or the person's advocate
	ByWitnessUnit Applicant = "witness_unit"
	ByCourt       Applicant = "court" // of its own motion
)

// Applicants lists the applicants in the order in which a form offers them.
var Applicants = []Applicant{ByWitness, ByProsecution, ByDefence, ByWitnessUnit, ByCourt}

// Service is how and when an application reached the other side.
type Service struct {
	At        time.Time `json:"at"`
	How       string    `json:"how"`
	RespondBy time.Time `json:"respond_by"` // until then the other side can oppose
}

// Will is what the protected person wants.
type Will string

// The wills. The zero Will is not known.
const (
	Consents  Will = "consents"
	Objects   Will = "objects"
	NotSought Will = "not_sought"
)

// Wills lists what can be recorded of a person's will.
var Wills = []Will{Consents, Objects, NotSought}

// Consent is the protected person's will toward an order or its end. To decide against it, or without asking, needs a reason.
type Consent struct {
	Will    Will   `json:"will"`
	Reasons string `json:"reasons,omitempty"` // of deciding against the person's will or without knowing it
	// Warned says that the person was told beforehand that their testimony and identity may be disclosed later, in another case (ICTY rule 75(C)).
	Warned bool `json:"warned,omitempty"`
}

// Terms are what an order orders.
type Terms struct {
	Measures []Measure            `json:"measures"`
	From     time.Time            `json:"from"`
	Until    time.Time            `json:"until"`
	Replaces []protection.OrderID `json:"replaces,omitempty"`
}

// Terms returns what the order orders now.
func (o Order) Terms() Terms {
	measures := slices.Clone(o.Measures)
	for i := range measures {
		measures[i].Audiences = slices.Clone(measures[i].Audiences)
	}
	return Terms{measures, o.From, o.Until, slices.Clone(o.Replaces)}
}

// Version is an order as one step left it, with who took the step, when and why.
type Version struct {
	Step      Step      `json:"step"`
	By        string    `json:"by"`     // the user's id
	Office    string    `json:"office"` // the user's office at the time
	At        time.Time `json:"at"`
	Was       State     `json:"was"`
	Is        State     `json:"is"`
	Reasons   string    `json:"reasons,omitempty"`
	Change    string    `json:"change,omitempty"` // of circumstances, since the last decision
	Service   Service   `json:"service,omitzero"`
	ExParte   string    `json:"ex_parte,omitempty"`
	Consent   Consent   `json:"consent,omitzero"`
	Terms     Terms     `json:"terms"`
	Signature []byte    `json:"signature,omitempty"` // the judge's, over [Order.Statement]
}

// everHadEffect reads an order that cannot be trusted: it has effect if it ever had any, from the earliest beginning that it was ever given.
func (o Order) everHadEffect(at time.Time) bool {
	had := !slices.Contains([]State{Draft, Filed, Served, Opposed, Refused}, o.State)
	from := o.From
	for _, v := range o.History {
		had = had || slices.Contains([]State{Interim, InForce, Contested}, v.Is)
		if v.Terms.From.Before(from) {
			from = v.Terms.From
		}
	}
	return had && !at.Before(from)
}

// everOrdered are the measures of every version.
func (o Order) everOrdered() []Measure {
	all := slices.Clone(o.Measures)
	for _, v := range o.History {
		all = append(all, v.Terms.Measures...)
	}
	return all
}
