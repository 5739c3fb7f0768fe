package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
)

var languages = []policy.Language{policy.English, policy.French}

// Every word of the matrix exists in both languages, and no two settings share one.
func TestVocabularyIsComplete(t *testing.T) {
	t.Parallel()
	for _, l := range languages {
		words := map[string][]string{}
		for _, p := range []protection.Picture{protection.NoPicture, protection.Silhouette, protection.ClearPicture} {
			words["picture"] = append(words["picture"], policy.PictureWord(p, l))
		}
		for _, v := range []protection.Voice{protection.NoVoice, protection.InterpreterOnly, protection.Disguised, protection.ClearVoice} {
			words["voice"] = append(words["voice"], policy.VoiceWord(v, l))
		}
		for _, m := range modes {
			words["mode"] = append(words["mode"], policy.ModeWord(m, l))
		}
		for _, a := range append(slices.Clone(protection.Audiences), protection.OtherWitness(other), protection.Unknown) {
			words["audience"] = append(words["audience"], policy.AudienceWord(a, l))
		}
		for _, e := range order.Catalogue {
			word := policy.MeasureWord(e.Kind, l)
			if word == string(e.Kind) && e.Kind != order.Pseudonym && e.Kind != order.IntermediaryHelp {
				t.Errorf("%s: the measure %s has no word of its own", l, e.Kind)
			}
			words["measure"] = append(words["measure"], word)
		}
		for _, r := range []policy.Rule{policy.BenchClear, policy.MasterClear, policy.OpenCourt, policy.PartOfCourt, policy.OtherWitness,
			policy.UnknownParty, policy.PrivateMode, policy.ClosedMode} {
			words["rule"] = append(words["rule"], policy.Cause{Rule: r}.Because(l))
		}
		for kind, list := range words {
			if slices.Contains(list, "") {
				t.Errorf("%s: a %s has no word: %q", l, kind, list)
			}
			sorted := slices.Sorted(slices.Values(list))
			if unique := slices.Compact(slices.Clone(sorted)); len(unique) != len(list) {
				t.Errorf("%s: two %ss share a word: %q", l, kind, sorted)
			}
		}
	}
}

func TestUnknownThingsHaveAName(t *testing.T) {
	t.Parallel()
	if got := policy.MeasureWord("from_the_future", policy.French); got != "from_the_future" {
		t.Errorf("an unknown measure is called %q", got)
	}
	if got := policy.AudienceWord("stranger", policy.English); got != "Unknown" {
		t.Errorf("an unknown audience is called %q", got)
	}
	if got, want := policy.AudienceWord(protection.Bench, "xx"), policy.AudienceWord(protection.Bench, policy.English); got != want {
		t.Errorf("in an unknown language the bench is %q", got)
	}
}

