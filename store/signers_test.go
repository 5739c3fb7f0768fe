package store_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

func keylessly(t testing.TB, b store.Backend) store.KeylessReport {
	t.Helper()
	r, err := store.VerifyWithoutKeys(t.Context(), b, nil)
	must(t, err)
	return r
}

func TestEveryUserIsVouchedForInTheClear(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	users, err := v.Users(t.Context())
	must(t, err)
	for _, u := range users {
		if len(m.keys("signer", string(unhex(t, string(u.ID))))) != 1 {
			t.Errorf("%s is not vouched for", u.Login)
		}
	}
	r := keylessly(t, m)
	if !r.Sound() || r.Unvouched != 0 || r.Signers != 2 || r.Heads == 0 || r.Head.Size != int64(r.AuditEntries) || r.Sessions != 1 {
		t.Errorf("%+v", r)
	}
	if r.Records == 0 || len(r.Collections) != 5 || r.Logins != 2 || r.Compartments != 4 {
		t.Errorf("%+v", r)
	}
}

// TestAVaultFromBefore has no signers: each user vouches for those whom they enrolled, as they come.
func TestAVaultFromBefore(t *testing.T) {
	t.Parallel()
	old := oldGolden(t)
	r := keylessly(t, old)
	if !r.Sound() || r.Unvouched != r.Heads || r.Heads == 0 || r.Signers != 0 || r.Unchecked()[len(r.Unchecked())-1] != "signatures" {
		t.Errorf("before: %+v", r)
	}
	second, err := unlockMemory(t.Context(), old, "judge", "battery staple")
	must(t, err)
	must(t, second.AttestSigners(t.Context())) // nobody has vouched for them yet, and they enrolled nobody
	if r := keylessly(t, old); r.Signers != 0 {
		t.Errorf("the judge vouched for %d", r.Signers)
	}
	first, err := unlockMemory(t.Context(), old, "clerk", "correct horse")
	must(t, err)
	must(t, first.AttestSigners(t.Context()))
	size := keylessly(t, old).Head.Size
	must(t, first.AttestSigners(t.Context()))
	r = keylessly(t, old)
	if !r.Sound() || r.Unvouched != 0 || r.Signers != 2 || r.Head.Size != size {
		t.Errorf("after: %+v", r)
	}
	report, err := first.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Errorf("%+v", report)
	}
}

// oldGolden is the golden vault of format 1 in memory: it was made before there were signers in the clear.
func oldGolden(t testing.TB) *memory {
	t.Helper()
	b, err := bolt.Open(golden, bolt.Options{ReadOnly: true})
	must(t, err)
	defer b.Close()
	m := newMemory()
	must(t, store.Transfer(t.Context(), b, m))
	return m
}

func TestAHeadAfterRevocationIsRefused(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	act := func(v *store.Vault, name string) {
		must(t, v.Update(t.Context(), func(tx *store.Tx) error { tx.Log(name, nil); return nil }))
	}
	act(judge, "before")
	revoke := func(of store.UserID) error {
		return v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("user.revoked", nil); return tx.RevokeSigner(of) })
	}
	must(t, revoke(judge.Me().ID))
	must(t, revoke(judge.Me().ID)) // changes nothing
	wantErr(t, revoke(v.Me().ID), store.ErrInvalid)
	r := keylessly(t, m)
	if !r.Sound() || r.Revoked != 1 {
		t.Fatalf("%+v", r)
	}
	must(t, v.VerifyAudit(t.Context()))
	act(judge, "after") // with the keys that they still have
	if r := keylessly(t, m); r.Sound() || !strings.Contains(r.Faults[0].Problem, "revoked") {
		t.Errorf("%+v", r)
	}
	wantErr(t, v.VerifyAudit(t.Context()), store.ErrDamaged)
}

