package docket_test

import (
	"errors"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/readiness"
	"paravent/testimony/schedule"
)

func boardLine(t *testing.T, b docket.Board, i readiness.Item) readiness.Line {
	t.Helper()
	for _, l := range b.Lines {
		if l.Item == i {
			return l
		}
	}
	t.Fatalf("there is no line of %s", i)
	return readiness.Line{}
}

// TestTheBoardOfTheTrainingHearing sets protections up, checks them and reports on the remote point, as the clerk of the day.
func TestTheBoardOfTheTrainingHearing(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Clerk)
	ctx := t.Context()
	h := must(d.FindHearing(ctx, "hearing-1"))(t)
	face := readiness.OfMeasure(order.FaceAlteration)
	b := must(d.Readiness(ctx, h.ID))(t)
	if b.Light != readiness.Red {
		t.Errorf("nothing was done and the board is %s", b.Light)
	}
	for item, want := range map[readiness.Item]readiness.Reason{readiness.OrderStands: readiness.InPlace, readiness.Leave: readiness.InPlace, readiness.Conditions: readiness.NotSetUp, readiness.Point: readiness.NoReport,
		readiness.Prepared: readiness.NotPrepared, face: readiness.NotSetUp, readiness.OfMeasure(order.LiveLink): readiness.NotSetUp, readiness.Voices: readiness.NotSetUp} {
		if l := boardLine(t, b, item); l.Reason != want {
			t.Errorf("%s: %s, want %s", item, l.Reason, want)
		}
	}
	for _, s := range []readiness.Stage{readiness.SetUp, readiness.Half} {
		b = must(d.EnterCheck(ctx, h.ID, readiness.Check{Item: face, Stage: s, Good: true, Who: testimony.Clerk}))(t)
	}
	if l := boardLine(t, b, face); l.Light != readiness.Green || l.Set == nil || l.Set.Who != testimony.Clerk || l.Half == nil || l.Half.By != string(d.Me().ID) {
		t.Errorf("%+v", l)
	}
	b = must(d.EnterCheck(ctx, h.ID, readiness.Check{Item: face, Stage: readiness.Half, Who: testimony.Judge, Note: "the outline is not drawn"}))(t)
	if l := boardLine(t, b, face); l.Light != readiness.Red || l.Reason != readiness.FoundBad || l.Actor != testimony.Clerk {
		t.Errorf("%+v", l)
	}
	point := h.Uses[1]
	must(d.ReportVisit(ctx, readiness.Visit{Point: point, At: noon.Add(-24 * time.Hour), Who: testimony.Clerk, Good: readiness.Checklist, Present: []string{"coordinator"}}))(t)
	if l := boardLine(t, must(d.Readiness(ctx, h.ID))(t), readiness.Point); l.Light != readiness.Green {
		t.Errorf("a good report: %+v", l)
	}
	linked := func() *schedule.LinkReport {
		for _, r := range must(d.Resources(ctx))(t) {
			if r.ID == point {
				return r.Link
			}
		}
		return nil
	}
	if l := linked(); l == nil || !l.Good || !l.Tested.Equal(noon.Add(-24*time.Hour)) {
		t.Errorf("the schedule knows of the line %+v", l)
	}
	// An older visit that is entered late says nothing of how the line is now.
	must(d.ReportVisit(ctx, readiness.Visit{Point: point, At: noon.Add(-48 * time.Hour), Who: testimony.Clerk}))(t)
	if l := linked(); !l.Good {
		t.Error("the report of an older visit took the place of the newer one")
	}
	if l := boardLine(t, must(d.Readiness(ctx, h.ID))(t), readiness.Point); l.Light != readiness.Green {
		t.Errorf("the report of an older visit counts: %+v", l)
	}
	must(d.ReportVisit(ctx, readiness.Visit{Point: point, At: noon, Who: testimony.Clerk, Good: readiness.Checklist[1:]}))(t)
	if l := boardLine(t, must(d.Readiness(ctx, h.ID))(t), readiness.Point); l.Reason != readiness.BadReport {
		t.Errorf("a bad report: %+v", l)
	}
	if n := len(must(d.Visits(ctx, point))(t)); n != 3 {
		t.Errorf("%d reports are kept", n)
	}
	found := false
	for _, i := range must(d.Today(ctx, noon))(t) {
		found = found || i.Kind == docket.NotReady && i.Hearing == h.ID && i.Count > 0
	}
	if !found {
		t.Error("a hearing that is not ready is not on the list of the day")
	}
	if week := must(d.ReadinessUntil(ctx, noon.AddDate(0, 0, 7)))(t); len(week) != 2 || week[0].Hearing.ID != h.ID {
		t.Errorf("the week has %d boards", len(week))
	}
}

// TestWhatTheBoardRefuses enters what is not of the hearing, of nobody, or by an office that does not keep the docket.
func TestWhatTheBoardRefuses(t *testing.T) {
	t.Parallel()
	d := training(t)
	ctx := t.Context()
	h := must(d.FindHearing(ctx, "hearing-1"))(t)
	face := readiness.OfMeasure(order.FaceAlteration)
	for name, c := range map[string]readiness.Check{
		"by somebody of no office":   {Item: face, Stage: readiness.SetUp, Who: "somebody"},
		"of a measure not ordered":   {Item: readiness.OfMeasure(order.FullAnonymity), Stage: readiness.SetUp, Who: testimony.Clerk},
		"that the order is in force": {Item: readiness.OrderStands, Stage: readiness.Day, Good: true, Who: testimony.Judge},
		"of a stage that is none":    {Item: face, Stage: "someday", Who: testimony.Clerk},
	} {
		if _, err := d.EnterCheck(ctx, h.ID, c); !errors.Is(err, readiness.ErrEntry) {
			t.Errorf("%s: %v", name, err)
		}
	}
	later := must(d.FindHearing(ctx, "hearing-2"))(t)
	if _, err := d.EnterCheck(ctx, later.ID, readiness.Check{Item: readiness.Technique, Stage: readiness.Half, Good: true, Who: testimony.Clerk}); !errors.Is(err, readiness.ErrEntry) {
		t.Errorf("the last check two days before: %v", err)
	}
	for name, v := range map[string]readiness.Visit{
		"a courtroom":           {Point: h.Uses[0], At: noon, Who: testimony.Clerk},
		"the future":            {Point: h.Uses[1], At: noon.Add(time.Hour), Who: testimony.Clerk},
		"by a courtroom":        {Point: h.Uses[1], At: noon, Who: string(h.Uses[0])},
		"what there is not":     {Point: "nowhere", At: noon, Who: testimony.Clerk},
		"with another question": {Point: h.Uses[1], At: noon, Who: testimony.Clerk, Good: []readiness.Question{"coffee"}},
	} {
		if _, err := d.ReportVisit(ctx, v); err == nil {
			t.Errorf("a visit of %s is reported", name)
		}
	}
	auditor := as(t, d, testimony.Auditor)
	if _, err := auditor.EnterCheck(ctx, h.ID, readiness.Check{Item: face, Stage: readiness.SetUp, Who: testimony.Clerk}); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor enters a check: %v", err)
	}
	if _, err := auditor.ReportVisit(ctx, readiness.Visit{Point: h.Uses[1], At: noon, Who: testimony.Clerk}); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor reports: %v", err)
	}
}
