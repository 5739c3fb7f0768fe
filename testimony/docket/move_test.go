package docket_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"paravent/store"
	"paravent/store/backup"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func keyholder(login string) docket.Keyholder {
	return docket.Keyholder{Login: login, Passphrase: []byte(docket.TrainingPassphrase)}
}

func unlocked(t *testing.T, path, login string) (*docket.Desk, error) {
	t.Helper()
	d, err := docket.Unlock(t.Context(), path, login, []byte(docket.TrainingPassphrase), light)
	if err == nil {
		t.Cleanup(func() { _ = d.Close() })
	}
	return d, err
}

// empty says what stands in a folder that should have nothing.
func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What is taken in elsewhere is the whole vault with its recordings; what stayed behind lets nobody in.
func TestAVaultMovesToAnotherMachine(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d)
	pack := filepath.Join(t.TempDir(), "court"+backup.PackExtension)
	left, err := d.Move(t.Context(), pack, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Note(t.Context(), "note", nil); !errors.Is(err, store.ErrDeparted) {
		t.Errorf("the vault that was left takes a note: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{testimony.Judge, testimony.Auditor} {
		if _, err := unlocked(t, d.Path(), login); !errors.Is(err, store.ErrDeparted) {
			t.Errorf("%s is let in: %v", login, err)
		}
	}

	to := filepath.Join(t.TempDir(), "new", "court.paravent")
	taken, err := docket.Take(t.Context(), pack, to, keyholder(testimony.Clerk), light, nil)
	if err != nil {
		t.Fatal(err)
	}
	if taken.Head != left.Head || taken.Entries != left.Entries || taken.Recordings != 1 {
		t.Errorf("left %+v, taken %+v", left, taken)
	}
	e, err := unlocked(t, to, testimony.Judge)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := e.Verify(t.Context(), nil); err != nil || !report.Sound() || report.Recordings != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, _, err := e.OpenRecording(t.Context(), r.ID, "check"); err != nil {
		t.Error(err)
	}
	if _, err := e.AddCase(t.Context(), testimony.Case{Reference: "TC 70/2026", Offence: testimony.Trafficking}); err != nil {
		t.Error(err)
	}
}

// The vault stays when somebody entitled says so, and only then.
func TestAVaultThatWasNotTakenStays(t *testing.T) {
	t.Parallel()
	d := training(t)
	if _, err := d.Move(t.Context(), filepath.Join(t.TempDir(), "p"), nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := docket.Stay(t.Context(), d.Path(), keyholder(testimony.Auditor), light); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor: %v", err)
	}
	if err := docket.Stay(t.Context(), d.Path(), keyholder(testimony.Registrar), light); err != nil {
		t.Fatal(err)
	}
	d, err := unlocked(t, d.Path(), testimony.Judge)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}

// A move that can't be finished leaves nothing behind, and the vault in use.
func TestAMoveThatFailsLeavesTheVaultInUse(t *testing.T) {
	t.Parallel()
	d := training(t)
	dir := t.TempDir()
	stopped, cancel := context.WithCancel(t.Context())
	stop := func(done, total int64) {
		if done > total/2 {
			cancel()
		}
	}
	if _, err := d.Move(stopped, filepath.Join(dir, "p"), stop); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	empty(t, dir)
	taken := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(taken, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Move(t.Context(), taken, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file: %v", err)
	}
	if err := d.Note(t.Context(), "note", nil); err != nil {
		t.Errorf("the vault is not in use: %v", err)
	}
	// A recording that runs holds the move back; one whose file is missing, too.
	list, err := d.Hearings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := d.BeginRecording(t.Context(), list[0].ID, "master_record")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Move(t.Context(), filepath.Join(dir, "p"), nil); !errors.Is(err, docket.ErrRecordingRuns) {
		t.Errorf("with a recording: %v", err)
	}
	summary, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SealRecording(t.Context(), r.ID, summary, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(d.Path()+".d", string(r.ID)+".blob")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Move(t.Context(), filepath.Join(dir, "p"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("with a recording missing: %v", err)
	}
	empty(t, dir)
	if err := d.Note(t.Context(), "note", nil); err != nil {
		t.Errorf("the vault is not in use: %v", err)
	}
}

// Nothing is taken in from a packed vault that was cut short, changed anywhere, or is something else; nor by whoever may not.
func TestOnlyAWholePackIsTakenIn(t *testing.T) {
	t.Parallel()
	d := training(t)
	recorded(t, d)
	pack := filepath.Join(t.TempDir(), "p")
	if _, err := d.Move(t.Context(), pack, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	to := filepath.Join(dir, "v.paravent")
	take := func(raw []byte, login string) error {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(bad, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := docket.Take(t.Context(), bad, to, keyholder(login), light, nil)
		empty(t, dir)
		return err
	}
	if err := take([]byte("no pack"), testimony.Judge); !errors.Is(err, backup.ErrNotPack) {
		t.Errorf("something else: %v", err)
	}
	if err := take(whole, testimony.Advocate); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate: %v", err)
	}
	if err := take(whole, "nobody"); !errors.Is(err, store.ErrWrongPassphrase) {
		t.Errorf("nobody: %v", err)
	}
	for cut := 512; cut < len(whole)-1024; cut += 40961 { // the last 1024 bytes are the archive's end, which is zeros
		if err := take(whole[:cut], testimony.Judge); !errors.Is(err, backup.ErrTornPack) && !errors.Is(err, backup.ErrNotPack) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	for at := 0; at < len(whole)-1536; at += 8191 {
		if whole[at] == 0 {
			continue // it may stand between two files, where it means nothing
		}
		changed := bytes.Clone(whole)
		changed[at] ^= 0x20
		if err := take(changed, testimony.Judge); err == nil {
			t.Fatalf("changed at %d: taken", at)
		}
	}
}
