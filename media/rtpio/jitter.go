package rtpio

import (
	"time"

	"github.com/pion/rtp"
)

// How long a gap may hold up what came after it. Retransmission needs a round trip; sound cannot wait so long.
const (
	AudioWait = 60 * time.Millisecond
	VideoWait = 250 * time.Millisecond
)

// MaxHeld bounds the packets that a buffer keeps: about two seconds of video.
const MaxHeld = 1024

// JitterBuffer takes packets of one source as the network delivers them and gives them back in order, each once. A gap holds
// up what follows for a bounded time; then the gap is lost. It is not safe for concurrent use. Use [NewJitterBuffer].
type JitterBuffer struct {
	wait  time.Duration
	held  map[uint16]held
	next  uint16 // the sequence number that is due
	begun bool
	ssrc  uint32
	lost  bool

	// A packet far from the others is believed when the one after it comes, too (RFC 3550 §A.1).
	jumped   bool
	jumpNext uint16
}

type held struct {
	packet  *rtp.Packet
	arrived time.Time
}

// NewJitterBuffer makes a buffer that waits for a missing packet as long as given.
func NewJitterBuffer(wait time.Duration) *JitterBuffer {
	return &JitterBuffer{wait: wait, held: map[uint16]held{}}
}

// Push takes a packet, which the buffer keeps and does not change. Duplicates and packets that come after their turn are
// dropped. A new SSRC begins anew, and so does a jump of the sequence number by [MaxHeld] or more once a second packet
// follows it; both count as loss.
func (b *JitterBuffer) Push(p *rtp.Packet, now time.Time) {
	switch {
	case !b.begun:
		b.restart(p)
	case p.SSRC != b.ssrc:
		b.restart(p)
		b.lost = true
	}
	ahead := int16(p.SequenceNumber - b.next)
	if ahead <= -MaxHeld || ahead >= MaxHeld {
		if !b.jumped || p.SequenceNumber != b.jumpNext {
			b.jumped, b.jumpNext = true, p.SequenceNumber+1
			return
		}
		b.restart(p)
		b.lost, ahead = true, 0
	}
	b.jumped = false
	if ahead < 0 {
		return // late, or a duplicate
	}
	if _, twice := b.held[p.SequenceNumber]; !twice {
		b.held[p.SequenceNumber] = held{p, now}
	}
}

func (b *JitterBuffer) restart(p *rtp.Packet) {
	clear(b.held)
	b.begun, b.ssrc, b.next, b.jumped = true, p.SSRC, p.SequenceNumber, false
}

// Pop returns the packets that are due, in order. Packets without payload (padding, which bandwidth probing sends) are among
// them, because they count in the sequence: pass all of them to a [VP8Depacketizer], and skip the empty ones for sound.
func (b *JitterBuffer) Pop(now time.Time) []*rtp.Packet {
	var due []*rtp.Packet
	for len(b.held) > 0 {
		h, ok := b.held[b.next]
		if !ok {
			if !b.giveUp(now) {
				break
			}
			continue
		}
		delete(b.held, b.next)
		b.next++
		due = append(due, h.packet)
	}
	return due
}

// giveUp skips the gap in front of the held packets when one of them has waited long enough.
func (b *JitterBuffer) giveUp(now time.Time) bool {
	var nearest uint16
	var oldest time.Time
	first := true
	for n, h := range b.held {
		if first || n-b.next < nearest-b.next {
			nearest = n
		}
		if first || h.arrived.Before(oldest) {
			oldest = h.arrived
		}
		first = false
	}
	if now.Sub(oldest) < b.wait {
		return false
	}
	b.next, b.lost = nearest, true
	return true
}

// Missing lists the sequence numbers that are waited for, in order, for a negative acknowledgement (RFC 4585 §6.2.1).
func (b *JitterBuffer) Missing() []uint16 {
	var ahead uint16
	for n := range b.held {
		ahead = max(ahead, n-b.next)
	}
	var missing []uint16
	for i := range ahead {
		if _, ok := b.held[b.next+i]; !ok {
			missing = append(missing, b.next+i)
		}
	}
	return missing
}

// Lost reports, once, that packets were given up since it was last asked: a video decoder needs a key frame.
func (b *JitterBuffer) Lost() bool {
	was := b.lost
	b.lost = false
	return was
}

// Len returns how many packets are held, at most [MaxHeld].
func (b *JitterBuffer) Len() int { return len(b.held) }
