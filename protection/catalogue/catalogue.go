// Package catalogue holds the catalogue of protective measures as a court keeps it: how each is called, the legal bases and
// conditions that stand behind it, and who may apply for it. It is data that each court edits for its own law.
//
// What a measure does is no part of it: the effect is compiled in protection/policy from what protection/order fixes, and no
// edit here can change it. The type to start from is [Catalogue].
package catalogue

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"paravent/protection"
	"paravent/protection/order"
)

// Format names the document in which a catalogue is kept, imported and exported.
const Format = "paravent/catalogue/1"

// Law is a body of law.
type Law string

// The bodies of law. A court's own rules, and the law of any other State, stand under National.
const (
	International Law = "international"
	France        Law = "france"
	EnglandWales  Law = "england_wales"
	National      Law = "national"
)

// Laws lists the bodies of law for which a catalogue is shipped.
var Laws = []Law{International, France, EnglandWales}

// Words are a text in both languages of the desk.
type Words struct {
	EN string `json:"en"`
	FR string `json:"fr"`
}

// In returns the text in a language, "fr" or else English.
func (w Words) In(language string) string {
	if language == "fr" {
		return w.FR
	}
	return w.EN
}

// Basis is a rule on which a measure can rest. Unless Seen, it is shown as "to be checked by counsel".
type Basis struct {
	Law  Law    `json:"law,omitempty"` // left out in a document of one law
	Rule string `json:"rule"`
	Seen bool   `json:"seen,omitempty"` // somebody has read it at its source
}

// Condition is what must be so before the measure is ordered.
type Condition struct {
	Law Law `json:"law,omitempty"`
	// Declare names the condition where an order has to declare it as met.
	Declare order.Condition `json:"declare,omitempty"`
	Words
}

// End is when a measure ends unless its order says otherwise.
type End string

// The ends.
const (
	EndsSurvives End = "survives" // outlives the trial
	EndsTrial    End = "trial_end"
	EndsOrder    End = "per_order"
	EndsSwitch   End = "by_switch" // when the session's mode is switched back
	EndsLifetime End = "lifetime"
	EndsReviewed End = "reviewed" // at its review, if that says so
	EndsNever    End = "permanent"
	EndsRelease  End = "release_order"
	EndsNone     End = "none" // with the act that it accompanies
)

// Applicant is who may apply for a measure. The bench alone orders it.
type Applicant string

// The applicants.
const (
	ByProsecution Applicant = "prosecution"
	ByDefence     Applicant = "defence"
	ByWitness     Applicant = "witness" // or victim, or their lawyer
	ByUnit        Applicant = "unit"    // the witness unit
	ByCourt       Applicant = "court"   // of its own motion
)

// Entry is a measure as the court keeps it.
type Entry struct {
	Kind       order.MeasureKind `json:"kind"`
	Name       Words             `json:"name,omitzero"`
	Effect     Words             `json:"effect,omitzero"` // of a shipped measure: what the program compiles; no edit changes it
	End        End               `json:"end,omitempty"`
	Applicants []Applicant       `json:"applicants,omitempty"`
	Bases      []Basis           `json:"bases"`
	Conditions []Condition       `json:"conditions,omitempty"`
	// Audiences are those that this court always covers besides the measure's own: an order form begins with them.
	Audiences []protection.Audience `json:"audiences,omitempty"`
	// Parts are what a measure of the court's own orders, in the program's measures. A shipped measure has none.
	Parts []order.Measure `json:"parts,omitempty"`
	// Retired is a measure that is not ordered anew. Orders that hold it are as they were.
	Retired bool `json:"retired,omitempty"`
}

// Catalogue is a document of measures.
type Catalogue struct {
	Format string `json:"format"`
	// Law is the body of law of every line that names none.
	Law      Law     `json:"law,omitempty"`
	Measures []Entry `json:"measures"`
}

//go:embed international.json france.json england_wales.json
var documents embed.FS

// Shipped returns the catalogue that comes with the program, for the bodies of law that are asked for, or for all of them. It
// holds every measure that the program knows; one that a law does not speak of has no basis in it.
func Shipped(laws ...Law) Catalogue {
	if len(laws) == 0 {
		laws = Laws
	}
	c := Catalogue{Format: Format}
	for _, law := range Laws {
		part := read(law)
		for _, e := range part.Measures {
			if !slices.Contains(laws, law) {
				e.Bases, e.Conditions = nil, nil
			}
			c.add(e)
		}
	}
	return c
}

// read reads a shipped document; each line of it gets its law.
func read(law Law) Catalogue {
	raw, err := documents.ReadFile(string(law) + ".json")
	if err != nil {
		panic(err) // the documents are part of the program
	}
	var c Catalogue
	if err := json.Unmarshal(raw, &c); err != nil {
		panic(fmt.Errorf("the catalogue of %s: %w", law, err))
	}
	c.eachItsLaw()
	return c
}

// eachItsLaw gives the document's law to every line that names none.
func (c *Catalogue) eachItsLaw() {
	for i := range c.Measures {
		e := &c.Measures[i]
		for j := range e.Bases {
			if e.Bases[j].Law == "" {
				e.Bases[j].Law = c.Law
			}
		}
		for j := range e.Conditions {
			if e.Conditions[j].Law == "" {
				e.Conditions[j].Law = c.Law
			}
		}
	}
}

// add puts an entry beside the others, or its bases and conditions to those of its kind.
func (c *Catalogue) add(e Entry) {
	i := c.index(e.Kind)
	if i < 0 {
		c.Measures = append(c.Measures, e)
		return
	}
	c.Measures[i].Bases = append(c.Measures[i].Bases, e.Bases...)
	c.Measures[i].Conditions = append(c.Measures[i].Conditions, e.Conditions...)
}

func (c Catalogue) index(k order.MeasureKind) int {
	return slices.IndexFunc(c.Measures, func(e Entry) bool { return e.Kind == k })
}

// Find returns the entry of a kind.
func (c Catalogue) Find(k order.MeasureKind) (Entry, bool) {
	if i := c.index(k); i >= 0 {
		return c.Measures[i], true
	}
	return Entry{}, false
}

// Measure begins a measure of an order with the audiences that the court always covers.
func (c Catalogue) Measure(k order.MeasureKind) order.Measure {
	e, _ := c.Find(k)
	return order.Measure{Kind: k, Audiences: slices.Clone(e.Audiences)}
}
