package shell

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"paravent/app/evidence"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/schedule"
)

// trainingVault makes a training vault once, for every test to have a copy of.
var trainingVault = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "paravent-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "training.paravent")
	d, err := docket.CreateTraining(context.Background(), path, docket.Options{KDF: store.FloorKDF})
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// open makes the window of a training vault on Fyne's test driver, unlocked for one of its users. Fyne allows one application at
// a time, so these tests run one by one.
func open(t *testing.T, login string) *Shell {
	t.Helper()
	path := filepath.Join(t.TempDir(), "training.paravent")
	vault, err := trainingVault()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, vault, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := docket.Unlock(t.Context(), path, login, []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(newApp(t), Options{Vault: path, Look: &room.Look{Language: "en"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.desk != nil {
			_ = s.desk.Close()
		}
	})
	s.Opened(d)
	return s
}

// each visits everything that is shown, with its place in the window.
func each(o fyne.CanvasObject, at fyne.Position, visit func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	visit(o, at)
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			each(c, at, visit)
		}
	case *container.Scroll:
		each(o.Content, at, visit)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			each(c, at, visit)
		}
	}
}

// words are all texts that the window shows.
func words(s *Shell) []string {
	var out []string
	collect := func(o fyne.CanvasObject, _ fyne.Position) {
		switch o := o.(type) {
		case *canvas.Text:
			out = append(out, o.Text)
		case *widget.Label:
			out = append(out, o.Text)
		case *xwidget.Input:
			out = append(out, o.Text)
		}
	}
	each(s.window.Content(), fyne.Position{}, collect)
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, collect)
	}
	return out
}

func says(s *Shell, text string) bool {
	return slices.ContainsFunc(words(s), func(w string) bool { return strings.Contains(w, text) })
}

// places are every room and one of each of its details.
func places(t *testing.T, s *Shell) map[room.Name][]string {
	t.Helper()
	out := map[room.Name][]string{}
	for _, r := range s.rooms() {
		out[r] = []string{""}
	}
	if !s.desk.May(testimony.ActKeepDocket) {
		return out
	}
	out[room.Settings] = append(out[room.Settings], "measures", "measures/full_anonymity")
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	for id := range names.Cases {
		out[room.Cases] = append(out[room.Cases], string(id))
	}
	for id, p := range names.Parties {
		for _, a := range p.Appearances {
			out[room.Witnesses] = append(out[room.Witnesses], string(id)+"/"+string(a.Case))
		}
	}
	for _, x := range names.Hearings {
		out[room.Hearings] = append(out[room.Hearings], string(x.ID))
	}
	out[room.Evidence] = append(out[room.Evidence], evidence.ExhibitsID(""))
	list, err := s.desk.Exhibits(t.Context(), "")
	if err == nil && len(list) == 0 && s.desk.May(testimony.ActOpenSealed) {
		list = []exhibit.Exhibit{handIn(t, s.desk, "P-1", exhibit.Open), handIn(t, s.desk, "P-2", exhibit.Sealed)}
		_, err = s.desk.AskExhibitOpening(t.Context(), list[1].ID, "to show it to the witness", s.desk.Now().Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		out[room.Evidence] = append(out[room.Evidence], evidence.ExhibitID(e.ID))
	}
	asked, err := s.desk.ExhibitOpenings(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range asked {
		out[room.Approvals] = append(out[room.Approvals], string(o.ID))
	}
	return out
}

var bareKey = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

// Every room fits a window of 1280 by 800 in both languages, light and dark, and says nothing that no catalogue holds.
func TestEveryRoomFitsTheWindowInBothLanguages(t *testing.T) {
	view := []fyne.KeyName{fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF9, fyne.KeyF2}
	tab := []fyne.KeyName{fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9}
	for _, login := range []string{testimony.Judge, testimony.Clerk, testimony.Advocate, testimony.Registrar, testimony.Auditor} {
		s := open(t, login)
		for _, look := range []room.Look{{Language: "en"}, {Language: "fr", Dark: true}, {Language: "fr", HighContrast: true}} {
			if err := s.Apply(look); err != nil {
				t.Fatal(err)
			}
			s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
			for r, ids := range places(t, s) {
				for _, id := range ids {
					s.Go(r, id)
					if r == room.Hearings && id == "" {
						s.typed(&fyne.KeyEvent{Name: view[0]})
						view = append(view[1:], view[0]) // another view of them each time
					}
					if r == room.Witnesses && id != "" {
						s.typed(&fyne.KeyEvent{Name: tab[0]})
						tab = append(tab[1:], tab[0]) // another tab for each witness
					}
					if r == room.Audit {
						until(t, func() bool { return !says(s, i18n.T("audit.reading")) })
					}
					s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
					where := login + " " + look.Language + " " + string(r) + " " + id
					if m := s.window.Content().MinSize(); m.Width > windowWidth || m.Height > windowHeight {
						t.Errorf("%s needs %v", where, m)
					}
					each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
						x, ok := o.(*canvas.Text)
						if !ok {
							return
						}
						if strings.Contains(x.Text, "<no value>") {
							t.Errorf("%s: a sentence lacks a value: %q", where, x.Text)
						}
						if bareKey.MatchString(x.Text) && !strings.HasSuffix(x.Text, ".paravent") && r != room.Audit {
							t.Errorf("%s shows the bare key %q", where, x.Text)
						}
						if at.X < 0 || at.X+x.MinSize().Width > windowWidth+1 {
							t.Errorf("%s: %q stands from %.0f to %.0f", where, x.Text, at.X, at.X+x.MinSize().Width)
						}
					})
				}
			}
		}
	}
}

