package order_test

import (
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/order"
)

// What a measure keeps of an earlier one, parameter by parameter.
func TestMeasureKeeps(t *testing.T) {
	t.Parallel()
	broadcast := func(r protection.Release, d time.Duration) order.Measure {
		return order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: r, Delay: order.Delay(d)}}
	}
	with := func(p order.Parameters) order.Measure { return order.Measure{Kind: order.FullAnonymity, Parameters: p} }
	passage := func(from, to int) order.Measure {
		return with(order.Parameters{Passages: []order.Passage{{From: day.Add(time.Duration(from) * time.Minute), To: day.Add(time.Duration(to) * time.Minute)}}})
	}
	review := func(d time.Duration) order.Measure { return with(order.Parameters{ReviewBy: day.Add(d)}) }
	for name, c := range map[string]struct {
		was, is order.Measure
		keeps   bool
		back    bool // whether the earlier one keeps the new one
	}{
		"the same":                   {broadcast(protection.Delayed, time.Hour), broadcast(protection.Delayed, time.Hour), true, true},
		"another kind":               {order.Measure{Kind: order.ScreenWitness}, order.Measure{Kind: order.FaceAlteration}, false, false},
		"a longer delay":             {broadcast(protection.Delayed, time.Hour), broadcast(protection.Delayed, 2*time.Hour), true, false},
		"after the testimony":        {broadcast(protection.Delayed, time.Hour), broadcast(protection.AfterTestimony, 0), true, false},
		"after review":               {broadcast(protection.AfterTestimony, 0), broadcast(protection.AfterReview, 0), true, false},
		"a delay too short is never": {broadcast(protection.AfterReview, 0), broadcast(protection.Delayed, time.Second), true, false},
		"one audience more":          {order.Measure{Kind: order.ScreenWitness}, order.Measure{Kind: order.ScreenWitness, Audiences: []protection.Audience{protection.Accused}}, true, false},
		"one topic more":             {with(order.Parameters{Topics: []string{"a"}}), with(order.Parameters{Topics: []string{"b", "a"}}), true, false},
		"the interpreter alone":      {with(order.Parameters{Disguise: true}), with(order.Parameters{}), true, false},
		"one condition more":         {with(order.Parameters{}), with(order.Parameters{Conditions: []order.Condition{order.Necessity}}), true, false},
		"one counterbalance more":    {with(order.Parameters{}), with(order.Parameters{Counterbalances: []order.Counterbalance{order.VideoShown}}), true, false},
		"one stage more":             {with(order.Parameters{}), with(order.Parameters{Stages: []order.Stage{order.InChief}}), true, false},
		"a longer passage":           {passage(5, 10), passage(5, 11), true, false},
		"a passage beside it":        {passage(5, 10), passage(10, 20), false, false},
		"an earlier review":          {review(48 * time.Hour), review(24 * time.Hour), true, false},
		"another exhibit":            {with(order.Parameters{Exhibit: "1"}), with(order.Parameters{Exhibit: "2"}), false, false},
		"how much of the case it is": {with(order.Parameters{Weight: order.NotDecisive}), with(order.Parameters{Weight: order.SoleOrDecisive}), true, true},
	} {
		if got, back := c.is.Keeps(c.was), c.was.Keeps(c.is); got != c.keeps || back != c.back {
			t.Errorf("%s: keeps %t, want %t; the other way %t, want %t", name, got, c.keeps, back, c.back)
		}
	}
}
