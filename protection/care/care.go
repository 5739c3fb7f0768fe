// Package care holds the rules of accompanying a protected person: the screening interview, the decision on their status, the time to recover and reflect, what
// they agree to, their danger and their needs, how they are made familiar with a hearing, how they and their family are protected and contacted, and their return
// (A/CONF.213/7 §35-37).
//
// Everything here is pure: moments and people come in as arguments. Nothing here decides about a person: indicators are shown with their reasons, a danger has no score, and a status
// is what a named authority decided. The types to start from are [Interview], [Decision], [Reflection], [Consents], [Assessment], [Needs], [Preparation], [Plan] and [Return].
package care

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrEntry is wrapped by every refusal of what was entered.
var ErrEntry = errors.New("this cannot be entered")

// EntryError says which field of an entry is refused, and why, as words that a window has texts for.
type EntryError struct{ Field, Why string }

func (e *EntryError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Why) }

func (e *EntryError) Unwrap() error { return ErrEntry }

func refuse(field, why string) error { return &EntryError{field, why} }

// The reasons of an [EntryError].
const (
	Missing = "missing"   // it is needed
	Unknown = "unknown"   // it is none of the list
	TooLong = "too_long"  // or not text
	Future  = "future"    // it lies after now
	Early   = "early"     // it lies before what it follows
	Twice   = "twice"     // it stands so already
	NotOpen = "not_open"  // what it ends or changes is not running
	Amiss   = "amiss"     // it does not go with the rest
	Number  = "number"    // it is outside of the bounds
	NoGiven = "not_given" // there is no consent to withdraw
)

// Reasons lists the reasons, and Fields the fields that are no question, for whoever has texts for them.
var (
	Reasons = []string{Missing, Unknown, TooLong, Future, Early, Twice, NotOpen, Amiss, Number, NoGiven}
	Fields  = []string{"on", "interpreter", "support", "language", "dialect", "status", "by", "noted", "basis", "need", "start", "days", "purpose", "will", "reading", "route", "with", "phrases"}
)

// MaxText is the longest text of one field, in bytes.
const MaxText = 20000

// text checks a field of free text.
func text(field, s string, needed bool) error {
	switch {
	case needed && strings.TrimSpace(s) == "":
		return refuse(field, Missing)
	case len(s) > MaxText || !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return refuse(field, TooLong)
	}
	return nil
}

// Authority is who decides, as an office and never as a person.
type Authority string

// The authorities (A/CONF.213/7 §36).
const (
	Court          Authority = "court"
	Prosecutor     Authority = "prosecutor"
	Investigator   Authority = "investigator"
	Identification Authority = "identification" // the State's own body for identifying victims
)

// Authorities lists them in the order in which a form offers them.
var Authorities = []Authority{Court, Prosecutor, Identification, Investigator}
