package testimony_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
)

// model is a session beside the one that is tested, kept in the simplest way.
type model struct {
	session testimony.Session
	back    testimony.Phase // where the next Resume leads; "" when there is no pause
	at      time.Time
}

func (m *model) tick() time.Time {
	m.at = m.at.Add(time.Second)
	return m.at
}

func paused(p testimony.Phase) bool { return p == testimony.Break || p == testimony.Interruption }

// took checks what holds for every step: a refused one changes nothing and leaves no event, one that was taken says in its
// event which phase and mode it led to.
func (m *model) took(t *rapid.T, next testimony.Session, e testimony.Event, err error) bool {
	t.Helper()
	if err != nil {
		if next != m.session || e != (testimony.Event{}) {
			t.Fatalf("a refused step (%v) changed the session to %+v with the event %+v", err, next, e)
		}
		return false
	}
	if m.session.Phase == testimony.Closed {
		t.Fatalf("a closed session took a step to %s", next.Phase)
	}
	if e.Phase != next.Phase || e.Mode != next.Mode || !e.At.Equal(m.at) {
		t.Fatalf("the event %+v does not tell the step to %+v", e, next)
	}
	return true
}

// Whatever is called in whatever order: a closed session stays closed, a pause returns to what was before the first of it in
// the same mode, and nobody is kept out without a reason.
func TestAnySequenceOfStepsKeepsTheSessionsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &model{session: testimony.Begin(rapid.SampledFrom(modes).Draw(t, "mode")), at: day}
		t.Repeat(map[string]func(*rapid.T){
			"enter": func(t *rapid.T) {
				p := rapid.SampledFrom(append(slices.Clone(testimony.Phases), "", "recess")).Draw(t, "phase")
				next, e, err := m.session.Enter(p, m.tick())
				allowed := slices.Contains(m.session.Next(), p) && m.session.Phase != testimony.Closed
				if taken := m.took(t, next, e, err); taken != allowed {
					t.Fatalf("from %s to %s: %v", m.session.Phase, p, err)
				} else if taken && (next.Phase != p || next.Mode != m.session.Mode || e.Kind != testimony.PhaseChanged) {
					t.Fatalf("called %s, and the session is %+v with %+v", p, next, e)
				} else if taken {
					m.session, m.back = next, ""
				}
			},
			"mode": func(t *rapid.T) {
				mode := protection.SessionMode(rapid.IntRange(-1, 5).Draw(t, "mode"))
				reason := rapid.SampledFrom([]string{"", "The witness speaks of family."}).Draw(t, "reason")
				next, e, err := m.session.SetMode(mode, reason, m.tick())
				allowed := m.session.Phase != testimony.Closed && mode != m.session.Mode &&
					(mode == protection.PublicMode || slices.Contains(modes, mode) && reason != "")
				if taken := m.took(t, next, e, err); taken != allowed {
					t.Fatalf("from %s to %s for %q: %v", m.session.Mode, mode, reason, err)
				} else if taken && (next.Phase != m.session.Phase || next.Mode != mode || e.Reason != reason || e.Kind != testimony.ModeChanged) {
					t.Fatalf("called %s, and the session is %+v with %+v", mode, next, e)
				} else if taken {
					m.session = next
				}
			},
			"pause": func(t *rapid.T) {
				p := rapid.SampledFrom(testimony.Phases).Draw(t, "phase")
				next, e, err := m.session.Pause(p, "why", m.tick())
				allowed := m.session.Phase != testimony.Closed && paused(p) && p != m.session.Phase
				if taken := m.took(t, next, e, err); taken != allowed {
					t.Fatalf("a pause %s from %s: %v", p, m.session.Phase, err)
				} else if taken {
					if next.Phase != p || next.Mode != m.session.Mode || next.Reason != m.session.Reason || e.Reason != "why" {
						t.Fatalf("paused for %s, and the session is %+v with %+v", p, next, e)
					}
					if !paused(m.session.Phase) {
						m.back = m.session.Phase
					}
					m.session = next
				}
			},
			"resume": func(t *rapid.T) {
				next, e, err := m.session.Resume(m.tick())
				if taken := m.took(t, next, e, err); taken != paused(m.session.Phase) {
					t.Fatalf("resumed from %s: %v", m.session.Phase, err)
				} else if taken {
					if next.Phase != m.back || next.Mode != m.session.Mode || next.Reason != m.session.Reason {
						t.Fatalf("resumed to %+v, and the pause began in %s", next, m.back)
					}
					m.session, m.back = next, ""
				}
			},
			"mark": func(t *rapid.T) {
				e, err := m.session.MarkAt(m.tick(), testimony.MarkBefore)
				if closed := m.session.Phase == testimony.Closed; closed != (err != nil) {
					t.Fatalf("marked in %s: %v", m.session.Phase, err)
				}
				if err == nil && (e.Kind != testimony.Marked || m.at.Sub(e.From) != 20*time.Second || e.To.Sub(m.at) != 10*time.Second) {
					t.Fatalf("marked %+v", e)
				}
			},
			"": func(t *rapid.T) {
				if !slices.Contains(modes, m.session.Mode) || !slices.Contains(testimony.Phases, m.session.Phase) {
					t.Fatalf("the session is %+v", m.session)
				}
			},
		})
	})
}

