package store

import (
	"bytes"
	"slices"
)

// lateWriter holds puts back until flush, so that they can be made while something else is reckoned. What it reads is as if they were made.
type lateWriter struct {
	Writer
	puts []latePut
}

type latePut struct{ bucket, key, value []byte }

func (l *lateWriter) find(bucket, key []byte) int {
	return slices.IndexFunc(l.puts, func(p latePut) bool { return bytes.Equal(p.key, key) && bytes.Equal(p.bucket, bucket) })
}

// Get implements [Reader].
func (l *lateWriter) Get(bucket, key []byte) ([]byte, error) {
	if i := l.find(bucket, key); i >= 0 {
		return l.puts[i].value, nil
	}
	return l.Writer.Get(bucket, key)
}

// Range implements [Reader].
func (l *lateWriter) Range(bucket, prefix []byte, fn func(key, value []byte) error) error {
	if err := l.flush(); err != nil {
		return err
	}
	return l.Writer.Range(bucket, prefix, fn)
}

// Put implements [Writer]. Who calls it may change key afterwards.
func (l *lateWriter) Put(bucket, key, value []byte) error {
	p := latePut{bucket, bytes.Clone(key), value}
	if i := l.find(bucket, key); i >= 0 {
		l.puts[i] = p
		return nil
	}
	l.puts = append(l.puts, p)
	return nil
}

// Delete implements [Writer].
func (l *lateWriter) Delete(bucket, key []byte) error {
	if err := l.flush(); err != nil {
		return err
	}
	return l.Writer.Delete(bucket, key)
}

// flush makes the puts, in the order in which they came.
func (l *lateWriter) flush() error {
	puts := l.puts
	l.puts = nil
	for _, p := range puts {
		if err := l.Writer.Put(p.bucket, p.key, p.value); err != nil {
			return err
		}
	}
	return nil
}
