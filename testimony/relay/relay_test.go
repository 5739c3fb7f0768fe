package relay_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"paravent/testimony/invite"
	"paravent/testimony/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// meeting is a relay with one court, and what its desk attends.
type meeting struct {
	t      testing.TB
	server *relay.Server
	http   *httptest.Server
	key    relay.Key
	echoed atomic.Int64
}

func newMeeting(t testing.TB, limits relay.Limits) *meeting {
	t.Helper()
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	m := &meeting{t: t, key: key}
	m.server, err = relay.NewServer(relay.Config{Courts: map[string]relay.Key{"court": key}, Limits: limits,
		Page: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "page") })})
	must(t, err)
	m.http = httptest.NewServer(m.server)
	t.Cleanup(func() {
		m.server.Close()
		m.http.Close()
	})
	return m
}

func (m *meeting) place() relay.Place { return relay.Place{URL: m.http.URL, Key: m.key} }

// desk keeps a line and sends every guest back what it says.
func (m *meeting) desk(place relay.Place, ids ...invite.ID) (*relay.Line, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	l, err := relay.Connect(ctx, relay.Desk{Place: place, Attend: m.echo}, ids)
	if err == nil {
		m.t.Cleanup(l.Close)
	}
	return l, err
}

func (m *meeting) echo(ws *websocket.Conn, _ []byte) {
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(1 << 20)
	for {
		kind, frame, err := ws.Read(context.Background())
		if err != nil {
			return
		}
		m.echoed.Add(int64(len(frame)))
		if ws.Write(context.Background(), kind, frame) != nil {
			return
		}
	}
}

func newID(t testing.TB) (invite.ID, []byte) {
	t.Helper()
	secret, err := invite.NewSecret(rand.Reader)
	must(t, err)
	_, opening, err := invite.NewGuestHandshake(secret, rand.Reader)
	must(t, err)
	return secret.ID(), opening
}

// guest opens a connection as a page does.
func (m *meeting) guest() *websocket.Conn {
	m.t.Helper()
	ws, _, err := websocket.Dial(m.t.(interface{ Context() context.Context }).Context(), m.http.URL+"/s", nil)
	must(m.t, err)
	ws.SetReadLimit(1 << 20)
	m.t.Cleanup(func() { _ = ws.CloseNow() })
	return ws
}

// say sends a frame and answers what comes back, or why nothing does.
func say(t testing.TB, ws *websocket.Conn, kind websocket.MessageType, frame []byte) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := ws.Write(ctx, kind, frame); err != nil {
		return "", err
	}
	_, answer, err := ws.Read(ctx)
	return string(answer), err
}

const busy = `{"refused":"busy"}`

func TestGuestAndDeskAreJoined(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, relay.Limits{})
	id, opening := newID(t)
	line, err := m.desk(m.place(), id)
	must(t, err)
	g := m.guest()
	for i, frame := range []string{string(opening), "x", strings.Repeat("y", 200<<10)} {
		kind := websocket.MessageText
		if i > 0 {
			kind = websocket.MessageBinary
		}
		if got, err := say(t, g, kind, []byte(frame)); err != nil || got != frame {
			t.Fatalf("frame %d came back as %d bytes: %v", i, len(got), err)
		}
	}
	if load := m.server.Load(); load != (relay.Load{Guests: 1, Lines: 1, IDs: 1}) {
		t.Errorf("the relay carries %+v", load)
	}
	// The guest hangs up, and the desk's end with it.
	must(t, g.Close(websocket.StatusNormalClosure, ""))
	line.Close() // waits until no guest is attended
}

// Nobody learns whether an invitation exists: of one that is not served the relay says what it says of one whose desk is away.
func TestAbsentDeskAndUnknownInvitationLookTheSame(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, relay.Limits{})
	id, opening := newID(t)
	_, stranger := newID(t)
	line, err := m.desk(m.place(), id)
	must(t, err)
	if got, err := say(t, m.guest(), websocket.MessageText, stranger); err != nil || got != busy {
		t.Errorf("an unknown invitation: %q, %v", got, err)
	}
	line.Serve(nil)
	until(t, "the desk to give the invitation up", func() bool { return m.server.Load().IDs == 0 })
	if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != busy {
		t.Errorf("an invitation that was given up: %q, %v", got, err)
	}
	line.Serve([]invite.ID{id})
	until(t, "the desk to take it up", func() bool { return m.server.Load().IDs == 1 })
	if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != string(opening) {
		t.Errorf("an invitation that was taken up again: %q, %v", got, err)
	}
}

func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(2 * time.Millisecond) // the relay has no way to be asked for a change
	}
}

func TestDesksAreKnownByTheirKey(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, relay.Limits{})
	wrong := m.place()
	var err error
	wrong.Key, err = relay.NewKey(rand.Reader)
	must(t, err)
	if _, err := m.desk(wrong); !errors.Is(err, relay.ErrRefused) {
		t.Errorf("another key: %v", err)
	}
	gone := m.place()
	gone.URL = "http://127.0.0.1:1"
	if _, err := m.desk(gone); !errors.Is(err, relay.ErrUnreachable) {
		t.Errorf("no relay at all: %v", err)
	}
	for _, bad := range []string{"", "relay.example", "http://relay.example", "https://relay.example/x", "https://u@relay.example", "https://relay.example?x", "ftp://relay.example"} {
		if _, err := m.desk(relay.Place{URL: bad, Key: m.key}); !errors.Is(err, relay.ErrPlace) {
			t.Errorf("a relay at %q: %v", bad, err)
		}
	}
}

