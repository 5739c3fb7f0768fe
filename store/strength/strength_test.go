package strength_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/store/strength"
)

var surroundings = []string{"m.dupont", "Marie Dupont-Lefèvre", "TC 12/2026", "court.paravent"}

func TestWhatIsTakenAndWhatIsNot(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		enough bool
		why    strength.Reason
	}{
		"":                                 {false, strength.TooShort},
		"k7#Qm!v2":                         {false, strength.TooShort},
		"training paravent":                {false, strength.Words},
		"password123":                      {false, strength.Known},
		"P@ssw0rd2026":                     {false, strength.Known},
		"qwertyuiopasdfghjkl":              {false, strength.Known},
		"azazazazazazazazazazazazaz":       {false, strength.Repeat},
		"abcdefghijklmnopqrst":             {false, strength.Sequence},
		"zxsawq,mnbhu":                     {false, ""},
		"a long passphrase":                {false, strength.Words},
		"Tribunal de Paris":                {false, strength.Words},
		"juge et témoin":                   {false, strength.Words},
		"dupont-lefevre":                   {false, strength.Personal},
		"Marie Dupont 1975":                {false, strength.Personal},
		"m.dupont TC 12/2026":              {false, strength.Personal},
		"TC12/2026 paravent":               {false, strength.Personal},
		"14 juillet 1789":                  {false, strength.Date},
		"k7#Qm!v2Lz9$w":                    {true, ""},
		"correct horse battery staple":     {true, ""},
		"zinc hibou parapluie nougat loup": {true, ""},
		"quinze girafes boudent au lavoir": {true, ""},
	} {
		v := strength.Judge([]byte(text), surroundings)
		if v.Enough() != want.enough || want.why != "" && !slices.Contains(v.Reasons, want.why) || v.Enough() != (len(v.Reasons) == 0) {
			t.Errorf("%q: %d, %.2g guesses, %v", text, v.Level, v.Guesses, v.Reasons)
		}
		err := strength.Check([]byte(text), surroundings)
		if errors.Is(err, strength.ErrWeak) == want.enough {
			t.Errorf("%q: %v", text, err)
		}
		if err != nil && text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error tells the passphrase %q", text)
		}
	}
}

func TestSpacesAndAccentsMakeNothingOfLittle(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"alongpassphrase", "a long passphrase"}, {"temoin protege", "témoin protégé"}, {"bonjour tout le monde", "bonjour-tout-le-monde"}} {
		plain, dressed := strength.Judge([]byte(pair[0]), nil), strength.Judge([]byte(pair[1]), nil)
		if dressed.Guesses > 100*plain.Guesses {
			t.Errorf("%q is %.2g, %q is %.2g", pair[0], plain.Guesses, pair[1], dressed.Guesses)
		}
	}
}

// TestSurroundingsNeverHelp: what an enemy knows makes a passphrase no stronger.
func TestSurroundingsNeverHelp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.String().Draw(t, "passphrase")
		known := rapid.SliceOfN(rapid.StringN(0, 12, -1), 0, 4).Draw(t, "surroundings")
		alone, with := strength.Judge([]byte(p), nil), strength.Judge([]byte(p), known)
		if with.Guesses > alone.Guesses*1.0000001 {
			t.Fatalf("%q with %q: %.4g, alone %.4g", p, known, with.Guesses, alone.Guesses)
		}
		whole := strength.Judge([]byte(p), []string{p})
		if n := len([]rune(strings.TrimSpace(p))); n >= 3 && n <= 64 && strings.TrimSpace(p) == p && whole.Enough() && !strings.ContainsFunc(p, func(r rune) bool { return r > 0x7e || r < 0x20 }) {
			t.Fatalf("%q is taken although it is known: %.3g", p, whole.Guesses)
		}
	})
}

func TestAnyBytesAreJudgedInAShortTime(t *testing.T) {
	t.Parallel()
	for _, p := range [][]byte{bytes.Repeat([]byte("a"), 1024), bytes.Repeat([]byte("é"), 512), bytes.Repeat([]byte{0xff, 'a'}, 512), bytes.Repeat([]byte("4b@"), 300), bytes.Repeat([]byte("\u0301"), 500)} {
		begun := time.Now()
		strength.Judge(p, surroundings)
		if took := time.Since(begun); took > 5*time.Second { // milliseconds; more is a hang
			t.Errorf("%.12q: %v", p, took)
		}
	}
}

func TestSuggestedWordsAreDrawnEvenlyAndTaken(t *testing.T) {
	t.Parallel()
	list := make([]string, 256)
	for i := range list {
		list[i] = string(rune('a'+i%26)) + string(rune('a'+i/26)) + "lmo"
	}
	got, err := strength.Suggest(bytes.NewReader([]byte{0, 255, 1, 0, 2, 3}), list)
	if err != nil || got != strings.Join([]string{list[0], list[255], list[1], list[0], list[2], list[3]}, " ") {
		t.Errorf("%q, %v", got, err)
	}
	seen := map[string]bool{}
	for range 200 {
		s, err := strength.Suggest(rand.Reader, list)
		if err != nil || seen[s] || len(strings.Fields(s)) != strength.Suggested {
			t.Fatalf("%q, %v", s, err)
		}
		seen[s] = true
	}
	if _, err := strength.Suggest(bytes.NewReader(nil), list); err == nil {
		t.Error("words without randomness")
	}
	if _, err := strength.Suggest(rand.Reader, list[:255]); err == nil {
		t.Error("a list that is not even")
	}
}

func BenchmarkJudge(b *testing.B) {
	for b.Loop() {
		strength.Judge([]byte("quinze girafes boudent au lavoir"), surroundings)
	}
}
