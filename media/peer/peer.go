// Package peer is one participant's WebRTC connection (RFC 8825) with the hub, from the court's side.
//
// The court always offers. A [Peer] brings the participant's camera and microphone to a [hub.Publisher] and sends
// what a [hub.Subscriber] is granted, renegotiating as that changes. It decides nothing about who receives what,
// encodes and decodes nothing, and carries no signalling itself: messages go out by Config.Send and come in by
// [Peer.Handle]. Start from [New].
package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"paravent/media/hub"
)

var (
	// ErrClosed is returned by Handle once the connection has ended.
	ErrClosed = errors.New("the connection has ended")
	// ErrUnexpected reports a message that does not belong at this point.
	ErrUnexpected = errors.New("unexpected message")
)

// reportInterval is how often the participant is told how the tracks' clocks stand, for keeping lips and words together.
const reportInterval = time.Second

// maxEarlyCandidates bounds what a participant can make the court keep before it answers.
const maxEarlyCandidates = 64

// Config says what a Peer connects. Its callbacks are called one at a time, on the Peer's own goroutine; they
// must not block for long and must not call the Peer's Handle or Close.
type Config struct {
	API        *webrtc.API          // from NewAPI
	Connection webrtc.Configuration // ICE servers

	// RelayOnly holds the connection over TURN servers alone: no address of either side is told to the other, in whatever
	// part of the signalling, and what the participant tells of its own is passed over. Without a TURN server that answers there is then no connection.
	RelayOnly bool

	// Send takes a message to the participant.
	Send func(Message)
	// Number tells this connection from the participant's others, and grows from one to the next.
	Number int
	// OnState, which may be nil, is told each state of the connection.
	OnState func(webrtc.PeerConnectionState)

	// Publisher receives the participant's media; nil for one who only listens. Audio and Video tell what of it
	// is offered to be received: a sound line, mid "0", and a picture line, the mid after it.
	Publisher    *hub.Publisher
	Audio, Video bool
	// Private offers one more sound line, after those: what comes on it goes to the Publisher as private and never as anything else. The offers say which it is.
	Private bool
	// Subscriber is what the participant receives; nil for one who receives nothing. The Peer closes it at its end.
	Subscriber *hub.Subscriber

	Logger *slog.Logger // nil for none; it is told states and failures, never addresses or ids
}

// Peer is one participant's connection. Its methods may be called from any goroutine.
type Peer struct {
	config Config
	pc     *webrtc.PeerConnection
	log    *slog.Logger

	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}

	inbox      chan inbound
	candidates chan *webrtc.ICECandidate
	states     chan struct{}
	state      atomic.Value                       // webrtc.PeerConnectionState
	sound      atomic.Pointer[webrtc.TrackRemote] // what is received now
	picture    atomic.Pointer[webrtc.TrackRemote]
	aside      atomic.Pointer[webrtc.TrackRemote]
	private    *webrtc.RTPTransceiver // of the private line; nil where none is offered. Set before anything runs

	readers readers

	// Owned by the run goroutine.
	lines    []*line
	dirty    bool // the lines do not match the Subscriber's tracks, or nothing was offered yet
	offering bool // an offer waits for its answer
	answered bool
	stood    bool // it has been connected
	early    []webrtc.ICECandidateInit
}

type inbound struct {
	message Message
	result  chan<- error
}

// readers counts goroutines that read from the connection, ends them, and admits none after that.
type readers struct {
	mu      sync.Mutex
	closed  bool
	started int
	stops   map[int]func() error // of those that read
	wg      sync.WaitGroup
}

// start begins a read that returns, at the latest, when stop has been called.
func (r *readers) start(read func(), stop func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.stops == nil {
		r.stops = map[int]func() error{}
	}
	n := r.started
	r.started++
	r.stops[n] = stop
	r.wg.Go(func() {
		read()
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.stops, n)
	})
}

// end stops every read by itself: the other side's goodbye closes the connection at any moment, and what pion puts up for sending or receiving
// after that is nobody's to stop but ours (webrtc v4.2: RTPReceiver.Stop does its work once, and no second close comes by).
func (r *readers) end() {
	r.mu.Lock()
	r.closed = true
	stops := slices.Collect(maps.Values(r.stops))
	r.mu.Unlock()
	for _, stop := range stops {
		_ = stop() // it fails where the read is ending by itself
	}
	r.wg.Wait()
}

