package docket_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const supportCanary = "canary-of-support"

func assessment() care.Assessment {
	a := care.Assessment{On: noon, Review: noon.AddDate(0, 3, 0), Findings: map[care.RiskArea]care.Finding{}}
	for _, area := range care.RiskAreas {
		a.Findings[area] = care.Finding{Level: care.LevelModerate, Reason: supportCanary + " reason"}
	}
	return a
}

func familiarised(topics ...care.Topic) care.Familiarisation {
	return care.Familiarisation{On: noon, Topics: topics, Language: "yo", Interpreter: care.InRoom, Support: care.InRoom}
}

func protectionPlan() care.Plan {
	return care.Plan{On: noon, Review: noon.AddDate(0, 1, 0), Measures: []care.PlanMeasure{{Kind: "safe_house", For: []care.Whom{care.ThePerson, care.FamilyOrigin}, Agency: supportCanary + " agency", Detail: supportCanary + " street"}}}
}

func safely() care.ContactRules {
	return care.ContactRules{On: noon, Safe: []care.Way{care.ByThird}, Never: []care.Way{care.ByCall}, Through: supportCanary + " aunt", Sentence: supportCanary + " sentence"}
}

func companioned() care.Companion {
	return care.Companion{Role: care.VictimsCounsel, Name: supportCanary + " name", Agency: "Harbour House", Witness: care.No, Linked: care.No, Corrupt: care.No, Wanted: care.Yes, From: noon}
}

func home() care.ReturnTerms {
	return care.ReturnTerms{Asked: noon, By: "person", To: "NG", Citizenship: care.CitizenConfirmed, Stateless: care.No, Persecution: care.No, Funding: "organisation", Receiving: supportCanary + " receiver"}
}

func says(p care.Purpose, w care.Will) care.Consent {
	return care.Consent{Purpose: p, Will: w, Language: "yo", Reading: "aloud", Route: "tell any advocate"}
}

// try runs steps and stops at the first that fails.
func try(t *testing.T, steps ...func() error) {
	t.Helper()
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
}

// supported is a bureau whose advocate has filled in everything of Witness B's care file that this file is about.
func supported(t *testing.T) (*bureau, protection.PartyID) {
	t.Helper()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	ctx := t.Context()
	seen := must(d.Risk(ctx, p))(t)
	a := assessment()
	a.Known = care.Keys(seen.Happened)
	var incident string
	try(t,
		func() error { return d.SaveRisk(ctx, p, 0, a) },
		func() error {
			return d.SaveNeeds(ctx, p, 0, care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "does_not_read", Interpreter: care.Woman, Breaks: 30, Intermediary: care.HelpNotNeeded, Health: supportCanary + " health"})
		},
		func() error { return d.HoldFamiliarisation(ctx, p, familiarised(care.Topics...)) },
		func() error { return d.CompletePreparation(ctx, p) },
		func() error { return d.SaveProtectionPlan(ctx, p, 0, protectionPlan()) },
		func() (err error) {
			incident, err = d.ReportIncident(ctx, p, care.Incident{Kind: care.Threat, Against: care.FamilyOrigin, On: noon, What: supportCanary + " threat"})
			return err
		},
		func() error {
			return d.RespondIncident(ctx, p, incident, care.Response{On: noon, What: supportCanary + " response"})
		},
		func() error { return d.SaveContactRules(ctx, p, 0, safely()) },
		func() error { return d.AddCompanion(ctx, p, companioned()) },
		func() error { return d.RecordConsent(ctx, p, says(care.ForTravel, care.Given)) },
		func() error { return d.RecordConsent(ctx, p, says(care.ForReturn, care.Given)) },
		func() error { return d.PlanReturn(ctx, p, home()) },
	)
	return b, p
}

