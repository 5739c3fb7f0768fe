package shell

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/anchor"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// TestAnOlderCopyIsSaidAndSignedInTheWindow puts an older copy of the vault in its place.
func TestAnOlderCopyIsSaidAndSignedInTheWindow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "training.paravent")
	vault, err := trainingVault()
	if err != nil {
		t.Fatal(err)
	}
	opts := docket.Options{Anchor: anchor.Folder{Path: t.TempDir()}}
	write := func() {
		t.Helper()
		if err := os.WriteFile(path, vault, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unlock := func(login string) *docket.Desk {
		t.Helper()
		d, err := docket.Unlock(t.Context(), path, login, []byte(docket.TrainingPassphrase), opts)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	write()
	d := unlock(testimony.Judge)
	for range 3 {
		if err := d.Note(t.Context(), "recording.refused", nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	write()

	s, err := New(newApp(t), Options{Vault: path, Look: &room.Look{Language: "en"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.desk != nil {
			_ = s.desk.Close()
		}
	})
	s.Opened(unlock(testimony.Judge))
	for _, r := range s.rooms() {
		if r == room.Bench {
			continue
		}
		s.Go(r, "")
		if !says(s, "This is an older copy of the vault: ") {
			t.Errorf("%s does not say that the vault is an older copy", r)
		}
	}
	s.Go(room.Today, "")
	press(t, s, "Go on with this copy…")
	fill := func(texts ...string) {
		t.Helper()
		for i, in := range inputs(s) {
			in.SetText(texts[i])
		}
		press(t, s, "Sign")
	}
	fill("the disk broke", testimony.Judge, docket.TrainingPassphrase)
	until(t, func() bool { return says(s, "one of the bench have to sign together") })
	if s.desk.RolledBack() == nil {
		t.Fatal("one person alone went on with an older copy")
	}
	fill("the disk broke", testimony.Clerk, docket.TrainingPassphrase)
	until(t, func() bool {
		return s.desk.RolledBack() == nil && !xwidget.HasSheet(s.window.Canvas()) && !says(s, "This is an older copy of the vault: ")
	})
}

// inputs are the lines of text of the sheet that is open.
func inputs(s *Shell) []*xwidget.Input {
	var found []*xwidget.Input
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if in, ok := o.(*xwidget.Input); ok {
				found = append(found, in)
			}
		})
	}
	return found
}
