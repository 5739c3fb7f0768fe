package evidence

import (
	"cmp"
	"context"
	"slices"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
)

// Mark is an event of the hearing, or a finding of a check, on the clock of a recording or of a version of it.
type Mark struct {
	At      time.Duration            `json:"at"`
	Event   *testimony.Event         `json:"event,omitempty"`
	Finding *docket.RecordingFinding `json:"finding,omitempty"`
}

// marking are the events that somebody who looks for a place looks for.
var marking = map[testimony.EventKind]bool{testimony.PhaseChanged: true, testimony.ModeChanged: true, testimony.OathTaken: true, testimony.Marked: true,
	testimony.Requested: true, testimony.WentOn: true, testimony.LineLost: true, testimony.LineBack: true, testimony.Fault: true}

// Marks lists where to jump to in a recording, in the order of time. What lies in a passage that a version lacks is not among its marks.
func Marks(ctx context.Context, d *docket.Desk, r docket.Recording) ([]Mark, error) {
	events, err := d.Events(ctx, r.Hearing)
	if err != nil {
		return nil, err
	}
	missing, err := MissingOf(ctx, d, r)
	if err != nil {
		return nil, err
	}
	var marks []Mark
	add := func(at time.Duration, m Mark) {
		if at < 0 || r.Duration > 0 && at > r.Duration+missing.Before(at) || missing.Cut.Has(at) {
			return
		}
		m.At = missing.Shown(at)
		marks = append(marks, m)
	}
	for _, e := range events {
		if marking[e.Kind] {
			at := e.At.Sub(r.Started)
			if e.Kind == testimony.Marked {
				at = e.From.Sub(r.Started)
			}
			add(at, Mark{Event: &e})
		}
	}
	of := r.ID
	if r.Derived() {
		of = r.Source
	}
	if c, err := d.RecordingCheckOf(ctx, of); err == nil { // one that was not checked has no findings
		for _, f := range c.Findings {
			add(f.From, Mark{Finding: &f})
		}
	}
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.At, b.At) })
	return marks, nil
}

// MissingOf is what a version lacks of its recording; a recording lacks nothing.
func MissingOf(ctx context.Context, d *docket.Desk, r docket.Recording) (edit.Missing, error) {
	if !r.Derived() {
		return edit.Missing{}, nil
	}
	l, err := d.EditListNumbered(ctx, r.Source, r.Edits)
	return edit.Take(l.Items), err
}
