package main

import (
	"strings"
	"testing"
)

// TestCareFromTheCommandLine reports an incident, whose text never stands in an argument, and reads what each office may.
func TestCareFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	s.write("what", "the canary of an incident\n")
	s.write("long", strings.Repeat("a", 1<<20))
	s.write("none", "\n")
	const who = " --case TC~12/2026 --party Witness~B --vault @v --passphrase-file @p --login "
	const advocate = who + "advocate"
	out, _ := s.run(exitOK, "care facts"+advocate)
	if !strings.Contains(out, "Nothing is recorded") {
		t.Errorf("%s", out)
	}
	s.run(exitRefused, "care incident --kind odd --what @what"+advocate)
	s.run(exitRefused, "care incident --kind threat --against nobody --what @what"+advocate)
	s.run(exitRefused, "care incident --kind threat --what @long"+advocate)
	s.run(exitRefused, "care incident --kind threat --what @none"+advocate)
	s.run(exitRefused, "care incident --kind threat --on 2999-01-01 --what @what"+advocate)
	s.run(exitUsage, "care incident --kind threat --on tomorrow --what @what"+advocate)
	s.run(exitNotFound, "care incident --kind threat --what @nothing"+advocate)
	s.run(exitNotAllowed, "care incident --kind threat --what @what"+who+"judge")
	s.run(exitNotFound, "care risk"+advocate)
	s.run(exitNotFound, "care contact"+advocate)
	s.run(exitNotFound, "care return"+advocate)
	out, _ = s.run(exitOK, "care incident --kind threat --against family_origin --what @what"+advocate)
	if strings.Contains(out, "canary") {
		t.Errorf("%s", out)
	}
	for _, office := range []string{"advocate", "judge", "clerk", "registrar"} {
		out, _ = s.run(exitOK, "care facts"+who+office)
		if !strings.Contains(out, "unanswered") || strings.Contains(out, "canary") {
			t.Errorf("%s reads %s", office, out)
		}
	}
	for _, office := range []string{"judge", "clerk", "registrar"} {
		for _, c := range []string{"risk", "contact", "return"} {
			s.run(exitNotAllowed, "care "+c+who+office)
		}
	}
}
