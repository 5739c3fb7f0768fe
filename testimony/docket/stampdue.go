package docket

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"

	"paravent/testimony"
	rfc3161 "paravent/testimony/stamp"
)

// MayStamp reports whether this user asks for timestamps: whoever seals recordings does.
func (d *Desk) MayStamp() bool {
	return d.May(testimony.ActHoldHearing) || d.May(testimony.ActMakeVersion)
}

// timestampOf says how a check of a timestamp went. It is nil where there is none, or none can be.
func timestampOf(s rfc3161.Stamp, err error) (*rfc3161.Checked, error) {
	var fault rfc3161.Fault
	switch {
	case errors.Is(err, ErrNotStamped), errors.Is(err, ErrNotCommitted):
		return nil, nil
	case errors.As(err, &fault):
		return &rfc3161.Checked{Fault: fault}, nil
	case err != nil:
		return nil, err
	}
	return &rfc3161.Checked{Stamp: s}, nil
}

// TimestampOf returns what is known of the timestamp of a recording, or of the one that a version was made of; nil where there is none.
func (d *Desk) TimestampOf(ctx context.Context, id testimony.RecordingID) (*rfc3161.Checked, error) {
	kept, err := d.RecordingStamp(ctx, id)
	return timestampOf(kept.Stamp, err)
}

// genuineStamps remembers which timestamps were found to fit: they are looked at again with every list.
type genuineStamps struct{ found sync.Map }

// checkStamp checks a timestamp that is kept against the head of its recording.
func (d *Desk) checkStamp(kept RecordingStamp, head RecordingHead) (rfc3161.Stamp, error) {
	text, response, roots := sha256.Sum256(head.Stamped()), sha256.Sum256(kept.Response), sha256.Sum256(kept.Roots)
	key := string(text[:]) + string(response[:]) + string(roots[:])
	if s, ok := d.stamps.found.Load(key); ok {
		return s.(rfc3161.Stamp), nil
	}
	s, err := rfc3161.Check(kept.Response, text, kept.Roots)
	if err == nil {
		d.stamps.found.Store(key, s)
	}
	return s, err
}

// timestamps looks at the timestamps of all recordings, and lists the heads that have none which fits, oldest first.
func (d *Desk) timestamps(ctx context.Context) (map[testimony.RecordingID]*rfc3161.Checked, []RecordingHead, error) {
	heads, err := all(ctx, d, recordingHeads)
	if err != nil {
		return nil, nil, err
	}
	list, err := all(ctx, d, recordingStamps)
	if err != nil {
		return nil, nil, err
	}
	kept := map[testimony.RecordingID]RecordingStamp{}
	for _, s := range list {
		kept[s.Recording] = s
	}
	known := map[testimony.RecordingID]*rfc3161.Checked{}
	var without []RecordingHead
	for _, h := range heads {
		s, there := kept[h.Recording]
		if there {
			if known[h.Recording], err = timestampOf(d.checkStamp(s, h)); err != nil {
				return nil, nil, err
			}
		}
		if !there || known[h.Recording].Fault != "" {
			without = append(without, h)
		}
	}
	slices.SortFunc(without, func(a, b RecordingHead) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Recording, b.Recording)) })
	return known, without, nil
}

// Unstamped lists the recordings that are sealed to their blocks and have no timestamp that fits, oldest first. None is, where the court has named no authority.
func (d *Desk) Unstamped(ctx context.Context) ([]Recording, error) {
	a, err := d.TimestampAuthority(ctx)
	if err != nil || a.IsZero() {
		return nil, err
	}
	_, heads, err := d.timestamps(ctx)
	if err != nil {
		return nil, err
	}
	var list []Recording
	for _, h := range heads {
		r, err := d.Recording(ctx, h.Recording)
		if err != nil {
			return nil, err
		}
		if r.Erased.IsZero() {
			list = append(list, r)
		}
	}
	return list, nil
}

// StampSealed asks the authority for every timestamp that is missing, oldest first, and returns those that it gave. The first that it does not give ends it: one that is not
// reached for one recording is not for the next.
func (d *Desk) StampSealed(ctx context.Context, ask AskAuthority) ([]RecordingStamp, error) {
	if !d.MayStamp() {
		return nil, ErrNotAllowed
	}
	list, err := d.Unstamped(ctx)
	if err != nil {
		return nil, err
	}
	return d.stampAll(ctx, list, ask)
}

func (d *Desk) stampAll(ctx context.Context, list []Recording, ask AskAuthority) ([]RecordingStamp, error) {
	var given []RecordingStamp
	for _, r := range list {
		s, err := d.StampRecording(ctx, r.ID, ask)
		if err != nil {
			return given, err
		}
		given = append(given, s)
	}
	return given, nil
}

// StampDue is StampSealed for a desk that asks by itself, and often: for each recording the authority is asked once while the desk is open. What it did not give is
// asked for again when the desk is opened next, by command, or once another authority is named.
func (d *Desk) StampDue(ctx context.Context, ask AskAuthority) ([]RecordingStamp, error) {
	if !d.MayStamp() {
		return nil, nil
	}
	list, err := d.Unstamped(ctx)
	if err != nil {
		return nil, err
	}
	return d.stampAll(ctx, d.asked.anew(list), ask)
}

// stampsAsked are the recordings for whose timestamps a desk has asked by itself.
type stampsAsked struct {
	mu   sync.Mutex
	once map[testimony.RecordingID]bool
}

// anew returns those of a list that were not asked for, and takes them for asked.
func (a *stampsAsked) anew(list []Recording) []Recording {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.once == nil {
		a.once = map[testimony.RecordingID]bool{}
	}
	var out []Recording
	for _, r := range list {
		if !a.once[r.ID] {
			a.once[r.ID] = true
			out = append(out, r)
		}
	}
	return out
}

func (a *stampsAsked) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.once = nil
}

// stampItems is that timestamps are missing, for those who can ask for them.
func (d *Desk) stampItems(ctx context.Context, list []testimony.Hearing) ([]Item, error) {
	if !d.MayStamp() {
		return nil, nil
	}
	without, err := d.Unstamped(ctx)
	if err != nil || len(without) == 0 {
		return nil, err
	}
	first := without[0]
	item := Item{Kind: RecordingUnstamped, Recording: first.ID, Hearing: first.Hearing, When: first.Started, Count: len(without)}
	if i := slices.IndexFunc(list, func(h testimony.Hearing) bool { return h.ID == first.Hearing }); i >= 0 {
		item.Case, item.Party = list[i].Case, list[i].Party
	}
	return []Item{item}, nil
}
