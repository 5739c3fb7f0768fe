package docket

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
)

// Weighed is what the orders of a party leave to the defence, and what they say against each other.
type Weighed struct {
	policy.Fairness
	Contradictions []order.Contradiction
	// Refused is why the order that was looked at may not be filed; nil where it may, or none was.
	Refused error
}

// Weigh weighs the orders in force for a party in a case.
func (d *Desk) Weigh(ctx context.Context, c protection.CaseID, p protection.PartyID) (Weighed, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return Weighed{}, err
	}
	if _, err := d.Party(ctx, p); err != nil {
		return Weighed{}, fmt.Errorf("the protected party: %w", err)
	}
	return weigh(list, c, p, d.Now()), nil
}

func weigh(list []order.Order, c protection.CaseID, p protection.PartyID, at time.Time) Weighed {
	m := policy.Compile(policy.Input{Party: p, Case: c, Orders: list, Mode: protection.PublicMode, At: at})
	return Weighed{Fairness: m.Fair(), Contradictions: order.Contradict(list, c, p, at)}
}

// Weighing reads the orders once and returns a function that weighs them as they would be with a draft in force, for a form to show while it is filled in. A draft
// with an id takes the place of that order.
func (d *Desk) Weighing(ctx context.Context) (func(draft order.Order) Weighed, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	now := d.Now()
	return func(draft order.Order) Weighed {
		refused := draft.Check()
		at := now
		if draft.From.After(at) {
			at = draft.From
		}
		draft.State, draft.Signing, draft.Until = order.InForce, order.Signed, time.Time{}
		if draft.From.IsZero() {
			draft.From = at
		}
		with := slices.DeleteFunc(slices.Clone(list), func(o order.Order) bool { return o.ID == draft.ID })
		draft.Decided = at
		w := weigh(append(with, draft), draft.Case, draft.Party, at)
		w.Refused = refused
		return w
	}, nil
}

// WeighStep weighs the orders as they would be after a step. It fails as the step would, and writes nothing.
func (d *Desk) WeighStep(ctx context.Context, id protection.OrderID, a order.Act) (Weighed, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return Weighed{}, err
	}
	i := slices.IndexFunc(list, func(o order.Order) bool { return o.ID == id })
	if i < 0 {
		return Weighed{}, ErrNotFound
	}
	if list[i], err = list[i].Take(d.act(a)); err != nil {
		return Weighed{}, err
	}
	if order.JudgeTakes(a.Step) {
		list[i].Signing = order.Signed // as it will be
	}
	at := d.Now()
	if at.Before(list[i].From) {
		at = list[i].From
	}
	return weigh(list, list[i].Case, list[i].Party, at), nil
}

// AlertProsecutor notes that the prosecutor was told of an order's non-punishment note. It is the registry's to do, or the judge's.
func (d *Desk) AlertProsecutor(ctx context.Context, id protection.OrderID, at time.Time, how string) (order.Order, error) {
	if !d.May(testimony.ActServeOrder) {
		return order.Order{}, ErrNotAllowed
	}
	var next order.Order
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		o, part, err := locate(tx, orders, string(id))
		if err != nil {
			return notFound(err)
		}
		next, err = o.Alert(order.Alert{At: at.UTC(), By: string(d.Me().ID), Office: string(d.Me().Role), How: how}, d.Now())
		if err != nil {
			return err
		}
		tx.Log("order.prosecutor_alerted", map[string]string{"order": string(id)})
		return orders.Put(tx, part, string(id), next)
	})
	return next, err
}

// disputeItems are the orders that contradict each other, and the non-punishment notes of which the prosecutor was not told.
func (d *Desk) disputeItems(list []order.Order, people []protection.Party, now time.Time) []Item {
	var items []Item
	of := map[protection.PartyID][]order.Order{}
	for _, o := range list {
		of[o.Party] = append(of[o.Party], o)
		if o.Notes(now) && o.Alerted.At.IsZero() && d.May(testimony.ActServeOrder) {
			items = append(items, Item{Kind: NonPunishment, Case: o.Case, Party: o.Party, Order: o.ID, When: o.From})
		}
	}
	for _, p := range people {
		if len(of[p.ID]) < 2 {
			continue
		}
		seen := map[[2]protection.OrderID]bool{} // one item for two orders, in the first case that shows them
		for _, a := range p.Appearances {
			for _, x := range order.Contradict(of[p.ID], a.Case, p.ID, now) {
				if pair := [2]protection.OrderID{x.Stands, x.Other}; !seen[pair] {
					seen[pair] = true
					items = append(items, Item{Kind: OrdersContradict, Case: a.Case, Party: p.ID, Order: x.Stands, When: now})
				}
			}
		}
	}
	return items
}
