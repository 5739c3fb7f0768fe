package live_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

const oneHearing = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking","opened":"2026-01-05T00:00:00Z"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c","pseudonym":"Witness B"}]}],
 "orders":[{"key":"o","case":"c","party":"w","reference":"7/2026","state":"in_force","from":"2026-03-02T10:00:00Z","measures":[{"kind":"face_alteration"}]}],
 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-03-02T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"a","role":"accused"},{"key":"g","role":"gallery"}]}]}`

// clock is a clock that the test sets.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(c.ahead.Load()))
}

func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

func open(t *testing.T) (*live.Session, *clock) {
	t.Helper()
	s, c, _ := openHearing(t, oneHearing)
	return s, c
}

// openHearing opens the hearing "h" of a docket.
func openHearing(t *testing.T, text string) (*live.Session, *clock, *docket.Desk) {
	t.Helper()
	d, c := deskWith(t, text)
	return enter(t, d), c, d
}

// deskWith is a judge's desk with a docket.
func deskWith(t *testing.T, text string) (*docket.Desk, *clock) {
	t.Helper()
	c := &clock{}
	d, err := docket.Create(t.Context(), t.TempDir()+"/v", store.NewUser{Login: "judge", DisplayName: "judge", Role: testimony.Judge, Passphrase: []byte("five grey owls count eggs")},
		docket.Options{Clock: c.now, KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	must(t, err)
	t.Cleanup(func() { must(t, d.Close()) })
	doc, err := docket.ReadDocument(strings.NewReader(text))
	must(t, err)
	_, err = d.Import(t.Context(), doc)
	must(t, err)
	return d, c
}

// enter opens the courtroom of the hearing "h".
func enter(t *testing.T, d *docket.Desk) *live.Session {
	t.Helper()
	return enterWith(t, live.Config{Desk: d})
}

func enterWith(t *testing.T, c live.Config) *live.Session {
	t.Helper()
	d := c.Desk
	h, err := d.FindHearing(t.Context(), "h")
	must(t, err)
	if p, err := d.Permission(t.Context(), h.ID); err != nil || !p.MayOpen() { // nobody has asked Nigeria
		must(t, err)
		_, err = d.DecideWithoutPermission(t.Context(), h.ID, "a consul of the court's State hears the witness")
		must(t, err)
	}
	c.Hearing = h.ID
	s, err := live.Open(t.Context(), c)
	must(t, err)
	t.Cleanup(s.Abandon)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func seat(s *live.Session, role testimony.Role) live.Person {
	for _, p := range s.State().People {
		if p.Role == role {
			return p
		}
	}
	return live.Person{}
}

func await(t *testing.T, s *live.Session, what string, holds func(live.State) bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		changed := s.Changed()
		if holds(s.State()) {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// come opens a seat's link and waits until the bench sees it in the lobby.
func come(t *testing.T, s *live.Session, role testimony.Role) *guest.Session {
	t.Helper()
	g, err := guest.Dial(t.Context(), seat(s, role).Link, guest.Options{})
	must(t, err)
	t.Cleanup(g.Close)
	await(t, s, string(role)+" in the lobby", func(live.State) bool { return seat(s, role).Presence == live.InLobby })
	return g
}

func states(t *testing.T, g *guest.Session, until func(join.State) bool) join.State {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		select {
		case m, ok := <-g.Messages():
			if !ok {
				t.Fatal("the guest was disconnected")
			}
			var state join.State
			if m.Type == join.TypeState && m.Decode(&state) == nil && until(state) {
				return state
			}
		case <-deadline:
			t.Fatal("the state never came")
		}
	}
}

// An order that begins in the middle of a session takes effect by the clock, without anyone's touching a key.
func TestAnOrderBeginsInTheMiddleOfASession(t *testing.T) {
	t.Parallel()
	s, c := open(t)
	if p := seat(s, testimony.RoleGallery).Cell.Picture; p != protection.ClearPicture {
		t.Fatalf("before the order the gallery's cell is %s", p)
	}
	c.advance(2 * time.Hour)
	await(t, s, "the order", func(live.State) bool { return seat(s, testimony.RoleGallery).Cell.Picture == protection.Silhouette })
}

func TestTheLobbyLearnsNothingOfTheHearing(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	w := come(t, s, testimony.RoleWitness)
	must(t, s.SetMode(protection.PrivateMode, "A question about family."))
	g := come(t, s, testimony.RoleGallery)
	for name, waiting := range map[string]*guest.Session{"witness": w, "gallery": g} {
		state := states(t, waiting, func(join.State) bool { return true })
		if state.Admitted || state.Phase != "lobby" || state.Reason != "" || state.Clock.Witness != "" || len(state.What) != 0 || len(state.People) != 0 ||
			state.Publish != (join.Publish{}) {
			t.Errorf("the %s is told %+v in the lobby", name, state)
		}
	}
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	state := states(t, w, func(state join.State) bool { return state.Admitted })
	if state.Clock.Witness != "Africa/Lagos" || state.Reason == "" || len(state.What) == 0 {
		t.Errorf("the witness is told %+v", state)
	}
}

// However often one guest asks, another's call for help comes through.
func TestNobodyDrownsACallForHelp(t *testing.T) {
	t.Parallel()
	s, c := open(t)
	witness, accused := come(t, s, testimony.RoleWitness), come(t, s, testimony.RoleAccused)
	for range 150 {
		must(t, accused.Send(join.Request{Kind: join.AskHand}))
	}
	for heard := 0; heard < 150; {
		select {
		case m := <-accused.Messages():
			if m.Type == join.TypeNotice {
				heard++
			}
		case <-time.After(time.Minute):
			t.Fatalf("%d of 150 requests were heard", heard)
		}
	}
	await(t, s, "a hand", func(st live.State) bool { return len(st.Requests) == 1 })
	must(t, witness.Send(join.Request{Kind: join.AskAlarm}))
	await(t, s, "the alarm", func(st live.State) bool { return len(st.Alarms) == 1 && st.Alarms[0].Kind == "help" })
	requested := func() (n int) {
		for _, e := range s.State().Events {
			if e.Kind == testimony.Requested {
				n++
			}
		}
		return n
	}
	if n := requested(); n != 2 {
		t.Errorf("%d requests stand in the record", n)
	}
	c.advance(time.Minute)
	must(t, witness.Send(join.Request{Kind: join.AskAlarm}))
	await(t, s, "the second alarm", func(st live.State) bool { return len(st.Alarms) == 2 && len(st.Requests) == 2 })
	must(t, s.Answer(seat(s, testimony.RoleAccused).ID, ""))
	if r := s.State().Requests; len(r) != 1 || r[0].Kind != join.AskAlarm {
		t.Errorf("what is left is %+v", r)
	}
	if s.Answer(seat(s, testimony.RoleAccused).ID, "") == nil {
		t.Error("nothing was answered twice")
	}
}

// Whoever is given their microphone back is given it after it was written down.
func TestGivingBackAMicrophoneIsWrittenDownFirst(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	come(t, s, testimony.RoleAccused)
	id := seat(s, testimony.RoleAccused).ID
	must(t, s.Admit(id))
	must(t, s.Mute(id, true))
	s.LockDesk() // nothing can be written any more
	if err := s.Mute(id, false); err == nil || !seat(s, testimony.RoleAccused).Muted {
		t.Errorf("the microphone is on and nobody wrote it down: %v", err)
	}
}
