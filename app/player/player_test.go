package player

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever is said, no more than a few lines stand over the picture, none wider than it, and what is left out is said to be.
func TestSubtitle(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 200)
	for text, want := range map[string][]string{"": nil, " \n ": nil, "one": {"one"}, "one\ntwo": {"one", "two"}} {
		if got := Subtitle(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{long, strings.Repeat("ጠ", 500), strings.Repeat("a\n", 50), "one " + strings.Repeat("x", 300) + " two"} {
		lines := Subtitle(text)
		if len(lines) == 0 || len(lines) > subtitleLines {
			t.Errorf("%d lines", len(lines))
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > subtitleWidth+2 {
				t.Errorf("a line of %d characters", utf8.RuneCountInString(line))
			}
		}
		if !strings.Contains(strings.Join(lines, " "), "…") {
			t.Errorf("nothing says that %q goes on", lines)
		}
	}
}
