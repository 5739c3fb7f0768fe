package testimony

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestATextIsShortAndShowsAsTyped(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]error{
		"":                                 ErrTextLength,
		"   ":                              ErrTextLength,
		"I cannot hear.":                   nil,
		"لا أسمع":                          nil,
		"የማይሰማ ነው":                         nil,
		strings.Repeat("é", LongestText):   nil,
		strings.Repeat("é", LongestText+1): ErrTextLength,
		"two\nlines":                       ErrTextLength,
		"a bell\a":                         ErrTextLength,
		"turned \u202ethgir":               ErrTextLength,
		"isolated \u2067x":                 ErrTextLength,
		"not text \xff":                    ErrTextLength,
	} {
		if err := (Text{Words: words}).Check(); !errors.Is(err, want) {
			t.Errorf("%q: %v", words, err)
		}
	}
	for _, phrase := range TextPhrases {
		if err := (Text{Phrase: phrase}).Check(); err != nil {
			t.Errorf("%s: %v", phrase, err)
		}
		if err := (Text{Phrase: phrase, Words: "and"}).Check(); err == nil {
			t.Errorf("%s passes with words beside it", phrase)
		}
		if err := (Text{Phrase: phrase, Clerk: true}).Check(); err == nil {
			t.Errorf("the clerk says %s", phrase)
		}
	}
	if err := (Text{Phrase: ClerkPhrases[0]}).Check(); err == nil {
		t.Error("a guest says what is the clerk's")
	}
}

// Whatever is written, a line stays bounded, takes no more of a seat in a minute than it may, and never holds the clerk back.
func TestALineIsBoundedAndSlow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l TextLine
		var taken []time.Time
		now := time.Unix(1e9, 0)
		for range rapid.IntRange(1, 400).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "s")) * time.Second)
			clerk := rapid.Bool().Draw(t, "clerk")
			before := l
			next, err := l.After(Text{At: now, Clerk: clerk, Words: "x"})
			switch {
			case err != nil && clerk:
				t.Fatalf("the clerk is held back: %v", err)
			case err != nil && (next.In != before.In || len(next.Texts) != len(before.Texts)):
				t.Fatal("a refused message has an effect")
			case err == nil && !clerk:
				taken = append(taken, now)
			}
			l = next
			if len(l.Texts) > KeptTexts {
				t.Fatalf("%d messages are held", len(l.Texts))
			}
		}
		for i := range taken { // a line that is full has forgotten when its first ones came
			if j := i + TextsAMinute; l.In+l.Out <= KeptTexts && j < len(taken) && taken[j].Sub(taken[i]) < time.Minute {
				t.Fatalf("%d messages within %v", TextsAMinute+1, taken[j].Sub(taken[i]))
			}
		}
		if l.In != len(taken) || l.Unread != l.In {
			t.Fatalf("%d are counted of %d", l.In, len(taken))
		}
	})
}

func TestGalleryAndPressHaveNoLine(t *testing.T) {
	t.Parallel()
	for _, r := range Roles {
		if want := r != RoleGallery && r != RolePress; r.Writes() != want {
			t.Errorf("%s writes: %v", r, r.Writes())
		}
	}
}
