package docket

import (
	"context"
	"errors"

	"paravent/store"
)

// What a desk works with stands in parts: the docket, which everyone but the auditor shares, and one for each team (see [Team]). A case and all that
// belongs to it stand in one part, and so do cases that share a protected party, so that no rule ever has to look from one part into another.

// reading is a transaction as the parts need it: [*store.ReadTx] or [*store.Tx].
type reading interface {
	store.Reading
	HasCompartment(store.Compartment) bool
	Members(store.Compartment) ([]store.UserID, error)
}

// parts are those that this user can read, the docket first.
func parts(tx reading) ([]store.Compartment, error) {
	known, err := teamIndex.All(tx, docketPart)
	if err != nil {
		return nil, err
	}
	readable := []store.Compartment{docketPart}
	for _, e := range known {
		if part := teamPart(TeamID(e.ID)); tx.HasCompartment(part) {
			readable = append(readable, part)
		}
	}
	return readable, nil
}

// everywhere reads a collection of all parts.
func everywhere[T any](tx reading, c store.Collection[T]) ([]store.Entry[T], error) {
	list, err := parts(tx)
	if err != nil {
		return nil, err
	}
	var found []store.Entry[T]
	for _, part := range list {
		entries, err := c.All(tx, part)
		if err != nil {
			return nil, err
		}
		found = append(found, entries...)
	}
	return found, nil
}

// locate finds a record and the part that it stands in, or fails with [store.ErrNotFound].
func locate[T any](tx reading, c store.Collection[T], id string) (T, store.Compartment, error) {
	list, err := parts(tx)
	if err != nil {
		var none T
		return none, "", err
	}
	for _, part := range list {
		v, err := c.Get(tx, part, id)
		if !errors.Is(err, store.ErrNotFound) {
			return v, part, err
		}
	}
	var none T
	return none, "", store.ErrNotFound
}

// find reads a record of any part in a transaction of its own.
func find[T any](ctx context.Context, d *Desk, c store.Collection[T], id string) (T, error) {
	var v T
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		v, _, err = locate(tx, c, id)
		return err
	})
	return v, notFound(err)
}

// all reads a collection of all parts in a transaction of its own.
func all[T any](ctx context.Context, d *Desk, c store.Collection[T]) ([]T, error) {
	var out []T
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := everywhere(tx, c)
		out = make([]T, 0, len(entries))
		for _, e := range entries {
			out = append(out, e.Value)
		}
		return err
	})
	return out, err
}
