package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

var vaultID = func() [16]byte {
	id, _ := hex.DecodeString(testVault)
	return [16]byte(id)
}()

var carol, dave = newMember(3), newMember(4)

func (m member) public() ed25519.PublicKey { return m.key.Public().(ed25519.PublicKey) }

func vouch(of member, since int64, by member) Attestation {
	return Attest(vaultID, of.id, since, of.public(), by.id, by.key)
}

func end(of member, after int64, by member) Revocation {
	return Revoke(vaultID, of.id, after, by.id, by.key)
}

// rosterOf is the roster of a vault that alice founded.
func rosterOf(t testing.TB, values ...any) (*Roster, error) {
	t.Helper()
	r, err := NewRoster(testVault, alice.public())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		switch v := v.(type) {
		case Attestation:
			err = r.Add(v.Key(), v.Encode())
		case Revocation:
			err = r.Add(v.Key(), v.Encode())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r, r.Check()
}

func TestEverySignerLeadsToTheFounder(t *testing.T) {
	t.Parallel()
	spoiled := vouch(bob, 5, alice)
	spoiled.Signature = bytes.Clone(spoiled.Signature)
	spoiled.Signature[3] ^= 1
	imposter := member{alice.id, newMember(9).key}
	for name, c := range map[string]struct {
		values []any
		sound  bool
	}{
		"nobody":                               {nil, true},
		"the founder":                          {[]any{vouch(alice, 0, alice)}, true},
		"one after another":                    {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), vouch(carol, 9, bob)}, true},
		"in a vault from before":               {[]any{vouch(alice, 7, alice), vouch(bob, 9, alice), vouch(carol, 8, bob)}, true},
		"without the founder":                  {[]any{vouch(bob, 5, alice)}, false},
		"a founder with another key":           {[]any{vouch(imposter, 0, imposter)}, false},
		"a second who vouches for themself":    {[]any{vouch(alice, 0, alice), vouch(bob, 5, bob)}, false},
		"in a circle":                          {[]any{vouch(alice, 0, alice), vouch(bob, 5, carol), vouch(carol, 6, bob)}, false},
		"another's signature":                  {[]any{vouch(alice, 0, alice), Attest(vaultID, bob.id, 5, bob.public(), alice.id, bob.key)}, false},
		"a signature changed":                  {[]any{vouch(alice, 0, alice), spoiled}, false},
		"by one who came later":                {[]any{vouch(alice, 0, alice), vouch(bob, 5, carol), vouch(carol, 6, alice)}, false},
		"with the founder":                     {[]any{vouch(alice, 0, alice), vouch(bob, 0, alice)}, false},
		"revoked":                              {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, alice)}, true},
		"by one who was revoked before":        {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, alice), vouch(carol, 9, bob)}, false},
		"by one who was revoked later":         {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), vouch(carol, 8, bob), end(bob, 9, alice)}, true},
		"revoked by themself":                  {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, bob)}, false},
		"revoked by nobody":                    {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, dave)}, false},
		"nobody revoked":                       {[]any{vouch(alice, 0, alice), end(bob, 9, alice)}, false},
		"revoked by one who was before":        {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), vouch(carol, 6, alice), end(bob, 9, alice), end(carol, 9, bob)}, false},
		"revoked with another user's signture": {[]any{vouch(alice, 0, alice), vouch(bob, 5, alice), Revoke(vaultID, bob.id, 9, alice.id, bob.key)}, false},
	} {
		if _, err := rosterOf(t, c.values...); (err == nil) != c.sound || err != nil && !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASignerHasATerm(t *testing.T) {
	t.Parallel()
	r, err := rosterOf(t, vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, alice))
	if err != nil {
		t.Fatal(err)
	}
	for size, sound := range map[int64]bool{1: false, 5: false, 6: true, 9: true, 10: false} {
		h, err := SignHead(testVault, Unsaid, size, Hash{1}, bob.name(), bob.key)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CheckHead(h); (err == nil) != sound {
			t.Errorf("size %d: %v", size, err)
		}
	}
	// In a vault from before nobody knows when a user came, only that they were vouched for.
	r, err = rosterOf(t, vouch(alice, 3, alice), vouch(bob, 5, alice))
	if err != nil {
		t.Fatal(err)
	}
	h, err := SignHead(testVault, Unsaid, 2, Hash{1}, bob.name(), bob.key)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckHead(h); err != nil {
		t.Error(err)
	}
	if err := r.CheckHead(Head{Size: 4, Signer: carol.name()}); !errors.Is(err, ErrBroken) {
		t.Errorf("of nobody: %v", err)
	}
}

