// Package rtpio puts RTP packets (RFC 3550) back into order and VP8 packets (RFC 7741) together into frames.
//
// It opens no socket and starts no goroutine; time comes in as an argument. The type to start from is [JitterBuffer].
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
// up what follows for a bounded time; then the gap is lost. It is not safe for concurrent use.
type JitterBuffer struct {
	wait    time.Duration
	held    map[uint16]held
	next    uint16 // the sequence number that is due
	begun   bool
	ssrc    uint32
	lost    bool
	waiting time.Time // since when the gap before the next held packet has been waited for
}

type held struct {
	packet  *rtp.Packet
	arrived time.Time
}

// NewJitterBuffer makes a buffer that waits for a missing packet as long as given.
func NewJitterBuffer(wait time.Duration) *JitterBuffer {
	return &JitterBuffer{wait: wait, held: map[uint16]held{}}
}

// Push takes a packet, which the buffer keeps. Duplicates and packets that come after their turn are dropped; a new SSRC
// begins anew.
func (b *JitterBuffer) Push(p *rtp.Packet, now time.Time) {
	if !b.begun || p.SSRC != b.ssrc {
		b.restart(p)
	}
	ahead := int16(p.SequenceNumber - b.next)
	switch {
	case ahead < 0 && ahead > -MaxHeld:
		return // late, or a duplicate
	case ahead < 0 || ahead >= MaxHeld:
		b.restart(p) // the source jumped
		b.lost = true
	}
	if _, twice := b.held[p.SequenceNumber]; !twice {
		b.held[p.SequenceNumber] = held{p, now}
	}
}

func (b *JitterBuffer) restart(p *rtp.Packet) {
	clear(b.held)
	b.begun, b.ssrc, b.next, b.waiting = true, p.SSRC, p.SequenceNumber, time.Time{}
}

// Pop returns the packets that are due, in order. Packets that carry no payload take part in the order and are left out.
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
		b.waiting = time.Time{}
		if len(h.packet.Payload) > 0 {
			due = append(due, h.packet)
		}
	}
	return due
}

// giveUp skips a gap that was waited for long enough, to the next packet that is held.
func (b *JitterBuffer) giveUp(now time.Time) bool {
	nearest, found := b.nearest()
	if !found {
		return false
	}
	if b.waiting.IsZero() {
		b.waiting = b.held[nearest].arrived
	}
	if now.Sub(b.waiting) < b.wait {
		return false
	}
	b.next, b.waiting, b.lost = nearest, time.Time{}, true
	return true
}

func (b *JitterBuffer) nearest() (uint16, bool) {
	best, found := uint16(0), false
	for n := range b.held {
		if !found || n-b.next < best-b.next {
			best, found = n, true
		}
	}
	return best, found
}

// Missing lists the sequence numbers that are waited for, for a negative acknowledgement (RFC 4585 §6.2.1).
func (b *JitterBuffer) Missing() []uint16 {
	var missing []uint16
	if len(b.held) == 0 {
		return nil
	}
	last := b.next
	for n := range b.held {
		if n-b.next > last-b.next {
			last = n
		}
	}
	for n := b.next; n != last; n++ {
		if _, ok := b.held[n]; !ok {
			missing = append(missing, n)
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

// Len returns how many packets are held.
func (b *JitterBuffer) Len() int { return len(b.held) }
