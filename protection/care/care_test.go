package care_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/care"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestTheTwoSetsStandApart(t *testing.T) {
	t.Parallel()
	if n, m := len(care.Of(care.Trafficking)), len(care.Of(care.Smuggling)); n != 10 || m != 6 || n+m != len(care.Questions) {
		t.Errorf("%d and %d questions of %d", n, m, len(care.Questions))
	}
	seen := map[care.QuestionID]bool{}
	for _, q := range care.Questions {
		if seen[q.ID] || q.EN == "" || q.FR == "" || q.IndicatorEN == "" || q.IndicatorFR == "" {
			t.Errorf("%+v is not whole, or stands twice", q)
		}
		seen[q.ID] = true
	}
	i := care.Interview{Answers: map[care.QuestionID]care.Answer{"T3": {care.Answered, true}, "S4": {care.Answered, true}}}
	for _, s := range care.Sets {
		for _, q := range i.Indicated(s) {
			if q.Set != s {
				t.Errorf("%s is counted to %s", q.ID, s)
			}
		}
	}
}

// An interview gives questions back and nothing that could be taken for a verdict: no number, no yes or no, no word.
func TestNoScoreAndNoVerdictCanBeDerived(t *testing.T) {
	t.Parallel()
	of := reflect.TypeFor[care.Interview]()
	allowed := []reflect.Type{reflect.TypeFor[[]care.Question](), reflect.TypeFor[error]()}
	for m := range of.Methods() {
		for out := range m.Type.Outs() {
			if !slices.Contains(allowed, out) {
				t.Errorf("%s gives a %s", m.Name, out)
			}
		}
	}
	for f := range of.Fields() {
		if k := f.Type.Kind(); k == reflect.Int || k == reflect.Float64 || k == reflect.Bool {
			t.Errorf("%s is a %s", f.Name, k)
		}
	}
}

func whole() care.Interview {
	return care.Interview{On: now, Language: "yo", Interpreter: care.InRoom, Support: care.InRoom,
		Answers: map[care.QuestionID]care.Answer{"T1": {Reply: care.Answered}, "T2": {Reply: care.Refused}}}
}

