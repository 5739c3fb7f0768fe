// Package statistics makes disaggregated tables of protected parties (A/CONF.213/7 §42-44, §54 e) from which no small group can be derived.
//
// A [Record] says of a party what closed lists can say. [Count] makes a [Table] of records, [Protect] decides which of its cells are published, and
// [Audit] attacks the result, together with every earlier one, as somebody would who has them all. Everything here is pure. It holds no name, no
// pseudonym, no id and no date of birth.
package statistics

import (
	"errors"
	"fmt"
	"slices"
)

// Family is the family of offences that a table is of. The two are never merged.
type Family string

// The families.
const (
	Trafficking Family = "trafficking"
	Smuggling   Family = "smuggling"
)

// Families lists the families in the order in which a form offers them.
var Families = []Family{Trafficking, Smuggling}

// Dimension is what a table is broken down by.
type Dimension string

// The dimensions. Form, sex, age band and region stand in a party's [Profile]; the others are derived from the docket.
const (
	Form     Dimension = "form" // of exploitation, or of smuggling
	Sex      Dimension = "sex"
	AgeBand  Dimension = "age_band"
	Region   Dimension = "region" // of origin
	Status   Dimension = "status"
	Measures Dimension = "measures" // the furthest-reaching protective measure in force
	Outcome  Dimension = "outcome"
	Year     Dimension = "year" // in which the case was opened
)

// Dimensions lists the dimensions in the order in which a form offers them.
var Dimensions = []Dimension{Form, Sex, AgeBand, Region, Status, Measures, Outcome, Year}

// Value is a category of a dimension.
type Value string

// Unknown is the category of what nobody has recorded. Every dimension has it.
const Unknown Value = "unknown"

var values = map[Dimension][]Value{
	Sex:      {"female", "male", "other", Unknown},
	AgeBand:  {"under_12", "12_17", "18_24", "25_34", "35_49", "50_plus", Unknown},
	Status:   {"victim_witness", "victim", "witness", "possible_victim", "person_at_risk", Unknown},
	Measures: {"none", "name", "screen_or_link", "picture_or_voice", "private_or_closed", "other_measure", Unknown},
	Outcome:  {"testified", "hearing_planned", "no_hearing", Unknown},
	Region: {"africa_north", "africa_west", "africa_middle", "africa_east", "africa_south", "america_north", "caribbean", "america_central", "america_south",
		"asia_central", "asia_east", "asia_south_east", "asia_south", "asia_west", "europe_east", "europe_north", "europe_south", "europe_west", "oceania", Unknown},
}

var forms = map[Family][]Value{
	Trafficking: {"sexual_exploitation", "forced_labour", "domestic_servitude", "forced_begging", "forced_criminality", "forced_marriage", "organ_removal",
		"illegal_adoption", "surrogacy", "forced_military_service", "other_exploitation", Unknown},
	Smuggling: {"by_land", "by_sea", "by_air", "false_documents", "enabled_stay", "other_smuggling", Unknown},
}

// Values lists the categories of a dimension in a family, in the order in which they are shown. Those of [Year] come from the records.
func Values(f Family, d Dimension) []Value {
	if d == Form {
		return slices.Clone(forms[f])
	}
	return slices.Clone(values[d])
}

// Consent is what a person said to being counted.
type Consent string

// The consents. Only who said yes is counted; nobody who was not asked is.
const (
	NotAsked  Consent = ""
	Given     Consent = "given"
	Refused   Consent = "refused"
	Withdrawn Consent = "withdrawn"
)

// Consents lists the consents in the order in which a form offers them.
var Consents = []Consent{NotAsked, Given, Refused, Withdrawn}

// Profile is what is recorded of a party for statistics: categories of closed lists, and nothing else. An empty field is [Unknown]. The zero Profile is
// not counted.
type Profile struct {
	Consent   Consent `json:"consent,omitempty"`
	Exploited Value   `json:"exploitation,omitempty"` // form, in a case of trafficking
	Smuggled  Value   `json:"smuggling,omitempty"`    // form, in a case of smuggling
	Sex       Value   `json:"sex,omitempty"`
	AgeBand   Value   `json:"age_band,omitempty"` // when the person was entered; never a date of birth
	Region    Value   `json:"region,omitempty"`   // of origin, by the United Nations' M49
}

// ErrProfile is wrapped by every refusal of a profile.
var ErrProfile = errors.New("this is not a category of the list")

// Check refuses what does not stand in the lists.
func (p Profile) Check() error {
	if !slices.Contains(Consents, p.Consent) {
		return fmt.Errorf("consent: %w", ErrProfile)
	}
	for _, f := range []struct {
		name string
		v    Value
		of   []Value
	}{{"exploitation", p.Exploited, forms[Trafficking]}, {"smuggling", p.Smuggled, forms[Smuggling]}, {"sex", p.Sex, values[Sex]},
		{"age_band", p.AgeBand, values[AgeBand]}, {"region", p.Region, values[Region]}} {
		if f.v != "" && !slices.Contains(f.of, f.v) {
			return fmt.Errorf("%s: %w", f.name, ErrProfile)
		}
	}
	return nil
}

// FormIn is the form recorded for a family, or empty.
func (p Profile) FormIn(f Family) Value {
	if f == Smuggling {
		return p.Smuggled
	}
	return p.Exploited
}

// Record is one party in one family, as it is counted.
type Record struct {
	Family                                                        Family
	Form, Sex, AgeBand, Region, Status, Measures, Outcome, Period Value
}

// in returns the record's category of a dimension.
func (r Record) in(d Dimension) Value {
	v := Value("")
	switch d {
	case Form:
		v = r.Form
	case Sex:
		v = r.Sex
	case AgeBand:
		v = r.AgeBand
	case Region:
		v = r.Region
	case Status:
		v = r.Status
	case Measures:
		v = r.Measures
	case Outcome:
		v = r.Outcome
	case Year:
		v = r.Period
	}
	if v == "" {
		return Unknown
	}
	return v
}
