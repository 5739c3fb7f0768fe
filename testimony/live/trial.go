package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"paravent/media"
	"paravent/media/codec/vpx"
	"paravent/media/conceal"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/join"
)

// Errors of the trial of the concealment.
var (
	ErrUntried   = errors.New("the concealment has not been tried in this sitting")
	ErrTrying    = errors.New("the concealment is being tried")
	ErrNotPassed = errors.New("the trial of the concealment has not passed")
	ErrNoReason  = errors.New("to go on without the trial takes a reason")
)

// How long a trial waits for what has to happen at once, and for the witness's answer. A drawing counts as stopped after 100 ms; what is beyond that here is for a
// machine that is busy and a picture that is on its way.
const (
	trialWithin = time.Second
	trialBack   = 4 * time.Second
	trialAnswer = 60 * time.Second
)

// conceals reports whether the witness who testifies is concealed from anybody, and whether by a changed voice, when the session is as open as it can be.
func (s *Session) conceals() (any, voice bool) {
	open := s.state
	open.Mode = protection.PublicMode
	_, m := s.compile(open)
	return testimony.Conceals(m), testimony.Disguises(m)
}

// mayTestify fails where the witness is to be concealed and nobody has tried whether that works, nor decided to go on without.
func (s *Session) mayTestify() error {
	if concealed, _ := s.conceals(); concealed && !s.trial.Opens() {
		return ErrUntried
	}
	return nil
}

// TryConcealment tries the concealment of this sitting: the witness speaks, sees the drawing and hears the changed voice, the drawing and the voice are stopped on purpose,
// and slate and silence have to come. It returns once that has begun; [State] says how it goes. It is part of the identity check, in which nobody but the bench and those with
// the witness receives anything.
func (s *Session) TryConcealment() error {
	return s.do(func() error {
		w, _ := s.hearing.Witness()
		g := s.guests[w.ID]
		switch {
		case s.state.Phase != testimony.IdentityCheck:
			return fmt.Errorf("%w: the session is in %s", testimony.ErrPhase, s.state.Phase)
		case g == nil || g.presence != Admitted || g.concealer == nil:
			return ErrWitness
		case s.trial.Stage != "" || s.mirrors[w.ID]:
			return ErrTrying
		case s.held != nil:
			return ErrNotReady
		}
		_, voice := s.conceals()
		s.trial = testimony.Trial{Stage: testimony.TrialSpeak, Voice: voice}
		s.answered = make(chan bool, 1)
		s.reflect(w.ID, true)
		c, answered := g.concealer, s.answered
		s.workers.Go(func() {
			fault := s.try(c, voice, answered)
			s.post(func() { s.tried(w.ID, fault) })
		})
		return nil
	})
}

// tried takes in how a trial ended. What failed is in the record at once; what passed, once the bench has confirmed it.
func (s *Session) tried(id testimony.ParticipantID, fault testimony.TrialFault) {
	s.trial.Stage, s.trial.Fault, s.trial.Passed = "", fault, fault == ""
	s.answered = nil
	if fault != "" {
		s.note(testimony.Tried, id, string(fault))
	}
	s.reflect(id, false)
}

// ConfirmConcealment is the bench's word that it has seen and heard what others will get.
func (s *Session) ConfirmConcealment() error {
	return s.do(func() error {
		switch {
		case s.trial.Stage != "":
			return ErrTrying
		case !s.trial.Passed:
			return ErrNotPassed
		case s.trial.Confirmed:
			return testimony.ErrSame
		}
		w, _ := s.hearing.Witness()
		e := testimony.Event{At: s.now(), Kind: testimony.Tried, Phase: s.state.Phase, Mode: s.state.Mode, Participant: w.ID, Reason: testimony.TrialPassed}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("it was not written down, so the trial is not confirmed: %w", err)
		}
		s.trial.Confirmed = true
		s.refresh()
		return nil
	})
}

// GoOnUntried is a judge's decision to hear the witness in this sitting although the concealment was not tried, or did not pass.
func (s *Session) GoOnUntried(reason string) error {
	if !s.desk.May(testimony.ActDecideOrder) {
		return docket.ErrNotAllowed
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrNoReason
	}
	return s.do(func() error {
		if s.trial.Stage != "" {
			return ErrTrying
		}
		w, _ := s.hearing.Witness()
		e := testimony.Event{At: s.now(), Kind: testimony.Untried, Phase: s.state.Phase, Mode: s.state.Mode, Participant: w.ID, Reason: reason}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("the decision was not written down, so it does not stand: %w", err)
		}
		s.trial.Without = reason
		s.refresh()
		return nil
	})
}

