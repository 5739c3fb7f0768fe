package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"paravent/store"
	"paravent/store/backup"
	"paravent/testimony"
)

// BackupEvery is how old the newest backup may be, where there is no policy, before the list of the day asks for another one.
const BackupEvery = 7 * 24 * time.Hour

// retryAfter is how long a scheduled backup that failed is left alone: each try stands in the audit log.
const retryAfter = 45 * time.Minute

// What a caller decides by.
var (
	ErrNotDue   = errors.New("no backup is due")
	ErrNoPolicy = errors.New("there is no backup policy")
	// ErrNoFolder says that the folder of the policy isn't the one that was chosen: most often its volume isn't connected, and what
	// stands at its place is an empty folder of another volume.
	ErrNoFolder = errors.New("the folder for backups is not there: is its volume connected")
)

// Trouble is what became of scheduled backups that failed. It ends with the next one that succeeds.
type Trouble struct {
	Since time.Time `json:"since"` // of the first failure
	At    time.Time `json:"at"`    // of the last
	Why   string    `json:"why"`   // one of the words of Reasons
}

// Reasons are why a scheduled backup can fail, as they stand in a [Trouble].
var Reasons = []string{"disk_full", "no_folder", "read_only", "recording_missing", "damaged", "not_deleted", "other"}

var (
	policies = store.NewCollection[backup.Policy]("backup_policy")
	troubles = store.NewCollection[Trouble]("backup_trouble")
)

// BackupPolicy returns when backups are made and which are kept; [ErrNoPolicy] where nothing was decided.
func (d *Desk) BackupPolicy(ctx context.Context) (backup.Policy, error) {
	p, err := read(ctx, d, policies, docketPart, "policy")
	if errors.Is(err, ErrNotFound) {
		err = ErrNoPolicy
	}
	return p, err
}

// SetBackupPolicy decides when backups are made and which are kept. It makes the folder where there is none, and marks it, so that an empty folder in the
// place of a volume that isn't connected is not taken for it.
func (d *Desk) SetBackupPolicy(ctx context.Context, p backup.Policy) error {
	if !d.May(testimony.ActBackUp) {
		return ErrNotAllowed
	}
	if err := p.Check(); err != nil {
		return err
	}
	if !filepath.IsAbs(p.Folder) {
		return fmt.Errorf("%w: the folder is a whole path", backup.ErrPolicy)
	}
	p.Folder = filepath.Clean(p.Folder)
	if err := os.MkdirAll(p.Folder, 0o700); err != nil {
		return fmt.Errorf("create the folder: %w", err)
	}
	if err := d.markFolder(p.Folder); err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("backup.policy", map[string]string{"every": fmt.Sprint(p.Every), "kept": fmt.Sprintf("%d/%d/%d", p.Daily, p.Weekly, p.Monthly)})
		if err := troubles.Delete(tx, docketPart, "last"); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return policies.Put(tx, docketPart, "policy", p)
	})
}

// DropBackupPolicy ends the making of backups by themselves. None is deleted.
func (d *Desk) DropBackupPolicy(ctx context.Context) error {
	if !d.May(testimony.ActBackUp) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("backup.policy", map[string]string{"every": "0"})
		return errors.Join(ignoreMissing(policies.Delete(tx, docketPart, "policy")), ignoreMissing(troubles.Delete(tx, docketPart, "last")))
	})
}

func ignoreMissing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// folderMark is the file by which a folder for backups is known again.
const folderMark = ".paravent-backups"

func (d *Desk) markFolder(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, folderMark), []byte("Backups of a Paravent vault. This file says that the volume is there; leave it.\n"), 0o600); err != nil {
		return fmt.Errorf("mark the folder: %w", err)
	}
	return nil
}

// LastScheduled returns the newest backup that the policy asked for, or that was made into its folder; ErrNotFound where there is none.
func (d *Desk) LastScheduled(ctx context.Context) (Backup, error) {
	return read(ctx, d, backups, docketPart, "scheduled")
}

// BackupTrouble returns what became of scheduled backups that failed; ErrNotFound while all is well.
func (d *Desk) BackupTrouble(ctx context.Context) (Trouble, error) {
	return read(ctx, d, troubles, docketPart, "last")
}

// DueBackup makes the backup that is due by the policy and deletes those that the policy no longer keeps. It fails with [ErrNotDue] where
// there is nothing to do for this user, and notes every other failure for the list of the day.
func (d *Desk) DueBackup(ctx context.Context, progress func(done, total int64)) (Backup, error) {
	p, err := d.duePolicy(ctx)
	if err != nil {
		return Backup{}, err
	}
	b, err := d.scheduled(ctx, p, progress)
	if err != nil && ctx.Err() == nil {
		err = errors.Join(err, d.noteTrouble(context.WithoutCancel(ctx), reason(err)))
	}
	return b, err
}

