// Package readiness says whether the protections of a hearing are in place: each of them with who set it up and whether it was checked a day and half an hour
// before, and for what is not in place, who has to act.
//
// It is pure. What it takes stands in [Facts]; [Board] makes the lines. A check is of one hearing at one hour: what was checked for another day is not checked. Nothing becomes
// ready by time passing, and a protection that nobody knows how to check is one that somebody has to answer for.
package readiness

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// Item names what has to be in place: a measure of an order as "measure/face_alteration", or one of the words below.
type Item string

// The items besides the measures.
const (
	OrderStands Item = "order"       // an order is in force and beyond doubt at that hour
	Leave       Item = "permission"  // of every State on whose territory the witness is
	Conditions  Item = "conditions"  // that those States make
	Point       Item = "point"       // the remote point, by the coordinator's report
	Prepared    Item = "preparation" // the familiarisation of the witness
	Planned     Item = "plan"        // nothing stands against the plan that nobody has accepted
	Technique   Item = "technique"   // pictures, sound and recording in the courtroom
	Voices      Item = "interpreter" // the interpreter's language and dialect, heard by the witness
)

const measurePrefix = "measure/"

// OfMeasure is the item of a measure.
func OfMeasure(k order.MeasureKind) Item { return Item(measurePrefix + string(k)) }

// Measure is the measure of an item; ok is false for one that is none.
func (i Item) Measure() (k order.MeasureKind, ok bool) {
	rest, ok := strings.CutPrefix(string(i), measurePrefix)
	return order.MeasureKind(rest), ok
}

// Stage is what was done about an item.
type Stage string

// The stages.
const (
	SetUp Stage = "set_up"
	Day   Stage = "day"  // the check one day before
	Half  Stage = "half" // the check half an hour before
)

// Stages lists them in their order.
var Stages = []Stage{SetUp, Day, Half}

// When the two checks are due before the beginning, and how long before it they can be made: an earlier one says nothing of that day.
const (
	DayBefore     = 24 * time.Hour
	HalfBefore    = 30 * time.Minute
	earliestDay   = 36 * time.Hour
	earliestHalf  = 2 * time.Hour
	visitsBefore  = 14 * 24 * time.Hour
	sameHour      = time.Hour
	soonestSetUps = 90 * 24 * time.Hour
)

// Check is one thing that somebody says of an item: that it is set up, or how it was found. It is added to, never changed.
type Check struct {
	Hearing testimony.HearingID `json:"hearing"`
	Start   time.Time           `json:"start"` // of the hearing as it was planned then
	Item    Item                `json:"item"`
	Stage   Stage               `json:"stage"`
	Good    bool                `json:"good"`           // of a check: it was found in place
	Who     string              `json:"who"`            // set it up or looked: an office, or the id of a resource
	Note    string              `json:"note,omitempty"` // never a name
	By      string              `json:"by"`             // user id, who entered it
	At      time.Time           `json:"at"`
}

// Counts reports whether a check says anything of a hearing at an hour: it is of that hearing and hour, and was made in its time.
func (c Check) Counts(h testimony.Hearing) bool {
	if c.Hearing != h.ID || !c.Start.Equal(h.Start) {
		return false
	}
	before := h.Start.Sub(c.At)
	switch c.Stage {
	case SetUp:
		return before <= soonestSetUps
	case Day:
		return before <= earliestDay
	case Half:
		return before <= earliestHalf
	}
	return false
}

// Light is how a line stands; a word always stands beside the colour.
type Light string

// The lights, the worst last.
const (
	Green Light = "green" // in place
	Amber Light = "amber" // still to be done, in time
	Red   Light = "red"   // not in place: somebody has to act now
)

var lights = []Light{Green, Amber, Red}

// Worse is the worse of two lights.
func Worse(a, b Light) Light { return lights[max(slices.Index(lights, a), slices.Index(lights, b))] }

// Reason says why a line stands as it does.
type Reason string

// The reasons.
const (
	InPlace     Reason = "in_place"
	NotSetUp    Reason = "not_set_up"
	FoundBad    Reason = "found_bad"  // a check found it not in place
	DayOpen     Reason = "day_open"   // the check a day before is still to be made
	DayMissed   Reason = "day_missed" // and its time has come
	HalfMissed  Reason = "half_missed"
	NoOrder     Reason = "no_order"
	InDoubt     Reason = "in_doubt"   // an order has passed its end, is contested or interim: the stricter setting stands
	NoLeave     Reason = "no_leave"   // a State's permission is lacking
	Decided     Reason = "decided"    // it is lacking, and a judge has decided to hear the witness
	NoReport    Reason = "no_report"  // nobody has reported on the remote point
	OldReport   Reason = "old_report" // the last report is of a visit too long ago, or after the hour
	BadReport   Reason = "bad_report" // it found something not in place
	OtherHour   Reason = "other_hour" // the line was not tested at the hour of the hearing
	NotPrepared Reason = "not_prepared"
	Against     Reason = "against"    // something stands against the plan
	NotTested   Reason = "not_tested" // nobody at the witness's side has made the test from the join page
	BadTest     Reason = "bad_test"   // the last one found something not in order
	OldTest     Reason = "old_test"   // it was made more than two hours before, and the beginning is near
)