func TestStepsAreRefusedByName(t *testing.T) {
	t.Parallel()
	lobby := testimony.Begin(protection.PublicMode)
	closed, _, err := lobby.Enter(testimony.Closed, day)
	if err != nil {
		t.Fatal(err)
	}
	onBreak, _, err := lobby.Pause(testimony.Break, "", day)
	if err != nil {
		t.Fatal(err)
	}
	step := func(_ testimony.Session, _ testimony.Event, err error) error { return err }
	mark := func(_ testimony.Event, err error) error { return err }
	for name, c := range map[string]struct{ got, want error }{
		"a phase that does not follow":     {step(lobby.Enter(testimony.Testimony, day)), testimony.ErrPhase},
		"the oath without identity":        {step(lobby.Enter(testimony.Oath, day)), testimony.ErrPhase},
		"a break by name":                  {step(lobby.Enter(testimony.Break, day)), testimony.ErrPhase},
		"a pause that is none":             {step(lobby.Pause(testimony.Lobby, "", day)), testimony.ErrPhase},
		"the same pause":                   {step(onBreak.Pause(testimony.Break, "", day)), testimony.ErrSame},
		"the same mode":                    {step(lobby.SetMode(protection.PublicMode, "", day)), testimony.ErrSame},
		"private without a reason":         {step(lobby.SetMode(protection.PrivateMode, "", day)), testimony.ErrReason},
		"closed without a reason":          {step(lobby.SetMode(protection.ClosedMode, "", day)), testimony.ErrReason},
		"resuming what was not paused":     {step(lobby.Resume(day)), testimony.ErrNoBreak},
		"entering after the close":         {step(closed.Enter(testimony.Lobby, day)), testimony.ErrEnded},
		"a mode after the close":           {step(closed.SetMode(protection.PrivateMode, "x", day)), testimony.ErrEnded},
		"a break after the close":          {step(closed.Pause(testimony.Break, "", day)), testimony.ErrEnded},
		"resuming after the close":         {step(closed.Resume(day)), testimony.ErrNoBreak},
		"a mark after the close":           {mark(closed.MarkAt(day, testimony.MarkBefore)), testimony.ErrEnded},
		"a mark of less than what is held": {mark(testimony.Begin(protection.PublicMode).MarkAt(day, 19*time.Second)), testimony.ErrTooFar},
		"a mark of more than an hour":      {mark(testimony.Begin(protection.PublicMode).MarkAt(day, time.Hour+time.Second)), testimony.ErrTooFar},
		"closing twice":                    {step(closed.Enter(testimony.Closed, day)), testimony.ErrEnded},
		"testimony straight from break":    {step(onBreak.Enter(testimony.Testimony, day)), testimony.ErrPhase},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
}

// Every phase can be reached, and from every phase but the last the session can be closed.
func TestEveryPhaseCanBeClosed(t *testing.T) {
	t.Parallel()
	s := testimony.Begin(protection.PublicMode)
	for _, p := range []testimony.Phase{testimony.IdentityCheck, testimony.Oath, testimony.Testimony, testimony.Playback, testimony.Testimony} {
		var err error
		if s, _, err = s.Enter(p, day); err != nil {
			t.Fatalf("enter %s: %v", p, err)
		}
		for _, pause := range []testimony.Phase{testimony.Break, testimony.Interruption} {
			held, _, err := s.Pause(pause, "", day)
			if err != nil {
				t.Fatalf("%s from %s: %v", pause, p, err)
			}
			if _, _, err := held.Enter(testimony.Closed, day); err != nil {
				t.Errorf("close from %s in %s: %v", pause, p, err)
			}
		}
		if _, _, err := s.Enter(testimony.Closed, day); err != nil {
			t.Errorf("close from %s: %v", p, err)
		}
	}
	if next := s.Next(); !slices.Equal(next, []testimony.Phase{testimony.Playback, testimony.Closed}) {
		t.Errorf("testimony is followed by %v", next)
	}
	s.Next()[0] = testimony.Lobby
	if next := s.Next(); !slices.Equal(next, []testimony.Phase{testimony.Playback, testimony.Closed}) {
		t.Error("changing what Next returned changed the rules")
	}
}

// A change that does not count as widening lets nobody receive anything more, nor a recording: it may take effect before
// it is written down.
func TestWhatDoesNotWidenGivesNobodyMore(t *testing.T) {
	t.Parallel()
	phases := testimony.Phases[:len(testimony.Phases)-1] // a closed session takes no step
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string, phases []testimony.Phase) testimony.Session {
			return testimony.Session{Mode: rapid.SampledFrom(modes).Draw(t, name+" mode"), Phase: rapid.SampledFrom(phases).Draw(t, name+" phase")}
		}
		before, after := draw("before", phases), draw("after", testimony.Phases)
		if testimony.Widens(before, after) {
			t.Skip("widens")
		}
		orders := drawOrders(t)
		was, is := receptionOf(orders, before), receptionOf(orders, after)
		for _, to := range slices.Concat(seats, strangers) {
			for _, from := range seats {
				if from.ID != to.ID && !is.Access(from, to).AtMost(was.Access(from, to)) {
					t.Fatalf("from %+v to %+v %s receives %+v of %s, and before %+v", before, after, to.ID, is.Access(from, to), from.ID, was.Access(from, to))
				}
			}
			if is.Connected(to) && !was.Connected(to) {
				t.Fatalf("from %+v to %+v %s is connected", before, after, to.ID)
			}
		}
		for _, version := range []protection.Audience{protection.MasterRecord, protection.PublicRecord} {
			if !is.Record(version).AtMost(was.Record(version)) {
				t.Fatalf("from %+v to %+v the %s takes more", before, after, version)
			}
		}
	})
}

