package protection_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
)

func drawAccess(t *rapid.T, name string) protection.Access {
	return protection.Access{
		Picture:   protection.Picture(rapid.IntRange(int(protection.NoPicture), int(protection.ClearPicture)).Draw(t, name+" picture")),
		Voice:     protection.Voice(rapid.IntRange(int(protection.NoVoice), int(protection.ClearVoice)).Draw(t, name+" voice")),
		Release:   protection.Release(rapid.IntRange(int(protection.Never), int(protection.Live)).Draw(t, name+" release")),
		Delay:     time.Duration(rapid.IntRange(0, 3).Draw(t, name+" delay")) * time.Minute,
		Connected: rapid.Bool().Draw(t, name+" connected"),
	}
}

// Stricter is the greatest lower bound of two cells under AtMost: it grants no more than either, and whatever grants no
// more than either grants no more than it.
func TestStricterIsTheMostThatBothAllow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawAccess(t, "a"), drawAccess(t, "b"), drawAccess(t, "c")
		s := a.Stricter(b)
		switch {
		case !s.AtMost(a) || !s.AtMost(b):
			t.Fatalf("%+v grants more than %+v or %+v", s, a, b)
		case s != b.Stricter(a):
			t.Fatalf("the order of two cells matters: %+v, %+v", s, b.Stricter(a))
		case s.Stricter(c) != a.Stricter(b.Stricter(c)):
			t.Fatal("the grouping of three cells matters")
		case a.Stricter(a) != a:
			t.Fatalf("a cell with itself is %+v", a.Stricter(a))
		case c.AtMost(a) && c.AtMost(b) && !c.AtMost(s):
			t.Fatalf("%+v is at most both cells and not at most %+v", c, s)
		}
	})
}

func TestAtMostOrdersTheCells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawAccess(t, "a"), drawAccess(t, "b"), drawAccess(t, "c")
		switch {
		case !a.AtMost(a):
			t.Fatalf("%+v grants more than itself", a)
		case a.AtMost(b) && b.AtMost(a) && a != b:
			t.Fatalf("%+v and %+v grant the same and differ", a, b)
		case a.AtMost(b) && b.AtMost(c) && !a.AtMost(c):
			t.Fatal("AtMost does not carry over")
		}
	})
}

// Each field alone makes a cell grant more.
func TestEachFieldCounts(t *testing.T) {
	t.Parallel()
	base := protection.Access{Picture: protection.Silhouette, Voice: protection.Disguised, Release: protection.Delayed, Delay: time.Minute}
	for name, widen := range map[string]func(*protection.Access){
		"picture":    func(a *protection.Access) { a.Picture = protection.ClearPicture },
		"voice":      func(a *protection.Access) { a.Voice = protection.ClearVoice },
		"release":    func(a *protection.Access) { a.Release = protection.Live },
		"delay":      func(a *protection.Access) { a.Delay = 0 },
		"connection": func(a *protection.Access) { a.Connected = true },
	} {
		wider := base
		widen(&wider)
		if wider.AtMost(base) || !base.AtMost(wider) {
			t.Errorf("%s: %+v does not count as more than %+v", name, wider, base)
		}
	}
}

// What nobody has filled in conceals.
func TestZeroValuesAreTheStrictest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccess(t, "a")
		zero := protection.Access{Delay: a.Delay}
		if !zero.AtMost(a) {
			t.Fatalf("the empty cell grants more than %+v", a)
		}
	})
	if protection.Unknown.Known() || protection.Unknown.Public() {
		t.Error("the empty audience is known or public")
	}
	if protection.Status("").Valid() {
		t.Error("the empty status is valid")
	}
	if text, err := protection.SessionMode(0).MarshalText(); err == nil {
		t.Errorf("the empty mode is written as %q", text)
	}
}

func TestFullIsTheMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if a := drawAccess(t, "a"); !a.AtMost(protection.Full()) {
			t.Fatalf("%+v grants more than everything", a)
		}
	})
}

// A pseudonym is free, never one that was given, whatever its case, and the first one in the row.
func TestNextPseudonymIsTheFirstFreeOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		given []protection.Pseudonym
		want  protection.Pseudonym
	}{
		{nil, "Witness A"},
		{[]protection.Pseudonym{"Witness A", "Witness B"}, "Witness C"},
		{[]protection.Pseudonym{"witness a"}, "Witness B"},
		{[]protection.Pseudonym{"Witness B"}, "Witness A"},
		{[]protection.Pseudonym{"Témoin 3"}, "Witness A"},
	} {
		if got := protection.NextPseudonym(c.given); got != c.want {
			t.Errorf("after %v: %q, want %q", c.given, got, c.want)
		}
	}
}

