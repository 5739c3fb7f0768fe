package main

import (
	"os"
	"strings"
	"testing"
)

// Whoever has no second record to take in is told so; a file that is none is refused in a sentence.
func TestSecondRecordsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	if out, _ := s.run(exitOK, "evidence remote list"+asJudge); !strings.Contains(out, "No second record") {
		t.Errorf("the list says %q", out)
	}
	if err := os.WriteFile(s.path("other"), []byte(strings.Repeat("no record ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said := s.run(exitRefused, "evidence remote receive @other"+asJudge); !strings.Contains(said, "none of the second records") {
		t.Errorf("another file: %s", said)
	}
	if _, said := s.run(exitNotFound, "evidence remote receive @missing"+asJudge); said == "" {
		t.Error("a file that is not there is refused without a word")
	}
}
