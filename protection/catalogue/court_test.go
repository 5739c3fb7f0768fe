package catalogue_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// own is a measure of the court's own that may stand in the catalogue.
func own() catalogue.Entry {
	return catalogue.Entry{Kind: "full_screen", Name: catalogue.Words{EN: "full screen", FR: "paravent intégral"}, End: catalogue.EndsTrial,
		Applicants: []catalogue.Applicant{catalogue.ByCourt}, Bases: []catalogue.Basis{{Law: catalogue.National, Rule: "Practice direction 7"}},
		Parts: []order.Measure{{Kind: order.ScreenAccused}, {Kind: order.ScreenWitness}, {Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Accused}}}}
}

// shipped is a shipped entry with a change.
func shipped(k order.MeasureKind, change func(*catalogue.Entry)) catalogue.Entry {
	e, _ := catalogue.Shipped().Find(k)
	change(&e)
	return e
}

// An edit that could mislead or weaken is refused by the rule that it breaks, at its place.
func TestEditsThatMayNotStandAreRefusedByTheirRule(t *testing.T) {
	t.Parallel()
	mine := func(change func(*catalogue.Entry)) catalogue.Entry {
		e := own()
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		entry      catalogue.Entry
		rule, path string
	}{
		"an id with a space":         {mine(func(e *catalogue.Entry) { e.Kind = "full screen" }), catalogue.RuleID, "id"},
		"no id":                      {mine(func(e *catalogue.Entry) { e.Kind = "" }), catalogue.RuleID, "id"},
		"no French name":             {mine(func(e *catalogue.Entry) { e.Name.FR = "" }), order.RuleText, "name.fr"},
		"a name in Cyrillic":         {mine(func(e *catalogue.Entry) { e.Name.EN = "экран" }), catalogue.RuleLatin, "name.en"},
		"a name with one Cyrillic a": {mine(func(e *catalogue.Entry) { e.Name.EN = "pаravent" }), catalogue.RuleLatin, "name.en"},
		"a name turned about":        {mine(func(e *catalogue.Entry) { e.Name.EN = "screen\u202e" }), order.RuleText, "name.en"},
		"a name too long":            {mine(func(e *catalogue.Entry) { e.Name.EN = strings.Repeat("a", catalogue.MaxName+1) }), order.RuleLength, "name.en"},
		"another measure's name":     {mine(func(e *catalogue.Entry) { e.Name.EN = "Pseudonym" }), catalogue.RuleNameAlone, "name.en"},
		"no basis":                   {mine(func(e *catalogue.Entry) { e.Bases = nil }), catalogue.RuleBasis, "bases"},
		"an unknown law":             {mine(func(e *catalogue.Entry) { e.Bases[0].Law = "martial" }), catalogue.RuleList, "bases[0].law"},
		"a rule in two scripts":      {mine(func(e *catalogue.Entry) { e.Bases[0].Rule = "Аrticle 3" }), order.RuleScript, "bases[0].rule"},
		"a basis twice":              {mine(func(e *catalogue.Entry) { e.Bases = append(e.Bases, e.Bases[0]) }), catalogue.RuleList, "bases[1]"},
		"too many bases":             {mine(func(e *catalogue.Entry) { e.Bases = slices.Repeat(e.Bases, catalogue.MaxLines+1) }), catalogue.RuleMany, "bases"},
		"no end":                     {mine(func(e *catalogue.Entry) { e.End = "soon" }), catalogue.RuleList, "end"},
		"nobody applies":             {mine(func(e *catalogue.Entry) { e.Applicants = nil }), catalogue.RuleList, "applicants"},
		"an unknown applicant":       {mine(func(e *catalogue.Entry) { e.Applicants = []catalogue.Applicant{"press"} }), catalogue.RuleList, "applicants[0]"},
		"an empty condition":         {mine(func(e *catalogue.Entry) { e.Conditions = []catalogue.Condition{{}} }), order.RuleText, "conditions[0].en"},
		"a condition of a megabyte": {mine(func(e *catalogue.Entry) {
			e.Conditions = []catalogue.Condition{{Words: catalogue.Words{EN: strings.Repeat("a", 1<<20), FR: "b"}}}
		}), order.RuleLength, "conditions[0].en"},
		"no parts":                        {mine(func(e *catalogue.Entry) { e.Parts = nil }), catalogue.RuleOwnParts, "parts"},
		"too many parts":                  {mine(func(e *catalogue.Entry) { e.Parts = slices.Repeat(e.Parts, catalogue.MaxParts) }), catalogue.RuleOwnParts, "parts"},
		"a part twice":                    {mine(func(e *catalogue.Entry) { e.Parts = append(e.Parts, order.Measure{Kind: order.ScreenAccused}) }), order.RuleOneEach, "parts[3]"},
		"a part that the program has not": {mine(func(e *catalogue.Entry) { e.Parts[0].Kind = "invisibility" }), order.RuleKnownMeasure, "parts[0].kind"},
		"a part of another own measure":   {mine(func(e *catalogue.Entry) { e.Parts[0].Named = "other" }), catalogue.RuleOwnParts, "parts[0].named"},
		"a part toward the bench":         {mine(func(e *catalogue.Entry) { e.Parts[2].Audiences = []protection.Audience{protection.Bench} }), order.RuleBenchClear, "parts[2].audiences[0]"},
		"a part toward the assessors":     {mine(func(e *catalogue.Entry) { e.Parts[2].Audiences = []protection.Audience{protection.Assessors} }), order.RuleJudgesClear, "parts[2].audiences[0]"},
		"a part toward the master":        {mine(func(e *catalogue.Entry) { e.Parts[2].Audiences = []protection.Audience{protection.MasterRecord} }), order.RuleMasterClear, "parts[2].audiences[0]"},
		"a part toward defence counsel":   {mine(func(e *catalogue.Entry) { e.Parts[2].Audiences = []protection.Audience{protection.DefenceCounsel} }), order.RuleCounselSees, "parts[2].audiences[0]"},
		"a part toward a witness":         {mine(func(e *catalogue.Entry) { e.Parts[2].Audiences = []protection.Audience{protection.OtherWitness("x")} }), catalogue.RuleStricter, "parts[2].audiences[0]"},
		"private and closed": {mine(func(e *catalogue.Entry) {
			e.Parts = []order.Measure{{Kind: order.PrivateSession}, {Kind: order.ClosedSession}}
		}), order.RuleOneSession, "parts[1]"},
		"half of the conditions": {mine(func(e *catalogue.Entry) {
			e.Parts = []order.Measure{{Kind: order.FullAnonymity, Parameters: order.Parameters{Conditions: []order.Condition{order.Necessity}}}}
		}), order.RuleConditions, "parts[0].conditions"},
		"a delay of a second": {mine(func(e *catalogue.Entry) {
			e.Parts = []order.Measure{{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.Delayed, Delay: order.Delay(time.Second)}}}
		}), order.RuleRange, "parts[0].delay"},
		"an effect of its own": {mine(func(e *catalogue.Entry) {
			e.Effect = catalogue.Words{EN: "Nobody sees anything.", FR: "Personne ne voit rien."}
		}), catalogue.RuleEffect, "effect"},
		"another effect of a shipped one":  {shipped(order.Pseudonym, func(e *catalogue.Entry) { e.Effect.EN = "The name is shown to the press." }), catalogue.RuleEffect, "effect"},
		"parts of a shipped one":           {shipped(order.ClosedSession, func(e *catalogue.Entry) { e.Parts = []order.Measure{{Kind: order.LiveLink}} }), catalogue.RuleEffect, "parts"},
		"anonymity without its conditions": {shipped(order.FullAnonymity, func(e *catalogue.Entry) { e.Conditions = nil }), catalogue.RuleDeclared, "conditions"},
		"a shipped one toward the bench":   {shipped(order.FaceAlteration, func(e *catalogue.Entry) { e.Audiences = []protection.Audience{protection.Bench} }), catalogue.RuleStricter, "audiences[0]"},
		"a fixed one extended":             {shipped(order.Pseudonym, func(e *catalogue.Entry) { e.Audiences = []protection.Audience{protection.Accused} }), catalogue.RuleStricter, "audiences[0]"},
		"the accused twice":                {shipped(order.FaceAlteration, func(e *catalogue.Entry) { e.Audiences = []protection.Audience{protection.Accused, protection.Accused} }), catalogue.RuleList, "audiences[1]"},
	} {
		err := catalogue.Shipped().Check(c.entry)
		if !breaches(err, c.rule, c.path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, e := range append(catalogue.Shipped().Measures, own()) {
		if err := catalogue.Shipped().Check(e); err != nil {
			t.Errorf("%s is refused: %v", e.Kind, err)
		}
	}
}

func breaches(err error, rule, path string) bool {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return slices.ContainsFunc(list.Unwrap(), func(e error) bool { return breaches(e, rule, path) })
	}
	var b *order.RuleError
	return errors.As(err, &b) && b.Rule == rule && b.Path == path
}

