package store

import (
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
	plain, err := encodeRecord(id, v)
	if err != nil {
		return fmt.Errorf("put record: %w", err)
	}
	if err := tx.put(in, c.name, id, plain); err != nil {
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
	v, err := decodeValue[T](encoding, value)
	if err != nil {
		return Entry[T]{}, fmt.Errorf("get record: %w", err)
	}
	return Entry[T]{ID: id, Value: v, Revision: revision}, nil
}

// All reads every record of the collection in the compartment, ordered by id. It fails with [ErrDamaged] when one is
// missing, surplus or not of the revision that the manifest counts.
func (c Collection[T]) All(r Reading, in Compartment) ([]Entry[T], error) {
	var entries []Entry[T]
	err := c.Each(r, in, func(e Entry[T]) error {
		entries = append(entries, e)
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
	return r.reading().each(in, c.name, func(id, value []byte, encoding byte, revision uint64) error {
		v, err := decodeValue[T](encoding, value)
		if err != nil {
			return err
		}
		return fn(Entry[T]{ID: string(id), Value: v, Revision: revision})
	})
}

// Delete takes a record away, or fails with [ErrNotFound]. Its bytes may stay on the disk until they are written over.
func (c Collection[T]) Delete(tx *Tx, in Compartment, id string) error {
	if err := tx.delete(in, c.name, id); err != nil {
		return fmt.Errorf("delete record: %w", err)
	}
	return nil
}

func (tx *Tx) put(in Compartment, collection, id string, plain []byte) error {
	slot, err := tx.slot(in, collection, id)
	if err != nil {
		return err
	}
	raw, err := sealEnvelope(tx.v.opts.Rand, slot.key.aead, &slot.place, slot.epoch, tx.revision, plain)
	if err != nil {
		return err
	}
	slot.row.add(slot.key, slot.physical[:], raw)
	tx.keep(in, slot)
	return tx.w.Put(bucketRecord, slot.physical[:], raw)
}

func (tx *Tx) delete(in Compartment, collection, id string) error {
	slot, err := tx.slot(in, collection, id)
	if err != nil {
		return err
	}
	if !slot.occupied {
		return ErrNotFound
	}
	tx.keep(in, slot)
	return tx.w.Delete(bucketRecord, slot.physical[:])
}

// slot is where a record is about to change. Its row counts the record that stood there no longer.
type slot struct {
	key      *collectionKey
	epoch    uint32
	physical [physicalSize]byte
	place    place
	row      row
	manifest manifest
	owner    *compartmentKey
	occupied bool
}

func (tx *Tx) slot(in Compartment, collection, id string) (*slot, error) {
	owner, err := tx.compartment(in)
	if err != nil {
		return nil, err
	}
	m, err := tx.manifest(in, owner)
	if err != nil {
		return nil, err
	}
	s := &slot{key: owner.collection(collection), epoch: owner.epoch, owner: owner, manifest: m}
	s.physical = s.key.physical(id)
	s.place = newPlace(kindRecord, tx.v.header.vault, owner.tag, s.physical[:])
	s.row = m[s.key.prefix]
	old, err := tx.r.Get(bucketRecord, s.physical[:])
	if err != nil {
		return nil, err
	}
	if old != nil {
		if len(old) < minEnvelope || s.row.count == 0 {
			return nil, damaged("a record is unreadable")
		}
		s.occupied = true
		s.row.remove(s.key, s.physical[:], old)
	}
	return s, nil
}

// keep writes a slot's row back to the manifest.
func (tx *Tx) keep(in Compartment, s *slot) {
	tx.wrote = true
	tx.dirty[in] = s.owner
	if s.row == (row{}) {
		delete(s.manifest, s.key.prefix)
		return
	}
	s.manifest[s.key.prefix] = s.row
}

func (tx *ReadTx) get(in Compartment, collection, id string) (encoding byte, value []byte, revision uint64, err error) {
	owner, err := tx.compartment(in)
	if err != nil {
		return 0, nil, 0, err
	}
	key := owner.collection(collection)
	physical := key.physical(id)
	raw, err := tx.r.Get(bucketRecord, physical[:])
	if err != nil {
		return 0, nil, 0, err
	}
	if raw == nil {
		return 0, nil, 0, ErrNotFound
	}
	place := newPlace(kindRecord, tx.v.header.vault, owner.tag, physical[:])
	plain, revision, err := openEnvelope(key.aead, &place, owner.epoch, raw, nil)
	if err != nil {
		return 0, nil, 0, damaged("a record is unreadable")
	}
	encoding, foundID, value, err := splitRecord(plain)
	if err == nil && string(foundID) != id {
		err = damaged("a record is not the one it should be")
	}
	return encoding, value, revision, err
}

// each opens every record of a collection and holds it against the manifest.
func (tx *ReadTx) each(in Compartment, collection string,
	fn func(id, value []byte, encoding byte, revision uint64) error) error {
	owner, err := tx.compartment(in)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	m, err := tx.manifest(in, owner)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	key := owner.collection(collection)
	var found row
	err = tx.scan(owner, key, func(physical, raw, plain []byte, revision uint64) error {
		found.count++
		found.tags.add(key.tagElement(physical, raw))
		encoding, id, value, err := splitRecord(plain)
		if err != nil {
			return err
		}
		return fn(id, value, encoding, revision)
	}, nil)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	if want := m[key.prefix]; found.count != want.count || found.tags != want.tags {
		return fmt.Errorf("read records: %w", damaged("records are missing, surplus or out of date"))
	}
	return nil
}

// scan opens the records under a collection's prefix. plain is the scan's own memory and holds until fn returns. A record
// that doesn't open ends the scan, or is told to faulty when there is one.
func (tx *ReadTx) scan(owner *compartmentKey, key *collectionKey,
	fn func(physical, raw, plain []byte, revision uint64) error, faulty func(error)) error {
	place := newPlace(kindRecord, tx.v.header.vault, owner.tag, nil)
	var plain []byte
	defer func() { clear(plain[:cap(plain)]) }()
	return tx.r.Range(bucketRecord, key.prefix[:], func(physical, raw []byte) error {
		revision, err := uint64(0), ErrDamaged
		if len(physical) == physicalSize {
			copy(place[34:], physical)
			plain, revision, err = openEnvelope(key.aead, &place, owner.epoch, raw, plain[:0])
		}
		switch {
		case err == nil:
			return fn(physical, raw, plain, revision)
		case faulty == nil:
			return damaged("a record is unreadable")
		}
		faulty(damaged("a record is unreadable"))
		return nil
	})
}
