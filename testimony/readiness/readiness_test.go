package readiness_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/readiness"
	"paravent/testimony/schedule"
)

var start = time.Date(2027, 3, 10, 9, 0, 0, 0, time.UTC)

func before(d time.Duration) time.Time { return start.Add(-d) }

func hearing() testimony.Hearing {
	return testimony.Hearing{ID: "h", Case: "c", Party: "p", Start: start, Duration: time.Hour, CourtZone: "Europe/Paris", WitnessZone: "Asia/Kathmandu", Uses: []testimony.ResourceID{"point", "coordinator"},
		Participants: []testimony.Participant{{Role: testimony.RoleWitness, Party: "p"}, {Role: testimony.RoleInterpreter}}}
}

// ready are the facts of a hearing of which everything is known to be in place but what people check.
func ready() readiness.Facts {
	return readiness.Facts{Hearing: hearing(), Ordered: true, Prepared: true, Measures: []order.MeasureKind{order.FaceAlteration, order.SupportPerson},
		Resources: []schedule.Resource{{ID: "point", Kind: schedule.RemotePoint}, {ID: "coordinator", Kind: schedule.Coordinator}},
		Visits:    []readiness.Visit{{Point: "point", At: before(48 * time.Hour), Who: "coordinator", Good: readiness.Checklist}}}
}

func check(i readiness.Item, s readiness.Stage, at time.Time, good bool) readiness.Check {
	return readiness.Check{Hearing: "h", Start: start, Item: i, Stage: s, Good: good, Who: "clerk", By: "u", At: at}
}

var face = readiness.OfMeasure(order.FaceAlteration)

func lineOf(t *testing.T, f readiness.Facts, now time.Time, i readiness.Item) readiness.Line {
	t.Helper()
	for _, l := range readiness.Board(f, now) {
		if l.Item == i {
			return l
		}
	}
	t.Fatalf("there is no line of %s", i)
	return readiness.Line{}
}

// TestAMeasureIsSetUpAndCheckedTwice walks a measure through the days before a hearing.
func TestAMeasureIsSetUpAndCheckedTwice(t *testing.T) {
	t.Parallel()
	set := check(face, readiness.SetUp, before(72*time.Hour), true)
	day, half := check(face, readiness.Day, before(25*time.Hour), true), check(face, readiness.Half, before(35*time.Minute), true)
	for name, c := range map[string]struct {
		left   time.Duration
		checks []readiness.Check
		light  readiness.Light
		reason readiness.Reason
	}{
		"nothing, in time":                  {48 * time.Hour, nil, readiness.Amber, readiness.NotSetUp},
		"nothing, a day before":             {24 * time.Hour, nil, readiness.Red, readiness.NotSetUp},
		"set up":                            {48 * time.Hour, []readiness.Check{set}, readiness.Amber, readiness.DayOpen},
		"set up and not checked":            {24 * time.Hour, []readiness.Check{set}, readiness.Red, readiness.DayMissed},
		"checked":                           {20 * time.Hour, []readiness.Check{set, day}, readiness.Green, readiness.InPlace},
		"checked, and not half an hour ago": {30 * time.Minute, []readiness.Check{set, day}, readiness.Red, readiness.HalfMissed},
		"checked twice":                     {30 * time.Minute, []readiness.Check{set, day, half}, readiness.Green, readiness.InPlace},
		"found bad":                         {20 * time.Hour, []readiness.Check{set, check(face, readiness.Day, before(25*time.Hour), false)}, readiness.Red, readiness.FoundBad},
		"found bad and then good":           {20 * time.Hour, []readiness.Check{set, check(face, readiness.Day, before(25*time.Hour), false), check(face, readiness.Day, before(21*time.Hour), true)}, readiness.Green, readiness.InPlace},
		"found bad half an hour before":     {20 * time.Minute, []readiness.Check{set, day, check(face, readiness.Half, before(25*time.Minute), false)}, readiness.Red, readiness.FoundBad},
		"a check of last week":              {20 * time.Hour, []readiness.Check{set, check(face, readiness.Day, before(7*24*time.Hour), true)}, readiness.Red, readiness.DayMissed},
		"a last check of the day before":    {20 * time.Minute, []readiness.Check{set, day, check(face, readiness.Half, before(20*time.Hour), true)}, readiness.Red, readiness.HalfMissed},
	} {
		f := ready()
		f.Checks = c.checks
		l := lineOf(t, f, before(c.left), face)
		if l.Light != c.light || l.Reason != c.reason || (l.Light == readiness.Green) != (l.Actor == "") {
			t.Errorf("%s: %s, %s, %q", name, l.Light, l.Reason, l.Actor)
		}
	}
}

