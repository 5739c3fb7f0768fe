package join_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/testimony/invite"
	"paravent/testimony/join"
)

// spy counts what a page asks of its devices and keeps its connections.
const spy = `
	window.spied = {devices: 0, connections: []};
	const media = navigator.mediaDevices;
	if (media) {
		const own = media.getUserMedia.bind(media);
		media.getUserMedia = (...a) => { window.spied.devices++; return own(...a); };
	}
	const Own = window.RTCPeerConnection;
	window.RTCPeerConnection = class extends Own {
		constructor(c) { super(c); window.spied.connections.push(this); window.spied.servers = c?.iceServers?.length ?? 0; }
	};`

func watched(t *testing.T, languages string, actions ...step) *tab {
	t.Helper()
	p := openTab(t, languages, actions...)
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: spy})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// camera is a guest whose picture others are shown.
func camera(t *testing.T, court *fakeCourt) *feed {
	t.Helper()
	link, seat := court.invite("witness", "Witness B")
	p := openTab(t, "en", chromedp.Navigate(link))
	guest := seat.next(t)
	p.press("I have read this")
	p.press("Allow camera and microphone")
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	out := &feed{arrived: make(chan struct{})}
	err := guest.offer(true, nil, func(pc *webrtc.PeerConnection, track *webrtc.TrackRemote) {
		if track.Kind() == webrtc.RTPCodecTypeVideo {
			mirror(pc, track, out, func() { out.first.Do(func() { close(out.arrived) }) })
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-out.arrived:
	case <-time.After(20 * time.Second):
		t.Fatalf("no picture came of the witness; the page said %q", p.spoken())
	}
	return out
}

// feed writes one picture to any number of tracks.
type feed struct {
	first   sync.Once
	arrived chan struct{}

	mu     sync.Mutex
	tracks []*webrtc.TrackLocalStaticRTP
}

func (f *feed) track(t *testing.T) *webrtc.TrackLocalStaticRTP {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	id := fmt.Sprint("t", len(f.tracks))
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, id, id)
	if err != nil {
		t.Fatal(err)
	}
	f.tracks = append(f.tracks, track)
	return track
}

func (f *feed) WriteRTP(packet *rtp.Packet) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, track := range f.tracks {
		_ = track.WriteRTP(packet) // a guest that went away sees nothing more
	}
	return nil
}

func watching(mode string) join.State {
	return join.State{
		Phase: "testimony", Mode: mode, Admitted: true,
		What: map[string]join.Reception{"gallery": concealed()}, Clock: join.Clock{Court: "Europe/Paris"},
		People: []join.Person{{ID: "s1", Role: "witness", Label: "Witness B", Speaking: true}, {ID: "bench", Role: "bench"}},
	}
}

func TestGalleryAsksForNothingAndSeesASlateInPrivate(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	picture := camera(t, court)
	link, seat := court.invite("gallery", "Public gallery")
	p := watched(t, "en", chromedp.EmulateViewport(1280, 800))
	p.run(chromedp.Navigate(link))
	guest := seat.next(t)
	if err := guest.Send(join.State{Phase: "lobby", Mode: "public"}); err != nil {
		t.Fatal(err)
	}
	p.until("the lobby", "!document.getElementById('lobby').hidden")
	p.shot("lobby-gallery-1280")

	if err := guest.Send(watching("public")); err != nil {
		t.Fatal(err)
	}
	if err := guest.offer(false, []line{{"s1", "silhouette", picture.track(t)}, {"s2", "clear", newVoice(t)}}, nil); err != nil {
		t.Fatal(err)
	}
	p.until("the drawing", decoding("s1", "silhouette"))
	p.press("Turn sound on") // the browser lets no sound through before a click
	p.until("the sound", "document.getElementById('sound').hidden && "+
		"[...document.querySelectorAll('audio')].length === 1 && !document.querySelector('audio').paused")
	if what := p.text("#what"); what != "You see a drawing in place of the witness. You hear the interpreter only." {
		t.Errorf("the gallery reads %q", what)
	}
	p.shot("hearing-gallery-1280")

	private := watching("private")
	private.What = map[string]join.Reception{"gallery": {Picture: "nothing", Voice: "nothing"}}
	private.Reason, private.Returning = "Family matters", "2026-03-02T14:30:00Z"
	if err := guest.Send(private); err != nil {
		t.Fatal(err)
	}
	p.until("the slate", "!document.getElementById('slate').hidden")
	if n := ask[int](p, "document.querySelectorAll('figure[data-publisher=s1] video').length && "+
		"[...document.querySelectorAll('figure[data-publisher=s1] video')].filter(v => v.srcObject).length"); n != 0 {
		t.Errorf("in a private session %d pictures are still shown", n)
	}
	if n := ask[int](p, "document.querySelectorAll('audio').length"); n != 0 {
		t.Errorf("in a private session %d voices still play", n)
	}
	if banner := p.text("#banner"); !strings.Contains(banner, "Reason: Family matters. Expected to go on at 15:30.") {
		t.Errorf("the banner says %q", banner)
	}
	p.shot("slate-gallery-1280")

	// Off the roster of a closed session, the connection is gone, not hidden.
	if err := guest.Send(join.State{Phase: "testimony", Mode: "closed"}); err != nil {
		t.Fatal(err)
	}
	p.until("the connection closed", "window.spied.connections.length === 1 && "+
		"window.spied.connections.every(c => c.connectionState === 'closed')")
	if n := ask[int](p, "window.spied.devices"); n != 0 {
		t.Errorf("the gallery page asked %d times for a camera or microphone", n)
	}
	if n := ask[int](p, "window.spied.servers"); n != 0 {
		t.Errorf("the page uses %d servers that nobody gave it", n)
	}
	guest.Close(join.Bye{})
	p.until("the end", "document.getElementById('ended-text').textContent.startsWith('The hearing has ended')")
	p.onlyHost(court.server.Base())
}

