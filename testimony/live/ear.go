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

// Silhouettes hands every picture that is made for the concealed audiences to fn, decoded from what leaves the machine, so that
// the bench sees what the public sees. fn runs on the concealer's goroutine and must be quick; the frame is valid during the
// call. After cancel has returned fn is not called again.
func (s *Session) Silhouettes(fn func(*media.Frame)) (cancel func(), err error) {
	decoder, err := vpx.NewDecoder()
	if err != nil {
		return nil, err
	}
	witness, _ := s.State().Hearing.Witness()
	untap := s.hub.Publish(string(witness.ID)).TapConcealedFrames(func(kind media.Kind, _ bool, _ time.Duration, payload []byte) {
		if kind != media.KindVideo {
			return
		}
		if picture, err := decoder.Decode(payload); err == nil && picture != nil {
			fn(picture)
		}
	})
	return func() {
		untap()
		decoder.Close()
	}, nil
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
	arrivals  *arrivals
	audio     chan arrival
	video     chan arrival
}

// arrival is a packet with the seating under which it came: what was said in a private session and is still on its way
// through a buffer when the session opens stays private.
type arrival struct {
	packet *rtp.Packet
	seats  *seating
}

func (s *Session) listen(ctx context.Context, p testimony.Participant, publisher *hub.Publisher, came *arrivals) *concealer {
	l := &listener{session: s, id: p.ID, publisher: publisher, arrivals: came, audio: make(chan arrival, backlog), video: make(chan arrival, backlog)}
	if p.Role == testimony.RoleWitness {
		l.concealer = newConcealer(ctx, s.log, publisher, s.hub.Publish(mirrorOf(p.ID)), s.sittingOf(p.ID), func(err error) {
			s.log.Error("the concealment stopped", "error", err)
			// Not from here: the owner may be waiting for this very connection to end.
			s.workers.Go(func() { s.post(func() { s.concealmentStopped(p.ID) }) })
		})
		s.workers.Go(func() { l.concealer.draw(ctx) })
		s.workers.Go(func() { l.concealer.watch(ctx) })
	}
	cancel := publisher.TapClear(func(kind media.Kind, packet *rtp.Packet) {
		came.came(time.Now())
		into := l.audio
		if kind == media.KindVideo {
			into = l.video
		}
		select {
		case into <- arrival{packet, s.seats.Load()}:
		default:
		}
	})
	s.workers.Go(func() {
		defer cancel()
		l.hear(ctx)
	})
	s.workers.Go(func() { l.see(ctx) })
	return l.concealer
}

// concealmentStopped tells the bench that a witness's audiences get the slate or silence.
func (s *Session) concealmentStopped(id testimony.ParticipantID) {
	s.alarm("concealer_failed", id)
	s.note(testimony.Fault, id, "the concealment stopped")
	s.refresh()
}

// threshold tells the packets that came before the last change of what the public may have of a participant from those
// after it. It knows them by their numbers, so that a packet that is sent again later still belongs to its own time.
type threshold struct {
	id     testimony.ParticipantID
	seats  *seating
	ssrc   uint32
	newest uint16
	last   uint16 // number of the last packet that may be of the earlier time
	barred bool
}

// pass takes the next packet in the order of arrival and reports whether it is the first after a change.
func (t *threshold) pass(a arrival) (changed bool) {
	begun := t.seats != nil && t.ssrc == a.packet.SSRC
	if begun && a.seats != t.seats && a.seats.differsInPublic(t.seats, t.id) {
		t.last, t.barred, changed = t.newest, true, true
		if before := a.packet.SequenceNumber - 1; int16(before-t.last) > 0 {
			t.last = before // what was lost in between may be from before the change, and this packet may repeat it
		}
	}
	if !begun {
		t.barred = false
	}
	if !begun || int16(a.packet.SequenceNumber-t.newest) > 0 {
		t.newest = a.packet.SequenceNumber
	}
	t.seats, t.ssrc = a.seats, a.packet.SSRC
	return changed
}

// before reports whether a packet, asked for in the order of its number, belongs to the earlier time. It may be one that never came.
func (t *threshold) before(ssrc uint32, number uint16) bool {
	if t.barred && (ssrc != t.ssrc || int16(number-t.last) > 0) {
		t.barred = false
	}
	return t.barred
}

