package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// An identity is erased by three people from the command line, and the certificate names nobody but by the pseudonym.
func TestAnIdentityIsErasedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.training()
	as := func(login string) string { return " --vault @v --passphrase-file @t --login " + login }
	out, _ := s.run(exitOK, "erasure ask --case TC~12/2026 --party Witness~B --basis Order~44/2026 --reason done --json"+as("registrar"))
	var e erasureLine
	if err := json.Unmarshal([]byte(out), &e); err != nil || len(e.Records) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	id := string(e.ID)
	s.run(exitNotAllowed, "erasure approve "+id+as("registrar"))
	s.run(exitRefused, "erasure carry-out "+id+as("judge"))
	s.run(exitOK, "erasure approve "+id+as("clerk"))
	s.run(exitNotAllowed, "erasure approve "+id+as("clerk"))
	s.run(exitOK, "erasure approve "+id+as("judge"))
	s.run(exitRefused, "erasure certificate "+id+" @c.pdf"+as("judge"))
	out, _ = s.run(exitOK, "erasure carry-out "+id+" --certificate @c.pdf"+as("judge"))
	if !strings.Contains(out, "Witness B") {
		t.Error(out)
	}
	text, err := os.ReadFile(s.path("c.json"))
	if err != nil || !strings.Contains(string(text), "Witness B") || strings.Contains(string(text), `"reason": "done"`) {
		t.Errorf("%v: %s", err, text)
	}
	s.run(exitExists, "erasure certificate "+id+" @c.pdf"+as("judge"))
	if out, _ = s.run(exitOK, "erasure list"+as("clerk")); !strings.Contains(out, "erased") {
		t.Error(out)
	}
	s.run(exitNotFound, "erasure approve nothing"+as("judge"))
	s.run(exitOK, "vault verify"+as("judge"))
}
