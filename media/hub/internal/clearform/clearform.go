// Package clearform holds the type of clear media on its way through the hub: RTP packets of a real camera and a
// real microphone.
//
// A [Packet] can only be made by an [Intake], out of what a publisher sent, and nothing here or elsewhere turns
// one into a concealed packet. The package sends nothing. Start from [Intake].
package clearform

import (
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
)

// Packet is one RTP packet of clear media, reduced to what may be forwarded: no SSRC, no sequence number as the
// publisher chose it, no header extension, no contributing source, no padding. It is a value and may be copied;
// the payload is shared and never written to.
type Packet struct {
	index     uint64
	timestamp uint32
	marker    bool
	keyStart  bool
	payload   []byte
}

// Index counts packets in sending order without wrapping; a gap is a packet that did not come (yet).
func (p Packet) Index() uint64 { return p.index }

// Timestamp is in the codec's clock: 90 kHz for VP8, 48 kHz for Opus. It runs on when the publisher's stream restarts.
func (p Packet) Timestamp() uint32 { return p.timestamp }

// Marker is RTP's marker bit: for video the last packet of a frame.
func (p Packet) Marker() bool { return p.marker }

// KeyStart tells the first packet of a VP8 key frame.
func (p Packet) KeyStart() bool { return p.keyStart }

// Payload is the RTP payload, read-only. It is empty for what was padding.
func (p Packet) Payload() []byte { return p.payload }

// seenWindow is how far back a late packet is still taken, in packets. Senders probe with duplicates, and a
// second encryption of one sequence number must never carry another payload, so each index passes once.
const seenWindow = 1024

// Intake makes Packets of one publisher's one stream. It is not safe for concurrent use.
type Intake struct {
	kind    media.Kind
	started bool
	ssrc    uint32

	highest    uint64 // index of the newest packet
	highestSeq uint16
	seen       [seenWindow]uint64 // index + 1 in its slot

	tsOffset uint32 // added to the publisher's timestamps
	lastTS   uint32 // newest timestamp, offset added
	lastTime time.Time
}

// NewIntake is for a stream of the given kind.
func NewIntake(kind media.Kind) *Intake {
	return &Intake{kind: kind}
}

// Accept takes p, which arrived at now. It answers ok false for a duplicate or a packet too late to be of use, and
// restarted true when the publisher began a new stream, after which only a key frame can be decoded. Accept
// keeps p's payload: the caller must not write to it any more.
func (in *Intake) Accept(p *rtp.Packet, now time.Time) (out Packet, restarted, ok bool) {
	distance := int(int16(p.SequenceNumber - in.highestSeq))
	if !in.started || p.SSRC != in.ssrc || distance <= -seenWindow {
		restarted = in.started
		in.restart(p, now)
		distance = 1
	}
	index := in.highest + uint64(distance)
	slot := &in.seen[index%seenWindow]
	if *slot == index+1 {
		return Packet{}, false, false
	}
	*slot = index + 1
	timestamp := p.Timestamp + in.tsOffset
	if distance > 0 {
		in.highest, in.highestSeq = index, p.SequenceNumber
		in.lastTS, in.lastTime = timestamp, now
	}
	return Packet{
		index:     index,
		timestamp: timestamp,
		marker:    p.Marker,
		keyStart:  in.kind == media.KindVideo && startsKeyFrame(p.Payload),
		payload:   p.Payload,
	}, restarted, true
}

// restart joins a new stream on to the old one, so that receivers see one that never broke.
func (in *Intake) restart(p *rtp.Packet, now time.Time) {
	if !in.started {
		// Room below, so that a packet overtaken by the first one still has an index.
		in.highest = 2 * seenWindow
		in.tsOffset = 0
	} else {
		in.highest += seenWindow
		elapsed := max(0, now.Sub(in.lastTime))
		in.tsOffset = in.lastTS + uint32(elapsed.Seconds()*in.clockRate()) - p.Timestamp
	}
	in.started = true
	in.ssrc = p.SSRC
	in.highestSeq = p.SequenceNumber - 1
}

func (in *Intake) clockRate() float64 {
	if in.kind == media.KindVideo {
		return 90000
	}
	return 48000
}

// startsKeyFrame reads the VP8 payload descriptor (RFC 7741 §4.2) and the frame's first byte (RFC 6386 §9.1).
func startsKeyFrame(payload []byte) bool {
	if len(payload) == 0 || payload[0]&0x10 == 0 || payload[0]&0x07 != 0 {
		return false
	}
	var vp8 codecs.VP8Packet
	frame, err := vp8.Unmarshal(payload)
	return err == nil && len(frame) > 0 && frame[0]&0x01 == 0
}
