package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
)

// domainOrder is the example of DOMAIN §2.4: pseudonym, face and voice altered for the public, screens both ways; the press's
// delay is ordered with them.
func domainOrder() order.Order {
	return order.Order{ID: "w", Reference: "2026/31", Case: here, Party: party, State: order.InForce, From: day.Add(-time.Hour), Measures: []order.Measure{
		{Kind: order.Pseudonym}, {Kind: order.FaceAlteration}, {Kind: order.VoiceDisguised}, {Kind: order.ScreenAccused}, {Kind: order.ScreenWitness},
		{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.Delayed, Delay: order.Delay(30 * time.Minute)}}}}
}

func compiled(o order.Order, mode protection.SessionMode) policy.Matrix {
	return policy.Compile(policy.Input{Party: party, Case: here, Orders: []order.Order{o}, Mode: mode, At: day, Others: []protection.PartyID{other, third}})
}

// letter is a cell as DOMAIN §2.4 writes it: picture and voice, C clear, T transformed, N nothing, D delayed or after the testimony.
func letter(a protection.Access) string {
	if !a.Connected {
		return "down"
	}
	s := map[protection.Picture]string{protection.ClearPicture: "C", protection.Silhouette: "T", protection.NoPicture: "N"}[a.Picture] +
		map[protection.Voice]string{protection.ClearVoice: "C", protection.Disguised: "T", protection.InterpreterOnly: "T", protection.NoVoice: "N"}[a.Voice]
	if s == "NN" {
		return "N"
	}
	switch a.Release {
	case protection.Delayed, protection.AfterTestimony, protection.AfterReview:
		s += " D"
	case protection.Never:
		s += " sealed"
	}
	return s
}

func TestMatrixOfTheDomain(t *testing.T) {
	t.Parallel()
	o := domainOrder()
	public, private, closed := compiled(o, protection.PublicMode), compiled(o, protection.PrivateMode), compiled(o, protection.ClosedMode)
	for _, row := range []struct {
		who                   protection.Audience
		open, private, closed string
		accusedKeptForTheirs  bool
	}{
		{protection.Bench, "CC", "CC", "CC", false},
		{protection.Assessors, "CC", "CC", "CC", false},
		{protection.Prosecution, "CC", "CC", "CC", false},
		{protection.DefenceCounsel, "CC", "CC", "CC", false},
		{protection.Accused, "NC", "NC", "NC", false},
		{protection.Interpreter, "CC", "CC", "CC", false},
		{protection.Support, "CC", "CC", "CC", true},
		{protection.Coordinator, "CC", "CC", "CC", true},
		{protection.Gallery, "TT", "N", "down", false},
		{protection.Press, "TT D", "N", "down", false},
		{protection.MasterRecord, "CC sealed", "CC sealed", "CC sealed", false},
		{protection.PublicRecord, "TT D", "N", "down", false},
	} {
		got := []string{letter(public.Access(row.who)), letter(private.Access(row.who)), letter(closed.Access(row.who))}
		if want := []string{row.open, row.private, row.closed}; !slices.Equal(got, want) {
			t.Errorf("%s receives %q, want %q", row.who, got, want)
		}
		if public.HidesAccusedFrom(row.who) != row.accusedKeptForTheirs {
			t.Errorf("the accused's tile is kept from %s: %v", row.who, public.HidesAccusedFrom(row.who))
		}
	}
	if public.ShowsAccused {
		t.Error("the witness is shown the accused")
	}
	if a := public.Access(protection.Press); a.Delay != 30*time.Minute {
		t.Errorf("the press receives %s later", a.Delay)
	}
	// As ordered: counsel under full anonymity, the accused sent out of a private session.
	o.Measures = append(o.Measures, order.Measure{Kind: order.FullAnonymity, Parameters: order.Parameters{Disguise: true, Conditions: order.AnonymityConditions[0]}},
		order.Measure{Kind: order.PrivateSession, Audiences: []protection.Audience{protection.Accused}})
	m := compiled(o, protection.PublicMode)
	if got := []string{letter(m.Access(protection.DefenceCounsel)), letter(m.Access(protection.Accused)), letter(m.Access(protection.Interpreter))}; !slices.Equal(got, []string{"TT", "N", "CC"}) {
		t.Errorf("under anonymity and in private counsel, accused and interpreter receive %q", got)
	}
}

// A variation that adds one audience to one measure changes that audience's cell and no other, whatever else is in force.
func TestVaryingOneCellChangesThatCellOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		varied := domainOrder()
		varied.Measures = append(varied.Measures, order.Measure{Kind: order.InterpreterOnly}, order.Measure{Kind: order.PrivateSession},
			order.Measure{Kind: order.FullAnonymity, Parameters: order.Parameters{Disguise: rapid.Bool().Draw(t, "disguise")}})
		in.Orders = append(in.Orders, varied)
		before := policy.Compile(in)
		i := rapid.IntRange(0, len(varied.Measures)-1).Draw(t, "measure")
		e, _ := order.Find(varied.Measures[i].Kind)
		who := rapid.SampledFrom(audiences).Draw(t, "audience")
		if !e.MayCover(who, true) {
			t.Skip("no order may say so")
		}
		varied.Measures = slices.Clone(varied.Measures)
		varied.Measures[i].Audiences = []protection.Audience{who}
		in.Orders = slices.Clone(in.Orders)
		in.Orders[len(in.Orders)-1] = varied
		after := policy.Compile(in)
		for j, c := range after.Cells {
			if c.Audience != who && c.Access != before.Cells[j].Access {
				t.Fatalf("%s toward %s changed what %s receives", e.Kind, who, c.Audience)
			}
		}
		if after.Mode != before.Mode || after.ShowsAccused != before.ShowsAccused {
			t.Fatal("the variation changed the mode or the witness's screen")
		}
	})
}

// A case of 200 orders for one witness, with what replaces what, and 50 audiences.
func BenchmarkCompile(b *testing.B) {
	in := policy.Input{Party: party, Case: here, Mode: protection.PublicMode, At: day}
	for i := range 50 - len(protection.Audiences) {
		in.Others = append(in.Others, protection.PartyID(fmt.Sprint("other", i)))
	}
	for i := range 200 {
		o := domainOrder()
		o.ID = protection.OrderID(fmt.Sprint("o", i))
		if i%4 == 3 {
			o.Replaces = []protection.OrderID{protection.OrderID(fmt.Sprint("o", i-1))}
		}
		o.Signing = order.Signed
		o.Measures[1].Audiences = []protection.Audience{protection.OtherWitness(in.Others[i%len(in.Others)])}
		in.Orders = append(in.Orders, o)
	}
	var n int
	start := time.Now()
	for b.Loop() {
		n = len(policy.Compile(in).Cells)
	}
	if n != 50 {
		b.Fatalf("%d audiences", n)
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000/float64(b.N), "ms/compile")
}
