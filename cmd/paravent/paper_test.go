package main

import (
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
)

func TestPapersFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.training()
	for i, line := range []string{"order --order 2026/114", "order --order 2026/114 --case TC~12/2026", "accused --hearing hearing-1", "press --hearing hearing-1", "witness --hearing hearing-1", "readiness --hearing hearing-1"} {
		for _, language := range []string{"en", "fr"} {
			name := string(rune('a'+i)) + language + ".pdf"
			out, _ := s.run(exitOK, "paper "+line+" --language "+language+" --to @"+name+" --json"+asTraining+"advocate")
			var written paperLine
			if err := json.Unmarshal([]byte(out), &written); err != nil || written.File != s.path(name) || written.Language != language {
				t.Errorf("%s: %v, %s", line, err, out)
			}
			if raw, err := os.ReadFile(s.path(name)); err != nil || !strings.HasPrefix(string(raw), "%PDF-") {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"order --order 2026/114 --to @aen.pdf":                   {exitExists, "was not touched"},
		"order --order 2026/114 --to @x.txt":                     {exitUsage, "ends in .pdf"},
		"order --order 9999/1 --to @x.pdf":                       {exitNotFound, "there is no order"},
		"order --order 2026/114 --case TC~31/2026 --to @x.pdf":   {exitNotFound, "there is no order"},
		"order --order 2026/114 --language de --to @x.pdf":       {exitUsage, "en"},
		"press --hearing nowhere --to @x.pdf":                    {exitNotFound, "there is no hearing"},
		"minutes --hearing hearing-1 --to @x.pdf":                {exitNotFound, "no minutes yet"},
		"minutes --hearing hearing-1 --sealed --to @x.pdf":       {exitNotAllowed, "office"},
		"minutes --hearing hearing-1 --disclosure x --to @x.pdf": {exitUsage, "--sealed"},
		"order --order 2026/114 --to @none/x.pdf":                {exitNotFound, ""},
	} {
		if _, errs := s.run(want.code, "paper "+line+asTraining+"advocate"); !strings.Contains(errs, want.says) {
			t.Errorf("%s says %q", line, errs)
		}
	}
	s.run(exitOK, "paper order --order 2026/114 --replace --to @aen.pdf"+asTraining+"advocate")
	if _, err := os.Lstat(s.path("x.pdf")); !os.IsNotExist(err) {
		t.Errorf("a refused paper left a file: %v", err)
	}
}

// A full disk and a folder that can only be read are told in a sentence, and leave no stump.
func TestAPaperOnAFullOrReadOnlyVolume(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.training()
	for name, c := range map[string]struct {
		options string
		flags   uintptr
		code    int
		says    string
	}{
		"full":      {"size=16k", 0, exitDiskFull, "disk is full"},
		"protected": {"size=64k", syscall.MS_RDONLY, exitNotAllowed, "can only be read"},
	} {
		dir := s.path(name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", c.flags, c.options); err != nil {
			t.Skip("nothing can be mounted here:", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		if _, errs := s.run(c.code, "paper order --order 2026/114 --to @"+name+"/o.pdf"+asTraining+"judge"); !strings.Contains(errs, c.says) {
			t.Errorf("%s: %s", name, errs)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left behind: %v, %v", name, left, err)
		}
	}
	out, _ := s.run(exitOK, "audit export @log"+asTraining+"judge")
	log, err := os.ReadFile(s.path("log"))
	if err != nil || strings.Count(string(log), "paper.failed") != 2 {
		t.Errorf("%v: the log does not tell of both failures: %s", err, out)
	}
}
