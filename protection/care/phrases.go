package care

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of the risk phrases of one person: a card that somebody reads at one glance.
const (
	MaxPhrases = 20
	MaxPhrase  = 80 // characters
)

// Phrases are words whose saying would tell who a witness is: a place, somebody's name, a turn of speech. Whoever runs the hearing has them as a reminder without any
// ceremony, so that the witness's own name is never among them: it is sealed to two colleges and cannot be compared with what is entered here.
type Phrases []string

// Tidy takes away the space around each phrase, and empty ones.
func (p Phrases) Tidy() Phrases {
	tidied := Phrases{}
	for _, s := range p {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			tidied = append(tidied, s)
		}
	}
	return tidied
}

// Check refuses too many phrases, one that is too long or holds signs that do not show, and one that stands twice. Its error never has a phrase in it.
func (p Phrases) Check() error {
	if len(p) > MaxPhrases {
		return refuse("phrases", Number)
	}
	for i, s := range p {
		switch {
		case s == "":
			return refuse("phrases", Missing)
		case !utf8.ValidString(s) || utf8.RuneCountInString(s) > MaxPhrase || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }):
			return refuse("phrases", TooLong)
		case slices.ContainsFunc(p[:i], func(other string) bool { return strings.EqualFold(other, s) }):
			return refuse("phrases", Twice)
		}
	}
	return nil
}
