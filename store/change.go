package store

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"
)

// maxPending bounds in bytes what a transaction holds back; beyond it, it writes on the way.
const maxPending = 8 << 20

// shareOut is the number of records that are sealed at a time.
const shareOut = 64

// change is one record that a transaction is about to write. Changes are held back so that they can be sealed together
// and written in the order of their names on disk, which spares the backend most of its searching.
type change struct {
	owner    *compartmentKey
	key      *collectionKey
	physical [physicalSize]byte
	revision uint64
	envelope []byte // the plaintext in its place until it is sealed; nil: the record is deleted
	tag      [32]byte
	whole    [32]byte
}

// read gives what the change will leave.
func (ch *change) read() (encoding byte, value []byte, revision uint64, err error) {
	if ch.envelope == nil {
		return 0, nil, 0, ErrNotFound
	}
	encoding, _, value, err = splitRecord(ch.envelope[envelopeHead:])
	return encoding, value, ch.revision, err
}

func (tx *Tx) put(in Compartment, collection, id string, envelope []byte) error {
	owner, err := tx.compartment(in)
	if err != nil {
		return err
	}
	key := owner.collection(collection)
	return tx.hold(change{owner: owner, key: key, physical: key.physical(id), revision: tx.revision, envelope: envelope})
}

func (tx *Tx) delete(in Compartment, collection, id string) error {
	owner, err := tx.compartment(in)
	if err != nil {
		return err
	}
	key := owner.collection(collection)
	gone := change{owner: owner, key: key, physical: key.physical(id)}
	if ch := tx.pending[gone.physical]; ch != nil {
		if ch.envelope == nil {
			return ErrNotFound
		}
		return tx.hold(gone)
	}
	raw, err := tx.r.Get(bucketRecord, gone.physical[:])
	if err != nil {
		return err
	}
	if raw == nil {
		return ErrNotFound
	}
	return tx.hold(gone)
}

func (tx *Tx) hold(ch change) error {
	tx.wrote = true
	if len(tx.slab) == cap(tx.slab) {
		tx.slab = make([]change, 0, shareOut)
	}
	tx.slab = append(tx.slab, ch)
	tx.pending[ch.physical] = &tx.slab[len(tx.slab)-1]
	tx.held += len(ch.envelope)
	if tx.held < maxPending {
		return nil
	}
	return tx.writePending()
}

// writePending seals and writes what was held back.
func (tx *Tx) writePending() error {
	if len(tx.pending) == 0 {
		return nil
	}
	changes := make([]*change, 0, len(tx.pending))
	for _, ch := range tx.pending {
		changes = append(changes, ch)
	}
	clear(tx.pending)
	tx.held = 0
	slices.SortFunc(changes, func(a, b *change) int { return bytes.Compare(a.physical[:], b.physical[:]) })
	nonces, err := tx.v.nonces(len(changes))
	if err != nil {
		return err
	}
	sealed := tx.v.sealAhead(changes, nonces)
	for i, ch := range changes {
		if i%shareOut == 0 {
			<-sealed[i/shareOut]
		}
		if err == nil {
			err = tx.write(ch)
		}
	}
	return err
}

// sealAhead seals changes in the background, share by share, while those before are written. The caller waits for every
// channel that it returns.
func (v *Vault) sealAhead(changes []*change, nonces []byte) []chan struct{} {
	var done []chan struct{}
	for range (len(changes) + shareOut - 1) / shareOut {
		done = append(done, make(chan struct{}))
	}
	work := func() {
		var place place
		for share, finished := range done {
			from := share * shareOut
			for i, ch := range changes[from:min(from+shareOut, len(changes))] {
				at := (from + i) * chacha20poly1305.NonceSizeX
				place = newPlace(kindRecord, v.header.vault, ch.owner.tag, ch.physical[:])
				ch.seal(&place, nonces[at:at+chacha20poly1305.NonceSizeX])
			}
			close(finished)
		}
	}
	if len(done) == 1 {
		work() // too few to share out
	} else {
		go work()
	}
	return done
}

// seal makes the envelope and its parts of the manifest's sums.
func (ch *change) seal(at *place, nonce []byte) {
	if ch.envelope == nil {
		return
	}
	epoch := ch.key.newest()
	ch.envelope = sealEnvelope(epoch.aead, at, epoch.epoch, ch.revision, nonce, ch.envelope)
	ch.tag = epoch.tagElement(ch.physical[:], ch.envelope)
	ch.whole = epoch.wholeElement(ch.physical[:], ch.envelope)
}

// write replaces a record and counts it in the manifest.
func (tx *Tx) write(ch *change) error {
	m, err := tx.manifest(ch.owner)
	if err != nil {
		return err
	}
	tx.dirty[ch.owner.tag] = ch.owner
	r := m[ch.key.prefix]
	old, err := tx.w.Get(bucketRecord, ch.physical[:])
	if err != nil {
		return err
	}
	if old != nil {
		epoch := ch.key.of(old)
		if epoch == nil || r.count == 0 {
			return damaged("a record is unreadable")
		}
		r.count--
		r.tags.sub(epoch.tagElement(ch.physical[:], old))
		r.whole.sub(epoch.wholeElement(ch.physical[:], old))
	}
	if ch.envelope == nil {
		return keepRow(m, ch, r, tx.w.Delete(bucketRecord, ch.physical[:]))
	}
	r.count++
	r.tags.add(ch.tag)
	r.whole.add(ch.whole)
	return keepRow(m, ch, r, tx.w.Put(bucketRecord, ch.physical[:], ch.envelope))
}

func keepRow(m manifest, ch *change, r row, err error) error {
	if r == (row{}) {
		delete(m, ch.key.prefix)
	} else {
		m[ch.key.prefix] = r
	}
	return err
}

// nonces draws n fresh nonces, one behind another.
func (v *Vault) nonces(n int) ([]byte, error) {
	b := make([]byte, n*chacha20poly1305.NonceSizeX)
	if _, err := io.ReadFull(v.opts.Rand, b); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	return b, nil
}