// trialAnswered takes in what the witness says of what they saw and heard.
func (s *Session) trialAnswered(g *guest, step string) {
	w, _ := s.hearing.Witness()
	if g.participant.ID != w.ID || s.trial.Stage != testimony.TrialAnswer || s.answered == nil {
		return
	}
	select {
	case s.answered <- step == join.StepConcealed:
	default: // it was said already
	}
}

// stage shows where the trial stands.
func (s *Session) stage(at testimony.TrialStage) {
	_ = s.do(func() error { // after the end nobody looks
		if s.trial.Stage != "" {
			s.trial.Stage = at
			s.refresh()
		}
		return nil
	})
}

// try runs a trial, on a goroutine of its own, and says what failed.
func (s *Session) try(c *concealer, voice bool, answered <-chan bool) testimony.TrialFault {
	gone := func(fault testimony.TrialFault) testimony.TrialFault {
		if c.ctx.Err() != nil {
			return testimony.FaultGone
		}
		return fault
	}
	said, err := c.catch(c.ctx)
	if err != nil {
		return gone(testimony.FaultUnheard)
	}
	if voice {
		s.stage(testimony.TrialListen)
		if err := c.play(c.ctx, said, func(pcm []int16) { s.bench.Push(mirrorOf(""), pcm) }); err != nil {
			return gone(testimony.FaultBack)
		}
	}
	s.stage(testimony.TrialBreak)
	if fault := c.breakOnPurpose(); fault != "" {
		return gone(fault)
	}
	s.stage(testimony.TrialAnswer)
	limit := time.NewTimer(trialAnswer)
	defer limit.Stop()
	select {
	case yes := <-answered:
		if yes {
			return ""
		}
	case <-limit.C:
	case <-c.ctx.Done():
	}
	return gone(testimony.FaultAnswer)
}

// breakOnPurpose stops the drawing for as long as it takes, and looks at what leaves the machine: the drawing, then the slate and silence, then both again. Real is that the
// goroutine that draws stands still, and that what is looked at is encoded as for the audiences.
func (c *concealer) breakOnPurpose() testimony.TrialFault {
	decoder, err := vpx.NewDecoder()
	if err != nil {
		return testimony.FaultUndrawn
	}
	defer decoder.Close()
	slate := conceal.Slate(silhouetteWidth, silhouetteHeight, 0)
	var slates, figures, voices atomic.Int32
	untap := c.publisher.TapConcealedFrames(func(kind media.Kind, _ bool, _ time.Duration, payload []byte) {
		if kind == media.KindAudio {
			voices.Add(1)
			return
		}
		switch f, err := decoder.Decode(payload); {
		case err != nil || f == nil:
		case slate.Resembles(f):
			slates.Add(1)
		default:
			figures.Add(1)
		}
	})
	defer untap()
	if !grows(c.ctx, &figures, trialBack) {
		return testimony.FaultUndrawn
	}
	release := c.stop()
	defer release()
	if !grows(c.ctx, &slates, trialWithin) {
		return testimony.FaultSlate
	}
	if grows(c.ctx, &voices, trialWithin/4) {
		return testimony.FaultSilence
	}
	release()
	if !grows(c.ctx, &figures, trialBack) || !grows(c.ctx, &voices, trialBack) {
		return testimony.FaultBack
	}
	return ""
}

// grows waits until a count goes up.
func grows(ctx context.Context, n *atomic.Int32, within time.Duration) bool {
	tick, limit, from := time.NewTicker(watchEvery), time.NewTimer(within), n.Load()
	defer tick.Stop()
	defer limit.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-limit.C:
			return n.Load() > from
		case <-tick.C:
			if n.Load() > from {
				return true
			}
		}
	}
}

// stop makes the drawing stand still, until release is called, which may be called twice.
func (c *concealer) stop() (release func()) {
	gate := make(chan struct{})
	c.hold.Store(&gate)
	return func() {
		if c.hold.CompareAndSwap(&gate, nil) {
			close(gate)
		}
	}
}
