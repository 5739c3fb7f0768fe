package redaction

import (
	"bytes"
	"testing"
)

// Relist puts another signed list into a version and signs it anew, as whoever makes versions could.
func Relist(t testing.TB, file []byte, p Plan) []byte {
	t.Helper()
	at := bytes.LastIndex(file, []byte(manifestForm))
	m, line, err := parseManifest(file[at:])
	if err != nil {
		t.Fatalf("line %d: %v", line, err)
	}
	m.List, m.Ordered = p.List, p.Ordered
	if m.Made, err = p.Sign(m.unsigned()); err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(file[:at]), m.text()...)
}

// ParseManifest reads a manifest's text and writes it back.
func ParseManifest(text []byte) ([]byte, error) {
	m, _, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	return m.text(), nil
}
