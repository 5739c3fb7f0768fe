package care

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// More reasons of an [EntryError].
const (
	Facts     = "facts"      // what a person tells of the facts has no place there
	Conflict  = "conflict"   // a conflict of interest stands against it
	NoConsent = "no_consent" // the person has not agreed to it, or no longer does
	NotSafe   = "not_safe"   // it is not among the ways that are safe for the person
	NotShown  = "not_shown"  // the rules of contact were not looked at before
	Late      = "late"       // it lies too far ahead
)

// SupportReasons lists them, and SupportFields the fields that are refused beside [Fields], for whoever has texts for them.
var (
	SupportReasons = []string{Facts, Conflict, NoConsent, NotSafe, NotShown, Late}
	SupportFields  = []string{"accused_knows", "admitted", "against", "agency", "answer", "area", "asked", "asker", "breaks", "childcare", "citizenship", "corrupt", "corruption", "corruption_remote", "declared", "detail", "ended", "faith", "family", "flag", "for", "found", "from", "funding", "health", "hours", "incident", "intermediary", "kind", "linked", "literacy", "measures", "month", "name", "never", "note", "persecution", "reason", "receiving", "response", "responses", "review", "role", "safe", "self_harm", "sentence", "stage", "stateless", "team", "team_until", "threat", "through", "to", "topics", "until", "voluntary", "wanted", "way", "what", "why", "witness"}
)

// MaxLabel is the longest name of an agency or a place, in bytes.
const MaxLabel = 200

// maxList bounds what one list of a care file takes.
const maxList = 500

// label checks a line of text: a name of an agency, not a story.
func label(field, s string, needed bool) error {
	switch {
	case needed && strings.TrimSpace(s) == "":
		return refuse(field, Missing)
	case len(s) > MaxLabel || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return refuse(field, TooLong)
	}
	return nil
}

// one checks that a term is of a list.
func one[T ~string](field string, list []T, v T) error {
	switch {
	case v == "":
		return refuse(field, Missing)
	case !slices.Contains(list, v):
		return refuse(field, Unknown)
	}
	return nil
}

// past checks the day of something that has happened.
func past(field string, t, now time.Time) error {
	switch {
	case t.IsZero():
		return refuse(field, Missing)
	case t.After(now):
		return refuse(field, Future)
	}
	return nil
}

// longestReview is how far ahead a review may lie, in months. A person's danger is not the same half a year later.
const longestReview = 6

// review checks the day of the next review of something that was done on a day.
func review(field string, t, on time.Time) error {
	switch {
	case t.IsZero():
		return refuse(field, Missing)
	case !t.After(on):
		return refuse(field, Early)
	case t.After(monthsAfter(on, longestReview)):
		return refuse(field, Late)
	}
	return nil
}

// monthsAfter is the same day of a later month, or its last day where it has no such day.
func monthsAfter(t time.Time, months int) time.Time {
	then := t.AddDate(0, months, 0)
	if then.Day() != t.Day() {
		then = then.AddDate(0, 0, -then.Day())
	}
	return then
}

// languageTag checks that a language is a tag such as "yo" or "pt-BR" and nothing else, so that no story fits into it.
func languageTag(field, s string) error {
	switch {
	case s == "":
		return refuse(field, Missing)
	case len(s) > 35 || strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}):
		return refuse(field, Facts)
	}
	return nil
}

// maxDialect bounds the name of a dialect, in words.
const maxDialect = 4

// dialect checks the name of a dialect. An interpreter is found by it, so the court reads it: it is a name of a few words and no story.
func dialect(field, s string) error {
	if err := label(field, s, true); err != nil {
		return err
	}
	if len(strings.Fields(s)) > maxDialect || len(s) > 60 || strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -'’", r)
	}) {
		return refuse(field, Facts)
	}
	return nil
}
