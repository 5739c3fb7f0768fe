package rtpio

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"pgregory.net/rapid"
)

// frame makes something with the first bit of a VP8 frame.
func frame(key bool, size int, fill byte) []byte {
	f := bytes.Repeat([]byte{fill}, size)
	f[0] = 1
	if key {
		f[0] = 0
	}
	return f
}

// packets cuts a frame up as a sender does, from a sequence number on.
func packets(f []byte, sequence uint16, timestamp uint32) []*rtp.Packet {
	var out []*rtp.Packet
	payloads := (&codecs.VP8Payloader{}).Payload(100, f)
	for i, payload := range payloads {
		out = append(out, &rtp.Packet{Header: rtp.Header{SequenceNumber: sequence + uint16(i), Timestamp: timestamp,
			Marker: i == len(payloads)-1}, Payload: payload})
	}
	return out
}

func TestFramesComeOutOnTheirMarker(t *testing.T) {
	t.Parallel()
	var d VP8Depacketizer
	sequence := uint16(65534)
	for i, in := range [][]byte{frame(true, 450, 7), frame(false, 1, 8), frame(false, 99, 9), frame(true, 300, 10)} {
		all := packets(in, sequence, uint32(i)*3000)
		sequence += uint16(len(all))
		for j, p := range all {
			out, key, timestamp, ok := d.Push(p)
			if ok != (j == len(all)-1) {
				t.Fatalf("frame %d, packet %d of %d: given out: %v", i, j+1, len(all), ok)
			}
			if ok && (!bytes.Equal(out, in) || key != (in[0] == 0) || timestamp != uint32(i)*3000) {
				t.Fatalf("frame %d came out as %d bytes, key %v, at %d", i, len(out), key, timestamp)
			}
		}
	}
	if d.NeedKeyFrame() {
		t.Error("a key frame is wanted although nothing was lost")
	}
}

func TestNothingBeforeAKeyFrame(t *testing.T) {
	t.Parallel()
	var d VP8Depacketizer
	if _, _, _, ok := d.Push(packets(frame(false, 50, 1), 10, 0)[0]); ok || !d.NeedKeyFrame() {
		t.Error("a stream may begin in its middle")
	}
	if d.NeedKeyFrame() {
		t.Error("one wish was reported twice")
	}
	if _, _, _, ok := d.Push(packets(frame(false, 50, 1), 11, 3000)[0]); ok || !d.NeedKeyFrame() {
		t.Error("a lost request is not repeated")
	}
	if _, key, _, ok := d.Push(packets(frame(true, 50, 1), 12, 6000)[0]); !ok || !key || d.NeedKeyFrame() {
		t.Error("a key frame did not mend it")
	}
}

func TestPaddingInsideAFrameIsNoLoss(t *testing.T) {
	t.Parallel()
	var d VP8Depacketizer
	in := frame(true, 150, 3)
	parts := packets(in, 1, 0)
	parts[1].SequenceNumber = 3
	padding := &rtp.Packet{Header: rtp.Header{SequenceNumber: 2, Timestamp: 0}}
	var out []byte
	for _, p := range []*rtp.Packet{parts[0], padding, parts[1]} {
		out, _, _, _ = d.Push(p)
	}
	if !bytes.Equal(out, in) || d.NeedKeyFrame() {
		t.Errorf("%d bytes of %d came out", len(out), len(in))
	}
}

func TestGivenFramesAreTheCallers(t *testing.T) {
	t.Parallel()
	var d VP8Depacketizer
	first, _, _, _ := d.Push(packets(frame(true, 50, 3), 1, 0)[0])
	d.Push(packets(frame(true, 50, 4), 2, 3000)[0])
	if !bytes.Equal(first, frame(true, 50, 3)) {
		t.Error("the second frame overwrote the first")
	}
}

func TestEndlessFrameIsDropped(t *testing.T) {
	t.Parallel()
	var d VP8Depacketizer
	payload := append([]byte{0x10}, make([]byte, 1<<20)...)
	for i := range uint16(20) {
		d.Push(&rtp.Packet{Header: rtp.Header{SequenceNumber: i}, Payload: payload})
		payload[0] = 0
		if len(d.frame) > maxFrame {
			t.Fatalf("%d bytes are held", len(d.frame))
		}
	}
	if !d.NeedKeyFrame() || d.begun {
		t.Error("the frame was not dropped")
	}
}

// What comes out is what went in, byte for byte, and every frame that builds on others comes right after the one before it.
func TestOnlyWholeFramesThatCanBeDecoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var d VP8Depacketizer
		sequence := rapid.Uint16().Draw(t, "first")
		last := -1
		lost := false
		for i := range rapid.IntRange(1, 30).Draw(t, "frames") {
			in := frame(i == 0 || rapid.IntRange(0, 4).Draw(t, "key") == 0, rapid.IntRange(1, 400).Draw(t, "size"), byte(i))
			all := packets(in, sequence, uint32(i)*3000)
			sequence += uint16(len(all))
			if rapid.IntRange(0, 9).Draw(t, "padding") == 0 {
				all = append(all, &rtp.Packet{Header: rtp.Header{SequenceNumber: sequence, Timestamp: uint32(i) * 3000}})
				sequence++
			}
			complete := true
			for _, p := range all {
				if rapid.IntRange(0, 9).Draw(t, "loss") == 0 {
					lost = true
					complete = complete && len(p.Payload) == 0
					continue
				}
				out, key, timestamp, ok := d.Push(p)
				if !ok {
					continue
				}
				if timestamp != uint32(i)*3000 || !bytes.Equal(out, in) || !complete {
					t.Fatalf("frame %d is not what was sent", i)
				}
				if !key && last != i-1 {
					t.Fatalf("frame %d builds on %d, and the last one given out is %d", i, i-1, last)
				}
				last = i
			}
			if !lost && last != i {
				t.Fatalf("frame %d did not come out although nothing was lost", i)
			}
		}
	})
}

func FuzzVP8Depacketizer(f *testing.F) {
	f.Add([]byte{4, 1, 0x10, 0, 9, 9, 4, 1, 0, 9, 9, 9})
	f.Add([]byte{3, 0, 0x90, 0x80, 0x80})
	f.Add([]byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		var d VP8Depacketizer
		var sequence uint16
		given := 0
		for len(script) >= 2 {
			n, flags := int(script[0]), script[1]
			n = min(n, len(script)-2)
			p := &rtp.Packet{Header: rtp.Header{SequenceNumber: sequence, Timestamp: uint32(flags >> 4), Marker: flags&1 != 0}, Payload: script[2 : 2+n]}
			sequence += uint16(flags >> 1 & 3)
			script = script[2+n:]
			out, key, _, ok := d.Push(p)
			if ok == (len(out) == 0) || (!ok && key) {
				t.Fatalf("given out: %v, %d bytes, key %v", ok, len(out), key)
			}
			if ok && given == 0 && !key {
				t.Fatal("the first frame is no key frame")
			}
			if ok {
				given++
			}
		}
	})
}

func BenchmarkJitterBuffer(b *testing.B) {
	buffer := NewJitterBuffer(VideoWait)
	sequence := uint16(0)
	for b.Loop() {
		sequence++
		buffer.Push(packet(sequence^1), start) // every pair swapped
		buffer.Pop(start)
	}
}
