package docket

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"paravent/protection/identity"
	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony"
	"paravent/testimony/exhibit"
	"paravent/testimony/notice"
)

var exhibitOpenings = store.NewCollection[exhibit.Opening]("exhibit_openings")

var openingMatter = matter[exhibit.Opening]{exhibitOpenings, "exhibit.opening_denied", openingDetails}

func openingDetails(o exhibit.Opening) map[string]string {
	return map[string]string{"request": string(o.ID), "exhibit": string(o.Exhibit), "case": string(o.Case)}
}

// AskExhibitOpening asks that this user may open a sealed exhibit until a time, within a day. Nothing is opened before somebody of the other college has approved.
func (d *Desk) AskExhibitOpening(ctx context.Context, id exhibit.ID, reason string, until time.Time) (exhibit.Opening, error) {
	var o exhibit.Opening
	if !d.May(testimony.ActOpenSealed) {
		return o, errors.Join(ErrNotAllowed, d.Note(ctx, "exhibit.refused", map[string]string{"exhibit": string(id), "tried": "exhibit.opening_asked"}))
	}
	users, err := d.Users(ctx)
	if err != nil {
		return o, err
	}
	request, err := d.newID()
	if err != nil {
		return o, err
	}
	return o, d.vault.Update(ctx, func(tx *store.Tx) error {
		e, part, err := locate(tx, exhibits, string(id))
		switch {
		case err != nil:
			return notFound(err)
		case e.Class != exhibit.Sealed:
			return exhibit.ErrNotSealed
		case !e.Erased.IsZero():
			return exhibit.ErrErased
		case !e.Withdrawn.IsZero():
			return exhibit.ErrWithdrawn
		}
		o = exhibit.Opening{OpeningTerms: exhibit.OpeningTerms{ID: identity.RequestID(request), Exhibit: id, Case: e.Case, Root: e.Root, Requester: string(d.Me().ID), Reason: strings.TrimSpace(reason),
			Asked: d.Now().UTC().Truncate(time.Second), Until: until.UTC().Truncate(time.Second)}}
		if err := o.Check(o.Asked); err != nil {
			return err
		}
		before, err := exhibitOpenings.All(tx, part)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(x store.Entry[exhibit.Opening]) bool {
			return x.Value.Exhibit == id && x.Value.Requester == o.Requester && x.Value.Stands(d.Now())
		}) {
			return exhibit.ErrAsked
		}
		rules, err := d.ceremony(tx, users)
		if err != nil {
			return err
		}
		if rules.barred(o.Case, o.Requester) {
			return identity.ErrConflict
		}
		tx.Log("exhibit.opening_asked", openingDetails(o))
		return exhibitOpenings.Put(tx, part, request, o)
	})
}

// ApproveExhibitOpening signs the opening of a sealed exhibit, as a member of the other college than whoever asked, and gives them its half of the key.
func (d *Desk) ApproveExhibitOpening(ctx context.Context, id identity.RequestID) (exhibit.Opening, error) {
	return stepMatter(ctx, d, openingMatter, id, "exhibit.opening_approved", func(tx *store.Tx, part store.Compartment, o exhibit.Opening, rules ceremony) (exhibit.Opening, error) {
		if err := d.mayApproveOpening(o, rules); err != nil {
			return o, err
		}
		lock, err := exhibitLocks.Get(tx, part, string(o.Exhibit))
		if err != nil {
			return o, notFound(err)
		}
		half, err := identity.GiveHalf(lock, rules.official(string(d.Me().ID)), d.vault.OpenSealed, rules.users[o.Requester].HPKEPublic, o.Statement())
		if err != nil {
			return o, err
		}
		o.Half = &half
		o.Consents, err = d.consented(o.Consents, rules, o.Statement())
		return o, err
	})
}

func (d *Desk) mayApproveOpening(o exhibit.Opening, rules ceremony) error {
	if !rules.users[o.Requester].Standing() {
		return identity.ErrNotPending
	}
	return o.MayApprove(rules.official(string(d.Me().ID)), rules.official(o.Requester), d.Now(), rules.conflicts)
}

