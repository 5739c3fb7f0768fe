package testimony

import (
	"errors"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"
)

// Errors of writing on a text line.
var (
	ErrTextLength = errors.New("a message on the text line has from 1 to 280 characters, on one line")
	ErrTextPhrase = errors.New("there is no such ready-made phrase")
	ErrTextFast   = errors.New("too many messages in a minute on this text line")
	ErrTextSeat   = errors.New("this seat has no text line")
)

// LongestText is the longest message of a text line, in characters.
const LongestText = 280

// TextsAMinute is how many messages of one seat are taken in within a minute.
const TextsAMinute = 8

// KeptTexts is how many messages of one line are held at most, both sides together; the oldest go first.
const KeptTexts = 200

// TextPhrases are what a guest can say to the clerk with one press, in the language of the page; the clerk reads it in their own.
var TextPhrases = []string{"hear", "see", "interpreter", "language", "slower", "unwell", "yes", "no"}

// ClerkPhrases are what the clerk can answer with one press; the guest reads it in the language of the page.
var ClerkPhrases = []string{"seen", "wait", "call", "aloud"}

// Writes reports whether somebody in this role has a text line to the clerk. Gallery and press send nothing.
func (r Role) Writes() bool { return r.Publishes() && r != RoleBench }

// Text is one message of a text line: typed words, or a ready-made phrase. It is held in memory while the session lasts and written nowhere.
type Text struct {
	At     time.Time
	Clerk  bool   // from the clerk; otherwise from the seat
	Phrase string // one of TextPhrases or ClerkPhrases; empty where it was typed
	Words  string // as typed
}

// Check reports what is wrong with a message: it is either one known phrase of its side, or text that shows as it was typed. Control characters and those that
// turn the direction of what follows are no text: with them a line could be made to read otherwise than it was written.
func (t Text) Check() error {
	if t.Phrase != "" {
		of := TextPhrases
		if t.Clerk {
			of = ClerkPhrases
		}
		if t.Words != "" || !slices.Contains(of, t.Phrase) {
			return ErrTextPhrase
		}
		return nil
	}
	if n := utf8.RuneCountInString(t.Words); n == 0 || n > LongestText || !utf8.ValidString(t.Words) {
		return ErrTextLength
	}
	blank := true
	for _, r := range t.Words {
		if unicode.IsControl(r) || turns(r) {
			return ErrTextLength
		}
		blank = blank && unicode.IsSpace(r)
	}
	if blank {
		return ErrTextLength
	}
	return nil
}

// turns reports whether a character embeds, overrides or isolates a direction, or breaks a line (Unicode TR 9, and U+2028, U+2029).
func turns(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}

// TextLine is what one seat and the clerk have written to each other. The zero value is an empty line.
type TextLine struct {
	Texts  []Text
	Unread int // of the seat's, by the clerk
	In     int // messages of the seat, those that are no longer held included
	Out    int // of the clerk
}

// After is the line after one more message. A seat that writes too much is refused and the line stays as it is; the clerk is not held back. The line that is given
// is not changed.
func (l TextLine) After(t Text) (TextLine, error) {
	if err := t.Check(); err != nil {
		return l, err
	}
	if !t.Clerk && l.within(t.At) >= TextsAMinute {
		return l, ErrTextFast
	}
	next := l
	next.Texts = append(slices.Clone(l.Texts), t)
	if over := len(next.Texts) - KeptTexts; over > 0 {
		next.Texts = slices.Clone(next.Texts[over:])
	}
	if t.Clerk {
		next.Out++
	} else {
		next.In++
		next.Unread++
	}
	return next, nil
}

// within counts the seat's messages of the minute before a moment.
func (l TextLine) within(at time.Time) (n int) {
	for _, t := range l.Texts {
		if !t.Clerk && at.Sub(t.At).Abs() < time.Minute {
			n++
		}
	}
	return n
}

// Used reports whether anything was written on the line.
func (l TextLine) Used() bool { return l.In+l.Out > 0 }