func TestAnOfficeSeesTheRoomsItHasSomethingToDoIn(t *testing.T) {
	for login, want := range map[string][]room.Name{
		testimony.Judge:    room.Names,
		testimony.Clerk:    {room.Today, room.Cases, room.Witnesses, room.Hearings, room.Bench, room.Evidence, room.Approvals, room.People, room.Backups, room.Statistics, room.Settings},
		testimony.Advocate: {room.Today, room.Cases, room.Witnesses, room.Hearings, room.Evidence, room.Approvals, room.People, room.Statistics, room.Settings},
		testimony.Auditor:  {room.Audit, room.People, room.Settings},
	} {
		s := open(t, login)
		if got := s.rooms(); !slices.Equal(got, want) {
			t.Errorf("%s: %v", login, got)
		}
		if s.at != want[0] {
			t.Errorf("%s begins in %s", login, s.at)
		}
	}
}

func TestLockingTakesEverythingAway(t *testing.T) {
	s := open(t, testimony.Judge)
	s.Go(room.Witnesses, "")
	d := s.desk
	if !says(s, "Witness B") {
		t.Fatal("the witness is not on the list")
	}
	s.palette()
	s.Lock()
	if s.desk != nil || says(s, "Witness B") || xwidget.HasSheet(s.window.Canvas()) {
		t.Errorf("after locking the window shows %q", words(s))
	}
	if _, err := d.Cases(t.Context()); err == nil {
		t.Error("the locked vault still answers")
	}
	s.Go(room.Cases, "")
	if s.desk != nil || says(s, "TC 12/2026") {
		t.Error("a room was opened without a vault")
	}
}

