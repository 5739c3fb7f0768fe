package care

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/identity"
)

var today = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

func assessed() Assessment {
	a := Assessment{On: today, Findings: map[RiskArea]Finding{}, Review: today.AddDate(0, 1, 0)}
	for _, area := range RiskAreas {
		a.Findings[area] = Finding{LevelLow, "why"}
	}
	return a
}

func needed() Needs {
	return Needs{Language: "yo", Dialect: "Ekiti", Literacy: "does_not_read", Interpreter: Woman, Breaks: 30, Intermediary: HelpNotNeeded, Faith: []string{"12:30"}}
}

func met(topics ...Topic) Familiarisation {
	return Familiarisation{On: today, Topics: topics, Language: "yo", Interpreter: InRoom, Support: InRoom, By: "u"}
}

func planned() Plan {
	return Plan{On: today, Review: today.AddDate(0, 1, 0), Measures: []PlanMeasure{{Kind: "escort", For: []Whom{ThePerson, FamilyOrigin}, Agency: "Police", Detail: "to court"}}}
}

func happened() Incident {
	return Incident{ID: "i", Kind: Threat, Against: FamilyOrigin, On: today, What: "a call", By: "u"}
}

func rulesOf() ContactRules {
	return ContactRules{On: today, Safe: []Way{ByThird, ByMessage}, Never: []Way{ByCall}, Through: "the shelter", Sentence: "the library book", From: "09:00", Until: "17:00"}
}

func companion() Companion {
	return Companion{ID: "c", Role: SupportPerson, Name: "S", Witness: No, Linked: No, Corrupt: No, Wanted: Yes, From: today, By: "u"}
}

func terms() ReturnTerms {
	return ReturnTerms{Asked: today, By: "person", To: "NG", Citizenship: CitizenConfirmed, Stateless: No, Persecution: No, Funding: "organisation", Receiving: "A house"}
}

