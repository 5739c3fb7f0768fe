package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paravent/store/audit"
	"paravent/store/backup"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// What a check found is kept for the list: when, and against which head of the log.
func TestACheckOfABackupIsNoted(t *testing.T) {
	t.Parallel()
	d := training(t)
	recorded(t, d)
	b, err := d.Backup(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, before, err := d.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l, err := d.CheckBackup(t.Context(), b.Path, nil)
	if err != nil || l.State != backup.Checked {
		t.Fatalf("%+v, %v", l, err)
	}
	checks, err := d.Checkings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, known := checks[l.Manifest.SHA256]
	if !known || !c.Sound || c.Entries != before.Size || c.Head != before.Root.String() || c.Entries <= l.Manifest.Entries {
		t.Errorf("noted is %+v; the log had %d entries, the backup's %d", c, before.Size, l.Manifest.Entries)
	}
	// One that has rotted since is noted as well.
	path := filepath.Join(b.Path+".d", l.Manifest.Files[0].Name)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := errors.Join(os.Remove(path), os.WriteFile(path, raw, 0o600)); err != nil {
		t.Fatal(err)
	}
	if l, err = d.CheckBackup(t.Context(), b.Path, nil); err != nil || !errors.Is(l.Err, backup.ErrAltered) {
		t.Errorf("a changed recording: %+v, %v", l, err)
	}
	if checks, err = d.Checkings(t.Context()); err != nil || checks[l.Manifest.SHA256].Sound {
		t.Errorf("noted is %+v, %v", checks, err)
	}
}

// A vault in whose place an older state was put notices it by its newer backup; two copies that both went on, by their logs.
func TestABackupThatTheVaultDoesNotContinue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := training(t)
	older, err := d.Backup(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := noon.Add(time.Hour)
	later := reopened(t, older.Path, func() time.Time { return now })
	if _, err := d.AddCase(t.Context(), testimony.Case{Reference: "TC 90/2026", Offence: testimony.Trafficking}); err != nil {
		t.Fatal(err)
	}
	newer, err := d.Backup(t.Context(), filepath.Join(dir, "newer"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := later.CheckBackup(t.Context(), newer.Path, nil); err != nil || !errors.Is(l.Err, docket.ErrAhead) {
		t.Errorf("the vault is older than its backup: %v, %v", l.Err, err)
	}
	for range 40 {
		if err := later.Note(t.Context(), "note", nil); err != nil {
			t.Fatal(err)
		}
	}
	if l, err := later.CheckBackup(t.Context(), newer.Path, nil); err != nil || !errors.Is(l.Err, audit.ErrFork) {
		t.Errorf("both went on: %v, %v", l.Err, err)
	}
}

// reopened is the training vault of a copy, with its judge.
func reopened(t *testing.T, path string, clock func() time.Time) *docket.Desk {
	t.Helper()
	opts := light
	opts.Clock = clock
	d, err := docket.Unlock(t.Context(), path, testimony.Judge, []byte(docket.TrainingPassphrase), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}
