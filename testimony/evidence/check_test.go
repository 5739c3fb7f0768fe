package evidence_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"paravent/media/record"
	"paravent/protection"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

// A clean capture has no findings; one with a hole in its sound has that one, with its time, and it is kept.
func TestCheckBeforeTheWitnessLeaves(t *testing.T) {
	t.Parallel()
	d := training(t)
	clean := captured(t, d, protection.MasterRecord, capture()(t))
	var holed []record.Block
	for _, b := range capture()(t) {
		if b.Track == 1 || b.PTS < 2*time.Second || b.PTS >= ms(5200) {
			holed = append(holed, b)
		}
	}
	bad := captured(t, d, protection.MasterRecord, holed)
	d = as(t, d, testimony.Advocate)
	if _, err := evidence.Check(t.Context(), d, clean.ID, nil); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate checks: %v", err)
	}
	d = as(t, d, testimony.Clerk)
	if _, err := evidence.Check(t.Context(), d, clean.ID, nil); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("a clerk to whom it is not sealed checks: %v", err)
	}
	d = as(t, d, testimony.Judge)
	c, err := evidence.Check(t.Context(), d, clean.ID, nil)
	must(t, err)
	if len(c.Findings) > 0 || !strings.HasPrefix(evidence.CheckWords(c), "Nothing was found wrong in 8s") {
		t.Errorf("a clean capture: %s", evidence.CheckWords(c))
	}
	c, err = evidence.Check(t.Context(), d, bad.ID, nil)
	must(t, err)
	if len(c.Findings) != 1 || c.Findings[0].Kind != "no_sound" || c.Findings[0].From != 2*time.Second || c.Findings[0].Until != ms(5200) {
		t.Errorf("a hole of 3.2 s: %+v", c.Findings)
	}
	kept, err := d.RecordingCheckOf(t.Context(), bad.ID)
	must(t, err)
	if len(kept.Findings) != 1 || kept.By != string(d.Me().ID) || kept.At.IsZero() {
		t.Errorf("it is kept as %+v", kept)
	}
	if _, err := d.RecordingHead(t.Context(), bad.ID); err != nil {
		t.Errorf("it is not sealed to its blocks: %v", err)
	}
	v := derive(t, d, clean)
	if c, err := evidence.Check(t.Context(), d, v.ID, nil); err != nil || len(c.Findings) > 0 {
		t.Errorf("a version: %+v (%v)", c.Findings, err)
	}
}

// Of a master it is said who was not heard: the witness, or everybody else.
func TestCheckTellsWhoIsNotHeard(t *testing.T) {
	t.Parallel()
	d := training(t)
	h, err := d.FindHearing(t.Context(), "hearing-1")
	must(t, err)
	witness, _ := h.Witness()
	for says, heard := range map[string]map[testimony.ParticipantID]time.Duration{
		"Nothing was found wrong":                   {witness.ID: 3 * time.Second, testimony.BenchID: 2 * time.Second},
		"The witness is not heard to speak.":        {testimony.BenchID: 2 * time.Second},
		"Nobody but the witness is heard to speak.": {witness.ID: 3 * time.Second, testimony.BenchID: ms(200)},
	} {
		r := capturedHeard(t, d, heard)
		c, err := evidence.Check(t.Context(), d, r.ID, nil)
		must(t, err)
		if words := evidence.CheckWords(c); !strings.Contains(words, says) || len(c.Findings) > 1 {
			t.Errorf("%q: %s", says, words)
		}
	}
}
