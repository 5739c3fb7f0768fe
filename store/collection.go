package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Collection is a kind of record: values of T under their ids. The same collection has its own records in each
// compartment. T is stored as JSON, or as it is when it is []byte.
type Collection[T any] struct{ name string }

// Entry is one record.
type Entry[T any] struct {
	ID       string
	Value    T
	Revision uint64 // number of the transaction that wrote it: it grows with every change, by any step
}

// NewCollection names a collection. The name is part of the vault's format: it must not change afterwards.
func NewCollection[T any](name string) Collection[T] { return Collection[T]{name} }

// Put writes a record, in place of one with the same id if there is one. It fails with [ErrNoAccess] when this user
// can't read the compartment, and with [ErrTooLarge] when the value with its id is above [MaxRecord].
func (c Collection[T]) Put(tx *Tx, in Compartment, id string, v T) error {
	envelope, err := encodeRecord(id, v)
	if err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	if err := tx.put(in, c.name, id, envelope); err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	return nil
}

// Get reads a record: [ErrNotFound], [ErrNoAccess], or [ErrDamaged] when it isn't what was written here.
func (c Collection[T]) Get(r Reading, in Compartment, id string) (T, error) {
	e, err := c.Entry(r, in, id)
	return e.Value, err
}

// Entry is Get with the revision.
func (c Collection[T]) Entry(r Reading, in Compartment, id string) (Entry[T], error) {
	encoding, value, revision, err := r.reading().get(in, c.name, id)
	if err != nil {
		return Entry[T]{}, fmt.Errorf("get record: %w", err)
	}
	v, err := decodeValue[T](encoding, value, json.Unmarshal)
	if err != nil {
		return Entry[T]{}, fmt.Errorf("get record: %w", err)
	}
	return Entry[T]{ID: id, Value: v, Revision: revision}, nil
}

// All reads every record of the collection in the compartment, ordered by id. It fails with [ErrDamaged] when one is
// missing, surplus or not of the revision that the manifest counts.
func (c Collection[T]) All(r Reading, in Compartment) ([]Entry[T], error) {
	var entries []Entry[T]
	err := c.read(r.reading(), in, func(count uint64) {
		entries = make([]Entry[T], 0, min(count, 1<<20))
	}, func(opened []Entry[T]) error {
		entries = append(entries, opened...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b Entry[T]) int { return strings.Compare(a.ID, b.ID) })
	return entries, nil
}

// Each calls fn for every record of the collection in the compartment, in no order that means anything. What fn was
// given before an [ErrDamaged] is authentic, but not all of it. fn must not write.
func (c Collection[T]) Each(r Reading, in Compartment, fn func(Entry[T]) error) error {
	return c.read(r.reading(), in, func(uint64) {}, func(opened []Entry[T]) error {
		for _, e := range opened {
			if err := fn(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// read opens every record of the collection and holds them against the manifest, whose count it tells first.
func (c Collection[T]) read(tx *ReadTx, in Compartment, expect func(count uint64), give func([]Entry[T]) error) error {
	owner, err := tx.compartment(in)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	if tx.flush != nil {
		if err := tx.flush(); err != nil {
			return fmt.Errorf("read records: %w", err)
		}
	}
	m, err := tx.manifest(owner)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	key := owner.collection(c.name)
	want := m[key.prefix]
	expect(want.count)
	found, faults, err := scan(tx, owner, key, decodeEntry[T], give)
	switch {
	case err != nil:
		return fmt.Errorf("read records: %w", err)
	case faults > 0:
		return fmt.Errorf("read records: %w", damaged("a record is unreadable"))
	case found.count != want.count || found.tags != want.tags:
		return fmt.Errorf("read records: %w", damaged("records are missing, surplus or out of date"))
	}
	return nil
}

func decodeEntry[T any](d *decoder, _, _, plain []byte, revision uint64) (Entry[T], error) {
	encoding, id, value, err := splitRecord(plain)
	if err != nil {
		return Entry[T]{}, err
	}
	v, err := decodeValue[T](encoding, value, d.decode)
	return Entry[T]{ID: string(id), Value: v, Revision: revision}, err
}

// Delete takes a record away, or fails with [ErrNotFound]. Its bytes may stay on the disk until they are written over.
func (c Collection[T]) Delete(tx *Tx, in Compartment, id string) error {
	if err := tx.delete(in, c.name, id); err != nil {
		return fmt.Errorf("delete record: %w", err)
	}
	return nil
}

func (tx *ReadTx) get(in Compartment, collection, id string) (encoding byte, value []byte, revision uint64, err error) {
	owner, err := tx.compartment(in)
	if err != nil {
		return 0, nil, 0, err
	}
	key := owner.collection(collection)
	physical := key.physical(id)
	if ch := tx.pending[physical]; ch != nil {
		return ch.read()
	}
	raw, err := tx.r.Get(bucketRecord, physical[:])
	if err != nil {
		return 0, nil, 0, err
	}
	if raw == nil {
		return 0, nil, 0, ErrNotFound
	}
	place := newPlace(kindRecord, tx.v.header.vault, owner.tag, physical[:])
	epoch := key.of(raw)
	if epoch == nil {
		return 0, nil, 0, damaged("a record is unreadable")
	}
	plain, revision, err := openEnvelope(epoch.aead, &place, raw, nil)
	if err != nil {
		return 0, nil, 0, damaged("a record is unreadable")
	}
	encoding, foundID, value, err := splitRecord(plain)
	if err == nil && string(foundID) != id {
		err = damaged("a record is not the one it should be")
	}
	return encoding, value, revision, err
}
