package order_test

import (
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

const (
	party = protection.PartyID("p1")
	other = protection.PartyID("p2")
	here  = protection.CaseID("here")
	past  = protection.CaseID("past")
)

var day = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// sound is an order that the rules allow.
func sound(id protection.OrderID, s order.State) order.Order {
	return order.Order{ID: id, Case: here, Party: party, Reference: "2026/" + string(id), State: s, From: day.Add(-time.Hour),
		Measures: []order.Measure{{Kind: order.FaceAlteration}}}
}

// told is a measure with all that its kind needs to be told.
func told(k order.MeasureKind) order.Measure {
	m := order.Measure{Kind: k}
	switch k {
	case order.DelayedBroadcast:
		m.Release, m.Delay = protection.Delayed, order.Delay(30*time.Minute)
	case order.Questioning:
		m.Topics = []string{"Earlier partners"}
	case order.FullAnonymity:
		m.Conditions = order.AnonymityConditions[0]
	case order.PhysicalProtection:
		m.ReviewBy = day.AddDate(0, 3, 0)
	case order.SealedExhibit:
		m.Exhibit = "E 12"
	case order.Expunge:
		m.Passages = []order.Passage{{From: day, To: day.Add(time.Minute)}}
	case order.PreRecorded:
		m.Stages = []order.Stage{order.InChief, order.CrossExamined}
	}
	return m
}

// Every measure of the catalogue can be ordered with what it needs to be told, and only those with parameters need more.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	seen := map[order.MeasureKind]bool{}
	for _, e := range order.Catalogue {
		if seen[e.Kind] {
			t.Errorf("%s stands twice in the catalogue", e.Kind)
		}
		seen[e.Kind] = true
		if found, ok := order.Find(e.Kind); !ok || cmp.Diff(found, e) != "" {
			t.Errorf("%s is found as %+v", e.Kind, found)
		}
		if e.Medium == "" {
			t.Errorf("%s has no medium", e.Kind)
		}
		o := sound("o", order.Draft)
		o.Measures = []order.Measure{told(e.Kind)}
		if e.Kind == order.FullAnonymity {
			o.Measures = append(o.Measures, order.Measure{Kind: order.Pseudonym})
		}
		if err := o.Check(); err != nil {
			t.Errorf("%s: %v", e.Kind, err)
		}
		o.Measures[0].Audiences = []protection.Audience{protection.Support}
		if err := o.Check(); (err == nil) != e.MayExtend || (err == nil) != e.MayCover(protection.Support, false) {
			t.Errorf("%s toward the support person as well: %v", e.Kind, err)
		}
		if e.Kind != order.Pseudonym && slices.Contains(e.Default, protection.Bench) {
			t.Errorf("%s is directed at the bench", e.Kind)
		}
	}
	if _, ok := order.Find("from_the_future"); ok {
		t.Error("a measure that does not exist was found")
	}
}

// A form offers exactly what an order may be filed with.
func TestMayCoverIsWhatCheckAllows(t *testing.T) {
	t.Parallel()
	for _, e := range order.Catalogue {
		for _, a := range append(slices.Clone(protection.Audiences), protection.OtherWitness(other), "stranger", protection.Unknown) {
			for _, anonymous := range []bool{false, true} {
				if slices.Contains(e.Default, a) || e.Kind == order.FullAnonymity && !anonymous {
					continue
				}
				o := sound("o", order.Draft)
				m := told(e.Kind)
				m.Audiences = []protection.Audience{a}
				o.Measures = []order.Measure{m}
				if anonymous && e.Kind != order.FullAnonymity {
					o.Measures = append(o.Measures, told(order.FullAnonymity))
				}
				if anonymous && e.Kind != order.Pseudonym {
					o.Measures = append(o.Measures, told(order.Pseudonym))
				}
				if err := o.Check(); (err == nil) != e.MayCover(a, anonymous) {
					t.Errorf("%s toward %q, anonymous %v: %v", e.Kind, a, anonymous, err)
				}
			}
		}
	}
}

