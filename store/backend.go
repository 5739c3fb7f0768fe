package store

import (
	"context"
	"fmt"
)

// Backend keeps named byte strings in buckets. It is handed ciphertext only. Every implementation passes the suite of
// package storetest; docs/backends.md says what each of them asks of its surroundings.
//
// View shows one consistent state, at least as new as the last Update of this Backend that ended before it began.
//
// Update is atomic and serializable: all of its writes or none, as if no other Update of any desk ran meanwhile. Its closure
// may be run again, so it must have no effects of its own. An error of Update means that nothing was kept, unless it is
// [ErrUncertain]. Where several desks share the contents it fails with [ErrConflict] when others were faster again and
// again, and with [ErrCutOff] when they can't be reached; View goes on with what was last seen. A transaction beyond
// [Limits] fails with a [*LimitError].
//
// Both return the closure's error unchanged, and the context's when it has ended before they begin. Both are safe for concurrent use; a closure must
// not call its own backend, nor wait for a transaction of another goroutine. After Close they fail with [ErrClosed].
type Backend interface {
	View(ctx context.Context, fn func(Reader) error) error
	Update(ctx context.Context, fn func(Writer) error) error
	// Watch tells of every change after the call. The channel holds one event, into which later ones are merged until it is
	// received; it is closed when ctx ends or the backend is closed.
	Watch(ctx context.Context) <-chan Event
	// Limits are the same for as long as the backend is open.
	Limits() Limits
	Close() error
}

// Reader reads within one transaction. The byte slices it hands out belong to the backend: they hold until the
// transaction ends and must not be changed.
type Reader interface {
	// Get returns the value, or nil and no error when there is none. An empty value is not nil.
	Get(bucket, key []byte) ([]byte, error)
	// Range calls fn for each key that begins with prefix, in ascending order of bytes, until fn fails. fn must not write.
	Range(bucket, prefix []byte, fn func(key, value []byte) error) error
}

// Writer writes within one transaction. It keeps no hold of key; value must stay as it is until the transaction ends.
type Writer interface {
	Reader
	// Put fails with [ErrInvalid] for a name that [CheckName] refuses.
	Put(bucket, key, value []byte) error
	// Delete does nothing when the key isn't there.
	Delete(bucket, key []byte) error
}

// Lengths of names in bytes.
const (
	MaxBucket = 64
	MaxKey    = 1024
)

// CheckName fails with [ErrInvalid] unless bucket has 1 to [MaxBucket] bytes and key 1 to [MaxKey].
func CheckName(bucket, key []byte) error {
	if len(bucket) == 0 || len(bucket) > MaxBucket || len(key) == 0 || len(key) > MaxKey {
		return fmt.Errorf("bucket of %d bytes, key of %d: %w", len(bucket), len(key), ErrInvalid)
	}
	return nil
}

// Limits is what one transaction may write. Zero: as much as the machine bears.
type Limits struct {
	Ops   int // different keys put or deleted
	Bytes int // of those keys and their new values together, names of buckets not counted
}

// Check fails with a [*LimitError] when a transaction that changes ops keys with so many bytes goes beyond the limits.
func (l Limits) Check(ops, bytes int) error {
	if l.Ops > 0 && ops > l.Ops || l.Bytes > 0 && bytes > l.Bytes {
		return &LimitError{Ops: ops, Bytes: bytes, Limits: l}
	}
	return nil
}

// LimitError is an [ErrTooLarge] that concerns a transaction as a whole. Nothing of it was kept.
type LimitError struct {
	Ops, Bytes int // what the transaction would have written
	Limits     Limits
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("this writes %d entries of %d bytes at once, and the vault's server takes %d entries of %d bytes", e.Ops, e.Bytes, e.Limits.Ops, e.Limits.Bytes)
}

func (e *LimitError) Unwrap() error { return ErrTooLarge }
