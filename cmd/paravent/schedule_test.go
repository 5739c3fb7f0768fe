package main

import (
	"strings"
	"testing"
)

// TestSchedulingFromTheCommandLine arranges hearings as a clerk at a terminal would: rooms and people, a time for all, a clash, a reason, a move, a cancellation.
func TestSchedulingFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.run(exitOK, "vault create --training --vault @v")
	s.write("p", "training paravent\n")
	const as = " --vault @v --login clerk --passphrase-file @p"
	s.write("rooms.json", `[{"kind":"courtroom","name":"Courtroom 9","building":"palace","open":[{"day":3,"from":"09:00","to":"18:00"}]},
		{"kind":"interpreter","name":"Interpreter 1","speech":[{"language":"vi"},{"language":"en"},{"language":"fr"},{"language":"yo"}]},
		{"kind":"courtroom","name":"Courtroom 8","building":"annexe","open":[{"day":3,"from":"09:00","to":"18:00"}]}]`)
	s.run(exitOK, "resource put @rooms.json"+as)
	s.write("bad.json", `{"kind":"courtroom","name":"x","doors":2}`)
	s.run(exitRefused, "resource put @bad.json"+as)
	s.write("bad.json", `{"kind":"courtroom","name":"x","open":[{"day":3,"from":"9","to":"18:00"}]}`)
	if _, errs := s.run(exitRefused, "resource put @bad.json"+as); !strings.Contains(errs, "09:30") {
		t.Errorf("%s", errs)
	}
	out, _ := s.run(exitOK, "resource list"+as)
	if !strings.Contains(out, "Courtroom 9") || strings.Contains(out, "doors") {
		t.Errorf("%s", out)
	}
	const who = " --case TC~12/2026 --party Witness~B --court-zone Europe/Paris --witness-zone Africa/Lagos --minutes 60"
	out, _ = s.run(exitOK, "--json schedule propose"+who+" --any courtroom --use Interpreter~1 --from 2027-03-08 --until 2027-03-31 --best 2 --sittings 2 --keep"+as)
	proposals := parsed[[]proposalLine](t, out)
	if len(proposals) != 2 || len(proposals[0].Sittings) != 2 || len(proposals[0].Reasons) < 2 || proposals[0].Sittings[0].Uses[0] == "" {
		t.Fatalf("%s", out)
	}
	out, _ = s.run(exitOK, "schedule propose"+who+" --use Courtroom~9 --from 2027-03-13 --until 2027-03-14 --lang fr"+as)
	if !strings.Contains(out, "no such time") {
		t.Errorf("a hearing on a Sunday is proposed: %s", out)
	}
	s.run(exitUsage, "schedule propose"+who+" --any moon"+as)
	s.run(exitUsage, "schedule propose"+who+" --from soon"+as)
	s.run(exitNotFound, "schedule propose"+who+" --use Courtroom~1"+as)

	out, _ = s.run(exitOK, "--json schedule plan"+who+" --use Courtroom~9 --use Interpreter~1 --start 2027-03-10T10:00"+as)
	first := parsed[hearingLine](t, out)
	if first.Remote != "2027-03-10 10:00" || first.Witness != "Witness B" {
		t.Errorf("%+v", first)
	}
	other := strings.Replace(who, "Witness~B", "Witness~C", 1)
	out, errs := s.run(exitRefused, "schedule plan"+other+" --use Courtroom~9 --start 2027-03-10T10:30"+as)
	if !strings.Contains(out, "cannot be") || !strings.Contains(out, "Courtroom 9: taken, 2027-03-10 10:00–11:00.") || !strings.Contains(errs, "Nothing was planned") {
		t.Errorf("%s\n%s", out, errs)
	}
	s.run(exitRefused, "schedule plan"+other+" --use Courtroom~9 --start 2027-03-10T10:30 --accept double_booked=because"+as)
	s.run(exitUsage, "schedule plan"+other+" --use Courtroom~9 --start 2027-03-10T10:30 --accept whatever=because"+as)
	// In the other building the interpreter would need an hour for the way.
	out, _ = s.run(exitRefused, "schedule plan"+other+" --use Courtroom~8 --use Interpreter~1 --start 2027-03-10T11:30 --lang fr"+as)
	if !strings.Contains(out, "dans un autre bâtiment") {
		t.Errorf("%s", out)
	}
	out, _ = s.run(exitRefused, "--json schedule plan"+strings.Replace(who, "Africa/Lagos", "Pacific/Auckland", 1)+" --start 2027-03-10T15:00"+as)
	if list := parsed[[]conflictLine](t, out); len(list) != 1 || list[0].Rule != "witness_night" || list[0].Hard {
		t.Errorf("%s", out)
	}
	out, _ = s.run(exitOK, "--json schedule plan"+strings.Replace(who, "Africa/Lagos", "Pacific/Auckland", 1)+" --start 2027-03-10T15:00 --accept witness_night=asked~for"+as)
	night := parsed[hearingLine](t, out)
	out, _ = s.run(exitOK, "schedule check "+string(night.Hearing)+as)
	if !strings.Contains(out, "accepted") {
		t.Errorf("%s", out)
	}
	s.run(exitRefused, "schedule move "+string(first.Hearing)+" --start 2027-03-09T10:00"+as) // a Tuesday
	s.run(exitOK, "schedule move "+string(first.Hearing)+" --start 2027-03-17T10:00"+as)
	s.run(exitRefused, "resource remove Courtroom~9"+as)
	s.run(exitUsage, "schedule cancel "+string(first.Hearing)+as)
	s.run(exitOK, "calendar export @c.ics"+as)
	s.run(exitExists, "calendar export @c.ics"+as)
	s.run(exitOK, "calendar export @c.ics --replace --for Interpreter~1 --lang fr"+as)
	s.run(exitNotFound, "calendar export @d.ics --for nobody"+as)
	s.run(exitUsage, "calendar export @d.ics --every 1s"+as)
	if text := s.read("c.ics"); strings.Count(text, "BEGIN:VEVENT") != 1 || !strings.Contains(text, "SEQUENCE:1") || strings.Contains(text, "Lagos") {
		t.Errorf("%s", text)
	}
	s.run(exitOK, "schedule cancel "+string(first.Hearing)+" --why the~witness~is~ill"+as)
	s.run(exitOK, "resource remove Courtroom~9"+as)
	out, _ = s.run(exitOK, "schedule list --days 999"+as)
	if strings.Count(out, "cancelled") != 1 {
		t.Errorf("%s", out)
	}
	out, _ = s.run(exitRefused, "schedule check --days 999"+as) // a training hearing has an order that has run out, and nobody accepted that
	if !strings.Contains(out, "no_order") {
		t.Errorf("%s", out)
	}
	s.run(exitOK, "vault verify"+as)
}
