// Package identity seals the true identity of a protected party, so that nobody alone can read it back.
//
// Each field is encrypted under a key of its own; each key is split in two by XOR, one half for each college; and each half
// is sealed to the public keys of that college's members. Sealing needs public keys only: whoever types an identity cannot
// read it afterwards. Reading back is the ceremony of a [Request]: asked by one, approved by one of each college who are neither the
// asker nor the receiver, and opened by the receiver's own key alone, until a date.
// The types to start from are [Sealed], made by [Seal], and [Request].
package identity

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"paravent/protection"
	"paravent/store"
)

// Field is one field of a true identity.
type Field string

// The fields.
const (
	Name        Field = "name"
	BirthDate   Field = "birth_date"
	BirthYear   Field = "birth_year" // apart, because an age is often all that is needed
	BirthPlace  Field = "birth_place"
	Nationality Field = "nationality"
	Address     Field = "address"
	Contact     Field = "contact"
	Family      Field = "family"
	Documents   Field = "documents"
	Face        Field = "face"  // a portrait in JPEG, to compare who sits there with
	Voice       Field = "voice" // a few seconds of speech: 16-bit mono samples at 16 kHz, little-endian
	Note        Field = "note"
)

// AllFields lists the fields in the order in which a form asks for them.
var AllFields = []Field{Name, BirthDate, BirthYear, BirthPlace, Nationality, Address, Contact, Family, Documents, Face, Voice, Note}

// Spoken reports whether a field is words, and not a picture or a sound.
func (f Field) Spoken() bool { return f != Face && f != Voice }

// Limit is the most that a field takes, in bytes.
func (f Field) Limit() int {
	if f.Spoken() {
		return maxField
	}
	return maxReference
}

// Apart splits fields into those that are sealed as one record, and each that is large enough for one of its own.
func (fields Fields) Apart() []Fields {
	words := Fields{}
	var apart []Fields
	for f, value := range fields {
		if f.Spoken() {
			words[f] = value
		} else if value != "" {
			apart = append(apart, Fields{f: value})
		}
	}
	if len(words) > 0 || len(apart) == 0 {
		apart = append(apart, words)
	}
	return apart
}

// Fields is an identity as it is typed. It stays in memory no longer than it takes to seal it.
type Fields map[Field]string

// College is a group of officials who hold one half of every key.
type College string

// The two colleges.
const (
	Court College = "court"
	Bench College = "bench"
)

// Recipient is a member of a college: an id, and the public HPKE key that the half is sealed to.
type Recipient struct {
	ID     string
	Public []byte
}

// Sealed is a sealed identity, as it is stored.
type Sealed struct {
	Party   protection.PartyID `json:"party"`
	Entered time.Time          `json:"entered"` // of two records of one field the later counts
	Boxes   []Box              `json:"boxes"`
	Shares  []Share            `json:"shares"`
}

// Box is one sealed field: nonce and XChaCha20-Poly1305 ciphertext, padded so that its length tells little.
type Box struct {
	Field  Field  `json:"field"`
	Cipher []byte `json:"cipher"`
}

// Share is one member's halves of the field keys, in the order of Boxes, sealed by HPKE.
type Share struct {
	College College  `json:"college"`
	Holder  string   `json:"holder"`
	Enc     []byte   `json:"enc"`
	Halves  [][]byte `json:"halves"`
}

// Errors of sealing.
var (
	ErrNoCollege = errors.New("an identity or a sealed exhibit can be sealed only when each college has a member")
	ErrBoth      = errors.New("nobody can sit in both colleges")
	ErrField     = errors.New("this field does not exist")
	ErrTooLong   = errors.New("a field holds at most 4000 bytes")
	ErrEmpty     = errors.New("nothing was entered")
)

const (
	maxField = 4000
	// maxReference keeps a portrait or a voice, with the shares beside it, within one record of the vault.
	maxReference = 512 << 10
	padTo        = 256 // bytes; a field's length is hidden within steps of this
	context      = "paravent/identity/1"
)