// A version counts from when it was decided and not before; what is proposed, declined or withdrawn counts never; and whatever a record says, a shipped measure
// keeps the words of what the program compiles.
func TestTheCatalogueIsThatOfItsMoment(t *testing.T) {
	t.Parallel()
	named := func(n int, state catalogue.State, decided time.Time, name string) catalogue.Version {
		return catalogue.Version{N: n, State: state, Decided: decided, Entry: shipped(order.Pseudonym, func(e *catalogue.Entry) {
			e.Name.EN, e.Effect.EN, e.Parts = name, "forged", []order.Measure{{Kind: order.LiveLink}}
		})}
	}
	versions := []catalogue.Version{named(2, catalogue.InForce, noon.Add(time.Hour), "second"), named(3, catalogue.Proposed, time.Time{}, "third"), named(1, catalogue.InForce, noon, "first"),
		named(3, catalogue.Declined, noon, "declined"), named(3, catalogue.Withdrawn, noon, "withdrawn")}
	for at, want := range map[time.Time]string{noon.Add(-time.Second): "pseudonym", noon: "first", noon.Add(2 * time.Hour): "second"} {
		e, _ := catalogue.Court(versions, at).Find(order.Pseudonym)
		if e.Name.EN != want || e.Effect.EN == "forged" || e.Own() {
			t.Errorf("at %s: %+v", at, e)
		}
	}
}

