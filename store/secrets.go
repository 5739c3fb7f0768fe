package store

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"paravent/store/locked"
)

// UserID names a user: 32 hexadecimal digits that tell nothing.
type UserID string

func (id UserID) bytes() (b [16]byte, err error) {
	if len(id) != 2*len(b) {
		return b, fmt.Errorf("user id: %w", ErrInvalid)
	}
	if _, err := hex.Decode(b[:], []byte(id)); err != nil {
		return b, fmt.Errorf("user id: %w", ErrInvalid)
	}
	return b, nil
}

// secrets are a user's private keys, in locked memory from the unlock to the lock.
type secrets struct {
	user    [16]byte
	hpke    *locked.Bytes // X-Wing seed
	signing *locked.Bytes // Ed25519 seed
}

func newSecrets(rnd io.Reader) (*secrets, error) {
	s := &secrets{hpke: locked.New(seedSize), signing: locked.New(seedSize)}
	for _, b := range [][]byte{s.user[:], s.hpke.Bytes(), s.signing.Bytes()} {
		if _, err := io.ReadFull(rnd, b); err != nil {
			s.wipe()
			return nil, fmt.Errorf("read randomness: %w", err)
		}
	}
	return s, nil
}

func (s *secrets) id() UserID { return UserID(hex.EncodeToString(s.user[:])) }

func (s *secrets) encode() []byte {
	b := append(make([]byte, 0, 16+2*seedSize), s.user[:]...) // whole at once: growing would leave a part behind
	b = append(b, s.hpke.Bytes()...)
	return append(b, s.signing.Bytes()...)
}

func parseSecrets(b []byte) (*secrets, error) {
	if len(b) != 16+2*seedSize {
		return nil, damaged("a user's keys are unreadable")
	}
	s := &secrets{[16]byte(b), locked.New(seedSize), locked.New(seedSize)}
	copy(s.hpke.Bytes(), b[16:])
	copy(s.signing.Bytes(), b[16+seedSize:])
	return s, nil
}

func (s *secrets) hpkeKey() (hpke.PrivateKey, error) { return kem.NewPrivateKey(s.hpke.Bytes()) }

func (s *secrets) signingKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.signing.Bytes()) }

func (s *secrets) wipe() {
	s.hpke.Wipe()
	s.signing.Wipe()
}

// expand derives a key for one purpose from a uniformly random one (HKDF-Expand with SHA-256, RFC 5869 §2.3).
func expand(key []byte, purpose string, size int) []byte {
	out, err := hkdf.Expand(sha256.New, key, purpose, size)
	if err != nil {
		panic("store: " + err.Error()) // only a size beyond 8160 bytes fails, and sizes are constants
	}
	return out
}
