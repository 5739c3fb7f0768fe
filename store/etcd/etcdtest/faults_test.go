package etcdtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/etcd"
)

func TestDeskCutOff(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	for name, how := range map[string]mode{"refused": refusing, "silent": silent, "deaf": deaf} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prefix := freshPrefix()
			var proxies []*proxy
			var hosts []string
			for _, m := range c.members {
				p := newProxy(t, m.address)
				proxies, hosts = append(proxies, p), append(hosts, p.address())
			}
			here, there := open(t, c.config(prefix, hosts...)), open(t, c.config(prefix))
			put(t, here, "a", "1")
			events := here.Watch(t.Context())
			for _, p := range proxies {
				p.set(how)
			}
			await(t, events, cutOff)
			for _, b := range []func() error{
				func() error { return set(t, here, "a", "lost") },
				func() error { return set(t, here, "b", "lost") },
			} {
				if err := b(); !errors.Is(err, store.ErrCutOff) {
					t.Errorf("a write gave %v", err)
				}
			}
			if v := get(t, here, "a"); v != "1" {
				t.Errorf("reads %q", v)
			}
			late := here.Watch(t.Context())
			await(t, late, cutOff) // who begins to watch now is told, too
			put(t, there, "a", "2")
			put(t, there, "c", "2")
			for _, p := range proxies {
				p.set(passing)
			}
			await(t, events, back)
			if got := get(t, here, "a") + get(t, here, "b") + get(t, here, "c"); got != "22" {
				t.Errorf("reads %q after its return", got)
			}
			seen := there.Watch(t.Context())
			put(t, here, "a", "3")
			await(t, seen, func(store.Event) bool { return get(t, there, "a") == "3" })
		})
	}
}

// TestAmbiguousCommit drops the answer to a commit that was applied.
func TestAmbiguousCommit(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	p := newProxy(t, c.members[0].address)
	prefix := freshPrefix()
	here, there := open(t, c.config(prefix, p.address())), open(t, c.config(prefix))
	for i := range 10 {
		before := get(t, here, "list")
		seen := there.Watch(t.Context())
		p.set(deaf)
		done := make(chan error)
		runs := 0
		go func() {
			done <- here.Update(t.Context(), func(w store.Writer) error {
				runs++
				v, err := w.Get(bucket, []byte("list"))
				if err != nil {
					return err
				}
				return w.Put(bucket, []byte("list"), fmt.Appendf(v, "%d.", i))
			})
		}()
		await(t, seen, foreign) // applied, and the answer is under way
		p.lose()
		must(t, <-done)
		want := fmt.Sprintf("%s%d.", before, i)
		if got := get(t, here, "list"); got != want || runs != 1 {
			t.Fatalf("after %d runs %q, want %q", runs, got, want)
		}
	}
}

// TestUnsentCommit loses the request itself.
func TestUnsentCommit(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	p := newProxy(t, c.members[0].address)
	prefix := freshPrefix()
	here, there := open(t, c.config(prefix, p.address())), open(t, c.config(prefix))
	put(t, here, "n", "i")
	seen := there.Watch(t.Context())
	p.set(silent)
	began, done := make(chan bool, 100), make(chan error)
	go func() {
		done <- here.Update(t.Context(), func(w store.Writer) error {
			v, err := w.Get(bucket, []byte("n"))
			began <- true
			return errors.Join(err, w.Put(bucket, []byte("n"), append(v, 'i')))
		})
	}()
	<-began
	p.lose()
	must(t, <-done)
	if got := get(t, here, "n"); got != "ii" {
		t.Errorf("got %q", got)
	}
	await(t, seen, func(store.Event) bool { return get(t, there, "n") == "ii" }) // the other desk's mirror comes after
}

