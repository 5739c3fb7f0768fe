package care

import (
	"slices"
	"strings"
	"time"
)

// Purpose is one thing that a person can agree to, each for itself.
type Purpose string

// The purposes.
const (
	ForRecording  Purpose = "recording"  // that their testimony is recorded
	ForMeasures   Purpose = "measures"   // that protective measures are asked for
	ForSharing    Purpose = "sharing"    // that a named agency learns of them
	ForResearch   Purpose = "research"   // that what they told is studied
	ForStatistics Purpose = "statistics" // beyond what the law has counted
	ForReturn     Purpose = "return"     // that they are contacted about a return, and after it
	ForTravel     Purpose = "travel"     // that they return at all
)

// Purposes lists them in the order in which a form asks.
var Purposes = []Purpose{ForRecording, ForMeasures, ForSharing, ForStatistics, ForResearch, ForReturn, ForTravel}

// Will is what a person has said to a purpose. The zero value is that they were not asked.
type Will string

// The wills.
const (
	Unasked   Will = ""
	Given     Will = "given"
	NotGiven  Will = "refused"
	Withdrawn Will = "withdrawn"
)

// Wills lists those that can be entered.
var Wills = []Will{Given, NotGiven, Withdrawn}

// Reading is how a person took in what they were asked.
type Reading string

// Readings lists the methods in the order in which a form offers them.
var Readings = []Reading{"alone", "aloud", "interpreter", "pictures"}

// Consent is one answer of a person to one purpose.
type Consent struct {
	Purpose  Purpose   `json:"purpose"`
	With     string    `json:"with,omitempty"` // the agency, when it is for sharing
	Will     Will      `json:"will"`
	Language string    `json:"language"`
	Reading  Reading   `json:"reading"`
	Route    string    `json:"route"` // how they were told to withdraw it: whom they tell, and how
	By       string    `json:"by"`    // id of the user who asked
	At       time.Time `json:"at"`
}

// Consents are a person's answers in the order in which they were given. The last one to a purpose counts; none is ever taken away.
type Consents []Consent

// Will is what stands for a purpose and, for sharing, an agency.
func (c Consents) Will(p Purpose, with string) Will {
	for i := len(c) - 1; i >= 0; i-- {
		if c[i].Purpose == p && sameAgency(c[i].With, with) {
			return c[i].Will
		}
	}
	return Unasked
}

// Given says whether something may be done for a purpose now.
func (c Consents) Given(p Purpose, with string) bool { return c.Will(p, with) == Given }

func sameAgency(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// Standing are the answers that count, in the order of [Purposes] and then of time.
func (c Consents) Standing() []Consent {
	var list []Consent
	for _, p := range Purposes {
		for i, x := range c {
			if x.Purpose == p && !slices.ContainsFunc(c[i+1:], func(y Consent) bool { return y.Purpose == p && sameAgency(x.With, y.With) }) {
				list = append(list, x)
			}
		}
	}
	return list
}

// Record adds an answer. A withdrawal needs nothing but itself: no form stands between a person and their no.
func (c Consents) Record(x Consent, now time.Time) (Consents, error) {
	x.With, x.At = strings.TrimSpace(x.With), now
	switch {
	case !slices.Contains(Purposes, x.Purpose):
		return c, refuse("purpose", Unknown)
	case !slices.Contains(Wills, x.Will):
		return c, refuse("will", Unknown)
	case x.By == "":
		return c, refuse("by", Missing)
	case x.Purpose == ForSharing && x.With == "":
		return c, refuse("with", Missing)
	case x.Purpose != ForSharing && x.With != "":
		return c, refuse("with", Amiss)
	case x.Will == Withdrawn && !c.Given(x.Purpose, x.With):
		return c, refuse("will", NoGiven)
	}
	if err := text("with", x.With, false); err != nil {
		return c, err
	}
	if x.Will == Given {
		if err := text("route", x.Route, true); err != nil {
			return c, err
		}
	}
	if x.Will != Withdrawn {
		if err := text("language", x.Language, true); err != nil {
			return c, err
		}
		if !slices.Contains(Readings, x.Reading) {
			return c, refuse("reading", Unknown)
		}
	}
	if x.Reading != "" && !slices.Contains(Readings, x.Reading) {
		return c, refuse("reading", Unknown)
	}
	if err := text("route", x.Route, false); err != nil {
		return c, err
	}
	return append(slices.Clone(c), x), nil
}

// Overall is what an outsider may know of a purpose: the most careful of what stands for it. Of sharing with several agencies, one that was withdrawn or refused
// is what is said.
func (c Consents) Overall(p Purpose) Will {
	found := Unasked
	for _, x := range c.Standing() {
		if x.Purpose != p {
			continue
		}
		switch {
		case x.Will == Withdrawn:
			return Withdrawn
		case found == Unasked || x.Will == NotGiven:
			found = x.Will
		}
	}
	return found
}
