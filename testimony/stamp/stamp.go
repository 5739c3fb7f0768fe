// Package stamp asks for RFC 3161 timestamps and checks them: an authority outside the court signs that a text existed at a time. It sends nothing itself,
// knows no clock and trusts no authority but the one whose root certificate it is given. The function to start from is [Check].
package stamp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Authority is a time-stamping authority that a court relies on.
type Authority struct {
	Address string `json:"address"`          // of the service, by http or https: what it answers is signed
	Roots   []byte `json:"roots"`            // certificates in PEM, one of which its signer's has to lead to
	Policy  string `json:"policy,omitempty"` // the policy that a stamp has to be made under, as 1.2.3; any where empty
}

// IsZero reports whether there is no authority.
func (a Authority) IsZero() bool { return a.Address == "" && len(a.Roots) == 0 && a.Policy == "" }

// ErrAuthority is wrapped by what [Authority.Check] finds wrong.
var ErrAuthority = errors.New("the timestamp authority")

// MaxRoots bounds the root certificates of an authority, in bytes.
const MaxRoots = 64 << 10

// Check says what is wrong with an authority as it was entered.
func (a Authority) Check() error {
	u, err := url.Parse(a.Address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("%w: its address begins with https:// or http:// and names a server", ErrAuthority)
	case u.User != nil:
		return fmt.Errorf("%w: its address has a name or a password in it", ErrAuthority)
	}
	if _, err := readRoots(a.Roots); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthority, err)
	}
	if _, err := parsePolicy(a.Policy); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthority, err)
	}
	return nil
}

// ReadAuthority makes an authority of what was entered, and of its file of root certificates.
func ReadAuthority(address string, roots io.Reader, policy string) (Authority, error) {
	text, err := io.ReadAll(io.LimitReader(roots, MaxRoots+1))
	if err != nil {
		return Authority{}, err
	}
	a := Authority{Address: strings.TrimSpace(address), Roots: text, Policy: strings.TrimSpace(policy)}
	return a, a.Check()
}

// readRoots reads certificates in PEM. Anything else in the file is an error: a private key is often in the same one.
func readRoots(text []byte) (*x509.CertPool, error) {
	if len(text) > MaxRoots {
		return nil, errors.New("its file of root certificates is too large")
	}
	pool, found := x509.NewCertPool(), false
	for rest := text; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" {
			return nil, errors.New("its file of root certificates holds something else as well")
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, errors.New("a root certificate is not readable")
		}
		pool.AddCert(c)
		found = true
	}
	if !found {
		return nil, errors.New("there is no root certificate, in PEM, in its file")
	}
	return pool, nil
}

// parsePolicy reads an object identifier in its one written form; none for an empty text.
func parsePolicy(text string) (asn1.ObjectIdentifier, error) {
	if text == "" {
		return nil, nil
	}
	var id asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || strconv.Itoa(n) != part {
			return nil, errors.New("a policy is written as 1.2.3")
		}
		id = append(id, n)
	}
	if _, err := asn1.Marshal(id); err != nil {
		return nil, errors.New("a policy is written as 1.2.3")
	}
	return id, nil
}

// NonceSize is the length of a nonce in bytes.
const NonceSize = 16

// Question is what an authority is asked: to sign the hash of a text. It holds nothing else.
type Question struct {
	Digest [sha256.Size]byte
	Nonce  [NonceSize]byte // random, so that no earlier answer fits
	Policy string          // see [Authority]
}

func (q Question) nonce() *big.Int { return new(big.Int).SetBytes(q.Nonce[:]) }

// Request is the question in DER: a TimeStampReq of RFC 3161 §2.4.1, which asks for the signer's certificates.
func (q Question) Request() ([]byte, error) {
	policy, err := parsePolicy(q.Policy)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAuthority, err)
	}
	var b cryptobyte.Builder
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(idSHA256)
				b.AddASN1NULL()
			})
			b.AddASN1OctetString(q.Digest[:])
		})
		if policy != nil {
			b.AddASN1ObjectIdentifier(policy)
		}
		b.AddASN1BigInt(q.nonce())
		b.AddASN1Boolean(true)
	})
	return b.Bytes()
}

// Stamp is what a timestamp says.
type Stamp struct {
	At        time.Time `json:"at"`
	Authority string    `json:"authority"` // name in the signer's certificate
	Policy    string    `json:"policy"`
}

// Answer checks the answer to a question: everything that [Check] does, that it is of this question and none before it, and its policy.
func (a Authority) Answer(response []byte, q Question) (Stamp, error) {
	s, said, err := check(response, q.Digest, a.Roots)
	switch {
	case err != nil:
		return Stamp{}, err
	case said.nonce == nil || said.nonce.Cmp(q.nonce()) != 0:
		return Stamp{}, OtherNonce
	case q.Policy != "" && s.Policy != q.Policy:
		return Stamp{}, OtherPolicy
	}
	return s, nil
}

// Check checks a response of RFC 3161 §2.4.2 that was kept: that it is of the text with this hash, and signed by an authority whose certificate leads to one of
// the roots, in PEM, was valid then, and is for timestamps alone. What is wrong is a [Fault].
func Check(response []byte, digest [sha256.Size]byte, roots []byte) (Stamp, error) {
	s, _, err := check(response, digest, roots)
	return s, err
}

func check(response []byte, digest [sha256.Size]byte, roots []byte) (Stamp, said, error) {
	pool, err := readRoots(roots)
	if err != nil {
		return Stamp{}, said{}, fmt.Errorf("%w: %w", ErrAuthority, err)
	}
	t, err := parse(response)
	if err != nil {
		return Stamp{}, said{}, err
	}
	if !t.said.digested.Equal(idSHA256) || string(t.said.digest) != string(digest[:]) {
		return Stamp{}, said{}, OtherText
	}
	signer, err := t.signer()
	if err != nil {
		return Stamp{}, said{}, err
	}
	if err := trusted(signer, t.certificates, pool, t.said.at); err != nil {
		return Stamp{}, said{}, err
	}
	return Stamp{t.said.at, nameOf(signer), t.said.policy.String()}, t.said, nil
}
