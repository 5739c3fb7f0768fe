package main

import (
	"os"
	"strings"
	"testing"
)

// A media server is named and forgotten by command; its address beyond the host, and its token, are never shown.
func TestAMediaServerFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newDocket(t)
	if _, said := s.run(exitNotFound, "broadcast show"+asJudge); !strings.Contains(said, "broadcast use") {
		t.Errorf("without one: %s", said)
	}
	if err := os.WriteFile(s.path("token"), []byte("a-token-of-the-court\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(exitUsage, "broadcast use http://media.example/whip/room-of-the-court"+asJudge)
	for _, command := range []string{"broadcast use https://media.example/whip/room-of-the-court --token-file @token", "broadcast show"} {
		out, said := s.run(exitOK, command+asJudge)
		if !strings.Contains(out, "media.example") || strings.Contains(out+said, "of-the-court") {
			t.Errorf("%s: %s%s", command, out, said)
		}
	}
	s.run(exitOK, "broadcast off"+asJudge)
	s.run(exitNotFound, "broadcast show"+asJudge)
	s.run(exitOK, "audit export @log"+asJudge)
	log, err := os.ReadFile(s.path("log"))
	if err != nil {
		t.Fatal(err)
	}
	if out := string(log); !strings.Contains(out, "reach.server_set") || !strings.Contains(out, "reach.server_ended") || strings.Contains(out, "of-the-court") {
		t.Errorf("the log: %s", out)
	}
}
