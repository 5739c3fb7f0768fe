package docket

import (
	"context"
	"errors"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/store"
)

var returns = careRecord[care.Return]{"return"}

// FactReturn is the open fact of a return: preparing, voluntary, departed, arrived, stopped.
const FactReturn FactKind = "return"

const wordVoluntary = "voluntary"

// Return is a person's return as it stands by what they have said, and what it lacks; N is 0 where there is none.
type Return struct {
	CareVersion[care.Return]
	Lacks []string // fields; while it is prepared
	// Contact says whether the person has agreed to be contacted about the return and after it.
	Contact bool
}

// Return reads a person's return.
func (d *Desk) Return(ctx context.Context, p protection.PartyID) (Return, error) {
	v, err := returns.latest(ctx, d, p)
	if err != nil {
		return Return{}, err
	}
	said, err := consents.latest(ctx, d, p)
	r := Return{CareVersion: v, Contact: said.Value.Given(care.ForReturn, "")}
	r.Value = v.Value.Under(said.Value)
	if r.Value.Stage == care.Preparing {
		r.Lacks = r.Value.Lacks(said.Value)
	}
	return r, err
}

// PlanReturn begins a return, or changes its terms until the person sets out.
func (d *Desk) PlanReturn(ctx context.Context, p protection.PartyID, t care.ReturnTerms) error {
	return d.stepReturn(ctx, p, func(r care.Return, said care.Consents) (care.Return, error) { return r.Plan(t, said, d.Now().UTC()) })
}

// DeclareReturn records a return as voluntary. The person's own consent to it has to stand.
func (d *Desk) DeclareReturn(ctx context.Context, p protection.PartyID) error {
	return d.stepReturn(ctx, p, func(r care.Return, said care.Consents) (care.Return, error) { return r.Declare(said, d.Now().UTC()) })
}

// DepartReturn records that the person has set out. Nothing that a return needs may lack.
func (d *Desk) DepartReturn(ctx context.Context, p protection.PartyID) error {
	return d.stepReturn(ctx, p, func(r care.Return, said care.Consents) (care.Return, error) { return r.Depart(said, d.Now().UTC()) })
}

// ArriveReturn records that the person was received. The follow-ups count from then.
func (d *Desk) ArriveReturn(ctx context.Context, p protection.PartyID) error {
	return d.stepReturn(ctx, p, func(r care.Return, said care.Consents) (care.Return, error) { return r.Arrive(said, d.Now().UTC()) })
}

// StopReturn ends a return before the person has arrived.
func (d *Desk) StopReturn(ctx context.Context, p protection.PartyID, why string) error {
	return d.stepReturn(ctx, p, func(r care.Return, said care.Consents) (care.Return, error) { return r.Stop(why, said, d.Now().UTC()) })
}

// NoteFollowUp keeps what a follow-up has found, and the contact by which it was made: by a safe way, by somebody who has looked at the rules of contact in use.
func (d *Desk) NoteFollowUp(ctx context.Context, p protection.PartyID, f care.FollowUp) error {
	f.By = string(d.Me().ID)
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) {
		rules, err := d.contactIn(tx, part, p, f.Way, f.Found != care.NotReached)
		if err != nil {
			return nil, err
		}
		return d.returnIn(tx, part, p, func(r care.Return, said care.Consents) (care.Return, error) {
			return r.FollowUp(f, rules, said, d.Now().UTC())
		})
	})
}

func (d *Desk) stepReturn(ctx context.Context, p protection.PartyID, step func(care.Return, care.Consents) (care.Return, error)) error {
	return d.keepCare(ctx, p, func(tx *store.Tx, part store.Compartment) ([]Fact, error) { return d.returnIn(tx, part, p, step) })
}

// returnIn changes a return by a rule that looks at what the person has said, read in the same transaction.
func (d *Desk) returnIn(tx *store.Tx, part store.Compartment, p protection.PartyID, step func(care.Return, care.Consents) (care.Return, error)) ([]Fact, error) {
	said, err := consents.get(tx, carePart(part), consents.id(p))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	next, _, err := returns.changeIn(tx, d, part, p, func(now CareVersion[care.Return]) (care.Return, []Fact, error) {
		r, err := step(now.Value, said.Value)
		return r, nil, err
	})
	return []Fact{returnFact(next.Value)}, err
}

func returnFact(r care.Return) Fact {
	f := Fact{Kind: FactReturn, Word: string(r.Stage)}
	if r.Stage == care.Preparing && !r.Voluntary.IsZero() {
		f.Word = wordVoluntary
	}
	return f
}

// stopReturnIn stops a return at once when the person has said that they do not want it: what they said stands in the same transaction.
func (d *Desk) stopReturnIn(tx *store.Tx, part store.Compartment, p protection.PartyID, said care.Consents) ([]Fact, error) {
	now, err := returns.get(tx, carePart(part), returns.id(p))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || now.Value.Under(said).Stage == now.Value.Stage {
		return nil, err
	}
	next, _, err := returns.changeIn(tx, d, part, p, func(now CareVersion[care.Return]) (care.Return, []Fact, error) {
		return now.Value.Under(said), nil, nil
	})
	return []Fact{returnFact(next.Value)}, err
}