func TestWhoMayReadRiskPreparationProtectionAndReturn(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	ctx := t.Context()
	for _, office := range testimony.Offices {
		d := b.as(office)
		keeps := office == testimony.Advocate
		for what, read := range map[string]func() (int, error){
			"the risk":          func() (int, error) { v, err := d.Risk(ctx, p); return v.N, err },
			"its history":       func() (int, error) { v, err := d.Risks(ctx, p); return len(v), err },
			"the needs":         func() (int, error) { v, err := d.Needs(ctx, p); return v.N, err },
			"the preparation":   func() (int, error) { v, err := d.Preparation(ctx, p); return v.N, err },
			"the plan":          func() (int, error) { v, err := d.ProtectionPlan(ctx, p); return v.N, err },
			"its versions":      func() (int, error) { v, err := d.ProtectionPlans(ctx, p); return len(v), err },
			"the incidents":     func() (int, error) { v, err := d.Incidents(ctx, p); return v.N, err },
			"the contact rules": func() (int, error) { v, err := d.ContactRules(ctx, p); return v.N, err },
			"the companions":    func() (int, error) { v, err := d.Companions(ctx, p); return v.N, err },
			"the return":        func() (int, error) { v, err := d.Return(ctx, p); return v.N, err },
			"the rules, shown":  func() (int, error) { v, err := d.ShowContactRules(ctx, p); return v.N, err },
			"the contacts":      func() (int, error) { v, err := d.Contacts(ctx, p); return v.N + 1, err },
		} {
			n, err := read()
			if keeps && (err != nil || n == 0) {
				t.Errorf("the advocate does not read %s: %v", what, err)
			}
			if !keeps && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s reads %s: %d, %v", office, what, n, err)
			}
		}
		for what, write := range map[string]func() error{
			"a risk": func() error { return d.SaveRisk(ctx, p, 1, assessment()) },
			"needs": func() error {
				return d.SaveNeeds(ctx, p, 1, care.Needs{Language: "yo", Dialect: "x", Literacy: "reads", Interpreter: care.Man, Breaks: 15, Intermediary: care.HelpNeeded})
			},
			"a meeting":    func() error { return d.HoldFamiliarisation(ctx, p, familiarised(care.TopicRooms)) },
			"a completion": func() error { return d.CompletePreparation(ctx, p) },
			"a reopening":  func() error { return d.ReopenPreparation(ctx, p) },
			"a plan":       func() error { return d.SaveProtectionPlan(ctx, p, 1, protectionPlan()) },
			"a plan's end": func() error { return d.EndProtectionPlan(ctx, p, "over") },
			"an incident": func() error {
				_, err := d.ReportIncident(ctx, p, care.Incident{Kind: care.Threat, Against: care.ThePerson, On: noon, What: "x"})
				return err
			},
			"a trial's end": func() error { return d.NoteTrialEnd(ctx, p) },
			"contact rules": func() error { return d.SaveContactRules(ctx, p, 1, safely()) },
			"a contact":     func() error { return d.NoteContact(ctx, p, care.ByThird, true) },
			"a companion":   func() error { return d.AddCompanion(ctx, p, companioned()) },
			"a return":      func() error { return d.PlanReturn(ctx, p, home()) },
			"a declaration": func() error { return d.DeclareReturn(ctx, p) },
			"a stop":        func() error { return d.StopReturn(ctx, p, "why") },
			"a follow-up": func() error {
				return d.NoteFollowUp(ctx, p, care.FollowUp{Month: 1, Way: care.ByThird, Found: care.Well})
			},
		} {
			if err := write(); !keeps && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s writes %s: %v", office, what, err)
			}
		}
	}
}

// The court learns what it acts upon, and nothing else.
func TestTheCourtSeesFactsOfSupport(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	d := b.as(testimony.Judge)
	for kind, word := range map[docket.FactKind]string{docket.FactRisk: "assessed", docket.FactInterpreter: "woman", docket.FactBreaks: "every_30", docket.FactIntermediary: "not_needed",
		docket.FactPreparation: "complete", docket.FactWarned: "given", docket.FactPlan: "in_force", docket.FactIncident: "answered", docket.FactContact: "set", docket.FactSupport: "named", docket.FactReturn: "preparing"} {
		f, ok, err := d.FactOf(t.Context(), p, kind)
		if err != nil || !ok || f.Word != word || !slices.Contains(docket.SupportFacts, kind) || !slices.Contains(docket.SupportWords, word) {
			t.Errorf("%s: %+v %v", kind, f, err)
		}
	}
	if f, _, _ := d.FactOf(t.Context(), p, docket.FactPlan); !f.Due.Equal(noon.AddDate(0, 1, 0)) {
		t.Errorf("the plan's review is %v", f.Due)
	}
}

