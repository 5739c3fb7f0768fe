package order

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest texts of an order, in characters.
const (
	MaxReference = 64
	MaxReasons   = 4000
)

// The names of the rules of an order's texts and dates.
const (
	RuleText   = "a text is plain words without hidden signs"
	RuleLength = "a text has an end"
	RuleScript = "an order's number is written in one script"
	RuleDate   = "a date is one of a calendar"
)

// checkWords refuses texts that are too long or hide something, and dates that no calendar has.
func (o Order) checkWords() (breaches []error) {
	add := func(err error) {
		if err != nil {
			breaches = append(breaches, err)
		}
	}
	add(text("reference", o.Reference, MaxReference, false))
	add(oneScript("reference", o.Reference))
	texts := map[string]string{"reasons": o.Reasons, "change": o.Change, "ex_parte": o.ExParte, "consent.reasons": o.Consent.Reasons, "service.how": o.Service.How}
	if n := len(o.History); n > 0 { // those before were checked when they were taken
		v := o.History[n-1]
		texts["reasons "], texts["change "], texts["ex_parte "], texts["consent.reasons "] = v.Reasons, v.Change, v.ExParte, v.Consent.Reasons
	}
	for _, path := range []string{"reasons", "reasons ", "change", "change ", "ex_parte", "ex_parte ", "consent.reasons", "consent.reasons ", "service.how"} {
		if path == strings.TrimSpace(path) || texts[path] != texts[strings.TrimSpace(path)] {
			add(text(strings.TrimSpace(path), texts[path], MaxReasons, true))
		}
	}
	add(date("from", o.From))
	add(date("until", o.Until))
	add(date("service.respond_by", o.Service.RespondBy))
	return breaches
}

// text refuses a text that is too long, is not UTF-8, or holds signs that do not show.
func text(path, s string, most int, lines bool) error {
	switch {
	case len(s) > 4*most || utf8.RuneCountInString(s) > most:
		return &RuleError{RuleLength, path, fmt.Sprintf("it has more than %d characters", most)}
	case !utf8.ValidString(s):
		return &RuleError{RuleText, path, "it is not text"}
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t') || r == '\u200c' || r == '\u200d' { // the joiners belong to the spelling of Persian and of Indian languages
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
			return &RuleError{RuleText, path, fmt.Sprintf("the sign U+%04X does not show", r)}
		}
	}
	return nil
}

var scripts = map[string]*unicode.RangeTable{"Latin": unicode.Latin, "Greek": unicode.Greek, "Cyrillic": unicode.Cyrillic, "Armenian": unicode.Armenian, "Hebrew": unicode.Hebrew,
	"Arabic": unicode.Arabic, "Han": unicode.Han, "Devanagari": unicode.Devanagari, "Bengali": unicode.Bengali, "Thai": unicode.Thai, "Ethiopic": unicode.Ethiopic, "Georgian": unicode.Georgian, "Cherokee": unicode.Cherokee}

// oneScript refuses a number whose letters are of more than one script: it could pass for another one.
func oneScript(path, s string) error {
	found := ""
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		of := "another"
		for name, table := range scripts {
			if unicode.Is(table, r) {
				of = name
			}
		}
		if found != "" && of != found {
			return &RuleError{RuleScript, path, fmt.Sprintf("it mixes letters of the scripts %s and %s", found, of)}
		}
		found = of
	}
	return nil
}

func date(path string, t time.Time) error {
	if !t.IsZero() && (t.Year() < 1900 || t.Year() > 9000) {
		return &RuleError{RuleDate, path, fmt.Sprintf("the year %d is not one of an order", t.Year())}
	}
	return nil
}
