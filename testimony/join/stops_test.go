package join_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/pion/webrtc/v4"

	"paravent/testimony/invite"
	"paravent/testimony/join"
)

// testifies brings a witness's page into the hearing and counts what it sends.
func testifies(t *testing.T, court *fakeCourt, actions ...step) (p *tab, guest *desk, packets *atomic.Int64) {
	t.Helper()
	link, seat := court.invite("witness", "Witness B")
	p = watched(t, "en", append(actions, chromedp.EmulateViewport(390, 844))...)
	p.run(chromedp.Navigate(link))
	guest = seat.next(t)
	p.press("I have read this")
	p.press("Allow camera and microphone")
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	packets = &atomic.Int64{}
	voice := newVoice(t)
	err := guest.offer(true, []line{{"bench", "clear", voice}}, func(pc *webrtc.PeerConnection, track *webrtc.TrackRemote) {
		mirror(pc, track, nil, func() { packets.Add(1) })
	})
	if err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden")
	waitFor(t, "packets of the witness", func() bool { return packets.Load() > 50 })
	return p, guest, packets
}

func waitFor(t *testing.T, what string, holds func() bool) {
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

// ticks waits for signs of life of the page, which come every four seconds: a clock that the page itself beats.
func ticks(t *testing.T, guest *desk, n int) {
	t.Helper()
	var here join.Here
	for range n {
		guest.await(t, join.TypeHere, &here)
	}
}

// When the witness stops picture and sound, the device sends no packet any more, without the court having said anything; and it
// begins again only when the court goes on.
func TestWitnessStopsPictureAndSound(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	p, guest, packets := testifies(t, court)
	p.press("Stop my picture and sound")
	var asked join.Request
	guest.await(t, join.TypeRequest, &asked)
	if asked.Kind != join.AskPause {
		t.Errorf("the button asked for %q", asked.Kind)
	}
	ticks(t, guest, 1)
	before := packets.Load()
	ticks(t, guest, 1) // four seconds without a word of the court
	if n := packets.Load() - before; n != 0 {
		t.Errorf("stopped, the device sent %d packets", n)
	}
	if off := ask[bool](p, "document.getElementById('self-picture').srcObject.getTracks().every(t => !t.enabled)"); !off {
		t.Error("stopped, the camera or the microphone is still on")
	}
	p.until("the words", "!document.getElementById('held').hidden")
	if text := p.text("#held"); !strings.Contains(text, "Nobody sees or hears you") {
		t.Errorf("the page says %q", text)
	}
	p.shot("held-en-phone")

	// A state that was on its way before the court knew starts nothing.
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	held := testifying()
	held.Held, held.Banner, held.Publish = join.AskPause, "held", join.Publish{}
	if err := guest.Send(held); err != nil {
		t.Fatal(err)
	}
	p.press("I can go on")
	guest.await(t, join.TypeRequest, &asked)
	if asked.Kind != join.AskReady {
		t.Errorf("the button asked for %q", asked.Kind)
	}
	before = packets.Load()
	ticks(t, guest, 1)
	if n := packets.Load() - before; n != 0 {
		t.Errorf("ready, and before the court went on the device sent %d packets", n)
	}
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	p.until("the pause to end", "document.getElementById('held').hidden")
	waitFor(t, "picture and sound again", func() bool { return packets.Load() > before+50 })
}

// A witness whose connection is lost can stop all the same, and the court is told as soon as it is back.
func TestWitnessStopsWithoutAConnection(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	link, seat := court.invite("witness", "Witness B")
	p := openTab(t, "en", chromedp.Navigate(link))
	guest := seat.next(t)
	p.press("I have read this")
	p.press("Allow camera and microphone")
	if err := guest.Send(testifying()); err != nil {
		t.Fatal(err)
	}
	p.until("the hearing", "!document.getElementById('hearing').hidden")
	court.change(seat, func(i *invite.Invitation) { i.Revoked = true })
	guest.Close(nil)
	p.until("the loss", "!document.getElementById('lost').hidden")
	p.press("Stop my picture and sound")
	p.until("that the court does not know", "document.getElementById('held-more').textContent.includes('the court does not know yet')")
}

// After "someone came in" nothing on the page tells what it is for, and no sound of the court is played.
func TestSomeoneCameInEmptiesThePage(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	p, guest, _ := testifies(t, court)
	p.until("the court's voice", "document.querySelectorAll('#voices audio').length === 1")
	p.press("Someone came in")
	var asked join.Request
	guest.await(t, join.TypeRequest, &asked)
	if asked.Kind != join.AskSomeone {
		t.Errorf("the button asked for %q", asked.Kind)
	}
	held := testifying()
	held.Held, held.Banner, held.Publish = join.AskSomeone, "held", join.Publish{}
	if err := guest.Send(held); err != nil {
		t.Fatal(err)
	}
	p.until("an empty page", "document.querySelector('#hearing.quiet') && document.getElementById('clock').textContent === ''")
	if n := ask[int](p, "document.querySelectorAll('#voices audio, figure video[src]').length"); n != 0 {
		t.Errorf("%d voices and pictures are still played", n)
	}
	said := p.text("header") + p.text("main")
	for _, word := range []string{"testimony", "witness", "judge", "session", "help", "court", "hear"} {
		if strings.Contains(strings.ToLower(said), strings.ToLower(word)) {
			t.Errorf("the page still shows %q in %q", word, said)
		}
	}
	p.shot("someone-en-phone")
	p.press("I can go on")
	held.Ready = true
	if err := guest.Send(held); err != nil {
		t.Fatal(err)
	}
	p.until("the court's voice again", "document.querySelectorAll('#voices audio').length === 1")
}

// wire notes the sealed frames that a page sends of its own accord and those that it receives. What it sends at once after having
// received one answers it: the court asks every page for a sign of life now and then.
type wire struct {
	mu       sync.Mutex
	out, in  []int     // lengths
	outTimes []float64 // seconds, on the browser's clock
	answers  int
	owes     int
}

func (w *wire) heard(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventWebSocketFrameSent:
		w.out = append(w.out, len(e.Response.PayloadData))
		if w.owes > 0 {
			w.owes, w.answers = w.owes-1, w.answers+1
			return
		}
		w.outTimes = append(w.outTimes, float64(e.Timestamp))
	case *network.EventWebSocketFrameReceived:
		w.in = append(w.in, len(e.Response.PayloadData))
		w.owes++
	}
}

