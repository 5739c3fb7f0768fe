package live

import (
	"context"
	"sync"
	"time"

	"github.com/pion/rtp"

	"paravent/media"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/media/hub"
	"paravent/media/rtpio"
	"paravent/testimony"
)

// earshot is what the bench hears and sees of everyone: who speaks, and the sinks that want decoded sound and pictures.
// Its methods can be called from any goroutine.
type earshot struct {
	mu       sync.Mutex
	speakers map[testimony.ParticipantID]bool
	watchers map[testimony.ParticipantID]map[int]func(*media.Frame)
	next     int
}

func (e *earshot) speaking(id testimony.ParticipantID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.speakers[id]
}

// setSpeaking reports whether it changed anything.
func (e *earshot) setSpeaking(id testimony.ParticipantID, speaking bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.speakers == nil {
		e.speakers = map[testimony.ParticipantID]bool{}
	}
	changed := e.speakers[id] != speaking
	e.speakers[id] = speaking
	return changed
}

func (e *earshot) watch(id testimony.ParticipantID, fn func(*media.Frame)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.watchers == nil {
		e.watchers = map[testimony.ParticipantID]map[int]func(*media.Frame){}
	}
	if e.watchers[id] == nil {
		e.watchers[id] = map[int]func(*media.Frame){}
	}
	n := e.next
	e.next++
	e.watchers[id][n] = fn
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.watchers[id], n)
	}
}

func (e *earshot) watched(id testimony.ParticipantID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.watchers[id]) > 0
}

// show hands a frame to everyone who watches. A sink that cancels meanwhile waits until it is over.
func (e *earshot) show(id testimony.ParticipantID, f *media.Frame) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, fn := range e.watchers[id] {
		fn(f)
	}
}

// Pictures hands every clear picture of a participant to fn, decoded, for the bench's window. fn runs on a decoder's
// goroutine and must be quick; the frame is valid during the call. After cancel has returned fn is not called again.
func (s *Session) Pictures(from testimony.ParticipantID, fn func(*media.Frame)) (cancel func()) {
	cancel = s.ears.watch(from, fn)
	s.hub.Publish(string(from)).RequestKeyFrame()
	return cancel
}

// backlog bounds the packets that wait for a decoder, about two seconds of video: what does not fit is lost and asked for
// again, so that a slow decoder never holds up forwarding.
const backlog = 512

// listener takes in one participant's clear media for this machine's own use: it decodes the sound for the mixers, the
// concealer and the speech meter, and puts the pictures' packets together for the recorder and the window.
type listener struct {
	session   *Session
	id        testimony.ParticipantID
	publisher *hub.Publisher
	concealer *concealer // nil for those who are not protected
	audio     chan *rtp.Packet
	video     chan *rtp.Packet
}

func (s *Session) listen(ctx context.Context, p testimony.Participant, publisher *hub.Publisher) {
	l := &listener{session: s, id: p.ID, publisher: publisher, audio: make(chan *rtp.Packet, backlog), video: make(chan *rtp.Packet, backlog)}
	if p.Role == testimony.RoleWitness {
		l.concealer = newConcealer(s.log, publisher)
		s.workers.Go(func() { l.concealer.draw(ctx) })
	}
	cancel := publisher.TapClear(func(kind media.Kind, packet *rtp.Packet) {
		into := l.audio
		if kind == media.KindVideo {
			into = l.video
		}
		select {
		case into <- packet:
		default:
		}
	})
	s.workers.Go(func() {
		defer cancel()
		l.hear(ctx)
	})
	s.workers.Go(func() { l.see(ctx) })
}

// jitterTick is how often a jitter buffer is asked for packets that it has waited long enough for.
const jitterTick = 10 * time.Millisecond

func (l *listener) hear(ctx context.Context) {
	decoder, err := opus.NewDecoder()
	if err != nil {
		l.session.log.Error("sound cannot be decoded", "error", err)
		return
	}
	defer decoder.Close()
	var (
		meter  conceal.SpeechMeter
		buffer = rtpio.NewJitterBuffer(rtpio.AudioWait)
		tick   = time.NewTicker(jitterTick)
		last   time.Time
	)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-l.audio:
			if !l.session.seats.Load().maySend(l.id) {
				continue // nothing is taken in during a break
			}
			buffer.Push(p, time.Now())
		case <-tick.C:
		}
		for _, p := range buffer.Pop(time.Now()) {
			pcm, err := decoder.Decode(p.Payload)
			if err != nil {
				continue
			}
			last = time.Now()
			l.heard(pcm, meter.Push(pcm))
		}
		// Someone who stopped sending is not speaking.
		if time.Since(last) > time.Second && l.session.ears.setSpeaking(l.id, false) {
			l.session.post(l.session.refresh)
			if l.concealer != nil {
				l.concealer.speaking.Store(false)
			}
		}
	}
}

func (l *listener) heard(pcm []int16, speaking bool) {
	s := l.session
	if s.ears.setSpeaking(l.id, speaking) {
		s.post(s.refresh)
	}
	seats := s.seats.Load()
	if seats.heard(l.id) {
		s.bench.Push(string(l.id), pcm)
	}
	var disguised []int16
	if l.concealer != nil {
		disguised = l.concealer.hear(pcm, speaking && seats.heard(l.id))
	}
	if r := s.tape.Load(); r != nil {
		r.hear(l.id, pcm, disguised)
	}
}

func (l *listener) see(ctx context.Context) {
	var (
		buffer  = rtpio.NewJitterBuffer(rtpio.VideoWait)
		frames  rtpio.VP8Depacketizer
		decoder *vpx.Decoder
		tick    = time.NewTicker(jitterTick)
	)
	defer tick.Stop()
	defer func() {
		if decoder != nil {
			decoder.Close()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-l.video:
			if !l.session.seats.Load().maySend(l.id) {
				continue
			}
			buffer.Push(p, time.Now())
		case <-tick.C:
		}
		for _, p := range buffer.Pop(time.Now()) {
			frame, key, _, ok := frames.Push(p)
			if ok {
				decoder = l.seen(decoder, frame, key)
			}
		}
		if buffer.Lost() || frames.NeedKeyFrame() {
			l.publisher.RequestKeyFrame()
		}
	}
}

// seen hands a whole encoded frame to the recorder, and decodes it where somebody watches.
func (l *listener) seen(decoder *vpx.Decoder, frame []byte, key bool) *vpx.Decoder {
	s := l.session
	if r := s.tape.Load(); r != nil {
		r.see(l.id, frame, key)
		if r.wantsKey() {
			l.publisher.RequestKeyFrame()
		}
	}
	if !s.ears.watched(l.id) {
		if decoder != nil {
			decoder.Close()
		}
		return nil
	}
	if decoder == nil {
		if !key {
			l.publisher.RequestKeyFrame()
			return nil
		}
		var err error
		if decoder, err = vpx.NewDecoder(); err != nil {
			s.log.Error("pictures cannot be decoded", "error", err)
			return nil
		}
	}
	picture, err := decoder.Decode(frame)
	if err != nil {
		l.publisher.RequestKeyFrame()
		return decoder
	}
	if picture != nil {
		s.ears.show(l.id, picture)
	}
	return decoder
}
