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

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
)

// affiliation is the agency that a user comes from, for the rule on conflicts of interest.
type affiliation struct {
	User   store.UserID `json:"user"`
	Agency string       `json:"agency"`
}

var (
	disclosures  = store.NewCollection[identity.Request]("disclosures")
	conflictsOf  = store.NewCollection[identity.Conflict]("conflicts")
	affiliations = store.NewCollection[affiliation]("affiliations")
)

// collegeOf is the college that an office sits in, or none.
func collegeOf(office string) identity.College {
	switch {
	case slices.Contains(testimony.CourtCollege, office):
		return identity.Court
	case slices.Contains(testimony.BenchCollege, office):
		return identity.Bench
	}
	return ""
}

// void says that a request has ended because somebody's access was taken away by one who could not see it.
func (c ceremony) void(r identity.Request, at time.Time) bool {
	for id, u := range c.users {
		if !u.Standing() && r.EndsWith(id, at) {
			return true
		}
	}
	return false
}

// Asking is what a disclosure is asked for.
type Asking struct {
	Party     protection.PartyID
	Case      protection.CaseID
	Grantee   store.UserID
	Fields    []identity.Field
	Basis     string
	Order     string
	Until     time.Time
	Emergency bool
}

// AskDisclosure asks that fields of an identity be shown to one user. What is sealed at this moment is what will be shown.
func (d *Desk) AskDisclosure(ctx context.Context, a Asking) (identity.Request, error) {
	if !d.May(testimony.ActAskDisclosure) {
		return identity.Request{}, ErrNotAllowed
	}
	users, err := d.Users(ctx)
	if err != nil {
		return identity.Request{}, err
	}
	id, err := d.newID()
	if err != nil {
		return identity.Request{}, err
	}
	r := identity.Request{Terms: identity.Terms{ID: identity.RequestID(id), Party: a.Party, Case: a.Case, Requester: string(d.Me().ID), Grantee: string(a.Grantee),
		Fields: slices.Clone(a.Fields), Sources: map[identity.Field]string{}, Basis: strings.TrimSpace(a.Basis), Order: strings.TrimSpace(a.Order),
		Asked: d.Now().UTC().Truncate(time.Second), Until: a.Until.UTC().Truncate(time.Second), Emergency: a.Emergency}}
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		party, part, err := locate(tx, parties, string(a.Party))
		if err != nil {
			return fmt.Errorf("the protected party: %w", notFound(err))
		}
		if party.PseudonymIn(a.Case) == "" {
			return fmt.Errorf("%w: the party does not appear in this case", ErrInvalid)
		}
		if err := latest(tx, a.Party, r.Sources, r.Fields); err != nil {
			return err
		}
		if err := r.Check(r.Asked); err != nil {
			return err
		}
		c, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		grantee, ok := c.users[r.Grantee]
		if revoked, err := tx.Revoked(a.Grantee); ok && (err != nil || revoked) {
			return errors.Join(err, store.ErrRevoked)
		}
		if !ok || grantee.Role == testimony.Auditor {
			return fmt.Errorf("%w: the receiver is not among the users who can receive it", identity.ErrTerms)
		}
		if c.barred(r.Case, r.Grantee, r.Requester) {
			return identity.ErrConflict
		}
		tx.Log("disclosure.asked", disclosureDetails(r))
		return disclosures.Put(tx, part, id, r)
	})
}

func disclosureDetails(r identity.Request) map[string]string {
	details := map[string]string{"request": string(r.ID), "party": string(r.Party), "case": string(r.Case), "grantee": r.Grantee, "fields": strconv.Itoa(len(r.Fields))}
	if r.Emergency {
		details["emergency"] = "yes"
	}
	return details
}

// latest finds the newest sealed record of each field.
func latest(tx reading, party protection.PartyID, into map[identity.Field]string, fields []identity.Field) error {
	entries, err := everywhere(tx, identities)
	if err != nil {
		return err
	}
	entered := map[identity.Field]time.Time{}
	for _, e := range entries {
		if e.Value.Party != party {
			continue
		}
		for _, b := range e.Value.Boxes {
			if slices.Contains(fields, b.Field) && (into[b.Field] == "" || e.Value.Entered.After(entered[b.Field])) {
				into[b.Field], entered[b.Field] = e.ID, e.Value.Entered
			}
		}
	}
	return nil
}

