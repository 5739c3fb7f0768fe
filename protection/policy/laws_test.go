package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
)

const (
	party = protection.PartyID("p1")
	other = protection.PartyID("p2")
	third = protection.PartyID("p3")
	here  = protection.CaseID("here")
	past  = protection.CaseID("past")
)

var day = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

var modes = []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode}

var audiences = append(slices.Clone(protection.Audiences),
	protection.OtherWitness(other), protection.OtherWitness(third), protection.Unknown, "stranger")

// kinds are those of the catalogue and one that it does not know: a newer vault, or a damaged one.
var kinds = func() []order.MeasureKind {
	list := []order.MeasureKind{"from_the_future"}
	for _, e := range order.Catalogue {
		list = append(list, e.Kind)
	}
	return list
}()

func drawMeasure(t *rapid.T) order.Measure {
	return order.Measure{
		Kind:       rapid.SampledFrom(kinds).Draw(t, "kind"),
		Audiences:  rapid.SliceOfN(rapid.SampledFrom(audiences), 0, 3).Draw(t, "audiences"),
		Parameters: drawParameters(t),
	}
}

// drawParameters draws what a measure can be told, out of its range as well: the compiler reads what stands in a vault.
func drawParameters(t *rapid.T) order.Parameters {
	return order.Parameters{
		Release:    protection.Release(rapid.IntRange(-1, 6).Draw(t, "release")),
		Delay:      order.Delay(rapid.SampledFrom([]time.Duration{-time.Hour, 0, time.Second, time.Minute, 30 * time.Minute, 240 * time.Hour}).Draw(t, "delay")),
		Disguise:   rapid.Bool().Draw(t, "disguise"),
		Weight:     rapid.SampledFrom([]order.Weight{"", order.NotDecisive, order.SoleOrDecisive, "heavy"}).Draw(t, "weight"),
		Topics:     rapid.SliceOfN(rapid.SampledFrom([]string{"family", ""}), 0, 2).Draw(t, "topics"),
		Conditions: rapid.SliceOfN(rapid.SampledFrom(order.AnonymityConditions[0]), 0, 3).Draw(t, "conditions"),
	}
}

func drawOrder(t *rapid.T, i int) order.Order {
	o := order.Order{
		ID:        protection.OrderID(fmt.Sprint("o", i)),
		Reference: fmt.Sprintf("2026/%d", i),
		Case:      rapid.SampledFrom([]protection.CaseID{here, past}).Draw(t, "case"),
		Party:     rapid.SampledFrom([]protection.PartyID{party, party, other}).Draw(t, "party"),
		State:     rapid.SampledFrom(order.States).Draw(t, "state"),
		Measures:  rapid.SliceOfN(rapid.Custom(drawMeasure), 0, 4).Draw(t, "measures"),
		From:      day.Add(time.Duration(rapid.IntRange(-72, 24).Draw(t, "from")) * time.Hour),
	}
	if rapid.Bool().Draw(t, "ends") {
		o.Until = o.From.Add(time.Duration(rapid.IntRange(1, 96).Draw(t, "until")) * time.Hour)
	}
	for j := range 4 {
		if rapid.IntRange(0, 5).Draw(t, "replaces") == 0 {
			o.Replaces = append(o.Replaces, protection.OrderID(fmt.Sprint("o", j)))
		}
	}
	return o
}

func drawInput(t *rapid.T) policy.Input {
	in := policy.Input{Party: party, Case: here, At: day, Others: []protection.PartyID{other, third},
		Mode: rapid.SampledFrom(modes).Draw(t, "mode")}
	for i := range rapid.IntRange(0, 4).Draw(t, "orders") {
		in.Orders = append(in.Orders, drawOrder(t, i))
	}
	return in
}

// atMost reports the first audience for which a grants more than b.
func atMost(a, b policy.Matrix) (protection.Audience, bool) {
	for _, who := range audiences {
		if !a.Access(who).AtMost(b.Access(who)) {
			return who, false
		}
	}
	return "", !a.ShowsAccused || b.ShowsAccused
}

