package peer

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/hub"
	"paravent/media/peer/firefox"
)

//go:embed testdata/guest.html
var guestPage []byte

// browser is a real browser in a guest's place. Its page asks for messages, answers them, and tells again and again how
// many pictures it has decoded on each line.
type browser struct {
	t        *testing.T
	out      chan Message
	peer     *Peer
	mu       sync.Mutex
	answered int
	decoded  map[string]int // by mid
	problem  string
	told     chan struct{}
}

func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(guestPage)
	case "/next":
		select {
		case m := <-b.out:
			_ = json.NewEncoder(w).Encode(m)
		case <-time.After(time.Second):
			_, _ = w.Write([]byte("{}"))
		case <-r.Context().Done():
		}
	case "/message":
		var m Message
		if err := json.NewDecoder(r.Body).Decode(&m); err == nil {
			err = b.peer.Handle(m)
			if m.Type == Answer && err == nil {
				b.note(func() { b.answered++ })
			}
		}
	case "/report":
		var decoded map[string]int
		if err := json.NewDecoder(r.Body).Decode(&decoded); err == nil {
			b.note(func() { b.decoded = decoded })
		}
	case "/problem":
		b.note(func() { b.problem = r.URL.RawQuery })
	}
}

func (b *browser) note(do func()) {
	b.mu.Lock()
	do()
	b.mu.Unlock()
	select {
	case b.told <- struct{}{}:
	default:
	}
}

func (b *browser) await(what string, is func() bool) {
	b.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		ok, problem, decoded := is(), b.problem, b.decoded
		b.mu.Unlock()
		if problem != "" {
			b.t.Fatalf("the page says %s", problem)
		}
		if ok {
			return
		}
		select {
		case <-b.told:
		case <-deadline:
			b.t.Fatalf("waited in vain: %s (decoded %v)", what, decoded)
		}
	}
}

func (b *browser) decodedOn(mid string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.decoded[mid]
}

// launch starts a browser on the page, with a profile of its own, and ends it with the test.
func launch(t *testing.T, name, url string) {
	t.Helper()
	if name == "firefox" {
		firefox.Start(t, nil).Window("").Open(url)
		return
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not installed; make test installs it", name)
	}
	profile := t.TempDir()
	args := []string{"--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--user-data-dir=" + profile, url}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it was told to end
	})
}

// showClear sends a real, changing clear picture until stopped.
func showClear(t *testing.T, stop <-chan struct{}, p *hub.Publisher) {
	encoder, err := vpx.NewEncoder(vpx.Config{Width: 320, Height: 240, Bitrate: 300, FPS: 20})
	if err != nil {
		t.Error(err)
		return
	}
	defer encoder.Close()
	packetizer := rtp.NewPacketizerWithOptions(1100, &codecs.VP8Payloader{}, rtp.NewRandomSequencer(), 90000, rtp.WithSSRC(5))
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		frame := media.NewFrame(320, 240)
		frame.PTS = time.Duration(i) * 50 * time.Millisecond
		for j := range frame.Y {
			frame.Y[j] = byte(16 + (i*3+j/320)%200)
		}
		encoded, _, err := encoder.Encode(frame, i%20 == 0)
		if err != nil {
			t.Error(err)
			return
		}
		for _, packet := range packetizer.Packetize(encoded, 4500) {
			p.WriteClear(media.KindVideo, packet)
		}
	}
}

// A line that was silent and is taken again has a new SSRC and new ids; a browser must follow that.
func TestBrowsersFollowAChangeOfForm(t *testing.T) {
	for _, name := range []string{"chromium", "firefox"} {
		t.Run(name, func(t *testing.T) { browserFollows(t, name) })
	}
}

func browserFollows(t *testing.T, name string) {
	r := hub.New()
	defer r.Close()
	publisher := r.Publish("the witness")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { concealUntil(stop, publisher) })
	wg.Go(func() { showClear(t, stop, publisher) })
	defer wg.Wait()
	defer close(stop)

	api, err := NewAPI(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, out: make(chan Message, 64), told: make(chan struct{}, 1), decoded: map[string]int{}}
	offers := 0
	var last Message
	b.peer, err = New(Config{API: api, Subscriber: r.Subscribe("the gallery"), Send: func(m Message) {
		if m.Type == Offer {
			b.note(func() { offers, last = offers+1, m })
		}
		b.out <- m
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b)
	defer server.Close()
	defer func() { _ = b.peer.Close() }()
	launch(t, name, server.URL)

	mids := map[hub.Form]string{}
	for range 3 {
		for _, form := range []hub.Form{hub.Concealed, hub.Nothing, hub.Clear} {
			b.mu.Lock()
			offered := offers
			b.mu.Unlock()
			r.SetAccess(everyone(hub.Grant{Picture: form}))
			if form == hub.Nothing {
				b.await("the offer of nothing answered", func() bool {
					return offers > offered && b.answered == offers && len(last.Tracks) == 0
				})
				continue
			}
			b.await("an offer answered", func() bool { return offers > offered && b.answered == offers && len(last.Tracks) == 1 })
			b.mu.Lock()
			mid := last.Tracks[0].Mid
			b.mu.Unlock()
			if before, known := mids[form]; known && before != mid {
				t.Errorf("the %v form moved from line %s to %s", form, before, mid)
			}
			mids[form] = mid
			from := b.decodedOn(mid)
			b.await("pictures on line "+mid, func() bool { return b.decoded[mid] >= from+3 })
		}
	}
	if mids[hub.Clear] == mids[hub.Concealed] {
		t.Error("both forms came on one line")
	}
}
