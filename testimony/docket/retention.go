package docket

import (
	"context"
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
	"paravent/testimony/edit"
	"paravent/testimony/exhibit"
	"paravent/testimony/retention"
)

var (
	retentionRules    = store.NewCollection[retention.Rule]("retention_rules")
	judgments         = store.NewCollection[retention.Judgment]("judgments")
	retentionHolds    = store.NewCollection[retention.Hold]("retention_holds")
	recordingErasures = store.NewCollection[retention.Erasure]("recording_erasures")
)

// ErrErased says that a recording was erased by a judge's decision: nobody can open it any more.
var ErrErased = errors.New("this recording was erased")

// ClassOf is the kind of a recording for which a rule is set.
func ClassOf(r Recording) retention.Class {
	switch {
	case r.Derived():
		return retention.Version
	case r.Version == protection.MasterRecord:
		return retention.Master
	}
	return retention.Public
}

// SetRetention sets how long recordings of a kind, or exhibits, are kept, in a case or in every case that has no rule of its own. It takes the place of the rule before it, and
// erases nothing.
func (d *Desk) SetRetention(ctx context.Context, r retention.Rule) (retention.Rule, error) {
	if !d.May(testimony.ActSetRetention) {
		return r, ErrNotAllowed
	}
	r.Basis, r.By, r.Set = strings.TrimSpace(r.Basis), string(d.Me().ID), d.Now().UTC().Truncate(time.Second)
	if err := r.Check(); err != nil {
		return r, err
	}
	return r, d.vault.Update(ctx, func(tx *store.Tx) error {
		part := store.Compartment(docketPart)
		if r.Case != "" {
			var err error
			if _, part, err = locate(tx, cases, string(r.Case)); err != nil {
				return fmt.Errorf("the case: %w", notFound(err))
			}
		}
		tx.Log("retention.ruled", map[string]string{"case": string(r.Case), "kind": string(r.Class), "until": stamp(r.Until), "years": strconv.Itoa(r.Years), "months": strconv.Itoa(r.Months)})
		return retentionRules.Put(tx, part, string(r.Case)+"/"+string(r.Class), r)
	})
}

// stamp is a time for the log; nothing for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// RetentionRules lists the rules: those of every case first, then the cases' own.
func (d *Desk) RetentionRules(ctx context.Context) ([]retention.Rule, error) {
	list, err := all(ctx, d, retentionRules)
	slices.SortFunc(list, func(a, b retention.Rule) int {
		if c := strings.Compare(string(a.Case), string(b.Case)); c != 0 {
			return c
		}
		return slices.Index(retention.Classes, a.Class) - slices.Index(retention.Classes, b.Class)
	})
	return list, err
}

// EnterJudgment enters the day of a case's final judgment, from which the time of its recordings runs. A later entry takes its place.
func (d *Desk) EnterJudgment(ctx context.Context, c protection.CaseID, day time.Time) error {
	if !d.May(testimony.ActHoldRecordings) {
		return ErrNotAllowed
	}
	if day.IsZero() || day.After(d.Now()) {
		return fmt.Errorf("%w: the day of a final judgment is past", ErrInvalid)
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, cases, string(c))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		tx.Log("retention.judged", map[string]string{"case": string(c), "day": stamp(day)})
		return judgments.Put(tx, part, string(c), retention.Judgment{Case: c, Day: day.UTC(), By: string(d.Me().ID), Set: d.Now().UTC().Truncate(time.Second)})
	})
}

