package peer

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"paravent/media/conceal"
	"paravent/media/hub"
)

func TestMain(m *testing.M) {
	if os.Getenv(playReceivers) != "" {
		receive()
		return
	}
	goleak.VerifyTestMain(m)
}

// courtroom is a hub with a witness who publishes over a real connection and whose concealed feeds are drawn.
type courtroom struct {
	router  *hub.Router
	witness *guest
	peer    *Peer
}

func newCourtroom(t *testing.T, access hub.Access) *courtroom {
	t.Helper()
	c := &courtroom{router: hub.New()}
	t.Cleanup(c.router.Close)
	c.router.SetAccess(access)
	publisher := c.router.Publish("the witness")
	c.peer, c.witness = join(t, Config{Publisher: publisher, Audio: true, Video: true})

	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { c.witness.speak(stop) })
	wg.Go(func() { concealUntil(stop, publisher) })
	t.Cleanup(func() {
		close(stop)
		wg.Wait()
	})
	return c
}

func concealUntil(stop <-chan struct{}, p *hub.Publisher) {
	silhouette := conceal.NewSilhouette(160, 120)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-tick.C:
			_ = p.WritePicture(silhouette.Draw(i%2 == 0, 0))
			_ = p.WriteVoice(conceal.Silence(960))
		}
	}
}

func (c *courtroom) admit(t *testing.T, id string) (*Peer, *guest) {
	t.Helper()
	return join(t, Config{Subscriber: c.router.Subscribe(id)})
}

// receives waits until n packets of either kind, clear or not as wanted, have come since the arrival from.
func (g *guest) receives(from, n int, wantClear bool) {
	g.t.Helper()
	g.await(fmt.Sprintf("%d packets of each kind, clear %v", n, wantClear), func() bool {
		pictures, voices := 0, 0
		for _, a := range g.received[from:] {
			if isClear(a.packet.Payload) != wantClear {
				continue
			}
			if a.kind == webrtc.RTPCodecTypeVideo {
				pictures++
			} else {
				voices++
			}
		}
		return pictures >= n && voices >= n
	})
}

func TestClearMediaGoesFromGuestToGuest(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	_, judge := c.admit(t, "the judge")
	judge.receives(0, 20, true)
	for _, a := range judge.arrivals() {
		if !isClear(a.packet.Payload) || a.packet.Extension || len(a.packet.CSRC) > 0 {
			t.Fatalf("%v %q", a.packet.Header, a.packet.Payload)
		}
	}
	for _, line := range judge.lastOffer().Tracks {
		if line.Publisher != "the witness" || line.Form != "clear" {
			t.Errorf("the offer tells %+v", line)
		}
	}
}

// The heart of the matter: a gallery that is granted the concealed form receives nothing of the witness's own media
// and no number by which to know it.
func TestAConcealedGalleryReceivesNothingOfTheClearStream(t *testing.T) {
	c := newCourtroom(t, func(_, subscriber string) hub.Grant {
		if subscriber == "the judge" {
			return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
		}
		return hub.Grant{Picture: hub.Concealed, Voice: hub.Concealed}
	})
	_, judge := c.admit(t, "the judge")
	_, gallery := c.admit(t, "the gallery")
	judge.receives(0, 20, true)
	gallery.receives(0, 20, false)

	clearSSRC := map[uint32]bool{}
	clearStamps := map[uint32]bool{}
	for _, a := range judge.arrivals() {
		clearSSRC[a.packet.SSRC] = true
		clearStamps[a.packet.Timestamp] = true
	}
	for _, sender := range c.witness.pc.GetSenders() {
		clearSSRC[uint32(sender.GetParameters().Encodings[0].SSRC)] = true
	}
	same := 0
	arrived := gallery.arrivals()
	for _, a := range arrived {
		if isClear(a.packet.Payload) {
			t.Fatalf("clear media reached the gallery: %q", a.packet.Payload)
		}
		if clearSSRC[a.packet.SSRC] {
			t.Fatalf("the gallery was given the SSRC %d of the clear stream", a.packet.SSRC)
		}
		if clearStamps[a.packet.Timestamp] || a.packet.Timestamp-clearTimestamp < 1<<20 {
			same++
		}
		if a.packet.Extension || len(a.packet.CSRC) > 0 {
			t.Fatalf("the header tells more than it should: %v", a.packet.Header)
		}
	}
	// Timestamps are random, so one may lie near the clear ones by chance; all of a run would not.
	if same > len(arrived)/2 {
		t.Errorf("%d of %d timestamps follow the clear stream's", same, len(arrived))
	}
	for _, line := range gallery.lastOffer().Tracks {
		if line.Form != "silhouette" && line.Form != "disguised" {
			t.Errorf("the offer tells %+v", line)
		}
	}
}

