// Package strength judges how hard a passphrase is to guess for somebody who has the vault's file and tries without end.
//
// It counts guesses as zxcvbn does (D. Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016), with the
// words of a court, of French, and of the user's own surroundings beside its lists, and takes the lowest of several readings. It
// knows no vault and keeps nothing. Start from [Judge].
//
// An estimate is not a proof: a sentence from a book is thought stronger than it is. [Suggest] draws words by chance, whose
// strength is known.
package strength

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/match"
	"golang.org/x/text/unicode/norm"
)

// Level says in one word how hard a passphrase is to guess.
type Level int

// The levels. A guess costs about a second of one core (Argon2id).
const (
	VeryWeak Level = iota // below 10^6 guesses: hours on one machine
	Weak                  // below 10^9: days to weeks for somebody with a thousand
	Short                 // below [Enough]: not out of reach for a state or a rich enemy
	Good                  // taken
	Strong                // 10^15 and more
)

// Enough is the least number of guesses that is taken. At 0.85 s a guess it is 27,000 years of one core, or about ten million
// dollars of rented ones: these secrets have to last for decades.
const Enough = 1e12

// Shortest is the least number of characters that is taken.
const Shortest = 10

// Reason is what makes a passphrase easy to guess.
type Reason string

// The reasons.
const (
	TooShort Reason = "short"    // fewer than Shortest characters, or too few for what they are
	Personal Reason = "personal" // a name, a login, a case or this program's name
	Known    Reason = "known"    // is on lists of passwords that are tried first
	Words    Reason = "words"    // common words
	Repeat   Reason = "repeat"   // the same again and again
	Sequence Reason = "sequence" // abc, 4321
	Keyboard Reason = "keyboard" // neighbours on a keyboard
	Date     Reason = "date"     // a date or a year
)

// Reasons lists the reasons.
var Reasons = []Reason{Personal, Known, Repeat, Sequence, Keyboard, Date, Words, TooShort}

// Verdict is what is thought of a passphrase.
type Verdict struct {
	Guesses float64
	Level   Level
	Reasons []Reason // the heaviest first; none where it is taken
}

// Enough reports whether the passphrase is taken.
func (v Verdict) Enough() bool { return v.Level >= Good }

// ErrWeak is what a [*WeakError] is.
var ErrWeak = errors.New("the passphrase is too easy to guess")

// WeakError refuses a passphrase. It holds nothing of it.
type WeakError struct{ Verdict Verdict }

func (e *WeakError) Error() string {
	words := make([]string, len(e.Verdict.Reasons))
	for i, r := range e.Verdict.Reasons {
		words[i] = plain[r]
	}
	return fmt.Sprintf("%v: %s", ErrWeak, strings.Join(words, ", "))
}

// Unwrap makes it an [ErrWeak].
func (e *WeakError) Unwrap() error { return ErrWeak }

var plain = map[Reason]string{
	TooShort: "it is too short", Personal: "it holds a name, a login, a case or this program's name", Known: "it is on lists of passwords that are tried first",
	Words: "it is made of common words", Repeat: "it repeats itself", Sequence: "it counts or runs through the alphabet", Keyboard: "it follows the keyboard", Date: "it holds a date or a year",
}

// Check returns a [*WeakError] for a passphrase that isn't taken.
func Check(passphrase []byte, surroundings []string) error {
	if v := Judge(passphrase, surroundings); !v.Enough() {
		return &WeakError{v}
	}
	return nil
}

//go:embed french.txt
var frenchText string

//go:embed court.txt
var courtText string

var common = append(strings.Fields(courtText), strings.Fields(frenchText)...)

// longest is how much of a passphrase is looked at, in characters: what is longer is not weaker, and the estimate's time grows with the square.
const longest = 64