// PlaceHold keeps the recordings and exhibits of a case, or one of them, until a judge lifts the hold.
func (d *Desk) PlaceHold(ctx context.Context, h retention.Hold) (retention.Hold, error) {
	if !d.May(testimony.ActHoldRecordings) {
		return h, ErrNotAllowed
	}
	h.Reason, h.By, h.Placed = strings.TrimSpace(h.Reason), string(d.Me().ID), d.Now().UTC().Truncate(time.Second)
	h.Lifted, h.LiftedBy, h.Why = time.Time{}, "", ""
	if err := h.Check(); err != nil {
		return h, err
	}
	id, err := d.newID()
	if err != nil {
		return h, err
	}
	h.ID = id
	return h, d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, cases, string(h.Case))
		if err != nil {
			return fmt.Errorf("the case: %w", notFound(err))
		}
		if h.Thing != (retention.Thing{}) {
			if c, err := caseOf(tx, h.Thing); err != nil {
				return fmt.Errorf("what is to be held: %w", notFound(err))
			} else if c != h.Case {
				return fmt.Errorf("%w: this is of another case", ErrInvalid)
			}
		}
		tx.Log("retention.held", holdDetails(h))
		return retentionHolds.Put(tx, part, id, h)
	})
}

func holdDetails(h retention.Hold) map[string]string {
	return withThing(h.Thing, map[string]string{"hold": h.ID, "case": string(h.Case), "kind": string(h.Ground)})
}

// withThing adds to the details of an act what it is about, where it is about one thing.
func withThing(t retention.Thing, details map[string]string) map[string]string {
	if t.Recording != "" {
		details["recording"] = string(t.Recording)
	}
	if t.Exhibit != "" {
		details["exhibit"] = string(t.Exhibit)
	}
	return details
}

// LiftHold ends a hold, as a judge.
func (d *Desk) LiftHold(ctx context.Context, id, why string) (retention.Hold, error) {
	var h retention.Hold
	if !d.May(testimony.ActDecideErasure) {
		return h, ErrNotAllowed
	}
	if strings.TrimSpace(why) == "" {
		return h, retention.ErrReason
	}
	return h, d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		var part store.Compartment
		if h, part, err = locate(tx, retentionHolds, id); err != nil {
			return notFound(err)
		}
		if !h.Lifted.IsZero() {
			return retention.ErrStep
		}
		h.Lifted, h.LiftedBy, h.Why = d.Now().UTC().Truncate(time.Second), string(d.Me().ID), strings.TrimSpace(why)
		tx.Log("retention.lifted", holdDetails(h))
		return retentionHolds.Put(tx, part, id, h)
	})
}

// Holds lists the holds that were not lifted, the oldest first.
func (d *Desk) Holds(ctx context.Context) ([]retention.Hold, error) {
	list, err := all(ctx, d, retentionHolds)
	list = slices.DeleteFunc(list, func(h retention.Hold) bool { return !h.Lifted.IsZero() })
	slices.SortFunc(list, func(a, b retention.Hold) int { return a.Placed.Compare(b.Placed) })
	return list, err
}

// caseOf finds the case that a recording or an exhibit is of.
func caseOf(tx reading, t retention.Thing) (protection.CaseID, error) {
	if t.Exhibit != "" {
		e, _, err := locate(tx, exhibits, string(t.Exhibit))
		return e.Case, err
	}
	r, _, err := locate(tx, recordings, string(t.Recording))
	if err != nil {
		return "", err
	}
	h, _, err := locate(tx, hearings, string(r.Hearing))
	return h.Case, err
}

// Kept finds the recording or the exhibit that an id names.
func (d *Desk) Kept(ctx context.Context, id string) (retention.Thing, error) {
	_, err := find(ctx, d, exhibits, id)
	if err == nil {
		return retention.Thing{Exhibit: exhibit.ID(id)}, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return retention.Thing{}, err
	}
	_, err = d.Recording(ctx, testimony.RecordingID(id))
	return retention.Thing{Recording: testimony.RecordingID(id)}, err
}

