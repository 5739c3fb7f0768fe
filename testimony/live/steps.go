package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Admit lets a guest in from the lobby. A judge's seat receives everything clear, so that only a judge lets anyone into it.
func (s *Session) Admit(id testimony.ParticipantID) error {
	return s.do(func() error {
		g := s.guests[id]
		switch {
		case s.state.Phase == testimony.Closed:
			return ErrEnded
		case g == nil || g.presence != InLobby:
			return ErrPresent
		case g.participant.Role.OnBench() && !s.desk.May(testimony.ActDecideOrder):
			return docket.ErrNotAllowed
		}
		e := testimony.Event{At: s.now(), Kind: testimony.Admitted, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id}
		if err := s.keep(e); err != nil {
			return fmt.Errorf("the admission was not written down, so it did not happen: %w", err)
		}
		g.presence = Admitted
		s.enforce()
		s.refresh()
		return nil
	})
}

// Remove takes a participant out: the connection is taken down and the invitation revoked, whether or not the participant
// has come already.
func (s *Session) Remove(id testimony.ParticipantID, reason string) error {
	return s.do(func() error {
		if _, ok := s.hearing.Participant(id); !ok || id == testimony.BenchID {
			return ErrNobody
		}
		if g := s.guests[id]; g != nil {
			delete(s.guests, id)
			s.enforce()
			s.dismiss(g, "removed")
		}
		s.links[id] = ""
		s.note(testimony.Removed, id, reason)
		err := s.desk.Revoke(s.ctx, s.hearing.ID, id)
		s.refresh()
		return err
	})
}

// Mute takes a participant's voice from everyone, the record included, or gives it back.
func (s *Session) Mute(id testimony.ParticipantID, mute bool) error {
	return s.do(func() error {
		g := s.guests[id]
		if g == nil {
			return ErrNobody
		}
		if g.muted == mute {
			return testimony.ErrSame
		}
		if !mute {
			e := testimony.Event{At: s.now(), Kind: testimony.Unmuted, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id}
			if err := s.keep(e); err != nil {
				return fmt.Errorf("it was not written down, so the microphone stays off: %w", err)
			}
		}
		g.muted = mute
		s.enforce()
		if mute {
			s.note(testimony.Muted, id, "")
		}
		s.refresh()
		return nil
	})
}

// Enter calls a phase. The oath begins the record: if the recording cannot begin, neither does the oath.
func (s *Session) Enter(p testimony.Phase) error {
	return s.do(func() error {
		next, e, err := s.state.Enter(p, s.now())
		if err != nil {
			return err
		}
		if p == testimony.Closed {
			return errors.New("the session is closed with Close, which seals the recordings")
		}
		if p == testimony.IdentityCheck || p == testimony.Oath {
			if w, ok := s.hearing.Witness(); !ok || s.guests[w.ID] == nil || s.guests[w.ID].presence != Admitted {
				return ErrWitness
			}
		}
		if p == testimony.Oath || p == testimony.Testimony {
			if err := s.mayTestify(); err != nil {
				return err
			}
		}
		if p == testimony.Testimony {
			if err := s.mayBegin(); err != nil {
				return err
			}
		}
		if p == testimony.Oath && s.recorder == nil {
			if err := s.beginRecording(); err != nil {
				s.failed = true
				s.alarm("recorder_failed", "")
				s.refresh()
				return fmt.Errorf("the recording could not begin, so the oath was not taken: %w", err)
			}
		}
		if p != testimony.Playback {
			s.endPlaying()
		}
		return s.move(next, e)
	})
}

// SetMode changes who may follow. The cut takes effect before SetMode returns, and before the change is written down.
func (s *Session) SetMode(m protection.SessionMode, reason string) error {
	return s.do(func() error {
		next, e, err := s.state.SetMode(m, reason, s.now())
		if err != nil {
			return err
		}
		return s.move(next, e)
	})
}

// Break interrupts the testimony: the witness's picture and sound stop at the source.
func (s *Session) Break(reason string) error { return s.pause(testimony.Break, reason) }

// Interrupt holds the session for a technical fault.
func (s *Session) Interrupt(reason string) error { return s.pause(testimony.Interruption, reason) }

func (s *Session) pause(p testimony.Phase, reason string) error {
	return s.do(func() error {
		next, e, err := s.state.Pause(p, reason, s.now())
		if err != nil {
			return err
		}
		s.halt("")
		return s.move(next, e)
	})
}

// Resume returns from a break or an interruption to what was before it, in the same mode.
func (s *Session) Resume() error {
	return s.do(func() error {
		next, e, err := s.state.Resume(s.now())
		if err != nil {
			return err
		}
		return s.move(next, e)
	})
}

// Mark notes a slip: from 20 s before to 10 s after, the public version is blanked. The master is untouched.
func (s *Session) Mark() error { return s.MarkBack(testimony.MarkBefore) }

