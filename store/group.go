package store

import (
	"context"
	"errors"
	"sync"
)

// Changes that wait while another is written are written together, in one transaction: flushing to the disk takes longer than all the rest, and
// takes no longer for many than for one. Each still is all or nothing by itself: when one of a group fails, every one of it is made alone.

// groupMost bounds how many changes one transaction takes.
const groupMost = 64

// asked is a change that somebody waits for.
type asked struct {
	ctx    context.Context
	behind bool // goes through although the vault is behind its anchor; always alone
	fn     func(*Tx) error
	done   bool // under writing, as err
	err    error
}

func (a *asked) finish(err error) { a.done, a.err = true, err }

// line is the changes that wait, oldest first.
type line struct {
	mu      sync.Mutex
	waiting []*asked
}

func (l *line) join(a *asked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, a)
}

// next takes the oldest changes that can be made together.
func (l *line) next() []*asked {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for n < len(l.waiting) && n < groupMost && (n == 0 || !l.waiting[n].behind) {
		n++
		if l.waiting[n-1].behind {
			break
		}
	}
	group := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return group
}

// giveBack lets changes wait again that were taken and not made.
func (l *line) giveBack(group []*asked) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(group, l.waiting...)
}

// change is update, which a restore that was accepted goes through although the vault is behind its anchor.
func (v *Vault) change(ctx context.Context, behind bool, fn func(*Tx) error) error {
	if err := v.begin(); err != nil {
		return err
	}
	defer v.running.Done()
	mine := &asked{ctx: ctx, behind: behind, fn: fn}
	v.line.join(mine)
	v.writing.Lock()
	defer v.writing.Unlock()
	for !mine.done {
		v.makeNext(mine)
	}
	return mine.err
}

// makeNext makes the changes whose turn it is. Should one of them panic, that is the end of the change in whose course it did, and the others wait again.
func (v *Vault) makeNext(mine *asked) {
	group := v.line.next()
	whole := false
	defer func() {
		if whole {
			return
		}
		var others []*asked
		for _, a := range group {
			if a != mine && !a.done {
				others = append(others, a)
			}
		}
		v.line.giveBack(others)
	}()
	v.make(group)
	whole = true
}

func (v *Vault) make(group []*asked) {
	if len(group) > 1 && v.together(group) {
		return
	}
	for _, a := range group {
		if !a.done {
			_, err := v.commit(a.ctx, []*asked{a})
			a.finish(err)
		}
	}
}

// together makes a group in one transaction. It returns false, with nothing written, when they have to be made one by one.
func (v *Vault) together(group []*asked) bool {
	var present []*asked
	for _, a := range group {
		if err := a.ctx.Err(); err != nil {
			a.finish(err) // who asked has gone
		} else {
			present = append(present, a)
		}
	}
	// One who goes away now must not take back what the others asked for.
	own, err := v.commit(context.WithoutCancel(group[0].ctx), present)
	if own || errors.Is(err, ErrTooLarge) {
		return false
	}
	for _, a := range present {
		a.finish(err)
	}
	return true
}

// commit makes changes in one transaction. own says that one of them failed by itself, and not the vault.
func (v *Vault) commit(ctx context.Context, group []*asked) (own bool, err error) {
	var tx *Tx
	err = v.backend.Update(ctx, func(w Writer) (err error) {
		own = false
		if tx, err = newTx(v, w); err != nil {
			return err
		}
		for _, a := range group {
			if !a.behind {
				if err := v.anchorage.mayChange(tx.head); err != nil {
					return err
				}
			}
			if err := tx.run(a.fn); err != nil {
				own = true
				return err
			}
		}
		return tx.finish()
	})
	if err == nil {
		v.learn(&tx.ReadTx)
		if tx.session != nil {
			v.session, v.trusted = tx.session, tx.signed.Note
			v.anchorage.advance(tx.signed, tx.anchorNow)
		}
	} else if errors.Is(err, ErrUncertain) {
		v.session = nil // whether its last entries are in the log, nobody knows: begin another
	}
	return own, err
}

// run calls one change of a transaction and demands that it logs if it writes.
func (tx *Tx) run(fn func(*Tx) error) error {
	before, entries := tx.wrote, len(tx.entries)
	tx.wrote = false
	if err := fn(tx); err != nil {
		return err
	}
	if tx.wrote && len(tx.entries) == entries {
		return ErrNotAudited
	}
	tx.wrote = tx.wrote || before
	return nil
}
