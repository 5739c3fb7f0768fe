package docket

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

var (
	resources = store.NewCollection[schedule.Resource]("resources")
	// takings say what a hearing takes and when, and nothing else of it: all desks have to know that a room is taken, whoever's case it is for.
	takings = store.NewCollection[taking]("takings")
)

type taking struct {
	Start       time.Time              `json:"start"`
	Duration    time.Duration          `json:"duration"`
	Before      time.Duration          `json:"before,omitempty"`
	After       time.Duration          `json:"after,omitempty"`
	CourtZone   string                 `json:"court_zone"`
	WitnessZone string                 `json:"witness_zone"`
	Uses        []testimony.ResourceID `json:"uses"`
}

// ErrConflict is wrapped by every [*ConflictError].
var ErrConflict = errors.New("something stands against this hearing")

// ConflictError says what stands against a hearing: what cannot be, and what nobody has accepted yet. Nothing was written.
type ConflictError struct{ Conflicts []schedule.Conflict }

func (e *ConflictError) Error() string {
	var rules []string
	for _, c := range e.Conflicts {
		rules = append(rules, string(c.Rule))
	}
	return ErrConflict.Error() + ": " + strings.Join(rules, ", ")
}

func (e *ConflictError) Unwrap() error { return ErrConflict }

// ErrTaken refuses to remove a resource that a planned hearing takes.
var ErrTaken = errors.New("a planned hearing takes it")

// ErrPast refuses to plan a hearing that would be over already.
var ErrPast = errors.New("the hearing would be over already")

// maxReason is the greatest length in bytes of a reason.
const maxReason = 2000

// Resources lists the rooms, people and things that hearings can take, by kind and name.
func (d *Desk) Resources(ctx context.Context) ([]schedule.Resource, error) {
	var list []schedule.Resource
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		list, err = resourcesIn(tx)
		return err
	})
	slices.SortFunc(list, func(a, b schedule.Resource) int {
		return cmp.Or(cmp.Compare(slices.Index(schedule.Kinds, a.Kind), slices.Index(schedule.Kinds, b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

func resourcesIn(tx reading) ([]schedule.Resource, error) {
	entries, err := resources.All(tx, docketPart)
	var list []schedule.Resource
	for _, e := range entries {
		list = append(list, e.Value)
	}
	return list, err
}

// PutResource enters a resource, or changes the one of its id. It allots an id where there is none.
func (d *Desk) PutResource(ctx context.Context, r schedule.Resource) (schedule.Resource, error) {
	if !d.May(testimony.ActKeepDocket) {
		return r, ErrNotAllowed
	}
	r.Name = strings.TrimSpace(r.Name)
	if err := r.Check(); err != nil {
		return r, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	fresh := r.ID == ""
	if fresh {
		id, err := d.newID()
		if err != nil {
			return r, err
		}
		r.ID = testimony.ResourceID(id)
	}
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		if !fresh {
			if _, err := resources.Get(tx, docketPart, string(r.ID)); err != nil {
				return notFound(err)
			}
		}
		tx.Log("resource.entered", map[string]string{"resource": string(r.ID), "kind": string(r.Kind)})
		return resources.Put(tx, docketPart, string(r.ID), r)
	})
}

// RemoveResource takes a resource out of the docket, unless a hearing that is still to be held takes it: [ErrTaken].
func (d *Desk) RemoveResource(ctx context.Context, id testimony.ResourceID) error {
	if !d.May(testimony.ActKeepDocket) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		taken, err := takings.All(tx, docketPart)
		if err != nil {
			return err
		}
		for _, t := range taken {
			if slices.Contains(t.Value.Uses, id) && t.Value.Start.Add(t.Value.Duration).After(d.Now()) {
				return ErrTaken
			}
		}
		tx.Log("resource.removed", map[string]string{"resource": string(id)})
		return notFound(resources.Delete(tx, docketPart, string(id)))
	})
}

// Plan is the docket made ready to ask what stands against a hearing and when one can be. Hearings of teams that this user is not in are in it with what they
// take, and nothing else.
func (d *Desk) Plan(ctx context.Context) (*schedule.Index, error) {
	var x *schedule.Index
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		x, err = planIn(tx)
		return err
	})
	return x, err
}

// planIn is the index of the docket as it stands, made once for all who look until something changes.
func planIn(tx reading) (*schedule.Index, error) {
	return store.Remember(tx, "docket.plan", func() (*schedule.Index, error) { return makePlan(tx) })
}

