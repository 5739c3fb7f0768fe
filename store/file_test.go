package store_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

func TestNothingReadableOnDisk(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "record-canary-id", note{"plaintext-canary-value", 1})
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("action-canary", map[string]string{"detail-canary": "value-canary"})
		return notes.Delete(tx, docket, "record-canary-id")
	}))
	must(t, v.Close())
	raw, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Contains(raw, []byte("paravent vault")) {
		t.Fatal("the search finds nothing at all")
	}
	for _, canary := range []string{"anary", "CANARY", "clerk", "Clerk", "horse", "docket", "notes-", "20" + "26-", `"t":`} {
		if bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%q is in the file", canary)
		}
	}
}

// TestFlippedBitsOfTheFile flips bits anywhere in the file: never a wrong value, never the end of the process.
func TestFlippedBitsOfTheFile(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	for i := range 20 {
		put(t, v, strconv.Itoa(i), note{strconv.Itoa(i), i})
	}
	must(t, v.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	rnd := rand.New(rand.NewPCG(1, 2))
	noticed := 0
	for range 300 {
		spoiled := bytes.Clone(whole)
		spoiled[rnd.IntN(len(spoiled))] ^= 1 << rnd.IntN(8)
		file := filepath.Join(t.TempDir(), "spoiled")
		must(t, os.WriteFile(file, spoiled, 0o600))
		if err := readSpoiled(t, file); err != nil {
			noticed++
		}
	}
	if noticed < 20 {
		t.Errorf("only %d flips were noticed", noticed)
	}
}

func readSpoiled(t *testing.T, path string) error {
	v, err := tryUnlock(t.Context(), path, "clerk.canary", passphrase)
	if err != nil {
		return err
	}
	defer v.Close()
	err = v.View(t.Context(), func(tx *store.ReadTx) error {
		return notes.Each(tx, docket, func(e store.Entry[note]) error {
			if e.ID != e.Value.Text || e.ID != strconv.Itoa(e.Value.Count) {
				t.Errorf("wrong value %v", e)
			}
			return nil
		})
	})
	report, verifyErr := v.Verify(t.Context(), nil)
	if err == nil && verifyErr == nil && !report.Sound() {
		err = store.ErrDamaged
	}
	return errors.Join(err, verifyErr)
}

func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "a", note{"first", 1})
	must(t, v.Close())
	b, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	must(t, err)
	defer b.Close()
	s, err := store.Open(t.Context(), b, store.Options{})
	must(t, err)
	v, err = s.Unlock(t.Context(), "clerk.canary", []byte(passphrase))
	must(t, err)
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Error(report.Faults)
	}
	err = v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("x", nil); return nil })
	wantErr(t, err, store.ErrReadOnly)
}

func TestEmptyBoltFileIsNoVault(t *testing.T) {
	t.Parallel()
	b, err := bolt.Open(newFile(t), bolt.Options{Create: true})
	must(t, err)
	defer b.Close()
	_, err = store.Open(t.Context(), b, store.Options{})
	wantErr(t, err, store.ErrNotVault)
}
