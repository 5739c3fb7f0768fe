package store

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A compartment's key is replaced when somebody is no member any more. The new one is granted to those who stay, and carries the ones before it
// along for as long as records are sealed with them: [Vault.Reseal] brings that to an end.

// olderKey is the secret of an earlier epoch, sealed under the key of the newest.
type olderKey struct {
	Epoch uint32
	Box   []byte // nonce, then ciphertext and tag
}

// sealOlder seals the keys before the newest under it.
func (k *compartmentKey) sealOlder(v *Vault) ([]olderKey, error) {
	if len(k.epochs) == 1 {
		return nil, nil
	}
	aead := newAEAD(expand(k.newest().key[:], "paravent/older/1", 32))
	var sealed []olderKey
	for _, e := range k.epochs[1:] {
		nonce, err := v.nonces(1)
		if err != nil {
			return nil, err
		}
		sealed = append(sealed, olderKey{e.epoch, aead.Seal(nonce, nonce, e.key[:], olderPlace(v.header.vault, k.tag, e.epoch))})
	}
	return sealed, nil
}

// complete gives a key that was just granted what its compartment's entry says of it: the keys before it and the end of this user's term.
func (k *compartmentKey) complete(v *Vault, e compartmentEntry) error {
	if e.Epoch != k.newest().epoch || subtle.ConstantTimeCompare(k.commitment(), e.Commitment) != 1 {
		return damaged("a grant holds another key than its compartment's")
	}
	k.until = e.Until[v.secrets.id()]
	aead := newAEAD(expand(k.newest().key[:], "paravent/older/1", 32))
	for _, older := range e.Older {
		if older.Epoch >= k.epochs[len(k.epochs)-1].epoch || len(older.Box) < aead.NonceSize() {
			return damaged("a compartment's earlier key is unreadable")
		}
		nonce, box := older.Box[:aead.NonceSize()], older.Box[aead.NonceSize():]
		key, err := aead.Open(nil, nonce, box, olderPlace(v.header.vault, k.tag, older.Epoch))
		if err != nil || len(key) != 32 {
			return damaged("a compartment's earlier key is unreadable")
		}
		k.epochs = append(k.epochs, newEpochKey(older.Epoch, key))
		clear(key)
	}
	k.forgetDerived() // those made meanwhile don't have the earlier keys
	return nil
}

func olderPlace(vault [16]byte, t tag, epoch uint32) []byte {
	b := append([]byte("paravent/older/1\x00"), vault[:]...)
	return binary.BigEndian.AppendUint32(append(b, t[:]...), epoch)
}

// rotate gives a compartment another key, for those of the members who are not revoked and whose term is not over. [ErrInvalid] when
// nobody is left.
func (tx *Tx) rotate(old *compartmentKey, members []UserID, until map[UserID]time.Time) error {
	members, err := tx.standing(members, until)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return fmt.Errorf("a compartment without members: %w", ErrInvalid)
	}
	// What this transaction changed so far is sealed with the key that it was changed under.
	if err := tx.writePending(); err != nil {
		return err
	}
	if _, err := tx.manifest(old); err != nil {
		return err
	}
	next, err := old.rotated(tx.v.opts.Rand)
	if err != nil {
		return err
	}
	if err := tx.dropGrants(next.tag); err != nil {
		return err
	}
	if err := tx.grantTo(next, members); err != nil {
		return err
	}
	terms := make(map[UserID]time.Time)
	for _, id := range members {
		if end := until[id]; !end.IsZero() {
			terms[id] = end
		}
	}
	next.until = terms[tx.v.me.ID]
	tx.replaceKey(next, slices.Contains(members, tx.v.me.ID))
	return tx.describe(next, members, terms)
}

// replaceKey makes key the one that the rest of the transaction writes the compartment with.
func (tx *Tx) replaceKey(key *compartmentKey, mine bool) {
	tx.wrote = true
	tx.dirty[key.tag] = key
	if key.tag == (tag{}) {
		tx.root = key
		return
	}
	tx.created[key.tag] = key
	if mine {
		tx.learned[key.tag] = key
	} else {
		delete(tx.learned, key.tag)
	}
}

// dropGrants takes away every grant of a compartment.
func (tx *Tx) dropGrants(t tag) error {
	var gone [][]byte
	err := tx.w.Range(bucketGrant, t[:], func(key, _ []byte) error {
		gone = append(gone, slices.Clone(key))
		return nil
	})
	for _, key := range gone {
		if err == nil {
			err = tx.w.Delete(bucketGrant, key)
		}
	}
	return err
}