func makePlan(tx reading) (*schedule.Index, error) {
	list, err := resourcesIn(tx)
	if err != nil {
		return nil, err
	}
	planned, err := hearingsIn(tx)
	if err != nil {
		return nil, err
	}
	taken, err := takings.All(tx, docketPart)
	if err != nil {
		return nil, err
	}
	c, err := circumstances(tx)
	if err != nil {
		return nil, err
	}
	var bookings []schedule.Booking
	seen := map[string]bool{}
	for _, h := range planned {
		seen[string(h.ID)] = true
		if h.Planned() {
			bookings = append(bookings, schedule.Of(h))
		}
	}
	for _, e := range taken {
		if t := e.Value; !seen[e.ID] {
			// No witness and no case: they are somebody else's to know.
			bookings = append(bookings, schedule.Booking{Hearing: testimony.HearingID(e.ID), Party: protection.PartyID("elsewhere/" + e.ID), Start: t.Start, Duration: t.Duration,
				Before: t.Before, After: t.After, CourtZone: t.CourtZone, WitnessZone: t.WitnessZone, Uses: t.Uses})
		}
	}
	return schedule.NewIndex(list, bookings, c, schedule.Rules{}), nil
}

// circumstances gathers what the docket knows of the witnesses.
func circumstances(tx reading) (schedule.Circumstances, error) {
	c := schedule.Circumstances{Parties: map[protection.PartyID]schedule.Standing{}}
	people, err := everywhere(tx, parties)
	if err != nil {
		return c, err
	}
	permits, err := permitsOf(tx)
	if err != nil {
		return c, err
	}
	for _, e := range people {
		c.Parties[e.Value.ID] = schedule.Standing{Language: e.Value.Language, Permits: permits[e.Value.ID]}
	}
	if err := needsIn(tx, c.Parties); err != nil {
		return c, err
	}
	all, err := everywhere(tx, orders)
	if err != nil {
		return c, err
	}
	for _, e := range all {
		o := e.Value
		s := c.Parties[o.Party]
		s.Applied = s.Applied || (o.State != order.Draft && o.State != order.Refused && o.State != order.Rescinded && o.State != order.Spent)
		if effective, doubt := o.Effect(o.From); effective && doubt == order.NoDoubt {
			s.Orders = append(s.Orders, schedule.Period{From: o.From, Until: o.Until})
		}
		c.Parties[o.Party] = s
		for _, m := range o.Measures {
			for _, a := range m.Audiences {
				if other, witness := a.OtherParty(); witness {
					c.Apart = append(c.Apart, [2]protection.PartyID{o.Party, other})
				}
			}
		}
	}
	return c, nil
}

// Against returns what stands against a hearing as it is or would be planned, the accepted ones included.
func (d *Desk) Against(ctx context.Context, h testimony.Hearing) ([]schedule.Conflict, error) {
	x, err := d.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return x.Check(schedule.Of(h)), nil
}

// settle fails with a [*ConflictError] unless nothing hard stands against the hearing and somebody gives a reason for everything soft. It keeps those
// reasons that are needed.
func (d *Desk) settle(tx reading, h *testimony.Hearing) (accepted []string, err error) {
	x, err := planIn(tx)
	if err != nil {
		return nil, err
	}
	given := map[string]testimony.Acceptance{}
	for _, a := range h.Accepted {
		given[a.Key] = a
	}
	var open []schedule.Conflict
	h.Accepted = nil
	for _, c := range x.Check(schedule.Of(*h)) {
		a, found := given[c.Key()]
		a.Reason = strings.TrimSpace(a.Reason)
		switch {
		case c.Rule.Hard() || !found || a.Reason == "" || len(a.Reason) > maxReason:
			open = append(open, c)
			continue
		case a.By == "" && c.Rule.ForJudge() && !d.May(testimony.ActDecideOrder):
			open = append(open, c)
			continue
		case a.By == "":
			a.By, a.At = string(d.Me().ID), d.Now()
		}
		h.Accepted = append(h.Accepted, a)
		accepted = append(accepted, string(c.Rule))
	}
	if len(open) > 0 {
		return nil, &ConflictError{open}
	}
	return accepted, nil
}

// Reschedule plans a hearing anew, at another time or with others: all but its witness and its case can be changed. seen is the hearing as the user had it
// before them; when somebody else has changed it meanwhile, it fails with [ErrChanged]. A hearing that was held or cancelled stays as it is: [ErrInvalid].
func (d *Desk) Reschedule(ctx context.Context, seen, h testimony.Hearing) (testimony.Hearing, error) {
	if !d.May(testimony.ActKeepDocket) {
		return h, ErrNotAllowed
	}
	h.ID, h.Case, h.Party, h.Held, h.Cancelled, h.Why = seen.ID, seen.Case, seen.Party, time.Time{}, time.Time{}, ""
	if err := d.seats(&h); err != nil {
		return h, err
	}
	h.Retained = seated(h, seen.Retained)
	if err := h.Check(); err != nil {
		return h, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	wanted := h
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		h = wanted // this may run again
		there, part, err := locate(tx, hearings, string(h.ID))
		if err != nil {
			return notFound(err)
		}
		if !same(there, seen) {
			return &ChangedError{}
		}
		if !there.Planned() {
			return fmt.Errorf("%w: the hearing was held or cancelled", ErrInvalid)
		}
		h.Sequence = there.Sequence + 1
		if err := labelWitnesses(tx, &h); err != nil {
			return err
		}
		return d.book(tx, part, &h, "hearing.replanned")
	})
	return h, err
}

