package order_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
)

// whole is a step with everything that it can need, on a day.
func whole(s order.Step, at time.Time) order.Act {
	a := order.Act{Step: s, By: "u1", Office: "judge", Judge: true, At: at, Reasons: "Reasons.", Change: "The trial has ended."}
	if order.NeedsWill(s) {
		a.Consent.Will = order.Consents
	}
	switch s {
	case order.Serve:
		a.Service = order.Service{At: at, How: "by hand", RespondBy: at.Add(time.Hour)}
	case order.GrantInPart:
		a.Strike = []order.MeasureKind{order.FaceAlteration}
	case order.Vary:
		a.Terms = &order.Terms{Measures: []order.Measure{{Kind: order.InterpreterOnly}}, From: at}
	case order.Augment:
		a.Terms = &order.Terms{Measures: []order.Measure{{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}, {Kind: order.LiveLink}}, From: day.Add(-48 * time.Hour)}
	}
	if order.NeedsHearing(s) {
		a.ExParte = "Urgent."
	}
	return a
}

// asked is an application for two measures, one of which names the accused.
func asked() order.Order {
	return order.Order{ID: "o", Case: here, Party: party, Reference: "2026/114", State: order.Draft, From: day.Add(-24 * time.Hour), Measures: []order.Measure{
		{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}}, {Kind: order.InterpreterOnly}}}
}

// taken takes steps, an hour after one another, and fails the test where one is refused.
func taken(t testing.TB, o order.Order, steps ...order.Step) order.Order {
	t.Helper()
	for i, s := range steps {
		next, err := o.Take(whole(s, day.Add(time.Duration(i-len(steps))*time.Hour)))
		if err != nil {
			t.Fatalf("%s, of an order that is %s: %v", s, o.State, err)
		}
		o = next
	}
	return o
}

// ways lead from a draft to every state.
var ways = map[order.State][]order.Step{
	order.Draft: nil, order.Filed: {order.File}, order.Served: {order.File, order.Serve}, order.Opposed: {order.File, order.Serve, order.Oppose},
	order.Interim: {order.File, order.GrantInterim}, order.InForce: {order.File, order.Grant}, order.Contested: {order.File, order.Grant, order.Contest},
	order.Refused: {order.File, order.Refuse}, order.Suspended: {order.File, order.Grant, order.Suspend}, order.Rescinded: {order.File, order.Grant, order.Rescind},
}

func TestEveryStateIsReachedAndTakesOnlyItsOwnSteps(t *testing.T) {
	t.Parallel()
	leads := map[order.State]string{
		order.Draft: "file", order.Filed: "serve oppose interim grant grant_in_part refuse", order.Served: "oppose interim grant grant_in_part refuse",
		order.Opposed: "interim grant grant_in_part refuse", order.Interim: "grant grant_in_part refuse contest rescind",
		order.InForce: "contest vary augment suspend rescind confirm_end", order.Contested: "uphold vary augment suspend rescind",
		order.Suspended: "resume rescind confirm_end", order.Refused: "", order.Rescinded: "", order.Spent: "",
	}
	for _, state := range order.States {
		o := asked()
		if state == order.Spent {
			o.State = state
		} else {
			o = taken(t, o, ways[state]...)
		}
		var open []string
		for _, s := range order.Steps {
			if slices.Contains(o.Open(), s) {
				open = append(open, string(s))
			}
			_, err := o.Take(whole(s, day.Add(time.Hour)))
			if !slices.Contains(o.Open(), s) != errors.Is(err, order.ErrStep) {
				t.Errorf("%s of an order that is %s: %v", s, state, err)
			}
		}
		if o.State != state || strings.Join(open, " ") != leads[state] {
			t.Errorf("an order that is %s (%s) takes %q", state, o.State, open)
		}
		if _, err := o.Take(whole("record", day.Add(time.Hour))); !errors.Is(err, order.ErrStep) {
			t.Errorf("an order that is %s can be recorded: %v", state, err)
		}
	}
}