// standing returns those of the members who are not revoked and whose term is not over.
func (tx *ReadTx) standing(members []UserID, until map[UserID]time.Time) ([]UserID, error) {
	now := tx.v.opts.Clock()
	var standing []UserID
	for _, id := range sortedMembers(members) {
		if end := until[id]; !end.IsZero() && !now.Before(end) {
			continue
		}
		switch err := tx.grantable(id); {
		case errors.Is(err, ErrRevoked):
		case err != nil:
			return nil, err
		default:
			standing = append(standing, id)
		}
	}
	return standing, nil
}

// Upkeep is what a vault is waiting for, of what this user can do.
type Upkeep struct {
	Rotations int // compartments with a member who was revoked or whose term is over
	Records   int // records that are sealed with a key that was replaced
}

// Due says what [Vault.Rotate] and [Vault.Reseal] would do. It reads the heads of all records of compartments whose key was replaced.
func (v *Vault) Due(ctx context.Context) (Upkeep, error) {
	var due Upkeep
	err := v.View(ctx, func(tx *ReadTx) error {
		due = Upkeep{}
		owed, err := tx.owed()
		if err != nil {
			return err
		}
		due.Rotations = len(owed)
		return tx.eachBetweenKeys(func(k *compartmentKey, e compartmentEntry) error {
			old, err := tx.sealedBefore(ctx, k, e)
			due.Records += len(old)
			return err
		})
	})
	if err != nil {
		return Upkeep{}, fmt.Errorf("upkeep of the vault: %w", err)
	}
	return due, nil
}

// Rotate gives another key to each compartment of this user's that has a member who was revoked or whose term is over, each in a transaction
// of its own, logged as "compartment.rotate". It returns how many there were. Compartments that this user can't read wait for one of their members:
// nobody makes a key for what they may not read.
func (v *Vault) Rotate(ctx context.Context) (int, error) {
	var owed []tag
	err := v.View(ctx, func(tx *ReadTx) (err error) {
		owed, err = tx.owed()
		return err
	})
	done := 0
	for _, t := range owed {
		if err == nil {
			err = v.rotateOne(ctx, t, &done)
		}
	}
	if err != nil {
		return done, fmt.Errorf("rotate keys: %w", err)
	}
	return done, nil
}

func (v *Vault) rotateOne(ctx context.Context, t tag, done *int) error {
	rotated := false
	err := v.Update(ctx, func(tx *Tx) error {
		rotated = false
		k, err := tx.keyOf(t)
		if errors.Is(err, ErrNoAccess) {
			return nil // this user's own term ended meanwhile
		}
		if err != nil {
			return err
		}
		e, err := tx.entryOf(t)
		if err != nil {
			return err
		}
		standing, err := tx.standing(e.Members, e.Until)
		if err != nil || len(standing) == len(e.Members) || len(standing) == 0 {
			return err // another desk did it meanwhile
		}
		rotated = true
		tx.Log("compartment.rotate", map[string]string{
			"members": fmt.Sprint(len(standing)), "removed": fmt.Sprint(len(e.Members) - len(standing)),
		})
		return tx.rotate(k, standing, e.Until)
	})
	if err == nil && rotated {
		*done++
	}
	return err
}

// owed finds this user's compartments with a member who was revoked or whose term is over.
func (tx *ReadTx) owed() ([]tag, error) {
	revoked, err := tx.revocations()
	if err != nil {
		return nil, err
	}
	now := tx.v.opts.Clock()
	gone := func(e compartmentEntry, id UserID) bool {
		_, out := revoked[id]
		end := e.Until[id]
		return out || !end.IsZero() && !now.Before(end)
	}
	var owed []tag
	err = tx.eachMine(func(t tag, e compartmentEntry) error {
		if !gone(e, tx.v.me.ID) && slices.ContainsFunc(e.Members, func(id UserID) bool { return gone(e, id) }) {
			owed = append(owed, t)
		}
		return nil
	})
	return owed, err
}

// eachMine calls fn with every compartment that this user is a member of, the directory included.
func (tx *ReadTx) eachMine(fn func(tag, compartmentEntry) error) error {
	entries, err := compartmentEntries.All(tx, directory)
	if err != nil {
		return err
	}
	for _, e := range entries {
		t, err := parseEntryID(e.ID)
		if err != nil {
			return err
		}
		if !slices.Contains(e.Value.Members, tx.v.me.ID) {
			continue
		}
		if err := fn(t, e.Value); err != nil {
			return err
		}
	}
	return nil
}

// eachBetweenKeys calls fn with every compartment that this user can read and that may hold records under keys that were replaced.
func (tx *ReadTx) eachBetweenKeys(fn func(*compartmentKey, compartmentEntry) error) error {
	return tx.eachMine(func(t tag, e compartmentEntry) error {
		if len(e.Older) == 0 || len(e.LogReader) > 0 {
			return nil
		}
		k, err := tx.keyOf(t)
		if errors.Is(err, ErrNoAccess) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(k, e)
	})
}