// agreed are answers to purposes that are all given.
func agreed(purposes ...Purpose) Consents {
	var c Consents
	for _, p := range purposes {
		c = append(c, Consent{Purpose: p, Will: Given, At: today})
	}
	return c
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// Everything that is refused, with the field and the reason that are told.
func TestWhatIsRefusedSaysWhy(t *testing.T) {
	t.Parallel()
	risk := func(change func(*Assessment)) error { return with(assessed(), change).Check(today) }
	need := func(change func(*Needs)) error { return with(needed(), change).Check() }
	meet := func(change func(*Familiarisation)) error {
		_, err := Preparation{}.Hold(with(met(TopicRooms), change), today)
		return err
	}
	plan := func(change func(*Plan)) error { return with(planned(), change).Check(today) }
	report := func(change func(*Incident)) error {
		_, err := Incidents{}.Report(with(happened(), change), today)
		return err
	}
	rule := func(change func(*ContactRules)) error { return with(rulesOf(), change).Check(today) }
	stand := func(change func(*Companion)) error {
		_, err := Companions{}.Add(with(companion(), change), nil, nil, today)
		return err
	}
	back := func(change func(*ReturnTerms)) error {
		_, err := Return{}.Plan(with(terms(), change), nil, today)
		return err
	}
	tomorrow, yesterday := today.AddDate(0, 0, 1), today.AddDate(0, 0, -1)
	for _, c := range []struct {
		what, field, why string
		err              error
	}{
		{"a risk of tomorrow", "on", Future, risk(func(a *Assessment) { a.On = tomorrow })},
		{"a risk of no day", "on", Missing, risk(func(a *Assessment) { a.On = time.Time{} })},
		{"an area left out", "family", Missing, risk(func(a *Assessment) { delete(a.Findings, RiskFamily) })},
		{"a level of no list", "health", Unknown, risk(func(a *Assessment) { a.Findings[RiskHealth] = Finding{"7", "why"} })},
		{"a level without its reason", "reason", Missing, risk(func(a *Assessment) { a.Findings[RiskThreat] = Finding{LevelHigh, " "} })},
		{"an area of no list", "area", Unknown, risk(func(a *Assessment) { a.Findings["score"] = Finding{LevelHigh, "9 of 10"} })},
		{"a reason of a megabyte", "reason", TooLong, risk(func(a *Assessment) { a.Findings[RiskThreat] = Finding{LevelHigh, strings.Repeat("a", 1<<20)} })},
		{"a reason that is no text", "reason", TooLong, risk(func(a *Assessment) { a.Findings[RiskThreat] = Finding{LevelHigh, "\xff"} })},
		{"a risk that is never reviewed", "review", Missing, risk(func(a *Assessment) { a.Review = time.Time{} })},
		{"a review before the risk", "review", Early, risk(func(a *Assessment) { a.Review = yesterday })},
		{"a review in two years", "review", Late, risk(func(a *Assessment) { a.Review = today.AddDate(2, 0, 0) })},

		{"needs without a language", "language", Missing, need(func(n *Needs) { n.Language = "" })},
		{"a story for a language", "language", Facts, need(func(n *Needs) { n.Language = "he took my passport" })},
		{"a language without its dialect", "dialect", Missing, need(func(n *Needs) { n.Dialect = "" })},
		{"a story for a dialect", "dialect", Facts, need(func(n *Needs) { n.Dialect = "the one of the village where they took me" })},
		{"a number for a dialect", "dialect", Facts, need(func(n *Needs) { n.Dialect = "call 0803" })},
		{"a dialect over lines", "dialect", TooLong, need(func(n *Needs) { n.Dialect = "a\nb" })},
		{"reading not asked", "literacy", Missing, need(func(n *Needs) { n.Literacy = "" })},
		{"an interpreter of no list", "interpreter", Unknown, need(func(n *Needs) { n.Interpreter = "child" })},
		{"a break after each second", "breaks", Number, need(func(n *Needs) { n.Breaks = 0 })},
		{"a break after 31 minutes", "breaks", Number, need(func(n *Needs) { n.Breaks = 31 })},
		{"an intermediary not asked", "intermediary", Missing, need(func(n *Needs) { n.Intermediary = "" })},
		{"an hour of 25", "faith", Unknown, need(func(n *Needs) { n.Faith = []string{"25:00"} })},
		{"an hour twice", "faith", Twice, need(func(n *Needs) { n.Faith = []string{"12:00", "12:00"} })},
		{"health of a megabyte", "health", TooLong, need(func(n *Needs) { n.Health = strings.Repeat("a", 1<<20) })},

		{"a meeting tomorrow", "on", Future, meet(func(m *Familiarisation) { m.On = tomorrow })},
		{"a meeting about nothing", "topics", Missing, meet(func(m *Familiarisation) { m.Topics = nil })},
		{"the facts for a topic", "topics", Facts, meet(func(m *Familiarisation) { m.Topics = []Topic{"what she will say of the house"} })},
		{"a topic twice", "topics", Twice, meet(func(m *Familiarisation) { m.Topics = []Topic{TopicRooms, TopicRooms} })},
		{"an answer for a language", "language", Facts, meet(func(m *Familiarisation) { m.Language = "I saw him" })},
		{"an interpreter not noted", "interpreter", Missing, meet(func(m *Familiarisation) { m.Interpreter = "" })},
		{"support not noted", "support", Missing, meet(func(m *Familiarisation) { m.Support = "" })},
		{"a meeting by nobody", "by", Missing, meet(func(m *Familiarisation) { m.By = "" })},

		{"a plan that does nothing", "measures", Missing, plan(func(p *Plan) { p.Measures = nil })},
		{"a plan without the person", "for", Amiss, plan(func(p *Plan) { p.Measures[0].For = []Whom{FamilyHere} })},
		{"a measure for nobody", "for", Missing, plan(func(p *Plan) { p.Measures[0].For = nil })},
		{"a measure of no list", "kind", Unknown, plan(func(p *Plan) { p.Measures[0].Kind = "magic" })},
		{"a measure by nobody", "agency", Missing, plan(func(p *Plan) { p.Measures[0].Agency = "" })},
		{"a measure without its detail", "detail", Missing, plan(func(p *Plan) { p.Measures[0].Detail = "" })},
		{"a measure that is over", "until", Early, plan(func(p *Plan) { p.Measures[0].Until = yesterday })},
		{"a team without an end", "team_until", Missing, plan(func(p *Plan) { p.Team = "t" })},
		{"a team that is over", "team_until", Early, plan(func(p *Plan) { p.Team, p.TeamUntil = "t", yesterday })},
		{"an end without a team", "team", Missing, plan(func(p *Plan) { p.TeamUntil = tomorrow })},
		{"a plan that is never reviewed", "review", Missing, plan(func(p *Plan) { p.Review = time.Time{} })},
		{"a plan ended without a reason", "why", Missing, plan(func(p *Plan) { p.Ended = today })},

		{"an incident of no kind", "kind", Unknown, report(func(i *Incident) { i.Kind = "odd" })},
		{"an incident against no one", "against", Missing, report(func(i *Incident) { i.Against = "" })},
		{"an incident of tomorrow", "on", Future, report(func(i *Incident) { i.On = tomorrow })},
		{"an incident without words", "what", Missing, report(func(i *Incident) { i.What = "" })},
		{"an incident answered at once", "responses", Amiss, report(func(i *Incident) { i.Responses = []Response{{}} })},

		{"rules of nothing", "safe", Missing, rule(func(r *ContactRules) { r.Safe, r.Never = nil, nil })},
		{"a way that is safe and never", "never", Amiss, rule(func(r *ContactRules) { r.Never = []Way{ByThird} })},
		{"a way of no list", "safe", Unknown, rule(func(r *ContactRules) { r.Safe = []Way{"pigeon"} })},
		{"a way twice", "safe", Twice, rule(func(r *ContactRules) { r.Safe = []Way{ByOffice, ByOffice} })},
		{"through whom", "through", Missing, rule(func(r *ContactRules) { r.Through = "" })},
		{"a call without the sentence", "sentence", Missing, rule(func(r *ContactRules) { r.Sentence = "" })},
		{"hours without an end", "hours", Missing, rule(func(r *ContactRules) { r.Until = "" })},
		{"hours reversed", "hours", Early, rule(func(r *ContactRules) { r.From, r.Until = "17:00", "09:00" })},
		{"an hour of no clock", "hours", Unknown, rule(func(r *ContactRules) { r.From = "9" })},

		{"a companion of no role", "role", Unknown, stand(func(c *Companion) { c.Role = "friend" })},
		{"a companion without a name", "name", Missing, stand(func(c *Companion) { c.Name = "" })},
		{"an advocate of nowhere", "agency", Missing, stand(func(c *Companion) { c.Role = VictimsCounsel })},
		{"another witness", "witness", Conflict, stand(func(c *Companion) { c.Witness = Yes })},
		{"not asked whether they are a witness", "witness", Missing, stand(func(c *Companion) { c.Witness = "" })},
		{"linked to the accused", "linked", Conflict, stand(func(c *Companion) { c.Linked = Yes })},
		{"a sign of corruption", "corrupt", Conflict, stand(func(c *Companion) { c.Corrupt = Yes })},
		{"somebody the person doesn't want", "wanted", Conflict, stand(func(c *Companion) { c.Wanted = No })},
		{"an intermediary without a declaration", "declared", Missing, stand(func(c *Companion) { c.Role, c.Agency = Mediator, "A" })},
		{"a time reversed", "until", Early, stand(func(c *Companion) { c.Until = yesterday })},

		{"a return asked for tomorrow", "asked", Future, back(func(r *ReturnTerms) { r.Asked = tomorrow })},
		{"a return nobody asked for", "asker", Missing, back(func(r *ReturnTerms) { r.By = "" })},
		{"a return to no State", "to", Unknown, back(func(r *ReturnTerms) { r.To = "Nigeria" })},
		{"a citizenship of no list", "citizenship", Unknown, back(func(r *ReturnTerms) { r.Citizenship = "maybe" })},
		{"a citizen without a State", "stateless", Amiss, back(func(r *ReturnTerms) { r.Stateless = Yes })},
		{"admitted although a citizen", "admitted", Amiss, back(func(r *ReturnTerms) { r.Admitted = today })},
		{"paid by magic", "funding", Unknown, back(func(r *ReturnTerms) { r.Funding = "magic" })},
	} {
		var e *EntryError
		if !errors.As(c.err, &e) || !errors.Is(c.err, ErrEntry) {
			t.Errorf("%s: %v", c.what, c.err)
		} else if e.Field != c.field || e.Why != c.why {
			t.Errorf("%s: %s %s, want %s %s", c.what, e.Field, e.Why, c.field, c.why)
		}
	}
	for what, err := range map[string]error{"risk": risk(func(*Assessment) {}), "needs": need(func(*Needs) {}), "meeting": meet(func(*Familiarisation) {}), "plan": plan(func(*Plan) {}),
		"incident": report(func(*Incident) {}), "rules": rule(func(*ContactRules) {}), "companion": stand(func(*Companion) {}), "return": back(func(*ReturnTerms) {})} {
		if err != nil {
			t.Errorf("a good %s: %v", what, err)
		}
	}
}

// Nothing in an assessment is a number that sums a person up.
func TestAnAssessmentHasNoScore(t *testing.T) {
	t.Parallel()
	of := reflect.TypeFor[Assessment]()
	for i := range of.NumField() {
		if k := of.Field(i).Type.Kind(); k >= reflect.Int && k <= reflect.Float64 {
			t.Errorf("%s is a number", of.Field(i).Name)
		}
	}
	a := assessed()
	a.Findings[RiskRemote] = Finding{LevelUnknown, "nobody has been there"}
	a.Findings[RiskFamily] = Finding{LevelHigh, "a visit"}
	if got := a.Pressing(); !slices.Equal(got, []RiskArea{RiskFamily, RiskRemote}) {
		t.Errorf("pressing: %v", got)
	}
}

// A log of familiarisation has no field that takes what was said.
func TestALogOfFamiliarisationTakesNoWords(t *testing.T) {
	t.Parallel()
	of := reflect.TypeFor[Familiarisation]()
	for i := range of.NumField() {
		f := of.Field(i)
		if f.Type == reflect.TypeFor[string]() && f.Name != "Language" && f.Name != "By" {
			t.Errorf("%s takes words", f.Name)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.StringN(36, 200, -1).Draw(r, "words")
		if _, err := (Preparation{}).Hold(with(met(TopicRooms), func(m *Familiarisation) { m.Language = words }), today); err == nil {
			r.Errorf("%q was kept", words)
		}
	})
}

// An occasion that an assessment did not know makes it due; what it knew does not; and its day does.
func TestWhatMakesAReviewDue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var known, all []Occasion
		for i := range rapid.IntRange(0, 12).Draw(r, "occasions") {
			o := Occasion{Trigger: rapid.SampledFrom(Triggers).Draw(r, "trigger"), Key: fmt.Sprint(i), At: today.AddDate(0, 0, rapid.IntRange(-400, 400).Draw(r, "day"))}
			all = append(all, o)
			if rapid.Bool().Draw(r, "known") {
				known = append(known, o)
			}
		}
		a := assessed()
		a.Known = Keys(known)
		days := rapid.IntRange(0, 60).Draw(r, "days later")
		now := today.AddDate(0, 0, days)
		due := a.Due(all, now)
		for _, o := range all {
			if slices.Contains(due, o) == slices.Contains(known, o) {
				r.Errorf("%+v: known %v, due %v", o, slices.Contains(known, o), slices.Contains(due, o))
			}
		}
		byDate := slices.ContainsFunc(due, func(o Occasion) bool { return o.Trigger == ByDate && o.Key == "" })
		if byDate == now.Before(a.Review) {
			r.Errorf("after %d days, due by its day: %v", days, byDate)
		}
	})
}