// The silent alarm leaves no sign on the page, and on the network none that the signs of life before and after it do not leave:
// the same lengths, at the same intervals, none more.
func TestSilentAlarmLooksLikeNothing(t *testing.T) {
	court := newCourt(t, "127.0.0.1:0")
	for _, how := range []struct {
		name string
		call func(*tab)
	}{
		{"the title", func(p *tab) {
			at := ask[[]float64](p, "{ const r = document.getElementById('title').getBoundingClientRect(); [r.x + 20, r.y + r.height / 2] }")
			p.run(chromedp.MouseClickXY(at[0], at[1]), chromedp.MouseClickXY(at[0], at[1]), chromedp.MouseClickXY(at[0], at[1]))
		}},
		{"Escape", func(p *tab) {
			p.run(chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("\u001b"), chromedp.KeyEvent("\u001b"))
		}},
	} {
		t.Run(how.name, func(t *testing.T) {
			p, guest, _ := testifies(t, court)
			p.until("the connection's candidates", "window.spied.connections.every(c => c.iceGatheringState === 'complete')")
			for len(guest.got) > 0 { // what came before
				<-guest.got
			}
			ticks(t, guest, 1)
			var w wire
			if err := chromedp.Listen(p.ctx, w.heard); err != nil {
				t.Fatal(err)
			}
			const look = "document.documentElement.outerHTML.replace(/<p id=\"clock\".*?<\\/p>/, '') + getSelection() + document.activeElement.outerHTML"
			before := ask[string](p, look)
			ticks(t, guest, 2)
			how.call(p)
			if after := ask[string](p, look); after != before {
				t.Error("the page has changed")
			}
			var asked join.Request
			guest.await(t, join.TypeRequest, &asked)
			if asked.Kind != join.AskAlarm {
				t.Fatalf("the court is asked for %q", asked.Kind)
			}
			guest.await(t, join.TypeRequest, &asked) // once more, in case the first was lost
			if after := ask[string](p, look); after != before {
				t.Error("the page has changed after the alarm went out")
			}
			ticks(t, guest, 1)
			w.mu.Lock()
			defer w.mu.Unlock()
			if n := len(w.outTimes); n < 4 || n > 6 || len(w.in) != w.answers { // the browser tells of a frame a little later
				t.Errorf("the page sent %d messages at five beats, and received %d, of which it answered %d", n, len(w.in), w.answers)
			}
			for _, n := range append(w.in, w.out...) {
				if n != w.out[0] {
					t.Errorf("the messages have the lengths %v and %v", w.out, w.in)
					break
				}
			}
			for i := 1; i < len(w.outTimes); i++ {
				if gap := w.outTimes[i] - w.outTimes[i-1]; gap < 3.5 {
					t.Errorf("message %d came after %.1f s", i, gap)
				}
			}
		})
	}
}
