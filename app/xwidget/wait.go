package xwidget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Wait is a quiet line that counts a wait down and keeps a button from being pressed until it is over. It takes no room before and
// after. The focus stays where it is. All of it runs on Fyne's goroutine.
type Wait struct {
	Line   *widget.Label
	button *Button
	say    func(left time.Duration) string
	now    func() time.Time
	after  func(time.Duration, func()) (stop func())
	until  time.Time
	stop   func()
}

// NewWait makes a wait for a button; say puts what is left, in whole seconds, into words.
func NewWait(button *Button, say func(left time.Duration) string) *Wait {
	w := &Wait{Line: Wrapped(""), button: button, say: say, now: time.Now, stop: func() {}}
	w.after = func(d time.Duration, fn func()) func() {
		t := time.AfterFunc(d, func() { fyne.Do(fn) })
		return func() { t.Stop() }
	}
	w.Line.Hide()
	return w
}

// Begin counts down from now on.
func (w *Wait) Begin(left time.Duration) {
	w.until = w.now().Add(left)
	w.button.Disable()
	w.Line.Show()
	w.step()
}

// Stop ends the counting and lets the button be pressed, as when the screen is taken away.
func (w *Wait) Stop() {
	w.stop()
	w.stop = func() {}
	w.Line.Hide()
	w.button.Enable()
}

func (w *Wait) step() {
	left := w.until.Sub(w.now())
	if left <= 0 {
		w.Stop()
		return
	}
	whole := (left + time.Second - 1).Truncate(time.Second)
	w.Line.SetText(w.say(whole))
	w.stop = w.after(left-(whole-time.Second), w.step)
}
