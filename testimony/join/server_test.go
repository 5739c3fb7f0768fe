package join_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
)

func dial(t *testing.T, link string, options guest.Options) *guest.Session {
	t.Helper()
	g, err := tryDial(t, link, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func tryDial(t *testing.T, link string, options guest.Options) (*guest.Session, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return guest.Dial(ctx, link, options)
}

func device(t *testing.T) *invite.DeviceKey {
	t.Helper()
	key, err := invite.NewDeviceKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestPlainHTTPStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	court := &fakeCourt{t: t}
	for listen, want := range map[string]error{
		"http://0.0.0.0:0": join.ErrPlain, "http://192.0.2.7:80": join.ErrPlain, "http://court.example:80": join.ErrPlain,
		"http://:80": join.ErrPlain, "": join.ErrListen, "127.0.0.1": join.ErrListen, "ftp://127.0.0.1:0": join.ErrListen,
		"https://127.0.0.1:0/x": join.ErrListen,
	} {
		server, err := join.Listen(t.Context(), join.Config{Listen: listen, Court: court})
		if !errors.Is(err, want) {
			t.Errorf("listen on %q: %v, want %v", listen, err, want)
		}
		if server != nil {
			_ = server.Close(t.Context())
		}
	}
}

func TestAddressesThatOthersReachAreEncrypted(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "0.0.0.0:0")
	if base := court.server.Base(); !strings.HasPrefix(base, "https://") || strings.Contains(base, "0.0.0.0") {
		t.Errorf("guests are sent to %s", base)
	}
	if f := court.server.Fingerprint(); len(f) != 32*3-1 {
		t.Errorf("the fingerprint is %q", f)
	}
	if plain := newCourt(t, "127.0.0.1:0"); plain.server.Fingerprint() != "" || !strings.HasPrefix(plain.server.Base(), "http://127.0.0.1:") {
		t.Errorf("on this machine the page is at %s", plain.server.Base())
	}
}

func TestGuestPinsTheCertificate(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "https://127.0.0.1:0")
	link, seat := court.invite("interpreter", "Interpreter")
	if _, err := tryDial(t, link, guest.Options{}); err == nil {
		t.Error("a certificate that nobody vouches for was trusted")
	}
	other := newCourt(t, "https://127.0.0.1:0").server.Fingerprint()
	if _, err := tryDial(t, link, guest.Options{Fingerprint: other}); !errors.Is(err, guest.ErrCertificate) {
		t.Errorf("another court's certificate: %v", err)
	}
	g := dial(t, link, guest.Options{Fingerprint: strings.ToLower(court.server.Fingerprint()), Lang: "fr"})
	d := seat.next(t)
	if g.Words() != d.Words() || d.Lang() != "fr" || g.Welcome().Role != "interpreter" || g.Welcome().Label != "Interpreter" {
		t.Errorf("guest has %v and %+v, court has %v", g.Words(), g.Welcome(), d.Words())
	}
}

