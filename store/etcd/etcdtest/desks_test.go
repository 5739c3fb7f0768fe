package etcdtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"paravent/store"
	"paravent/store/etcd"
)

type note struct {
	Text  string
	Count int
}

var notes = store.NewCollection[note]("notes-canary-collection")

const shared store.Compartment = "docket-canary-compartment"

const passphrase = "correct canary horse"

var light = store.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}}

// found makes a vault with one compartment for a clerk and a judge, and leaves it open at the clerk's desk.
func found(t testing.TB, config etcd.Config) *store.Vault {
	t.Helper()
	v, err := store.Create(t.Context(), open(t, config), store.NewUser{Login: "clerk", DisplayName: "Clerk Canary", Passphrase: []byte(passphrase)}, light)
	must(t, err)
	judge, err := v.AddUser(t.Context(), store.NewUser{Login: "judge", DisplayName: "Judge Canary", Passphrase: []byte(passphrase)})
	must(t, err)
	must(t, v.Update(t.Context(), func(tx *store.Tx) error {
		tx.Log("setup", nil)
		return tx.CreateCompartment(shared, []store.UserID{v.Me().ID, judge.ID})
	}))
	return v
}

func unlock(t testing.TB, config etcd.Config, login string) *store.Vault {
	t.Helper()
	s, err := store.Open(t.Context(), open(t, config), light)
	must(t, err)
	v, err := s.Unlock(t.Context(), login, []byte(passphrase))
	must(t, err)
	return v
}

func write(ctx context.Context, v *store.Vault, id string, n note) error {
	return v.Update(ctx, func(tx *store.Tx) error {
		tx.Log("note.put", nil)
		return notes.Put(tx, shared, id, n)
	})
}

func entry(t testing.TB, v *store.Vault, id string) (e store.Entry[note]) {
	t.Helper()
	must(t, v.View(t.Context(), func(tx *store.ReadTx) (err error) {
		e, err = notes.Entry(tx, shared, id)
		return err
	}))
	return e
}

func TestTwoDesksWorkAtOnce(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	config := c.config(freshPrefix())
	clerk := found(t, config)
	judge := unlock(t, config, "judge")
	const each = 40
	var group sync.WaitGroup
	for _, v := range []*store.Vault{clerk, judge} {
		for part := range 2 {
			group.Go(func() {
				for i := range each {
					for {
						err := write(t.Context(), v, fmt.Sprintf("%s/%d/%d", v.Me().Login, part, i), note{"x", i})
						if err == nil {
							break
						}
						if !errors.Is(err, store.ErrConflict) {
							t.Error(err)
							return
						}
					}
				}
			})
		}
	}
	group.Wait()
	third := unlock(t, config, "judge")
	for _, v := range []*store.Vault{clerk, judge, third} {
		must(t, v.View(t.Context(), func(tx *store.ReadTx) error {
			all, err := notes.All(tx, shared)
			if len(all) != 4*each && v == third {
				t.Errorf("%d records", len(all))
			}
			return err
		}))
	}
	report, err := third.Verify(t.Context(), nil)
	must(t, err)
	must(t, third.VerifyAudit(t.Context()))
	if !report.Sound() || report.AuditEntries < 4*each {
		t.Errorf("%+v", report)
	}
}

func TestChangeAppearsOnTheOtherDesk(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	config := c.config(freshPrefix())
	clerk := found(t, config)
	judge := unlock(t, config, "judge")
	events := judge.Watch(t.Context())
	own := clerk.Watch(t.Context())
	must(t, write(t.Context(), clerk, "a", note{"first", 1}))
	e := await(t, events, foreign)
	if got := entry(t, judge, "a"); got.Value.Text != "first" {
		t.Errorf("after %+v reads %+v", e, got)
	}
	// The writer's own change is not told as another's. An event that waits is joined with the next, so the first may be the judge's unlocking as well.
	<-own
	must(t, write(t.Context(), clerk, "b", note{"second", 2}))
	await(t, own, func(e store.Event) bool { return !e.Foreign })
}

// TestConflictingEdits has two desks change what both had read. One wins; the other finds out before it overwrites.
func TestConflictingEdits(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	config := c.config(freshPrefix())
	clerk := found(t, config)
	judge := unlock(t, config, "judge")
	errStale := errors.New("changed meanwhile")
	for round := range 10 {
		seen := judge.Watch(t.Context())
		must(t, write(t.Context(), clerk, "a", note{"both read this", round}))
		await(t, seen, foreign)
		var group sync.WaitGroup
		results := make(chan error, 2)
		for _, v := range []*store.Vault{clerk, judge} {
			read := entry(t, v, "a")
			group.Go(func() {
				results <- v.Update(t.Context(), func(tx *store.Tx) error {
					now, err := notes.Entry(tx, shared, "a")
					if err != nil {
						return err
					}
					if now.Revision != read.Revision {
						return errStale
					}
					tx.Log("note.put", nil)
					return notes.Put(tx, shared, "a", note{v.Me().Login, round})
				})
			})
		}
		group.Wait()
		one, two := <-results, <-results
		if (one == nil) == (two == nil) || !errors.Is(errors.Join(one, two), errStale) {
			t.Fatalf("round %d: %v, %v", round, one, two)
		}
	}
}

func TestDeskCutOffLosesNothing(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	p := newProxy(t, c.members[0].address)
	prefix := freshPrefix()
	clerk := found(t, c.config(prefix))
	judge := unlock(t, c.config(prefix, p.address()), "judge")
	must(t, write(t.Context(), judge, "mine", note{"kept", 1}))
	events := judge.Watch(t.Context())
	p.set(refusing)
	await(t, events, cutOff)
	if err := write(t.Context(), judge, "mine", note{"not kept", 2}); !errors.Is(err, store.ErrCutOff) {
		t.Errorf("got %v", err)
	}
	if got := entry(t, judge, "mine"); got.Value.Text != "kept" {
		t.Errorf("reads %+v", got)
	}
	report, err := judge.Verify(t.Context(), nil)
	must(t, err)
	if !report.Sound() {
		t.Errorf("%+v", report)
	}
	must(t, write(t.Context(), clerk, "theirs", note{"meanwhile", 1}))
	p.set(passing)
	await(t, events, back)
	must(t, write(t.Context(), judge, "mine", note{"kept again", 3}))
	if got := entry(t, judge, "theirs"); got.Value.Text != "meanwhile" {
		t.Errorf("reads %+v", got)
	}
	must(t, judge.VerifyAudit(t.Context()))
}

// TestClusterSeesNoPlaintext looks for what was written in everything that the members have on disk.
func TestClusterSeesNoPlaintext(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	config := c.config(freshPrefix())
	clerk := found(t, config)
	must(t, write(t.Context(), clerk, "id-canary-0001", note{"the witness lives in canary street", 7}))
	must(t, clerk.Close())
	c.stop(c.members...)
	sealed, files := false, 0
	must(t, filepath.WalkDir(c.members[0].Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if bytes.Contains(bytes.ToLower(raw), []byte("canary")) {
			t.Errorf("%s holds a canary", d.Name())
		}
		sealed = sealed || bytes.Contains(raw, []byte(config.Prefix))
		return err
	}))
	if !sealed || files < 2 {
		t.Errorf("the search looked in the wrong place: %d files", files)
	}
}
