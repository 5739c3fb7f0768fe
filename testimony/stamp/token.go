package stamp

import (
	"crypto"
	_ "crypto/sha1" // RFC 3161 names the signer's certificate by SHA-1, RFC 5816 by these others
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// MaxResponse bounds a response in bytes. Those of known authorities have 2 to 8 KB.
const MaxResponse = 64 << 10

// maxCertificates bounds those that come with a response.
const maxCertificates = 16

// The object identifiers of RFC 3161, 5652, 2634, 5035 and 5754.
var (
	idSignedData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	idTSTInfo              = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	idContentType          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	idMessageDigest        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	idSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	idSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	idExtKeyUsage          = asn1.ObjectIdentifier{2, 5, 29, 37}
	idSHA256               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	idSHA384               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	idSHA512               = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	idRSAPSS               = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
)

// token is a timestamp as it was sent. Nothing of it was checked.
type token struct {
	said         said
	content      []byte // TSTInfo in DER, over which the signature is
	certificates []*x509.Certificate

	named      func(*x509.Certificate) bool // whether the signature is said to be by this certificate
	digest     crypto.Hash
	pss        bool
	attributes map[string][]byte // signed: the one value of each, by its object identifier
	signed     []byte            // the signed attributes, as they are signed
	signature  []byte
}

// said is a TSTInfo (RFC 3161 §2.4.2).
type said struct {
	policy   asn1.ObjectIdentifier
	digested asn1.ObjectIdentifier // with which algorithm
	digest   []byte
	at       time.Time
	nonce    *big.Int
}

// parse takes a response apart. It takes DER alone, although CMS as a whole may be BER.
func parse(response []byte) (*token, error) {
	var body, status, info, wrapped, signed cryptobyte.String
	var granted int
	var kind asn1.ObjectIdentifier
	in := cryptobyte.String(response)
	if len(response) > MaxResponse || !in.ReadASN1(&body, tag.SEQUENCE) || !in.Empty() || !body.ReadASN1(&status, tag.SEQUENCE) || !status.ReadASN1Integer(&granted) {
		return nil, Unreadable
	}
	if granted != 0 && granted != 1 { // PKIStatus: granted, granted with modifications
		return nil, Refused
	}
	if !body.ReadASN1(&info, tag.SEQUENCE) || !body.Empty() || !info.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(idSignedData) ||
		!info.ReadASN1(&wrapped, explicit(0)) || !info.Empty() || !wrapped.ReadASN1(&signed, tag.SEQUENCE) || !wrapped.Empty() {
		return nil, Unreadable
	}
	var t token
	if !t.readSigned(signed) || !t.said.read(t.content) {
		return nil, Unreadable
	}
	return &t, nil
}

func explicit(n uint8) tag.Tag { return tag.Tag(n).Constructed().ContextSpecific() }

// readSigned reads a SignedData (RFC 5652 §5.1) with one signature.
func (t *token) readSigned(s cryptobyte.String) bool {
	var version int
	var content, wrapped, certificates, signers, signer cryptobyte.String
	var kind asn1.ObjectIdentifier
	var some bool
	if !s.ReadASN1Integer(&version) || !s.SkipASN1(tag.SET) || !s.ReadASN1(&content, tag.SEQUENCE) || !content.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(idTSTInfo) ||
		!content.ReadASN1(&wrapped, explicit(0)) || !wrapped.ReadASN1Bytes(&t.content, tag.OCTET_STRING) || !wrapped.Empty() {
		return false
	}
	if !s.ReadOptionalASN1(&certificates, &some, explicit(0)) || !s.SkipOptionalASN1(explicit(1)) || !s.ReadASN1(&signers, tag.SET) || !s.Empty() ||
		!signers.ReadASN1(&signer, tag.SEQUENCE) || !signers.Empty() {
		return false
	}
	for !certificates.Empty() {
		var one cryptobyte.String
		var of tag.Tag
		if len(t.certificates) == maxCertificates || !certificates.ReadAnyASN1Element(&one, &of) {
			return false
		}
		if c, err := x509.ParseCertificate(one); of == tag.SEQUENCE && err == nil {
			t.certificates = append(t.certificates, c)
		}
	}
	return t.readSigner(signer)
}

// readSigner reads a SignerInfo (RFC 5652 §5.3).
func (t *token) readSigner(s cryptobyte.String) bool {
	var version int
	var attributes cryptobyte.String
	if !s.ReadASN1Integer(&version) || !t.readName(&s) {
		return false
	}
	digest, ok := readAlgorithm(&s)
	if !ok || !s.ReadASN1(&attributes, explicit(0)) {
		return false
	}
	t.digest = hashOf(digest)
	t.signed = retag(attributes)
	algorithm, ok := readAlgorithm(&s)
	t.pss = algorithm.Equal(idRSAPSS)
	return ok && s.ReadASN1Bytes(&t.signature, tag.OCTET_STRING) && s.SkipOptionalASN1(explicit(1)) && s.Empty() && t.readAttributes(attributes)
}

// retag is what is signed: the attributes as a SET, though they are sent under another tag (RFC 5652 §5.4).
func retag(attributes []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	return b.BytesOrPanic()
}

// readName reads by what the signer's certificate is named: its issuer and serial number, or its key's identifier.
func (t *token) readName(s *cryptobyte.String) bool {
	var sid, issuer cryptobyte.String
	serial := new(big.Int)
	if s.PeekASN1Tag(tag.SEQUENCE) {
		t.named = func(c *x509.Certificate) bool {
			return string(c.RawIssuer) == string(issuer) && c.SerialNumber.Cmp(serial) == 0
		}
		return s.ReadASN1(&sid, tag.SEQUENCE) && sid.ReadASN1Element(&issuer, tag.SEQUENCE) && sid.ReadASN1Integer(serial) && sid.Empty()
	}
	t.named = func(c *x509.Certificate) bool { return len(sid) > 0 && string(c.SubjectKeyId) == string(sid) }
	return s.ReadASN1(&sid, tag.Tag(0).ContextSpecific())
}

func (t *token) readAttributes(s cryptobyte.String) bool {
	t.attributes = map[string][]byte{}
	for !s.Empty() {
		var one, values, value cryptobyte.String
		var id asn1.ObjectIdentifier
		var of tag.Tag
		if !s.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadASN1(&values, tag.SET) || !one.Empty() {
			return false
		}
		if _, twice := t.attributes[id.String()]; twice || !values.ReadAnyASN1Element(&value, &of) {
			return false
		}
		t.attributes[id.String()] = value
	}
	return true
}

func readAlgorithm(s *cryptobyte.String) (asn1.ObjectIdentifier, bool) {
	var algorithm cryptobyte.String
	var id asn1.ObjectIdentifier
	ok := s.ReadASN1(&algorithm, tag.SEQUENCE) && algorithm.ReadASN1ObjectIdentifier(&id)
	return id, ok
}

// hashOf is the hash of a digest algorithm; none for one that is not known, or is weak.
func hashOf(id asn1.ObjectIdentifier) crypto.Hash {
	switch {
	case id.Equal(idSHA256):
		return crypto.SHA256
	case id.Equal(idSHA384):
		return crypto.SHA384
	case id.Equal(idSHA512):
		return crypto.SHA512
	}
	return 0
}

// read reads a TSTInfo. One with an extension that has to be understood is not.
func (x *said) read(content []byte) bool {
	var s, imprint, extensions cryptobyte.String
	var version int
	var some bool
	in := cryptobyte.String(content)
	if !in.ReadASN1(&s, tag.SEQUENCE) || !in.Empty() || !s.ReadASN1Integer(&version) || version != 1 || !s.ReadASN1ObjectIdentifier(&x.policy) ||
		!s.ReadASN1(&imprint, tag.SEQUENCE) {
		return false
	}
	var ok bool
	if x.digested, ok = readAlgorithm(&imprint); !ok || !imprint.ReadASN1Bytes(&x.digest, tag.OCTET_STRING) || !imprint.Empty() || !s.SkipASN1(tag.INTEGER) || !x.readTime(&s) {
		return false
	}
	if !s.SkipOptionalASN1(tag.SEQUENCE) || !s.SkipOptionalASN1(tag.BOOLEAN) {
		return false
	}
	if s.PeekASN1Tag(tag.INTEGER) {
		if x.nonce = new(big.Int); !s.ReadASN1Integer(x.nonce) {
			return false
		}
	}
	return s.SkipOptionalASN1(explicit(0)) && s.ReadOptionalASN1(&extensions, &some, explicit(1)) && s.Empty() && noneCritical(extensions)
}

// readTime reads a GeneralizedTime in UTC, which here can have fractions of a second.
func (x *said) readTime(s *cryptobyte.String) bool {
	var text cryptobyte.String
	if !s.ReadASN1(&text, tag.GeneralizedTime) {
		return false
	}
	at, err := time.Parse("20060102150405Z", string(text))
	x.at = at.UTC()
	return err == nil
}

func noneCritical(extensions cryptobyte.String) bool {
	for !extensions.Empty() {
		var one cryptobyte.String
		var id asn1.ObjectIdentifier
		var critical bool
		if !extensions.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&id) || !one.ReadOptionalASN1Boolean(&critical, tag.BOOLEAN, false) || critical {
			return false
		}
	}
	return true
}
