package docket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"paravent/store"
	"paravent/store/audit"
	"paravent/store/backup"
	"paravent/testimony"
)

// Checking is when a backup was last read as a whole and opened, and what it was held against.
type Checking struct {
	At      time.Time `json:"at"`
	Entries int64     `json:"entries"` // of the audit log of the vault, when the backup's own was found to be a beginning of it
	Head    string    `json:"head"`    // of that log: its root in base64
	Sound   bool      `json:"sound"`
}

// checkings are by the SHA-256 of the backup's copy, which no other backup has.
var checkings = store.NewCollection[Checking]("backup_checks")

// ErrAhead says that a backup holds what the open vault doesn't: the vault was put back to an older state since.
var ErrAhead = errors.New("the backup is newer than this vault: an older state of the vault was put in its place")

// CheckBackup reads all of a backup, compares it with its manifest, opens every record and every recording of it that this user
// can, and sees that its audit log is the beginning of this vault's. What is wrong stands in what it returns. Whose office makes backups leaves a note of it
// for the list.
func (d *Desk) CheckBackup(ctx context.Context, path string, progress func(done, total int64)) (backup.Listed, error) {
	l, err := backup.Check(ctx, path, d.vault.ID(), progress)
	if err != nil || l.Manifest.SHA256 == "" || l.State == backup.Foreign {
		return l, err
	}
	if l.State == backup.Checked {
		err = d.openCopy(ctx, path, func(done, total int) { tell(progress, int64(done), int64(total)) })
		if err == nil {
			err = d.begins(ctx, l.Manifest.Head)
		}
		if errors.Is(err, store.ErrDamaged) || errors.Is(err, audit.ErrFork) || errors.Is(err, ErrAhead) {
			l.State, l.Err, err = backup.Incomplete, err, nil
		}
	}
	if err != nil || !d.May(testimony.ActBackUp) {
		return l, err
	}
	return l, d.noteCheck(ctx, l)
}

// begins sees that a log which ends with a head is the beginning of this vault's.
func (d *Desk) begins(ctx context.Context, note string) error {
	head, err := audit.ParseHead(d.vault.ID(), []byte(note))
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	if err := d.vault.Continues(ctx, head); errors.Is(err, audit.ErrShorter) {
		return ErrAhead
	} else {
		return err
	}
}

func (d *Desk) noteCheck(ctx context.Context, l backup.Listed) error {
	head, err := d.vault.AuditHead(ctx)
	if err != nil {
		return err
	}
	c := Checking{At: d.Now(), Entries: head.Size, Head: head.Root.String(), Sound: l.State == backup.Checked}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("backup.checked", map[string]string{"made": l.At().UTC().Format(time.RFC3339), "sound": strconv.FormatBool(c.Sound)})
		return checkings.Put(tx, docketPart, l.Manifest.SHA256, c)
	})
}

// Checkings returns when backups were checked, by the SHA-256 of their copies as it stands in their manifests.
func (d *Desk) Checkings(ctx context.Context) (map[string]Checking, error) {
	found := make(map[string]Checking)
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := checkings.All(tx, docketPart)
		for _, e := range entries {
			found[e.ID] = e.Value
		}
		return err
	})
	return found, err
}

// dropChecking forgets the check of a backup that is deleted.
func (d *Desk) dropChecking(tx *store.Tx, l backup.Listed) error {
	return ignoreMissing(checkings.Delete(tx, docketPart, l.Manifest.SHA256))
}
