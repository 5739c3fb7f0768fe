package docket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// filed files an application for a silhouette and the interpreter's voice.
func filed(t *testing.T, d *docket.Desk, c protection.CaseID, p protection.PartyID) order.Order {
	t.Helper()
	return must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p, Reference: "2026/950", From: noon.Add(-time.Hour), Applicant: order.ByWitness, Reasons: "He threatened her sister.",
		Measures: []order.Measure{{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}}}))(t)
}

// step takes a step, as whoever sits at the desk.
func step(t *testing.T, d *docket.Desk, o order.Order, s order.Step) order.Order {
	t.Helper()
	return must(d.StepOrder(t.Context(), o.ID, &o, docket.Ground(s)))(t)
}

// A judge's decisions are signed, the registry's steps are not, and all of them are kept with who took them.
func TestOrderKeepsItsVersionsSigned(t *testing.T) {
	t.Parallel()
	judge := training(t)
	c, p := aParty(t, judge)
	d := as(t, judge, testimony.Clerk)
	o := step(t, d, filed(t, d, c, p.ID), order.Serve)
	d = as(t, d, testimony.Advocate)
	o = step(t, d, o, order.Oppose)
	d = as(t, d, testimony.Judge)
	part := docket.Ground(order.GrantInPart)
	part.Strike = []order.MeasureKind{order.FaceAlteration}
	o = must(d.StepOrder(t.Context(), o.ID, &o, part))(t)
	d = as(t, d, testimony.Registrar)
	o = must(d.Order(t.Context(), step(t, d, o, order.Contest).ID))(t)
	if o.Signing != order.Signed || o.State != order.Contested || len(o.Measures) != 1 {
		t.Errorf("the order is %s, %q, with %v", o.State, o.Signing, o.Measures)
	}
	var offices, signed []string
	for _, v := range o.History {
		offices = append(offices, v.Office)
		if len(v.Signature) > 0 {
			signed = append(signed, string(v.Step))
		}
	}
	if got := strings.Join(offices, " "); got != "clerk clerk advocate judge registrar" || strings.Join(signed, " ") != "grant_in_part" {
		t.Errorf("taken by %s, signed: %s", got, signed)
	}
	if len(o.History[2].Terms.Measures) != 2 || len(o.History[3].Terms.Measures) != 1 {
		t.Error("what was asked for is not told from what was granted")
	}
}

// Who can write the docket can write any record of it. What they make of a signed order is in doubt: all that it ever ordered stands, it is on the list of
// the day, no step is taken on it, and a new order that a judge signs ends the doubt.
func TestForgedOrder(t *testing.T) {
	t.Parallel()
	for name, forge := range map[string]func(*order.Order){
		"rescinded":           func(o *order.Order) { o.State = order.Rescinded },
		"with a measure less": func(o *order.Order) { o.Measures = o.Measures[1:] },
		"with a version of the clerk's own": func(o *order.Order) {
			o.State = order.Rescinded
			o.History = append(o.History, order.Version{Step: order.Rescind, By: o.History[1].By, Office: "judge", At: noon, Was: order.InForce, Is: order.Rescinded, Terms: o.Terms()})
		},
		"with a signature altered": func(o *order.Order) { o.History[1].Signature[0] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := training(t)
			c, p := aParty(t, d)
			o := step(t, d, filed(t, d, c, p.ID), order.Grant)
			see := func() protection.Access {
				return must(d.Matrix(t.Context(), c, p.ID, protection.PublicMode, noon))(t).Access(protection.Gallery)
			}
			before := see()
			d = as(t, d, testimony.Clerk)
			if err := docket.Forge(t.Context(), d, o.ID, forge); err != nil {
				t.Fatal(err)
			}
			d = as(t, d, testimony.Judge)
			if got := see(); got != before || before.Picture != protection.Silhouette {
				t.Errorf("the gallery had %+v and has %+v", before, got)
			}
			if !slices.ContainsFunc(must(d.Today(t.Context(), noon))(t), func(i docket.Item) bool { return i.Kind == docket.OrderForged && i.Order == o.ID }) {
				t.Error("it is not on the list of the day")
			}
			for _, s := range order.Steps {
				if _, err := d.StepOrder(t.Context(), o.ID, nil, docket.Ground(s)); !errors.Is(err, docket.ErrForgedOrder) {
					t.Errorf("%s: %v", s, err)
				}
			}
			anew := must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/951", From: noon.Add(-time.Hour), Change: "The record was changed.",
				Replaces: []protection.OrderID{o.ID}, Measures: []order.Measure{{Kind: order.InterpreterOnly}}}))(t)
			step(t, d, anew, order.Grant)
			if got := see(); got.Picture != protection.ClearPicture || got.Voice != protection.InterpreterOnly {
				t.Errorf("under the new order the gallery has %+v", got)
			}
		})
	}
}

