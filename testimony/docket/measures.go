package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
)

// The court's catalogue of measures is what is shipped, and the versions that the court has put in its place or beside it. Two people change it: one proposes,
// and a judge who is somebody else approves. An order never reads it once it is filed: what it orders, it holds itself.

var measureVersions = store.NewCollection[catalogue.Version]("measures")

// MaxWhy is the greatest length, in characters, of the reasons for a change of the catalogue, and of those for declining it.
const MaxWhy = 1000

// Errors of the catalogue.
var (
	// ErrOwnProposal refuses a decision on a change by whoever proposed it.
	ErrOwnProposal = errors.New("whoever proposed a change does not decide on it")
	// ErrProposed refuses a second proposal for a measure while one waits.
	ErrProposed = errors.New("a change of this measure waits for its decision already")
	// ErrNotProposed refuses a decision on what does not wait for one.
	ErrNotProposed = errors.New("this change does not wait for a decision")
	// ErrSame refuses a proposal that changes nothing.
	ErrSame = errors.New("the proposal changes nothing")
)

// Catalogue is the court's catalogue as it is in force now.
func (d *Desk) Catalogue(ctx context.Context) (catalogue.Catalogue, error) {
	return d.CatalogueAt(ctx, d.Now())
}

// CatalogueAt is the court's catalogue as it was in force at a moment.
func (d *Desk) CatalogueAt(ctx context.Context, at time.Time) (catalogue.Catalogue, error) {
	list, err := d.MeasureVersions(ctx)
	return catalogue.Court(list, at), err
}

// MeasureVersions lists every change of the catalogue that was ever proposed, the newest first.
func (d *Desk) MeasureVersions(ctx context.Context) ([]catalogue.Version, error) {
	var list []catalogue.Version
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		list, err = versionsIn(tx)
		return err
	})
	return list, err
}

func versionsIn(tx reading) ([]catalogue.Version, error) {
	entries, err := measureVersions.All(tx, docketPart)
	list := make([]catalogue.Version, 0, len(entries))
	for _, e := range entries {
		list = append(list, e.Value)
	}
	slices.SortFunc(list, func(a, b catalogue.Version) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

// MeasureVersion is the number of the version of a measure that is in force; 0 is the shipped one, or none.
func MeasureVersion(list []catalogue.Version, kind order.MeasureKind) int {
	n := 0
	for _, v := range list {
		if v.Entry.Kind == kind && v.State == catalogue.InForce {
			n = max(n, v.N)
		}
	}
	return n
}

// ProposeMeasure proposes an entry in the place of the one of its kind, or a new one of the court's own. To retire a measure is to propose it as retired. Seen
// is the version that the user had before them ([MeasureVersion]), and -1 for a measure that is to be new. It fails with a [*ChangedError] where another one is in force meanwhile, and names
// the rule where the entry may not stand in the catalogue.
func (d *Desk) ProposeMeasure(ctx context.Context, e catalogue.Entry, seen int, reasons string) (catalogue.Version, error) {
	if !d.mayPropose() {
		return catalogue.Version{}, ErrNotAllowed
	}
	var v catalogue.Version
	err := d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		v, err = d.propose(tx, e, seen, reasons)
		return err
	})
	return v, err
}

func (d *Desk) mayPropose() bool { return d.May(testimony.ActProposeMeasure) }

func (d *Desk) propose(tx *store.Tx, e catalogue.Entry, seen int, reasons string) (catalogue.Version, error) {
	reasons = strings.TrimSpace(reasons)
	if err := order.CheckLine("reasons", reasons, MaxWhy); err != nil {
		return catalogue.Version{}, err
	}
	list, err := versionsIn(tx)
	if err != nil {
		return catalogue.Version{}, err
	}
	e = e.Tidy()
	now := catalogue.Court(list, d.Now())
	before, there := now.Find(e.Kind)
	n := MeasureVersion(list, e.Kind)
	switch {
	case seen < 0 && there:
		return catalogue.Version{}, &order.RuleError{Rule: catalogue.RuleNew, Path: "id", Why: "there is such a measure already"}
	case seen >= 0 && !there:
		return catalogue.Version{}, fmt.Errorf("the measure: %w", ErrNotFound)
	case seen >= 0 && n != seen:
		return catalogue.Version{}, &ChangedError{Theirs: strconv.Itoa(n), Seen: strconv.Itoa(seen)}
	case slices.ContainsFunc(list, func(v catalogue.Version) bool { return v.Entry.Kind == e.Kind && v.State == catalogue.Proposed }):
		return catalogue.Version{}, ErrProposed
	case there && before.Same(e):
		return catalogue.Version{}, ErrSame
	}
	if err := now.Check(e); err != nil {
		return catalogue.Version{}, err
	}
	id, err := d.newID()
	if err != nil {
		return catalogue.Version{}, err
	}
	v := catalogue.Version{ID: id, N: n + 1, Entry: e, State: catalogue.Proposed, Reasons: reasons, By: string(d.Me().ID), Office: string(d.Me().Role), At: d.Now().UTC()}
	tx.Log("measure.proposed", map[string]string{"measure": id})
	return v, measureVersions.Put(tx, docketPart, id, v)
}

