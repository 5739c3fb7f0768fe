package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"paravent/store"
	"paravent/store/anchor"
	"paravent/store/audit"
)

// desk is a place with an anchor of its own, from which a vault is opened.
type desk struct {
	t      *testing.T
	anchor anchor.Folder
}

func newDesk(t *testing.T) desk { return desk{t, anchor.Folder{Path: t.TempDir()}} }

func (d desk) open(m *memory, login, words string) *store.Vault {
	d.t.Helper()
	s, err := store.Open(d.t.Context(), m, store.Options{Anchor: d.anchor})
	must(d.t, err)
	v, err := s.Unlock(d.t.Context(), login, []byte(words))
	must(d.t, err)
	d.t.Cleanup(v.Lock)
	return v
}

func (d desk) clerk(m *memory) *store.Vault { return d.open(m, "clerk", passphrase) }

// work adds n entries to the log.
func work(t *testing.T, v *store.Vault, n int) {
	t.Helper()
	for i := range n {
		put(t, v, "w", note{"work", i})
	}
}

func anyone(store.User, store.User) error { return nil }

func TestAnOlderCopyIsOnlyRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m, _ := sample(t)
	v := d.clerk(m)
	work(t, v, 1)
	older := m.copy()
	work(t, v, 5)
	v.Lock()

	v = d.clerk(older)
	behind := v.RolledBack()
	if behind == nil || behind.Missing != 5 || behind.Forked || behind.Unreadable {
		t.Fatalf("%+v", behind)
	}
	got, err := notesOf(t, v)
	must(t, err)
	if got["w"].Count != 0 || got["a"].Text != "a" {
		t.Errorf("reads %v", got)
	}
	before := older.copy()
	err = v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("on", nil); return notes.Put(tx, docket, "x", note{}) })
	wantErr(t, err, store.ErrRolledBack)
	_, err = v.Rotate(t.Context())
	must(t, err) // nothing is due
	if len(changed(before, older, "log"))+len(changed(before, older, "record")) > 0 {
		t.Error("an older copy was written")
	}
	v.Lock()

	// The newest copy, put back again, is what it was.
	v = d.clerk(m)
	if v.RolledBack() != nil {
		t.Errorf("the newest copy: %+v", v.RolledBack())
	}
	work(t, v, 1)
}

func notesOf(t *testing.T, v *store.Vault) (map[string]note, error) {
	t.Helper()
	found := map[string]note{}
	err := v.View(t.Context(), func(tx *store.ReadTx) error {
		all, err := notes.All(tx, docket)
		for _, e := range all {
			found[e.ID] = e.Value
		}
		return err
	})
	return found, err
}