// What a variation changes is told for each audience and mode, and it is what comes: the other cells stay.
func TestVariationOfOneCellChangesThatCellOnly(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := step(t, d, filed(t, d, c, p.ID), order.Grant)
	vary := docket.Ground(order.Augment)
	terms := o.Terms()
	terms.Measures[0].Audiences = []protection.Audience{protection.Accused}
	vary.Terms = &terms
	before := must(d.Matrix(t.Context(), c, p.ID, protection.PublicMode, noon))(t)
	changes := must(d.CompareOrder(t.Context(), o.ID, vary, policy.Language("en")))(t)
	for _, ch := range changes {
		if ch.Audience != protection.Accused || ch.Lifts || ch.Before == ch.After {
			t.Errorf("foreseen: %+v", ch)
		}
	}
	if len(changes) != 3 {
		t.Errorf("%d changes, want one for each mode", len(changes))
	}
	if again := must(d.Matrix(t.Context(), c, p.ID, protection.PublicMode, noon))(t); cmp.Diff(before.Cells, again.Cells) != "" {
		t.Error("to foresee changed something")
	}
	must(d.StepOrder(t.Context(), o.ID, &o, vary))(t)
	after := must(d.Matrix(t.Context(), c, p.ID, protection.PublicMode, noon))(t)
	for _, cell := range after.Cells {
		if was := before.Access(cell.Audience); (was != cell.Access) != (cell.Audience == protection.Accused) {
			t.Errorf("%s had %+v and has %+v", cell.Audience, was, cell.Access)
		}
	}
	lift := docket.Ground(order.Rescind)
	for _, ch := range must(d.CompareOrder(t.Context(), o.ID, lift, policy.Language("fr")))(t) {
		if !ch.Lifts {
			t.Errorf("a rescission that does not lift: %+v", ch)
		}
	}
}

// Nothing of a refused step is kept: not in the order, not in the log.
func TestRefusedStepKeepsNothing(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := filed(t, d, c, p.ID)
	_, head, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]order.Act{
		"without reasons": {Step: order.Grant, ExParte: "Urgent.", Consent: order.Consent{Will: order.Consents}},
		"unheard":         {Step: order.Grant, Reasons: "Danger.", Consent: order.Consent{Will: order.Consents}},
		"a megabyte":      {Step: order.Grant, ExParte: "Urgent.", Reasons: strings.Repeat("x", 1<<20), Consent: order.Consent{Will: order.Consents}},
	} {
		var breach *order.RuleError
		if _, err := d.StepOrder(t.Context(), o.ID, nil, a); !errors.As(err, &breach) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept := must(d.Order(t.Context(), o.ID))(t); cmp.Diff(kept, o) != "" {
		t.Errorf("something was kept: %s", cmp.Diff(o, kept))
	}
	if _, after, _ := d.Status(t.Context()); after.Size != head.Size {
		t.Errorf("the log has %d entries and had %d", after.Size, head.Size)
	}
}

func TestServiceIsTheRegistrys(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := filed(t, d, c, p.ID)
	d = as(t, d, testimony.Advocate)
	if _, err := d.StepOrder(t.Context(), o.ID, nil, docket.Ground(order.Serve)); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate served an application: %v", err)
	}
	if got := d.MayStep(o); !slices.Equal(got, []order.Step{order.Oppose}) {
		t.Errorf("an advocate may %v", got)
	}
}