// A cause says the order, the measure, whether it was carried over, and why it may not be the last word.
func TestBecause(t *testing.T) {
	t.Parallel()
	measure := policy.Cause{Rule: policy.ByMeasure, Order: "o", Reference: "2026/114", Measure: order.FaceAlteration}
	carried, doubtful, both := measure, measure, measure
	carried.CarriedFrom = past
	doubtful.Doubt = order.IsContested
	both.CarriedFrom, both.Doubt = past, order.AwaitsDecision
	for _, c := range []struct {
		cause policy.Cause
		l     policy.Language
		want  string
	}{
		{measure, policy.English, "order 2026/114, face alteration"},
		{measure, policy.French, "ordonnance 2026/114, altération du visage"},
		{carried, policy.English, "order 2026/114, face alteration; carried over from an earlier case"},
		{doubtful, policy.English, "order 2026/114, face alteration; contested; stands until a judge decides"},
		{both, policy.French, "ordonnance 2026/114, altération du visage; reprise d’une affaire antérieure; provisoire, jusqu’à la décision"},
		{policy.Cause{Rule: policy.PrivateMode}, policy.English, "the session is private"},
	} {
		if got := c.cause.Because(c.l); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	for _, doubt := range []order.Doubt{order.AwaitsDecision, order.IsContested, order.HasExpired} {
		for _, l := range languages {
			doubtful.Doubt = doubt
			if doubtful.Because(l) == measure.Because(l)+"; " {
				t.Errorf("the doubt %q has no words in %s", doubt, l)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	cell := func(p protection.Picture, v protection.Voice, connected bool) policy.Cell {
		return policy.Cell{Audience: protection.Press, Access: protection.Access{Picture: p, Voice: v, Connected: connected}}
	}
	for _, c := range []struct {
		cell   policy.Cell
		en, fr string
	}{
		{cell(protection.ClearPicture, protection.ClearVoice, true), "Press: sees clear, hears clear.", "Presse : image « en clair », voix « en clair »."},
		{cell(protection.NoPicture, protection.ClearVoice, true), "Press: sees nothing, hears clear.", "Presse : image « rien », voix « en clair »."},
		{cell(protection.Silhouette, protection.NoVoice, true), "Press: sees silhouette, hears nothing.", "Presse : image « silhouette », voix « rien »."},
		{cell(protection.NoPicture, protection.NoVoice, true), "Press: receives nothing.", "Presse : ne reçoit rien."},
		{cell(protection.NoPicture, protection.NoVoice, false), "Press: not connected.", "Presse : liaison coupée."},
	} {
		if got := c.cell.Summary(policy.English); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
		if got := c.cell.Summary(policy.French); got != c.fr {
			t.Errorf("got %q, want %q", got, c.fr)
		}
	}
}

// One line where picture and voice have the same cause, one each where not, and the connection's where it is taken down.
func TestReasons(t *testing.T) {
	t.Parallel()
	open, private, closed := policy.Cause{Rule: policy.OpenCourt}, policy.Cause{Rule: policy.PrivateMode}, policy.Cause{Rule: policy.ClosedMode}
	connected := protection.Access{Connected: true}
	for _, c := range []struct {
		cell policy.Cell
		want []string
	}{
		{policy.Cell{Access: connected, PictureCause: open, VoiceCause: open, ConnectedCause: closed}, []string{open.Because(policy.English)}},
		{policy.Cell{Access: connected, PictureCause: open, VoiceCause: private}, []string{open.Because(policy.English), private.Because(policy.English)}},
		{policy.Cell{PictureCause: open, VoiceCause: private, ConnectedCause: closed}, []string{closed.Because(policy.English)}},
	} {
		if diff := cmp.Diff(c.want, c.cell.Reasons(policy.English)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestExplainTellsARaisedMode(t *testing.T) {
	t.Parallel()
	in := policy.Input{Party: party, Case: here, At: day, Mode: protection.PublicMode, Orders: []order.Order{{
		ID: "o", Reference: "2026/130", Case: here, Party: party, State: order.InForce,
		Measures: []order.Measure{{Kind: order.PrivateSession}, {Kind: order.ScreenAccused}}}}}
	m := policy.Compile(in)
	lines := m.Explain(protection.PublicMode, policy.English)
	if want := "The session is private, although public was asked for: order 2026/130, private session."; lines[0] != want {
		t.Errorf("it begins with %q, want %q", lines[0], want)
	}
	if want, got := "The witness is not shown the accused: order 2026/130, screen, accused hidden from the witness.", lines[len(lines)-1]; got != want {
		t.Errorf("it ends with %q, want %q", got, want)
	}
	// Asked for private in the first place, nothing was raised.
	if first := m.Explain(protection.PrivateMode, policy.English)[0]; !strings.HasPrefix(first, "Bench: ") {
		t.Errorf("it begins with %q", first)
	}
}

// The whole matrix is told: one line for each audience in its order, what measures ask for besides, then the accused, and a line before where the mode was
// raised; no line is empty or has a hole where a word belongs.
func TestExplainTellsEveryCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		m := policy.Compile(in)
		for _, l := range languages {
			lines := m.Explain(in.Mode, l)
			if m.Mode != in.Mode {
				lines = lines[1:] // that the mode was raised
			}
			if len(lines) != len(m.Cells)+len(m.Effects)+1 {
				t.Fatalf("%d lines for %d cells and %d effects", len(lines), len(m.Cells), len(m.Effects))
			}
			for i, c := range m.Cells {
				if !strings.HasPrefix(lines[i], policy.AudienceWord(c.Audience, l)) {
					t.Fatalf("line %d is %q, want that of %s", i, lines[i], c.Audience)
				}
			}
			for _, line := range lines {
				for _, hole := range []string{"()", "%!", ": .", "«  »", "sees ,", "hears .", "order ,"} {
					if strings.Contains(line, hole) {
						t.Fatalf("%q has a hole", line)
					}
				}
			}
		}
	})
}
