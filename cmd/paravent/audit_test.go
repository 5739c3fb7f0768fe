package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func (s *terminal) read(name string) string {
	s.t.Helper()
	raw, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(raw)
}

func TestTheAuditLogIsProvenAndExportedForOthersToCheck(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	note, _ := s.run(exitOK, "audit head"+asJudge)
	s.write("kept", note)
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)

	out, _ := s.run(exitOK, "audit verify --against @kept"+asJudge)
	if !strings.Contains(out, "continues the 1 heads") {
		t.Errorf("%s", out)
	}
	s.run(exitOK, "audit prove 1 -o @proof --against @kept"+asJudge)
	s.run(exitExists, "audit prove 1 -o @proof"+asJudge)
	s.run(exitNotFound, "audit prove 99999 -o @far"+asJudge)
	s.run(exitUsage, "audit prove -- -3"+asJudge)
	out, _ = s.run(exitOK, "audit check @proof --head @kept")
	if !strings.Contains(out, "Entry") || !strings.Contains(out, "true of the head that was kept") || strings.Contains(out, "vault.create") {
		t.Errorf("%s", out)
	}
	s.run(exitOK, "audit prove 1 -o @words --words"+asJudge)
	out, _ = s.run(exitOK, "audit check @words")
	if !strings.Contains(out, "vault.create") || !strings.Contains(out, "compare the key") {
		t.Errorf("%s", out)
	}
	s.run(exitRefused, "audit check @words --head @kept") // it does not speak of that head
	s.write("spoiled", strings.Replace(s.read("proof"), `"index": 1`, `"index": 2`, 1))
	s.run(exitDamaged, "audit check @spoiled")
	s.run(exitRefused, "audit check @docket.json")
	s.run(exitNotFound, "audit check @nothing")

	s.run(exitOK, "audit export @log.jsonl"+asJudge)
	s.run(exitExists, "audit export @log.jsonl"+asJudge)
	out, _ = s.run(exitOK, "--json audit check @log.jsonl --head @kept")
	var found auditChecked
	if err := json.Unmarshal([]byte(out), &found); err != nil || found.Kind != "export" || found.Entries < 5 || !found.Kept {
		t.Errorf("%s: %v", out, err)
	}
	if err := os.Mkdir(s.path("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.run(exitOK, "audit export @folder"+asJudge)
	if files, _ := filepath.Glob(s.path("folder/audit-*.jsonl")); len(files) != 1 {
		t.Errorf("in the folder: %v", files)
	}
	s.write("cut.jsonl", s.read("log.jsonl")[:len(s.read("log.jsonl"))/2])
	s.run(exitDamaged, "audit check @cut.jsonl")
	s.write("changed.jsonl", strings.Replace(s.read("log.jsonl"), "docket.imported", "docket.exported", 1))
	s.run(exitDamaged, "audit check @changed.jsonl")

	other := newTerminal(t)
	other.vault()
	foreign, _ := other.run(exitOK, "audit head"+asJudge)
	s.write("foreign", foreign)
	s.run(exitRefused, "audit verify --against @foreign"+asJudge)
	s.run(exitRefused, "audit check @log.jsonl --head @foreign")
	if left, _ := filepath.Glob(s.path("*.partial")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAnOlderCopyPutBackIsNamed keeps a head, goes on, and puts an older copy of the vault back.
func TestAnOlderCopyPutBackIsNamed(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	s.write("before", s.read("v"))
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	note, _ := s.run(exitOK, "audit head"+asJudge)
	s.write("kept", note)
	s.write("v", s.read("before"))
	_, errs := s.run(exitDamaged, "audit verify --against @kept"+asJudge)
	if !strings.Contains(errs, "entries are missing") {
		t.Errorf("%s", errs)
	}
	out, _ := s.run(exitBehind, "audit verify"+asJudge)
	if !strings.Contains(out, "is whole") {
		t.Errorf("the check says nothing of what it found: %s", out)
	}
	s.run(exitOK, "vault accept --with clerk --with-passphrase-file @p --reason test"+asJudge)
	for range 4 {
		s.run(exitOK, "audit verify"+asJudge)
	}
	s.run(exitOK, "docket import @docket.json"+asJudge)
	_, errs = s.run(exitDamaged, "audit verify --against @kept"+asJudge)
	if !strings.Contains(errs, "does not continue") && !strings.Contains(errs, "missing") {
		t.Errorf("%s", errs)
	}
}

func TestAVaultIsVerifiedWithoutKeys(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.run(exitOK, "docket import @docket.json"+asJudge)
	if err := os.Chmod(s.path("v"), 0o400); err != nil {
		t.Fatal(err)
	}
	before := s.read("v")
	out, _ := s.run(exitOK, "--json vault verify --without-keys --vault @v")
	var r keylessReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || !r.Sound || r.Records == 0 || r.Heads == 0 || r.Unvouched != 0 || len(r.Collections) < 3 || len(r.Unchecked) < 5 {
		t.Errorf("%s: %v", out, err)
	}
	out, _ = s.run(exitOK, "vault verify --without-keys --vault @v")
	for _, u := range r.Unchecked {
		if uncheckable[u] == "" || !strings.Contains(out, uncheckable[u]) {
			t.Errorf("%s is not told", u)
		}
	}
	for _, name := range []string{"Witness", "TC 1/2026", "judge"} {
		if strings.Contains(out, name) {
			t.Errorf("%q is told", name)
		}
	}
	if s.read("v") != before {
		t.Error("the file was written")
	}
	s.write("spoiled", strings.ReplaceAll(before, "paravent/vault/", "paravent/vauld/")) // pages that are free hold heads, too
	s.run(exitDamaged, "vault verify --without-keys --vault @spoiled")
	s.write("cut", before[:len(before)/2])
	s.run(exitDamaged, "vault verify --without-keys --vault @cut")
	s.run(exitNotFound, "vault verify --without-keys --vault @nothing")
	s.run(exitDamaged, "vault verify --without-keys --vault @docket.json")
}