// What a measure is told stands in its JSON under the parameter's name, and comes back as it was.
func TestMeasureIsKept(t *testing.T) {
	t.Parallel()
	for _, e := range order.Catalogue {
		m := told(e.Kind)
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back order.Measure
		if err := json.Unmarshal(raw, &back); err != nil || cmp.Diff(m, back) != "" {
			t.Errorf("%s came back from %s as %+v: %v", e.Kind, raw, back, err)
		}
	}
	var old order.Measure
	if err := json.Unmarshal([]byte(`{"kind":"face_alteration","audiences":["accused"]}`), &old); err != nil ||
		cmp.Diff(old, order.Measure{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}}) != "" {
		t.Errorf("a measure of an older vault is read as %+v: %v", old, err)
	}
	for _, bad := range []string{`{"kind":"delayed_broadcast","delay":"soon"}`, `{"kind":"delayed_broadcast","release":"now"}`, `{"kind":"expunge","passages":[{"from":"noon"}]}`} {
		if err := json.Unmarshal([]byte(bad), new(order.Measure)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestOrderIsRefusedByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change     func(*order.Order)
		rule, path string
	}{
		"no measure":           {func(o *order.Order) { o.Measures = nil }, order.RuleNotEmpty, "measures"},
		"unknown measure":      {func(o *order.Order) { o.Measures[0].Kind = "blindfold" }, order.RuleKnownMeasure, "measures[0].kind"},
		"toward the bench":     {toward(protection.Bench), order.RuleBenchClear, "measures[0].audiences[1]"},
		"toward the master":    {toward(protection.MasterRecord), order.RuleMasterClear, "measures[0].audiences[1]"},
		"toward nobody":        {toward(protection.Unknown), order.RuleKnownAudience, "measures[0].audiences[1]"},
		"toward a stranger":    {toward("everyone"), order.RuleKnownAudience, "measures[0].audiences[1]"},
		"toward the witness":   {toward(protection.OtherWitness(party)), order.RuleNotItself, "measures[0].audiences[1]"},
		"twice the same":       {func(o *order.Order) { o.Measures = append(o.Measures, o.Measures[0]) }, order.RuleOneEach, "measures[1]"},
		"ends before it began": {func(o *order.Order) { o.Until = o.From.Add(-time.Second) }, order.RulePeriod, "until"},
		"ends as it begins":    {func(o *order.Order) { o.Until = o.From }, order.RulePeriod, "until"},
		"toward assessors":     {toward(protection.Assessors), order.RuleJudgesClear, "measures[0].audiences[1]"},
		"toward prosecution":   {toward(protection.Prosecution), order.RuleCounselFollows, "measures[0].audiences[1]"},
		"toward counsel":       {toward(protection.DefenceCounsel), order.RuleCounselSees, "measures[0].audiences[1]"},
		"mute for interpreter": {instead(order.InterpreterOnly, protection.Interpreter), order.RuleInterpreterHears, "measures[0].audiences[0]"},
		"counsel sent out":     {instead(order.PrivateSession, protection.DefenceCounsel), order.RuleCounselFollows, "measures[0].audiences[0]"},
		"interpreter sent out": {instead(order.ClosedSession, protection.Interpreter), order.RuleInterpreterHears, "measures[0].audiences[0]"},
		"private and closed": {func(o *order.Order) {
			o.Measures = []order.Measure{{Kind: order.PrivateSession}, {Kind: order.ClosedSession}}
		}, order.RuleOneSession, "measures[1]"},
		"anonymous by name":   {func(o *order.Order) { o.Measures[0] = told(order.FullAnonymity) }, order.RuleAnonymousName, "measures[0]"},
		"no conditions":       {changed(order.FullAnonymity, func(m *order.Measure) { m.Conditions = nil }), order.RuleConditions, "measures[0].conditions"},
		"half the conditions": {changed(order.FullAnonymity, func(m *order.Measure) { m.Conditions = m.Conditions[:2] }), order.RuleConditions, "measures[0].conditions"},
		"conditions of two laws": {changed(order.FullAnonymity, func(m *order.Measure) {
			m.Conditions = []order.Condition{order.Necessity, order.FairTrial, order.GraveDanger, order.SeparateFile}
		}), order.RuleConditions, "measures[0].conditions"},
		"unknown condition":      {changed(order.FullAnonymity, func(m *order.Measure) { m.Conditions = []order.Condition{"convenience"} }), order.RuleKnownValue, "measures[0].conditions[0]"},
		"no release":             {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Parameters = order.Parameters{} }), order.RuleNeeds, "measures[0].release"},
		"live release":           {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Release = protection.Live }), order.RuleRange, "measures[0].release"},
		"no delay":               {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Delay = 0 }), order.RuleRange, "measures[0].delay"},
		"a delay too short":      {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Delay = order.MinDelay - 1 }), order.RuleRange, "measures[0].delay"},
		"a delay too long":       {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Delay = order.MaxDelay + 1 }), order.RuleRange, "measures[0].delay"},
		"a delay after review":   {changed(order.DelayedBroadcast, func(m *order.Measure) { m.Release = protection.AfterReview }), order.RuleParameter, "measures[0].delay"},
		"no topic":               {changed(order.Questioning, func(m *order.Measure) { m.Topics = nil }), order.RuleNeeds, "measures[0].topics"},
		"a blank topic":          {changed(order.Questioning, func(m *order.Measure) { m.Topics[0] = "  " }), order.RuleText, "measures[0].topics[0]"},
		"a topic of two lines":   {changed(order.Questioning, func(m *order.Measure) { m.Topics[0] = "a\nb" }), order.RuleText, "measures[0].topics[0]"},
		"a topic turned around":  {changed(order.Questioning, func(m *order.Measure) { m.Topics[0] = "a\u202eb" }), order.RuleText, "measures[0].topics[0]"},
		"an endless topic":       {changed(order.Questioning, func(m *order.Measure) { m.Topics[0] = strings.Repeat("é", order.MaxTopic+1) }), order.RuleLength, "measures[0].topics[0]"},
		"topics without end":     {changed(order.Questioning, func(m *order.Measure) { m.Topics = make([]string, order.MaxTopics+1) }), order.RuleRange, "measures[0].topics"},
		"no review":              {changed(order.PhysicalProtection, func(m *order.Measure) { m.ReviewBy = time.Time{} }), order.RuleNeeds, "measures[0].review_by"},
		"a review in the past":   {changed(order.PhysicalProtection, func(m *order.Measure) { m.ReviewBy = day.AddDate(-1, 0, 0) }), order.RuleRange, "measures[0].review_by"},
		"no exhibit":             {changed(order.SealedExhibit, func(m *order.Measure) { m.Exhibit = "" }), order.RuleNeeds, "measures[0].exhibit"},
		"no passage":             {changed(order.Expunge, func(m *order.Measure) { m.Passages = nil }), order.RuleNeeds, "measures[0].passages"},
		"a passage backwards":    {changed(order.Expunge, func(m *order.Measure) { m.Passages[0].To = day.Add(-1) }), order.RuleRange, "measures[0].passages[0]"},
		"a passage of days":      {changed(order.Expunge, func(m *order.Measure) { m.Passages[0].To = day.Add(order.MaxPassage + 1) }), order.RuleRange, "measures[0].passages[0]"},
		"a passage of no time":   {changed(order.Expunge, func(m *order.Measure) { m.Passages[0].From = time.Time{} }), order.RuleNeeds, "measures[0].passages[0]"},
		"no stage":               {changed(order.PreRecorded, func(m *order.Measure) { m.Stages = nil }), order.RuleNeeds, "measures[0].stages"},
		"a stage twice":          {changed(order.PreRecorded, func(m *order.Measure) { m.Stages[1] = m.Stages[0] }), order.RuleOneEach, "measures[0].stages[1]"},
		"another's parameter":    {changed(order.Pseudonym, func(m *order.Measure) { m.Exhibit = "E 12" }), order.RuleParameter, "measures[0].exhibit"},
		"an unknown weight":      {changed(order.ScreenWitness, func(m *order.Measure) { m.Weight = "heavy" }), order.RuleKnownValue, "measures[0].weight[0]"},
		"unknown counterbalance": {changed(order.ScreenWitness, func(m *order.Measure) { m.Counterbalances = []order.Counterbalance{"luck"} }), order.RuleKnownValue, "measures[0].counterbalances[0]"},
		"screen extended":        {func(o *order.Order) { o.Measures[0].Kind = order.ScreenWitness }, order.RuleExtension, "measures[0].audiences[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := sound("o", order.Draft)
			o.Measures[0].Audiences = []protection.Audience{protection.Accused}
			if err := o.Check(); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			c.change(&o)
			var breach *order.RuleError
			if err := o.Check(); !errors.As(err, &breach) || breach.Rule != c.rule || breach.Path != c.path {
				t.Errorf("got %v, want %s at %s", err, c.rule, c.path)
			}
		})
	}
}

