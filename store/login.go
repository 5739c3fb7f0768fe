package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/text/unicode/norm"
)

const (
	loginVersion  = 1
	loginCheck    = 16 // bytes of the passphrase key's commitment
	loginSum      = 8  // bytes of the checksum that tells damage from a wrong passphrase
	loginBoxSize  = 16 + 2*seedSize + chacha20poly1305.Overhead
	loginHead     = 1 + 9 + kdfSaltSize + loginCheck
	loginSize     = loginHead + chacha20poly1305.NonceSizeX + loginBoxSize + loginSum
	seedSize      = 32
	maxLogin      = 256  // bytes
	maxPassphrase = 1024 // bytes
)

// login is a user's record that the passphrase opens. It is found by a keyed hash of the login.
type login struct {
	kdf   KDFParams
	salt  [kdfSaltSize]byte
	check [loginCheck]byte
	nonce [chacha20poly1305.NonceSizeX]byte
	box   [loginBoxSize]byte
}

// normalLogin makes the spellings of one login one: letter case, surrounding space and Unicode composition don't count.
func normalLogin(s string) (string, error) {
	s = norm.NFC.String(strings.ToLower(strings.TrimSpace(s)))
	if s == "" || len(s) > maxLogin {
		return "", fmt.Errorf("login: %w", ErrInvalid)
	}
	return s, nil
}

// normalPassphrase gives the same bytes for the same characters typed on different systems.
func normalPassphrase(p []byte) ([]byte, error) {
	if len(p) == 0 || len(p) > maxPassphrase {
		return nil, fmt.Errorf("passphrase: %w", ErrInvalid)
	}
	return norm.NFC.Bytes(p), nil
}

// loginKey is the physical key of a login's record.
func (h header) loginKey(normal string) []byte {
	m := hmac.New(sha256.New, h.loginSalt[:])
	m.Write([]byte("paravent/login/1"))
	m.Write([]byte(normal))
	return m.Sum(nil)
}

// sealLogin puts a user's secrets under a passphrase.
func sealLogin(rnd io.Reader, h header, key []byte, passphrase []byte, s *secrets) ([]byte, error) {
	l := login{kdf: h.kdf}
	if _, err := io.ReadFull(rnd, l.salt[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	if _, err := io.ReadFull(rnd, l.nonce[:]); err != nil {
		return nil, fmt.Errorf("read randomness: %w", err)
	}
	pass := l.kdf.derive(passphrase, l.salt[:])
	defer clear(pass)
	copy(l.check[:], expand(pass, "paravent/login/check/1", loginCheck))
	aead, err := chacha20poly1305.NewX(expand(pass, "paravent/login/key/1", 32))
	if err != nil {
		return nil, err
	}
	plain := s.encode()
	defer clear(plain)
	aead.Seal(l.box[:0], l.nonce[:], plain, l.bound(h, key))
	return l.encode(), nil
}

// open gives a user's secrets back to the right passphrase.
func (l login) open(h header, key, passphrase []byte) (*secrets, error) {
	pass := l.kdf.derive(passphrase, l.salt[:])
	defer clear(pass)
	if subtle.ConstantTimeCompare(l.check[:], expand(pass, "paravent/login/check/1", loginCheck)) != 1 {
		return nil, ErrWrongPassphrase
	}
	aead, err := chacha20poly1305.NewX(expand(pass, "paravent/login/key/1", 32))
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, l.nonce[:], l.box[:], l.bound(h, key))
	if err != nil {
		return nil, damaged("a user's keys are unreadable")
	}
	defer clear(plain)
	return parseSecrets(plain)
}

// bound is the associated data of the box: this vault, this login, these parameters.
func (l login) bound(h header, key []byte) []byte {
	b := append([]byte("paravent/login/1"), h.identity()...)
	b = append(b, key...)
	return append(b, l.head()...)
}

func (l login) head() []byte {
	b := l.kdf.append([]byte{loginVersion})
	b = append(b, l.salt[:]...)
	return append(b, l.check[:]...)
}

func (l login) encode() []byte {
	b := append(l.head(), l.nonce[:]...)
	b = append(b, l.box[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:loginSum]...)
}

// parseLogin reads a login record and refuses parameters outside of what the machine can bear and the creator chose.
func parseLogin(raw []byte, chosen KDFParams) (login, error) {
	var l login
	if len(raw) != loginSize || raw[0] != loginVersion {
		return l, damaged("a user's keys are unreadable")
	}
	sum := sha256.Sum256(raw[:loginSize-loginSum])
	if [loginSum]byte(raw[loginSize-loginSum:]) != [loginSum]byte(sum[:]) {
		return l, damaged("a user's keys are unreadable")
	}
	var rest []byte
	l.kdf, rest = parseKDF(raw[1:])
	rest = rest[copy(l.salt[:], rest):]
	rest = rest[copy(l.check[:], rest):]
	rest = rest[copy(l.nonce[:], rest):]
	copy(l.box[:], rest)
	if err := l.kdf.bounded(); err != nil {
		return login{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !l.kdf.atLeast(chosen) {
		return login{}, fmt.Errorf("%w: %w: weaker than the vault's own", ErrDamaged, ErrWeakKDF)
	}
	return l, nil
}
