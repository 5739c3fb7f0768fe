package rtpio_test

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"paravent/media/rtpio"
)

// packetsIn reads a fuzzer's bytes as what a network may bring: packets of a length each, with the milliseconds that pass before the next.
func packetsIn(data []byte, take func(p *rtp.Packet, wait time.Duration)) {
	for len(data) > 2 {
		n, wait := int(data[0]), time.Duration(data[1])*time.Millisecond
		data = data[2:]
		n = min(n, len(data))
		var p rtp.Packet
		if p.Unmarshal(data[:n]) == nil {
			take(&p, wait)
		}
		data = data[n:]
	}
}

func seeds(f *testing.F) {
	var all []byte
	for _, n := range []uint16{65534, 65535, 1, 0, 1, 9000, 9001, 9003} {
		raw, err := voice(n, "a").Marshal()
		if err != nil {
			f.Fatal(err)
		}
		all = append(append(all, byte(len(raw)), 20), raw...)
	}
	f.Add(all)
	f.Add([]byte{12, 255, 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9})
}

// Whatever comes, a jitter buffer holds no more than its bound and gives each packet once and in order.
func FuzzJitterBuffer(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		b := rtpio.NewJitterBuffer(rtpio.AudioWait)
		var now time.Time
		var last *rtp.Packet
		packetsIn(data, func(p *rtp.Packet, wait time.Duration) {
			now = now.Add(wait)
			b.Push(p, now)
			if b.Len() > rtpio.MaxHeld || len(b.Missing()) > rtpio.MaxHeld {
				t.Fatalf("%d packets are held and %d waited for", b.Len(), len(b.Missing()))
			}
			popped := b.Pop(now)
			if b.Lost() { // it may have begun anew
				last = nil
			}
			for _, due := range popped {
				if last != nil && due.SSRC == last.SSRC && int16(due.SequenceNumber-last.SequenceNumber) <= 0 {
					t.Fatalf("packet %d came after %d", due.SequenceNumber, last.SequenceNumber)
				}
				last = due
			}
		})
	})
}

// What becomes of a packet is counted once, and what is made up is bounded by what came.
func FuzzSoundReceiver(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := rtpio.NewSoundReceiver(rtpio.AudioWait, told{})
		var now time.Time
		came, frames := 0, 0
		packetsIn(data, func(p *rtp.Packet, wait time.Duration) {
			now = now.Add(wait)
			came++
			r.Push(p, now)
			frames += len(r.Pop(now))
		})
		c := r.Count()
		if c.Arrived > came || frames > 7*came || frames != c.Arrived+c.Repeated+c.MadeUp {
			t.Errorf("%d packets came, %d frames went out, %+v", came, frames, c)
		}
	})
}