func TestDeviceComesBackAfterReloadAndAfterALostConnection(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("defence", "Counsel for the defence")
	p := openTab(t, "en", chromedp.Navigate(link))
	first := seat.next(t)
	p.press("Allow camera and microphone")
	if first.Guest().Returns {
		t.Error("the first use counts as a return")
	}

	p.run(chromedp.Reload())
	second := seat.next(t)
	if !second.Guest().Returns {
		t.Error("after a reload the device is not known again")
	}
	state := testifying()
	state.What = map[string]join.Reception{"defence": clear()}
	if err := second.Send(state); err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden || !document.getElementById('devices').hidden")

	second.Close(nil)
	third := seat.next(t)
	if !third.Guest().Returns {
		t.Error("after a lost connection the device is not known again")
	}
	words := third.Words()
	p.until("the new words", "document.getElementById('lost').hidden")
	if err := third.Send(join.State{Phase: "lobby"}); err != nil {
		t.Fatal(err)
	}
	if ask[bool](p, "document.getElementById('devices').hidden") {
		p.until("the same words", "document.getElementById('words').textContent === '"+strings.Join(words[:], "")+"'")
	}
	if n := court.alarmed(); n != 0 {
		t.Errorf("coming back raised %d alarms", n)
	}

	// The link alone, on another device, opens nothing and is noticed.
	other := openTab(t, "en", chromedp.Navigate(link))
	other.until("the refusal", "!document.getElementById('ended').hidden")
	if said := other.text("#ended-text"); !strings.Contains(said, "used on another device") {
		t.Errorf("the second device reads %q", said)
	}
	if n := court.alarmed(); n != 1 {
		t.Errorf("the second device raised %d alarms", n)
	}
}

// Every role's page stands on a narrow phone and on wide screens without anything cut off, in both languages, and every
// control has a name and is large enough to hit.
func TestEveryRoleFitsEveryScreen(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	picture := camera(t, court)
	for n, role := range []string{
		"witness", "interpreter", "prosecution", "defence", "accused", "support", "coordinator", "gallery", "judge", "assessor", "press",
	} {
		link, seat := court.invite(role, "Seat "+role)
		lang := []string{"en", "fr"}[n%2]
		p := openTab(t, lang, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(link))
		guest := seat.next(t)
		if role == "witness" {
			p.press(map[string]string{"en": "I have read this", "fr": "J’ai lu ces informations"}[lang])
		}
		if role != "gallery" && role != "press" {
			p.press(map[string]string{"en": "Allow camera and microphone", "fr": "Autoriser la caméra et le micro"}[lang])
		}
		state := testifying()
		state.Clock.Witness = ""
		if role != "witness" {
			state.What = map[string]join.Reception{role: clear()}
		}
		state.People = append(state.People, join.Person{ID: "s1", Role: "witness", Label: "Witness B", Speaking: true})
		if err := guest.Send(state); err != nil {
			t.Fatal(err)
		}
		lines := []line{{"s1", "clear", picture.track(t)}, {"bench", "clear", picture.track(t)}, {"s2", "clear", picture.track(t)}}
		if err := guest.offer(role != "gallery" && role != "press", lines, nil); err != nil {
			t.Fatal(err)
		}
		p.until("a picture", decoding("s1", "clear"))
		p.until("a picture", decoding("bench", "clear"))
		for _, size := range [][2]int64{{360, 640}, {1280, 800}, {1920, 1080}} {
			p.run(chromedp.EmulateViewport(size[0], size[1]))
			if wide := ask[int](p, "document.documentElement.scrollWidth"); wide > int(size[0]) {
				t.Errorf("%s is %d wide on a screen of %d", role, wide, size[0])
			}
			bad := ask[[]string](p, `[...document.querySelectorAll('button, select, summary')].filter(e => e.offsetParent)
				.filter(e => !(e.getAttribute('aria-label') || e.textContent).trim() || e.getBoundingClientRect().height < 48
					|| e.scrollWidth > e.clientWidth + 1)
				.map(e => e.id || e.outerHTML)`)
			if len(bad) > 0 {
				t.Errorf("%s at %d: controls without a name, cut off or too small: %v", role, size[0], bad)
			}
			p.shot(fmt.Sprintf("role-%s-%s-%d", role, lang, size[0]))
		}
		guest.Close(join.Bye{})
	}
}

