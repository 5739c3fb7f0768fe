package peer

import (
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
)

// onTrack brings what the participant sends to the Publisher, until it ends. pion calls it on a goroutine of its own.
func (p *Peer) onTrack(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	kind, ok := p.accepts(track)
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
	p.readers.start(func() { p.readMedia(kind, track) }, func() error { return track.SetReadDeadline(time.Now()) })
}

// accepts tells whether a track is one that was offered to be received.
func (p *Peer) accepts(track *webrtc.TrackRemote) (media.Kind, bool) {
	if p.config.Publisher == nil {
		return 0, false
	}
	switch track.Kind() {
	case webrtc.RTPCodecTypeAudio:
		return media.KindAudio, p.config.Audio && (strings.EqualFold(track.Codec().MimeType, webrtc.MimeTypeOpus) || strings.EqualFold(track.Codec().MimeType, mimeRED))
	case webrtc.RTPCodecTypeVideo:
		return media.KindVideo, p.config.Video && strings.EqualFold(track.Codec().MimeType, webrtc.MimeTypeVP8)
	}
	return 0, false
}

// readMedia ends with its track, or when a later one of the same kind takes its place: two at once would only
// break each other's numbering.
func (p *Peer) readMedia(kind media.Kind, track *webrtc.TrackRemote) {
	newest := &p.sound
	if kind == media.KindVideo {
		newest = &p.picture
	}
	newest.Store(track)
	p.askKeyFrame()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil || newest.Load() != track {
			return
		}
		if kind == media.KindAudio && packet.PayloadType == payloadRED {
			p.writeRedundant(packet)
			continue
		}
		p.config.Publisher.WriteClear(kind, packet)
	}
}

// writeRedundant hands on a packet and what it repeats; the hub passes on each packet once. One that cannot be read is lost.
func (p *Peer) writeRedundant(packet *rtp.Packet) {
	packets, err := unpack(packet)
	if err != nil {
		return
	}
	for _, each := range packets {
		p.config.Publisher.WriteClear(media.KindAudio, each)
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