// No sequence of meetings makes a preparation complete without the later-disclosure warning or another required topic.
func TestNobodyIsPreparedWithoutTheWarning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		altered := rapid.Bool().Draw(r, "altered")
		var p Preparation
		held := map[Topic]bool{}
		for range rapid.IntRange(0, 8).Draw(r, "meetings") {
			topics := rapid.SliceOfNDistinct(rapid.SampledFrom(Topics), 1, 6, rapid.ID).Draw(r, "topics")
			next, err := p.Hold(met(topics...), today)
			if err != nil {
				r.Fatal(err)
			}
			p = next
			for _, topic := range topics {
				held[topic] = true
			}
		}
		done, err := p.Complete("u", altered, today)
		want := held[TopicLater] && (!altered || held[TopicVoice])
		for _, topic := range required {
			want = want && held[topic]
		}
		var lacks *LacksError
		switch {
		case want != (err == nil):
			r.Fatalf("held %v, altered %v: %v", held, altered, err)
		case err != nil && !errors.As(err, &lacks):
			r.Fatal(err)
		case err != nil && !held[TopicLater] && !slices.Contains(lacks.Topics, TopicLater):
			r.Errorf("the warning is not named: %v", err)
		case err == nil && (done.Completed.IsZero() || !done.Warned()):
			r.Errorf("%+v", done)
		}
		if lacks != nil {
			for _, topic := range lacks.Topics {
				if held[topic] {
					r.Errorf("%s was held and is said to lack", topic)
				}
			}
		}
	})
}

