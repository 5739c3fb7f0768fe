package shell

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/evidence"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

// handedInColour is a colour that no screen has but for the picture in it.
var handedInColour = color.RGBA{R: 250, G: 3, B: 251, A: 255}

func handedInPicture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	draw.Draw(img, img.Bounds(), image.NewUniform(handedInColour), image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func handIn(t *testing.T, d *docket.Desk, number string, class exhibit.Class) exhibit.Exhibit {
	t.Helper()
	c, err := d.FindCase(t.Context(), "TC 12/2026")
	if err != nil {
		t.Fatal(err)
	}
	file := handedInPicture(t)
	e, err := d.ReceiveExhibit(t.Context(), exhibit.Exhibit{Case: c, Number: number, Title: "A house", Class: class}, bytes.NewReader(file), int64(len(file)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// seen reports whether the window shows the picture that was handed in.
func seen(s *Shell) bool {
	img := s.window.Canvas().Capture()
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			const near = 12 // a still is a JPEG
			c, _ := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			if c.R > handedInColour.R-near && c.G < handedInColour.G+near && c.B > handedInColour.B-near {
				return true
			}
		}
	}
	return false
}

func viewed(t *testing.T, d *docket.Desk, e exhibit.Exhibit) (n int) {
	t.Helper()
	a, err := d.ExhibitAccess(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range a.Opened {
		if l.Purpose == docket.ExhibitToView {
			n++
		}
	}
	return n
}

// An exhibit is taken in from a file by keys, listed, seen in the window with its opening in the log, and gone with the sheet, and when it is withdrawn.
func TestAnExhibitIsTakenInAndSeenByKeys(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	key := func(k fyne.KeyName) { s.typed(&fyne.KeyEvent{Name: k}) }
	s.Go(room.Evidence, "")
	key(fyne.KeyF2)
	if !says(s, "No exhibit was handed in") {
		t.Errorf("the list says %q", words(s))
	}
	file := filepath.Join(t.TempDir(), "Invented Person.png")
	if err := os.WriteFile(file, handedInPicture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s.screen.New()
	next := func(n int) {
		for range n {
			s.window.Canvas().(interface{ FocusNext() }).FocusNext()
		}
	}
	fill(t, s, file)
	next(2) // past the case
	fill(t, s, "P-7")
	next(1)
	enter(fill(t, s, "A house"))
	until(t, func() bool { return says(s, "Received and sealed") })
	xwidget.Escape(s.window.Canvas())
	list, err := s.desk.Exhibits(t.Context(), "")
	if err != nil || len(list) != 1 || list[0].Class != exhibit.Sealed || list[0].Number != "P-7" {
		t.Fatalf("%v: %+v", err, list)
	}
	if says(s, "Invented") {
		t.Error("the name of the file is said")
	}
	if sealed := list[0]; !says(s, "Ask to open it") || s.screen.Keys[fyne.KeyO] != nil || viewed(t, s.desk, sealed) != 0 {
		t.Errorf("a sealed one opens to one judge: %q", words(s))
	}
	shot(t, s, "exhibit-sealed")
	key(fyne.KeyK)
	if !says(s, "What stands against erasing it") || !says(s, "No rule is set.") {
		t.Errorf("how long it is kept is not said: %q", words(s))
	}
	shot(t, s, "exhibit-keeping")
	key(fyne.KeyH)
	e := handIn(t, s.desk, "P-8", exhibit.Open)
	s.Go(room.Evidence, evidence.ExhibitsID(e.Case))
	if !says(s, "P-7") || !says(s, "P-8") || !says(s, "Sealed") {
		t.Errorf("the list says %q", words(s))
	}
	shot(t, s, "exhibits")
	s.Go(room.Evidence, evidence.ExhibitID(e.ID))
	if viewed(t, s.desk, e) != 0 || seen(s) {
		t.Error("it was opened before anybody opened it")
	}
	key(fyne.KeyO)
	until(t, func() bool { return xwidget.HasSheet(s.window.Canvas()) && seen(s) })
	if n := viewed(t, s.desk, e); n != 1 {
		t.Errorf("the log has %d openings", n)
	}
	shot(t, s, "exhibit-seen")
	xwidget.Escape(s.window.Canvas())
	if seen(s) {
		t.Error("it is seen after the sheet has gone")
	}
	key(fyne.KeyO)
	until(t, func() bool { return xwidget.HasSheet(s.window.Canvas()) && seen(s) })
	if _, err := s.desk.WithdrawExhibit(t.Context(), e.ID, "a mistake"); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return !xwidget.HasSheet(s.window.Canvas()) && !seen(s) })
	for _, f := range filesUnder(t, filepath.Dir(s.desk.Path())) {
		if text, err := os.ReadFile(f); err != nil || bytes.Contains(text, handedInPicture(t)[:60]) {
			t.Errorf("%s has it in clear, or %v", f, err)
		}
	}
}

// A request to open a sealed exhibit is made from its screen, stands in Approvals, and is approved there by a key by somebody of the other college.
func TestASealedExhibitIsApprovedInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	e := handIn(t, s.desk, "P-7", exhibit.Sealed)
	s.Go(room.Evidence, evidence.ExhibitID(e.ID))
	s.typed(&fyne.KeyEvent{Name: fyne.KeyA})
	fill(t, s, "to show it to the witness")
	press(t, s, "Ask to open it")
	if !says(s, "The other college has not approved yet") {
		t.Fatalf("the screen says %q", words(s))
	}
	asked, err := s.desk.ExhibitOpenings(t.Context(), e.ID)
	if err != nil || len(asked) != 1 || asked[0].Reason != "to show it to the witness" || asked[0].Until.Sub(asked[0].Asked) != 8*time.Hour {
		t.Fatalf("%v: %+v", err, asked)
	}
	s.as(t, testimony.Clerk)
	if !says(s, "A sealed exhibit is to be opened: P-7") {
		t.Errorf("today says %q", words(s))
	}
	s.Go(room.Approvals, "")
	if !says(s, "Exhibit P-7") || !says(s, "Waiting") {
		t.Errorf("the approvals say %q", words(s))
	}
	s.Go(room.Approvals, string(asked[0].ID))
	shot(t, s, "exhibit-approval")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyA})
	press(t, s, "Approve")
	if !says(s, "Approved") {
		t.Errorf("the request says %q", words(s))
	}
	s.as(t, testimony.Judge)
	s.Go(room.Evidence, evidence.ExhibitID(e.ID))
	s.typed(&fyne.KeyEvent{Name: fyne.KeyO})
	until(t, func() bool { return xwidget.HasSheet(s.window.Canvas()) && seen(s) })
	s.Lock()
	if seen(s) {
		t.Error("it is seen on a desk that is locked")
	}
}