// A witness who cannot use a mouse reaches every button with the keyboard, in the order in which they stand.
func TestKeyboardReachesTheButtons(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	p := openTab(t, "en", chromedp.EmulateViewport(1280, 800), chromedp.Navigate(link))
	guest := seat.next(t)
	p.press("I have read this")
	p.press("Allow camera and microphone")
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden")
	var reached []string
	for range 12 {
		p.run(chromedp.KeyEvent("\t"))
		reached = append(reached, ask[string](p, "document.activeElement.id"))
		if reached[len(reached)-1] != "" && !ask[bool](p,
			"parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2 || document.activeElement.id === 'main'") {
			t.Errorf("the focus on %s cannot be seen", reached[len(reached)-1])
		}
	}
	order := []string{"ask-understand", "ask-break", "ask-pause", "ask-someone", "microphone"}
	at := -1
	for _, id := range order {
		now := slices.Index(reached, id)
		if now <= at {
			t.Errorf("%s is not reached in its order: %v", id, reached)
		}
		at = now
	}
	ask[bool](p, "document.getElementById('ask-break').focus() ?? true")
	p.run(chromedp.KeyEvent("\r"))
	var asked join.Request
	guest.await(t, join.TypeRequest, &asked)
	if asked.Kind != join.AskBreak {
		t.Errorf("Enter asked for %q", asked.Kind)
	}
}

func newVoice(t *testing.T) *webrtc.TrackLocalStaticRTP {
	t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "c", "d")
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func TestRefusalsAreOneSentence(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	for _, c := range []struct {
		name string
		link func() string
		en   string
		fr   string
	}{
		{"expired", func() string {
			link, seat := court.invite("witness", "Witness B")
			court.change(seat, func(i *invite.Invitation) { i.Expires = court.now.Add(-1) })
			return link
		}, "This link has expired. Ask whoever sent it for a new one.", "Ce lien a expiré. Demandez-en un nouveau à la personne qui l’a envoyé."},
		{"revoked", func() string {
			link, seat := court.invite("witness", "Witness B")
			court.change(seat, func(i *invite.Invitation) { i.Revoked = true })
			return link
		}, "This link has been withdrawn. Ask whoever sent it for a new one.", "Ce lien a été retiré. Demandez-en un nouveau à la personne qui l’a envoyé."},
		{"unknown", func() string {
			other := newCourt(t, "127.0.0.1:0")
			link, _ := other.invite("witness", "Witness B")
			return strings.Replace(link, other.server.Base(), court.server.Base(), 1)
		}, "This link is not known. Check that it is complete, or ask whoever sent it.", "Ce lien n’est pas connu. Vérifiez qu’il est complet, ou demandez à la personne qui l’a envoyé."},
		{"incomplete", func() string {
			link, _ := court.invite("witness", "Witness B")
			cut, _, _ := strings.Cut(link, "#")
			return cut
		}, "The link is not complete. Open it again from the message you received.", "Le lien n’est pas complet. Ouvrez-le à nouveau depuis le message reçu."},
	} {
		t.Run(c.name, func(t *testing.T) {
			for lang, want := range map[string]string{"en": c.en, "fr": c.fr} {
				p := openTab(t, lang, chromedp.Navigate(c.link()))
				p.until("a refusal", "!document.getElementById('ended').hidden")
				if said := p.text("#ended-text"); said != want {
					t.Errorf("in %s the page says %q, want %q", lang, said, want)
				}
				if lang == "en" {
					p.shot("refused-" + c.name)
				}
			}
		})
	}
}

func TestFrenchWitnessReadsTheSameWords(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Témoin B")
	p := openTab(t, "fr-FR,fr", chromedp.EmulateViewport(360, 740), dark)
	p.run(chromedp.Navigate(link))
	guest := seat.next(t)
	if guest.Lang() != "fr" {
		t.Errorf("the page said its language is %q", guest.Lang())
	}
	p.press("J’ai lu ces informations")
	p.until("camera and microphone", "!document.getElementById('devices').hidden")
	p.shot("devices-fr-phone-dark")
	p.press("Autoriser la caméra et le micro")
	p.press("Jouer un son")
	p.press("Oui, je l’ai entendu")
	p.until("the lobby", "!document.getElementById('lobby').hidden")
	shown := ask[[]string](p, "[...document.querySelectorAll('#words li')].map(e => e.textContent)")
	if w := guest.Words(); !slices.Equal(shown, w[:]) {
		t.Errorf("the page shows %q, the court has %q", shown, w)
	}
	p.shot("lobby-fr-phone-dark")
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden")
	what := p.text("#what")
	for _, sentence := range []string{
		"Le juge, le procureur, l’avocat de la défense et l’interprète vous voient et vous entendent.",
		"Le public ne voit qu’un dessin et n’entend que l’interprète.",
	} {
		if !strings.Contains(what, sentence) {
			t.Errorf("the page does not say %q but %q", sentence, what)
		}
	}
	p.shot("hearing-fr-phone-dark")
	p.press("Quitter")
	p.until("the question", "document.getElementById('leaving').open")
	p.shot("leave-fr-phone-dark")
}

var dark = chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	return err
})
