package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"paravent/store/audit"
)

// Reading is a transaction that reads: [*ReadTx] or [*Tx].
type Reading interface{ reading() *ReadTx }

// ReadTx is one consistent state of a vault. It serves one goroutine and ends with its closure.
type ReadTx struct {
	v         *Vault
	r         Reader
	root      *compartmentKey         // the directory's
	learned   map[tag]*compartmentKey // for the vault to keep when the transaction succeeds
	created   map[tag]*compartmentKey // only within this transaction
	manifests map[tag]manifest
	pending   map[[physicalSize]byte]*change // what a Tx is yet to write
	flush     func() error                   // writes it; nil when there can't be any
}

// Tx is a transaction that writes as well.
type Tx struct {
	ReadTx
	w        Writer
	revision uint64
	head     audit.Head
	dirty    map[tag]*compartmentKey // whose manifests changed
	wrote    bool
	entries  []entryText
	session  *session          // as it is when the transaction succeeds
	held     int               // bytes in pending
	signers  map[string][]byte // what the transaction entered of who may sign heads
	slab     []change          // where the next pending changes go

	late      *lateWriter // what is written while the head is signed; nil in a large transaction
	signed    audit.Head  // the head that it ends with
	anchorNow bool
}

func newReadTx(v *Vault, r Reader) (*ReadTx, error) {
	tx := &ReadTx{
		v: v, r: r, root: v.knownRoot(),
		learned:   make(map[tag]*compartmentKey),
		manifests: make(map[tag]manifest),
	}
	if tx.root != nil {
		current, err := tx.current(tx.root)
		if err != nil || current {
			return tx, err
		}
	}
	return tx, tx.openDirectory() // for the first time, or because another desk gave it another key
}

func newTx(v *Vault, w Writer) (*Tx, error) {
	reading, err := newReadTx(v, w)
	if err != nil {
		return nil, err
	}
	tx := &Tx{ReadTx: *reading, w: w, dirty: make(map[tag]*compartmentKey)}
	tx.created = make(map[tag]*compartmentKey)
	tx.pending = make(map[[physicalSize]byte]*change)
	tx.flush = tx.writePending
	head, err := tx.readHead()
	if err != nil {
		return nil, err
	}
	tx.head, tx.revision = head, uint64(head.Size)+1
	return tx, tx.trustHead()
}

// trustHead checks the signature of the head that the transaction goes on from, unless this unlock has checked or made it before: nobody signs over a
// false one.
func (tx *Tx) trustHead() error {
	if tx.head.Size == 0 || bytes.Equal(tx.head.Note, tx.v.trusted) {
		return nil
	}
	signer, err := tx.user(UserID(tx.head.Signer))
	if err != nil {
		return fmt.Errorf("%w: the audit log's newest head: %w", ErrDamaged, err)
	}
	if err := tx.head.Verify(signer.SigningPublic); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	tx.v.trusted = tx.head.Note
	return nil
}

func (tx *ReadTx) reading() *ReadTx { return tx }

// Log adds an entry to the audit log, in this transaction. Details hold opaque ids and counts: no name, no pseudonym,
// nothing that would have to be erased one day.
func (tx *Tx) Log(action string, details map[string]string) {
	tx.entries = append(tx.entries, entryText{
		Time: tx.v.opts.Clock().UTC().Round(0), User: tx.v.me.ID, Action: action, Details: maps.Clone(details),
	})
}

// entryText is the sealed part of an audit entry.
type entryText struct {
	Time    time.Time         `json:"t"`
	User    UserID            `json:"u"`
	Action  string            `json:"a"`
	Details map[string]string `json:"d,omitempty"`
}

// lateChanges is up to how many records are held back until the head is being signed. More are better written while others are sealed.
const lateChanges = 8

// finish seals the manifests that changed and appends the audit entries.
func (tx *Tx) finish() error {
	if !tx.wrote && len(tx.entries) == 0 {
		return nil
	}
	if len(tx.entries) == 0 {
		return ErrNotAudited
	}
	if len(tx.pending) <= lateChanges {
		// The head is signed while the records are written: of a small change, the signature is a good part of the time.
		tx.late = &lateWriter{Writer: tx.w}
		tx.w, tx.r = tx.late, tx.late
	}
	if err := tx.writePending(); err != nil {
		return err
	}
	states, err := tx.sealManifests()
	if err != nil {
		return err
	}
	return tx.appendEntries(tx.enteredSigners(states))
}

func (tx *Tx) sealManifests() ([]audit.State, error) {
	var states []audit.State
	for _, t := range slices.SortedFunc(maps.Keys(tx.dirty), func(a, b tag) int { return bytes.Compare(a[:], b[:]) }) {
		raw, err := tx.sealManifest(tx.dirty[t])
		if err != nil {
			return nil, err
		}
		states = append(states, manifestState(t, raw))
	}
	if len(states) > audit.MaxStates {
		return nil, fmt.Errorf("compartments in one transaction: %w", ErrTooLarge)
	}
	return states, nil
}

func (tx *Tx) sealManifest(key *compartmentKey) ([]byte, error) {
	epoch := key.newest()
	place := newPlace(kindManifest, tx.v.header.vault, key.tag, nil)
	plain := tx.manifests[key.tag].encode()
	raw, space := newEnvelope(len(plain))
	copy(space, plain)
	nonce, err := tx.v.nonces(1)
	if err != nil {
		return nil, err
	}
	raw = sealEnvelope(epoch.manifest, &place, epoch.epoch, tx.revision, nonce, raw)
	return raw, tx.w.Put(bucketManifest, key.tag[:], raw)
}

// manifest reads a compartment's manifest once in a transaction.
func (tx *ReadTx) manifest(key *compartmentKey) (manifest, error) {
	if m := tx.manifests[key.tag]; m != nil {
		return m, nil
	}
	raw, err := tx.r.Get(bucketManifest, key.tag[:])
	if err != nil {
		return nil, err
	}
	m, err := openManifest(tx.v.header.vault, key, raw)
	if err != nil {
		return nil, err
	}
	tx.manifests[key.tag] = m
	return m, nil
}

func openManifest(vault [16]byte, key *compartmentKey, raw []byte) (manifest, error) {
	if raw == nil {
		return nil, damaged("a manifest is missing")
	}
	epoch := key.newest()
	if len(raw) < minEnvelope || envelopeEpoch(raw) != epoch.epoch {
		return nil, damaged("a manifest is unreadable")
	}
	place := newPlace(kindManifest, vault, key.tag, nil)
	plain, _, err := openEnvelope(epoch.manifest, &place, raw, nil)
	if err != nil {
		return nil, damaged("a manifest is unreadable")
	}
	return parseManifest(plain)
}

// current says whether a key that was known before is still the newest of its compartment, by the epoch that the manifest
// shows. A compartment that is being made has none yet.
func (tx *ReadTx) current(k *compartmentKey) (bool, error) {
	raw, err := tx.r.Get(bucketManifest, k.tag[:])
	if err != nil || raw == nil {
		return err == nil, err
	}
	return len(raw) >= minEnvelope && envelopeEpoch(raw) == k.newest().epoch, nil
}
