package kit

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var vault = VaultID{1, 2, 3, 4, 5}

func split(t testing.TB, needed, n int) (Kit, []byte, []Sheet) {
	t.Helper()
	k, seed, sheets, err := Split(rand.Reader, vault, needed, n)
	if err != nil {
		t.Fatal(err)
	}
	return k, seed, sheets
}

func TestAnyKOfNGiveTheSeedBackAndFewerDoNot(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{2, 2}, {2, 3}, {3, 5}, {5, 5}} {
		k, seed, sheets := split(t, size[0], size[1])
		for set := range 1 << size[1] {
			var given []Sheet
			for i, s := range sheets {
				if set>>i&1 == 1 {
					given = append(given, s)
				}
			}
			got, err := Join(k, given)
			if len(given) < size[0] {
				if !errors.Is(err, ErrFew) {
					t.Errorf("%d of %v: %v", len(given), size, err)
				}
			} else if err != nil || !bytes.Equal(got, seed) {
				t.Errorf("set %b of %v: %v", set, size, err)
			}
		}
	}
}

func TestFewerSheetsThanNeededGiveAnotherSeedWhateverTheKitSays(t *testing.T) {
	t.Parallel()
	k, seed, sheets := split(t, 3, 5)
	k.Needed = 2 // as somebody would who changed the file
	got, err := Join(k, sheets[:2])
	if err != nil || bytes.Equal(got, seed) {
		t.Errorf("two of three gave the seed, or %v", err)
	}
	k.Needed = 1
	if _, err := Join(k, sheets[:1]); !errors.Is(err, ErrFew) {
		t.Error(err)
	}
}

func TestAWrongSheetIsNamed(t *testing.T) {
	t.Parallel()
	k, _, sheets := split(t, 2, 3)
	_, _, older := split(t, 2, 3)
	foreign := sheets[1]
	foreign.Vault[0]++
	forged, renumbered, beyond := sheets[1], sheets[1], sheets[1]
	forged.Share[7] ^= 1
	renumbered.Index, beyond.Index = 3, 9
	for name, c := range map[string]struct {
		sheet Sheet
		want  error
		named int
	}{
		"twice": {sheets[0], ErrTwice, 1}, "older kit": {older[1], ErrKit, 2}, "other vault": {foreign, ErrVault, 2},
		"forged": {forged, ErrFalse, 2}, "renumbered": {renumbered, ErrFalse, 3}, "beyond": {beyond, ErrFalse, 9},
	} {
		_, err := Join(k, []Sheet{sheets[0], c.sheet})
		var named *SheetError
		if !errors.Is(err, c.want) || !errors.As(err, &named) || named.Sheet != c.named {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{1, 1}, {1, 3}, {0, 0}, {3, 2}, {2, 13}, {-1, 5}} {
		if _, _, _, err := Split(rand.Reader, vault, size[0], size[1]); !errors.Is(err, ErrBounds) {
			t.Errorf("%v: %v", size, err)
		}
	}
}

func TestASheetIsTypedBack(t *testing.T) {
	t.Parallel()
	_, _, sheets := split(t, 2, 2)
	for _, s := range sheets {
		lines := strings.Join(s.Lines(), "\n")
		for _, text := range []string{s.Code(), lines, strings.ToLower(lines), strings.ReplaceAll(lines, " ", "-"), s.Text(),
			"Recovery sheet 1 of 2\nKeep it apart.\n" + s.Text() + "Thank you\n",
			strings.NewReplacer("0", "o", "1", "l").Replace(lines)} {
			if got, err := Parse(text); err != nil || got != s {
				t.Errorf("%q: %v", text, err)
			}
		}
		if len(s.Code()) != 100 {
			t.Errorf("%d signs", len(s.Code()))
		}
	}
}

// One wrong sign, and two neighbours that changed places, are found in the group that they are in; so is a sign too few or too many.
func TestAMistakeIsFoundWhereItIs(t *testing.T) {
	t.Parallel()
	_, _, sheets := split(t, 2, 2)
	code := sheets[0].Code()
	wants := func(text string, at int) {
		t.Helper()
		var typo *TypoError
		if _, err := Parse(text); !errors.As(err, &typo) || !errors.Is(err, ErrTypo) || typo.Group != at/groupSize+1 {
			t.Errorf("a mistake at sign %d: %v", at, err)
		}
	}
	for i := range code {
		for _, r := range signs {
			if byte(r) != code[i] {
				wants(code[:i]+string(r)+code[i+1:], i)
			}
		}
		if i%groupSize < groupSize-1 && code[i] != code[i+1] {
			wants(code[:i]+code[i+1:i+2]+code[i:i+1]+code[i+2:], i)
		}
		wants(code[:i]+"*"+code[i+1:], i)
	}
	if _, err := Parse(code + "0"); !errors.Is(err, ErrTypo) {
		t.Error(err)
	}
	for _, text := range []string{"", " ", "=", strings.Repeat("A", 1<<20), code[:99], code[5:] + code[:5], code[5:10] + code[:5] + code[10:]} {
		if _, err := Parse(text); !errors.Is(err, ErrTypo) {
			t.Errorf("%d signs: %v", len(text), err)
		}
	}
}

func TestEverySheetComesBackAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 45, 45).Draw(t, "bytes")
		s := Sheet{Vault: [4]byte(b), Kit: ID(b[4:]), Index: b[12] | 1, Share: [32]byte(b[13:])}
		if got, err := Parse(s.Text()); err != nil || got != s {
			t.Fatalf("%v came back as %v, %v", s, got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	s := Sheet{Vault: [4]byte{1}, Kit: ID{2}, Index: 3, Share: [32]byte{4}}
	f.Add(s.Code())
	f.Add(s.Text())
	f.Add("=" + s.Code()[:99])
	f.Add("= O0Il-\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrTypo) {
				t.Errorf("%v", err)
			}
			return
		}
		if again, err := Parse(got.Code()); err != nil || again != got {
			t.Errorf("%v came back as %v, %v", got, again, err)
		}
	})
}
