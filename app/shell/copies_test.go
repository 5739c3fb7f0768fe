package shell

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/copies"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	rules "paravent/testimony/copies"
	"paravent/testimony/docket"
)

// given asks, as a clerk, for a copy of a recording for counsel for the defence, and has it approved by those who log in.
func given(t *testing.T, s *Shell, r docket.Recording, by ...string) rules.Copy {
	t.Helper()
	s.as(t, testimony.Clerk)
	list, err := s.desk.CopyRecipients(t.Context(), r.ID)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v: %v", list, err)
	}
	i := slices.IndexFunc(list, func(to rules.Recipient) bool { return to.Role == string(testimony.RoleDefence) })
	c, err := s.desk.AskCopy(t.Context(), docket.CopyAsking{Recording: r.ID, Seat: list[i].Seat, Purpose: "to prepare the defence", Until: s.desk.Now().AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	for _, login := range by {
		s.as(t, login)
		if c, err = s.desk.ApproveCopy(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// stateOf is where the newest copy of a recording stands.
func stateOf(t *testing.T, s *Shell, r docket.Recording) rules.State {
	t.Helper()
	list, err := s.desk.Copies(t.Context(), r.ID)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v: %v", list, err)
	}
	return list[0].State(s.desk.Now())
}

// A copy is asked for on the page of its recording, approved in the room of approvals by each college, written behind the window's back, and comes back; each step where its
// user finds it, by keys and forms alone.
func TestACopyGoesItsWayInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	key := func(k fyne.KeyName) { s.typed(&fyne.KeyEvent{Name: k}) }
	to := filepath.Join(t.TempDir(), "copy.webm")

	s.as(t, testimony.Clerk)
	s.Go(room.Evidence, string(r.ID))
	key(fyne.KeyG)
	if !says(s, "Nobody was given a copy") || says(s, "Trace a found film") {
		t.Errorf("before anything was asked for, a clerk reads %q", words(s))
	}
	key(fyne.KeyA)
	if !says(s, "Only those are offered") {
		t.Fatalf("there is no form: %q", words(s))
	}
	press(t, s, "Ask for a copy")
	until(t, func() bool { return says(s, "its purpose is missing") })
	each(s.window.Canvas().Overlays().Top(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*xwidget.Input); ok && x.Text == "" {
			x.SetText("to prepare the defence")
		}
		if x, ok := o.(*xwidget.Choice); ok {
			for _, word := range x.Options {
				if strings.Contains(word, "Defence") {
					x.SetSelected(word)
				}
				if strings.Contains(word, "Accused") || strings.Contains(word, "gallery") || strings.Contains(word, "Witness") {
					t.Errorf("a copy is offered for %q", word)
				}
			}
		}
	})
	shot(t, s, "copies-ask")
	press(t, s, "Ask for a copy")
	until(t, func() bool {
		return says(s, "Copy 1") && says(s, "Asked for") && says(s, "Bench: judges · not approved yet")
	})
	shot(t, s, "copies-side")
	if says(s, "Make the copy") {
		t.Error("a copy that nobody approved is offered to be made")
	}

	for before, login := range []string{testimony.Judge, testimony.Registrar} {
		s.as(t, login)
		s.Go(room.Today, "")
		if !says(s, "A copy of a recording waits for your approval") {
			t.Errorf("on the list of the %s: %q", login, words(s))
		}
		s.Go(room.Approvals, "")
		if !says(s, "Copy 1 of a recording") {
			t.Errorf("the room of approvals says %q", words(s))
		}
		list, err := s.desk.Copies(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.Go(room.Approvals, copies.PageID(list[0].ID))
		if !says(s, "to prepare the defence") || !says(s, "Counsel for the defence") {
			t.Errorf("the copy's page says %q", words(s))
		}
		shot(t, s, "copies-page-"+login)
		key(fyne.KeyA)
		if !says(s, "as they are") {
			t.Errorf("the second act does not name its effect: %q", words(s))
		}
		press(t, s, "Approve")
		until(t, func() bool {
			c, err := s.desk.Copy(t.Context(), list[0].ID)
			return err == nil && len(c.Consents) == before+1 && says(s, "approved by")
		})
	}
	if state := stateOf(t, s, r); state != rules.Approved {
		t.Fatalf("it is %s", state)
	}

	s.Go(room.Today, "")
	if !says(s, "A copy of a recording is approved") {
		t.Errorf("Today says %q", words(s))
	}
	s.Go(room.Evidence, copies.SideID(r.ID))
	key(fyne.KeyB)
	s.window.Canvas().Focused().(*xwidget.Input).SetText(to)
	press(t, s, "Make the copy")
	s.Go(room.Cases, "") // the window is free meanwhile
	until(t, func() bool { return stateOf(t, s, r) == rules.Out })
	if file, err := os.Stat(to); err != nil || file.Size() == 0 {
		t.Errorf("%v", err)
	}
	s.Go(room.Evidence, copies.SideID(r.ID))
	until(t, func() bool { return says(s, "Written to "+to) && says(s, "Note its end") })
	shot(t, s, "copies-made")
	press(t, s, "Trace a found film")
	s.window.Canvas().Focused().(*xwidget.Input).SetText(to)
	press(t, s, "Compare")
	until(t, func() bool { return says(s, "it is the very file that was given") && says(s, "Compared with 1 copies") })
	press(t, s, "Close")

	key(fyne.KeyY)
	fillAll(s)
	press(t, s, "Save")
	until(t, func() bool { return says(s, "Came back, noted by") })
	if state := stateOf(t, s, r); state != rules.Over {
		t.Errorf("it is %s", state)
	}
}

// A refusal takes a reason, and ends the request; whoever asked withdraws.
func TestACopyIsRefusedInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	for login, step := range map[string]struct {
		key   fyne.KeyName
		word  string
		after rules.State
	}{testimony.Judge: {fyne.KeyR, "Refuse", rules.Refused}, testimony.Clerk: {fyne.KeyW, "Withdraw", rules.Withdrawn}} {
		c := given(t, s, r)
		s.as(t, login)
		s.Go(room.Approvals, copies.PageID(c.ID))
		s.typed(&fyne.KeyEvent{Name: step.key})
		press(t, s, step.word)
		until(t, func() bool { return says(s, "a reason") || says(s, "reason is") })
		fillAll(s)
		press(t, s, step.word)
		until(t, func() bool { return !xwidget.HasSheet(s.window.Canvas()) })
		if state := stateOf(t, s, r); state != step.after {
			t.Errorf("the %s leaves it %s", login, state)
		}
	}
}

// A desk that locks stops what is being written: no file of it stays, and it can be made again.
func TestALockedDeskWritesNoCopy(t *testing.T) {
	s := open(t, testimony.Judge)
	s.window.Resize(fyne.NewSize(1280, 800))
	r := filmed(t, s.desk)
	given(t, s, r, testimony.Judge, testimony.Registrar)
	to := filepath.Join(t.TempDir(), "copy.webm")
	s.Go(room.Evidence, copies.SideID(r.ID))
	press(t, s, "Make the copy")
	s.window.Canvas().Focused().(*xwidget.Input).SetText(to)
	press(t, s, "Make the copy")
	s.Lock()
	_, err := os.Stat(to)
	s.as(t, testimony.Judge)
	switch state := stateOf(t, s, r); {
	case state == rules.Approved && os.IsNotExist(err):
	case state == rules.Out && err == nil: // it was written in full before
	default:
		t.Errorf("the copy is %s, its file: %v", state, err)
	}
}

// The side of copies and the page of one fit the window with long words in them, in both languages, light and dark.
func TestCopiesFitTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	r := filmed(t, s.desk)
	s.as(t, testimony.Advocate)
	list, err := s.desk.CopyRecipients(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.desk.AskCopy(t.Context(), docket.CopyAsking{Recording: r.ID, Seat: list[0].Seat, User: store.UserID(list[0].User), Purpose: strings.Repeat("to prepare the defence ", 20), Until: s.desk.Now().AddDate(0, 1, 0)})
	if err != nil {
		t.Fatal(err)
	}
	s.as(t, testimony.Judge)
	for _, look := range []room.Look{{Language: "en"}, {Language: "fr", Dark: true}, {Language: "fr", HighContrast: true}} {
		if err := s.Apply(look); err != nil {
			t.Fatal(err)
		}
		for to, id := range map[room.Name]string{room.Evidence: copies.SideID(r.ID), room.Approvals: copies.PageID(c.ID)} {
			s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
			s.Go(to, id)
			where := look.Language + " " + string(to)
			if m := s.window.Content().MinSize(); m.Width > windowWidth || m.Height > windowHeight {
				t.Errorf("%s needs %v", where, m)
			}
			each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
				if x, ok := o.(*canvas.Text); ok && (at.X < 0 || at.X+x.MinSize().Width > windowWidth+1 || bareKey.MatchString(x.Text) && !strings.HasSuffix(x.Text, ".paravent")) {
					t.Errorf("%s: %q stands from %.0f to %.0f", where, x.Text, at.X, at.X+x.MinSize().Width)
				}
			})
			if says(s, "<no value>") {
				t.Errorf("%s: a sentence lacks a value: %q", where, words(s))
			}
			shot(t, s, "copies-fit-"+look.Language+"-"+string(to))
		}
	}
}
