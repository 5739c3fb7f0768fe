package identity

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// StatementOf is what those sign who agree to a matter: every word of its terms, after what the matter is. The terms are strings, numbers, bytes and times, and texts that stay in the vault stand
// in them as their [Digest].
func StatementOf(matter string, terms any) []byte {
	text, err := json.Marshal(terms)
	if err != nil {
		panic("terms are always written: " + err.Error())
	}
	return append([]byte(matter+"\x00"), text...)
}

// Digest stands in a statement for a text that people write names into: its SHA-256, in hexadecimal.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
