package docket

import (
	"context"
	"fmt"
	"strings"

	"paravent/protection"
	"paravent/testimony"
)

// FindCase finds a case by what a person types: the court's reference, the id, or the key of its import.
func (d *Desk) FindCase(ctx context.Context, typed string) (protection.CaseID, error) {
	list, err := d.Cases(ctx)
	if err != nil {
		return "", err
	}
	id, err := d.Resolve(ctx, "case", typed)
	if err != nil {
		return "", err
	}
	for _, c := range list {
		if string(c.ID) == id || strings.EqualFold(c.Reference, typed) {
			return c.ID, nil
		}
	}
	return "", fmt.Errorf("there is no case %q: %w", typed, ErrNotFound)
}

// FindParty finds a protected party of a case by the pseudonym, the id, or the key of its import.
func (d *Desk) FindParty(ctx context.Context, c protection.CaseID, typed string) (protection.Party, error) {
	list, err := d.Parties(ctx)
	if err != nil {
		return protection.Party{}, err
	}
	id, err := d.Resolve(ctx, "party", typed)
	if err != nil {
		return protection.Party{}, err
	}
	for _, p := range list {
		if p.PseudonymIn(c) != "" && (string(p.ID) == id || strings.EqualFold(string(p.PseudonymIn(c)), typed)) {
			return p, nil
		}
	}
	return protection.Party{}, fmt.Errorf("there is no protected party %q in this case: %w", typed, ErrNotFound)
}

// FindHearing finds a hearing by its id or the key of its import.
func (d *Desk) FindHearing(ctx context.Context, typed string) (testimony.Hearing, error) {
	id, err := d.Resolve(ctx, "hearing", typed)
	if err != nil {
		return testimony.Hearing{}, err
	}
	h, err := d.Hearing(ctx, testimony.HearingID(id))
	if err != nil {
		return h, fmt.Errorf("there is no hearing %q: %w", typed, err)
	}
	return h, nil
}

// SeatKeys returns the keys under which a hearing's seats were imported; a seat without one stands under its id.
func (d *Desk) SeatKeys(ctx context.Context, h testimony.Hearing) (map[testimony.ParticipantID]string, error) {
	keys, err := d.keys(ctx)
	named := map[testimony.ParticipantID]string{}
	for _, p := range h.Participants {
		named[p.ID] = keys.of("seat", string(p.ID))
	}
	return named, err
}
