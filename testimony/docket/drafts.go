package docket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
)

// A long form is kept as it is filled in, sealed for the user who fills it in and for nobody else, so that neither a crash nor a lock takes it. A draft is no
// record: nobody acts upon it, and it goes when the form is saved or given up.

// Draft is what was typed into a form and not saved.
type Draft struct {
	Form  string             `json:"form"` // which form; the window's own name for it
	Party protection.PartyID `json:"party,omitempty"`
	Kept  time.Time          `json:"kept"`
	Typed json.RawMessage    `json:"typed"` // as the form has written it
}

var drafts = store.NewCollection[Draft]("drafts")

// maxDraft bounds what is kept of one form, in bytes.
const maxDraft = 512 << 10

// draftPart is a compartment that one user can read.
func draftPart(user store.UserID) store.Compartment {
	return "drafts/" + store.Compartment(user)
}

func (f Draft) id() string { return f.Form + "/" + string(f.Party) }

// KeepDraft keeps what was typed, in the place of what was kept of the same form and party. What is too long is [ErrInvalid], and what was kept before stays.
func (d *Desk) KeepDraft(ctx context.Context, f Draft) error {
	if f.Form == "" || len(f.Typed) > maxDraft || !json.Valid(f.Typed) {
		return fmt.Errorf("%w: a draft has a form and at most %d bytes", ErrInvalid, maxDraft)
	}
	f.Kept = d.Now().UTC()
	me := d.Me().ID
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		if f.Party != "" {
			if _, _, err := locate(tx, parties, string(f.Party)); err != nil {
				return fmt.Errorf("the protected party: %w", notFound(err))
			}
		}
		if _, err := tx.Members(draftPart(me)); noCompartment(err) {
			if err := tx.CreateCompartment(draftPart(me), []store.UserID{me}); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		tx.Log("care.draft", nil)
		return drafts.Put(tx, draftPart(me), f.id(), f)
	})
}

// DraftOf finds what this user has typed into a form and not saved. A draft on a party that the user sees no more is not offered.
func (d *Desk) DraftOf(ctx context.Context, form string, party protection.PartyID) (f Draft, ok bool, err error) {
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		ok = false
		if party != "" {
			if _, _, err := locate(tx, parties, string(party)); err != nil {
				return notFound(err)
			}
		}
		f, err = drafts.Get(tx, draftPart(d.Me().ID), Draft{Form: form, Party: party}.id())
		if noCompartment(err) || errors.Is(err, store.ErrNotFound) {
			return nil
		}
		ok = err == nil
		return err
	})
	return f, ok, err
}

// DropDraft forgets what was typed into a form. One that is not there doesn't matter.
func (d *Desk) DropDraft(ctx context.Context, form string, party protection.PartyID) error {
	if _, ok, err := d.DraftOf(ctx, form, party); err != nil || !ok {
		return err
	}
	return d.dropDrafts(ctx, func(f Draft) bool { return f.Form == form && f.Party == party })
}

// tidyDrafts forgets drafts on persons whose erasure was carried out or begun: at the next opening of each desk, since nobody else can.
func (d *Desk) tidyDrafts(ctx context.Context) error {
	list, err := d.Erasures(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	erased := func(f Draft) bool {
		return f.Party != "" && slices.ContainsFunc(list, func(e identity.Erasure) bool {
			return e.Party == f.Party && !e.Erased.IsZero() && f.Kept.Before(e.Erased)
		})
	}
	found := false
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := drafts.All(tx, draftPart(d.Me().ID))
		if noCompartment(err) {
			return nil
		}
		found = slices.ContainsFunc(entries, func(e store.Entry[Draft]) bool { return erased(e.Value) })
		return err
	})
	if err != nil || !found {
		return err
	}
	return d.dropDrafts(ctx, erased)
}

func (d *Desk) dropDrafts(ctx context.Context, of func(Draft) bool) error {
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		entries, err := drafts.All(tx, draftPart(d.Me().ID))
		if err != nil {
			return err
		}
		tx.Log("care.draft_dropped", nil)
		for _, e := range entries {
			if !of(e.Value) {
				continue
			}
			if err := drafts.Delete(tx, draftPart(d.Me().ID), e.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