func TestBadEntriesAreRefusedWithTheirField(t *testing.T) {
	t.Parallel()
	interview := func(change func(*care.Interview), w care.Words) error {
		i := whole()
		change(&i)
		return i.Check(w, now)
	}
	decide := func(change func(*care.Decision)) error {
		d := care.Decision{Status: protection.Victim, By: care.Court, On: now, Basis: "art. 1", Noted: "u", At: now}
		change(&d)
		h, err := care.History{{Status: protection.Witness, By: care.Court, On: now.AddDate(0, -1, 0), Basis: "b", Noted: "u"}}.Decide(d)
		if err != nil && len(h) != 1 {
			t.Error("a refused decision was kept")
		}
		return err
	}
	record := func(c care.Consents, change func(*care.Consent)) error {
		x := care.Consent{Purpose: care.ForRecording, Will: care.Given, Language: "yo", Reading: "aloud", Route: "tell the advocate", By: "u"}
		change(&x)
		_, err := c.Record(x, now)
		return err
	}
	running := must(care.Begin(now.AddDate(0, 0, -3), 30, "law", now))
	extend := func(change func(*care.Extension)) error {
		e := care.Extension{Days: 30, By: care.Prosecutor, On: now, Basis: "no. 4"}
		change(&e)
		_, err := running.Extend(e, now)
		return err
	}
	begin := func(start time.Time, days int, basis string) error {
		_, err := care.Begin(start, days, basis, now)
		return err
	}
	over := must(care.Begin(now.AddDate(0, 0, -60), 30, "law", now))
	long := strings.Repeat("a", 1<<20)
	for name, c := range map[string]struct {
		err        error
		field, why string
	}{
		"no day":                       {interview(func(i *care.Interview) { i.On = time.Time{} }, nil), "on", care.Missing},
		"tomorrow":                     {interview(func(i *care.Interview) { i.On = now.Add(time.Hour) }, nil), "on", care.Future},
		"no language":                  {interview(func(i *care.Interview) { i.Language = "  " }, nil), "language", care.Missing},
		"1 MB of dialect":              {interview(func(i *care.Interview) { i.Dialect = long }, nil), "dialect", care.TooLong},
		"support not noted":            {interview(func(i *care.Interview) { i.Support = "" }, nil), "support", care.Missing},
		"unknown support":              {interview(func(i *care.Interview) { i.Support = "a cousin" }, nil), "support", care.Unknown},
		"interpreter not noted":        {interview(func(i *care.Interview) { i.Interpreter = "" }, nil), "interpreter", care.Missing},
		"unknown interpreter":          {interview(func(i *care.Interview) { i.Interpreter = "x" }, nil), "interpreter", care.Unknown},
		"unknown question":             {interview(func(i *care.Interview) { i.Answers["T11"] = care.Answer{} }, nil), "T11", care.Unknown},
		"unknown reply":                {interview(func(i *care.Interview) { i.Answers["T1"] = care.Answer{Reply: "maybe"} }, nil), "T1", care.Unknown},
		"a refusal that indicates":     {interview(func(i *care.Interview) { i.Answers["T2"] = care.Answer{Reply: care.Refused, Indicates: true} }, nil), "T2", care.Amiss},
		"unasked that indicates":       {interview(func(i *care.Interview) { i.Answers["T4"] = care.Answer{Indicates: true} }, nil), "T4", care.Amiss},
		"words of a refusal":           {interview(func(*care.Interview) {}, care.Words{"T2": "no"}), "T2", care.Amiss},
		"words to an unasked question": {interview(func(*care.Interview) {}, care.Words{"T9": "locked"}), "T9", care.Amiss},
		"words to no question":         {interview(func(*care.Interview) {}, care.Words{"Z": "x"}), "Z", care.Unknown},
		"1 MB of words":                {interview(func(*care.Interview) {}, care.Words{"T1": long}), "T1", care.TooLong},
		"words that are no text":       {interview(func(*care.Interview) {}, care.Words{"T1": "\xff"}), "T1", care.TooLong},
		"status: none":                 {decide(func(d *care.Decision) { d.Status = "" }), "status", care.Unknown},
		"status: unknown":              {decide(func(d *care.Decision) { d.Status = "guilty" }), "status", care.Unknown},
		"status: nobody decided":       {decide(func(d *care.Decision) { d.By = "" }), "by", care.Missing},
		"status: an unknown authority": {decide(func(d *care.Decision) { d.By = "neighbour" }), "by", care.Unknown},
		"status: no day":               {decide(func(d *care.Decision) { d.On = time.Time{} }), "on", care.Missing},
		"status: tomorrow":             {decide(func(d *care.Decision) { d.On = now.AddDate(0, 0, 1) }), "on", care.Future},
		"status: before the last":      {decide(func(d *care.Decision) { d.On = now.AddDate(-1, 0, 0) }), "on", care.Early},
		"status: no basis":             {decide(func(d *care.Decision) { d.Basis = " " }), "basis", care.Missing},
		"status: 1 MB of basis":        {decide(func(d *care.Decision) { d.Basis = long }), "basis", care.TooLong},
		"status: nobody entered it":    {decide(func(d *care.Decision) { d.Noted = "" }), "noted", care.Missing},
		"status: the same again":       {decide(func(d *care.Decision) { d.Status, d.On = protection.Witness, now.AddDate(0, -1, 0) }), "status", care.Twice},
		"consent: unknown purpose":     {record(nil, func(c *care.Consent) { c.Purpose = "everything" }), "purpose", care.Unknown},
		"consent: unknown will":        {record(nil, func(c *care.Consent) { c.Will = "implied" }), "will", care.Unknown},
		"consent: no will":             {record(nil, func(c *care.Consent) { c.Will = "" }), "will", care.Unknown},
		"consent: no language":         {record(nil, func(c *care.Consent) { c.Language = "" }), "language", care.Missing},
		"consent: no reading":          {record(nil, func(c *care.Consent) { c.Reading = "" }), "reading", care.Unknown},
		"consent: no way back":         {record(nil, func(c *care.Consent) { c.Route = "" }), "route", care.Missing},
		"consent: nobody asked":        {record(nil, func(c *care.Consent) { c.By = "" }), "by", care.Missing},
		"consent: share with nobody":   {record(nil, func(c *care.Consent) { c.Purpose = care.ForSharing }), "with", care.Missing},
		"consent: agency not for it":   {record(nil, func(c *care.Consent) { c.With = "IOM" }), "with", care.Amiss},
		"consent: withdraw nothing":    {record(nil, func(c *care.Consent) { c.Will = care.Withdrawn }), "will", care.NoGiven},
		"consent: 1 MB of route":       {record(nil, func(c *care.Consent) { c.Route = long }), "route", care.TooLong},
		"reflection: no start":         {begin(time.Time{}, 30, "law"), "start", care.Missing},
		"reflection: in two months":    {begin(now.AddDate(0, 2, 0), 30, "law"), "start", care.Future},
		"reflection: no days":          {begin(now, 0, "law"), "days", care.Number},
		"reflection: minus one day":    {begin(now, -1, "law"), "days", care.Number},
		"reflection: for ever":         {begin(now, 100000, "law"), "days", care.Number},
		"reflection: no law":           {begin(now, 30, ""), "basis", care.Missing},
		"extension: no days":           {extend(func(e *care.Extension) { e.Days = 0 }), "days", care.Number},
		"extension: nobody":            {extend(func(e *care.Extension) { e.By = "" }), "by", care.Unknown},
		"extension: no basis":          {extend(func(e *care.Extension) { e.Basis = "" }), "basis", care.Missing},
		"extension: tomorrow":          {extend(func(e *care.Extension) { e.On = now.Add(time.Hour) }), "on", care.Future},
		"extension: before its start":  {extend(func(e *care.Extension) { e.On = now.AddDate(-1, 0, 0) }), "on", care.Early},
		"extension: of what is over":   {second(over.Extend(care.Extension{Days: 3, By: care.Court, On: now, Basis: "b"}, now)), "start", care.NotOpen},
		"end: of what is over":         {second(over.End(care.Extension{By: care.Court, On: now, Basis: "b"}, now)), "start", care.NotOpen},
		"end: with days":               {second(running.End(care.Extension{Days: 3, By: care.Court, On: now, Basis: "b"}, now)), "days", care.Number},
		"need: not said":               {care.NeedDecision{By: care.Court, On: now, Basis: "b"}.Check(now), "need", care.Unknown},
		"need: nobody decided":         {care.NeedDecision{Need: care.Needed, On: now, Basis: "b"}.Check(now), "by", care.Unknown},
		"need: no day":                 {care.NeedDecision{Need: care.Needed, By: care.Court, Basis: "b"}.Check(now), "on", care.Missing},
		"need: tomorrow":               {care.NeedDecision{Need: care.Needed, By: care.Court, On: now.Add(time.Hour), Basis: "b"}.Check(now), "on", care.Future},
		"need: no basis":               {care.NeedDecision{Need: care.Needed, By: care.Court, On: now}.Check(now), "basis", care.Missing},
	} {
		var wrong *care.EntryError
		if !errors.As(c.err, &wrong) || !errors.Is(c.err, care.ErrEntry) || wrong.Field != c.field || wrong.Why != c.why {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := whole().Check(care.Words{"T1": "in a kitchen"}, now); err != nil {
		t.Errorf("a whole interview: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func second[T any](_ T, err error) error { return err }

// Whatever is entered in whatever order, no status stands without who decided it, when and on what basis, and nothing that stood is lost.
func TestNoSequenceLeavesAStatusWithoutItsDecider(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h care.History
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			before := slices.Clone(h)
			next, err := h.Decide(care.Decision{
				Status: rapid.SampledFrom(append(slices.Clone(protection.Statuses), "", "guilty")).Draw(t, "status"),
				By:     rapid.SampledFrom(append(slices.Clone(care.Authorities), "", "x")).Draw(t, "by"),
				On:     now.AddDate(0, 0, rapid.IntRange(-5, 5).Draw(t, "day")), At: now,
				Basis: rapid.SampledFrom([]string{"", " ", "art. 1"}).Draw(t, "basis"), Noted: rapid.SampledFrom([]string{"", "u"}).Draw(t, "noted")})
			if err != nil && len(next) != len(before) || len(next) < len(before) || !slices.Equal(next[:len(before)], before) {
				t.Fatalf("what stood was changed: %v", err)
			}
			h = next
			if d, ok := h.Current(); ok && (!d.Status.Valid() || !slices.Contains(care.Authorities, d.By) || d.On.IsZero() || d.On.After(now) || strings.TrimSpace(d.Basis) == "" || d.Noted == "") {
				t.Fatalf("%+v stands", d)
			}
		}
	})
}

// A consent counts as given only when the last thing that the person said to it was yes.
func TestAWithdrawnConsentIsNeverCountedAsGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c care.Consents
		said := map[string]care.Will{}
		for range rapid.IntRange(1, 40).Draw(t, "answers") {
			p := rapid.SampledFrom(care.Purposes).Draw(t, "purpose")
			with := ""
			if p == care.ForSharing {
				with = rapid.SampledFrom([]string{"IOM", " iom ", "Red Cross"}).Draw(t, "with")
			}
			will := rapid.SampledFrom(care.Wills).Draw(t, "will")
			next, err := c.Record(care.Consent{Purpose: p, With: with, Will: will, Language: "yo", Reading: "aloud", Route: "r", By: "u"}, now)
			key := string(p) + strings.ToLower(strings.TrimSpace(with))
			if err == nil {
				said[key] = will
			} else if will != care.Withdrawn {
				t.Fatal(err)
			}
			c = next
			for _, p := range care.Purposes {
				for _, with := range []string{"", "IOM", "Red Cross"} {
					if c.Given(p, with) != (said[string(p)+strings.ToLower(with)] == care.Given) {
						t.Fatalf("%s with %q counts as %s", p, with, c.Will(p, with))
					}
				}
				if c.Overall(p) == care.Given {
					for _, x := range c.Standing() {
						if x.Purpose == p && x.Will != care.Given {
							t.Fatalf("%s is told as given while %s stands with %q", p, x.Will, x.With)
						}
					}
				}
			}
		}
	})
}

// Help does not depend on cooperation: the time to reflect has no field for it, and nothing but its own decisions moves its end.
func TestTheClockIsMovedByItsOwnDecisionsOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(1, 366).Draw(t, "days")
		r := must(care.Begin(now, days, "law", now))
		end := now.AddDate(0, 0, days)
		for range rapid.IntRange(0, 5).Draw(t, "steps") {
			more := rapid.IntRange(-3, 60).Draw(t, "more")
			next, err := r.Extend(care.Extension{Days: more, By: care.Court, On: now, Basis: "b"}, now)
			if (err == nil) != (more > 0) {
				t.Fatalf("%d days: %v", more, err)
			}
			if err == nil {
				r, end = next, end.AddDate(0, 0, more)
			}
		}
		if !r.Until().Equal(end) || !r.Running(end.Add(-time.Second)) || r.Running(end) || r.Short() != (days < care.LeastDays) {
			t.Fatalf("until %v instead of %v", r.Until(), end)
		}
		ended := must(r.End(care.Extension{By: care.Court, On: now, Basis: "b"}, now))
		if ended.Running(now) {
			t.Fatal("it goes on after its end")
		}
	})
}
