package docket

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/readiness"
	"paravent/testimony/schedule"
)

var (
	readinessChecks = store.NewCollection[readiness.Check]("readiness")
	lineTests       = store.NewCollection[readiness.LineTest]("line_tests")
	// remoteVisits are of places and of no case: every desk may have to know how a remote point was found.
	remoteVisits = store.NewCollection[readiness.Visit]("remote_visits")
)

// Board is how the protections of a hearing stand.
type Board struct {
	Hearing testimony.Hearing
	Lines   []readiness.Line
	Light   readiness.Light
}

// Readiness says how the protections of a hearing stand now.
func (d *Desk) Readiness(ctx context.Context, id testimony.HearingID) (Board, error) {
	h, err := d.Hearing(ctx, id)
	if err != nil {
		return Board{}, fmt.Errorf("the hearing: %w", err)
	}
	boards, err := d.boards(ctx, []testimony.Hearing{h})
	if err != nil {
		return Board{}, err
	}
	return boards[0], nil
}

// ReadinessUntil says it of all hearings that are not over and begin before a moment, by their start.
func (d *Desk) ReadinessUntil(ctx context.Context, until time.Time) ([]Board, error) {
	now := d.Now()
	list, err := d.hearingsThat(ctx, func(h testimony.Hearing) bool {
		return h.Planned() && !h.Start.Add(h.Duration).Before(now) && h.Start.Before(until)
	})
	if err != nil {
		return nil, err
	}
	return d.boards(ctx, list)
}

func (d *Desk) boards(ctx context.Context, list []testimony.Hearing) ([]Board, error) {
	var boards []Board
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		boards, err = d.boardsIn(tx, list)
		return err
	})
	return boards, err
}

// settledElsewhere are the rules that have a line of their own on the board.
var settledElsewhere = []schedule.Rule{schedule.NoPermit, schedule.LinkUntested, schedule.LinkBad, schedule.Unprepared, schedule.NoOrder}

func (d *Desk) boardsIn(tx reading, list []testimony.Hearing) ([]Board, error) {
	if len(list) == 0 {
		return nil, nil
	}
	plan, err := planIn(tx)
	if err != nil {
		return nil, err
	}
	leave, err := d.permissionsIn(tx, list)
	if err != nil {
		return nil, err
	}
	ordered, err := everywhere(tx, orders)
	if err != nil {
		return nil, err
	}
	var all []order.Order
	for _, e := range ordered {
		all = append(all, e.Value)
	}
	entered, err := everywhere(tx, readinessChecks)
	if err != nil {
		return nil, err
	}
	checks := map[testimony.HearingID][]readiness.Check{}
	for _, e := range entered {
		checks[e.Value.Hearing] = append(checks[e.Value.Hearing], e.Value)
	}
	tried, err := everywhere(tx, lineTests)
	if err != nil {
		return nil, err
	}
	found := map[testimony.HearingID][]readiness.LineTest{}
	for _, e := range tried {
		found[e.Value.Hearing] = append(found[e.Value.Hearing], e.Value)
	}
	visits, err := visitsIn(tx)
	if err != nil {
		return nil, err
	}
	known, err := everywhere(tx, factsOf)
	if err != nil {
		return nil, err
	}
	prepared := map[protection.PartyID]bool{}
	for _, e := range known {
		if e.Value.Kind == FactPreparation && e.Value.Word == wordComplete {
			prepared[e.Value.Party] = true
		}
	}
	var boards []Board
	for _, h := range list {
		p := leave[h.ID]
		f := readiness.Facts{Hearing: h, Abroad: len(p.Lacks)+len(p.InForce) > 0, Lacking: len(p.Lacks) > 0, Decided: p.Decision != nil, Visits: visits, Prepared: prepared[h.Party], Checks: checks[h.ID], LineTests: found[h.ID]}
		for _, r := range p.InForce {
			a, _ := r.Last()
			f.Asks = f.Asks || len(a.Conditions.Present) > 0 || a.Conditions.Oath != "" || a.Conditions.Other != ""
		}
		for _, o := range order.Applying(all, h.Case, h.Party, h.Start) {
			effective, doubt := o.Effect(h.Start)
			f.Ordered, f.Doubt = f.Ordered || effective, f.Doubt || doubt != order.NoDoubt
			for _, m := range o.Measures {
				if !slices.Contains(f.Measures, m.Kind) {
					f.Measures = append(f.Measures, m.Kind)
				}
			}
		}
		for _, id := range h.Uses {
			if r, there := plan.Resource(id); there {
				f.Resources = append(f.Resources, r)
			}
		}
		f.Against = slices.ContainsFunc(plan.Check(schedule.Of(h)), func(c schedule.Conflict) bool {
			return !slices.Contains(settledElsewhere, c.Rule) && (c.Rule.Hard() || !slices.ContainsFunc(h.Accepted, func(a testimony.Acceptance) bool { return a.Key == c.Key() }))
		})
		lines := readiness.Board(f, d.Now())
		boards = append(boards, Board{h, lines, readiness.Overall(lines)})
	}
	return boards, nil
}

