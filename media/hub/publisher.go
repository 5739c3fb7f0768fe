package hub

import (
	"sync"
	"time"

	"github.com/pion/rtp"

	"paravent/media"
	"paravent/media/hub/internal/clearform"
	"paravent/media/hub/internal/privateform"
)

// Publisher is one participant's media on its way in: the clear stream from their connection, what they say to one listener alone,
// and the concealed feeds that somebody draws and disguises for them. Its methods may be called from any goroutine.
type Publisher struct {
	id        string
	audio     clearLine
	video     clearLine
	picture   pictureLine
	voice     voiceLine
	keyFrames keyFrameRequester

	releasedPicture, releasedVoice releasedLine

	private privateLine
}

// clearLine is one kind of a publisher's clear media. Its lock keeps the packets in the order of their arrival
// and lets a tap's cancelling wait for the tap.
type clearLine struct {
	feed   feed[ClearPacket]
	mu     sync.Mutex
	intake *clearform.Intake
	taps   map[*clearTap]bool
	closed bool
}

type clearTap struct {
	fn func(media.Kind, *rtp.Packet)
}

func newPublisher(id string) *Publisher {
	p := &Publisher{id: id}
	p.audio.intake = clearform.NewIntake(media.KindAudio)
	p.video.intake = clearform.NewIntake(media.KindVideo)
	p.private.intake = privateform.NewIntake()
	born := time.Now()
	p.picture.born, p.voice.born = born, born
	return p
}

// ID is the id that the publisher was made with.
func (p *Publisher) ID() string { return p.id }

func (p *Publisher) clear(kind media.Kind) *clearLine {
	if kind == media.KindVideo {
		return &p.video
	}
	return &p.audio
}

// WriteClear takes one RTP packet of the publisher's camera (VP8) or microphone (Opus), as it came from the
// network: duplicates and disorder are expected. The packet belongs to the hub afterwards. It is forwarded to
// clear subscriptions and clear taps; nothing of its header but the marker and, shifted, its numbers goes
// further. WriteClear does not wait for any subscriber.
func (p *Publisher) WriteClear(kind media.Kind, packet *rtp.Packet) {
	line := p.clear(kind)
	line.mu.Lock()
	defer line.mu.Unlock()
	if line.closed {
		return
	}
	out, restarted, ok := line.intake.Accept(packet, time.Now())
	if !ok {
		return
	}
	if restarted {
		line.feed.restart()
		p.RequestKeyFrame()
	}
	if out.KeyStart() {
		p.keyFrames.seen()
	}
	line.feed.forward(out)
	line.tap(kind, packet)
}

// tap hands the packet to local sinks, without the header extensions and padding of the publisher's connection.
func (l *clearLine) tap(kind media.Kind, packet *rtp.Packet) {
	if len(l.taps) == 0 {
		return
	}
	plain := &rtp.Packet{
		Header: rtp.Header{
			Version:        2,
			Marker:         packet.Marker,
			PayloadType:    packet.PayloadType,
			SequenceNumber: packet.SequenceNumber,
			Timestamp:      packet.Timestamp,
			SSRC:           packet.SSRC,
		},
		Payload: packet.Payload,
	}
	for t := range l.taps {
		t.fn(kind, plain)
	}
}

// TapClear hands every clear packet to fn, each once, in the order of arrival and with the publisher's own
// numbering, for a sink on this machine: the bench window, the master recorder. No Access governs it.
//
// fn runs on the goroutine that brought the packet in, for one kind at a time; it must be quick, must not change
// the packet, which it may keep, and must not call WriteClear or cancel. After cancel has returned fn is not
// running and is not called again.
func (p *Publisher) TapClear(fn func(kind media.Kind, packet *rtp.Packet)) (cancel func()) {
	tap := &clearTap{fn: fn}
	for _, kind := range kinds {
		line := p.clear(kind)
		line.mu.Lock()
		if line.taps == nil {
			line.taps = map[*clearTap]bool{}
		}
		line.taps[tap] = true
		line.mu.Unlock()
	}
	p.RequestKeyFrame()
	return func() {
		for _, kind := range kinds {
			line := p.clear(kind)
			line.mu.Lock()
			delete(line.taps, tap)
			line.mu.Unlock()
		}
	}
}

// RequestKeyFrame asks the publisher's side for a key frame of the clear picture, at most once per
// KeyFrameInterval whoever asks, and at once returns.
func (p *Publisher) RequestKeyFrame() { p.keyFrames.request() }

// OnKeyFrameRequest sets how the publisher's side is asked for a key frame, in place of what was set before, and
// asks once. remove takes it away, unless another one was set since. ask runs on a goroutine of the hub's, may
// still be running after remove, and must not call the Router.
func (p *Publisher) OnKeyFrameRequest(ask func()) (remove func()) { return p.keyFrames.setAsk(ask) }

// add begins a subscription of the given form; Nothing has none. It holds the router's lock.
func (p *Publisher) add(kind media.Kind, form Form, held hold) subscriber {
	switch {
	case form == Clear:
		s := newSubscription[ClearPacket](kind, p.RequestKeyFrame)
		s.hold(held)
		p.clear(kind).feed.add(s)
		return s
	case form == Concealed && kind == media.KindVideo:
		s := newSubscription[ConcealedPacket](kind, p.picture.requestKey)
		s.hold(held)
		p.picture.feed.add(s)
		return s
	case form == Concealed:
		s := newSubscription[ConcealedPacket](kind, func() {})
		s.hold(held)
		p.voice.feed.add(s)
		return s
	case form == Released:
		s := newSubscription[ReleasedPacket](kind, func() {}) // key frames come with the recording
		s.hold(held)
		p.released(kind).feed.add(s)
		return s
	case form == Private && kind == media.KindAudio:
		s := newSubscription[PrivatePacket](kind, func() {})
		s.hold(held)
		p.private.feed.add(s)
		return s
	}
	return nil
}

// remove forgets a subscription that was revoked. It holds the router's lock.
func (p *Publisher) remove(track *Outgoing) {
	switch {
	case track.Form == Clear:
		p.clear(track.Kind).feed.remove(track.subscription)
	case track.Form == Released:
		p.released(track.Kind).feed.remove(track.subscription)
	case track.Form == Private:
		p.private.feed.remove(track.subscription)
	case track.Kind == media.KindVideo:
		p.picture.feed.remove(track.subscription)
	default:
		p.voice.feed.remove(track.subscription)
	}
}

// close ends the publisher after the router has ended its tracks.
func (p *Publisher) close() {
	p.keyFrames.close()
	for _, kind := range kinds {
		line := p.clear(kind)
		line.mu.Lock()
		line.closed = true
		line.taps = nil
		line.mu.Unlock()
	}
	p.picture.close()
	p.voice.close()
	p.releasedPicture.close()
	p.releasedVoice.close()
	p.private.close()
}
