package rehearsal

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"paravent/media/capture"
	"paravent/media/peer"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/relay"
)

// Props are what a simulated participant brings. A nil source sends nothing.
type Props struct {
	Picture     capture.VideoSource
	Sound       capture.AudioSource
	Lang        string
	Device      *invite.DeviceKey
	Fingerprint string
}

// Participant is a simulated guest: it joins by its link over real WebRTC, sends what the court asks for, and looks at
// everything that it receives.
type Participant struct {
	session *guest.Session
	api     *webrtc.API
	props   Props
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
	waiting []peer.Message // what came before the state that lets the guest in; the follower's own

	mu        sync.Mutex
	pc        *webrtc.PeerConnection
	state     join.State
	lines     map[string]peer.TrackLine
	early     []webrtc.ICECandidateInit
	flows     map[FlowKey]*Flow
	ended     string
	changed   chan struct{}
	sendAudio atomic.Bool
	sendVideo atomic.Bool
}

// FlowKey names what was received: of whom, of which kind, announced as which form.
type FlowKey struct{ Publisher, Kind, Form string }

// Flow is what was received under one key.
type Flow struct {
	Packets int
	Frames  int
	Last    time.Time
	// Marked counts the pictures, or the tenths of a second of sound, that carried the witness's mark.
	Marked int
	// Interpreted counts the tenths of a second that carried the interpreter's.
	Interpreted int
}

// Join opens a link as a guest would.
func Join(ctx context.Context, link string, props Props) (*Participant, error) {
	api, err := peer.NewAPI(nil)
	if err != nil {
		return nil, err
	}
	session, err := guest.Dial(ctx, link, guest.Options{Lang: props.Lang, Device: props.Device, Fingerprint: props.Fingerprint})
	if err != nil {
		return nil, err
	}
	p := &Participant{session: session, api: api, props: props, flows: map[FlowKey]*Flow{}, lines: map[string]peer.TrackLine{}, changed: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.workers.Go(p.follow)
	return p, nil
}

// Words are the verification words on the guest's side.
func (p *Participant) Words() [4]string { return p.session.Words() }

// State returns what the page would show now.
func (p *Participant) State() join.State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// Ask presses one of the page's buttons.
func (p *Participant) Ask(kind string) error { return p.session.Send(join.Request{Kind: kind}) }

// Flows returns a copy of what was received so far.
func (p *Participant) Flows() map[FlowKey]Flow {
	p.mu.Lock()
	defer p.mu.Unlock()
	flows := make(map[FlowKey]Flow, len(p.flows))
	for k, f := range p.flows {
		flows[k] = *f
	}
	return flows
}

// Connected reports whether a media connection stands.
func (p *Participant) Connected() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pc != nil && p.pc.ConnectionState() == webrtc.PeerConnectionStateConnected
}

// Ended returns the message by which the court ended the session, or "".
func (p *Participant) Ended() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// Until waits until a condition on the participant holds.
func (p *Participant) Until(ctx context.Context, holds func(*Participant) bool) error {
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if holds(p) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// touch wakes those who wait. It holds p.mu.
func (p *Participant) touch() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Leave says goodbye.
func (p *Participant) Leave() { p.end(p.session.Close) }

// Break cuts the connection as a lost network does.
func (p *Participant) Break() { p.end(p.session.Break) }

func (p *Participant) end(how func()) {
	how()
	p.cancel()
	p.unplug()
	p.workers.Wait()
}

func (p *Participant) unplug() {
	p.mu.Lock()
	pc := p.pc
	p.pc = nil
	p.early = nil
	clear(p.lines)
	p.mu.Unlock()
	if pc != nil {
		_ = pc.Close() // it is gone either way
	}
}

func (p *Participant) follow() {
	for m := range p.session.Messages() {
		switch m.Type {
		case join.TypeState:
			p.takeState(m)
			if p.State().Admitted {
				for _, signal := range p.waiting {
					_ = p.signal(signal) // as below
				}
				p.waiting = nil
			}
		case join.TypeOffer, join.TypeCandidate:
			var signal peer.Message
			if m.Decode(&signal) != nil {
				continue
			}
			if !p.State().Admitted { // which TURN servers there are comes with the state that lets the guest in
				p.waiting = append(p.waiting, signal)
				continue
			}
			_ = p.signal(signal) // what cannot be answered is seen as missing media
		case join.TypeRemoved, join.TypeBye, join.TypeRefused:
			p.mu.Lock()
			p.ended = m.Type
			p.touch()
			p.mu.Unlock()
		}
	}
	p.unplug()
	p.mu.Lock()
	p.touch()
	p.mu.Unlock()
}

func (p *Participant) takeState(m join.Message) {
	var s join.State
	if m.Decode(&s) != nil {
		return
	}
	if !s.Admitted {
		p.unplug()
	}
	p.sendAudio.Store(s.Publish.Audio)
	p.sendVideo.Store(s.Publish.Video)
	p.mu.Lock()
	p.state = s
	p.touch()
	p.mu.Unlock()
}

func (p *Participant) signal(m peer.Message) error {
	if m.Type == peer.Candidate {
		return p.candidate(m)
	}
	pc, err := p.connection()
	if err != nil {
		return err
	}
	p.mu.Lock()
	for _, l := range m.Tracks {
		p.lines[l.Mid] = l
	}
	p.mu.Unlock()
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: m.SDP}); err != nil {
		return err
	}
	p.mu.Lock()
	early := p.early
	p.early = nil
	p.mu.Unlock()
	for _, c := range early {
		if err := pc.AddICECandidate(c); err != nil {
			return err
		}
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := pc.SetLocalDescription(answer); err != nil {
		return err
	}
	if p.State().RelayOnly {
		answer.SDP = peer.Relayed(answer.SDP)
	}
	return p.session.Send(peer.Message{Type: peer.Answer, SDP: answer.SDP})
}

