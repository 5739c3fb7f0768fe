package hub

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"

	"paravent/media"
)

// How much a subscription keeps for a subscriber that cannot keep up: half a second of sound, which is dropped
// from its oldest end, and a few frames of picture, which are dropped up to the next key frame.
const (
	audioQueue = 25
	videoQueue = 384
)

// subscription carries one publisher's picture or voice in one form to one subscriber. Its queue and its history
// hold packets of that form's type only.
//
// Two locks, never held together: mu guards the queue and the binding, so that forwarding never waits for a
// socket; gate is held while a packet is written, so that revoking can wait for it.
type subscription[P packet] struct {
	kind       media.Kind
	requestKey func()

	mu         sync.Mutex
	queue      []queued[P] // bounded, oldest first
	waitingKey bool        // video: drop until a key frame begins
	begun      bool        // audio: a packet came since the transport was bound
	keptBack   uint64      // audio: the index of that packet, which is not let through, and nothing before it
	restarting bool        // the next packet begins a new run of numbers
	held       hold
	dropped    uint64
	wake       chan struct{}

	revoked atomic.Bool
	ended   chan struct{} // closed by revoke
	end     sync.Once

	line  atomic.Pointer[line[P]] // nil when not bound; set under mu
	gate  sync.Mutex
	wrote sync.WaitGroup
}

// queued is a packet waiting to be written. first marks one that does not continue the packet written before it.
type queued[P packet] struct {
	packet P
	first  bool
}

func newSubscription[P packet](kind media.Kind, requestKey func()) *subscription[P] {
	return &subscription[P]{
		kind:       kind,
		requestKey: requestKey,
		wake:       make(chan struct{}, 1),
		ended:      make(chan struct{}),
	}
}

// push queues p and never blocks. Before a transport is bound there is nobody to queue for.
func (s *subscription[P]) push(p P) {
	s.mu.Lock()
	wantKey := s.enqueue(p)
	s.mu.Unlock()
	if wantKey {
		s.requestKey()
		return
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// enqueue holds s.mu. It answers whether p was dropped for want of a key frame.
func (s *subscription[P]) enqueue(p P) (wantKey bool) {
	if s.line.Load() == nil || s.revoked.Load() {
		return false
	}
	if s.heldBack() {
		s.dropped++
		return false
	}
	limit := audioQueue
	if s.kind == media.KindVideo {
		limit = videoQueue
		if s.waitingKey && !p.KeyStart() {
			s.dropped++
			return true
		}
		s.waitingKey = false
	} else if !s.begun || p.Index() <= s.keptBack {
		// An Opus packet can repeat the one before it (RFC 6716 §2.1.7), which the subscriber may not have been entitled to when it was spoken.
		if !s.begun {
			s.begun, s.keptBack = true, p.Index()
		}
		return false
	}
	if len(s.queue) >= limit {
		if s.kind == media.KindVideo {
			s.dropped += uint64(len(s.queue)) + 1
			s.queue = s.queue[:0]
			s.waitingKey, s.restarting = true, true
			return true
		}
		s.dropped++
		s.queue = append(s.queue[:0], s.queue[1:]...)
	}
	s.queue = append(s.queue, queued[P]{packet: p, first: s.restarting})
	s.restarting = false
	return false
}

// hold is what keeps a voice back although it is granted.
type hold struct {
	paused bool
	yields *hush // nil: to nothing
}

func (s *subscription[P]) hold(h hold) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = h
}

// heldBack reports whether nothing is to be sent now, and then forgets what waits: what comes after it begins anew, as after a binding. It holds s.mu.
func (s *subscription[P]) heldBack() bool {
	if !s.held.paused && (s.held.yields == nil || !s.held.yields.holds()) {
		return false
	}
	s.dropped += uint64(len(s.queue))
	s.queue = s.queue[:0]
	s.begun, s.restarting = false, true
	return true
}

// restart tells that the stream begins anew with the next packet.
func (s *subscription[P]) restart() {
	s.mu.Lock()
	s.restarting = true
	s.waitingKey = s.kind == media.KindVideo
	s.mu.Unlock()
}

// take removes the oldest queued packet.
func (s *subscription[P]) take() (queued[P], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 || s.heldBack() {
		return queued[P]{}, false
	}
	q := s.queue[0]
	s.queue = append(s.queue[:0], s.queue[1:]...)
	return q, true
}

// bind starts writing to t. A subscription that is revoked binds to nothing, without an error: its track is
// about to be taken down.
func (s *subscription[P]) bind(t transport, ssrc uint32, payloadType uint8) {
	if !s.attach(newLine[P](t, ssrc, payloadType, clockRate(s.kind))) {
		return
	}
	if s.kind == media.KindVideo {
		s.requestKey()
	}
}

func (s *subscription[P]) attach(l *line[P]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revoked.Load() {
		return false
	}
	if before := s.line.Swap(l); before != nil {
		close(before.unbound)
	}
	s.queue = s.queue[:0]
	s.restarting, s.begun = true, false
	s.waitingKey = s.kind == media.KindVideo
	s.wrote.Add(1)
	go s.run(l)
	return true
}

// unbind stops writing to the transport last bound. It waits for no write, since it is called on the way to
// closing the transport, which is what ends a write that blocks.
func (s *subscription[P]) unbind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = nil
	if before := s.line.Swap(nil); before != nil {
		close(before.unbound)
	}
}

func (s *subscription[P]) run(l *line[P]) {
	defer s.wrote.Done()
	for {
		select {
		case <-s.ended:
			return
		case <-l.unbound:
			return
		case <-s.wake:
		}
		for s.writeNext(l) {
		}
	}
}

// writeNext writes the oldest queued packet, and answers false when there is none or no leave to write it. A
// transport's error is the transport's matter: it ends with its connection.
func (s *subscription[P]) writeNext(l *line[P]) bool {
	q, ok := s.take()
	if !ok {
		return false
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.revoked.Load() || s.line.Load() != l {
		return false
	}
	l.write(q)
	return true
}

// resend writes packets again that the subscriber missed, by the sequence numbers that it was given. What is no
// longer kept, or was resent often enough, is left out.
func (s *subscription[P]) resend(sequence []uint16) {
	s.gate.Lock()
	defer s.gate.Unlock()
	for _, n := range sequence {
		l := s.line.Load()
		if l == nil || s.revoked.Load() {
			return
		}
		l.resend(n)
	}
}

// report tells the subscriber how the track's timestamps stand to the time of day, or nil when nothing was sent.
func (s *subscription[P]) report(now time.Time) *rtcp.SenderReport {
	s.gate.Lock()
	defer s.gate.Unlock()
	if l := s.line.Load(); l != nil {
		return l.report(now)
	}
	return nil
}

func (s *subscription[P]) revoke() {
	s.revoked.Store(true)
	s.end.Do(func() { close(s.ended) })
	s.unbind() // the queue and the history go with it
}

func (s *subscription[P]) drain() {
	s.gate.Lock()
	//lint:ignore SA2001 whoever held the gate was writing, and nobody who takes it from now on will
	s.gate.Unlock()
	s.wrote.Wait()
}

func (s *subscription[P]) droppedPackets() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

func clockRate(kind media.Kind) uint32 {
	if kind == media.KindVideo {
		return 90000
	}
	return 48000
}
