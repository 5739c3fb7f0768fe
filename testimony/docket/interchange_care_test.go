package docket_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const sealed = "canary of a care file"

// cared makes a whole care file of Witness B as an advocate, with a canary in every field that takes words.
func cared(t *testing.T) (*docket.Desk, protection.PartyID) {
	t.Helper()
	d := as(t, training(t), testimony.Advocate)
	ctx := t.Context()
	p := must(d.FindParty(ctx, must(d.FindCase(ctx, "TC 12/2026"))(t), "Witness B"))(t).ID
	a := care.Assessment{On: noon, Review: noon.AddDate(0, 3, 0), Findings: map[care.RiskArea]care.Finding{}}
	for _, area := range care.RiskAreas {
		a.Findings[area] = care.Finding{Level: care.LevelHigh, Reason: sealed}
	}
	answer := func(p care.Purpose, w care.Will) care.Consent {
		return care.Consent{Purpose: p, Will: w, Language: "yo", Reading: "aloud", Route: sealed}
	}
	for i, err := range []error{
		d.SaveScreening(ctx, p, 0, care.Interview{On: noon, Language: sealed, Dialect: sealed, Interpreter: care.InRoom, Support: care.InRoom, Answers: map[care.QuestionID]care.Answer{"T1": {Reply: care.Answered, Indicates: true}}}, care.Words{"T1": sealed}),
		d.SaveRisk(ctx, p, 0, a),
		d.SaveNeeds(ctx, p, 0, care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "reads", Interpreter: care.Woman, Breaks: 45, Intermediary: care.HelpNotNeeded, Health: sealed, Childcare: sealed}),
		d.SaveProtectionPlan(ctx, p, 0, care.Plan{On: noon, Review: noon.AddDate(0, 1, 0), Measures: []care.PlanMeasure{{Kind: "escort", For: []care.Whom{care.ThePerson}, Agency: sealed, Detail: sealed}}}),
		d.SaveContactRules(ctx, p, 0, care.ContactRules{On: noon, Safe: []care.Way{care.ByThird}, Through: sealed, Sentence: sealed, Note: sealed}),
		d.AddCompanion(ctx, p, care.Companion{Role: care.SupportPerson, Name: sealed, Agency: sealed, Witness: care.No, Linked: care.No, Corrupt: care.No, Wanted: care.Yes, From: noon}),
		d.BeginReflection(ctx, p, noon.AddDate(0, 0, -2), 45, "Law 3, art. 4"),
		d.RecordConsent(ctx, p, answer(care.ForRecording, care.Given)),
		d.RecordConsent(ctx, p, answer(care.ForResearch, care.NotGiven)),
		d.RecordConsent(ctx, p, answer(care.ForStatistics, care.Given)),
		d.RecordConsent(ctx, p, care.Consent{Purpose: care.ForStatistics, Will: care.Withdrawn}),
		d.PlanReturn(ctx, p, care.ReturnTerms{Asked: noon, By: "person", To: "NG", Receiving: sealed, Flag: sealed}),
		d.DecideStatus(ctx, p, 0, care.Decision{Status: protection.Victim, By: care.Identification, On: noon.AddDate(0, 0, -3), Basis: "Law 3, no 41"}),
		d.DecideStatus(ctx, p, 1, care.Decision{Status: protection.VictimWitness, By: care.Court, On: noon.AddDate(0, 0, -1), Basis: "Decision 42"}),
	} {
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if _, err := d.ReportIncident(ctx, p, care.Incident{Kind: care.Threat, Against: care.ThePerson, On: noon, What: sealed}); err != nil {
		t.Fatal(err)
	}
	return d, p
}

func factsOf(list []docket.Fact) map[docket.FactKind]string {
	m := map[docket.FactKind]string{}
	for _, f := range list {
		m[f.Kind] = f.Word
		if !f.Due.IsZero() {
			m[f.Kind] += " until " + f.Due.UTC().Format(time.DateOnly)
		}
	}
	return m
}