// Whatever is tried, in whatever order and with whatever left out: there is one state, it is where an allowed step led, the preconditions of each step that
// was taken were there, every version is kept as it was, and what is refused changes nothing.
func TestHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o, now := asked(), day
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			step := rapid.SampledFrom(order.Steps).Draw(t, "step")
			if open := o.Open(); len(open) > 0 && rapid.IntRange(0, 3).Draw(t, "open") > 0 {
				step = rapid.SampledFrom(open).Draw(t, "one that is open")
			}
			a := whole(step, now)
			bare := rapid.SampledFrom([]string{"", "", "", "reasons", "change", "will", "ex parte", "judge"}).Draw(t, "without")
			switch bare {
			case "reasons":
				a.Reasons = " \n"
			case "change":
				a.Change = ""
			case "will":
				a.Consent = order.Consent{Will: rapid.SampledFrom([]order.Will{"", order.Objects, order.NotSought}).Draw(t, "will")}
			case "ex parte":
				a.ExParte = ""
			case "judge":
				a.Judge = false
			}
			if a.Terms != nil && rapid.Bool().Draw(t, "ends") {
				a.Terms.Until = now.Add(time.Hour)
			}
			before := frozen(t, o)
			was, open := o, o.Open()
			next, err := o.Take(a)
			if frozen(t, o) != before {
				t.Fatalf("%s changed the order that it was given", step)
			}
			if err != nil {
				if cmp.Diff(next, was) != "" {
					t.Fatalf("%s was refused (%v) and left another order: %s", step, err, cmp.Diff(was, next))
				}
				continue
			}
			ground(t, was, a, open)
			if len(next.History) != len(was.History)+1 || len(was.History) > 0 && cmp.Diff(was.History, next.History[:len(was.History)]) != "" {
				t.Fatal("a version that was kept is another one now")
			}
			last := next.History[len(was.History)]
			if last.Is != next.State || last.Was != was.State || !slices.Contains(order.States, next.State) || cmp.Diff(last.Terms, next.Terms()) != "" {
				t.Fatalf("the last version is %+v, and the order is %s", last, next.State)
			}
			if !order.JudgeTakes(step) {
				had, _ := was.Effect(now)
				if has, _ := next.Effect(now); had != has {
					t.Fatalf("%s, which is no judge's, took the effect from %v to %v", step, had, has)
				}
			}
			o = next
		}
	})
}

// ground fails where a step was taken whose preconditions were not there. It says them anew, so as not to trust the table that it tests.
func ground(t *rapid.T, was order.Order, a order.Act, open []order.Step) {
	decision := !slices.Contains([]order.Step{order.File, order.Serve, order.Oppose, order.Contest}, a.Step)
	lifts := slices.Contains([]order.Step{order.Vary, order.Suspend, order.Rescind}, a.Step)
	grants := a.Step == order.Grant || a.Step == order.GrantInPart
	will := a.Consent
	if will.Will == "" && grants {
		will = was.Consent
	}
	switch {
	case !slices.Contains(open, a.Step):
		t.Fatalf("%s was not open", a.Step)
	case decision && !a.Judge:
		t.Fatalf("%s by somebody who is no judge", a.Step)
	case decision && strings.TrimSpace(a.Reasons) == "":
		t.Fatalf("%s without reasons", a.Step)
	case lifts && a.Change == "":
		t.Fatalf("%s without a change", a.Step)
	case (lifts || grants) && (will.Will == "" || will.Will != order.Consents && will.Reasons == ""):
		t.Fatalf("%s against or without the person's will, without a reason: %+v", a.Step, will)
	case (grants || a.Step == order.GrantInterim) && a.ExParte == "" && was.ExParte == "" && was.State == order.Filed:
		t.Fatalf("%s with nobody served", a.Step)
	case grants && a.ExParte == "" && was.ExParte == "" && was.State == order.Served && a.At.Before(was.Service.RespondBy):
		t.Fatalf("%s before the time to respond was over", a.Step)
	case a.Step == order.ConfirmEnd && (was.Until.IsZero() || a.At.Before(was.Until)):
		t.Fatalf("an end was confirmed before it came")
	}
}

