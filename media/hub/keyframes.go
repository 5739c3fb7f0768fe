package hub

import (
	"sync"
	"time"
)

// KeyFrameInterval is the least time between two requests to one publisher for a key frame.
const KeyFrameInterval = 500 * time.Millisecond

// keyFrameRequester passes requests on to a publisher, at most one per KeyFrameInterval. A request inside the
// interval waits for its end, unless a key frame comes by then: a subscriber that joined just after one still gets its own.
type keyFrameRequester struct {
	mu      sync.Mutex
	ask     func()
	asks    int // which of the asks that were ever set is the one
	last    time.Time
	timer   *time.Timer
	pending bool
	closed  bool
	running sync.WaitGroup
}

// request returns at once; the asking is done by a timer, so that no caller's lock is held meanwhile.
func (k *keyFrameRequester) request() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || k.pending || k.ask == nil {
		return
	}
	k.pending = true
	k.running.Add(1)
	wait := time.Duration(0)
	if !k.last.IsZero() {
		wait = max(0, KeyFrameInterval-time.Since(k.last))
	}
	k.timer = time.AfterFunc(wait, k.fire)
}

func (k *keyFrameRequester) fire() {
	defer k.running.Done()
	k.mu.Lock()
	ask := k.ask
	due := k.pending && !k.closed
	k.pending = false
	k.last = time.Now()
	k.mu.Unlock()
	if due && ask != nil {
		ask()
	}
}

// seen tells that a key frame has begun, which answers whoever was waiting.
func (k *keyFrameRequester) seen() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cancel()
}

// cancel holds k.mu.
func (k *keyFrameRequester) cancel() {
	if k.pending && k.timer.Stop() {
		k.pending = false
		k.running.Done()
	}
}

// setAsk replaces the way to the publisher and returns how to take it away again. A new connection may have missed
// what was asked of the last one, so it is asked at once.
func (k *keyFrameRequester) setAsk(ask func()) (remove func()) {
	k.mu.Lock()
	k.asks++
	mine := k.asks
	k.ask = ask
	k.last = time.Time{}
	k.mu.Unlock()
	k.request()
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.asks == mine {
			k.ask = nil
		}
	}
}

// close ends all asking and waits for one under way.
func (k *keyFrameRequester) close() {
	k.mu.Lock()
	k.closed = true
	k.cancel()
	k.mu.Unlock()
	k.running.Wait()
}
