package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// RestoreOptions adjust a restore. The zero value takes any vault's backup and checks what can be checked without a key.
type RestoreOptions struct {
	Of string // id of the vault that is meant; a backup of another one gives [ErrForeign]
	// Check opens the restored copy with a key, before it has its name. Its sealed files stand beside it.
	Check func(ctx context.Context, copy string, progress func(done, total int)) error
}

// Restored says what a restore put back.
type Restored struct {
	Path     string // of the new vault file
	Manifest Manifest
	Unlisted bool // the backup had no manifest: whether something was missing in it, only a check with a key can tell
}

// Restore copies a backup to a new vault file with its sealed files, reads everything back and checks it, and only then gives it its
// name. It never touches the backup and never replaces anything: where to or its folder exists it fails with
// [fs.ErrExist]. A backup that isn't whole isn't restored. What goes wrong leaves nothing behind.
func Restore(ctx context.Context, from, to string, o RestoreOptions, progress func(done, total int64)) (Restored, error) {
	r := restoring{ctx: ctx, from: from, to: to, opts: o}
	r.bar.tell = progress
	err := r.read()
	if err == nil {
		err = r.run(r.copy)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	return r.done, nil
}

type restoring struct {
	ctx      context.Context
	from, to string
	opts     RestoreOptions
	bar      bar
	done     Restored
}

// run lets the copy be made in a folder of its own, checks it, and gives it its name.
func (r *restoring) run(fill func(copied string) error) (err error) {
	for _, p := range []string{r.to, r.to + folderExtension} {
		if err := absent(p); err != nil {
			return err
		}
	}
	parent := filepath.Dir(r.to)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	// On the same volume as the new file, so that it is there as a whole or not at all.
	work, err := os.MkdirTemp(parent, filepath.Base(r.to)+partialExtension+"-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	copied := filepath.Join(work, "vault"+extension)
	if err := fill(copied); err != nil {
		return err
	}
	if r.opts.Check != nil {
		if err := r.opts.Check(r.ctx, copied, r.bar.share(r.done.Manifest.Size)); err != nil {
			return err
		}
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.name(copied)
}

// read finds what the backup holds and whether it is the right one.
func (r *restoring) read() error {
	l, err := look(r.ctx, r.from, r.opts.Of)
	switch {
	case err != nil:
		return err
	case errors.Is(l.Err, ErrNoManifest):
		r.done.Unlisted = true
		if l.Manifest.Files, err = unlisted(r.from + folderExtension); err != nil {
			return err
		}
	case errors.Is(l.Err, ErrNoCopy):
		return fmt.Errorf("%s: %w", r.from, errors.Join(ErrNoCopy, fs.ErrNotExist))
	case l.Err != nil:
		return l.Err
	}
	r.done.Manifest = l.Manifest
	r.bar.total = l.Manifest.Bytes()
	if r.opts.Check != nil {
		r.bar.total += l.Manifest.Size
	}
	return nil
}

// unlisted finds the sealed files of a backup without a manifest.
func unlisted(folder string) ([]File, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var files []File
	for _, e := range entries {
		if stat, err := e.Info(); err == nil && e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, File{Name: e.Name(), Size: stat.Size()})
		}
	}
	return files, err
}

// copy brings the backup over and compares it with its manifest.
func (r *restoring) copy(to string) error {
	m := &r.done.Manifest
	f, err := copyFile(r.ctx, r.from, to, &r.bar)
	switch {
	case err != nil:
		return err
	case r.done.Unlisted:
		m.SHA256 = f.SHA256
	case f.SHA256 != m.SHA256:
		return ErrTorn
	}
	if err := m.opens(r.ctx, to); err != nil {
		return err
	}
	if len(m.Files) == 0 {
		return nil
	}
	folder := to + folderExtension
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	for i, want := range m.Files {
		f, err := copyFile(r.ctx, filepath.Join(r.from+folderExtension, want.Name), filepath.Join(folder, want.Name), &r.bar)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return ErrMissing
		case err != nil:
			return fmt.Errorf("a recording: %w", err)
		case r.done.Unlisted:
			m.Files[i] = f
		case f.SHA256 != want.SHA256:
			return ErrAltered
		}
	}
	return syncDirectory(folder)
}

// name gives the copy its name, its folder's first: a vault without its recordings must not be there for a moment.
func (r *restoring) name(copied string) error {
	r.done.Path = r.to
	hasFolder := len(r.done.Manifest.Files) > 0
	if hasFolder {
		if err := absent(r.to + folderExtension); err != nil {
			return err
		}
		if err := os.Rename(copied+folderExtension, r.to+folderExtension); err != nil {
			return err
		}
	}
	err := placeFile(copied, r.to)
	if err == nil {
		if err = syncDirectory(filepath.Dir(r.to)); err != nil {
			err = errors.Join(err, os.Remove(r.to))
		}
	}
	if err != nil && hasFolder {
		err = errors.Join(err, os.RemoveAll(r.to+folderExtension))
	}
	return err
}