// sources reads the sealed records that a request's fields stand in.
func sources(tx reading, r identity.Request) (map[string]identity.Sealed, error) {
	records := map[string]identity.Sealed{}
	for _, id := range r.Sources {
		s, _, err := locate(tx, identities, id)
		if err != nil {
			return nil, notFound(err)
		}
		if s.Party != r.Party {
			return nil, store.ErrDamaged
		}
		records[id] = s
	}
	return records, nil
}

var disclosureMatter = matter[identity.Request]{disclosures, "disclosure.denied", disclosureDetails}

// stepDisclosure changes a request by a rule, unless it has ended because somebody's access was taken away.
func (d *Desk) stepDisclosure(ctx context.Context, id identity.RequestID, action string, step func(*store.Tx, identity.Request, ceremony) (identity.Request, error)) (identity.Request, error) {
	return stepMatter(ctx, d, disclosureMatter, id, action, func(tx *store.Tx, _ store.Compartment, r identity.Request, c ceremony) (identity.Request, error) {
		if c.void(r, d.Now()) {
			return r, identity.ErrNotPending
		}
		return step(tx, r, c)
	})
}

// ApproveDisclosure gives the halves of the user's college to the receiver of a request.
func (d *Desk) ApproveDisclosure(ctx context.Context, id identity.RequestID) (identity.Request, error) {
	return d.stepDisclosure(ctx, id, "disclosure.approved", func(tx *store.Tx, r identity.Request, c ceremony) (identity.Request, error) {
		me := c.official(string(d.Me().ID))
		if err := r.MayApprove(me, c.official(r.Requester), c.official(r.Grantee), d.Now(), c.conflicts); err != nil {
			return r, err
		}
		records, err := sources(tx, r)
		if err != nil {
			return r, err
		}
		return r.Approve(me, d.Now(), records, d.vault.OpenSealed, c.users[r.Grantee].HPKEPublic)
	})
}

// RefuseDisclosure refuses a request, with a reason. Whoever could approve it can refuse it.
func (d *Desk) RefuseDisclosure(ctx context.Context, id identity.RequestID, reason string) (identity.Request, error) {
	return d.stepDisclosure(ctx, id, "disclosure.refused", func(_ *store.Tx, r identity.Request, c ceremony) (identity.Request, error) {
		if strings.TrimSpace(reason) == "" {
			return r, identity.ErrReason
		}
		me := c.official(string(d.Me().ID))
		if err := r.MayApprove(me, c.official(r.Requester), c.official(r.Grantee), d.Now(), c.conflicts); err != nil && !errors.Is(err, identity.ErrConflict) && !errors.Is(err, identity.ErrSameCollege) {
			return r, err
		}
		r.Refused = &identity.Decision{By: me.ID, At: d.Now(), Reason: reason}
		return r.Forget(), nil
	})
}

// WithdrawDisclosure ends a request or a grant before its date: by whoever asked, and by any member of a college.
func (d *Desk) WithdrawDisclosure(ctx context.Context, id identity.RequestID, reason string) (identity.Request, error) {
	return d.stepDisclosure(ctx, id, "disclosure.withdrawn", func(_ *store.Tx, r identity.Request, c ceremony) (identity.Request, error) {
		me := c.official(string(d.Me().ID))
		if state := r.State(d.Now()); state != identity.Pending && state != identity.Granted {
			return r, identity.ErrNotPending
		}
		if me.ID != r.Requester && me.College == "" {
			return r, identity.ErrNotCollege
		}
		r.Withdrawn = &identity.Decision{By: me.ID, At: d.Now(), Reason: reason}
		return r.Forget(), nil
	})
}