// Free text of a care file stands in no fact, no entry of the log, no export, no item of the day, no error and not in the file in clear.
func TestSupportStaysInTheCareFile(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	d := b.as(testimony.Advocate)
	ctx := t.Context()
	for _, err := range []error{
		d.SaveRisk(ctx, p, 0, assessment()),
		d.HoldFamiliarisation(ctx, p, familiarised(supportCanary)),
		d.SaveProtectionPlan(ctx, p, 1, func() care.Plan { x := protectionPlan(); x.Measures[0].Kind = supportCanary; return x }()),
		d.AddCompanion(ctx, p, companioned()),
		d.NoteContact(ctx, p, supportCanary, true),
		d.PlanReturn(ctx, p, func() care.ReturnTerms { x := home(); x.To = supportCanary; return x }()),
	} {
		if err == nil || strings.Contains(err.Error(), supportCanary) {
			t.Errorf("%v", err)
		}
	}
	for what, v := range map[string]any{"an export": must(d.Export(ctx))(t), "the facts": must(d.Facts(ctx, p))(t), "the day": must(d.Today(ctx, b.now))(t)} {
		if strings.Contains(spell(t, v), supportCanary) {
			t.Errorf("%s tells it", what)
		}
	}
	d = b.as(testimony.Auditor)
	for _, e := range must(d.Audit(ctx))(t) {
		if strings.Contains(spell(t, e), supportCanary) {
			t.Errorf("%+v", e)
		}
	}
	raw, err := os.ReadFile(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), supportCanary) {
		t.Error("it is in the file in clear")
	}
}

// Events of other rooms make a review due: a disclosure, a hearing, a decision on an order, an incident, the end of the trial. An assessment that has seen them makes it not due.
func TestEventsOfOtherRoomsCallForAReview(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	c, p := b.witness()
	ctx := t.Context()
	if err := d.SaveRisk(ctx, p, 0, assessment()); err != nil {
		t.Fatal(err)
	}
	n := 1
	look := func(what string, want ...care.Trigger) {
		t.Helper()
		r := must(b.as(testimony.Advocate).Risk(ctx, p))(t)
		var got []care.Trigger
		for _, o := range r.Due {
			if !slices.Contains(got, o.Trigger) {
				got = append(got, o.Trigger)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s: due for %v, want %v", what, got, want)
		}
		if listed := b.listed(testimony.Advocate, docket.RiskReview); (listed == 1) != (len(want) > 0) {
			t.Errorf("%s: listed %d times", what, listed)
		}
		if b.listed(testimony.Judge, docket.RiskReview) > 0 {
			t.Errorf("%s: the judge is asked to assess", what)
		}
		a := assessment()
		a.On, a.Review = b.now, b.now.AddDate(0, 3, 0)
		a.Known = append(care.Keys(r.Happened), "a key of nothing")
		if err := b.as(testimony.Advocate).SaveRisk(ctx, p, n, a); err != nil {
			t.Fatal(err)
		}
		n++
		if r = must(b.desk.Risk(ctx, p))(t); len(r.Due) > 0 || slices.Contains(r.Value.Known, "a key of nothing") {
			t.Fatalf("%s: still due for %v, knows %v", what, r.Due, r.Value.Known)
		}
	}
	look("an assessment that has seen nothing", care.OrderDecided, care.HearingSet)
	r := b.ask(testimony.Advocate, testimony.Advocate)
	look("a disclosure that is asked for")
	b.approve(testimony.Registrar, r)
	look("one college")
	b.approve(testimony.Judge, r)
	look("a disclosure that was granted", care.Disclosed)
	planAll(t, b.as(testimony.Clerk), testimony.Hearing{Case: c, Party: p, Start: noon.AddDate(0, 1, 0), Duration: time.Hour, CourtZone: "UTC", WitnessZone: "UTC", Room: "1", Mode: protection.PublicMode,
		Participants: []testimony.Participant{{Role: testimony.RoleWitness, Party: p}}})
	look("a new hearing", care.HearingSet)
	for _, o := range must(b.as(testimony.Judge).Orders(ctx))(t) {
		if o.Party == p {
			must(b.desk.StepOrder(ctx, o.ID, &o, docket.Ground(order.Suspend)))(t)
		}
	}
	look("a decision on an order", care.OrderDecided)
	must(b.as(testimony.Advocate).ReportIncident(ctx, p, care.Incident{Kind: care.Threat, Against: care.ThePerson, On: noon, What: "x"}))(t)
	look("an incident", care.IncidentNoted)
	if err := b.desk.NoteTrialEnd(ctx, p); err != nil {
		t.Fatal(err)
	}
	look("the end of the trial", care.TrialEnded)
	flagged := home()
	flagged.Flag = "the same recruiter"
	if err := b.desk.PlanReturn(ctx, p, flagged); err != nil {
		t.Fatal(err)
	}
	look("a flag", care.FlagRaised)
	b.now = noon.AddDate(0, 3, 0)
	look("its day", care.ByDate)
}

func TestPreparationOnTheDaysList(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Advocate)
	_, p := b.witness()
	ctx := t.Context()
	listed := func(login string, kind docket.ItemKind) bool {
		return slices.ContainsFunc(must(b.as(login).Today(ctx, b.now))(t), func(i docket.Item) bool { return i.Kind == kind && i.Party == p })
	}
	for login, want := range map[string]bool{testimony.Advocate: true, testimony.Judge: true, testimony.Clerk: false} {
		if listed(login, docket.WarningNotGiven) != want {
			t.Errorf("%s is told that the warning was not given: %v", login, !want)
		}
	}
	d := b.as(testimony.Advocate)
	var lacks *care.LacksError
	if err := d.CompletePreparation(ctx, p); !errors.As(err, &lacks) || !slices.Contains(lacks.Topics, care.TopicLater) {
		t.Errorf("complete without the warning: %v", err)
	}
	if err := d.HoldFamiliarisation(ctx, p, familiarised(care.TopicLater)); err != nil {
		t.Fatal(err)
	}
	if listed(testimony.Judge, docket.WarningNotGiven) || listed(testimony.Advocate, docket.WarningNotGiven) || !listed(testimony.Advocate, docket.PreparationOpen) || listed(testimony.Judge, docket.PreparationOpen) {
		t.Error("after the warning, the preparation alone is open, for the advocate")
	}
	try(t, func() error {
		return b.as(testimony.Advocate).HoldFamiliarisation(ctx, p, familiarised(care.Topics[:len(care.Topics)-2]...))
	}, func() error { return b.desk.CompletePreparation(ctx, p) })
	if listed(testimony.Advocate, docket.PreparationOpen) {
		t.Error("a complete preparation is open")
	}
	b.audited("care.saved")
}

