package peer

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"paravent/media"
)

// packed is a packet of redundant audio as RFC 2198 §3 draws it.
func packed(number uint16, timestamp uint32, primary []byte, earlier ...[]byte) *rtp.Packet {
	var payload []byte
	for i, e := range earlier {
		back := len(earlier) - i
		payload = binary.BigEndian.AppendUint32(payload, 0x80000000|payloadOpus<<24|uint32(back*media.FrameSamples)<<10|uint32(len(e)))
	}
	payload = append(payload, payloadOpus)
	for _, e := range earlier {
		payload = append(payload, e...)
	}
	return &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payloadRED, SequenceNumber: number, Timestamp: timestamp, SSRC: 9, Marker: true},
		Payload: append(payload, primary...)}
}

func TestWhatAPacketRepeatsIsPutInItsPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		frame := rapid.SliceOfN(rapid.Byte(), 1, 200)
		earlier := rapid.SliceOfN(frame, 0, maxRepeated).Draw(t, "earlier")
		primary := frame.Draw(t, "primary")
		number, timestamp := rapid.Uint16().Draw(t, "number"), rapid.Uint32().Draw(t, "timestamp")
		got, err := unpack(packed(number, timestamp, primary, earlier...))
		if err != nil || len(got) != 1+len(earlier) {
			t.Fatalf("%d packets, %v", len(got), err)
		}
		for back, p := range got {
			want := primary
			if back > 0 {
				want = earlier[len(earlier)-back]
			}
			if p.SequenceNumber != number-uint16(back) || p.Timestamp != timestamp-uint32(back*media.FrameSamples) || !bytes.Equal(p.Payload, want) ||
				p.SSRC != 9 || p.PayloadType != payloadOpus || p.Marker != (back == 0) {
				t.Fatalf("%d back: %v", back, p)
			}
		}
	})
}

func TestBadRedundancyIsRefused(t *testing.T) {
	t.Parallel()
	whole := packed(7, 9600, []byte("now"), []byte("before")).Payload
	header := func(pt byte, offset, length uint32) []byte {
		return append(binary.BigEndian.AppendUint32(nil, 0x80000000|uint32(pt)<<24|offset<<10|length), payloadOpus)
	}
	for name, payload := range map[string][]byte{
		"nothing":                nil,
		"a header cut short":     whole[:3],
		"no packet of its own":   whole[:len(whole)-len("now")],
		"no header of the last":  header(payloadOpus, 960, 1)[:4],
		"longer than there is":   append(header(payloadOpus, 960, 1000), "short"...),
		"another codec":          append(header(0, 960, 1), "ab"...),
		"another codec's own":    {96, 1, 2},
		"headers without an end": bytes.Repeat(header(payloadOpus, 960, 0)[:4], 300),
	} {
		if got, err := unpack(&rtp.Packet{Payload: payload}); err == nil {
			t.Errorf("%s: %d packets", name, len(got))
		}
	}
	// What follows a pause, or is not of 20 ms, is left out, and the packet itself is taken.
	for name, payload := range map[string][]byte{
		"after a pause":   append(header(payloadOpus, 4800, 2), "abnow"...),
		"of its own time": append(header(payloadOpus, 0, 2), "abnow"...),
		"of nothing":      append(header(payloadOpus, 960, 0), "now"...),
	} {
		got, err := unpack(&rtp.Packet{Payload: payload})
		if err != nil || len(got) != 1 || string(got[0].Payload) != "now" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(packed(1, 960, []byte("now"), []byte("before")).Payload)
	f.Add(packed(1, 960, []byte("now")).Payload)
	f.Fuzz(func(t *testing.T, payload []byte) {
		got, err := unpack(&rtp.Packet{Payload: payload})
		total := 0
		for _, p := range got {
			total += len(p.Payload)
			if len(p.Payload) == 0 {
				t.Error("an empty packet")
			}
		}
		if (err == nil) != (len(got) > 0) || total > len(payload) || len(got) > 1+maxRepeated {
			t.Errorf("%d packets of %d bytes out of %d, %v", len(got), total, len(payload), err)
		}
	})
}