func frozen(t *rapid.T, o order.Order) string {
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Bad input is refused by the rule that it breaks, and nothing of it is kept.
func TestBadStepsAreRefusedByName(t *testing.T) {
	t.Parallel()
	long, mega := strings.Repeat("é", order.MaxReasons+1), strings.Repeat("x", 1<<20)
	type bad struct {
		state  order.State
		step   order.Step
		change func(*order.Act)
		rule   string
		path   string
	}
	reasons := func(s string) func(*order.Act) { return func(a *order.Act) { a.Reasons = s } }
	terms := func(f func(*order.Terms)) func(*order.Act) {
		return func(a *order.Act) { f(a.Terms) }
	}
	cases := map[string]bad{
		"granted without reasons":                {order.Filed, order.Grant, reasons(""), order.RuleReasons, "reasons"},
		"granted with blank reasons":             {order.Filed, order.Grant, reasons(" \t\n"), order.RuleReasons, "reasons"},
		"interim without reasons":                {order.Filed, order.GrantInterim, reasons(""), order.RuleReasons, "reasons"},
		"refused without reasons":                {order.Served, order.Refuse, reasons(""), order.RuleReasons, "reasons"},
		"opposed without reasons":                {order.Served, order.Oppose, reasons(""), order.RuleReasons, "reasons"},
		"contested without reasons":              {order.InForce, order.Contest, reasons(""), order.RuleReasons, "reasons"},
		"upheld without reasons":                 {order.Contested, order.Uphold, reasons(""), order.RuleReasons, "reasons"},
		"resumed without reasons":                {order.Suspended, order.Resume, reasons(""), order.RuleReasons, "reasons"},
		"augmented without reasons":              {order.InForce, order.Augment, reasons(""), order.RuleReasons, "reasons"},
		"reasons too long":                       {order.Filed, order.Grant, reasons(long), order.RuleLength, "reasons"},
		"reasons of a megabyte":                  {order.Filed, order.Grant, reasons(mega), order.RuleLength, "reasons"},
		"an opposition of a megabyte":            {order.Served, order.Oppose, reasons(mega), order.RuleLength, "reasons"},
		"a change of a megabyte":                 {order.InForce, order.Rescind, func(a *order.Act) { a.Change = mega }, order.RuleLength, "change"},
		"ex parte of a megabyte":                 {order.Filed, order.Grant, func(a *order.Act) { a.ExParte = mega }, order.RuleLength, "ex_parte"},
		"a way of service of a megabyte":         {order.Filed, order.Serve, func(a *order.Act) { a.Service.How = mega }, order.RuleLength, "service.how"},
		"a reason against the will too long":     {order.Filed, order.Grant, func(a *order.Act) { a.Consent = order.Consent{Will: order.Objects, Reasons: long} }, order.RuleLength, "consent.reasons"},
		"reasons that are no text":               {order.Filed, order.Grant, reasons("a\xffb"), order.RuleText, "reasons"},
		"reasons with a nul":                     {order.Filed, order.Grant, reasons("a\x00b"), order.RuleText, "reasons"},
		"reasons with an escape":                 {order.Filed, order.Grant, reasons("a\x1b[2Jb"), order.RuleText, "reasons"},
		"reasons turned round":                   {order.Filed, order.Grant, reasons("abc\u202edef"), order.RuleText, "reasons"},
		"reasons with a hidden sign":             {order.Filed, order.Grant, reasons("abc\u200bdef"), order.RuleText, "reasons"},
		"reasons with a mark of byte order":      {order.Filed, order.Grant, reasons("\ufeffabc"), order.RuleText, "reasons"},
		"rescinded without a change":             {order.InForce, order.Rescind, func(a *order.Act) { a.Change = "" }, order.RuleChange, "change"},
		"suspended without a change":             {order.InForce, order.Suspend, func(a *order.Act) { a.Change = " " }, order.RuleChange, "change"},
		"varied without a change":                {order.Contested, order.Vary, func(a *order.Act) { a.Change = "" }, order.RuleChange, "change"},
		"granted unheard":                        {order.Filed, order.Grant, func(a *order.Act) { a.ExParte = "" }, order.RuleHeard, "service"},
		"granted in part unheard":                {order.Filed, order.GrantInPart, func(a *order.Act) { a.ExParte = " " }, order.RuleHeard, "service"},
		"interim with nobody served":             {order.Filed, order.GrantInterim, func(a *order.Act) { a.ExParte = "" }, order.RuleHeard, "service"},
		"granted while the time runs":            {order.Served, order.Grant, func(a *order.Act) { a.ExParte, a.At = "", day.Add(-30*time.Minute) }, order.RuleHeard, "service"},
		"granted with the will unknown":          {order.Filed, order.Grant, func(a *order.Act) { a.Consent = order.Consent{} }, order.RuleWill, "consent"},
		"granted against the will":               {order.Filed, order.Grant, func(a *order.Act) { a.Consent.Will = order.Objects }, order.RuleWill, "consent"},
		"granted without asking":                 {order.Filed, order.Grant, func(a *order.Act) { a.Consent.Will = order.NotSought }, order.RuleWill, "consent"},
		"a will that there is not":               {order.Filed, order.Grant, func(a *order.Act) { a.Consent.Will = "perhaps" }, order.RuleWill, "consent"},
		"rescinded with the will of last time":   {order.InForce, order.Rescind, func(a *order.Act) { a.Consent = order.Consent{} }, order.RuleWill, "consent"},
		"rescinded against the will":             {order.Suspended, order.Rescind, func(a *order.Act) { a.Consent.Will = order.Objects }, order.RuleWill, "consent"},
		"served with no day":                     {order.Filed, order.Serve, func(a *order.Act) { a.Service.At = time.Time{} }, order.RuleService, "service"},
		"served in no way":                       {order.Filed, order.Serve, func(a *order.Act) { a.Service.How = " " }, order.RuleService, "service"},
		"served with no time to respond":         {order.Filed, order.Serve, func(a *order.Act) { a.Service.RespondBy = time.Time{} }, order.RuleService, "service"},
		"served tomorrow":                        {order.Filed, order.Serve, func(a *order.Act) { a.Service.At = day.Add(24 * time.Hour) }, order.RuleService, "service.at"},
		"served before it was filed":             {order.Filed, order.Serve, func(a *order.Act) { a.Service.At = day.Add(-72 * time.Hour) }, order.RuleService, "service.at"},
		"a time to respond that is over":         {order.Filed, order.Serve, func(a *order.Act) { a.Service.RespondBy = a.Service.At }, order.RuleService, "service.respond_by"},
		"a time to respond in the year 20000":    {order.Filed, order.Serve, func(a *order.Act) { a.Service.RespondBy = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) }, order.RuleDate, "service.respond_by"},
		"nothing struck":                         {order.Filed, order.GrantInPart, func(a *order.Act) { a.Strike = nil }, order.RuleStrike, "strike"},
		"everything struck":                      {order.Filed, order.GrantInPart, func(a *order.Act) { a.Strike = append(a.Strike, order.InterpreterOnly) }, order.RuleStrike, "strike"},
		"something struck that is not there":     {order.Filed, order.GrantInPart, func(a *order.Act) { a.Strike = []order.MeasureKind{order.LiveLink} }, order.RuleStrike, "strike"},
		"something struck that does not exist":   {order.Filed, order.GrantInPart, func(a *order.Act) { a.Strike = []order.MeasureKind{"blindfold"} }, order.RuleStrike, "strike"},
		"a variation without terms":              {order.InForce, order.Vary, func(a *order.Act) { a.Terms = nil }, order.RuleVaries, "terms"},
		"a variation of nothing":                 {order.InForce, order.Vary, func(a *order.Act) { same := asked().Terms(); a.Terms = &same }, order.RuleVaries, "terms"},
		"a variation to nothing":                 {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Measures = nil }), order.RuleNotEmpty, "measures"},
		"a variation toward the bench":           {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Measures[0].Audiences = []protection.Audience{protection.Bench} }), order.RuleBenchClear, "measures[0].audiences[0]"},
		"a variation toward the master":          {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Measures[0].Audiences = []protection.Audience{protection.MasterRecord} }), order.RuleMasterClear, "measures[0].audiences[0]"},
		"a variation toward the witness":         {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Measures[0].Audiences = []protection.Audience{protection.OtherWitness(party)} }), order.RuleNotItself, "measures[0].audiences[0]"},
		"a variation to an unknown measure":      {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Measures[0].Kind = "blindfold" }), order.RuleKnownMeasure, "measures[0].kind"},
		"a variation that ended":                 {order.InForce, order.Vary, terms(func(t *order.Terms) { t.From, t.Until = day.Add(-3*time.Hour), day.Add(-2*time.Hour) }), order.RulePeriod, "until"},
		"a variation that ends before it began":  {order.InForce, order.Vary, terms(func(t *order.Terms) { t.From, t.Until = day.Add(4*time.Hour), day.Add(3*time.Hour) }), order.RulePeriod, "until"},
		"a variation from the year 1":            {order.InForce, order.Vary, terms(func(t *order.Terms) { t.From = time.Date(1, 2, 1, 0, 0, 0, 0, time.UTC) }), order.RuleDate, "from"},
		"a variation that replaces":              {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Replaces = []protection.OrderID{"a"} }), order.RuleReplaceable, "replaces"},
		"a variation that replaces itself":       {order.InForce, order.Vary, terms(func(t *order.Terms) { t.Replaces = []protection.OrderID{"o"} }), order.RuleReplaceable, "replaces"},
		"an augmentation that drops a measure":   {order.InForce, order.Augment, terms(func(t *order.Terms) { t.Measures = t.Measures[1:] }), order.RuleAugments, "terms"},
		"an augmentation that drops the accused": {order.InForce, order.Augment, terms(func(t *order.Terms) {}), order.RuleAugments, "terms"},
		"an augmentation that ends sooner": {order.InForce, order.Augment, terms(func(t *order.Terms) {
			t.Measures[0].Audiences, t.Until = []protection.Audience{protection.Accused}, day.Add(time.Hour)
		}), order.RuleAugments, "terms"},
		"an end without an end":       {order.InForce, order.ConfirmEnd, func(*order.Act) {}, order.RuleEnded, "until"},
		"a step from before the last": {order.InForce, order.Contest, func(a *order.Act) { a.At = day.Add(-24 * time.Hour) }, order.RuleTime, "at"},
		"a step on no day":            {order.InForce, order.Contest, func(a *order.Act) { a.At = time.Time{} }, order.RuleTime, "at"},
	}
	if len(cases) < 60 {
		t.Errorf("only %d bad inputs", len(cases))
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := taken(t, asked(), ways[c.state]...)
			a := whole(c.step, day.Add(time.Hour))
			if c.step == order.Serve {
				a.Service.RespondBy = day.Add(48 * time.Hour)
			}
			c.change(&a)
			got, err := o.Take(a)
			var breach *order.RuleError
			if !errors.As(err, &breach) || breach.Rule != c.rule || breach.Path != c.path {
				t.Errorf("got %v, want %q at %s", err, c.rule, c.path)
			}
			if cmp.Diff(got, o) != "" {
				t.Errorf("something was kept: %s", cmp.Diff(o, got))
			}
		})
	}
}

