package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

func sampleHeader() header {
	return header{vault: [16]byte{1}, loginSalt: [32]byte{2}, kdf: KDFParams{1, 64, 1}, founder: make([]byte, 32)}
}

// resum makes a changed header's checksum right again.
func resum(raw []byte) []byte {
	body := raw[:len(raw)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func TestHeaderOfANewerFormat(t *testing.T) {
	t.Parallel()
	raw := sampleHeader().encode()
	binary.BigEndian.PutUint16(raw[len(headerMagic):], 2)
	if _, err := parseHeader(raw); !errors.Is(err, ErrDamaged) {
		t.Errorf("without its checksum: %v", err)
	}
	longer := resum(append(raw, make([]byte, 40)...))
	if _, err := parseHeader(longer); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("got %v", err)
	}
}

// TestHostileHeader asks for more than any machine has: it is refused at once.
func TestHostileHeader(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for _, p := range []KDFParams{
		{1 << 31, 64, 1}, {1, 1 << 31, 1}, {1, 64, 0}, {0, 64, 1}, {1, 0, 1}, {1<<32 - 1, 1<<32 - 1, 255},
		{CeilingKDF.Time + 1, 64, 1}, {1, CeilingKDF.MemoryKiB + 1, 1},
	} {
		h := sampleHeader()
		h.kdf = p
		if _, err := parseHeader(h.encode()); !errors.Is(err, ErrDamaged) || !errors.Is(err, ErrWeakKDF) {
			t.Errorf("header %+v: %v", p, err)
		}
		if _, err := parseLogin(login{kdf: p}.encode(), KDFParams{1, 64, 1}); !errors.Is(err, ErrDamaged) {
			t.Errorf("login %+v: %v", p, err)
		}
	}
	if elapsed := time.Since(start); elapsed > time.Second {
		t.Errorf("took %v", elapsed)
	}
}

func TestLoginWeakerThanTheVault(t *testing.T) {
	t.Parallel()
	weak := login{kdf: KDFParams{1, 64, 1}}.encode()
	if _, err := parseLogin(weak, FloorKDF); !errors.Is(err, ErrWeakKDF) {
		t.Errorf("got %v", err)
	}
	if _, err := parseLogin(weak, KDFParams{1, 64, 1}); err != nil {
		t.Errorf("as weak as its creator chose: %v", err)
	}
	floor := login{kdf: FloorKDF}.encode()
	if _, err := parseLogin(floor, KDFParams{4, 1 << 20, 4}); err != nil {
		t.Errorf("at the floor, below the vault's own: %v", err)
	}
}

func TestPaddingTellsLittle(t *testing.T) {
	t.Parallel()
	sizes := map[int]bool{}
	for n := range 1 << 16 {
		p := padded(n)
		if p < n || p > max(256, n+n/2) {
			t.Fatalf("%d is padded to %d", n, p)
		}
		sizes[p] = true
	}
	if len(sizes) > 17 {
		t.Errorf("%d sizes", len(sizes))
	}
}

func TestSumsAreOrderless(t *testing.T) {
	t.Parallel()
	var a, b sum256
	h1, h2 := sha256.Sum256([]byte("1")), [32]byte(bytes.Repeat([]byte{0xff}, 32))
	a.add(h1)
	a.add(h2)
	b.add(h2)
	b.add(h1)
	if a != b {
		t.Error("the order counts")
	}
	a.sub(h1)
	a.sub(h2)
	if a != (sum256{}) {
		t.Errorf("got %v", a)
	}
}

func FuzzParseHeader(f *testing.F) {
	f.Add(sampleHeader().encode())
	f.Add([]byte(headerMagic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, raw := range [][]byte{raw, resum(append(bytes.Clone(raw), make([]byte, sha256.Size)...))} {
			h, err := parseHeader(raw)
			if err == nil && !bytes.Equal(h.encode(), raw) {
				t.Errorf("%x came back as %x", raw, h.encode())
			}
		}
	})
}

func FuzzParseLogin(f *testing.F) {
	f.Add(login{kdf: FloorKDF}.encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := parseLogin(raw, KDFParams{1, 64, 1})
		if err == nil && !bytes.Equal(l.encode(), raw) {
			t.Errorf("%x came back as %x", raw, l.encode())
		}
	})
}

func FuzzSplitRecord(f *testing.F) {
	envelope, err := encodeRecord("id", []byte("value"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(envelope[envelopeHead:])
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, plain []byte) {
		_, id, value, err := splitRecord(plain)
		if err == nil && plainHead+len(id)+len(value) > len(plain) {
			t.Errorf("%d and %d bytes out of %d", len(id), len(value), len(plain))
		}
	})
}

func FuzzParseManifest(f *testing.F) {
	f.Add(manifest{{1}: {count: 3}, {2}: {count: 1}}.encode())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseManifest(raw)
		if err != nil {
			return
		}
		if again, err := parseManifest(m.encode()); err != nil || len(again) != len(m) {
			t.Errorf("%d rows came back as %d, %v", len(m), len(again), err)
		}
	})
}

func FuzzOpenEnvelope(f *testing.F) {
	aead := newAEAD(make([]byte, 32))
	p := newPlace(kindRecord, [16]byte{}, tag{}, nil)
	envelope, _ := newEnvelope(10)
	sealed := sealEnvelope(aead, &p, 1, 7, make([]byte, 24), envelope)
	f.Add(sealed)
	f.Add(sealed[:minEnvelope-1])
	f.Fuzz(func(t *testing.T, raw []byte) {
		p := newPlace(kindRecord, [16]byte{}, tag{}, nil)
		if _, _, err := openEnvelope(aead, &p, raw, nil); err == nil && !bytes.Equal(raw, sealed) {
			t.Errorf("%x opened", raw)
		}
	})
}

func FuzzParseReception(f *testing.F) {
	f.Add(encodeReception(make([]byte, 1216)))
	f.Add([]byte{receptionVersion})
	f.Fuzz(func(t *testing.T, raw []byte) {
		public, err := parseReception(raw)
		if err == nil && !bytes.Equal(encodeReception(public), raw) {
			t.Errorf("%x came back as %x", raw, encodeReception(public))
		}
	})
}

func FuzzOpenGrant(f *testing.F) {
	key, err := kem.NewPrivateKey(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	plain := bytes.Repeat([]byte{7}, grantSize-EncapsulatedSize-16)
	enc, boxes, err := SealTo(key.PublicKey().Bytes(), grantPlace([16]byte{}, tag{}, 1, [16]byte{}), plain)
	if err != nil {
		f.Fatal(err)
	}
	want := compartmentKeyFrom(tag{}, 1, plain).commitment()
	sealed := append(bytes.Clone(enc), boxes[0]...)
	f.Add(sealed)
	f.Add(sealed[:100])
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := openGrant(key, [16]byte{}, tag{}, 1, [16]byte{}, raw)
		if err == nil && !bytes.Equal(got.commitment(), want) {
			t.Errorf("%x opens as another key", raw)
		}
	})
}

func FuzzParseSecrets(f *testing.F) {
	f.Add(make([]byte, 16+2*seedSize))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if s, err := parseSecrets(raw); err == nil && !bytes.Equal(s.encode(), raw) {
			t.Errorf("%x came back as %x", raw, s.encode())
		}
	})
}