// New makes the connection and, as soon as there is something to negotiate, sends the first offer. The Peer runs
// until Close or until the connection has failed; Done tells.
func New(config Config) (*Peer, error) {
	if config.API == nil || config.Send == nil {
		return nil, errors.New("make a connection: an API and a way to send are needed")
	}
	if config.RelayOnly {
		config.Connection.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	pc, err := config.API.NewPeerConnection(config.Connection)
	if err != nil {
		return nil, fmt.Errorf("make a connection: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Peer{
		config:     config,
		pc:         pc,
		log:        config.Logger,
		ctx:        ctx,
		cancel:     cancel,
		done:       make(chan struct{}),
		inbox:      make(chan inbound),
		candidates: make(chan *webrtc.ICECandidate, 16),
		states:     make(chan struct{}, 1),
		dirty:      true,
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.state.Store(webrtc.PeerConnectionStateNew)
	if err := p.receiveLines(); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("make a connection: %w", err), pc.GracefulClose())
	}
	pc.OnICECandidate(p.onCandidate)
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		select {
		case p.states <- struct{}{}:
		default:
		}
	})
	pc.OnTrack(p.onTrack)
	go p.run()
	return p, nil
}

// receiveLines makes the lines of what the participant publishes. They come first, so that their mids are known.
func (p *Peer) receiveLines() error {
	if p.config.Publisher == nil {
		return nil
	}
	receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if p.config.Audio {
		if _, err := p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, receive); err != nil {
			return err
		}
	}
	if p.config.Video {
		if _, err := p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, receive); err != nil {
			return err
		}
	}
	if p.config.Private {
		t, err := p.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, receive)
		if err != nil {
			return err
		}
		p.private = t
	}
	return nil
}

// Handle takes a message from the participant; one about another connection is passed over. An error means that the message was refused and the connection
// is as before; an answer that cannot be used leaves nothing but to close.
func (p *Peer) Handle(m Message) error {
	if m.Connection != p.config.Number {
		return nil
	}
	result := make(chan error, 1)
	select {
	case p.inbox <- inbound{m, result}:
		return <-result
	case <-p.ctx.Done():
		return ErrClosed
	}
}

// State is the connection's state as last told. It ends as Failed or, after Close, as Closed.
func (p *Peer) State() webrtc.PeerConnectionState {
	return p.state.Load().(webrtc.PeerConnectionState)
}

// Done is closed when the connection has ended and nothing of it runs any more.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Close ends the connection and its Subscriber, and waits until nothing of it runs any more.
func (p *Peer) Close() error {
	p.cancel()
	<-p.done
	return nil
}

func (p *Peer) run() {
	defer close(p.done)
	defer p.end()
	var changed <-chan struct{}
	if p.config.Subscriber != nil {
		changed = p.config.Subscriber.Changed()
	}
	removeAsk := p.askUpstream()
	defer removeAsk()
	reports := time.NewTicker(reportInterval)
	defer reports.Stop()
	for {
		if p.dirty && p.mayOffer() {
			if err := p.negotiate(); err != nil {
				p.log.Warn("connection ended: offer failed", "error", err)
				return
			}
		}
		select {
		case <-p.ctx.Done():
			return
		case <-changed:
			p.dirty = true
		case in := <-p.inbox:
			in.result <- p.receive(in.message)
		case c := <-p.candidates:
			p.sendCandidate(c)
		case <-p.states:
			if !p.stateChanged() {
				return
			}
		case now := <-reports.C:
			p.report(now)
		}
	}
}

// end closes everything that the Peer began, in the order that lets each part finish.
func (p *Peer) end() {
	p.cancel()
	if p.config.Subscriber != nil {
		p.config.Subscriber.Close()
	}
	if err := p.pc.GracefulClose(); err != nil {
		p.log.Debug("the connection did not close in good order") // the error may quote an address
	}
	p.readers.end()
	if p.State() != webrtc.PeerConnectionStateFailed {
		p.tellState(webrtc.PeerConnectionStateClosed)
	}
}

// stateChanged answers whether the connection can go on. A new path may have lost the key frames sent before it stood.
func (p *Peer) stateChanged() bool {
	state := p.pc.ConnectionState()
	p.tellState(state)
	if state == webrtc.PeerConnectionStateConnected {
		p.stood = true
		for _, l := range p.lines {
			if l.track != nil {
				l.track.RequestKeyFrame()
			}
		}
	}
	return state != webrtc.PeerConnectionStateFailed && state != webrtc.PeerConnectionStateClosed
}

