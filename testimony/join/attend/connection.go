// Package attend is a guest's whole side as a Go program: the signalling, one media connection, the guest's own picture and sound, and what
// comes in. The advocate's desktop joins by it, and so do the simulated guests of a rehearsal.
//
// It decides nothing: what it may send and what it is sent is the court's to say. It shows and plays nothing either: what comes in is
// handed to whoever asked for it. The types to start from are [Connection], which is one connection, and [Seat], which comes back when one is lost.
package attend

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc/v4"

	"paravent/media/capture"
	"paravent/media/peer"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/relay"
)

// Config is what a guest brings. A nil source sends nothing; sources stay the caller's to close.
type Config struct {
	guest.Options
	Picture capture.VideoSource
	Sound   capture.AudioSource
	// Width and Height are what the picture is sent as, in pixels; 320 by 240 where they are zero.
	Width, Height int

	// Receive, which may be nil, takes in one track until its Read ends, on a goroutine of its own.
	Receive func(*Track)

	record func(join.Record) // the court asks for a second record, or ends it; nil where none can be kept
}

// Connection is one connection to the court, from the welcome until it ends. Its methods may be called from any goroutine.
type Connection struct {
	session *guest.Session
	api     *webrtc.API
	config  Config
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
	waiting []peer.Message // what came before the state that lets the guest in; the follower's own

	mu        sync.Mutex
	pc        *webrtc.PeerConnection
	number    int // the court's, of the connection that the last message was about
	state     join.State
	lines     map[string]peer.TrackLine // by mid, all that were ever told
	told      map[string]bool           // the mids that the last offer told
	early     []webrtc.ICECandidateInit
	ended     join.Message
	said      []join.Text // on the text line to the clerk
	changed   chan struct{}
	sendAudio atomic.Bool
	sendVideo atomic.Bool
	talks     atomic.Bool                                    // in private
	aside     *atomic.Pointer[webrtc.TrackLocalStaticSample] // what is put up for that on this media connection's own line; nil while there is no connection or no sound
	own       struct{ audioOff, videoOff atomic.Bool }       // by the guest's own choice
}

// Open opens a link as a guest would, and waits until the court has let the guest into the lobby. Errors are those of [guest.Dial].
func Open(ctx context.Context, link string, config Config) (*Connection, error) {
	api, err := peer.NewAPI(nil)
	if err != nil {
		return nil, err
	}
	session, err := guest.Dial(ctx, link, config.Options)
	if err != nil {
		return nil, err
	}
	c := &Connection{session: session, api: api, config: config, lines: map[string]peer.TrackLine{}, told: map[string]bool{}, changed: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	c.workers.Go(c.follow)
	return c, nil
}

// Welcome is what the court said first: the seat's role and label.
func (c *Connection) Welcome() join.Welcome { return c.session.Welcome() }

// Words are the verification words on the guest's side.
func (c *Connection) Words() [4]string { return c.session.Words() }

// Done is closed when the connection has ended.
func (c *Connection) Done() <-chan struct{} { return c.session.Done() }

// State is what a page would show now.
func (c *Connection) State() join.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Ended returns the message by which the court ended the connection; its Type is empty where it has not.
func (c *Connection) Ended() join.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// Changed is closed at the next change of what the methods here return. Take it before them, so that no change is missed.
func (c *Connection) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Until waits until a condition on the connection holds.
func (c *Connection) Until(ctx context.Context, holds func() bool) error {
	for {
		changed := c.Changed()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Touch wakes those who wait for a change.
func (c *Connection) Touch() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.touch()
}

// touch holds c.mu.
func (c *Connection) touch() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Connected reports whether a media connection stands.
func (c *Connection) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pc != nil && c.pc.ConnectionState() == webrtc.PeerConnectionStateConnected
}

// Ask presses one of the page's buttons: a kind of testimony.Asks.
func (c *Connection) Ask(kind string) error { return c.session.Send(join.Request{Kind: kind}) }

// saidKept is how many messages of the text line a connection keeps, in memory alone.
const saidKept = 60

// Said is what was written on the text line to the clerk over this connection, oldest first.
func (c *Connection) Said() []join.Text {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]join.Text(nil), c.said...)
}

// Write sends the clerk a message: words, or one of testimony.TextPhrases.
func (c *Connection) Write(words, phrase string) error {
	return c.session.Send(join.Text{Words: words, Phrase: phrase})
}

