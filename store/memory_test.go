package store_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"

	"paravent/store"
)

// memory is a backend that runs every Update's closure twice, as a backend may, and keeps only what the second run wrote.
type memory struct {
	mu      sync.RWMutex
	records map[string][]byte // bucket, zero, key
}

func newMemory() *memory { return &memory{records: make(map[string][]byte)} }

type memoryTx struct{ records map[string][]byte }

func place(bucket, key []byte) string { return string(bucket) + "\x00" + string(key) }

func (m *memory) View(_ context.Context, fn func(store.Reader) error) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return fn(memoryTx{m.records})
}

func (m *memory) Update(_ context.Context, fn func(store.Writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := fn(memoryTx{maps.Clone(m.records)}); err != nil {
		return err
	}
	again := maps.Clone(m.records)
	if err := fn(memoryTx{again}); err != nil {
		return err
	}
	m.records = again
	return nil
}

func (m *memory) Close() error { return nil }

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
	tx.records[place(bucket, key)] = value
	return nil
}

func (tx memoryTx) Delete(bucket, key []byte) error {
	delete(tx.records, place(bucket, key))
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
