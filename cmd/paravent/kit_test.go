package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type keptKit struct {
	College string   `json:"college"`
	Kit     string   `json:"kit"`
	Waiting string   `json:"waiting"`
	Missing []string `json:"missing"`
	Files   []string `json:"files"`
}

func TestAKitIsMadeAndUsedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newTerminal(t)
	s.vault()
	s.write("after", "a passphrase for afterwards")
	s.run(exitOK, "user add clerk --role clerk --new-passphrase-file @p"+asJudge)
	const asClerk = " --vault @v --login clerk --passphrase-file @p"
	s.run(exitUsage, "kit make -k 2 --outside Notary --outside Prefect"+asJudge)
	s.run(exitRefused, "kit make -k 1 --outside Notary --text @none"+asJudge)
	s.run(exitRefused, "kit make -k 2 --outside Notary --outside NOTARY --text @none"+asJudge)
	s.run(exitNotFound, "kit make -k 2 --outside Notary --holder nobody --text @none"+asJudge)
	if _, err := os.Stat(s.path("none")); !os.IsNotExist(err) {
		t.Errorf("a kit that was refused left a folder: %v", err)
	}
	s.write("taken.pdf", "something else")
	s.run(exitExists, "kit make -k 2 --outside Notary --outside Prefect --pdf @taken.pdf"+asJudge)
	out, _ := s.run(exitOK, "--json kit list"+asJudge)
	if k := parsed[[]keptKit](t, out); k[1].Waiting != "" {
		t.Errorf("a kit whose sheets were not written waits: %+v", k[1])
	}

	out, _ = s.run(exitOK, "--json kit make -k 2 --outside Notary --outside Prefect --holder judge --pdf @bench.pdf --text @sheets"+asJudge)
	bench := parsed[keptKit](t, out)
	if len(bench.Files) != 4 {
		t.Fatalf("files %v", bench.Files)
	}
	for _, f := range bench.Files {
		if about, err := os.Stat(f); err != nil || about.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, about.Mode(), err)
		}
	}
	s.run(exitNotAllowed, "kit confirm "+bench.Kit+asClerk)
	s.run(exitOK, "kit confirm "+bench.Kit+asJudge)
	s.run(exitNotFound, "kit confirm "+bench.Kit+asJudge)
	s.run(exitRefused, "kit make -k 2 --outside notary --outside Somebody --text @sheets"+asClerk)
	out, _ = s.run(exitOK, "--json kit make -k 2 --outside Mayor --outside Dean --text @sheets"+asClerk)
	court := parsed[keptKit](t, out)
	s.run(exitOK, "kit confirm "+court.Kit+asClerk)
	out, _ = s.run(exitOK, "--json kit list"+asClerk)
	if k := parsed[[]keptKit](t, out); k[0].Kit != court.Kit || k[1].Kit != bench.Kit || len(k[0].Missing)+len(k[1].Missing) != 0 {
		t.Errorf("%+v", k)
	}

	sheet := func(k keptKit, n string) string {
		return " --sheet @" + filepath.Join("sheets", k.College+"-"+k.Kit+"-sheet-"+n+".txt")
	}
	file := func(k keptKit, n string) string {
		return filepath.Join("sheets", k.College+"-"+k.Kit+"-sheet-"+n+".txt")
	}
	out, _ = s.run(exitOK, "--json kit check @"+file(bench, "3")+" @"+file(bench, "1")+asJudge)
	if seen := parsed[[]map[string]any](t, out); len(seen) != 2 || seen[0]["sheet"] != 3.0 || seen[0]["state"] != "in_force" {
		t.Errorf("%v", seen)
	}
	s.run(exitRefused, "kit check @"+file(bench, "3")+asClerk) // a sheet of the other college has no business there

	const rest = " --vault @v --new-passphrase-file @after"
	s.run(exitRefused, "user recover judge"+sheet(bench, "3")+rest)
	s.run(exitRefused, "user recover judge"+sheet(bench, "3")+sheet(bench, "3")+rest)
	_, errs := s.run(exitRefused, "user recover judge"+sheet(bench, "3")+sheet(court, "1")+rest)
	if !strings.Contains(errs, "sheet 1: the sheet is of another kit") {
		t.Error(errs)
	}
	s.run(exitNotFound, "user recover nobody"+sheet(bench, "3")+sheet(bench, "1")+rest)
	s.run(exitUsage, "user recover judge"+rest)
	text, err := os.ReadFile(bench.Files[1])
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(text), "= ") + 9
	bent := bytes.Clone(text)
	if bent[at] = '7'; text[at] == '7' {
		bent[at] = '8'
	}
	s.write("bent", string(bent))
	_, errs = s.run(exitRefused, "user recover judge --sheet @bent"+sheet(bench, "3")+rest)
	if !strings.Contains(errs, "mistake in group 2") {
		t.Error(errs)
	}
	s.run(exitOK, "vault status"+asJudge) // nothing of it changed anything

	s.run(exitOK, "user recover JUDGE"+sheet(bench, "3")+sheet(bench, "1")+rest)
	s.run(exitPassphrase, "vault status"+asJudge)
	const asJudgeAfter = " --vault @v --login judge --passphrase-file @after"
	out, _ = s.run(exitOK, "--json user recoveries"+asJudgeAfter)
	r := parsed[[]struct {
		Recovery string `json:"recovery"`
		Reviewed bool   `json:"reviewed"`
	}](t, out)
	if len(r) != 1 || r[0].Reviewed {
		t.Fatalf("%+v", r)
	}
	s.run(exitNotAllowed, "user review "+r[0].Recovery+" --finding fine"+asJudgeAfter)
	s.run(exitOK, "user review "+r[0].Recovery+" --finding seen"+asClerk)
	s.run(exitRefused, "user review "+r[0].Recovery+" --finding seen"+asClerk)
	s.run(exitOK, "vault verify"+asClerk)
}
