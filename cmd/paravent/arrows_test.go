package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "paravent/"

// below lists, for each room of the house, the rooms it may import besides its own.
var below = map[string][]string{
	"cmd":        {"app", "testimony", "protection", "media", "store"},
	"app":        {"testimony", "protection", "media", "store"},
	"testimony":  {"protection", "media", "store"},
	"protection": {"store"},
	"media":      {},
	"store":      {},
}

// pure rooms hold rules only: no clock, no randomness, no disk, no network and no store.
var pure = []string{"protection", "protection/order", "protection/policy", "testimony"}

// forbidden in a pure room. Package time itself is allowed for its types; calls that read the clock are staticcheck's
// business no more than ours, so TestPureRoomsReadNoClock looks for them in the sources.
var impure = []string{"os", "net", "net/http", "crypto/rand", "math/rand", "math/rand/v2", "io/fs", "log", "log/slog", "syscall"}

type imported struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []imported {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "paravent/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []imported
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p imported
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("go list found only %d packages", len(list))
	}
	return list
}

func room(path string) string {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, module), "/")
	return top
}

// against says why an import goes against an arrow, or "".
func against(from, to string) string {
	switch {
	case to == module+"media/peer/firefox":
		return "only tests drive a browser"
	case to == module+"media/impair":
		return "only tests make a line worse"
	case to == module+"testimony/relay/malicious":
		return "only tests lie"
	case !strings.HasPrefix(to, module):
		if slices.Contains(pure, strings.TrimPrefix(from, module)) && slices.Contains(impure, to) {
			return "a pure room has no clock, randomness, disk or network"
		}
	case room(from) == room(to):
	case from == module+"media/record" && to == module+"store/blob":
	case !slices.Contains(below[room(from)], room(to)):
		return "the arrow goes the other way"
	case slices.Contains(pure, strings.TrimPrefix(from, module)) && room(to) != "protection":
		return "a pure room has no store and no media"
	}
	if strings.HasPrefix(to, "fyne.io/") && room(from) != "app" && room(from) != "cmd" {
		return "only the desktop draws"
	}
	return ""
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if _, ok := below[room(p.ImportPath)]; !ok {
			t.Errorf("%s stands in no room of the house", p.ImportPath)
		}
		for _, to := range p.Imports {
			if why := against(p.ImportPath, to); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, to, why)
			}
		}
	}
}

func TestArrowsAreNotedWhenBroken(t *testing.T) {
	t.Parallel()
	for _, broken := range [][2]string{
		{"paravent/store", "paravent/protection"},
		{"paravent/media/hub", "paravent/testimony"},
		{"paravent/media/hub", "paravent/store/blob"},
		{"paravent/protection/policy", "paravent/store"},
		{"paravent/protection/order", "os"},
		{"paravent/testimony", "crypto/rand"},
		{"paravent/testimony", "paravent/media"},
		{"paravent/testimony/live", "paravent/app"},
		{"paravent/testimony/live", "paravent/media/peer/firefox"},
		{"paravent/testimony/live", "paravent/testimony/relay/malicious"},
		{"paravent/testimony/live", "paravent/media/impair"},
		{"paravent/testimony/live", "fyne.io/fyne/v2"},
	} {
		if against(broken[0], broken[1]) == "" {
			t.Errorf("%s may import %s", broken[0], broken[1])
		}
	}
}

func TestPureRoomsReadNoClock(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !slices.Contains(pure, strings.TrimPrefix(p.ImportPath, module)) {
			continue
		}
		for _, name := range p.GoFiles {
			source, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now", "time.Since", "time.Until", "time.After", "time.Tick", "time.NewTimer", "time.Sleep"} {
				if regexp.MustCompile(regexp.QuoteMeta(call) + `\b`).Match(source) {
					t.Errorf("%s/%s calls %s", p.ImportPath, name, call)
				}
			}
		}
	}
}
