package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
)

// What a document holds of a person's care is what every office of the docket reads: the decisions on their status, the open facts, and which interpreter understands them. A care file never leaves
// a vault in clear: no interview, no word of a person, no assessment, plan, rule of contact or name of a companion has a place here.

// DecisionLine is a decision on a person's status in a document.
type DecisionLine struct {
	Status protection.Status `json:"status"`
	By     care.Authority    `json:"by"`
	On     time.Time         `json:"on"`
	Basis  string            `json:"basis"` // the provision and the number of the decision
}

// FactLine is an open fact of a person's care in a document: a word of a short list.
type FactLine struct {
	Kind FactKind  `json:"kind"`
	Word string    `json:"word"`
	On   time.Time `json:"on"`
	Due  time.Time `json:"due,omitzero"`
}

// carried are the facts that are of the person and hold in any vault, with their words. An import takes them over.
var carried = func() map[FactKind][]string {
	m := map[FactKind][]string{FactNeed: {string(care.Needed), string(care.NotNeeded)}, FactReflection: {wordRunning, wordEnded},
		FactInterpreter: {string(care.AnySex), string(care.Woman), string(care.Man)}, FactIntermediary: {string(care.HelpNeeded), string(care.HelpNotNeeded)}}
	for _, n := range care.BreakSteps {
		m[FactBreaks] = append(m[FactBreaks], WordBreaks(n))
	}
	for _, p := range care.Purposes {
		m[FactConsent(p)] = []string{string(care.Given), string(care.NotGiven), string(care.Withdrawn), WordActedOn}
	}
	return m
}()

// told are the facts that say what stands in the care file of the vault that wrote the document. They are for the reader: in another vault there is no such file, and
// nothing there may look as if there were.
var told = map[FactKind][]string{FactRisk: {wordAssessed}, FactPreparation: {wordBegun, wordComplete}, FactWarned: {wordGiven}, FactPlan: {wordInForce, wordEnded},
	FactIncident: {wordUnanswered, wordAnswered}, FactContact: {wordSet}, FactSupport: {wordNamed, wordNone},
	FactReturn: {string(care.Preparing), wordVoluntary, string(care.Departed), string(care.Arrived), string(care.Stopped)}}

// SpeechLine is the language and the dialect that a person's interpreter has to know.
type SpeechLine struct {
	Language string `json:"language"`
	Dialect  string `json:"dialect,omitempty"` // empty: none that an interpreter has to know
}

// openCareOf is what every office reads of the care of the parties that the user can read, for a document.
type openCareOf struct {
	decided map[protection.PartyID]care.History
	facts   map[protection.PartyID][]FactLine
	spoken  map[protection.PartyID]*SpeechLine
}

func (d *Desk) careOfAll(ctx context.Context) (openCareOf, error) {
	o := openCareOf{map[protection.PartyID]care.History{}, map[protection.PartyID][]FactLine{}, map[protection.PartyID]*SpeechLine{}}
	decided, err1 := all(ctx, d, statuses)
	facts, err2 := all(ctx, d, factsOf)
	spoken, err3 := all(ctx, d, speeches)
	for _, r := range decided {
		o.decided[r.Party] = r.Decisions
	}
	for _, f := range facts {
		if carried[f.Kind] != nil || told[f.Kind] != nil {
			o.facts[f.Party] = append(o.facts[f.Party], FactLine{f.Kind, f.Word, f.On, f.Due})
		}
	}
	for _, list := range o.facts {
		slices.SortFunc(list, func(a, b FactLine) int { return cmp.Compare(a.Kind, b.Kind) })
	}
	for _, s := range spoken {
		o.spoken[s.Party] = &SpeechLine{s.Language, s.Dialect}
	}
	return o, errors.Join(err1, err2, err3)
}

func decisionLines(h care.History) []DecisionLine {
	var lines []DecisionLine
	for _, x := range h {
		lines = append(lines, DecisionLine{x.Status, x.By, x.On, x.Basis})
	}
	return lines
}

// leave notes that an entry is not taken over, because the importer's office does not enter what it says.
func (im *importer) leave(path string) { im.done.Left = append(im.done.Left, path) }

// partyCare takes over what a document says of a party's care.
func (im *importer) partyCare(path string, p protection.PartyID, line PartyLine) error {
	return errors.Join(im.decisions(path, p, line), im.facts(path, p, line), im.speech(path+".speech", p, line.Speech))
}

// speech takes over which interpreter understands the person.
func (im *importer) speech(path string, p protection.PartyID, line *SpeechLine) error {
	if line == nil {
		return nil
	}
	n := care.Needs{Language: line.Language, Dialect: cmp.Or(line.Dialect, care.NoDialect)}
	if err := care.CheckSpeech(n.Language, n.Dialect); err != nil {
		im.check(path, err)
		return nil
	}
	return im.desk.putSpeech(im.tx, docketPart, p, n)
}

// decisions takes the decisions on a status over, entered by the importer now. Every one is checked, also where the importer's office does not enter them: the status
// itself stands with the party and is taken over by everyone.
func (im *importer) decisions(path string, p protection.PartyID, line PartyLine) error {
	now := im.desk.Now().UTC()
	var h care.History
	for i, x := range line.Decisions {
		next, err := h.Decide(care.Decision{Status: x.Status, By: x.By, On: x.On, Basis: x.Basis, Noted: string(im.desk.Me().ID), At: now})
		if err != nil {
			im.check(fmt.Sprintf("%s.decisions[%d]", path, i), err)
			return nil
		}
		h = next
	}
	last, decided := h.Current()
	switch {
	case !decided:
		return nil
	case last.Status != line.Status:
		im.fail(path+".status", "the last decision says %s", last.Status)
		return nil
	case !im.desk.May(testimony.ActDecideStatus):
		im.leave(path + ".decisions")
		return nil
	}
	return statuses.Put(im.tx, docketPart, string(p), statusRecord{p, h})
}

// facts takes the open facts of a person over. That they agreed to something is entered by nobody but an advocate, who asks them: a document that another office imports says
// no for them and never yes.
func (im *importer) facts(path string, p protection.PartyID, line PartyLine) error {
	now := im.desk.Now()
	for i, f := range line.Care {
		at := fmt.Sprintf("%s.care[%d]", path, i)
		words, taken := carried[f.Kind], true
		if words == nil {
			words, taken = told[f.Kind], false
		}
		switch {
		case words == nil:
			im.fail(at+".kind", "%q is no fact of a person's care", f.Kind)
		case !slices.Contains(words, f.Word):
			im.fail(at+".word", "%q is none of the words for it", f.Word)
		case f.On.IsZero() || f.On.After(now):
			im.fail(at+".on", "the day is missing or lies after today")
		case !f.Due.IsZero() && f.Due.Before(f.On):
			im.fail(at+".due", "it ends before it begins")
		case f.Kind == FactReflection && f.Due.IsZero():
			im.fail(at+".due", "a time to reflect has an end")
		case slices.ContainsFunc(line.Care[:i], func(b FactLine) bool { return b.Kind == f.Kind }):
			im.fail(at+".kind", "%q stands twice", f.Kind)
		case !taken:
		case f.Word == string(care.Given) && !im.desk.May(testimony.ActKeepCare):
			im.leave(at)
		default:
			if err := im.desk.putFact(im.tx, docketPart, Fact{Party: p, Kind: f.Kind, Word: f.Word, On: f.On, Due: f.Due}); err != nil {
				return err
			}
		}
	}
	return nil
}