// seated keeps the retainers of seats that a hearing still has.
func seated(h testimony.Hearing, retained []testimony.Retainer) (kept []testimony.Retainer) {
	for _, r := range retained {
		_, counsel := h.Participant(r.Counsel)
		if _, client := h.Participant(r.Client); counsel && client {
			kept = append(kept, r)
		}
	}
	return kept
}

// Retain writes into the roster of a planned hearing which counsel acts for whom, in place of what stood there. seen is the hearing as the user had it before them: when
// somebody else has changed it meanwhile, it fails with [ErrChanged]. A courtroom that is open goes by the roster as it was when it was opened.
func (d *Desk) Retain(ctx context.Context, seen testimony.Hearing, retained []testimony.Retainer) (testimony.Hearing, error) {
	if !d.May(testimony.ActKeepDocket) {
		return seen, ErrNotAllowed
	}
	h := seen
	err := d.vault.Update(ctx, func(tx *store.Tx) error {
		there, part, err := locate(tx, hearings, string(seen.ID))
		if err != nil {
			return notFound(err)
		}
		if !same(there, seen) {
			return &ChangedError{}
		}
		if !there.Planned() {
			return fmt.Errorf("%w: the hearing was held or cancelled", ErrInvalid)
		}
		h = there
		h.Retained = slices.Clone(retained)
		for _, r := range retained {
			counsel, _ := h.Participant(r.Counsel)
			client, _ := h.Participant(r.Client)
			if err := testimony.MayRetain(counsel, client); err != nil {
				return err
			}
		}
		if err := h.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		details := map[string]string{"hearing": string(h.ID), "case": string(h.Case), "retained": strconv.Itoa(len(h.Retained))}
		tx.Log("hearing.retained", details)
		return hearings.Put(tx, part, string(h.ID), h)
	})
	return h, err
}

// same compares two hearings as they stand in the vault.
func same(a, b testimony.Hearing) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}

// book writes a hearing and what it takes, once nothing stands against it.
func (d *Desk) book(tx *store.Tx, part store.Compartment, h *testimony.Hearing, act string) error {
	if h.Start.Add(h.Duration).Before(d.Now()) {
		return ErrPast
	}
	accepted, err := d.settle(tx, h)
	if err != nil {
		return err
	}
	details := map[string]string{"hearing": string(h.ID), "case": string(h.Case), "seats": strconv.Itoa(len(h.Participants))}
	if len(accepted) > 0 {
		details["accepted"] = strings.Join(accepted, ",")
	}
	tx.Log(act, details)
	if err := take(tx, *h); err != nil {
		return err
	}
	return hearings.Put(tx, part, string(h.ID), *h)
}

// freed gives back what a hearing took.
func freed(tx *store.Tx, id testimony.HearingID) error {
	if err := takings.Delete(tx, docketPart, string(id)); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// Cancel takes a hearing off the docket, for a reason. What it took is free again; the hearing itself stays, cancelled.
func (d *Desk) Cancel(ctx context.Context, id testimony.HearingID, why string) (testimony.Hearing, error) {
	why = strings.TrimSpace(why)
	switch {
	case !d.May(testimony.ActKeepDocket):
		return testimony.Hearing{}, ErrNotAllowed
	case why == "" || len(why) > maxReason:
		return testimony.Hearing{}, fmt.Errorf("%w: a cancellation needs a reason of at most %d bytes", ErrInvalid, maxReason)
	}
	var h testimony.Hearing
	err := d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		var part store.Compartment
		if h, part, err = locate(tx, hearings, string(id)); err != nil {
			return notFound(err)
		}
		if !h.Planned() {
			return fmt.Errorf("%w: the hearing was held or cancelled", ErrInvalid)
		}
		h.Cancelled, h.Why = d.Now(), why
		h.Sequence++
		tx.Log("hearing.cancelled", map[string]string{"hearing": string(id), "case": string(h.Case)})
		return errors.Join(freed(tx, id), hearings.Put(tx, part, string(id), h))
	})
	return h, err
}
