// Package anchor keeps the newest audit head of each vault in a folder outside of the vault, as text of a few lines, so that an older copy of the
// vault that is put back is noticed. It knows nothing of what a head says but its size.
//
// The folder is worth as much as it is out of reach of whoever can exchange the vault: another medium, another account, a share of another
// office's. The type to start from is [Folder].
package anchor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// ErrUnreadable is returned for what stands in an anchor's place and is none.
var ErrUnreadable = errors.New("the anchor is unreadable")

// maxNote bounds a head in bytes. Signed ones are of a few hundred.
const maxNote = 4096

// Folder keeps one file for each vault. Several programs can use it at once.
type Folder struct {
	// Path is the folder. It is made on first use, unless Existing is set: then its absence is an error, as of a volume that isn't connected.
	Path     string
	Existing bool
}

func (f Folder) file(vault string) (string, error) {
	if vault == "" || vault != filepath.Base(vault) {
		return "", fmt.Errorf("anchor of %q: %w", vault, fs.ErrInvalid)
	}
	return filepath.Join(f.Path, vault+".head"), nil
}

// Load returns the head that is kept of a vault, or nil when there is none.
func (f Folder) Load(vault string) ([]byte, error) {
	name, err := f.file(vault)
	if err != nil {
		return nil, err
	}
	if err := f.present(); err != nil {
		return nil, err
	}
	note, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read anchor: %w", err)
	case size(note) < 0:
		return nil, ErrUnreadable
	}
	return note, nil
}

func (f Folder) present() error {
	if f.Existing {
		if _, err := os.Stat(f.Path); err != nil {
			return fmt.Errorf("find the anchor's folder: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return fmt.Errorf("make the anchor's folder: %w", err)
	}
	return nil
}

// Advance keeps a head in place of a smaller one. Where a greater or unreadable one is kept it does nothing.
func (f Folder) Advance(vault string, note []byte) error { return f.keep(vault, note, false) }

// Replace keeps a head in place of whatever is there: when people decided to go on from an older copy.
func (f Folder) Replace(vault string, note []byte) error { return f.keep(vault, note, true) }

func (f Folder) keep(vault string, note []byte, whatever bool) (err error) {
	name, err := f.file(vault)
	if err != nil {
		return err
	}
	if size(note) < 0 {
		return ErrUnreadable
	}
	if err := f.present(); err != nil {
		return err
	}
	dir, err := os.Open(f.Path)
	if err != nil {
		return fmt.Errorf("keep anchor: %w", err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }() // which lets go of the lock
	if err := unix.Flock(int(dir.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("keep anchor: %w", err)
	}
	if !whatever {
		old, err := f.Load(vault)
		if errors.Is(err, ErrUnreadable) || err == nil && size(old) >= size(note) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	if err := replace(f.Path, name, note); err != nil {
		return fmt.Errorf("keep anchor: %w", err)
	}
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("keep anchor: %w", err)
	}
	return nil
}

// replace writes a file so that a crash leaves the old or the new one.
func replace(dir, name string, text []byte) error {
	t, err := os.CreateTemp(dir, ".head-*")
	if err != nil {
		return err
	}
	_, err = t.Write(text)
	if err == nil {
		err = t.Sync()
	}
	err = errors.Join(err, t.Close())
	if err == nil {
		err = os.Rename(t.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(t.Name()))
	}
	return nil
}

// size is the number of entries that a head speaks of, or less than 0 when it is no head.
func size(note []byte) int64 {
	lines := bytes.SplitN(note, []byte("\n"), 3)
	if len(lines) < 3 || len(note) > maxNote {
		return -1
	}
	n, err := strconv.ParseInt(string(lines[1]), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
