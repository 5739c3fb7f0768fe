package docket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// What an advocate knows would give a witness away is before the clerk without a ceremony, and in no entry of the log, no document and no error.
func TestRiskPhrases(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	_, p := b.witness()
	ctx := t.Context()
	const canary = "canary mill"
	if err := d.KeepRiskPhrases(ctx, p, 0, care.Phrases{" " + canary, "the brother"}); err != nil {
		t.Fatal(err)
	}
	_, changed := errors.AsType[*docket.ChangedError](d.KeepRiskPhrases(ctx, p, 0, care.Phrases{"other"}))
	if !changed {
		t.Error("phrases that somebody kept meanwhile are written over")
	}
	err := d.KeepRiskPhrases(ctx, p, 1, care.Phrases{canary, canary})
	if err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("twice the same phrase: %v", err)
	}

	d = b.as(testimony.Clerk)
	if n := must(d.CountRiskPhrases(ctx, p))(t); n != 2 {
		t.Errorf("%d phrases", n)
	}
	if got := must(d.ReadRiskPhrases(ctx, p, "bench"))(t); !slices.Equal(got.Phrases, care.Phrases{canary, "the brother"}) || got.N != 1 {
		t.Errorf("the clerk is shown %+v", got)
	}
	if document := must(json.Marshal(must(d.Export(ctx))(t)))(t); bytes.Contains(document, []byte(canary)) {
		t.Error("a phrase leaves with the docket")
	}

	d = b.as(testimony.Auditor)
	if _, err := d.ReadRiskPhrases(ctx, p, "bench"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the auditor reads them: %v", err)
	}
	if err := d.KeepRiskPhrases(ctx, p, 1, nil); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the auditor keeps them: %v", err)
	}
	looked := 0
	for _, e := range must(d.Audit(ctx))(t) {
		if said := fmt.Sprint(e); strings.Contains(said, "canary") {
			t.Errorf("the log says %s", said)
		}
		if e.Action == "phrases.read" && e.Details["party"] == string(p) && e.Details["for"] == "bench" {
			looked++
		}
	}
	if looked != 1 {
		t.Errorf("%d looks in the log, want 1", looked)
	}
	if raw := must(os.ReadFile(b.path))(t); bytes.Contains(raw, []byte(canary)) {
		t.Error("a phrase stands in the file in the clear")
	}
}
