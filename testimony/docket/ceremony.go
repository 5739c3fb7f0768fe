package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
)

// ceremony is what the rules of a disclosure look at, read in one transaction.
type ceremony struct {
	users     map[string]store.User
	agencies  map[string]string
	conflicts []identity.Conflict
}

func (d *Desk) ceremony(tx reading, users []store.User) (ceremony, error) {
	c := ceremony{users: map[string]store.User{}, agencies: map[string]string{}}
	for _, u := range users {
		c.users[string(u.ID)] = u
	}
	from, err := affiliations.All(tx, docketPart)
	if err != nil {
		return c, err
	}
	for _, e := range from {
		c.agencies[string(e.Value.User)] = e.Value.Agency
	}
	flags, err := everywhere(tx, conflictsOf)
	for _, e := range flags {
		c.conflicts = append(c.conflicts, e.Value)
	}
	return c, err
}

// official is what the rules look at of a user.
func (c ceremony) official(id string) identity.Official {
	return identity.Official{ID: id, College: collegeOf(string(c.users[id].Role)), Agency: c.agencies[id]}
}

// barred reports whether a conflict of interest keeps one of these users out of a case. An empty id is nobody.
func (c ceremony) barred(of protection.CaseID, ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return id != "" && identity.Barred(c.official(id), of, c.conflicts) })
}

// matter is what takes two colleges: a disclosure, an erasure, a copy, the opening of a sealed exhibit.
type matter[T any] struct {
	kept    store.Collection[T]
	denied  string // the act in the audit log for a step that a rule refused
	details func(T) map[string]string
}

// stepMatter changes a matter by a rule, with its line in the audit log. A refusal by the rule is logged as well; what cannot be read is no refusal.
func stepMatter[T any](ctx context.Context, d *Desk, m matter[T], id identity.RequestID, action string, step func(*store.Tx, store.Compartment, T, ceremony) (T, error)) (T, error) {
	var x, none T
	users, err := d.Users(ctx)
	if err != nil {
		return none, err
	}
	var refused error
	err = d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		refused = nil
		var part store.Compartment
		if x, part, err = locate(tx, m.kept, string(id)); err != nil {
			return notFound(err)
		}
		c, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		next, err := step(tx, part, x, c)
		if errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNoAccess) {
			return err
		}
		if err != nil {
			refused = err
			details := m.details(x)
			details["tried"] = action
			tx.Log(m.denied, details)
			return nil
		}
		x = next
		tx.Log(action, m.details(x))
		tx.AnchorAtOnce() // who saw what, or what was destroyed, must not be undone by putting an older copy back
		return m.kept.Put(tx, part, string(id), x)
	})
	return x, errors.Join(err, refused)
}

// byRules asks something of the rules of a ceremony as they are now.
func (d *Desk) byRules(ctx context.Context, ask func(reading, ceremony) error) error {
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.View(ctx, func(tx *store.ReadTx) error {
		rules, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		return ask(tx, rules)
	})
}

// consented is consents with this user's for their college: their signature under a statement.
func (d *Desk) consented(consents []identity.Consent, c ceremony, statement []byte) ([]identity.Consent, error) {
	me := c.official(string(d.Me().ID))
	signature, err := d.vault.Sign(statement)
	if err != nil {
		return consents, err
	}
	return append(slices.Clone(consents), identity.Consent{College: me.College, By: me.ID, At: d.Now().UTC().Truncate(time.Second), Signature: signature}), nil
}

// signed sees that the signatures under a statement are those of the members who gave them, each for their own college.
func (d *Desk) signed(statement []byte, consents []identity.Consent, c ceremony) error {
	for _, x := range consents {
		if !c.users[x.By].Standing() {
			return ErrSignerLeft
		}
		if !store.CheckStatement(d.vault.ID(), c.users[x.By].SigningPublic, statement, x.Signature) || c.official(x.By).College != x.College {
			return fmt.Errorf("%w: a signature of one who approved is false", store.ErrDamaged)
		}
	}
	return nil
}

// ended is the step that ends a matter: whoever asked withdraws it, and anybody else refuses it.
func (d *Desk) ended(requester, reason string) (withdrawn, refused *identity.Decision) {
	decision := &identity.Decision{By: string(d.Me().ID), At: d.Now(), Reason: strings.TrimSpace(reason)}
	if decision.By == requester {
		return decision, nil
	}
	return nil, decision
}

// throwAway writes what has ended without the halves that were given for it. They are thrown away when there is somewhere to write.
func (d *Desk) throwAway(ctx context.Context, write func(*store.Tx) error) error {
	err := d.vault.Update(ctx, write)
	if errors.Is(err, store.ErrRolledBack) || errors.Is(err, store.ErrReadOnly) || errors.Is(err, store.ErrCutOff) {
		return nil
	}
	return err
}
