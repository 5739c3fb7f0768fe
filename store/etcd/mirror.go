package etcd

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/btree"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"paravent/store"
)

// record is a value with the revision that wrote it.
type record struct {
	value    []byte // never nil, never changed
	modified int64
}

type tree = btree.Map[string, record]

// state is everything below the prefix at one revision. It is never changed.
type state struct {
	tree       *tree
	revision   int64 // of the newest change that it holds, or of the reading of it all
	generation int64 // revision that wrote the generation key; 0: none did
}

// mirror holds the newest state. One goroutine brings it up to date.
type mirror struct {
	b       *Backend
	current atomic.Pointer[state]
	copying sync.Mutex // a tree may be read while it is copied, but not copied twice at once

	mu      sync.Mutex
	changed chan struct{} // closed when current changes
}

const pageRecords = 500

func newMirror(b *Backend) *mirror { return &mirror{b: b, changed: make(chan struct{})} }

func (m *mirror) now() *state { return m.current.Load() }

// copy returns a tree of a state's records for the caller to change.
func (m *mirror) copy(s *state) *tree {
	m.copying.Lock()
	defer m.copying.Unlock()
	return s.tree.Copy()
}

// reach waits until the mirror holds a revision that is known to have changed something below the prefix.
func (m *mirror) reach(ctx context.Context, revision int64) error {
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
		if m.now().revision >= revision {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// show makes a state the newest, tells those who watch, and then lets go on who waits for it.
func (m *mirror) show(s *state, e store.Event) {
	m.current.Store(s)
	e.Revision = uint64(s.revision)
	if e.Foreign || e.Resync || s.generation == s.revision {
		m.b.tell(e)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	close(m.changed)
	m.changed = make(chan struct{})
}

// load reads everything below the prefix at one revision, page by page, and makes it current.
func (m *mirror) load(ctx context.Context) error {
	for {
		s, err := m.read(ctx)
		if errors.Is(err, rpctypes.ErrCompacted) {
			continue // the revision was compacted away between two pages
		}
		if err != nil {
			return err
		}
		m.current.Store(s)
		return nil
	}
}

func (m *mirror) read(ctx context.Context) (*state, error) {
	s := &state{tree: new(tree)}
	for from := m.b.layout.data; ; {
		options := []clientv3.OpOption{clientv3.WithRange(m.b.layout.end), clientv3.WithLimit(pageRecords)}
		if s.revision > 0 {
			options = append(options, clientv3.WithRev(s.revision))
		}
		page, err := m.b.client.Get(ctx, from, options...)
		if err != nil {
			return nil, err
		}
		if s.revision == 0 {
			s.revision = page.Header.Revision
		}
		for _, kv := range page.Kvs {
			s.put(m.b.layout, kv)
		}
		if !page.More {
			return s, nil
		}
		from = string(page.Kvs[len(page.Kvs)-1].Key) + "\x00"
	}
}

// put is for a state that is being made.
func (s *state) put(l layout, kv *mvccpb.KeyValue) {
	if string(kv.Key) == l.generation {
		s.generation = kv.ModRevision
		return
	}
	value := kv.Value
	if value == nil {
		value = []byte{}
	}
	s.tree.Set(string(kv.Key[len(l.data):]), record{value, kv.ModRevision})
}

// follow keeps the mirror up to date until ctx ends, whatever becomes of the watch: a member that goes away or has lost its
// leader, a link that is cut, a history that was compacted meanwhile.
func (m *mirror) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if m.watch(ctx) {
			for ctx.Err() == nil && !m.resync(ctx) {
				pause(ctx, m.b.config.Pulse/4)
			}
			continue
		}
		pause(ctx, m.b.config.Pulse/4)
	}
}

// watch applies changes for as long as it can, and reports whether what follows is lost, so that all must be read anew.
func (m *mirror) watch(ctx context.Context) (lost bool) {
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
	defer cancel()
	watched := m.b.client.Watch(ctx, m.b.layout.data,
		clientv3.WithRange(m.b.layout.end), clientv3.WithRev(m.now().revision+1))
	for response := range watched {
		if response.CompactRevision != 0 || errors.Is(response.Err(), rpctypes.ErrCompacted) {
			return true
		}
		if response.Err() != nil {
			return false
		}
		if len(response.Events) > 0 {
			m.apply(response.Events)
		}
	}
	return false
}

// apply makes the next state of some changes. They are of whole revisions: etcd never splits one over two responses.
func (m *mirror) apply(events []*clientv3.Event) {
	last, e := m.now(), store.Event{}
	next := &state{tree: m.copy(last), revision: last.revision, generation: last.generation}
	for _, change := range events {
		if change.Kv.ModRevision <= last.revision {
			continue
		}
		next.revision = max(next.revision, change.Kv.ModRevision)
		switch {
		case change.Type == clientv3.EventTypeDelete && string(change.Kv.Key) == m.b.layout.generation:
			next.generation, e.Foreign = 0, true // nobody here does that
		case change.Type == clientv3.EventTypeDelete:
			next.tree.Delete(string(change.Kv.Key[len(m.b.layout.data):]))
		default:
			next.put(m.b.layout, change.Kv)
			if string(change.Kv.Key) == m.b.layout.generation {
				e.Foreign = e.Foreign || !m.b.isOwn(change.Kv.Value)
			}
		}
	}
	m.show(next, e)
}

// resync reads everything anew and reports whether that worked.
func (m *mirror) resync(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 4*m.b.config.Timeout)
	defer cancel()
	s, err := m.read(ctx)
	if err != nil {
		return false
	}
	m.show(s, store.Event{Foreign: true, Resync: true})
	return true
}

// pause waits for about d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(jitter(d))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