// EndExhibitOpening ends an opening that waits or is granted, with a reason: by any member of a college, and by whoever asked, who withdraws it.
func (d *Desk) EndExhibitOpening(ctx context.Context, id identity.RequestID, reason string) (exhibit.Opening, error) {
	return stepMatter(ctx, d, openingMatter, id, "exhibit.opening_ended", func(_ *store.Tx, _ store.Compartment, o exhibit.Opening, rules ceremony) (exhibit.Opening, error) {
		if strings.TrimSpace(reason) == "" {
			return o, identity.ErrReason
		}
		if err := o.MayEnd(rules.official(string(d.Me().ID)), d.Now()); err != nil {
			return o, err
		}
		o.Withdrawn, o.Refused = d.ended(o.Requester, reason)
		o.Half = nil
		return o, nil
	})
}

// ExhibitOpenings lists the requests to open an exhibit, or all where none is named, newest first. Of those whose time is over the half of the key is thrown away on the way.
func (d *Desk) ExhibitOpenings(ctx context.Context, of exhibit.ID) ([]exhibit.Opening, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	list, err := all(ctx, d, exhibitOpenings)
	list = slices.DeleteFunc(list, func(o exhibit.Opening) bool { return of != "" && o.Exhibit != of })
	slices.SortFunc(list, func(a, b exhibit.Opening) int { return cmp.Or(b.Asked.Compare(a.Asked), cmp.Compare(a.ID, b.ID)) })
	if err != nil {
		return nil, err
	}
	var over []exhibit.Opening
	for i, o := range list {
		if o.Half != nil && !o.Stands(d.Now()) {
			list[i].Half = nil
			over = append(over, list[i])
		}
	}
	if len(over) == 0 {
		return list, nil
	}
	return list, d.throwAway(ctx, func(tx *store.Tx) error {
		for _, o := range over {
			_, part, err := locate(tx, exhibitOpenings, string(o.ID))
			if err != nil {
				return err
			}
			tx.Log("exhibit.opening_over", openingDetails(o))
			if err := exhibitOpenings.Put(tx, part, string(o.ID), o); err != nil {
				return err
			}
		}
		return nil
	})
}

// MayApproveExhibitOpening says why the user may not approve an opening, or nil.
func (d *Desk) MayApproveExhibitOpening(ctx context.Context, o exhibit.Opening) error {
	return d.byRules(ctx, func(_ reading, rules ceremony) error { return d.mayApproveOpening(o, rules) })
}

// MayOpenExhibit says why the user may not open an exhibit now, or nil. It is the gate of [Desk.OpenExhibit], and of what is shown in a hearing.
func (d *Desk) MayOpenExhibit(ctx context.Context, e exhibit.Exhibit) error {
	return d.byRules(ctx, func(tx reading, rules ceremony) error { return d.exhibitGate(tx, e, d.Me(), rules) })
}

// exhibitGate refuses to open an exhibit for a user, as admission does.
func (d *Desk) exhibitGate(tx reading, e exhibit.Exhibit, who store.User, rules ceremony) error {
	_, err := d.admission(tx, e, who, rules)
	return err
}

// admission is by what opening a user opens a sealed exhibit, and nothing for the others. It refuses by their office, once it is withdrawn, and a sealed one where nobody of the other college has approved that they open it.
func (d *Desk) admission(tx reading, e exhibit.Exhibit, who store.User, rules ceremony) (exhibit.Opening, error) {
	var none exhibit.Opening
	switch {
	case !who.Standing() || !exhibit.MayOpen(string(who.Role), e.Class):
		return none, ErrNotAllowed
	case !e.Erased.IsZero():
		return none, exhibit.ErrErased
	case !e.Withdrawn.IsZero():
		return none, exhibit.ErrWithdrawn
	case e.Class != exhibit.Sealed:
		return none, nil
	}
	asked, err := everywhere(tx, exhibitOpenings)
	if err != nil {
		return none, err
	}
	var refused error = exhibit.ErrTwo
	for _, x := range asked {
		o := x.Value
		if o.Exhibit != e.ID || o.Requester != string(who.ID) || o.State(d.Now()) != identity.Granted {
			continue
		}
		if refused = o.Opens(e, rules.official(string(who.ID)), rules.official, d.Now(), rules.conflicts); refused == nil {
			refused = d.signed(o.Statement(), o.Consents, rules)
		}
		if refused == nil && o.Half == nil {
			refused = exhibit.ErrTwo
		}
		if refused == nil {
			return o, nil
		}
	}
	return none, refused
}

