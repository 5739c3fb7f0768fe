package order_test

import (
	"errors"
	"fmt"
	"slices"
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

// Every measure of the catalogue can be ordered as it stands, and names a legal basis.
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
		if e.Medium == "" || len(e.Basis) == 0 {
			t.Errorf("%s has no medium or no legal basis", e.Kind)
		}
		o := sound("o", order.Draft)
		o.Measures = []order.Measure{{Kind: e.Kind}}
		if err := o.Check(); err != nil {
			t.Errorf("%s: %v", e.Kind, err)
		}
		o.Measures[0].Audiences = []protection.Audience{protection.Prosecution}
		if err := o.Check(); (err == nil) != e.MayExtend {
			t.Errorf("%s toward the prosecution as well: %v", e.Kind, err)
		}
		if e.Kind != order.Pseudonym && slices.Contains(e.Default, protection.Bench) {
			t.Errorf("%s is directed at the bench", e.Kind)
		}
	}
	if _, ok := order.Find("from_the_future"); ok {
		t.Error("a measure that does not exist was found")
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
		"screen extended":      {func(o *order.Order) { o.Measures[0].Kind = order.ScreenWitness }, order.RuleExtension, "measures[0].audiences[0]"},
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