func TestBadApplicationsAreRefusedByName(t *testing.T) {
	t.Parallel()
	refused, gone, foreign := sound("r", order.Refused), sound("g", order.Rescinded), sound("f", order.InForce)
	foreign.Party = other
	others := []order.Order{refused, gone, foreign, sound("s", order.InForce)}
	good := sound("o", order.Draft)
	good.Measures, good.Change = []order.Measure{{Kind: order.LiveLink}}, "He was seen at the school."
	for name, c := range map[string]struct {
		change func(*order.Order)
		rule   string
	}{
		"as it is":                    {func(*order.Order) {}, ""},
		"replaces one that stands":    {func(o *order.Order) { o.Replaces = []protection.OrderID{"s"} }, ""},
		"renewed after a change":      {func(o *order.Order) { o.Measures[0].Kind = order.FaceAlteration }, ""},
		"renewed":                     {func(o *order.Order) { o.Measures[0].Kind, o.Change = order.FaceAlteration, " " }, order.RuleRenewal},
		"elsewhere":                   {func(o *order.Order) { o.Measures[0].Kind, o.Change, o.Case = order.FaceAlteration, "", past }, ""},
		"replaces without a change":   {func(o *order.Order) { o.Replaces, o.Change = []protection.OrderID{"s"}, "" }, order.RuleChange},
		"replaces nothing":            {func(o *order.Order) { o.Replaces = []protection.OrderID{"none"} }, order.RuleReplaceable},
		"replaces what has ended":     {func(o *order.Order) { o.Replaces = []protection.OrderID{"g"} }, order.RuleReplaceable},
		"replaces what was refused":   {func(o *order.Order) { o.Replaces = []protection.OrderID{"r"} }, order.RuleReplaceable},
		"replaces another person's":   {func(o *order.Order) { o.Replaces = []protection.OrderID{"f"} }, order.RuleReplaceable},
		"replaces itself":             {func(o *order.Order) { o.Replaces = []protection.OrderID{"o"} }, order.RuleReplaceable},
		"replaces one twice":          {func(o *order.Order) { o.Replaces = []protection.OrderID{"s", "s"} }, order.RuleReplaceable},
		"from nobody known":           {func(o *order.Order) { o.Applicant = "the accused's cousin" }, order.RuleApplicant},
		"a number of two scripts":     {func(o *order.Order) { o.Reference = "2026/\u0410B" }, order.RuleScript},
		"a number in Greek and Latin": {func(o *order.Order) { o.Reference = "A\u0392/1" }, order.RuleScript},
		"a number in Arabic":          {func(o *order.Order) { o.Reference = "\u0642/12" }, ""},
		"a number of a megabyte":      {func(o *order.Order) { o.Reference = strings.Repeat("1", 1<<20) }, order.RuleLength},
		"a number with a new line":    {func(o *order.Order) { o.Reference = "1\n2" }, order.RuleText},
		"a number turned round":       {func(o *order.Order) { o.Reference = "12\u202e34" }, order.RuleText},
		"a change of a megabyte":      {func(o *order.Order) { o.Change = strings.Repeat("x", 1<<20) }, order.RuleLength},
		"an end in the year 12000":    {func(o *order.Order) { o.Until = time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC) }, order.RuleDate},
		"an end before the start":     {func(o *order.Order) { o.Until = o.From.Add(-1) }, order.RulePeriod},
	} {
		o := good
		o.Measures = slices.Clone(good.Measures)
		c.change(&o)
		err := errors.Join(o.Apply(others), o.Check())
		var breach *order.RuleError
		if (c.rule == "") != (err == nil) || c.rule != "" && (!errors.As(err, &breach) || breach.Rule != c.rule) {
			t.Errorf("%s: %v, want %q", name, err, c.rule)
		}
	}
}