// EnterCheck enters that somebody set up a protection of a hearing, or how it was found. Who is an office, or a resource that the hearing takes; the moment is now.
func (d *Desk) EnterCheck(ctx context.Context, id testimony.HearingID, c readiness.Check) (Board, error) {
	if !d.May(testimony.ActKeepDocket) {
		return Board{}, ErrNotAllowed
	}
	entry, err := d.newID()
	if err != nil {
		return Board{}, err
	}
	c.Who, c.Note, c.By, c.At = strings.TrimSpace(c.Who), strings.TrimSpace(c.Note), string(d.Me().ID), d.Now().UTC()
	var board Board
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		h, part, err := locate(tx, hearings, string(id))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		if !h.Planned() {
			return fmt.Errorf("%w: the hearing was held or cancelled", ErrInvalid)
		}
		boards, err := d.boardsIn(tx, []testimony.Hearing{h})
		if err != nil {
			return err
		}
		c.Hearing, c.Start = id, h.Start.UTC()
		if err := c.Check(h, boards[0].Lines, d.Now()); err != nil {
			return err
		}
		if !slices.Contains(testimony.Offices, c.Who) && !slices.Contains(h.Uses, testimony.ResourceID(c.Who)) {
			return readiness.Refuse(readiness.Nobody)
		}
		found := "good"
		if !c.Good && c.Stage != readiness.SetUp {
			found = "bad"
		}
		tx.Log("readiness.entered", map[string]string{"hearing": string(id), "case": string(h.Case), "item": string(c.Item), "stage": string(c.Stage), "found": found})
		if err := readinessChecks.Put(tx, part, string(id)+"/"+entry, c); err != nil {
			return err
		}
		if boards, err = d.boardsIn(tx, []testimony.Hearing{h}); err == nil {
			board = boards[0]
		}
		return err
	})
	return board, err
}

// KeepLineTest keeps what a guest's page found when it tried its devices and its line. The newest test of a seat takes the place of the one before.
func (d *Desk) KeepLineTest(ctx context.Context, id testimony.HearingID, t readiness.LineTest) error {
	if err := t.Check(); err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		h, part, err := locate(tx, hearings, string(id))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		if _, ok := h.Participant(t.Seat); !ok {
			return fmt.Errorf("%w: the seat is not of this hearing", ErrInvalid)
		}
		t.Hearing, t.Start, t.At = id, h.Start.UTC(), d.Now().UTC()
		found := "good"
		if len(t.Faults()) > 0 {
			found = "bad"
		}
		tx.Log("readiness.tried", map[string]string{"hearing": string(id), "case": string(h.Case), "seat": string(t.Seat), "found": found})
		return lineTests.Put(tx, part, string(id)+"/"+string(t.Seat), t)
	})
}

// LineTests are the newest lineTests of a hearing's seats.
func (d *Desk) LineTests(ctx context.Context, id testimony.HearingID) ([]readiness.LineTest, error) {
	var list []readiness.LineTest
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		all, err := everywhere(tx, lineTests)
		for _, e := range all {
			if e.Value.Hearing == id {
				list = append(list, e.Value)
			}
		}
		return err
	})
	return list, err
}

