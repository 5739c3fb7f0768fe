package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/copies"
)

// copyMark is the secret of the hidden mark of one copy. It stands where the recording's key does, and stays when the recording is erased: the copy is still somewhere.
type copyMark struct {
	Key []byte `json:"key"`
}

const copyMarkLength = 32 // bytes

var copyMarks = store.NewCollection[copyMark]("copy_marks")

// CopyMaking is a copy that is about to be written: the recording to read, and the secret of the hidden mark.
type CopyMaking struct {
	Copy copies.Copy
	From *blob.Reader
	Key  []byte // of the hidden mark
	desk *Desk
}

// BeginCopy opens the recording of which an approved copy is made, by somebody who may open it. Everything is asked again: the signatures, the date, the orders in force and
// whether the file is still the one that was approved. The act is in the audit log before anything is read. The caller writes the copy and calls [CopyMaking.Keep]; one
// that could not be written can be begun again.
func (d *Desk) BeginCopy(ctx context.Context, id identity.RequestID) (*CopyMaking, error) {
	asked, err := d.Copy(ctx, id)
	if err != nil {
		return nil, err
	}
	r, err := d.Recording(ctx, asked.Recording)
	if err != nil {
		return nil, err
	}
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	allowed, err := d.copyAllowed(ctx, asked, r, users)
	if err != nil {
		return nil, err
	}
	refused := d.mayCarryOut(ctx, r, d.mayOpen)
	if refused != nil && !errors.Is(refused, ErrNotAllowed) && !errors.Is(refused, ErrErased) {
		return nil, refused
	}
	fresh := make([]byte, copyMarkLength)
	if _, err := io.ReadFull(d.opts.Rand, fresh); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	m := &CopyMaking{desk: d}
	m.Copy, err = d.stepCopy(ctx, id, "copy.begun", func(tx *store.Tx, c copies.Copy, rules ceremony) (copies.Copy, error) {
		if refused != nil {
			return c, refused
		}
		if err := d.makeable(c, r, allowed, rules); err != nil {
			return c, err
		}
		part := recordingPart(r.Hearing, r.Version)
		mark, err := copyMarks.Get(tx, part, string(id))
		if errors.Is(err, store.ErrNotFound) {
			mark = copyMark{fresh}
			err = copyMarks.Put(tx, part, string(id), mark)
		}
		if err != nil {
			return c, err
		}
		m.Key = slices.Clone(mark.Key)
		c.Begun = d.Now().UTC().Truncate(time.Second)
		return c, nil
	})
	if err != nil {
		return nil, err
	}
	m.From, err = d.openSealed(ctx, r, "disclosure copy")
	return m, err
}

// makeable refuses a copy that may not be made by now: for its signatures, its date, the orders in force, or because the file is not the one that was approved.
func (d *Desk) makeable(c copies.Copy, r Recording, allowed protection.Access, rules ceremony) error {
	if err := c.MayMake(rules.official(string(d.Me().ID)), d.Now(), allowed, rules.conflicts); err != nil {
		return err
	}
	if err := d.signed(c.Statement(), c.Consents, rules); err != nil {
		return err
	}
	if !slices.Equal(c.FileRoot, r.Root) {
		return ErrRootDiffers
	}
	return nil
}

// mayMakeCopy says why the user may not make a copy now, or nil. Nothing is opened for it, and it is no act; [Desk.BeginCopy] asks it all again.
func (d *Desk) mayMakeCopy(ctx context.Context, c copies.Copy, users []store.User) error {
	if state := c.State(d.Now()); state != copies.Approved {
		return copies.ErrNotOpen
	}
	r, err := d.Recording(ctx, c.Recording)
	if err != nil {
		return err
	}
	if err := d.mayCarryOut(ctx, r, d.opens); err != nil {
		return err
	}
	allowed, err := d.copyAllowed(ctx, c, r, users)
	if err != nil {
		return err
	}
	return d.byRules(ctx, func(_ reading, rules ceremony) error { return d.makeable(c, r, allowed, rules) })
}

// mayCarryOut refuses who may not make a copy of a recording, and whom nobody gives one of a public version that a judge has to review first. open refuses who may not open it.
func (d *Desk) mayCarryOut(ctx context.Context, r Recording, open func(context.Context, Recording) error) error {
	if !r.Erased.IsZero() {
		return ErrErased
	}
	if !d.May(testimony.ActMakeCopy) {
		return ErrNotAllowed
	}
	if err := open(ctx, r); err != nil || r.Version != protection.PublicRecord {
		return err
	}
	kept, err := d.keptBack(ctx, r)
	if err != nil || !kept {
		return err
	}
	if out, err := d.letOut(ctx, r); err != nil || !out {
		return cmp.Or(err, ErrAfterReview)
	}
	return nil
}

// Keep notes a copy that was written in full, with the SHA-256 and the size of its file.
func (m *CopyMaking) Keep(ctx context.Context, sum []byte, size int64) (copies.Copy, error) {
	d := m.desk
	if err := m.Close(); err != nil {
		return m.Copy, err
	}
	return d.stepCopy(ctx, m.Copy.ID, "copy.made", func(_ *store.Tx, c copies.Copy, _ ceremony) (copies.Copy, error) {
		if c.Made != nil {
			return c, copies.ErrNotOpen
		}
		c.Made = &copies.Made{By: string(d.Me().ID), At: d.Now().UTC().Truncate(time.Second), SHA256: sum, Bytes: size}
		return c, nil
	})
}

// Close gives back what was opened. It can be called again.
func (m *CopyMaking) Close() error {
	clear(m.Key)
	if m.From == nil {
		return nil
	}
	from := m.From
	m.From = nil
	return from.Close()
}

// CopyMark is the hidden mark of a copy that was begun.
type CopyMark struct {
	Copy copies.Copy
	Key  []byte
}

// CopyMarks lists the hidden marks of all copies whose recording this user can open, to find out which copy a picture is of; without is how many more copies there are.
func (d *Desk) CopyMarks(ctx context.Context) (marks []CopyMark, without int, err error) {
	if !d.May(testimony.ActTraceCopy) {
		return nil, 0, errors.Join(ErrNotAllowed, d.Note(ctx, "copy.denied", map[string]string{"tried": "copy.traced"}))
	}
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		marks, without = nil, 0
		given, err := everywhere(tx, givenCopies)
		if err != nil {
			return err
		}
		for _, e := range given {
			c := e.Value
			if c.Begun.IsZero() {
				continue
			}
			r, _, err := locate(tx, recordings, string(c.Recording))
			if err != nil {
				return notFound(err)
			}
			part := recordingPart(r.Hearing, r.Version)
			if !tx.HasCompartment(part) {
				without++
				continue
			}
			mark, err := copyMarks.Get(tx, part, string(c.ID))
			if err != nil {
				return notFound(err)
			}
			marks = append(marks, CopyMark{c, mark.Key})
		}
		return nil
	})
	return marks, without, err
}

// NoteTrace puts into the audit log that a picture was compared with so many copies, and which of them were found in it.
func (d *Desk) NoteTrace(ctx context.Context, compared int, found []copies.Copy) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		tx.Log("copy.compared", map[string]string{"copies": strconv.Itoa(compared), "found": strconv.Itoa(len(found))})
		for _, c := range found {
			tx.Log("copy.traced", copyDetails(c))
		}
		return nil
	})
}