func toward(a protection.Audience) func(*order.Order) {
	return func(o *order.Order) { o.Measures[0].Audiences = append(o.Measures[0].Audiences, a) }
}

// instead orders one measure of a kind, toward one audience.
func instead(k order.MeasureKind, a protection.Audience) func(*order.Order) {
	return changed(k, func(m *order.Measure) { m.Audiences = []protection.Audience{a} })
}

// changed orders a sound measure of a kind, changed.
func changed(k order.MeasureKind, change func(*order.Measure)) func(*order.Order) {
	return func(o *order.Order) {
		m := told(k)
		change(&m)
		o.Measures = []order.Measure{m}
		if k == order.FullAnonymity {
			o.Measures = append(o.Measures, told(order.Pseudonym))
		}
	}
}

func TestEveryBreachIsTold(t *testing.T) {
	t.Parallel()
	o := sound("o", order.Draft)
	o.Until = o.From
	o.Measures = []order.Measure{{Kind: "blindfold"}, {Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Bench}}}
	err := o.Check()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Errorf("of three breaches: %v", err)
	}
}

// Another protected witness stands with the public, and a measure that is not understood covers everyone.
func TestMeasureCovers(t *testing.T) {
	t.Parallel()
	witness := protection.OtherWitness(other)
	for name, c := range map[string]struct {
		measure order.Measure
		covers  []protection.Audience
		spares  []protection.Audience
	}{
		"face": {order.Measure{Kind: order.FaceAlteration},
			[]protection.Audience{protection.Gallery, protection.Press, protection.PublicRecord, witness},
			[]protection.Audience{protection.Bench, protection.Accused, protection.DefenceCounsel, protection.MasterRecord}},
		"face toward the accused": {order.Measure{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}},
			[]protection.Audience{protection.Gallery, protection.Accused}, []protection.Audience{protection.DefenceCounsel}},
		"screen": {order.Measure{Kind: order.ScreenWitness},
			[]protection.Audience{protection.Accused}, []protection.Audience{protection.Gallery, witness, protection.DefenceCounsel}},
		"unknown": {order.Measure{Kind: "from_the_future"}, append(slices.Clone(protection.Audiences), witness), nil},
	} {
		for _, a := range c.covers {
			if !c.measure.Covers(a) {
				t.Errorf("%s does not cover %s", name, a)
			}
		}
		for _, a := range c.spares {
			if c.measure.Covers(a) {
				t.Errorf("%s covers %s", name, a)
			}
		}
	}
}

