package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// fill types into the focused line of text, in place of what stands there.
func fill(t *testing.T, s *Shell, text string) *xwidget.Input {
	t.Helper()
	in, ok := s.window.Canvas().Focused().(*xwidget.Input)
	if !ok {
		t.Fatalf("no line of text has the focus: %q", words(s))
	}
	in.SetText(text)
	return in
}

func enter(in *xwidget.Input) { in.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }

// asked leaves a request in a vault that is locked meanwhile, and opens it again for a user.
func (s *Shell) asked(t *testing.T, login, office, then string) docket.Applicant {
	t.Helper()
	s.Lock()
	a, err := docket.Ask(t.Context(), s.vault, store.NewUser{Login: login, DisplayName: "Mette Nkomo", Role: store.Role(office), Passphrase: []byte("seven quiet rivers cross")}, "en",
		docket.Options{KDF: store.FloorKDF})
	if err != nil {
		t.Fatal(err)
	}
	d, err := docket.Unlock(t.Context(), s.vault, then, []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Opened(d)
	return a
}

// Whoever asks is let in by the words that they read, typed at a desk that shows only those between; wrong ones let nobody in.
func TestAnApplicantIsComparedAndEnrolledInTheWindow(t *testing.T) {
	s := open(t, testimony.Clerk)
	a := s.asked(t, "mnkomo", testimony.Clerk, testimony.Judge)
	s.Go(room.People, "")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyA})
	if xwidget.HasSheet(s.window.Canvas()) || !says(s, "same college") {
		t.Errorf("a judge enrols a clerk: %q", words(s))
	}
	s.as(t, testimony.Registrar)
	if !says(s, "Somebody asks to be enrolled") {
		t.Errorf("the registrar is not told: %q", words(s))
	}
	s.Go(room.People, "")
	press(t, s, "Compare the words")
	for i, w := range a.Words {
		// The word may stand elsewhere among the nine by chance, but not in the place of the first or the last.
		if shown := a.Shown()[i]; (i == 0 || i == len(a.Words)-1) == (shown == w) {
			t.Errorf("word %d is shown as %q", i+1, shown)
		}
	}
	first := fill(t, s, "wrong")
	enter(first)
	last := fill(t, s, a.Words[8])
	enter(last)
	if !says(s, "These are not the words") || says(s, "mnkomo · Clerk") {
		t.Fatalf("wrong words: %q", words(s))
	}
	first.SetText(strings.ToUpper(a.Words[0]))
	enter(last)
	if xwidget.HasSheet(s.window.Canvas()) || !says(s, "Nobody asks.") {
		t.Fatalf("the right words: %q", words(s))
	}
	users, err := s.desk.Users(t.Context())
	if err != nil || len(users) != 6 {
		t.Fatalf("%d users, %v", len(users), err)
	}
	for _, u := range users {
		if u.Login != "mnkomo" {
			continue
		}
		s.Go(room.People, string(u.ID))
		for _, w := range docket.FingerprintWords(u.Fingerprint(), i18n.Language()) {
			if !says(s, w) {
				t.Errorf("the word %q of the keys is not shown: %q", w, words(s))
			}
		}
	}
}

// A kit is made, confirmed and looked at in the window; its sheets stand in one new file, which the window takes away again.
func TestAKitIsMadeConfirmedAndCheckedInTheWindow(t *testing.T) {
	s := open(t, testimony.Advocate)
	s.Go(room.People, "")
	for _, k := range []fyne.KeyName{fyne.KeyK, fyne.KeyV, fyne.KeyC} {
		if s.screen.Keys[k] != nil {
			t.Errorf("an advocate has the key %s", k)
		}
	}
	s.as(t, testimony.Judge)
	file := filepath.Join(t.TempDir(), "sheets.pdf")
	s.Go(room.People, "")
	s.screen.Keys[fyne.KeyK]()
	for _, name := range []string{"Victim's advocate", "Presiding judge"} {
		tick(t, s, name)
	}
	var path *xwidget.Input
	each(s.window.Canvas().Overlays().Top(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if in, ok := o.(*xwidget.Input); ok && !in.MultiLine {
			path = in
		}
	})
	path.SetText("sheets.pdf")
	press(t, s, "Make a kit")
	if !says(s, "whole path") {
		t.Errorf("a file anywhere: %q", words(s))
	}
	path.SetText(file)
	press(t, s, "Make a kit")
	if !says(s, "2 sheets stand in") {
		t.Fatalf("%q", words(s))
	}
	if about, err := os.Stat(file); err != nil || about.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", about, err)
	}
	press(t, s, "Printed: delete the file")
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	if !says(s, "waits to be confirmed") {
		t.Fatalf("%q", words(s))
	}
	s.screen.Keys[fyne.KeyC]()
	press(t, s, "Confirm")
	if !says(s, "In force") || !says(s, "Recoverable") || !says(s, "1 Victim's advocate (training) · 2 Presiding judge (training)") {
		t.Errorf("%q", words(s))
	}
}

