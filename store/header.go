package store

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// Buckets of the backend. Their names are constants of the format and tell nothing of what a vault holds.
var (
	bucketVault    = []byte("vault")
	bucketLogin    = []byte("login")
	bucketGrant    = []byte("grant")
	bucketManifest = []byte("manifest")
	bucketRecord   = []byte("record")
	bucketLog      = []byte("log")
)

// Keys of the first bucket. The newest head of the audit log stands there because so small a bucket costs a backend no
// page of its own.
var (
	keyHeader = []byte("header")
	keyHead   = []byte("head")
)

const (
	headerMagic   = "paravent vault\n\x00"
	currentFormat = 1
	headerSize    = len(headerMagic) + 2 + 16 + 32 + 9 + 4 + ed25519.PublicKeySize + sha256.Size
)

// header is the one record that is readable without a key.
type header struct {
	vault     [16]byte
	loginSalt [32]byte
	kdf       KDFParams // what the creator chose: the measure for every user's
	anchor    uint32    // epoch of the anchor secret; 0: none
	founder   ed25519.PublicKey
}

func (h header) id() string { return hex.EncodeToString(h.vault[:]) }

// identity is what makes this vault this one. Each user's keys are bound to it, so that a header can't be exchanged.
func (h header) identity() []byte {
	d := sha256.New()
	d.Write([]byte("paravent/vault/1"))
	d.Write(h.vault[:])
	d.Write(h.loginSalt[:])
	d.Write(h.founder)
	return d.Sum(nil)
}

func (h header) encode() []byte {
	b := make([]byte, 0, headerSize)
	b = append(b, headerMagic...)
	b = binary.BigEndian.AppendUint16(b, currentFormat)
	b = append(b, h.vault[:]...)
	b = append(b, h.loginSalt[:]...)
	b = h.kdf.append(b)
	b = binary.BigEndian.AppendUint32(b, h.anchor)
	b = append(b, h.founder...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// parseHeader reads a header. Every format begins with the magic and its number and ends with the SHA-256 of the rest,
// so that damage, a newer and an older format can be told apart.
func parseHeader(raw []byte) (header, error) {
	format, err := headerFormat(raw)
	switch {
	case err != nil:
		return header{}, err
	case format > currentFormat:
		return header{}, fmt.Errorf("%w (format %d)", ErrNewerFormat, format)
	case format < currentFormat:
		return header{}, fmt.Errorf("%w (format %d)", ErrOlderFormat, format)
	}
	return parseLayout(raw)
}

// headerFormat reads the number of a format, known or not.
func headerFormat(raw []byte) (int, error) {
	if raw == nil {
		return 0, ErrNotVault
	}
	if len(raw) < len(headerMagic)+2+sha256.Size || string(raw[:len(headerMagic)]) != headerMagic {
		return 0, damaged("its header is unreadable")
	}
	body, sum := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if sha256.Sum256(body) != [32]byte(sum) {
		return 0, damaged("its header is unreadable")
	}
	return int(binary.BigEndian.Uint16(body[len(headerMagic):])), nil
}

// parseLayout reads a header whose format number and checksum were looked at. All formats up to now have the same layout.
func parseLayout(raw []byte) (header, error) {
	var h header
	if len(raw) != headerSize {
		return h, damaged("its header is unreadable")
	}
	rest := raw[len(headerMagic)+2 : len(raw)-sha256.Size]
	rest = rest[copy(h.vault[:], rest):]
	rest = rest[copy(h.loginSalt[:], rest):]
	h.kdf, rest = parseKDF(rest)
	h.anchor, rest = binary.BigEndian.Uint32(rest), rest[4:]
	h.founder = append(h.founder, rest...)
	if err := h.kdf.bounded(); err != nil {
		return header{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return h, nil
}

func (p KDFParams) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, p.Time)
	b = binary.BigEndian.AppendUint32(b, p.MemoryKiB)
	return append(b, p.Threads)
}

// parseKDF reads the nine bytes that append wrote.
func parseKDF(b []byte) (p KDFParams, rest []byte) {
	p.Time = binary.BigEndian.Uint32(b)
	p.MemoryKiB = binary.BigEndian.Uint32(b[4:])
	p.Threads = b[8]
	return p, b[9:]
}