// ApproveMeasure puts a proposed change in force. Only a judge does, who is not the one who proposed it.
func (d *Desk) ApproveMeasure(ctx context.Context, id string) (catalogue.Version, error) {
	return d.decideMeasure(ctx, id, func(tx *store.Tx, v *catalogue.Version) error {
		if !d.May(testimony.ActApproveMeasure) {
			return ErrNotAllowed
		}
		if v.By == string(d.Me().ID) {
			return ErrOwnProposal
		}
		list, err := versionsIn(tx)
		if err != nil {
			return err
		}
		now := catalogue.Court(list, d.Now())
		if err := now.Check(v.Entry); err != nil { // others may have taken its name meanwhile
			return err
		}
		v.State, v.N = catalogue.InForce, MeasureVersion(list, v.Entry.Kind)+1
		tx.Log("measure.approved", map[string]string{"measure": id})
		return nil
	})
}

// DeclineMeasure leaves the catalogue as it is. It is for who may approve, with the reason.
func (d *Desk) DeclineMeasure(ctx context.Context, id, why string) (catalogue.Version, error) {
	return d.decideMeasure(ctx, id, func(tx *store.Tx, v *catalogue.Version) error {
		if !d.May(testimony.ActApproveMeasure) {
			return ErrNotAllowed
		}
		if v.By == string(d.Me().ID) {
			return ErrOwnProposal
		}
		v.Why = strings.TrimSpace(why)
		if err := order.CheckLine("why", v.Why, MaxWhy); err != nil {
			return err
		}
		v.State = catalogue.Declined
		tx.Log("measure.declined", map[string]string{"measure": id})
		return nil
	})
}

// WithdrawMeasure takes a proposal back. It is for whoever made it.
func (d *Desk) WithdrawMeasure(ctx context.Context, id string) (catalogue.Version, error) {
	return d.decideMeasure(ctx, id, func(tx *store.Tx, v *catalogue.Version) error {
		if v.By != string(d.Me().ID) {
			return ErrNotAllowed
		}
		v.State = catalogue.Withdrawn
		tx.Log("measure.withdrawn", map[string]string{"measure": id})
		return nil
	})
}

func (d *Desk) decideMeasure(ctx context.Context, id string, decide func(*store.Tx, *catalogue.Version) error) (catalogue.Version, error) {
	if !d.mayPropose() && !d.May(testimony.ActApproveMeasure) {
		return catalogue.Version{}, ErrNotAllowed
	}
	var v catalogue.Version
	err := d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		if v, err = measureVersions.Get(tx, docketPart, id); err != nil {
			return notFound(err)
		}
		if v.State != catalogue.Proposed {
			return ErrNotProposed
		}
		if err := decide(tx, &v); err != nil {
			return err
		}
		v.DecidedBy, v.DecidedOffice, v.Decided = string(d.Me().ID), string(d.Me().Role), d.Now().UTC()
		return measureVersions.Put(tx, docketPart, id, v)
	})
	return v, err
}

// MayDecideMeasure reports whether this user can approve a proposed change.
func (d *Desk) MayDecideMeasure(v catalogue.Version) bool {
	return v.State == catalogue.Proposed && d.May(testimony.ActApproveMeasure) && v.By != string(d.Me().ID)
}

// Choose turns what was chosen from the court's catalogue into the measures of an order: see [catalogue.Catalogue.Order].
func (d *Desk) Choose(ctx context.Context, chosen, standing []order.Measure) ([]order.Measure, error) {
	c, err := d.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return c.Order(chosen, standing)
}

// measureItems are the changes of the catalogue that wait for this user.
func (d *Desk) measureItems(ctx context.Context) ([]Item, error) {
	if !d.May(testimony.ActApproveMeasure) {
		return nil, nil
	}
	list, err := d.MeasureVersions(ctx)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, v := range list {
		if d.MayDecideMeasure(v) {
			items = append(items, Item{Kind: MeasureWaits, When: v.At})
		}
	}
	return items, nil
}