// TestFlappingLink appends numbers over a link that fails in every way. Each is there once if Update said so, not at all
// if it failed, and at most once if it could not say.
func TestFlappingLink(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	prefix := freshPrefix()
	ctx, stop := context.WithCancel(t.Context())
	var group, weather sync.WaitGroup
	kept := map[string]string{}
	var mu sync.Mutex
	for desk := range 3 {
		var hosts []string
		var proxies []*proxy
		for _, m := range c.members {
			p := newProxy(t, m.address)
			hosts, proxies = append(hosts, p.address()), append(proxies, p)
		}
		config := c.config(prefix, hosts...)
		config.Timeout = 500 * time.Millisecond
		b := open(t, config)
		weather.Go(func() {
			rnd := rand.New(rand.NewPCG(7, uint64(desk)))
			for ctx.Err() == nil {
				how := []mode{passing, silent, refusing, deaf}[rnd.IntN(4)]
				for _, p := range proxies {
					if rnd.IntN(8) > 0 { // mostly all of them
						p.set(how)
					}
				}
				waitFor(ctx, time.Duration(rnd.IntN(1500))*time.Millisecond)
				for _, p := range proxies {
					if how == passing || rnd.IntN(2) == 0 {
						p.lose()
					}
				}
			}
			for _, p := range proxies {
				p.set(passing)
			}
		})
		group.Go(func() {
			for i := range 150 {
				if i%8 == 0 {
					waitFor(ctx, 100*time.Millisecond)
				}
				name := fmt.Sprintf("%d-%d", desk, i)
				verdict := ""
				switch err := b.Update(ctx, appending(name)); {
				case err == nil:
					verdict = "kept"
				case errors.Is(err, store.ErrUncertain):
					verdict = "uncertain"
				case errors.Is(err, store.ErrCutOff), errors.Is(err, store.ErrConflict):
					verdict = "lost"
					waitFor(ctx, 100*time.Millisecond)
				default:
					t.Errorf("%s: %v", name, err)
				}
				mu.Lock()
				kept[name] = verdict
				mu.Unlock()
			}
		})
	}
	group.Wait()
	stop()
	weather.Wait()
	list := strings.Fields(get(t, open(t, c.config(prefix)), "list"))
	tally := map[string]int{}
	for name, verdict := range kept {
		n := count(list, name)
		tally[verdict]++
		if verdict == "kept" && n != 1 || verdict == "lost" && n != 0 || n > 1 {
			t.Errorf("%s is %s, and there %d times", name, verdict, n)
		}
	}
	t.Log(tally)
	if tally["kept"] == 0 || tally["kept"] == len(kept) {
		t.Error("the weather was of no effect")
	}
}

func appending(name string) func(store.Writer) error {
	return func(w store.Writer) error {
		v, err := w.Get(bucket, []byte("list"))
		if err != nil {
			return err
		}
		return w.Put(bucket, []byte("list"), fmt.Appendf(slices.Clone(v), "%s ", name))
	}
}

func count(list []string, name string) (n int) {
	for _, s := range list {
		if s == name {
			n++
		}
	}
	return n
}