// TestWhatPeopleDoNotCheck looks at the lines that follow from the docket.
func TestWhatPeopleDoNotCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*readiness.Facts)
		item   readiness.Item
		light  readiness.Light
		reason readiness.Reason
		actor  string
	}{
		"no order":                   {func(f *readiness.Facts) { f.Ordered = false }, readiness.OrderStands, readiness.Red, readiness.NoOrder, testimony.Judge},
		"an order past its end":      {func(f *readiness.Facts) { f.Doubt = true }, readiness.OrderStands, readiness.Amber, readiness.InDoubt, testimony.Judge},
		"no leave":                   {func(f *readiness.Facts) { f.Abroad, f.Lacking = true, true }, readiness.Leave, readiness.Red, readiness.NoLeave, testimony.Registrar},
		"no leave, decided":          {func(f *readiness.Facts) { f.Abroad, f.Lacking, f.Decided = true, true, true }, readiness.Leave, readiness.Amber, readiness.Decided, testimony.Judge},
		"leave":                      {func(f *readiness.Facts) { f.Abroad = true }, readiness.Leave, readiness.Green, readiness.InPlace, ""},
		"not prepared":               {func(f *readiness.Facts) { f.Prepared = false }, readiness.Prepared, readiness.Red, readiness.NotPrepared, testimony.Advocate},
		"something against the plan": {func(f *readiness.Facts) { f.Against = true }, readiness.Planned, readiness.Red, readiness.Against, testimony.Clerk},
		"a report":                   {func(*readiness.Facts) {}, readiness.Point, readiness.Green, readiness.InPlace, ""},
		"no report":                  {func(f *readiness.Facts) { f.Visits = nil }, readiness.Point, readiness.Red, readiness.NoReport, "coordinator"},
		"a report of another point":  {func(f *readiness.Facts) { f.Visits[0].Point = "other" }, readiness.Point, readiness.Red, readiness.NoReport, "coordinator"},
		"a report of last month":     {func(f *readiness.Facts) { f.Visits[0].At = before(30 * 24 * time.Hour) }, readiness.Point, readiness.Red, readiness.OldReport, "coordinator"},
		"a report from afterwards":   {func(f *readiness.Facts) { f.Visits[0].At = start.Add(time.Minute) }, readiness.Point, readiness.Red, readiness.NoReport, "coordinator"},
		"no private room":            {func(f *readiness.Facts) { f.Visits[0].Good = readiness.Checklist[1:] }, readiness.Point, readiness.Red, readiness.BadReport, "coordinator"},
		"tested at another hour":     {func(f *readiness.Facts) { f.Visits[0].At = before(54 * time.Hour) }, readiness.Point, readiness.Amber, readiness.OtherHour, "coordinator"},
		"a newer report that is bad": {func(f *readiness.Facts) {
			f.Visits = append(f.Visits, readiness.Visit{Point: "point", At: before(24 * time.Hour), Who: "coordinator"})
		}, readiness.Point, readiness.Red, readiness.BadReport, "coordinator"},
		"no coordinator": {func(f *readiness.Facts) { f.Visits, f.Resources = nil, f.Resources[:1] }, readiness.Point, readiness.Red, readiness.NoReport, testimony.Clerk},
	} {
		f := ready()
		c.change(&f)
		l := lineOf(t, f, before(20*time.Hour), c.item)
		if l.Light != c.light || l.Reason != c.reason || l.Actor != c.actor {
			t.Errorf("%s: %s, %s, %q", name, l.Light, l.Reason, l.Actor)
		}
	}
}

func drawFacts(t *rapid.T) readiness.Facts {
	f := ready()
	f.Ordered, f.Doubt, f.Abroad, f.Lacking, f.Decided = rapid.Bool().Draw(t, "ordered"), rapid.Bool().Draw(t, "doubt"), rapid.Bool().Draw(t, "abroad"), rapid.Bool().Draw(t, "lacking"), rapid.Bool().Draw(t, "decided")
	f.Asks, f.Prepared, f.Against = rapid.Bool().Draw(t, "asks"), rapid.Bool().Draw(t, "prepared"), rapid.Bool().Draw(t, "against")
	f.Measures = rapid.SliceOfDistinct(rapid.SampledFrom([]order.MeasureKind{order.FaceAlteration, order.PrivateSession, order.LiveLink, order.SupportPerson, "of_tomorrow"}), func(k order.MeasureKind) order.MeasureKind { return k }).Draw(t, "measures")
	items := []readiness.Item{readiness.Technique, readiness.Voices, readiness.Conditions, face, readiness.OfMeasure("of_tomorrow")}
	for range rapid.IntRange(0, 12).Draw(t, "checks") {
		at := before(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "minutes")) * time.Minute)
		f.Checks = append(f.Checks, check(rapid.SampledFrom(items).Draw(t, "item"), rapid.SampledFrom(readiness.Stages).Draw(t, "stage"), at, rapid.Bool().Draw(t, "good")))
	}
	f.Visits = nil
	for range rapid.IntRange(0, 3).Draw(t, "visits") {
		f.Visits = append(f.Visits, readiness.Visit{Point: "point", At: before(time.Duration(rapid.IntRange(-5, 500).Draw(t, "hours")) * time.Hour), Who: "clerk",
			Good: rapid.SampledFrom([][]readiness.Question{readiness.Checklist, readiness.Checklist[2:]}).Draw(t, "found")})
	}
	return f
}

