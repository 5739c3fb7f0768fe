package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

// careCircle are the advocates of a part with their terms: those who read its care files.
func (d *Desk) careCircle(tx *store.ReadTx, part store.Compartment, users []store.User) ([]store.Membership, error) {
	members, err := d.standingIn(tx, part, users)
	return slices.DeleteFunc(members, func(m store.Membership) bool {
		return !slices.ContainsFunc(users, func(u store.User) bool { return u.ID == m.User && u.Role == testimony.Advocate })
	}), err
}

// tendCarePart makes the advocates of a part the members of its care compartment, as far as this user can: it makes one where there is none, and where the user has it,
// lets in those who came and takes another key where somebody is in it who does not belong there.
func (d *Desk) tendCarePart(tx *store.Tx, part store.Compartment, users []store.User) (changed bool, err error) {
	want, err := d.careCircle(&tx.ReadTx, part, users)
	if err != nil || len(want) == 0 {
		return false, err
	}
	in := carePart(part)
	now, err := tx.Memberships(in)
	if noCompartment(err) {
		tx.Log("care.opened", map[string]string{"team": string(teamIn(part)), "members": strconv.Itoa(len(want))})
		if err := tx.CreateCompartment(in, []store.UserID{want[0].User}); err != nil {
			return false, err
		}
		now = []store.Membership{{User: want[0].User}} // the others follow below: who makes a compartment has its key for as long as the transaction
	} else if err != nil {
		return false, err
	}
	if !tx.HasCompartment(in) {
		return false, nil
	}
	var out []store.UserID
	for _, m := range now {
		if !slices.ContainsFunc(want, func(w store.Membership) bool { return w.User == m.User }) {
			out = append(out, m.User)
		}
	}
	var come []store.Membership
	for _, w := range want {
		if !slices.ContainsFunc(now, func(m store.Membership) bool { return m.User == w.User && m.Until.Equal(w.Until) }) {
			come = append(come, w)
		}
	}
	if len(out) == 0 && len(come) == 0 {
		return false, nil
	}
	tx.Log("care.tended", map[string]string{"team": string(teamIn(part)), "members": strconv.Itoa(len(want)), "removed": strconv.Itoa(len(out))})
	for _, m := range come {
		if err := tx.AddMembersUntil(in, []store.UserID{m.User}, m.Until); err != nil {
			return false, err
		}
	}
	return true, tx.RemoveMembers(in, out)
}

func noCompartment(err error) bool {
	return errors.Is(err, store.ErrNoCompartment) || errors.Is(err, store.ErrNotFound)
}

// fetchCare moves the files of parties to the care compartment of the part that each stands in, from wherever this user can read them.
func (d *Desk) fetchCare(tx *store.Tx, at map[protection.PartyID]store.Compartment) (moved int, err error) {
	open, err := carePartsOf(tx)
	if err != nil {
		return 0, err
	}
	for _, from := range open {
		entries, err := careLines.All(tx, from)
		if err != nil {
			return moved, err
		}
		for _, e := range entries {
			part, known := at[e.Value.Party]
			to := carePart(part)
			if !known || to == from || !slices.Contains(open, to) {
				continue
			}
			if err := errors.Join(careLines.Put(tx, to, e.ID, e.Value), careLines.Delete(tx, from, e.ID)); err != nil {
				return moved, err
			}
			moved++
		}
	}
	if moved > 0 {
		tx.Log("care.moved", map[string]string{"records": strconv.Itoa(moved)})
	}
	return moved, nil
}

// TendCare brings the care compartments up to date with who is an advocate where, and files with their cases. It runs at every opening of an advocate's desk, and
// writes nothing where nothing has changed.
func (d *Desk) TendCare(ctx context.Context) error {
	if !d.May(testimony.ActKeepCare) {
		return nil
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	due := false
	if err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		due, err = d.careDue(tx, users)
		return err
	}); err != nil || !due {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		list, err := parts(tx)
		if err != nil {
			return err
		}
		for _, part := range list {
			if _, err := d.tendCarePart(tx, part, users); err != nil {
				return err
			}
		}
		at, err := placesOf(tx)
		if err != nil {
			return err
		}
		_, err = d.fetchCare(tx, at)
		return err
	})
}

