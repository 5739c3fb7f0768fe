package store

import (
	"crypto/hpke"
	"fmt"
)

// The suite of every HPKE message of a vault (RFC 9180, draft-ietf-hpke-pq): post-quantum hybrid, because what is sealed
// must stay secret for decades.
var (
	kem      = hpke.MLKEM768X25519()
	hpkeKDF  = hpke.HKDFSHA256()
	hpkeAEAD = hpke.AES256GCM()
)

// EncapsulatedSize is the length of the enc value of [SealTo] in bytes.
const EncapsulatedSize = 1120

// SealTo seals messages to the holder of a public key, as [User.HPKEPublic] gives it: one encapsulated key and one box
// for each message, each 16 bytes longer than its message. info binds purpose and place; opening needs the same. The
// boxes of one call belong together and open in order.
func SealTo(recipientHPKEPublic []byte, info []byte, plaintexts ...[]byte) (enc []byte, boxes [][]byte, err error) {
	public, err := kem.NewPublicKey(recipientHPKEPublic)
	if err != nil {
		return nil, nil, fmt.Errorf("recipient's key: %w", err)
	}
	enc, sender, err := hpke.NewSender(public, hpkeKDF, hpkeAEAD, info)
	if err != nil {
		return nil, nil, fmt.Errorf("seal to recipient: %w", err)
	}
	for _, p := range plaintexts {
		box, err := sender.Seal(nil, p)
		if err != nil {
			return nil, nil, fmt.Errorf("seal to recipient: %w", err)
		}
		boxes = append(boxes, box)
	}
	return enc, boxes, nil
}

// openSealed opens what SealTo sealed.
func openSealed(key hpke.PrivateKey, enc, info []byte, boxes [][]byte) ([][]byte, error) {
	recipient, err := hpke.NewRecipient(enc, key, hpkeKDF, hpkeAEAD, info)
	if err != nil {
		return nil, fmt.Errorf("open sealed messages: %w", ErrNoAccess)
	}
	plaintexts := make([][]byte, 0, len(boxes))
	for _, box := range boxes {
		p, err := recipient.Open(nil, box)
		if err != nil {
			return nil, fmt.Errorf("open sealed messages: %w", ErrNoAccess)
		}
		plaintexts = append(plaintexts, p)
	}
	return plaintexts, nil
}
