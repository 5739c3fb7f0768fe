package docket_test

import (
	"errors"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/reminder"
)

// TestRemindersOfTheTrainingHearing tells people of a hearing, moves it, and has to tell them again.
func TestRemindersOfTheTrainingHearing(t *testing.T) {
	t.Parallel()
	d := as(t, training(t), testimony.Clerk)
	ctx := t.Context()
	h := must(d.FindHearing(ctx, "hearing-1"))(t)
	open := func() (n int) {
		t.Helper()
		for _, x := range must(d.Reminders(ctx))(t) {
			for _, r := range x.Reminders {
				if x.Hearing.ID == h.ID && r.Done == nil {
					n++
				}
			}
		}
		return n
	}
	onTheList := func() (n int) {
		t.Helper()
		for _, i := range must(d.Today(ctx, d.Now()))(t) {
			if i.Kind == docket.RemindersDue && i.Hearing == h.ID {
				n = i.Count
			}
		}
		return n
	}
	all, due := open(), onTheList()
	if all < 5 || due == 0 {
		t.Fatalf("%d things are to be told, %d of them by now", all, due)
	}
	for want, err := range map[error]error{
		reminder.ErrNone: d.Remind(ctx, h.ID, reminder.Hour, "nobody", "telephone"),
		reminder.ErrHow:  d.Remind(ctx, h.ID, reminder.Hour, testimony.Advocate, "pigeon"),
	} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if err := d.Remind(ctx, h.ID, reminder.Hour, testimony.Advocate, "telephone"); err != nil {
		t.Fatal(err)
	}
	if open() != all-1 || onTheList() != due-1 {
		t.Errorf("%d of %d are open, %d of %d are due", open(), all, onTheList(), due)
	}
	later := h
	later.Start = h.Start.Add(72 * time.Hour)
	for _, c := range must(d.Against(ctx, later))(t) {
		later.Accepted = append(later.Accepted, testimony.Acceptance{Key: c.Key(), Reason: "a test"})
	}
	if moved, err := d.Reschedule(ctx, h, later); err != nil {
		t.Fatal(err)
	} else if h = moved; open() != all {
		t.Errorf("after the move %d of %d are open", open(), all)
	}
	if err := as(t, d, testimony.Auditor).Remind(ctx, h.ID, reminder.Hour, testimony.Advocate, "telephone"); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the auditor: %v", err)
	}
}
