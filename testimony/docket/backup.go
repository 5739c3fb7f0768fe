package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"syscall"
	"time"

	"paravent/store"
	"paravent/store/backup"
	"paravent/store/bolt"
	"paravent/testimony"
)

// Backup is a copy of the vault that was made and checked: a vault file like any other, with its recordings beside it.
type Backup struct {
	At         time.Time `json:"at"`
	Path       string    `json:"path"`       // of the copy of the vault file
	Records    int       `json:"records"`    // that were read and checked in the copy
	Recordings int       `json:"recordings"` // that were copied and compared
	Shared     int       `json:"shared"`     // of the recordings, with earlier backups of the folder
	Bytes      int64     `json:"bytes"`      // of all that is in it
}

var backups = store.NewCollection[Backup]("backups")

// Backup copies the vault and its sealed recordings into a folder, while the vault is in use, and checks the copy: every record of it is
// opened, every recording compared. Only then does it get its name. It never replaces a file. Recordings that are still running are
// left out. What goes wrong leaves nothing behind. progress, if not nil, is told of bytes.
func (d *Desk) Backup(ctx context.Context, dir string, progress func(done, total int64)) (Backup, error) {
	if !d.May(testimony.ActBackUp) {
		return Backup{}, ErrNotAllowed
	}
	list, err := d.Recordings(ctx)
	if err != nil {
		return Backup{}, err
	}
	b := Backup{At: d.Now()}
	src := backup.Source{Name: d.called(), Copy: d.copyTo, Size: fileSize(d.path)}
	src.Check = func(ctx context.Context, copied string, progress func(done, total int)) (err error) {
		b.Records, err = d.checkCopy(ctx, copied, progress)
		return err
	}
	for _, r := range list {
		if r.Sealed && r.Erased.IsZero() {
			src.Files = append(src.Files, d.blobPath(r.ID))
		}
	}
	handed, err := d.exhibitFiles(ctx)
	if err != nil {
		return Backup{}, err
	}
	src.Files = append(src.Files, handed...)
	// In the log before the copy is made, so that the copy has it too.
	if err := d.Note(ctx, "vault.backup", map[string]string{"recordings": strconv.Itoa(len(src.Files))}); err != nil {
		return Backup{}, err
	}
	made, err := backup.Make(ctx, dir, b.At, src, progress)
	if err != nil {
		return Backup{}, diskFull(err)
	}
	b.Path, b.Recordings, b.Shared, b.Bytes = made.Path, len(made.Manifest.Files), made.Linked, made.Manifest.Bytes()
	return b, d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("vault.backed_up", map[string]string{"recordings": strconv.Itoa(b.Recordings), "bytes": strconv.FormatInt(b.Bytes, 10)})
		return d.keepBackup(tx, b)
	})
}

func diskFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return errors.Join(store.ErrDiskFull, err)
	}
	return err
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

// LastBackup returns the newest backup that was made from this desk; ErrNotFound where there is none.
func (d *Desk) LastBackup(ctx context.Context) (Backup, error) {
	return read(ctx, d, backups, docketPart, "last")
}

// Backups finds the backups of this vault in a folder, newest first, and what else lies there under a backup's name. Sizes are
// compared; see [Desk.CheckBackup] for more.
func (d *Desk) Backups(ctx context.Context, dir string) ([]backup.Listed, error) {
	return backup.List(ctx, dir, d.vault.ID())
}

// openCopy checks a copy that stands with its recordings beside it.
func (d *Desk) openCopy(ctx context.Context, path string, progress func(done, total int)) error {
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	copied, err := d.vault.OpenCopy(ctx, file)
	if err == nil {
		err = (&Desk{vault: copied, backend: file, path: path, opts: d.opts}).sound(ctx, progress)
		copied.Lock()
	}
	return errors.Join(err, file.Close())
}

// sound is a check that says only whether all is well.
func (d *Desk) sound(ctx context.Context, progress func(done, total int)) error {
	report, err := d.Verify(ctx, progress)
	if err == nil && !report.Sound() {
		err = fmt.Errorf("%w: %s: %s", store.ErrDamaged, report.Faults[0].Place, report.Faults[0].Problem)
	}
	return err
}

func tell(progress func(done, total int64), done, total int64) {
	if progress != nil {
		progress(done, total)
	}
}

// RestoreCopy puts a backup of this vault back as a new vault file, with every record and recording checked before it has its name. The vault
// that is open stays as it is.
func (d *Desk) RestoreCopy(ctx context.Context, from, to string, progress func(done, total int64)) (backup.Restored, error) {
	if !d.May(testimony.ActBackUp) {
		return backup.Restored{}, ErrNotAllowed
	}
	if err := d.Note(ctx, "vault.restore_copy", nil); err != nil {
		return backup.Restored{}, err
	}
	r, err := backup.Restore(ctx, from, to, backup.RestoreOptions{Of: d.vault.ID(), Check: d.openCopy}, progress)
	return r, diskFull(err)
}

// Keyholder is a user whose keys open a restored copy for the check, before it has its name. Without one, what can be checked without
// a key is.
type Keyholder struct {
	Login      string
	Passphrase []byte // the caller clears it
}

// Restore puts a backup back as a new vault file. of, if not empty, is the id of the vault that is meant.
func Restore(ctx context.Context, from, to, of string, by *Keyholder, opts Options, progress func(done, total int64)) (backup.Restored, error) {
	o := backup.RestoreOptions{Of: of}
	if by != nil {
		o.Check = func(ctx context.Context, copied string, progress func(done, total int)) error {
			return checkAs(ctx, copied, *by, opts, progress)
		}
	}
	r, err := backup.Restore(ctx, from, to, o, progress)
	return r, diskFull(err)
}

func checkAs(ctx context.Context, path string, by Keyholder, opts Options, progress func(done, total int)) error {
	opts = opts.filled()
	opts.Anchor = nil // a copy that is looked at is not the vault that was used last
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	sealed, err := store.Open(ctx, file, opts.store())
	if err != nil {
		return errors.Join(err, file.Close())
	}
	vault, err := sealed.Unlock(ctx, by.Login, by.Passphrase)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	d := &Desk{vault: vault, backend: file, path: path, opts: opts}
	return errors.Join(d.sound(ctx, progress), d.Close())
}
