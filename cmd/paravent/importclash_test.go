package main

import (
	"strings"
	"testing"
)

// TestAnImportTellsOfClashes brings in a docket of a court whose rooms are in it: a clash refuses it in a sentence, and what needs a reason is listed.
func TestAnImportTellsOfClashes(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	hearing := func(key, room, start, more string) string {
		return `{"key":"` + key + `","case":"c","party":"` + key + `","start":"` + start + `","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["` + room + `"]` + more +
			`,"participants":[{"key":"w","role":"witness","party":"` + key + `"}]}`
	}
	file := func(hearings ...string) string {
		return `{"format":"paravent.docket/1","cases":[{"key":"c","reference":"TC 1/2999","offence":"trafficking"}],
 "parties":[{"key":"a","status":"witness","appearances":[{"case":"c"}]},{"key":"b","status":"witness","appearances":[{"case":"c"}]}],
 "resources":[{"key":"r","kind":"courtroom","name":"Courtroom 1"},{"key":"point","kind":"remote_point","name":"Consulate"}],
 "hearings":[` + strings.Join(hearings, ",") + `]}`
	}
	s.write("clash.json", file(hearing("a", "r", "2999-03-06T09:00:00Z", ""), hearing("b", "r", "2999-03-06T09:30:00Z", "")))
	_, errs := s.run(exitRefused, "docket import @clash.json"+asJudge)
	if !strings.Contains(errs, "hearings[0]: Courtroom 1: taken, 2999-03-06 10:30–11:30.") || !strings.Contains(errs, "hearings[1]: Courtroom 1: taken, 2999-03-06 10:00–11:00.") {
		t.Errorf("%s", errs)
	}
	s.write("soft.json", file(hearing("a", "r", "2999-03-06T09:00:00Z", ""), hearing("b", "point", "2999-03-06T09:30:00Z", "")))
	out, _ := s.run(exitOK, "docket import @soft.json --lang fr"+asJudge)
	if !strings.Contains(out, "2 rooms, people and things") || !strings.Contains(out, "Consulate : la liaison n’a pas été essayée.") {
		t.Errorf("%s", out)
	}
	out, _ = s.run(exitOK, "docket export"+asJudge)
	if !strings.Contains(out, `"name": "Courtroom 1"`) || !strings.Contains(out, `"uses"`) {
		t.Errorf("%s", out)
	}
}
