// Package invite holds the invitation to a hearing and the sealed signalling that is built on it.
//
// An invitation is a link with a secret that never reaches a server. Guest and court exchange fresh keys, mix the secret
// in and speak through a [Channel] that whoever carries it can neither read nor change. The package knows no network, no
// clock and no disk: randomness, time and frames come in as arguments. It decides nothing about who sits in a hearing.
//
// Start from [Invitation] and [Secret] on the side that invites, from [ReadOpening] on the court's side of the handshake
// and from [NewGuestHandshake] on the guest's.
package invite

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

// Constants of the format, as docs/join-page.md states them.
const (
	secretSize = 32
	idSize     = 16
	idInfo     = "paravent/invite/id/1"
)

// ErrLink reports a link that is not an invitation: cut short, mistyped, or its two halves from different invitations.
var ErrLink = errors.New("this is not a complete invitation link")

// base64url without padding (RFC 4648 §5), with one spelling for each value.
var b64 = base64.RawURLEncoding.Strict()

// Secret is what makes an invitation: 32 random bytes. It prints as a placeholder; only [Secret.Reveal] and
// [Secret.MarshalText] give it away.
type Secret struct{ value [secretSize]byte }

// NewSecret draws a secret.
func NewSecret(random io.Reader) (Secret, error) {
	var s Secret
	if _, err := io.ReadFull(random, s.value[:]); err != nil {
		return Secret{}, fmt.Errorf("draw an invitation secret: %w", err)
	}
	return s, nil
}

// ParseSecret reads the form that [Secret.Reveal] writes.
func ParseSecret(text string) (Secret, error) {
	raw, err := b64.DecodeString(text)
	if err != nil || len(raw) != secretSize {
		return Secret{}, ErrLink
	}
	return Secret{[secretSize]byte(raw)}, nil
}

// Reveal returns the secret as it stands in a link: 43 characters of base64url.
func (s Secret) Reveal() string { return b64.EncodeToString(s.value[:]) }

// ID returns the invitation's public name. It follows from the secret one way.
func (s Secret) ID() ID {
	id, err := hkdf.Key(sha256.New, s.value[:], nil, idInfo, idSize)
	if err != nil {
		panic("invite: sixteen bytes are within what HKDF gives: " + err.Error())
	}
	return ID(b64.EncodeToString(id))
}

// IsZero reports the secret that nobody has drawn.
func (s Secret) IsZero() bool { return s == Secret{} }

func (s Secret) String() string { return "[secret]" }

// GoString keeps the secret out of %#v.
func (s Secret) GoString() string { return "[secret]" }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalText writes the secret itself. It is for sealed records and for nothing else.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.Reveal()), nil }

// UnmarshalText reads what MarshalText wrote.
func (s *Secret) UnmarshalText(text []byte) error {
	parsed, err := ParseSecret(string(text))
	*s = parsed
	return err
}

// ID names an invitation: 22 characters of base64url. It opens nothing.
type ID string

// ParseID reads an id.
func ParseID(text string) (ID, error) {
	raw, err := b64.DecodeString(text)
	if err != nil || len(raw) != idSize {
		return "", ErrLink
	}
	return ID(text), nil
}

// Link is an invitation as a guest receives it: <base>/j/<id>#<secret>.
type Link struct {
	Base   string // scheme, host and port, with a path if there is one and no slash at the end
	Secret Secret
}

// String writes the link, secret included: it is the guest's whole credential.
func (l Link) String() string {
	return strings.TrimSuffix(l.Base, "/") + "/j/" + string(l.Secret.ID()) + "#" + l.Secret.Reveal()
}

// LogValue keeps the link out of logs.
func (l Link) LogValue() slog.Value { return slog.StringValue("[link]") }

// ParseLink reads a link and checks that its id and its secret belong together. Any failure is ErrLink, without the text.
func ParseLink(text string) (Link, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return Link{}, ErrLink
	}
	prefix, name, found := cutLast(u.Path, "/j/")
	if !found {
		return Link{}, ErrLink
	}
	secret, err := ParseSecret(u.Fragment)
	if err != nil || string(secret.ID()) != name {
		return Link{}, ErrLink
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host, Path: prefix}
	return Link{Base: strings.TrimSuffix(base.String(), "/"), Secret: secret}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}
