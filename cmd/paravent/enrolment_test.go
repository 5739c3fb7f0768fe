package main

import (
	"encoding/json"
	"strings"
	"testing"
)

type askedFor struct {
	Request string   `json:"request"`
	Login   string   `json:"login"`
	Words   []string `json:"words"`
}

func parsed[T any](t *testing.T, out string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return v
}

func TestAskingAndAdmittingFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("mine", "plum harbour violin 41")
	out, _ := s.run(exitOK, "--json user ask Anna --role judge --name Anna~B. --vault @v --language fr --new-passphrase-file @mine")
	mine := parsed[askedFor](t, out)
	if len(mine.Words) != 9 {
		t.Fatalf("words: %v", mine.Words)
	}
	s.run(exitExists, "user ask anna --role judge --vault @v --new-passphrase-file @mine")
	s.run(exitExists, "user ask judge --role judge --vault @v --new-passphrase-file @mine")
	out, _ = s.run(exitOK, "--json user waiting"+asJudge)
	list := parsed[[]askedFor](t, out)
	if len(list) != 1 || list[0].Login != "anna" || list[0].Words[0] != "…" || list[0].Words[4] != mine.Words[4] {
		t.Fatalf("waiting: %+v", list)
	}
	s.run(exitRefused, "user admit anna --first "+mine.Words[1]+" --last "+mine.Words[8]+asJudge)
	s.run(exitNotFound, "user admit nobody --first a --last b"+asJudge)
	s.run(exitOK, "user admit anna --first "+mine.Words[0]+" --last "+mine.Words[8]+asJudge)
	s.run(exitOK, "vault verify --vault @v --login anna --passphrase-file @mine")

	s.run(exitOK, "user ask second --role judge --vault @v --new-passphrase-file @mine")
	s.run(exitOK, "user refuse second"+asJudge)
	out, _ = s.run(exitOK, "user waiting"+asJudge)
	if !strings.Contains(out, "Nobody waits") {
		t.Error(out)
	}
}

func TestAskingFromAnotherMachine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("mine", "plum harbour violin 41")
	s.run(exitOK, "user invite @court.invitation"+asJudge)
	s.run(exitUsage, "user ask carla --role clerk --invitation @court.invitation --new-passphrase-file @mine")
	out, _ := s.run(exitOK, "--json user ask carla --role clerk --invitation @court.invitation --out @carla.enrolment --new-passphrase-file @mine")
	mine := parsed[askedFor](t, out)
	s.run(exitExists, "user ask carla --role clerk --invitation @court.invitation --out @carla.enrolment --new-passphrase-file @mine")
	s.run(exitOK, "user waiting @carla.enrolment"+asJudge)
	s.run(exitRefused, "user waiting @court.invitation"+asJudge)
	s.run(exitUsage, "user refuse @carla.enrolment"+asJudge)
	s.run(exitOK, "user admit @carla.enrolment --first "+mine.Words[0]+" --last "+mine.Words[8]+asJudge)
	s.run(exitOK, "vault status --vault @v --login carla --passphrase-file @mine")
	s.run(exitNotAllowed, "user admit @carla.enrolment --first "+mine.Words[0]+" --last "+mine.Words[8]+asJudge)
	s.run(exitRefused, "user admit @carla.enrolment --first "+mine.Words[0]+" --last "+mine.Words[8]+" --vault @v --login carla --passphrase-file @mine")
}