// Reasons lists them.
var Reasons = []Reason{InPlace, NotSetUp, FoundBad, DayOpen, DayMissed, HalfMissed, NoOrder, InDoubt, NoLeave, Decided, NoReport, OldReport, BadReport, OtherHour, NotPrepared, Against, NotTested, BadTest, OldTest}

// Line is one item of the board.
type Line struct {
	Item     Item
	Light    Light
	Reason   Reason
	Set      *Check // who set it up; nil: nobody
	Day      *Check // the last check a day before that counts
	Half     *Check
	LineTest *LineTest // the last test from the join page that counts
	// Actor has to act where the line is not green: an office, or the id of a resource that the hearing takes.
	Actor string
}

// Facts are what is known of a hearing.
type Facts struct {
	Hearing   testimony.Hearing
	Measures  []order.MeasureKind // of the orders that apply
	Ordered   bool                // an order applies at that hour
	Doubt     bool                // one of them is contested, interim or past its end
	Resources []schedule.Resource // that the hearing takes
	Abroad    bool                // the witness is on another State's territory, or may be
	Lacking   bool                // a permission is
	Decided   bool                // by a judge, to hear the witness all the same
	Asks      bool                // a permission makes conditions
	Visits    []Visit             // of all remote points
	Prepared  bool                // or nothing is known of a preparation to be made
	Against   bool                // something stands against the plan that nobody has accepted
	Checks    []Check
	LineTests []LineTest
}

// Board says how each protection of a hearing stands at a moment, in an order that does not depend on the order of the facts.
func Board(f Facts, now time.Time) []Line {
	lines := []Line{f.fact(OrderStands, testimony.Judge, f.order)}
	if f.Abroad {
		lines = append(lines, f.fact(Leave, f.leaveActor(), f.leave))
	}
	lines = append(lines, f.fact(Planned, testimony.Clerk, func() (Light, Reason) {
		if f.Against {
			return Red, Against
		}
		return Green, InPlace
	}))
	for _, r := range f.Resources {
		if r.Kind == schedule.RemotePoint {
			l := f.fact(Point, f.actor(schedule.Coordinator, testimony.Clerk), func() (Light, Reason) { return f.report(r.ID) })
			if l.Reason == NoReport && f.Hearing.Start.Sub(now) > visitsBefore {
				l.Light = Amber // there is time for a visit
			}
			lines = append(lines, l)
		}
	}
	if f.remote() {
		l := f.tried(now)
		if l.Light != Green {
			l.Actor = f.actor(schedule.Coordinator, testimony.Clerk)
		}
		lines = append(lines, l)
	}
	lines = append(lines, f.fact(Prepared, testimony.Advocate, func() (Light, Reason) {
		switch {
		case f.Prepared:
			return Green, InPlace
		case f.Hearing.Start.Sub(now) > DayBefore:
			return Amber, NotPrepared
		}
		return Red, NotPrepared
	}))
	items := []Item{}
	if f.Asks {
		items = append(items, Conditions)
	}
	for _, e := range order.Catalogue {
		if slices.Contains(f.Measures, e.Kind) {
			items = append(items, OfMeasure(e.Kind))
		}
	}
	var unknown []Item
	for _, k := range f.Measures { // of a newer version: it has to be answered for all the same
		if _, known := order.Find(k); !known && !slices.Contains(unknown, OfMeasure(k)) {
			unknown = append(unknown, OfMeasure(k))
		}
	}
	slices.Sort(unknown)
	items = append(items, unknown...)
	items = append(items, Technique)
	if slices.ContainsFunc(f.Hearing.Participants, func(p testimony.Participant) bool { return p.Role == testimony.RoleInterpreter }) {
		items = append(items, Voices)
	}
	for _, i := range items {
		lines = append(lines, f.checked(i, now))
	}
	return lines
}

// remote reports whether somebody testifies over a line: by order, from a remote point, or because it was tried.
func (f Facts) remote() bool {
	return slices.Contains(f.Measures, order.LiveLink) || len(f.LineTests) > 0 || slices.ContainsFunc(f.Resources, func(r schedule.Resource) bool { return r.Kind == schedule.RemotePoint })
}