// A choice of the court's own becomes its parts; what the order says goes where the catalogue is silent; shared parts are joined, or refused.
func TestAnOwnMeasureBecomesItsParts(t *testing.T) {
	t.Parallel()
	held := own()
	held.Kind, held.Name = "held_back", catalogue.Words{EN: "held back", FR: "différé d’usage"}
	held.Parts = []order.Measure{{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.Delayed, Delay: order.Delay(30 * time.Minute)}}, {Kind: order.Questioning}}
	retired := own()
	retired.Kind, retired.Retired, retired.Name = "gone", true, catalogue.Words{EN: "gone", FR: "supprimée"}
	var versions []catalogue.Version
	for _, e := range []catalogue.Entry{own(), held, retired} {
		versions = append(versions, catalogue.Version{N: 1, State: catalogue.InForce, Decided: noon, Entry: e})
	}
	c := catalogue.Court(versions, noon)
	got, err := c.Order([]order.Measure{{Kind: "full_screen"}, {Kind: "held_back", Parameters: order.Parameters{Topics: []string{"where they live"}}},
		{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Support}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := order.Order{Party: "p", Measures: got, From: noon}
	if err := o.Check(); err != nil {
		t.Errorf("the parts are no order: %v", err)
	}
	face := got[slices.IndexFunc(got, func(m order.Measure) bool { return m.Kind == order.FaceAlteration })]
	topics := got[slices.IndexFunc(got, func(m order.Measure) bool { return m.Kind == order.Questioning })]
	if len(got) != 5 || len(face.Audiences) != 2 || face.Named != "full_screen" || len(topics.Topics) != 1 {
		t.Errorf("the measures are %+v", got)
	}
	other := order.Measure{Kind: order.DelayedBroadcast, Parameters: order.Parameters{Release: protection.AfterReview}}
	if _, err := c.Order([]order.Measure{{Kind: "held_back"}, other}, nil); !breaches(err, catalogue.RuleAgree, "measures[1]") {
		t.Errorf("two delays: %v", err)
	}
	if _, err := c.Order([]order.Measure{{Kind: "gone"}}, nil); !breaches(err, catalogue.RuleRetired, "measures[0]") {
		t.Errorf("a retired one: %v", err)
	}
	if _, err := c.Order([]order.Measure{{Kind: "gone"}}, []order.Measure{{Kind: order.ScreenAccused, Named: "gone"}}); err != nil {
		t.Errorf("a retired one that stands: %v", err)
	}
	twice, err := c.Order([]order.Measure{{Kind: order.LiveLink}, {Kind: order.LiveLink}}, nil)
	if o := (order.Order{Party: "p", Measures: twice, From: noon}); err != nil || !breaches(o.Check(), order.RuleOneEach, "measures[1]") {
		t.Errorf("the same twice: %v, %v", err, o.Check())
	}
}

// Whatever a court adds to its catalogue, an order made from it protects at least as much as one without the addition, in every cell and mode; and an order that
// is in force compiles as it did, because nothing of the catalogue is read for it.
func TestNoEditWeakensACell(t *testing.T) {
	t.Parallel()
	simple := slices.DeleteFunc(slices.Clone(order.Catalogue), func(e order.Entry) bool { return len(e.Needs()) > 0 })
	rapid.Check(t, func(t *rapid.T) {
		e := own()
		e.Parts = nil
		for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom(simple), 1, 6, func(e order.Entry) order.MeasureKind { return e.Kind }).Draw(t, "parts") {
			p := order.Measure{Kind: k.Kind}
			p.Audiences = rapid.SliceOfDistinct(rapid.SampledFrom(protection.Audiences), func(a protection.Audience) protection.Audience { return a }).Draw(t, "audiences")
			e.Parts = append(e.Parts, p)
		}
		if catalogue.Shipped().Check(e) != nil {
			return // the edit is refused
		}
		c := catalogue.Court([]catalogue.Version{{N: 1, State: catalogue.InForce, Decided: noon, Entry: e}}, noon)
		base := []order.Measure{{Kind: rapid.SampledFrom(simple).Draw(t, "base").Kind}}
		more, err := c.Order(append(slices.Clone(base), order.Measure{Kind: e.Kind}), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
			compile := func(list []order.Measure) policy.Matrix {
				o := order.Order{ID: "o", Case: "c", Party: "p", State: order.InForce, From: noon, Measures: list}
				return policy.Compile(policy.Input{Party: "p", Case: "c", Orders: []order.Order{o}, Mode: mode, At: noon})
			}
			before, after := compile(base), compile(more)
			if after.Access(protection.Bench) != protection.Full() || after.Access("stranger") != (protection.Access{}) {
				t.Fatal("the bench is not clear, or an unknown audience receives something")
			}
			for _, cell := range after.Cells {
				if !cell.Access.AtMost(before.Access(cell.Audience)) {
					t.Fatalf("%s receives more with the measure: %+v, before %+v", cell.Audience, cell.Access, before.Access(cell.Audience))
				}
			}
			if after.ShowsAccused && !before.ShowsAccused {
				t.Fatal("the accused is shown")
			}
		}
	})
}