func TestTwoPeopleGoOnWithAnOlderCopy(t *testing.T) {
	t.Parallel()
	one, two, later := newDesk(t), newDesk(t), newDesk(t)
	m, _ := sample(t)
	v := one.clerk(m)
	work(t, v, 1)
	older := m.copy()
	work(t, v, 5)
	v.Lock()
	two.clerk(m).Lock()
	late := later.clerk(m)
	work(t, late, 2)
	late.Lock()

	v = one.clerk(older)
	refused := errors.New("both sit in the court")
	for name, c := range map[string]struct {
		login, words string
		allowed      func(store.User, store.User) error
		want         error
	}{
		"a wrong passphrase": {"judge", "wrong", anyone, store.ErrWrongPassphrase},
		"oneself twice":      {"clerk", passphrase, anyone, store.ErrInvalid},
		"two who may not":    {"judge", "judge's words", func(_, _ store.User) error { return refused }, refused},
	} {
		_, err := v.AcceptRestore(t.Context(), "the disk broke", c.login, []byte(c.words), c.allowed)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v.RolledBack() == nil {
		t.Fatal("a refused restore let the vault go on")
	}
	r, err := v.AcceptRestore(t.Context(), "the disk broke", "judge", []byte("judge's words"), anyone)
	must(t, err)
	if r.Kept.Size-r.Found.Size != 5 || v.RolledBack() != nil {
		t.Errorf("%+v, still %+v", r, v.RolledBack())
	}
	work(t, v, 1)
	sound(t, v)
	if list, err := v.Restores(t.Context()); err != nil || len(list) != 1 || list[0].Reason != "the disk broke" {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = v.AcceptRestore(t.Context(), "again", "judge", []byte("judge's words"), anyone)
	wantErr(t, err, store.ErrNotFound)
	v.Lock()
	v = one.clerk(older)
	work(t, v, 1)
	v.Lock()

	// Another desk that had seen as much takes the decision over. One that had seen more is told.
	v = two.clerk(older)
	work(t, v, 1)
	v.Lock()
	v = later.clerk(older)
	if behind := v.RolledBack(); behind == nil || !behind.Forked && behind.Missing == 0 {
		t.Errorf("a desk that remembers more than was known when two people decided: %+v", behind)
	}
	// And the copy that was left behind is not gone back to unseen.
	v = one.clerk(m)
	if behind := v.RolledBack(); behind == nil || !behind.Forked {
		t.Errorf("back to the other copy: %+v", behind)
	}
}

func TestACopyThatWentAnotherWay(t *testing.T) {
	t.Parallel()
	d, elsewhere := newDesk(t), newDesk(t)
	m, _ := sample(t)
	v := d.clerk(m)
	fork := m.copy()
	work(t, v, 2)
	v.Lock()
	w := elsewhere.clerk(fork)
	work(t, w, 9)
	w.Lock()
	v = d.clerk(fork)
	if behind := v.RolledBack(); behind == nil || !behind.Forked {
		t.Errorf("%+v", behind)
	}
}

func TestTheAnchorKeepsUp(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m, _ := sample(t)
	v := d.clerk(m)
	remembered := func() int64 {
		text, err := d.anchor.Load(v.ID())
		must(t, err)
		head, err := audit.ReadNote(v.ID(), text)
		must(t, err)
		return head.Size
	}
	now := func() int64 {
		head, err := v.AuditHead(t.Context())
		must(t, err)
		return head.Size
	}
	if remembered() != now() {
		t.Errorf("remembers %d of %d after unlocking", remembered(), now())
	}
	must(t, v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("shown", nil); tx.AnchorAtOnce(); return nil }))
	if remembered() != now() {
		t.Errorf("remembers %d of %d after an act of which it is told at once", remembered(), now())
	}
	work(t, v, 3)
	must(t, v.Flush())
	if remembered() != now() {
		t.Errorf("remembers %d of %d after a flush", remembered(), now())
	}
	work(t, v, 3)
	last := now()
	v.Lock()
	if remembered() != last {
		t.Errorf("remembers %d of %d after locking", remembered(), last)
	}
}

func TestAnAnchorThatSaysNothing(t *testing.T) {
	t.Parallel()
	m, first := sample(t)
	for name, spoil := range map[string]func(d *desk) error{
		"garbage": func(d *desk) error { return os.WriteFile(d.name(first), []byte("garbage"), 0o600) },
		"of another vault": func(d *desk) error {
			return os.WriteFile(d.name(first), fmt.Appendf(nil, "paravent/vault/%032x\n3\nroot\n\n— x y\n", 1), 0o600)
		},
		"unplugged": func(d *desk) error { d.anchor.Existing = true; return os.RemoveAll(d.anchor.Path) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.clerk(m).Lock()
			must(t, spoil(&d))
			v := d.clerk(m)
			if behind := v.RolledBack(); behind == nil || !behind.Unreadable {
				t.Errorf("%+v", behind)
			}
			err := v.Update(t.Context(), func(tx *store.Tx) error { tx.Log("on", nil); return nil })
			wantErr(t, err, store.ErrRolledBack)
		})
	}
}

func (d *desk) name(v *store.Vault) string { return filepath.Join(d.anchor.Path, v.ID()+".head") }
