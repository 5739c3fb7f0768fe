package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
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

var (
	givenCopies = store.NewCollection[copies.Copy]("disclosure_copies")
	copyMarks   = store.NewCollection[copyMark]("copy_marks")
)

var copyMatter = matter[copies.Copy]{givenCopies, "copy.denied", copyDetails}

func copyDetails(c copies.Copy) map[string]string {
	return map[string]string{"copy": string(c.ID), "number": strconv.Itoa(c.Number), "recording": string(c.Recording), "case": string(c.Case)}
}

// CopyAsking is what a copy is asked for. It is for a seat of the hearing or for an official.
type CopyAsking struct {
	Recording testimony.RecordingID
	Seat      testimony.ParticipantID
	User      store.UserID
	Purpose   string
	Until     time.Time
}

// AskCopy asks that somebody be given a copy of a recording. Nothing is made before it is approved.
func (d *Desk) AskCopy(ctx context.Context, a CopyAsking) (copies.Copy, error) {
	if !d.May(testimony.ActAskCopy) {
		return copies.Copy{}, ErrNotAllowed
	}
	r, err := d.Recording(ctx, a.Recording)
	switch {
	case err != nil:
		return copies.Copy{}, err
	case !r.Erased.IsZero():
		return copies.Copy{}, ErrErased
	case !r.Sealed:
		return copies.Copy{}, fmt.Errorf("%w: the recording was not closed in good order", ErrInvalid)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return copies.Copy{}, err
	}
	c, err := d.copyTerms(ctx, a, r, users)
	if err != nil {
		return c, err
	}
	allowed, err := d.copyAllowed(ctx, c, r, users)
	if err != nil {
		return c, err
	}
	return c, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, recordings, string(r.ID))
		if err != nil {
			return notFound(err)
		}
		given, err := givenCopies.All(tx, part)
		if err != nil {
			return err
		}
		c.Number = 1
		for _, e := range given {
			if e.Value.Of == c.Of {
				c.Number = max(c.Number, e.Value.Number+1)
			}
		}
		if err := c.Check(c.Asked, allowed); err != nil {
			return err
		}
		rules, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		if identity.Barred(rules.official(c.Requester), c.Case, rules.conflicts) || c.To.User != "" && identity.Barred(rules.official(c.To.User), c.Case, rules.conflicts) {
			return identity.ErrConflict
		}
		tx.Log("copy.asked", copyDetails(c))
		return givenCopies.Put(tx, part, string(c.ID), c)
	})
}

// copyTerms writes down what is asked for, but for the number.
func (d *Desk) copyTerms(ctx context.Context, a CopyAsking, r Recording, users []store.User) (copies.Copy, error) {
	h, err := d.Hearing(ctx, r.Hearing)
	if err != nil {
		return copies.Copy{}, err
	}
	id, err := d.newID()
	if err != nil {
		return copies.Copy{}, err
	}
	c := copies.Copy{Terms: copies.Terms{ID: identity.RequestID(id), Recording: r.ID, Of: cmp.Or(r.Source, r.ID), Hearing: h.ID, Case: h.Case, FileRoot: r.Root,
		Requester: string(d.Me().ID), Purpose: strings.TrimSpace(a.Purpose), Asked: d.Now().UTC().Truncate(time.Second), Until: a.Until.UTC().Truncate(time.Second)}}
	if a.Seat != "" {
		seat, ok := h.Participant(a.Seat)
		if !ok {
			return c, fmt.Errorf("%w: this seat is not of the hearing", copies.ErrTerms)
		}
		c.To = copies.Recipient{Seat: seat.ID, Role: string(seat.Role), Label: seat.Label}
	}
	if a.User != "" {
		i := slices.IndexFunc(users, func(u store.User) bool { return u.ID == a.User })
		if i < 0 || !users[i].Standing() {
			return c, fmt.Errorf("%w: there is no such official", copies.ErrTerms)
		}
		c.To.User, c.To.Role, c.To.Label = string(a.User), string(users[i].Role), users[i].DisplayName
	}
	c.Held, err = d.heldByVersion(ctx, h, r)
	return c, err
}

// heldByVersion is the most that a recording, or the recording that a version is of, can hold of the witness.
func (d *Desk) heldByVersion(ctx context.Context, h testimony.Hearing, r Recording) (protection.Access, error) {
	if r.Derived() {
		source, err := d.Recording(ctx, r.Source)
		if err != nil {
			return protection.Access{}, err
		}
		r = source
	}
	list, err := d.Orders(ctx)
	return HeldBy(h, list, r), err
}

// copyAllowed is what a copy's recipient may have now. A seat has what the orders give it of every witness of the hearing, and of a master what they give it in a private session
// and in each mode of the hearing as well: all of that is in there. Of what lacks an edit in force it may have nothing. An official has all that they could open themselves.
func (d *Desk) copyAllowed(ctx context.Context, c copies.Copy, r Recording, users []store.User) (protection.Access, error) {
	if c.To.User != "" {
		i := slices.IndexFunc(users, func(u store.User) bool { return string(u.ID) == c.To.User })
		if i < 0 || !users[i].Standing() || !opensRecording(users[i], r.Version) {
			return protection.Access{}, nil
		}
		return protection.Access{Picture: protection.ClearPicture, Voice: protection.ClearVoice, Release: protection.Live, Connected: true}, nil
	}
	h, err := d.Hearing(ctx, c.Hearing)
	if err != nil {
		return protection.Access{}, err
	}
	seat, ok := h.Participant(c.To.Seat)
	if !ok || string(seat.Role) != c.To.Role {
		return protection.Access{}, nil
	}
	modes := []protection.SessionMode{protection.PublicMode}
	if r.Version == protection.MasterRecord {
		events, err := d.Events(ctx, h.ID)
		if err != nil {
			return protection.Access{}, err
		}
		modes = append(modes, protection.PrivateMode)
		modes = append(modes, ModesOf(h, events)...)
	}
	edits, _, err := d.EditList(ctx, c.Of)
	if err != nil || edits.Number != r.Edits {
		return protection.Access{}, err // a judge has ordered passages to be missing that are in it
	}
	list, err := d.Orders(ctx)
	if err != nil {
		return protection.Access{}, err
	}
	return Entitled(h, list, d.Now(), seat.Audience(), modes...), nil
}

