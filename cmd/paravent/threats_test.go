package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheThreatModelNamesRealTests holds the document against the sources: each defence that it claims is tried by tests that exist, and each line of its
// tables names one.
func TestTheThreatModelNamesRealTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(source, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)\\w+)`")
	defences, inTable := 0, false
	for _, line := range strings.Split(string(text), "\n") {
		names := named.FindAllStringSubmatch(line, -1)
		for _, m := range names {
			if !tests[m[1]] {
				t.Errorf("there is no %s", m[1])
			}
		}
		switch {
		case strings.HasPrefix(line, "| they try |"):
			inTable = true
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case inTable && !strings.HasPrefix(line, "|-"):
			if defences++; len(names) == 0 {
				t.Errorf("no test is named: %s", line)
			}
		}
	}
	if defences < 40 {
		t.Errorf("only %d defences", defences)
	}
}