// Nobody contacts a person by a way that was not said to be safe, or without having looked at the rules in use.
func TestNoContactWithoutTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var rules ContactRules
		version := 0
		var log Contacts
		now := today
		last := map[string]Shown{}
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(r, "hours")) * time.Hour)
			by := rapid.SampledFrom([]string{"u", "v"}).Draw(r, "by")
			switch rapid.IntRange(0, 2).Draw(r, "step") {
			case 0:
				version++
				rules = ContactRules{Safe: rapid.SliceOfDistinct(rapid.SampledFrom(Ways), rapid.ID).Draw(r, "safe"), Never: rapid.SliceOfDistinct(rapid.SampledFrom(Ways), rapid.ID).Draw(r, "never")}
			case 1:
				last[by] = Shown{version, by, now}
				log = log.Show(last[by])
			case 2:
				way := rapid.SampledFrom(Ways).Draw(r, "way")
				_, err := log.Make(Contact{Way: way}, by, rules, version, now)
				s, looked := last[by]
				may := slices.Contains(rules.Safe, way) && !slices.Contains(rules.Never, way) && looked && version > 0 && s.Version == version && now.Sub(s.At) < ShownFor
				if may != (err == nil) {
					r.Fatalf("%s by %s: %v, want %v", way, by, err, may)
				}
			}
		}
	})
}

