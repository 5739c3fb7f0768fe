package live

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"paravent/media"
	"paravent/media/capture"
	"paravent/media/codec/opus"
	"paravent/media/codec/vpx"
	"paravent/media/hub"
	"paravent/media/mix"
	"paravent/media/peer"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/invite"
	"paravent/testimony/join"
)

// Open opens the courtroom of a hearing: the join page is served, every seat has its link, and the session stands in the
// lobby. The session ends with Close or Abandon, or when ctx ends. Without the permission of every State on whose territory the witness is it takes a judge's
// decision, see [docket.Desk.MayGoLive].
func Open(ctx context.Context, c Config) (*Session, error) {
	if !c.Desk.May(testimony.ActHoldHearing) {
		return nil, docket.ErrNotAllowed
	}
	s := &Session{desk: c.Desk, log: c.Logger, hub: hub.New(), acts: make(chan func()), ended: make(chan struct{}), changed: make(chan struct{}),
		reach: c.Reach, altered: map[testimony.ParticipantID]time.Time{}, answers: map[testimony.ParticipantID]invite.ID{},
		guests: map[testimony.ParticipantID]*guest{}, closing: map[testimony.ParticipantID]chan struct{}{}, links: map[testimony.ParticipantID]string{}, into: map[testimony.ParticipantID]string{}, texts: map[testimony.ParticipantID]testimony.TextLine{}, prepared: map[testimony.ParticipantID][]string{}, bench: mix.New(), sinks: map[int]func([]int16){}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	earlier, err := s.load(ctx, c.Hearing)
	if err != nil {
		return nil, err
	}
	if err := c.Desk.MayGoLive(ctx, c.Hearing); err != nil {
		return nil, err
	}
	if s.api, err = peer.NewAPI(s.dialTURN); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.began = s.now()
	if c.Here != nil {
		w, ok := s.hearing.Witness()
		if !ok {
			s.cancel()
			return nil, ErrNobody
		}
		s.here = w.ID
	}
	s.enforce()
	if err := s.reopen(); err != nil {
		s.cancel()
		return nil, err
	}
	listen := c.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	if s.server, err = join.Listen(ctx, join.Config{Listen: listen, Host: c.Host, Court: (*court)(s), Languages: c.languages(), Patience: c.Patience, Clock: c.Desk.Now, Rand: rand.Reader, Logger: s.log}); err != nil {
		s.cancel()
		return nil, err
	}
	if err := s.open(ctx); err != nil {
		s.cancel()
		return nil, errors.Join(err, s.server.Close(ctx))
	}
	if c.Here != nil {
		if err := s.seatHere(*c.Here); err != nil {
			s.cancel()
			return nil, errors.Join(err, s.server.Close(ctx))
		}
	}
	s.snapshot = s.describe()
	s.takeSeat(c)
	s.workers.Go(func() { s.soundLoop() })
	s.workers.Go(s.broadcast)
	for _, id := range earlier {
		s.followReel(id, nil)
	}
	go s.run()
	return s, nil
}

// languages is the folder of the court's own languages for the join page.
func (c Config) languages() fs.FS {
	folder := c.Languages
	if folder == "" {
		folder = filepath.Join(filepath.Dir(c.Desk.Path()), LanguagesFolder)
	}
	return os.DirFS(folder)
}

// load reads the hearing and everything that its matrix is compiled from, and lists the public versions of an earlier courtroom. The orders
// are those of the moment at which the courtroom was opened; a new order is taken in with [Session.Reload].
func (s *Session) load(ctx context.Context, id testimony.HearingID) (earlier []testimony.RecordingID, err error) {
	h, err := s.desk.Hearing(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("the hearing: %w", err)
	}
	if !h.Held.IsZero() {
		return nil, ErrHeld
	}
	if !h.Cancelled.IsZero() {
		return nil, ErrCancelled
	}
	if err := h.Check(); err != nil {
		return nil, fmt.Errorf("the hearing: %w", err)
	}
	c, err := s.desk.Case(ctx, h.Case)
	if err != nil {
		return nil, fmt.Errorf("the case: %w", err)
	}
	if s.orders, err = s.desk.Orders(ctx); err != nil {
		return nil, err
	}
	parties, err := s.desk.Parties(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		if p.ID != h.Party && p.PseudonymIn(h.Case) != "" {
			s.others = append(s.others, p.ID)
		}
	}
	if s.events, err = s.desk.Events(ctx, id); err != nil {
		return nil, err
	}
	for _, e := range s.events {
		if e.Kind == testimony.Marked {
			s.marks.add(e)
		}
	}
	recordings, err := s.desk.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range recordings {
		if r.Hearing == id && r.Own() {
			s.recorded = append(s.recorded, r.ID)
			if r.Version == protection.PublicRecord {
				earlier = append(earlier, r.ID)
			}
		}
	}
	s.hearing, s.hearingID, s.reference, s.state = h, h.ID, c.Reference, testimony.Reopen(h.Mode, s.events)
	for _, e := range s.events {
		s.held = s.held.After(e)
	}
	return earlier, nil
}

// reopen notes that a session which was left without being closed begins anew, so that the time between is not testimony.
func (s *Session) reopen() error {
	if len(s.events) == 0 {
		return nil
	}
	e := testimony.Event{At: s.now(), Kind: testimony.PhaseChanged, Phase: s.state.Phase, Mode: s.state.Mode}
	for _, left := range testimony.TalksLeft(s.events) {
		if err := s.keep(s.talkEvent(testimony.TalkEnded, left, "")); err != nil {
			return fmt.Errorf("write down that a private talk is over: %w", err)
		}
	}
	if err := s.keep(e); err != nil {
		return fmt.Errorf("write down that the courtroom is opened again: %w", err)
	}
	return nil
}

// Reload takes in the orders as they stand now. What became stricter takes effect at once; a mode that opens, only once it is
// written down.
func (s *Session) Reload(ctx context.Context) error {
	orders, err := s.desk.Orders(ctx)
	if err != nil {
		return err
	}
	kept, keptErr := s.keptAgain(ctx)
	return s.do(func() error {
		if s.playing != nil && (keptErr != nil || kept == nil) {
			s.endPlaying() // nobody knows any more what may be played to whom
		} else if s.playing != nil {
			s.playing.kept = *kept
		}
		old := s.orders
		s.orders = orders
		if err := s.settle(); err != nil {
			s.orders = old
			return err
		}
		s.refresh()
		return nil
	})
}

func (s *Session) invite(ctx context.Context) error {
	for _, p := range s.hearing.Participants {
		if p.ID == s.here {
			continue
		}
		secret, invitation, err := s.desk.Invite(ctx, s.hearing, p.ID, false)
		if err != nil {
			return fmt.Errorf("invite a participant: %w", err)
		}
		s.answers[p.ID] = invitation.ID
		if !invitation.Used {
			s.links[p.ID] = s.link(secret)
		}
	}
	return nil
}

// Reinvite withdraws a seat's invitation and makes a new one, for a guest who lost the device or whose link was used by
// someone else. A connection under the old one is taken down.
func (s *Session) Reinvite(ctx context.Context, id testimony.ParticipantID) error {
	return s.do(func() error {
		secret, invitation, err := s.desk.Invite(ctx, s.hearing, id, true)
		if err != nil {
			return err
		}
		if g := s.guests[id]; g != nil {
			delete(s.guests, id)
			s.enforce()
			s.dismiss(g, "bench")
		}
		s.links[id] = s.link(secret)
		s.answerTo(id, invitation.ID)
		s.refresh()
		return nil
	})
}

// takeSeat brings in the bench's own microphone and camera.
func (s *Session) takeSeat(c Config) {
	publisher := s.hub.Publish(string(testimony.BenchID))
	if c.Microphone != nil {
		s.workers.Go(func() {
			defer c.Microphone.Close()
			if err := s.speak(c.Microphone, testimony.BenchID, publisher); err != nil && s.ctx.Err() == nil {
				s.log.Error("the bench's microphone stopped", "error", err)
			}
		})
	}
	if c.Camera != nil {
		s.workers.Go(func() {
			defer c.Camera.Close()
			if err := s.appear(c.Camera, testimony.BenchID, publisher); err != nil && s.ctx.Err() == nil {
				s.log.Error("the bench's camera stopped", "error", err)
			}
		})
	}
}

// speak sends the sound of a microphone at this desk for a seat.
func (s *Session) speak(microphone capture.AudioSource, id testimony.ParticipantID, publisher *hub.Publisher) error {
	encoder, err := opus.NewEncoder(opus.Config{Bitrate: 40, Repeats: true})
	if err != nil {
		return err
	}
	defer encoder.Close()
	packets := newPacketizer(media.KindAudio)
	for {
		f, err := microphone.Read(s.ctx)
		if err != nil {
			return err
		}
		seats := s.seats.Load()
		if r := s.tape.Load(); r != nil && id == testimony.BenchID {
			r.hear(id, f.PCM, f.PCM, nil)
		}
		if !seats.maySend(id) {
			continue
		}
		packet, err := encoder.Encode(f.PCM)
		if err != nil {
			return err
		}
		for _, p := range packets.Packetize(packet, media.FrameSamples) {
			publisher.WriteClear(media.KindAudio, p)
		}
	}
}

// appear sends the pictures of a camera at this desk for a seat.
func (s *Session) appear(camera capture.VideoSource, id testimony.ParticipantID, publisher *hub.Publisher) error {
	encoder, err := vpx.NewEncoder(vpx.Config{Width: 640, Height: 360, Bitrate: 600, FPS: 25})
	if err != nil {
		return err
	}
	defer encoder.Close()
	var key keyRequest
	remove := publisher.OnKeyFrameRequest(key.ask)
	defer remove()
	packets := newPacketizer(media.KindVideo)
	last := time.Duration(0)
	for {
		f, err := camera.Read(s.ctx)
		if err != nil {
			return err
		}
		if !s.seats.Load().maySend(id) {
			continue
		}
		frame, _, err := encoder.Encode(f, key.take())
		if err != nil {
			return err
		}
		step := max(f.PTS-last, time.Millisecond)
		last = f.PTS
		for _, p := range packets.Packetize(frame, uint32(step.Microseconds()*9/100)) {
			publisher.WriteClear(media.KindVideo, p)
		}
	}
}

// Sound hands 20 ms of everything that the bench hears to fn, for a loudspeaker. fn must be quick; it owns the samples. After
// cancel has returned fn is not called again.
func (s *Session) Sound(fn func(pcm []int16)) (cancel func()) {
	s.sinkMu.Lock()
	defer s.sinkMu.Unlock()
	n := s.nextSink
	s.nextSink++
	s.sinks[n] = fn
	return func() {
		s.sinkMu.Lock()
		defer s.sinkMu.Unlock()
		delete(s.sinks, n)
	}
}

func (s *Session) soundLoop() {
	tick := time.NewTicker(packetEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		pcm := s.bench.Pull()
		s.sinkMu.Lock()
		for _, fn := range s.sinks {
			fn(append([]int16(nil), pcm...))
		}
		s.sinkMu.Unlock()
	}
}

// beginRecording opens both versions of the record and lets the recorder follow what everyone is granted.
func (s *Session) beginRecording() error {
	r, err := newRecorder(s.ctx, s.desk, s.hearing, s.log, s.hub.Hushed, func(error) {
		// Not from the recorder's own goroutine: the owner may be waiting for it to end.
		s.workers.Go(func() { s.post(s.recorderFailed) })
	})
	if err != nil {
		return err
	}
	r.follow(s.seats.Load())
	s.recorder, s.failed = r, false
	s.recorded = append(s.recorded, r.master.recording.ID, r.public.recording.ID)
	s.tape.Store(r)
	witness, _ := s.hearing.Witness()
	publisher := s.hub.Publish(string(witness.ID))
	publisher.RequestKeyFrame() // now, not with the next packet: the record's first picture waits for it
	r.untap = publisher.TapConcealedFrames(func(kind media.Kind, key bool, _ time.Duration, payload []byte) {
		r.seeConcealed(kind, key, payload)
	})
	s.followReel(r.public.recording.ID, r)
	return nil
}

func (s *Session) recorderFailed() {
	s.failed = true
	s.alarm("recorder_failed", "")
	s.note(testimony.Fault, "", "the recording failed")
	s.refresh()
}

func (s *Session) sealRecording(ctx context.Context) error {
	if s.recorder == nil {
		return nil
	}
	r := s.recorder
	s.recorder = nil
	s.tape.Store(nil)
	r.untap()
	return r.seal(ctx, s.desk)
}

// shut ends everything when the session's context has ended. It is the owner's last act.
func (s *Session) shut() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), sealTimeout)
	defer cancel()
	s.seats.Store(&seating{})
	s.hub.SetAccess(nil)
	for id, g := range s.guests {
		s.dismiss(g, "")
		delete(s.guests, id)
	}
	if s.playing != nil {
		if err := s.playing.close(); err != nil {
			s.log.Warn("a recording was not closed in good order", "error", err)
		}
	}
	s.forgetTexts(ctx)
	for _, closed := range s.closing {
		<-closed
	}
	if err := s.sealRecording(ctx); err != nil {
		s.log.Error("a recording could not be sealed", "error", err)
	}
	if err := s.server.Close(ctx); err != nil {
		s.log.Warn("the join page did not stop in time", "error", err)
	}
	if s.line != nil {
		s.line.Close()
	}
	s.hub.Close()
}

// publicAccess is what the public receives of the witness at this moment.
func (s *seating) publicAccess(witness testimony.Participant) protection.Access {
	if !s.maySend(witness.ID) {
		return protection.Access{Connected: s.reception.Matrix.Access(protection.Gallery).Connected}
	}
	return s.reception.Access(witness, testimony.Participant{ID: "public", Role: testimony.RoleGallery})
}
