// Package storetest holds any [store.Backend] to its contract. A backend's own tests call [Run] with a way to open an empty
// one, and [Programs] for as many random steps as they have time for. It is for tests only.
package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"paravent/store"
)

// Open opens an empty backend. The suite closes it; closing it again must do no harm.
type Open func(t testing.TB) store.Backend

// Run checks the whole contract. The test that calls it must not be parallel: it looks for goroutines left behind.
func Run(t *testing.T, open Open) {
	t.Run("LeavesNoGoroutine", func(t *testing.T) { leavesNothing(t, open) })
	for name, check := range map[string]func(t *testing.T, b store.Backend){
		"AbsentKeysAndBuckets":       absent,
		"EveryByteString":            everyByteString,
		"BucketsAreApart":            bucketsApart,
		"RangeIsOrderedAndBounded":   rangeOrder,
		"RangeStopsWithItsCaller":    rangeStops,
		"ReadsOwnWrites":             readsOwnWrites,
		"ReadsWhatWasCommitted":      readsCommitted,
		"CopiesKeys":                 copiesKeys,
		"RefusesNames":               refusesNames,
		"UpdateIsAllOrNothing":       allOrNothing,
		"PanicOfACallerGoesOn":       panics,
		"ViewIsOneState":             snapshot,
		"CountsTogether":             counts,
		"NoWriteSkew":                writeSkew,
		"NoPhantoms":                 phantoms,
		"NoPhantomsByDeletion":       phantomsByDeletion,
		"EndedContext":               endedContext,
		"Closed":                     closed,
		"Limits":                     limits,
		"WatchTellsOfChanges":        watch,
		"WatchMergesAndEnds":         watchEnds,
		"RunsAgainAndLeavesOneTrace": runsAgain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			defer b.Close()
			check(t, b)
		})
	}
	t.Run("Programs", func(t *testing.T) {
		t.Parallel()
		for seed := range uint64(3) {
			b := open(t)
			Programs(t, b, seed, 4000)
			must(t, b.Close())
			b = open(t)
			Programs(t, Twice(b), seed, 4000)
			must(t, b.Close())
		}
	})
}

// Twice is a backend that runs every Update's closure once in vain before it runs it in earnest.
func Twice(b store.Backend) store.Backend { return twice{b} }

type twice struct{ store.Backend }

var errInVain = errors.New("in vain")

func (b twice) Update(ctx context.Context, fn func(store.Writer) error) error {
	err := b.Backend.Update(ctx, func(w store.Writer) error {
		if err := fn(w); err != nil {
			return err
		}
		return errInVain
	})
	if !errors.Is(err, errInVain) {
		return err
	}
	return b.Backend.Update(ctx, fn)
}

var (
	bucket   = []byte("record")
	errGiven = errors.New("the closure's own")
)

func leavesNothing(t *testing.T, open Open) {
	before := goleak.IgnoreCurrent()
	b := open(t)
	events := b.Watch(t.Context())
	put(t, b, "a", "1")
	<-events
	must(t, b.Close())
	goleak.VerifyNone(t, before)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, b store.Backend, key, value string) {
	t.Helper()
	must(t, b.Update(t.Context(), func(w store.Writer) error { return w.Put(bucket, []byte(key), []byte(value)) }))
}

// get tells an absent key from an empty value.
func get(t testing.TB, r store.Reader, key string) string {
	t.Helper()
	v, err := r.Get(bucket, []byte(key))
	must(t, err)
	if v == nil {
		return "none"
	}
	return string(v)
}

func view(t testing.TB, b store.Backend, fn func(store.Reader)) {
	t.Helper()
	ran := false
	must(t, b.View(t.Context(), func(r store.Reader) error { ran = true; fn(r); return nil }))
	if !ran {
		t.Fatal("the closure did not run")
	}
}

// listed gives what a range shows, "key=value" joined by spaces.
func listed(t testing.TB, r store.Reader, prefix string) string {
	t.Helper()
	var got []string
	must(t, r.Range(bucket, []byte(prefix), func(k, v []byte) error {
		got = append(got, string(k)+"="+string(v))
		return nil
	}))
	return strings.Join(got, " ")
}

func expect(t testing.TB, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
