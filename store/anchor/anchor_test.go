package anchor_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"paravent/store/anchor"
)

const vault = "0123456789abcdef0123456789abcdef"

func head(size int) []byte {
	return fmt.Appendf(nil, "paravent/vault/%s\n%d\nroot\n\n— signer x\n", vault, size)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kept(t *testing.T, f anchor.Folder) string {
	t.Helper()
	note, err := f.Load(vault)
	must(t, err)
	return string(note)
}

func TestAnAnchorOnlyGoesForward(t *testing.T) {
	t.Parallel()
	f := anchor.Folder{Path: filepath.Join(t.TempDir(), "deep", "anchors")}
	if note, err := f.Load(vault); note != nil || err != nil {
		t.Fatalf("before anything is kept: %q, %v", note, err)
	}
	for _, n := range []int{3, 9, 5, 9} {
		must(t, f.Advance(vault, head(n)))
	}
	if got := kept(t, f); got != string(head(9)) {
		t.Errorf("kept %q", got)
	}
	must(t, f.Replace(vault, head(4)))
	if got := kept(t, f); got != string(head(4)) {
		t.Errorf("replaced by %q", got)
	}
	if about, err := os.Stat(filepath.Join(f.Path, vault+".head")); err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", about.Mode(), err)
	}
	files, err := os.ReadDir(f.Path)
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestManyProgramsKeepOneAnchor(t *testing.T) {
	t.Parallel()
	f := anchor.Folder{Path: t.TempDir()}
	var group sync.WaitGroup
	for n := range 64 {
		group.Go(func() {
			if err := f.Advance(vault, head(n)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := kept(t, f); got != string(head(63)) {
		t.Errorf("kept %q", got)
	}
}

func TestWhatIsNoAnchorIsNotOverwritten(t *testing.T) {
	t.Parallel()
	f := anchor.Folder{Path: t.TempDir()}
	name := filepath.Join(f.Path, vault+".head")
	for _, text := range []string{"", "x", "a\nb\nc\n", "a\n-1\nc\n", string(make([]byte, 5000))} {
		must(t, os.WriteFile(name, []byte(text), 0o600))
		if _, err := f.Load(vault); !errors.Is(err, anchor.ErrUnreadable) {
			t.Errorf("%.10q: %v", text, err)
		}
		must(t, f.Advance(vault, head(7)))
		if now, err := os.ReadFile(name); err != nil || string(now) != text {
			t.Errorf("%.10q was overwritten", text)
		}
	}
	must(t, f.Replace(vault, head(7)))
	if err := f.Replace(vault, []byte("no head")); !errors.Is(err, anchor.ErrUnreadable) {
		t.Errorf("what is no head was kept: %v", err)
	}
	for _, id := range []string{"", "../x", "a/b"} {
		if err := f.Advance(id, head(1)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestAFolderThatMustBeThere(t *testing.T) {
	t.Parallel()
	f := anchor.Folder{Path: filepath.Join(t.TempDir(), "unplugged"), Existing: true}
	if _, err := f.Load(vault); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("load: %v", err)
	}
	if err := f.Advance(vault, head(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("advance: %v", err)
	}
}