// TestLawsOfTheBoard draws hearings and holds the board to what has to be true of any.
func TestLawsOfTheBoard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		early := before(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "now")) * time.Minute)
		board := readiness.Board(f, early)
		worst := readiness.Green
		for _, l := range board {
			worst = readiness.Worse(worst, l.Light)
			if (l.Light == readiness.Green) != (l.Actor == "") {
				t.Fatalf("%s is %s and %q has to act", l.Item, l.Light, l.Actor)
			}
			if (l.Light == readiness.Green) != (l.Reason == readiness.InPlace) {
				t.Fatalf("%s is %s because of %s", l.Item, l.Light, l.Reason)
			}
		}
		if readiness.Overall(board) != worst {
			t.Fatal("the board is better than its worst line")
		}
		for _, k := range f.Measures {
			if !slices.ContainsFunc(board, func(l readiness.Line) bool { return l.Item == readiness.OfMeasure(k) }) {
				t.Fatalf("nobody answers for %s", k)
			}
		}
		// Time alone makes nothing ready.
		later := early.Add(time.Duration(rapid.IntRange(0, 60*60).Draw(t, "later")) * time.Minute)
		if later.After(start) {
			later = start
		}
		for i, l := range readiness.Board(f, later) {
			if readiness.Worse(l.Light, board[i].Light) != l.Light {
				t.Fatalf("%s went from %s to %s by itself", l.Item, board[i].Light, l.Light)
			}
		}
		// The order of the facts changes nothing.
		g := f
		g.Checks, g.Visits, g.Measures, g.Resources = slices.Clone(f.Checks), slices.Clone(f.Visits), slices.Clone(f.Measures), slices.Clone(f.Resources)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(g.Checks), func(i, j int) { g.Checks[i], g.Checks[j] = g.Checks[j], g.Checks[i] })
		r.Shuffle(len(g.Visits), func(i, j int) { g.Visits[i], g.Visits[j] = g.Visits[j], g.Visits[i] })
		r.Shuffle(len(g.Measures), func(i, j int) { g.Measures[i], g.Measures[j] = g.Measures[j], g.Measures[i] })
		slices.Reverse(g.Resources)
		if again := readiness.Board(g, early); !reflect.DeepEqual(again, board) {
			t.Fatalf("shuffled: %+v, was %+v", again, board)
		}
		// What was checked for another hour or another hearing says nothing; what is found bad makes nothing better.
		g = f
		other := check(face, readiness.Day, before(20*time.Hour), true)
		other.Start = start.Add(time.Hour)
		elsewhere := check(face, readiness.Half, before(20*time.Minute), true)
		elsewhere.Hearing = "other"
		g.Checks = append(slices.Clone(f.Checks), other, elsewhere)
		if again := readiness.Board(g, early); !reflect.DeepEqual(again, board) {
			t.Fatal("a check of another hour counts")
		}
		g.Checks = append(slices.Clone(f.Checks), check(face, readiness.Half, before(time.Duration(rapid.IntRange(0, 119).Draw(t, "bad"))*time.Minute), false))
		for i, l := range readiness.Board(g, early) {
			if readiness.Worse(l.Light, board[i].Light) != l.Light {
				t.Fatalf("found bad, %s went from %s to %s", l.Item, board[i].Light, l.Light)
			}
		}
	})
}

func TestWhatIsNotEntered(t *testing.T) {
	t.Parallel()
	now := before(20 * time.Hour)
	board := readiness.Board(ready(), now)
	good := check(face, readiness.Day, now, true)
	if err := good.Check(hearing(), board, now); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*readiness.Check){
		"a stage that is none":          func(c *readiness.Check) { c.Stage = "tomorrow" },
		"what is not ordered":           func(c *readiness.Check) { c.Item = readiness.OfMeasure(order.FullAnonymity) },
		"what nobody checks":            func(c *readiness.Check) { c.Item = readiness.OrderStands },
		"by nobody":                     func(c *readiness.Check) { c.Who = " " },
		"the last check a day before":   func(c *readiness.Check) { c.Stage = readiness.Half },
		"of another hour":               func(c *readiness.Check) { c.Start = c.Start.Add(time.Hour) },
		"the check of the day too soon": func(c *readiness.Check) { c.At = before(37 * time.Hour) },
	} {
		c := good
		change(&c)
		if err := c.Check(hearing(), board, now); !errors.Is(err, readiness.ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, v := range map[string]readiness.Visit{
		"of the future":         {Point: "point", At: now.Add(time.Minute), Who: "clerk"},
		"by nobody":             {Point: "point", At: now},
		"a question of its own": {Point: "point", At: now, Who: "clerk", Good: []readiness.Question{"coffee"}},
	} {
		if err := v.Check(now); !errors.Is(err, readiness.ErrEntry) {
			t.Errorf("a visit %s: %v", name, err)
		}
	}
}
