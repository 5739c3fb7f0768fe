package rehearsal_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"paravent/media/capture"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
	"paravent/testimony/relay"
)

// A testimony that carries a known pattern and a known tone is recorded, and played when another witness of the case is heard. Counsel's browser finds both in
// what it receives; the gallery's browser, which receives the public version, finds neither, and receives nothing at all in private.
func TestChromiumIsPlayedARecordedTestimony(t *testing.T) {
	if testing.Short() {
		t.Skip("needs two browsers")
	}
	s, d := courtroomWithDesk(t, relay.Reach{})
	join := func(role testimony.Role, p rehearsal.Props) {
		t.Helper()
		guest, err := rehearsal.Join(t.Context(), seat(t, s, role).Link, p)
		must(t, err)
		t.Cleanup(guest.Leave)
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	join(testimony.RoleWitness, rehearsal.Props{Picture: capture.NewTestPicture(1, 640, 480, 15, rehearsal.WitnessMark.Draw), Sound: rehearsal.WitnessMark.Sound(capture.NewTestSpeech(1))})
	join(testimony.RoleInterpreter, rehearsal.Props{Sound: rehearsal.InterpreterMark.Sound(capture.NewTestSpeech(2))})
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	awaitState(t, s, "a recording", func(st live.State) bool { return st.Recorded.Seconds() > 12 })
	recorded := s.State().Hearing.ID
	_, err := s.Close(context.WithoutCancel(t.Context()))
	must(t, err)

	h, err := d.FindHearing(t.Context(), "hearing-2")
	must(t, err)
	_, err = d.DecideWithoutPermission(t.Context(), h.ID, "a test")
	must(t, err)
	s, err = live.Open(context.Background(), live.Config{Desk: d, Hearing: h.ID})
	must(t, err)
	t.Cleanup(s.Abandon)
	gallery, prosecution := openBrowser(t), openBrowser(t)
	gallery.run(chromedp.Navigate(seat(t, s, testimony.RoleGallery).Link))
	prosecution.run(chromedp.Navigate(seat(t, s, testimony.RoleProsecution).Link))
	prosecution.press("Allow camera and microphone")
	for _, role := range []testimony.Role{testimony.RoleGallery, testimony.RoleProsecution} {
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.Playback))
	must(t, s.OpenTestimony(t.Context(), recorded))
	if f := gallery.found(); f.Sounds != 0 {
		t.Errorf("before it runs the gallery has %+v", f)
	}
	must(t, s.PlayTestimony())
	prosecution.until("counsel to see and hear the recorded witness", func(f found) bool { return f.Marked > 5 && f.Tones > 5 })
	if text := prosecution.text("body"); !strings.Contains(text, "A testimony recorded earlier") {
		t.Errorf("no tile is named as the recording: %q", text)
	}
	f := gallery.until("the gallery to see and hear the public version", func(f found) bool { return f.Pictures > 10 && f.Interpreted > 5 })
	if f.Marked != 0 || f.Tones != 0 {
		t.Errorf("the gallery was played the witness: %+v", f)
	}
	must(t, s.MoveTestimony(0)) // so that it does not end meanwhile
	must(t, s.SetMode(protection.PrivateMode, "Family."))
	receivesNothing(t, protection.PrivateMode, gallery, prosecution)
}
