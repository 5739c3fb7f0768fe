package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"paravent/store"
)

const passphrase = "correct horse"

// sample makes a vault with two users, two compartments, two collections and a few records, and returns its backend.
func sample(t testing.TB) (*memory, *store.Vault) {
	t.Helper()
	m := newMemory()
	v, err := store.Create(t.Context(), m, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)},
		store.Options{KDF: lightKDF})
	must(t, err)
	judge, err := v.AddUser(t.Context(), store.NewUser{Login: "judge", Passphrase: []byte("judge's words")})
	must(t, err)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return errors.Join(
			tx.CreateCompartment(docket, []store.UserID{v.Me().ID}),
			tx.CreateCompartment("second", []store.UserID{v.Me().ID, judge.ID}),
			notes.Put(tx, "second", "a", note{"second a", 1}))
	}))
	for i, id := range []string{"a", "b", "c"} {
		put(t, v, id, note{id, i})
	}
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("more", nil)
		return blobs.Put(tx, docket, "a", []byte("bytes"))
	}))
	return m, v
}

func unlockMemory(ctx context.Context, m *memory, login, passphrase string) (*store.Vault, error) {
	s, err := store.Open(ctx, m, store.Options{})
	if err != nil {
		return nil, err
	}
	return s.Unlock(ctx, login, []byte(passphrase))
}

// examine says what is wrong with a vault, and fails the test when a value comes out that was never put in.
func examine(t testing.TB, m *memory) error {
	t.Helper()
	v, err := unlockMemory(t.Context(), m, "clerk", passphrase)
	if err != nil {
		return err
	}
	var problems []error
	problems = append(problems, v.View(t.Context(), func(tx *store.ReadTx) error {
		for i, id := range []string{"a", "b", "c"} {
			got, err := notes.Get(tx, docket, id)
			if err == nil && got != (note{id, i}) {
				t.Errorf("%s reads %v", id, got)
			}
			if err != nil {
				problems = append(problems, err)
			}
		}
		_, err := notes.All(tx, docket)
		return err
	}))
	report, err := v.Verify(t.Context(), nil)
	problems = append(problems, err)
	for _, f := range report.Faults {
		problems = append(problems, fmt.Errorf("%w: %s", store.ErrDamaged, f.Problem))
	}
	_, err = v.Audit(t.Context())
	return errors.Join(append(problems, err)...)
}

func TestSampleIsSound(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	must(t, examine(t, m))
}

// TestFlippedBytes flips a bit in each stored value of each kind, at several places: it is always noticed.
func TestFlippedBytes(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	flipEach(t, m, v)
}

// TestFlippedBytesBetweenKeys does the same while records stand under two keys.
func TestFlippedBytesBetweenKeys(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	revokeJudge(t, v)
	must(t, examine(t, m))
	flipEach(t, m, v)
}

func flipEach(t *testing.T, m *memory, v *store.Vault) {
	t.Helper()
	others := grantsOfOthers(t, m, v)
	kinds := map[string]int{}
	for k, value := range m.records {
		if others[k] {
			continue
		}
		for _, at := range []int{0, 1, 2, 7, len(value) / 3, len(value) / 2, len(value) - 1} {
			if at >= len(value) {
				continue
			}
			spoiled := m.copy()
			spoiled.records[k][at] ^= 1 << (at % 8)
			if err := examine(t, spoiled); err == nil {
				t.Errorf("%q: byte %d of %d flipped, not noticed", k, at, len(value))
			}
		}
		kinds[k[:5]]++
	}
	if len(kinds) < 6 {
		t.Errorf("only kinds %v", kinds)
	}
}

// grantsOfOthers are the stored values that the clerk can't check: what only the judge can open.
func grantsOfOthers(t testing.TB, m *memory, v *store.Vault) map[string]bool {
	t.Helper()
	users, err := v.Users(t.Context())
	must(t, err)
	others := map[string]bool{}
	for _, u := range users {
		if u.ID == v.Me().ID {
			continue
		}
		for k := range m.records {
			if len(k) > 32 && k[:5] == "grant" && fmt.Sprintf("%x", k[len(k)-16:]) == string(u.ID) {
				others[k] = true
			}
		}
	}
	for _, k := range m.keys("login", "") {
		alone := m.copy()
		alone.records = map[string][]byte{"vault\x00header": m.records["vault\x00header"], "login\x00" + k: m.records["login\x00"+k]}
		if _, err := unlockMemory(t.Context(), alone, "clerk", passphrase); errors.Is(err, store.ErrWrongPassphrase) {
			others["login\x00"+k] = true
		}
	}
	return others
}

