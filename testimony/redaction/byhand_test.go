package redaction_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// steps are the commands of docs/evidence-format.md.
func steps(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/evidence-format.md")
	must(t, err)
	_, after, ok := strings.Cut(string(text), "```sh\n")
	script, _, ended := strings.Cut(after, "```")
	if !ok || !ended {
		t.Fatal("the document has no commands")
	}
	return script
}

// The steps of the document, with openssl and sha256sum alone, find a version sound that is, and one not that was changed.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "openssl", "sha256sum", "basenc", "split"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	script := steps(t)
	s := seal(t, recorded(t, 40, 5*time.Second))
	fine, whole := s.derive(t, s.list(t, 1, passages[:2]...)), s.derive(t, nil)
	flipped := bytes.Clone(fine)
	flipped[len(flipped)/3] ^= 1
	other := bytes.Replace(fine, []byte("\nnumber 1\n"), []byte("\nnumber 2\n"), 1)
	leaf := bytes.LastIndex(fine, []byte("\npart 2 2 "))
	if leaf < 0 {
		t.Fatal("no second of the sound is there in part")
	}
	changed := bytes.Clone(fine)
	changed[leaf+12] ^= 1
	for name, c := range map[string]struct {
		file  []byte
		sound bool
	}{"a version": {fine, true}, "a version without edits": {whole, true}, "a byte changed": {flipped, false}, "another number": {other, false}, "a leaf changed": {changed, false}, "cut short": {fine[:len(fine)-100], false}} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "version.webm"), c.file, 0o600))
		cmd := exec.Command("bash", "-c", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if (err == nil) != c.sound {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
