package store

import (
	"context"
	"sync"
)

// Event says that a backend's contents, or its reach, have changed.
type Event struct {
	Revision uint64 // of the newest change seen; it grows with every change, by any step
	Foreign  bool   // a change came from another desk
	Resync   bool   // the contents were read anew: any of them may have changed
	CutOff   bool   // as things stand, the contents can be read but not changed
}

// merge joins an event with a later one.
func (e Event) merge(later Event) Event {
	later.Foreign = later.Foreign || e.Foreign
	later.Resync = later.Resync || e.Resync
	return later
}

// Broadcast hands a backend's events to those who watch it. The zero value is ready. It is safe for concurrent use, and no
// watcher holds it up.
type Broadcast struct {
	mu       sync.Mutex
	watchers map[chan Event]func() bool // how to take its context's end off the list of things to do
	last     Event
	closed   bool
}

// Watch is [Backend.Watch]. One who begins while the backend is cut off is told so at once.
func (b *Broadcast) Watch(ctx context.Context) <-chan Event {
	b.mu.Lock()
	defer b.mu.Unlock()
	events := make(chan Event, 1)
	if b.closed {
		close(events)
		return events
	}
	if b.last.CutOff {
		events <- b.last
	}
	if b.watchers == nil {
		b.watchers = make(map[chan Event]func() bool)
	}
	b.watchers[events] = context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, ok := b.watchers[events]; ok {
			delete(b.watchers, events)
			close(events)
		}
	})
	return events
}

// Publish tells every watcher. Of events that overtake one another, none takes the revision back.
func (b *Broadcast) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.Revision = max(e.Revision, b.last.Revision)
	b.last = e
	for events := range b.watchers {
		merged := e
		select {
		case waiting := <-events:
			merged = waiting.merge(e)
		default:
		}
		events <- merged // there is room: only Publish sends, under mu
	}
}

// Close ends every watch.
func (b *Broadcast) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for events, stop := range b.watchers {
		stop()
		close(events)
	}
	b.watchers = nil
}

// Watch tells of changes to the vault, by this desk and others, as its backend sees them. It stays open over [Vault.Lock].
func (v *Vault) Watch(ctx context.Context) <-chan Event { return v.backend.Watch(ctx) }
