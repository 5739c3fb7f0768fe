package bolt

import (
	"bytes"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"

	"paravent/store"
)

// transaction is one bbolt transaction seen through [store.Writer].
type transaction struct {
	tx    *bbolt.Tx
	wrote bool
}

// Get implements [store.Reader].
func (t *transaction) Get(bucket, key []byte) (value []byte, err error) {
	defer damaged(&err)
	b := t.tx.Bucket(bucket)
	if b == nil {
		return nil, nil
	}
	return b.Get(key), nil
}

// Range implements [store.Reader].
func (t *transaction) Range(bucket, prefix []byte, fn func(key, value []byte) error) error {
	cursor, key, value, err := t.seek(bucket, prefix)
	for err == nil && key != nil && bytes.HasPrefix(key, prefix) {
		if err := fn(key, value); err != nil {
			return err
		}
		key, value, err = next(cursor)
	}
	return err
}

func (t *transaction) seek(bucket, prefix []byte) (cursor *bbolt.Cursor, key, value []byte, err error) {
	defer damaged(&err)
	b := t.tx.Bucket(bucket)
	if b == nil {
		return nil, nil, nil, nil
	}
	cursor = b.Cursor()
	key, value = cursor.Seek(prefix)
	return cursor, key, value, nil
}

func next(cursor *bbolt.Cursor) (key, value []byte, err error) {
	defer damaged(&err)
	key, value = cursor.Next()
	return key, value, nil
}

// Put implements [store.Writer].
func (t *transaction) Put(bucket, key, value []byte) (err error) {
	defer damaged(&err)
	if err := store.CheckName(bucket, key); err != nil {
		return err
	}
	t.wrote = true
	b := t.tx.Bucket(bucket)
	if b == nil {
		if b, err = t.tx.CreateBucket(bucket); err != nil {
			return mapError(err)
		}
	}
	return mapError(b.Put(key, value))
}

// Delete implements [store.Writer].
func (t *transaction) Delete(bucket, key []byte) (err error) {
	defer damaged(&err)
	b := t.tx.Bucket(bucket)
	if b == nil || b.Get(key) == nil {
		return nil
	}
	t.wrote = true
	return mapError(b.Delete(key))
}

// damaged turns a panic of bbolt, which is how it meets pages that make no sense, into [store.ErrDamaged].
func damaged(err *error) {
	if fault := recover(); fault != nil {
		*err = fmt.Errorf("%w: %v", store.ErrDamaged, fault)
	}
}

// addressed is what the runtime's error for a fault of mapped memory has and its other errors lack.
type addressed interface{ Addr() uintptr }

// guard runs fn with faults of mapped memory turned into [store.ErrDamaged]: a file that was cut short under the mapping
// must not end the process. Any other panic comes from the caller's closure and goes on.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		if _, ok := fault.(addressed); !ok {
			panic(fault)
		}
		err = fmt.Errorf("%w: part of the file can't be read", store.ErrDamaged)
	}()
	return fn()
}