func TestEffect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state       order.State
		from, until time.Duration // from now; until zero for without end
		effective   bool
		doubt       order.Doubt
	}{
		{order.InForce, -1, 0, true, order.NoDoubt},
		{order.InForce, 0, 0, true, order.NoDoubt},
		{order.InForce, 1, 0, false, order.NoDoubt},
		{order.InForce, -2, 1, true, order.NoDoubt},
		{order.InForce, -2, -1, true, order.HasExpired},
		{order.Interim, -1, 0, true, order.AwaitsDecision},
		{order.Interim, 1, 2, false, order.NoDoubt},
		{order.Interim, -2, -1, true, order.HasExpired},
		{order.Contested, -1, 0, true, order.IsContested},
		{order.Contested, -2, -1, true, order.HasExpired},
		{order.Draft, -1, 0, false, order.NoDoubt},
		{order.Filed, -1, 0, false, order.NoDoubt},
		{order.Served, -1, 0, false, order.NoDoubt},
		{order.Opposed, -1, 0, false, order.NoDoubt},
		{order.Refused, -1, 0, false, order.NoDoubt},
		{order.Suspended, -1, 0, false, order.NoDoubt},
		{order.Rescinded, -1, 0, false, order.NoDoubt},
		{order.Spent, -1, 0, false, order.NoDoubt},
		{"", -1, 0, false, order.NoDoubt},
	} {
		o := sound("o", c.state)
		o.From = day.Add(c.from * time.Hour)
		if c.until != 0 {
			o.Until = day.Add(c.until * time.Hour)
		}
		if effective, doubt := o.Effect(day); effective != c.effective || doubt != c.doubt {
			t.Errorf("%s from %+dh until %+dh: %v, doubt %q", c.state, c.from, c.until, effective, doubt)
		}
	}
	o := sound("o", order.InForce)
	o.Until = day
	if _, doubt := o.Effect(day); doubt != order.HasExpired {
		t.Errorf("at the moment of its end an order's doubt is %q", doubt)
	}
}

