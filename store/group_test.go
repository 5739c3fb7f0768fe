package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"paravent/store"
)

// counted counts the transactions of a backend, and lets the first wait until it is told to go on.
type counted struct {
	*memory
	updates atomic.Int64
	hold    chan struct{}
}

func (c *counted) Update(ctx context.Context, fn func(store.Writer) error) error {
	if c.updates.Add(1) == 1 && c.hold != nil {
		<-c.hold
	}
	return c.memory.Update(ctx, fn)
}

// crowd unlocks the sample over a counted backend and makes changes while a first one is held up; then all go on.
func crowd(t *testing.T, changes ...func(v *store.Vault) error) (*counted, *store.Vault, []error) {
	t.Helper()
	return crowdOn(t, store.Limits{}, changes...)
}

// crowdOn is crowd on a backend with limits.
func crowdOn(t *testing.T, limits store.Limits, changes ...func(v *store.Vault) error) (*counted, *store.Vault, []error) {
	t.Helper()
	m, _ := sample(t)
	m.limits = limits
	c := &counted{memory: m}
	s, err := store.Open(t.Context(), c, store.Options{})
	must(t, err)
	v, err := s.Unlock(t.Context(), "clerk", []byte(passphrase))
	must(t, err)
	c.updates.Store(0)
	c.hold = make(chan struct{})
	errs := make([]error, len(changes))
	var group sync.WaitGroup
	var first sync.WaitGroup
	first.Go(func() { put(t, v, "first", note{"first", 1}) })
	for c.updates.Load() == 0 { // the first is under way, and holds up the others
	}
	for i, change := range changes {
		group.Go(func() { errs[i] = change(v) })
	}
	store.AwaitLine(v, len(changes))
	close(c.hold)
	first.Wait()
	group.Wait()
	return c, v, errs
}

func puts(id string) func(*store.Vault) error {
	return func(v *store.Vault) error {
		return v.Update(context.Background(), func(tx *store.Tx) error {
			tx.Log("note.put", map[string]string{"note": id})
			return notes.Put(tx, docket, id, note{id, 1})
		})
	}
}

func TestChangesThatWaitAreMadeTogether(t *testing.T) {
	t.Parallel()
	var changes []func(*store.Vault) error
	for i := range 40 {
		changes = append(changes, puts(fmt.Sprint("n", i)))
	}
	c, v, errs := crowd(t, changes...)
	must(t, errors.Join(errs...))
	if n := c.updates.Load(); n != 2 {
		t.Errorf("%d transactions for one and forty that waited, want 2", n)
	}
	sound(t, v)
	entries, err := v.Audit(t.Context())
	must(t, err)
	logged := map[string]int{}
	for _, e := range entries {
		logged[e.Details["note"]]++
	}
	got, err := notesOf(t, v)
	must(t, err)
	for i := range 40 {
		if id := fmt.Sprint("n", i); got[id].Text != id || logged[id] != 1 {
			t.Errorf("%s: %v, logged %d times", id, got[id], logged[id])
		}
	}
}

// TestOneOfAGroupFailsAlone lets several changes of one group fail in different ways: the others are kept, and nothing of the failed ones is.
func TestOneOfAGroupFailsAlone(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, v, errs := crowd(t,
		puts("before"),
		func(v *store.Vault) error {
			return v.Update(t.Context(), func(tx *store.Tx) error {
				tx.Log("half", nil)
				return errors.Join(notes.Put(tx, docket, "half", note{"half", 1}), refused)
			})
		},
		func(v *store.Vault) error {
			return v.Update(t.Context(), func(tx *store.Tx) error { return notes.Put(tx, docket, "unlogged", note{"unlogged", 1}) })
		},
		func(v *store.Vault) error {
			return v.Update(gone, func(tx *store.Tx) error { tx.Log("gone", nil); return notes.Put(tx, docket, "gone", note{}) })
		},
		puts("after"),
	)
	must(t, errors.Join(errs[0], errs[4]))
	wantErr(t, errs[1], refused)
	wantErr(t, errs[2], store.ErrNotAudited)
	wantErr(t, errs[3], context.Canceled)
	got, err := notesOf(t, v)
	must(t, err)
	for id, want := range map[string]bool{"before": true, "after": true, "first": true, "half": false, "unlogged": false, "gone": false} {
		if _, kept := got[id]; kept != want {
			t.Errorf("%s is kept: %v", id, kept)
		}
	}
	entries, err := v.Audit(t.Context())
	must(t, err)
	for _, e := range entries {
		if e.Action == "half" || e.Action == "gone" {
			t.Errorf("the log holds %q of a change that was not made", e.Action)
		}
	}
	sound(t, v)
}

func TestAGroupThatIsTooMuchAtOnceIsMadeOneByOne(t *testing.T) {
	t.Parallel()
	var changes []func(*store.Vault) error
	for i := range 30 {
		changes = append(changes, func(v *store.Vault) error {
			return v.Update(t.Context(), func(tx *store.Tx) error {
				tx.Log("note.put", nil)
				return notes.Put(tx, docket, fmt.Sprint("n", i), note{"x", i})
			})
		})
	}
	c, v, errs := crowdOn(t, store.Limits{Ops: 20}, changes...)
	must(t, errors.Join(errs...))
	if n := c.updates.Load(); n != 1+1+30 {
		t.Errorf("%d transactions, want one, a group that was too much, and thirty", n)
	}
	sound(t, v)
}

func TestAPanicIsTheirsAlone(t *testing.T) {
	t.Parallel()
	_, v, errs := crowd(t,
		func(v *store.Vault) (err error) {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("panicked: %v", r)
				}
			}()
			return v.Update(t.Context(), func(tx *store.Tx) error { panic("in a change") })
		},
	)
	if errs[0] == nil {
		t.Error("the panic was swallowed")
	}
	must(t, puts("afterwards")(v))
	sound(t, v)
}

func TestNobodyWritesAfterAFalseHead(t *testing.T) {
	t.Parallel()
	m, _ := sample(t)
	forged := m.copy()
	note := []byte(forged.records["vault\x00head"])
	i := len(note) - 20 // in the signature
	note[i] = map[bool]byte{true: 'B', false: 'A'}[note[i] == 'A']
	v, err := unlockMemory(t.Context(), forged, "clerk", passphrase)
	must(t, err)
	wantErr(t, puts("after")(v), store.ErrDamaged)
	v, err = unlockMemory(t.Context(), m, "clerk", passphrase)
	must(t, err)
	must(t, puts("after")(v))
}
