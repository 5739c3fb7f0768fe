package store_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"

	"paravent/store"
	"paravent/store/storetest"
)

// memory is a backend that runs every Update's closure twice, as a backend may, and keeps only what the second run wrote.
type memory struct {
	writing  sync.Mutex // one Update at a time
	mu       sync.RWMutex
	records  map[string][]byte // bucket, zero, key; replaced by every Update, never changed by one
	revision uint64
	closed   bool
	limits   store.Limits
	events   store.Broadcast
}

func newMemory() *memory { return &memory{records: make(map[string][]byte)} }

func TestMemoryIsABackend(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.Backend {
		m := newMemory()
		m.limits = store.Limits{Ops: 100, Bytes: 1 << 20}
		return m
	})
}

type memoryTx struct {
	records map[string][]byte
	changed map[string]int // bytes of the keys written, with their values
}

func place(bucket, key []byte) string { return string(bucket) + "\x00" + string(key) }

func (m *memory) now(ctx context.Context) (map[string][]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, store.ErrClosed
	}
	return m.records, ctx.Err()
}

func (m *memory) View(ctx context.Context, fn func(store.Reader) error) error {
	records, err := m.now(ctx)
	if err != nil {
		return err
	}
	return fn(memoryTx{records: records})
}

func (m *memory) Update(ctx context.Context, fn func(store.Writer) error) error {
	m.writing.Lock()
	defer m.writing.Unlock()
	records, err := m.now(ctx)
	if err != nil {
		return err
	}
	var tx memoryTx
	for range 2 {
		tx = memoryTx{maps.Clone(records), make(map[string]int)}
		if err := fn(tx); err != nil {
			return err
		}
	}
	written := 0
	for k, size := range tx.changed {
		written += size
		if v, ok := tx.records[k]; ok {
			tx.records[k] = append([]byte{}, v...)
		}
	}
	if err := m.limits.Check(len(tx.changed), written); err != nil || len(tx.changed) == 0 {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = tx.records
	m.revision++
	m.events.Publish(store.Event{Revision: m.revision})
	return nil
}

func (m *memory) Watch(ctx context.Context) <-chan store.Event { return m.events.Watch(ctx) }

func (m *memory) Limits() store.Limits { return m.limits }

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.events.Close()
	return nil
}

func (tx memoryTx) Get(bucket, key []byte) ([]byte, error) {
	return tx.records[place(bucket, key)], nil
}

func (tx memoryTx) Range(bucket, prefix []byte, fn func(key, value []byte) error) error {
	for _, k := range slices.Sorted(maps.Keys(tx.records)) {
		key, ok := bytes.CutPrefix([]byte(k), []byte(place(bucket, nil)))
		if !ok || !bytes.HasPrefix(key, prefix) {
			continue
		}
		if err := fn(key, tx.records[k]); err != nil {
			return err
		}
	}
	return nil
}

func (tx memoryTx) Put(bucket, key, value []byte) error {
	if err := store.CheckName(bucket, key); err != nil {
		return err
	}
	if value == nil {
		value = []byte{}
	}
	tx.records[place(bucket, key)] = value
	tx.changed[place(bucket, key)] = len(key) + len(value)
	return nil
}

func (tx memoryTx) Delete(bucket, key []byte) error {
	if _, ok := tx.records[place(bucket, key)]; ok {
		delete(tx.records, place(bucket, key))
		tx.changed[place(bucket, key)] = len(key)
	}
	return nil
}

// keys returns the keys of a bucket that begin with prefix.
func (m *memory) keys(bucket, prefix string) []string {
	var keys []string
	for _, k := range slices.Sorted(maps.Keys(m.records)) {
		if rest, ok := bytes.CutPrefix([]byte(k), []byte(bucket+"\x00"+prefix)); ok {
			keys = append(keys, prefix+string(rest))
		}
	}
	return keys
}

// copy returns a backend with the same records.
func (m *memory) copy() *memory {
	c := newMemory()
	for k, v := range m.records {
		c.records[k] = bytes.Clone(v)
	}
	return c
}
