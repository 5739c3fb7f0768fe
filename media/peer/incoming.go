package peer

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

// onTrack brings what the participant sends to the Publisher, until it ends. pion calls it on a goroutine of its own.
func (p *Peer) onTrack(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	in, ok := p.accepts(track, receiver.RTPTransceiver())
	if !ok {
		return
	}
	p.readers.start(func() {
		// Reports from the participant pass through the interceptors only as they are read.
		for {
			if _, _, err := receiver.ReadRTCP(); err != nil {
				return
			}
		}
	}, func() error { return receiver.SetReadDeadline(time.Now()) })
	p.readers.start(func() { p.readMedia(in, track) }, func() error { return track.SetReadDeadline(time.Now()) })
}

// intake is where one of the lines that are received leads. It is fixed by the line: what comes on the private one is private whatever else holds.
type intake struct {
	newest *atomic.Pointer[webrtc.TrackRemote]
	write  func(*rtp.Packet)
}

// accepts tells whether a track is one that was offered to be received, and where it leads.
func (p *Peer) accepts(track *webrtc.TrackRemote, line *webrtc.RTPTransceiver) (intake, bool) {
	to := p.config.Publisher
	if to == nil || line == nil {
		return intake{}, false
	}
	codec := track.Codec().MimeType
	switch track.Kind() {
	case webrtc.RTPCodecTypeAudio:
		sound := strings.EqualFold(codec, webrtc.MimeTypeOpus) || strings.EqualFold(codec, mimeRED)
		if line == p.private {
			return intake{&p.aside, to.WritePrivate}, sound
		}
		return intake{&p.sound, func(packet *rtp.Packet) { to.WriteClear(media.KindAudio, packet) }}, sound && p.config.Audio
	case webrtc.RTPCodecTypeVideo:
		return intake{&p.picture, func(packet *rtp.Packet) { to.WriteClear(media.KindVideo, packet) }}, p.config.Video && strings.EqualFold(codec, webrtc.MimeTypeVP8)
	}
	return intake{}, false
}

// readMedia ends with its track, or when a later one of the same line takes its place: two at once would only
// break each other's numbering.
func (p *Peer) readMedia(in intake, track *webrtc.TrackRemote) {
	in.newest.Store(track)
	p.askKeyFrame()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil || in.newest.Load() != track {
			return
		}
		if track.Kind() == webrtc.RTPCodecTypeAudio && packet.PayloadType == payloadRED {
			writeRedundant(packet, in.write)
			continue
		}
		in.write(packet)
	}
}

// writeRedundant hands on a packet and what it repeats; the hub passes on each packet once. One that cannot be read is lost.
func writeRedundant(packet *rtp.Packet, write func(*rtp.Packet)) {
	packets, err := unpack(packet)
	if err != nil {
		return
	}
	for _, each := range packets {
		write(each)
	}
}

// askUpstream lets the hub ask this participant for key frames, and answers how to end that.
func (p *Peer) askUpstream() (remove func()) {
	if p.config.Publisher == nil || !p.config.Video {
		return func() {}
	}
	return p.config.Publisher.OnKeyFrameRequest(p.askKeyFrame)
}

// askKeyFrame sends a picture loss indication (RFC 4585 §6.3.1) for the picture last received.
func (p *Peer) askKeyFrame() {
	if track := p.picture.Load(); track != nil {
		_ = p.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}})
	}
}
