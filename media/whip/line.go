package whip

import (
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

const (
	mtu      = 1200
	audioGap = 60 * time.Millisecond   // longer without sound, and silence is sent
	videoGap = 1500 * time.Millisecond // longer without a picture, and the slate is sent
)

// Line is one track to a media server. Packets go in as they come, from one source after the other, and leave with numbers and times that run on, as a server needs them; where none come, what stands for nothing
// is sent. Its methods can be called from any goroutine.
type Line struct {
	Track *webrtc.TrackLocalStaticRTP

	kind  media.Kind
	rate  uint32 // RTP clock, Hz
	blank []byte // one frame that stands for nothing, and needs no other

	mu       sync.Mutex
	began    time.Time
	last     time.Time // when something was sent
	sequence uint16
	sent     uint32 // timestamp of the last packet
	source   uint32 // SSRC of what comes in
	offset   uint32 // from its timestamps to the line's
	packer   rtp.Payloader
	waits    bool // the next picture has to be one that needs no other
}

// NewLine makes a track of a kind. blank is an encoded frame of what is sent where nothing is: a key frame, or a packet of silence. stream is the same for both tracks of one
// broadcast.
func NewLine(kind media.Kind, stream string, blank []byte) (*Line, error) {
	l := &Line{kind: kind, blank: blank, rate: 48000, packer: &codecs.OpusPayloader{}, began: time.Now()}
	capability, id := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "sound"
	if kind == media.KindVideo {
		capability, id = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "picture"
		l.rate, l.packer = 90000, &codecs.VP8Payloader{}
	}
	var err error
	l.Track, err = webrtc.NewTrackLocalStaticRTP(capability, id, stream)
	return l, err
}

// now is the line's own time, in units of its clock.
func (l *Line) now(at time.Time) uint32 {
	return uint32(at.Sub(l.began).Microseconds() * int64(l.rate) / 1e6)
}

// WriteRTP sends a packet of a source on. It keeps nothing of it, and never fails: a server that is gone is told by its [Session].
func (l *Line) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Now()
	if l.waits && !beginsKey(payload) {
		return 0, nil
	}
	l.waits = false
	if h.SSRC != l.source || l.last.IsZero() || at.Sub(l.last) > videoGap {
		// Another source, or one that was silent: its time is set to the line's, never behind what was sent.
		l.source, l.offset = h.SSRC, later(l.now(at), l.sent+1)-h.Timestamp
	}
	l.send(h.Timestamp+l.offset, h.Marker, payload, at)
	return len(payload), nil
}

// beginsKey reports whether a payload is the first of a VP8 key frame (RFC 7741 §4.2 and 4.3).
func beginsKey(payload []byte) bool {
	var p codecs.VP8Packet
	frame, err := p.Unmarshal(payload)
	return err == nil && p.S == 1 && p.PID == 0 && len(frame) > 0 && frame[0]&1 == 0
}

// later is the later of two times of a clock that wraps.
func later(a, b uint32) uint32 {
	if int32(a-b) > 0 {
		return a
	}
	return b
}

// send holds l.mu. An error is of one receiver, who is told as down.
func (l *Line) send(timestamp uint32, marker bool, payload []byte, at time.Time) {
	l.sequence++
	l.sent, l.last = timestamp, at
	_ = l.Track.WriteRTP(&rtp.Packet{Header: rtp.Header{Version: 2, Marker: marker, SequenceNumber: l.sequence, Timestamp: timestamp}, Payload: payload})
}

// Fill sends what stands for nothing, if nothing has come for a while. It is to be called every 20 ms.
func (l *Line) Fill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Now()
	gap := audioGap
	if l.kind == media.KindVideo {
		gap = videoGap
	}
	if l.kind == media.KindAudio && l.source == 0 && !l.last.IsZero() {
		gap = 20 * time.Millisecond // it is silence already
	}
	if !l.last.IsZero() && at.Sub(l.last) < gap {
		return
	}
	l.waits = l.kind == media.KindVideo // what built on another picture would be put on the blank
	l.source = 0                        // whatever comes next is timed anew
	timestamp := later(l.now(at), l.sent+1)
	parts := l.packer.Payload(mtu, l.blank)
	for i, p := range parts {
		l.send(timestamp, i == len(parts)-1, p, at)
	}
}