// TestSignersCannotBeChangedInTheFile tries what somebody who can write into the file, and even is a user, may try.
func TestSignersCannotBeChangedInTheFile(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	judge, err := unlockMemory(t.Context(), m, "judge", "judge's words")
	must(t, err)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("user.revoked", nil)
		return tx.RevokeSigner(judge.Me().ID)
	}))
	keys := m.keys("signer", "")
	if len(keys) != 3 {
		t.Fatalf("%d values", len(keys))
	}
	for name, spoil := range map[string]func(c *memory){
		"all gone": func(c *memory) {
			maps.DeleteFunc(c.records, func(k string, _ []byte) bool { return strings.HasPrefix(k, "signer\x00") })
		},
		"the revocation gone": func(c *memory) {
			maps.DeleteFunc(c.records, func(k string, _ []byte) bool {
				return strings.HasPrefix(k, "signer\x00") && k[len(k)-1] == 1 && len(k) == 24
			})
		},
		"exchanged": func(c *memory) {
			a, b := "signer\x00"+keys[0], "signer\x00"+keys[1]
			if len(keys[1]) != 16 {
				b = "signer\x00" + keys[2]
			}
			c.records[a], c.records[b] = c.records[b], c.records[a]
		},
		"a stranger added": func(c *memory) {
			c.records["signer\x00"+strings.Repeat("x", 16)] = bytes.Clone(c.records["signer\x00"+keys[0]])
		},
		"a key of another kind": func(c *memory) { c.records["signer\x00short"] = []byte{1} },
	} {
		c := m.copy()
		spoil(c)
		if r := keylessly(t, c); r.Sound() {
			t.Errorf("%s: not noticed without keys", name)
		}
		opened, err := unlockMemory(t.Context(), c, "clerk", passphrase)
		must(t, err)
		report, err := opened.Verify(t.Context(), nil)
		must(t, err)
		if report.Sound() {
			t.Errorf("%s: not noticed with keys", name)
		}
	}
}

// TestWithoutKeysEveryClearByteCounts flips a bit of every stored value at several places, and takes each value away. What a check
// without keys can't notice is inside a seal: then its form is whole, and a check with keys notices.
func TestWithoutKeysEveryClearByteCounts(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	blind := map[string]bool{"record": true, "grant": true}
	for k, value := range m.records {
		kind, _, _ := strings.Cut(k, "\x00")
		for _, at := range []int{0, 1, len(value) / 3, len(value) / 2, len(value) - 1} {
			c := m.copy()
			c.records[k][at] ^= 1 << (at % 8)
			r, err := store.VerifyWithoutKeys(t.Context(), c, nil)
			if err == nil && r.Sound() && !blind[kind] {
				t.Errorf("%q: byte %d of %d flipped, not noticed", k, at, len(value))
			}
		}
		c := m.copy()
		delete(c.records, k)
		r, err := store.VerifyWithoutKeys(t.Context(), c, nil)
		if err == nil && r.Sound() && !blind[kind] && kind != "login" {
			t.Errorf("%q removed, not noticed", k)
		}
		c = m.copy()
		c.records[k] = c.records[k][:len(value)-1]
		if r, err := store.VerifyWithoutKeys(t.Context(), c, nil); err == nil && r.Sound() {
			t.Errorf("%q cut short, not noticed", k)
		}
	}
}

func TestWithoutKeysANewerRecordThanTheLogIsNoticed(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	key := "record\x00" + m.keys("record", "")[0]
	m.records[key] = bytes.Clone(m.records[key])
	m.records[key][6] = 1
	if r := keylessly(t, m); r.Sound() {
		t.Error("not noticed")
	}
}

func TestWithoutKeysNoVaultIsAnError(t *testing.T) {
	t.Parallel()
	_, err := store.VerifyWithoutKeys(t.Context(), newMemory(), nil)
	wantErr(t, err, store.ErrNotVault)
}

func TestWithoutKeysAFileThatCanOnlyBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v")
	b, err := bolt.Open(path, bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
	must(t, err)
	if _, err := bolt.Open(path, bolt.Options{ReadOnly: true}); !errors.Is(err, store.ErrInUse) {
		t.Errorf("while it is in use: %v", err)
	}
	must(t, v.Close())
	file, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	defer file.Close()
	if r := keylessly(t, file); !r.Sound() {
		t.Errorf("%+v", r)
	}
	if findings, err := file.Check(t.Context()); err != nil || len(findings) != 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	must(t, err)
	return b
}