// Seal seals the fields that are not empty to the members of both colleges. It reads key material from random.
func Seal(random io.Reader, party protection.PartyID, fields Fields, court, bench []Recipient) (Sealed, error) {
	if len(court) == 0 || len(bench) == 0 {
		return Sealed{}, ErrNoCollege
	}
	for _, c := range court {
		if slices.ContainsFunc(bench, func(b Recipient) bool { return b.ID == c.ID }) {
			return Sealed{}, ErrBoth
		}
	}
	for f := range fields {
		if !slices.Contains(AllFields, f) {
			return Sealed{}, ErrField
		}
	}
	sealed := Sealed{Party: party}
	var courtHalves, benchHalves [][]byte
	for _, f := range AllFields {
		if fields[f] == "" {
			continue
		}
		if len(fields[f]) > f.Limit() {
			return Sealed{}, fmt.Errorf("%s: %w", f, ErrTooLong)
		}
		key, half, other := make([]byte, 32), make([]byte, 32), make([]byte, 32)
		if err := readAll(random, key, half); err != nil {
			return Sealed{}, err
		}
		for i := range key {
			other[i] = key[i] ^ half[i]
		}
		box, err := sealField(random, key, party, f, fields[f])
		clear(key)
		if err != nil {
			return Sealed{}, err
		}
		sealed.Boxes = append(sealed.Boxes, Box{f, box})
		courtHalves, benchHalves = append(courtHalves, half), append(benchHalves, other)
	}
	if len(sealed.Boxes) == 0 {
		return Sealed{}, ErrEmpty
	}
	for college, members := range map[College][]Recipient{Court: court, Bench: bench} {
		halves := courtHalves
		if college == Bench {
			halves = benchHalves
		}
		for _, m := range members {
			enc, boxes, err := store.SealTo(m.Public, ShareInfo(party, college, m.ID), halves...)
			if err != nil {
				return Sealed{}, fmt.Errorf("seal a half to %s college: %w", college, err)
			}
			sealed.Shares = append(sealed.Shares, Share{college, m.ID, enc, boxes})
		}
	}
	for i := range courtHalves {
		clear(courtHalves[i])
		clear(benchHalves[i])
	}
	return sealed, nil
}

// WithoutShares returns a sealed identity without the shares of holders who are to have none any more, and whether there were any. It
// keeps those of the last holder of a college: without them nobody could ever open the identity.
func (s Sealed) WithoutShares(gone func(holder string) bool) (Sealed, bool) {
	stays := map[College]bool{}
	for _, x := range s.Shares {
		stays[x.College] = stays[x.College] || !gone(x.Holder)
	}
	kept := slices.DeleteFunc(slices.Clone(s.Shares), func(x Share) bool { return stays[x.College] && gone(x.Holder) })
	dropped := len(kept) < len(s.Shares)
	s.Shares = kept
	return s, dropped
}

// HasShare says whether a holder has a share, of either college.
func (s Sealed) HasShare(holder string) bool {
	return slices.ContainsFunc(s.Shares, func(x Share) bool { return x.Holder == holder })
}

// ShareInfo is the HPKE info string that binds a share to its party, college and holder.
func ShareInfo(party protection.PartyID, college College, holder string) []byte {
	return []byte(context + "/share\x00" + string(party) + "\x00" + string(college) + "\x00" + holder)
}

func aad(party protection.PartyID, f Field) []byte {
	return []byte(context + "/field\x00" + string(party) + "\x00" + string(f))
}

func sealField(random io.Reader, key []byte, party protection.PartyID, f Field, text string) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if err := readAll(random, nonce); err != nil {
		return nil, err
	}
	return aead.Seal(nonce, nonce, pad([]byte(text)), aad(party, f)), nil
}

// Open joins the two halves of a field's key and opens its box. Only [Request.View] can bring both halves together.
func Open(party protection.PartyID, box Box, courtHalf, benchHalf []byte) (string, error) {
	if len(courtHalf) != 32 || len(benchHalf) != 32 {
		return "", errors.New("a half has the wrong length")
	}
	key := make([]byte, 32)
	for i := range key {
		key[i] = courtHalf[i] ^ benchHalf[i]
	}
	defer clear(key)
	var aead cipher.AEAD
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return "", err
	}
	if len(box.Cipher) < aead.NonceSize() {
		return "", errors.New("the field is damaged")
	}
	n := aead.NonceSize()
	plain, err := aead.Open(nil, box.Cipher[:n], box.Cipher[n:], aad(party, box.Field))
	if err != nil {
		return "", errors.New("the halves do not open this field")
	}
	return unpad(plain)
}

func pad(p []byte) []byte {
	n := (len(p)/padTo + 1) * padTo
	out := make([]byte, n)
	copy(out, p)
	out[len(p)] = 0x80
	return out
}

func unpad(p []byte) (string, error) {
	for i := len(p) - 1; i >= 0; i-- {
		switch p[i] {
		case 0:
		case 0x80:
			return string(p[:i]), nil
		default:
			return "", errors.New("the field is damaged")
		}
	}
	return "", errors.New("the field is damaged")
}

func readAll(random io.Reader, into ...[]byte) error {
	for _, b := range into {
		if _, err := io.ReadFull(random, b); err != nil {
			return fmt.Errorf("read random bytes: %w", err)
		}
	}
	return nil
}
