package rehearsal

import (
	"time"

	"github.com/pion/rtp"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/rtpio"
	"paravent/testimony/join/attend"
)

// receive decodes everything of one track and looks for marks in it.
func (p *Participant) receive(track *attend.Track) {
	wait, look := rtpio.AudioWait, p.listener(track)
	if track.Kind == media.KindVideo {
		wait, look = rtpio.VideoWait, p.watcher(track)
	}
	buffer := rtpio.NewJitterBuffer(wait)
	defer look(nil, true)
	for {
		packet, err := track.Read()
		if err != nil {
			return
		}
		p.count(track, func(f *Flow) { f.Packets++; f.Last = time.Now() })
		buffer.Push(packet, time.Now())
		for _, due := range buffer.Pop(time.Now()) {
			look(due, false)
		}
	}
}

func (p *Participant) count(track *attend.Track, change func(*Flow)) {
	key := FlowKey{track.Line.Publisher, track.Kind.String(), track.Line.Form}
	p.mu.Lock()
	f := p.flows[key]
	if f == nil {
		f = &Flow{}
		p.flows[key] = f
	}
	frames := f.Frames
	change(f)
	more := f.Frames != frames
	p.mu.Unlock()
	if more {
		track.Connection().Touch()
	}
}

// look takes the packets of one track in order; over gives back what it holds.
type look func(packet *rtp.Packet, over bool)

func (p *Participant) listener(track *attend.Track) look {
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
		p.count(track, func(f *Flow) {
			f.Frames++
			f.Marked += witness.Heard
			f.Interpreted += interpreter.Heard
		})
		witness.Heard, interpreter.Heard = 0, 0
	}
}

func (p *Participant) watcher(track *attend.Track) look {
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
		p.count(track, func(f *Flow) {
			f.Frames++
			if marked {
				f.Marked++
			}
		})
	}
}