// A true name that is typed into the form is found nowhere else: not in the vault's files, not in the preferences, not in the
// window once the form is gone, and not in its title.
func TestATypedIdentityStaysInItsSealedField(t *testing.T) {
	const name = "Zephyrine Quandahl-Okonjo"
	s := open(t, testimony.Advocate)
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	var party string
	for id, p := range names.Parties {
		if len(p.Appearances) == 1 {
			party = string(id)
			break
		}
	}
	s.Go(room.Witnesses, party)
	s.typed(&fyne.KeyEvent{Name: fyne.Key9})
	s.screen.New()
	form := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(form, name)
	if !says(s, name) {
		t.Fatal("the form does not show what is typed")
	}
	form.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if xwidget.HasSheet(s.window.Canvas()) {
		t.Fatalf("the identity was not sealed: %q", words(s))
	}
	if form.Text != "" || says(s, name) || strings.Contains(s.window.Title(), "Zephyrine") {
		t.Error("the window still holds the name")
	}
	if !says(s, "Sealed") {
		t.Error("the field is not shown as sealed")
	}
	dir := filepath.Dir(s.vault)
	s.Lock()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, part := range append(strings.Fields(name), "Quandahl", "Okonjo") {
			if bytes.Contains(text, []byte(part)) || strings.Contains(path, part) {
				t.Errorf("%s holds %q", path, part)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFormThatIsLeftForgetsTheName(t *testing.T) {
	s := open(t, testimony.Advocate)
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	for id := range names.Parties {
		s.Go(room.Witnesses, string(id))
		break
	}
	s.typed(&fyne.KeyEvent{Name: fyne.Key9})
	s.screen.New()
	form := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(form, "Zephyrine")
	form.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if xwidget.HasSheet(s.window.Canvas()) || form.Text != "" || says(s, "Zephyrine") {
		t.Error("the name is still there")
	}
}

func TestThePaletteFindsEverything(t *testing.T) {
	s := open(t, testimony.Judge)
	if _, err := s.desk.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 77"}); err != nil {
		t.Fatal(err)
	}
	s.palette()
	typed := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(typed, "cas")
	typed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if s.at != room.Cases || xwidget.HasSheet(s.window.Canvas()) {
		t.Errorf("the palette led to %s", s.at)
	}
	all := s.commands()
	for text, want := range map[string]string{"audit": "Audit", "tc 31": "TC 31/2026", "lock": "Lock", "witness d": "Witness D", "français": "Change language",
		"courtroom 77": "Courtroom 77", "new hearing": "New hearing", "new case": "New case", "week": "Week", "rooms and people": "Rooms and people", "export the": "Export the calendar"} {
		if found := matching(all, indexed(all), text); len(found) == 0 || found[0].word != want {
			t.Errorf("%q finds %v", text, found)
		}
	}
	if found := matching(all, indexed(all), "no such thing"); len(found) != 0 {
		t.Errorf("something was found: %v", found)
	}
}

// What a judge reads before granting an order is what the compiler makes of it, and granting needs the second act.
func TestAnOrderIsGrantedByASecondActThatNamesItsEffect(t *testing.T) {
	s := open(t, testimony.Judge)
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	for id, p := range names.Parties {
		if len(p.Appearances) > 0 && p.Appearances[0].Pseudonym == "Witness D" {
			s.Go(room.Witnesses, string(id)+"//measures")
		}
	}
	press(t, s, "Grant")
	press(t, s, "Show the effect")
	if !says(s, "reasons") || says(s, "Sign") {
		t.Fatalf("a decision without reasons is not refused: %q", words(s))
	}
	fillAll(s)
	press(t, s, "Show the effect")
	if !says(s, "Public gallery: sees") && !says(s, "Public gallery: receives nothing") {
		t.Errorf("the effect is not named: %q", words(s))
	}
	if got := states(t, s)["2026/130"]; got != "filed" {
		t.Fatalf("the order is %s before the judge signs", got)
	}
	press(t, s, "Sign")
	if got := states(t, s)["2026/130"]; got != "in_force" {
		t.Errorf("the order is %s", got)
	}
	press(t, s, "History")
	if !says(s, "Signed by a judge") || !says(s, "Reasons: Words of a test.") {
		t.Errorf("the order's life is not told: %q", words(s))
	}
}

// fillAll fills every empty input of the topmost sheet, and chooses where nothing is chosen.
func fillAll(s *Shell) {
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			switch o := o.(type) {
			case *xwidget.Input:
				if o.Text == "" {
					o.SetText("Words of a test.")
				}
			case *xwidget.Choice:
				if o.SelectedIndex() < 0 {
					o.SetSelectedIndex(0)
				}
			}
		})
	}
}

func states(t *testing.T, s *Shell) map[string]string {
	t.Helper()
	list, err := s.desk.Orders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, o := range list {
		out[o.Reference] = string(o.State)
	}
	return out
}

// press presses the topmost button with a word on it.
func press(t *testing.T, s *Shell, word string) {
	t.Helper()
	var found *xwidget.Button
	find := func(o fyne.CanvasObject, _ fyne.Position) {
		if b, ok := o.(*xwidget.Button); ok && b.Text == word {
			found = b
		}
	}
	each(s.window.Content(), fyne.Position{}, find)
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, find)
	}
	if found == nil {
		t.Fatalf("no button %q among %q", word, words(s))
	}
	test.Tap(found)
}