func TestTheLogSaysWhoWasEntered(t *testing.T) {
	t.Parallel()
	founded, entered := vouch(alice, 0, alice), vouch(bob, 5, alice)
	r, err := rosterOf(t, founded, entered)
	if err != nil {
		t.Fatal(err)
	}
	first := SignersState(map[string][]byte{string(founded.Key()): founded.Encode()}).Manifest
	second := SignersState(map[string][]byte{string(entered.Key()): entered.Encode()}).Manifest
	if err := r.Complete(); !errors.Is(err, ErrBroken) {
		t.Errorf("what no transaction entered passes: %v", err)
	}
	for name, err := range map[string]error{
		"another state":  r.Entered(0, second, alice.name()),
		"another time":   r.Entered(4, second, alice.name()),
		"another writer": r.Entered(5, second, bob.name()),
		"no writer":      r.Entered(5, second, "x"),
	} {
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(r.Entered(0, first, alice.name()), r.Entered(5, second, alice.name()), r.Complete()); err != nil {
		t.Error(err)
	}
}

func TestAChainOfVouchers(t *testing.T) {
	t.Parallel()
	r, err := rosterOf(t, vouch(alice, 0, alice), vouch(bob, 5, alice), vouch(carol, 6, bob), vouch(dave, 7, alice), end(bob, 9, dave))
	if err != nil {
		t.Fatal(err)
	}
	chain, ended := r.Chain(carol.name())
	names := ""
	for _, a := range chain {
		names += string('a' + rune(a.User[0]) - 1)
	}
	if names != "cbda" && names != "cbad" || len(ended) != 1 {
		t.Errorf("%s, %d revoked", names, len(ended))
	}
	if chain, _ := r.Chain("nobody"); chain != nil {
		t.Errorf("nobody has a chain: %v", chain)
	}
}

func FuzzRoster(f *testing.F) {
	a, b, e := vouch(alice, 0, alice), vouch(bob, 5, alice), end(bob, 9, alice)
	f.Add(a.Key(), a.Encode(), b.Key(), b.Encode())
	f.Add(a.Key(), a.Encode(), e.Key(), e.Encode())
	f.Add([]byte("k"), []byte("v"), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value, key2, value2 []byte) {
		r, err := NewRoster(testVault, alice.public())
		if err != nil {
			t.Fatal(err)
		}
		if r.Add(key, value) != nil || r.Add(key2, value2) != nil || r.Check() != nil {
			return
		}
		for _, got := range r.Attestations() {
			if got.User != alice.id && got.By != alice.id {
				t.Errorf("%x was vouched for", got.User)
			}
			if !bytes.Equal(got.Encode(), value) && !bytes.Equal(got.Encode(), value2) {
				t.Errorf("%x came back as %x", value, got.Encode())
			}
		}
	})
}

func FuzzParseProof(f *testing.F) {
	l := newLog(f, 9)
	head, err := ParseHead(testVault, l.heads[int64(len(l.leaves))])
	if err != nil {
		f.Fatal(err)
	}
	path, err := ProveInclusion(head.Size, 3, l)
	if err != nil {
		f.Fatal(err)
	}
	p := Proof{Format: ProofFormat, Vault: testVault, Founder: alice.public(), Head: string(head.Note),
		Signers: []Vouched{NewVouched(vouch(alice, 0, alice))}, Inclusion: &Inclusion{Index: 3, Leaf: l.leaves[3], Path: path}}
	raw, err := p.Encode()
	if err != nil {
		f.Fatal(err)
	}
	if _, err := p.Check(); err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"format":"paravent.audit.proof/1","consistency":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParseProof(raw)
		if err != nil {
			return
		}
		proven, err := p.Check()
		if err == nil && bytes.Equal(p.Founder, alice.public()) && p.Vault == testVault && proven.Index >= 0 &&
			(proven.Index >= int64(len(l.leaves)) || !bytes.Equal(proven.Leaf, l.leaves[proven.Index])) {
			t.Errorf("%q proves a leaf that there is not", raw)
		}
	})
}

func FuzzReadNote(f *testing.F) {
	h, err := SignHead(testVault, Unsaid, 3, Hash{1}, alice.name(), alice.key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(h.Note)
	f.Add([]byte("paravent/vault/other\n1\n\n\n— x y"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := ReadNote(testVault, raw)
		if err == nil && got.Verify(alice.public()) == nil && (got.Size != 3 || got.Root != h.Root) {
			t.Errorf("%q reads as another head that was signed", raw)
		}
	})
}

func FuzzCheckExport(f *testing.F) {
	f.Add([]byte(`{"format":"paravent.audit.export/1","vault":"` + testVault + `","founder":"","size":1}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		open := func(string, *Act, []byte) (Entry, error) { return Entry{}, nil }
		if x, err := CheckExport(bytes.NewReader(raw), open, nil, nil); err == nil && !strings.Contains(string(raw), x.Vault) {
			t.Errorf("%q passed", raw)
		}
	})
}