// placesOf tells in which part each party stands.
func placesOf(tx reading) (map[protection.PartyID]store.Compartment, error) {
	list, err := parts(tx)
	if err != nil {
		return nil, err
	}
	at := map[protection.PartyID]store.Compartment{}
	for _, part := range list {
		people, err := parties.All(tx, part)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			at[p.Value.ID] = part
		}
	}
	return at, nil
}

// careDue says whether [Desk.TendCare] has something to do.
func (d *Desk) careDue(tx *store.ReadTx, users []store.User) (bool, error) {
	list, err := parts(tx)
	if err != nil {
		return false, err
	}
	at, err := placesOf(tx)
	if err != nil {
		return false, err
	}
	for _, part := range list {
		want, err := d.careCircle(tx, part, users)
		if err != nil {
			return false, err
		}
		now, err := tx.Memberships(carePart(part))
		switch {
		case noCompartment(err):
			if len(want) > 0 {
				return true, nil
			}
			continue
		case err != nil:
			return false, err
		case !tx.HasCompartment(carePart(part)):
			continue
		}
		if !slices.EqualFunc(want, now, func(a, b store.Membership) bool { return a.User == b.User && a.Until.Equal(b.Until) }) {
			return true, nil
		}
		entries, err := careLines.All(tx, carePart(part))
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(entries, func(e store.Entry[careLine]) bool { p, known := at[e.Value.Party]; return known && p != part }) {
			return true, nil
		}
	}
	return false, nil
}

// admitCare opens the care compartment of a part to its first advocates, by whoever takes them in. Later ones wait for an advocate.
func (d *Desk) admitCare(tx *store.Tx, part store.Compartment, users ...store.User) error {
	_, err := tx.Members(carePart(part))
	if noCompartment(err) {
		_, err = d.tendCarePart(tx, part, users)
	}
	return err
}

// careFollows says whether the care files of what moves can go along: an advocate who keeps them has to stand where they go.
func (d *Desk) careFollows(tx *store.Tx, from, to store.Compartment, b bundle, users []store.User) error {
	facts, err := factsOf.All(tx, from)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(facts, func(e store.Entry[Fact]) bool { return e.Value.Kind == FactFile && b.parties[e.Value.Party] }) {
		return nil
	}
	there, err := d.careCircle(&tx.ReadTx, to, users)
	if err != nil {
		return err
	}
	keep, err := tx.Members(carePart(from))
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(there, func(m store.Membership) bool { return slices.Contains(keep, m.User) }) {
		return ErrCareStays
	}
	return nil
}

// DestroyCare deletes the care file of a person whose erasure both colleges have signed, and every open fact of it. It is in the audit log before it happens; what
// free pages of the file still hold goes when the erasure is carried out.
func (d *Desk) DestroyCare(ctx context.Context, id identity.RequestID) error {
	if !d.May(testimony.ActKeepCare) {
		return ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		e, part, err := locate(tx, erasures, string(id))
		if err != nil {
			return notFound(err)
		}
		if e.State() != identity.Granted {
			return identity.ErrNotGranted
		}
		c, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		if err := d.signed(e.Statement(), e.Consents, c); err != nil {
			return err
		}
		if _, err := d.openCare(tx, e.Party, users); err != nil {
			return err
		}
		ids, err := careOf(tx, carePart(part), e.Party)
		if err != nil {
			return err
		}
		tx.Log("care.erased", map[string]string{"request": string(id), "party": string(e.Party), "records": strconv.Itoa(len(ids))})
		tx.AnchorAtOnce()
		for _, line := range ids {
			if err := careLines.Delete(tx, carePart(part), line); err != nil {
				return err
			}
		}
		return eraseFacts(tx, part, e.Party)
	})
}

// careGone refuses to go on with an erasure while there is a care file.
func careGone(tx store.Reading, part store.Compartment, party protection.PartyID) error {
	_, err := factsOf.Get(tx, part, factID(party, FactFile))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("the care file: %w", err)
	}
	return ErrCareRemains
}
