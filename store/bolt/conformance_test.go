package bolt_test

import (
	"testing"

	"paravent/store"
	"paravent/store/bolt"
	"paravent/store/storetest"
)

func open(t testing.TB) store.Backend { b, _ := create(t); return b }

func TestConformance(t *testing.T) { storetest.Run(t, open) }

func TestRandomPrograms(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		storetest.Programs(t, open(t), seed, 20_000)
	}
	storetest.Programs(t, storetest.Twice(open(t)), 9, 20_000)
}

func TestReadOnlyTellsNothing(t *testing.T) {
	t.Parallel()
	b, path := create(t)
	set(t, b, "a", "1")
	b.Close()
	only, err := bolt.Open(path, bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	events := only.Watch(t.Context())
	_ = only.Update(t.Context(), func(w store.Writer) error { return nil })
	only.Close()
	for e := range events {
		t.Errorf("event %+v", e)
	}
}
