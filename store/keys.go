package store

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"paravent/store/audit"
)

// Compartment is the logical name of a set of records with the same members, for instance "docket" or "care/<id>". Only
// a keyed hash of it is on disk.
type Compartment string

// AuditCompartment is made with every vault. Its members can read the audit log, to which every user writes. The first
// user is a member; others are added with [Tx.AddMembers].
const AuditCompartment Compartment = "audit"

// directory holds the users and the compartments. Every user is a member. No caller can write its name.
const directory Compartment = "\x00directory"

type tag = audit.CompartmentTag

// compartmentKey is a compartment as its members see it.
type compartmentKey struct {
	tag    tag
	name   [32]byte    // secret of the names on disk, the same in every epoch
	epochs []*epochKey // newest first: it writes, those behind it only read
	until  time.Time   // when this user's membership ends; zero: it doesn't

	mu          sync.Mutex
	prefixes    map[string][prefixSize]byte
	collections map[[prefixSize]byte]*collectionKey
}

// epochKey is the secret of a compartment's contents between two rotations.
type epochKey struct {
	epoch    uint32
	key      [32]byte
	manifest cipher.AEAD
}

// collectionKey holds what is derived for the records of one collection in one compartment.
type collectionKey struct {
	prefix [prefixSize]byte
	names  sync.Pool // of hash.Hash: HMACs under the collection's name key
	epochs []collectionEpoch
}

// collectionEpoch is a collection's part of an epoch.
type collectionEpoch struct {
	epoch uint32
	sum   [16]byte
	aead  cipher.AEAD
}

const (
	prefixSize   = 16
	physicalSize = prefixSize + 16 // physical key of a record: its collection's prefix, its own hash
	grantSize    = EncapsulatedSize + 64 + 16
)

