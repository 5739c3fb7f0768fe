package docket

import (
	"cmp"
	"context"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/notice"
	"paravent/testimony/retention"
	rfc3161 "paravent/testimony/stamp"
)

// RecordingNeed is what a recording needs next from somebody.
type RecordingNeed string

// The needs, the most pressing first; the empty one is nothing.
const (
	NeedsInquiry  RecordingNeed = "inquiry"  // its file was found to be altered or missing
	NeedsClosing  RecordingNeed = "closing"  // it was not closed in good order: the hearing has to be opened and closed, or the loss noted
	NeedsDecision RecordingNeed = "decision" // edits were asked for and nobody has decided
	NeedsVersion  RecordingNeed = "version"  // edits are in force that no version carries out
	NeedsLook     RecordingNeed = "look"     // a check found faults, which somebody has to look at
	NeedsCheck    RecordingNeed = "check"    // nobody has looked it through
	NeedsErasing  RecordingNeed = "erasing"  // the proposal to erase it waits for a judge
	NeedsClearing RecordingNeed = "clearing" // it is erased, and that is not at its end
	NeedsProposal RecordingNeed = "proposal" // its time is over and nothing stands against its erasure
	NeedsNothing  RecordingNeed = ""
)

// RecordingState is a recording with what is known of it.
type RecordingState struct {
	Recording
	Verified *Verification    `json:"verified,omitempty"`  // the last check of its file; nil where there was none
	Stamp    *rfc3161.Checked `json:"timestamp,omitempty"` // of an authority outside the court; nil where there is none
	Checked  bool             `json:"checked"`             // somebody has looked it through for faults
	Findings int              `json:"findings"`            // of the last check
	Asked    int              `json:"asked"`               // passages that wait for a judge
	List     int              `json:"list"`                // number of the list of edits in force, of the recording that a version is of
	Versions int              `json:"versions"`            // that were made of it
	Keeping  Keeping          `json:"-"`                   // see [Desk.Retention]
	Need     RecordingNeed    `json:"need,omitempty"`
}

// RecordingStates lists the recordings as [Desk.Recordings] does, each with what is known of it. It opens none of them: whether a file
// was intact is what the last check found.
func (d *Desk) RecordingStates(ctx context.Context) ([]RecordingState, error) {
	list, err := d.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	checks, err := all(ctx, d, recordingChecks)
	if err != nil {
		return nil, err
	}
	verified, err := all(ctx, d, verifications)
	if err != nil {
		return nil, err
	}
	stamps, _, err := d.timestamps(ctx)
	if err != nil {
		return nil, err
	}
	requests, err := all(ctx, d, editRequests)
	if err != nil {
		return nil, err
	}
	lists, err := all(ctx, d, editLists)
	if err != nil {
		return nil, err
	}
	found := map[testimony.RecordingID]RecordingCheck{}
	for _, c := range checks {
		found[c.Recording] = c
	}
	last := map[testimony.RecordingID]*Verification{}
	for i, v := range verified {
		last[v.Recording] = &verified[i]
	}
	asked, newest := map[testimony.RecordingID]int{}, map[testimony.RecordingID]int{}
	for _, r := range requests {
		for _, x := range r.Items {
			if x.State == edit.Asked {
				asked[r.Recording]++
			}
		}
	}
	for _, l := range lists {
		newest[l.Recording] = max(newest[l.Recording], l.Number)
	}
	keeping := map[testimony.RecordingID]Keeping{}
	if d.May(testimony.ActKeepDocket) {
		kept, err := d.Retention(ctx)
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			keeping[k.Recording.ID] = k
		}
	}
	versions, carried := map[testimony.RecordingID]int{}, map[testimony.RecordingID]int{}
	for _, r := range list {
		if r.Derived() {
			versions[r.Source]++
			if r.Sealed {
				carried[r.Source] = max(carried[r.Source], r.Edits)
			}
		}
	}
	out := make([]RecordingState, len(list))
	for i, r := range list {
		s := RecordingState{Recording: r, Verified: last[r.ID], Stamp: stamps[cmp.Or(r.Source, r.ID)], Asked: asked[r.ID], List: newest[r.ID], Versions: versions[r.ID]}
		if r.Derived() {
			s.List = newest[r.Source]
		}
		if c, ok := found[r.ID]; ok {
			s.Checked, s.Findings = true, len(c.Findings)
		}
		s.Need = needOf(s, carried[r.ID])
		if s.Keeping = keeping[r.ID]; s.Keeping.Recording.ID != "" {
			s.Need = keepingNeed(s, d.Now())
		}
		out[i] = s
	}
	return out, nil
}

// keepingNeed says what a recording needs whose time is over, or what it needed before.
func keepingNeed(s RecordingState, now time.Time) RecordingNeed {
	e := s.Keeping.Erasure
	switch {
	case e != nil && e.State() == retention.Erased:
		return NeedsClearing
	case !s.Erased.IsZero():
		return NeedsNothing
	case s.Need == NeedsInquiry:
		return s.Need
	case e != nil && e.State() == retention.Proposed:
		return NeedsErasing
	case s.Keeping.IsDue(now) && len(s.Keeping.Against) == 0:
		return NeedsProposal
	}
	return s.Need
}

// needOf says what a recording needs; carried is the newest list that a version of it carries out. A version needs nothing: another one takes its place.
func needOf(s RecordingState, carried int) RecordingNeed {
	switch {
	case s.Erased.IsZero() && s.Verified != nil && s.Verified.Found == notice.Altered:
		return NeedsInquiry
	case !s.Sealed:
		return NeedsClosing
	case s.Derived():
		return NeedsNothing
	case s.Asked > 0:
		return NeedsDecision
	case s.List > carried:
		return NeedsVersion
	case s.Findings > 0:
		return NeedsLook
	case !s.Checked:
		return NeedsCheck
	}
	return NeedsNothing
}

// EditListNumbered returns an earlier list of edits of a recording: the one that a version carries out. The zero list is for number 0. It is read to draw marks
// and transcripts on a version's clock, for which the list in force would be the wrong one.
func (d *Desk) EditListNumbered(ctx context.Context, of testimony.RecordingID, number int) (edit.List, error) {
	if number == 0 {
		return edit.List{}, nil
	}
	judges, err := d.judges(ctx)
	if err != nil {
		return edit.List{}, err
	}
	var l edit.List
	err = d.vault.View(ctx, func(tx *store.ReadTx) error {
		_, part, err := locate(tx, recordings, string(of))
		if err != nil {
			return notFound(err)
		}
		l, err = editLists.Get(tx, part, listID(of, number))
		return notFound(err)
	})
	if err == nil && (l.Recording != of || l.Number != number || !d.signedByJudge(judges, l.By, l.At, l.Statement(), l.Signature)) {
		return edit.List{}, ErrForgedEdit
	}
	return l, err
}