// Prepared tells the court of a step of the preparation that was taken.
func (c *Connection) Prepared(step string) error {
	return c.session.Send(join.Prepared{Step: step})
}

// Listen tells the court what the guest wants to hear of the interpreters: a language, "floor", or nothing for what the court gives.
func (c *Connection) Listen(channel string) error {
	return c.session.Send(join.Channel{Channel: channel})
}

// Interpret tells the court into which language an interpreter interprets from now on; with none, they speak to everyone.
func (c *Connection) Interpret(into string) error { return c.session.Send(join.Interpret{Into: into}) }

// Talk says a word on a private talk: one of join.TalkAsk, with whom, join.TalkEnd and join.TalkBack.
func (c *Connection) Talk(do, with string) error {
	if do == join.TalkEnd {
		c.talks.Store(false) // at once, and without the court
	}
	return c.session.Send(join.Talk{Do: do, With: with})
}

// Switch turns the guest's own microphone and camera on and off, at once, and tells the court.
func (c *Connection) Switch(audio, video bool) error {
	c.silence(!audio, !video)
	return c.session.Send(join.Media{Audio: audio && c.config.Sound != nil, Video: video && c.config.Picture != nil})
}

// silence keeps the guest's own sound and picture from leaving this machine, at once and without the court.
func (c *Connection) silence(audio, video bool) {
	c.own.audioOff.Store(audio)
	c.own.videoOff.Store(video)
}

// gone lists the publishers of whom no picture is told any more.
func (c *Connection) gone() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := map[string]bool{}
	for mid, l := range c.lines {
		if l.Kind == "video" && c.told[mid] {
			told[l.Publisher] = true
		}
	}
	for _, l := range c.lines {
		if l.Kind == "video" && !told[l.Publisher] {
			all = append(all, l.Publisher)
		}
	}
	return all
}

// Leave says goodbye.
func (c *Connection) Leave() { c.end(c.session.Close) }

// Break cuts the connection as a lost network does.
func (c *Connection) Break() { c.end(c.session.Break) }

func (c *Connection) end(how func()) {
	how()
	c.cancel()
	c.unplug()
	c.workers.Wait()
}

func (c *Connection) unplug() {
	c.mu.Lock()
	pc := c.pc
	c.pc = nil
	c.early = nil
	c.aside = nil
	clear(c.lines)
	clear(c.told)
	c.mu.Unlock()
	if pc != nil {
		_ = pc.Close() // it is gone either way
	}
}

func (c *Connection) follow() {
	for m := range c.session.Messages() {
		switch m.Type {
		case join.TypeState:
			c.takeState(m)
			if c.State().Admitted {
				for _, signal := range c.waiting {
					_ = c.signal(signal) // as below
				}
				c.waiting = nil
			}
		case join.TypeOffer, join.TypeCandidate:
			var signal peer.Message
			if m.Decode(&signal) != nil {
				continue
			}
			if !c.State().Admitted { // which TURN servers there are comes with the state that lets the guest in
				c.waiting = append(c.waiting, signal)
				continue
			}
			_ = c.signal(signal) // what cannot be answered is seen as missing media
		case join.TypeText:
			var x join.Text
			if m.Decode(&x) == nil {
				c.mu.Lock()
				c.said = append(c.said, x)
				c.said = c.said[max(0, len(c.said)-saidKept):]
				c.touch()
				c.mu.Unlock()
			}
		case join.TypeRecord:
			var r join.Record
			if c.config.record != nil && m.Decode(&r) == nil {
				c.config.record(r)
			}
		case join.TypeSilent:
			c.mu.Lock()
			gone := dead(c.pc)
			c.mu.Unlock()
			if gone { // whoever keeps the seat comes anew
				c.session.Break()
			}
		case join.TypeRemoved, join.TypeBye, join.TypeRefused:
			c.mu.Lock()
			c.ended = m
			c.touch()
			c.mu.Unlock()
		}
	}
	c.unplug()
	c.Touch()
}

func (c *Connection) takeState(m join.Message) {
	var s join.State
	if m.Decode(&s) != nil {
		return
	}
	if !s.Admitted {
		c.unplug()
	}
	c.sendAudio.Store(s.Publish.Audio && !s.Muted)
	c.sendVideo.Store(s.Publish.Video)
	c.talks.Store(s.Talk != nil && s.Talk.With != "" && s.Held == "")
	c.mu.Lock()
	c.state = s
	c.touch()
	c.mu.Unlock()
}

