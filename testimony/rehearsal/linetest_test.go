package rehearsal_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"paravent/testimony"
	"paravent/testimony/live"
)

// The witness's page tries devices and line in a real browser, before anybody is let in, and the bench sees what it found.
func TestTheJoinPageTriesItsLine(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := courtroom(t)
	w := openBrowser(t, fakeCamera(t)...)
	w.run(chromedp.Navigate(seat(t, s, testimony.RoleWitness).Link))
	for _, name := range []string{"I have read this", "Allow camera and microphone", "Play a sound"} {
		w.press(name)
	}
	w.run(chromedp.WaitVisible(chromedp.CSS("#check-yes")), chromedp.Sleep(1_500_000_000)) // the fake microphone has a word to say
	w.press("Yes, I heard it")
	awaitState(t, s, "the test", func(live.State) bool { return seat(t, s, testimony.RoleWitness).LineTest != nil })
	got := *seat(t, s, testimony.RoleWitness).LineTest
	if !got.Camera || !got.Microphone || !got.Speaker || got.Down < 700 || got.Up < 700 || got.RoundTrip < 1 || got.Relay || len(got.Faults()) > 0 {
		t.Errorf("the page found %+v", got)
	}
	if st := seat(t, s, testimony.RoleWitness).Presence; st != live.InLobby {
		t.Errorf("the witness is %s", st)
	}
}
