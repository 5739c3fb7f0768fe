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
	"paravent/media/hub/internal/arriving"
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

// Intake makes Packets of one publisher's one stream. It is not safe for concurrent use.
type Intake struct {
	kind    media.Kind
	numbers *arriving.Numbering
}

// NewIntake is for a stream of the given kind.
func NewIntake(kind media.Kind) *Intake {
	return &Intake{kind: kind, numbers: arriving.NewNumbering(kind)}
}

// Accept takes p, which arrived at now. It answers ok false for a duplicate or a packet too late to be of use, and
// restarted true when the publisher began a new stream, after which only a key frame can be decoded. Accept
// keeps p's payload: the caller must not write to it any more.
func (in *Intake) Accept(p *rtp.Packet, now time.Time) (out Packet, restarted, ok bool) {
	at, restarted, ok := in.numbers.Accept(p, now)
	if !ok {
		return Packet{}, false, false
	}
	return Packet{
		index:     at.Index,
		timestamp: at.Timestamp,
		marker:    p.Marker,
		keyStart:  in.kind == media.KindVideo && startsKeyFrame(p.Payload),
		payload:   p.Payload,
	}, restarted, true
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
