package docket

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
)

// Orders lists the orders of every case, with what their signatures say.
func (d *Desk) Orders(ctx context.Context) ([]order.Order, error) {
	list, err := all(ctx, d, orders)
	if err != nil {
		return nil, err
	}
	if err := d.verifyOrders(ctx, list); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b order.Order) int { return cmp.Compare(a.Reference, b.Reference) })
	return list, nil
}

// Order returns one order, with what its signatures say.
func (d *Desk) Order(ctx context.Context, id protection.OrderID) (order.Order, error) {
	o, err := find(ctx, d, orders, string(id))
	if err != nil {
		return o, err
	}
	list := []order.Order{o}
	err = d.verifyOrders(ctx, list)
	return list[0], err
}

// verifyOrders finds out what the signatures of orders say.
func (d *Desk) verifyOrders(ctx context.Context, list []order.Order) error {
	if !slices.ContainsFunc(list, func(o order.Order) bool { return len(o.History) > 0 }) {
		return nil
	}
	judges, err := d.judges(ctx)
	for i := range list {
		list[i].Signing = d.signing(list[i], judges)
	}
	return err
}

// judges are those who decide orders or did, by their id.
func (d *Desk) judges(ctx context.Context) (map[string]store.User, error) {
	users, err := d.Users(ctx)
	judges := map[string]store.User{}
	for _, u := range users {
		if testimony.May(string(u.Role), testimony.ActDecideOrder) {
			judges[string(u.ID)] = u
		}
	}
	return judges, err
}

// signing is what the signatures of an order say.
func (d *Desk) signing(o order.Order, judges map[string]store.User) order.Signing {
	return o.Verify(func(v order.Version, statement []byte) bool {
		return d.signedByJudge(judges, v.By, v.At, statement, v.Signature)
	})
}

// genuineStatements remembers which signatures were found to be genuine: there is one for each decision, and they are read again and again.
type genuineStatements struct{ found sync.Map }

func (g *genuineStatements) check(vault string, public, statement, signature []byte) bool {
	if len(public) != ed25519.PublicKeySize || len(signature) != ed25519.SignatureSize {
		return false // of other lengths, two different triples could share a key
	}
	key := string(public) + string(signature) + string(statement)
	if _, ok := g.found.Load(key); ok {
		return true
	}
	ok := store.CheckStatement(vault, public, statement, signature)
	if ok {
		g.found.Store(key, nil)
	}
	return ok
}

// FileOrder checks an application and files it. An order that the rules refuse is not kept; the error names the rule.
func (d *Desk) FileOrder(ctx context.Context, o order.Order) (order.Order, error) {
	if !d.May(testimony.ActFileOrder) {
		return o, ErrNotAllowed
	}
	id, err := d.newID()
	if err != nil {
		return o, err
	}
	draft := o
	draft.ID, draft.State, draft.Decided, draft.History, draft.Service, draft.Signing = protection.OrderID(id), order.Draft, time.Time{}, nil, order.Service{}, order.Unsigned
	draft.Reference = strings.TrimSpace(o.Reference)
	judges, err := d.judges(ctx)
	if err != nil {
		return o, err
	}
	var filed order.Order
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		part, others, err := aboutOrder(tx, draft)
		if err != nil {
			return err
		}
		for i := range others {
			others[i].Signing = d.signing(others[i], judges)
		}
		if err := draft.Apply(others); err != nil {
			return err
		}
		filed, err = draft.Take(d.act(order.Act{Step: order.File, Reasons: o.Reasons, Change: o.Change, ExParte: o.ExParte, Consent: o.Consent}))
		if err != nil {
			return err
		}
		tx.Log("order.filed", map[string]string{"order": id, "party": string(o.Party), "measures": strconv.Itoa(len(o.Measures))})
		return orders.Put(tx, part, id, filed)
	})
	if err != nil {
		return o, err
	}
	return filed, nil
}