func TestAnOfferTellsNoNamesAndNoHost(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Concealed}))
	_, gallery := c.admit(t, "the gallery")
	gallery.awaitTracks("audio disguised", "video clear")
	sdp := gallery.lastOffer().SDP
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, tell := range []string{"witness", "gallery", "clear", "conceal", "silhouette", "disguise", "paravent", ".local", "pion", host} {
		// A name of a letter or two is found in any random id.
		if len(tell) > 3 && strings.Contains(strings.ToLower(sdp), strings.ToLower(tell)) {
			t.Errorf("the offer holds %q:\n%s", tell, sdp)
		}
	}
	streams := regexp.MustCompile(`a=msid:(\S+) (\S+)`).FindAllStringSubmatch(sdp, -1)
	if len(streams) != 2 || streams[0][1] == streams[1][1] || streams[0][2] == streams[1][2] {
		t.Errorf("tracks of two forms share an id: %q", streams)
	}
	for _, extension := range regexp.MustCompile(`a=extmap:\S+ \S+`).FindAllString(sdp, -1) {
		t.Errorf("a sending line offers %s", extension)
	}
}

// Opus is received with redundancy where the other side can send it, and never sent so.
func TestOnlyVP8AndOpusAreOffered(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	c.witness.await("an offer", func() bool { return len(c.witness.offers) > 0 })
	sdp := c.witness.lastOffer().SDP
	got := regexp.MustCompile(`a=rtpmap:\d+ (\S+)`).FindAllStringSubmatch(sdp, -1)
	if len(got) != 3 || got[0][1] != "red/48000/2" || got[1][1] != "opus/48000/2" || got[2][1] != "VP8/90000" {
		t.Errorf("%q", got)
	}
	_, gallery := c.admit(t, "the gallery")
	gallery.await("an offer", func() bool { return len(gallery.offers) > 0 })
	if sdp := gallery.lastOffer().SDP; strings.Contains(sdp, "red/") || !strings.Contains(sdp, "opus/48000/2") {
		t.Errorf("the gallery is offered\n%s", sdp)
	}
	if !strings.Contains(sdp, "a=mid:0") || strings.Count(sdp, "a=recvonly") != 2 {
		t.Errorf("the lines for what is published:\n%s", sdp)
	}
}

func TestFormsChangeUnderLoad(t *testing.T) {
	c := newCourtroom(t, nil)
	_, gallery := c.admit(t, "the gallery")
	c.witness.await("to be heard", func() bool { return len(c.witness.answers) > 0 })
	forms := []struct {
		grant hub.Grant
		lines []string
	}{
		{hub.Grant{Picture: hub.Concealed, Voice: hub.Concealed}, []string{"audio disguised", "video silhouette"}},
		{hub.Grant{}, nil},
		{hub.Grant{Picture: hub.Clear, Voice: hub.Clear}, []string{"audio clear", "video clear"}},
	}
	const rounds = 6
	for round := range rounds {
		for _, f := range forms {
			from := len(gallery.arrivals())
			c.router.SetAccess(everyone(f.grant))
			if round == 0 && f.lines == nil {
				continue // changed again before it was offered
			}
			gallery.awaitTracks(f.lines...)
			if f.lines != nil {
				gallery.receives(from, 3, f.grant.Picture == hub.Clear)
			}
		}
	}
	checkLinesKeepTheirForm(t, gallery)
	if n := strings.Count(gallery.lastOffer().SDP, "m="); n != 4 {
		t.Errorf("after %d rounds there are %d media lines, want one for each kind and form", rounds, n)
	}
}

// checkLinesKeepTheirForm checks that no media line and no SSRC ever carried both forms, and that each time a line
// was taken again its SSRC was new.
func checkLinesKeepTheirForm(t *testing.T, g *guest) {
	t.Helper()
	formOfMid := map[string]bool{}
	formOfSSRC := map[uint32]bool{}
	ssrcOfMid := map[string]map[uint32]bool{}
	for _, a := range g.arrivals() {
		is := isClear(a.packet.Payload)
		if was, known := formOfMid[a.mid]; known && was != is {
			t.Fatalf("line %s carried both forms", a.mid)
		}
		if was, known := formOfSSRC[a.packet.SSRC]; known && was != is {
			t.Fatalf("SSRC %d carried both forms", a.packet.SSRC)
		}
		formOfMid[a.mid], formOfSSRC[a.packet.SSRC] = is, is
		if ssrcOfMid[a.mid] == nil {
			ssrcOfMid[a.mid] = map[uint32]bool{}
		}
		ssrcOfMid[a.mid][a.packet.SSRC] = true
	}
	for mid, ssrcs := range ssrcOfMid {
		if len(ssrcs) < 2 {
			t.Errorf("line %s was taken again with the same SSRC", mid)
		}
	}
}

