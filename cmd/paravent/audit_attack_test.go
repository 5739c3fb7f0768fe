package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
)

// TestMinutesShowLaterWhetherTheLogWasRewritten takes the minutes of a hearing, in both versions, for a kept head.
func TestMinutesShowLaterWhetherTheLogWasRewritten(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("docket.json", docketText)
	s.write("before", s.read("v"))
	s.run(exitOK, "docket import @docket.json"+asJudge)
	passphrase := []byte(strings.TrimSpace(s.read("p")))
	d, err := docket.Unlock(t.Context(), s.path("v"), "judge", passphrase, docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	if err := d.KeepMinutes(t.Context(), testimony.BuildMinutes(list[0], "TC 1/2026", at, at.Add(time.Hour), nil, nil)); err != nil {
		t.Fatal(err)
	}
	m, err := d.Minutes(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range map[string]testimony.Minutes{"sealed": m, "public": m.Public()} {
		text, err := json.Marshal(version)
		if err != nil {
			t.Fatal(err)
		}
		s.write(name, string(text))
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	s.write("typed", "Minutes, page 3\r\n paravent/vault/"+m.Log.Vault+"\r\n 9\r\n "+m.Log.Hash+"\r\n")
	s.run(exitOK, "audit export @log"+asJudge)
	for _, name := range []string{"sealed", "public"} {
		s.run(exitOK, "audit check @log --head @"+name)
		s.run(exitOK, "audit verify --against @"+name+asJudge)
	}
	if _, errs := s.run(exitDamaged, "audit check @log --head @typed"); !strings.Contains(errs, "sign by sign") { // 9 is a mistake
		t.Errorf("%s", errs)
	}
	s.run(exitRefused, "audit check @log --head @docket.json")
	s.run(exitRefused, "audit check @public --head @log")
	s.run(exitNotFound, "audit check @log --head @nothing")

	other := newTerminal(t)
	other.vault()
	other.run(exitOK, "audit export @log"+asJudge)
	s.write("other", other.read("log"))
	if _, errs := s.run(exitRefused, "audit check @other --head @public"); !strings.Contains(errs, "another vault") {
		t.Errorf("%s", errs)
	}

	// The vault is put back to before the hearing: the minutes say so, and so does a head printed by the copy.
	s.write("v", s.read("before"))
	if _, errs := s.run(exitDamaged, "audit verify --against @public"+asJudge); !strings.Contains(errs, "missing") {
		t.Errorf("%s", errs)
	}
	note, _ := s.run(exitOK, "audit head"+asJudge)
	s.write("printed", note)
	s.run(exitOK, "audit check @log --head @printed") // nothing was written there since
	d, err = docket.Unlock(t.Context(), s.path("v"), "judge", passphrase, docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Note(t.Context(), "audit.proved", nil); err != nil { // on a machine that remembers nothing
		t.Fatal(err)
	}
	_, head, err := d.Status(t.Context())
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	s.write("printed", string(head.Note))
	if _, errs := s.run(exitDamaged, "audit check @log --head @printed"); !strings.Contains(errs, "does not continue") {
		t.Errorf("%s", errs)
	}
}

// TestAFullDiskLeavesNoHalfExport writes to a device that is always full, and to a file system with a small limit where there may be one.
func TestAFullDiskLeavesNoHalfExport(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	small := s.path("small")
	if err := os.Mkdir(small, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("nothing can be mounted here:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) })
	if err := os.WriteFile(filepath.Join(small, "ballast"), make([]byte, 64<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"audit export @small/log", "audit prove 1 -o @small/proof"} {
		if _, errs := s.run(exitDiskFull, command+asJudge); !strings.Contains(errs, "disk is full") {
			t.Errorf("%s: %s", command, errs)
		}
	}
	left, err := os.ReadDir(small)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	s.run(exitOK, "audit verify"+asJudge)
}