func filesUnder(t *testing.T, dir string) (files []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(path string, f os.DirEntry, err error) error {
		if err == nil && f.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files
}

// On the bench, X turns to the exhibits: one is shown to those who were ticked and to nobody else, and D takes it down. A sealed one says that it takes two.
func TestAnExhibitIsShownFromTheBenchByKeys(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	e := handIn(t, s.desk, "P-8", exhibit.Open)
	handIn(t, s.desk, "P-9", exhibit.Sealed)
	session := inCourt(t, s)
	key := func(k fyne.KeyName) { s.typed(&fyne.KeyEvent{Name: k}) }
	comes(t, session, testimony.RoleWitness)
	comes(t, session, testimony.RoleAccused)
	key(fyne.KeyX)
	until(t, func() bool { return says(s, "P-8") && says(s, "once somebody of the other college has approved") })
	if !says(s, "Exhibits are shown while the witness testifies") {
		t.Errorf("before the testimony it says %q", words(s))
	}
	for _, step := range []func() error{func() error { return session.Enter(testimony.IdentityCheck) }, func() error { return session.GoOnUntried("a test") }, func() error { return session.Enter(testimony.Oath) },
		session.OathTaken, func() error { return session.Enter(testimony.Testimony) }} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	until(t, func() bool { return !says(s, "Exhibits are shown while the witness testifies") })
	shot(t, s, "bench-exhibits")
	press(t, s, "Show")
	tick(t, s, "Accused")
	shot(t, s, "bench-exhibit-form")
	press(t, s, "Show")
	until(t, func() bool { return says(s, "Shown to: Bench, Accused") && seen(s) })
	if x := session.State().Exhibit; x == nil || x.ID != e.ID || len(x.Audiences) != 1 || x.Audiences[0] != testimony.RoleAccused {
		t.Errorf("shown is %+v", x)
	}
	shot(t, s, "bench-exhibit-shown")
	s.window.Resize(fyne.NewSize(1280, 800))
	if m := s.window.Content().MinSize(); m.Width > 1280 || m.Height > 800 {
		t.Errorf("the bench takes %v", m)
	}
	key(fyne.KeyD)
	until(t, func() bool { return session.State().Exhibit == nil && !says(s, "Shown to:") && !seen(s) })
	a, err := s.desk.ExhibitAccess(t.Context(), e)
	if err != nil || len(a.Opened) != 1 || a.Opened[0].Purpose != docket.ExhibitInHearing {
		t.Errorf("%v: the log has %+v", err, a.Opened)
	}
}
