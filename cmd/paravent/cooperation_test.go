package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestCooperationFromTheCommandLine asks a State, is refused, lets a judge decide, and is granted in the end.
func TestCooperationFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.write("point.json", `[{"kind":"courtroom","name":"Courtroom 1","country":"FR"},{"kind":"remote_point","name":"Consulate","country":"NG"}]`)
	s.run(exitOK, "resource put @point.json"+asJudge)
	s.run(exitOK, "schedule plan --case c --party w --court-zone Europe/Paris --witness-zone Africa/Lagos --start 2099-03-10T10:00 --use Courtroom~1 --use Consulate --accept no_permit=R --accept link_untested=R"+asJudge)
	out, _ := s.run(exitOK, "--json schedule list --days 40000"+asJudge)
	var hearings []hearingLine
	if err := json.Unmarshal([]byte(out), &hearings); err != nil {
		t.Fatal(err)
	}
	h := string(hearings[len(hearings)-1].Hearing)
	_, errs := s.run(exitRefused, "host --hearing "+h+asJudge)
	if !strings.Contains(errs, "permission is lacking") {
		t.Errorf("the courtroom says %s", errs)
	}
	out, _ = s.run(exitOK, "cooperation hearing "+h+asJudge)
	if !strings.Contains(out, "may not go live") || !strings.Contains(out, "NG nobody has asked") {
		t.Errorf("the hearing: %s", out)
	}
	ask := "cooperation ask --case c --party w --country ng --authority Central~authority --instrument untoc --asked 2026-01-10 --point Consulate --json"
	out, _ = s.run(exitOK, ask+asJudge)
	var r leaveLine
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Country != "NG" || r.State != "waiting" || r.Point != "Consulate" {
		t.Fatalf("%s, %v", out, err)
	}
	s.run(exitUsage, "cooperation answer "+string(r.ID)+asJudge)
	s.run(exitRefused, "cooperation answer "+string(r.ID)+" --granted --present somebody --on 2026-01-20"+asJudge)
	s.run(exitOK, "cooperation answer "+string(r.ID)+" --refused --on 2026-01-20"+asJudge)
	s.run(exitOK, "cooperation decide "+h+" --reason before~a~consul"+asJudge)
	out, _ = s.run(exitOK, "cooperation hearing "+h+asJudge)
	if !strings.Contains(out, "The hearing may go live") || !strings.Contains(out, "NG the State has refused") || !strings.Contains(out, "before a consul") {
		t.Errorf("decided: %s", out)
	}
	s.run(exitOK, "cooperation answer "+string(r.ID)+" --granted --on 2026-02-20 --until 2099-12-31 --present official --present judge --oath host --recording allowed"+asJudge)
	out, _ = s.run(exitOK, "cooperation show "+string(r.ID)+asJudge)
	for _, want := range []string{"given", "Central authority", "refused", "in the room: official, judge", "oath: host", "until: 2099-12-31"} {
		if !strings.Contains(out, want) {
			t.Errorf("the request lacks %q:\n%s", want, out)
		}
	}
	out, _ = s.run(exitOK, "cooperation hearing "+h+asJudge)
	if strings.Contains(out, "nobody") || !strings.Contains(out, "NG has agreed") {
		t.Errorf("granted: %s", out)
	}
	s.run(exitRefused, "cooperation decide "+h+" --reason R"+asJudge)
	s.run(exitOK, "cooperation withdraw "+string(r.ID)+" --why R"+asJudge)
	s.run(exitRefused, "host --hearing "+h+asJudge)
	s.run(exitNotFound, "cooperation show nothing"+asJudge)
	if out, _ = s.run(exitOK, "cooperation list --case c"+asJudge); !strings.Contains(out, "withdrawn") {
		t.Errorf("the list: %s", out)
	}
}
