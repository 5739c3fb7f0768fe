package docket

import (
	"context"
	"errors"
	"time"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/order"
	"paravent/testimony"
)

// MissingKind names what a person's protection or care still lacks.
type MissingKind string

// The kinds, in the order in which they are done. Those of the care file are for advocates to see.
const (
	MissingIdentity   MissingKind = "identity"
	MissingScreening  MissingKind = "screening"
	MissingStatus     MissingKind = "status"
	MissingNeed       MissingKind = "cooperation"
	MissingReflection MissingKind = "reflection"
	MissingConsent    MissingKind = "consent_recording"
	MissingRisk       MissingKind = "risk"
	MissingNeeds      MissingKind = "needs"
	MissingContact    MissingKind = "contact_rules"
	MissingPrepared   MissingKind = "preparation" // a hearing is planned
	MissingOrder      MissingKind = "order"
)

// MissingKinds lists them.
var MissingKinds = []MissingKind{MissingIdentity, MissingScreening, MissingStatus, MissingNeed, MissingReflection, MissingConsent, MissingRisk, MissingNeeds, MissingContact, MissingPrepared, MissingOrder}

// Missing is one thing that is missing, by when it is needed and who can do it.
type Missing struct {
	What MissingKind
	By   time.Time // zero: no day is set; the next hearing's otherwise
	Who  []string  // offices
}

// MissingOf lists what is missing for a party, as far as this user may know.
func (d *Desk) MissingOf(ctx context.Context, p protection.PartyID, now time.Time) ([]Missing, error) {
	planned, err := d.Hearings(ctx)
	if err != nil {
		return nil, err
	}
	var next testimony.Hearing
	for _, h := range planned {
		if h.Party == p && h.Planned() && h.Start.After(now) && (next.Start.IsZero() || h.Start.Before(next.Start)) {
			next = h
		}
	}
	var list []Missing
	lacks := func(what MissingKind, who ...string) { list = append(list, Missing{what, next.Start, who}) }
	fields, err := d.SealedFields(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		lacks(MissingIdentity, testimony.Advocate, testimony.Clerk)
	}
	if d.May(testimony.ActKeepCare) {
		if err := d.missingCare(ctx, p, lacks); err != nil && !errors.Is(err, ErrCareShut) {
			return nil, err
		}
	}
	decided, err := d.StatusHistory(ctx, p)
	if err != nil {
		return nil, err
	}
	if _, ok := decided.Current(); !ok {
		lacks(MissingStatus, testimony.Judge, testimony.Registrar, testimony.Advocate)
	}
	if _, asked, err := d.FactOf(ctx, p, FactConsent(care.ForRecording)); err != nil {
		return nil, err
	} else if !asked {
		lacks(MissingConsent, testimony.Advocate)
	}
	if err := d.missingSupport(ctx, p, !next.Start.IsZero(), lacks); err != nil {
		return nil, err
	}
	ordered, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	if !next.Start.IsZero() && len(order.Applying(ordered, next.Case, p, next.Start)) == 0 {
		lacks(MissingOrder, testimony.Judge, testimony.Clerk)
	}
	return list, nil
}

// missingCare is what the care file itself lacks.
func (d *Desk) missingCare(ctx context.Context, p protection.PartyID, lacks func(MissingKind, ...string)) error {
	s, err := d.Screening(ctx, p)
	if err != nil {
		return err
	}
	if s.N == 0 {
		lacks(MissingScreening, testimony.Advocate)
	}
	n, err := d.Cooperation(ctx, p)
	if err != nil {
		return err
	}
	if n.N == 0 {
		lacks(MissingNeed, testimony.Advocate)
	}
	r, err := d.Reflection(ctx, p)
	if err != nil {
		return err
	}
	if r.N == 0 && len(s.Value.Indicated(care.Trafficking)) > 0 {
		lacks(MissingReflection, testimony.Advocate)
	}
	return nil
}