func TestPseudonymsGoOnPastZ(t *testing.T) {
	t.Parallel()
	var given []protection.Pseudonym
	for n := range 26*27 + 1 {
		next := protection.NextPseudonym(given)
		if slices.Contains(given, next) {
			t.Fatalf("%q was given twice", next)
		}
		for at, want := range map[int]protection.Pseudonym{25: "Witness Z", 26: "Witness AA", 51: "Witness AZ", 52: "Witness BA", 26 * 27: "Witness AAA"} {
			if n == at && next != want {
				t.Errorf("number %d is %q, want %q", n, next, want)
			}
		}
		given = append(given, next)
	}
}

func TestPseudonymIsOfOneCase(t *testing.T) {
	t.Parallel()
	p := protection.Party{Appearances: []protection.Appearance{{Case: "one", Pseudonym: "Witness A"}, {Case: "two", Pseudonym: "Witness K"}}}
	for c, want := range map[protection.CaseID]protection.Pseudonym{"one": "Witness A", "two": "Witness K", "three": "", "": ""} {
		if got := p.PseudonymIn(c); got != want {
			t.Errorf("in case %q: %q, want %q", c, got, want)
		}
	}
}

func TestAudiences(t *testing.T) {
	t.Parallel()
	public := []protection.Audience{protection.Gallery, protection.Press, protection.PublicRecord, protection.OtherWitness("p")}
	for _, a := range append(slices.Clone(protection.Audiences), protection.OtherWitness("p")) {
		if !a.Known() {
			t.Errorf("%q is not known", a)
		}
		if a.Public() != slices.Contains(public, a) {
			t.Errorf("%q public: %v", a, a.Public())
		}
	}
	for _, a := range []protection.Audience{"", "Bench", "bench ", "everyone", protection.OtherWitness(""), "witness"} {
		if a.Known() || a.Public() {
			t.Errorf("%q counts as an audience", a)
		}
	}
}

func TestOtherWitnessNamesItsParty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := protection.PartyID(rapid.StringN(1, 20, -1).Draw(t, "party"))
		if got, ok := protection.OtherWitness(id).OtherParty(); !ok || got != id {
			t.Fatalf("%q came back as %q", id, got)
		}
	})
	for _, a := range protection.Audiences {
		if p, ok := a.OtherParty(); ok {
			t.Errorf("%q is the witness %q", a, p)
		}
	}
	if _, ok := protection.OtherWitness("").OtherParty(); ok {
		t.Error("nobody is another witness")
	}
}

func TestModesAreWrittenAndRead(t *testing.T) {
	t.Parallel()
	for m, name := range map[protection.SessionMode]string{protection.PublicMode: "public", protection.PrivateMode: "private", protection.ClosedMode: "closed"} {
		text, err := json.Marshal(m)
		if err != nil || string(text) != `"`+name+`"` {
			t.Errorf("%d is written as %s: %v", m, text, err)
		}
		var back protection.SessionMode
		if err := json.Unmarshal(text, &back); err != nil || back != m {
			t.Errorf("%s is read as %d: %v", text, back, err)
		}
	}
	for _, wrong := range []string{"", "open", "Public", "closed "} {
		if m, err := protection.ParseMode(wrong); err == nil || m != 0 {
			t.Errorf("%q is read as %s", wrong, m)
		}
		m := protection.PublicMode
		if err := m.UnmarshalText([]byte(wrong)); err == nil || m == protection.PublicMode {
			t.Errorf("a mode that cannot be read (%q) leaves %s behind", wrong, m)
		}
	}
}

// A larger mode admits fewer: the compiler compares them.
func TestModesAreOrdered(t *testing.T) {
	t.Parallel()
	if protection.PublicMode >= protection.PrivateMode || protection.PrivateMode >= protection.ClosedMode {
		t.Error("the modes do not go from public to closed")
	}
}

func TestCellIsWrittenInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cell protection.Access
		want string
	}{
		{protection.Access{}, `{"picture":"nothing","voice":"nothing","release":"never","connected":false}`},
		{protection.Full(), `{"picture":"clear","voice":"clear","release":"live","connected":true}`},
		{protection.Access{Picture: protection.Silhouette, Voice: protection.InterpreterOnly, Release: protection.AfterReview}, `{"picture":"silhouette","voice":"interpreter_only","release":"after_review","connected":false}`},
		{protection.Access{Voice: protection.Disguised, Release: protection.Delayed, Delay: time.Second}, `{"picture":"nothing","voice":"disguised","release":"delayed","delay":1000000000,"connected":false}`},
		{protection.Access{Release: protection.AfterTestimony}, `{"picture":"nothing","voice":"nothing","release":"after_testimony","connected":false}`},
	} {
		text, err := json.Marshal(c.cell)
		if err != nil || string(text) != c.want {
			t.Errorf("%+v is written as %s: %v", c.cell, text, err)
		}
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for _, s := range protection.Statuses {
		if !s.Valid() {
			t.Errorf("%q is not valid", s)
		}
		for _, wrong := range []string{strings.ToUpper(string(s)), fmt.Sprint(s, " ")} {
			if protection.Status(wrong).Valid() {
				t.Errorf("%q is valid", wrong)
			}
		}
	}
}