func visitsIn(tx reading) ([]readiness.Visit, error) {
	entries, err := remoteVisits.All(tx, docketPart)
	var list []readiness.Visit
	for _, e := range entries {
		list = append(list, e.Value)
	}
	slices.SortFunc(list, func(a, b readiness.Visit) int { return cmp.Or(b.At.Compare(a.At), b.Entered.Compare(a.Entered)) })
	return list, err
}

// Visits are the reports on a remote point, the newest visit first.
func (d *Desk) Visits(ctx context.Context, point testimony.ResourceID) ([]readiness.Visit, error) {
	var list []readiness.Visit
	err := d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		list, err = visitsIn(tx)
		return err
	})
	return slices.DeleteFunc(list, func(v readiness.Visit) bool { return v.Point != point }), err
}

// ReportVisit enters a coordinator's report on a remote point. The newest visit is what the schedule knows of the point's line.
func (d *Desk) ReportVisit(ctx context.Context, v readiness.Visit) (readiness.Visit, error) {
	if !d.May(testimony.ActKeepDocket) {
		return v, ErrNotAllowed
	}
	id, err := d.newID()
	if err != nil {
		return v, err
	}
	v.At, v.By, v.Entered = v.At.UTC(), string(d.Me().ID), d.Now().UTC()
	v.Who, v.Note = strings.TrimSpace(v.Who), strings.TrimSpace(v.Note)
	if err := v.Check(d.Now()); err != nil {
		return v, err
	}
	return v, d.vault.Update(ctx, func(tx *store.Tx) error {
		point, err := resources.Get(tx, docketPart, string(v.Point))
		if err != nil {
			return fmt.Errorf("the remote point: %w", notFound(err))
		}
		if point.Kind != schedule.RemotePoint {
			return fmt.Errorf("%w: this is no remote point", ErrInvalid)
		}
		if !slices.Contains(testimony.Offices, v.Who) {
			who, err := resources.Get(tx, docketPart, v.Who)
			if err != nil || who.Kind != schedule.Coordinator {
				return readiness.Refuse(readiness.Nobody)
			}
		}
		before, err := visitsIn(tx)
		if err != nil {
			return err
		}
		newest := !slices.ContainsFunc(before, func(o readiness.Visit) bool { return o.Point == v.Point && o.At.After(v.At) })
		tx.Log("resource.visited", map[string]string{"resource": string(v.Point), "lacks": questionsOf(v.Lacks())})
		if newest {
			link := v.Link()
			point.Link = &link
			err = resources.Put(tx, docketPart, string(point.ID), point)
		}
		return errors.Join(err, remoteVisits.Put(tx, docketPart, id, v))
	})
}

func questionsOf(list []readiness.Question) string {
	var words []string
	for _, q := range list {
		words = append(words, string(q))
	}
	return strings.Join(words, ",")
}

// notReadyItems are the hearings of the next day with something that is not in place.
func (d *Desk) notReadyItems(ctx context.Context, now time.Time) ([]Item, error) {
	list, err := d.hearingsThat(ctx, func(h testimony.Hearing) bool {
		return h.Planned() && !h.Start.Add(h.Duration).Before(now) && !h.Start.After(now.Add(readiness.DayBefore))
	})
	if err != nil {
		return nil, err
	}
	boards, err := d.boards(ctx, list)
	var items []Item
	for _, b := range boards {
		red := 0
		for _, l := range b.Lines {
			if l.Light == readiness.Red {
				red++
			}
		}
		if red > 0 {
			items = append(items, Item{Kind: NotReady, Case: b.Hearing.Case, Party: b.Hearing.Party, Hearing: b.Hearing.ID, When: b.Hearing.Start, Count: red})
		}
	}
	return items, err
}

// forgetReadiness takes the words out of what was entered about the hearings of a person.
func forgetReadiness(tx *store.Tx, part store.Compartment, p protection.PartyID) error {
	entries, err := readinessChecks.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range entries {
		h, err := hearings.Get(tx, part, string(e.Value.Hearing))
		if err != nil || h.Party != p || e.Value.Note == "" {
			continue
		}
		c := e.Value
		c.Note = ""
		if err := readinessChecks.Put(tx, part, e.ID, c); err != nil {
			return err
		}
	}
	return nil
}