// Keeping is how long a recording or an exhibit is kept, and what stands against erasing it.
type Keeping struct {
	Recording Recording            `json:"recording,omitzero"`
	Exhibit   exhibit.Exhibit      `json:"exhibit,omitzero"` // one of the two
	Case      protection.CaseID    `json:"case"`
	Party     protection.PartyID   `json:"party,omitempty"` // of a recording
	Class     retention.Class      `json:"class"`
	Rule      *retention.Rule      `json:"rule,omitempty"`
	Due       time.Time            `json:"due,omitzero"` // zero: nobody can say yet
	Against   []retention.Obstacle `json:"against"`
	Erasure   *retention.Erasure   `json:"erasure,omitempty"` // the newest
}

// Thing is which of them it is.
func (k Keeping) Thing() retention.Thing {
	return retention.Thing{Recording: k.Recording.ID, Exhibit: k.Exhibit.ID}
}

// Erased is when it was erased; zero, while it was not.
func (k Keeping) Erased() time.Time {
	if k.Exhibit.ID != "" {
		return k.Exhibit.Erased
	}
	return k.Recording.Erased
}

// root is that of the sealed file.
func (k Keeping) root() []byte {
	if k.Exhibit.ID != "" {
		return k.Exhibit.Root
	}
	return k.Recording.Root
}

// IsDue reports whether its time is over; what else stands against its erasure is said by Against.
func (k Keeping) IsDue(at time.Time) bool {
	return k.Erased().IsZero() && !k.Due.IsZero() && !at.Before(k.Due)
}

// Retention says of each recording how long it is kept, in the order of [Desk.Recordings], and then of each exhibit, in that of [Desk.Exhibits].
func (d *Desk) Retention(ctx context.Context) ([]Keeping, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	list, err := d.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	received, err := d.Exhibits(ctx, "")
	if err != nil {
		return nil, err
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return nil, err
	}
	kept := make([]Keeping, 0, len(list)+len(received))
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		kept = kept[:0]
		known, err := d.keepingFacts(tx, judges)
		if err != nil {
			return err
		}
		for _, r := range list {
			kept = append(kept, known.of(r, d.running.has(r.ID), d.Now()))
		}
		for _, e := range received {
			kept = append(kept, known.ofExhibit(e, d.Now()))
		}
		return nil
	})
	return kept, err
}

// KeepingOf says how long one exhibit is kept.
func (d *Desk) KeepingOf(ctx context.Context, id exhibit.ID) (Keeping, error) {
	list, err := d.Retention(ctx)
	if err != nil {
		return Keeping{}, err
	}
	i := slices.IndexFunc(list, func(k Keeping) bool { return k.Exhibit.ID == id && id != "" })
	if i < 0 {
		return Keeping{}, ErrNotFound
	}
	return list[i], nil
}

// keepingFacts is what decides about all recordings and exhibits, read in one transaction.
type keepingFacts struct {
	rules     []retention.Rule
	judged    map[protection.CaseID]time.Time
	holds     []retention.Hold
	orders    []order.Order
	hearings  map[testimony.HearingID]testimony.Hearing
	asked     map[testimony.RecordingID]bool // an edit waits for its decision
	lists     map[testimony.RecordingID]int
	carried   map[testimony.RecordingID]int
	erasures  map[retention.Thing]retention.Erasure
	versionOf map[testimony.RecordingID]testimony.RecordingID
	opening   map[exhibit.ID]bool // somebody has asked to open it, or may
}

func values[T any](tx reading, c store.Collection[T]) ([]T, error) {
	entries, err := everywhere(tx, c)
	out := make([]T, len(entries))
	for i, e := range entries {
		out[i] = e.Value
	}
	return out, err
}

