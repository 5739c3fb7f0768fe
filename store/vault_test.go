package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

var lightKDF = store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}

type note struct {
	Text  string
	Count int
}

var notes = store.NewCollection[note]("notes-canary-collection")

const docket store.Compartment = "docket-canary-compartment"

func newFile(t testing.TB) string { return filepath.Join(t.TempDir(), "vault.paravent") }

func createVault(t testing.TB, path string) *store.Vault {
	t.Helper()
	b, err := bolt.Open(path, bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), b, store.NewUser{
		Login: "Clerk.Canary", DisplayName: "Chief Clerk Canary", Role: "clerk", Passphrase: []byte("correct horse"),
	}, store.Options{KDF: lightKDF})
	if err != nil {
		b.Close()
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("compartment.create", nil)
		return tx.CreateCompartment(docket, []store.UserID{v.Me().ID})
	}))
	return v
}

func unlock(t testing.TB, path, login, passphrase string) *store.Vault {
	t.Helper()
	v, err := tryUnlock(t.Context(), path, login, passphrase)
	must(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}

func tryUnlock(ctx context.Context, path, login, passphrase string) (*store.Vault, error) {
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, b, store.Options{})
	if err == nil {
		var v *store.Vault
		if v, err = s.Unlock(ctx, login, []byte(passphrase)); err == nil {
			return v, nil
		}
	}
	return nil, errors.Join(err, b.Close())
}

func put(t testing.TB, v *store.Vault, id string, n note) {
	t.Helper()
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("note.put", nil)
		return notes.Put(tx, docket, id, n)
	}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

func TestRecordsOutliveTheirProcess(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	v := createVault(t, path)
	put(t, v, "b", note{"second", 2})
	put(t, v, "a", note{"first", 1})
	must(t, v.Close())

	v = unlock(t, path, " clerk.CANARY ", "correct horse")
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		got, err := notes.Get(tx, docket, "a")
		must(t, err)
		if got != (note{"first", 1}) {
			t.Errorf("got %v", got)
		}
		all, err := notes.All(tx, docket)
		must(t, err)
		if len(all) != 2 || all[0].ID != "a" || all[1].ID != "b" || all[0].Revision <= all[1].Revision {
			t.Errorf("got %v", all)
		}
		_, err = notes.Get(tx, docket, "c")
		wantErr(t, err, store.ErrNotFound)
		return nil
	}))
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Errorf("faults: %v", report.Faults)
	}
	must(t, v.VerifyAudit(t.Context()))
	entries, err := v.Audit(t.Context())
	must(t, err)
	if len(entries) != 4 || entries[0].Action != "vault.create" || entries[3].Action != "note.put" {
		t.Errorf("got %v", entries)
	}
}
