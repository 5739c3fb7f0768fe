package peer

import (
	"fmt"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"paravent/media"
	"paravent/media/hub"
)

// slot is what a line is for, for the whole life of the connection. A line never serves another slot: the
// receiver's end of it is one track, and a track never carries both forms.
type slot struct {
	publisher string
	kind      media.Kind
	form      hub.Form
}

func slotOf(track *hub.Outgoing) slot {
	return slot{track.Publisher, track.Kind, track.Form}
}

// line is one media line on which the court sends. While it carries nothing it stays "sendonly" in the description,
// under the ended track's ids, and only the offer's Tracks tell that it is silent: a line that has once been
// "inactive" cannot be brought back at every receiver (pion stops it for good), and without taking lines again the
// description would grow with every change of a long hearing.
type line struct {
	slot        slot
	transceiver *webrtc.RTPTransceiver
	track       *hub.Outgoing // nil while the line carries nothing
}

// arrangeLines makes the lines match what the Subscriber is granted.
func (p *Peer) arrangeLines() error {
	if p.config.Subscriber == nil {
		return nil
	}
	granted := map[*hub.Outgoing]bool{}
	tracks := p.config.Subscriber.Tracks()
	for _, track := range tracks {
		granted[track] = true
	}
	carried := map[*hub.Outgoing]bool{}
	for _, l := range p.lines {
		if !granted[l.track] {
			l.track = nil // the hub has ended it already
		}
		if l.track != nil {
			carried[l.track] = true
		}
	}
	for _, track := range tracks {
		if carried[track] {
			continue
		}
		if err := p.carry(track); err != nil {
			return err
		}
	}
	return nil
}

// carry gives a track a line: a silent one of its own slot, or a new one. Either way the sender is new, and with it
// the SSRC.
func (p *Peer) carry(track *hub.Outgoing) error {
	for _, l := range p.lines {
		if l.track == nil && l.slot == slotOf(track) {
			return p.reuse(l, track)
		}
	}
	transceiver, err := p.pc.AddTransceiverFromTrack(track.TrackLocal, webrtc.RTPTransceiverInit{
		Direction: webrtc.RTPTransceiverDirectionSendonly,
	})
	if err != nil {
		return fmt.Errorf("put up a track: %w", err)
	}
	if track.Kind == media.KindAudio { // without redundancy: it is one more packet for everyone who listens
		if err := transceiver.SetCodecPreferences([]webrtc.RTPCodecParameters{opusCodec()}); err != nil {
			return fmt.Errorf("put up a track: %w", err)
		}
	}
	l := &line{slot: slotOf(track), transceiver: transceiver, track: track}
	p.lines = append(p.lines, l)
	p.readFeedback(transceiver.Sender(), track)
	return nil
}

func (p *Peer) reuse(l *line, track *hub.Outgoing) error {
	if err := l.transceiver.Sender().Stop(); err != nil {
		return fmt.Errorf("take down a track: %w", err)
	}
	sender, err := p.config.API.NewRTPSender(track.TrackLocal, p.pc.SCTP().Transport())
	if err != nil {
		return fmt.Errorf("put up a track: %w", err)
	}
	if err := l.transceiver.SetSender(sender, track.TrackLocal); err != nil {
		return fmt.Errorf("put up a track: %w", err)
	}
	l.track = track
	p.readFeedback(sender, track)
	return nil
}

func (p *Peer) trackLines() []TrackLine {
	var lines []TrackLine
	for _, l := range p.lines {
		if l.track != nil {
			lines = append(lines, trackLine(l.transceiver.Mid(), l.track))
		}
	}
	return lines
}

// readFeedback serves what the participant asks about one track until its sender is stopped.
func (p *Peer) readFeedback(sender *webrtc.RTPSender, track *hub.Outgoing) {
	ssrc := uint32(sender.GetParameters().Encodings[0].SSRC)
	p.readers.start(func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, packet := range packets {
				feedback(packet, ssrc, track)
			}
		}
	}, sender.Stop)
}

// feedback acts on RFC 4585 negative acknowledgements and picture loss, and RFC 5104 full intra requests. pion hands
// over whole compound packets, which may be about other tracks as well.
func feedback(packet rtcp.Packet, ssrc uint32, track *hub.Outgoing) {
	switch f := packet.(type) {
	case *rtcp.TransportLayerNack:
		if f.MediaSSRC != ssrc {
			return
		}
		for _, pair := range f.Nacks {
			track.Resend(pair.PacketList())
		}
	case *rtcp.PictureLossIndication:
		if f.MediaSSRC == ssrc {
			track.RequestKeyFrame()
		}
	case *rtcp.FullIntraRequest:
		for _, entry := range f.FIR {
			if entry.SSRC == ssrc {
				track.RequestKeyFrame()
			}
		}
	}
}
