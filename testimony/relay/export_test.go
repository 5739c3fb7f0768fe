package relay

import "encoding/json"

// Token is what a desk shows.
func Token(k Key) string { return k.token() }

// Reread reads a message and writes it again.
func Reread(text []byte) ([]byte, error) {
	m, err := readMessage(text)
	if err != nil {
		return nil, err
	}
	return json.Marshal(m)
}
