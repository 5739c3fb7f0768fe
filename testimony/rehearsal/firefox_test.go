package rehearsal_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/peer/firefox"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// openFirefox starts a Firefox as it comes out of the box, but for its devices: it plays no sound before a click and tells a
// page without a camera no address.
func openFirefox(t *testing.T) *firefox.Browser {
	t.Helper()
	return firefox.Start(t, firefox.Preferences{
		"media.navigator.audio.fake_frequency":              int(rehearsal.WitnessMark.Tone),
		"media.autoplay.default":                            1,
		"media.peerconnection.ice.obfuscate_host_addresses": true,
	})
}

const allow = "Allow camera and microphone"

// foundIn waits for the probe of a window.
func foundIn(t *testing.T, w *firefox.Window, what, holds string) found {
	t.Helper()
	w.Until(what, "__found().then((f) => "+holds+")")
	return firefox.Evaluate[found](w, "__found()")
}

// awaitPictures returns when the bench has decoded so many pictures of Firefox's fake camera, which are of one colour all over
// and change it: a camera that sends black has the one colour only.
func awaitPictures(t *testing.T, s *live.Session, id testimony.ParticipantID, want int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), firefox.Patience)
	defer cancel()
	seen := make(chan [2]byte, want)
	defer s.Pictures(id, func(f *media.Frame) {
		middle := f.Height/4*f.StrideUV + f.Width/4
		select {
		case seen <- [2]byte{f.U[middle], f.V[middle]}:
		default:
		}
	})()
	colours := map[[2]byte]bool{}
	for n := 0; n < want || len(colours) < 2; n++ {
		select {
		case colour := <-seen:
			colours[colour] = true
		case <-ctx.Done():
			t.Fatalf("the bench decoded %d pictures in %d colours", n, len(colours))
		}
	}
}