// Whoever exports, an advocate among them: what every office reads goes out, and nothing of the care file does.
func TestNothingOfACareFileLeavesWithADocument(t *testing.T) {
	t.Parallel()
	d, p := cared(t)
	for _, office := range []string{testimony.Advocate, testimony.Clerk, testimony.Judge} {
		d = as(t, d, office)
		doc := must(d.Export(t.Context()))(t)
		text := must(json.Marshal(doc))(t)
		for _, secret := range []string{sealed, "escort", string(care.ByThird), "indicates"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s: %q leaves the vault", office, secret)
			}
		}
		if _, err := docket.ReadDocument(bytes.NewReader(text)); err != nil {
			t.Errorf("%s: the export does not fit the schema: %v", office, err)
		}
		for _, line := range doc.Parties {
			if len(line.Care) == 0 {
				continue
			}
			for _, f := range line.Care {
				if known, ok, err := d.FactOf(t.Context(), p, f.Kind); err != nil || !ok || known.Word != f.Word || f.Kind == docket.FactFile {
					t.Errorf("%s: the fact %+v is %+v, %v", office, f, known, err)
				}
			}
			if len(line.Decisions) != 2 || line.Decisions[1].Basis != "Decision 42" {
				t.Errorf("%s: %+v", office, line.Decisions)
			}
		}
	}
}

// In another vault an advocate's import takes over what is of the person; anybody else's takes nothing for agreed to that the person has not told them. Nothing there looks as if there
// were a care file.
func TestCareIsCarriedToAnotherVault(t *testing.T) {
	t.Parallel()
	d, _ := cared(t)
	doc := must(d.Export(t.Context()))(t)
	at := slices.IndexFunc(doc.Parties, func(l docket.PartyLine) bool { return len(l.Care) > 0 })
	reflection := "running until " + noon.AddDate(0, 0, 43).UTC().Format(time.DateOnly)
	all := map[docket.FactKind]string{docket.FactReflection: reflection, docket.FactInterpreter: "woman", docket.FactBreaks: "every_45", docket.FactIntermediary: "not_needed",
		docket.FactConsent(care.ForRecording): "given", docket.FactConsent(care.ForResearch): "refused", docket.FactConsent(care.ForStatistics): "withdrawn"}
	for _, x := range []struct {
		office    string
		left      []string
		decisions int
	}{{testimony.Advocate, nil, 2}, {testimony.Judge, []string{"given"}, 2}, {testimony.Clerk, []string{"decisions", "given"}, 0}} {
		other := as(t, training(t), x.office)
		carried := doc
		carried.Cases = slices.Clone(doc.Cases)
		for i := range carried.Cases {
			carried.Cases[i].Reference += " bis"
		}
		carried.Orders, carried.Hearings, carried.Resources = nil, nil, nil // the rooms are taken there
		done := must(other.Import(t.Context(), carried))(t)
		id := done.Parties[doc.Parties[at].Key]
		want := map[docket.FactKind]string{}
		for kind, word := range all {
			if word != "given" || x.office == testimony.Advocate {
				want[kind] = word
			}
		}
		if got := factsOf(must(other.Facts(t.Context(), id))(t)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v\nwant %v", x.office, got, want)
		}
		if len(done.Left) != len(x.left) {
			t.Errorf("%s: %v was left", x.office, done.Left)
		}
		h := must(other.StatusHistory(t.Context(), id))(t)
		if len(h) != x.decisions {
			t.Errorf("%s: %d decisions", x.office, len(h))
		}
		if last, ok := h.Current(); ok && (last.Status != protection.VictimWitness || last.Noted != string(other.Me().ID) || last.Basis != "Decision 42") {
			t.Errorf("%s: %+v", x.office, last)
		}
		if s, ok, err := other.SpeechOf(t.Context(), id); err != nil || !ok || s.Language != "yo" || s.Dialect != "Ekiti" {
			t.Errorf("%s: the interpreter has to know %+v, %v", x.office, s, err)
		}
		if who := must(other.Party(t.Context(), id))(t); who.Status != protection.VictimWitness {
			t.Errorf("%s: the status is %s", x.office, who.Status)
		}
		if must(other.CareParties(t.Context()))(t)[id] {
			t.Errorf("%s: it looks as if there were a care file", x.office)
		}
		// What was carried comes out as it came in, where the office reads it in.
		if x.office == testimony.Advocate {
			again := must(other.Export(t.Context()))(t)
			i := slices.IndexFunc(again.Parties, func(l docket.PartyLine) bool {
				return l.Key == string(id) || l.Key == doc.Parties[at].Key && len(l.Care) > 0
			})
			if i < 0 || len(again.Parties[i].Decisions) != 2 || len(again.Parties[i].Care) != len(all) {
				t.Errorf("it is not exported again: %+v", again.Parties)
			}
		}
	}
}

