package care

import (
	"slices"
	"strings"
	"time"
)

// Way is how somebody gets in touch with a person. For some, contact itself is the danger.
type Way string

// The ways.
const (
	ByCall    Way = "call"
	ByMessage Way = "message"
	ByLetter  Way = "letter"
	ByVisit   Way = "visit"
	ByThird   Way = "third"  // through somebody whom the person named
	ByOffice  Way = "office" // the person comes or calls by themselves
)

// Ways lists them in the order in which a form offers them.
var Ways = []Way{ByOffice, ByThird, ByMessage, ByCall, ByLetter, ByVisit}

// ContactRules is one version of how a person may be contacted. A way that is not among the safe ones is not safe; the zero value lets nobody contact the person.
type ContactRules struct {
	On       time.Time `json:"on"`
	Safe     []Way     `json:"safe,omitempty"`  // with the person's word that they are
	Never    []Way     `json:"never,omitempty"` // said in so many words, as "never call"
	Through  string    `json:"through,omitempty"`
	Sentence string    `json:"sentence,omitempty"` // what is said first, so that the person knows who it is
	Answer   string    `json:"answer,omitempty"`   // what the person says when they can speak freely
	From     string    `json:"from,omitempty"`     // hours on the person's clock, as "09:00"
	Until    string    `json:"until,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// Check refuses rules that contradict themselves, or that leave out what has to be known before a safe way is used.
func (r ContactRules) Check(now time.Time) error {
	if err := past("on", r.On, now); err != nil {
		return err
	}
	if len(r.Safe)+len(r.Never) == 0 {
		return refuse("safe", Missing)
	}
	for i, w := range slices.Concat(r.Safe, r.Never) {
		if err := one("safe", Ways, w); err != nil {
			return err
		}
		switch {
		case i < len(r.Safe) && slices.Contains(r.Safe[:i], w):
			return refuse("safe", Twice)
		case i < len(r.Safe) && slices.Contains(r.Never, w):
			return refuse("never", Amiss)
		case i >= len(r.Safe) && slices.Contains(r.Never[:i-len(r.Safe)], w):
			return refuse("never", Twice)
		}
	}
	speaks := slices.Contains(r.Safe, ByCall) || slices.Contains(r.Safe, ByMessage)
	switch {
	case slices.Contains(r.Safe, ByThird) && strings.TrimSpace(r.Through) == "":
		return refuse("through", Missing)
	case speaks && strings.TrimSpace(r.Sentence) == "":
		return refuse("sentence", Missing)
	case (r.From == "") != (r.Until == ""):
		return refuse("hours", Missing)
	case r.From != "" && (!clock(r.From) || !clock(r.Until)):
		return refuse("hours", Unknown)
	case r.From != "" && r.From >= r.Until:
		return refuse("hours", Early)
	}
	for _, line := range []struct{ field, s string }{{"through", r.Through}, {"sentence", r.Sentence}, {"answer", r.Answer}} {
		if err := label(line.field, line.s, false); err != nil {
			return err
		}
	}
	return text("note", r.Note, false)
}

// Allows says whether a way is safe. What nobody has said to be safe is not.
func (r ContactRules) Allows(w Way) bool {
	return slices.Contains(r.Safe, w) && !slices.Contains(r.Never, w)
}

// ShownFor is how long who has looked at the rules may contact the person by them. Then they look again.
const ShownFor = 12 * time.Hour

// Shown is that the rules were shown to somebody who was about to contact the person.
type Shown struct {
	Version int       `json:"version"` // of the rules
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Contact is one contact with the person.
type Contact struct {
	Way     Way       `json:"way"`
	On      time.Time `json:"on"`
	Reached bool      `json:"reached"`
	Shown   Shown     `json:"shown"` // when this user had looked at the rules
}

// Contacts is the log of a person's contacts and of who has looked at the rules.
type Contacts struct {
	Made  []Contact `json:"made,omitempty"`
	Shown []Shown   `json:"shown,omitempty"` // the last of each user
}

// Show notes that a user has looked at a version of the rules.
func (c Contacts) Show(s Shown) Contacts {
	kept := slices.DeleteFunc(slices.Clone(c.Shown), func(o Shown) bool { return o.By == s.By })
	c.Shown = append(kept, s)
	return c
}

// seen is what a user has looked at that still counts: the version in use, a short time ago.
func (c Contacts) seen(by string, version int, at time.Time) (Shown, bool) {
	for _, s := range c.Shown {
		if s.By == by && s.Version == version && version > 0 && !at.Before(s.At) && at.Before(s.At.Add(ShownFor)) {
			return s, true
		}
	}
	return Shown{}, false
}

// Make notes a contact by a user. It fails unless the way is safe and the user had looked at the rules in use before.
func (c Contacts) Make(x Contact, by string, rules ContactRules, version int, now time.Time) (Contacts, error) {
	if err := one("way", Ways, x.Way); err != nil {
		return c, err
	}
	if !rules.Allows(x.Way) {
		return c, refuse("way", NotSafe)
	}
	shown, ok := c.seen(by, version, now)
	if !ok {
		return c, refuse("way", NotShown)
	}
	if len(c.Made) >= maxList {
		return c, refuse("way", Number)
	}
	x.On, x.Shown = now, shown
	c.Made = append(slices.Clone(c.Made), x)
	return c, nil
}