func newCompartmentKey(rnd io.Reader, t tag) (*compartmentKey, error) {
	var secret [64]byte
	if _, err := io.ReadFull(rnd, secret[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	defer clear(secret[:])
	return compartmentKeyFrom(t, 1, secret[:]), nil
}

func compartmentKeyFrom(t tag, epoch uint32, secret []byte) *compartmentKey {
	k := &compartmentKey{tag: t, name: [32]byte(secret[32:]), epochs: []*epochKey{newEpochKey(epoch, secret)}}
	k.forgetDerived()
	return k
}

func newEpochKey(epoch uint32, key []byte) *epochKey {
	e := &epochKey{epoch: epoch, key: [32]byte(key)}
	e.manifest = newAEAD(expand(e.key[:], "paravent/manifest/1", 32))
	return e
}

// rotated returns the compartment with a fresh key, which keeps those before it to read with.
func (k *compartmentKey) rotated(rnd io.Reader) (*compartmentKey, error) {
	var key [32]byte
	if _, err := io.ReadFull(rnd, key[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	defer clear(key[:])
	next := &compartmentKey{tag: k.tag, name: k.name, epochs: []*epochKey{newEpochKey(k.newest().epoch+1, key[:])}}
	next.forgetDerived()
	for _, e := range k.epochs {
		next.epochs = append(next.epochs, newEpochKey(e.epoch, e.key[:]))
	}
	return next, nil
}

// trimmed returns the compartment without the keys before its newest, when nothing is sealed with them any more.
func (k *compartmentKey) trimmed() *compartmentKey {
	e := k.newest()
	next := &compartmentKey{tag: k.tag, name: k.name, until: k.until, epochs: []*epochKey{newEpochKey(e.epoch, e.key[:])}}
	next.forgetDerived()
	return next
}

// newest is the epoch that writes.
func (k *compartmentKey) newest() *epochKey { return k.epochs[0] }

// over says that this user's membership has ended.
func (k *compartmentKey) over(now time.Time) bool { return !k.until.IsZero() && !now.Before(k.until) }

// of is the epoch of that number, or nil.
func (k *compartmentKey) of(epoch uint32) *epochKey {
	for _, e := range k.epochs {
		if e.epoch == epoch {
			return e
		}
	}
	return nil
}

// commitment lets a member see that the key that was granted is the one its compartment was made with.
func (k *compartmentKey) commitment() []byte {
	secret := k.secret()
	defer clear(secret)
	return expand(secret, "paravent/commitment/1", 32)
}

// secret is what a grant holds.
func (k *compartmentKey) secret() []byte {
	return append(append(make([]byte, 0, 64), k.newest().key[:]...), k.name[:]...)
}

// tagOf is the name on disk of another compartment. Only the directory's key is asked.
func (k *compartmentKey) tagOf(c Compartment) tag {
	return tag(mac(expand(k.name[:], "paravent/compartment/1", 32), string(c)))
}

// forgetDerived drops what was derived from the secrets, when there are others.
func (k *compartmentKey) forgetDerived() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.prefixes = make(map[string][prefixSize]byte)
	k.collections = make(map[[prefixSize]byte]*collectionKey)
}

func (k *compartmentKey) collection(name string) *collectionKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	prefix, known := k.prefixes[name]
	if !known {
		prefix = [prefixSize]byte(mac(expand(k.name[:], "paravent/collection/1", 32), name))
		k.prefixes[name] = prefix
	}
	return k.at(prefix)
}

// collectionAt finds a collection by its prefix alone, without its name.
func (k *compartmentKey) collectionAt(prefix [prefixSize]byte) *collectionKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.at(prefix)
}

// at is collectionAt under the lock.
func (k *compartmentKey) at(prefix [prefixSize]byte) *collectionKey {
	c := k.collections[prefix]
	if c == nil {
		c = k.under(prefix)
		k.collections[prefix] = c
	}
	return c
}

// under derives a collection's keys from its prefix.
func (k *compartmentKey) under(prefix [prefixSize]byte) *collectionKey {
	name := expand(k.name[:], "paravent/name/1"+string(prefix[:]), 32)
	c := &collectionKey{prefix: prefix, names: sync.Pool{New: func() any { return hmac.New(sha256.New, name) }}}
	for _, e := range k.epochs {
		c.epochs = append(c.epochs, collectionEpoch{
			epoch: e.epoch,
			sum:   [16]byte(expand(e.key[:], "paravent/sum/1"+string(prefix[:]), 16)),
			aead:  newAEAD(expand(e.key[:], "paravent/record/1"+string(prefix[:]), 32)),
		})
	}
	return c
}

// newest is the epoch that writes.
func (c *collectionKey) newest() *collectionEpoch { return &c.epochs[0] }

// of is the epoch that an envelope says it was sealed in, or nil.
func (c *collectionKey) of(envelope []byte) *collectionEpoch {
	if len(envelope) < minEnvelope {
		return nil
	}
	epoch := envelopeEpoch(envelope)
	for i := range c.epochs {
		if c.epochs[i].epoch == epoch {
			return &c.epochs[i]
		}
	}
	return nil
}

// physical is where a record stands on disk.
func (c *collectionKey) physical(id string) (p [physicalSize]byte) {
	m := c.names.Get().(hash.Hash)
	defer c.names.Put(m)
	m.Reset()
	io.WriteString(m, id)
	var sum [sha256.Size]byte
	m.Sum(sum[:0])
	copy(p[:], c.prefix[:])
	copy(p[prefixSize:], sum[:])
	return p
}

// reader is the HPKE key pair by which every user can seal to the members of a letterbox.
func (e *epochKey) reader() (hpke.PrivateKey, error) {
	return kem.NewPrivateKey(expand(e.key[:], "paravent/audit/1", 32))
}

func (k *compartmentKey) wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.name[:])
	for _, e := range k.epochs {
		clear(e.key[:])
		e.manifest = nil
	}
	for _, c := range k.collections {
		for i := range c.epochs {
			clear(c.epochs[i].sum[:])
			c.epochs[i].aead = nil
		}
	}
	k.prefixes, k.collections = nil, nil
}

// grant seals the compartment's secrets to a user.
func (k *compartmentKey) grant(vault [16]byte, user [16]byte, public []byte) ([]byte, error) {
	secret := k.secret()
	defer clear(secret)
	enc, boxes, err := SealTo(public, grantPlace(vault, k.tag, k.newest().epoch, user), secret)
	if err != nil {
		return nil, err
	}
	return append(enc, boxes[0]...), nil
}

// openGrant is the other side of grant.
func openGrant(key hpke.PrivateKey, vault [16]byte, t tag, epoch uint32, user [16]byte, raw []byte) (*compartmentKey, error) {
	if len(raw) != grantSize {
		return nil, damaged("a grant is unreadable")
	}
	enc, box := raw[:EncapsulatedSize], raw[EncapsulatedSize:]
	plain, err := openSealed(key, enc, grantPlace(vault, t, epoch, user), [][]byte{box})
	if err != nil {
		return nil, damaged("a grant is unreadable")
	}
	defer clear(plain[0])
	return compartmentKeyFrom(t, epoch, plain[0]), nil
}

func grantPlace(vault [16]byte, t tag, epoch uint32, user [16]byte) []byte {
	b := append([]byte("paravent/grant/1"), vault[:]...)
	return append(b, grantKey(t, epoch, user)...)
}

func grantKey(t tag, epoch uint32, user [16]byte) []byte {
	b := binary.BigEndian.AppendUint32(t[:len(t):len(t)], epoch)
	return append(b, user[:]...)
}

func mac(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	io.WriteString(m, text)
	return m.Sum(nil)
}

func newAEAD(key []byte) cipher.AEAD {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic("store: " + err.Error()) // only a key of another length fails
	}
	return aead
}
