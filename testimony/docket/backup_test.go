package docket_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// recorded makes a sealed recording of the first hearing.
func recorded(t *testing.T, d *docket.Desk) docket.Recording {
	t.Helper()
	list, err := d.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return record(t, d, list[0].ID, protection.MasterRecord, "picture and sound")
}

func TestABackupIsAVaultWithItsRecordings(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	dir := filepath.Join(t.TempDir(), "backups")
	b, err := d.Backup(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.Recordings != 1 || b.Records == 0 || b.Bytes == 0 {
		t.Errorf("%+v", b)
	}
	if _, err := d.Backup(t.Context(), dir, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup was replaced: %v", err)
	}
	if last, err := d.LastBackup(t.Context()); err != nil || last.Path != b.Path {
		t.Errorf("the last backup is %+v, %v", last, err)
	}
	// What is written afterwards is not in it; what was there is, recordings included.
	if _, err := d.AddCase(t.Context(), testimony.Case{Reference: "TC 99/2026", Offence: testimony.Trafficking}); err != nil {
		t.Fatal(err)
	}
	copied, err := docket.Unlock(t.Context(), b.Path, testimony.Judge, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	cases, err := copied.Cases(t.Context())
	if err != nil || len(cases) != 2 {
		t.Errorf("the copy has %d cases, %v", len(cases), err)
	}
	if _, report, err := copied.VerifyRecording(t.Context(), r.ID, nil); err != nil || !report.Intact {
		t.Errorf("the copy's recording: %+v, %v", report, err)
	}
	if err := copied.VerifyAudit(t.Context()); err != nil {
		t.Errorf("the copy's audit log: %v", err)
	}
}

// A backup that cannot be finished leaves nothing behind, and the vault as it was.
func TestABackupThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	if err := os.Remove(filepath.Join(d.Path()+".d", string(r.ID)+".blob")); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := d.Backup(t.Context(), dir, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("with a recording missing: %v", err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := training(t).Backup(stopped, dir, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := d.LastBackup(t.Context()); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a backup that failed counts: %v", err)
	}
}

func TestWhoMayBackUp(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for login, may := range map[string]bool{testimony.Clerk: true, testimony.Registrar: true, testimony.Advocate: false, testimony.Auditor: false} {
		_, err := b.as(login).Backup(t.Context(), filepath.Join(t.TempDir(), login), nil)
		if (err == nil) != may {
			t.Errorf("%s: %v", login, err)
		}
	}
}

// A court's vault asks for a backup while there is none, and again when it is old; a training vault does not.
func TestTodayAsksForABackup(t *testing.T) {
	t.Parallel()
	now := noon
	d := fresh(t, testimony.Judge, func() time.Time { return now })
	due := func(d *docket.Desk) bool {
		items, err := d.Today(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.Kind == docket.BackupDue {
				return true
			}
		}
		return false
	}
	if due(d) {
		t.Error("an empty vault asks for a backup")
	}
	if _, err := d.AddCase(t.Context(), testimony.Case{Reference: "TC 1/2026", Offence: testimony.Trafficking}); err != nil {
		t.Fatal(err)
	}
	if !due(d) {
		t.Error("no backup was ever made and none is asked for")
	}
	if _, err := d.Backup(t.Context(), t.TempDir(), nil); err != nil {
		t.Fatal(err)
	}
	if due(d) {
		t.Error("a backup is asked for right after one")
	}
	now = now.Add(docket.BackupEvery + time.Hour)
	if !due(d) {
		t.Error("an old backup is enough")
	}
	if due(training(t)) {
		t.Error("a training vault asks for a backup")
	}
}