// newConnection follows what the state says of TURN servers, as the page does. It holds p.mu.
func (p *Participant) newConnection() (*webrtc.PeerConnection, error) {
	if len(p.state.ICE) == 0 {
		return p.api.NewPeerConnection(webrtc.Configuration{})
	}
	config, secure := webrtc.Configuration{}, map[string]*tls.Config{}
	if p.state.RelayOnly {
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, ice := range p.state.ICE {
		config.ICEServers = append(config.ICEServers, webrtc.ICEServer{URLs: ice.URLs, Username: ice.Username, Credential: ice.Credential})
		for _, at := range ice.URLs {
			if rest, found := strings.CutPrefix(at, "turns:"); found {
				hostport, _, _ := strings.Cut(rest, "?")
				secure[hostport] = relay.Place{Fingerprint: p.props.Fingerprint}.TLS()
			}
		}
	}
	api, err := peer.NewAPI(func(settings *webrtc.SettingEngine) { peer.DialTURN(settings, secure) })
	if err != nil {
		return nil, err
	}
	return api.NewPeerConnection(config)
}

func (p *Participant) candidate(m peer.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Candidate == nil {
		return nil
	}
	if p.pc == nil || p.pc.RemoteDescription() == nil {
		p.early = append(p.early, *m.Candidate)
		return nil
	}
	return p.pc.AddICECandidate(*m.Candidate)
}

// connection returns the media connection, a new one for the first offer.
func (p *Participant) connection() (*webrtc.PeerConnection, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pc != nil {
		return p.pc, nil
	}
	pc, err := p.newConnection()
	if err != nil {
		return nil, err
	}
	relayOnly := p.state.RelayOnly
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			init := c.ToJSON()
			if relayOnly {
				var ok bool
				if init.Candidate, ok = peer.RelayedCandidate(init.Candidate); !ok {
					return
				}
			}
			_ = p.session.Send(peer.Message{Type: peer.Candidate, Candidate: &init}) // a lost connection needs none
		}
	})
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		p.mu.Lock()
		p.touch()
		p.mu.Unlock()
	})
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) { p.receive(pc, track, receiver) })
	if err := p.publish(pc); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	p.pc = pc
	return pc, nil
}

func (p *Participant) publish(pc *webrtc.PeerConnection) error {
	if p.props.Sound != nil {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "sound", "sound")
		if err != nil {
			return err
		}
		if _, err := pc.AddTrack(track); err != nil {
			return err
		}
		p.workers.Go(func() { _ = p.speak(track) }) // it ends with the participant
	}
	if p.props.Picture != nil {
		track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "picture", "picture")
		if err != nil {
			return err
		}
		sender, err := pc.AddTrack(track)
		if err != nil {
			return err
		}
		var key atomic.Bool
		p.workers.Go(func() { keyFrameRequests(sender, &key) })
		p.workers.Go(func() { _ = p.appear(track, &key) }) // it ends with the participant
	}
	return nil
}

func keyFrameRequests(sender *webrtc.RTPSender, key *atomic.Bool) {
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				key.Store(true)
			}
		}
	}
}