// duePolicy returns the policy if a backup is due now.
func (d *Desk) duePolicy(ctx context.Context) (backup.Policy, error) {
	if !d.May(testimony.ActBackUp) {
		return backup.Policy{}, ErrNotDue
	}
	p, err := d.BackupPolicy(ctx)
	if errors.Is(err, ErrNoPolicy) {
		return p, ErrNotDue
	} else if err != nil {
		return p, err
	}
	last, err := d.LastScheduled(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return p, err
	}
	if filepath.Dir(last.Path) != p.Folder { // another folder was chosen since
		last = Backup{}
	}
	now := d.Now()
	trouble, err := d.BackupTrouble(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return p, err
	}
	if wait := now.Sub(trouble.At); wait >= 0 && wait < retryAfter || !p.Due(last.At, now) {
		return p, ErrNotDue
	}
	return p, nil
}

func (d *Desk) scheduled(ctx context.Context, p backup.Policy, progress func(done, total int64)) (Backup, error) {
	if _, err := os.Stat(filepath.Join(p.Folder, folderMark)); errors.Is(err, fs.ErrNotExist) {
		return Backup{}, ErrNoFolder
	} else if err != nil {
		return Backup{}, err
	}
	b, err := d.Backup(ctx, p.Folder, progress)
	if err != nil {
		return Backup{}, err
	}
	if err := d.thin(ctx, p); err != nil {
		return b, fmt.Errorf("%w: %w", errNotDeleted, err)
	}
	return b, nil
}

// keepBackup notes a backup that was made. One in the policy's folder is the policy's, whoever asked for it, and ends its trouble.
func (d *Desk) keepBackup(tx *store.Tx, b Backup) error {
	if err := backups.Put(tx, docketPart, "last", b); err != nil {
		return err
	}
	p, err := policies.Get(tx, docketPart, "policy")
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Folder != filepath.Dir(b.Path) {
		return nil
	} else if err != nil {
		return err
	}
	return errors.Join(backups.Put(tx, docketPart, "scheduled", b), ignoreMissing(troubles.Delete(tx, docketPart, "last")))
}

// thin deletes what the policy no longer keeps, each with an entry in the log before it goes.
func (d *Desk) thin(ctx context.Context, p backup.Policy) error {
	if err := backup.FinishDeleting(p.Folder, d.vault.ID()); err != nil {
		return err
	}
	list, err := d.Backups(ctx, p.Folder)
	if err != nil {
		return err
	}
	for _, l := range p.Expendable(list, d.vault.ID(), d.Now().Location()) {
		err := d.vault.Update(ctx, func(tx *store.Tx) error {
			tx.Log("backup.deleted", map[string]string{"made": l.At().UTC().Format(time.RFC3339)})
			return d.dropChecking(tx, l)
		})
		if err != nil {
			return err
		}
		if err := backup.Delete(l); err != nil {
			return err
		}
	}
	return nil
}

var errNotDeleted = errors.New("an old backup could not be deleted")

func (d *Desk) noteTrouble(ctx context.Context, why string) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		t, err := troubles.Get(tx, docketPart, "last")
		if errors.Is(err, store.ErrNotFound) {
			t.Since = d.Now()
		} else if err != nil {
			return err
		}
		t.At, t.Why = d.Now(), why
		tx.Log("backup.failed", map[string]string{"why": why})
		return troubles.Put(tx, docketPart, "last", t)
	})
}

// reason says why a backup failed, in a word that holds no name and no path.
func reason(err error) string {
	switch {
	case errors.Is(err, errNotDeleted):
		return "not_deleted"
	case errors.Is(err, store.ErrDiskFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "disk_full"
	case errors.Is(err, ErrNoFolder):
		return "no_folder"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "read_only"
	case errors.Is(err, fs.ErrNotExist):
		return "recording_missing"
	case errors.Is(err, store.ErrDamaged), errors.Is(err, backup.ErrTorn), errors.Is(err, backup.ErrAltered):
		return "damaged"
	}
	return "other"
}

// backupItems are what the list of the day says of backups.
func (d *Desk) backupItems(ctx context.Context, now time.Time) ([]Item, error) {
	if !d.May(testimony.ActBackUp) {
		return nil, nil
	}
	trouble, err := d.BackupTrouble(ctx)
	if err == nil {
		return []Item{{Kind: BackupFailed, When: trouble.Since, Why: trouble.Why}}, nil
	} else if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	last, err := d.LastBackup(ctx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	p, err := d.BackupPolicy(ctx)
	switch {
	case err == nil && p.Late(last.At, now), errors.Is(err, ErrNoPolicy) && (last.At.IsZero() || now.Sub(last.At) > BackupEvery):
		return []Item{{Kind: BackupDue, When: last.At}}, nil
	case err != nil && !errors.Is(err, ErrNoPolicy):
		return nil, err
	}
	return nil, nil
}
