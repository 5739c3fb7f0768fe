package store_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

// TestFullDiskKeepsEverything writes until nothing fits any more: on a small file system of its own where that can be had, and under a limit on the
// length of files everywhere. The writer is told in one sentence, goes on reading, and all that it was told is kept is there.
func TestFullDiskKeepsEverything(t *testing.T) {
	t.Parallel()
	t.Run("a limit", func(t *testing.T) {
		t.Parallel()
		fillDisk(t, "limit", filepath.Join(t.TempDir(), "vault"))
	})
	t.Run("a small disk", func(t *testing.T) {
		t.Parallel()
		fillDisk(t, "write", filepath.Join(mount(t, "size=700k"), "vault"))
	})
}

func fillDisk(t *testing.T, role, path string) {
	must(t, createVault(t, path).Close())
	c, out := startChild(t, role, path)
	acked, said := 0, []string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			acked = n
		} else {
			said = append(said, lines.Text())
		}
	}
	must(t, c.Wait())
	if acked == 0 || len(said) != 2 || said[1] != "still whole: true" || !strings.Contains(said[0], store.ErrDiskFull.Error()) {
		t.Errorf("after %d transactions: %q", acked, said)
	}
	if n, err := wholeAfter(t.Context(), path, acked); err != nil || n != acked {
		t.Errorf("%d transactions of %d, %v", n, acked, err)
	}
	if role == "limit" { // there is room again
		v := unlock(t, path, "clerk.canary", passphrase)
		if n, err := writeOne(t.Context(), v); err != nil || n != acked+1 {
			t.Errorf("afterwards: %d, %v", n, err)
		}
	}
}

// mount gives a file system in memory, or skips the test where none can be had.
func mount(t *testing.T, options string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("no file system of its own can be had here: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// TestReadOnlyMedium opens a vault on a file system that takes no writes, which holds for the administrator too: it says so, and can be read.
func TestReadOnlyMedium(t *testing.T) {
	t.Parallel()
	dir := mount(t, "size=2m")
	path := filepath.Join(dir, "vault")
	v := createVault(t, path)
	_, err := writeOne(t.Context(), v)
	must(t, errors.Join(err, v.Close()))
	must(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	before, err := os.ReadFile(path)
	must(t, err)
	_, err = bolt.Open(path, bolt.Options{})
	wantErr(t, err, store.ErrReadOnly)
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	s, err := store.Open(t.Context(), b, store.Options{})
	must(t, err)
	v, err = s.Unlock(t.Context(), "clerk.canary", []byte(passphrase))
	must(t, err)
	if n, err := wholeNow(t.Context(), v, 1); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	_, err = writeOne(t.Context(), v)
	wantErr(t, err, store.ErrReadOnly)
	must(t, v.Close())
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed: %v", err)
	}
	_, err = bolt.Open(filepath.Join(dir, "new"), bolt.Options{Create: true})
	wantErr(t, err, store.ErrReadOnly)
}
