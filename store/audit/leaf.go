package audit

import (
	"encoding/binary"
	"errors"
)

// Leaf is the stored form of one entry of the log, as anyone with the file sees it: who reads the words needs the key.
type Leaf interface {
	// Encode returns the bytes that are stored and hashed.
	Encode() []byte
	// In names the session that wrote the leaf.
	In() SessionID
}

// Opening is the first leaf of a session. It says whose session it is, and carries the session's entry key sealed to
// the readers of the log.
type Opening struct {
	Session SessionID
	User    [16]byte
	Epoch   uint32 // of the audit compartment's key
	Sealed  []byte // HPKE encapsulated key; the entry key is exported from it
}

// Act is the leaf of one entry.
type Act struct {
	Session  SessionID
	Sequence uint64 // 1 for the first act of a session
	Previous Hash   // leaf hash of the session's leaf before this one
	Last     bool   // it ends its transaction: a head follows
	States   []State
	Nonce    [24]byte
	Box      []byte // sealed entry
}

// In implements [Leaf].
func (o *Opening) In() SessionID { return o.Session }

// In implements [Leaf].
func (a *Act) In() SessionID { return a.Session }

const (
	leafVersion = 1
	kindOpening = 1
	kindAct     = 2

	openingFixed = 2 + 16 + 16 + 4
	actFixed     = 2 + 16 + 8 + 32 + 1 + 2
	stateSize    = 16 + 32
	nonceSize    = 24
)

var errLeaf = errors.New("malformed leaf of the audit log")

// Encode implements [Leaf].
func (o *Opening) Encode() []byte {
	b := make([]byte, 0, openingFixed+len(o.Sealed))
	b = append(b, leafVersion, kindOpening)
	b = append(b, o.Session[:]...)
	b = append(b, o.User[:]...)
	b = binary.BigEndian.AppendUint32(b, o.Epoch)
	return append(b, o.Sealed...)
}

// Encode implements [Leaf].
func (a *Act) Encode() []byte {
	b := append(a.Bound(), a.Nonce[:]...)
	return append(b, a.Box...)
}

// Bound returns the part of the leaf that the box's associated data binds: everything before the nonce.
func (a *Act) Bound() []byte {
	b := make([]byte, 0, actFixed+len(a.States)*stateSize+nonceSize+len(a.Box))
	b = append(b, leafVersion, kindAct)
	b = append(b, a.Session[:]...)
	b = binary.BigEndian.AppendUint64(b, a.Sequence)
	b = append(b, a.Previous[:]...)
	b = append(b, 0)
	if a.Last {
		b[len(b)-1] = 1
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(a.States)))
	for _, s := range a.States {
		b = append(b, s.Compartment[:]...)
		b = append(b, s.Manifest[:]...)
	}
	return b
}

// ParseLeaf reads a stored leaf. The result shares no memory with raw.
func ParseLeaf(raw []byte) (Leaf, error) {
	if len(raw) < 2 || len(raw) > MaxLeaf || raw[0] != leafVersion {
		return nil, errLeaf
	}
	switch raw[1] {
	case kindOpening:
		return parseOpening(raw)
	case kindAct:
		return parseAct(raw)
	}
	return nil, errLeaf
}

func parseOpening(raw []byte) (*Opening, error) {
	if len(raw) <= openingFixed {
		return nil, errLeaf
	}
	o := &Opening{
		Session: SessionID(raw[2:18]),
		User:    [16]byte(raw[18:34]),
		Epoch:   binary.BigEndian.Uint32(raw[34:38]),
	}
	o.Sealed = append(o.Sealed, raw[openingFixed:]...)
	return o, nil
}

func parseAct(raw []byte) (*Act, error) {
	if len(raw) < actFixed {
		return nil, errLeaf
	}
	a := &Act{
		Session:  SessionID(raw[2:18]),
		Sequence: binary.BigEndian.Uint64(raw[18:26]),
		Previous: Hash(raw[26:58]),
		Last:     raw[58] == 1,
	}
	if raw[58] > 1 {
		return nil, errLeaf
	}
	count := int(binary.BigEndian.Uint16(raw[59:61]))
	rest := raw[actFixed:]
	if count > MaxStates || len(rest) <= count*stateSize+nonceSize {
		return nil, errLeaf
	}
	for range count {
		a.States = append(a.States, State{CompartmentTag(rest[:16]), [32]byte(rest[16:48])})
		rest = rest[stateSize:]
	}
	copy(a.Nonce[:], rest)
	a.Box = append(a.Box, rest[nonceSize:]...)
	return a, nil
}
