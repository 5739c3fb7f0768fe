package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/release"
)

type releaseCmds struct {
	List    releaseListCmd    `cmd:"" help:"List the public versions that are kept until a review, and how far each is."`
	Review  releaseReviewCmd  `cmd:"" help:"Begin the review of a public version, show it, or end it with --done."`
	Mark    releaseMarkCmd    `cmd:"" help:"Keep one more passage from the public, or widen one."`
	Confirm releaseConfirmCmd `cmd:"" help:"Confirm passages as they stand."`
	Release releaseReleaseCmd `cmd:"" help:"As a judge who did not review: release the public version, or refuse with reasons."`
}

// reviewReport is a review as a script reads it.
type reviewReport struct {
	release.Review
	State     string            `json:"state"`
	Stretches []release.Stretch `json:"stretches"`
}

func reviewState(r release.Review) string {
	switch {
	case r.Outcome == release.Released:
		return "released"
	case r.Reviewed.Taken():
		return "reviewed: a judge decides"
	case r.Outcome == release.Refused:
		return "refused: to be reviewed again"
	case r.Begun.Taken():
		return "under review"
	}
	return "to be reviewed"
}

type releaseListCmd struct{ vaultFlags }

func (f releaseListCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		list, err := d.Reviewable(ctx)
		if err != nil {
			return err
		}
		reports, pairs := []reviewReport{}, []any{}
		for _, k := range list {
			k.Review.Recording, k.Review.Hearing = k.Recording.ID, k.Recording.Hearing
			reports = append(reports, reviewReport{Review: k.Review, State: reviewState(k.Review), Stretches: []release.Stretch{}})
			pairs = append(pairs, k.Recording.ID, k.Recording.Started.UTC().Format(time.RFC3339)+"  "+reviewState(k.Review))
		}
		words := table(pairs...)
		if len(list) == 0 {
			words = "No public version waits for a review.\n"
		}
		return c.print(reports, words)
	})
}

// tell prints a review with the times that were not in public session.
func (c *console) tell(ctx context.Context, d *docket.Desk, r release.Review, done string) error {
	rec, err := d.Recording(ctx, r.Recording)
	if err != nil {
		return err
	}
	events, err := d.Events(ctx, r.Hearing)
	if err != nil {
		return err
	}
	stretches := append([]release.Stretch{}, release.Stretches(rec.Started, r.Length, events)...)
	var words strings.Builder
	fmt.Fprintf(&words, "%s\n%s, %s long: %s.\n", done, r.Recording, edit.Clock(r.Length), reviewState(r))
	for _, p := range r.Passages {
		said := map[release.Origin]string{release.AtOnce: "marked in time: blank already", release.Late: "marked late: to be taken out", release.Added: "added: to be taken out"}[p.Origin]
		if p.Origin == release.AtOnce && p.Widened {
			said = "widened: to be taken out"
		}
		confirmed := "not confirmed"
		if p.Confirmed.Taken() {
			confirmed = "confirmed"
		}
		fmt.Fprintf(&words, "  %d  %s to %s  %s  %s\n", p.Number, edit.Clock(p.From), edit.Clock(p.Until), said, confirmed)
	}
	for _, s := range stretches {
		fmt.Fprintf(&words, "  %s session  %s to %s  blank already\n", s.Mode, edit.Clock(s.From), edit.Clock(s.Until))
	}
	if r.Version != "" {
		fmt.Fprintf(&words, "Released as %s.\n", r.Version)
	}
	if r.Reasons != "" {
		fmt.Fprintf(&words, "Refused: %s\n", r.Reasons)
	}
	return c.print(reviewReport{r, reviewState(r), stretches}, strings.TrimPrefix(words.String(), "\n"))
}

type releaseReviewCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The id of the public version, as 'release list' prints it."`
	Begin     bool   `help:"Begin the review. From then on you can listen to it in the window, under Evidence."`
	Done      bool   `help:"End the review: every passage is confirmed. A judge decides then."`
}

func (f releaseReviewCmd) Run(ctx context.Context, c *console) error {
	id := testimony.RecordingID(f.Recording)
	return f.with(ctx, c, func(d *docket.Desk) error {
		var r release.Review
		var err error
		done := ""
		switch {
		case f.Begin && f.Done:
			return usageError{"a review is begun or ended, not both at once"}
		case f.Begin:
			r, err = d.BeginReview(ctx, id)
			done = "The review is begun."
		case f.Done:
			r, err = d.FinishReview(ctx, id)
			done = "The review is ended. A judge who did not review releases or refuses."
		default:
			if !d.May(testimony.ActReviewRelease) && !d.May(testimony.ActDecideRelease) {
				return docket.ErrNotAllowed
			}
			r, err = d.ReviewOf(ctx, id)
		}
		if err != nil {
			return noRecording(f.Recording, err)
		}
		return c.tell(ctx, d, r, done)
	})
}

type releaseMarkCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The id of the public version."`
	Passage   string `arg:"" help:"The passage, on the clock of the recording." placeholder:"FROM-UNTIL"`
	Widen     int    `help:"The number of the passage that is to be as large as this; a new one where left out." placeholder:"N"`
}

func (f releaseMarkCmd) Run(ctx context.Context, c *console) error {
	x, err := parseItem(f.Passage + "=")
	if err != nil {
		return err
	}
	id := testimony.RecordingID(f.Recording)
	return f.with(ctx, c, func(d *docket.Desk) error {
		var r release.Review
		var err error
		if f.Widen != 0 {
			r, err = d.WidenPassage(ctx, id, f.Widen, x.From, x.Until)
		} else {
			r, err = d.AddPassage(ctx, id, x.From, x.Until)
		}
		if err != nil {
			return noRecording(f.Recording, err)
		}
		return c.tell(ctx, d, r, "The passage is to be kept from the public.")
	})
}

type releaseConfirmCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The id of the public version."`
	Passages  []int  `arg:"" name:"passage" help:"Numbers of passages."`
}

func (f releaseConfirmCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(d *docket.Desk) error {
		var r release.Review
		var err error
		for _, n := range f.Passages {
			if r, err = d.ConfirmPassage(ctx, testimony.RecordingID(f.Recording), n); err != nil {
				return noRecording(f.Recording, err)
			}
		}
		return c.tell(ctx, d, r, "Confirmed.")
	})
}

type releaseReleaseCmd struct {
	vaultFlags
	Recording string `arg:"" help:"The id of the public version."`
	Refuse    string `help:"Refuse, with these reasons. The review is open again." placeholder:"REASONS"`
}

func (f releaseReleaseCmd) Run(ctx context.Context, c *console) error {
	id := testimony.RecordingID(f.Recording)
	return f.with(ctx, c, func(d *docket.Desk) error {
		if f.Refuse != "" {
			r, err := d.RefuseRelease(ctx, id, f.Refuse)
			if err != nil {
				return noRecording(f.Recording, err)
			}
			return c.tell(ctx, d, r, "Refused. Nothing goes out.")
		}
		r, err := evidence.Release(ctx, d, id, c.bytesOf("Making"))
		if err != nil {
			return noRecording(f.Recording, err)
		}
		return c.tell(ctx, d, r, "Released.")
	})
}
