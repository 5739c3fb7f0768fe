package storetest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"paravent/store"
)

// retried runs an Update until it was not the loser of a conflict.
func retried(t *testing.T, b store.Backend, fn func(store.Writer) error) {
	for {
		err := b.Update(t.Context(), fn)
		if err == nil {
			return
		}
		if !errors.Is(err, store.ErrConflict) {
			t.Error(err)
			return
		}
	}
}

func counts(t *testing.T, b store.Backend) {
	const writers, each = 6, 20
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				retried(t, b, func(w store.Writer) error {
					v, err := w.Get(bucket, []byte("n"))
					if err != nil {
						return err
					}
					n, _ := strconv.Atoi(string(v))
					return w.Put(bucket, []byte("n"), []byte(strconv.Itoa(n+1)))
				})
			}
		})
		group.Go(func() {
			last := 0
			for range each {
				view(t, b, func(r store.Reader) {
					n, _ := strconv.Atoi(get(t, r, "n"))
					if n < last {
						t.Errorf("the count went back from %d to %d", last, n)
					}
					last = n
				})
			}
		})
	}
	group.Wait()
	view(t, b, func(r store.Reader) { expect(t, "count", get(t, r, "n"), strconv.Itoa(writers*each)) })
}

// together runs two Updates at once.
func together(t *testing.T, b store.Backend, one, two func(store.Writer) error) {
	var group sync.WaitGroup
	group.Go(func() { retried(t, b, one) })
	group.Go(func() { retried(t, b, two) })
	group.Wait()
}

// writeSkew: each of two takes one away if both are there. One must be left.
func writeSkew(t *testing.T, b store.Backend) {
	taking := func(mine, other string) func(store.Writer) error {
		return func(w store.Writer) error {
			if get(t, w, mine) == "on" && get(t, w, other) == "on" {
				return w.Put(bucket, []byte(mine), []byte("off"))
			}
			return nil
		}
	}
	for range 30 {
		put(t, b, "x", "on")
		put(t, b, "y", "on")
		together(t, b, taking("x", "y"), taking("y", "x"))
		view(t, b, func(r store.Reader) {
			expect(t, "left on", strings.Count(listed(t, r, ""), "=on"), 1)
		})
	}
}

// phantoms: each of two adds a key if the range is empty. One must be there.
func phantoms(t *testing.T, b store.Backend) {
	adding := func(key string) func(store.Writer) error {
		return func(w store.Writer) error {
			if listed(t, w, "k/") == "" {
				return w.Put(bucket, []byte("k/"+key), []byte("1"))
			}
			return nil
		}
	}
	for range 30 {
		together(t, b, adding("x"), adding("y"))
		view(t, b, func(r store.Reader) { expect(t, "added", strings.Count(listed(t, r, "k/"), "="), 1) })
		must(t, b.Update(t.Context(), func(w store.Writer) error {
			return errors.Join(w.Delete(bucket, []byte("k/x")), w.Delete(bucket, []byte("k/y")))
		}))
	}
}

// phantomsByDeletion: each of two deletes its key if the range holds two. One must be left. No key that is left shows
// that another was deleted.
func phantomsByDeletion(t *testing.T, b store.Backend) {
	taking := func(key string) func(store.Writer) error {
		return func(w store.Writer) error {
			if strings.Count(listed(t, w, "k/"), "=") == 2 {
				return w.Delete(bucket, []byte("k/"+key))
			}
			return nil
		}
	}
	for range 30 {
		put(t, b, "k/x", "1")
		put(t, b, "k/y", "1")
		together(t, b, taking("x"), taking("y"))
		view(t, b, func(r store.Reader) { expect(t, "left", strings.Count(listed(t, r, "k/"), "="), 1) })
	}
}

func limits(t *testing.T, b store.Backend) {
	l := b.Limits()
	expect(t, "asked again", b.Limits(), l)
	writing := func(ops, size int) error {
		return b.Update(t.Context(), func(w store.Writer) error {
			for i := range ops {
				for range 2 { // a key counts once
					must(t, w.Put(bucket, []byte(strconv.Itoa(1e6+i)), make([]byte, size)))
				}
			}
			return nil
		})
	}
	refused := func(err error) {
		t.Helper()
		var limit *store.LimitError
		if !errors.As(err, &limit) || !errors.Is(err, store.ErrTooLarge) || limit.Limits != l {
			t.Errorf("got %v", err)
		}
	}
	if l.Ops > 0 {
		refused(writing(l.Ops+1, 1))
		view(t, b, holds(t, ""))
		must(t, writing(l.Ops, 1))
		must(t, b.Update(t.Context(), func(w store.Writer) error {
			for i := range l.Ops {
				must(t, w.Delete(bucket, []byte(strconv.Itoa(1e6+i))))
			}
			return nil
		}))
		view(t, b, holds(t, ""))
	}
	if l.Bytes > 0 {
		refused(writing(1, l.Bytes-6))
		view(t, b, holds(t, ""))
		must(t, writing(1, l.Bytes-7))
		if l.Ops > 0 {
			must(t, writing(l.Ops, l.Bytes/l.Ops-7))
		}
	}
	must(t, b.View(t.Context(), func(r store.Reader) error { return nil }))
	// Reading has no limit.
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		for i := range 5000 {
			get(t, w, strconv.Itoa(i))
		}
		return w.Put(bucket, []byte("read much"), nil)
	}))
}

func watch(t *testing.T, b store.Backend) {
	events := b.Watch(t.Context())
	last := uint64(0)
	for i := range 10 {
		put(t, b, strconv.Itoa(i), "1")
		e := <-events
		if e.Revision <= last || e.Foreign || e.CutOff {
			t.Errorf("event %+v after revision %d", e, last)
		}
		last = e.Revision
		view(t, b, func(r store.Reader) { expect(t, "what the event is of", get(t, r, strconv.Itoa(i)), "1") })
	}
	// What fails, and what writes nothing, is no change.
	_ = b.Update(t.Context(), func(w store.Writer) error {
		must(t, w.Put(bucket, []byte("a"), nil))
		return errGiven
	})
	must(t, b.Update(t.Context(), func(w store.Writer) error { return w.Delete(bucket, []byte("nothing")) }))
	select {
	case e := <-events:
		t.Errorf("event %+v", e)
	default:
	}
	must(t, b.Update(t.Context(), func(w store.Writer) error { return w.Delete(bucket, []byte("1")) }))
	if e := <-events; e.Revision <= last {
		t.Errorf("event %+v after revision %d", e, last)
	}
}

func watchEnds(t *testing.T, b store.Backend) {
	ctx, cancel := context.WithCancel(t.Context())
	slow, second := b.Watch(ctx), b.Watch(t.Context())
	for i := range 20 {
		put(t, b, strconv.Itoa(i), "1")
	}
	first := <-slow
	seen := <-second
	expect(t, "newest, for one as for the other", first.Revision, seen.Revision)
	cancel()
	for range slow { // ends
	}
	put(t, b, "x", "1")
	if e := <-second; e.Revision <= seen.Revision {
		t.Errorf("event %+v after %+v", e, seen)
	}
}