// A court cannot take another's guests, and a desk that comes back takes its own over from its earlier line.
func TestNobodyTakesAnothersGuests(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, relay.Limits{})
	other, err := relay.NewKey(rand.Reader)
	must(t, err)
	two, err := relay.NewServer(relay.Config{Courts: map[string]relay.Key{"a": m.key, "b": other}, Page: http.NotFoundHandler()})
	must(t, err)
	h := httptest.NewServer(two)
	t.Cleanup(func() { two.Close(); h.Close() })
	m.http.URL, m.server = h.URL, two
	id, opening := newID(t)
	_, err = m.desk(m.place(), id)
	must(t, err)
	thief, stole := relay.Place{URL: h.URL, Key: other}, atomic.Int64{}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	l, err := relay.Connect(ctx, relay.Desk{Place: thief, Attend: func(ws *websocket.Conn, _ []byte) {
		stole.Add(1)
		_ = ws.CloseNow()
	}}, []invite.ID{id})
	must(t, err)
	t.Cleanup(l.Close)
	if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != string(opening) || stole.Load() != 0 {
		t.Errorf("with a thief about: %q, %v, %d stolen", got, err, stole.Load())
	}
	_, err = m.desk(m.place(), id)
	must(t, err)
	if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != string(opening) {
		t.Errorf("after the desk came back: %q, %v", got, err)
	}
}

// Every limit holds under attack, and nobody else is hurt by it.
func TestQuotas(t *testing.T) {
	t.Parallel()
	t.Run("guests from one place", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{FromOne: 3})
		for range 3 {
			m.guest()
		}
		until(t, "three guests", func() bool { return m.server.Load().Guests == 3 })
		_, answer, err := websocket.Dial(t.Context(), m.http.URL+"/s", nil)
		if err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("the fourth: %v", err)
		}
	})
	t.Run("lines", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{Lines: 2})
		for range 2 {
			_, err := m.desk(m.place())
			must(t, err)
		}
		if _, err := m.desk(m.place()); !errors.Is(err, relay.ErrFull) {
			t.Errorf("the third line: %v", err)
		}
	})
	t.Run("invitations", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{IDs: 2})
		var ids []invite.ID
		for range 3 {
			id, _ := newID(t)
			ids = append(ids, id)
		}
		if _, err := m.desk(m.place(), ids...); !errors.Is(err, relay.ErrFull) {
			t.Errorf("three invitations: %v", err)
		}
		if n := m.server.Load().IDs; n != 0 {
			t.Errorf("%d of them are kept", n)
		}
	})
	t.Run("guests of one line", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{Calls: 1})
		id, opening := newID(t)
		_, err := m.desk(m.place(), id)
		must(t, err)
		if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != string(opening) {
			t.Fatalf("the first: %q, %v", got, err)
		}
		if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != busy {
			t.Errorf("the second: %q, %v", got, err)
		}
	})
	t.Run("bytes in all", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{Total: 100 << 10})
		id, opening := newID(t)
		_, err := m.desk(m.place(), id)
		must(t, err)
		g := m.guest()
		_, err = say(t, g, websocket.MessageText, opening)
		must(t, err)
		for n := 0; ; n++ {
			if _, err = say(t, g, websocket.MessageBinary, make([]byte, 10<<10)); err != nil {
				if n < 4 || n > 5 { // each counts in both directions
					t.Errorf("it ended after %d times 20 KiB", n)
				}
				break
			}
		}
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("it ended with %v", err)
		}
	})
	t.Run("bytes a second", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{PerSecond: 100 << 10, Burst: 10 << 10})
		id, opening := newID(t)
		_, err := m.desk(m.place(), id)
		must(t, err)
		g := m.guest()
		_, err = say(t, g, websocket.MessageText, opening)
		must(t, err)
		began := time.Now()
		for range 6 {
			_, err = say(t, g, websocket.MessageBinary, make([]byte, 10<<10))
			must(t, err)
		}
		if took := time.Since(began); took < 400*time.Millisecond {
			t.Errorf("60 KiB passed in %v", took)
		}
	})
	t.Run("a frame", func(t *testing.T) {
		t.Parallel()
		m := newMeeting(t, relay.Limits{Frame: 1 << 10})
		id, opening := newID(t)
		_, err := m.desk(m.place(), id)
		must(t, err)
		g := m.guest()
		_, err = say(t, g, websocket.MessageText, opening)
		must(t, err)
		if _, err = say(t, g, websocket.MessageBinary, make([]byte, 2<<10)); err == nil {
			t.Error("a frame of 2 KiB passed")
		}
		if m.echoed.Load() != int64(len(opening)) {
			t.Errorf("%d bytes reached the desk", m.echoed.Load())
		}
	})
}

