package join_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media/peer"
	"paravent/testimony/invite"
	"paravent/testimony/join"
)

// fakeCourt keeps invitations in memory and lets a test drive each guest.
type fakeCourt struct {
	t      *testing.T
	server *join.Server

	mu     sync.Mutex
	seats  map[invite.ID]*seat
	alarms int
	fouls  int // signalling that was altered
	now    time.Time
}

type seat struct {
	invitation invite.Invitation
	secret     invite.Secret
	label      string
	sessions   chan *desk
}

func newCourt(t *testing.T, listen string) *fakeCourt {
	t.Helper()
	c := &fakeCourt{t: t, seats: map[invite.ID]*seat{}, now: time.Now()}
	server, err := join.Listen(t.Context(), join.Config{Listen: listen, Court: c})
	if err != nil {
		t.Fatal(err)
	}
	c.server = server
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Errorf("close the server: %v", err)
		}
	})
	return c
}

// invite seats somebody and returns the link.
func (c *fakeCourt) invite(role, label string) (string, *seat) {
	c.t.Helper()
	secret, err := invite.NewSecret(rand.Reader)
	if err != nil {
		c.t.Fatal(err)
	}
	s := &seat{
		invitation: invite.Invitation{ID: secret.ID(), Participant: "seat-" + role, Role: role, Expires: c.now.Add(time.Hour)},
		secret:     secret, label: label, sessions: make(chan *desk, 8),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seats[secret.ID()] = s
	return c.server.Link(secret).String(), s
}

func (c *fakeCourt) change(s *seat, change func(*invite.Invitation)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&s.invitation)
}

func (c *fakeCourt) alarmed() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.alarms
}

func (c *fakeCourt) Secret(_ context.Context, id invite.ID) (invite.Secret, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.seats[id]; ok {
		return s.secret, nil
	}
	return invite.Secret{}, invite.Unknown
}

func (c *fakeCourt) Admit(_ context.Context, id invite.ID, device invite.Thumbprint, _ string) (join.Guest, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seats[id]
	d, err := s.invitation.Admit(c.now, device)
	if d.Alarm {
		c.alarms++
	}
	if err != nil {
		return join.Guest{}, err
	}
	s.invitation = d.Next
	return join.Guest{
		Participant: s.invitation.Participant, Role: s.invitation.Role, Label: s.label, Returns: d.Returns,
	}, nil
}

func (c *fakeCourt) Altered(invite.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fouls++
}

func (c *fakeCourt) Connected(session *join.Session) {
	c.mu.Lock()
	s := c.seats[session.Invitation()]
	c.mu.Unlock()
	d := &desk{Session: session, got: make(chan join.Message, 256)}
	go d.run()
	s.sessions <- d
}

// desk is the test's end of one session. It answers WebRTC itself and hands every other message to the test.
type desk struct {
	*join.Session
	got chan join.Message

	mu sync.Mutex
	pc *webrtc.PeerConnection
}

func (d *desk) run() {
	defer close(d.got)
	for m := range d.Messages() {
		switch m.Type {
		case join.TypeAnswer, join.TypeCandidate:
			d.signal(m)
		default:
			d.got <- m
		}
	}
	d.hangUp()
}

func (d *desk) signal(m join.Message) {
	var message peer.Message
	d.mu.Lock()
	pc := d.pc
	d.mu.Unlock()
	if pc == nil || m.Decode(&message) != nil {
		return
	}
	if message.Type == join.TypeAnswer {
		_ = pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: message.SDP})
	} else if message.Candidate != nil {
		_ = pc.AddICECandidate(*message.Candidate)
	}
}

func (d *desk) hangUp() {
	d.mu.Lock()
	pc := d.pc
	d.pc = nil
	d.mu.Unlock()
	if pc != nil {
		_ = pc.GracefulClose()
	}
}

