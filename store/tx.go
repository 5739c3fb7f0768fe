package store

import (
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
	learned   map[Compartment]*compartmentKey // for the vault to keep when the transaction succeeds
	created   map[Compartment]*compartmentKey // only within this transaction
	manifests map[Compartment]manifest
	pending   map[[physicalSize]byte]*change // what a Tx is yet to write
	flush     func() error                   // writes it; nil when there can't be any
}

// Tx is a transaction that writes as well.
type Tx struct {
	ReadTx
	w        Writer
	revision uint64
	head     audit.Head
	dirty    map[Compartment]*compartmentKey // whose manifests changed
	wrote    bool
	entries  []entryText
	session  *session          // as it is when the transaction succeeds
	held     int               // bytes in pending
	signers  map[string][]byte // what the transaction entered of who may sign heads
	slab     []change          // where the next pending changes go
}

func newReadTx(v *Vault, r Reader) *ReadTx {
	return &ReadTx{
		v: v, r: r,
		learned:   make(map[Compartment]*compartmentKey),
		manifests: make(map[Compartment]manifest),
	}
}

func newTx(v *Vault, w Writer) (*Tx, error) {
	tx := &Tx{ReadTx: *newReadTx(v, w), w: w, dirty: make(map[Compartment]*compartmentKey)}
	tx.created = make(map[Compartment]*compartmentKey)
	tx.pending = make(map[[physicalSize]byte]*change)
	tx.flush = tx.writePending
	head, err := tx.readHead()
	if err != nil {
		return nil, err
	}
	tx.head, tx.revision = head, uint64(head.Size)+1
	return tx, nil
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

// finish seals the manifests that changed and appends the audit entries.
func (tx *Tx) finish() error {
	if !tx.wrote && len(tx.entries) == 0 {
		return nil
	}
	if len(tx.entries) == 0 {
		return ErrNotAudited
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
	for _, c := range slices.Sorted(maps.Keys(tx.dirty)) {
		key := tx.dirty[c]
		place := newPlace(kindManifest, tx.v.header.vault, key.tag, nil)
		plain := tx.manifests[c].encode()
		raw, space := newEnvelope(len(plain))
		copy(space, plain)
		nonce, err := tx.v.nonces(1)
		if err != nil {
			return nil, err
		}
		raw = sealEnvelope(key.manifest, &place, key.epoch, tx.revision, nonce, raw)
		if err := tx.w.Put(bucketManifest, key.tag[:], raw); err != nil {
			return nil, err
		}
		states = append(states, manifestState(key.tag, raw))
	}
	if len(states) > audit.MaxStates {
		return nil, fmt.Errorf("compartments in one transaction: %w", ErrTooLarge)
	}
	return states, nil
}

// manifest reads a compartment's manifest once in a transaction.
func (tx *ReadTx) manifest(c Compartment, key *compartmentKey) (manifest, error) {
	if m := tx.manifests[c]; m != nil {
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
	tx.manifests[c] = m
	return m, nil
}

func openManifest(vault [16]byte, key *compartmentKey, raw []byte) (manifest, error) {
	if raw == nil {
		return nil, damaged("a manifest is missing")
	}
	place := newPlace(kindManifest, vault, key.tag, nil)
	plain, _, err := openEnvelope(key.manifest, &place, key.epoch, raw, nil)
	if err != nil {
		return nil, damaged("a manifest is unreadable")
	}
	return parseManifest(plain)
}
