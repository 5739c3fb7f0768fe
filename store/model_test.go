package store_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"paravent/store"
	"paravent/store/bolt"
)

var errGivenUp = errors.New("given up")

// TestRandomPrograms runs transactions of random puts, deletes and reads against a vault and a map side by side.
func TestRandomPrograms(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		m, v := newMemory(), (*store.Vault)(nil)
		v, err := store.Create(t.Context(), m, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
		must(t, err)
		must(t, v.Update(t.Context(), func(tx *store.Tx) error {
			tx.Log("setup", nil)
			return tx.CreateCompartment(docket, []store.UserID{v.Me().ID})
		}))
		model := map[string]note{}
		for step := range 40 {
			var after map[string]note
			err := v.Update(t.Context(), func(tx *store.Tx) error {
				after = maps.Clone(model)
				return randomTransaction(tx, rand.New(rand.NewPCG(seed, uint64(step))), after)
			})
			if err == nil {
				model = after
			} else if !errors.Is(err, errGivenUp) {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
			must(t, v.View(t.Context(), func(tx *store.ReadTx) error { return compare(tx, model) }))
		}
		report, err := v.Verify(t.Context(), nil)
		must(t, err)
		if !report.Sound() {
			t.Errorf("seed %d: %v", seed, report.Faults)
		}
	}
}

func randomTransaction(tx *store.Tx, rnd *rand.Rand, model map[string]note) error {
	tx.Log("step", nil)
	for range rnd.IntN(200) {
		id := strconv.Itoa(rnd.IntN(150))
		want, present := model[id]
		switch rnd.IntN(8) {
		case 0, 1, 2, 3:
			model[id] = note{id, rnd.Int()}
			if err := notes.Put(tx, docket, id, model[id]); err != nil {
				return err
			}
		case 4, 5:
			err := notes.Delete(tx, docket, id)
			if present != (err == nil) || !present && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("delete %s: %v", id, err)
			}
			delete(model, id)
		case 6:
			got, err := notes.Get(tx, docket, id)
			if got != want || present != (err == nil) {
				return fmt.Errorf("get %s: %v, %v", id, got, err)
			}
		case 7:
			if rnd.IntN(10) == 0 {
				if err := compare(tx, model); err != nil {
					return err
				}
			}
		}
	}
	if rnd.IntN(5) == 0 {
		return errGivenUp
	}
	return nil
}

func compare(r store.Reading, model map[string]note) error {
	all, err := notes.All(r, docket)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(model))
	if len(all) != len(ids) {
		return fmt.Errorf("%d records, want %d", len(all), len(ids))
	}
	for i, e := range all {
		if e.ID != ids[i] || e.Value != model[e.ID] {
			return fmt.Errorf("record %s is %v, want %v", e.ID, e.Value, model[e.ID])
		}
	}
	return nil
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b, err := bolt.Open(newFile(t), bolt.Options{Create: true})
	must(t, err)
	v, err := store.Create(t.Context(), b, store.NewUser{Login: "clerk", Passphrase: []byte(passphrase)}, store.Options{KDF: lightKDF})
	must(t, err)
	defer v.Close()
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return tx.CreateCompartment(docket, []store.UserID{v.Me().ID})
	}))
	const writers, writes, each = 4, 8, 100
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range writes {
				err := v.Update(t.Context(), func(tx *store.Tx) error {
					tx.Log("put", nil)
					for j := range each {
						if err := notes.Put(tx, docket, fmt.Sprintf("%d/%d/%d", w, i, j), note{Count: j}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for range writes {
				err := v.View(t.Context(), func(tx *store.ReadTx) error {
					all, err := notes.All(tx, docket)
					if len(all)%each != 0 {
						t.Errorf("saw %d records", len(all))
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	report, err := v.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() || report.Records < writers*writes*each {
		t.Errorf("%+v", report)
	}
}

func TestEachStopsWithItsCaller(t *testing.T) {
	t.Parallel()
	_, v := sample(t)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("many", nil)
		for i := range 2000 {
			if err := notes.Put(tx, docket, strconv.Itoa(i), note{}); err != nil {
				return err
			}
		}
		return nil
	}))
	seen := 0
	err := v.View(t.Context(), func(tx *store.ReadTx) error {
		return notes.Each(tx, docket, func(store.Entry[note]) error {
			if seen++; seen == 500 {
				return errGivenUp
			}
			return nil
		})
	})
	if !errors.Is(err, errGivenUp) || seen != 500 {
		t.Errorf("%d seen, %v", seen, err)
	}
}
