package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/exhibit"
)

// exhibitPart holds the keys of a case's exhibits of one class, sealed to those who may open that class. There is none of the sealed: see exhibitLocks.
func exhibitPart(c protection.CaseID, class exhibit.Class) store.Compartment {
	return store.Compartment("exhibit/" + string(c) + "/" + string(class))
}

// keepExhibitKey seals the key to those who may open the class, and that of a sealed exhibit half to each college.
func (d *Desk) keepExhibitKey(tx *store.Tx, of store.Compartment, e exhibit.Exhibit, key blob.Key, users []store.User) error {
	if e.Class == exhibit.Sealed {
		court, bench, err := collegesOf(tx, of, users)
		if err != nil {
			return err
		}
		lock, err := identity.SealKey(d.opts.Rand, "exhibit/"+string(e.ID), key[:], court, bench)
		if err != nil {
			return err
		}
		lock.Entered = e.Received
		return exhibitLocks.Put(tx, of, string(e.ID), lock)
	}
	part := exhibitPart(e.Case, e.Class)
	if !tx.HasCompartment(part) {
		if err := d.openExhibitPart(tx, of, part, e.Class, users); err != nil {
			return err
		}
	}
	return exhibitKeys.Put(tx, part, string(e.ID), recordingKey{slices.Clone(key[:])})
}

// collegesOf are those of a part who are to hold halves.
func collegesOf(tx *store.Tx, of store.Compartment, users []store.User) (court, bench []identity.Recipient, err error) {
	members, err := tx.Members(of)
	if err != nil {
		return nil, nil, err
	}
	var among []store.User
	for _, u := range users {
		revoked, err := tx.Revoked(u.ID)
		if err != nil {
			return nil, nil, err
		}
		if !revoked && u.Standing() && slices.Contains(members, u.ID) {
			among = append(among, u)
		}
	}
	return recipients(among, testimony.CourtCollege), recipients(among, testimony.BenchCollege), nil
}

// keyHolders says who holds the key of an exhibit; of a sealed one, a half of it.
func keyHolders(tx reading, e exhibit.Exhibit) (func(id string) bool, error) {
	if e.Class == exhibit.Sealed {
		lock, _, err := locate(tx, exhibitLocks, string(e.ID))
		if errors.Is(err, store.ErrNotFound) { // it was erased
			err = nil
		}
		return lock.HasShare, err
	}
	members, err := tx.Members(exhibitPart(e.Case, e.Class))
	return func(id string) bool { return slices.Contains(members, store.UserID(id)) }, notFound(err)
}

// openExhibitPart makes the compartment of a class for those of the case's part who may open it.
func (d *Desk) openExhibitPart(tx *store.Tx, of, part store.Compartment, class exhibit.Class, users []store.User) error {
	members, err := tx.Members(of)
	if err != nil {
		return err
	}
	ids := []store.UserID{d.Me().ID}
	for _, u := range users {
		if u.ID != d.Me().ID && u.Standing() && slices.Contains(members, u.ID) && exhibit.MayOpen(string(u.Role), class) {
			ids = append(ids, u.ID)
		}
	}
	if err := tx.CreateCompartment(part, ids); err != nil {
		return err
	}
	return sameTerms(tx, of, part)
}

func (d *Desk) exhibitKey(ctx context.Context, e exhibit.Exhibit) (key blob.Key, err error) {
	err = d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		key, err = exhibitKeyIn(tx, e)
		return err
	})
	return key, err
}

// unlockExhibit joins this user's half of a sealed exhibit's key with that of the one who approved.
func (d *Desk) unlockExhibit(tx reading, e exhibit.Exhibit, by exhibit.Opening, rules ceremony) (key blob.Key, err error) {
	lock, _, err := locate(tx, exhibitLocks, string(e.ID))
	if err != nil {
		return key, notFound(err)
	}
	joined, err := identity.OpenKey(lock, rules.official(string(d.Me().ID)), *by.Half, by.Statement(), d.vault.OpenSealed)
	if err != nil {
		return key, err
	}
	defer clear(joined)
	if copy(key[:], joined) != len(key) {
		return key, fmt.Errorf("the exhibit's key is damaged: %w", store.ErrDamaged)
	}
	return key, nil
}

// exhibitKeyIn is the key of an exhibit that one person opens. That of a sealed one nobody has.
func exhibitKeyIn(tx store.Reading, e exhibit.Exhibit) (blob.Key, error) {
	if e.Class == exhibit.Sealed {
		return blob.Key{}, store.ErrNoAccess
	}
	k, err := exhibitKeys.Get(tx, exhibitPart(e.Case, e.Class), string(e.ID))
	var key blob.Key
	if err == nil && copy(key[:], k.Key) != len(key) {
		err = fmt.Errorf("the exhibit's key is damaged: %w", store.ErrDamaged)
	}
	return key, err
}

// eachExhibitPart calls fn with the compartments of the exhibits of cases in a part; of all of them when among is nil.
func (d *Desk) eachExhibitPart(tx *store.Tx, part store.Compartment, among map[protection.CaseID]bool, fn func(store.Compartment, exhibit.Class) error) error {
	opened, err := cases.All(tx, part)
	if err != nil {
		return err
	}
	for _, c := range opened {
		if among != nil && !among[c.Value.ID] {
			continue
		}
		for _, class := range exhibit.Classes {
			p := exhibitPart(c.Value.ID, class)
			if _, err := tx.Members(p); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
			if !tx.HasCompartment(p) {
				return ErrExhibitShut
			}
			if err := fn(p, class); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveExhibitKeys gives the keys of exhibits to those of where a case goes, and takes them from the others.
func (d *Desk) moveExhibitKeys(tx *store.Tx, from, to store.Compartment, b bundle, users []store.User) error {
	return d.eachExhibitPart(tx, from, b.cases, func(p store.Compartment, class exhibit.Class) error {
		return d.changeMembers(tx, p, to, users, func(u store.User) bool { return exhibit.MayOpen(string(u.Role), class) })
	})
}
