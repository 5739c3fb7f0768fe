package docket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

func rules(t *testing.T, err error) []schedule.Rule {
	t.Helper()
	var c *docket.ConflictError
	if !errors.As(err, &c) || !errors.Is(err, docket.ErrConflict) {
		t.Fatalf("%v is no conflict", err)
	}
	var list []schedule.Rule
	for _, f := range c.Conflicts {
		list = append(list, f.Rule)
	}
	return list
}

// TestARoomIsPlannedOnce plans two hearings in one room: the second is refused, at another hour it is not, and once the first is cancelled it has the hour.
func TestARoomIsPlannedOnce(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	other := must(d.AddParty(t.Context(), c, "witness", "fr"))(t)
	room := must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 1"}))(t)
	first := planned(c, p.ID, noon)
	first.Uses = []testimony.ResourceID{room.ID}
	first = must(d.Schedule(t.Context(), first))(t)
	second := planned(c, other.ID, noon.Add(30*time.Minute))
	second.Uses = first.Uses
	_, err := d.Schedule(t.Context(), second)
	if got := rules(t, err); !slices.Equal(got, []schedule.Rule{schedule.DoubleBooked}) {
		t.Errorf("%v", got)
	}
	// No reason helps against what cannot be.
	against := must(d.Against(t.Context(), second))(t)
	second.Accepted = []testimony.Acceptance{{Key: against[0].Key(), Reason: "we have to"}}
	if _, err := d.Schedule(t.Context(), second); !errors.Is(err, docket.ErrConflict) {
		t.Errorf("a room is planned twice for a reason: %v", err)
	}
	second.Start = first.Start.Add(first.Duration)
	second = must(d.Schedule(t.Context(), second))(t)
	moved := second
	moved.Start = first.Start
	if _, err := d.Reschedule(t.Context(), second, moved); !errors.Is(err, docket.ErrConflict) {
		t.Errorf("a hearing is moved onto another: %v", err)
	}
	if err := d.RemoveResource(t.Context(), room.ID); !errors.Is(err, docket.ErrTaken) {
		t.Errorf("a room that is taken is removed: %v", err)
	}
	if _, err := d.Cancel(t.Context(), first.ID, " "); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("cancelled without a reason: %v", err)
	}
	must(d.Cancel(t.Context(), first.ID, "the witness is ill"))(t)
	moved = must(d.Reschedule(t.Context(), second, moved))(t)
	if moved.Participants[0].ID != second.Participants[0].ID || !moved.Start.Equal(first.Start) {
		t.Errorf("moved to %v with other seats", moved.Start)
	}
	if _, err := d.Reschedule(t.Context(), second, moved); !errors.Is(err, docket.ErrChanged) {
		t.Errorf("what somebody else has moved is moved again: %v", err)
	}
	if _, err := d.Cancel(t.Context(), first.ID, "again"); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("cancelled twice: %v", err)
	}
}

// TestWhatIsAcceptedNeedsAReason plans a hearing at the witness's night.
func TestWhatIsAcceptedNeedsAReason(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	h := planned(c, p.ID, noon)
	h.CourtZone, h.WitnessZone = "Europe/Paris", "Pacific/Auckland"
	_, err := d.Schedule(t.Context(), h)
	if got := rules(t, err); !slices.Equal(got, []schedule.Rule{schedule.WitnessNight}) {
		t.Fatalf("%v", got)
	}
	key := must(d.Against(t.Context(), h))(t)[0].Key()
	for _, reason := range []string{"", "  ", strings.Repeat("x", 3000)} {
		h.Accepted = []testimony.Acceptance{{Key: key, Reason: reason}}
		if _, err := d.Schedule(t.Context(), h); !errors.Is(err, docket.ErrConflict) {
			t.Errorf("planned for the reason %.10q", reason)
		}
	}
	h.Accepted = []testimony.Acceptance{{Key: key, Reason: "she works by day and asks for it"}, {Key: "something else", Reason: "x"}}
	h = must(d.Schedule(t.Context(), h))(t)
	if len(h.Accepted) != 1 || h.Accepted[0].By != string(d.Me().ID) || h.Accepted[0].At.IsZero() {
		t.Errorf("%+v", h.Accepted)
	}
	// The reason was for that night, not for any.
	moved := h
	moved.Start = h.Start.Add(time.Hour)
	if _, err := d.Reschedule(t.Context(), h, moved); !errors.Is(err, docket.ErrConflict) {
		t.Errorf("moved to another hour of the night: %v", err)
	}
}

