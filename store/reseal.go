package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// resealBatch bounds what one transaction seals anew, where the backend sets no narrower limits.
const (
	resealRecords = 16 << 10
	resealBytes   = 8 << 20
)

// Reseal seals what is still under keys that were replaced with their newest, in batches, each logged as "compartment.reseal", and then drops
// those keys. It can be ended at any time and taken up again, by any member. Records keep their revisions: nothing in them changed. The audit log
// keeps its earlier keys: it is never written again. progress, if not nil, is told how many of how many records are done.
func (v *Vault) Reseal(ctx context.Context, progress func(done, total int)) error {
	var owed []resealing
	total := 0
	err := v.View(ctx, func(tx *ReadTx) error {
		owed, total = nil, 0
		return tx.eachBetweenKeys(func(k *compartmentKey, e compartmentEntry) error {
			old, err := tx.sealedBefore(ctx, k, e)
			owed = append(owed, resealing{k.tag, old})
			total += len(old)
			return err
		})
	})
	done := 0
	for _, c := range owed {
		for err == nil && len(c.old) > 0 {
			if err = ctx.Err(); err != nil {
				break
			}
			var n int
			n, err = v.resealSome(ctx, c)
			c.old = c.old[n:]
			if done += n; progress != nil && err == nil {
				progress(done, total)
			}
		}
		if err == nil {
			err = v.dropOlder(ctx, c.tag)
		}
	}
	if err != nil {
		return fmt.Errorf("seal anew: %w", err)
	}
	return nil
}

// resealing is a compartment and its records that are sealed with earlier keys.
type resealing struct {
	tag tag
	old [][physicalSize]byte
}

// sealedBefore finds a compartment's records that are sealed with earlier keys, in the order of their names on disk.
func (tx *ReadTx) sealedBefore(ctx context.Context, k *compartmentKey, e compartmentEntry) ([][physicalSize]byte, error) {
	if len(e.Older) == 0 {
		return nil, nil
	}
	m, err := tx.manifest(k)
	if err != nil {
		return nil, err
	}
	var old [][physicalSize]byte
	for _, prefix := range slices.SortedFunc(maps.Keys(m), comparePrefix) {
		err := tx.r.Range(bucketRecord, prefix[:], func(physical, raw []byte) error {
			if len(physical) != physicalSize || len(raw) < minEnvelope {
				return damaged("a record is unreadable")
			}
			if envelopeEpoch(raw) != k.newest().epoch {
				old = append(old, [physicalSize]byte(physical))
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return old, nil
}

// resealSome seals the first of the records anew and returns how many it dealt with.
func (v *Vault) resealSome(ctx context.Context, c resealing) (dealt int, err error) {
	most, bytes := resealRecords, resealBytes
	// A transaction writes its audit entry, head and manifest beside the records.
	const beside = 16
	if l := v.backend.Limits(); l.Ops > 0 {
		most = min(most, max(l.Ops-beside, 1))
	}
	if l := v.backend.Limits(); l.Bytes > 0 {
		bytes = min(bytes, l.Bytes/2)
	}
	err = v.Update(ctx, func(tx *Tx) error {
		dealt = 0
		k, err := tx.keyOf(c.tag)
		if err != nil {
			return err
		}
		written := 0
		for _, physical := range c.old {
			if dealt == most || dealt > 0 && tx.held >= bytes {
				break
			}
			fresh, err := tx.reseal(k, physical)
			if err != nil {
				return err
			}
			if dealt++; fresh {
				written++
			}
		}
		if written > 0 {
			tx.Log("compartment.reseal", map[string]string{"records": fmt.Sprint(written)})
		}
		return nil
	})
	return dealt, err
}

// reseal holds a record back to be sealed with the newest key. It does nothing when another desk was faster.
func (tx *Tx) reseal(k *compartmentKey, physical [physicalSize]byte) (fresh bool, err error) {
	raw, err := tx.r.Get(bucketRecord, physical[:])
	if err != nil || raw == nil {
		return false, err
	}
	key := k.collectionAt([prefixSize]byte(physical[:]))
	epoch := key.of(raw)
	if epoch == nil {
		return false, damaged("a record is unreadable")
	}
	if epoch == key.newest() {
		return false, nil
	}
	place := newPlace(kindRecord, tx.v.header.vault, k.tag, physical[:])
	envelope, space := newEnvelope(len(raw) - minEnvelope)
	_, revision, err := openEnvelope(epoch.aead, &place, raw, space[:0])
	if err != nil {
		return false, damaged("a record is unreadable")
	}
	return true, tx.hold(change{owner: k, key: key, physical: physical, revision: revision, envelope: envelope})
}

// dropOlder forgets a compartment's earlier keys, unless something is sealed with them after all.
func (v *Vault) dropOlder(ctx context.Context, t tag) error {
	return v.Update(ctx, func(tx *Tx) error {
		k, err := tx.keyOf(t)
		if err != nil {
			return err
		}
		e, err := tx.entryOf(t)
		if err != nil {
			return err
		}
		old, err := tx.sealedBefore(ctx, k, e)
		if err != nil || len(e.Older) == 0 || len(old) > 0 {
			return err
		}
		k = k.trimmed()
		tx.replaceKey(k, true)
		tx.Log("compartment.reseal", map[string]string{"records": "0", "keys": fmt.Sprint(len(e.Older))})
		return tx.describe(k, e.Members, e.Until)
	})
}
