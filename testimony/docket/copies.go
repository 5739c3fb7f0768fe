package docket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/copies"
)

var givenCopies = store.NewCollection[copies.Copy]("disclosure_copies")

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
	r, err := d.mayAskCopyOf(ctx, a.Recording)
	if err != nil {
		return copies.Copy{}, err
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
		if rules.barred(c.Case, c.Requester, c.To.User) {
			return identity.ErrConflict
		}
		tx.Log("copy.asked", copyDetails(c))
		return givenCopies.Put(tx, part, string(c.ID), c)
	})
}

// mayAskCopyOf returns a recording of which this user may ask for copies.
func (d *Desk) mayAskCopyOf(ctx context.Context, id testimony.RecordingID) (Recording, error) {
	if !d.May(testimony.ActAskCopy) {
		return Recording{}, ErrNotAllowed
	}
	r, err := d.Recording(ctx, id)
	switch {
	case err != nil:
		return r, err
	case !r.Erased.IsZero():
		return r, ErrErased
	case !r.Sealed:
		return r, fmt.Errorf("%w: the recording was not closed in good order", ErrInvalid)
	}
	return r, nil
}

// CopyRecipients lists for whom a copy of a recording can be asked now: the seats of its hearing and the officials to whom the orders in force give all that it holds of
// the witness. Nobody stands there who has a conflict of interest in the case, and where whoever asks has one, nobody at all.
func (d *Desk) CopyRecipients(ctx context.Context, id testimony.RecordingID) ([]copies.Recipient, error) {
	r, err := d.mayAskCopyOf(ctx, id)
	if err != nil {
		return nil, err
	}
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	h, err := d.Hearing(ctx, r.Hearing)
	if err != nil {
		return nil, err
	}
	var list []copies.Recipient
	for _, seat := range h.Participants {
		list = append(list, seatRecipient(seat))
	}
	for _, u := range users {
		if u.Standing() {
			list = append(list, userRecipient(u))
		}
	}
	x := copies.Copy{Terms: copies.Terms{Of: cmp.Or(r.Source, r.ID), Hearing: h.ID, Case: h.Case}}
	if x.Held, err = d.heldByVersion(ctx, h, r); err != nil {
		return nil, err
	}
	out := []copies.Recipient{}
	for _, to := range list {
		if x.To = to; to.Check() != nil {
			continue
		}
		allowed, err := d.copyAllowed(ctx, x, r, users)
		if err != nil {
			return nil, err
		}
		if x.Within(allowed) == nil {
			out = append(out, to)
		}
	}
	err = d.byRules(ctx, func(_ reading, rules ceremony) error {
		me := rules.official(string(d.Me().ID))
		out = slices.DeleteFunc(out, func(to copies.Recipient) bool { return rules.barred(h.Case, me.ID, to.User) })
		return nil
	})
	return out, err
}

func seatRecipient(p testimony.Participant) copies.Recipient {
	return copies.Recipient{Seat: p.ID, Role: string(p.Role), Label: p.Label}
}

func userRecipient(u store.User) copies.Recipient {
	return copies.Recipient{User: string(u.ID), Role: string(u.Role), Label: u.DisplayName}
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
		c.To = seatRecipient(seat)
	}
	if a.User != "" {
		i := slices.IndexFunc(users, func(u store.User) bool { return u.ID == a.User })
		if i < 0 || !users[i].Standing() {
			return c, fmt.Errorf("%w: there is no such official", copies.ErrTerms)
		}
		to := userRecipient(users[i])
		to.Seat = c.To.Seat // two at once are refused
		c.To = to
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
		me := rules.official(string(d.Me().ID))
		return c.MayApprove(me, rules.official(c.Requester), recipientOf(c, rules), d.Now(), rules.conflicts)
	})
}

// CopySteps lists what this user may do about a copy now.
func (d *Desk) CopySteps(ctx context.Context, c copies.Copy) ([]copies.Step, error) {
	users, err := d.Users(ctx)
	if err != nil {
		return nil, err
	}
	makes := d.mayMakeCopy(ctx, c, users) == nil
	var steps []copies.Step
	err = d.byRules(ctx, func(_ reading, rules ceremony) error {
		me := rules.official(string(d.Me().ID))
		steps = nil
		if c.MayApprove(me, rules.official(c.Requester), recipientOf(c, rules), d.Now(), rules.conflicts) == nil {
			steps = append(steps, copies.Approve)
		}
		if makes {
			steps = append(steps, copies.Make)
		}
		switch refuses := c.MayRefuse(me, d.Now()) == nil; {
		case refuses && me.ID == c.Requester:
			steps = append(steps, copies.Withdraw)
		case refuses:
			steps = append(steps, copies.Refuse)
		}
		if d.May(testimony.ActMakeCopy) && c.IsOut(d.Now()) {
			steps = append(steps, copies.NoteEnd)
		}
		return nil
	})
	return steps, err
}

// copyItems are the copies that wait for this user's approval or for this user to make them, and those that are out after their date.
func (d *Desk) copyItems(ctx context.Context) ([]Item, error) {
	list, err := all(ctx, d, givenCopies)
	if err != nil || len(list) == 0 || !d.May(testimony.ActKeepDocket) {
		return nil, err
	}
	var items []Item
	for _, c := range list {
		item := Item{Case: c.Case, Hearing: c.Hearing, Recording: c.Recording, Request: c.ID, When: c.Until}
		if state := c.State(d.Now()); state == copies.Overdue && d.May(testimony.ActMakeCopy) {
			item.Kind = CopyOverdue
		} else if state == copies.Asked || state == copies.Approved {
			steps, err := d.CopySteps(ctx, c)
			if err != nil {
				return nil, err
			}
			if slices.Contains(steps, copies.Approve) {
				item.Kind = CopyAsked
			} else if slices.Contains(steps, copies.Make) {
				item.Kind = CopyOpen
			}
		}
		if item.Kind == "" {
			continue
		}
		h, err := d.Hearing(ctx, c.Hearing)
		if err != nil {
			return nil, err
		}
		item.Party = h.Party
		items = append(items, item)
	}
	return items, nil
}
