package order_test

import (
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/order"
)

// Two orders for one party that say different things are named with what stands: what protects more.
func TestContradictoryOrdersAreNamedWithWhatStands(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	made := func(id string, state order.State, days int, kinds ...order.MeasureKind) order.Order {
		o := order.Order{ID: protection.OrderID(id), Case: "c", Party: "p", Reference: "ref " + id, State: state, From: noon.AddDate(0, 0, -30), Decided: noon.AddDate(0, 0, days)}
		for _, k := range kinds {
			o.Measures = append(o.Measures, order.Measure{Kind: k})
		}
		return o
	}
	with := func(o order.Order, change func(*order.Order)) order.Order {
		change(&o)
		return o
	}
	delayed := func(id string, r protection.Release, d time.Duration) order.Order {
		o := made(id, order.InForce, -3, order.DelayedBroadcast)
		o.Measures[0].Release, o.Measures[0].Delay = r, order.Delay(d)
		return o
	}
	grants := made("a", order.InForce, -3, order.ScreenWitness)
	for name, c := range map[string]struct {
		orders []order.Order
		want   []order.Contradiction
	}{
		"one order":        {[]order.Order{grants}, nil},
		"two that agree":   {[]order.Order{grants, made("b", order.InForce, -1, order.ScreenWitness)}, nil},
		"another measure":  {[]order.Order{grants, made("b", order.Refused, -1, order.LiveLink)}, nil},
		"refused later":    {[]order.Order{grants, made("b", order.Refused, -1, order.ScreenWitness)}, []order.Contradiction{{In: order.AgainstRefusal, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
		"refused before":   {[]order.Order{grants, made("b", order.Refused, -9, order.ScreenWitness)}, nil},
		"rescinded later":  {[]order.Order{grants, made("b", order.Rescinded, -1, order.ScreenWitness)}, []order.Contradiction{{In: order.AgainstLifted, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
		"suspended later":  {[]order.Order{grants, made("b", order.Suspended, -1, order.ScreenWitness)}, []order.Contradiction{{In: order.AgainstLifted, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
		"of another party": {[]order.Order{grants, with(made("b", order.Refused, -1, order.ScreenWitness), func(o *order.Order) { o.Party = "q" })}, nil},
		"an interim one that would replace it": {[]order.Order{grants, with(made("b", order.Interim, -1, order.LiveLink), func(o *order.Order) { o.Replaces = []protection.OrderID{"a"} })},
			[]order.Contradiction{{In: order.AgainstDoubt, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
		"a firm one that replaces it": {[]order.Order{grants, with(made("b", order.InForce, -1, order.LiveLink), func(o *order.Order) { o.Replaces = []protection.OrderID{"a"} })}, nil},
		"an unsigned one against a signed one": {[]order.Order{with(grants, func(o *order.Order) { o.Signing = order.Signed }), with(made("b", order.InForce, -1, order.LiveLink), func(o *order.Order) { o.Replaces = []protection.OrderID{"a"} })},
			[]order.Contradiction{{In: order.AgainstDoubt, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
		"two delays":           {[]order.Order{delayed("a", protection.Delayed, time.Minute), delayed("b", protection.Delayed, time.Hour)}, []order.Contradiction{{In: order.AgainstTold, Measure: order.DelayedBroadcast, Stands: "b", Other: "a"}}},
		"a delay and a review": {[]order.Order{delayed("a", protection.Delayed, time.Hour), delayed("b", protection.AfterReview, 0)}, []order.Contradiction{{In: order.AgainstTold, Measure: order.DelayedBroadcast, Stands: "b", Other: "a"}}},
		"private and closed": {[]order.Order{made("a", order.InForce, -3, order.PrivateSession), made("b", order.InForce, -3, order.ClosedSession)},
			[]order.Contradiction{{In: order.AgainstMode, Measure: order.ClosedSession, Stands: "b", Other: "a"}}},
		"carried over and refused here": {[]order.Order{with(grants, func(o *order.Order) { o.Case = "earlier" }), made("b", order.Refused, -1, order.ScreenWitness)},
			[]order.Contradiction{{In: order.AgainstRefusal, Measure: order.ScreenWitness, Stands: "a", Other: "b"}}},
	} {
		got := order.Contradict(c.orders, "c", "p", noon)
		if len(got) != len(c.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, w := range c.want {
			g := got[i]
			w.StandsReference, w.OtherReference = "ref "+string(w.Stands), "ref "+string(w.Other)
			if g != w {
				t.Errorf("%s: %+v, want %+v", name, g, w)
			}
		}
	}
}
