package rehearsal_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/media"
	"paravent/media/capture"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
	"paravent/testimony/relay"
	"paravent/testimony/relay/station"
)

// startRelay starts a whole relay on this machine and answers how a court reaches it.
func startRelay(t testing.TB, listen string) (*station.Station, relay.Reach) {
	t.Helper()
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	return startRelayFor(t, key, station.Config{Listen: listen, UDP: "127.0.0.1:0", TCP: "127.0.0.1:0"})
}

func startRelayFor(t testing.TB, key relay.Key, config station.Config) (*station.Station, relay.Reach) {
	t.Helper()
	config.Courts = map[string]relay.Key{"court": key}
	s, err := station.Start(t.Context(), config)
	must(t, err)
	t.Cleanup(s.Close)
	scheme := "http://"
	if config.TLS != nil {
		scheme = "https://"
	}
	r := relay.Reach{Relay: relay.Place{URL: scheme + s.Address().String(), Key: key}}
	if s.UDP() != nil {
		r.TURN = append(r.TURN, "turn:"+s.UDP().String()+"?transport=udp")
	}
	if s.TCP() != nil {
		r.TURN = append(r.TURN, "turn:"+s.TCP().String()+"?transport=tcp")
	}
	if config.TLS != nil {
		r.TURN = append(r.TURN, "turns:"+s.Address().String()+"?transport=tcp")
	}
	return s, r
}

// candidates lists the kinds of candidate that a page's connections have paired, and the addresses in its own descriptions.
const pairs = `(async () => {
  const kinds = new Set();
  for (const pc of globalThis.__connections ?? []) {
    if (pc.connectionState !== "connected") continue;
    for (const [, s] of await pc.getStats()) {
      if (s.type === "local-candidate" || s.type === "remote-candidate") kinds.add(s.type + " " + s.candidateType);
    }
  }
  return [...kinds].sort().join(", ");
})()`

// The real page in Chromium, from a relay that only passes on what it cannot read: the witness comes over it, the bench sees
// the witness, counsel receives the witness, and not one connection has another way than the relay.
func TestChromiumTestifiesThroughARelay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs two browsers")
	}
	st, reach := startRelay(t, "127.0.0.1:0")
	s := courtroomAt(t, reach)
	if s.State().Relay != "up" {
		t.Fatalf("the line to the relay is %q", s.State().Relay)
	}
	witness, prosecution := openBrowser(t, fakeCamera(t)...), openBrowser(t)
	witness.run(chromedp.Navigate(seat(t, s, testimony.RoleWitness).Link))
	for _, name := range []string{"I have read this", "Allow camera and microphone", "Play a sound", "Yes, I heard it"} {
		witness.press(name)
	}
	prosecution.run(chromedp.Navigate(seat(t, s, testimony.RoleProsecution).Link))
	prosecution.press("Allow camera and microphone")
	for _, role := range []testimony.Role{testimony.RoleWitness, testimony.RoleProsecution} {
		awaitPresence(t, s, role, live.InLobby)
		must(t, s.Admit(seat(t, s, role).ID))
	}
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	toTestimony(t, s)
	prosecution.until("the prosecution to see and hear the witness", func(f found) bool { return f.Marked > 5 && f.Tones > 5 })
	if st.Allocations() == 0 {
		t.Error("the media does not go over the relay")
	}
	for name, b := range map[string]*browser{"witness": witness, "prosecution": prosecution} {
		got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](pairs, chromedp.EvalAwaitPromise))
		must(t, err)
		if got != "local-candidate relay, remote-candidate relay" {
			t.Errorf("the %s's connection has these candidates: %s", name, got)
		}
	}
}

// Each way to the TURN server alone carries the session, TLS at the page's own port included.
func TestEachWayToTheRelayCarriesMedia(t *testing.T) {
	t.Parallel()
	certificate, err := join.NewCertificate(rand.Reader, time.Now(), []string{"127.0.0.1"})
	must(t, err)
	for _, way := range []string{"udp", "tcp", "tls"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			key, err := relay.NewKey(rand.Reader)
			must(t, err)
			config := station.Config{Listen: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}}
			switch way {
			case "udp":
				config.UDP = "127.0.0.1:0"
			case "tcp":
				config.TCP = "127.0.0.1:0"
			}
			_, reach := startRelayFor(t, key, config)
			if way != "tls" {
				reach.TURN = reach.TURN[:1]
			}
			reach.Relay.Fingerprint = join.Fingerprint(certificate.Certificate[0])
			s := courtroomAt(t, reach)
			testify(t, s, reach.Relay.Fingerprint)
		})
	}
}