func TestMessagesGoBothWaysInOrder(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	g := dial(t, link, guest.Options{})
	d := seat.next(t)
	asks := []string{join.AskUnderstand, join.AskBreak, join.AskPause, join.AskAlarm, join.AskHand}
	for _, kind := range asks {
		if err := g.Send(join.Request{Kind: kind}); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range asks {
		var asked join.Request
		d.await(t, join.TypeRequest, &asked)
		if asked.Kind != kind {
			t.Errorf("%s came in place of %s", asked.Kind, kind)
		}
	}
	want := testifying()
	if err := d.Send(want); err != nil {
		t.Fatal(err)
	}
	m := <-g.Messages()
	var got join.State
	if err := m.Decode(&got); err != nil || m.Type != join.TypeState {
		t.Fatalf("%s: %v", m.Type, err)
	}
	if got.Phase != want.Phase || got.What["gallery"] != want.What["gallery"] || got.People[1] != want.People[1] {
		t.Errorf("the state arrives as %+v", got)
	}
	d.Session.Close(join.Removed{Reason: "bench"})
	m, more := <-g.Messages()
	if !more || m.Type != join.TypeRemoved {
		t.Errorf("the last message is %q", m.Type)
	}
	if _, more := <-g.Messages(); more {
		t.Error("something follows the last message")
	}
}

func TestGoodbyeArrivesBeforeTheEnd(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	g := dial(t, link, guest.Options{})
	d := seat.next(t)
	g.Close()
	m := <-d.got
	if m.Type != join.TypeLeave {
		t.Errorf("the guest's last message is %q", m.Type)
	}
	<-d.Done()
}

func TestInvitationIsForOneDevice(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	mine := guest.Options{Device: device(t)}
	first := dial(t, link, mine)
	one := seat.next(t)
	first.Break()
	<-one.Done()
	dial(t, link, mine)
	if again := seat.next(t); !again.Guest().Returns {
		t.Error("the device is not known again")
	}
	if _, err := tryDial(t, link, guest.Options{Device: device(t)}); !errors.Is(err, invite.Used) {
		t.Errorf("another device: %v", err)
	}
	if n := court.alarmed(); n != 1 {
		t.Errorf("%d alarms", n)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	expired, seat := court.invite("witness", "Witness B")
	court.change(seat, func(i *invite.Invitation) { i.Expires = court.now })
	revoked, seat := court.invite("witness", "Witness B")
	court.change(seat, func(i *invite.Invitation) { i.Revoked = true })
	secret, err := invite.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for link, want := range map[string]error{
		expired: invite.Expired, revoked: invite.Revoked, court.server.Link(secret).String(): invite.Unknown,
	} {
		if _, err := tryDial(t, link, guest.Options{}); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestFailedHandshakesFromOneAddressHaveToWait(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, _ := court.invite("witness", "Witness B")
	secret, err := invite.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unknown := court.server.Link(secret).String()
	for range 10 {
		if _, err := tryDial(t, unknown, guest.Options{}); !errors.Is(err, invite.Unknown) {
			t.Fatal(err)
		}
	}
	if _, err := tryDial(t, link, guest.Options{}); !errors.Is(err, invite.Busy) {
		t.Errorf("after ten failures: %v", err)
	}
}

// raw opens a WebSocket as a hostile page would.
func raw(t *testing.T, court *fakeCourt, headers http.Header) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ws, response, err := websocket.Dial(ctx, court.server.Base()+"/s", &websocket.DialOptions{HTTPHeader: headers})
	if err == nil {
		t.Cleanup(func() { _ = ws.CloseNow() })
	}
	return ws, response, err
}

func TestOtherSitesCannotConnect(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	_, response, err := raw(t, court, http.Header{"Origin": {"https://elsewhere.example"}})
	if err == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site: %v", err)
	}
	if _, _, err := raw(t, court, http.Header{"Origin": {court.server.Base()}}); err != nil {
		t.Errorf("the court's own page: %v", err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, court.server.Base()+"/j/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "elsewhere.example"
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another site's name the page answers %s", answer.Status)
	}
}

func TestWhateverIsNoHandshakeEndsTheConnection(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, _ := court.invite("witness", "Witness B")
	l, err := invite.ParseLink(link)
	if err != nil {
		t.Fatal(err)
	}
	opening := func() (*invite.GuestHandshake, []byte) {
		g, frame, err := invite.NewGuestHandshake(l.Secret, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return g, frame
	}
	ctx := t.Context()
	for name, act := range map[string]func(*websocket.Conn) error{
		"no JSON":   func(ws *websocket.Conn) error { return ws.Write(ctx, websocket.MessageText, []byte("hello")) },
		"binary":    func(ws *websocket.Conn) error { return ws.Write(ctx, websocket.MessageBinary, []byte("{}")) },
		"too large": func(ws *websocket.Conn) error { return ws.Write(ctx, websocket.MessageText, make([]byte, 5000)) },
		"another key than committed to": func(ws *websocket.Conn) error {
			_, first := opening()
			if err := ws.Write(ctx, websocket.MessageText, first); err != nil {
				return err
			}
			_, second, err := ws.Read(ctx)
			if err != nil {
				return err
			}
			other, _ := opening()
			third, _, err := other.Reveal(second)
			if err != nil {
				return err
			}
			return ws.Write(ctx, websocket.MessageText, third)
		},
		"a hello with another device's signature": func(ws *websocket.Conn) error {
			g, first := opening()
			if err := ws.Write(ctx, websocket.MessageText, first); err != nil {
				return err
			}
			_, second, err := ws.Read(ctx)
			if err != nil {
				return err
			}
			third, channel, err := g.Reveal(second)
			if err != nil {
				return err
			}
			if err := ws.Write(ctx, websocket.MessageText, third); err != nil {
				return err
			}
			signature, err := device(t).Sign(channel.Transcript())
			if err != nil {
				return err
			}
			hello, err := json.Marshal(join.Hello{
				Device: device(t).Device().JWK(), Signature: base64.RawURLEncoding.EncodeToString(signature), Lang: "en",
			})
			if err != nil {
				return err
			}
			sealed, err := channel.Seal(hello)
			if err != nil {
				return err
			}
			return ws.Write(ctx, websocket.MessageBinary, sealed)
		},
	} {
		ws, _, err := raw(t, court, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := act(ws); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, frame, err := ws.Read(ctx); err == nil {
			t.Errorf("%s: the court answers %q", name, frame)
		}
	}
	g := dial(t, link, guest.Options{})
	if g.Welcome().Role != "witness" {
		t.Error("the invitation was used up by what was no handshake")
	}
}

func TestMessageThatNoGuestMaySendEndsTheSession(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	for _, message := range []any{
		map[string]string{"type": "state"}, map[string]string{"type": "request", "kind": "mode"}, map[string]string{}, "leave",
		join.Media{Error: strings.Repeat("x", 41)},
	} {
		link, seat := court.invite("witness", "Witness B")
		g := dial(t, link, guest.Options{})
		d := seat.next(t)
		if err := g.Send(message); err != nil {
			t.Fatal(err)
		}
		<-d.Done()
		if !errors.Is(d.Err(), join.ErrMessage) {
			t.Errorf("%v ends the session with %v", message, d.Err())
		}
	}
}

func TestGuestThatDoesNotKeepUpIsDisconnected(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("gallery", "Gallery")
	dial(t, link, guest.Options{}) // takes nothing
	d := seat.next(t)
	large := join.Notice{Text: strings.Repeat("x", 200<<10)}
	for range 2000 {
		if err := d.Send(large); err != nil {
			if !errors.Is(err, join.ErrSlow) {
				t.Errorf("a slow guest ends with %v", err)
			}
			<-d.Done()
			return
		}
	}
	t.Error("messages pile up without end")
}

func TestServerEndsItsSessions(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	g := dial(t, link, guest.Options{})
	d := seat.next(t)
	if err := court.server.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-d.Done()
	<-g.Done()
	if _, err := tryDial(t, link, guest.Options{}); err == nil {
		t.Error("a closed server lets a guest in")
	}
}

func TestPageIsServedWithItsHeaders(t *testing.T) {
	t.Parallel()
	court := newCourt(t, "https://127.0.0.1:0")
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true, //nolint:gosec // the test's own server
	}}
	for path, want := range map[string]int{
		"/j/abc": 200, "/a/page.js": 200, "/a/in.en.json": 200, "/a/in.am.json": 200, "/a/languages.json": 200, "/a/in.xx.json": 404, "/a/en.json": 404, "/a/words.fr.json": 200, "/a/page.html": 404, "/a/none.js": 404,
		"/": 404, "/a/": 404, "/j/": 404, "/a/..%2fserver.go": 404,
	} {
		response, err := client.Get(court.server.Base() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != want {
			t.Errorf("%s: %s %v", path, response.Status, err)
		}
		h := response.Header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'") ||
			h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Set-Cookie") != "" ||
			h.Get("Server") != "" {
			t.Errorf("%s has the headers %v", path, h)
		}
		if path == "/j/abc" && (strings.Contains(string(body), "style=") || strings.Contains(string(body), "http:") ||
			strings.Contains(string(body), "https:") || strings.Contains(string(body), "<script>")) {
			t.Error("the page has something inline or from elsewhere")
		}
	}
}
