package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"paravent/store"
)

func TestWhatIsRememberedIsOfTheVaultAsItStands(t *testing.T) {
	v := createVault(t, filepath.Join(t.TempDir(), "v"))
	made := 0
	ask := func(tx store.Reading) (int, error) {
		return store.Remember(tx, "count", func() (int, error) {
			made++
			return made, nil
		})
	}
	look := func(want int) {
		t.Helper()
		must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
			got, err := ask(tx)
			if got != want {
				t.Errorf("got %d, want %d", got, want)
			}
			return err
		}))
	}
	look(1)
	look(1)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("test.changed", nil)
		first, _ := ask(tx)
		second, err := ask(tx)
		if first == 1 || second == first {
			t.Errorf("within a change %d and %d are remembered", first, second)
		}
		return err
	}))
	before := made
	look(before + 1)
	look(before + 1)
	failed := errors.New("a test")
	if err := v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("test.changed", nil)
		return failed
	}); !errors.Is(err, failed) {
		t.Fatal(err)
	}
	look(before + 1) // nothing has changed
	must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
		_, err := store.Remember(tx, "fails", func() (int, error) { return 0, failed })
		if !errors.Is(err, failed) {
			t.Errorf("got %v", err)
		}
		got, err := store.Remember(tx, "fails", func() (int, error) { return 7, nil })
		if got != 7 {
			t.Error("a failure is remembered")
		}
		return err
	}))
}