// Overall is the worst light of a board.
func Overall(lines []Line) Light {
	worst := Green
	for _, l := range lines {
		worst = Worse(worst, l.Light)
	}
	return worst
}

// fact is a line that nobody has to check by hand.
func (f Facts) fact(i Item, actor string, stands func() (Light, Reason)) Line {
	light, why := stands()
	l := Line{Item: i, Light: light, Reason: why}
	if light != Green {
		l.Actor = actor
	}
	return l
}

func (f Facts) order() (Light, Reason) {
	switch {
	case !f.Ordered:
		return Red, NoOrder
	case f.Doubt:
		return Amber, InDoubt
	}
	return Green, InPlace
}

func (f Facts) leave() (Light, Reason) {
	switch {
	case f.Lacking && !f.Decided:
		return Red, NoLeave
	case f.Lacking:
		return Amber, Decided
	}
	return Green, InPlace
}

// leaveActor is who gets a permission: the registry. What a judge has decided stays the judge's.
func (f Facts) leaveActor() string {
	if f.Decided {
		return testimony.Judge
	}
	return testimony.Registrar
}

// checked is a line that somebody sets up and somebody checks twice.
func (f Facts) checked(i Item, now time.Time) Line {
	l := Line{Item: i, Set: f.last(i, SetUp), Day: f.last(i, Day), Half: f.last(i, Half)}
	left := f.Hearing.Start.Sub(now)
	// What is found bad half an hour before is not made good by the check of the day; that one is made good by whoever looks later.
	bad := l.Half != nil && !l.Half.Good || l.Day != nil && !l.Day.Good && (l.Half == nil || l.Day.At.After(l.Half.At))
	switch {
	case bad:
		l.Light, l.Reason = Red, FoundBad
	case l.Set == nil && left > DayBefore:
		l.Light, l.Reason = Amber, NotSetUp
	case l.Set == nil:
		l.Light, l.Reason = Red, NotSetUp
	case left <= HalfBefore && l.Half == nil:
		l.Light, l.Reason = Red, HalfMissed
	case l.Half != nil: // who has looked half an hour before has seen more than the day before
		l.Light, l.Reason = Green, InPlace
	case l.Day == nil && left > DayBefore:
		l.Light, l.Reason = Amber, DayOpen
	case l.Day == nil:
		l.Light, l.Reason = Red, DayMissed
	default:
		l.Light, l.Reason = Green, InPlace
	}
	if l.Light != Green {
		l.Actor = f.actorOf(i)
		if l.Set != nil && l.Reason == FoundBad {
			l.Actor = l.Set.Who // whoever set it up sets it right
		}
	}
	return l
}

// last is the newest entry of a stage that counts.
func (f Facts) last(i Item, s Stage) *Check {
	var found *Check
	for _, c := range f.Checks {
		if c.Item == i && c.Stage == s && c.Counts(f.Hearing) && (found == nil || cmp.Or(c.At.Compare(found.At), cmp.Compare(found.By, c.By), boolCompare(found.Good, c.Good)) > 0) {
			found = &c
		}
	}
	return found
}

// boolCompare puts what was found bad last, so that it counts of two at one moment.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// actor is the resource of a kind that the hearing takes, or an office where it takes none.
func (f Facts) actor(k schedule.Kind, office string) string {
	found := ""
	for _, r := range f.Resources {
		if r.Kind == k && (found == "" || string(r.ID) < found) {
			found = string(r.ID)
		}
	}
	return cmp.Or(found, office)
}

// actorOf is who has to see to an item.
func (f Facts) actorOf(i Item) string {
	k, measure := i.Measure()
	switch {
	case i == Conditions, measure && k == order.LiveLink:
		return f.actor(schedule.Coordinator, testimony.Clerk)
	case i == Voices:
		return f.actor(schedule.Interpreter, testimony.Clerk)
	case !measure:
		return testimony.Clerk
	}
	switch k {
	case order.InterpreterOnly:
		return f.actor(schedule.Interpreter, testimony.Clerk)
	case order.IntermediaryHelp:
		return f.actor(schedule.Intermediary, testimony.Clerk)
	case order.SupportPerson:
		return f.actor(schedule.Support, testimony.Advocate)
	case order.PhysicalProtection:
		return testimony.Advocate
	case order.PrivateSession, order.ClosedSession, order.Questioning, order.Expunge:
		return testimony.Judge
	case order.SealedExhibit, order.PreRecorded, order.AddressSubstitution, order.NonPunishment:
		return testimony.Registrar
	}
	return testimony.Clerk
}