// Whoever says nothing, or says it slowly, is let go, and so is a call that no desk fetches.
func TestTheSlowAreLetGo(t *testing.T) {
	t.Parallel()
	m := newMeeting(t, relay.Limits{Opening: 100 * time.Millisecond, Answer: 100 * time.Millisecond, Silence: 200 * time.Millisecond})
	m.guest()
	until(t, "a guest who says nothing to be let go", func() bool { return m.server.Load().Guests == 0 })

	// A desk that takes no calls: it says what it answers to and reads no further, so that it does not answer pings either.
	id, opening := newID(t)
	deaf, _, err := websocket.Dial(t.Context(), m.http.URL+"/d", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + relay.Token(m.key)}}})
	must(t, err)
	defer func() { _ = deaf.CloseNow() }()
	text, err := json.Marshal(map[string]any{"type": "serve", "ids": []invite.ID{id}})
	must(t, err)
	must(t, deaf.Write(t.Context(), websocket.MessageText, text))
	until(t, "the invitation to be served", func() bool { return m.server.Load().IDs == 1 })
	if got, err := say(t, m.guest(), websocket.MessageText, opening); err != nil || got != busy {
		t.Errorf("where the desk fetches nobody: %q, %v", got, err)
	}
	until(t, "the deaf desk to be let go", func() bool { return m.server.Load() == relay.Load{} })
}

// Whoever tries names in vain waits, longer each time, and then is heard again.
func TestGuessersWait(t *testing.T) {
	t.Parallel()
	now := &atomic.Int64{}
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	server, err := relay.NewServer(relay.Config{Courts: map[string]relay.Key{"court": key}, Page: http.NotFoundHandler(),
		Clock: func() time.Time { return time.Unix(1e9, now.Load()) }})
	must(t, err)
	h := httptest.NewServer(server)
	t.Cleanup(func() { server.Close(); h.Close() })
	m := &meeting{t: t, server: server, http: h, key: key}
	id, opening := newID(t)
	_, err = m.desk(m.place(), id)
	must(t, err)
	for range 22 {
		_, stranger := newID(t)
		if got, err := say(t, m.guest(), websocket.MessageText, stranger); err != nil || got != busy {
			t.Fatalf("a stranger: %q, %v", got, err)
		}
	}
	if got, _ := say(t, m.guest(), websocket.MessageText, opening); got != busy {
		t.Errorf("at once after 22 vain tries: %q", got)
	}
	wrong := m.place()
	wrong.Key = relay.Key{}
	if _, err := m.desk(wrong); err == nil || errors.Is(err, relay.ErrRefused) {
		t.Errorf("a key is tried meanwhile: %v", err)
	}
	now.Store(int64(31 * time.Second))
	if got, _ := say(t, m.guest(), websocket.MessageText, opening); got != string(opening) {
		t.Errorf("after the longest wait: %q", got)
	}
}

// What a desk says is read or its line is cut, and what the relay says likewise.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{`{"type":"serve","ids":["JM2eqP-qPeTjWj0xEP7sDQ"]}`, `{"type":"serving"}`, `{"type":"full"}`,
		`{"type":"call","call":"AAAAAAAAAAAAAAAAAAAAAA","from":""}`, `{"type":"call"}`, `{"type":"serve","ids":[""]}`, `{}`, `[]`, `{"type":"serve"} {}`, "\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		again, err := relay.Reread(text)
		if err != nil {
			if !errors.Is(err, relay.ErrMessage) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if _, err := relay.Reread(again); err != nil {
			t.Fatalf("%s is read and %s is not", text, again)
		}
	})
}

// Whatever a guest or a desk sends first, the relay stays, and nobody who is joined is hurt.
func FuzzFirstFrames(f *testing.F) {
	m := newMeeting(f, relay.Limits{FromOne: 1 << 20, Guests: 1 << 20, Opening: time.Second})
	id, opening := newID(f)
	_, err := m.desk(m.place(), id)
	must(f, err)
	f.Add([]byte(`{"v":1,"id":"JM2eqP-qPeTjWj0xEP7sDQ","commit":"QJNlzTEnVJbCKqyu3NKmF9ccVxZ8f8nSiDtLJBK_uqo"}`), true, false)
	f.Add([]byte(`{"type":"serve","ids":[]}`), true, true)
	f.Add([]byte{0}, false, true)
	f.Fuzz(func(t *testing.T, frame []byte, text, desk bool) {
		path, header := "/s", http.Header{}
		if desk {
			path = "/d"
			header.Set("Authorization", "Bearer "+relay.Token(m.key))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ws, _, err := websocket.Dial(ctx, m.http.URL+path, &websocket.DialOptions{HTTPHeader: header})
		if err != nil {
			t.Skip() // it waits
		}
		kind := websocket.MessageBinary
		if text {
			kind = websocket.MessageText
		}
		_ = ws.Write(ctx, kind, frame)
		_ = ws.CloseNow()
		if load := m.server.Load(); load.IDs > 1 {
			t.Fatalf("the relay serves %d invitations", load.IDs)
		}
	})
	_ = opening
}
