package store

import "context"

// Backend keeps named byte strings in buckets. It is handed ciphertext only.
//
// View shows one consistent state. Update is atomic: all of its writes or none. Its closure may be run again, so it must
// have no effects of its own. An error of Update means that nothing was kept, unless it is [ErrUncertain]. Both return
// the closure's error unchanged, and are safe for concurrent use; a closure must not call its own backend.
type Backend interface {
	View(ctx context.Context, fn func(Reader) error) error
	Update(ctx context.Context, fn func(Writer) error) error
	Close() error
}

// Reader reads within one transaction. The byte slices it hands out belong to the backend: they hold until the
// transaction ends and must not be changed.
type Reader interface {
	// Get returns the value, or nil and no error when there is none.
	Get(bucket, key []byte) ([]byte, error)
	// Range calls fn for each key that begins with prefix, in ascending order of bytes, until fn fails. fn must not write.
	Range(bucket, prefix []byte, fn func(key, value []byte) error) error
}

// Writer writes within one transaction. It keeps no hold of key; value must stay as it is until the transaction ends.
type Writer interface {
	Reader
	Put(bucket, key, value []byte) error
	// Delete does nothing when the key isn't there.
	Delete(bucket, key []byte) error
}