// ReviewDisclosure notes what somebody who took no part found when they looked into an emergency afterwards.
func (d *Desk) ReviewDisclosure(ctx context.Context, id identity.RequestID, finding string) (identity.Request, error) {
	return d.stepDisclosure(ctx, id, "disclosure.reviewed", func(_ *store.Tx, r identity.Request, c ceremony) (identity.Request, error) {
		if strings.TrimSpace(finding) == "" {
			return r, identity.ErrReason
		}
		if err := r.MayReview(c.official(string(d.Me().ID))); err != nil {
			return r, err
		}
		r.Reviewed = &identity.Decision{By: string(d.Me().ID), At: d.Now(), Reason: finding}
		return r, nil
	})
}

// ViewDisclosure opens a granted disclosure for its receiver. The act is in the audit log before anything is opened. The caller
// shows the fields and keeps none of them.
func (d *Desk) ViewDisclosure(ctx context.Context, id identity.RequestID) (identity.Request, identity.Fields, error) {
	return d.openDisclosure(ctx, id, "disclosure.viewed", func(identity.Request) error { return nil })
}

// openDisclosure opens a granted disclosure for its receiver, for an act that stands in the audit log first. fits refuses one that is not for what it is
// opened for.
func (d *Desk) openDisclosure(ctx context.Context, id identity.RequestID, action string, fits func(identity.Request) error) (identity.Request, identity.Fields, error) {
	var records map[string]identity.Sealed
	r, err := d.stepDisclosure(ctx, id, action, func(tx *store.Tx, r identity.Request, c ceremony) (identity.Request, error) {
		if err := fits(r); err != nil {
			return r, err
		}
		if err := r.MayView(c.official(string(d.Me().ID)), d.Now(), c.conflicts); err != nil {
			return r, err
		}
		var err error
		records, err = sources(tx, r)
		return r, err
	})
	if err != nil {
		return r, nil, err
	}
	fields, err := r.View(records, d.vault.OpenSealed)
	return r, fields, err
}

// Disclosures lists the requests, newest first. Of those that have ended the halves are thrown away on the way.
func (d *Desk) Disclosures(ctx context.Context) ([]identity.Request, error) {
	list, err := all(ctx, d, disclosures)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b identity.Request) int {
		return cmp.Or(b.Asked.Compare(a.Asked), cmp.Compare(a.ID, b.ID))
	})
	var ended []identity.Request
	for i, r := range list {
		if state := r.State(d.Now()); r.Holds() && state != identity.Pending && state != identity.Granted {
			list[i] = r.Forget()
			ended = append(ended, list[i])
		}
	}
	if len(ended) == 0 {
		return list, nil
	}
	return list, d.throwAway(ctx, func(tx *store.Tx) error {
		for _, r := range ended {
			_, part, err := locate(tx, disclosures, string(r.ID))
			if err != nil {
				return err
			}
			tx.Log("disclosure.ended", disclosureDetails(r))
			if err := disclosures.Put(tx, part, string(r.ID), r); err != nil {
				return err
			}
		}
		return nil
	})
}

// MayApprove says why the user may not approve a request, or nil.
func (d *Desk) MayApprove(ctx context.Context, r identity.Request) error {
	return d.byRules(ctx, func(_ reading, c ceremony) error {
		return r.MayApprove(c.official(string(d.Me().ID)), c.official(r.Requester), c.official(r.Grantee), d.Now(), c.conflicts)
	})
}

// Conflicts lists the conflicts of interest that are noted.
func (d *Desk) Conflicts(ctx context.Context) ([]identity.Conflict, error) {
	list, err := all(ctx, d, conflictsOf)
	slices.SortFunc(list, func(a, b identity.Conflict) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// FlagConflict notes a conflict of interest of a user, or of an agency, in a case. From then on they take no part in a disclosure there.
func (d *Desk) FlagConflict(ctx context.Context, x identity.Conflict) (identity.Conflict, error) {
	if !d.May(testimony.ActFlagConflict) {
		return x, ErrNotAllowed
	}
	x.Agency = strings.TrimSpace(x.Agency)
	if (x.Person == "") == (x.Agency == "") || strings.TrimSpace(x.Reason) == "" {
		return x, fmt.Errorf("%w: a conflict of interest names a user or an agency, and a reason", ErrInvalid)
	}
	users, err := d.Users(ctx)
	if err != nil {
		return x, err
	}
	if x.Person != "" && !slices.ContainsFunc(users, func(u store.User) bool { return string(u.ID) == x.Person }) {
		return x, fmt.Errorf("the user: %w", ErrNotFound)
	}
	id, err := d.newID()
	if err != nil {
		return x, err
	}
	x.ID, x.Flagged, x.At = id, string(d.Me().ID), d.Now()
	return x, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, cases, string(x.Case))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		tx.Log("conflict.flagged", map[string]string{"conflict": id, "case": string(x.Case)})
		return conflictsOf.Put(tx, part, id, x)
	})
}