// In no history is a return voluntary without the person's standing consent to it; a withdrawal before the arrival stops it for good.
func TestNoReturnIsVoluntaryWithoutConsent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var back Return
		var said Consents
		declaredAt, arrived := -1, false
		for step := range rapid.IntRange(1, 40).Draw(r, "steps") {
			now := today.AddDate(0, 0, rapid.IntRange(step, step+2).Draw(r, "day"))
			var next Return
			var err error
			switch rapid.IntRange(0, 7).Draw(r, "step") {
			case 0:
				next, err = back.Plan(with(terms(), func(t *ReturnTerms) {
					t.Asked = today.AddDate(0, 0, -1)
					t.To = rapid.SampledFrom([]string{"NG", "VN"}).Draw(r, "to")
				}), said, now)
			case 1, 2:
				next, err = back.Declare(said, now)
				if err == nil {
					declaredAt = len(said)
				}
			case 3:
				next, err = back.Depart(said, now)
			case 4:
				next, err = back.Arrive(said, now)
				arrived = arrived || err == nil
			case 5:
				next, err = back.Stop("why", said, now)
			default:
				p := rapid.SampledFrom([]Purpose{ForTravel, ForTravel, ForReturn}).Draw(r, "purpose")
				will := rapid.SampledFrom([]Will{Given, Given, NotGiven, Withdrawn}).Draw(r, "will")
				if more, err := said.Record(Consent{Purpose: p, Will: will, Language: "yo", Reading: "aloud", Route: "tell us", By: "u"}, now); err == nil {
					said = more
				}
				next = back
			}
			if err == nil {
				back = next
			}
			voluntary := back.IsVoluntary(said)
			if !arrived && voluntary && !said.Given(ForTravel, "") {
				r.Fatalf("voluntary without consent: %+v", back)
			}
			if voluntary && declaredAt < 0 {
				r.Fatal("voluntary and nobody declared it")
			}
			if !arrived && voluntary && slices.ContainsFunc(said[declaredAt:], func(c Consent) bool { return c.Purpose == ForTravel && c.Will != Given }) {
				r.Fatalf("a withdrawal did not stop it: %+v", back)
			}
			if s := back.Under(said); (s.Stage == Departed || s.Stage == Arrived) && s.Voluntary.IsZero() {
				r.Fatalf("on the way against the person's will: %+v", s)
			}
			if arrived {
				break
			}
		}
	})
}

