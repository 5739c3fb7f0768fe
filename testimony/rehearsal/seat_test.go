package rehearsal_test

import (
	"sync"
	"testing"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// wall is what a seat's window shows and plays.
type wall struct {
	mu       sync.Mutex
	pictures map[string]int
	blank    map[string]bool
	loud     int
}

func (w *wall) shown() attend.Shown {
	w.pictures, w.blank = map[string]int{}, map[string]bool{}
	return attend.Shown{Picture: func(from string, f *media.Frame) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.blank[from] = f == nil
		if f != nil {
			w.pictures[from]++
		}
	}, Sound: func(pcm []int16) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, v := range pcm {
			if v > 1000 {
				w.loud++
				return
			}
		}
	}}
}

func (w *wall) sees(from testimony.ParticipantID) (pictures int, blank bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pictures[string(from)], w.blank[string(from)]
}

func (w *wall) heard() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loud
}

func awaitView(t *testing.T, s *attend.Seat, what string, holds func(attend.View) bool) attend.View {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		changed := s.Changed()
		if v := s.View(); holds(v) {
			return v
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited in vain for %s: %+v", what, s.View())
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// The witness's side by this program instead of a browser: it waits in the lobby, sees and hears what the court gives, stops at once without the court,
// calls for help unseen, comes back after a lost connection, and is told why it ended.
func TestADesktopTakesTheWitnessesSeat(t *testing.T) {
	if testing.Short() {
		t.Skip("holds a hearing")
	}
	s := courtroom(t)
	own := attend.OpenOwn(capture.NewTestPicture(1, 320, 240, 15, nil), capture.NewTestSpeech(1), nil, nil)
	defer own.Close()
	var w wall
	link := seat(t, s, testimony.RoleWitness).Link
	st, err := attend.Take(t.Context(), link, attend.Config{Options: guest.Options{Lang: "fr"}, Picture: own.Picture, Sound: own.Sound}, w.shown())
	must(t, err)
	defer st.Leave()
	counsel, err := rehearsal.Join(t.Context(), seat(t, s, testimony.RoleProsecution).Link,
		rehearsal.Props{Picture: capture.NewTestPicture(2, 320, 240, 10, nil), Sound: capture.NewTestSpeech(2)})
	must(t, err)
	defer counsel.Leave()
	witness, prosecution := seat(t, s, testimony.RoleWitness).ID, seat(t, s, testimony.RoleProsecution).ID
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	awaitPresence(t, s, testimony.RoleProsecution, live.InLobby)
	if v := st.View(); v.Words != seat(t, s, testimony.RoleWitness).Words || v.State.Admitted || v.Connected {
		t.Errorf("in the lobby: %+v, the court's words %v", v, seat(t, s, testimony.RoleWitness).Words)
	}
	must(t, st.Prepared("rights"))
	must(t, s.Admit(witness))
	must(t, s.Admit(prosecution))
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	awaitView(t, st, "the oath", func(v attend.View) bool { return v.Connected && v.State.Phase == "testimony" && len(v.State.What) > 3 })
	eventually(t, "counsel's picture and sound", func() bool { n, _ := w.sees(prosecution); return n > 5 && w.heard() > 5 })
	awaitState(t, s, "the witness to be heard", func(live.State) bool { return seat(t, s, testimony.RoleWitness).Sound.Arrived > 100 })

	must(t, st.Ask(testimony.AskPause))
	if v := st.View(); v.Held != testimony.AskPause {
		t.Errorf("it stopped, and shows %+v", v)
	}
	awaitState(t, s, "the pause at the bench", func(st live.State) bool { return st.Held.Why == testimony.AskPause })
	time.Sleep(200 * time.Millisecond) // what was on its way arrives
	before := seat(t, s, testimony.RoleWitness).Sound.Arrived
	time.Sleep(time.Second)
	if after := seat(t, s, testimony.RoleWitness).Sound.Arrived; after > before+1 {
		t.Errorf("%d packets came after the stop", after-before)
	}
	must(t, st.Ask(testimony.AskReady))
	awaitState(t, s, "that the witness can go on", func(st live.State) bool { return st.Held.Ready })
	must(t, s.GoOn())
	awaitView(t, st, "the end of the pause", func(v attend.View) bool { return v.Held == "" })

	must(t, st.Ask(testimony.AskAlarm))
	if v := st.View(); v.Held != "" || v.Lost {
		t.Errorf("the alarm shows: %+v", v)
	}
	awaitState(t, s, "the silent alarm", func(st live.State) bool {
		for _, a := range st.Alarms {
			if a.Kind == "help" && a.Participant == witness {
				return true
			}
		}
		return false
	})

	must(t, s.Break("Rest."))
	eventually(t, "counsel's picture to be taken away", func() bool { _, blank := w.sees(prosecution); return blank })
	must(t, s.Resume())

	st.Lose()
	awaitPresence(t, s, testimony.RoleWitness, live.Lost)
	awaitPresence(t, s, testimony.RoleWitness, live.Admitted)
	awaitView(t, st, "the connection to be back", func(v attend.View) bool { return !v.Lost && v.Connected })

	must(t, s.Remove(witness, "At the end."))
	if v := awaitView(t, st, "the end", func(v attend.View) bool { return v.Ended != "" }); v.Ended != "removed.bench" {
		t.Errorf("it ended with %q", v.Ended)
	}
	if _, err := attend.Take(t.Context(), link, attend.Config{}, attend.Shown{}); err == nil {
		t.Error("the link works after the seat was taken away")
	}
}
