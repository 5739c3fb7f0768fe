package stamp

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// signer verifies the one signature of a token and returns the certificate that made it, which has to be among those that were sent.
func (t *token) signer() (*x509.Certificate, error) {
	i := slices.IndexFunc(t.certificates, func(c *x509.Certificate) bool { return t.named(c) && t.bound(c) })
	if i < 0 || t.digest == 0 {
		return nil, Forged
	}
	var content asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(t.attributes[idContentType.String()], &content); err != nil || len(rest) > 0 || !content.Equal(idTSTInfo) {
		return nil, Forged
	}
	if !holds(t.attributes[idMessageDigest.String()], t.digest, t.content) {
		return nil, Forged
	}
	signer := t.certificates[i]
	if err := signer.CheckSignature(algorithmOf(signer, t.digest, t.pss), t.signed, t.signature); err != nil {
		return nil, Forged
	}
	return signer, nil
}

// algorithmOf is the signature algorithm of a key with a hash; none for a key of another kind.
func algorithmOf(c *x509.Certificate, h crypto.Hash, pss bool) x509.SignatureAlgorithm {
	switch {
	case c.PublicKeyAlgorithm == x509.Ed25519:
		return x509.PureEd25519
	case c.PublicKeyAlgorithm == x509.RSA && pss:
		return map[crypto.Hash]x509.SignatureAlgorithm{crypto.SHA256: x509.SHA256WithRSAPSS, crypto.SHA384: x509.SHA384WithRSAPSS, crypto.SHA512: x509.SHA512WithRSAPSS}[h]
	case c.PublicKeyAlgorithm == x509.RSA:
		return map[crypto.Hash]x509.SignatureAlgorithm{crypto.SHA256: x509.SHA256WithRSA, crypto.SHA384: x509.SHA384WithRSA, crypto.SHA512: x509.SHA512WithRSA}[h]
	case c.PublicKeyAlgorithm == x509.ECDSA:
		return map[crypto.Hash]x509.SignatureAlgorithm{crypto.SHA256: x509.ECDSAWithSHA256, crypto.SHA384: x509.ECDSAWithSHA384, crypto.SHA512: x509.ECDSAWithSHA512}[h]
	}
	return x509.UnknownSignatureAlgorithm
}

// bound reports whether the signed attributes name the certificate by its hash (RFC 2634 §5.4, RFC 5035 §3), so that no other one of the same key takes its place.
func (t *token) bound(c *x509.Certificate) bool {
	second, ok := t.attributes[idSigningCertificateV2.String()]
	value := cryptobyte.String(second)
	if !ok {
		value = t.attributes[idSigningCertificate.String()]
	}
	var list, all, first cryptobyte.String
	if !value.ReadASN1(&list, tag.SEQUENCE) || !list.ReadASN1(&all, tag.SEQUENCE) || !all.ReadASN1(&first, tag.SEQUENCE) {
		return false
	}
	h := crypto.SHA1
	if ok {
		h = crypto.SHA256
		if first.PeekASN1Tag(tag.SEQUENCE) {
			id, read := readAlgorithm(&first)
			if h = hashOf(id); !read || h == 0 {
				return false
			}
		}
	}
	return holds(first, h, c.Raw)
}

// holds reports whether an octet string begins a value and is the hash of a text.
func holds(value cryptobyte.String, h crypto.Hash, text []byte) bool {
	var sum cryptobyte.String
	if !value.ReadASN1(&sum, tag.OCTET_STRING) {
		return false
	}
	x := h.New()
	x.Write(text)
	return string(x.Sum(nil)) == string(sum)
}

// trusted checks what the signer's certificate is for (RFC 3161 §2.3: one purpose, and critical) and that it leads to a root, all at the stamp's time.
func trusted(signer *x509.Certificate, sent []*x509.Certificate, roots *x509.CertPool, at time.Time) error {
	critical := slices.ContainsFunc(signer.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(idExtKeyUsage) && e.Critical })
	if !critical || len(signer.UnknownExtKeyUsage) > 0 || !slices.Equal(signer.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}) {
		return NotForTime
	}
	between := x509.NewCertPool()
	for _, c := range sent {
		between.AddCert(c)
	}
	_, err := signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Expired
	case err != nil:
		return UnknownRoot
	}
	return nil
}

// nameOf is the name of a certificate, for one line of text.
func nameOf(c *x509.Certificate) string {
	name := c.Subject.CommonName
	if name == "" && len(c.Subject.Organization) > 0 {
		name = c.Subject.Organization[0]
	}
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	return string([]rune(name)[:min(maxName, len([]rune(name)))])
}

// maxName bounds a name that an authority gives itself, in characters.
const maxName = 100
