package main

import (
	"strings"
	"testing"
	"time"
)

func TestTeamsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	const asClerk = " --vault @v --login clerk --passphrase-file @p"
	s.run(exitOK, "user add clerk2 --role clerk --new-passphrase-file @p"+asClerk)
	const asOther = " --vault @v --login clerk2 --passphrase-file @p"

	s.run(exitNotAllowed, "team make North --member judge"+asClerk)
	s.run(exitNotFound, "team make North --member nobody"+asJudge)
	out, _ := s.run(exitOK, "--json team make North --member clerk"+asJudge)
	team := parsed[map[string]string](t, out)["id"]
	out, _ = s.run(exitOK, "--json docket export"+asOther)
	reference := parsed[struct {
		Cases []struct{ Reference string }
	}](t, out).Cases[0].Reference
	typed := strings.ReplaceAll(reference, " ", "~")
	s.run(exitNotFound, "team move "+typed+" South"+asJudge)
	s.run(exitOK, "team move "+typed+" north"+asJudge)
	out, _ = s.run(exitOK, "vault status"+asOther)
	if strings.Contains(out, reference) {
		t.Errorf("%s", out)
	}
	out, _ = s.run(exitOK, "--json docket export"+asOther)
	if strings.Contains(out, reference) {
		t.Errorf("who is not in the team exports %s", out)
	}
	out, _ = s.run(exitOK, "--json team list"+asOther)
	if len(parsed[[]teamLine](t, out)) != 0 {
		t.Errorf("who is not in the team reads %s", out)
	}
	s.run(exitUsage, "team join North clerk2 --until tomorrow"+asJudge)
	s.run(exitRefused, "team join North clerk2 --until 2020-01-01"+asJudge)
	s.run(exitOK, "team join North clerk2 --until "+time.Now().AddDate(0, 0, 3).Format(time.DateOnly)+asJudge)
	out, _ = s.run(exitOK, "--json team list"+asOther)
	if list := parsed[[]teamLine](t, out); len(list) != 1 || string(list[0].ID) != team || len(list[0].Members) != 3 || list[0].Cases[0] != reference {
		t.Errorf("%s", out)
	}
	s.run(exitOK, "team leave North clerk2"+asJudge)
	s.run(exitNotFound, "team leave North clerk2"+asJudge)
	s.run(exitRefused, "team leave North clerk"+asJudge)
	s.run(exitOK, "team move "+typed+asJudge)
	out, _ = s.run(exitOK, "--json docket export"+asOther)
	if !strings.Contains(out, reference) {
		t.Errorf("what came back is not in the docket: %s", out)
	}
	s.run(exitOK, "vault verify"+asJudge)
}
