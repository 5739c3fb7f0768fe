// Package stamptest is a time-stamping authority for tests, one that can also be wrong in each way that a check has to notice.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Name is the authority's, as its certificate says it.
const Name = "Test Time Stamping"

// Policy is the policy that its stamps are made under.
const Policy = "1.3.6.1.4.1.99999.1"

// Authority stamps what it is asked to. What is set makes it wrong.
type Authority struct {
	Roots []byte // its own root certificate, in PEM

	At         time.Time // of its stamps; now where zero
	Digest     []byte    // in place of the one that was asked for
	Nonce      *big.Int  // in place of the one that was sent
	Status     int       // in place of granted
	Content    asn1.ObjectIdentifier
	BreakSign  bool
	OtherNamed bool // its signed attribute names another certificate

	signer *x509.Certificate
	key    crypto.Signer
}

// Certificate changes the certificate of an authority's signer before it is signed.
type Certificate func(*x509.Certificate)

// New makes an authority with a root and a signer of its own, whose certificates are valid from 2020 until 2100.
func New(t testing.TB, change ...Certificate) *Authority {
	t.Helper()
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	signer := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: Name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{Purpose(true, ForTime)}}
	for _, c := range []*x509.Certificate{root, signer} {
		c.NotBefore, c.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	for _, f := range change {
		f(signer)
	}
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	a := &Authority{key: key, Content: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}}
	raw, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	must(t, err)
	a.Roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	raw, err = x509.CreateCertificate(rand.Reader, signer, root, key.Public(), rootKey)
	must(t, err)
	a.signer, err = x509.ParseCertificate(raw)
	must(t, err)
	return a
}

// The purposes of certificates, in the order of RFC 5280 §4.2.1.12.
var (
	ForServers = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	ForTime    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
)

// Purpose is the extension that says what a certificate is for.
func Purpose(critical bool, purposes ...asn1.ObjectIdentifier) pkix.Extension {
	value, err := asn1.Marshal(purposes)
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Serve answers over HTTP until the test ends, and returns the address.
func (a *Authority) Serve(t testing.TB) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(a.Answer(request))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// Answer answers a request. A request that is not readable is refused.
func (a *Authority) Answer(request []byte) []byte {
	in := cryptobyte.String(request)
	var body, imprint, algorithm cryptobyte.String
	var version int
	var digest []byte
	nonce := new(big.Int)
	if !in.ReadASN1(&body, tag.SEQUENCE) || !body.ReadASN1Integer(&version) || !body.ReadASN1(&imprint, tag.SEQUENCE) || !imprint.ReadASN1(&algorithm, tag.SEQUENCE) ||
		!imprint.ReadASN1Bytes(&digest, tag.OCTET_STRING) || !body.SkipOptionalASN1(tag.OBJECT_IDENTIFIER) || !body.ReadASN1Integer(nonce) {
		return build(func(b *cryptobyte.Builder) { status(b, 2) })
	}
	if a.Digest != nil {
		digest = a.Digest
	}
	if a.Nonce != nil {
		nonce = a.Nonce
	}
	at := a.At
	if at.IsZero() {
		at = time.Now()
	}
	content := build(func(b *cryptobyte.Builder) { a.content(b, digest, nonce, at) })
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(a.Status)) })
			if a.Status < 2 {
				a.token(b, content)
			}
		})
	})
}

func status(b *cryptobyte.Builder, n int64) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(n) })
	})
}

func build(f func(*cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	f(&b)
	return b.BytesOrPanic()
}

var (
	sha256ID  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	ecdsaID   = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	signedID  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	contentID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	digestID  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	certID    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	tstInfoID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	policyID  = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}
)

func explicit(n uint8) tag.Tag { return tag.Tag(n).Constructed().ContextSpecific() }

func algorithm(b *cryptobyte.Builder, id asn1.ObjectIdentifier) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
}

func (a *Authority) content(b *cryptobyte.Builder, digest []byte, nonce *big.Int, at time.Time) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(policyID)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, sha256ID)
			b.AddASN1OctetString(digest)
		})
		b.AddASN1Int64(7)
		b.AddASN1GeneralizedTime(at.UTC())
		b.AddASN1BigInt(nonce)
	})
}

// token is a SignedData with the content, the signer's certificate and its signature.
func (a *Authority) token(b *cryptobyte.Builder, content []byte) {
	attributes := a.attributes(content)
	hash := sha256.Sum256(build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	}))
	if a.BreakSign {
		hash[0] ^= 1
	}
	signature, err := a.key.Sign(rand.Reader, hash[:], crypto.SHA256)
	if err != nil {
		panic(err)
	}
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(signedID)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(3)
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { algorithm(b, sha256ID) })
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(tstInfoID)
					b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
				})
				b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(a.signer.Raw) })
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { a.signerInfo(b, attributes, signature) })
			})
		})
	})
}

func (a *Authority) signerInfo(b *cryptobyte.Builder, attributes, signature []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(a.signer.RawIssuer)
			b.AddASN1BigInt(a.signer.SerialNumber)
		})
		algorithm(b, sha256ID)
		b.AddASN1(explicit(0), func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		algorithm(b, ecdsaID)
		b.AddASN1OctetString(signature)
	})
}

func (a *Authority) attributes(content []byte) []byte {
	digest, named := sha256.Sum256(content), sha256.Sum256(a.signer.Raw)
	if a.OtherNamed {
		named[0] ^= 1
	}
	one := func(b *cryptobyte.Builder, id asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(id)
			b.AddASN1(tag.SET, value)
		})
	}
	return build(func(b *cryptobyte.Builder) {
		one(b, contentID, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(a.Content) })
		one(b, digestID, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest[:]) })
		one(b, certID, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(named[:]) })
				})
			})
		})
	})
}