// line is one picture that the desk sends.
type line struct {
	publisher, form string
	track           webrtc.TrackLocal
}

// offer makes a connection that receives sound and picture, when publishes is set, and sends lines. received is called
// with each track that arrives.
func (d *desk) offer(publishes bool, lines []line, received func(*webrtc.PeerConnection, *webrtc.TrackRemote)) error {
	d.hangUp()
	pc, err := newConnection()
	if err != nil {
		return err
	}
	if received != nil {
		pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { received(pc, track) })
	}
	if publishes {
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
			if _, err := pc.AddTransceiverFromKind(kind, init); err != nil {
				return err
			}
		}
	}
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		m := peer.Message{Type: peer.Candidate}
		if c != nil {
			candidate := c.ToJSON()
			m.Candidate = &candidate
		}
		_ = d.Send(m)
	})
	d.mu.Lock()
	d.pc = pc
	d.mu.Unlock()
	return d.reoffer(lines)
}

// reoffer changes what the connection sends.
func (d *desk) reoffer(lines []line) error {
	d.mu.Lock()
	pc := d.pc
	d.mu.Unlock()
	if pc == nil {
		return errors.New("there is no connection")
	}
	for _, sender := range pc.GetSenders() {
		if sender.Track() != nil {
			if err := pc.RemoveTrack(sender); err != nil {
				return err
			}
		}
	}
	carried := map[*webrtc.RTPTransceiver]line{}
	for _, l := range lines {
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
		transceiver, err := pc.AddTransceiverFromTrack(l.track, init)
		if err != nil {
			return err
		}
		carried[transceiver] = l
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	m := peer.Message{Type: peer.Offer, SDP: offer.SDP}
	for transceiver, l := range carried {
		kind := "video"
		if l.track.Kind() == webrtc.RTPCodecTypeAudio {
			kind = "audio"
		}
		m.Tracks = append(m.Tracks, peer.TrackLine{
			Mid: transceiver.Mid(), Publisher: l.publisher, Kind: kind, Form: l.form,
		})
	}
	return d.Send(m)
}

// await returns the next message of a type and passes over others.
func (d *desk) await(t *testing.T, kind string, into any) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		select {
		case m, more := <-d.got:
			if !more {
				t.Fatalf("the session ended while waiting for %s: %v", kind, d.Err())
			}
			if m.Type != kind {
				continue
			}
			if err := m.Decode(into); err != nil {
				t.Fatal(err)
			}
			return
		case <-limit:
			t.Fatalf("no %s came", kind)
		}
	}
}

func (s *seat) next(t *testing.T) *desk {
	t.Helper()
	select {
	case d := <-s.sessions:
		return d
	case <-time.After(20 * time.Second):
		t.Fatal("nobody came")
		return nil
	}
}

// newConnection makes a connection of the test's own, apart from the product's: VP8 and Opus, loopback, no logging.
func newConnection() (*webrtc.PeerConnection, error) {
	settings := webrtc.SettingEngine{LoggerFactory: silent}
	settings.SetIncludeLoopbackCandidate(true)
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine)).
		NewPeerConnection(webrtc.Configuration{})
}

// mirror sends to out what comes in on track, and asks for a key frame again and again, but no more often than a busy machine
// can send whole ones.
func mirror(pc *webrtc.PeerConnection, track *webrtc.TrackRemote, out rtpWriter, count func()) {
	var asked time.Time
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if track.Kind() == webrtc.RTPCodecTypeVideo && time.Since(asked) > 500*time.Millisecond {
			asked = time.Now()
			_ = pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}})
		}
		count()
		if out == nil {
			continue
		}
		// Header extensions speak of the connection they came on: its mid would lead the other page to the wrong line.
		packet.Header.Extension, packet.Header.Extensions = false, nil
		if err := out.WriteRTP(packet); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			return
		}
	}
}

type rtpWriter interface{ WriteRTP(*rtp.Packet) error }

var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