func (p *Peer) tellState(state webrtc.PeerConnectionState) {
	if p.state.Swap(state) == state {
		return
	}
	p.log.Debug("connection state", "state", state.String())
	if p.config.OnState != nil {
		p.config.OnState(state)
	}
}

func (p *Peer) receive(m Message) error {
	switch m.Type {
	case Answer:
		return p.answer(m.SDP)
	case Candidate:
		return p.remoteCandidate(m.Candidate)
	}
	return fmt.Errorf("a message of type %q: %w", m.Type, ErrUnexpected)
}

// mayOffer holds every offer after the first back until the connection has stood. pion takes an offer that comes before its agent has begun with
// the first one's credentials for an ICE restart (webrtc v4.2: RTCIceTransport's haveRemoteCredentialsChange), and then neither side finds the other.
func (p *Peer) mayOffer() bool {
	return !p.offering && (!p.answered || p.stood)
}

// negotiate brings the lines in order and offers them. With no line at all there is nothing to offer yet.
func (p *Peer) negotiate() error {
	p.dirty = false
	if err := p.arrangeLines(); err != nil {
		return err
	}
	if len(p.pc.GetTransceivers()) == 0 {
		return nil
	}
	offer, err := p.pc.CreateOffer(nil)
	if err != nil {
		return fmt.Errorf("create offer: %w", err)
	}
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("set offer: %w", err)
	}
	p.offering = true
	if p.config.RelayOnly {
		offer.SDP = Relayed(offer.SDP)
	}
	p.send(Message{Type: Offer, SDP: offer.SDP, Tracks: p.trackLines(), Private: p.privateMid()})
	return nil
}

// privateMid is the line on which the participant sends what is said in private; empty where none is offered.
func (p *Peer) privateMid() string {
	if p.private == nil {
		return ""
	}
	return p.private.Mid()
}

func (p *Peer) answer(sdp string) error {
	if !p.offering {
		return fmt.Errorf("an answer to no offer: %w", ErrUnexpected)
	}
	if p.config.RelayOnly {
		sdp = Relayed(sdp)
	}
	err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp})
	if err != nil {
		return fmt.Errorf("take answer: %w", err)
	}
	p.offering, p.answered = false, true
	early := p.early
	p.early = nil
	for _, c := range early {
		if err := p.pc.AddICECandidate(c); err != nil {
			p.log.Debug("candidate refused") // the error would quote an address
		}
	}
	return nil
}

func (p *Peer) remoteCandidate(c *webrtc.ICECandidateInit) error {
	if c == nil {
		return nil
	}
	if p.config.RelayOnly {
		stripped, ok := relayedInit(c)
		if !ok {
			return nil // the participant's page strips them too; one that does not gains nothing
		}
		c = stripped
	}
	if !p.answered {
		if len(p.early) >= maxEarlyCandidates {
			return fmt.Errorf("too many candidates before the answer: %w", ErrUnexpected)
		}
		p.early = append(p.early, *c)
		return nil
	}
	if err := p.pc.AddICECandidate(*c); err != nil {
		return fmt.Errorf("take candidate: %w", ErrUnexpected) // pion's error quotes the candidate, an address
	}
	return nil
}

func (p *Peer) onCandidate(c *webrtc.ICECandidate) {
	select {
	case p.candidates <- c:
	case <-p.ctx.Done():
	}
}

func (p *Peer) sendCandidate(c *webrtc.ICECandidate) {
	m := Message{Type: Candidate}
	if c != nil {
		init := c.ToJSON()
		m.Candidate = &init
	}
	if p.config.RelayOnly {
		var ok bool
		if m.Candidate, ok = relayedInit(m.Candidate); !ok {
			return
		}
	}
	p.send(m)
}

func (p *Peer) send(m Message) {
	m.Connection = p.config.Number
	p.config.Send(m)
}

// report sends a sender report for each track that has sent.
func (p *Peer) report(now time.Time) {
	var reports []rtcp.Packet
	for _, l := range p.lines {
		if l.track == nil {
			continue
		}
		if r := l.track.SenderReport(now); r != nil {
			reports = append(reports, r)
		}
	}
	if len(reports) > 0 {
		_ = p.pc.WriteRTCP(reports) // a connection that cannot send says so by its state
	}
}
