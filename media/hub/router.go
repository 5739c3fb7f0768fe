package hub

import (
	"sync"
	"sync/atomic"
	"time"
)

// Router connects publishers with subscribers. All its methods may be called from any goroutine, except from
// inside an Access, a tap or a key frame callback. The zero Router is not ready: use [New].
type Router struct {
	mu          sync.Mutex
	access      Access
	publishers  map[string]*Publisher
	subscribers map[string]*Subscriber
	draining    map[revocable]bool // revoked, with a write perhaps still under way
	hush        hush
}

// hush is the time until which voices that yield are held back.
type hush struct {
	born  time.Time    // with its monotonic clock
	until atomic.Int64 // nanoseconds since then
}

func (h *hush) holds() bool { return int64(time.Since(h.born)) < h.until.Load() }

// Hush holds back every voice whose grant yields, from now on and for so long. A call that ends sooner than one before it changes nothing.
// What arrives meanwhile is never sent; the packet after it, which can repeat the last of it, is not sent either.
func (r *Router) Hush(d time.Duration) {
	until := int64(time.Since(r.hush.born) + d)
	for {
		now := r.hush.until.Load()
		if until <= now || r.hush.until.CompareAndSwap(now, until) {
			return
		}
	}
}

// Hushed reports whether voices that yield are held back now.
func (r *Router) Hushed() bool { return r.hush.holds() }

// revocable is a subscription of either form, as far as its ending goes.
type revocable interface {
	// revoke makes the subscription write nothing that it has not begun to write. It does not wait.
	revoke()
	// drain waits until a write that had begun is over. It follows revoke.
	drain()
}

// New returns a router that grants nothing to anybody until SetAccess.
func New() *Router {
	return &Router{
		hush:        hush{born: time.Now()},
		publishers:  map[string]*Publisher{},
		subscribers: map[string]*Subscriber{},
		draining:    map[revocable]bool{},
	}
}

// SetAccess replaces the access of every pair. When it returns, no packet that the access before it granted and
// this one does not is written to any transport any more: not from a queue, not from a history, not by a
// forwarding that had begun. A nil access grants nothing.
//
// A pair whose form changes loses its track and gets another one; a pair whose form stays keeps its track.
// Everything that is to stop has stopped before SetAccess begins to wait for writes under way, so a
// subscriber whose socket blocks delays only the return.
func (r *Router) SetAccess(access Access) {
	r.mu.Lock()
	r.access = access
	r.regrant()
	r.finish()
}

// Publish returns the publisher of that id, a new one when there was none. It lasts until Unpublish, across as
// many connections of the participant as it takes.
func (r *Router) Publish(id string) *Publisher {
	r.mu.Lock()
	p, known := r.publishers[id]
	if !known {
		p = newPublisher(id)
		r.publishers[id] = p
		r.regrant()
	}
	r.finish()
	return p
}

// Unpublish ends the publisher of that id: its tracks everywhere and its taps. When it returns nothing of it is
// written any more. An unknown id is left alone.
func (r *Router) Unpublish(id string) {
	r.mu.Lock()
	p := r.publishers[id]
	delete(r.publishers, id)
	r.regrant()
	r.finish()
	if p != nil {
		p.close()
	}
}

// Subscribe returns a new subscriber of that id for one connection, and ends the one before it if there was one.
func (r *Router) Subscribe(id string) *Subscriber {
	s := &Subscriber{id: id, router: r, changed: make(chan struct{}, 1), tracks: map[trackKey]*Outgoing{}}
	r.mu.Lock()
	if before := r.subscribers[id]; before != nil {
		r.endAll(before)
	}
	r.subscribers[id] = s
	r.regrant()
	r.finish()
	return s
}

// Unsubscribe ends the subscriber of that id. When it returns nothing is written to it any more. An unknown id
// is left alone.
func (r *Router) Unsubscribe(id string) {
	r.mu.Lock()
	if s := r.subscribers[id]; s != nil {
		delete(r.subscribers, id)
		r.endAll(s)
	}
	r.finish()
}

// leave ends s, whether or not another subscriber of its id has taken its place.
func (r *Router) leave(s *Subscriber) {
	r.mu.Lock()
	if r.subscribers[s.id] == s {
		delete(r.subscribers, s.id)
	}
	r.endAll(s)
	r.finish()
}

// Close ends every publisher and subscriber.
func (r *Router) Close() {
	r.mu.Lock()
	publishers := r.publishers
	r.publishers = map[string]*Publisher{}
	for _, s := range r.subscribers {
		r.endAll(s)
	}
	r.subscribers = map[string]*Subscriber{}
	r.finish()
	for _, p := range publishers {
		p.close()
	}
}

// regrant brings every track into line with the access. It holds r.mu. First everything that is to stop is stopped.
func (r *Router) regrant() {
	for _, s := range r.subscribers {
		for key, track := range s.tracks {
			if r.publishers[key.publisher] != track.publisher || r.form(key, s) != track.Form {
				r.end(s, key, track)
			}
		}
	}
	for _, s := range r.subscribers {
		for _, p := range r.publishers {
			grant := r.access.grant(p.id, s.id)
			for _, kind := range kinds {
				s.begin(p, kind, grant.form(kind), grant)
			}
		}
	}
}

func (r *Router) form(key trackKey, s *Subscriber) Form {
	return r.access.grant(key.publisher, s.id).form(key.kind)
}

func (r *Router) endAll(s *Subscriber) {
	for key, track := range s.tracks {
		r.end(s, key, track)
	}
}

func (r *Router) end(s *Subscriber, key trackKey, track *Outgoing) {
	delete(s.tracks, key)
	track.subscription.revoke()
	r.draining[track.subscription] = true
	track.publisher.remove(track)
	s.notify()
}

// finish gives r.mu back and waits for every write that was under way when it was taken, those of other changes
// included, because the promise holds for the caller whoever made the change.
func (r *Router) finish() {
	waiting := make([]revocable, 0, len(r.draining))
	for s := range r.draining {
		waiting = append(waiting, s)
	}
	r.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	for _, s := range waiting {
		s.drain()
	}
	r.mu.Lock()
	for _, s := range waiting {
		delete(r.draining, s)
	}
	r.mu.Unlock()
}
