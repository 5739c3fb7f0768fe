package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"paravent/store"
)

func absent(t *testing.T, b store.Backend) {
	check := func(r store.Reader) {
		expect(t, "an absent key", get(t, r, "x"), "none")
		expect(t, "a range of nothing", listed(t, r, ""), "")
		v, err := r.Get([]byte("other"), []byte("x"))
		if v != nil || err != nil {
			t.Errorf("absent bucket: got %v, %v", v, err)
		}
	}
	view(t, b, check)
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		check(w)
		must(t, w.Delete(bucket, []byte("x")))
		return w.Delete([]byte("other"), []byte("x"))
	}))
	put(t, b, "y", "1")
	view(t, b, holds(t, "y=1"))
}

func holds(t *testing.T, want string) func(store.Reader) {
	return func(r store.Reader) {
		t.Helper()
		expect(t, "the whole bucket", listed(t, r, ""), want)
	}
}

func everyByteString(t *testing.T, b store.Backend) {
	whole := make([]byte, 256)
	for i := range whole {
		whole[i] = byte(i)
	}
	keys := [][]byte{{0}, {0, 0}, {255}, {255, 255}, []byte("/"), []byte("é"), whole, bytes.Repeat([]byte{255}, store.MaxKey)}
	values := [][]byte{{}, nil, {0}, whole, bytes.Repeat(whole, 40), {0, 0}, []byte("x"), {255}}
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		for i, k := range keys {
			must(t, w.Put(bucket, k, values[i]))
		}
		return nil
	}))
	view(t, b, func(r store.Reader) {
		for i, k := range keys {
			got, err := r.Get(bucket, k)
			if err != nil || got == nil || !bytes.Equal(got, values[i]) {
				t.Errorf("key %x: got %d bytes (nil: %v), %v", k, len(got), got == nil, err)
			}
		}
		n := 0
		must(t, r.Range(bucket, []byte{255}, func(k, v []byte) error { n++; return nil }))
		expect(t, "keys that begin with 255", n, 3)
	})
}

func bucketsApart(t *testing.T, b store.Backend) {
	names := []string{"a", "ab", "b", "\xff"}
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		for _, name := range names {
			for _, key := range []string{"b", "\x00b", "bb"} {
				must(t, w.Put([]byte(name), []byte(key), []byte(name+key)))
			}
		}
		return nil
	}))
	must(t, b.Update(t.Context(), func(w store.Writer) error { return w.Delete([]byte("a"), []byte("\x00b")) }))
	view(t, b, func(r store.Reader) {
		for _, name := range names {
			var got []string
			must(t, r.Range([]byte(name), nil, func(k, v []byte) error {
				expect(t, "value", string(v), name+string(k))
				got = append(got, string(k))
				return nil
			}))
			want := "[\x00b b bb]"
			if name == "a" {
				want = "[b bb]"
			}
			expect(t, "keys of "+name, fmt.Sprint(got), want)
		}
	})
}

func rangeOrder(t *testing.T, b store.Backend) {
	for _, k := range []string{"b2", "a9", "b1", "c0", "b", "b10"} {
		put(t, b, k, k)
	}
	view(t, b, func(r store.Reader) {
		expect(t, "prefix b", listed(t, r, "b"), "b=b b1=b1 b10=b10 b2=b2")
		expect(t, "prefix b1", listed(t, r, "b1"), "b1=b1 b10=b10")
		expect(t, "prefix of none", listed(t, r, "bb"), "")
		expect(t, "no prefix", listed(t, r, ""), "a9=a9 b=b b1=b1 b10=b10 b2=b2 c0=c0")
	})
}

func rangeStops(t *testing.T, b store.Backend) {
	for _, k := range []string{"a", "b", "c"} {
		put(t, b, k, k)
	}
	err := b.View(t.Context(), func(r store.Reader) error {
		n := 0
		err := r.Range(bucket, nil, func(_, _ []byte) error {
			if n++; n == 2 {
				return errGiven
			}
			return nil
		})
		expect(t, "keys seen", n, 2)
		expect(t, "error of Range", err, errGiven)
		return err
	})
	expect(t, "error of View", err, errGiven)
}

func readsOwnWrites(t *testing.T, b store.Backend) {
	for _, k := range []string{"a", "b", "c"} {
		put(t, b, k, "old")
	}
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		must(t, w.Put(bucket, []byte("a"), []byte("new")))
		must(t, w.Put(bucket, []byte("d"), []byte("new")))
		must(t, w.Delete(bucket, []byte("b")))
		must(t, w.Put(bucket, []byte("e"), []byte("gone")))
		must(t, w.Delete(bucket, []byte("e")))
		must(t, w.Delete(bucket, []byte("c")))
		must(t, w.Put(bucket, []byte("c"), []byte("back")))
		expect(t, "written", get(t, w, "a"), "new")
		expect(t, "deleted", get(t, w, "b"), "none")
		expect(t, "written and deleted", get(t, w, "e"), "none")
		expect(t, "range", listed(t, w, ""), "a=new c=back d=new")
		must(t, w.Put(bucket, []byte("a"), []byte("newer")))
		expect(t, "written again", get(t, w, "a"), "newer")
		return nil
	}))
	view(t, b, holds(t, "a=newer c=back d=new"))
}

