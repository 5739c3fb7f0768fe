// Package releasedform holds the type of media of the public version on its way through the hub, after its delay.
//
// Its packets are made by a [Packetizer] alone, out of whole encoded frames, and are numbered and timed by counters of its own: nothing of the packets in
// which the media once came to the court is left. The package sends nothing.
package releasedform

import (
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
)

// payloadLimit keeps an RTP packet with its SRTP tag inside the 1200 bytes that WebRTC paths are sure to carry.
const payloadLimit = 1150

// Packet is one RTP payload of released media, to be dressed with each receiver's own SSRC and numbers. It is a value and may be copied; the payload is
// shared and never written to.
type Packet struct {
	index     uint64
	timestamp uint32
	marker    bool
	keyStart  bool
	payload   []byte
}

// Index counts the packets of the feed without a gap.
func (p Packet) Index() uint64 { return p.index }

// Timestamp is in the codec's clock, 90 kHz for VP8 and 48 kHz for Opus, from the feed's own zero.
func (p Packet) Timestamp() uint32 { return p.timestamp }

// Marker is RTP's marker bit.
func (p Packet) Marker() bool { return p.marker }

// KeyStart tells the first packet of a VP8 key frame.
func (p Packet) KeyStart() bool { return p.keyStart }

// Payload is the RTP payload, read-only.
func (p Packet) Payload() []byte { return p.payload }

// Packetizer cuts one feed's frames into packets. It is not safe for concurrent use. The zero value is ready.
type Packetizer struct {
	next uint64
}

// Packets cuts one VP8 frame, or one Opus packet of 20 ms, that is shown or heard at a time of the feed's own clock.
func (p *Packetizer) Packets(kind media.Kind, at time.Duration, key bool, frame []byte) []Packet {
	var payloader rtp.Payloader = &codecs.OpusPayloader{}
	rate := int64(48000)
	if kind == media.KindVideo {
		payloader, rate = &codecs.VP8Payloader{}, 90000 // without a picture ID: it would count the pictures since the feed began
	}
	payloads := payloader.Payload(payloadLimit, frame)
	packets := make([]Packet, len(payloads))
	for i, payload := range payloads {
		packets[i] = Packet{
			index:     p.next,
			timestamp: uint32(at.Microseconds() * rate / 1_000_000),
			marker:    kind == media.KindVideo && i == len(payloads)-1,
			keyStart:  kind == media.KindVideo && key && i == 0,
			payload:   payload,
		}
		p.next++
	}
	return packets
}
