package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/welcome"
	"paravent/app/xwidget"
	"paravent/store/locked"
	"paravent/testimony/docket"
)

// A vault that is left open locks itself. While a courtroom is open it does not: a judge who listens for a quarter of an hour touches nothing, the picture must
// not go and the keys that close the session must work. Then an idle desk goes back to the bench, which shows what the hearing shows and no register.
//
// What is typed in a form and not kept is dropped at a lock: kept, it would have to lie somewhere in the clear. So the bar counts the last minute.

const (
	prefLockAfter = "lock_after_minutes"
	idleWarning   = time.Minute      // before the lock
	idleLook      = 15 * time.Second // how often it is looked whether the machine has slept
	sleepGap      = 20 * time.Second // by which the clock runs ahead of the program when the machine has slept
)

// moment is a time by two clocks: the wall's, which goes on while the machine sleeps and can be set, and the program's, which does neither.
type moment struct {
	wall time.Time
	run  time.Duration
}

var began = time.Now()

func thisMoment() moment {
	now := time.Now()
	return moment{now.Round(0), now.Sub(began)}
}

// idle watches whether somebody is at the desk. All of it runs on Fyne's goroutine.
type idle struct {
	now   func() moment
	after func(time.Duration, func()) (stop func())
	limit time.Duration
	over  func()                   // nobody was there for the limit
	slept func()                   // the machine slept, and nobody said so before
	warn  func(left time.Duration) // in whole seconds; zero: no longer

	running bool
	last    time.Duration // when somebody was last there
	seen    moment
	warned  bool
	stop    func()
}

func newIdle() idle {
	return idle{now: thisMoment, after: func(d time.Duration, fn func()) func() {
		t := time.AfterFunc(d, func() { fyne.Do(fn) })
		return func() { t.Stop() }
	}, stop: func() {}}
}

func (i *idle) begin(limit time.Duration) {
	i.stop()
	i.limit, i.running, i.seen, i.warned = limit, true, i.now(), false
	i.last = i.seen.run
	i.step()
}

func (i *idle) end() {
	i.stop()
	i.stop, i.running = func() {}, false
	i.calm()
}

// stir notes that somebody is there. Whoever wakes a machine that has slept is not taken for the one who left it.
func (i *idle) stir() {
	if !i.running || i.hasSlept() {
		return
	}
	i.last = i.seen.run
	if i.warned {
		i.calm()
		i.stop()
		i.step()
	}
}

func (i *idle) calm() {
	if i.warned {
		i.warned = false
		i.warn(0)
	}
}

func (i *idle) hasSlept() bool {
	now := i.now()
	gap := now.wall.Sub(i.seen.wall) - (now.run - i.seen.run)
	i.seen = now
	if gap < sleepGap {
		return false
	}
	i.slept()
	return true
}

func (i *idle) step() {
	if !i.running || i.hasSlept() {
		return
	}
	left := i.limit - (i.seen.run - i.last)
	switch {
	case left <= 0:
		i.calm()
		i.last = i.seen.run // a courtroom goes on
		i.over()
	case left <= idleWarning:
		i.warned = true
		i.warn((left + time.Second - 1).Truncate(time.Second))
	}
	if !i.running {
		return
	}
	next := idleLook
	switch {
	case i.warned:
		next = left - (left - 1).Truncate(time.Second)
	case left > idleWarning:
		next = min(next, left-idleWarning)
	}
	i.stop = i.after(next, i.step)
}

// LockAfter is how long the desk stays open with nobody at it.
func (s *Shell) LockAfter() time.Duration {
	return docket.LockAfter(s.app.Preferences().IntWithFallback(prefLockAfter, 0))
}

// SetLockAfter keeps another time.
func (s *Shell) SetLockAfter(d time.Duration) {
	s.app.Preferences().SetInt(prefLockAfter, int(d/time.Minute))
	if s.desk != nil {
		s.idle.begin(s.LockAfter())
	}
}

// leftAlone locks a desk that nobody is at, or goes back to the bench of an open courtroom.
func (s *Shell) leftAlone() {
	switch {
	case s.desk == nil || s.ending || s.opening:
	case s.bench != nil:
		if xwidget.HasSheet(s.window.Canvas()) || s.at != room.Bench {
			xwidget.CloseSheets(s.window.Canvas())
			s.Go(room.Bench, "")
		}
	default:
		s.lock(welcome.Idle, s.LockAfter())
	}
}

// wokeUp locks a desk whose machine has slept without a word before. An open courtroom goes on: a clock that was set would look the same.
func (s *Shell) wokeUp() {
	if s.desk != nil && !s.ending && s.bench == nil && !s.opening {
		s.lock(welcome.Slept, 0)
		return
	}
	if s.idle.running {
		s.idle.begin(s.idle.limit)
	}
}

// sleeping locks the desk before the machine sleeps, for its memory goes on holding what it holds. An open courtroom has no
// connection while the machine sleeps: its recordings are sealed, and it can be opened again.
func (s *Shell) sleeping() {
	if s.desk == nil || s.ending {
		return
	}
	if b := s.bench; b != nil {
		b.Abandon()
		s.bench = nil
		s.inCourt.Store(false)
		s.lock(welcome.SleptInCourt, 0)
		return
	}
	s.lock(welcome.Slept, 0)
}

func (s *Shell) lock(why welcome.Why, after time.Duration) {
	s.close()
	go locked.Scrub()
	welcome.Locked(s, s.vault, why, after)
}
