// Package backup keeps copies of a vault file and of the sealed files beside it: it makes, lists, checks and restores them, and says
// when one is due and which may go. It needs no key for any of it; a caller that has one can check more.
//
// A backup is a vault file like any other, NAME.paravent, with its sealed files in NAME.paravent.d and a manifest beside it,
// NAME.paravent.json. The manifest is written last: where it stands, the rest was whole. Start from [Make].
package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"paravent/store"
	"paravent/store/bolt"
)

// What can be wrong with a backup.
var (
	ErrNoManifest = errors.New("the backup has no manifest: it was cut short while it was made, or comes from elsewhere")
	ErrNoCopy     = errors.New("the backup's copy of the vault is missing")
	ErrTorn       = errors.New("the backup's copy of the vault is not what was written")
	ErrMissing    = errors.New("a recording of the backup is missing")
	ErrAltered    = errors.New("a recording of the backup is not what was written")
	ErrForeign    = errors.New("this is a backup of another vault")
)

const (
	extension         = ".paravent"
	manifestExtension = ".json" // behind the copy's whole name
	folderExtension   = ".d"    // behind the copy's whole name
	partialExtension  = ".partial"
)

// Source is a vault in use.
type Source struct {
	Name string // what the backup's name begins with
	Size int64  // of the vault file in bytes, for the progress; it may have grown since
	// Copy writes the vault as it stands in one state into a new file, and the file's bytes to w, whatever others do meanwhile. It returns
	// their number.
	Copy  func(ctx context.Context, path string, w io.Writer) (int64, error)
	Files []string // the sealed files, none of them still written to
	// Check opens a copy with a key; nil where there is none. It may be told nothing of a copy that isn't whole.
	Check func(ctx context.Context, copy string, progress func(done, total int)) error
}

// Made is a new backup.
type Made struct {
	Path     string // of the copy
	Manifest Manifest
	Linked   int // files that an earlier backup in the folder had already
}

// Make copies a vault and its sealed files into a folder and checks the copy: what was written is read back, and Check is asked. Only then does
// it get its name, and its manifest. It never replaces a file; what goes wrong leaves nothing behind. progress, if not nil,
// is told how much of how much is done, in bytes.
//
// A sealed file that an earlier backup of the folder holds is linked to, after both were read and compared, so that each backup is whole by itself and
// the earlier ones can go without it. Where the file system has no links the file is copied.
func Make(ctx context.Context, dir string, at time.Time, src Source, progress func(done, total int64)) (Made, error) {
	path := filepath.Join(dir, src.Name+"-"+at.UTC().Format("20060102-150405")+extension)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Made{}, fmt.Errorf("create the folder: %w", err)
	}
	for _, p := range []string{path, path + folderExtension, path + manifestExtension} {
		if err := absent(p); err != nil {
			return Made{}, fmt.Errorf("back up: %w", err)
		}
	}
	m := making{ctx: ctx, src: src, path: path, partial: path + partialExtension}
	m.made = Made{Path: path, Manifest: Manifest{Version: manifestVersion, At: at.UTC().Truncate(time.Second)}}
	if err := m.measure(progress); err != nil {
		return Made{}, fmt.Errorf("back up: %w", err)
	}
	if err := m.run(); err != nil {
		return Made{}, errors.Join(fmt.Errorf("back up: %w", err), os.RemoveAll(m.partial), os.RemoveAll(path+folderExtension),
			os.RemoveAll(path), os.RemoveAll(path+manifestExtension))
	}
	return m.made, nil
}

// making is one backup on its way.
type making struct {
	ctx           context.Context
	src           Source
	path, partial string
	made          Made
	bar           bar
}

// measure finds how much there is to do: each sealed file once, and the vault copied and then checked.
func (m *making) measure(progress func(done, total int64)) error {
	m.bar.tell, m.bar.total = progress, 2*m.src.Size
	for _, f := range m.src.Files {
		stat, err := os.Stat(f)
		if err != nil {
			return fmt.Errorf("a recording: %w", err)
		}
		m.bar.total += stat.Size()
	}
	return nil
}

func (m *making) run() error {
	if err := m.files(); err != nil {
		return err
	}
	if err := m.vault(); err != nil {
		return err
	}
	if err := os.Rename(m.partial, m.path); err != nil {
		return err
	}
	if err := syncDirectory(filepath.Dir(m.path)); err != nil {
		return err
	}
	return m.made.Manifest.write(m.path + manifestExtension)
}

// files brings the sealed files in.
func (m *making) files() error {
	if len(m.src.Files) == 0 {
		return nil
	}
	folder := m.path + folderExtension
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	earlier := earlierFiles(filepath.Dir(m.path))
	for _, from := range m.src.Files {
		f, linked, err := bringIn(m.ctx, from, folder, earlier, &m.bar)
		if err != nil {
			return fmt.Errorf("a recording: %w", err)
		}
		if linked {
			m.made.Linked++
		}
		m.made.Manifest.Files = append(m.made.Manifest.Files, f)
	}
	return syncDirectory(folder)
}

// vault writes the copy, reads it back and checks it.
func (m *making) vault() error {
	sum := newSum()
	size, err := m.src.Copy(m.ctx, m.partial, io.MultiWriter(sum, &m.bar))
	if err != nil {
		return err
	}
	m.made.Manifest.Size, m.made.Manifest.SHA256 = size, sum.text()
	if found, err := sumOf(m.ctx, m.partial, nil); err != nil {
		return err
	} else if found != m.made.Manifest.SHA256 {
		return ErrTorn
	}
	imprint, err := imprintOf(m.ctx, m.partial)
	if err != nil {
		return err
	}
	m.made.Manifest.imprint(imprint)
	if m.src.Check == nil {
		return nil
	}
	return m.src.Check(m.ctx, m.partial, m.bar.share(size))
}

// imprintOf reads what a vault file shows of itself.
func imprintOf(ctx context.Context, path string) (store.Imprint, error) {
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return store.Imprint{}, err
	}
	imprint, err := store.ReadImprint(ctx, file)
	return imprint, errors.Join(err, file.Close())
}

// absent fails with [fs.ErrExist] where there is something under a name.
func absent(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fmt.Errorf("%s: %w", path, fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}