func drawOrders(t *rapid.T) []order.Order {
	var list []order.Order
	n := rapid.IntRange(0, 5).Draw(t, "orders")
	for i := range n {
		o := sound(protection.OrderID(fmt.Sprint(i)), rapid.SampledFrom(order.States).Draw(t, "state"))
		o.Case = rapid.SampledFrom([]protection.CaseID{here, past}).Draw(t, "case")
		o.Party = rapid.SampledFrom([]protection.PartyID{party, party, other}).Draw(t, "party")
		o.From = day.Add(time.Duration(rapid.IntRange(-48, 4).Draw(t, "from")) * time.Hour)
		if rapid.Bool().Draw(t, "ends") {
			o.Until = o.From.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "until")) * time.Hour)
		}
		for j := range n {
			if rapid.IntRange(0, 2).Draw(t, "replaces") == 0 {
				o.Replaces = append(o.Replaces, protection.OrderID(fmt.Sprint(j)))
			}
		}
		list = append(list, o)
	}
	return list
}

func ids(list []order.Order) []protection.OrderID {
	var out []protection.OrderID
	for _, o := range list {
		out = append(out, o.ID)
	}
	return out
}

// What applies has effect and is this party's; and of the party's effective orders only those are missing that a firm
// order of this very case, itself effective, replaces.
func TestApplying(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawOrders(t)
		applying := ids(order.Applying(list, here, party, day))
		for _, o := range list {
			effective, _ := o.Effect(day)
			applies := slices.Contains(applying, o.ID)
			if applies && (o.Party != party || !effective) {
				t.Fatalf("order %s (%s of %s) applies", o.ID, o.State, o.Party)
			}
			if applies || o.Party != party || !effective {
				continue
			}
			if !slices.ContainsFunc(list, func(by order.Order) bool {
				firm, doubt := by.Effect(day)
				return firm && doubt == order.NoDoubt && by.Case == here && by.Party == party && by.ID != o.ID && slices.Contains(by.Replaces, o.ID)
			}) {
				t.Fatalf("order %s was dropped, and no firm order of this case replaces it", o.ID)
			}
		}
	})
}

