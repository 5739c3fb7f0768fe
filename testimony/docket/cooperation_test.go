package docket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

// abroad is the training vault seen by its judge, with a hearing in March of a witness in Hanoi, who has no State's leave.
type abroad struct {
	judge   *docket.Desk
	hearing testimony.Hearing
	point   schedule.Resource
}

func plannedAbroad(t *testing.T) abroad {
	t.Helper()
	d := training(t)
	c := must(d.AddCase(t.Context(), testimony.Case{Reference: "TC 7/2027", Court: "Court", Offence: testimony.Trafficking}))(t)
	p := must(d.AddParty(t.Context(), c.ID, protection.Witness, "vi"))(t)
	room := must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 1", Country: "FR"}))(t)
	point := must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.RemotePoint, Name: "Consulate, Hanoi", Country: "VN"}))(t)
	h := planned(c.ID, p.ID, noon.AddDate(0, 0, 3))
	h.WitnessZone = "Asia/Ho_Chi_Minh"
	h.Uses = []testimony.ResourceID{room.ID, point.ID}
	for _, f := range must(d.Against(t.Context(), h))(t) {
		h.Accepted = append(h.Accepted, testimony.Acceptance{Key: f.Key(), Reason: "planned before it was asked"})
	}
	return abroad{d, must(d.Schedule(t.Context(), h))(t), point}
}

func (a abroad) ask(t *testing.T, change func(*cooperation.Request)) cooperation.Request {
	t.Helper()
	r := cooperation.Request{Case: a.hearing.Case, Party: a.hearing.Party, Country: "VN", Instrument: cooperation.UNTOC, Authority: "Central authority", Asked: schedule.Date(noon.AddDate(0, 0, -5).Format("2006-01-02"))}
	if change != nil {
		change(&r)
	}
	return must(a.judge.AskCooperation(t.Context(), r))(t)
}

func given() cooperation.Answer {
	return cooperation.Answer{Verdict: cooperation.Granted, On: schedule.Date(noon.Format("2006-01-02")), Conditions: cooperation.Conditions{Recording: cooperation.MayRecord}}
}

// wants are what a hearing lacks.
func (a abroad) wants(t *testing.T) []cooperation.Want {
	t.Helper()
	var list []cooperation.Want
	for _, l := range must(a.judge.Permission(t.Context(), a.hearing.ID))(t).Lacks {
		list = append(list, l.Want)
	}
	return list
}

// TestNobodyGoesLiveWithoutAPermission asks, is answered in every way, and looks each time what stands between the hearing and its courtroom.
func TestNobodyGoesLiveWithoutAPermission(t *testing.T) {
	t.Parallel()
	a := plannedAbroad(t)
	ctx := t.Context()
	check := func(when string, want ...cooperation.Want) {
		t.Helper()
		if got := a.wants(t); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		err := a.judge.MayGoLive(ctx, a.hearing.ID)
		if (len(want) > 0) != errors.Is(err, docket.ErrNoPermission) || (len(want) == 0) != (err == nil) {
			t.Errorf("%s: %v", when, err)
		}
		stands := slices.ContainsFunc(must(a.judge.Against(ctx, a.hearing))(t), func(f schedule.Conflict) bool { return f.Rule == schedule.NoPermit })
		if planned := len(want) > 0 && want[0] != cooperation.WantsRecording; stands != planned {
			t.Errorf("%s: against the plan stands a permission: %v", when, stands)
		}
	}
	check("nobody has asked", cooperation.WantsRequest)
	other := a.ask(t, func(r *cooperation.Request) { r.Country = "KH" })
	must(a.judge.AnswerCooperation(ctx, other.ID, 0, given()))(t)
	check("another country has agreed", cooperation.WantsRequest)
	r := a.ask(t, func(r *cooperation.Request) { r.Hearing, r.Point = a.hearing.ID, a.point.ID })
	check("asked", cooperation.WantsAnswer)
	must(a.judge.AnswerCooperation(ctx, r.ID, 0, cooperation.Answer{Verdict: cooperation.Refused, On: r.Asked}))(t)
	check("refused", cooperation.WantsConsent)
	ended := given()
	ended.Until = schedule.Date(noon.AddDate(0, 0, 2).Format("2006-01-02"))
	must(a.judge.AnswerCooperation(ctx, r.ID, 1, ended))(t)
	check("given until the day before", cooperation.WantsTime)
	silent := given()
	silent.Conditions.Recording = cooperation.MayNotRecord
	must(a.judge.AnswerCooperation(ctx, r.ID, 2, silent))(t)
	check("given, and forbids to record", cooperation.WantsRecording)
	if _, err := a.judge.AnswerCooperation(ctx, r.ID, 2, given()); !errors.Is(err, docket.ErrChanged) {
		t.Errorf("answered over an answer that the user had not seen: %v", err)
	}
	must(a.judge.AnswerCooperation(ctx, r.ID, 3, given()))(t)
	check("given")
	must(a.judge.WithdrawCooperation(ctx, r.ID, "the witness is elsewhere"))(t)
	check("withdrawn", cooperation.WantsRequest)
	if _, err := a.judge.AnswerCooperation(ctx, r.ID, 4, given()); !errors.Is(err, cooperation.ErrEntry) {
		t.Errorf("a withdrawn request is answered: %v", err)
	}
	// The same witness without a remote point: two States were asked about them, so they are abroad all the same.
	bare := a.hearing
	bare.Uses = bare.Uses[:1]
	for _, f := range must(a.judge.Against(ctx, bare))(t) {
		bare.Accepted = append(bare.Accepted, testimony.Acceptance{Key: f.Key(), Reason: "R"})
	}
	must(a.judge.Reschedule(ctx, a.hearing, bare))(t)
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); err != nil { // Cambodia has agreed
		t.Errorf("without a remote point: %v", err)
	}
	must(a.judge.WithdrawCooperation(ctx, other.ID, "the witness is elsewhere"))(t)
	if got := a.wants(t); !slices.Equal(got, []cooperation.Want{cooperation.WantsPlace}) {
		t.Errorf("nobody has said where the witness is: %v", got)
	}
}