// MarkBack notes a slip that was noticed late: so much of what was said is withheld from the broadcast that is still to come. What reaches further back than 20 s
// is in the sealed public version already, and nobody but a judge gets a copy of that any more. If the public has received some of it, that is an alarm and
// stands in the record.
func (s *Session) MarkBack(back time.Duration) error {
	return s.do(func() error {
		e, err := s.state.MarkAt(s.now(), back)
		if err != nil {
			return err
		}
		s.marks.add(e)
		if s.recorder != nil {
			s.recorder.mark(back)
		}
		if err := s.keep(e); err != nil {
			s.alarm("audit_failed", "")
			s.refresh()
			return fmt.Errorf("the mark was set but could not be written down: %w", err)
		}
		if who := s.mayHaveReceived(e.From); len(who) > 0 {
			s.alarm("mark_after_release", "")
			for _, id := range who {
				s.note(testimony.Fault, id, "marked after it was released: may have received it")
			}
		}
		s.refresh()
		return nil
	})
}

// mayHaveReceived lists the public's seats that may have received something that was said after a moment: live, or in the broadcast, and also who has left meanwhile.
func (s *Session) mayHaveReceived(from time.Time) []testimony.ParticipantID {
	until := s.airedUntil.Load()
	aired := until != nil && until.After(from)
	live := testimony.PublicSince(s.events, s.matrix.Mode, from)
	m := policy.Compile(policy.Input{Party: s.hearing.Party, Case: s.hearing.Case, Orders: s.orders, Mode: protection.PublicMode, At: s.now()})
	var who []testimony.ParticipantID
	for _, p := range s.hearing.Participants {
		if !p.Audience().Public() || p.Role == testimony.RoleWitness || !testimony.AdmittedSince(s.events, p.ID, from) {
			continue
		}
		a := m.Access(p.Audience())
		receives := a.Picture != protection.NoPicture || a.Voice != protection.NoVoice
		if receives && (a.Release == protection.Live && live || a.Release == protection.Delayed && aired) {
			who = append(who, p.ID)
		}
	}
	return who
}

// IdentityVerified notes that the witness's identity was checked off the record.
func (s *Session) IdentityVerified() error {
	return s.conduct(func(w testimony.ParticipantID) (testimony.Event, error) {
		if s.state.Phase != testimony.IdentityCheck {
			return testimony.Event{}, fmt.Errorf("%w: the session is in %s", testimony.ErrPhase, s.state.Phase)
		}
		return testimony.Event{At: s.now(), Kind: testimony.IdentityFound, Phase: s.state.Phase, Mode: s.state.Mode, Participant: w}, nil
	})
}

// Answer takes a participant's wishes of one kind off the list, or all of them where kind is empty. A wish has no number: the list
// can change under whoever looks at it.
func (s *Session) Answer(from testimony.ParticipantID, kind string) error {
	return s.do(func() error {
		before := len(s.requests)
		s.requests = slices.DeleteFunc(s.requests, func(r Request) bool { return r.From == from && (kind == "" || r.Kind == kind) })
		if len(s.requests) == before {
			return ErrNoRequest
		}
		s.refresh()
		return nil
	})
}

// Close ends the session: every connection is taken down, the recordings are sealed and the minutes are kept. It returns the
// sealed minutes. What fails on the way is told in the error; everything else is still done.
func (s *Session) Close(ctx context.Context) (testimony.Minutes, error) {
	var minutes testimony.Minutes
	s.endRemote(ctx)
	err := s.do(func() error {
		if s.finished {
			return ErrEnded
		}
		s.finished = true
		next, e, err := s.state.Enter(testimony.Closed, s.now())
		if err != nil {
			return err
		}
		s.endPlaying()
		s.state = next
		s.enforce()
		failures := []error{s.keep(e)}
		for id, g := range s.guests {
			s.dismiss(g, "closed")
			delete(s.guests, id)
		}
		s.forgetTexts(ctx)
		failures = append(failures, s.sealRecording(ctx))
		minutes = testimony.BuildMinutes(s.hearing, s.reference, s.began, s.now(), s.events, s.recorded)
		failures = append(failures, s.desk.KeepMinutes(ctx, minutes))
		s.refresh()
		return errors.Join(failures...)
	})
	s.stop()
	return minutes, err
}

// Abandon ends the session without closing the hearing, as when the window is shut: recordings are sealed, the hearing can
// be opened again.
func (s *Session) Abandon() { s.stop() }

func (s *Session) stop() {
	s.cancel()
	<-s.ended
	s.workers.Wait()
}

// holdSeats gives up the seats of those who were lost for too long, so that the bench must admit them again.
func (s *Session) holdSeats() {
	for id, g := range s.guests {
		if g.presence == Lost && s.now().Sub(g.lostAt) > HoldFor {
			delete(s.guests, id)
			s.note(testimony.Left, id, "connection lost")
		}
	}
}

// sealTimeout bounds the sealing of recordings when the program is told to stop.
const sealTimeout = 10 * time.Second
