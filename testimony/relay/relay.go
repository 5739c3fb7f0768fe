// Package relay brings guests and a court's desk together where both can only dial out: the rendezvous.
//
// A desk keeps a line to the relay and says which invitations it answers to. A guest's WebSocket is joined to another one
// of the desk's, and what the two say passes through as it is: the handshake of paravent/testimony/invite and what is sealed
// with it. The relay holds no secret of an invitation, keeps nothing on disk and writes no address down. It carries no
// media; paravent/media/turn does. Start from [NewServer] at the relay and from [Connect] at the desk; docs/relay.md
// states the protocol.
package relay

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"paravent/testimony/invite"
)

// Constants of the protocol, as docs/relay.md states them.
const (
	keySize   = 32
	tokenInfo = "paravent/relay/rendezvous/1"
	turnInfo  = "paravent/relay/turn/1"
	nameInfo  = "paravent/relay/tenant/1"
	callSize  = 16
)

// Errors that a caller decides by.
var (
	// ErrKey reports a text that is not a key.
	ErrKey = errors.New("this is not the key of a court at a relay")
	// ErrRefused reports a relay that does not know the desk's key.
	ErrRefused = errors.New("the relay does not know this court's key")
	// ErrFull reports a relay that takes no more lines or invitations of this court.
	ErrFull = errors.New("the relay takes no more of this court")
	// ErrUnreachable reports a relay that does not answer.
	ErrUnreachable = errors.New("the relay cannot be reached")
	// ErrCertificate reports a relay whose certificate is not the one expected.
	ErrCertificate = errors.New("the relay's certificate is not the one expected")
	// ErrMessage reports a message that has no place in the rendezvous.
	ErrMessage = errors.New("the message is not one of the rendezvous")
)

var b64 = base64.RawURLEncoding.Strict()

// Key is what a court and its relay share: 32 random bytes. It lets a desk in and opens no invitation. It prints as a
// placeholder; only [Key.Reveal] and [Key.MarshalText] give it away.
type Key struct{ value [keySize]byte }

// NewKey draws a key.
func NewKey(random io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k.value[:]); err != nil {
		return Key{}, fmt.Errorf("draw a key: %w", err)
	}
	return k, nil
}

// ParseKey reads the form that [Key.Reveal] writes.
func ParseKey(text string) (Key, error) {
	raw, err := b64.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw) != keySize {
		return Key{}, ErrKey
	}
	return Key{[keySize]byte(raw)}, nil
}

// Reveal returns the key as it stands in a configuration: 43 characters of base64url.
func (k Key) Reveal() string { return b64.EncodeToString(k.value[:]) }

// IsZero reports the key that nobody has drawn.
func (k Key) IsZero() bool { return k == Key{} }

func (k Key) String() string { return "[key]" }

// GoString keeps the key out of %#v.
func (k Key) GoString() string { return "[key]" }

// LogValue keeps the key out of logs.
func (k Key) LogValue() slog.Value { return slog.StringValue("[key]") }

// MarshalText writes the key itself. It is for configurations and sealed records.
func (k Key) MarshalText() ([]byte, error) {
	if k.IsZero() {
		return nil, nil
	}
	return []byte(k.Reveal()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (k *Key) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*k = Key{}
		return nil
	}
	parsed, err := ParseKey(string(text))
	*k = parsed
	return err
}

// token is what a desk shows at the rendezvous. It follows from the key one way, and so does TURN: neither gives the other.
func (k Key) token() string { return k.derive(tokenInfo, keySize) }

// TURN is the secret that the court's credentials at the relay's TURN server are made with.
func (k Key) TURN() string { return k.derive(turnInfo, keySize) }

// Tenant is the name under which the court's clients are known at the TURN server. It opens nothing.
func (k Key) Tenant() string { return k.derive(nameInfo, 9) }

func (k Key) derive(info string, size int) string {
	raw, err := hkdf.Key(sha256.New, k.value[:], nil, info, size)
	if err != nil {
		panic("relay: 32 bytes are within what HKDF gives: " + err.Error())
	}
	return b64.EncodeToString(raw)
}

// The types of message on a desk's line.
const (
	typeServe   = "serve"   // desk: the invitations it answers to from now on, in place of those before
	typeServing = "serving" // relay: they are
	typeCall    = "call"    // relay: a guest waits
	typeFull    = "full"    // relay: more than this court may have; those before stand
)

// message is one message on a desk's line, as JSON text.
type message struct {
	Type string      `json:"type"`
	IDs  []invite.ID `json:"ids,omitempty"`
	Call string      `json:"call,omitempty"` // names the guest's connection, to be fetched once
	From string      `json:"from,omitempty"` // tells guests apart that fail; a keyed hash of the address
}

// maxLine is the size in bytes of the largest message on a desk's line.
const maxLine = 64 << 10

// readMessage reads one message with no member that is not expected and nothing after it.
func readMessage(text []byte) (message, error) {
	var m message
	if len(text) > maxLine {
		return m, ErrMessage
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return message{}, ErrMessage
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return message{}, ErrMessage
	}
	switch m.Type {
	case typeServe:
		for _, id := range m.IDs {
			if _, err := invite.ParseID(string(id)); err != nil || m.Call != "" || m.From != "" {
				return message{}, ErrMessage
			}
		}
	case typeCall:
		call, err := b64.DecodeString(m.Call)
		from, err2 := b64.DecodeString(m.From)
		if err != nil || err2 != nil || len(call) != callSize || len(from) > sha256.Size || m.IDs != nil {
			return message{}, ErrMessage
		}
	case typeServing, typeFull:
		if m.IDs != nil || m.Call != "" || m.From != "" {
			return message{}, ErrMessage
		}
	default:
		return message{}, ErrMessage
	}
	return m, nil
}
