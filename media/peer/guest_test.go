package peer

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media/hub"
)

const patience = 20 * time.Second

// guest is a participant's side, as a browser would be: it answers, and keeps every packet that comes.
type guest struct {
	t     testing.TB
	pc    *webrtc.PeerConnection
	inbox chan Message
	wg    sync.WaitGroup
	stop  chan struct{}

	sound, picture *webrtc.TrackLocalStaticRTP // what it publishes, if anything
	aside          *webrtc.TrackLocalStaticRTP // what it says in private, once it was offered a line for that

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	received []arrival
	offers   []Message
	answers  []string
	keyAsked int
	numbered int // packets that a measurement has sent
}

// arrival is a packet with the media line that it came on.
type arrival struct {
	mid    string
	kind   webrtc.RTPCodecType
	packet *rtp.Packet
	at     time.Time
}

func newTestAPI(t testing.TB) *webrtc.API {
	t.Helper()
	api, err := NewAPI(func(s *webrtc.SettingEngine) {
		s.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// join connects a new guest to a new Peer. The config's API and Send are filled in.
func join(t testing.TB, config Config) (*Peer, *guest) {
	t.Helper()
	config.API = newTestAPI(t)
	g := newGuest(t, config.Publisher != nil)
	config.Send = func(m Message) {
		select {
		case g.inbox <- m:
		case <-g.stop:
		}
	}
	p, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	g.wg.Go(func() { g.answerAll(p) })
	t.Cleanup(func() {
		g.leave()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, g
}

func newGuest(t testing.TB, publishes bool) *guest {
	t.Helper()
	pc, err := newTestAPI(t).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{
		t: t, pc: pc, inbox: make(chan Message, 64), stop: make(chan struct{}), changed: make(chan struct{}),
	}
	if publishes {
		g.sound = localTrack(t, webrtc.MimeTypeOpus, "mic")
		g.picture = localTrack(t, webrtc.MimeTypeVP8, "cam")
	}
	pc.OnTrack(g.onTrack)
	return g
}

func localTrack(t testing.TB, mime, id string) *webrtc.TrackLocalStaticRTP {
	t.Helper()
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: mime}, id, "guest-stream")
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func (g *guest) answerAll(p *Peer) {
	g.pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			init := c.ToJSON()
			_ = p.Handle(Message{Type: Candidate, Candidate: &init})
		}
	})
	for {
		select {
		case <-g.stop:
			return
		case m := <-g.inbox:
			if err := g.take(p, m); err != nil {
				select {
				case <-g.stop: // it left in the middle of an answer
				case <-p.Done():
				default:
					g.t.Errorf("guest: %v", err)
				}
				return
			}
		}
	}
}

func (g *guest) take(p *Peer, m Message) error {
	if m.Type == Candidate {
		if m.Candidate == nil {
			return nil
		}
		return g.pc.AddICECandidate(*m.Candidate)
	}
	offer := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: m.SDP}
	if err := g.pc.SetRemoteDescription(offer); err != nil {
		return fmt.Errorf("take offer: %w", err)
	}
	g.change(func() { g.offers = append(g.offers, m) })
	if err := g.publish(m.Private); err != nil {
		return err
	}
	answer, err := g.pc.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := g.pc.SetLocalDescription(answer); err != nil {
		return err
	}
	err = p.Handle(Message{Type: Answer, SDP: answer.SDP})
	g.change(func() { g.answers = append(g.answers, answer.SDP) })
	return err
}

// publish attaches camera and microphone at the first offer.
func (g *guest) publish(private string) error {
	if g.sound == nil || len(g.pc.GetSenders()) > 0 {
		return nil
	}
	if _, err := g.pc.AddTrack(g.sound); err != nil {
		return err
	}
	sender, err := g.pc.AddTrack(g.picture)
	if err != nil {
		return err
	}
	if private != "" {
		aside := localTrack(g.t, webrtc.MimeTypeOpus, "aside")
		for _, t := range g.pc.GetTransceivers() {
			if t.Mid() != private {
				continue
			}
			if _, err := g.pc.AddTrack(aside); err != nil { // it takes the first free line of its kind
				return err
			}
			if t.Sender() == nil || t.Sender().Track() != aside {
				return fmt.Errorf("line %s does not carry what is said in private", private)
			}
			g.change(func() { g.aside = aside })
		}
	}
	g.wg.Go(func() {
		for {
			if _, _, err := sender.ReadRTCP(); err != nil {
				return
			}
			g.change(func() { g.keyAsked++ })
		}
	})
	return nil
}

func (g *guest) onTrack(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := receiver.RTPTransceiver().Mid()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		g.change(func() { g.received = append(g.received, arrival{mid, track.Kind(), packet, time.Now()}) })
	}
}

func (g *guest) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	close(g.changed)
	g.changed = make(chan struct{})
}

// await waits until the guest's state is as wanted.
func (g *guest) await(what string, is func() bool) {
	g.t.Helper()
	deadline := time.After(patience)
	for {
		g.mu.Lock()
		ok, changed := is(), g.changed
		g.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			g.t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (g *guest) arrivals() []arrival {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]arrival(nil), g.received...)
}

func (g *guest) lastOffer() Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.offers) == 0 {
		return Message{}
	}
	return g.offers[len(g.offers)-1]
}

// awaitTracks waits for an offer that the guest has answered and that tells just these forms of the publisher.
func (g *guest) awaitTracks(want ...string) {
	g.t.Helper()
	g.await(fmt.Sprintf("an offer of %q", want), func() bool {
		if len(g.offers) == 0 || len(g.offers) != len(g.answers) {
			return false
		}
		var got []string
		for _, line := range g.offers[len(g.offers)-1].Tracks {
			got = append(got, line.Kind+" "+line.Form)
		}
		return fmt.Sprint(got) == fmt.Sprint(want) || sameSet(got, want)
	})
}

func sameSet(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func (g *guest) leave() {
	select {
	case <-g.stop:
		return
	default:
	}
	close(g.stop)
	if err := g.pc.GracefulClose(); err != nil {
		g.t.Error(err)
	}
	g.wg.Wait()
}

// speak publishes marked media, a key frame among ten frames, until stopped.
func (g *guest) speak(stop <-chan struct{}) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		first := byte(1)
		if i%10 == 0 {
			first = 0
		}
		header := rtp.Header{
			Version: 2, Marker: true, SequenceNumber: clearSequence + uint16(i), Timestamp: clearTimestamp + uint32(i)*450,
		}
		_ = g.picture.WriteRTP(&rtp.Packet{Header: header, Payload: append([]byte{0x10, first}, pictureMark...)})
		header.Marker = false
		_ = g.sound.WriteRTP(&rtp.Packet{Header: header, Payload: voiceMark})
	}
}

// What the publishing guest's packets can be known by.
const (
	clearSequence  = 0x1234
	clearTimestamp = 0x70000000
)

var (
	pictureMark = bytes.Repeat([]byte("CLEAR-PICTURE "), 8)
	voiceMark   = bytes.Repeat([]byte("CLEAR-VOICE "), 4)
)

func isClear(payload []byte) bool { return bytes.Contains(payload, []byte("CLEAR-")) }

func everyone(g hub.Grant) hub.Access { return func(string, string) hub.Grant { return g } }