// jitterTick is how often a jitter buffer is asked for packets that it has waited long enough for.
const jitterTick = 10 * time.Millisecond

func (l *listener) hear(ctx context.Context) {
	decoder, err := opus.NewDecoder()
	if err != nil {
		l.session.log.Error("sound cannot be decoded", "error", err)
		if l.concealer != nil {
			l.session.hub.Hush(unheard) // nobody can tell when the witness speaks
		}
		return
	}
	defer decoder.Close()
	var (
		meter conceal.SpeechMeter
		sound = rtpio.NewSoundReceiver(rtpio.AudioWait, decoder)
		since = threshold{id: l.id}
		tick  = time.NewTicker(jitterTick)
		last  time.Time
	)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-l.audio:
			if !a.seats.maySend(l.id) {
				continue // nothing is taken in during a break
			}
			if since.pass(a) && l.concealer != nil {
				l.concealer.disguise.Forget()
			}
			sound.Push(a.packet, time.Now())
		case <-tick.C:
		}
		for _, h := range sound.Pop(time.Now()) {
			last = time.Now()
			l.heard(h.PCM, meter.Push(h.PCM), since.before(h.SSRC, h.Number))
			count := sound.Count()
			l.arrivals.sound.Store(&count)
		}
		// Someone who stopped sending is not speaking.
		if time.Since(last) > time.Second && l.session.ears.setSpeaking(l.id, false) {
			l.session.post(l.session.refresh)
			if l.concealer != nil {
				l.concealer.speaks(false)
			}
		}
	}
}

// heard takes decoded sound. Of what came under an earlier seating only the bench and the master have the use.
func (l *listener) heard(pcm []int16, speaking, earlier bool) {
	s := l.session
	if s.ears.setSpeaking(l.id, speaking) {
		s.post(s.refresh)
	}
	seats := s.seats.Load()
	if l.concealer != nil && speaking && seats.heard(l.id) {
		s.hub.Hush(echo)
	}
	if !seats.atDesk(l.id) && seats.heard(l.id) && seats.interpretation.Hears(seats.admitted[l.id], seats.admitted[testimony.BenchID]) {
		s.bench.Push(string(l.id), pcm)
	}
	open := pcm
	if earlier {
		open = make([]int16, len(pcm))
	}
	var disguised []int16
	if l.concealer != nil {
		disguised = l.concealer.hear(open, speaking && seats.heard(l.id))
	}
	if r := s.tape.Load(); r != nil {
		r.hear(l.id, pcm, open, disguised)
	}
}

// echo is for how long after a witness was last heard to speak a loudspeaker elsewhere can still send the voice back: the way there, the listener's
// buffer, and the way here. The meter adds 600 ms of its own before it says that they have ended.
const echo = 600 * time.Millisecond

// unheard is longer than any sitting.
const unheard = 24 * time.Hour

func (l *listener) see(ctx context.Context) {
	var (
		buffer  = rtpio.NewJitterBuffer(rtpio.VideoWait)
		since   = threshold{id: l.id}
		frames  rtpio.VP8Depacketizer
		earlier bool // a packet of the frame that is being put together came under an earlier seating
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
		case a := <-l.video:
			if !a.seats.maySend(l.id) {
				continue
			}
			since.pass(a)
			buffer.Push(a.packet, time.Now())
		case <-tick.C:
		}
		for _, p := range buffer.Pop(time.Now()) {
			earlier = since.before(p.SSRC, p.SequenceNumber) || earlier
			frame, key, _, ok := frames.Push(p)
			if ok {
				decoder = l.seen(decoder, frame, key, earlier)
			}
			if p.Marker {
				earlier = false
			}
		}
		if buffer.Lost() || frames.NeedKeyFrame() {
			l.publisher.RequestKeyFrame()
		}
	}
}

// seen hands a whole encoded frame to the recorder, and decodes it where somebody watches.
func (l *listener) seen(decoder *vpx.Decoder, frame []byte, key, earlier bool) *vpx.Decoder {
	s := l.session
	if r := s.tape.Load(); r != nil {
		r.see(l.id, frame, key, earlier)
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
