package main

import (
	"os"
	"strings"
	"testing"
)

func TestAnOlderCopyIsReadAndAcceptedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	s.run(exitOK, "user add other --role clerk --new-passphrase-file @p --vault @v --login clerk --passphrase-file @p")
	older, err := os.ReadFile(s.path("v"))
	if err != nil {
		t.Fatal(err)
	}
	s.run(exitOK, "vault accept --with judge --reason none --vault @v --login clerk --passphrase-file @p")
	s.run(exitOK, "user agency clerk Police"+asJudge)
	newer, err := os.ReadFile(s.path("v"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("v", string(older))
	out, _ := s.run(exitOK, "vault status"+asJudge)
	if !strings.Contains(out, "entries of its audit log are missing") {
		t.Errorf("status says %s", out)
	}
	s.run(exitBehind, "user agency clerk Police"+asJudge)
	s.run(exitOK, "vault verify"+asJudge)

	s.run(exitRefused, "vault accept --with other --with-passphrase-file @p --reason disk --vault @v --login clerk --passphrase-file @p")
	s.run(exitPassphrase, "vault accept --with clerk --with-passphrase-file @wrong --reason disk"+asJudge)
	s.run(exitBehind, "user agency clerk Police"+asJudge)
	s.run(exitOK, "vault accept --with clerk --with-passphrase-file @p --reason disk"+asJudge)
	s.run(exitOK, "user agency clerk Customs"+asJudge)

	s.write("v", string(newer)) // its log is shorter than the one gone on with
	out, _ = s.run(exitOK, "vault status"+asJudge)
	if !strings.Contains(out, "are missing") {
		t.Errorf("status says %s", out)
	}
	s.run(exitBehind, "user agency clerk Police"+asJudge)
}