func awaitState(t testing.TB, s *live.Session, what string, holds func(live.State) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), firefox.Patience)
	defer cancel()
	for {
		changed := s.Changed()
		if holds(s.State()) {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// silent holds when the public's window counts not one packet while counsel's sees several pictures. What was on its way
// when the mode changed is given a few rounds to arrive.
func silent(t *testing.T, gallery, prosecution *firefox.Window) {
	t.Helper()
	for range 6 {
		before := firefox.Evaluate[found](gallery, "__found()")
		start := firefox.Evaluate[found](prosecution, "__found()")
		foundIn(t, prosecution, "counsel to go on", fmt.Sprintf("f.flat > %d", start.Flat+5))
		if after := firefox.Evaluate[found](gallery, "__found()"); after.Packets == before.Packets && after.Pictures == before.Pictures {
			return
		}
	}
	t.Error("in private session the public goes on receiving")
}

// The whole page in Firefox: as a witness with a camera and a microphone, as counsel and as the public, each in a window
// with its own storage, through a hearing of the training vault.
func TestFirefoxHoldsAHearing(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := courtroom(t)
	b := openFirefox(t)
	preload := probeScript(t, true)
	witness, gallery, prosecution := b.Window(preload), b.Window(preload), b.Window(preload)
	id := seat(t, s, testimony.RoleWitness).ID

	witness.Open(seat(t, s, testimony.RoleWitness).Link)
	for _, name := range []string{"I have read this", allow, "Play a sound", "Yes, I heard it"} {
		witness.Press(name)
	}
	gallery.Open(seat(t, s, testimony.RoleGallery).Link)
	prosecution.Open(seat(t, s, testimony.RoleProsecution).Link)
	prosecution.Press(allow)
	interpreter, err := rehearsal.Join(t.Context(), seat(t, s, testimony.RoleInterpreter).Link,
		rehearsal.Props{Sound: rehearsal.InterpreterMark.Sound(capture.NewTestSpeech(2))})
	must(t, err)
	t.Cleanup(interpreter.Break)
	roles := []testimony.Role{testimony.RoleWitness, testimony.RoleGallery, testimony.RoleProsecution, testimony.RoleInterpreter}
	for _, role := range roles {
		awaitPresence(t, s, role, live.InLobby)
	}
	for w, role := range map[*firefox.Window]testimony.Role{witness: testimony.RoleWitness, gallery: testimony.RoleGallery} {
		w.Until("the lobby", `!document.getElementById("lobby").hidden`)
		words := firefox.Evaluate[[]string](w, `[...document.querySelectorAll("#words li")].map((w) => w.textContent)`)
		if want := seat(t, s, role).Words; !slices.Equal(words, want[:]) {
			t.Errorf("the %s's page shows the words %q, the bench %q", role, words, want)
		}
	}
	for _, role := range roles {
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	awaitPictures(t, s, id, 10)
	// Counsel's camera and microphone are the same fake ones as the witness's, and the public may receive them.
	prosecution.Press("Turn my camera off")
	prosecution.Press("Turn my microphone off")
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)

	foundIn(t, prosecution, "counsel to see and hear the witness", "f.flat > 5 && f.tones > 2")
	receives := foundIn(t, gallery, "the public to see the silhouette and to hear the interpreter", "f.pictures > 20 && f.interpreted > 2")
	silhouette := `#stage figure[data-publisher="` + string(id) + `"][data-form="silhouette"] video:not([hidden])`
	gallery.Until("the silhouette's tile", `document.querySelector('`+silhouette+`')?.videoWidth > 0`)
	public := func(when string, f found) {
		t.Helper()
		if f.Flat != 0 || f.Tones != 0 {
			t.Errorf("%s the witness's camera was found in %d pictures of the public and the voice in %d sounds", when, f.Flat, f.Tones)
		}
		if n := firefox.Evaluate[int](gallery, `document.querySelectorAll('figure[data-publisher="`+string(id)+`"][data-form="clear"]').length`); n != 0 {
			t.Errorf("%s the public's page has a clear tile of the witness", when)
		}
	}
	public("in public session", receives)
	gallery.Press("Turn sound on")
	gallery.Until("sound", `document.getElementById("sound").hidden && [...document.querySelectorAll("#voices audio")].every((a) => !a.paused)`)

	must(t, s.SetMode(protection.PrivateMode, "A question about family."))
	gallery.Until("the slate", `!document.getElementById("slate").hidden && document.getElementById("banner").dataset.banner === "private"`)
	if n := firefox.Evaluate[int](gallery, `[...document.querySelectorAll("#hearing video, #voices audio")].filter((e) => e.srcObject).length`); n != 0 {
		t.Errorf("in private session the public's page plays %d pictures and voices", n)
	}
	if text := gallery.Text("#banner-more"); text != "Reason: A question about family." {
		t.Errorf("the public is told %q", text)
	}
	silent(t, gallery, prosecution)
	must(t, s.SetMode(protection.PublicMode, ""))
	gallery.Until("the silhouette to come back", `document.querySelector('`+silhouette+`')?.videoWidth > 0 && document.getElementById("slate").hidden`)
	public("in public session again", foundIn(t, gallery, "the interpreter to be heard again", fmt.Sprintf("f.interpreted > %d", receives.Interpreted+2)))

	witness.Press("I need a break")
	awaitState(t, s, "the request for a break", func(st live.State) bool { return len(st.Requests) == 1 })
	witness.Reload() // the device is known, and starts its camera by itself or by the one button
	// Firefox can say that devices are granted and still keep a page waiting that was loaded again; then the witness presses the button.
	witness.Until("the hearing or the button",
		`(window.asked = (window.asked ?? 0) + 1) > 100 || !document.getElementById("hearing").hidden`)
	if firefox.Evaluate[bool](witness, `document.getElementById("hearing").hidden`) {
		witness.Press(firefox.Evaluate[string](witness, `document.getElementById("allow").textContent.trim()`))
	}
	witness.Until("the hearing", `!document.getElementById("hearing").hidden`)
	awaitPresence(t, s, testimony.RoleWitness, live.Admitted)
	awaitPictures(t, s, id, 10)

	witness.Press("Leave")
	witness.Until("the question", `document.getElementById("leaving").open`)
	witness.Press("Stay")
	must(t, s.Remove(seat(t, s, testimony.RoleGallery).ID, "Disturbance."))
	gallery.Until("the end", `!document.getElementById("ended").hidden`)
	for who, w := range map[string]*firefox.Window{"witness": witness, "gallery": gallery, "prosecution": prosecution} {
		for _, said := range w.Said() {
			t.Errorf("the %s's console has %q", who, said)
		}
	}
}
