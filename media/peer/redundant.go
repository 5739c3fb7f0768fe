package peer

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/pion/rtp"

	"paravent/media"
)

// mimeRED is redundant audio (RFC 2198): each packet carries the one before it once more, so that a packet by itself can be lost without
// a gap. Of what Opus repeats by itself (RFC 6716 §2.1.7) browsers send too little for a line that loses one packet in ten.
const mimeRED = "audio/red"

var errRedundant = errors.New("this is no packet of redundant audio")

// maxRepeated bounds how far back a packet may repeat: three packets.
const maxRepeated = 3

// unpack takes a packet of redundant Opus apart: first the packet itself, then those before it that it repeats, the newest first. The
// packet comes before what it repeats, so that whoever is let in with it is not given what was said before (see hub.Access).
// Repeated packets that cannot be placed are left out.
func unpack(p *rtp.Packet) ([]*rtp.Packet, error) {
	type block struct {
		offset uint32
		length int
	}
	var blocks []block
	rest := p.Payload
	for {
		if len(rest) == 0 {
			return nil, errRedundant
		}
		if rest[0]&0x7f != payloadOpus {
			return nil, errRedundant
		}
		if rest[0]&0x80 == 0 {
			rest = rest[1:]
			break
		}
		if len(rest) < 4 || len(blocks) == 2*maxRepeated {
			return nil, errRedundant
		}
		bits := binary.BigEndian.Uint32(rest) & 0xffffff
		blocks = append(blocks, block{bits >> 10, int(bits & 0x3ff)})
		rest = rest[4:]
	}
	var repeated []*rtp.Packet
	for i, b := range blocks {
		if b.length > len(rest) {
			return nil, errRedundant
		}
		payload := rest[:b.length:b.length]
		rest = rest[b.length:]
		// Packets are of 20 ms. One that is not as many packets back as it stands from the end follows a pause, and is not worth guessing at.
		back := len(blocks) - i
		if len(payload) == 0 || back > maxRepeated || b.offset != uint32(back*media.FrameSamples) {
			continue
		}
		repeated = append(repeated, opusPacket(p, uint16(back), b.offset, payload))
	}
	if len(rest) == 0 {
		return nil, errRedundant
	}
	slices.Reverse(repeated)
	return append([]*rtp.Packet{opusPacket(p, 0, 0, rest)}, repeated...), nil
}

func opusPacket(of *rtp.Packet, back uint16, offset uint32, payload []byte) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2, Marker: of.Marker && back == 0, PayloadType: payloadOpus,
		SequenceNumber: of.SequenceNumber - back, Timestamp: of.Timestamp - offset, SSRC: of.SSRC}, Payload: payload}
}