func (d *Desk) keepingFacts(tx reading, judges map[string]store.User) (keepingFacts, error) {
	f := keepingFacts{judged: map[protection.CaseID]time.Time{}, hearings: map[testimony.HearingID]testimony.Hearing{}, asked: map[testimony.RecordingID]bool{}, lists: map[testimony.RecordingID]int{},
		carried: map[testimony.RecordingID]int{}, erasures: map[retention.Thing]retention.Erasure{}, versionOf: map[testimony.RecordingID]testimony.RecordingID{}, opening: map[exhibit.ID]bool{}}
	var errs [10]error
	var openings []exhibit.Opening
	var days []retention.Judgment
	var planned []testimony.Hearing
	var requests []edit.Request
	var lists []edit.List
	var erased []retention.Erasure
	var recorded []Recording
	f.rules, errs[0] = values(tx, retentionRules)
	days, errs[1] = values(tx, judgments)
	f.holds, errs[2] = values(tx, retentionHolds)
	f.orders, errs[3] = values(tx, orders)
	planned, errs[4] = values(tx, hearings)
	requests, errs[5] = values(tx, editRequests)
	lists, errs[6] = values(tx, editLists)
	erased, errs[7] = values(tx, recordingErasures)
	recorded, errs[8] = values(tx, recordings)
	openings, errs[9] = values(tx, exhibitOpenings)
	if err := errors.Join(errs[:]...); err != nil {
		return f, err
	}
	for i := range f.orders {
		f.orders[i].Signing = d.signing(f.orders[i], judges)
	}
	for _, j := range days {
		f.judged[j.Case] = j.Day
	}
	for _, h := range planned {
		f.hearings[h.ID] = h
	}
	for _, r := range requests {
		f.asked[r.Recording] = f.asked[r.Recording] || slices.ContainsFunc(r.Items, func(x edit.Item) bool { return x.State == edit.Asked })
	}
	for _, l := range lists {
		f.lists[l.Recording] = max(f.lists[l.Recording], l.Number)
	}
	for _, r := range recorded {
		f.versionOf[r.ID] = r.Source
		if r.Derived() && r.Sealed {
			f.carried[r.Source] = max(f.carried[r.Source], r.Edits)
		}
	}
	for _, e := range erased {
		if e.Proposed.After(f.erasures[e.Thing].Proposed) {
			f.erasures[e.Thing] = e
		}
	}
	for _, o := range openings {
		f.opening[o.Exhibit] = f.opening[o.Exhibit] || o.Stands(d.Now())
	}
	return f, nil
}

// of says what is known of one recording.
func (f keepingFacts) of(r Recording, runs bool, now time.Time) Keeping {
	h := f.hearings[r.Hearing]
	return f.keeping(Keeping{Recording: r, Case: h.Case, Party: h.Party, Class: ClassOf(r)}, retention.Facts{Open: h.Planned() || runs, EditAsked: f.asked[r.ID], EditUnmade: !r.Derived() && f.lists[r.ID] > f.carried[r.ID]}, now)
}

// ofExhibit says what is known of one exhibit: it can be shown in any hearing of its case that is not closed.
func (f keepingFacts) ofExhibit(e exhibit.Exhibit, now time.Time) Keeping {
	open := false
	for _, h := range f.hearings {
		open = open || h.Case == e.Case && h.Planned()
	}
	return f.keeping(Keeping{Exhibit: e, Case: e.Case, Class: retention.HandedIn}, retention.Facts{Open: open, Opening: f.opening[e.ID]}, now)
}

// keeping fills in the rule, what stands against an erasure, and the newest erasure.
func (f keepingFacts) keeping(k Keeping, facts retention.Facts, now time.Time) Keeping {
	k.Against = []retention.Obstacle{}
	if e, ok := f.erasures[k.Thing()]; ok {
		k.Erasure = &e
	}
	rule, ruled := retention.For(f.rules, k.Case, k.Class)
	if ruled {
		k.Rule = &rule
		k.Due, _ = rule.Due(f.judged[k.Case])
	}
	facts.Thing, facts.Case, facts.Rule, facts.Ruled, facts.Judgment, facts.Orders, facts.Holds = k.Thing(), k.Case, rule, ruled, f.judged[k.Case], f.orders, f.holds
	if against := retention.Against(facts, now); against != nil {
		k.Against = against
	}
	return k
}
