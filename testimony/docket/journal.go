package docket

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"paravent/store"
	"paravent/testimony"
)

// journal keeps the events of running sessions one by one, so that a session whose program was killed still has its minutes.
var journal = store.NewCollection[testimony.Event]("journal")

func journalID(h testimony.HearingID, n int) string { return fmt.Sprintf("%s/%06d", h, n) }

// KeepEvent writes the n-th event of a hearing's session with its audit entry. The entry holds ids, phase and mode, and no reason.
func (d *Desk) KeepEvent(ctx context.Context, h testimony.HearingID, n int, e testimony.Event) error {
	if !d.May(testimony.ActHoldHearing) {
		return ErrNotAllowed
	}
	return d.vault.Update(ctx, func(tx *store.Tx) error {
		_, part, err := locate(tx, hearings, string(h))
		if errors.Is(err, store.ErrNotFound) {
			part = docketPart // an event is kept in any case
		} else if err != nil {
			return err
		}
		details := map[string]string{"hearing": string(h), "phase": string(e.Phase), "mode": e.Mode.String()}
		if e.Participant != "" {
			details["seat"] = string(e.Participant)
		}
		if e.With != "" {
			details["with"] = string(e.With)
		}
		if e.Exhibit != "" {
			details["exhibit"] = e.Exhibit
		}
		if e.Recording != "" {
			details["recording"] = string(e.Recording)
		}
		tx.Log("session."+string(e.Kind), details)
		return journal.Put(tx, part, journalID(h, n), e)
	})
}

// Events returns the events of a hearing's sessions in their order.
func (d *Desk) Events(ctx context.Context, h testimony.HearingID) ([]testimony.Event, error) {
	var events []testimony.Event
	err := d.vault.View(ctx, func(tx *store.ReadTx) error {
		entries, err := everywhere(tx, journal)
		for _, e := range entries {
			if strings.HasPrefix(e.ID, string(h)+"/") {
				events = append(events, e.Value)
			}
		}
		return err
	})
	return events, err
}

// recoverMinutes makes minutes of a session that was never closed from the events that were kept.
func (d *Desk) recoverMinutes(ctx context.Context, id testimony.HearingID) (testimony.Minutes, error) {
	h, err := d.Hearing(ctx, id)
	if err != nil {
		return testimony.Minutes{}, err
	}
	events, err := d.Events(ctx, id)
	if err != nil {
		return testimony.Minutes{}, err
	}
	if len(events) == 0 {
		return testimony.Minutes{}, ErrNotFound
	}
	c, err := d.Case(ctx, h.Case)
	if err != nil {
		return testimony.Minutes{}, err
	}
	list, err := d.Recordings(ctx)
	if err != nil {
		return testimony.Minutes{}, err
	}
	var ids []testimony.RecordingID
	for _, r := range list {
		if r.Hearing == id && r.Own() {
			ids = append(ids, r.ID)
		}
	}
	m := testimony.BuildMinutes(h, c.Reference, events[0].At, events[len(events)-1].At, events, ids)
	m.Version = "recovered"
	return m, nil
}

// Minutes returns the sealed minutes of a held hearing; of a session that was never closed, what its events tell, with
// the version "recovered".
func (d *Desk) Minutes(ctx context.Context, h testimony.HearingID) (testimony.Minutes, error) {
	m, err := find(ctx, d, minutesOf, string(h))
	if errors.Is(err, ErrNotFound) {
		return d.recoverMinutes(ctx, h)
	}
	return m, err
}