func TestLaw1BenchIsAlwaysClear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		in.Mode = protection.SessionMode(rapid.IntRange(-3, 9).Draw(t, "any mode"))
		if got := policy.Compile(in).Access(protection.Bench); got != protection.Full() {
			t.Fatalf("the bench receives %+v", got)
		}
	})
	if got := (policy.Matrix{}).Access(protection.Bench); got != protection.Full() {
		t.Fatalf("the bench of an empty matrix receives %+v", got)
	}
}

func TestLaw1OrderAgainstTheBenchIsRefused(t *testing.T) {
	t.Parallel()
	for _, e := range order.Catalogue {
		o := order.Order{Party: party, Measures: []order.Measure{{Kind: e.Kind, Audiences: []protection.Audience{protection.Bench}}}}
		err := o.Check()
		if err == nil || !strings.Contains(err.Error(), order.RuleBenchClear) {
			t.Errorf("%s toward the bench: %v", e.Kind, err)
		}
	}
}

func TestLaw2UnknownAudienceGetsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := policy.Compile(drawInput(t))
		who := protection.Audience(rapid.String().Draw(t, "audience"))
		if who.Known() {
			t.Skip("a known audience")
		}
		for _, a := range []protection.Audience{who, protection.Unknown, protection.OtherWitness("never seen")} {
			if got := m.Access(a); got != (protection.Access{}) {
				t.Fatalf("%q receives %+v", a, got)
			}
		}
	})
}

func TestLaw3AddingAMeasureNeverWeakensACell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		if len(in.Orders) == 0 {
			in.Orders = append(in.Orders, drawOrder(t, 0))
		}
		before := policy.Compile(in)
		i := rapid.IntRange(0, len(in.Orders)-1).Draw(t, "order")
		in.Orders = slices.Clone(in.Orders)
		in.Orders[i].Measures = append(slices.Clone(in.Orders[i].Measures), drawMeasure(t))
		if who, ok := atMost(policy.Compile(in), before); !ok {
			t.Fatalf("a further measure gave %q more", who)
		}
	})
}

// A measure that keeps all of an earlier one weakens no cell in its place: an augmentation lifts nothing.
func TestLaw3MeasureThatKeepsAnotherWeakensNoCell(t *testing.T) {
	t.Parallel()
	kept := 0
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		o := drawOrder(t, 9)
		was, is := drawMeasure(t), drawMeasure(t)
		is.Kind = was.Kind
		if rapid.Bool().Draw(t, "same audiences") {
			is.Audiences = append(slices.Clone(was.Audiences), is.Audiences...)
			is.Topics, is.Conditions = was.Topics, was.Conditions
		}
		if !is.Keeps(was) {
			return
		}
		kept++
		o.Measures = []order.Measure{was}
		in.Orders = append(in.Orders, o)
		before := policy.Compile(in)
		in.Orders[len(in.Orders)-1].Measures = []order.Measure{is}
		if who, ok := atMost(policy.Compile(in), before); !ok {
			t.Fatalf("%+v instead of %+v gives %q more", is, was, who)
		}
	})
	if kept == 0 {
		t.Error("no measure kept another")
	}
}

func TestLaw3StricterOfTwoMeasuresWins(t *testing.T) {
	t.Parallel()
	in := policy.Input{Party: party, Case: here, At: day, Mode: protection.PublicMode, Orders: []order.Order{{
		ID: "o", Case: here, Party: party, State: order.InForce,
		Measures: []order.Measure{{Kind: order.VoiceDisguised}, {Kind: order.InterpreterOnly},
			{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}}, {Kind: order.ScreenWitness}},
	}}}
	for range 2 {
		m := policy.Compile(in)
		if got := m.Access(protection.Gallery).Voice; got != protection.InterpreterOnly {
			t.Errorf("the gallery hears %s", got)
		}
		if got := m.Access(protection.Accused).Picture; got != protection.NoPicture {
			t.Errorf("the accused sees %s", got)
		}
		slices.Reverse(in.Orders[0].Measures)
	}
}

func TestLaw4DoubtKeepsTheStricterCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		firm := drawOrder(t, 9)
		firm.Party, firm.State, firm.From, firm.Until, firm.Replaces = party, order.InForce, day.Add(-time.Hour), time.Time{}, nil
		// Nothing else may lift it in this case.
		for i := range in.Orders {
			in.Orders[i].Replaces = nil
		}
		in.Orders = append(in.Orders, firm)
		sure := policy.Compile(in)

		last := len(in.Orders) - 1
		for name, doubtful := range map[string]func(*order.Order){
			"expired":   func(o *order.Order) { o.Until = day.Add(-time.Minute) },
			"contested": func(o *order.Order) { o.State = order.Contested },
			"interim":   func(o *order.Order) { o.State = order.Interim },
		} {
			changed := firm
			doubtful(&changed)
			in.Orders[last] = changed
			if who, ok := atMost(policy.Compile(in), sure); !ok {
				t.Fatalf("%s: %q receives more", name, who)
			}
		}
		// A judge's confirmation does end it.
		ended := firm
		ended.State = order.Spent
		in.Orders[last] = ended
		without := in
		without.Orders = in.Orders[:last]
		if who, ok := atMost(policy.Compile(without), policy.Compile(in)); !ok {
			t.Fatalf("a spent order still restricts %q", who)
		}
	})
}

func TestLaw4UnconfirmedVariationLiftsNothing(t *testing.T) {
	t.Parallel()
	strict := order.Order{ID: "a", Case: here, Party: party, State: order.InForce,
		Measures: []order.Measure{{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}}}
	for state, want := range map[order.State]protection.Picture{
		order.Interim: protection.Silhouette, order.Contested: protection.Silhouette, order.InForce: protection.ClearPicture,
	} {
		mild := order.Order{ID: "b", Case: here, Party: party, State: state, Replaces: []protection.OrderID{"a"},
			Measures: []order.Measure{{Kind: order.Pseudonym}}}
		m := policy.Compile(policy.Input{Party: party, Case: here, At: day, Mode: protection.PublicMode, Orders: []order.Order{strict, mild}})
		if got := m.Access(protection.Gallery).Picture; got != want {
			t.Errorf("variation %s: the gallery sees %s, want %s", state, got, want)
		}
	}
}

func TestLaw5PrivateAndClosedModes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		in.Mode = protection.PublicMode
		open := policy.Compile(in)
		in.Mode = protection.PrivateMode
		private := policy.Compile(in)
		in.Mode = protection.ClosedMode
		closed := policy.Compile(in)
		for _, a := range []protection.Audience{protection.Gallery, protection.Press, protection.PublicRecord} {
			if got := private.Access(a); got.Picture != protection.NoPicture || got.Voice != protection.NoVoice {
				t.Fatalf("private: %s receives %+v", a, got)
			}
			if got := closed.Access(a); got != (protection.Access{}) {
				t.Fatalf("closed: %s receives %+v", a, got)
			}
		}
		if who, ok := atMost(private, open); !ok {
			t.Fatalf("private gives %q more than public", who)
		}
		if who, ok := atMost(closed, private); !ok {
			t.Fatalf("closed gives %q more than private", who)
		}
		for _, m := range []policy.Matrix{open, private, closed} {
			for _, a := range audiences {
				if c := m.Access(a); !c.Connected && (c.Picture != protection.NoPicture || c.Voice != protection.NoVoice) {
					t.Fatalf("%q is disconnected and receives %+v", a, c)
				}
			}
		}
	})
}

func TestLaw6EarlierOrdersCarryOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOrder(t, 0)
		o.Party, o.State, o.Case, o.From = party, order.InForce, here, day.Add(-time.Hour)
		in := policy.Input{Party: party, Case: here, At: day, Mode: rapid.SampledFrom(modes).Draw(t, "mode"),
			Others: []protection.PartyID{other, third}, Orders: []order.Order{o}}
		made := policy.Compile(in)
		in.Orders[0].Case = past
		carried := policy.Compile(in)
		for _, a := range audiences {
			if made.Access(a) != carried.Access(a) {
				t.Fatalf("%q: %+v in its own case, %+v carried over", a, made.Access(a), carried.Access(a))
			}
		}
	})
}

func TestLaw6RescindedHereAppliesThere(t *testing.T) {
	t.Parallel()
	orders := []order.Order{
		{ID: "a", Case: past, Party: party, State: order.InForce, Measures: []order.Measure{{Kind: order.FaceAlteration}}},
		{ID: "b", Case: here, Party: party, State: order.InForce, Measures: []order.Measure{{Kind: order.Pseudonym}}, Replaces: []protection.OrderID{"a"}},
	}
	for c, want := range map[protection.CaseID]protection.Picture{here: protection.ClearPicture, past: protection.Silhouette} {
		m := policy.Compile(policy.Input{Party: party, Case: c, At: day, Mode: protection.PublicMode, Orders: orders})
		if got := m.Access(protection.Gallery).Picture; got != want {
			t.Errorf("case %s: the gallery sees %s, want %s", c, got, want)
		}
	}
}

