package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/store/backup"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func withCase(t *testing.T, clock func() time.Time) *docket.Desk {
	t.Helper()
	d := fresh(t, testimony.Judge, clock)
	if _, err := d.AddCase(t.Context(), testimony.Case{Reference: "TC 1/2026", Offence: testimony.Trafficking}); err != nil {
		t.Fatal(err)
	}
	return d
}

func backupItem(t *testing.T, d *docket.Desk) (docket.Item, bool) {
	t.Helper()
	items, err := d.Today(t.Context(), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(items, func(i docket.Item) bool { return i.Kind == docket.BackupDue || i.Kind == docket.BackupFailed })
	if i < 0 {
		return docket.Item{}, false
	}
	return items[i], true
}

func TestScheduledBackupsAreMadeWhenDueAndThinned(t *testing.T) {
	t.Parallel()
	now := noon
	d := withCase(t, func() time.Time { return now })
	if _, err := d.DueBackup(t.Context(), nil); !errors.Is(err, docket.ErrNotDue) {
		t.Errorf("without a policy: %v", err)
	}
	p := backup.Policy{Folder: filepath.Join(t.TempDir(), "copies"), Every: 24, Hour: 20, Daily: 3, Weekly: 1}
	if err := d.SetBackupPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	made := 0
	for range 24 * 10 { // ten days, hour by hour
		now = now.Add(time.Hour)
		b, err := d.DueBackup(t.Context(), nil)
		switch {
		case err == nil:
			made++
			if made > 1 && b.At.Hour() != 20 {
				t.Errorf("made at %v", b.At)
			}
		case !errors.Is(err, docket.ErrNotDue):
			t.Fatal(err)
		}
	}
	if made < 10 || made > 11 {
		t.Errorf("%d backups were made in ten days", made)
	}
	list, err := d.Backups(t.Context(), p.Folder)
	if err != nil || len(list) != 3 { // the week's newest is the day's
		t.Errorf("%d backups are kept, %v", len(list), err)
	}
	if i, asked := backupItem(t, d); asked {
		t.Errorf("%+v", i)
	}
	entries, err := d.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	deleted := 0
	for _, e := range entries {
		if e.Action == "backup.deleted" {
			deleted++
		}
	}
	if deleted != made-3 {
		t.Errorf("%d deletions are in the log, of %d", deleted, made-3)
	}
	now = now.Add(3 * 24 * time.Hour)
	if i, asked := backupItem(t, d); !asked || i.Kind != docket.BackupDue {
		t.Errorf("three days without a backup: %+v", i)
	}
}

// A scheduled backup that fails stands on the list of the day, with what failed and since when, until one succeeds.
func TestAFailedBackupStaysOnTheListUntilOneSucceeds(t *testing.T) {
	t.Parallel()
	now := noon
	d := withCase(t, func() time.Time { return now })
	folder := filepath.Join(t.TempDir(), "volume")
	p := backup.Policy{Folder: folder, Every: 2, Daily: 2}
	if err := d.SetBackupPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(folder, folder+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil { // the mount point of a volume that isn't connected
		t.Fatal(err)
	}
	since := now
	for range 3 {
		if _, err := d.DueBackup(t.Context(), nil); !errors.Is(err, docket.ErrNoFolder) {
			t.Fatalf("got %v", err)
		}
		if _, err := d.DueBackup(t.Context(), nil); !errors.Is(err, docket.ErrNotDue) {
			t.Errorf("tried again at once: %v", err)
		}
		i, _ := backupItem(t, d)
		if i.Kind != docket.BackupFailed || i.Why != "no_folder" || !i.When.Equal(since) {
			t.Errorf("%+v", i)
		}
		now = now.Add(time.Hour)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("something was written to another volume: %v", left)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(folder+".away", folder); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DueBackup(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if i, asked := backupItem(t, d); asked {
		t.Errorf("%+v", i)
	}
}

func TestABackupOfARecordingThatIsGoneFailsAndSaysSo(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	if err := d.SetBackupPolicy(t.Context(), backup.Policy{Folder: t.TempDir(), Every: 24, Daily: 1}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(d.Path()+".d", string(r.ID)+".blob")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DueBackup(t.Context(), nil); err == nil {
		t.Fatal("no error")
	}
	if trouble, err := d.BackupTrouble(t.Context()); err != nil || trouble.Why != "recording_missing" || !slices.Contains(docket.Reasons, trouble.Why) {
		t.Errorf("%+v, %v", trouble, err)
	}
}

func TestWhoDecidesOnBackups(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	p := backup.Policy{Folder: t.TempDir(), Every: 24, Daily: 1}
	for login, may := range map[string]bool{testimony.Clerk: true, testimony.Advocate: false, testimony.Auditor: false} {
		if err := b.as(login).SetBackupPolicy(t.Context(), p); (err == nil) != may {
			t.Errorf("%s: %v", login, err)
		}
		if _, err := b.as(login).DueBackup(t.Context(), nil); (err == nil) != may {
			t.Errorf("%s: %v", login, err)
		}
	}
	p.Folder = "relative"
	if err := b.as(testimony.Clerk).SetBackupPolicy(t.Context(), p); !errors.Is(err, backup.ErrPolicy) {
		t.Errorf("a folder that is no whole path: %v", err)
	}
	if err := b.as(testimony.Auditor).DropBackupPolicy(t.Context()); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the auditor: %v", err)
	}
}

func TestABackupIsRestoredBesideTheVault(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	dir, into := t.TempDir(), t.TempDir()
	b, err := d.Backup(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := d.CheckBackup(t.Context(), b.Path, nil); err != nil || l.State != backup.Checked {
		t.Errorf("%+v, %v", l, err)
	}
	to := filepath.Join(into, "restored.paravent")
	if _, err := d.RestoreCopy(t.Context(), b.Path, to, nil); err != nil {
		t.Fatal(err)
	}
	copied, err := docket.Unlock(t.Context(), to, testimony.Judge, []byte(docket.TrainingPassphrase), light)
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	report, err := copied.Verify(t.Context(), nil)
	if err != nil || !report.Sound() || report.Recordings != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, report, err := copied.VerifyRecording(t.Context(), r.ID, nil); err != nil || !report.Intact {
		t.Errorf("%+v, %v", report, err)
	}
	// A backup whose manifest agrees with a recording that isn't the one that was sealed is seen with a key only.
	m, err := backup.ReadManifest(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	name := m.Files[0].Name
	if err := os.Remove(b.Path + ".json"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.Path+".d", name), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RestoreCopy(t.Context(), b.Path, filepath.Join(into, "bad.paravent"), nil); err == nil {
		t.Error("a backup with a false recording was restored")
	}
	if left, _ := filepath.Glob(filepath.Join(into, "bad*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestVerifyOpensEveryRecording(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	path := filepath.Join(d.Path()+".d", string(r.ID)+".blob")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var done, total int
	report, err := d.Verify(t.Context(), func(n, of int) { done, total = n, of })
	if err != nil || !report.Sound() || report.Recordings != 1 || done != total || total == 0 {
		t.Errorf("%+v, %v, progress %d of %d", report, err, done, total)
	}
	d = as(t, d, testimony.Clerk) // to whom the master is sealed only if they held the hearing
	if report, err = d.Verify(t.Context(), nil); err != nil || !report.Sound() || report.RecordingsSealed != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	changed := slices.Clone(raw)
	changed[len(raw)/2] ^= 1
	for name, text := range map[string][]byte{"changed": changed, "cut": raw[:len(raw)-3], "gone": nil} {
		if text == nil {
			err = os.Remove(path)
		} else {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{testimony.Judge, testimony.Clerk} {
			d = as(t, d, login)
			report, err := d.Verify(t.Context(), nil)
			if err != nil || report.Sound() || report.Faults[0].Place != "recording" || !strings.Contains(report.Faults[0].Problem, string(r.ID)) {
				t.Errorf("%s, as %s: %+v, %v", name, login, report, err)
			}
		}
	}
}