// testify brings a simulated witness in and waits until the bench has pictures of them.
func testify(t *testing.T, s *live.Session, fingerprint string) *rehearsal.Participant {
	t.Helper()
	w, err := rehearsal.Join(t.Context(), seat(t, s, testimony.RoleWitness).Link, rehearsal.Props{Fingerprint: fingerprint,
		Picture: capture.NewTestPicture(1, 320, 240, 10, nil), Sound: capture.NewTestSpeech(1)})
	must(t, err)
	t.Cleanup(w.Break)
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	awaitSeen(t, s, 5)
	return w
}

func awaitSeen(t *testing.T, s *live.Session, want int) {
	t.Helper()
	seen := watchWitness(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for range want {
		select {
		case <-seen:
		case <-ctx.Done():
			t.Fatal("the bench does not see the witness")
		}
	}
}

// A TURN server that forgets everybody, and a rendezvous that is gone: the seat is held, the bench is told, nothing is shown;
// when the relay is back at its place the witness comes back to the same seat, and the gap stands in the record.
func TestKilledRelayIsAGapAndNoEnd(t *testing.T) {
	t.Parallel()
	key, err := relay.NewKey(rand.Reader)
	must(t, err)
	at := freePort(t)
	first, reach := startRelayFor(t, key, station.Config{Listen: at, TCP: "127.0.0.1:0"})
	reach.TURN = []string{"turn:" + at + "?transport=tcp"} // the page's own port, where the next relay will be
	s := courtroomAt(t, reach)
	device := rehearsalDevice(t)
	link := seat(t, s, testimony.RoleWitness).Link
	w, err := rehearsal.Join(t.Context(), link, rehearsal.Props{Device: device, Picture: capture.NewTestPicture(1, 320, 240, 10, nil)})
	must(t, err)
	t.Cleanup(w.Break)
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	awaitSeen(t, s, 3)

	first.Close()
	awaitPresence(t, s, testimony.RoleWitness, live.Lost)
	awaitState(t, s, "the alarm that the relay is lost", func(st live.State) bool { return alarmed(st, "relay_lost") && st.Relay == "down" })

	_, _ = startRelayFor(t, key, station.Config{Listen: at})
	awaitState(t, s, "the line to stand again", func(st live.State) bool { return st.Relay == "up" })
	again, err := rehearsal.Join(t.Context(), link, rehearsal.Props{Device: device, Picture: capture.NewTestPicture(1, 320, 240, 10, nil)})
	must(t, err)
	t.Cleanup(again.Break)
	awaitPresence(t, s, testimony.RoleWitness, live.Admitted)
	awaitSeen(t, s, 3)
	var gap []testimony.EventKind
	for _, e := range s.State().Events {
		if e.Participant == seat(t, s, testimony.RoleWitness).ID && (e.Kind == testimony.Left || e.Kind == testimony.Joined) {
			gap = append(gap, e.Kind)
		}
	}
	if len(gap) != 3 || gap[1] != testimony.Left || gap[2] != testimony.Joined {
		t.Errorf("the record has %v of the witness's connection", gap)
	}
}

func alarmed(st live.State, kind string) bool {
	for _, a := range st.Alarms {
		if a.Kind == kind {
			return true
		}
	}
	return false
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func watchWitness(t *testing.T, s *live.Session) <-chan struct{} {
	t.Helper()
	seen := make(chan struct{}, 64)
	t.Cleanup(s.Pictures(seat(t, s, testimony.RoleWitness).ID, func(*media.Frame) {
		select {
		case seen <- struct{}{}:
		default:
		}
	}))
	return seen
}

func rehearsalDevice(t *testing.T) *invite.DeviceKey {
	t.Helper()
	key, err := invite.NewDeviceKey(rand.Reader)
	must(t, err)
	return key
}
