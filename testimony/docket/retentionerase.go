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

	"paravent/protection"
	"paravent/store"
	"paravent/store/bolt"
	"paravent/testimony"
	"paravent/testimony/exhibit"
	"paravent/testimony/retention"
)

func recordingErasureDetails(e retention.Erasure) map[string]string {
	return withThing(e.Thing, map[string]string{"erasure": e.ID, "case": string(e.Case)})
}

// ProposeRecordingErasure proposes that a recording or an exhibit be erased whose time is over and against which nothing stands. Nothing is erased before a judge has
// approved it.
func (d *Desk) ProposeRecordingErasure(ctx context.Context, what retention.Thing, reason string) (retention.Erasure, error) {
	var e retention.Erasure
	if !d.May(testimony.ActProposeErasure) {
		return e, errors.Join(ErrNotAllowed, d.Note(ctx, "retention.denied", withThing(what, map[string]string{"tried": "retention.proposed"})))
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
		k, part, err := d.erasable(tx, what, judges)
		if err != nil {
			return err
		}
		if k.Erasure != nil && k.Erasure.State() == retention.Proposed {
			return retention.ErrStep
		}
		e = retention.Erasure{ID: erasure, Thing: what, Case: k.Case, FileRoot: k.root(), Root: k.Exhibit.SHA256, Rule: *k.Rule, Due: k.Due, Reason: strings.TrimSpace(reason), By: string(d.Me().ID), Proposed: d.Now().UTC().Truncate(time.Second)}
		if what.Recording != "" {
			if head, err := recordingHeads.Get(tx, part, string(what.Recording)); err == nil {
				e.Root = head.Root
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		tx.Log("retention.proposed", recordingErasureDetails(e))
		return recordingErasures.Put(tx, part, erasure, e)
	})
}

// erasable reads what is known of a recording or an exhibit, and fails with a [*retention.NeededError] where something stands against erasing it.
func (d *Desk) erasable(tx reading, what retention.Thing, judges map[string]store.User) (Keeping, store.Compartment, error) {
	known, err := d.keepingFacts(tx, judges)
	if err != nil {
		return Keeping{}, "", err
	}
	var k Keeping
	var part store.Compartment
	gone := ErrErased
	if what.Exhibit != "" {
		e, of, err := locate(tx, exhibits, string(what.Exhibit))
		if err != nil {
			return k, of, notFound(err)
		}
		k, part, gone = known.ofExhibit(e, d.Now()), of, exhibit.ErrErased
	} else {
		r, of, err := locate(tx, recordings, string(what.Recording))
		if err != nil {
			return k, of, notFound(err)
		}
		k, part = known.of(r, d.running.has(r.ID), d.Now()), of
	}
	switch {
	case !k.Erased().IsZero():
		return k, part, gone
	case len(k.Against) > 0:
		return k, part, &retention.NeededError{Against: k.Against}
	}
	return k, part, nil
}

// DecideRecordingErasure approves or refuses an erasure, as a judge who did not propose it. The decision is signed. Approving destroys at once, in the transaction of the
// act, the key of the recording or exhibit and the seed of a recording's salts, so that nobody can open it any more; [Desk.ClearRecordingErasure] then removes its file and what is left in free pages.
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
		k, _, err := d.erasable(tx, e.Thing, judges)
		if err != nil {
			return e, err
		}
		if !slices.Equal(k.root(), e.FileRoot) {
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
	if e.Exhibit != "" {
		return e, d.destroyExhibit(tx, part, e)
	}
	return e, d.destroyRecording(tx, part, e)
}

// destroyExhibit deletes what opens an exhibit, and marks it.
func (d *Desk) destroyExhibit(tx *store.Tx, part store.Compartment, e retention.Erasure) error {
	x, err := exhibits.Get(tx, part, string(e.Exhibit))
	if err != nil {
		return notFound(err)
	}
	if x.Class == exhibit.Sealed {
		err = exhibitLocks.Delete(tx, part, string(x.ID))
	} else {
		err = exhibitKeys.Delete(tx, exhibitPart(x.Case, x.Class), string(x.ID))
	}
	if err != nil {
		return err
	}
	x.Erased = e.Decided
	tx.Log("exhibit.erased", recordingErasureDetails(e))
	return exhibits.Put(tx, part, string(x.ID), x)
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
	if err := recordings.Put(tx, part, string(r.ID), r); err != nil || !r.Own() || r.Version != protection.MasterRecord {
		return err
	}
	return d.forgetRemote(tx, part, r.Hearing)
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

// ClearRecordingErasure removes the file of a recording or an exhibit that was erased, and writes the vault's file anew, so that nothing of its key stays in free pages. It brings to its end
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
	place, action := d.blobPath(e.Recording), "recording.cleared"
	if e.Exhibit != "" {
		place, action = d.exhibitPath(e.Exhibit), "exhibit.cleared"
	}
	if err := os.Remove(place); err != nil && !errors.Is(err, fs.ErrNotExist) {
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
		tx.Log(action, recordingErasureDetails(e))
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

// retentionItems are the recordings and exhibits whose time is over, the proposals that wait for a judge, and the erasures that are not at their end.
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
		item := Item{Case: k.Case, Party: k.Party, Recording: k.Recording.ID, Exhibit: k.Exhibit.ID, Number: k.Exhibit.Number, When: k.Due}
		uncleared, erasure, due := RecordingUncleared, RecordingErasure, RecordingDue
		if item.Exhibit != "" {
			uncleared, erasure, due = ExhibitUncleared, ExhibitErasure, ExhibitDue
		}
		switch e := k.Erasure; {
		case e != nil && e.State() == retention.Erased:
			item.Kind = uncleared
		case e != nil && d.MayDecideErasure(*e) == nil:
			item.Kind = erasure
		case e != nil && e.State() == retention.Proposed:
			continue
		case k.IsDue(now) && len(k.Against) == 0 && d.May(testimony.ActProposeErasure):
			item.Kind = due
		default:
			continue
		}
		items = append(items, item)
	}
	return items, err
}
