package docket_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

// megabyte is far more than any field takes.
var megabyte = strings.Repeat("a", 1<<20)

// standing is all that a user of the docket can read of what is kept, as text, and the size of the audit log.
func (b *bureau) standing() (string, int64) {
	b.t.Helper()
	ctx := b.t.Context()
	_, head, err := b.desk.Status(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	_, party := b.witness()
	kept := []any{must(b.desk.Cases(ctx))(b.t), must(b.desk.Parties(ctx))(b.t), must(b.desk.Orders(ctx))(b.t), must(b.desk.Hearings(ctx))(b.t), must(b.desk.Resources(ctx))(b.t),
		must(b.desk.MeasureVersions(ctx))(b.t), must(b.desk.Facts(ctx, party))(b.t), must(b.desk.StatusHistory(ctx, party))(b.t), must(b.desk.Disclosures(ctx))(b.t), must(b.desk.SealedFields(ctx, party))(b.t)}
	if b.desk.May(testimony.ActKeepCare) {
		kept = append(kept, must(b.desk.Risks(ctx, party))(b.t), must(b.desk.Needs(ctx, party))(b.t), must(b.desk.Consents(ctx, party))(b.t), must(b.desk.Incidents(ctx, party))(b.t), must(b.desk.ProtectionPlan(ctx, party))(b.t),
			must(b.desk.Companions(ctx, party))(b.t))
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(raw), head.Size
}

// Every bad input is refused with its reason, and nothing of it is kept: not a record, not a line of the log.
func TestBadInputIsRefusedWithItsReasonAndNothingIsKept(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	b.as(testimony.Judge)
	c, party := b.witness()
	standing, err := b.desk.FindOrder(ctx, c, "2026/114")
	if err != nil {
		t.Fatal(err)
	}
	type input struct {
		name, why string
		try       func(d *docket.Desk) error
	}
	file := func(name, why string, change func(*order.Order)) input {
		return input{name, why, func(d *docket.Desk) error {
			o := order.Order{Case: c, Party: party, Reference: "2026/200", Applicant: order.ByWitness, From: noon, Measures: []order.Measure{{Kind: order.FaceAlteration}}}
			change(&o)
			_, err := d.FileOrder(ctx, o)
			return err
		}}
	}
	told := func(name, why string, m order.Measure) input {
		return file(name, why, func(o *order.Order) { o.Measures = []order.Measure{m} })
	}
	step := func(name, why string, a order.Act) input {
		return input{name, why, func(d *docket.Desk) error { _, err := d.StepOrder(ctx, standing.ID, nil, a); return err }}
	}
	terms := func(change func(*order.Terms)) *order.Terms {
		x := standing.Terms()
		change(&x)
		return &x
	}
	plan := func(name, why string, change func(*testimony.Hearing)) input {
		return input{name, why, func(d *docket.Desk) error {
			h := testimony.Hearing{Case: c, Party: party, Start: noon.AddDate(0, 1, 0), Duration: time.Hour, CourtZone: "Europe/Paris", WitnessZone: "Africa/Lagos", Mode: protection.PublicMode,
				Participants: []testimony.Participant{{Role: testimony.RoleWitness, Party: party}, {Role: testimony.RoleGallery}}}
			change(&h)
			_, err := d.Schedule(ctx, h)
			return err
		}}
	}
	carry := func(name, why, text string) input {
		return input{name, why, func(d *docket.Desk) error {
			doc, err := docket.ReadDocument(strings.NewReader(text))
			if err == nil {
				_, err = d.Import(ctx, doc)
			}
			return err
		}}
	}
	const will = "the protected person is asked"
	consents := order.Consent{Will: order.Consents}
	toward := func(k order.MeasureKind, a ...protection.Audience) order.Measure {
		return order.Measure{Kind: k, Audiences: a}
	}
	release := func(r protection.Release, d time.Duration) order.Measure {
		return order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: r, Delay: order.Delay(d)}}
	}
	one := `{"format":"paravent.docket/1","cases":[{"key":"c","reference":"IN 1","offence":"trafficking"}],"parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]}],`
	table := map[string][]input{
		testimony.Judge: {
			file("no court's number", "the court's number", func(o *order.Order) { o.Reference = " " }),
			file("a number of a megabyte", order.RuleLength, func(o *order.Order) { o.Reference = megabyte }),
			file("a number in two scripts", order.RuleScript, func(o *order.Order) { o.Reference = "2026/А1B" }),
			file("a number that turns about", order.RuleText, func(o *order.Order) { o.Reference = "2026\u202e/7" }),
			file("reasons of a megabyte", order.RuleLength, func(o *order.Order) { o.Reasons = megabyte }),
			file("reasons that are not text", order.RuleText, func(o *order.Order) { o.Reasons = "\xff\xfe" }),
			file("reasons with a hidden sign", order.RuleText, func(o *order.Order) { o.Reasons = "danger\u200b" }),
			file("an end before the beginning", order.RulePeriod, func(o *order.Order) { o.Until = noon.AddDate(0, 0, -1) }),
			file("an end at the beginning", order.RulePeriod, func(o *order.Order) { o.Until = noon }),
			file("a day of no calendar", order.RuleDate, func(o *order.Order) { o.Until = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC) }),
			file("no measure", order.RuleNotEmpty, func(o *order.Order) { o.Measures = nil }),
			file("a measure twice", order.RuleOneEach, func(o *order.Order) { o.Measures = append(o.Measures, o.Measures[0]) }),
			file("private and closed", order.RuleOneSession, func(o *order.Order) {
				o.Measures = []order.Measure{{Kind: order.PrivateSession}, {Kind: order.ClosedSession}}
			}),
			file("no applicant that there is", order.RuleApplicant, func(o *order.Order) { o.Applicant = "the press" }),
			file("an unknown case", "the case", func(o *order.Order) { o.Case = "none" }),
			file("an unknown party", "the protected party", func(o *order.Order) { o.Party = "none" }),
			file("an unknown will", order.RuleWill, func(o *order.Order) { o.Consent.Will = "perhaps" }),
			file("replacing what does not stand", order.RuleReplaceable, func(o *order.Order) { o.Replaces, o.Change = []protection.OrderID{"none"}, "News." }),
			file("replacing without a change", order.RuleChange, func(o *order.Order) { o.Replaces = []protection.OrderID{standing.ID} }),
			told("an unknown measure", order.RuleKnownMeasure, order.Measure{Kind: "invisibility"}),
			told("toward the bench", order.RuleBenchClear, toward(order.FaceAlteration, protection.Bench)),
			told("toward the master record", order.RuleMasterClear, toward(order.FaceAlteration, protection.MasterRecord)),
			told("toward the assessors", order.RuleJudgesClear, toward(order.InterpreterOnly, protection.Assessors)),
			told("a voice kept from the interpreter", order.RuleInterpreterHears, toward(order.VoiceDisguised, protection.Interpreter)),
			told("hidden from the prosecution", order.RuleCounselFollows, toward(order.FaceAlteration, protection.Prosecution)),
			told("hidden from counsel for the defence", order.RuleCounselSees, toward(order.FaceAlteration, protection.DefenceCounsel)),
			told("toward the witness themselves", order.RuleNotItself, toward(order.FaceAlteration, protection.OtherWitness(party))),
			told("toward a witness that there is not", order.RuleKnownAudience, toward(order.FaceAlteration, protection.OtherWitness("none"))),
			told("toward an unknown audience", order.RuleKnownAudience, toward(order.FaceAlteration, "neighbours")),
			told("a fixed measure extended", order.RuleExtension, toward(order.Pseudonym, protection.Accused)),
			told("anonymity without conditions", order.RuleConditions, order.Measure{Kind: order.FullAnonymity}),
			told("anonymity with half of them", order.RuleConditions, order.Measure{Kind: order.FullAnonymity, Parameters: order.Parameters{Conditions: []order.Condition{order.Necessity, order.GraveDanger}}}),
			told("anonymity without a pseudonym", order.RuleAnonymousName, order.Measure{Kind: order.FullAnonymity, Parameters: order.Parameters{Conditions: order.AnonymityConditions[0]}}),
			told("a delay of a second", order.RuleRange, release(protection.Delayed, time.Second)),
			told("a delay of a week", order.RuleRange, release(protection.Delayed, 7*24*time.Hour)),
			told("a negative delay", order.RuleRange, release(protection.Delayed, -time.Hour)),
			told("a delayed broadcast that is live", order.RuleRange, release(protection.Live, 0)),
			told("no release said", order.RuleNeeds, release(protection.Never, 0)),
			told("no barred topic", order.RuleNeeds, order.Measure{Kind: order.Questioning}),
			told("a topic of a megabyte", order.RuleLength, order.Measure{Kind: order.Questioning, Parameters: order.Parameters{Topics: []string{megabyte}}}),
			told("topics on a screen", order.RuleParameter, order.Measure{Kind: order.ScreenAccused, Parameters: order.Parameters{Topics: []string{"home"}}}),
			told("a passage backwards", order.RuleRange, order.Measure{Kind: order.Expunge, Parameters: order.Parameters{Passages: []order.Passage{{From: noon, To: noon.Add(-time.Minute)}}}}),
			told("a passage of a day", order.RuleRange, order.Measure{Kind: order.Expunge, Parameters: order.Parameters{Passages: []order.Passage{{From: noon, To: noon.AddDate(0, 0, 1)}}}}),
			told("a review before the order", order.RuleRange, order.Measure{Kind: order.PhysicalProtection, Parameters: order.Parameters{ReviewBy: noon.AddDate(0, 0, -1)}}),
			told("an unknown counterbalance", order.RuleKnownValue, order.Measure{Kind: order.ScreenWitness, Parameters: order.Parameters{Counterbalances: []order.Counterbalance{"luck"}}}),
			step("a variation without reasons", order.RuleReasons, order.Act{Step: order.Vary, Change: "News.", Consent: consents, Terms: terms(func(x *order.Terms) { x.Measures = x.Measures[:2] })}),
			step("a variation without a change", order.RuleChange, order.Act{Step: order.Vary, Reasons: "R.", Consent: consents, Terms: terms(func(x *order.Terms) { x.Measures = x.Measures[:2] })}),
			step("a variation that varies nothing", order.RuleVaries, order.Act{Step: order.Vary, Reasons: "R.", Change: "News.", Consent: consents, Terms: terms(func(*order.Terms) {})}),
			step("a variation without the person", will, order.Act{Step: order.Vary, Reasons: "R.", Change: "News.", Terms: terms(func(x *order.Terms) { x.Measures = x.Measures[:2] })}),
			step("an augmentation that lifts", order.RuleAugments, order.Act{Step: order.Augment, Reasons: "R.", Terms: terms(func(x *order.Terms) { x.Measures = x.Measures[:2] })}),
			step("rescinded against the will without a reason", will, order.Act{Step: order.Rescind, Reasons: "R.", Change: "News.", Consent: order.Consent{Will: order.Objects}}),
			step("served when it is in force", "cannot take this step", order.Act{Step: order.Serve}),
			step("granted twice", "cannot take this step", order.Act{Step: order.Grant, Reasons: "R.", ExParte: "Urgent.", Consent: consents}),
			step("an end confirmed before it came", order.RuleEnded, order.Act{Step: order.ConfirmEnd, Reasons: "R."}),
			step("a step that there is not", "cannot take this step", order.Act{Step: "forget", Reasons: "R."}),
			{"a case without a number", "reference", func(d *docket.Desk) error {
				_, err := d.AddCase(ctx, testimony.Case{Reference: " ", Offence: testimony.Trafficking})
				return err
			}},
			{"a case of no offence", "offence", func(d *docket.Desk) error {
				_, err := d.AddCase(ctx, testimony.Case{Reference: "IN 9", Offence: "theft"})
				return err
			}},
			{"a case's number twice", "already", func(d *docket.Desk) error {
				_, err := d.AddCase(ctx, testimony.Case{Reference: "tc 12/2026", Offence: testimony.Trafficking})
				return err
			}},
			{"a case's number of a megabyte", "characters", func(d *docket.Desk) error {
				_, err := d.AddCase(ctx, testimony.Case{Reference: megabyte, Offence: testimony.Trafficking})
				return err
			}},
			{"a case's number in two scripts", "scripts", func(d *docket.Desk) error {
				_, err := d.AddCase(ctx, testimony.Case{Reference: "ТC 99/2026", Offence: testimony.Trafficking})
				return err
			}},
			{"a party of no status", "status", func(d *docket.Desk) error { _, err := d.AddParty(ctx, c, "hero", "yo"); return err }},
			{"a language of a megabyte", "language", func(d *docket.Desk) error {
				_, err := d.AddParty(ctx, c, protection.Witness, megabyte)
				return err
			}},
			{"a party twice in a case", "already", func(d *docket.Desk) error { _, err := d.JoinCase(ctx, party, c); return err }},
			plan("an unknown zone of the court", "time zone", func(h *testimony.Hearing) { h.CourtZone = "Mars/Olympus" }),
			plan("an unknown zone of the witness", "time zone", func(h *testimony.Hearing) { h.WitnessZone = "" }),
			plan("a hearing of no length", "duration", func(h *testimony.Hearing) { h.Duration = 0 }),
			plan("a hearing backwards", "duration", func(h *testimony.Hearing) { h.Duration = -time.Hour }),
			plan("a hearing without a start", "start", func(h *testimony.Hearing) { h.Start = time.Time{} }),
			plan("a hearing in no mode", "mode", func(h *testimony.Hearing) { h.Mode = 9 }),
			plan("a seat of no role", "role", func(h *testimony.Hearing) { h.Participants[1].Role = "audience" }),
			plan("a hearing without its witness", "witness", func(h *testimony.Hearing) { h.Participants = h.Participants[1:] }),
			plan("a room of a megabyte", "room", func(h *testimony.Hearing) { h.Room = megabyte }),
			{"a room without a name", "name", func(d *docket.Desk) error {
				_, err := d.PutResource(ctx, schedule.Resource{Kind: schedule.Kinds[0], Name: " "})
				return err
			}},
			{"an identity with no fields", "", func(d *docket.Desk) error { return d.SealIdentity(ctx, party, identity.Fields{}) }},
			{"a name of a megabyte", "", func(d *docket.Desk) error {
				return d.SealIdentity(ctx, party, identity.Fields{identity.Name: megabyte})
			}},
			{"a category of no list", "list", func(d *docket.Desk) error {
				return d.SetStatisticsProfile(ctx, party, statistics.Profile{Sex: "unsure"})
			}},
			carry("not JSON", "JSON", `{"format":`),
			carry("another format", "format", `{"format":"paravent.docket/9"}`),
			carry("a field that there is not", "", one+`"orders":[{"key":"o","case":"c","party":"w","reference":"1","state":"filed","measures":[{"kind":"live_link"}],"name":"x"}]}`),
			carry("an order of no case", "no case has the key", one+`"orders":[{"key":"o","case":"d","party":"w","reference":"1","state":"filed","measures":[{"kind":"live_link"}]}]}`),
			carry("orders that replace each other in a circle", "circle", one+`"orders":[{"key":"a","case":"c","party":"w","reference":"1","state":"in_force","change":"x","replaces":["b"],"measures":[{"kind":"live_link"}]},
				{"key":"b","case":"c","party":"w","reference":"2","state":"in_force","change":"x","replaces":["a"],"measures":[{"kind":"pseudonym"}]}]}`),
			carry("the last line of many is wrong", "bench", one+`"orders":[{"key":"a","case":"c","party":"w","reference":"1","state":"in_force","measures":[{"kind":"live_link"}]},
				{"key":"b","case":"c","party":"w","reference":"2","state":"in_force","measures":[{"kind":"face_alteration","audiences":["bench"]}]}]}`),
		},
		testimony.Clerk: {
			step("a clerk rescinds", order.ErrJudgeOnly.Error(), order.Act{Step: order.Rescind, Reasons: "R.", Change: "News.", Consent: consents}),
			step("a clerk varies", order.ErrJudgeOnly.Error(), order.Act{Step: order.Vary, Reasons: "R.", Change: "News.", Consent: consents, Terms: terms(func(x *order.Terms) { x.Measures = x.Measures[:2] })}),
			{"a clerk keeps a care file", docket.ErrNotAllowed.Error(), func(d *docket.Desk) error { return d.SaveRisk(ctx, party, 0, assessment()) }},
			{"a clerk proposes a measure", docket.ErrNotAllowed.Error(), func(d *docket.Desk) error { _, err := d.ProposeMeasure(ctx, ownMeasure(), -1, "R"); return err }},
			carry("a clerk records that an order is lifted", "only a judge", one+`"orders":[{"key":"a","case":"c","party":"w","reference":"1","state":"rescinded","measures":[{"kind":"live_link"}]}]}`),
		},
		testimony.Advocate: {
			{"an advocate serves", docket.ErrNotAllowed.Error(), func(d *docket.Desk) error {
				_, err := d.StepOrder(ctx, standing.ID, nil, order.Act{Step: order.Serve})
				return err
			}},
			{"a status that there is not", "status", func(d *docket.Desk) error {
				return d.DecideStatus(ctx, party, 0, care.Decision{Status: "hero", By: care.Authorities[0], On: noon, Basis: "B"})
			}},
			{"a status decided tomorrow", "on", func(d *docket.Desk) error {
				return d.DecideStatus(ctx, party, 0, care.Decision{Status: protection.Witness, By: care.Authorities[0], On: noon.AddDate(0, 0, 2), Basis: "B"})
			}},
			{"a danger half looked at", "", func(d *docket.Desk) error {
				a := assessment()
				delete(a.Findings, care.RiskAreas[0])
				return d.SaveRisk(ctx, party, 0, a)
			}},
			{"a review before the assessment", "review", func(d *docket.Desk) error {
				a := assessment()
				a.Review = noon.AddDate(0, 0, -3)
				return d.SaveRisk(ctx, party, 0, a)
			}},
			{"a reason of a megabyte", "too_long", func(d *docket.Desk) error {
				a := assessment()
				a.Findings[care.RiskAreas[0]] = care.Finding{Level: care.LevelHigh, Reason: megabyte}
				return d.SaveRisk(ctx, party, 0, a)
			}},
			{"needs without a language", "language", func(d *docket.Desk) error { return d.SaveNeeds(ctx, party, 0, care.Needs{}) }},
			{"a reflection of no days", "days", func(d *docket.Desk) error { return d.BeginReflection(ctx, party, noon, 0, "B") }},
			{"consent to nothing", "purpose", func(d *docket.Desk) error { return d.RecordConsent(ctx, party, says("everything", care.Given)) }},
			{"an incident of tomorrow", "on", func(d *docket.Desk) error {
				_, err := d.ReportIncident(ctx, party, care.Incident{Kind: care.IncidentKinds[0], Against: care.ThePerson, On: noon.AddDate(0, 0, 2), What: "x"})
				return err
			}},
			{"an incident of a megabyte", "too_long", func(d *docket.Desk) error {
				_, err := d.ReportIncident(ctx, party, care.Incident{Kind: care.IncidentKinds[0], Against: care.ThePerson, On: noon, What: megabyte})
				return err
			}},
			{"a plan that does nothing", "measures", func(d *docket.Desk) error {
				p := protectionPlan()
				p.Measures = nil
				return d.SaveProtectionPlan(ctx, party, 0, p)
			}},
			{"a draft of no form", "", func(d *docket.Desk) error { return d.KeepDraft(ctx, docket.Draft{Typed: json.RawMessage(`1`)}) }},
			{"a draft of a megabyte", "", func(d *docket.Desk) error {
				return d.KeepDraft(ctx, docket.Draft{Form: "f", Typed: json.RawMessage(`"` + megabyte + `"`)})
			}},
		},
	}
	n := 0
	for office, list := range table {
		d := b.as(office)
		for _, in := range list {
			n++
			before, size := b.standing()
			err := in.try(d)
			after, grown := b.standing()
			if err == nil {
				t.Errorf("%s: it is taken", in.name)
			} else if !strings.Contains(err.Error(), in.why) {
				t.Errorf("%s: refused with %.300q, and not with %q", in.name, err.Error(), in.why)
			}
			if before != after || grown != size && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s: something of it is kept (the log has %d lines, and had %d)", in.name, grown, size)
			}
			if err != nil && len(err.Error()) > 4096 {
				t.Errorf("%s: the reason is %d bytes long", in.name, len(err.Error()))
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d bad inputs", n)
	}
}
