package docket

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"paravent/store"
)

func TestAFullDiskLeavesNothingOfAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	err := writeWhole(path, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			return err
		}
		return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
	})
	if files, _ := os.ReadDir(filepath.Dir(path)); !errors.Is(err, store.ErrDiskFull) || len(files) != 0 {
		t.Errorf("%v, %v", err, files)
	}
}

func TestANameTakenMeanwhileIsNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	err := writeWhole(path, func(io.Writer) error { return os.WriteFile(path, []byte("another's"), 0o600) })
	text, _ := os.ReadFile(path)
	if files, _ := os.ReadDir(filepath.Dir(path)); !errors.Is(err, os.ErrExist) || len(files) != 1 || string(text) != "another's" {
		t.Errorf("%v, %q, %v", err, text, files)
	}
}
