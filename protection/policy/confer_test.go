package policy_test

import (
	"testing"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
)

// What bars a private talk of counsel and client, order by order.
func TestWhichOrdersBarAPrivateTalk(t *testing.T) {
	t.Parallel()
	accused := []protection.Audience{protection.Accused}
	defence := [2]protection.Audience{protection.DefenceCounsel, protection.Accused}
	victim := [2]protection.Audience{protection.Prosecution, protection.OtherWitness(party)}
	opponent := [2]protection.Audience{protection.DefenceCounsel, protection.OtherWitness(party)}
	one := func(m order.Measure) []order.Order {
		return []order.Order{{ID: "o", Case: here, Party: party, State: order.InForce, From: day.AddDate(0, 0, -1), Measures: []order.Measure{m}}}
	}
	forged := one(order.Measure{Kind: order.Pseudonym})
	forged[0].Signing, forged[0].Decided = order.FalselySigned, day.AddDate(0, 0, -1)
	for name, c := range map[string]struct {
		orders []order.Order
		mode   protection.SessionMode
		two    [2]protection.Audience
		may    bool
	}{
		"no order":                              {nil, protection.PublicMode, defence, true},
		"in closed session":                     {nil, protection.ClosedMode, defence, true},
		"a screen":                              {one(order.Measure{Kind: order.ScreenWitness}), protection.PublicMode, defence, true},
		"anonymity":                             {one(order.Measure{Kind: order.FullAnonymity}), protection.PublicMode, defence, true},
		"the accused is sent out":               {one(order.Measure{Kind: order.PrivateSession, Audiences: accused}), protection.PublicMode, defence, false},
		"the accused is taken down":             {one(order.Measure{Kind: order.ClosedSession, Audiences: accused}), protection.PublicMode, defence, false},
		"the accused hears it later":            {one(order.Measure{Kind: order.DelayedBroadcast, Audiences: accused}), protection.PublicMode, defence, false},
		"both are sent out":                     {one(order.Measure{Kind: order.PrivateSession, Audiences: defence[:]}), protection.PublicMode, defence, true},
		"a measure that nobody knows":           {one(order.Measure{Kind: "from_the_future"}), protection.PublicMode, defence, false},
		"a false signature":                     {forged, protection.PublicMode, defence, false},
		"a witness and their counsel":           {one(order.Measure{Kind: order.ScreenWitness}), protection.PublicMode, victim, true},
		"a witness altered toward that counsel": {one(order.Measure{Kind: order.FaceAlteration, Audiences: victim[:1]}), protection.PublicMode, victim, false},
		"a witness behind a voice":              {one(order.Measure{Kind: order.VoiceDisguised, Audiences: victim[:1]}), protection.PublicMode, victim, false},
		"an anonymous witness and the defence":  {one(order.Measure{Kind: order.FullAnonymity}), protection.PublicMode, opponent, false},
		"a stranger":                            {nil, protection.PublicMode, [2]protection.Audience{protection.DefenceCounsel, "stranger"}, false},
		"nobody":                                {nil, protection.PublicMode, [2]protection.Audience{protection.DefenceCounsel, protection.Unknown}, false},
		"oneself":                               {nil, protection.PublicMode, [2]protection.Audience{protection.Accused, protection.Accused}, false},
	} {
		m := policy.Compile(policy.Input{Party: party, Case: here, Orders: c.orders, Mode: c.mode, At: day})
		if got := m.MayConfer(c.two[0], c.two[1]); got != c.may {
			t.Errorf("%s: %v, want %v", name, got, c.may)
		}
		if got := m.MayConfer(c.two[1], c.two[0]); got != c.may {
			t.Errorf("%s, the other way round: %v, want %v", name, got, c.may)
		}
	}
	if (policy.Matrix{}).MayConfer(defence[0], defence[1]) {
		t.Error("a matrix of nobody allows a talk")
	}
}

// Nobody who is kept from a testimony ever talks with somebody who follows it, whatever orders stand.
func TestNoTalkLeadsPastAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := policy.Compile(drawInput(t))
		a, b := rapid.SampledFrom(audiences).Draw(t, "one"), rapid.SampledFrom(audiences).Draw(t, "other")
		if !m.MayConfer(a, b) {
			return
		}
		x, y := m.Access(a), m.Access(b)
		has := func(c protection.Access) bool {
			return c.Release == protection.Live && (c.Picture != protection.NoPicture || c.Voice != protection.NoVoice)
		}
		if !x.Connected || !y.Connected || has(x) != has(y) {
			t.Fatalf("%q with %+v talks with %q with %+v", a, x, b, y)
		}
	})
}