func TestAfterTheCutNothingMoreArrives(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	_, gallery := c.admit(t, "the gallery")
	_, judge := c.admit(t, "the judge")
	gallery.receives(0, 10, true)
	c.router.SetAccess(func(_, subscriber string) hub.Grant {
		if subscriber == "the judge" {
			return hub.Grant{Picture: hub.Clear, Voice: hub.Clear}
		}
		return hub.Grant{}
	})
	gallery.awaitTracks()
	// What was on the network at the cut has arrived by the time an offer made after it has been answered.
	from, judgeFrom := len(gallery.arrivals()), len(judge.arrivals())
	judge.receives(judgeFrom, 20, true)
	if late := len(gallery.arrivals()) - from; late > 0 {
		t.Errorf("%d packets arrived after the cut", late)
	}
}

func TestASubscribersPictureLossReachesThePublisher(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear}))
	_, judge := c.admit(t, "the judge")
	judge.await("a picture", func() bool { return len(judge.received) > 5 })
	c.witness.mu.Lock()
	before := c.witness.keyAsked
	c.witness.mu.Unlock()
	ssrc := judge.arrivals()[0].packet.SSRC
	if err := judge.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}); err != nil {
		t.Fatal(err)
	}
	c.witness.await("to be asked for a key frame", func() bool { return c.witness.keyAsked > before })
}

func TestLeavingAndRejoining(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Concealed, Voice: hub.Concealed}))
	for range 3 {
		p, gallery := c.admit(t, "the gallery")
		gallery.receives(0, 3, false)
		gallery.leave()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if p.State() != webrtc.PeerConnectionStateClosed {
			t.Errorf("state %v", p.State())
		}
		if err := p.Handle(Message{Type: Answer}); err != ErrClosed {
			t.Errorf("after the end: %v", err)
		}
	}
}

func TestTheWitnessRejoins(t *testing.T) {
	c := newCourtroom(t, everyone(hub.Grant{Picture: hub.Clear, Voice: hub.Clear}))
	_, judge := c.admit(t, "the judge")
	judge.receives(0, 5, true)
	c.witness.leave()
	if err := c.peer.Close(); err != nil {
		t.Fatal(err)
	}
	_, again := join(t, Config{Publisher: c.router.Publish("the witness"), Audio: true, Video: true})
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { again.speak(stop) })
	defer wg.Wait()
	defer close(stop)
	judge.receives(len(judge.arrivals()), 5, true)
	perSSRC := map[uint32]bool{}
	for _, a := range judge.arrivals() {
		perSSRC[a.packet.SSRC] = true
	}
	if len(perSSRC) != 2 {
		t.Errorf("the judge's tracks were replaced: %d SSRCs, want 2", len(perSSRC))
	}
}

func TestMessagesOutOfPlaceAreRefused(t *testing.T) {
	r := hub.New()
	defer r.Close()
	sent := make(chan Message, 8)
	p, err := New(Config{
		API: newTestAPI(t), Send: func(m Message) { sent <- m },
		Publisher: r.Publish("witness"), Audio: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if m := <-sent; m.Type != Offer {
		t.Fatalf("the first message is %q", m.Type)
	}
	if err := p.Handle(Message{Type: Answer, Connection: 1, SDP: "v=0\r\nbroken"}); err != nil {
		t.Errorf("an answer to another connection was not passed over: %v", err)
	}
	for name, m := range map[string]Message{
		"an offer": {Type: Offer, SDP: "v=0"}, "nothing": {}, "a broken answer": {Type: Answer, SDP: "v=0\r\nbroken"},
	} {
		if err := p.Handle(m); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	candidate := webrtc.ICECandidateInit{Candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host"}
	for i := range maxEarlyCandidates + 1 {
		err := p.Handle(Message{Type: Candidate, Candidate: &candidate})
		if (err != nil) != (i == maxEarlyCandidates) {
			t.Fatalf("candidate %d: %v", i, err)
		}
	}
}

func TestAListenerWithNothingToHearIsOfferedNothing(t *testing.T) {
	c := newCourtroom(t, nil)
	_, gallery := c.admit(t, "the gallery")
	c.witness.await("an answer", func() bool { return len(c.witness.answers) > 0 })
	if offer := gallery.lastOffer(); offer.SDP != "" {
		t.Errorf("offered:\n%s", offer.SDP)
	}
}
