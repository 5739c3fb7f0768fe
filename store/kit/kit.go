// Package kit splits the key of a recovery kit among several people, and writes each one's part on a sheet that can be typed back.
//
// A kit is a random scalar of ristretto255, split by Shamir's method so that k of n parts give it back and fewer tell nothing; the seed of
// a key pair is derived from it. The package keeps nothing and knows no vault but by its id. Start from [Split] and [Join].
package kit

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
)

// Bounds of a kit: one person alone must not be enough, and a dozen sheets are more than a court can keep an eye on.
const (
	MinNeeded = 2
	MaxSheets = 12
)

// SeedSize is the length of the seed that a kit keeps, in bytes.
const SeedSize = 32

// MarkSize is the length of a sheet's mark in bytes.
const MarkSize = 16

// ID names a kit.
type ID [8]byte

func (id ID) String() string { return hex.EncodeToString(id[:]) }

// VaultID is the id of the vault that a kit is for.
type VaultID [16]byte

// Kit is what may be known of a kit: how many of its sheets are needed, and a mark of each one, by which a sheet that isn't the kit's is
// named.
//
// The marks are hashes and not Feldman's commitments: those would let a quantum computer find the secret, and everything else in a vault
// is made to withstand one. A sheet has 252 random bits, so its hash tells nothing.
type Kit struct {
	Vault  VaultID
	ID     ID
	Needed int
	Marks  [][MarkSize]byte // of the sheets in order, the first is sheet 1
}

// Sheet is one person's part of a kit. It is secret.
type Sheet struct {
	Vault [4]byte // the beginning of the vault's id
	Kit   ID
	Index byte // from 1
	Share [32]byte
}

// What can be wrong with sheets.
var (
	ErrBounds = errors.New("a kit needs at least two sheets of at most twelve")
	ErrTypo   = errors.New("the sheet is not typed as it is printed")
	ErrVault  = errors.New("the sheet is of another vault")
	ErrKit    = errors.New("the sheet is of another kit, perhaps of an older one")
	ErrFalse  = errors.New("the sheet says that it is of this kit and is not")
	ErrTwice  = errors.New("one sheet was given twice")
	ErrFew    = errors.New("more sheets are needed")
)

// SheetError says which sheet is wrong, by the number that is printed on it.
type SheetError struct {
	Sheet int
	Err   error
}

func (e *SheetError) Error() string { return fmt.Sprintf("sheet %d: %v", e.Sheet, e.Err) }

// Unwrap is what is wrong with the sheet.
func (e *SheetError) Unwrap() error { return e.Err }

// Split makes a kit with n sheets of which any needed give back its seed. The caller wipes the seed and the sheets.
func Split(rnd io.Reader, vault VaultID, needed, n int) (k Kit, seed []byte, sheets []Sheet, err error) {
	if needed < MinNeeded || n < needed || n > MaxSheets {
		return Kit{}, nil, nil, ErrBounds
	}
	k = Kit{Vault: vault, Needed: needed}
	if _, err := io.ReadFull(rnd, k.ID[:]); err != nil {
		return Kit{}, nil, nil, fmt.Errorf("read randomness: %w", err)
	}
	secret := group.Ristretto255.RandomNonZeroScalar(rnd)
	if seed, err = k.seed(secret); err != nil {
		return Kit{}, nil, nil, err
	}
	for i, share := range secretsharing.New(rnd, uint(needed-1), secret).Share(uint(n)) {
		s := Sheet{Vault: [4]byte(vault[:]), Kit: k.ID, Index: byte(i + 1)}
		value, err := share.Value.MarshalBinary()
		if err != nil {
			return Kit{}, nil, nil, fmt.Errorf("encode sheet: %w", err)
		}
		copy(s.Share[:], value)
		clear(value)
		sheets = append(sheets, s)
		k.Marks = append(k.Marks, k.mark(s))
	}
	return k, seed, sheets, nil
}

// seed derives what the kit keeps from its scalar.
func (k Kit) seed(secret group.Scalar) ([]byte, error) {
	raw, err := secret.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("encode secret: %w", err)
	}
	defer clear(raw)
	return hkdf.Key(sha256.New, raw, k.Vault[:], "paravent/kit/1"+string(k.ID[:]), SeedSize)
}

func (k Kit) mark(s Sheet) [MarkSize]byte {
	d := sha256.New()
	d.Write([]byte("paravent/kit/sheet/1"))
	d.Write(k.Vault[:])
	d.Write(k.ID[:])
	d.Write([]byte{s.Index})
	d.Write(s.Share[:])
	return [MarkSize]byte(d.Sum(nil))
}

// Check says whether a sheet is one of the kit's: [ErrVault], [ErrKit] or [ErrFalse] in a [*SheetError].
func (k Kit) Check(s Sheet) error {
	wrong := func(err error) error { return &SheetError{int(s.Index), err} }
	if s.Vault != [4]byte(k.Vault[:]) {
		return wrong(ErrVault)
	}
	if s.Kit != k.ID {
		return wrong(ErrKit)
	}
	if s.Index < 1 || int(s.Index) > len(k.Marks) {
		return wrong(ErrFalse)
	}
	mark := k.mark(s)
	if subtle.ConstantTimeCompare(mark[:], k.Marks[s.Index-1][:]) != 1 {
		return wrong(ErrFalse)
	}
	return nil
}

// Join gives back the kit's seed. Every sheet is checked first, so that a wrong one is named; [ErrTwice] and [ErrFew] are the other errors.
// The caller wipes the seed.
func Join(k Kit, sheets []Sheet) ([]byte, error) {
	seen := map[byte]bool{}
	shares := make([]secretsharing.Share, 0, len(sheets))
	for _, s := range sheets {
		if err := k.Check(s); err != nil {
			return nil, err
		}
		if seen[s.Index] {
			return nil, &SheetError{int(s.Index), ErrTwice}
		}
		seen[s.Index] = true
		value := group.Ristretto255.NewScalar()
		if err := value.UnmarshalBinary(s.Share[:]); err != nil {
			return nil, &SheetError{int(s.Index), ErrFalse}
		}
		shares = append(shares, secretsharing.Share{ID: group.Ristretto255.NewScalar().SetUint64(uint64(s.Index)), Value: value})
	}
	if k.Needed < MinNeeded || len(shares) < k.Needed {
		return nil, ErrFew
	}
	secret, err := secretsharing.Recover(uint(k.Needed-1), shares[:k.Needed])
	if err != nil {
		return nil, fmt.Errorf("join sheets: %w", err)
	}
	return k.seed(secret)
}

// Wipe forgets the sheet's secret.
func (s *Sheet) Wipe() { clear(s.Share[:]) }
