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
	tag   tag
	epoch uint32
	key   [32]byte // secret of this epoch: contents
	name  [32]byte // secret of the names on disk

	manifest cipher.AEAD

	mu          sync.Mutex
	collections map[string]*collectionKey
}

// collectionKey holds what is derived for the records of one collection in one compartment.
type collectionKey struct {
	prefix [prefixSize]byte
	names  sync.Pool // of hash.Hash: HMACs under the collection's name key
	sum    [16]byte
	aead   cipher.AEAD
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
	k := &compartmentKey{
		tag: t, epoch: epoch, key: [32]byte(secret), name: [32]byte(secret[32:]),
		collections: make(map[string]*collectionKey),
	}
	k.manifest = newAEAD(expand(k.key[:], "paravent/manifest/1", 32))
	return k
}

// commitment lets a member see that the key that was granted is the one its compartment was made with.
func (k *compartmentKey) commitment() []byte {
	return expand(append(k.key[:len(k.key):len(k.key)], k.name[:]...), "paravent/commitment/1", 32)
}

// tagOf is the name on disk of another compartment. Only the directory's key is asked.
func (k *compartmentKey) tagOf(c Compartment) tag {
	return tag(mac(expand(k.name[:], "paravent/compartment/1", 32), string(c)))
}

func (k *compartmentKey) collection(name string) *collectionKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.collections[name]; c != nil {
		return c
	}
	c := k.under([prefixSize]byte(mac(expand(k.name[:], "paravent/collection/1", 32), name)))
	k.collections[name] = c
	return c
}

// under derives a collection's keys from its prefix alone, so that a check needs no names.
func (k *compartmentKey) under(prefix [prefixSize]byte) *collectionKey {
	name := expand(k.name[:], "paravent/name/1"+string(prefix[:]), 32)
	return &collectionKey{
		prefix: prefix,
		names:  sync.Pool{New: func() any { return hmac.New(sha256.New, name) }},
		sum:    [16]byte(expand(k.key[:], "paravent/sum/1"+string(prefix[:]), 16)),
		aead:   newAEAD(expand(k.key[:], "paravent/record/1"+string(prefix[:]), 32)),
	}
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

// logReader is the HPKE key pair by which every user can seal entries of the audit log to the members of its compartment.
func (k *compartmentKey) logReader() (hpke.PrivateKey, error) {
	return kem.NewPrivateKey(expand(k.key[:], "paravent/audit/1", 32))
}

func (k *compartmentKey) wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.key[:])
	clear(k.name[:])
	for _, c := range k.collections {
		clear(c.sum[:])
	}
	k.manifest, k.collections = nil, nil
}

// grant seals the compartment's secrets to a user.
func (k *compartmentKey) grant(vault [16]byte, user [16]byte, public []byte) ([]byte, error) {
	secret := append(k.key[:len(k.key):len(k.key)], k.name[:]...)
	defer clear(secret)
	enc, boxes, err := SealTo(public, grantPlace(vault, k.tag, k.epoch, user), secret)
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