// aboutOrder reads what an application is judged by: the part that its case stands in, and the other orders.
func aboutOrder(tx reading, o order.Order) (store.Compartment, []order.Order, error) {
	if strings.TrimSpace(o.Reference) == "" {
		return "", nil, fmt.Errorf("%w: the order needs the court's number", ErrInvalid)
	}
	_, part, err := locate(tx, cases, string(o.Case))
	if err != nil {
		return "", nil, fmt.Errorf("the case: %w", notFound(err))
	}
	p, _, err := locate(tx, parties, string(o.Party))
	if err != nil {
		return "", nil, fmt.Errorf("the protected party: %w", notFound(err))
	}
	if p.PseudonymIn(o.Case) == "" {
		return "", nil, fmt.Errorf("%w: the party does not appear in this case", ErrInvalid)
	}
	for i, m := range o.Measures {
		for j, a := range m.Audiences {
			other, ok := a.OtherParty()
			if !ok {
				continue
			}
			if _, _, err := locate(tx, parties, string(other)); errors.Is(err, store.ErrNotFound) {
				return "", nil, &order.RuleError{Rule: order.RuleKnownAudience, Path: fmt.Sprintf("measures[%d].audiences[%d]", i, j), Why: "there is no such protected party"}
			} else if err != nil {
				return "", nil, err
			}
		}
	}
	entries, err := everywhere(tx, orders)
	others := make([]order.Order, 0, len(entries))
	for _, e := range entries {
		others = append(others, e.Value)
	}
	return part, others, err
}

// act says who takes a step, and when.
func (d *Desk) act(a order.Act) order.Act {
	a.By, a.Office, a.Judge, a.At = string(d.Me().ID), string(d.Me().Role), d.May(testimony.ActDecideOrder), d.Now()
	return a
}

// StepOrder takes a step of an order's life, in one transaction with its line in the audit log. A judge's decision is signed with the judge's key. Seen is
// the order as whoever decides had it before them, or nil; it fails with a [*ChangedError] when the order has moved on meanwhile, and with what
// [order.Order.Take] returns.
func (d *Desk) StepOrder(ctx context.Context, id protection.OrderID, seen *order.Order, a order.Act) (order.Order, error) {
	if !d.mayStep(a.Step) {
		return order.Order{}, ErrNotAllowed
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return order.Order{}, err
	}
	var next order.Order
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		o, part, err := locate(tx, orders, string(id))
		if err != nil {
			return notFound(err)
		}
		// A variation leaves the state as it was: only the number of versions tells that there was one.
		if seen != nil && (o.State != seen.State || len(o.History) != len(seen.History)) {
			return &ChangedError{Theirs: string(o.State), Seen: string(seen.State)}
		}
		if d.signing(o, judges) == order.FalselySigned {
			return ErrForgedOrder
		}
		if next, err = o.Take(d.act(a)); err != nil {
			return err
		}
		if order.JudgeTakes(a.Step) {
			if err := d.signOrder(&next); err != nil {
				return err
			}
		}
		tx.Log("order.step", map[string]string{"order": string(id), "from": string(o.State), "to": string(next.State), "step": string(a.Step)})
		return orders.Put(tx, part, string(id), next)
	})
	return next, err
}

// ErrForgedOrder says that no step is taken on an order whose signatures are false: what it was is looked up first, and a new application replaces it.
var ErrForgedOrder = errors.New("a signature of this order is false or missing, so that every measure it ever had stands; find out who changed it, and apply anew")

func (d *Desk) mayStep(s order.Step) bool {
	if s == order.Serve {
		return d.May(testimony.ActServeOrder)
	}
	return d.May(testimony.ActFileOrder)
}

// MayStep lists the steps that an order's state and this user's office allow.
func (d *Desk) MayStep(o order.Order) []order.Step {
	if o.Signing == order.FalselySigned {
		return nil
	}
	return slices.DeleteFunc(o.Open(), func(s order.Step) bool {
		return !d.mayStep(s) || order.JudgeTakes(s) && !d.May(testimony.ActDecideOrder)
	})
}

