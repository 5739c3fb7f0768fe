package store

import (
	"crypto/cipher"
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/chacha20poly1305"
)

// An envelope is a sealed record or manifest as it stands on disk:
//
//	suite (1) | key epoch (4) | revision (8) | nonce (24) | ciphertext and tag
const (
	suiteXChaCha   = 1
	envelopeFormat = 1

	nonceAt      = 1 + 4 + 8
	envelopeHead = nonceAt + chacha20poly1305.NonceSizeX
	tagSize      = chacha20poly1305.Overhead
	minEnvelope  = envelopeHead + tagSize

	kindRecord    = 'r'
	kindManifest  = 'm'
	placePhysical = 1 + 1 + 16 + 16
	placeSize     = placePhysical + physicalSize
)

// place is where an envelope belongs. It is bound into its seal, together with the envelope's own head.
type place [placeSize + nonceAt]byte

func newPlace(kind byte, vault [16]byte, t tag, physical []byte) (p place) {
	p[0], p[1] = envelopeFormat, kind
	copy(p[2:], vault[:])
	copy(p[18:], t[:])
	copy(p[placePhysical:], physical)
	return p
}

// bind completes the associated data with the head of the envelope.
func (p *place) bind(head []byte) []byte {
	copy(p[placeSize:], head[:nonceAt])
	return p[:]
}

// newEnvelope returns memory for an envelope of n bytes of plaintext, and the part of it for the plaintext.
func newEnvelope(n int) (envelope, plain []byte) {
	envelope = make([]byte, envelopeHead+n, envelopeHead+n+tagSize)
	return envelope, envelope[envelopeHead:]
}

// sealEnvelope seals an envelope of newEnvelope in place, with a nonce that was never used before.
func sealEnvelope(aead cipher.AEAD, p *place, epoch uint32, revision uint64, nonce []byte, envelope []byte) []byte {
	envelope[0] = suiteXChaCha
	binary.BigEndian.PutUint32(envelope[1:], epoch)
	binary.BigEndian.PutUint64(envelope[5:], revision)
	copy(envelope[nonceAt:], nonce)
	return aead.Seal(envelope[:envelopeHead], envelope[nonceAt:envelopeHead], envelope[envelopeHead:], p.bind(envelope))
}

// envelopeEpoch is the epoch that an envelope says it was sealed in, which its seal covers. It must have a head.
func envelopeEpoch(raw []byte) uint32 { return binary.BigEndian.Uint32(raw[1:]) }

// openEnvelope appends the plaintext to dst. The caller chose aead by the envelope's epoch.
func openEnvelope(aead cipher.AEAD, p *place, raw, dst []byte) (plain []byte, revision uint64, err error) {
	if len(raw) < minEnvelope || raw[0] != suiteXChaCha {
		return nil, 0, ErrDamaged
	}
	plain, err = aead.Open(dst, raw[nonceAt:envelopeHead], raw[envelopeHead:], p.bind(raw))
	if err != nil {
		return nil, 0, ErrDamaged
	}
	return plain, binary.BigEndian.Uint64(raw[5:]), nil
}

const minPadded = 256

// padded is the length that n bytes are padded to: 256 · 2^k or 384 · 2^k, so that lengths tell little.
func padded(n int) int {
	if n <= minPadded {
		return minPadded
	}
	power := 1 << (bits.Len(uint(n-1)) - 1) // largest power of two below n
	if n <= power+power/2 {
		return power + power/2
	}
	return 2 * power
}
