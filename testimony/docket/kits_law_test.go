package docket

import (
	"errors"
	"path/filepath"
	"testing"

	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony"
)

const afterwards = "a passphrase for afterwards"

// kitsOfBoth makes a kit for each college, and has every desk seal its keys to one.
func kitsOfBoth(t *testing.T, path string) (court, bench []kit.Sheet) {
	t.Helper()
	make := func(login, second string, holders ...store.Holder) []kit.Sheet {
		d := openAs(t, path, login)
		k, list, err := d.MakeKit(t.Context(), 2, holders)
		if err != nil {
			t.Fatal(err)
		}
		if second != login {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			d = openAs(t, path, second)
		}
		if _, err := d.ConfirmKit(t.Context(), k.ID); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return list
	}
	court = make(testimony.Clerk, testimony.Registrar, store.Holder{Name: "one"}, store.Holder{Name: "two"}, store.Holder{Name: "three"})
	bench = make(testimony.Judge, testimony.Judge, store.Holder{Name: "four"}, store.Holder{Name: "five"})
	for _, office := range testimony.Offices {
		if err := openAs(t, path, office).Close(); err != nil {
			t.Fatal(err)
		}
	}
	return court, bench
}

func openAs(t *testing.T, path, login string) *Desk {
	t.Helper()
	d, err := Unlock(t.Context(), path, login, []byte(TrainingPassphrase), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// All sheets of one kit, with every login of the vault that they bring back and every passphrase of that college, open no field of an
// identity; the sheets of both kits do, which shows that the attack is a real one.
func TestTheSheetsOfOneKitOpenNoIdentity(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "v.paravent")
	d, err := CreateTraining(t.Context(), path, Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := all(t.Context(), d, identities)
	if err != nil || len(sealed) == 0 {
		t.Fatalf("%d identities, %v", len(sealed), err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	court, bench := kitsOfBoth(t, path)
	held := map[string][][][][]byte{}
	for _, office := range testimony.Offices {
		with, without := court, bench
		if office == testimony.Judge {
			with, without = bench, court
		}
		if _, _, err := Recover(t.Context(), path, office, without, []byte(afterwards), Options{}); !errors.Is(err, kit.ErrKit) {
			t.Errorf("%s with the other college's sheets: %v", office, err)
		}
		if _, _, err := Recover(t.Context(), path, office, []kit.Sheet{with[0], without[0]}, []byte(afterwards), Options{}); !errors.Is(err, kit.ErrKit) {
			t.Errorf("%s with a sheet of each: %v", office, err)
		}
		back, _, err := Recover(t.Context(), path, office, with, []byte(afterwards), Options{})
		if err != nil {
			t.Fatalf("%s: %v", office, err)
		}
		held[office] = halvesHeld(back, sealed)
		if err := back.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range testimony.Offices {
		for _, b := range testimony.Offices {
			if opened, want := canOpen(sealed, held[a], held[b]), crosses(a, b); opened != want {
				t.Errorf("%s with %s, both by sheets, open an identity: %v", a, b, opened)
			}
		}
	}
}
