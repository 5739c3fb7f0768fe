package store

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
)

// manifest says what a compartment holds, so that a record that is missing, surplus or older than it should be is seen.
// It is sealed with the compartment's key and changes in the transaction that changes the records.
type manifest map[[prefixSize]byte]row

// row is one collection: how many records, and two sums over them of keyed hashes that anyone without the compartment's
// key can neither compute nor steer (the additive set hash of Clarke et al., MSet-Add-Hash, 2003).
type row struct {
	count uint64
	tags  sum256 // over each record's name and seal: cheap enough for every scan
	whole sum256 // over each record's name and whole envelope: also holds against members who know the key
}

const rowSize = prefixSize + 8 + 32 + 32

// sum256 is an integer modulo 2^256, least significant word first.
type sum256 [4]uint64

func (s *sum256) add(h [32]byte) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], binary.LittleEndian.Uint64(h[8*i:]), carry)
	}
}

func (s *sum256) sub(h [32]byte) {
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], binary.LittleEndian.Uint64(h[8*i:]), borrow)
	}
}

// merge adds another sum.
func (s *sum256) merge(o sum256) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], o[i], carry)
	}
}

func (s sum256) append(b []byte) []byte {
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}

func parseSum(b []byte) (s sum256) {
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return s
}

// tagElement is a record's part of row.tags. The seal covers place, revision and contents.
func (c *collectionEpoch) tagElement(physical, envelope []byte) [32]byte {
	var b [48]byte
	copy(b[:], c.sum[:])
	copy(b[16:], physical[prefixSize:])
	copy(b[32:], envelope[len(envelope)-tagSize:])
	return sha256.Sum256(b[:])
}

// wholeElement is a record's part of row.whole.
func (c *collectionEpoch) wholeElement(physical, envelope []byte) (h [32]byte) {
	d := sha256.New()
	d.Write(c.sum[:])
	d.Write(physical[prefixSize:])
	d.Write(envelope)
	d.Sum(h[:0])
	return h
}

// encode returns the padded plaintext: the number of rows (4), then the rows in order of their prefixes.
func (m manifest) encode() []byte {
	size := 4 + len(m)*rowSize
	b := make([]byte, 0, padded(size))
	b = binary.BigEndian.AppendUint32(b, uint32(len(m)))
	for _, prefix := range slices.SortedFunc(maps.Keys(m), comparePrefix) {
		r := m[prefix]
		b = append(b, prefix[:]...)
		b = binary.BigEndian.AppendUint64(b, r.count)
		b = r.tags.append(b)
		b = r.whole.append(b)
	}
	return b[:cap(b)]
}

func parseManifest(b []byte) (manifest, error) {
	if len(b) < 4 {
		return nil, damaged("a manifest makes no sense")
	}
	n, rest := binary.BigEndian.Uint32(b), b[4:]
	if uint64(n)*rowSize > uint64(len(rest)) {
		return nil, damaged("a manifest makes no sense")
	}
	m := make(manifest, n)
	for range n {
		m[[prefixSize]byte(rest)] = row{
			count: binary.BigEndian.Uint64(rest[prefixSize:]),
			tags:  parseSum(rest[prefixSize+8:]),
			whole: parseSum(rest[prefixSize+40:]),
		}
		rest = rest[rowSize:]
	}
	return m, nil
}

func comparePrefix(a, b [prefixSize]byte) int { return slices.Compare(a[:], b[:]) }