// ExhibitAccess is who may open an exhibit and who has.
type ExhibitAccess struct {
	Offices []string          `json:"offices"` // that open its class; a sealed one when somebody of the other college approves
	Now     []notice.Official `json:"now"`     // who can open it at this moment
	LogRead bool              `json:"log_read"`
	Opened  []notice.Link     `json:"opened"` // oldest first, where this user reads the audit log
}

// ExhibitAccess tells who may open an exhibit now, and who has opened it, which is for those who read the audit log.
func (d *Desk) ExhibitAccess(ctx context.Context, e exhibit.Exhibit) (ExhibitAccess, error) {
	a := ExhibitAccess{Offices: ExhibitOpeners(e.Class), Now: []notice.Official{}, Opened: []notice.Link{}, LogRead: d.May(testimony.ActReadAudit)}
	if !d.May(testimony.ActKeepDocket) {
		return a, ErrNotAllowed
	}
	err := d.byRules(ctx, func(tx reading, rules ceremony) error {
		a.Now = a.Now[:0]
		holds, err := keyHolders(tx, e)
		if err != nil {
			return err
		}
		for id, u := range rules.users {
			if holds(id) && d.exhibitGate(tx, e, u, rules) == nil {
				a.Now = append(a.Now, officialOf(u))
			}
		}
		return nil
	})
	slices.SortFunc(a.Now, func(x, y notice.Official) int { return cmp.Compare(x.Name, y.Name) })
	if err != nil || !a.LogRead {
		return a, err
	}
	a.Opened, err = d.exhibitLinks(ctx, func(x audit.Entry) bool { return x.Action == "exhibit.opened" && x.Details["exhibit"] == string(e.ID) })
	return a, err
}

// exhibitLinks are the acts on exhibits that the audit log has, oldest first.
func (d *Desk) exhibitLinks(ctx context.Context, where func(audit.Entry) bool) ([]notice.Link, error) {
	officials, err := d.officials(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := d.auditOf(ctx, where)
	links := []notice.Link{}
	for _, e := range entries {
		by, ok := officials[e.User]
		if !ok {
			by = notice.Official{ID: e.User}
		}
		links = append(links, notice.Link{Entry: e.Index, At: e.Time, Act: e.Action, By: by, Purpose: e.Details["for"]})
	}
	return links, err
}

// openingItems are the openings that wait for this user's approval, and those that were granted to them.
func (d *Desk) openingItems(ctx context.Context, now time.Time) ([]Item, error) {
	list, err := d.ExhibitOpenings(ctx, "")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	received, err := d.Exhibits(ctx, "")
	if err != nil {
		return nil, err
	}
	var items []Item
	err = d.byRules(ctx, func(tx reading, rules ceremony) error {
		items = nil
		for _, o := range list {
			at := slices.IndexFunc(received, func(e exhibit.Exhibit) bool { return e.ID == o.Exhibit })
			if at < 0 || !o.Stands(now) {
				continue
			}
			item := Item{Case: o.Case, Exhibit: o.Exhibit, Number: received[at].Number, Request: o.ID, When: o.Until}
			switch {
			case d.mayApproveOpening(o, rules) == nil:
				item.Kind = OpeningAsked
			case o.Requester == string(d.Me().ID) && o.State(now) == identity.Granted && d.exhibitGate(tx, received[at], d.Me(), rules) == nil:
				item.Kind = OpeningGranted
			default:
				continue
			}
			items = append(items, item)
		}
		return nil
	})
	return items, err
}