// An order that ran out is confirmed to have, but never what protects a name.
func TestEndOfAnOrder(t *testing.T) {
	t.Parallel()
	o := taken(t, asked(), ways[order.InForce]...)
	o.Until = day
	if got, err := o.Take(whole(order.ConfirmEnd, day)); err != nil || got.State != order.Spent {
		t.Errorf("%s: %v", got.State, err)
	}
	o.Measures = append(o.Measures, order.Measure{Kind: order.Pseudonym})
	var breach *order.RuleError
	if _, err := o.Take(whole(order.ConfirmEnd, day)); !errors.As(err, &breach) || breach.Rule != order.RuleNameStays {
		t.Errorf("an order with a pseudonym ran out: %v", err)
	}
}

// sign signs the decisions of an order from a version on, and genuine checks them.
func sign(t testing.TB, o order.Order, key ed25519.PrivateKey) order.Order {
	t.Helper()
	o.History = slices.Clone(o.History)
	for i, v := range o.History {
		if order.JudgeTakes(v.Step) {
			text, err := o.Statement(i)
			if err != nil {
				t.Fatal(err)
			}
			o.History[i].Signature = ed25519.Sign(key, text)
		}
	}
	return o
}

func by(key ed25519.PrivateKey) func(order.Version, []byte) bool {
	return func(v order.Version, text []byte) bool {
		return ed25519.Verify(key.Public().(ed25519.PublicKey), text, v.Signature)
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	contested := sign(t, taken(t, asked(), order.File, order.Serve, order.GrantInterim, order.Grant, order.Contest), key)
	rescinded := sign(t, taken(t, asked(), ways[order.Rescinded]...), key)
	for name, c := range map[string]struct {
		change func(order.Order) order.Order
		want   order.Signing
	}{
		"as they are":       {func(o order.Order) order.Order { return o }, order.Signed},
		"through the vault": {func(o order.Order) order.Order { return stored(t, o) }, order.Signed},
		"a measure less":    {func(o order.Order) order.Order { o.Measures = o.Measures[:1]; return o }, order.FalselySigned},
		"an audience less": {func(o order.Order) order.Order {
			o.Measures = o.Terms().Measures
			o.Measures[0].Audiences = nil
			return o
		}, order.FalselySigned},
		"an end":             {func(o order.Order) order.Order { o.Until = day; return o }, order.FalselySigned},
		"a later beginning":  {func(o order.Order) order.Order { o.From = day.Add(99 * time.Hour); return o }, order.FalselySigned},
		"another to replace": {func(o order.Order) order.Order { o.Replaces = []protection.OrderID{"x"}; return o }, order.FalselySigned},
		"another state":      {func(o order.Order) order.Order { o.State = order.Suspended; return o }, order.FalselySigned},
		"never filed":        {func(o order.Order) order.Order { o.State = order.Draft; return o }, order.FalselySigned},
		"of another person":  {func(o order.Order) order.Order { o.Party = other; return o }, order.FalselySigned},
		"in another case":    {func(o order.Order) order.Order { o.Case = past; return o }, order.FalselySigned},
		"under another id":   {func(o order.Order) order.Order { o.ID = "x"; return o }, order.FalselySigned},
		"other reasons":      {lastDecision(func(v *order.Version) { v.Reasons = "Others." }), order.FalselySigned},
		"another's":          {lastDecision(func(v *order.Version) { v.By = "u2" }), order.FalselySigned},
		"a signature less":   {lastDecision(func(v *order.Version) { v.Signature = nil }), order.FalselySigned},
		"a bit":              {lastDecision(func(v *order.Version) { v.Signature = slices.Clone(v.Signature); v.Signature[9] ^= 1 }), order.FalselySigned},
		"a version less":     {func(o order.Order) order.Order { o.History = o.History[1:]; return o }, order.FalselySigned},
		"no version at all":  {func(o order.Order) order.Order { o.History = nil; return o }, order.Unsigned},
	} {
		for _, o := range []order.Order{contested, rescinded} {
			if got := c.change(o).Verify(by(key)); got != c.want && !(o.State == order.Suspended) {
				t.Errorf("%s, %s: %q, want %q", name, o.State, got, c.want)
			}
		}
	}
	if got := contested.Verify(by(ed25519.NewKeyFromSeed(slices.Repeat([]byte{1}, 32)))); got != order.FalselySigned {
		t.Errorf("by another key: %q", got)
	}
}

func lastDecision(change func(*order.Version)) func(order.Order) order.Order {
	return func(o order.Order) order.Order {
		o.History = slices.Clone(o.History)
		for i := len(o.History) - 1; i >= 0; i-- {
			if order.JudgeTakes(o.History[i].Step) {
				change(&o.History[i])
				break
			}
		}
		return o
	}
}

func stored(t *testing.T, o order.Order) (back order.Order) {
	t.Helper()
	text, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// Where nobody can tell what a judge decided, everything stands that the order ever ordered, and it replaces nothing.
func TestForgedOrderKeepsAllThatItEverOrdered(t *testing.T) {
	t.Parallel()
	strict := sound("s", order.InForce)
	o := taken(t, asked(), order.File, order.Grant, order.Vary, order.Rescind)
	o.Signing, o.Replaces = order.FalselySigned, []protection.OrderID{"s"}
	applying := order.Applying([]order.Order{strict, o}, here, party, day)
	if got := fmt.Sprint(ids(applying)); got != "[s o]" {
		t.Fatalf("%s apply", got)
	}
	for _, k := range []order.MeasureKind{order.FaceAlteration, order.InterpreterOnly} {
		if !slices.ContainsFunc(applying[1].Measures, func(m order.Measure) bool { return m.Kind == k }) {
			t.Errorf("%s does not stand", k)
		}
	}
	if _, doubt := o.Effect(day); doubt != order.IsForged {
		t.Errorf("its doubt is %q", doubt)
	}
	refused := taken(t, asked(), ways[order.Refused]...)
	refused.Signing = order.FalselySigned
	if effective, _ := refused.Effect(day); effective {
		t.Error("an order that never had effect has it because of a false signature")
	}
	signed := strict
	signed.Signing = order.Signed
	by := sound("b", order.InForce)
	by.Replaces = []protection.OrderID{"s"}
	if got := fmt.Sprint(ids(order.Applying([]order.Order{signed, by}, here, party, day))); got != "[s b]" {
		t.Errorf("an order without signature replaces a signed one: %s apply", got)
	}
	by.Signing = order.Signed
	if got := fmt.Sprint(ids(order.Applying([]order.Order{signed, by}, here, party, day))); got != "[b]" {
		t.Errorf("%s apply", got)
	}
}

// An order from before versions were kept means what it meant.
func TestOldOrderIsRead(t *testing.T) {
	t.Parallel()
	var o order.Order
	old := `{"id":"o","case":"here","party":"p1","reference":"2026/1","state":"in_force","measures":[{"kind":"face_alteration"}],"from":"2026-11-01T00:00:00Z","until":"0001-01-01T00:00:00Z","decided":"2026-11-01T00:00:00Z"}`
	if err := json.Unmarshal([]byte(old), &o); err != nil {
		t.Fatal(err)
	}
	if effective, doubt := o.Effect(day); !effective || doubt != order.NoDoubt || o.Verify(nil) != order.Unsigned {
		t.Errorf("it has effect: %v, in doubt %q", effective, doubt)
	}
	kept, err := json.Marshal(o)
	if err != nil || string(kept) != old {
		t.Errorf("it is kept as %s: %v", kept, err)
	}
}

// TestAnOrderOfOlderRulesCanBeEnded: what would be refused today was granted once. It is challenged, upheld, suspended and rescinded as it is, and not varied into another thing
// that would be refused.
func TestAnOrderOfOlderRulesCanBeEnded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	o := order.Order{ID: "o", Case: "c", Party: "p", Reference: "1", State: order.InForce, From: at.Add(-time.Hour), Decided: at.Add(-time.Hour),
		Measures: []order.Measure{{Kind: order.Pseudonym}, {Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.DefenceCounsel}}}}
	if o.Check() == nil {
		t.Fatal("this order is lawful: the test shows nothing")
	}
	for _, s := range []order.Step{order.Contest, order.Uphold, order.Suspend, order.Resume, order.Rescind} {
		at = at.Add(time.Hour)
		next, err := o.Take(order.Act{Step: s, By: "j", Office: "judge", Judge: true, At: at, Reasons: "because", Change: "something changed", ExParte: "urgent",
			Consent: order.Consent{Will: order.Consents}})
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		o = next
	}
}