// TestAJudgeDecidesToGoLive decides, and changes what was decided upon: then it holds no more.
func TestAJudgeDecidesToGoLive(t *testing.T) {
	t.Parallel()
	a := plannedAbroad(t)
	ctx := t.Context()
	for _, office := range []string{testimony.Clerk, testimony.Registrar, testimony.Advocate, testimony.Auditor} {
		d := as(t, a.judge, office)
		if _, err := d.DecideWithoutPermission(ctx, a.hearing.ID, "we cannot wait"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a %s decides to go live: %v", office, err)
		}
		a.judge = as(t, d, testimony.Judge)
	}
	if _, err := a.judge.DecideWithoutPermission(ctx, a.hearing.ID, "  "); !errors.Is(err, cooperation.ErrEntry) {
		t.Errorf("decided without a reason: %v", err)
	}
	must(a.judge.DecideWithoutPermission(ctx, a.hearing.ID, "The witness is a national of the court's State and consents."))(t)
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); err != nil {
		t.Errorf("decided: %v", err)
	}
	// A refusal that comes later was not decided upon.
	r := a.ask(t, nil)
	must(a.judge.AnswerCooperation(ctx, r.ID, 0, cooperation.Answer{Verdict: cooperation.Refused, On: r.Asked}))(t)
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); !errors.Is(err, docket.ErrNoPermission) {
		t.Errorf("refused meanwhile: %v", err)
	}
	must(a.judge.DecideWithoutPermission(ctx, a.hearing.ID, "Heard before a consul of the court's State."))(t)
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); err != nil {
		t.Errorf("decided again: %v", err)
	}
	moved := a.hearing
	moved.Start = moved.Start.AddDate(0, 0, 1)
	for _, f := range must(a.judge.Against(ctx, moved))(t) {
		moved.Accepted = append(moved.Accepted, testimony.Acceptance{Key: f.Key(), Reason: "R"})
	}
	must(a.judge.Reschedule(ctx, a.hearing, moved))(t)
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); !errors.Is(err, docket.ErrNoPermission) {
		t.Errorf("another day: %v", err)
	}
	if p := must(a.judge.Permission(ctx, a.hearing.ID))(t); len(p.Earlier) != 2 {
		t.Errorf("%d decisions are kept", len(p.Earlier))
	}
	home := must(a.judge.FindHearing(ctx, "hearing-1"))(t)
	if _, err := a.judge.DecideWithoutPermission(ctx, home.ID, "R"); !errors.Is(err, docket.ErrNothingLacks) {
		t.Errorf("decided where nothing is lacking: %v", err)
	}
}

