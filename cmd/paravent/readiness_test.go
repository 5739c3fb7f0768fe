package main

import (
	"strings"
	"testing"
)

// TestReadinessFromTheCommandLine looks at the board of the training hearing, reports on its remote point and checks a protection.
func TestReadinessFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	const as = " --vault @v --login clerk --passphrase-file @p"
	out, _ := s.run(exitOK, "readiness show hearing-1"+as)
	for _, want := range []string{"red    ", "no_report", "not_set_up", "face alteration", "to act: advocate"} {
		if !strings.Contains(out, want) {
			t.Errorf("the board lacks %q:\n%s", want, out)
		}
	}
	s.run(exitOK, "readiness visit Consulate,~Lagos --at 2026-01-10T10:00 --who clerk --good all --present official"+as)
	if out, _ = s.run(exitOK, "readiness show hearing-1"+as); !strings.Contains(out, "old_report") {
		t.Errorf("a visit of another time counts:\n%s", out)
	}
	s.run(exitRefused, "readiness visit Consulate,~Lagos --at 2099-01-10T10:00 --who clerk --good all"+as)
	s.run(exitRefused, "readiness visit Courtroom~3 --at 2026-01-10T10:00 --who clerk --good all"+as)
	s.run(exitOK, "readiness check hearing-1 --item measure/face_alteration --stage set_up --who clerk"+as)
	out, _ = s.run(exitOK, "readiness check hearing-1 --item measure/face_alteration --stage half --who judge"+as)
	board := parsed[boardOf](t, firstOf(s.run(exitOK, "--json readiness show hearing-1"+as)))
	for _, l := range board.Lines {
		if l.Item == "measure/face_alteration" && (l.Light != "green" || l.Half == nil || l.Half.Who != "judge") {
			t.Errorf("checked: %+v\n%s", l, out)
		}
	}
	_, errs := s.run(exitRefused, "readiness check hearing-2 --item technique --stage half --who clerk"+as)
	if !strings.Contains(errs, "too early") {
		t.Errorf("two days before: %s", errs)
	}
	s.run(exitRefused, "readiness check hearing-1 --item order --stage day --who judge"+as)
	s.run(exitNotFound, "readiness check hearing-1 --item technique --stage day --who somebody"+as)
	if out, _ = s.run(exitOK, "readiness week"+as); strings.Count(out, "court ") != 2 || strings.Contains(out, "green") {
		t.Errorf("the week:\n%s", out)
	}
}

func firstOf(out, _ string) string { return out }
