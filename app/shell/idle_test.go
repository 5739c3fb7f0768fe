package shell

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// hourglass is a clock that runs when it is told to.
type hourglass struct {
	at   moment
	due  time.Duration
	step func()
}

func (h *hourglass) set(i *idle) {
	h.at.wall = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	i.now = func() moment { return h.at }
	i.after = func(d time.Duration, fn func()) func() {
		h.due, h.step = h.at.run+d, fn
		return func() { h.step = nil }
	}
}

// pass lets time run, and every step that falls due in it.
func (h *hourglass) pass(d time.Duration) {
	for end := h.at.run + d; ; {
		next := end
		if h.step != nil && h.due <= end {
			next = h.due
		}
		h.at.wall, h.at.run = h.at.wall.Add(next-h.at.run), next
		if h.step == nil || h.due > next {
			return
		}
		step := h.step
		h.step = nil
		step()
	}
}

func watched(limit time.Duration) (*idle, *hourglass, *[]string) {
	i, h, said := newIdle(), &hourglass{}, &[]string{}
	h.set(&i)
	say := func(s string) { *said = append(*said, s) }
	i.over, i.slept = func() { say("over"); i.end() }, func() { say("slept"); i.end() }
	i.warn = func(left time.Duration) { say(left.String()) }
	i.begin(limit)
	return &i, h, said
}

func TestADeskLeftAloneCountsItsLastMinuteAndLocks(t *testing.T) {
	t.Parallel()
	_, h, said := watched(10 * time.Minute)
	h.pass(9*time.Minute - time.Second)
	if len(*said) != 0 {
		t.Errorf("early: %q", *said)
	}
	h.pass(61 * time.Second)
	want := []string{"1m0s"}
	for s := 59; s > 0; s-- {
		want = append(want, (time.Duration(s) * time.Second).String())
	}
	if want = append(want, "0s", "over"); !slices.Equal(*said, want) {
		t.Errorf("it said %q", *said)
	}
	h.pass(time.Hour)
	if len(*said) != len(want) {
		t.Error("it goes on after the lock")
	}
}

func TestAKeyKeepsTheDeskOpen(t *testing.T) {
	t.Parallel()
	i, h, said := watched(2 * time.Minute)
	for range 30 {
		h.pass(59 * time.Second)
		i.stir()
	}
	if len(*said) != 0 {
		t.Errorf("it said %q", *said)
	}
	h.pass(90 * time.Second)
	n := len(*said)
	i.stir()
	if n == 0 || (*said)[len(*said)-1] != "0s" {
		t.Errorf("the warning stays: %q", *said)
	}
	h.pass(59 * time.Second)
	if len(*said) != n+1 {
		t.Errorf("it said %q", (*said)[n+1:])
	}
}

func TestAMachineThatSleptIsNoticedByWhoeverLooksFirst(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(i *idle, h *hourglass){
		"a key": func(i *idle, _ *hourglass) { i.stir() }, "the clock": func(_ *idle, h *hourglass) { h.pass(idleLook) },
	} {
		i, h, said := watched(10 * time.Minute)
		h.pass(time.Minute)
		h.at.wall = h.at.wall.Add(3 * time.Hour)
		look(i, h)
		if !slices.Equal(*said, []string{"slept"}) {
			t.Errorf("%s: %q", name, *said)
		}
	}
	i, h, said := watched(10 * time.Minute)
	for _, step := range []time.Duration{-time.Hour, 5 * time.Second, -time.Second} { // a clock that is set back, or a little ahead
		h.at.wall = h.at.wall.Add(step)
		i.stir()
		h.pass(idleLook)
	}
	if len(*said) != 0 {
		t.Errorf("a clock that is set: %q", *said)
	}
}

// alone opens the window of a clerk at an entry of a witness, whose form is half filled.
func alone(t *testing.T) (*Shell, *hourglass) {
	t.Helper()
	s := open(t, testimony.Clerk)
	h := &hourglass{}
	h.set(&s.idle)
	s.idle.begin(s.LockAfter())
	s.Go(room.Cases, "")
	s.screen.New()
	test.Type(s.window.Canvas().Focused(), "TC 77/2026 Zephyrine")
	return s, h
}

func (s *Shell) mustBeLocked(t *testing.T, d *docket.Desk) {
	t.Helper()
	if s.desk != nil || xwidget.HasSheet(s.window.Canvas()) || says(s, "Zephyrine") || says(s, "TC 12/2026") || s.window.Title() != windowTitle {
		t.Errorf("the window shows %q", words(s))
	}
	if _, err := d.Cases(t.Context()); err == nil {
		t.Error("the vault still answers")
	}
}

func TestADeskLeftAloneIsLocked(t *testing.T) {
	s, h := alone(t)
	d := s.desk
	h.pass(9*time.Minute + 30*time.Second)
	if !says(s, "It locks in 30 s") {
		t.Errorf("no warning: %q", words(s))
	}
	test.Type(s.window.Canvas().Focused(), " and more")
	if says(s, "It locks in") || s.desk == nil {
		t.Error("typing does not keep the desk open")
	}
	h.pass(10 * time.Minute)
	s.mustBeLocked(t, d)
	if !says(s, "Nobody was at this desk for 10 min") {
		t.Errorf("it does not say why: %q", words(s))
	}
	h.pass(time.Hour)
	s.typed(&fyne.KeyEvent{Name: fyne.KeySpace})
}

func TestAMachineThatSleepsIsLocked(t *testing.T) {
	for name, sleep := range map[string]func(*Shell, *hourglass){
		"with a word before": func(s *Shell, _ *hourglass) { s.sleeping() },
		"without":            func(s *Shell, h *hourglass) { h.at.wall = h.at.wall.Add(time.Hour); h.pass(idleLook) },
		"and a key wakes it": func(s *Shell, h *hourglass) {
			h.at.wall = h.at.wall.Add(time.Hour)
			s.typed(&fyne.KeyEvent{Name: fyne.KeySpace})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, h := alone(t)
			d := s.desk
			sleep(s, h)
			s.mustBeLocked(t, d)
			if !says(s, "went to sleep") {
				t.Errorf("it does not say why: %q", words(s))
			}
			s.sleeping() // once more, with nothing to lock
		})
	}
}

func TestHowLongADeskStaysOpenIsChosenAmongAFew(t *testing.T) {
	s := open(t, testimony.Judge)
	if s.LockAfter() != docket.UsualLock {
		t.Errorf("at first %v", s.LockAfter())
	}
	s.Go(room.Settings, "")
	press(t, s, "2 min")
	if s.LockAfter() != 2*time.Minute || s.idle.limit != 2*time.Minute {
		t.Errorf("chosen: %v", s.LockAfter())
	}
	s.app.Preferences().SetInt(prefLockAfter, 100000) // by somebody with an editor
	if s.LockAfter() != docket.UsualLock {
		t.Errorf("it never locks: %v", s.LockAfter())
	}
}