// TestTheLedgerIsTheRegistrys tries the ledger with the wrong offices and with what does not belong together.
func TestTheLedgerIsTheRegistrys(t *testing.T) {
	t.Parallel()
	a := plannedAbroad(t)
	ctx := t.Context()
	first := a.ask(t, nil)
	for _, office := range []string{testimony.Advocate, testimony.Auditor} {
		d := as(t, a.judge, office)
		if _, err := d.AskCooperation(ctx, first); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a %s asks: %v", office, err)
		}
		if _, err := d.AnswerCooperation(ctx, first.ID, 0, given()); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a %s answers: %v", office, err)
		}
		if _, err := d.WithdrawCooperation(ctx, first.ID, "R"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a %s withdraws: %v", office, err)
		}
		a.judge = as(t, d, testimony.Judge)
	}
	elsewhere := must(a.judge.FindHearing(ctx, "hearing-1"))(t)
	for name, change := range map[string]func(*cooperation.Request){
		"a party of another case":                func(r *cooperation.Request) { r.Case = elsewhere.Case },
		"a hearing of another witness":           func(r *cooperation.Request) { r.Hearing = elsewhere.ID },
		"a remote point in another country":      func(r *cooperation.Request) { r.Country, r.Point = "KH", a.point.ID },
		"a courtroom as the remote point":        func(r *cooperation.Request) { r.Country, r.Point = "FR", a.hearing.Uses[0] },
		"a country that has no such code":        func(r *cooperation.Request) { r.Country = "Viet Nam" },
		"no authority":                           func(r *cooperation.Request) { r.Authority = " " },
		"asked in the future":                    func(r *cooperation.Request) { r.Asked = "2999-01-01" },
		"an answer is needed before it is asked": func(r *cooperation.Request) { r.Due = "2020-01-01" },
	} {
		r := cooperation.Request{Case: a.hearing.Case, Party: a.hearing.Party, Country: "VN", Instrument: cooperation.EIO, Authority: "A", Asked: "2026-01-01"}
		change(&r)
		if _, err := a.judge.AskCooperation(ctx, r); err == nil {
			t.Errorf("%s is entered", name)
		}
	}
	if list := must(a.judge.Cooperations(ctx))(t); len(list) != 2 { // and the training case's
		t.Errorf("%d requests are kept", len(list))
	}
}

// TestTheLogTellsNoCountry asks and answers, and looks for where the witness is in the audit log.
func TestTheLogTellsNoCountry(t *testing.T) {
	t.Parallel()
	a := plannedAbroad(t)
	ctx := t.Context()
	r := a.ask(t, func(r *cooperation.Request) { r.Authority, r.Reference = "Ministry of Hanoi", "File 99" })
	answer := given()
	answer.Conditions.Other = "Only in Hanoi"
	must(a.judge.AnswerCooperation(ctx, r.ID, 0, answer))(t)
	must(a.judge.WithdrawCooperation(ctx, r.ID, "not in Hanoi"))(t)
	err := a.judge.MayGoLive(ctx, a.hearing.ID)
	if err == nil || strings.Contains(err.Error(), "VN") {
		t.Errorf("the refusal says %v", err)
	}
	at := must(a.judge.SearchAudit(ctx, docket.AuditSearch{}, nil))(t)
	seen := 0
	for _, e := range must(a.judge.AuditEntries(ctx, at))(t) {
		if !strings.HasPrefix(e.Action, "cooperation.") {
			continue
		}
		seen++
		for k, v := range e.Details {
			if strings.Contains(v, "VN") || strings.Contains(v, "Hanoi") || strings.Contains(v, "99") {
				t.Errorf("%s: %s=%s", e.Action, k, v)
			}
		}
	}
	if seen < 6 {
		t.Errorf("%d acts of cooperation stand in the log", seen)
	}
}

// TestTheLedgerMovesWithItsCase moves a case to a team: the requests and the decisions are read there, and by nobody else.
func TestTheLedgerMovesWithItsCase(t *testing.T) {
	t.Parallel()
	a := plannedAbroad(t)
	ctx := t.Context()
	r := a.ask(t, nil)
	must(a.judge.DecideWithoutPermission(ctx, a.hearing.ID, "R"))(t)
	var members []docket.TeamMember
	for _, u := range must(a.judge.Users(ctx))(t) {
		if u.Login == testimony.Judge || u.Login == testimony.Registrar {
			members = append(members, docket.TeamMember{User: u.ID})
		}
	}
	team := must(a.judge.AddTeam(ctx, "Cell", members))(t)
	if err := a.judge.MoveCase(ctx, a.hearing.Case, team.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.judge.MayGoLive(ctx, a.hearing.ID); err != nil {
		t.Errorf("the judge's decision stayed behind: %v", err)
	}
	clerk := as(t, a.judge, testimony.Clerk)
	if _, err := clerk.CooperationOf(ctx, r.ID); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("who is not in the team reads where its witness is: %v", err)
	}
}

// TestAnErasureForgetsWhereAPersonWas erases Witness B: what Nigeria was asked about them is gone.
func TestAnErasureForgetsWhereAPersonWas(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	before := must(b.as(testimony.Judge).Cooperations(t.Context()))(t)
	e := b.askErasure()
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	must(b.as(testimony.Judge).CarryOutErasure(t.Context(), e.ID, nil))(t)
	_, p := b.witness()
	for _, r := range must(b.as(testimony.Judge).Cooperations(t.Context()))(t) {
		if r.Party == p {
			t.Errorf("a request is still there: %s", r.ID)
		}
	}
	if len(before) == 0 {
		t.Error("nothing was there to forget")
	}
}
