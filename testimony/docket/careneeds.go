package docket

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/store"
	"paravent/testimony/schedule"
)

// Speech is the language and the dialect that a person's interpreter has to know. The clerk finds the interpreter by it and the hearing has it put on record, so it stands with the open facts;
// a dialect is no word of a list, and so it is no [Fact].
type Speech struct {
	Party    protection.PartyID `json:"party"`
	Language string             `json:"language"`          // BCP 47
	Dialect  string             `json:"dialect,omitempty"` // empty: none that an interpreter has to know
	By       store.UserID       `json:"by"`
	On       time.Time          `json:"on"`
}

var speeches = store.NewCollection[Speech]("speech")

// putSpeech keeps what of a person's needs tells which interpreter understands them.
func (d *Desk) putSpeech(tx *store.Tx, part store.Compartment, p protection.PartyID, n care.Needs) error {
	s := Speech{Party: p, Language: n.Language, Dialect: strings.TrimSpace(n.Dialect), By: d.Me().ID, On: d.Now().UTC()}
	if strings.EqualFold(s.Dialect, care.NoDialect) {
		s.Dialect = ""
	}
	return speeches.Put(tx, part, string(p), s)
}

// SpeechOf is the language and dialect of a person's interpreter, as everyone who sees the person may know; ok is false where nobody has asked.
func (d *Desk) SpeechOf(ctx context.Context, p protection.PartyID) (s Speech, ok bool, err error) {
	s, err = find(ctx, d, speeches, string(p))
	if errors.Is(err, ErrNotFound) {
		return s, false, nil
	}
	return s, err == nil, err
}

// interpreters are the words of [FactInterpreter] as the schedule has them.
var interpreters = map[string]schedule.Sex{string(care.Woman): schedule.Female, string(care.Man): schedule.Male}

// consentsToHear are the purposes without which a hearing that is planned cannot be held as it is.
var consentsToHear = []FactKind{FactConsent(care.ForRecording), FactConsent(care.ForMeasures)}

// needsIn adds what the open facts of care tell to the standing of the parties. Whoever plans reads the same facts: none of it comes from a care file.
func needsIn(tx reading, parties map[protection.PartyID]schedule.Standing) error {
	spoken, err := everywhere(tx, speeches)
	if err != nil {
		return err
	}
	for _, e := range spoken {
		s := parties[e.Value.Party]
		s.Language, s.Dialect = e.Value.Language, e.Value.Dialect
		parties[e.Value.Party] = s
	}
	facts, err := everywhere(tx, factsOf)
	if err != nil {
		return err
	}
	prepared := map[protection.PartyID]bool{}
	for _, e := range facts {
		f := e.Value
		s := parties[f.Party]
		switch {
		case f.Kind == FactInterpreter:
			s.Sex = interpreters[f.Word]
		case f.Kind == FactBreaks:
			s.Longest = longestStretch(f.Word)
		case f.Kind == FactIntermediary:
			s.Intermediary = f.Word == string(care.HelpNeeded)
		case f.Kind == FactPreparation:
			prepared[f.Party] = f.Word == wordComplete
		case f.Kind == FactFile:
			s.Waits = true // somebody cares for them, so whether they are prepared is known
		case slices.Contains(consentsToHear, f.Kind):
			s.Withdrawn = s.Withdrawn || f.Word == string(care.Withdrawn)
			s.Unrecorded = s.Unrecorded || f.Kind == FactConsent(care.ForRecording) && f.Word != string(care.Given)
		}
		parties[f.Party] = s
	}
	for p, done := range prepared {
		s := parties[p]
		s.Waits = !done
		parties[p] = s
	}
	return nil
}

// longestStretch reads the word of [FactBreaks]; one that is unknown sets no limit.
func longestStretch(word string) time.Duration {
	for _, minutes := range care.BreakSteps {
		if word == WordBreaks(minutes) {
			return time.Duration(minutes) * time.Minute
		}
	}
	return 0
}
