package rehearsal_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/media"
	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// packetsOf adds up what a participant has received of a seat.
func packetsOf(p *rehearsal.Participant, of testimony.ParticipantID) (n int) {
	for key, flow := range p.Flows() {
		if key.Publisher == string(of) {
			n += flow.Packets
		}
	}
	return n
}

// A witness in a real browser, and everyone else counting the packets that reach them: each button comes through to the bench, a
// pause stops the witness for everyone while the rest of the hearing goes on, and a silent alarm reaches the bench alone.
func TestWitnessesButtonsFromTheBrowserToTheBench(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := courtroom(t)
	witness := openBrowser(t, fakeCamera(t)...)
	witness.run(chromedp.EmulateViewport(390, 844), chromedp.Navigate(seat(t, s, testimony.RoleWitness).Link))
	for _, name := range []string{"I have read this", "Allow camera and microphone", "Play a sound", "Yes, I heard it"} {
		witness.press(name)
	}
	id := seat(t, s, testimony.RoleWitness).ID
	cast := map[testimony.Role]*rehearsal.Participant{}
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleInterpreter, testimony.RoleAccused, testimony.RoleGallery} {
		p, err := rehearsal.Join(t.Context(), seat(t, s, role).Link, rehearsal.Props{Lang: "en", Sound: capture.NewTestSpeech(uint64(len(role)))})
		must(t, err)
		t.Cleanup(p.Break)
		cast[role] = p
	}
	roles := []testimony.Role{testimony.RoleWitness, testimony.RoleProsecution, testimony.RoleInterpreter, testimony.RoleAccused, testimony.RoleGallery}
	for _, role := range roles {
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	if done := seat(t, s, testimony.RoleWitness).Prepared; strings.Join(done, " ") != "rights devices" {
		t.Errorf("the bench is told that the witness has taken the steps %v", done)
	}
	must(t, s.GoOnUntried("a test"))
	must(t, s.Enter(testimony.IdentityCheck))
	toTestimony(t, s)
	var frames atomic.Int64
	cancel := s.Pictures(id, func(*media.Frame) { frames.Add(1) })
	t.Cleanup(cancel)
	arrives := func(what string, role testimony.Role, of testimony.ParticipantID, more int) {
		t.Helper()
		start := packetsOf(cast[role], of)
		until(t, what, func() bool { return packetsOf(cast[role], of) > start+more })
	}
	interpreter := seat(t, s, testimony.RoleInterpreter).ID
	arrives("counsel to receive the witness", testimony.RoleProsecution, id, 50)
	arrives("the gallery to receive the silhouette", testimony.RoleGallery, id, 5)

	for button, kind := range map[string]string{"I did not understand": join.AskUnderstand, "I need a break": join.AskBreak} {
		witness.press(button)
		awaitState(t, s, button, func(st live.State) bool { return len(st.Requests) == 1 && st.Requests[0].Kind == kind })
		must(t, s.Answer(id, kind))
	}

	for button, why := range map[string]string{"Stop my picture and sound": join.AskPause, "Someone came in": join.AskSomeone} {
		witness.press(button)
		awaitState(t, s, button, func(st live.State) bool { return st.Held.Why == why })
		for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleAccused} { // what was written before is on its way
			arrives("what was on its way", role, interpreter, 25)
		}
		before := map[testimony.Role]int{}
		for role, p := range cast {
			before[role] = packetsOf(p, id)
		}
		shown := frames.Load()
		arrives("the hearing to go on", testimony.RoleProsecution, interpreter, 100) // two seconds
		arrives("the hearing to go on", testimony.RoleGallery, interpreter, 25)
		for role, p := range cast {
			if n := packetsOf(p, id) - before[role]; n != 0 {
				t.Errorf("%s: the %s received %d packets of the witness", button, role, n)
			}
		}
		if n := frames.Load() - shown; n != 0 {
			t.Errorf("%s: the bench was shown %d pictures", button, n)
		}
		witness.press("I can go on")
		awaitState(t, s, "that the witness can go on", func(st live.State) bool { return st.Held.Ready })
		must(t, s.GoOn())
		arrives("counsel to receive the witness again", testimony.RoleProsecution, id, 50)
		arrives("the gallery to receive the silhouette again", testimony.RoleGallery, id, 5)
	}

	states := map[testimony.Role]join.State{}
	for role, p := range cast {
		states[role] = p.State()
	}
	until(t, "the last word of the court to go", func() bool { return witness.text("#told") == "" })
	witness.run(chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("\u001b"))
	awaitState(t, s, "the silent alarm", func(st live.State) bool {
		return len(st.Alarms) == 1 && st.Alarms[0].Kind == "help" && st.Alarms[0].Participant == id
	})
	if told := witness.text("#told"); told != "" {
		t.Errorf("after the silent alarm the page says %q", told)
	}
	for role, p := range cast {
		if now := p.State(); now.Banner != states[role].Banner || now.Phase != states[role].Phase || now.Mode != states[role].Mode {
			t.Errorf("after the silent alarm the %s is told %+v", role, now)
		}
	}
}

// until asks again and again until something holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	limit := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestClosedForAMoment closes and opens the hearing faster than a connection can be taken down: what was on its way to the public's last connection
// must not be taken for the next one's.
func TestClosedForAMoment(t *testing.T) {
	s := courtroom(t)
	cast := map[testimony.Role]*rehearsal.Participant{}
	for _, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleGallery} {
		props := rehearsal.Props{}
		if role == testimony.RoleWitness {
			props = rehearsal.Props{Picture: capture.NewTestPicture(1, 320, 240, 15, nil), Sound: capture.NewTestSpeech(1)}
		}
		p, err := rehearsal.Join(t.Context(), seat(t, s, role).Link, props)
		must(t, err)
		t.Cleanup(p.Break)
		cast[role] = p
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	public, witness := cast[testimony.RoleGallery], string(seat(t, s, testimony.RoleWitness).ID)
	silhouettes := func() int {
		return public.Flows()[rehearsal.FlowKey{Publisher: witness, Kind: "video", Form: "silhouette"}].Frames
	}
	for round := range 12 {
		before := silhouettes()
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		if err := public.Until(ctx, func(*rehearsal.Participant) bool { return silhouettes() > before }); err != nil {
			t.Fatalf("round %d: the public sees nothing again", round)
		}
		cancel()
		for range round {
			must(t, s.SetMode(protection.ClosedMode, "Safety."))
			must(t, s.SetMode(protection.PublicMode, ""))
		}
	}
}
