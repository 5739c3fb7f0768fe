package rtpio

import (
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// maxFrame bounds one frame in bytes: a hostile stream must not exhaust memory.
const maxFrame = 8 << 20

// VP8Depacketizer puts VP8 frames together from packets in order. It gives a frame out on its marker bit, without waiting
// for the next one. A frame of which anything is missing is dropped, and so is everything after it until a key frame, because
// it may build on what was dropped. The zero value is ready and waits for a key frame; it is not safe for concurrent use.
type VP8Depacketizer struct {
	frame     []byte
	timestamp uint32
	sequence  uint16
	followed  bool // sequence is that of the last packet
	begun     bool // a frame is being put together
	whole     bool // everything since a key frame was given out
	wantsKey  bool
}

// Push takes the next packet, which it does not keep. When it completes a frame, ok is true and the frame belongs to the
// caller; timestamp is RTP's, at 90 kHz.
func (d *VP8Depacketizer) Push(p *rtp.Packet) (frame []byte, key bool, timestamp uint32, ok bool) {
	if d.followed && p.SequenceNumber == d.sequence {
		return nil, false, 0, false // the same again
	}
	if d.followed && p.SequenceNumber != d.sequence+1 {
		d.drop()
	}
	d.followed, d.sequence = true, p.SequenceNumber
	if len(p.Payload) == 0 {
		return nil, false, 0, false // padding belongs to no frame
	}
	var head codecs.VP8Packet
	payload, err := head.Unmarshal(p.Payload)
	if err != nil || len(payload) == 0 || !d.take(payload, p.Timestamp, head.S == 1 && head.PID == 0) {
		d.drop()
		return nil, false, 0, false
	}
	if !p.Marker {
		return nil, false, 0, false
	}
	return d.complete()
}

// take adds a packet's share to its frame. It returns false for one that no frame has begun for.
func (d *VP8Depacketizer) take(payload []byte, timestamp uint32, starts bool) bool {
	if d.begun && (starts || timestamp != d.timestamp) {
		d.drop() // the last frame never got its marker
	}
	if starts {
		d.begun, d.timestamp, d.frame = true, timestamp, d.frame[:0]
	}
	if !d.begun || len(d.frame)+len(payload) > maxFrame {
		return false
	}
	d.frame = append(d.frame, payload...)
	return true
}

func (d *VP8Depacketizer) complete() (frame []byte, key bool, timestamp uint32, ok bool) {
	d.begun = false
	key = d.frame[0]&1 == 0 // RFC 6386 §9.1
	if !d.whole && !key {
		d.wantsKey = true
		return nil, false, 0, false
	}
	d.whole, d.wantsKey = true, false
	return append([]byte(nil), d.frame...), key, d.timestamp, true
}

func (d *VP8Depacketizer) drop() {
	d.begun, d.whole, d.wantsKey = false, false, true
	d.frame = d.frame[:0]
}

// NeedKeyFrame reports, once, that a key frame is waited for since it was last asked. It reports again for every further frame
// that had to be dropped, so that a request that got lost is repeated.
func (d *VP8Depacketizer) NeedKeyFrame() bool {
	was := d.wantsKey
	d.wantsKey = false
	return was
}