func readsCommitted(t *testing.T, b store.Backend) {
	for i := range 50 {
		want := fmt.Sprint(i)
		put(t, b, "a", want)
		view(t, b, func(r store.Reader) { expect(t, "after Update", get(t, r, "a"), want) })
		must(t, b.Update(t.Context(), func(w store.Writer) error {
			expect(t, "in the next Update", get(t, w, "a"), want)
			return nil
		}))
	}
}

func copiesKeys(t *testing.T, b store.Backend) {
	value := []byte("0")
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		key, name := []byte("a"), bytes.Clone(bucket)
		for key[0] < 'e' {
			must(t, w.Put(name, key, value))
			key[0]++
		}
		copy(name, "XXXX")
		return nil
	}))
	value[0] = '9' // the caller's again
	view(t, b, holds(t, "a=0 b=0 c=0 d=0"))
}

func refusesNames(t *testing.T, b store.Backend) {
	long := bytes.Repeat([]byte("k"), store.MaxKey+1)
	must(t, b.Update(t.Context(), func(w store.Writer) error {
		for _, name := range [][2][]byte{{nil, []byte("a")}, {bucket, nil}, {bucket, {}}, {bucket, long}, {long, []byte("a")}} {
			if err := w.Put(name[0], name[1], []byte("1")); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("bucket of %d bytes, key of %d: got %v", len(name[0]), len(name[1]), err)
			}
			v, err := w.Get(name[0], name[1])
			if v != nil || err != nil {
				t.Errorf("get: %v, %v", v, err)
			}
			must(t, w.Delete(name[0], name[1]))
		}
		return nil
	}))
	view(t, b, holds(t, ""))
}

func allOrNothing(t *testing.T, b store.Backend) {
	put(t, b, "a", "1")
	put(t, b, "b", "1")
	err := b.Update(t.Context(), func(w store.Writer) error {
		must(t, w.Put(bucket, []byte("a"), []byte("2")))
		must(t, w.Put(bucket, []byte("c"), []byte("2")))
		must(t, w.Delete(bucket, []byte("b")))
		return errGiven
	})
	expect(t, "error of Update", err, errGiven)
	view(t, b, holds(t, "a=1 b=1"))
}

func panics(t *testing.T, b store.Backend) {
	for _, run := range []func(){
		func() { _ = b.Update(t.Context(), func(store.Writer) error { panic("mine") }) },
		func() { _ = b.View(t.Context(), func(store.Reader) error { panic("mine") }) },
	} {
		func() {
			defer func() { expect(t, "panic", recover(), any("mine")) }()
			run()
		}()
	}
	put(t, b, "a", "1")
	view(t, b, holds(t, "a=1"))
}

// snapshot reads the same in one View, whatever others commit meanwhile. The Update runs on a goroutine of its own, as
// it would at a desk; the View does wait for it here, which is safe as long as no backend has to grow for it: so it is
// made to grow beforehand.
func snapshot(t *testing.T, b store.Backend) {
	for _, value := range []string{strings.Repeat("-", 300_000), "", ""} {
		put(t, b, "a", value)
	}
	put(t, b, "a", "1")
	put(t, b, "b", "1")
	view(t, b, func(r store.Reader) {
		expect(t, "before", get(t, r, "a"), "1")
		done := make(chan error)
		go func() {
			done <- b.Update(t.Context(), func(w store.Writer) error {
				must(t, w.Put(bucket, []byte("c"), []byte("2")))
				must(t, w.Delete(bucket, []byte("b")))
				return w.Put(bucket, []byte("a"), []byte("2"))
			})
		}()
		must(t, <-done)
		expect(t, "after", listed(t, r, ""), "a=1 b=1")
		expect(t, "an absent key", get(t, r, "c"), "none")
	})
	view(t, b, holds(t, "a=2 c=2"))
}

func endedContext(t *testing.T, b store.Backend) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func() error { t.Error("the closure ran"); return nil }
	if err := b.View(ctx, func(store.Reader) error { return never() }); !errors.Is(err, context.Canceled) {
		t.Errorf("View: got %v", err)
	}
	if err := b.Update(ctx, func(store.Writer) error { return never() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Update: got %v", err)
	}
}

func closed(t *testing.T, b store.Backend) {
	events := b.Watch(t.Context())
	must(t, errors.Join(b.Close(), b.Close()))
	never := func() error { t.Error("the closure ran"); return nil }
	if err := b.View(t.Context(), func(store.Reader) error { return never() }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("View: got %v", err)
	}
	if err := b.Update(t.Context(), func(store.Writer) error { return never() }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update: got %v", err)
	}
	for range events { // ends
	}
	for range b.Watch(t.Context()) {
		t.Error("an event of a closed backend")
	}
}

func runsAgain(t *testing.T, b store.Backend) {
	two := Twice(b)
	for range 20 {
		must(t, two.Update(t.Context(), func(w store.Writer) error {
			return w.Put(bucket, []byte("n"), []byte(get(t, w, "n")+"i"))
		}))
	}
	view(t, b, func(r store.Reader) { expect(t, "length", len(get(t, r, "n")), len("none")+20) })
}
