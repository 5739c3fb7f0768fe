// Package arriving numbers and times the packets of one stream as they come from a participant's connection: each once, without the participant's own numbers.
//
// It knows no form and keeps no payload. The type to start from is [Numbering].
package arriving

import (
	"time"

	"github.com/pion/rtp"

	"paravent/media"
)

// Place is where one packet stands in its stream.
type Place struct {
	Index     uint64 // counts packets in sending order without wrapping; a gap is a packet that did not come (yet)
	Timestamp uint32 // in the codec's clock, running on when the participant's stream restarts
}

// seenWindow is how far back a late packet is still taken, in packets. Senders probe with duplicates, and a
// second encryption of one sequence number must never carry another payload, so each index passes once.
const seenWindow = 1024

// Numbering places the packets of one participant's one stream. It is not safe for concurrent use.
type Numbering struct {
	kind    media.Kind
	started bool
	ssrc    uint32

	highest    uint64 // index of the newest packet
	highestSeq uint16
	seen       [seenWindow]uint64 // index + 1 in its slot

	tsOffset uint32 // added to the participant's timestamps
	lastTS   uint32 // newest timestamp, offset added
	lastTime time.Time
}

// NewNumbering is for a stream of the given kind.
func NewNumbering(kind media.Kind) *Numbering { return &Numbering{kind: kind} }

// Accept places p, which arrived at now. It answers ok false for a duplicate or a packet too late to be of use, and
// restarted true when the participant began a new stream.
func (n *Numbering) Accept(p *rtp.Packet, now time.Time) (at Place, restarted, ok bool) {
	distance := int(int16(p.SequenceNumber - n.highestSeq))
	if !n.started || p.SSRC != n.ssrc || distance <= -seenWindow {
		restarted = n.started
		n.restart(p, now)
		distance = 1
	}
	index := n.highest + uint64(distance)
	slot := &n.seen[index%seenWindow]
	if *slot == index+1 {
		return Place{}, false, false
	}
	*slot = index + 1
	timestamp := p.Timestamp + n.tsOffset
	if distance > 0 {
		n.highest, n.highestSeq = index, p.SequenceNumber
		n.lastTS, n.lastTime = timestamp, now
	}
	return Place{Index: index, Timestamp: timestamp}, restarted, true
}

// restart joins a new stream on to the old one, so that receivers see one that never broke.
func (n *Numbering) restart(p *rtp.Packet, now time.Time) {
	if !n.started {
		// Room below, so that a packet overtaken by the first one still has an index.
		n.highest = 2 * seenWindow
		n.tsOffset = 0
	} else {
		n.highest += seenWindow
		elapsed := max(0, now.Sub(n.lastTime))
		n.tsOffset = n.lastTS + uint32(elapsed.Seconds()*n.clockRate()) - p.Timestamp
	}
	n.started = true
	n.ssrc = p.SSRC
	n.highestSeq = p.SequenceNumber - 1
}

func (n *Numbering) clockRate() float64 {
	if n.kind == media.KindVideo {
		return 90000
	}
	return 48000
}
