package docket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection/care"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

// planAll plans a hearing and gives a reason for whatever soft stands against it.
func planAll(t *testing.T, d *docket.Desk, h testimony.Hearing) testimony.Hearing {
	t.Helper()
	for _, c := range must(d.Against(t.Context(), h))(t) {
		h.Accepted = append(h.Accepted, testimony.Acceptance{Key: c.Key(), Reason: "the bench wants it so"})
	}
	return must(d.Schedule(t.Context(), h))(t)
}

// broken are the rules against a hearing, each once.
func broken(t *testing.T, d *docket.Desk, h testimony.Hearing) []schedule.Rule {
	t.Helper()
	var list []schedule.Rule
	for _, c := range must(d.Against(t.Context(), h))(t) {
		list = append(list, c.Rule)
	}
	return list
}

// What an advocate keeps of a person's needs is held against what a clerk plans, who opens no care file.
func TestNeedsAreHeldAgainstAHearing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Clerk)
	c, p := b.witness()
	ctx := t.Context()
	clerk := b.as(testimony.Clerk)
	enter := func(r schedule.Resource) testimony.ResourceID { return must(clerk.PutResource(ctx, r))(t).ID }
	man := enter(schedule.Resource{Kind: schedule.Interpreter, Name: "Interpreter 1", Sex: schedule.Male, Speech: []schedule.Speech{{Language: "yo"}}})
	unknown := enter(schedule.Resource{Kind: schedule.Interpreter, Name: "Interpreter 2", Speech: []schedule.Speech{{Language: "yo", Dialect: "Ekiti"}}})
	woman := enter(schedule.Resource{Kind: schedule.Interpreter, Name: "Interpreter 3", Sex: schedule.Female, Speech: []schedule.Speech{{Language: "yo", Dialect: "ekiti"}}})
	helper := enter(schedule.Resource{Kind: schedule.Intermediary, Name: "Intermediary"})
	h := planned(c, p, noon.AddDate(0, 0, 40))
	h.Uses = []testimony.ResourceID{man}
	// The training order is for another day or none: only what care adds is looked at here.
	before := broken(t, clerk, h)
	added := func(h testimony.Hearing) []schedule.Rule {
		return slices.DeleteFunc(broken(t, b.desk, h), func(r schedule.Rule) bool { return slices.Contains(before, r) })
	}

	d := b.as(testimony.Advocate)
	need := care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "reads", Interpreter: care.Woman, Breaks: 30, Intermediary: care.HelpNeeded, Health: supportCanary + " health", Faith: []string{"12:30"}}
	if err := d.SaveNeeds(ctx, p, 0, need); err != nil {
		t.Fatal(err)
	}
	clerk = b.as(testimony.Clerk)
	for _, s := range []struct {
		uses []testimony.ResourceID
		rest time.Duration
		want []schedule.Rule
	}{
		{[]testimony.ResourceID{man}, 0, []schedule.Rule{schedule.TooLong, schedule.WrongDialect, schedule.WrongSex, schedule.Unprepared, schedule.NoIntermediary}},
		{[]testimony.ResourceID{unknown, helper}, 30 * time.Minute, []schedule.Rule{schedule.WrongSex, schedule.Unprepared}},
		{[]testimony.ResourceID{woman, helper}, 45 * time.Minute, []schedule.Rule{schedule.TooLong, schedule.Unprepared}},
		{[]testimony.ResourceID{woman, helper}, 15 * time.Minute, []schedule.Rule{schedule.Unprepared}},
	} {
		h.Uses, h.BreakEvery = s.uses, s.rest
		if got := added(h); !slices.Equal(sorted(got), sorted(s.want)) {
			t.Errorf("%v with a break after %s: %v, want %v", s.uses, s.rest, got, s.want)
		}
	}
	// What the clerk reads of it is the open needs, in sentences, and no word of the care file.
	x := must(clerk.Plan(ctx))(t)
	said := strings.Join(x.SayNeeds(p, policy.English), " ")
	h.Uses, h.BreakEvery = []testimony.ResourceID{man}, 0
	_, err := clerk.Schedule(ctx, h)
	for _, conflict := range rules(t, err) {
		said += " " + string(conflict)
	}
	for _, f := range x.Check(schedule.Of(h)) {
		for _, l := range []policy.Language{policy.English, policy.French} {
			said += " " + x.Say(f, l, time.UTC)
		}
	}
	if !strings.Contains(said, "Ekiti") || strings.Contains(said, supportCanary) || strings.Contains(said, "12:30") {
		t.Error(said)
	}
	if _, err := clerk.Needs(ctx, p); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the clerk reads the care file: %v", err)
	}

	d = b.as(testimony.Advocate)
	try(t, func() error { return d.HoldFamiliarisation(ctx, p, familiarised(care.Topics...)) }, func() error { return d.CompletePreparation(ctx, p) })
	h.Uses, h.BreakEvery = []testimony.ResourceID{woman, helper}, 30*time.Minute
	if got := added(h); len(got) > 0 {
		t.Errorf("everything is as they need it, and against it stands %v", got)
	}
	need.Dialect, need.Interpreter, need.Intermediary, need.Breaks = care.NoDialect, care.AnySex, care.HelpNotNeeded, 90
	if err := d.SaveNeeds(ctx, p, 1, need); err != nil {
		t.Fatal(err)
	}
	h.Uses, h.BreakEvery = []testimony.ResourceID{man}, 0
	if got := added(h); len(got) > 0 {
		t.Errorf("they need nothing more, and against it stands %v", got)
	}
	if err := d.ReopenPreparation(ctx, p); err != nil {
		t.Fatal(err)
	}
	if got := added(h); !slices.Equal(got, []schedule.Rule{schedule.Unprepared}) {
		t.Errorf("the preparation was reopened: %v", got)
	}
}

