package store

import (
	"crypto/ed25519"
	"encoding/hex"
)

// Sign signs a statement with the user's own key, so that it can be checked without the vault: see [CheckStatement].
func (v *Vault) Sign(statement []byte) ([]byte, error) {
	if err := v.begin(); err != nil {
		return nil, err
	}
	defer v.running.Done()
	return ed25519.Sign(v.signing, statementText(v.header.id(), statement)), nil
}

// CheckStatement says whether a statement was signed by the owner of a public key, in the vault of this id.
func CheckStatement(vault string, public, statement, signature []byte) bool {
	return len(public) == ed25519.PublicKeySize && ed25519.Verify(public, statementText(vault, statement), signature)
}

func statementText(vault string, statement []byte) []byte {
	id, _ := hex.DecodeString(vault) // of another form, it is another vault's
	return append(append([]byte("paravent/statement/1\x00"), id...), statement...)
}
