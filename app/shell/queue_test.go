package shell

import (
	"bytes"
	"runtime"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// queue is Fyne's test application with the order of a real window: what another goroutine asks for waits until the test's own
// goroutine comes round to it. Fyne's test driver would run it at once, beside whatever the test is drawing.
type queue struct {
	fyne.App
	driver queueDriver
}

type queueDriver struct {
	fyne.Driver
	home    string
	mu      sync.Mutex
	waiting []func()
}

func (q *queue) Driver() fyne.Driver { return &q.driver }

func (d *queueDriver) DoFromGoroutine(f func(), wait bool) {
	if goroutine() == d.home {
		f()
		return
	}
	done := make(chan struct{})
	d.mu.Lock()
	d.waiting = append(d.waiting, func() { defer close(done); f() })
	d.mu.Unlock()
	if wait {
		<-done
	}
}

// turn runs what is waiting, as a window does between two events.
func (d *queueDriver) turn() {
	for {
		d.mu.Lock()
		if len(d.waiting) == 0 {
			d.mu.Unlock()
			return
		}
		f := d.waiting[0]
		d.waiting = d.waiting[1:]
		d.mu.Unlock()
		f()
	}
}

// goroutine names the calling goroutine, by the first words of its stack.
func goroutine() string {
	stack := make([]byte, 64)
	name, _, _ := bytes.Cut(stack[:runtime.Stack(stack, false)], []byte(" ["))
	return string(name)
}

// newApp is the application of one test, whose goroutine is the window's.
func newApp(t *testing.T) fyne.App {
	t.Helper()
	app := test.NewTempApp(t)
	q := &queue{App: app, driver: queueDriver{Driver: app.Driver(), home: goroutine()}}
	fyne.SetCurrentApp(q)
	return q
}

// until waits for what work off the window's goroutine brings about.
func until(t *testing.T, met func() bool) {
	t.Helper()
	driver := &fyne.CurrentApp().(*queue).driver
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		driver.turn()
		if met() {
			return
		}
	}
	t.Fatal("it did not come about")
}