// LiftConflict takes a conflict of interest back. Nobody lifts one of their own, or of their own agency.
func (d *Desk) LiftConflict(ctx context.Context, id, reason string) error {
	if !d.May(testimony.ActLiftConflict) {
		return ErrNotAllowed
	}
	if strings.TrimSpace(reason) == "" {
		return identity.ErrReason
	}
	users, err := d.Users(ctx)
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		x, part, err := locate(tx, conflictsOf, id)
		if err != nil {
			return notFound(err)
		}
		c, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		if identity.Barred(c.official(string(d.Me().ID)), x.Case, []identity.Conflict{x}) {
			return identity.ErrConflict
		}
		tx.Log("conflict.lifted", map[string]string{"conflict": id, "case": string(x.Case)})
		return conflictsOf.Delete(tx, part, id)
	})
}

// SetAgency notes the agency that a user comes from.
func (d *Desk) SetAgency(ctx context.Context, user store.UserID, agency string) error {
	return d.setAgency(ctx, user, nil, agency)
}

// SetAgencyFrom is SetAgency for one who had what is noted now before them. It fails with a [*ChangedError] when something
// else has been noted meanwhile.
func (d *Desk) SetAgencyFrom(ctx context.Context, user store.UserID, seen, agency string) error {
	return d.setAgency(ctx, user, &seen, agency)
}

func (d *Desk) setAgency(ctx context.Context, user store.UserID, seen *string, agency string) error {
	if !d.May(testimony.ActLiftConflict) || user == d.Me().ID {
		return ErrNotAllowed // nobody gets out of a flag by changing their own agency
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		now, err := affiliations.Get(tx, docketPart, string(user))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if seen != nil && now.Agency != *seen {
			return &ChangedError{Theirs: now.Agency, Seen: *seen}
		}
		tx.Log("user.agency", map[string]string{"user": string(user)})
		return affiliations.Put(tx, docketPart, string(user), affiliation{user, strings.TrimSpace(agency)})
	})
}

// Agencies returns the agency of each user of whom one is noted.
func (d *Desk) Agencies(ctx context.Context) (map[store.UserID]string, error) {
	list, err := all(ctx, d, affiliations)
	out := map[store.UserID]string{}
	for _, a := range list {
		out[a.User] = a.Agency
	}
	return out, err
}

// shared are what is split between the colleges, with shares for their members: identities, and the keys of sealed exhibits.
var shared = []store.Collection[identity.Sealed]{identities, exhibitLocks}

// extendIdentities seals this member's halves of everything in a part that is split to a new member of the same college.
func (d *Desk) extendIdentities(tx *store.Tx, part store.Compartment, newcomer store.User) error {
	me := identity.Official{ID: string(d.Me().ID), College: collegeOf(string(d.Me().Role))}
	if me.College == "" || me.College != collegeOf(string(newcomer.Role)) {
		return nil // the first of a college comes before any identity: none is sealed without both
	}
	for _, kept := range shared {
		entries, err := kept.All(tx, part)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Value.HasShare(string(newcomer.ID)) || !e.Value.HasShare(me.ID) {
				continue // of what this member has no half themselves, another member gives theirs: see Upkeep
			}
			s, err := identity.Extend(e.Value, me, identity.Recipient{ID: string(newcomer.ID), Public: newcomer.HPKEPublic}, d.vault.OpenSealed)
			if err != nil {
				return err
			}
			if err := kept.Put(tx, part, e.ID, s); err != nil {
				return err
			}
		}
	}
	return nil
}
