package docket

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"paravent/store"
	"paravent/store/bolt"
	"paravent/testimony"
	"paravent/testimony/retention"
)

func recordingErasureDetails(e retention.Erasure) map[string]string {
	return map[string]string{"erasure": e.ID, "recording": string(e.Recording), "case": string(e.Case)}
}

// ProposeRecordingErasure proposes that a recording be erased whose time is over and against which nothing stands. Nothing is erased before a judge has approved it.
func (d *Desk) ProposeRecordingErasure(ctx context.Context, id testimony.RecordingID, reason string) (retention.Erasure, error) {
	var e retention.Erasure
	if !d.May(testimony.ActProposeErasure) {
		return e, errors.Join(ErrNotAllowed, d.Note(ctx, "retention.denied", map[string]string{"recording": string(id), "tried": "retention.proposed"}))
	}
	if strings.TrimSpace(reason) == "" {
		return e, retention.ErrReason
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return e, err
	}
	erasure, err := d.newID()
	if err != nil {
		return e, err
	}
	return e, d.vault.Update(ctx, func(tx *store.Tx) error {
		k, part, err := d.erasable(tx, id, judges)
		if err != nil {
			return err
		}
		if k.Erasure != nil && k.Erasure.State() == retention.Proposed {
			return retention.ErrStep
		}
		e = retention.Erasure{ID: erasure, Recording: id, Case: k.Case, FileRoot: k.Recording.Root, Rule: *k.Rule, Due: k.Due, Reason: strings.TrimSpace(reason), By: string(d.Me().ID), Proposed: d.Now().UTC().Truncate(time.Second)}
		if head, err := recordingHeads.Get(tx, part, string(id)); err == nil {
			e.Root = head.Root
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		tx.Log("retention.proposed", recordingErasureDetails(e))
		return recordingErasures.Put(tx, part, erasure, e)
	})
}

// erasable reads what is known of a recording, and fails with a [*retention.NeededError] where something stands against erasing it.
func (d *Desk) erasable(tx reading, id testimony.RecordingID, judges map[string]store.User) (Keeping, store.Compartment, error) {
	r, part, err := locate(tx, recordings, string(id))
	if err != nil {
		return Keeping{}, part, notFound(err)
	}
	if !r.Erased.IsZero() {
		return Keeping{}, part, ErrErased
	}
	known, err := d.keepingFacts(tx, judges)
	if err != nil {
		return Keeping{}, part, err
	}
	k := known.of(r, d.running.has(id), d.Now())
	if len(k.Against) > 0 {
		return k, part, &retention.NeededError{Against: k.Against}
	}
	return k, part, nil
}

// DecideRecordingErasure approves or refuses an erasure, as a judge who did not propose it. The decision is signed. Approving destroys at once, in the transaction of the
// act, the recording's key and the seed of its salts, so that nobody can open it any more; [Desk.ClearRecordingErasure] then removes its file and what is left in free pages.
// What stays is who it was and what its hashes were, its custody and the log.
func (d *Desk) DecideRecordingErasure(ctx context.Context, id string, approve bool, why string) (retention.Erasure, error) {
	why = strings.TrimSpace(why)
	if why == "" {
		return retention.Erasure{}, retention.ErrReason
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return retention.Erasure{}, err
	}
	var e retention.Erasure
	var refused error
	err = d.vault.Update(ctx, func(tx *store.Tx) error {
		refused = nil
		kept, part, err := locate(tx, recordingErasures, id)
		if err != nil {
			return notFound(err)
		}
		if e, err = d.decideErasure(tx, part, kept, approve, why, judges); err == nil {
			tx.AnchorAtOnce() // what was destroyed must not come back with an older copy
			return recordingErasures.Put(tx, part, id, e)
		}
		if needed := (*retention.NeededError)(nil); !errors.As(err, &needed) && kept.MayDecide(string(d.Me().ID), string(d.Me().Role)) == nil {
			return err
		}
		refused = err
		details := recordingErasureDetails(kept)
		details["tried"] = "retention.approved"
		tx.Log("retention.denied", details)
		return nil
	})
	if err = errors.Join(err, refused); err != nil || !approve {
		return e, err
	}
	return d.ClearRecordingErasure(ctx, id, nil)
}

func (d *Desk) decideErasure(tx *store.Tx, part store.Compartment, e retention.Erasure, approve bool, why string, judges map[string]store.User) (retention.Erasure, error) {
	me := d.Me()
	if err := e.MayDecide(string(me.ID), string(me.Role)); err != nil {
		return e, err
	}
	e.Approved, e.DecidedBy, e.Decided, e.Why = approve, string(me.ID), d.Now().UTC().Truncate(time.Second), why
	action := "retention.refused"
	if approve {
		action = "retention.approved"
		k, _, err := d.erasable(tx, e.Recording, judges)
		if err != nil {
			return e, err
		}
		if !slices.Equal(k.Recording.Root, e.FileRoot) {
			return e, ErrChanged
		}
	}
	var err error
	if e.Signature, err = d.vault.Sign(e.Statement()); err != nil {
		return e, err
	}
	tx.Log(action, recordingErasureDetails(e))
	if !approve {
		return e, nil
	}
	return e, d.destroyRecording(tx, part, e)
}

// destroyRecording deletes what opens a recording, and marks it.
func (d *Desk) destroyRecording(tx *store.Tx, part store.Compartment, e retention.Erasure) error {
	r, err := recordings.Get(tx, part, string(e.Recording))
	if err != nil {
		return notFound(err)
	}
	keys := recordingPart(r.Hearing, r.Version)
	if err := recordingKeys.Delete(tx, keys, string(r.ID)); err != nil {
		return err
	}
	if !r.Derived() {
		if err := ignoreMissing(recordingSeeds.Delete(tx, keys, string(r.ID))); err != nil {
			return err
		}
	}
	if err := forgetTranscript(tx, keys, r.ID); err != nil {
		return err
	}
	r.Erased = e.Decided
	tx.Log("recording.erased", recordingErasureDetails(e))
	return recordings.Put(tx, part, string(r.ID), r)
}

// forgetTranscript deletes what was written down of a recording: it says what the recording said.
func forgetTranscript(tx *store.Tx, part store.Compartment, id testimony.RecordingID) error {
	entries, err := transcripts.All(tx, part)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Value.Recording == id {
			if err := transcripts.Delete(tx, part, e.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// ClearRecordingErasure removes the file of a recording that was erased, and writes the vault's file anew, so that nothing of its key stays in free pages. It brings to its end
// what was cut short, by whoever may propose or decide; [ErrNotCleared] where it can't. progress is told of records.
func (d *Desk) ClearRecordingErasure(ctx context.Context, id string, progress func(done, total int)) (retention.Erasure, error) {
	e, err := find(ctx, d, recordingErasures, id)
	switch {
	case err != nil:
		return e, err
	case !d.May(testimony.ActProposeErasure) && !d.May(testimony.ActDecideErasure):
		return e, ErrNotAllowed
	case e.State() == retention.Cleared:
		return e, nil
	case e.State() != retention.Erased:
		return e, retention.ErrStep
	}
	if err := os.Remove(d.blobPath(e.Recording)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return e, fmt.Errorf("%w: %w", ErrNotCleared, err)
	}
	file, ok := d.backend.(*bolt.Backend)
	if !ok {
		return e, ErrNotCleared
	}
	if err := file.Compact(ctx, progress); err != nil {
		return e, fmt.Errorf("%w: %w", ErrNotCleared, diskFull(err))
	}
	return e, d.vault.Update(ctx, func(tx *store.Tx) (err error) {
		var part store.Compartment
		if e, part, err = locate(tx, recordingErasures, id); err != nil {
			return notFound(err)
		}
		e.Cleared = d.Now().UTC().Truncate(time.Second)
		tx.Log("recording.cleared", recordingErasureDetails(e))
		return recordingErasures.Put(tx, part, id, e)
	})
}

// RecordingErasures lists the proposals, newest first.
func (d *Desk) RecordingErasures(ctx context.Context) ([]retention.Erasure, error) {
	if !d.May(testimony.ActKeepDocket) {
		return nil, ErrNotAllowed
	}
	list, err := all(ctx, d, recordingErasures)
	slices.SortFunc(list, func(a, b retention.Erasure) int { return b.Proposed.Compare(a.Proposed) })
	return list, err
}

// MayDecideErasure says why this user may not decide an erasure; nil, when they may.
func (d *Desk) MayDecideErasure(e retention.Erasure) error {
	return e.MayDecide(string(d.Me().ID), string(d.Me().Role))
}

// retentionItems are the recordings whose time is over, the proposals that wait for a judge, and the erasures that are not at their end.
func (d *Desk) retentionItems(ctx context.Context, now time.Time) ([]Item, error) {
	if !d.May(testimony.ActProposeErasure) && !d.May(testimony.ActDecideErasure) {
		return nil, nil
	}
	rules, err := d.RetentionRules(ctx)
	if err != nil || len(rules) == 0 { // nothing falls due, and nothing was ever proposed: a rule is never taken away
		return nil, err
	}
	list, err := d.Retention(ctx)
	var items []Item
	for _, k := range list {
		item := Item{Case: k.Case, Party: k.Party, Recording: k.Recording.ID, When: k.Due}
		switch e := k.Erasure; {
		case e != nil && e.State() == retention.Erased:
			item.Kind = RecordingUncleared
		case e != nil && d.MayDecideErasure(*e) == nil:
			item.Kind = RecordingErasure
		case e != nil && e.State() == retention.Proposed:
			continue
		case k.IsDue(now) && len(k.Against) == 0 && d.May(testimony.ActProposeErasure):
			item.Kind = RecordingDue
		default:
			continue
		}
		items = append(items, item)
	}
	return items, err
}
