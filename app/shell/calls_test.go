package shell

import (
	"crypto/rand"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/bench"
	"paravent/app/room"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

// inCourt opens the training vault's courtroom in the window.
func inCourt(t *testing.T, s *Shell) *live.Session {
	t.Helper()
	h, err := s.desk.FindHearing(t.Context(), "hearing-1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := bench.Open(s, h.ID, bench.Reach{})
	if err != nil {
		t.Fatal(err)
	}
	s.bench = b
	s.inCourt.Store(true)
	b.Start(s.courtroomOver)
	s.Go(room.Bench, "")
	t.Cleanup(func() {
		go b.Abandon()
		until(t, func() bool { return s.bench == nil })
	})
	return b.Session()
}

// comes brings a guest to a seat and lets it in.
func comes(t *testing.T, session *live.Session, role testimony.Role) *guest.Session {
	t.Helper()
	seat := func() live.Person {
		for _, p := range session.State().People {
			if p.Role == role {
				return p
			}
		}
		t.Fatalf("nobody is the %s", role)
		return live.Person{}
	}
	device, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	g, err := guest.Dial(t.Context(), seat().Link, guest.Options{Device: device, Lang: "am"})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for range g.Messages() {
		}
	}()
	t.Cleanup(g.Break)
	until(t, func() bool { return seat().Presence == live.InLobby })
	if err := session.Admit(seat().ID); err != nil {
		t.Fatal(err)
	}
	return g
}

// shot keeps a picture of the window where PARAVENT_SHOTS names a folder.
func shot(t *testing.T, s *Shell, name string) {
	t.Helper()
	dir := os.Getenv("PARAVENT_SHOTS")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, s.window.Canvas().Capture()); err != nil {
		t.Fatal(err)
	}
}

// place is how far below the window's upper edge a text stands.
func place(s *Shell, text string) (y float32) {
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
		if c, ok := o.(*canvas.Text); ok && strings.HasPrefix(c.Text, text) {
			y = at.Y
		}
	})
	return y
}

// What the witness's side calls for stands under the banner with what to do, the gravest first, until it is dealt with; a pause, until
// the witness can go on and the bench goes on by a second act.
func TestBenchShowsWhatTheWitnessCallsFor(t *testing.T) {
	s := open(t, "judge")
	s.window.Resize(fyne.NewSize(1280, 800))
	session := inCourt(t, s)
	witness, accused := comes(t, session, testimony.RoleWitness), comes(t, session, testimony.RoleAccused)
	ask := func(g *guest.Session, kind string) {
		t.Helper()
		if err := g.Send(join.Request{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(text string) {
		t.Helper()
		until(t, func() bool { return says(s, text) })
	}
	if err := session.Enter(testimony.IdentityCheck); err != nil {
		t.Fatal(err)
	}

	ask(witness, join.AskUnderstand)
	stands("did not understand")
	stands("in other words and one thing at a time")
	ask(witness, join.AskBreak)
	stands("needs a break")
	stands("and 1 more")
	shot(t, s, "bench-break")

	s.Go(room.Today, "") // the window comes to the bench by itself for what cannot wait
	ask(witness, join.AskPause)
	stands("has stopped picture and sound")
	stands("Paused by the witness")
	shot(t, s, "bench-pause")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyQ}) // there is nothing to answer before the witness can go on
	if session.State().Held.Why != join.AskPause || len(s.window.Canvas().Overlays().List()) != 0 {
		t.Error("a key ended the witness's pause")
	}
	ask(witness, join.AskSomeone)
	stands("someone came in")
	shot(t, s, "bench-someone")

	ask(witness, join.AskAlarm)
	stands("calls for help, silently")
	stands("Do not speak of it in the room")
	shot(t, s, "bench-alarm")
	if banner, mark := place(s, "IDENTITY CHECK"), place(s, "Witness B calls for help"); mark < banner+40 {
		t.Errorf("the mark stands at %v, over the banner at %v", mark, banner)
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyQ})
	until(t, func() bool { return !says(s, "calls for help, silently") && says(s, "someone came in") })

	ask(witness, join.AskReady)
	stands("can go on")
	shot(t, s, "bench-ready")
	s.typed(&fyne.KeyEvent{Name: fyne.KeyQ})
	shot(t, s, "bench-goon")
	stands("Go on after the witness's pause") // a second act, which names who will see and hear the witness
	if session.State().Held.Why == "" {
		t.Error("one key ended the witness's pause")
	}
	if err := session.GoOn(); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return says(s, "needs a break") })

	// Whoever does not sit with the witness has no place under the banner, and cannot stop the witness.
	ask(accused, join.AskHand)
	stands("Asks to speak")
	ask(accused, join.AskPause)
	stands("It was refused")
	if session.State().Held.Why != "" {
		t.Error("the accused stopped the witness")
	}
}
