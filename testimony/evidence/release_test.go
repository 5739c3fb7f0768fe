package evidence_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/release"
)

// A public version with a passage that was marked late is reviewed by a clerk and released by a judge: what goes out is a version without the passage, and the recording
// itself stays shut. Each act is in the log.
func TestReleaseAfterReview(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := training(t)
	public := captured(t, d, protection.PublicRecord, capture()(t))
	marked, err := testimony.Session{Phase: testimony.Testimony, Mode: protection.PublicMode}.MarkAt(public.Started.Add(time.Second), 2*time.Minute)
	must(t, err)
	marked.To = public.Started.Add(time.Second)
	must(t, d.KeepEvent(ctx, public.Hearing, 0, marked))
	opens := func(id testimony.RecordingID, purpose string) error {
		_, reader, err := d.OpenRecording(ctx, id, purpose)
		if err == nil {
			err = reader.Close()
		}
		return err
	}
	fails := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}

	d = as(t, d, testimony.Clerk)
	fails("listen before the review", opens(public.ID, docket.ForPlaying), docket.ErrAfterReview)
	list, err := d.Reviewable(ctx)
	must(t, err)
	if len(list) != 1 || list[0].Recording.ID != public.ID || list[0].Review.Begun.Taken() {
		t.Errorf("to be reviewed are %+v", list)
	}
	_, err = d.ConfirmPassage(ctx, public.ID, 1)
	fails("confirm before the review", err, docket.ErrNoReview)
	r, err := d.BeginReview(ctx, public.ID)
	must(t, err)
	if len(r.Passages) != 1 || r.Passages[0].Origin != release.Late || r.Passages[0].Until != 2*time.Second {
		t.Fatalf("the review holds %+v", r.Passages)
	}
	must(t, opens(public.ID, docket.ForPlaying))
	fails("copy during the review", opens(public.ID, "export"), docket.ErrAfterReview)
	_, err = d.FinishReview(ctx, public.ID)
	fails("finish unconfirmed", err, release.ErrUnconfirmed)
	_, err = d.ConfirmPassage(ctx, public.ID, 1)
	must(t, err)
	_, err = d.FinishReview(ctx, public.ID)
	must(t, err)
	fails("listen after the review", opens(public.ID, docket.ForPlaying), docket.ErrAfterReview)
	_, err = evidence.Release(ctx, d, public.ID, nil)
	fails("a clerk releases", err, docket.ErrNotAllowed)

	d = as(t, d, testimony.Judge)
	_, err = d.BeginReview(ctx, public.ID)
	fails("a judge reviews", err, docket.ErrNotAllowed)
	_, err = d.ReleaseVersion(ctx, public.ID, public.ID)
	fails("release with the passage in it", err, release.ErrUncut)
	r, err = evidence.Release(ctx, d, public.ID, nil)
	must(t, err)
	if r.Outcome != release.Released || r.Version == public.ID || r.Version == "" {
		t.Fatalf("released: %+v", r)
	}
	entries, err := d.Audit(ctx)
	must(t, err)
	var acts []string
	for _, e := range entries {
		if e.Details["recording"] == string(public.ID) && slices.Contains([]string{"release.begun", "release.confirmed", "release.reviewed", "release.released"}, e.Action) {
			acts = append(acts, e.Action)
		}
	}
	if !slices.Equal(acts, []string{"release.begun", "release.confirmed", "release.reviewed", "release.released"}) {
		t.Errorf("the log has %v", acts)
	}

	d = as(t, d, testimony.Clerk)
	must(t, opens(r.Version, "export"))
	fails("the recording itself", opens(public.ID, "export"), docket.ErrAfterReview)

	// An order that comes afterwards keeps what had gone out.
	d = as(t, d, testimony.Judge)
	h, err := d.Hearing(ctx, public.Hearing)
	must(t, err)
	o, err := d.FileOrder(ctx, order.Order{Case: h.Case, Party: h.Party, Reference: "2026/962", From: d.Now().Add(-time.Hour), Measures: []order.Measure{{Kind: order.NonDisclosure}}})
	must(t, err)
	_, err = d.StepOrder(ctx, o.ID, &o, order.Act{Step: order.Grant, Reasons: "Needed.", Consent: order.Consent{Will: order.Consents}, ExParte: "To hear the accused first would tell them whom to look for."})
	must(t, err)
	d = as(t, d, testimony.Clerk)
	fails("after a later order", opens(r.Version, "export"), docket.ErrAfterReview)
}
