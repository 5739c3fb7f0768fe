package main

import (
	"strings"
	"testing"
)

// Who is counsel for whom is said by seats, printed, replaced and taken away; what the house does not allow changes nothing.
func TestCounselFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	const as = " --vault @v --login clerk --passphrase-file @p"
	if out, _ := s.run(exitOK, "schedule counsel hearing-1"+as); out != "Counsel for the defence for Accused\n" {
		t.Errorf("%q", out)
	}
	s.run(exitUsage, "schedule counsel hearing-1 --for defence"+as)
	s.run(exitUsage, "schedule counsel hearing-1 --none --for defence=accused"+as)
	s.run(exitNotFound, "schedule counsel hearing-1 --for defence=usher"+as)
	if _, errs := s.run(exitUsage, "schedule counsel hearing-1 --for defence=witness"+as); !strings.Contains(errs, "Nothing was changed") {
		t.Errorf("%s", errs)
	}
	out, _ := s.run(exitOK, "--json schedule counsel hearing-1 --for prosecution=witness --for defence=accused"+as)
	if got := parsed[[]retainerLine](t, out); len(got) != 2 || got[0] != (retainerLine{"Prosecution", "Witness B"}) {
		t.Errorf("%s", out)
	}
	if out, _ := s.run(exitOK, "schedule counsel hearing-1 --none"+as); !strings.Contains(out, "nobody") {
		t.Errorf("%s", out)
	}
}
