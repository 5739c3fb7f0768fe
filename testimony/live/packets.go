package live

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"paravent/media"
)

// packetSize is the largest RTP payload, in bytes, that fits any network on the way.
const packetSize = 1160

// newPacketizer makes packets of the bench's own media, numbered from random starts (RFC 3550 §5.1).
func newPacketizer(kind media.Kind) rtp.Packetizer {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	ssrc := binary.BigEndian.Uint32(b[:])
	if kind == media.KindVideo {
		return rtp.NewPacketizerWithOptions(packetSize, &codecs.VP8Payloader{EnablePictureID: true}, rtp.NewRandomSequencer(), 90000, rtp.WithSSRC(ssrc))
	}
	return rtp.NewPacketizerWithOptions(packetSize, &codecs.OpusPayloader{}, rtp.NewRandomSequencer(), media.SampleRate, rtp.WithSSRC(ssrc))
}

// timed makes packets of frames whose times are known.
type timed struct {
	kind    media.Kind
	packets rtp.Packetizer
	ticks   uint32
}

func newTimed(kind media.Kind) *timed { return &timed{kind: kind, packets: newPacketizer(kind)} }

// packetize makes the packets of a frame at a time that is not before the last one's.
func (t *timed) packetize(at time.Duration, frame []byte) []*rtp.Packet {
	rate := int64(media.SampleRate)
	if t.kind == media.KindVideo {
		rate = 90000
	}
	ticks := uint32(at.Microseconds() * rate / 1_000_000)
	t.packets.SkipSamples(ticks - t.ticks)
	t.ticks = ticks
	return t.packets.Packetize(frame, 0)
}

// keyRequest remembers that a key frame was asked for.
type keyRequest struct{ wanted atomic.Bool }

func (k *keyRequest) ask()       { k.wanted.Store(true) }
func (k *keyRequest) take() bool { return k.wanted.Swap(false) }