// What is typed from a sheet is told where it is wrong, and a sheet of no kit opens nothing.
func TestASheetTypedWrongIsToldWhere(t *testing.T) {
	s := open(t, testimony.Judge)
	k, list, err := s.desk.MakeKit(t.Context(), 2, []store.Holder{{Name: "Notary"}, {Name: "Prefect"}})
	if err != nil {
		t.Fatal(err)
	}
	s.Go(room.People, "")
	look := func(lines []string) {
		s.screen.Keys[fyne.KeyV]()
		for _, l := range lines {
			enter(fill(t, s, l))
		}
	}
	lines := list[0].Lines()
	bent := []byte(lines[2])
	if bent[7]++; !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", rune(bent[7])) {
		bent[7] = '2'
	}
	look([]string{lines[0], lines[1], string(bent), lines[3]})
	if !says(s, "line 3, in the group 2") {
		t.Errorf("a wrong digit: %q", words(s))
	}
	enter(fill(t, s, lines[2])) // the line with the mistake has the keyboard
	if !says(s, "sheet 1 of the kit that waits") {
		t.Errorf("put right: %q", words(s))
	}
	xwidget.CloseSheets(s.window.Canvas())
	look([]string{strings.ToLower(list[1].Code())}) // scanned, into one line
	if !says(s, "sheet 2 of the kit") {
		t.Errorf("scanned: %q", words(s))
	}
	xwidget.CloseSheets(s.window.Canvas())
	if err := s.desk.DiscardKit(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	look(lines)
	if !says(s, "Sheet 1 is of another kit") {
		t.Errorf("of a kit that is gone: %q", words(s))
	}
}

// Somebody who forgot their passphrase comes back by k sheets typed at the first screen, and by no fewer.
func TestAForgottenPassphraseIsReplacedInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	k, list, err := s.desk.MakeKit(t.Context(), 2, []store.Holder{{Name: "Notary"}, {Name: "Prefect"}, {Name: "Mayor"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.desk.ConfirmKit(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	_, foreign := strangeSheets(t)
	s.Lock()
	s.typed(&fyne.KeyEvent{Name: fyne.KeyF3})
	enter(fill(t, s, testimony.Clerk))
	if !says(s, "Nothing of this user was sealed") {
		t.Errorf("a clerk without a kit: %q", words(s))
	}
	enter(fill(t, s, testimony.Judge))
	sheet := func(l kit.Sheet) {
		for _, line := range l.Lines() {
			enter(fill(t, s, line))
		}
	}
	sheet(foreign[0])
	if !says(s, "is of another vault") || !says(s, "Sheet 1 of the 2 needed") {
		t.Fatalf("a sheet of another vault: %q", words(s))
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	s.typed(&fyne.KeyEvent{Name: fyne.KeyF3})
	enter(fill(t, s, testimony.Judge))
	sheet(list[2])
	if !says(s, "Sheet 2 of the 2 needed") {
		t.Fatalf("one sheet: %q", words(s))
	}
	enter(fill(t, s, list[2].Code()))
	if !says(s, "Sheet 3 was given before") {
		t.Fatalf("one sheet twice: %q", words(s))
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	s.typed(&fyne.KeyEvent{Name: fyne.KeyF3})
	enter(fill(t, s, testimony.Judge))
	sheet(list[2])
	sheet(list[0])
	if !says(s, "The sheets are right") {
		t.Fatalf("enough sheets: %q", words(s))
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if says(s, "The sheets are right") {
		t.Error("Escape does not lead back")
	}
	d, _, err := docket.Recover(t.Context(), s.vault, testimony.Judge, []kit.Sheet{list[2], list[0]}, []byte("nine herons over the quiet weir"), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Opened(d)
	s.Go(room.People, "")
	if !says(s, "with the sheets 3, 1") || !says(s, "reviewed by a member of the other college") {
		t.Errorf("the recovery is not shown: %q", words(s))
	}
	s.as(t, testimony.Registrar)
	if !says(s, "Somebody came back by a recovery kit") {
		t.Errorf("the registrar is not told: %q", words(s))
	}
	s.Go(room.People, "")
	s.screen.Keys[fyne.KeyW]()
	in := s.window.Canvas().Focused().(*xwidget.Input)
	in.SetText("Seen in person")
	press(t, s, "Review")
	if !says(s, "Reviewed by Registrar (training): Seen in person") {
		t.Errorf("%q", words(s))
	}
}

// strangeSheets are of another vault.
func strangeSheets(t *testing.T) (store.Kit, []kit.Sheet) {
	t.Helper()
	d, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "other.paravent"),
		store.NewUser{Login: "j", DisplayName: "J", Role: testimony.Judge, Passphrase: []byte("a passphrase of another vault")}, docket.Options{KDF: store.FloorKDF})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	k, list, err := d.MakeKit(t.Context(), 2, []store.Holder{{Name: "a"}, {Name: "b"}})
	if err != nil {
		t.Fatal(err)
	}
	return k, list
}