func TestLaw7EveryCellNamesWhatDecidedIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		m := policy.Compile(in)
		for _, c := range m.Cells {
			for field, cause := range map[string]policy.Cause{"picture": c.PictureCause, "voice": c.VoiceCause, "release": c.ReleaseCause, "connection": c.ConnectedCause} {
				for _, l := range []policy.Language{policy.English, policy.French} {
					if cause.Because(l) == "" {
						t.Fatalf("%s of %s has no reason in %s: %+v", field, c.Audience, l, cause)
					}
				}
				if cause.Rule != policy.ByMeasure {
					continue
				}
				// The named measure alone must account for the cell: without its order, nothing gets stricter.
				i := slices.IndexFunc(m.Orders, func(o order.Order) bool { return o.ID == cause.Order })
				if i < 0 || !slices.ContainsFunc(m.Orders[i].Measures, func(x order.Measure) bool { return x.Kind == cause.Measure }) {
					t.Fatalf("%s of %s names %s of order %s, which is not applying", field, c.Audience, cause.Measure, cause.Order)
				}
			}
		}
	})
}

func TestLaw7ExplanationNamesOrderAndMeasure(t *testing.T) {
	t.Parallel()
	m := policy.Compile(policy.Input{Party: party, Case: here, At: day, Mode: protection.PublicMode, Orders: []order.Order{{
		ID: "o", Reference: "2026/114", Case: past, Party: party, State: order.InForce, Until: day.Add(-time.Hour), From: day.Add(-2 * time.Hour),
		Measures: []order.Measure{{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}},
	}}})
	gallery := m.Cell(protection.Gallery)
	if got, want := gallery.Summary(policy.English), "Public gallery: sees silhouette, hears interpreter only."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	text := strings.Join(m.Explain(protection.PublicMode, policy.French), "\n")
	for _, want := range []string{"ordonnance 2026/114, altération du visage", "reprise d’une affaire antérieure", "échue", "Tribunal"} {
		if !strings.Contains(text, want) {
			t.Errorf("the French explanation lacks %q:\n%s", want, text)
		}
	}
}

func TestLaw8ProtectedWitnessesArePairwise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		if len(in.Orders) == 0 {
			in.Orders = append(in.Orders, drawOrder(t, 0))
		}
		before := policy.Compile(in)
		reverse := in
		reverse.Party, reverse.Others = other, []protection.PartyID{party, third}
		reverseBefore := policy.Compile(reverse)

		in.Orders = append(slices.Clone(in.Orders), order.Order{ID: "pair", Case: here, Party: party, State: order.InForce,
			Measures: []order.Measure{{Kind: order.FaceAlteration}}})
		in.Orders[len(in.Orders)-1].Measures[0].Audiences = []protection.Audience{protection.OtherWitness(other)}
		after := policy.Compile(in)
		reverse.Orders = in.Orders
		reverseAfter := policy.Compile(reverse)

		if got := after.Access(protection.OtherWitness(other)).Picture; got == protection.ClearPicture {
			t.Fatal("the other witness still sees clear")
		}
		for _, a := range []protection.Audience{protection.Prosecution, protection.DefenceCounsel, protection.Accused, protection.Interpreter} {
			if before.Access(a) != after.Access(a) {
				t.Fatalf("a measure between two witnesses changed %s", a)
			}
		}
		for _, a := range audiences {
			if reverseBefore.Access(a) != reverseAfter.Access(a) {
				t.Fatalf("protecting one witness from the other changed what %q receives of the other", a)
			}
		}
	})
}

func TestInvalidModeIsReadAsClosed(t *testing.T) {
	t.Parallel()
	for _, m := range []protection.SessionMode{0, -1, 4, 99} {
		if got := policy.Compile(policy.Input{Party: party, Mode: m, At: day}).Mode; got != protection.ClosedMode {
			t.Errorf("mode %d compiled to %v", m, got)
		}
	}
}