// waitFor lets the weather be what it is for a while.
func waitFor(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

func TestMembersComeAndGo(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	b := open(t, c.config(freshPrefix()))
	events := b.Watch(t.Context())
	for round, m := range c.members {
		c.kill(m)
		for i := range 5 { // two are enough
			for {
				err := b.Update(t.Context(), appending(fmt.Sprintf("%d-%d", round, i)))
				if err == nil {
					break
				}
				if !errors.Is(err, store.ErrCutOff) {
					t.Fatal(err)
				}
				await(t, events, back)
			}
		}
		c.run(m)
	}
	if list := strings.Fields(get(t, b, "list")); len(list) != 15 || len(slices.Compact(list)) != 15 {
		t.Errorf("kept %v", list)
	}
	c.kill(c.members...)
	await(t, events, cutOff)
	if err := set(t, b, "a", "1"); !errors.Is(err, store.ErrCutOff) {
		t.Errorf("got %v", err)
	}
	if _, err := etcd.Open(t.Context(), c.config(freshPrefix())); !errors.Is(err, store.ErrCutOff) {
		t.Errorf("open: got %v", err)
	}
	c.run(c.members...)
	await(t, events, back)
	put(t, b, "a", "1")
	if got := len(strings.Fields(get(t, b, "list"))); got != 15 {
		t.Errorf("%d left", got)
	}
}

// TestMinorityCannotKeep leaves one member of three, which answers but has no leader.
func TestMinorityCannotKeep(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	b := open(t, c.config(freshPrefix()))
	put(t, b, "a", "1")
	events := b.Watch(t.Context())
	c.kill(c.members[:2]...)
	await(t, events, cutOff)
	if err := set(t, b, "a", "2"); !errors.Is(err, store.ErrCutOff) {
		t.Errorf("got %v", err)
	}
	if v := get(t, b, "a"); v != "1" {
		t.Errorf("reads %q", v)
	}
	c.run(c.members[:2]...)
	await(t, events, back)
	put(t, b, "a", "2")
}

func TestCompactedWhileAway(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	p := newProxy(t, c.members[0].address)
	prefix := freshPrefix()
	here, there := open(t, c.config(prefix, p.address())), open(t, c.config(prefix))
	for i := range 1200 { // more than a page
		if i%100 == 0 {
			must(t, there.Update(t.Context(), func(w store.Writer) error {
				for j := range 100 {
					must(t, w.Put(bucket, fmt.Appendf(nil, "many/%d", i+j), []byte("old")))
				}
				return nil
			}))
		}
	}
	events := here.Watch(t.Context())
	p.set(refusing)
	await(t, events, cutOff)
	put(t, there, "many/7", "new")
	must(t, there.Update(t.Context(), func(w store.Writer) error { return w.Delete(bucket, []byte("many/8")) }))
	put(t, there, "other", "new")
	raw := c.raw()
	at, err := raw.Get(t.Context(), "x")
	must(t, err)
	_, err = raw.Compact(t.Context(), at.Header.Revision)
	must(t, err)
	p.set(passing)
	e := await(t, events, func(e store.Event) bool { return e.Resync })
	if !e.Foreign {
		t.Errorf("event %+v", e)
	}
	if get(t, here, "many/7") != "new" || get(t, here, "many/8") != "" || get(t, here, "other") != "new" || get(t, here, "many/1199") != "old" {
		t.Error("the mirror is not what is there")
	}
	must(t, retry(t, events, func() error { return set(t, here, "other", "newer") }))
	put(t, there, "many/9", "newest")
	await(t, events, func(store.Event) bool { return get(t, here, "many/9") == "newest" })
}

// retry does again what the link was not yet ready for.
func retry(t *testing.T, events <-chan store.Event, fn func() error) error {
	for {
		err := fn()
		if !errors.Is(err, store.ErrCutOff) {
			return err
		}
		await(t, events, back)
	}
}

func TestClusterRefuses(t *testing.T) {
	t.Parallel()
	c := start(t, 1, func(m *member) { m.QuotaBackendBytes = 2 << 20 })
	config := c.config(freshPrefix())
	config.MaxTxnOps, config.MaxRequestBytes = 500, 4<<20 // the cluster was not told
	b := open(t, config)
	err := b.Update(t.Context(), func(w store.Writer) error {
		for i := range 300 {
			must(t, w.Put(bucket, fmt.Append(nil, i), nil))
		}
		return nil
	})
	if !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("too many operations: got %v", err)
	}
	if err := set(t, b, "large", strings.Repeat("x", 1700<<10)); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("too large: got %v", err)
	}
	if err := set(t, b, "larger", strings.Repeat("x", 3<<20)); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("much too large: got %v", err)
	}
	put(t, b, "a", "1")
	for i := range 50 {
		if err = set(t, b, "filling", strings.Repeat("x", 500<<10)); err != nil {
			if i == 0 {
				t.Error("the first did not fit")
			}
			break
		}
	}
	if !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("full: got %v", err)
	}
	if v := get(t, b, "a"); v != "1" {
		t.Errorf("reads %q", v)
	}
}

// TestLosesAgainAndAgain lets another desk be faster at every try.
func TestLosesAgainAndAgain(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	prefix := freshPrefix()
	here, there := open(t, c.config(prefix)), open(t, c.config(prefix))
	runs := 0
	err := here.Update(t.Context(), func(w store.Writer) error {
		runs++
		if _, err := w.Get(bucket, []byte("a")); err != nil {
			return err
		}
		put(t, there, "a", fmt.Sprint(runs))
		return w.Put(bucket, []byte("a"), []byte("mine"))
	})
	if !errors.Is(err, store.ErrConflict) || runs < 10 || get(t, there, "a") != fmt.Sprint(runs) {
		t.Errorf("after %d runs: %v", runs, err)
	}
	// What nobody else writes does not lose.
	runs = 0
	must(t, here.Update(t.Context(), func(w store.Writer) error {
		runs++
		put(t, there, "a", fmt.Sprint(runs))
		return w.Put(bucket, []byte("b"), []byte(get(t, there, "x")))
	}))
	if runs != 1 {
		t.Errorf("%d runs", runs)
	}
}
