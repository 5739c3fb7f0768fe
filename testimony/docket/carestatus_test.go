package docket_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func interviewed(d *docket.Desk, t *testing.T, p protection.PartyID) {
	t.Helper()
	i := care.Interview{On: noon, Language: "yo", Interpreter: care.InRoom, Support: care.InRoom, Answers: map[care.QuestionID]care.Answer{"T3": {Reply: care.Answered, Indicates: true}}}
	if err := d.SaveScreening(t.Context(), p, 0, i, care.Words{"T3": toldWords}); err != nil {
		t.Fatal(err)
	}
}

func consented(will care.Will) care.Consent {
	return care.Consent{Purpose: care.ForRecording, Will: will, Language: "yo", Reading: "aloud", Route: "tell any advocate"}
}

func TestWhoMayReadAndWriteStatusAndScreening(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	_, p := func() (protection.CaseID, protection.PartyID) { b.as(testimony.Advocate); return b.witness() }()
	interviewed(b.desk, t, p)
	if err := b.desk.RecordConsent(t.Context(), p, consented(care.Given)); err != nil {
		t.Fatal(err)
	}
	for i, office := range testimony.Offices {
		d := b.as(office)
		s, err := d.Screening(t.Context(), p)
		if keeps := office == testimony.Advocate; keeps != (err == nil) || keeps != (s.Words["T3"] == toldWords) || keeps != (len(s.Value.Answers) > 0) {
			t.Errorf("%s reads %+v: %v", office, s, err)
		}
		c, err := d.Consents(t.Context(), p)
		if keeps := office == testimony.Advocate; keeps != (err == nil) || keeps != (len(c.Value) == 1) {
			t.Errorf("%s reads %d consents: %v", office, len(c.Value), err)
		}
		if office == testimony.Auditor {
			continue
		}
		if given, err := d.ConsentGiven(t.Context(), p, care.ForRecording); err != nil || !given {
			t.Errorf("%s does not see that the recording was consented to: %v", office, err)
		}
		seen := must(d.StatusHistory(t.Context(), p))(t)
		err = d.DecideStatus(t.Context(), p, len(seen), care.Decision{Status: protection.Statuses[i%len(protection.Statuses)], By: care.Court, On: noon, Basis: "art. 1"})
		if may := office != testimony.Clerk; may != (err == nil) || !may && !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("%s decides a status: %v", office, err)
		}
	}
	d := b.as(testimony.Judge)
	h := must(d.StatusHistory(t.Context(), p))(t)
	last, ok := h.Current()
	if !ok || last.Noted == "" || must(d.Party(t.Context(), p))(t).Status != last.Status {
		t.Errorf("%+v stands, and the party is %s", last, must(d.Party(t.Context(), p))(t).Status)
	}
	var changed *docket.ChangedError
	if err := d.DecideStatus(t.Context(), p, 0, care.Decision{Status: protection.Victim, By: care.Court, On: noon, Basis: "b"}); !errors.As(err, &changed) {
		t.Errorf("a decision was entered over one that was not seen: %v", err)
	}
	if err := d.DecideStatus(t.Context(), p, len(h), care.Decision{Status: protection.Victim, On: noon, Basis: "b"}); !errors.Is(err, care.ErrEntry) {
		t.Errorf("a status without its decider: %v", err)
	}
	b.audited("care.status", "care.saved")
}

// A withdrawal counts at once for everyone, stands on the day's list of those who must act and of nobody else, until one of them has.
func TestAWithdrawalCountsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	for _, w := range []care.Will{care.Given, care.Withdrawn} {
		if err := d.RecordConsent(t.Context(), p, consented(w)); err != nil {
			t.Fatal(err)
		}
	}
	for _, office := range []string{testimony.Clerk, testimony.Advocate, testimony.Judge, testimony.Registrar} {
		if given := must(b.as(office).ConsentGiven(t.Context(), p, care.ForRecording))(t); given {
			t.Errorf("%s still sees it as given", office)
		}
		if listed, acts := b.listed(office, docket.ConsentWithdrawn), office == testimony.Judge || office == testimony.Clerk; (listed == 1) != acts {
			t.Errorf("%s has %d of them to do", office, listed)
		}
	}
	if err := b.as(testimony.Registrar).ActOnWithdrawal(t.Context(), p, care.ForRecording); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the registrar: %v", err)
	}
	if err := b.as(testimony.Judge).ActOnWithdrawal(t.Context(), p, care.ForRecording); err != nil {
		t.Fatal(err)
	}
	if n := b.listed(testimony.Clerk, docket.ConsentWithdrawn); n != 0 {
		t.Errorf("it is still listed %d times", n)
	}
	if given := must(b.as(testimony.Judge).ConsentGiven(t.Context(), p, care.ForRecording))(t); given {
		t.Error("to act upon it gave it back")
	}
}

func TestTheClockOfReflection(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	if err := d.BeginReflection(t.Context(), p, noon, 5, "law"); err != nil {
		t.Fatal(err)
	}
	if err := d.BeginReflection(t.Context(), p, noon, 5, "law"); !errors.Is(err, care.ErrEntry) {
		t.Errorf("two at once: %v", err)
	}
	if n := b.listed(testimony.Advocate, docket.ReflectionEnds); n != 1 {
		t.Errorf("its end is listed %d times", n)
	}
	if err := b.as(testimony.Advocate).ExtendReflection(t.Context(), p, care.Extension{Days: 30, By: care.Prosecutor, On: noon, Basis: "no. 4"}); err != nil {
		t.Fatal(err)
	}
	f, ok, err := b.as(testimony.Judge).FactOf(t.Context(), p, docket.FactReflection)
	if err != nil || !ok || !f.Due.Equal(noon.AddDate(0, 0, 35)) {
		t.Errorf("the judge sees %+v: %v", f, err)
	}
	if n := b.listed(testimony.Advocate, docket.ReflectionEnds); n != 0 {
		t.Errorf("its end is listed %d times", n)
	}
}

// What a person said stands in no entry of the log, in no open fact, in no export and in no error.
func TestOwnWordsStayInTheInterview(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	interviewed(d, t, p)
	bad := care.Interview{On: noon, Language: "yo", Support: care.InRoom, Interpreter: care.InRoom}
	if err := d.SaveScreening(t.Context(), p, 1, bad, care.Words{"T3": toldWords}); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("words without an answer: %v", err)
	}
	if err := d.SaveScreening(t.Context(), p, 0, care.Interview{On: noon, Language: "yo", Support: care.InRoom, Interpreter: care.InRoom, Answers: map[care.QuestionID]care.Answer{"T3": {Reply: care.Answered}}}, care.Words{"T3": toldWords}); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("over a version that was not seen: %v", err)
	}
	doc := must(d.Export(t.Context()))(t)
	if text := spell(t, doc); strings.Contains(text, "canary") {
		t.Error("own words are in an export")
	}
	for _, f := range must(d.Facts(t.Context(), p))(t) {
		if strings.Contains(f.Word, "canary") {
			t.Errorf("%+v", f)
		}
	}
	d = b.as(testimony.Auditor)
	for _, e := range must(d.Audit(t.Context()))(t) {
		if strings.Contains(spell(t, e), "canary") {
			t.Errorf("%+v", e)
		}
	}
	raw, err := os.ReadFile(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "words canary") {
		t.Error("own words are in the file in clear")
	}
}

func spell(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
