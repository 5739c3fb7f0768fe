package lookup_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"paravent/app/lookup"
)

func TestFind(t *testing.T) {
	t.Parallel()
	x := lookup.New([]string{"Witness A · case 12/26", "Case 12/26", "Witness B · case 12/26", "", "Témoin É · dossier"})
	for typed, want := range map[string][]int{
		"":              {0, 1, 2, 3, 4},
		"  ":            {0, 1, 2, 3, 4},
		"case":          {1, 0, 2},
		"12 witness b":  {2},
		"WITNESS":       {0, 2},
		"é":             {4},
		"nobody":        nil,
		"a · case":      {0, 2},
		"witness\x00b":  {2},
		"26\x00witness": {0, 2},
	} {
		if got := x.Find(typed); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
		}
	}
	if got := lookup.New(nil).Find("x"); got != nil {
		t.Errorf("nothing finds %v", got)
	}
}

// TestFindIsLookingThroughEachLine holds the index against the plain way.
func TestFindIsLookingThroughEachLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab\x00 ÄÉ]{0,4}`)
		lines := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(word, 0, 4), func(w []string) string { return strings.Join(w, " ") }), 0, 40).Draw(t, "lines")
		typed := strings.Join(rapid.SliceOfN(word, 0, 3).Draw(t, "typed"), " ")
		if got, want := lookup.New(lines).Find(typed), plainly(lines, typed); !slices.Equal(got, want) {
			t.Fatalf("finds %v, want %v", got, want)
		}
	})
}

func plainly(lines []string, typed string) (found []int) {
	normal := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "\x00", " ") }
	words := strings.Fields(normal(typed))
	for _, first := range []bool{true, false} {
		for i, l := range lines {
			l = normal(l)
			fits := first == (len(words) == 0 || strings.HasPrefix(l, words[0]))
			for _, w := range words {
				fits = fits && strings.Contains(l, w)
			}
			if fits {
				found = append(found, i)
			}
		}
	}
	return found
}
