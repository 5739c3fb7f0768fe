package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"paravent/store"
)

// State is how a backup stands.
type State string

// The states, best first.
const (
	Checked    State = "checked"    // everything was read just now and is what was written
	Complete   State = "complete"   // everything is there with its size; nothing was read
	Incomplete State = "incomplete" // something is missing or not what was written
	Foreign    State = "foreign"    // of another vault, or none
)

// Listed is a backup that was found in a folder.
type Listed struct {
	Path     string // of the copy
	Manifest Manifest
	State    State
	Err      error // what is wrong; nil for the first two states
}

// Good says whether the backup can take another one's place.
func (l Listed) Good() bool { return l.State == Checked || l.State == Complete }

// At is when the backup was made; of one without a manifest, when its file was last written.
func (l Listed) At() time.Time { return l.Manifest.At }

// List finds the backups of a folder, newest first. of is the id of the vault whose backups are meant; those of others are
// [Foreign]. An empty id takes every vault's. A vault of the folder that is in use is no backup and is left out,
// and so is a backup that is being deleted. // Sizes are compared; see [Check] for more.
func List(ctx context.Context, dir, of string) ([]Listed, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	names := make(map[string]bool)
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), manifestExtension)
		if strings.HasSuffix(name, extension) && !e.IsDir() {
			names[name] = true
		}
	}
	var list []Listed
	for name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if absent(filepath.Join(dir, name+deletingExtension)) != nil {
			continue
		}
		l, err := look(ctx, filepath.Join(dir, name), of)
		if errors.Is(err, store.ErrInUse) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b Listed) int {
		return cmp.Or(b.At().Compare(a.At()), strings.Compare(b.Path, a.Path))
	})
	return list, nil
}

// look compares sizes. What is wrong with the backup stands in it; the error is for what kept it from being looked at.
func look(ctx context.Context, path, of string) (Listed, error) {
	l := Listed{Path: path}
	var err error
	if l.Manifest, err = ReadManifest(path); errors.Is(err, ErrNoManifest) {
		return lookAtCopy(ctx, l, of, err)
	} else if err != nil {
		return l, err
	}
	if of != "" && l.Manifest.Vault != of {
		return l.wrong(ErrForeign), nil
	}
	if err := sized(path, l.Manifest.Size, ErrNoCopy, ErrTorn); err != nil {
		return l.wrong(err), nil
	}
	for _, f := range l.Manifest.Files {
		if err := sized(filepath.Join(path+folderExtension, f.Name), f.Size, ErrMissing, ErrAltered); err != nil {
			return l.wrong(err), nil
		}
	}
	l.State = Complete
	return l, nil
}

// lookAtCopy says what a file without a manifest is.
func lookAtCopy(ctx context.Context, l Listed, of string, why error) (Listed, error) {
	stat, err := os.Stat(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return l.wrong(ErrNoCopy), nil
	} else if err != nil {
		return l, err
	}
	l.Manifest.At = stat.ModTime()
	imprint, err := imprintOf(ctx, l.Path)
	switch {
	case errors.Is(err, store.ErrInUse), ctx.Err() != nil:
		return l, errors.Join(err, ctx.Err())
	case errors.Is(err, store.ErrNotVault):
		l.State, l.Err = Foreign, err
		return l, nil
	case err != nil:
		return l.wrong(err), nil
	}
	l.Manifest.imprint(imprint)
	l.Manifest.Size = stat.Size()
	if of != "" && imprint.ID != of {
		return l.wrong(ErrForeign), nil
	}
	return l.wrong(why), nil
}

func (l Listed) wrong(err error) Listed {
	l.State, l.Err = Incomplete, err
	if errors.Is(err, ErrForeign) {
		l.State = Foreign
	}
	return l
}

// sized compares a file's size with what it should be.
func sized(path string, size int64, gone, other error) error {
	stat, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return gone
	case err != nil:
		return err
	case !stat.Mode().IsRegular() || stat.Size() != size:
		return other
	}
	return nil
}

// Check reads everything that a backup holds and compares it with the manifest, and the manifest with the vault in the copy. of is as in [List].
// What is wrong stands in what it returns; the error is for a check that couldn't run to its end. progress is told of bytes.
func Check(ctx context.Context, path, of string, progress func(done, total int64)) (Listed, error) {
	l, err := look(ctx, path, of)
	if err != nil || l.State != Complete {
		return l, err
	}
	b := bar{tell: progress, total: l.Manifest.Bytes()}
	found, err := sumOf(ctx, path, &b)
	switch {
	case err != nil:
		return l, err
	case found != l.Manifest.SHA256:
		return l.wrong(ErrTorn), nil
	}
	if err := l.Manifest.opens(ctx, path); err != nil {
		if ctx.Err() != nil || errors.Is(err, store.ErrInUse) {
			return l, err
		}
		return l.wrong(err), nil
	}
	for _, f := range l.Manifest.Files {
		found, err := sumOf(ctx, filepath.Join(path+folderExtension, f.Name), &b)
		switch {
		case err != nil:
			return l, err
		case found != f.SHA256:
			return l.wrong(ErrAltered), nil
		}
	}
	l.State = Checked
	return l, nil
}

// opens sees whether a file is the vault that the manifest speaks of. A newer program's vault is.
func (m Manifest) opens(ctx context.Context, path string) error {
	imprint, err := imprintOf(ctx, path)
	switch {
	case errors.Is(err, store.ErrNewerFormat):
		return nil
	case err != nil:
		return err
	case !m.agrees(imprint):
		return ErrTorn
	}
	return nil
}
