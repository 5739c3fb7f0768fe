// Package concealedform holds the type of concealed media on its way through the hub, and the only two ways to
// make it: encoding a [conceal.Picture] or a [conceal.Voice].
//
// Its packets are numbered and timed by counters of its own. Nothing in it takes an RTP packet, a frame of a
// camera or sound of a microphone, so no clear media can become a concealed packet. The package sends nothing.
// Start from [PictureEncoder].
package concealedform

import (
	"time"

	"paravent/media/conceal"
)

// Packet is one RTP payload of concealed media, to be dressed with each receiver's own SSRC and numbers. It is a
// value and may be copied; the payload is shared and never written to.
type Packet struct {
	index     uint64
	timestamp uint32
	marker    bool
	keyStart  bool
	payload   []byte
}

// Index counts the packets of the feed without a gap.
func (p Packet) Index() uint64 { return p.index }

// Timestamp is in the codec's clock, 90 kHz for VP8 and 48 kHz for Opus, from a clock of the feed's own.
func (p Packet) Timestamp() uint32 { return p.timestamp }

// Marker is RTP's marker bit.
func (p Packet) Marker() bool { return p.marker }

// KeyStart tells the first packet of a VP8 key frame.
func (p Packet) KeyStart() bool { return p.keyStart }

// Payload is the RTP payload, read-only.
func (p Packet) Payload() []byte { return p.payload }

// Frame is what one picture or one 20 ms of voice became: the encoded frame, whole for a recorder and in packets
// for the network.
type Frame struct {
	Encoded []byte
	Key     bool
	Packets []Packet
}

// The types on which the promise rests; an encoder that took anything else would not compile here.
var (
	_ func(*PictureEncoder, conceal.Picture, time.Duration, bool) (Frame, error) = (*PictureEncoder).Encode
	_ func(*VoiceEncoder, conceal.Voice, uint32) ([]Frame, error)                = (*VoiceEncoder).Encode
)