func TestNobodyContactsAPersonWithoutHavingLookedAtTheRules(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	ctx := t.Context()
	d := b.as(testimony.Advocate)
	why := func(err error) string {
		var e *care.EntryError
		if errors.As(err, &e) {
			return e.Why
		}
		return ""
	}
	if err := d.NoteContact(ctx, p, care.ByThird, true); why(err) != care.NotShown {
		t.Errorf("a contact without the rules: %v", err)
	}
	if r := must(d.ShowContactRules(ctx, p))(t); r.N != 1 || !strings.Contains(r.Value.Sentence, "sentence") {
		t.Errorf("the rules are %+v", r)
	}
	if err := d.NoteContact(ctx, p, care.ByCall, true); why(err) != care.NotSafe {
		t.Errorf("a call: %v", err)
	}
	try(t, func() error { return d.NoteContact(ctx, p, care.ByThird, true) }, func() error { return d.SaveContactRules(ctx, p, 1, safely()) })
	if err := d.NoteContact(ctx, p, care.ByThird, true); why(err) != care.NotShown {
		t.Errorf("by rules that were changed: %v", err)
	}
	must(d.ShowContactRules(ctx, p))(t)
	b.now = b.now.Add(care.ShownFor)
	if err := b.as(testimony.Advocate).NoteContact(ctx, p, care.ByThird, true); why(err) != care.NotShown {
		t.Errorf("long after: %v", err)
	}
	c := must(b.desk.Contacts(ctx, p))(t)
	if len(c.Value.Made) != 1 || c.Value.Made[0].Shown.By != string(b.userID(testimony.Advocate)) {
		t.Errorf("the log is %+v", c.Value)
	}
	b.audited("care.contact_shown")
	if _, err := b.as(testimony.Advocate).ShowContactRules(ctx, otherParty(b, p)); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("rules of somebody who has none: %v", err)
	}
	if err := b.desk.NoteContact(ctx, otherParty(b, p), care.ByThird, true); why(err) != care.NotSafe {
		t.Errorf("a contact by no rules: %v", err)
	}
}

