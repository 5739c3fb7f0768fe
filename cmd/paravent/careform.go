package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"paravent/protection/care"
)

type careFormCmd struct {
	Kind string `arg:"" help:"Which form: ${enum}." enum:"interview,risk,needs,plan,contact,companion,return"`
}

// careForm is an empty record with the words that its fields take. The words are for the reader: what is saved is the record.
type careForm struct {
	Record any            `json:"record"`
	Takes  map[string]any `json:"takes"`
}

func (f careFormCmd) Run(c *console) error {
	today := time.Now()
	form, err := formOf(f.Kind, today, today.AddDate(0, 1, 0)).days()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	if err := e.Encode(form); err != nil {
		return fmt.Errorf("print the form: %w", err)
	}
	_, err = c.out.Write(out.Bytes())
	return err
}

// formOf is the form of a kind, with today and a day in a month in it.
func formOf(kind string, today, later time.Time) careForm {
	switch kind {
	case "interview":
		answers, questions := map[care.QuestionID]care.Answer{}, map[care.QuestionID]string{}
		for _, q := range care.Questions {
			answers[q.ID], questions[q.ID] = care.Answer{}, q.EN
		}
		return careForm{interviewFile{Interview: care.Interview{On: today, Answers: answers}},
			map[string]any{"interpreter": care.Companies[1:], "support": care.Companies[1:], "reply": care.Replies[1:], "indicates": []bool{true}, "answers": questions, "words": "the person's own words by question; where left out, those that are kept stay"}}
	case "risk":
		findings := map[care.RiskArea]care.Finding{}
		for _, a := range care.RiskAreas {
			findings[a] = care.Finding{}
		}
		return careForm{care.Assessment{On: today, Review: later, Findings: findings}, map[string]any{"level": care.Levels}}
	case "needs":
		return careForm{care.Needs{}, map[string]any{"literacy": care.Literacies, "interpreter": care.Sexes, "breaks": care.BreakSteps, "intermediary": care.Helps, "health": "text", "childcare": "text", "faith": []string{"12:30"}}}
	case "plan":
		return careForm{care.Plan{On: today, Review: later, Measures: []care.PlanMeasure{{For: []care.Whom{care.ThePerson}}}}, map[string]any{"kind": care.Protectings, "for": care.Whoms}}
	case "contact":
		return careForm{care.ContactRules{On: today, Safe: []care.Way{}, Never: []care.Way{}}, map[string]any{"safe": care.Ways, "never": care.Ways, "through": "text", "sentence": "text", "answer": "text", "from": "09:00", "until": "12:00", "note": "text"}}
	case "companion":
		return careForm{companionFile{From: today}, map[string]any{"role": care.CompanionRoles, "witness": care.YesNos, "linked": care.YesNos, "corrupt": care.YesNos, "wanted": care.YesNos, "declared": "a day, of an intermediary", "until": "a day", "agency": "text"}}
	}
	return careForm{care.ReturnTerms{Asked: today}, map[string]any{"by": care.Askers, "to": "two letters", "citizenship": care.Citizenships, "stateless": care.YesNos, "admitted": "a day", "persecution": care.YesNos, "funding": care.Fundings, "receiving": "text", "flag": "text"}}
}

// days is the form with its moments written as days.
func (f careForm) days() (careForm, error) {
	raw, err := json.Marshal(f.Record)
	if err != nil {
		return f, fmt.Errorf("print the form: %w", err)
	}
	var record map[string]any
	if err := json.Unmarshal(raw, &record); err != nil {
		return f, fmt.Errorf("print the form: %w", err)
	}
	for _, k := range dayFields {
		if text, ok := record[k].(string); ok {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				record[k] = at.Local().Format(time.DateOnly)
			}
		}
	}
	f.Record = record
	return f, nil
}
