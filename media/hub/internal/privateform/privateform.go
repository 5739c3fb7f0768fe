// Package privateform holds the type of what two people say to each other in private on its way through the hub: the RTP packets of a microphone that goes to
// one listener and to nobody else.
//
// A [Packet] can only be made by an [Intake], out of what a participant sent on the line that is for private talks alone. Nothing here or elsewhere turns one
// into another form, and nothing hands one to a sink on this machine. The package sends nothing.
package privateform

import (
	"time"

	"github.com/pion/rtp"

	"paravent/media"
	"paravent/media/hub/internal/arriving"
)

// Packet is one RTP payload of a private talk, to be dressed with its one receiver's own SSRC and numbers. It is a value and may be copied; the payload is
// shared and never written to.
type Packet struct {
	index     uint64
	timestamp uint32
	marker    bool
	payload   []byte
}

// Index counts packets in sending order without wrapping; a gap is a packet that did not come (yet).
func (p Packet) Index() uint64 { return p.index }

// Timestamp is in Opus's clock of 48 kHz. It runs on when the stream restarts.
func (p Packet) Timestamp() uint32 { return p.timestamp }

// Marker is RTP's marker bit.
func (p Packet) Marker() bool { return p.marker }

// KeyStart is false: a talk has no picture.
func (Packet) KeyStart() bool { return false }

// Payload is the RTP payload, read-only.
func (p Packet) Payload() []byte { return p.payload }

// Intake makes Packets of one participant's private line. It is not safe for concurrent use.
type Intake struct{ numbers *arriving.Numbering }

// NewIntake is for one participant's line.
func NewIntake() *Intake { return &Intake{numbers: arriving.NewNumbering(media.KindAudio)} }

// Accept takes p, which arrived at now, and answers ok false for a duplicate or a packet too late to be of use, and restarted true when a new stream began. It
// keeps p's payload: the caller must not write to it any more.
func (in *Intake) Accept(p *rtp.Packet, now time.Time) (out Packet, restarted, ok bool) {
	at, restarted, ok := in.numbers.Accept(p, now)
	if !ok {
		return Packet{}, false, false
	}
	return Packet{index: at.Index, timestamp: at.Timestamp, marker: p.Marker, payload: p.Payload}, restarted, true
}