// A refusal of the house's law is told by the rule's name, and the form keeps what was typed.
func TestAFormTellsWhyItWasRefused(t *testing.T) {
	s := open(t, testimony.Clerk)
	s.Go(room.Cases, "")
	s.screen.New()
	typed := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(typed, "TC 12/2026")
	typed.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !xwidget.HasSheet(s.window.Canvas()) || typed.Text != "TC 12/2026" || !says(s, "already") {
		t.Errorf("the form says %q", words(s))
	}
}

// as locks the vault and opens it for another user, in the same window.
func (s *Shell) as(t *testing.T, login string) {
	t.Helper()
	s.Lock()
	d, err := docket.Unlock(t.Context(), s.vault, login, []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Opened(d)
}

// A clerk and a judge approve in the window what an advocate asked for; the advocate, and nobody else, is shown it, and when the
// window is stepped back from nothing of it is left.
func TestADisclosureIsApprovedAndShownInTheWindow(t *testing.T) {
	s := open(t, testimony.Advocate)
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	for id, p := range names.Parties {
		if p.PseudonymIn(p.Appearances[0].Case) == "Witness B" {
			s.Go(room.Witnesses, string(id))
		}
	}
	s.typed(&fyne.KeyEvent{Name: fyne.Key9})
	s.typed(&fyne.KeyEvent{Name: fyne.KeyD})
	tick(t, s, "Names")
	basis := s.window.Canvas().Focused().(*xwidget.Input)
	test.Type(basis, "ICC rule 87")
	basis.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !xwidget.HasSheet(s.window.Canvas()) || !says(s, "This cannot be asked for") {
		t.Fatalf("without an order: %q", words(s))
	}
	tick(t, s, "Emergency")
	basis.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if s.at != room.Approvals || s.selected == "" {
		t.Fatalf("asking led to %s: %q", s.at, words(s))
	}
	request := s.selected
	if !says(s, "others approve") {
		t.Errorf("the advocate is not told why they may not approve: %q", words(s))
	}
	for _, login := range []string{testimony.Clerk, testimony.Judge} {
		s.as(t, login)
		if !says(s, "A disclosure waits for your approval") {
			t.Errorf("%s is not told: %q", login, words(s))
		}
		s.Go(room.Approvals, request)
		press(t, s, "Approve")
		if !says(s, "will be able to read") {
			t.Errorf("the effect is not named: %q", words(s))
		}
		press(t, s, "Approve")
	}
	if says(s, "Invented Person") || !says(s, "Granted") {
		t.Errorf("the judge's window says %q", words(s))
	}
	s.as(t, testimony.Advocate)
	s.Go(room.Approvals, request)
	press(t, s, "View")
	if !says(s, "Invented Person") || !says(s, "Victim's advocate (training) · ") {
		t.Errorf("the receiver sees %q", words(s))
	}
	if strings.Contains(s.window.Title(), "Invented") {
		t.Error("the title of the window names a person")
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if says(s, "Invented Person") || xwidget.HasSheet(s.window.Canvas()) {
		t.Error("the identity is still there")
	}
	s.as(t, testimony.Registrar)
	if !says(s, "An emergency disclosure was not reviewed") {
		t.Errorf("the review is not asked for: %q", words(s))
	}
	for _, look := range []room.Look{{Language: "en"}, {Language: "fr", Dark: true}} {
		if err := s.Apply(look); err != nil {
			t.Fatal(err)
		}
		s.Go(room.Approvals, request)
		if m := s.window.Content().MinSize(); m.Width > windowWidth || m.Height > windowHeight {
			t.Errorf("in %s the request needs %v", look.Language, m)
		}
	}
}

// tick ticks the box that begins with a word.
func tick(t *testing.T, s *Shell, word string) {
	t.Helper()
	for _, o := range s.window.Canvas().Overlays().List() {
		found := false
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*xwidget.Tick); ok && strings.HasPrefix(x.Text, word) && !found {
				found = true
				x.SetChecked(true)
			}
		})
		if found {
			return
		}
	}
	t.Fatalf("no box %q among %q", word, words(s))
}