// Protection never ends by a circle: where the party has an effective order, one at least applies.
func TestReplacingInACircleLeavesNobodyUnprotected(t *testing.T) {
	t.Parallel()
	a, b, c := sound("a", order.InForce), sound("b", order.InForce), sound("c", order.InForce)
	a.Replaces, b.Replaces, c.Replaces = []protection.OrderID{"b"}, []protection.OrderID{"a"}, []protection.OrderID{"a", "b"}
	for want, list := range map[string][]order.Order{"[a b]": {a, b}, "[c]": {a, b, c}} {
		if got := fmt.Sprint(ids(order.Applying(list, here, party, day))); got != want {
			t.Fatalf("%s apply, want %s", got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		list := drawOrders(t)
		for i := range list {
			list[i].Party, list[i].Case, list[i].State = party, here, rapid.SampledFrom([]order.State{order.InForce, order.InForce, order.Interim}).Draw(t, "firm")
		}
		effective := slices.ContainsFunc(list, func(o order.Order) bool {
			ok, _ := o.Effect(day)
			return ok
		})
		if effective && len(order.Applying(list, here, party, day)) == 0 {
			t.Fatalf("there are effective orders and none applies: %+v", list)
		}
	})
}

// Doubt about an order lets nothing go that stood while it was firm: what it had replaced stands again beside it.
func TestDoubtOnlyAdds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawOrders(t)
		if len(list) == 0 {
			t.Skip("no orders")
		}
		i := rapid.IntRange(0, len(list)-1).Draw(t, "doubtful")
		list[i].State, list[i].From, list[i].Until = order.InForce, day.Add(-2*time.Hour), time.Time{}
		before := ids(order.Applying(list, here, party, day))
		switch rapid.SampledFrom([]string{"expired", "contested", "interim"}).Draw(t, "doubt") {
		case "expired":
			list[i].Until = day.Add(-time.Hour)
		case "contested":
			list[i].State = order.Contested
		case "interim":
			list[i].State = order.Interim
		}
		after := ids(order.Applying(list, here, party, day))
		for _, id := range before {
			if !slices.Contains(after, id) {
				t.Fatalf("order %s applied until order %s was in doubt", id, list[i].ID)
			}
		}
	})
}

// An order of another person can replace nothing of this one's.
func TestAnotherPartysOrderReplacesNothing(t *testing.T) {
	t.Parallel()
	foreign := sound("b", order.InForce)
	foreign.Party, foreign.Replaces = other, []protection.OrderID{"a"}
	got := ids(order.Applying([]order.Order{sound("a", order.InForce), foreign}, here, party, day))
	if !slices.Equal(got, []protection.OrderID{"a"}) {
		t.Errorf("%v apply", got)
	}
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(by *order.Order)
		want   []protection.OrderID
	}{
		"in force":         {func(*order.Order) {}, []protection.OrderID{"b"}},
		"interim":          {func(o *order.Order) { o.State = order.Interim }, []protection.OrderID{"a", "b"}},
		"contested":        {func(o *order.Order) { o.State = order.Contested }, []protection.OrderID{"a", "b"}},
		"expired":          {func(o *order.Order) { o.Until = day.Add(-time.Minute) }, []protection.OrderID{"a", "b"}},
		"filed":            {func(o *order.Order) { o.State = order.Filed }, []protection.OrderID{"a"}},
		"rescinded":        {func(o *order.Order) { o.State = order.Rescinded }, []protection.OrderID{"a"}},
		"spent":            {func(o *order.Order) { o.State = order.Spent }, []protection.OrderID{"a"}},
		"of another case":  {func(o *order.Order) { o.Case = past }, []protection.OrderID{"a", "b"}},
		"not yet begun":    {func(o *order.Order) { o.From = day.Add(time.Hour) }, []protection.OrderID{"a"}},
		"replacing itself": {func(o *order.Order) { o.Replaces = []protection.OrderID{"b"} }, []protection.OrderID{"a", "b"}},
	} {
		by := sound("b", order.InForce)
		by.Replaces = []protection.OrderID{"a"}
		c.change(&by)
		if got := ids(order.Applying([]order.Order{sound("a", order.InForce), by}, here, party, day)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v apply, want %v", name, got, c.want)
		}
	}
}

// An order carried over and replaced here goes on governing the party in its own case.
func TestReplacedHereStandsThere(t *testing.T) {
	t.Parallel()
	old := sound("a", order.InForce)
	old.Case = past
	by := sound("b", order.InForce)
	by.Replaces = []protection.OrderID{"a"}
	for c, want := range map[protection.CaseID][]protection.OrderID{here: {"b"}, past: {"a", "b"}} {
		if got := ids(order.Applying([]order.Order{old, by}, c, party, day)); !slices.Equal(got, want) {
			t.Errorf("in case %s: %v apply, want %v", c, got, want)
		}
	}
}
