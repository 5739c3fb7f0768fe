package hub

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/conceal"
	"paravent/media/hub/internal/concealedform"
)

// ErrUnpublished is returned for media of a publisher that has been unpublished.
var ErrUnpublished = errors.New("the publisher is no longer published")

// recordedKeyInterval is the longest a tapped concealed picture goes without a key frame, so that a recording can be sought in.
const recordedKeyInterval = 2 * time.Second

// voiceSlack is how far the voice's count of samples may fall behind the clock before it follows the clock: a
// longer silence than this was a pause, not jitter.
const voiceSlack = 200 * time.Millisecond

// ConcealedTap receives encoded frames of a publisher's concealed feeds: VP8 frames or Opus packets of 20 ms. pts
// counts from the publisher's making, on one clock for both kinds. It must be quick, must not call the
// publisher, and may keep the payload but not change it. The two kinds may come at the same time.
type ConcealedTap func(kind media.Kind, key bool, pts time.Duration, payload []byte)

// concealedTaps is the local sinks of one concealed feed.
type concealedTaps map[*ConcealedTap]bool

func (taps concealedTaps) hand(kind media.Kind, f concealedform.Frame, pts time.Duration) {
	for tap := range taps {
		(*tap)(kind, f.Key, pts, f.Encoded)
	}
}

// pictureLine is a publisher's concealed picture. It is encoded once for everybody, and only while somebody
// receives or taps it.
type pictureLine struct {
	born     time.Time
	feed     feed[ConcealedPacket]
	forceKey atomic.Bool

	mu      sync.Mutex
	encoder concealedform.PictureEncoder
	taps    concealedTaps
	lastKey time.Duration
	closed  bool
}

func (l *pictureLine) requestKey() { l.forceKey.Store(true) }

func (l *pictureLine) write(picture conceal.Picture) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrUnpublished
	}
	if !l.feed.wanted() && len(l.taps) == 0 {
		l.encoder.Close()
		return nil
	}
	pts := time.Since(l.born)
	force := l.forceKey.Swap(false) || (len(l.taps) > 0 && pts-l.lastKey >= recordedKeyInterval)
	frame, err := l.encoder.Encode(picture, pts, force)
	if err != nil {
		return err
	}
	if frame.Key {
		l.lastKey = pts
	}
	for _, p := range frame.Packets {
		l.feed.forward(p)
	}
	l.taps.hand(media.KindVideo, frame, pts)
	return nil
}

func (l *pictureLine) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.encoder.Close()
	l.taps = nil
}

// voiceLine is a publisher's concealed voice.
type voiceLine struct {
	born time.Time
	feed feed[ConcealedPacket]

	mu      sync.Mutex
	encoder concealedform.VoiceEncoder
	taps    concealedTaps
	samples int64 // of the feed's clock, up to the end of what was written
	closed  bool
}

func (l *voiceLine) write(voice conceal.Voice) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrUnpublished
	}
	if !l.feed.wanted() && len(l.taps) == 0 {
		l.encoder.Close()
		return nil
	}
	l.followClock(time.Since(l.born))
	frames, err := l.encoder.Encode(voice, uint32(l.samples))
	if err != nil {
		return err
	}
	for _, frame := range frames {
		for _, p := range frame.Packets {
			l.feed.forward(p)
		}
		l.taps.hand(media.KindAudio, frame, time.Duration(l.samples)*time.Second/48000)
		l.samples += concealedform.VoiceFrame
	}
	return nil
}

// followClock keeps time by counting samples, as sound must, and jumps forward after a pause.
func (l *voiceLine) followClock(elapsed time.Duration) {
	now := int64(elapsed) * 48 / int64(time.Millisecond)
	slack := int64(voiceSlack) * 48 / int64(time.Millisecond)
	if now-l.samples > slack {
		l.samples = now
	}
}

func (l *voiceLine) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.encoder.Close()
	l.taps = nil
}

// WritePicture takes the next concealed picture of this publisher, to be shown now. It is encoded on the caller's
// goroutine, if anybody receives or taps it, and forwarded to concealed subscriptions. On an error nothing was
// sent. It returns ErrUnpublished once the publisher is gone.
func (p *Publisher) WritePicture(picture conceal.Picture) error { return p.picture.write(picture) }

// WriteVoice takes the next concealed voice of this publisher, a whole number of 20 ms frames at 48 kHz, to be
// heard now, as WritePicture takes the picture.
func (p *Publisher) WriteVoice(voice conceal.Voice) error { return p.voice.write(voice) }

// ConcealedWanted tells whether anybody receives or taps the concealed picture or voice, so that it is worth the
// making. It may be asked at any time and writing what is not wanted does no harm.
func (p *Publisher) ConcealedWanted(kind media.Kind) bool {
	if kind == media.KindVideo {
		p.picture.mu.Lock()
		defer p.picture.mu.Unlock()
		return p.picture.feed.wanted() || len(p.picture.taps) > 0
	}
	p.voice.mu.Lock()
	defer p.voice.mu.Unlock()
	return p.voice.feed.wanted() || len(p.voice.taps) > 0
}

// TapConcealedFrames hands every encoded frame of the concealed feeds to tap, from a key frame on, for a
// recorder of the public version. After cancel has returned tap is not running and is not called again; cancel
// must not be called from inside it.
func (p *Publisher) TapConcealedFrames(tap ConcealedTap) (cancel func()) {
	waiting := true
	fromKey := ConcealedTap(func(kind media.Kind, key bool, pts time.Duration, payload []byte) {
		if kind == media.KindVideo {
			if waiting && !key {
				return
			}
			waiting = false
		}
		tap(kind, key, pts, payload)
	})
	p.picture.mu.Lock()
	if p.picture.taps == nil {
		p.picture.taps = concealedTaps{}
	}
	p.picture.taps[&fromKey] = true
	p.picture.mu.Unlock()
	p.picture.requestKey()

	p.voice.mu.Lock()
	if p.voice.taps == nil {
		p.voice.taps = concealedTaps{}
	}
	p.voice.taps[&fromKey] = true
	p.voice.mu.Unlock()

	return func() {
		p.picture.mu.Lock()
		delete(p.picture.taps, &fromKey)
		p.picture.mu.Unlock()
		p.voice.mu.Lock()
		delete(p.voice.taps, &fromKey)
		p.voice.mu.Unlock()
	}
}