// Judge estimates a passphrase. Surroundings are what an enemy knows of its owner: names, logins, the cases at hand. It takes about a
// millisecond. The estimate leaves copies of the passphrase in memory that only the collector takes back.
func Judge(passphrase []byte, surroundings []string) Verdict {
	text := strings.ToValidUTF8(string(norm.NFC.Bytes(passphrase)), "?")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest])
	}
	personal := wordsOf(surroundings)
	inputs := slices.Concat(personal, common)
	for _, w := range inputs {
		if f := fold(w); f != w {
			inputs = append(inputs, f)
		}
	}
	v := Verdict{Guesses: -1}
	var seq []*match.Match
	for _, reading := range readings(text) {
		r := zxcvbn.PasswordStrength(reading.text, inputs)
		if guesses := r.Guesses * reading.hidden; v.Guesses < 0 || guesses < v.Guesses {
			v.Guesses, seq = guesses, r.Sequence
		}
	}
	v.Level = levelOf(v.Guesses)
	tooShort := utf8.RuneCountInString(text) < Shortest
	if tooShort {
		v.Level = min(v.Level, Short)
	}
	if !v.Enough() {
		v.Reasons = reasons(seq, personal, tooShort)
	}
	return v
}

// reading is one way to look at a passphrase, and how many times more guesses the way hides.
type reading struct {
	text   string
	hidden float64
}

// readings are the passphrase as it stands, without accents, and without what stands between its words: zxcvbn takes a space for a
// sign drawn by chance.
func readings(text string) []reading {
	out := []reading{{text, 1}}
	if f := fold(text); f != text {
		out = append(out, reading{f, 2})
	}
	closed := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-_.,;'’", r) {
			return -1
		}
		return r
	}, fold(text))
	if n := utf8.RuneCountInString(text) - utf8.RuneCountInString(closed); n > 0 && closed != "" && n*2 <= utf8.RuneCountInString(text) {
		out = append(out, reading{closed, 10})
	}
	return out
}

// fold takes accents away.
func fold(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}

// wordsOf are texts as a whole, without their spaces, and word by word.
func wordsOf(texts []string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(w string) {
		if w = strings.ToLower(w); utf8.RuneCountInString(w) >= 3 && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	for _, text := range texts {
		text = norm.NFC.String(text)
		words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		add(strings.TrimSpace(text))
		add(strings.Join(words, ""))
		for _, w := range words {
			add(w)
		}
	}
	return out
}

func levelOf(guesses float64) Level {
	switch {
	case guesses < 1e6:
		return VeryWeak
	case guesses < 1e9:
		return Weak
	case guesses < Enough:
		return Short
	case guesses < 1e15:
		return Good
	}
	return Strong
}

// reasons names what the parts of a passphrase are, those that cover most of it first.
func reasons(seq []*match.Match, personal []string, tooShort bool) []Reason {
	covered := map[Reason]int{}
	for _, m := range seq {
		if r := reasonOf(m, personal); r != "" {
			covered[r] += utf8.RuneCountInString(m.Token)
		}
	}
	var out []Reason
	for _, r := range Reasons {
		if covered[r] > 0 {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return covered[b] - covered[a] })
	if tooShort || len(out) == 0 {
		out = append([]Reason{TooShort}, out...)
	}
	return out
}

func reasonOf(m *match.Match, personal []string) Reason {
	switch m.Pattern {
	case "dictionary":
		word := strings.ToLower(m.MatchedWord)
		folded := slices.ContainsFunc(personal, func(p string) bool { return p == word || fold(p) == word })
		switch {
		case m.DictionaryName == "user_inputs" && folded, word == "paravent":
			return Personal
		case m.DictionaryName == "passwords" && utf8.RuneCountInString(m.Token) >= 4:
			return Known
		}
		return Words
	case "repeat":
		return Repeat
	case "sequence":
		return Sequence
	case "spatial":
		return Keyboard
	case "date", "regex":
		return Date
	}
	return ""
}

// Suggested is how many words [Suggest] draws: six of 256 are 48 bits, 2.8·10^14 guesses for somebody who knows the list.
const Suggested = 6

// Suggest draws a passphrase of words from a list of 256, each as likely as any other.
func Suggest(rnd io.Reader, list []string) (string, error) {
	if len(list) != 256 {
		return "", fmt.Errorf("suggest a passphrase: the list has %d words, not 256", len(list))
	}
	drawn := make([]byte, Suggested)
	if _, err := io.ReadFull(rnd, drawn); err != nil {
		return "", fmt.Errorf("suggest a passphrase: %w", err)
	}
	words := make([]string, Suggested)
	for i, b := range drawn {
		words[i] = list[b]
	}
	return strings.Join(words, " "), nil
}