// What is wrong with an entry of care is told with its place, and nothing is written.
func TestACareEntryIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Advocate)
	before := len(must(d.Parties(t.Context()))(t))
	fact := func(kind docket.FactKind, word string, on, due time.Time) []docket.FactLine {
		return []docket.FactLine{{Kind: kind, Word: word, On: on, Due: due}}
	}
	decided := func(x docket.DecisionLine) []docket.DecisionLine { return []docket.DecisionLine{x} }
	good := docket.DecisionLine{Status: protection.Victim, By: care.Court, On: noon.AddDate(0, 0, -1), Basis: "Law 3"}
	for i, x := range []struct {
		line docket.PartyLine
		want string
	}{
		{docket.PartyLine{Care: fact("own_words", "given", noon, time.Time{})}, "parties[0].care[0].kind"},
		{docket.PartyLine{Care: fact(docket.FactFile, "given", noon, time.Time{})}, "parties[0].care[0].kind"},
		{docket.PartyLine{Care: fact(docket.FactInterpreter, "she is afraid of men", noon, time.Time{})}, "parties[0].care[0].word"},
		{docket.PartyLine{Care: fact(docket.FactRisk, "high", noon, time.Time{})}, "parties[0].care[0].word"},
		{docket.PartyLine{Care: fact(docket.FactBreaks, "every_45", noon.AddDate(0, 0, 1), time.Time{})}, "parties[0].care[0].on"},
		{docket.PartyLine{Care: fact(docket.FactBreaks, "every_45", time.Time{}, time.Time{})}, "parties[0].care[0].on"},
		{docket.PartyLine{Care: fact(docket.FactReflection, "running", noon, noon.AddDate(0, 0, -1))}, "parties[0].care[0].due"},
		{docket.PartyLine{Care: fact(docket.FactReflection, "running", noon, time.Time{})}, "parties[0].care[0].due"},
		{docket.PartyLine{Care: append(fact(docket.FactBreaks, "every_45", noon, time.Time{}), fact(docket.FactBreaks, "every_60", noon, time.Time{})...)}, "parties[0].care[1].kind"},
		{docket.PartyLine{Decisions: decided(docket.DecisionLine{Status: protection.Witness, By: care.Court, On: good.On, Basis: "Law 3"})}, "parties[0].status"},
		{docket.PartyLine{Decisions: decided(docket.DecisionLine{Status: protection.Victim, By: "the minister", On: good.On, Basis: "Law 3"})}, "parties[0].decisions[0].by"},
		{docket.PartyLine{Decisions: decided(docket.DecisionLine{Status: protection.Victim, By: care.Court, On: good.On})}, "parties[0].decisions[0].basis"},
		{docket.PartyLine{Decisions: decided(docket.DecisionLine{Status: protection.Victim, By: care.Court, On: noon.AddDate(1, 0, 0), Basis: "Law 3"})}, "parties[0].decisions[0].on"},
		{docket.PartyLine{Speech: &docket.SpeechLine{Language: "she came from the north"}}, "parties[0].speech.language"},
		{docket.PartyLine{Speech: &docket.SpeechLine{Language: "yo", Dialect: "she said that he held her for two years"}}, "parties[0].speech.dialect"},
		{docket.PartyLine{Decisions: []docket.DecisionLine{good, good}}, "parties[0].decisions[1].status"},
	} {
		x.line.Key, x.line.Status, x.line.Appearances = "p", protection.Victim, []docket.AppearanceLine{{Case: "c"}}
		_, err := d.Import(t.Context(), docket.Document{Format: docket.Format, Cases: []docket.CaseLine{{Key: "c", Reference: fmt.Sprint("case ", i), Offence: testimony.Trafficking}}, Parties: []docket.PartyLine{x.line}})
		if err == nil || !strings.Contains(err.Error(), x.want+": ") {
			t.Errorf("%d: %v, want %s", i, err, x.want)
		}
	}
	if after := len(must(d.Parties(t.Context()))(t)); after != before {
		t.Errorf("%d parties were written", after-before)
	}
}
