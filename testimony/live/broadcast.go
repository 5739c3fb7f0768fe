package live

import (
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"paravent/media"
	"paravent/media/hub"
	"paravent/media/record"
	"paravent/protection"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// onAir is the hub's publisher of the public version. It is nobody's seat.
const onAir testimony.ParticipantID = "broadcast"

const (
	// lookAgain is how often the end of a file that is still being written is looked for.
	lookAgain = 2 * time.Second
	// airSlack is how far around a moment of the recording what it may hold counts: a change of the orders and a frame that was under way meet within it.
	airSlack = time.Second
	// mostAtOnce bounds how much of the recording one step sends, so that a machine that was asleep does not send it all in one go.
	mostAtOnce = 100 * time.Millisecond
)

// airing is what the session tells the broadcast. The zero airing sends nothing and begins anew.
type airing struct {
	delay  time.Duration // the longest of those who receive later; 0: nobody does, or not now
	held   bool          // the public is kept out: what fell due meanwhile comes afterwards
	anyone bool          // one of those who receive later is there
}

// airing is what of the public version may go out now.
func (s *Session) airing(seats *seating) airing {
	a := airing{held: seats.reception.Matrix.Mode != protection.PublicMode}
	if to := seats.reception.Pushed(protection.Access{}); seats.pushed && to.Release == protection.Delayed {
		a.delay, a.anyone = to.Delay, true
	}
	for _, p := range s.hearing.Participants {
		if to := seats.reception.Broadcast(p, protection.Access{}); to.Release == protection.Delayed {
			a.delay = max(a.delay, to.Delay)
			if _, here := seats.admitted[p.ID]; here {
				a.anyone = true
			}
		}
	}
	return a
}

// broadcastState is what the bench is told of the broadcast.
func (s *Session) broadcastState() Broadcast {
	a := *s.air.Load()
	b := Broadcast{Delay: a.delay, Held: a.held}
	if until := s.airedUntil.Load(); until != nil {
		b.Behind = s.now().Sub(*until)
	}
	return b
}

// passage is a stretch of the record that was marked.
type passage struct{ from, to time.Time }

// marks are the marked stretches of the hearing.
type marks struct {
	mu   sync.Mutex
	list []passage
}

func (m *marks) add(e testimony.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, passage{e.From, e.To})
}

func (m *marks) hold(at time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.ContainsFunc(m.list, func(p passage) bool { return !at.Before(p.from) && at.Before(p.to) })
}

// reel is one sealed public version of the hearing. A courtroom that was opened again has several.
type reel struct {
	follower *docket.Follower
	recorder *recorder // nil for one that an earlier courtroom wrote
	reader   *blob.Reader
	player   *record.Player
	kinds    map[int]media.Kind
	next     *record.Block // read, and not yet due
	looked   time.Time
	size     int64
	final    bool // nothing more is to come
	failed   bool
}

func (r *reel) start() time.Time { return r.follower.Recording.Started }

// aired is what the public version can hold at a moment, and until when that is nothing at all. Of a recording of an earlier courtroom nobody remembers, so
// that it goes only to those who may receive everything clear.
func (r *reel) aired(at time.Time) (protection.Access, time.Time) {
	if r.recorder == nil {
		return protection.Full(), at
	}
	held, blank := r.recorder.aired(at.Sub(r.start()))
	return held, r.start().Add(blank)
}

// block is the next block of the file, if it is written by now.
func (r *reel) block() (*record.Block, error) {
	for r.next == nil {
		if r.player == nil {
			if ok, err := r.look(); !ok {
				return nil, err
			}
			continue
		}
		b, err := r.player.Next()
		if err == nil {
			r.next = &b
			break
		}
		if !errors.Is(err, io.EOF) {
			return nil, err
		}
		if ok, err := r.look(); !ok {
			return nil, err
		}
	}
	return r.next, nil
}

// look opens the file anew where it may have grown, and reports whether it did.
func (r *reel) look() (grown bool, err error) {
	if r.final || time.Since(r.looked) < lookAgain {
		return false, nil
	}
	r.looked = time.Now()
	reader, err := r.follower.Open()
	if err != nil {
		return false, err
	}
	r.final = !reader.Torn() || r.recorder == nil
	if reader.Size() == r.size {
		return false, reader.Close()
	}
	if r.player == nil {
		r.player, err = record.NewPlayer(reader, reader.Size())
		if err != nil {
			_ = reader.Close()
			if errors.Is(err, record.ErrNotRecording) && !r.final {
				return false, nil // not even its head is written
			}
			return false, err
		}
		r.kinds = map[int]media.Kind{}
		for _, t := range r.player.Tracks() {
			r.kinds[t.Number] = t.Kind
		}
	} else {
		r.player.Extend(reader, reader.Size())
	}
	if r.reader != nil {
		_ = r.reader.Close()
	}
	r.reader, r.size = reader, reader.Size()
	return true, nil
}

func (r *reel) close() {
	if r.reader != nil {
		_ = r.reader.Close()
	}
	r.follower.Close()
}

// broadcaster sends the public version to those who receive it later, from the sealed file in which it waits. What it sends is what the public version
// holds, read back from the disk: there is no other way from the courtroom to it.
type broadcaster struct {
	session   *Session
	publisher *hub.Publisher
	reels     []*reel
	cursor    time.Time // up to here it was sent; zero: it has not begun
	born      time.Time
	aired     protection.Access // what the session was told is on the air
	fromKey   bool              // the next picture has to be a key frame
}

