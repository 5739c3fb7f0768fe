package rtpio

import (
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
)

// maxFrame bounds one frame in bytes: a hostile stream must not exhaust memory.
const maxFrame = 8 << 20

// VP8Depacketizer puts VP8 frames together from packets in order. It gives a frame out on its marker bit, without waiting
// for the next one. A frame of which anything is missing is dropped, and so is everything that builds on it.
type VP8Depacketizer struct {
	frame     []byte
	timestamp uint32
	sequence  uint16
	begun     bool // a frame is being put together
	followed  bool // sequence is that of the last packet
	broken    bool // something was dropped; only a key frame mends it
	wantsKey  bool
}

// Push takes the next packet. When it completes a frame, ok is true and the frame belongs to the caller.
func (d *VP8Depacketizer) Push(p *rtp.Packet) (frame []byte, key bool, timestamp uint32, ok bool) {
	if d.followed && p.SequenceNumber != d.sequence+1 {
		d.drop()
	}
	d.followed, d.sequence = true, p.SequenceNumber
	var head codecs.VP8Packet
	payload, err := head.Unmarshal(p.Payload)
	if err != nil || len(payload) == 0 {
		d.drop()
		return nil, false, 0, false
	}
	starts := head.S == 1 && head.PID == 0
	if d.begun && (starts || p.Timestamp != d.timestamp) {
		d.drop() // the last frame never got its marker
	}
	if !d.begun && !starts {
		d.drop()
		return nil, false, 0, false
	}
	if starts {
		d.begun, d.timestamp, d.frame = true, p.Timestamp, d.frame[:0]
	}
	if len(d.frame)+len(payload) > maxFrame {
		d.drop()
		return nil, false, 0, false
	}
	d.frame = append(d.frame, payload...)
	if !p.Marker {
		return nil, false, 0, false
	}
	return d.complete()
}

func (d *VP8Depacketizer) complete() (frame []byte, key bool, timestamp uint32, ok bool) {
	d.begun = false
	key = d.frame[0]&1 == 0 // RFC 6386 §9.1
	if d.broken && !key {
		d.wantsKey = true
		return nil, false, 0, false
	}
	d.broken, d.wantsKey = false, false
	return append([]byte(nil), d.frame...), key, d.timestamp, true
}

func (d *VP8Depacketizer) drop() {
	d.begun, d.broken, d.wantsKey = false, true, true
	d.frame = d.frame[:0]
}

// NeedKeyFrame reports, once, that frames were dropped since it was last asked.
func (d *VP8Depacketizer) NeedKeyFrame() bool {
	was := d.wantsKey
	d.wantsKey = false
	return was
}
