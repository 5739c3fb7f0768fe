package docket_test

import (
	"slices"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// granted files and grants an order of the training witness.
func (b *bureau) granted(reference string, list ...order.Measure) order.Order {
	b.t.Helper()
	c, party := b.witness()
	o, err := b.desk.FileOrder(b.t.Context(), order.Order{Case: c, Party: party, Reference: reference, Applicant: order.ByWitness, From: b.now, Measures: list, Change: "A new threat."})
	if err == nil {
		o, err = b.as(testimony.Judge).StepOrder(b.t.Context(), o.ID, nil, order.Act{Step: order.Grant, Reasons: "Danger.", ExParte: "Urgent.", Consent: order.Consent{Will: order.Consents}})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

func (b *bureau) needs(kind docket.ItemKind) int {
	b.t.Helper()
	n := 0
	for _, i := range must(b.desk.Today(b.t.Context(), b.now))(b.t) {
		if i.Kind == kind {
			n++
		}
	}
	return n
}

// A non-punishment note stands on the day's list of the registry until the prosecutor was told; the signature of its order holds, and the note is in the log.
func TestANoteOfNonPunishmentIsAlertedOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Judge)
	o := b.granted("2026/50", order.Measure{Kind: order.NonPunishment})
	if b.needs(docket.NonPunishment) != 1 {
		t.Error("the judge is not told of the note")
	}
	b.as(testimony.Advocate)
	if _, err := b.desk.AlertProsecutor(t.Context(), o.ID, b.now, "by letter"); err == nil || b.needs(docket.NonPunishment) != 0 {
		t.Errorf("an advocate alerts the prosecutor: %v", err)
	}
	b.as(testimony.Clerk)
	for why, err := range map[string]error{
		"no way":         alerted(b, o, b.now, " "),
		"tomorrow":       alerted(b, o, b.now.AddDate(0, 0, 1), "by letter"),
		"last year":      alerted(b, o, b.now.AddDate(-1, 0, 0), "by letter"),
		"no day":         alerted(b, o, time.Time{}, "by letter"),
		"another number": func() error { _, err := b.desk.AlertProsecutor(t.Context(), "none", b.now, "by letter"); return err }(),
	} {
		if err == nil {
			t.Errorf("%s is taken", why)
		}
	}
	if err := alerted(b, o, b.now, "by letter"); err != nil {
		t.Fatal(err)
	}
	if err := alerted(b, o, b.now, "again"); !isRule(err, order.RuleAlertNote) {
		t.Errorf("told twice: %v", err)
	}
	now := must(b.desk.Order(t.Context(), o.ID))(t)
	if now.Signing != order.Signed || now.Alerted.How != "by letter" || b.needs(docket.NonPunishment) != 0 {
		t.Errorf("afterwards: %+v", now)
	}
	b.audited("order.prosecutor_alerted")
}

func alerted(b *bureau, o order.Order, at time.Time, how string) error {
	_, err := b.desk.AlertProsecutor(b.t.Context(), o.ID, at, how)
	return err
}

// Orders that contradict each other stand on the day's list and are named; what is weighed while a form is filled in is what is weighed once it stands.
func TestContradictoryOrdersStandOnTheList(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.as(testimony.Judge)
	delay := func(d time.Duration) order.Measure {
		return order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: 3, Delay: order.Delay(d)}}
	}
	first := b.granted("2026/60", delay(time.Minute), order.Measure{Kind: order.ScreenWitness})
	if b.needs(docket.OrdersContradict) != 0 {
		t.Error("one order contradicts itself")
	}
	c, party := b.witness()
	weigh := must(b.desk.Weighing(t.Context()))(t)
	draft := order.Order{Case: c, Party: party, Reference: "2026/61", From: b.now, Measures: []order.Measure{delay(time.Hour)}}
	foreseen := weigh(draft)
	second := b.granted("2026/61", delay(time.Hour))
	w := must(b.desk.Weigh(t.Context(), c, party))(t)
	if len(w.Contradictions) != 1 || w.Contradictions[0].Stands != second.ID || w.Contradictions[0].Other != first.ID || b.needs(docket.OrdersContradict) != 1 {
		t.Errorf("the contradictions are %+v", w.Contradictions)
	}
	if len(foreseen.Contradictions) != 1 || foreseen.Refused != nil || foreseen.Warns != w.Warns || !slices.EqualFunc(foreseen.Points, w.Points, func(a, b policy.FairPoint) bool { return a.Kept == b.Kept && a.Of == b.Of }) {
		t.Errorf("foreseen %+v, and then %+v", foreseen, w)
	}
	draft.Measures = []order.Measure{{Kind: order.FullAnonymity}}
	if err := weigh(draft).Refused; !isRule(err, order.RuleConditions) && err == nil {
		t.Errorf("anonymity without its conditions: %v", err)
	}
	lifted := must(b.desk.WeighStep(t.Context(), first.ID, order.Act{Step: order.Rescind, Reasons: "No danger.", Change: "The threat is over.", Consent: order.Consent{Will: order.Consents}}))(t)
	if !slices.ContainsFunc(lifted.Contradictions, func(x order.Contradiction) bool {
		return x.In == order.AgainstLifted && x.Measure == order.ScreenWitness && x.StandsReference == "2026/114"
	}) {
		t.Errorf("once it is rescinded, the training order still has the screen: %+v", lifted.Contradictions)
	}
}