// broadcast runs until the session ends.
func (s *Session) broadcast() {
	b := &broadcaster{session: s, publisher: s.hub.Publish(string(onAir)), born: time.Now()}
	defer func() {
		for _, r := range append(b.reels, s.reels.take()...) {
			r.close()
		}
	}()
	tick := time.NewTicker(packetEvery)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		b.reels = append(b.reels, s.reels.take()...)
		passed := time.Since(last)
		last = last.Add(passed)
		b.step(*s.air.Load(), min(passed, mostAtOnce))
	}
}

// step moves on by so much time, as far as the delay lets it.
func (b *broadcaster) step(a airing, passed time.Duration) {
	switch {
	case a.delay == 0 && a.held:
		return
	case a.delay == 0 || len(b.reels) == 0:
		b.cursor = time.Time{}
		return
	}
	due := b.session.now().Add(-a.delay)
	if b.cursor.IsZero() {
		b.skipTo(latest(due, b.reels[0].start()))
	}
	if blank := b.blankUntil(); blank.After(b.cursor.Add(passed)) && due.After(b.cursor.Add(passed)) {
		b.skipTo(earliest(blank, due)) // nothing was public: those who wait need not sit through it
		return
	}
	next := earliest(b.cursor.Add(passed), latest(due, b.cursor))
	b.send(next)
	b.cursor = next
	if a.anyone {
		b.session.airedUntil.Store(&next)
	}
}

// blankUntil is until when the recording holds nothing at all, or the cursor.
func (b *broadcaster) blankUntil() time.Time {
	if r := b.current(); r != nil {
		if held, blank := r.aired(b.cursor); held == (protection.Access{}) {
			return blank
		}
	}
	return b.cursor
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// current is the reel that holds the cursor, or the one before it.
func (b *broadcaster) current() *reel {
	for i := len(b.reels) - 1; i >= 0; i-- {
		if !b.cursor.Before(b.reels[i].start()) {
			return b.reels[i]
		}
	}
	return nil
}

// skipTo goes on at a later moment, and from a key frame.
func (b *broadcaster) skipTo(at time.Time) {
	b.cursor, b.fromKey = at, true
	for _, r := range b.reels {
		for {
			block, err := r.block()
			if err != nil || block == nil || !r.start().Add(block.PTS).Before(at) {
				break
			}
			r.next = nil
		}
	}
}

// send sends all that lies before a moment.
func (b *broadcaster) send(until time.Time) {
	for _, r := range b.reels {
		for {
			block, err := r.block()
			if err != nil {
				b.fail(r, err)
			}
			if err != nil || block == nil {
				break
			}
			at := r.start().Add(block.PTS)
			if !at.Before(until) {
				return
			}
			r.next = nil
			if !b.tell(r, at) {
				return
			}
			if err := b.write(r.kinds[block.Track], *block, at, until); err != nil {
				b.fail(r, err)
			}
		}
	}
}

// tell makes the session obey what the recording holds at a moment, before any of it is sent.
func (b *broadcaster) tell(r *reel, at time.Time) bool {
	held, _ := r.aired(at)
	held = protection.Access{Picture: held.Picture, Voice: held.Voice}
	if held == b.aired {
		return true
	}
	if err := b.session.do(func() error {
		b.session.aired = held
		b.session.enforce()
		return nil
	}); err != nil {
		return false
	}
	b.aired = held
	return true
}

// write sends a block, unless it is marked. Both kinds are timed by when they are due, on the feed's own clock.
func (b *broadcaster) write(kind media.Kind, block record.Block, at, until time.Time) error {
	picture := kind == media.KindVideo
	if b.session.marks.hold(at) {
		b.fromKey = b.fromKey || picture
		return nil
	}
	if picture && b.fromKey {
		if !block.Key {
			return nil
		}
		b.fromKey = false
	}
	return b.publisher.WriteReleased(kind, time.Since(b.born)-until.Sub(at), block.Key, block.Payload)
}

// fail tells once that a recording cannot be broadcast on. Nothing that fails sends anything.
func (b *broadcaster) fail(r *reel, err error) {
	if r.failed || b.session.ctx.Err() != nil {
		return
	}
	r.failed = true
	b.session.log.Error("the delayed broadcast failed", "error", err)
	b.session.post(func() {
		b.session.alarm("broadcast_failed", "")
		b.session.note(testimony.Fault, "", "the delayed broadcast failed")
		b.session.refresh()
	})
}

// reels are the public versions that the broadcast has still to take up.
type reels struct {
	mu   sync.Mutex
	list []*reel
}

func (r *reels) add(one *reel) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, one)
}

func (r *reels) take() []*reel {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// followReel lets the broadcast read a public version as it is written; r is its recorder, or nil for one of an earlier courtroom.
func (s *Session) followReel(id testimony.RecordingID, r *recorder) {
	follower, err := s.desk.FollowRecording(s.ctx, id)
	if err != nil {
		s.log.Error("the public version cannot be broadcast", "error", err)
		s.alarm("broadcast_failed", "")
		return
	}
	s.reels.add(&reel{follower: follower, recorder: r})
}
