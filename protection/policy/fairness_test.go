package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
)

var fairDay = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// fairness of one order in force.
func fairness(list ...order.Measure) policy.Fairness {
	o := order.Order{ID: "o", Case: "c", Party: "p", Reference: "7/2026", State: order.InForce, From: fairDay, Measures: list}
	return policy.Compile(policy.Input{Party: "p", Case: "c", Orders: []order.Order{o}, Mode: protection.PublicMode, At: fairDay}).Fair()
}

// What the defence loses is what the measures take, and nothing else; and it is warned of until somebody says that the testimony does not decide.
func TestWhatTheDefenceKeeps(t *testing.T) {
	t.Parallel()
	accused := []protection.Audience{protection.Accused}
	weighed := func(m order.Measure, w order.Weight, c ...order.Counterbalance) order.Measure {
		m.Weight, m.Counterbalances = w, c
		return m
	}
	screen := order.Measure{Kind: order.ScreenWitness}
	for name, c := range map[string]struct {
		measures []order.Measure
		lost     []policy.FairTerm
		warns    bool
		untrue   int
	}{
		"nothing":                         {nil, nil, false, 0},
		"the public alone":                {[]order.Measure{{Kind: order.FaceAlteration}, {Kind: order.InterpreterOnly}, {Kind: order.Pseudonym}}, nil, false, 0},
		"a screen":                        {[]order.Measure{screen}, []policy.FairTerm{policy.AccusedSees}, true, 0},
		"a screen, not decisive":          {[]order.Measure{weighed(screen, order.NotDecisive)}, []policy.FairTerm{policy.AccusedSees}, false, 0},
		"a screen, decisive":              {[]order.Measure{weighed(screen, order.SoleOrDecisive, order.CounselStillSees)}, []policy.FairTerm{policy.AccusedSees}, true, 0},
		"face and voice from the accused": {[]order.Measure{{Kind: order.FaceAlteration, Audiences: accused}, {Kind: order.VoiceDisguised, Audiences: accused}}, []policy.FairTerm{policy.AccusedSees, policy.AccusedHears}, true, 0},
		"barred topics":                   {[]order.Measure{{Kind: order.Questioning, Parameters: order.Parameters{Topics: []string{"home"}}}}, []policy.FairTerm{policy.AsksAnything}, false, 0},
		"closed to the accused":           {[]order.Measure{{Kind: order.ClosedSession, Audiences: accused}}, []policy.FairTerm{policy.AccusedFollows, policy.AccusedSees, policy.AccusedHears}, true, 0},
		"recorded before":                 {[]order.Measure{{Kind: order.PreRecorded, Parameters: order.Parameters{Stages: order.Stages}}}, []policy.FairTerm{policy.AsksAtTrial}, true, 0},
		"anonymous, and counsel is said to see": {[]order.Measure{{Kind: order.Pseudonym}, weighed(order.Measure{Kind: order.FullAnonymity}, order.NotDecisive, order.CounselStillSees, order.QuestionsAnswered)},
			[]policy.FairTerm{policy.CounselSees, policy.CounselHears, policy.AccusedSees, policy.AccusedHears, policy.KnowsWho, policy.AsksDirectly}, false, 1},
	} {
		f := fairness(c.measures...)
		var lost []policy.FairTerm
		for _, p := range f.Points {
			if !p.Kept {
				lost = append(lost, p.Of)
			}
			for _, l := range []policy.Language{policy.English, policy.French} {
				if s := p.Summary(l); !strings.HasSuffix(s, ".") || !p.Kept && !strings.Contains(s, "7/2026") {
					t.Errorf("%s: %q", name, s)
				}
			}
		}
		if !slices.Equal(lost, c.lost) || f.Warns != c.warns || len(f.Untrue) != c.untrue || f.Narrows != (len(lost) > 0) {
			t.Errorf("%s: lost %v, %+v", name, lost, f)
		}
		if len(f.Points) != len(policy.FairTerms) {
			t.Errorf("%s: %d points", name, len(f.Points))
		}
	}
}

// Adding a measure gives the defence nothing back, whoever decides always sees clear, and the record is always kept.
func TestAMeasureGivesTheDefenceNothingBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) order.Measure {
			e := rapid.SampledFrom(order.Catalogue).Draw(t, name)
			return order.Measure{Kind: e.Kind, Audiences: rapid.SliceOfN(rapid.SampledFrom(protection.Audiences), 0, 3).Draw(t, name+" audiences")}
		}
		list := []order.Measure{draw("first"), draw("second")}
		before, after := fairness(list...), fairness(append(list, draw("third"))...)
		for i, p := range after.Points {
			if p.Kept && !before.Points[i].Kept {
				t.Fatalf("%s is given back", p.Of)
			}
			if (p.Of == policy.JudgesSee || p.Of == policy.RecordKept) && !p.Kept {
				t.Fatalf("%s is lost", p.Of)
			}
		}
	})
}