func sorted(list []schedule.Rule) []schedule.Rule {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// A withdrawn consent stops every plan until an office has acted upon it, and from then on a judge decides. One that was refused is the judge's at once.
func TestAConsentIsHeldAgainstAHearing(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Clerk)
	c, p := b.witness()
	ctx := t.Context()
	h := planned(c, p, noon.AddDate(0, 0, 40))
	say := func(purpose care.Purpose, w care.Will) {
		t.Helper()
		if err := b.as(testimony.Advocate).RecordConsent(ctx, p, says(purpose, w)); err != nil {
			t.Fatal(err)
		}
	}
	against := func(r schedule.Rule) bool { return slices.Contains(broken(t, b.as(testimony.Clerk), h), r) }
	reasoned := func(d *docket.Desk) error {
		x := h
		for _, f := range must(d.Against(ctx, x))(t) {
			x.Accepted = append(x.Accepted, testimony.Acceptance{Key: f.Key(), Reason: "as decided"})
		}
		_, err := d.Schedule(ctx, x)
		return err
	}
	if against(schedule.ConsentGone) || against(schedule.ConsentRefused) {
		t.Fatal("a consent nobody asked for is held against them")
	}
	say(care.ForRecording, care.Given)
	say(care.ForMeasures, care.Given)
	if against(schedule.ConsentGone) || against(schedule.ConsentRefused) {
		t.Error("a consent that was given is held against them")
	}
	say(care.ForRecording, care.Withdrawn)
	if !against(schedule.ConsentGone) || against(schedule.ConsentRefused) {
		t.Error("a withdrawal that nobody acted upon does not stop a hearing, or is said twice")
	}
	if err := reasoned(b.as(testimony.Judge)); !errors.Is(err, docket.ErrConflict) {
		t.Errorf("a judge plans against a withdrawal that nobody acted upon: %v", err)
	}
	if err := b.desk.ActOnWithdrawal(ctx, p, care.ForRecording); err != nil {
		t.Fatal(err)
	}
	if against(schedule.ConsentGone) || !against(schedule.ConsentRefused) {
		t.Error("a withdrawal that was acted upon is not the judge's to weigh")
	}
	if err := reasoned(b.as(testimony.Clerk)); !errors.Is(err, docket.ErrConflict) {
		t.Errorf("a clerk decides to hear who does not agree: %v", err)
	}
	if err := reasoned(b.as(testimony.Judge)); err != nil {
		t.Errorf("the judge: %v", err)
	}
	say(care.ForRecording, care.NotGiven)
	if !against(schedule.ConsentRefused) {
		t.Error("a refusal is not held against it")
	}
	say(care.ForMeasures, care.Withdrawn)
	if !against(schedule.ConsentGone) {
		t.Error("measures are not wanted any more, and the hearing with them goes on")
	}
}

// The language and dialect of an interpreter go with their case to a team.
func TestSpeechGoesWithItsPerson(t *testing.T) {
	t.Parallel()
	b := newCircle(t)
	d := b.as(testimony.Advocate)
	need := care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "reads", Interpreter: care.Woman, Breaks: 30, Intermediary: care.HelpNotNeeded}
	if err := d.SaveNeeds(t.Context(), b.p, 0, need); err != nil {
		t.Fatal(err)
	}
	b.as(testimony.Judge)
	b.move()
	for login, want := range map[string]bool{testimony.Judge: true, "clerk2": false} {
		_, known, err := b.as(login).SpeechOf(t.Context(), b.p)
		if err != nil || known != want {
			t.Errorf("%s knows it: %v, %v", login, known, err)
		}
		if said := must(b.desk.Plan(t.Context()))(t).Standing(b.p); (said.Sex == schedule.Female) != want || (said.Dialect != "") != want {
			t.Errorf("%s plans with %+v", login, said)
		}
	}
}
