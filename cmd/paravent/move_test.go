package main

import (
	"encoding/json"
	"os"
	"testing"

	"paravent/testimony/docket"
)

// A vault is packed on one machine and taken in on another; the head of the log is the same at both, and the vault that was left lets nobody in.
func TestAVaultIsMovedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	said := func(line string) (m docket.Moved) {
		t.Helper()
		out, _ := s.run(exitOK, line)
		if err := json.Unmarshal([]byte(out), &m); err != nil || m.Head == "" {
			t.Fatalf("%v: %s", err, out)
		}
		return m
	}
	said("vault move @lost --json" + asJudge)
	s.run(exitRefused, "vault stay"+asJudge)
	s.run(exitOK, "vault stay --not-taken"+asJudge)
	s.run(exitOK, "vault status"+asJudge)
	left := said("vault move @pack --json" + asJudge)
	s.run(exitRefused, "vault status"+asJudge)
	s.run(exitRefused, "vault backup @copies"+asJudge)
	s.run(exitPassphrase, "vault take @pack @new --login judge --passphrase-file @wrong")
	if _, err := os.Stat(s.path("new")); err == nil {
		t.Error("what was refused left a file")
	}
	taken := said("vault take @pack @new --login judge --passphrase-file @p --json")
	if left.Head != taken.Head || left.Entries != taken.Entries {
		t.Errorf("left %+v, taken %+v", left, taken)
	}
	s.run(exitOK, "vault verify --vault @new --login judge --passphrase-file @p")
	s.run(exitExists, "vault take @pack @new --login judge --passphrase-file @p")
	if err := os.Truncate(s.path("pack"), 4000); err != nil {
		t.Fatal(err)
	}
	s.run(exitDamaged, "vault take @pack @other --login judge --passphrase-file @p")
	// Where the vault was taken in on this very machine, what remembers its newest state holds the one that was left back.
	s.run(exitBehind, "vault stay --not-taken"+asJudge)
}