func TestApplicationForNoOneKnown(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	_, err := d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/952", Measures: []order.Measure{{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.OtherWitness("nobody")}}}})
	var breach *order.RuleError
	if !errors.As(err, &breach) || breach.Rule != order.RuleKnownAudience {
		t.Errorf("toward a witness whom nobody knows: %v", err)
	}
}

// The list of the day says when an application waits for the other side no longer, and when an order is about to end.
func TestTimesOfOrdersOnTheListOfTheDay(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	kind := func(o order.Order, at time.Time) docket.ItemKind {
		for _, i := range must(d.Today(t.Context(), at))(t) {
			if i.Order == o.ID {
				return i.Kind
			}
		}
		return ""
	}
	o := step(t, d, filed(t, d, c, p.ID), order.Serve)
	respond := o.Service.RespondBy
	ends := step(t, d, must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/953", From: noon.Add(-time.Hour), Until: noon.Add(20 * 24 * time.Hour),
		Measures: []order.Measure{{Kind: order.LiveLink}}}))(t), order.Grant)
	for _, x := range []struct {
		o    order.Order
		at   time.Time
		want docket.ItemKind
	}{
		{o, respond.Add(-time.Second), docket.OrderUndecided}, {o, respond, docket.OrderAnswerOver},
		{ends, noon, ""}, {ends, ends.Until.Add(-docket.EndsSoon), ""}, {ends, ends.Until.Add(time.Second - docket.EndsSoon), docket.OrderEndsSoon}, {ends, ends.Until, docket.OrderExpired},
	} {
		if got := kind(x.o, x.at); got != x.want {
			t.Errorf("%s at %s: %q, want %q", x.o.Reference, x.at, got, x.want)
		}
	}
}

// A judge signs over what they had before them: a variation at another desk leaves the state as it was, and is noticed all the same.
func TestVariationMeanwhileIsNotSignedOver(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	seen := step(t, d, filed(t, d, c, p.ID), order.Grant)
	vary := docket.Ground(order.Augment)
	terms := seen.Terms()
	terms.Measures[0].Audiences = []protection.Audience{protection.Accused}
	vary.Terms = &terms
	theirs := must(d.StepOrder(t.Context(), seen.ID, &seen, vary))(t)
	if theirs.State != seen.State {
		t.Fatalf("the variation brings the order from %s to %s", seen.State, theirs.State)
	}
	var changed *docket.ChangedError
	if _, err := d.StepOrder(t.Context(), seen.ID, &seen, docket.Ground(order.Rescind)); !errors.As(err, &changed) {
		t.Errorf("a rescission of what was varied meanwhile: %v", err)
	}
	must(d.StepOrder(t.Context(), seen.ID, &theirs, docket.Ground(order.Rescind)))(t)
}

// What is varied outside the matrix is told as well.
func TestVariationOutsideTheMatrixIsTold(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/960", From: noon.Add(-time.Hour), Measures: []order.Measure{
		{Kind: order.Questioning, Parameters: order.Parameters{Topics: []string{"Religion", "Health"}}}}}))(t)
	o = step(t, d, o, order.Grant)
	vary := docket.Ground(order.Vary)
	terms := o.Terms()
	terms.Measures = []order.Measure{{Kind: order.Questioning, Parameters: order.Parameters{Topics: []string{"Health"}}}}
	vary.Terms = &terms
	changes := must(d.CompareOrder(t.Context(), o.ID, vary, policy.English))(t)
	want := []policy.Change{{Measure: order.Questioning, Before: "These topics are barred: Religion; Health.", After: "These topics are barred: Health.", Lifts: true}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	vary.Step = order.Augment
	var breach *order.RuleError
	if _, err := d.StepOrder(t.Context(), o.ID, &o, vary); !errors.As(err, &breach) || breach.Rule != order.RuleAugments {
		t.Errorf("an augmentation that takes a topic out: %v", err)
	}
}
