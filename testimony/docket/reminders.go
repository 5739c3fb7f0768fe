package docket

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/notice"
	"paravent/testimony/reminder"
	"paravent/testimony/schedule"
)

var reminded = store.NewCollection[reminder.Done]("reminders")

// ToTell is what has to be told for one hearing.
type ToTell struct {
	Hearing   testimony.Hearing
	Reminders []reminder.Reminder
}

// Reminders lists what is to be told for the hearings from [reminder.Kept] before to [reminder.Ahead] after now, by their start.
func (d *Desk) Reminders(ctx context.Context) ([]ToTell, error) { return d.toTell(ctx, d.Now()) }

func (d *Desk) toTell(ctx context.Context, now time.Time) ([]ToTell, error) {
	list, err := d.hearingsThat(ctx, func(h testimony.Hearing) bool {
		return h.Cancelled.IsZero() && !h.Start.Before(now.Add(-reminder.Kept)) && !h.Start.After(now.Add(reminder.Ahead))
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var all []ToTell
	err = d.vault.View(ctx, func(tx *store.ReadTx) (err error) {
		all, err = toTellIn(tx, list)
		return err
	})
	slices.SortStableFunc(all, func(a, b ToTell) int {
		return cmp.Or(a.Hearing.Start.Compare(b.Hearing.Start), cmp.Compare(a.Hearing.ID, b.Hearing.ID))
	})
	return all, err
}

func toTellIn(tx reading, list []testimony.Hearing) ([]ToTell, error) {
	known, err := resourcesIn(tx)
	if err != nil {
		return nil, err
	}
	byID := map[testimony.ResourceID]schedule.Resource{}
	for _, r := range known {
		byID[r.ID] = r
	}
	entries, err := everywhere(tx, reminded)
	if err != nil {
		return nil, err
	}
	entered := map[testimony.HearingID][]reminder.Done{}
	for _, e := range entries {
		entered[e.Value.Hearing] = append(entered[e.Value.Hearing], e.Value)
	}
	var all []ToTell
	for _, h := range list {
		var takes []schedule.Resource
		for _, id := range h.Uses {
			if r, there := byID[id]; there {
				takes = append(takes, r)
			}
		}
		all = append(all, ToTell{h, reminder.List(h, takes, entered[h.ID])})
	}
	return all, nil
}

// Remind enters that somebody was told, as the hearing is planned now.
func (d *Desk) Remind(ctx context.Context, id testimony.HearingID, occasion reminder.Occasion, who string, how reminder.How) error {
	if !d.May(testimony.ActKeepDocket) {
		return ErrNotAllowed
	}
	entry, err := d.newID()
	if err != nil {
		return err
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		h, part, err := locate(tx, hearings, string(id))
		if err != nil {
			return fmt.Errorf("the hearing: %w", notFound(err))
		}
		list, err := toTellIn(tx, []testimony.Hearing{h})
		if err != nil {
			return err
		}
		done := reminder.Done{Hearing: id, Start: h.Start.UTC(), Occasion: occasion, Who: who, How: how, By: string(d.Me().ID), At: d.Now().UTC()}
		if err := done.Check(list[0].Reminders); err != nil {
			return err
		}
		tx.Log("reminder.entered", map[string]string{"hearing": string(id), "case": string(h.Case), "occasion": string(occasion), "how": string(how)})
		return reminded.Put(tx, part, string(id)+"/"+entry, done)
	})
}

// WriteReminders writes the list as a paper to a file for its owner alone: all of it or nothing. It replaces a file only when it is told to. That it is written
// stands in the audit log before the file does.
func (d *Desk) WriteReminders(ctx context.Context, to string, l policy.Language, replace bool) error {
	if !d.May(testimony.ActMakePaper) {
		return ErrNotAllowed
	}
	if !strings.EqualFold(filepath.Ext(to), ".pdf") {
		return ErrPaperName
	}
	if err := freePlace(to, replace); err != nil {
		return err
	}
	paper, err := d.remindersPaper(ctx)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := paper.PDF(&out, l); err != nil {
		return err
	}
	if err := d.Note(ctx, "reminder.paper", map[string]string{"language": string(l)}); err != nil {
		return err
	}
	write := func(w io.Writer) error {
		_, err := w.Write(out.Bytes())
		return err
	}
	if replace {
		return writeThenName(to, write, os.Rename)
	}
	return writeWhole(to, write)
}

func (d *Desk) remindersPaper(ctx context.Context) (notice.Reminders, error) {
	paper := notice.Reminders{Heading: notice.Heading{Made: d.Now().UTC().Truncate(time.Second), Training: d.Training()}, Now: d.Now()}
	list, err := d.Reminders(ctx)
	if err != nil {
		return paper, err
	}
	known, err := d.Resources(ctx)
	if err != nil {
		return paper, err
	}
	called := map[string]string{}
	for _, r := range known {
		called[string(r.ID)] = r.Name
	}
	caseList, err := d.Cases(ctx)
	if err != nil {
		return paper, err
	}
	references := map[protection.CaseID]string{}
	for _, c := range caseList {
		references[c.ID] = c.Reference
		paper.Court = c.Court
	}
	people, err := d.Parties(ctx)
	if err != nil {
		return paper, err
	}
	parties := map[protection.PartyID]protection.Party{}
	for _, p := range people {
		parties[p.ID] = p
	}
	for _, x := range list {
		court, _, err := x.Hearing.Clocks(x.Hearing.Start)
		if err != nil {
			return paper, err
		}
		paper.Now = paper.Now.In(court.Location())
		for _, r := range x.Reminders {
			paper.Lines = append(paper.Lines, notice.ToRemind{Reminder: r, Name: called[r.Who], Case: references[x.Hearing.Case],
				Pseudonym: parties[x.Hearing.Party].PseudonymIn(x.Hearing.Case), Zone: court.Location()})
		}
	}
	return paper, nil
}

// reminderItems are the hearings for which somebody ought to have been told something by now.
func (d *Desk) reminderItems(ctx context.Context, now time.Time) ([]Item, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, nil
	}
	list, err := d.toTell(ctx, now)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, x := range list {
		late := 0
		for _, r := range x.Reminders {
			if s := r.At(now); s == reminder.Due || s == reminder.Overdue {
				late++
			}
		}
		if late > 0 {
			items = append(items, Item{Kind: RemindersDue, Case: x.Hearing.Case, Party: x.Hearing.Party, Hearing: x.Hearing.ID, When: x.Hearing.Start, Count: late})
		}
	}
	return items, nil
}
