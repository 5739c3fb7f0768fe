package main

import (
	"os"
	"strings"
	"testing"
)

// The ground rules of a hearing from the command line: a judge decides on each question, and once they are settled nobody changes them. No word of them is in the audit log.
func TestGroundRulesFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newDocketOf(t, strings.Replace(docketText, `{"key":"g","role":"gallery"}`, `{"key":"d","role":"defence"},{"key":"g","role":"gallery"}`, 1))
	const of = " --hearing h" + asJudge
	s.run(exitOK, "rules topic the~village --barred"+of)
	s.run(exitOK, "rules topic the~journey"+of)
	s.run(exitOK, "rules advise short~questions"+of)
	s.run(exitOK, "rules ask --seat d Where~was~the~orchard?"+of)
	s.run(exitOK, "rules ask --seat defence You~lied?"+of)
	_, said := s.run(exitRefused, "rules ask --seat g Why?"+of)
	if !strings.Contains(said, "puts no questions") {
		t.Errorf("the gallery asks: %s", said)
	}
	s.run(exitRefused, "rules settle"+of)
	s.run(exitOK, "rules approve 1"+of)
	s.run(exitUsage, "rules refuse 2 --reason ~"+of)
	s.run(exitOK, "rules approve 2 --words What~did~you~say?"+of)
	s.run(exitNotFound, "rules withdraw 3"+of)
	s.run(exitOK, "rules settle"+of)
	_, said = s.run(exitRefused, "rules drop-topic 1"+of)
	if !strings.Contains(said, "rules reopen") {
		t.Errorf("settled rules were changed: %s", said)
	}
	out, _ := s.run(exitOK, "rules show"+of)
	for _, want := range []string{"Settled", "Topic 1 (barred): the village", "Advice 1: short questions", "approved): Where was the orchard?", "reworded): What did you say?", "asked as: You lied?"} {
		if !strings.Contains(out, want) {
			t.Errorf("the rules lack %q:\n%s", want, out)
		}
	}
	s.run(exitOK, "audit export @log"+asJudge)
	exported, err := os.ReadFile(s.path("log"))
	if err != nil {
		t.Fatal(err)
	}
	if log := string(exported); !strings.Contains(log, "rules.approved") || strings.Contains(log, "orchard") || strings.Contains(log, "village") {
		t.Errorf("the audit log has\n%s", log)
	}
}
