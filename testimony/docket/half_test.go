package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"paravent/store"
	"paravent/testimony/docket"
)

func TestHalfAVaultIsDamagedEachTimeItIsOpened(t *testing.T) {
	t.Parallel()
	d := training(t)
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []int{2, 3, 4, 8} {
		half := filepath.Join(t.TempDir(), "half")
		if err := os.WriteFile(half, whole[:len(whole)/part], 0o600); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := docket.Unlock(t.Context(), half, "judge", []byte(docket.TrainingPassphrase), light); !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrNotVault) {
				t.Errorf("1/%d: %v", part, err)
			}
		}
	}
}
