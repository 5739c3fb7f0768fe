package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"paravent/protection"
	"paravent/store"
)

// SealKey splits a key between the two colleges, as [Seal] does the key of a field. of names what the key opens, and is no party's id.
func SealKey(random io.Reader, of string, key []byte, court, bench []Recipient) (Sealed, error) {
	return Seal(random, protection.PartyID(of), Fields{Note: hex.EncodeToString(key)}, court, bench)
}

// Half is one college's half of a split key, sealed to one receiver for what a statement says.
type Half struct {
	College College  `json:"college"`
	Enc     []byte   `json:"enc"`
	Boxes   [][]byte `json:"boxes"`
}

// GiveHalf takes one college's half of a split key, by a member's own key, and seals it again to the public key of a receiver, bound to a statement.
func GiveHalf(s Sealed, who Official, open Opener, to, statement []byte) (Half, error) {
	half, err := takeHalf(s, Note, who, open)
	if err != nil {
		return Half{}, err
	}
	defer clear(half)
	enc, boxes, err := store.SealTo(to, HalfInfo(who.College, statement), half)
	if err != nil {
		return Half{}, fmt.Errorf("seal to the receiver: %w", err)
	}
	return Half{who.College, enc, boxes}, nil
}

// OpenKey joins the half of a member's own college with one that was given to them for what a statement says.
func OpenKey(s Sealed, who Official, given Half, statement []byte, open Opener) ([]byte, error) {
	mine, err := takeHalf(s, Note, who, open)
	if err != nil {
		return nil, err
	}
	defer clear(mine)
	theirs, err := open(given.Enc, HalfInfo(given.College, statement), given.Boxes)
	if err != nil {
		return nil, err
	}
	box := slices.IndexFunc(s.Boxes, func(b Box) bool { return b.Field == Note })
	if len(theirs) != 1 || box < 0 || given.College == who.College {
		return nil, store.ErrDamaged
	}
	defer clear(theirs[0])
	court, bench := mine, theirs[0]
	if who.College == Bench {
		court, bench = bench, court
	}
	text, err := Open(s.Party, s.Boxes[box], court, bench)
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(text)
}

// HalfInfo binds a half that is given to its college and to a statement: with one word of it changed, it opens nothing.
func HalfInfo(c College, statement []byte) []byte {
	sum := sha256.Sum256(statement)
	return append([]byte(context+"/half\x00"+string(c)+"\x00"), sum[:]...)
}