func otherParty(b *bureau, not protection.PartyID) protection.PartyID {
	b.t.Helper()
	list, err := b.desk.Parties(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return list[slices.IndexFunc(list, func(p protection.Party) bool { return p.ID != not })].ID
}

func TestAReturnFromItsPlanToItsFollowUps(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	ctx := t.Context()
	d := b.as(testimony.Advocate)
	word := func() string {
		f, _, err := d.FactOf(ctx, p, docket.FactReturn)
		if err != nil {
			t.Fatal(err)
		}
		return f.Word
	}
	if err := d.DepartReturn(ctx, p); !errors.Is(err, care.ErrEntry) || word() != "preparing" {
		t.Errorf("set out without having said that they want to: %v", err)
	}
	try(t, func() error { return d.DeclareReturn(ctx, p) })
	if word() != "voluntary" {
		t.Errorf("the fact is %s", word())
	}
	try(t, func() error {
		return d.RecordConsent(ctx, p, care.Consent{Purpose: care.ForTravel, Will: care.Withdrawn})
	})
	r := must(d.Return(ctx, p))(t)
	if r.Value.Stage != care.Stopped || !r.Value.Voluntary.IsZero() || word() != "stopped" {
		t.Errorf("withdrawn: %+v, the fact is %s", r.Value, word())
	}
	for what, step := range map[string]func() error{"declared": func() error { return d.DeclareReturn(ctx, p) }, "set out": func() error { return d.DepartReturn(ctx, p) }, "arrived": func() error { return d.ArriveReturn(ctx, p) }} {
		if err := step(); !errors.Is(err, care.ErrEntry) {
			t.Errorf("%s after it was stopped: %v", what, err)
		}
	}
	try(t, func() error { return d.PlanReturn(ctx, p, home()) })
	if err := d.DeclareReturn(ctx, p); !errors.Is(err, care.ErrEntry) {
		t.Errorf("voluntary while the consent is withdrawn: %v", err)
	}
	try(t, func() error { return d.RecordConsent(ctx, p, says(care.ForTravel, care.Given)) }, func() error { return d.DeclareReturn(ctx, p) },
		func() error { return d.DepartReturn(ctx, p) }, func() error { return d.ArriveReturn(ctx, p) })
	if word() != "arrived" || b.listed(testimony.Advocate, docket.FollowUpDue) != 0 {
		t.Errorf("the fact is %s", word())
	}
	b.now = noon.AddDate(0, 1, 0)
	d = b.as(testimony.Advocate)
	if b.listed(testimony.Advocate, docket.FollowUpDue) != 1 || b.listed(testimony.Judge, docket.FollowUpDue) != 0 {
		t.Error("the first follow-up is not on the advocate's list alone")
	}
	d = b.as(testimony.Advocate)
	f := care.FollowUp{Month: 1, Way: care.ByThird, Found: care.InDanger, Trafficked: true}
	if err := d.NoteFollowUp(ctx, p, f); !errors.Is(err, care.ErrEntry) {
		t.Errorf("without having looked at the rules: %v", err)
	}
	must(d.ShowContactRules(ctx, p))(t)
	if err := d.NoteFollowUp(ctx, p, func() care.FollowUp { x := f; x.Way = care.ByCall; return x }()); !errors.Is(err, care.ErrEntry) {
		t.Errorf("by a call: %v", err)
	}
	before := must(d.Contacts(ctx, p))(t)
	if err := d.NoteFollowUp(ctx, p, func() care.FollowUp { x := f; x.Month = 12; return x }()); !errors.Is(err, care.ErrEntry) {
		t.Errorf("a year early: %v", err)
	}
	if after := must(d.Contacts(ctx, p))(t); after.N != before.N {
		t.Error("half of a follow-up was kept")
	}
	try(t, func() error { return d.NoteFollowUp(ctx, p, f) })
	if due := must(d.Risk(ctx, p))(t).Due; !slices.ContainsFunc(due, func(o care.Occasion) bool { return o.Trigger == care.FlagRaised }) {
		t.Errorf("a person who is trafficked again: due for %v", due)
	}
	try(t, func() error {
		return d.RecordConsent(ctx, p, care.Consent{Purpose: care.ForReturn, Will: care.Withdrawn})
	})
	b.now = noon.AddDate(0, 3, 0)
	if b.listed(testimony.Advocate, docket.FollowUpDue) != 0 {
		t.Error("somebody who wants no contact stands on the list to be contacted")
	}
}

func TestProtectionOnTheDaysList(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	ctx := t.Context()
	if b.listed(testimony.Advocate, docket.IncidentOpen)+b.listed(testimony.Advocate, docket.PlanReview)+b.listed(testimony.Advocate, docket.CompanionBarred) != 0 {
		t.Error("something waits although all is done")
	}
	d := b.as(testimony.Advocate)
	id := must(d.ReportIncident(ctx, p, care.Incident{Kind: care.Exposed, Against: care.ThePerson, On: noon, What: "x"}))(t)
	if b.listed(testimony.Advocate, docket.IncidentOpen) != 1 || b.listed(testimony.Judge, docket.IncidentOpen) != 0 {
		t.Error("an incident without a response is not on the advocate's list alone")
	}
	if err := b.as(testimony.Advocate).RespondIncident(ctx, p, id, care.Response{On: noon, What: "moved"}); err != nil {
		t.Fatal(err)
	}
	c, _ := b.witness()
	must(b.as(testimony.Registrar).FlagConflict(ctx, identity.Conflict{Case: c, Agency: " harbour house", Reason: "a cousin of the accused works there"}))(t)
	if b.listed(testimony.Advocate, docket.CompanionBarred) != 1 {
		t.Error("a companion whose agency was flagged is not on the list")
	}
	d = b.as(testimony.Advocate)
	again := companioned()
	again.Name = "another"
	if err := d.AddCompanion(ctx, p, again); !errors.Is(err, care.ErrEntry) {
		t.Errorf("another one of that agency: %v", err)
	}
	list := must(d.Companions(ctx, p))(t)
	try(t, func() error { return d.FlagCompanion(ctx, p, list.Value[0].ID) }, func() error { return d.LeaveCompanion(ctx, p, list.Value[0].ID) })
	if b.listed(testimony.Advocate, docket.CompanionBarred) != 0 {
		t.Error("a companion who has left is on the list")
	}
	plan := protectionPlan()
	plan.Team, plan.TeamUntil = "no such team", noon.AddDate(0, 0, 3)
	if err := b.as(testimony.Advocate).SaveProtectionPlan(ctx, p, 1, plan); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a plan with a team that is not there: %v", err)
	}
	team := must(b.as(testimony.Registrar).AddTeam(ctx, "joint", []docket.TeamMember{{User: b.userID(testimony.Advocate)}, {User: b.userID(testimony.Judge)}}))(t)
	plan.Team = string(team.ID)
	if err := b.as(testimony.Advocate).SaveProtectionPlan(ctx, p, 1, plan); err != nil {
		t.Fatal(err)
	}
	if b.listed(testimony.Advocate, docket.PlanTeamEnds) != 1 {
		t.Error("a team that ends soon is not on the list")
	}
	b.now = plan.Review
	if b.listed(testimony.Advocate, docket.PlanReview) != 1 {
		t.Error("a plan to be reviewed is not on the list")
	}
	if err := b.as(testimony.Advocate).EndProtectionPlan(ctx, p, "the person has left"); err != nil {
		t.Fatal(err)
	}
	if b.listed(testimony.Advocate, docket.PlanReview)+b.listed(testimony.Advocate, docket.PlanTeamEnds) != 0 {
		t.Error("a plan that has ended is on the list")
	}
}

// Who writes over a version that they did not see is told so.
func TestSupportIsNotWrittenOverUnseen(t *testing.T) {
	t.Parallel()
	b, p := supported(t)
	d := b.as(testimony.Advocate)
	for what, err := range map[string]error{"a risk": d.SaveRisk(t.Context(), p, 0, assessment()), "a plan": d.SaveProtectionPlan(t.Context(), p, 0, protectionPlan()), "rules": d.SaveContactRules(t.Context(), p, 0, safely())} {
		if !errors.Is(err, docket.ErrChanged) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