func TestAReturnLacksWhatItNeeds(t *testing.T) {
	t.Parallel()
	yes := agreed(ForTravel)
	for _, c := range []struct {
		lacks  string
		change func(*ReturnTerms)
	}{
		{"stateless", func(r *ReturnTerms) { r.Stateless = "" }}, {"citizenship", func(r *ReturnTerms) { r.Citizenship = CitizenAsked }}, {"citizenship", func(r *ReturnTerms) { r.Citizenship = CitizenDenied }},
		{"admitted", func(r *ReturnTerms) { r.Stateless, r.Citizenship = Yes, CitizenDenied }}, {"persecution", func(r *ReturnTerms) { r.Persecution = Yes }},
		{"persecution", func(r *ReturnTerms) { r.Persecution = "" }}, {"flag", func(r *ReturnTerms) { r.Flag = "the same recruiter" }},
		{"funding", func(r *ReturnTerms) { r.Funding = "" }}, {"receiving", func(r *ReturnTerms) { r.Receiving = " " }},
	} {
		r, err := Return{}.Plan(with(terms(), c.change), yes, today)
		if err == nil {
			r, err = r.Declare(yes, today)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Depart(yes, today)
		var e *EntryError
		if !slices.Equal(r.Lacks(yes), []string{c.lacks}) || !errors.As(err, &e) || e.Field != c.lacks {
			t.Errorf("%s: lacks %v, %v", c.lacks, r.Lacks(yes), err)
		}
	}
	r, _ := Return{}.Plan(with(terms(), func(r *ReturnTerms) { r.Stateless, r.Citizenship, r.Admitted = Yes, CitizenDenied, today }), yes, today)
	r, _ = r.Declare(yes, today)
	if _, err := r.Depart(yes, today); err != nil {
		t.Errorf("a stateless person who is admitted: %v", err)
	}
}

func TestFollowUpsGoBySafeWaysAlone(t *testing.T) {
	t.Parallel()
	yes := agreed(ForTravel, ForReturn)
	r, _ := Return{}.Plan(terms(), yes, today)
	r, _ = r.Declare(yes, today)
	r, _ = r.Depart(yes, today)
	r, err := r.Arrive(yes, time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if at := r.DueOn(3); at.Month() != time.February || at.Day() != 28 {
		t.Errorf("three months after the 30th of November: %v", at)
	}
	later := r.DueOn(1)
	if due := r.Due(later.Add(-time.Second)); len(due) > 0 {
		t.Errorf("due early: %v", due)
	}
	if due := r.Due(r.DueOn(6)); !slices.Equal(due, []int{1, 3, 6}) {
		t.Errorf("due after half a year: %v", due)
	}
	f := FollowUp{Month: 1, Way: ByThird, Found: NotReached, By: "u"}
	for _, c := range []struct {
		what, field, why string
		f                FollowUp
		c                Consents
		at               time.Time
	}{
		{"by a call", "way", NotSafe, with(f, func(f *FollowUp) { f.Way = ByCall }), yes, later},
		{"by a letter that nobody spoke of", "way", NotSafe, with(f, func(f *FollowUp) { f.Way = ByLetter }), yes, later},
		{"without consent to contact", "way", NoConsent, f, agreed(ForTravel), later},
		{"in the second month", "month", Unknown, with(f, func(f *FollowUp) { f.Month = 2 }), yes, later},
		{"half a year early", "month", Early, with(f, func(f *FollowUp) { f.Month = 6 }), yes, later},
		{"found nothing", "found", Missing, with(f, func(f *FollowUp) { f.Found = "" }), yes, later},
		{"well and trafficked", "found", Amiss, with(f, func(f *FollowUp) { f.Found, f.Trafficked = Well, true }), yes, later},
	} {
		_, err := r.FollowUp(c.f, rulesOf(), c.c, c.at)
		var e *EntryError
		if !errors.As(err, &e) || e.Field != c.field || e.Why != c.why {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	again, err := r.FollowUp(f, rulesOf(), yes, later)
	if err != nil || !slices.Equal(again.Due(later), []int{1}) {
		t.Errorf("not reached: %v, due %v", err, again.Due(later))
	}
	done, err := again.FollowUp(with(f, func(f *FollowUp) { f.Found, f.Trafficked = InDanger, true }), rulesOf(), yes, later)
	if err != nil || len(done.Due(later)) > 0 || !done.Flagged() {
		t.Errorf("reached: %v, due %v, flagged %v", err, done.Due(later), done.Flagged())
	}
	if _, err := done.FollowUp(f, rulesOf(), yes, later); err == nil {
		t.Error("the same month twice")
	}
	left, err := done.FollowUp(FollowUp{Month: 3, Way: ByThird, Found: NoFurther, By: "u"}, rulesOf(), yes, r.DueOn(3))
	if err != nil || len(left.Due(r.DueOn(12))) > 0 {
		t.Errorf("who wants no further contact is asked again: %v %v", left.Due(r.DueOn(12)), err)
	}
}

func TestAConflictOfInterestBarsACompanion(t *testing.T) {
	t.Parallel()
	k := protection.CaseID("k")
	noted := []identity.Conflict{{ID: "x", Case: k, Agency: " a house "}, {ID: "y", Case: "other", Person: "u2"}}
	c := with(companion(), func(c *Companion) { c.Agency = "A House" })
	var e *EntryError
	if _, err := (Companions{}).Add(c, []protection.CaseID{k}, noted, today); !errors.As(err, &e) || e.Why != Conflict {
		t.Errorf("an agency that is flagged: %v", err)
	}
	list, err := Companions{}.Add(c, []protection.CaseID{"other"}, noted, today)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := list.Add(with(c, func(c *Companion) { c.ID = "d" }), nil, nil, today); !errors.As(err, &e) || e.Why != Twice {
		t.Errorf("twice: %v", err)
	}
	if b := list.Barred([]protection.CaseID{k, "other"}, noted, today); len(b) != 1 {
		t.Errorf("a flag that was noted later bars %d", len(b))
	}
	flagged, err := list.Flag("c")
	if err != nil || len(flagged.Barred(nil, nil, today)) != 1 {
		t.Errorf("a corruption flag bars nobody: %v", err)
	}
	gone, err := flagged.Leave("c", today)
	if err != nil || len(gone.Barred(nil, nil, today)) != 0 {
		t.Errorf("who has left is still barred: %v", err)
	}
	if list[0].Corrupt != No {
		t.Error("a flag changed the list that it was made from")
	}
}

func TestAnIncidentWaitsForAResponse(t *testing.T) {
	t.Parallel()
	list, err := Incidents{}.Report(happened(), today)
	if err != nil || len(list.Unanswered()) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if _, err := list.Report(happened(), today); err == nil {
		t.Error("one id twice")
	}
	for _, r := range []Response{{}, {On: today, What: "x"}, {On: today.AddDate(0, 0, -1), What: "x", By: "u"}, {On: today.AddDate(0, 0, 1), What: "x", By: "u"}, {On: today, By: "u"}} {
		if _, err := list.Respond("i", r, today); err == nil {
			t.Errorf("%+v was kept", r)
		}
	}
	if _, err := list.Respond("j", Response{On: today, What: "x", By: "u"}, today); err == nil {
		t.Error("a response to nothing")
	}
	done, err := list.Respond("i", Response{On: today, What: "moved", By: "u"}, today)
	if err != nil || len(done.Unanswered()) != 0 || len(list.Unanswered()) != 1 {
		t.Errorf("%v %v", done, err)
	}
}

func TestAPlanStandsUntilSomebodyEndsIt(t *testing.T) {
	t.Parallel()
	p := planned()
	if !p.InForce() || !slices.Equal(p.Covers(), []Whom{ThePerson, FamilyOrigin}) {
		t.Errorf("%v covers %v", p.InForce(), p.Covers())
	}
	if _, err := p.End("", today); err == nil {
		t.Error("ended without a reason")
	}
	ended, err := p.End("moved away", p.Review.AddDate(1, 0, 0))
	if err != nil || ended.InForce() {
		t.Errorf("%v", err)
	}
	if _, err := ended.End("again", p.Review.AddDate(2, 0, 0)); err == nil {
		t.Error("ended twice")
	}
}
