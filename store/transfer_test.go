package store_test

import (
	"bytes"
	"errors"
	"testing"

	"paravent/store"
)

func TestTransferCopiesEverything(t *testing.T) {
	t.Parallel()
	from, v := sample(t)
	must(t, v.OpenReception(t.Context(), false))
	k, _ := kitOf(t, v, "court")
	must(t, v.Escrow(t.Context(), k))
	to := newMemory()
	must(t, store.Transfer(t.Context(), from, to))
	if len(to.records) != len(from.records) {
		t.Errorf("%d of %d records", len(to.records), len(from.records))
	}
	for k, value := range from.records {
		if !bytes.Equal(to.records[k], value) {
			t.Errorf("%q is not what it was", k)
		}
	}
	if err := examine(t, to); err != nil {
		t.Error(err)
	}
	if err := store.Transfer(t.Context(), from, to); !errors.Is(err, store.ErrExists) {
		t.Errorf("over a vault: got %v", err)
	}
	small := newMemory()
	small.limits = store.Limits{Ops: 10}
	var limit *store.LimitError
	if err := store.Transfer(t.Context(), from, small); !errors.As(err, &limit) || len(small.records) > 0 {
		t.Errorf("too much at once: got %v", err)
	}
}
