package join

import (
	"slices"
	"strings"
	"testing"
)

func TestSentencesSayWhatOthersReceive(t *testing.T) {
	t.Parallel()
	s, err := SentencesIn("en")
	if err != nil {
		t.Fatal(err)
	}
	clear, drawn, none := Reception{"clear", "clear"}, Reception{"silhouette", "interpreter_only"}, Reception{"nothing", "nothing"}
	got := s.OthersReceive(map[string]Reception{"bench": clear, "prosecution": clear, "defence": clear, "accused": {"nothing", "disguised"}, "gallery": drawn, "support": none})
	want := []string{"The judge and the lawyers see and hear you.", "Your support person sees and hears nothing of you.",
		"The accused person does not see you but hears a changed voice.", "The public sees only a drawing and hears only the interpreter."}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := s.YouReceive(drawn); got != "You see a drawing in place of the witness. You hear the interpreter only." {
		t.Errorf("%q", got)
	}
	if got := s.YouReceive(Reception{}); got != s.YouReceive(none) {
		t.Errorf("of nothing known: %q", got)
	}
}

// In every language, whatever can be received is said without a gap.
func TestSentencesHaveNoGaps(t *testing.T) {
	t.Parallel()
	for _, lang := range builtIn {
		s, err := SentencesIn(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, picture := range []string{"nothing", "silhouette", "clear"} {
			for _, voice := range []string{"nothing", "interpreter_only", "disguised", "clear"} {
				cell := Reception{picture, voice}
				for _, said := range append(s.OthersReceive(map[string]Reception{"bench": {"clear", "clear"}, "prosecution": cell, "defence": cell, "gallery": cell}), s.YouReceive(cell)) {
					if strings.ContainsAny(said, "{}") || strings.TrimSpace(said) == "" || strings.Contains(said, "  ") {
						t.Errorf("%s: %q", lang, said)
					}
				}
			}
		}
	}
}

func TestBannerFollowsTheStrictestWord(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		s    State
		want string
	}{
		{State{Phase: "testimony", Mode: "public"}, "public"}, {State{Phase: "testimony", Mode: "closed"}, "closed"}, {State{Phase: "lobby", Mode: "public"}, "lobby"},
		{State{Phase: "break", Mode: "private"}, "break"}, {State{Phase: "closed", Mode: "public"}, "ended"}, {State{Phase: "testimony", Mode: "public", Banner: "held"}, "held"},
		{State{Phase: "oath", Mode: "private"}, "private"}, {State{Phase: "identity", Mode: "public"}, "identity"},
	} {
		if got := x.s.BannerOf(); got != x.want {
			t.Errorf("%+v: %s, want %s", x.s, got, x.want)
		}
	}
}
