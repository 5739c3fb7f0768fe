package retention

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/testimony"
)

var day = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

func TestARuleSaysOneThing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule Rule
		want error
	}{
		"until a date":      {Rule{Class: Master, Until: day, Basis: "art. 1"}, nil},
		"after judgment":    {Rule{Class: Version, Years: 10, Basis: "art. 1"}, nil},
		"both":              {Rule{Class: Master, Until: day, Years: 1, Basis: "art. 1"}, ErrRule},
		"neither":           {Rule{Class: Master, Basis: "art. 1"}, ErrRule},
		"no basis":          {Rule{Class: Master, Years: 1, Basis: " "}, ErrRule},
		"no such class":     {Rule{Class: "copy", Years: 1, Basis: "art. 1"}, ErrRule},
		"a time before it":  {Rule{Class: Master, Years: -1, Basis: "art. 1"}, ErrRule},
		"too far in months": {Rule{Class: Master, Months: 2401, Basis: "art. 1"}, ErrRule},
	} {
		if err := c.rule.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCasesOwnRuleIsBeforeThatOfAll(t *testing.T) {
	t.Parallel()
	rules := []Rule{{Class: Master, Years: 1}, {Case: "a", Class: Master, Years: 30}, {Case: "b", Class: Public, Years: 5}}
	if r, ok := For(rules, "a", Master); !ok || r.Years != 30 {
		t.Errorf("the case's own: %+v", r)
	}
	if r, ok := For(rules, "b", Master); !ok || r.Years != 1 {
		t.Errorf("that of all: %+v", r)
	}
	if r, ok := For(rules, "a", Public); ok {
		t.Errorf("another case's: %+v", r)
	}
}

// Each fact alone stands against an erasure; without any of them nothing does.
func TestWhatStandsAgainstAnErasure(t *testing.T) {
	t.Parallel()
	clear := func() Facts {
		return Facts{Thing: Thing{Recording: "r"}, Case: "c", Ruled: true, Rule: Rule{Years: 1}, Judgment: day.AddDate(-1, 0, 0)}
	}
	at := day
	if got := Against(clear(), at); got != nil {
		t.Fatalf("nothing stands against it, and %v does", got)
	}
	in := func(s order.State, k order.MeasureKind) order.Order {
		return order.Order{Case: "c", State: s, Measures: []order.Measure{{Kind: k}}}
	}
	expired := in(order.InForce, order.Pseudonym)
	expired.Until = day.AddDate(0, 0, -1)
	for name, c := range map[string]struct {
		change func(*Facts)
		want   Obstacle
	}{
		"no rule":          {func(f *Facts) { f.Ruled = false }, NoRule},
		"no judgment":      {func(f *Facts) { f.Judgment = time.Time{} }, NotJudged},
		"a second early":   {func(f *Facts) { f.Judgment = f.Judgment.Add(time.Second) }, NotDue},
		"a hearing open":   {func(f *Facts) { f.Open = true }, HearingOpen},
		"an application":   {func(f *Facts) { f.Orders = []order.Order{in(order.Filed, order.Pseudonym)} }, OrderUndecided},
		"an objection":     {func(f *Facts) { f.Orders = []order.Order{in(order.Opposed, order.Pseudonym)} }, OrderUndecided},
		"one contested":    {func(f *Facts) { f.Orders = []order.Order{in(order.Contested, order.Pseudonym)} }, OrderUndecided},
		"one expired":      {func(f *Facts) { f.Orders = []order.Order{expired} }, OrderUndecided},
		"one pre-recorded": {func(f *Facts) { f.Orders = []order.Order{in(order.InForce, order.PreRecorded)} }, OrderNeeds},
		"an appeal":        {func(f *Facts) { f.Holds = []Hold{{Case: "c", Ground: Appeal}} }, HeldByAppeal},
		"one preserved":    {func(f *Facts) { f.Holds = []Hold{{Case: "c", Thing: Thing{Recording: "r"}, Ground: Ordered}} }, HeldByOrder},
		"a request":        {func(f *Facts) { f.Holds = []Hold{{Case: "c", Ground: Request}} }, HeldByRequest},
		"an edit asked":    {func(f *Facts) { f.EditAsked = true }, EditAsked},
		"an edit not made": {func(f *Facts) { f.EditUnmade = true }, EditUnmade},
		"a forged order": {func(f *Facts) {
			f.Orders = []order.Order{{Case: "c", State: order.Rescinded, Signing: order.FalselySigned}}
		}, OrderUndecided},
	} {
		f := clear()
		c.change(&f)
		if got := Against(f, at); !slices.Equal(got, []Obstacle{c.want}) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	handedIn := func() Facts {
		f := clear()
		f.Thing = Thing{Exhibit: "r"}
		return f
	}
	for name, c := range map[string]struct {
		change func(*Facts)
		want   []Obstacle
	}{
		"nothing":             {func(*Facts) {}, nil},
		"an order that seals": {func(f *Facts) { f.Orders = []order.Order{in(order.InForce, order.SealedExhibit)} }, []Obstacle{OrderSeals}},
		"one pre-recorded":    {func(f *Facts) { f.Orders = []order.Order{in(order.InForce, order.PreRecorded)} }, nil},
		"it is held":          {func(f *Facts) { f.Holds = []Hold{{Case: "c", Thing: Thing{Exhibit: "r"}, Ground: Ordered}} }, []Obstacle{HeldByOrder}},
		"all are held":        {func(f *Facts) { f.Holds = []Hold{{Case: "c", Ground: Appeal}} }, []Obstacle{HeldByAppeal}},
		"a recording is":      {func(f *Facts) { f.Holds = []Hold{{Case: "c", Thing: Thing{Recording: "r"}, Ground: Appeal}} }, nil},
		"it can be opened":    {func(f *Facts) { f.Opening = true }, []Obstacle{OpeningStands}},
	} {
		f := handedIn()
		c.change(&f)
		if got := Against(f, at); !slices.Equal(got, c.want) {
			t.Errorf("an exhibit, %s: %v, want %v", name, got, c.want)
		}
	}
	other := clear()
	other.Orders = []order.Order{in(order.InForce, order.Pseudonym), {Case: "d", State: order.Filed}}
	other.Holds = []Hold{{Case: "d", Ground: Appeal}, {Case: "c", Thing: Thing{Recording: "q"}, Ground: Appeal}, {Case: "c", Thing: Thing{Exhibit: "r"}, Ground: Appeal}, {Case: "c", Ground: Appeal, Lifted: day}}
	if got := Against(other, at); got != nil {
		t.Errorf("what is of others stands against it: %v", got)
	}
}

func TestNobodyDecidesTheirOwnProposal(t *testing.T) {
	t.Parallel()
	e := Erasure{ID: "e", By: "one"}
	for _, office := range testimony.Offices {
		want := order.ErrJudgeOnly
		if office == testimony.Judge {
			want = nil
		}
		if err := e.MayDecide("two", office); !errors.Is(err, want) {
			t.Errorf("%s: %v", office, err)
		}
	}
	if err := e.MayDecide("one", testimony.Judge); !errors.Is(err, ErrOwn) {
		t.Errorf("a judge decides what they proposed: %v", err)
	}
	e.Decided = day
	if err := e.MayDecide("two", testimony.Judge); !errors.Is(err, ErrStep) {
		t.Errorf("twice: %v", err)
	}
}

func TestTheStatementBindsWhatWasDecided(t *testing.T) {
	t.Parallel()
	e := Erasure{ID: "e", Thing: Thing{Recording: "r"}, FileRoot: []byte{1}, Root: []byte{2}, Due: day, By: "one", Proposed: day, DecidedBy: "two", Decided: day, Approved: true}
	for name, change := range map[string]func(*Erasure){
		"another recording": func(e *Erasure) { e.Recording = "q" }, "an exhibit": func(e *Erasure) { e.Thing = Thing{Exhibit: "r"} }, "another file": func(e *Erasure) { e.FileRoot = []byte{3} }, "another root": func(e *Erasure) { e.Root = nil },
		"another day": func(e *Erasure) { e.Due = day.AddDate(0, 0, 1) }, "another proposer": func(e *Erasure) { e.By = "three" }, "another judge": func(e *Erasure) { e.DecidedBy = "three" },
		"refused": func(e *Erasure) { e.Approved = false },
	} {
		changed := e
		change(&changed)
		if bytes.Equal(changed.Statement(), e.Statement()) {
			t.Errorf("%s: the same statement", name)
		}
	}
}
