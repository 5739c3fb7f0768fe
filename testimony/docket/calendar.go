package docket

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/ical"
)

// Calendar is an iCalendar file of the hearings that were not held yet, the cancelled ones among them: of those that take a resource, or of all where for is empty. It
// says pseudonyms, case numbers and courtrooms. That it was made is in the audit log before it is handed out.
func (d *Desk) Calendar(ctx context.Context, of testimony.ResourceID, name string, l policy.Language) ([]byte, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	entries, err := d.entriesOf(ctx, of)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := ical.Write(&text, name, entries, l, d.Now()); err != nil {
		return nil, err
	}
	if err := d.Note(ctx, "calendar.exported", map[string]string{"hearings": strconv.Itoa(len(entries)), "resource": string(of)}); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// entriesOf are the hearings that were not held yet, the cancelled ones among them, as a calendar has them: in the order of their ids, so that the same docket gives the same calendar.
func (d *Desk) entriesOf(ctx context.Context, of testimony.ResourceID) ([]ical.Entry, error) {
	list, err := d.Hearings(ctx)
	if err != nil {
		return nil, err
	}
	people, err := d.Parties(ctx)
	if err != nil {
		return nil, err
	}
	known, err := d.Cases(ctx)
	if err != nil {
		return nil, err
	}
	party := map[protection.PartyID]protection.Party{}
	for _, p := range people {
		party[p.ID] = p
	}
	reference := map[protection.CaseID]string{}
	for _, c := range known {
		reference[c.ID] = c.Reference
	}
	var entries []ical.Entry
	for _, h := range list {
		if !h.Held.IsZero() || of != "" && !slices.Contains(h.Uses, of) {
			continue
		}
		entries = append(entries, ical.Entry{Hearing: h, Pseudonym: party[h.Party].PseudonymIn(h.Case), Reference: reference[h.Case]})
	}
	slices.SortFunc(entries, func(a, b ical.Entry) int { return cmp.Compare(a.Hearing.ID, b.Hearing.ID) })
	return entries, nil
}
