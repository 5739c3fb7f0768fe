// Package transcript holds what was said in a recording: passages with their times, who speaks, and in which language.
//
// It is pure, and has no place for a name: a speaker is a role and a number, and no text begins with a label (see [Passage.Check]). It reads and writes WebVTT
// and SubRip, and says what of a transcript the public may read. Start from [Passage] and [Public].
package transcript

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"paravent/testimony"
)

// Speaker is who speaks: a role, and a number where several hold it. The zero Speaker is somebody who is not named.
type Speaker struct {
	Role   testimony.Role
	Number int // from 2; 0 where the role alone says it
}

const (
	unnamed    = "unnamed"
	maxSpeaker = 99
)

// String writes a speaker as files and records have it: defence, or defence-2.
func (s Speaker) String() string {
	switch {
	case s.Role == "":
		return unnamed
	case s.Number == 0:
		return string(s.Role)
	}
	return string(s.Role) + "-" + strconv.Itoa(s.Number)
}

// ParseSpeaker reads what [Speaker.String] writes, and nothing else.
func ParseSpeaker(text string) (Speaker, error) {
	if text == unnamed {
		return Speaker{}, nil
	}
	role, number, numbered := strings.Cut(text, "-")
	s := Speaker{Role: testimony.Role(role)}
	if s.Role != testimony.RoleBench && !s.Role.Valid() {
		return Speaker{}, ErrSpeaker
	}
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil || n < 2 || n > maxSpeaker || strconv.Itoa(n) != number {
			return Speaker{}, ErrSpeaker
		}
		s.Number = n
	}
	return s, nil
}

// MarshalText implements encoding.TextMarshaler.
func (s Speaker) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Speaker) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSpeaker(string(text))
	return err
}

// Withheld is why a passage has no text.
type Withheld string

// Why a passage has no text.
const (
	Expunged  Withheld = "expunged"   // by an order, or a mark
	NotPublic Withheld = "not_public" // it was not said in public session
)

// Passage is a stretch of what was said, by one speaker in one language.
type Passage struct {
	Start    time.Duration `json:"start"` // since the beginning of the recording, in whole milliseconds
	End      time.Duration `json:"end"`   // the first instant after it
	Speaker  Speaker       `json:"speaker"`
	Language string        `json:"language,omitempty"` // BCP 47, without private parts; empty where nobody said
	Text     string        `json:"text,omitempty"`     // lines, none of them empty; nothing where it is withheld
	Withheld Withheld      `json:"withheld,omitempty"` // then there is neither speaker, language nor text
}

// What a caller decides by. No error quotes what it refuses: it can be a name.
var (
	ErrSpeaker  = errors.New("a speaker is a role, not a name")
	ErrLabel    = errors.New("the text begins with who speaks")
	ErrLanguage = errors.New("this is no language tag")
	ErrPassage  = errors.New("this passage cannot be kept")
)

// Bounds of a passage.
const (
	Longest = 24 * time.Hour // the latest end
	maxText = 4000           // characters
)

// Check says what is wrong with a passage before it is kept.
func (p Passage) Check() error {
	refuse := func(format string, with ...any) error {
		return fmt.Errorf("%w: %s", ErrPassage, fmt.Sprintf(format, with...))
	}
	switch {
	case p.Start < 0 || p.End <= p.Start || p.End > Longest:
		return refuse("it ends before it begins, or after %s", Longest)
	case p.Start%time.Millisecond != 0 || p.End%time.Millisecond != 0:
		return refuse("it has a time finer than a millisecond")
	case p.Withheld != "" && p.Withheld != Expunged && p.Withheld != NotPublic:
		return refuse("it is withheld for no known reason")
	case p.Withheld != "":
		if p.Text != "" || p.Speaker != (Speaker{}) || p.Language != "" {
			return refuse("it is withheld and says something")
		}
		return nil
	case p.Text == "":
		return refuse("it has no text")
	case utf8.RuneCountInString(p.Text) > maxText:
		return refuse("it is longer than %d characters", maxText)
	case p.Text != Clean(p.Text) || withheldBy(p.Text) != "":
		return refuse("its text is not in its one form")
	}
	if _, err := ParseSpeaker(p.Speaker.String()); err != nil {
		return err
	}
	if l, err := ParseLanguage(p.Language); err != nil || l != p.Language {
		return ErrLanguage
	}
	for line := range strings.SplitSeq(p.Text, "\n") {
		if label, _ := cutLabel(line); label != "" {
			return ErrLabel
		}
	}
	return nil
}

// ParseLanguage brings a language tag into its one form: language, script and region. Private parts and extensions, in which anything can be written, are
// refused. Nothing stands for a language that nobody named.
func ParseLanguage(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	t, err := language.Parse(text)
	if err != nil || len(t.Extensions()) > 0 || len(t.Variants()) > 0 {
		return "", ErrLanguage
	}
	if s := t.String(); !strings.HasPrefix(s, "x-") && s != "und" {
		return s, nil
	}
	return "", ErrLanguage
}

// Clean brings text into its one form: lines that are neither empty nor begin or end with a blank, without control characters and those that turn the
// direction of writing.
func Clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.Is(unicode.Cc, r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
			return -1
		}
		return r
	}, text)
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// Sort puts passages in the order of time; those that begin and end together stay as they were.
func Sort(list []Passage) {
	slices.SortStableFunc(list, func(a, b Passage) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
}

// Languages are those of passages, in alphabetical order.
func Languages(list []Passage) []string {
	var out []string
	for _, p := range list {
		if p.Withheld == "" && p.Language != "" && !slices.Contains(out, p.Language) {
			out = append(out, p.Language)
		}
	}
	slices.Sort(out)
	return out
}

// In takes the passages of one language, with what is withheld: that has none.
func In(list []Passage, language string) []Passage {
	return slices.DeleteFunc(slices.Clone(list), func(p Passage) bool { return p.Withheld == "" && p.Language != language })
}

// At finds the passages that are spoken at a moment, by their places in a sorted list.
func At(list []Passage, at time.Duration) []int {
	var out []int
	for i, p := range list {
		if p.Start > at {
			break
		}
		if at < p.End {
			out = append(out, i)
		}
	}
	return out
}
