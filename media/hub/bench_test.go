package hub

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

// countingWire is a transport that costs nothing, so that what is measured is the hub.
type countingWire struct {
	*wire
	written *atomic.Int64
	done    chan struct{}
	target  *atomic.Int64
}

func (w countingWire) WriteStream() webrtc.TrackLocalWriter { return w }

func (w countingWire) WriteRTP(_ *rtp.Header, payload []byte) (int, error) {
	if w.written.Add(1) == w.target.Load() {
		w.done <- struct{}{}
	}
	return len(payload), nil
}

// BenchmarkFanout forwards one publisher's clear picture to many subscribers, in bursts of a frame of ten packets.
func BenchmarkFanout(b *testing.B) {
	for _, subscribers := range []int{10, 50} {
		b.Run(fmt.Sprint(subscribers), func(b *testing.B) { fanout(b, subscribers) })
	}
}

func fanout(b *testing.B, subscribers int) {
	const burst = 10
	r := New()
	defer r.Close()
	r.SetAccess(everyone(Grant{Picture: Clear}))
	p := r.Publish("witness")
	var written, target atomic.Int64
	done := make(chan struct{}, 1)
	for i := range subscribers {
		track := find(r.Subscribe(fmt.Sprint(i)), "witness", media.KindVideo)
		bindTo(b, track, countingWire{newWire(uint32(i)), &written, done, &target})
	}
	payload := make([]byte, 1100)
	payload[0] = 0x10
	packet := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 1}, Payload: payload}
	b.ReportAllocs()
	b.ResetTimer()
	sent := int64(0)
	for i := 0; i < b.N; i++ {
		if i%burst == 0 {
			n := min(burst, b.N-i)
			target.Store(sent + int64(n*subscribers))
		}
		next := packet
		next.SequenceNumber = uint16(i)
		p.WriteClear(media.KindVideo, &next)
		if i%burst == burst-1 || i == b.N-1 {
			<-done
			sent = target.Load()
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*subscribers), "ns/subscriber-packet")
}
