package store

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"paravent/store/locked"
)

// sampleEnrolment is a request to the vault of sampleHeader, and the key that signed it.
func sampleEnrolment(t testing.TB) (header, Enrolment, ed25519.PrivateKey) {
	t.Helper()
	h := sampleHeader()
	h.kdf = KDFParams{1, 64, 1}
	s := &secrets{user: [16]byte{1}, hpke: locked.New(seedSize), signing: locked.New(seedSize)}
	s.hpke.Bytes()[0], s.signing.Bytes()[0] = 2, 3
	key, err := s.hpkeKey()
	if err != nil {
		t.Fatal(err)
	}
	e := Enrolment{Login: "new", DisplayName: "Name", Role: "clerk", Language: "en", Asked: time.Unix(1_800_000_000, 0), HPKEPublic: key.PublicKey().Bytes(),
		SigningPublic: s.signingKey().Public().(ed25519.PublicKey), login: login{kdf: h.kdf}.encode()}
	body := e.body(h, s.user)
	e.raw = append(body, ed25519.Sign(s.signingKey(), signedEnrolment(body))...)
	return h, e, s.signingKey()
}

func TestEachByteOfARequestChangesItsWordsAndBreaksIt(t *testing.T) {
	t.Parallel()
	h, e, _ := sampleEnrolment(t)
	if _, err := parseEnrolment(h, e.raw); err != nil {
		t.Fatal(err)
	}
	for i := range e.raw {
		bent := bytes.Clone(e.raw)
		bent[i] ^= 1 << (i % 8)
		if _, err := parseEnrolment(h, bent); err == nil {
			t.Fatalf("byte %d changed unnoticed", i)
		}
		if (Enrolment{raw: bent}).Fingerprint() == e.Fingerprint() {
			t.Fatalf("byte %d leaves the words as they were", i)
		}
	}
}

// Requests come from outside: whatever stands in one, signed or not, it is taken whole or refused.
func FuzzParseEnrolment(f *testing.F) {
	h, e, key := sampleEnrolment(f)
	f.Add(e.raw)
	f.Add(e.raw[:len(e.raw)-1])
	f.Add([]byte{enrolmentVersion})
	f.Fuzz(func(t *testing.T, raw []byte) {
		const public = 1 + 32 + 16 + 8 + hpkePublicSize
		tries := [][]byte{raw}
		if len(raw) >= public+ed25519.PublicKeySize && len(raw) <= maxEnrolment { // as if its maker had signed it
			signed := bytes.Clone(raw)
			copy(signed[1:], h.identity())
			copy(signed[public:], key.Public().(ed25519.PublicKey))
			tries = append(tries, append(signed, ed25519.Sign(key, signedEnrolment(signed))...))
		}
		for _, raw := range tries {
			got, err := parseEnrolment(h, raw)
			if err != nil {
				continue
			}
			user, err := got.ID.bytes()
			if err != nil || !bytes.Equal(got.body(h, user), raw[:len(raw)-ed25519.SignatureSize]) {
				t.Errorf("%x came back as %x", raw, got.body(h, user))
			}
		}
	})
}

func FuzzParseInvitation(f *testing.F) {
	in := Invitation{header: sampleHeader(), public: make([]byte, hpkePublicSize)}
	f.Add(in.Encode())
	f.Add([]byte(invitationMagic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, raw := range [][]byte{raw, resum(append(bytes.Clone(raw), make([]byte, 32)...))} {
			got, err := ParseInvitation(raw)
			if err == nil && !bytes.Equal(got.Encode(), raw) {
				t.Errorf("%x came back as %x", raw, got.Encode())
			}
		}
	})
}

func FuzzParseKit(f *testing.F) {
	k := Kit{ID: "0102030405060708", Needed: 2, Sheets: 3, Public: make([]byte, hpkePublicSize), Marks: [][]byte{make([]byte, 16), make([]byte, 16), make([]byte, 16)}}
	raw, err := k.clear()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		sealed := bytes.Clone(raw)
		if len(sealed) > 8 {
			sum := sha256.Sum256(sealed[:len(sealed)-8])
			copy(sealed[len(sealed)-8:], sum[:])
		}
		for _, raw := range [][]byte{raw, sealed} {
			got, public, err := parseKit([16]byte{9}, raw)
			if err != nil {
				continue
			}
			again := Kit{ID: got.ID.String(), Needed: got.Needed, Sheets: len(got.Marks), Public: public}
			for _, m := range got.Marks {
				again.Marks = append(again.Marks, m[:])
			}
			if text, err := again.clear(); err != nil || !bytes.Equal(text, raw) {
				t.Errorf("%x came back as %x, %v", raw, text, err)
			}
		}
	})
}

func FuzzParseEscrow(f *testing.F) {
	f.Add(make([]byte, escrowSize))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, enc, box, err := parseEscrow(raw)
		if err == nil && !bytes.Equal(raw[1:escrowSize-8], slices.Concat(id[:], enc, box)) {
			t.Errorf("%x came apart", raw)
		}
	})
}
