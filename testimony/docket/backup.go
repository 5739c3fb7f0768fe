package docket

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"paravent/store"
	"paravent/store/bolt"
	"paravent/testimony"
)

// Backup is a copy of the vault that was made and checked: a vault file like any other, with its recordings beside it.
type Backup struct {
	At         time.Time `json:"at"`
	Path       string    `json:"path"`       // of the copy of the vault file
	Records    int       `json:"records"`    // that were read and checked in the copy
	Recordings int       `json:"recordings"` // that were copied and compared
	Bytes      int64     `json:"bytes"`
}

var backups = store.NewCollection[Backup]("backups")

// BackupEvery is how old the newest backup may be before the list of the day asks for another one.
const BackupEvery = 7 * 24 * time.Hour

// Backup copies the vault and its sealed recordings into a folder, while the vault is in use, and checks the copy: every record of it is
// opened, every recording compared. Only then does it get its name. It never replaces a file. Recordings that are still running are
// left out. What goes wrong leaves nothing behind.
func (d *Desk) Backup(ctx context.Context, dir string, progress func(done, total int)) (Backup, error) {
	if !d.May(testimony.ActBackUp) {
		return Backup{}, ErrNotAllowed
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Backup{}, fmt.Errorf("create the folder: %w", err)
	}
	list, err := d.Recordings(ctx)
	if err != nil {
		return Backup{}, err
	}
	at := d.Now()
	b := Backup{At: at, Path: filepath.Join(dir, d.called()+"-"+at.UTC().Format("20060102-150405")+".paravent")}
	if Exists(b.Path) || Exists(b.Path+".d") {
		return Backup{}, fmt.Errorf("back up: %w", os.ErrExist)
	}
	// In the log before the copy is made, so that the copy has it too.
	if err := d.Note(ctx, "vault.backup", map[string]string{"recordings": strconv.Itoa(len(list))}); err != nil {
		return Backup{}, err
	}
	partial := b.Path + ".partial"
	if err := d.backUp(ctx, &b, partial, list, progress); err != nil {
		return Backup{}, errors.Join(fmt.Errorf("back up: %w", diskFull(err)), os.RemoveAll(partial), os.RemoveAll(b.Path+".d"))
	}
	return b, d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("vault.backed_up", map[string]string{"recordings": strconv.Itoa(b.Recordings), "bytes": strconv.FormatInt(b.Bytes, 10)})
		return backups.Put(tx, docketPart, "last", b)
	})
}

func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return errors.Join(store.ErrDiskFull, err)
	}
	return err
}

func (d *Desk) backUp(ctx context.Context, b *Backup, partial string, list []Recording, progress func(done, total int)) error {
	for _, r := range list {
		if !r.Sealed {
			continue
		}
		if err := os.MkdirAll(b.Path+".d", 0o700); err != nil {
			return err
		}
		n, err := copyFile(ctx, d.blobPath(r.ID), filepath.Join(b.Path+".d", filepath.Base(d.blobPath(r.ID))))
		if err != nil {
			return fmt.Errorf("a recording: %w", err)
		}
		b.Recordings++
		b.Bytes += n
	}
	written := sha256.New()
	n, err := d.copyTo(ctx, partial, written)
	if err != nil {
		return err
	}
	b.Bytes += n
	if err := same(ctx, partial, written.Sum(nil)); err != nil {
		return err
	}
	if b.Records, err = d.checkCopy(ctx, partial, progress); err != nil {
		return err
	}
	return os.Rename(partial, b.Path)
}

// checkCopy opens every record of a copy.
func (d *Desk) checkCopy(ctx context.Context, path string, progress func(done, total int)) (int, error) {
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	report, err := d.vault.VerifyCopy(ctx, file, progress)
	if err == nil && !report.Sound() {
		err = store.ErrDamaged
	}
	return report.Records, errors.Join(err, file.Close())
}

// copyFile copies a file that is no longer written to, reads the copy back and compares.
func copyFile(ctx context.Context, from, to string) (int64, error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	read := sha256.New()
	n, err := io.Copy(out, io.TeeReader(withContext{ctx, in}, read))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return n, err
	}
	return n, same(ctx, to, read.Sum(nil))
}

// same reads a file that was written and compares it with what it should hold.
func same(ctx context.Context, path string, sum []byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	found := sha256.New()
	if _, err := io.Copy(found, withContext{ctx, f}); err != nil {
		return err
	}
	if !bytes.Equal(found.Sum(nil), sum) {
		return fmt.Errorf("the copy differs from what was written: %w", store.ErrDamaged)
	}
	return nil
}

// withContext stops reading when the context has ended.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (w withContext) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

// LastBackup returns the newest backup that was made from this desk; ErrNotFound where there is none.
func (d *Desk) LastBackup(ctx context.Context) (Backup, error) {
	return read(ctx, d, backups, docketPart, "last")
}
