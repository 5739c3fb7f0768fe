package playback

import (
	"errors"
	"io"
	"time"

	"paravent/media"
	"paravent/media/record"
)

// peek reads the next block of the tracks that are played, and keeps it until it is taken. It is nil at the end and at a bad place.
func (p *Player) peek() *record.Block {
	for p.pending == nil {
		b, err := p.src.Next()
		if errors.Is(err, io.EOF) {
			if p.src.Torn() {
				p.bad(ErrTorn)
			}
			return nil
		}
		if err != nil {
			p.bad(err)
			return nil
		}
		if b.Track == p.video || b.Track == p.sound {
			p.pending = &b
		}
	}
	return p.pending
}

// bad notes where the recording can be played no further.
func (p *Player) bad(err error) {
	if p.state.Bad == nil {
		p.state.Bad = &BadPlace{At: p.reached(), Err: err}
	}
}

// reached is the time up to which the recording was read.
func (p *Player) reached() time.Duration {
	if p.next != nil {
		return p.next.PTS
	}
	return p.state.At
}

// advance does what is due and returns how long it is until something else is.
func (p *Player) advance() time.Duration {
	if p.next != nil {
		if wait := p.due(p.next.PTS); wait > 0 {
			return min(wait, p.sounds())
		}
		p.present()
		return 0
	}
	return p.blocks()
}

// present shows the picture whose time has come.
func (p *Player) present() {
	p.state.At = max(p.state.At, p.next.PTS)
	p.show(p.next)
	p.next = nil
	p.tell()
}

// sounds hands on the sound that is due while a picture waits, and returns how long it is until the next.
func (p *Player) sounds() time.Duration {
	for {
		b := p.peek()
		if b == nil || b.Track == p.video {
			return time.Hour
		}
		if wait := p.due(b.PTS) - lead; wait > 0 {
			return wait
		}
		p.utter(b)
	}
}

// blocks takes the next block, if its time has come.
func (p *Player) blocks() time.Duration {
	b := p.peek()
	if b == nil {
		p.finish()
		return time.Hour
	}
	if wait := p.due(b.PTS) - lead; wait > 0 {
		return wait
	}
	if b.Track == p.sound {
		p.utter(b)
		if p.video == 0 {
			p.state.At = max(p.state.At, b.PTS)
			p.tell()
		}
		return 0
	}
	p.look(b)
	return 0
}

// finish ends the playing at the end, or at a bad place, where the picture goes: what is shown must not look like the end of it.
func (p *Player) finish() {
	p.state.Playing = false
	if p.state.Bad == nil || errors.Is(p.state.Bad.Err, ErrTorn) {
		p.state.Ended = true
	} else {
		p.show(nil)
	}
	p.tell()
}

// look decodes a picture. One that is damaged is left out: the next key frame begins anew, as it does for every player.
func (p *Player) look(b *record.Block) {
	p.pending = nil
	p.build(b)
	p.handPictures(b.PTS)
	f, err := p.decode.Decode(b.Payload)
	if err != nil || f == nil {
		return
	}
	f.PTS = b.PTS
	p.next = f
}

func (p *Player) utter(b *record.Block) {
	p.pending = nil
	if p.hands() {
		p.out.Payload(media.KindAudio, b.PTS, true, b.Payload)
	}
	if still := b.PTS - lead; p.state.Playing && still > p.state.At+standing {
		p.state.At = still
		p.tell()
	}
	pcm, err := p.hear.Decode(b.Payload)
	if err != nil || p.out.Sound == nil {
		return
	}
	p.out.Sound(p.stretch(pcm))
}

// hands reports whether blocks are handed on as they are played.
func (p *Player) hands() bool { return p.out.Payload != nil && p.state.Playing && p.state.Speed == 1 }

// build keeps a picture with those that it builds on.
func (p *Player) build(b *record.Block) {
	if p.out.Payload == nil {
		return
	}
	if b.Key {
		p.group = p.group[:0]
	}
	p.group = append(p.group, *b)
}

// handPictures hands on the newest picture, with all that it builds on where that was not handed on.
func (p *Player) handPictures(at time.Duration) {
	if !p.hands() {
		p.handed = false
		return
	}
	from := len(p.group) - 1
	if !p.handed {
		from = 0
	}
	for _, b := range p.group[from:] {
		p.out.Payload(media.KindVideo, at, b.Key, b.Payload)
	}
	p.handed = true
}

// stretch makes sound as long as it is at the speed, by the straight line between samples.
func (p *Player) stretch(pcm []int16) []int16 {
	if p.state.Speed == 1 {
		return pcm
	}
	out := make([]int16, 0, int(float64(len(pcm))/p.state.Speed)+1)
	at := p.rest // -1 is the last sample of the piece before
	for ; at < float64(len(pcm)); at += p.state.Speed {
		i := int(at)
		before := p.last
		if i > 0 {
			before = pcm[i-1]
		}
		part := at - float64(i)
		out = append(out, int16(float64(before)*(1-part)+float64(pcm[i])*part))
	}
	p.rest = at - float64(len(pcm))
	if len(pcm) > 0 {
		p.last = pcm[len(pcm)-1]
	}
	return out
}

// seek shows the last picture at or before a moment. Sound begins there; pictures before it are decoded and not shown.
func (p *Player) seek(to time.Duration) {
	p.pending, p.next, p.state.Ended, p.state.Bad = nil, nil, false, nil
	p.group, p.handed = p.group[:0], false
	from, err := p.src.Seek(to)
	if err != nil {
		p.state.At = 0
		p.bad(err)
		p.finish()
		return
	}
	if from > to {
		to = from // nothing is there before it
	}
	p.state.At = from
	var shown *media.Frame
	last := from
	for {
		b := p.peek()
		if b == nil {
			p.ran(shown, last)
			return
		}
		if b.PTS > to {
			break
		}
		last = max(last, b.PTS)
		if b.Track == p.sound {
			if _, err := p.hear.Decode(b.Payload); err == nil && p.video == 0 {
				p.state.At = b.PTS
			}
			p.pending = nil
			continue
		}
		p.pending = nil
		p.build(b)
		if f, err := p.decode.DecodeOver(shown, b.Payload); err == nil && f != nil {
			f.PTS = b.PTS
			shown = f
		}
	}
	p.settle(shown, to)
}

// ran is a seek that came to the end of what can be read.
func (p *Player) ran(shown *media.Frame, last time.Duration) {
	if p.state.Bad != nil {
		p.state.Bad.At = last
	}
	p.settle(shown, last)
	p.finish()
}

// settle stands still at a moment.
func (p *Player) settle(shown *media.Frame, at time.Duration) {
	p.show(shown)
	p.state.At = at
	if shown != nil && !p.state.Playing {
		p.state.At = shown.PTS
	}
	p.rewind()
	p.tell()
}

// onePicture goes to the next picture, past the sound that lies between.
func (p *Player) onePicture() {
	for p.next == nil {
		b := p.peek()
		if b == nil {
			p.finish()
			return
		}
		if b.Track == p.sound {
			p.pending = nil
			_, _ = p.hear.Decode(b.Payload)
			if p.video == 0 {
				p.state.At = b.PTS
				return
			}
			continue
		}
		p.look(b)
	}
	p.state.At = p.next.PTS
	p.show(p.next)
	p.next = nil
}
