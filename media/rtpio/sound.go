package rtpio

import (
	"time"

	"github.com/pion/rtp"
)

// SoundDecoder makes samples of Opus packets, and makes up for those that were lost: [paravent/media/codec/opus.Decoder] is one.
type SoundDecoder interface {
	Decode(packet []byte) ([]int16, error)
	// DecodePrevious makes the n samples before a packet from what the packet repeats of them; repeated is false where it repeats nothing
	// and they were made up.
	DecodePrevious(packet []byte, n int) (pcm []int16, repeated bool, err error)
	DecodeLost(n int) ([]int16, error)
}

// madeUpFor bounds how many packets in a row are made up for: after 100 ms what is made up is no voice any more.
const madeUpFor = 5

// Sound is what one packet brought, or should have brought.
type Sound struct {
	PCM    []int16
	SSRC   uint32
	Number uint16 // the packet's place in its stream, also of one that never came
}

// SoundCount counts packets since the beginning, by what became of them.
type SoundCount struct {
	Arrived  int // in time
	Repeated int // lost, and read from the packet after it
	MadeUp   int // lost, and made up out of what came before
	Lost     int // lost without anything in its place
}

// Played is the share of the packets whose own sound was played, from 0 to 1; 1 where there were none.
func (c SoundCount) Played() float64 {
	all := c.Arrived + c.Repeated + c.MadeUp + c.Lost
	if all == 0 {
		return 1
	}
	return float64(c.Arrived+c.Repeated) / float64(all)
}

// SoundReceiver takes the packets of one source's sound as the network delivers them and gives its samples in order. It makes good what the
// network loses: by the copy that the next packet has (RFC 6716 §2.1.7), or else, for 100 ms at most, by what the decoder makes up. It is not
// safe for concurrent use. Use [NewSoundReceiver].
type SoundReceiver struct {
	buffer  *JitterBuffer
	decoder SoundDecoder
	count   SoundCount

	begun   bool
	ssrc    uint32
	number  uint16
	samples int // that a packet has
}

// NewSoundReceiver makes a receiver that waits for a missing packet as long as given. The decoder stays the caller's to close, and must not be
// used by anybody else.
func NewSoundReceiver(wait time.Duration, decoder SoundDecoder) *SoundReceiver {
	return &SoundReceiver{buffer: NewJitterBuffer(wait), decoder: decoder}
}

// Push takes a packet as [JitterBuffer.Push] does.
func (r *SoundReceiver) Push(p *rtp.Packet, now time.Time) { r.buffer.Push(p, now) }

// Count is what became of the packets so far.
func (r *SoundReceiver) Count() SoundCount { return r.count }

// Pop gives what is due, in order. A packet that cannot be decoded is passed over.
func (r *SoundReceiver) Pop(now time.Time) []Sound {
	var due []Sound
	for _, p := range r.buffer.Pop(now) {
		due = r.fill(due, p)
		r.begun, r.ssrc, r.number = true, p.SSRC, p.SequenceNumber
		if len(p.Payload) == 0 {
			continue // padding
		}
		pcm, err := r.decoder.Decode(p.Payload)
		if err != nil {
			r.count.Lost++
			continue
		}
		r.count.Arrived++
		r.samples = len(pcm)
		due = append(due, Sound{pcm, p.SSRC, p.SequenceNumber})
	}
	return due
}

// fill makes good what is missing before a packet.
func (r *SoundReceiver) fill(due []Sound, p *rtp.Packet) []Sound {
	if !r.begun || p.SSRC != r.ssrc || r.samples == 0 {
		return due
	}
	missing := int(int16(p.SequenceNumber - r.number - 1))
	if missing <= 0 || missing >= MaxHeld { // in order, or begun anew
		return due
	}
	for i := range missing {
		var (
			pcm      []int16
			repeated bool
			err      error
			last     = i == missing-1
		)
		switch {
		case last && len(p.Payload) > 0:
			pcm, repeated, err = r.decoder.DecodePrevious(p.Payload, r.samples)
		case i < madeUpFor:
			pcm, err = r.decoder.DecodeLost(r.samples)
		default:
			r.count.Lost++
			continue
		}
		switch {
		case err != nil:
			r.count.Lost++
			continue
		case repeated:
			r.count.Repeated++
		default:
			r.count.MadeUp++
		}
		due = append(due, Sound{pcm, p.SSRC, r.number + uint16(i) + 1})
	}
	return due
}
