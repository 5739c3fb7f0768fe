package join_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/pion/webrtc/v4"

	"paravent/testimony/join"
)

func clear() join.Reception { return join.Reception{Picture: "clear", Voice: "clear"} }

func concealed() join.Reception {
	return join.Reception{Picture: "silhouette", Voice: "interpreter_only"}
}

var everyone = map[string]join.Reception{
	"bench": clear(), "prosecution": clear(), "defence": clear(), "interpreter": clear(),
	"accused": {Picture: "nothing", Voice: "clear"}, "gallery": concealed(),
}

func testifying() join.State {
	return join.State{
		Phase: "testimony", Mode: "public", Admitted: true, Publish: join.Publish{Audio: true, Video: true}, What: everyone,
		Clock: join.Clock{Court: "Europe/Paris", Witness: "Asia/Kathmandu"},
		People: []join.Person{
			{ID: "bench", Role: "bench"}, {ID: "s2", Role: "defence", Label: "Counsel for the defence"},
		},
	}
}

// decoding is true in a page once the picture of a publisher in a form plays.
func decoding(publisher, form string) string {
	return `document.querySelector('figure[data-publisher="` + publisher + `"][data-form="` + form + `"] video')?.videoWidth > 0`
}

func TestWitnessFromLinkToRemoval(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	p := openTab(t, "en-GB", chromedp.EmulateViewport(390, 844))
	p.run(chromedp.Navigate(link))
	guest := seat.next(t)

	// The secret is out of the address bar.
	if strings.Contains(ask[string](p, "location.href"), "#") {
		t.Errorf("the address bar still shows the secret")
	}

	p.until("what one can do and what to mind", "!document.getElementById('before').hidden")
	p.shot("before-en-phone")
	p.press("I have read this")
	var took join.Prepared
	guest.await(t, join.TypePrepared, &took)
	if took.Step != join.StepRights {
		t.Errorf("the page says that the step %q was taken", took.Step)
	}
	p.press("Allow camera and microphone")
	var sent join.Media
	guest.await(t, join.TypeMedia, &sent)
	if !sent.Audio || !sent.Video {
		t.Errorf("the page says %+v of its devices", sent)
	}

	// Lobby: the same words on both sides, and no connection for media.
	if err := guest.Send(join.State{Phase: "lobby", Mode: "public"}); err != nil {
		t.Fatal(err)
	}
	p.until("the check of the devices", "!document.getElementById('checking').hidden")
	p.until("the level of the microphone", "Number(document.getElementById('checking-meter').getAttribute('aria-valuenow')) > 0")
	p.press("Play a sound")
	p.shot("checking-en-phone")
	p.press("Yes, I heard it")
	guest.await(t, join.TypePrepared, &took)
	if took.Step != join.StepDevices {
		t.Errorf("the page says that the step %q was taken", took.Step)
	}
	p.until("the lobby", "!document.getElementById('lobby').hidden")
	words := ask[[]string](p, "[...document.querySelectorAll('#words li')].map(e => e.textContent)")
	if w := guest.Words(); !slices.Equal(words, w[:]) {
		t.Errorf("the page shows the words %q, the court has %q", words, w)
	}
	p.until("the level of the microphone", "Number(document.getElementById('meter').getAttribute('aria-valuenow')) > 0")
	p.shot("lobby-en-phone")

	// Admitted: the court receives the picture and sends it back as the judge's.
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	judge := newTrack(t)
	var pictures, sounds atomic.Int64
	err := guest.offer(true, []line{{"bench", "clear", judge}}, func(pc *webrtc.PeerConnection, track *webrtc.TrackRemote) {
		if track.Kind() == webrtc.RTPCodecTypeAudio {
			mirror(pc, track, nil, func() { sounds.Add(1) })
			return
		}
		mirror(pc, track, judge, func() { pictures.Add(1) })
	})
	if err != nil {
		t.Fatal(err)
	}
	p.until("the judge's picture", decoding("bench", "clear"))
	if pictures.Load() == 0 || sounds.Load() == 0 {
		t.Errorf("the court received %d packets of picture and %d of sound", pictures.Load(), sounds.Load())
	}
	if banner := p.text("#banner"); !strings.Contains(banner, "Public session") {
		t.Errorf("the banner says %q", banner)
	}
	what := p.text("#what")
	for _, sentence := range []string{
		"The judge, the lawyers and the interpreter see and hear you.",
		"The public sees only a drawing and hears only the interpreter.",
		"The accused person does not see you but hears you.",
		"You will not see the accused person.",
	} {
		if !strings.Contains(what, sentence) {
			t.Errorf("the page does not say %q but %q", sentence, what)
		}
	}
	p.shot("hearing-en-phone")

	// Each button tells the court.
	for _, b := range []struct{ name, kind string }{
		{"I did not understand", "understand"}, {"I need a break", "break"},
	} {
		p.press(b.name)
		var asked join.Request
		guest.await(t, join.TypeRequest, &asked)
		if asked.Kind != b.kind {
			t.Errorf("%q asked for %q", b.name, asked.Kind)
		}
	}
	p.press("Turn my microphone off")
	guest.await(t, join.TypeMedia, &sent)
	if sent.Audio || !sent.Video {
		t.Errorf("with the microphone off the page says %+v", sent)
	}

	// A change of mode changes the banner; a change of form takes the old picture down.
	private := testifying()
	private.Mode, private.Reason = "private", "Family matters"
	if err := guest.Send(private); err != nil {
		t.Fatal(err)
	}
	p.until("the private banner", "document.getElementById('banner').dataset.banner === 'private'")
	if banner := p.text("#banner"); !strings.Contains(banner, "Private session") || !strings.Contains(banner, "Family matters") {
		t.Errorf("the banner says %q", banner)
	}
	if err := guest.reoffer([]line{{"bench", "silhouette", newTrack(t)}}); err != nil {
		t.Fatal(err)
	}
	p.until("the new form", `document.querySelectorAll('figure[data-publisher="bench"][data-form="silhouette"]').length === 1`)
	p.until("the old picture gone", `!(document.querySelector('figure[data-publisher="bench"] video').videoWidth > 0)`)

	// In a break nothing is sent.
	rest := testifying()
	rest.Phase, rest.Publish = "break", join.Publish{}
	if err := guest.Send(rest); err != nil {
		t.Fatal(err)
	}
	p.until("the break", "document.getElementById('banner').dataset.banner === 'break'")
	if what := p.text("#what"); what != "Nobody sees or hears you now." {
		t.Errorf("in a break the page says %q", what)
	}

	// Removed: one sentence, no connection, no camera.
	guest.Close(join.Removed{Reason: "bench"})
	p.until("the end", "!document.getElementById('ended').hidden")
	if said := p.text("#ended-text"); said != "The court has ended your part in the hearing." {
		t.Errorf("removed, the page says %q", said)
	}
	p.until("the camera off", "!document.getElementById('self-picture').srcObject.active")
	<-guest.Done()
	p.onlyHost(court.server.Base())
}

func newTrack(t *testing.T) *webrtc.TrackLocalStaticRTP {
	t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	return track
}
