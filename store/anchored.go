package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"paravent/store/audit"
)

// Anchor keeps the newest head of a vault's audit log outside of the vault. See [paravent/store/anchor].
type Anchor interface {
	Load(vault string) (note []byte, err error) // nil: none is kept
	Advance(vault string, note []byte) error    // in place of a smaller one
	Replace(vault string, note []byte) error    // in place of any
}

// ErrRolledBack is wrapped by every [*RolledBackError].
var ErrRolledBack = errors.New("this is an older copy of the vault: it can be read, and to go on with it takes two signatures")

// RolledBackError says how a vault differs from what its anchor remembers. Until two people sign that it is to be gone on with, every
// change fails with it.
type RolledBackError struct {
	Missing int64 // entries that the audit log had more; 0 when Forked or Unreadable
	// Forked: the log does not begin with what the anchor remembers; the two went different ways.
	Forked bool
	// Unreadable: what stands in the anchor's place says nothing, or its folder can't be read.
	Unreadable bool
}

func (e *RolledBackError) Error() string { return ErrRolledBack.Error() }

func (e *RolledBackError) Unwrap() error { return ErrRolledBack }

// anchorage is a vault's hold of its anchor.
type anchorage struct {
	anchor Anchor
	vault  string

	mu      sync.Mutex
	behind  *RolledBackError
	kept    audit.Head // what the anchor remembered, when behind
	newest  audit.Head // the greatest that this unlock has seen
	pending *time.Timer
	trouble error
}

// anchorEvery bounds how far the anchor lags behind, so that not every change pays for a second flush to disk.
const anchorEvery = time.Second

// hold compares the vault with its anchor, when it is unlocked.
func (v *Vault) hold(ctx context.Context) error {
	a := &v.anchorage
	a.anchor, a.vault = v.opts.Anchor, v.ID()
	return v.View(ctx, func(tx *ReadTx) error {
		head, err := tx.readHead()
		if err != nil {
			return err
		}
		a.newest = head
		if a.anchor == nil {
			return nil
		}
		note, err := a.anchor.Load(a.vault)
		if err != nil {
			a.behind = &RolledBackError{Unreadable: true}
			return nil
		}
		if note != nil {
			if err := tx.compareAnchor(a, head, note); err != nil || a.behind != nil {
				return err
			}
		}
		a.trouble = a.anchor.Advance(a.vault, head.Note)
		return nil
	})
}

// compareAnchor trusts what the anchor says without its signature: its signer can be somebody whom this copy doesn't know yet, and who can write a
// false one there can as well take the true one away.
func (tx *ReadTx) compareAnchor(a *anchorage, head audit.Head, note []byte) error {
	kept, err := audit.ReadNote(a.vault, note)
	if err != nil {
		a.behind = &RolledBackError{Unreadable: true}
		return nil
	}
	err = tx.continues(head, kept)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, audit.ErrShorter):
		a.behind = &RolledBackError{Missing: kept.Size - head.Size}
	case errors.Is(err, audit.ErrFork):
		a.behind = &RolledBackError{Forked: true}
	default:
		return err
	}
	a.kept = kept
	accepted, err := tx.acceptedRestore(head, kept)
	if accepted {
		a.behind = nil
		err = errors.Join(err, a.anchor.Replace(a.vault, head.Note))
	}
	return err
}

// RolledBack says how the vault differs from what its anchor remembers, or nil.
func (v *Vault) RolledBack() *RolledBackError {
	v.anchorage.mu.Lock()
	defer v.anchorage.mu.Unlock()
	return v.anchorage.behind
}

// AnchorTrouble is why the anchor could not be brought up to date, or nil. The vault goes on: what is missed is noticed only up to the head that was
// kept last.
func (v *Vault) AnchorTrouble() error {
	v.anchorage.mu.Lock()
	defer v.anchorage.mu.Unlock()
	return v.anchorage.trouble
}

// mayChange refuses changes to a vault that is behind its anchor. Behind what this unlock has written can also be what shows a server's state a
// moment late, so that is no more than a conflict here; if it isn't, the next unlock sees it by the anchor.
func (a *anchorage) mayChange(head audit.Head) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.behind != nil:
		return a.behind
	case head.Size < a.newest.Size:
		return ErrConflict
	}
	return nil
}

// advance notes a head that was committed, for the anchor: at once, or soon.
func (a *anchorage) advance(head audit.Head, atOnce bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if head.Size <= a.newest.Size {
		return
	}
	a.newest = head
	switch {
	case a.anchor == nil || a.behind != nil:
	case atOnce:
		a.flush()
	case a.pending == nil:
		a.pending = time.AfterFunc(anchorEvery, func() {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.flush()
		})
	}
}

// flush brings the anchor up to date, under the lock.
func (a *anchorage) flush() {
	if a.pending != nil {
		a.pending.Stop()
		a.pending = nil
	}
	if a.anchor != nil && a.behind == nil && a.newest.Note != nil {
		a.trouble = a.anchor.Advance(a.vault, a.newest.Note)
	}
}

// letGo brings the anchor up to date before the vault is locked.
func (a *anchorage) letGo() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pending != nil {
		a.flush()
	}
}

// AnchorAtOnce makes the transaction's head the anchored one before Update returns, for acts that must not be undone unseen. Others reach the anchor
// within a second.
func (tx *Tx) AnchorAtOnce() { tx.anchorNow = true }

// Flush brings the anchor up to date.
func (v *Vault) Flush() error {
	v.anchorage.mu.Lock()
	defer v.anchorage.mu.Unlock()
	v.anchorage.flush()
	if v.anchorage.trouble != nil {
		return fmt.Errorf("keep anchor: %w", v.anchorage.trouble)
	}
	return nil
}
