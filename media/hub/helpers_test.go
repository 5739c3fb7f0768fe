package hub

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

// wire is what a test gives an Outgoing to write to, in place of a connection.
type wire struct {
	ssrc  uint32
	check func(header *rtp.Header, payload []byte) // sees each packet first; may block

	mu      sync.Mutex
	packets []rtp.Packet
	arrived chan struct{}
}

func newWire(ssrc uint32) *wire { return &wire{ssrc: ssrc, arrived: make(chan struct{}, 1)} }

func (w *wire) WriteRTP(header *rtp.Header, payload []byte) (int, error) {
	if w.check != nil {
		w.check(header, payload)
	}
	w.mu.Lock()
	w.packets = append(w.packets, rtp.Packet{Header: *header, Payload: bytes.Clone(payload)})
	w.mu.Unlock()
	select {
	case w.arrived <- struct{}{}:
	default:
	}
	return len(payload), nil
}

func (w *wire) Write([]byte) (int, error) { panic("the hub writes packets, not bytes") }

func (w *wire) received() []rtp.Packet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]rtp.Packet(nil), w.packets...)
}

// await waits until at least n packets have come.
func (w *wire) await(t testing.TB, n int) []rtp.Packet {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if got := w.received(); len(got) >= n {
			return got
		}
		select {
		case <-w.arrived:
		case <-deadline:
			t.Fatalf("%d packets came, want %d", len(w.received()), n)
		}
	}
}

func (w *wire) CodecParameters() []webrtc.RTPCodecParameters {
	return []webrtc.RTPCodecParameters{
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, PayloadType: 111},
		{RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, PayloadType: 96},
	}
}

func (w *wire) HeaderExtensions() []webrtc.RTPHeaderExtensionParameter { return nil }
func (w *wire) SSRC() webrtc.SSRC                                      { return webrtc.SSRC(w.ssrc) }
func (w *wire) SSRCRetransmission() webrtc.SSRC                        { return 0 }
func (w *wire) SSRCForwardErrorCorrection() webrtc.SSRC                { return 0 }
func (w *wire) WriteStream() webrtc.TrackLocalWriter                   { return w }
func (w *wire) ID() string                                             { return "wire" }
func (w *wire) RTCPReader() interceptor.RTCPReader                     { return nil }

// bindTo connects a track to a wire as a peer connection would.
func bindTo(t testing.TB, track *Outgoing, w webrtc.TrackLocalContext) {
	t.Helper()
	if _, err := track.TrackLocal.Bind(w); err != nil {
		t.Fatal(err)
	}
}

// bindVoice connects a track of the microphone's, and lets the packet pass that is kept back at the beginning.
func bindVoice(t testing.TB, track *Outgoing, w webrtc.TrackLocalContext, p *Publisher, mic *microphone) {
	t.Helper()
	bindTo(t, track, w)
	p.WriteClear(media.KindAudio, mic.packet())
}

// find returns the subscriber's track of a publisher's kind, or nil.
func find(s *Subscriber, publisher string, kind media.Kind) *Outgoing {
	for _, track := range s.Tracks() {
		if track.Publisher == publisher && track.Kind == kind {
			return track
		}
	}
	return nil
}

func everyone(g Grant) Access { return func(string, string) Grant { return g } }

const (
	cameraSSRC = 0xCA3E7A01
	micSSRC    = 0x00511C02
)

// camera makes VP8 packets that carry a recognisable mark, one packet a frame.
type camera struct {
	ssrc      uint32
	seq       uint16
	timestamp uint32
}

func (c *camera) frame(key bool) *rtp.Packet {
	first := byte(0x01)
	if key {
		first = 0x00
	}
	p := &rtp.Packet{
		Header: rtp.Header{
			Version: 2, Marker: true, PayloadType: 120, SSRC: c.ssrc,
			SequenceNumber: c.seq, Timestamp: c.timestamp, CSRC: []uint32{7, 8},
		},
		Payload: append([]byte{0x10, first}, fmt.Sprintf("CLEAR-PICTURE %d", c.seq)...),
	}
	if err := p.SetExtension(3, []byte{1, 2}); err != nil {
		panic(err)
	}
	c.seq++
	c.timestamp += 3600
	return p
}

type microphone struct {
	private   bool // its packets bear the mark of a private talk
	seq       uint16
	timestamp uint32
}

func (m *microphone) packet() *rtp.Packet {
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: 109, SSRC: micSSRC, SequenceNumber: m.seq, Timestamp: m.timestamp},
		Payload: binary.BigEndian.AppendUint32([]byte("CLEAR-VOICE "), uint32(m.seq)),
	}
	if m.private {
		p.Payload = binary.BigEndian.AppendUint32([]byte("PRIVATE-VOICE "), uint32(m.seq))
	}
	m.seq++
	m.timestamp += 960
	return p
}
