package rehearsal_test

import (
	"net"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"paravent/media/impair"
	"paravent/media/turn"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/relay"
)

// overBadLine opens a courtroom whose witness comes over a TURN server at the end of a bad line. Both sides dial the server, so every packet
// goes over the line twice.
func overBadLine(t testing.TB, q impair.Quality) (*live.Session, *impair.Line) {
	t.Helper()
	line := impair.New(q, 1)
	inner, err := net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	server, err := turn.Serve(turn.Config{Tenants: map[string]string{"paravent": "secret"}, Packets: []net.PacketConn{line.Conn(inner)}})
	must(t, err)
	t.Cleanup(func() { _ = server.Close() })
	return courtroomAt(t, relay.Reach{TURN: []string{"turn:" + inner.LocalAddr().String() + "?transport=udp"}, Secret: "secret"}), line
}

// testifies brings a witness in Chromium into the oath.
func testifies(t testing.TB, s *live.Session) *browser {
	t.Helper()
	w := openBrowser(t, fakeCamera(t)...)
	w.run(chromedp.Navigate(seat(t, s, testimony.RoleWitness).Link))
	w.press("I have read this")
	w.press("Allow camera and microphone")
	awaitPresence(t, s, testimony.RoleWitness, live.InLobby)
	must(t, s.Admit(seat(t, s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	must(t, s.GoOnUntried("a test"))
	must(t, s.Enter(testimony.Oath))
	return w
}

func lineEvents(st live.State, kind testimony.EventKind) (all []testimony.Event) {
	for _, e := range st.Events {
		if e.Kind == kind {
			all = append(all, e)
		}
	}
	return all
}

// A line that is cut while the connection stands is told to the bench, comes back by itself under the same policy, and stands in the
// record with the second in which it went and the one in which it came back.
func TestACutLineStandsInTheRecordToTheSecond(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s, line := overBadLine(t, impair.Quality{Delay: 10 * time.Millisecond})
	testifies(t, s)
	witness := func(st live.State) live.Person {
		for _, p := range st.People {
			if p.Role == testimony.RoleWitness {
				return p
			}
		}
		return live.Person{}
	}
	awaitState(t, s, "sound of the witness", func(st live.State) bool { return witness(st).Sound.Arrived > 100 })
	line.Cut(true)
	from := time.Now()
	awaitState(t, s, "the bench to be told", func(st live.State) bool { return witness(st).Silent })
	if len(lineEvents(s.State(), testimony.LineLost)) != 1 {
		t.Errorf("events %v", s.State().Events)
	}
	line.Cut(false)
	to := time.Now()
	awaitState(t, s, "the line to be back", func(st live.State) bool { return !witness(st).Silent })
	back := lineEvents(s.State(), testimony.LineBack)
	if len(back) != 1 {
		t.Fatalf("events %v", s.State().Events)
	}
	if d := back[0].From.Sub(from).Abs(); d > time.Second {
		t.Errorf("the record says that it went %s from when it did", d)
	}
	if back[0].To.Before(to.Add(-time.Second)) || back[0].To.After(time.Now()) {
		t.Errorf("it came back between %s and %s, and the record says %s", to, time.Now(), back[0].To)
	}
	t.Logf("gone for %s, back %s after the path was", back[0].To.Sub(back[0].From), back[0].To.Sub(to))
}

// BenchmarkBadLine measures, with a witness in a real browser, what share of the sound is played on a line with 10 % loss, 300 ms of delay and
// 60 ms of jitter, and how soon the witness is back after a cut of 12 s and after a change of address.
func BenchmarkBadLine(b *testing.B) {
	var share, back, moved float64
	n := 0
	for b.Loop() {
		// Each of the two ways has half of it.
		s, line := overBadLine(b, impair.Quality{Loss: 0.0513, Delay: 150 * time.Millisecond, Jitter: 30 * time.Millisecond})
		testifies(b, s)
		heard := func() live.Person { return seat(b, s, testimony.RoleWitness) }
		awaitState(b, s, "sound of the witness", func(live.State) bool { return heard().Sound.Arrived > 250 })
		before := heard().Sound
		awaitState(b, s, "30 seconds of sound", func(live.State) bool { return heard().Sound.Arrived > before.Arrived+1350 })
		after := heard().Sound
		after.Arrived, after.Repeated, after.MadeUp, after.Lost = after.Arrived-before.Arrived, after.Repeated-before.Repeated, after.MadeUp-before.MadeUp, after.Lost-before.Lost
		share += after.Played()

		line.Set(impair.Quality{Delay: 20 * time.Millisecond})
		// returns waits until sound arrives again, and a picture can be seen, and says after how many seconds the sound did.
		returns := func(path time.Time) float64 {
			had := len(lineEvents(s.State(), testimony.LineBack))
			awaitState(b, s, "the line to be noticed", func(st live.State) bool { return heard().Silent || len(lineEvents(st, testimony.LineBack)) > had })
			awaitState(b, s, "the line to be back", func(st live.State) bool { return len(lineEvents(st, testimony.LineBack)) > had })
			back := lineEvents(s.State(), testimony.LineBack)
			seen := make(chan struct{}, 1)
			defer s.Pictures(heard().ID, firstOn(seen))()
			<-seen
			return back[len(back)-1].To.Sub(path).Seconds()
		}
		line.Cut(true)
		time.Sleep(12 * time.Second)
		line.Cut(false)
		back += returns(time.Now())
		line.Move()
		moved += returns(time.Now())
		n++
		_, err := s.Close(b.Context())
		must(b, err)
	}
	b.ReportMetric(share/float64(n), "share-played")
	b.ReportMetric(back/float64(n), "s-back-after-a-cut")
	b.ReportMetric(moved/float64(n), "s-back-after-a-move")
}
