package live

import (
	"sync/atomic"
	"time"

	"paravent/media/rtpio"
	"paravent/testimony"
	"paravent/testimony/join"
)

// silentAfter is how long nothing may arrive from somebody who sends before the line counts as gone.
const silentAfter = 2 * time.Second

// arrivals is what comes over one guest's line. The hub's goroutines write it, the owner reads it.
type arrivals struct {
	last  atomic.Int64                     // Unix nanoseconds of the newest packet; 0: none came yet
	first atomic.Int64                     // of the first packet, and of the first one after a silence
	sound atomic.Pointer[rtpio.SoundCount] // what became of the sound's packets
}

func (a *arrivals) came(now time.Time) {
	at := now.UnixNano()
	if before := a.last.Swap(at); before == 0 || at-before >= int64(silentAfter) {
		a.first.Store(at)
	}
}

func (a *arrivals) newest() time.Time  { return instant(a.last.Load()) }
func (a *arrivals) resumed() time.Time { return instant(a.first.Load()) }

func instant(nanoseconds int64) time.Time {
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanoseconds)
}

func (a *arrivals) count() rtpio.SoundCount {
	if c := a.sound.Load(); c != nil {
		return *c
	}
	return rtpio.SoundCount{}
}

// expectation is what the court waits for from one guest.
type expectation struct {
	since time.Time // from when on something should arrive; zero: nothing is waited for
	gone  time.Time // since when nothing arrives that should; zero while it does
}

// followLines notices whose picture and sound have stopped to arrive though the connection stands, and when they are back. What is
// missing in the record is so known to the second.
func (s *Session) followLines() {
	now := time.Now()
	seats := s.seats.Load()
	changed := false
	for id, g := range s.guests {
		if g.arrivals == nil {
			g.expects.since = time.Time{}
			continue
		}
		newest := g.arrivals.newest()
		if !g.expects.gone.IsZero() {
			if newest.After(g.expects.gone) {
				s.lineBack(id, g)
				changed = true
			}
			continue
		}
		switch {
		case g.presence != Admitted || g.session == nil || !seats.maySend(id) || !g.sends(seats.muted[id]):
			g.expects.since = time.Time{}
		case g.expects.since.IsZero():
			g.expects.since = now
		case !newest.IsZero() && now.Sub(later(newest, g.expects.since)) >= silentAfter:
			g.expects.gone = newest
			_ = g.session.Send(join.Silent{}) // a lost connection is noticed by its own end
			s.alarm("line_lost", id)
			s.note(testimony.LineLost, id, "")
			changed = true
		}
	}
	if changed {
		s.refresh()
	}
}

// sends reports whether the guest's page says that it sends anything.
func (g *guest) sends(muted bool) bool { return g.camera || g.microphone && !muted }

// lineBack notes from when to when nothing arrived.
func (s *Session) lineBack(id testimony.ParticipantID, g *guest) {
	real := time.Now()
	at := s.now()
	e := testimony.Event{At: at, Kind: testimony.LineBack, Phase: s.state.Phase, Mode: s.state.Mode, Participant: id,
		From: at.Add(g.expects.gone.Sub(real)), To: at.Add(g.arrivals.resumed().Sub(real))}
	g.expects = expectation{}
	if err := s.keep(e); err != nil {
		s.log.Error("an event could not be written down", "kind", e.Kind, "error", err)
		s.alarm("audit_failed", id)
	}
}

// lineDown begins the gap of a guest whose connection has ended.
func (g *guest) lineDown() {
	if g.arrivals != nil && g.expects.gone.IsZero() && !g.expects.since.IsZero() {
		g.expects.gone = g.arrivals.newest()
	}
	g.arrivals = nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