func (d *Desk) stepCopy(ctx context.Context, id identity.RequestID, action string, step func(*store.Tx, copies.Copy, ceremony) (copies.Copy, error)) (copies.Copy, error) {
	return stepMatter(ctx, d, copyMatter, id, action, func(tx *store.Tx, _ store.Compartment, c copies.Copy, rules ceremony) (copies.Copy, error) {
		return step(tx, c, rules)
	})
}

// recipientOf is the official who is to have a copy, or nobody.
func recipientOf(c copies.Copy, rules ceremony) identity.Official {
	if c.To.User == "" {
		return identity.Official{}
	}
	return rules.official(c.To.User)
}

// ApproveCopy signs a copy for the user's college.
func (d *Desk) ApproveCopy(ctx context.Context, id identity.RequestID) (copies.Copy, error) {
	return d.stepCopy(ctx, id, "copy.approved", func(_ *store.Tx, c copies.Copy, rules ceremony) (copies.Copy, error) {
		me := rules.official(string(d.Me().ID))
		if err := c.MayApprove(me, rules.official(c.Requester), recipientOf(c, rules), d.Now(), rules.conflicts); err != nil {
			return c, err
		}
		var err error
		c.Consents, err = d.consented(c.Consents, rules, c.Statement())
		return c, err
	})
}

// RefuseCopy ends a copy that was not made: by any member of a college with a reason, and by whoever asked, who withdraws it.
func (d *Desk) RefuseCopy(ctx context.Context, id identity.RequestID, reason string) (copies.Copy, error) {
	return d.stepCopy(ctx, id, "copy.refused", func(_ *store.Tx, c copies.Copy, rules ceremony) (copies.Copy, error) {
		me := rules.official(string(d.Me().ID))
		if strings.TrimSpace(reason) == "" {
			return c, identity.ErrReason
		}
		if err := c.MayRefuse(me, d.Now()); err != nil {
			return c, err
		}
		c.Withdrawn, c.Refused = d.ended(c.Requester, reason)
		return c, nil
	})
}

// EndCopy notes that a copy which is out came back or was destroyed.
func (d *Desk) EndCopy(ctx context.Context, id identity.RequestID, kind copies.Ending, note string) (copies.Copy, error) {
	return d.stepCopy(ctx, id, "copy.ended", func(_ *store.Tx, c copies.Copy, _ ceremony) (copies.Copy, error) {
		if !d.May(testimony.ActMakeCopy) {
			return c, ErrNotAllowed
		}
		return c.End(copies.End{Kind: kind, By: string(d.Me().ID), At: d.Now().UTC().Truncate(time.Second), Note: note})
	})
}

// Copies lists the copies of a recording and of its versions, or of all where none is named, newest first.
func (d *Desk) Copies(ctx context.Context, of testimony.RecordingID) ([]copies.Copy, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	list, err := all(ctx, d, givenCopies)
	list = slices.DeleteFunc(list, func(c copies.Copy) bool { return of != "" && c.Of != of && c.Recording != of })
	slices.SortFunc(list, func(a, b copies.Copy) int {
		return cmp.Or(b.Asked.Compare(a.Asked), cmp.Compare(b.Number, a.Number), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// Copy returns one copy.
func (d *Desk) Copy(ctx context.Context, id identity.RequestID) (copies.Copy, error) {
	return find(ctx, d, givenCopies, string(id))
}

// MayApproveCopy says why the user may not approve a copy, or nil.
func (d *Desk) MayApproveCopy(ctx context.Context, c copies.Copy) error {
	return d.byRules(ctx, func(_ reading, rules ceremony) error {
		return c.MayApprove(rules.official(string(d.Me().ID)), rules.official(c.Requester), recipientOf(c, rules), d.Now(), rules.conflicts)
	})
}

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
	refused := d.mayCarryOut(ctx, r)
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
		if err := c.MayMake(rules.official(string(d.Me().ID)), d.Now(), allowed, rules.conflicts); err != nil {
			return c, err
		}
		if err := d.signed(c.Statement(), c.Consents, rules); err != nil {
			return c, err
		}
		if !slices.Equal(c.FileRoot, r.Root) {
			return c, ErrRootDiffers
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

// mayCarryOut refuses who may not make a copy of a recording, and whom nobody gives one of a public version that a judge has to review first.
func (d *Desk) mayCarryOut(ctx context.Context, r Recording) error {
	if !r.Erased.IsZero() {
		return ErrErased
	}
	if !d.May(testimony.ActMakeCopy) {
		return ErrNotAllowed
	}
	if err := d.mayOpen(ctx, r); err != nil || r.Version != protection.PublicRecord {
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
