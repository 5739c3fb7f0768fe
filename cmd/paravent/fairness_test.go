package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// What the defence keeps, and what two orders say against each other, is read from the command line; an alert is noted once.
func TestFairnessOnTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.write("a.json", `[{"kind":"screen_witness","weight":"sole_or_decisive","counterbalances":["counsel_sees"]},{"kind":"delayed_broadcast","release":"delayed","delay":"30m"},{"kind":"non_punishment_note"}]`)
	s.write("b.json", `[{"kind":"delayed_broadcast","release":"after_review"}]`)
	for number, file := range map[string]string{"2026/8": "@a.json", "2026/9": "@b.json"} {
		s.run(exitOK, "order file --case TC~1/2026 --party Witness~B --applicant witness --reference "+number+" --measures "+file+asJudge)
		s.run(exitOK, "order grant "+number+" --reasons Danger. --will consents --ex-parte Urgent."+asJudge)
	}
	about := "order fairness --case TC~1/2026 --party Witness~B"
	out, _ := s.run(exitOK, about+asJudge)
	for _, want := range []string{"not kept  The accused does not see the witness clear (order 2026/8", "kept      Counsel for the defence sees", "sole or decisive", "Counterbalance: counsel_sees", "2026/9 and 2026/8"} {
		if !strings.Contains(out, want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	out, _ = s.run(exitOK, about+" --json --lang fr"+asJudge)
	var report fairnessReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Points) != 12 || len(report.Contradictions) != 1 || !report.Warns {
		t.Errorf("%+v, %v", report, err)
	}
	s.run(exitRefused, "order alert 2026/9 --how Letter."+asJudge)
	s.run(exitRefused, "order alert 2026/8 --how Letter. --on 2199-01-01"+asJudge)
	s.run(exitOK, "order alert 2026/8 --how Letter."+asJudge)
	s.run(exitRefused, "order alert 2026/8 --how Letter."+asJudge)
	s.run(exitOK, "docket export"+asJudge)
}
