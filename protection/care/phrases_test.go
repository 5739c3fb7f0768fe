package care_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"paravent/protection/care"
)

func TestPhrases(t *testing.T) {
	t.Parallel()
	many := make(care.Phrases, care.MaxPhrases+1)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	for name, c := range map[string]struct {
		list care.Phrases
		why  string
	}{
		"none":              {nil, ""},
		"as many as may be": {many[:care.MaxPhrases], ""},
		"one too many":      {many, care.Number},
		"long":              {care.Phrases{strings.Repeat("é", care.MaxPhrase)}, ""},
		"too long":          {care.Phrases{strings.Repeat("é", care.MaxPhrase+1)}, care.TooLong},
		"two lines":         {care.Phrases{"canary\nharbour"}, care.TooLong},
		"turned round":      {care.Phrases{"canary\u202eharbour"}, care.TooLong},
		"not text":          {care.Phrases{"canary\xff"}, care.TooLong},
		"twice":             {care.Phrases{"Canary", "canary"}, care.Twice},
		"empty":             {care.Phrases{""}, care.Missing},
	} {
		err := c.list.Check()
		entry, is := errors.AsType[*care.EntryError](err)
		if (err == nil) != (c.why == "") || is && entry.Why != c.why {
			t.Errorf("%s: %v, want %q", name, err, c.why)
		}
		if err != nil && strings.Contains(strings.ToLower(err.Error()), "canary") {
			t.Errorf("%s: the refusal says the phrase: %v", name, err)
		}
	}
	if got := (care.Phrases{"  the  old mill ", "", " \t"}).Tidy(); !slices.Equal(got, care.Phrases{"the old mill"}) {
		t.Errorf("tidied to %q", got)
	}
}