// TestMissingValues deletes each stored value in turn.
func TestMissingValues(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	others := grantsOfOthers(t, m, v)
	for k := range m.records {
		if others[k] {
			continue
		}
		spoiled := m.copy()
		delete(spoiled.records, k)
		if err := examine(t, spoiled); err == nil {
			t.Errorf("%q removed, not noticed", k)
		}
	}
}

// TestMovedRecords puts each record in each other's place, across ids, collections and compartments.
func TestMovedRecords(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	keys := m.keys("record", "")
	if len(keys) < 5 {
		t.Fatalf("%d records", len(keys))
	}
	for _, from := range keys {
		for _, to := range keys {
			if from == to {
				continue
			}
			spoiled := m.copy()
			spoiled.records["record\x00"+to] = m.records["record\x00"+from]
			if err := examine(t, spoiled); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("%x in the place of %x: %v", from, to, err)
			}
		}
	}
}

func TestOlderRecordIsNoticed(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	before := m.copy()
	put(t, v, "a", note{"a", 0}) // the same value again
	records := changed(before, m, "record")
	if len(records) != 1 {
		t.Fatalf("%d records changed", len(records))
	}
	m.records[records[0]] = before.records[records[0]]
	err := v.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.All(tx, docket)
		return err
	})
	wantErr(t, err, store.ErrDamaged)
}

// TestOlderCompartmentIsNoticed puts back a whole compartment, manifest included: only the audit log can tell.
func TestOlderCompartmentIsNoticed(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	before := m.copy()
	put(t, v, "a", note{"a", 0})
	for _, k := range append(changed(before, m, "record"), changed(before, m, "manifest")...) {
		m.records[k] = before.records[k]
	}
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := notes.All(tx, docket)
		return err
	}))
	wantErr(t, v.VerifyAudit(t.Context()), store.ErrDamaged)
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if report.Sound() {
		t.Error("the report says nothing")
	}
}

func changed(before, after *memory, bucket string) []string {
	var keys []string
	for _, k := range after.keys(bucket, "") {
		k = bucket + "\x00" + k
		if string(before.records[k]) != string(after.records[k]) {
			keys = append(keys, k)
		}
	}
	return keys
}

// Kinds of values in the log's bucket.
const (
	leaf = 0
	head = 2
)

func swap(m map[string][]byte, a, b string) { m[a], m[b] = m[b], m[a] }

func TestTamperedAuditLog(t *testing.T) {
	t.Parallel()
	m, v := sample(t)
	size := len(m.keys("log", "")) // more than there are leaves
	key := func(n int, kind byte) string {
		return "log\x00" + string(append(binary.BigEndian.AppendUint64(nil, uint64(n)), kind))
	}
	for m.records[key(size-1, leaf)] == nil {
		size--
	}
	last := key(size-1, leaf)
	for name, spoil := range map[string]func(m *memory){
		"entry changed":     func(m *memory) { m.records[last][80] ^= 1 },
		"entry removed":     func(m *memory) { delete(m.records, key(3, leaf)) },
		"entries exchanged": func(m *memory) { swap(m.records, key(3, leaf), key(4, leaf)) },
		"heads exchanged":   func(m *memory) { swap(m.records, key(size-1, head), key(size-2, head)) },
		"head of before":    func(m *memory) { m.records["vault\x00head"] = m.records[key(size-2, head)] },
		"end cut off, with its head": func(m *memory) {
			for kind := range byte(3) {
				delete(m.records, key(size-1, kind))
			}
			m.records["vault\x00head"] = m.records[key(size-2, head)]
		},
	} {
		spoiled := m.copy()
		spoil(spoiled)
		other, err := unlockMemory(t.Context(), spoiled, "judge", "judge's words")
		must(t, err)
		if err := other.VerifyAudit(t.Context()); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, v.VerifyAudit(t.Context()))
}