// signOrder signs the last version of an order, which has to be this user's decision.
func (d *Desk) signOrder(o *order.Order) error {
	last := len(o.History) - 1
	text, err := o.Statement(last)
	if err != nil {
		return fmt.Errorf("write down the decision: %w", err)
	}
	o.History[last].Signature, err = d.vault.Sign(text)
	o.Signing = order.Signed
	return err
}

// recordOrder lets a judge sign a decision that comes from another register. What others record has no signature: it protects, and lifts nothing signed.
func (d *Desk) recordOrder(o *order.Order) error {
	if !d.May(testimony.ActDecideOrder) {
		return nil
	}
	o.History = []order.Version{{Step: order.Record, By: string(d.Me().ID), Office: string(d.Me().Role), At: d.Now(), Was: order.Draft, Is: o.State, Reasons: o.Reasons,
		Change: o.Change, Service: o.Service, ExParte: o.ExParte, Consent: o.Consent, Terms: o.Terms()}}
	return d.signOrder(o)
}

// Matrix compiles the orders in force for a party in a case.
func (d *Desk) Matrix(ctx context.Context, c protection.CaseID, p protection.PartyID, mode protection.SessionMode, at time.Time) (policy.Matrix, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return policy.Matrix{}, err
	}
	return d.compile(ctx, c, p, list, mode, at)
}

// Foresee compiles the matrix as it would be after a step of an order, for the judge to read before deciding. Nothing is written. It fails as the step would.
func (d *Desk) Foresee(ctx context.Context, id protection.OrderID, a order.Act, mode protection.SessionMode, at time.Time) (policy.Matrix, error) {
	list, err := d.Orders(ctx)
	if err != nil {
		return policy.Matrix{}, err
	}
	i := slices.IndexFunc(list, func(o order.Order) bool { return o.ID == id })
	if i < 0 {
		return policy.Matrix{}, ErrNotFound
	}
	if !d.mayStep(a.Step) {
		return policy.Matrix{}, ErrNotAllowed
	}
	if list[i].Signing == order.FalselySigned {
		return policy.Matrix{}, ErrForgedOrder
	}
	if list[i], err = list[i].Take(d.act(a)); err != nil {
		return policy.Matrix{}, err
	}
	if order.JudgeTakes(a.Step) {
		list[i].Signing = order.Signed // as it will be
	}
	return d.compile(ctx, list[i].Case, list[i].Party, list, mode, at)
}

// CompareOrder tells in words what a step would change: for every audience in public, private and closed session, and then outside the matrix. Nothing is
// written.
func (d *Desk) CompareOrder(ctx context.Context, id protection.OrderID, a order.Act, l policy.Language) ([]policy.Change, error) {
	o, err := d.Order(ctx, id)
	if err != nil {
		return nil, err
	}
	at := d.Now()
	if at.Before(o.From) {
		at = o.From // of an order that is still to begin, what it will do
	}
	var changes []policy.Change
	var before, after policy.Matrix
	for _, mode := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
		if before, err = d.Matrix(ctx, o.Case, o.Party, mode, at); err != nil {
			return nil, err
		}
		if after, err = d.Foresee(ctx, id, a, mode, at); err != nil {
			return nil, err
		}
		changes = append(changes, policy.Compare(before, after, mode, l)...)
	}
	return append(changes, policy.CompareEffects(before, after, l)...), nil
}

func (d *Desk) compile(ctx context.Context, c protection.CaseID, p protection.PartyID, list []order.Order, mode protection.SessionMode, at time.Time) (policy.Matrix, error) {
	if _, err := d.Party(ctx, p); err != nil {
		return policy.Matrix{}, fmt.Errorf("the protected party: %w", err)
	}
	if _, err := d.Case(ctx, c); err != nil {
		return policy.Matrix{}, fmt.Errorf("the case: %w", err)
	}
	others, err := d.othersIn(ctx, c, p)
	return policy.Compile(policy.Input{Party: p, Case: c, Orders: list, Mode: mode, At: at, Others: others}), err
}