// TestATeamsHearingTakesItsRoom moves a case to a team. Who is not in it sees that the room is taken, and nothing of the hearing.
func TestATeamsHearingTakesItsRoom(t *testing.T) {
	t.Parallel()
	b := newCircle(t)
	d, c, p := b.as(testimony.Judge), b.c, b.p
	room := must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "Courtroom 1", Building: "palace"}))(t)
	h := planned(c, p, time.Date(2027, 3, 10, 11, 0, 0, 0, time.UTC))
	h.Uses = []testimony.ResourceID{room.ID}
	h = must(d.Schedule(t.Context(), h))(t)
	b.move()
	clerk := b.as("clerk2")
	if _, err := clerk.Hearing(t.Context(), h.ID); !errors.Is(err, docket.ErrNotFound) {
		t.Fatalf("the clerk reads the team's hearing: %v", err)
	}
	mine := must(clerk.AddParty(t.Context(), must(clerk.AddCase(t.Context(), testimony.Case{Reference: "TC 99/2026", Offence: testimony.Smuggling}))(t).ID, "witness", "fr"))(t)
	wanted := planned(mine.Appearances[0].Case, mine.ID, h.Start)
	wanted.Uses = h.Uses
	_, err := clerk.Schedule(t.Context(), wanted)
	if got := rules(t, err); !slices.Equal(got, []schedule.Rule{schedule.DoubleBooked}) {
		t.Fatalf("%v", got)
	}
	if text := err.Error(); strings.Contains(text, string(p)) || strings.Contains(text, string(c)) {
		t.Errorf("the refusal tells of the case: %s", text)
	}
}

// TestAnOrderThatHasRunOutByThen is a soft conflict, an order in force is none.
func TestAnOrderThatHasRunOutByThen(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/905", Measures: []order.Measure{{Kind: order.FaceAlteration}},
		From: noon.Add(-24 * time.Hour), Until: noon.Add(48 * time.Hour)}))(t)
	if _, err := d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(order.InForce)); err != nil {
		t.Fatal(err)
	}
	for start, want := range map[time.Time]bool{noon.Add(time.Hour): true, noon.Add(72 * time.Hour): false} {
		_, err := d.Schedule(t.Context(), planned(c, p.ID, start))
		if (err == nil) != want {
			t.Errorf("at %s: %v", start, err)
		}
		if !want && !slices.Contains(rules(t, err), schedule.NoOrder) {
			t.Errorf("%v", err)
		}
	}
}

// TestResourcesAreChecked refuses what makes no sense, with its place, and keeps nothing of it.
func TestResourcesAreChecked(t *testing.T) {
	t.Parallel()
	d := training(t)
	before := len(must(d.Resources(t.Context()))(t))
	for want, r := range map[string]schedule.Resource{
		"kind":      {Kind: "moon", Name: "x"},
		"name":      {Kind: schedule.Courtroom, Name: "  "},
		"zone":      {Kind: schedule.Courtroom, Name: "x", Zone: "Mars/Olympus"},
		"open[0]":   {Kind: schedule.Courtroom, Name: "x", Open: []schedule.Hours{{Day: 1, From: 600, To: 540}}},
		"closed[1]": {Kind: schedule.Courtroom, Name: "x", Closed: []schedule.Date{"2026-12-25", "2026-02-30"}},
		"turn":      {Kind: schedule.Judge, Name: "x", Turn: -1},
		"number":    {Kind: schedule.Courtroom, Name: "x", Number: 2},
		"country":   {Kind: schedule.RemotePoint, Name: "x", Country: "Vietnam"},
		"speech":    {Kind: schedule.Judge, Name: "x", Speech: []schedule.Speech{{Language: "vi"}}},
	} {
		if _, err := d.PutResource(t.Context(), r); !errors.Is(err, docket.ErrInvalid) || !strings.Contains(err.Error(), want+":") {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := d.PutResource(t.Context(), schedule.Resource{ID: "nobody's", Kind: schedule.Courtroom, Name: "x"}); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
	if list := must(d.Resources(t.Context()))(t); len(list) != before {
		t.Errorf("%d are kept", len(list)-before)
	}
	auditor := as(t, d, testimony.Auditor)
	if _, err := auditor.PutResource(t.Context(), schedule.Resource{Kind: schedule.Courtroom, Name: "x"}); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor enters a room: %v", err)
	}
}