func TestWidens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fromPhase testimony.Phase
		fromMode  protection.SessionMode
		toPhase   testimony.Phase
		toMode    protection.SessionMode
		want      bool
	}{
		{testimony.Testimony, protection.PrivateMode, testimony.Testimony, protection.PublicMode, true},
		{testimony.Testimony, protection.ClosedMode, testimony.Testimony, protection.PrivateMode, true},
		{testimony.Testimony, protection.PublicMode, testimony.Testimony, protection.PrivateMode, false},
		{testimony.Testimony, protection.PrivateMode, testimony.Testimony, protection.ClosedMode, false},
		{testimony.Lobby, protection.PublicMode, testimony.IdentityCheck, protection.PublicMode, true},
		{testimony.IdentityCheck, protection.PublicMode, testimony.Oath, protection.PublicMode, true},
		{testimony.Oath, protection.PublicMode, testimony.Testimony, protection.PublicMode, false},
		{testimony.Testimony, protection.PublicMode, testimony.Break, protection.PublicMode, false},
		{testimony.Break, protection.PublicMode, testimony.Testimony, protection.PublicMode, true},
		{testimony.Interruption, protection.ClosedMode, testimony.IdentityCheck, protection.ClosedMode, true},
		{testimony.Break, protection.PublicMode, testimony.Interruption, protection.PublicMode, false},
		{testimony.Testimony, protection.PublicMode, testimony.Closed, protection.PublicMode, false},
		{testimony.IdentityCheck, protection.PublicMode, testimony.Lobby, protection.PublicMode, false},
		{testimony.Break, protection.PrivateMode, testimony.Break, protection.PublicMode, true},
	} {
		from, to := testimony.Session{Phase: c.fromPhase, Mode: c.fromMode}, testimony.Session{Phase: c.toPhase, Mode: c.toMode}
		if got := testimony.Widens(from, to); got != c.want {
			t.Errorf("from %s, %s to %s, %s: %v", c.fromPhase, c.fromMode, c.toPhase, c.toMode, got)
		}
	}
}