// mayTalk says whether the guest's sound goes to the one whom they talk with in private, and to nobody else.
func (c *Connection) mayTalk() bool { return c.talks.Load() && !c.own.audioOff.Load() }

// mayHear and mayShow say whether the court takes the guest's sound and picture now, and the guest sends them.
func (c *Connection) mayHear() bool { return c.sendAudio.Load() && !c.own.audioOff.Load() }
func (c *Connection) mayShow() bool { return c.sendVideo.Load() && !c.own.videoOff.Load() }

func (c *Connection) signal(m peer.Message) error {
	if !c.about(m.Connection) {
		return nil
	}
	if m.Type == peer.Candidate {
		return c.candidate(m)
	}
	pc, err := c.connection()
	if err != nil {
		return err
	}
	c.mu.Lock()
	clear(c.told) // a line that is not told is taken down before anything else happens
	for _, l := range m.Tracks {
		c.lines[l.Mid], c.told[l.Mid] = l, true
	}
	c.touch()
	c.mu.Unlock()
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: m.SDP}); err != nil {
		return err
	}
	c.mu.Lock()
	early := c.early
	c.early = nil
	c.mu.Unlock()
	if err := c.publishAside(pc, m.Private); err != nil {
		return err
	}
	for _, e := range early {
		if err := pc.AddICECandidate(e); err != nil {
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
	if c.State().RelayOnly {
		answer.SDP = peer.Relayed(answer.SDP)
	}
	return c.session.Send(peer.Message{Type: peer.Answer, Connection: m.Connection, SDP: answer.SDP})
}

// about reports whether a message is about the connection that there is now. The first one about the next ends this one.
func (c *Connection) about(number int) bool {
	c.mu.Lock()
	before := c.number
	c.number = max(before, number)
	c.mu.Unlock()
	if number > before {
		c.unplug()
	}
	return number >= before
}

// newConnection follows what the state says of TURN servers, as the page does. It holds c.mu.
func (c *Connection) newConnection() (*webrtc.PeerConnection, error) {
	if len(c.state.ICE) == 0 {
		return c.api.NewPeerConnection(webrtc.Configuration{})
	}
	config, secure := webrtc.Configuration{}, map[string]*tls.Config{}
	if c.state.RelayOnly {
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, ice := range c.state.ICE {
		config.ICEServers = append(config.ICEServers, webrtc.ICEServer{URLs: ice.URLs, Username: ice.Username, Credential: ice.Credential})
		for _, at := range ice.URLs {
			if rest, found := strings.CutPrefix(at, "turns:"); found {
				hostport, _, _ := strings.Cut(rest, "?")
				secure[hostport] = relay.Place{Fingerprint: c.config.Fingerprint}.TLS()
			}
		}
	}
	api, err := peer.NewAPI(func(settings *webrtc.SettingEngine) { peer.DialTURN(settings, secure) })
	if err != nil {
		return nil, err
	}
	return api.NewPeerConnection(config)
}

func (c *Connection) candidate(m peer.Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.Candidate == nil {
		return nil
	}
	if c.pc == nil || c.pc.RemoteDescription() == nil {
		c.early = append(c.early, *m.Candidate)
		return nil
	}
	return c.pc.AddICECandidate(*m.Candidate)
}

// connection returns the media connection, a new one for the first offer.
func (c *Connection) connection() (*webrtc.PeerConnection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pc != nil {
		return c.pc, nil
	}
	pc, err := c.newConnection()
	if err != nil {
		return nil, err
	}
	relayOnly, number := c.state.RelayOnly, c.number
	pc.OnICECandidate(func(found *webrtc.ICECandidate) {
		if found == nil {
			return
		}
		init := found.ToJSON()
		if relayOnly {
			var ok bool
			if init.Candidate, ok = peer.RelayedCandidate(init.Candidate); !ok {
				return
			}
		}
		_ = c.session.Send(peer.Message{Type: peer.Candidate, Connection: number, Candidate: &init}) // a lost connection needs none
	})
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { c.Touch() })
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		if c.config.Receive != nil {
			c.config.Receive(c.track(pc, track, receiver))
		}
	})
	if err := c.publish(pc); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	c.pc = pc
	return pc, nil
}
