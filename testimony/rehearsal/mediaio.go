package rehearsal

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	samples "github.com/pion/webrtc/v4/pkg/media"

	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/peer"
	"paravent/media/rtpio"
)

func (p *Participant) speak(track *webrtc.TrackLocalStaticSample) error {
	encoder, err := opus.NewEncoder(opus.Config{Bitrate: 40})
	if err != nil {
		return err
	}
	defer encoder.Close()
	for {
		f, err := p.props.Sound.Read(p.ctx)
		if err != nil {
			return err
		}
		if !p.sendAudio.Load() {
			continue
		}
		packet, err := encoder.Encode(f.PCM)
		if err != nil {
			return err
		}
		if err := track.WriteSample(samples.Sample{Data: packet, Duration: 20 * time.Millisecond}); errors.Is(err, io.ErrClosedPipe) {
			return err
		}
	}
}

func (p *Participant) appear(track *webrtc.TrackLocalStaticSample, key *atomic.Bool) error {
	encoder, err := vpx.NewEncoder(vpx.Config{Width: 320, Height: 240, Bitrate: 500, FPS: 15})
	if err != nil {
		return err
	}
	defer encoder.Close()
	last := time.Duration(0)
	for {
		f, err := p.props.Picture.Read(p.ctx)
		if err != nil {
			return err
		}
		if !p.sendVideo.Load() {
			continue
		}
		frame, _, err := encoder.Encode(f, key.Swap(false))
		if err != nil {
			return err
		}
		step := max(f.PTS-last, time.Millisecond)
		last = f.PTS
		if err := track.WriteSample(samples.Sample{Data: frame, Duration: step}); errors.Is(err, io.ErrClosedPipe) {
			return err
		}
	}
}

// receive decodes everything of one track and looks for marks in it.
func (p *Participant) receive(pc *webrtc.PeerConnection, track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	line := p.lineOf(pc, receiver)
	key := FlowKey{line.Publisher, track.Kind().String(), line.Form}
	wait := rtpio.AudioWait
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		wait = rtpio.VideoWait
	}
	buffer := rtpio.NewJitterBuffer(wait)
	look := p.listener(key)
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		look = p.watcher(key)
	}
	defer look(nil, true)
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.count(key, func(f *Flow) { f.Packets++; f.Last = time.Now() })
		buffer.Push(packet, time.Now())
		for _, due := range buffer.Pop(time.Now()) {
			look(due, false)
		}
	}
}

func (p *Participant) lineOf(pc *webrtc.PeerConnection, receiver *webrtc.RTPReceiver) peer.TrackLine {
	for _, t := range pc.GetTransceivers() {
		if t.Receiver() == receiver {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.lines[t.Mid()]
		}
	}
	return peer.TrackLine{}
}

func (p *Participant) count(key FlowKey, change func(*Flow)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.flows[key]
	if f == nil {
		f = &Flow{}
		p.flows[key] = f
	}
	frames := f.Frames
	change(f)
	if f.Frames != frames {
		p.touch()
	}
}

// look takes the packets of one track in order; over gives back what it holds.
type look func(packet *rtp.Packet, over bool)

func (p *Participant) listener(key FlowKey) look {
	decoder, err := opus.NewDecoder()
	if err != nil {
		return func(*rtp.Packet, bool) {}
	}
	witness, interpreter := Listener{Mark: WitnessMark}, Listener{Mark: InterpreterMark}
	return func(packet *rtp.Packet, over bool) {
		if over {
			decoder.Close()
			return
		}
		pcm, err := decoder.Decode(packet.Payload)
		if err != nil {
			return
		}
		witness.Push(pcm)
		interpreter.Push(pcm)
		p.count(key, func(f *Flow) {
			f.Frames++
			f.Marked += witness.Heard
			f.Interpreted += interpreter.Heard
		})
		witness.Heard, interpreter.Heard = 0, 0
	}
}

func (p *Participant) watcher(key FlowKey) look {
	decoder, err := vpx.NewDecoder()
	if err != nil {
		return func(*rtp.Packet, bool) {}
	}
	var frames rtpio.VP8Depacketizer
	return func(packet *rtp.Packet, over bool) {
		if over {
			decoder.Close()
			return
		}
		frame, _, _, ok := frames.Push(packet)
		if !ok {
			return
		}
		picture, err := decoder.Decode(frame)
		if err != nil || picture == nil {
			return
		}
		marked := WitnessMark.Seen(picture)
		p.count(key, func(f *Flow) {
			f.Frames++
			if marked {
				f.Marked++
			}
		})
	}
}
