package reminder

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony"
	"paravent/testimony/schedule"
)

var start = time.Date(2027, 3, 10, 9, 0, 0, 0, time.UTC)

func hearing() testimony.Hearing {
	return testimony.Hearing{ID: "h", Start: start, Duration: 2 * time.Hour, After: 30 * time.Minute}
}

var takes = []schedule.Resource{{ID: "room", Kind: schedule.Courtroom}, {ID: "point", Kind: schedule.RemotePoint}, {ID: "i", Kind: schedule.Interpreter},
	{ID: "a", Kind: schedule.Accused}, {ID: "d", Kind: schedule.Defence}}

func keys(list []Reminder) (all []string) {
	for _, r := range list {
		all = append(all, r.Key())
	}
	return all
}

func TestWhoIsToBeTold(t *testing.T) {
	want := []string{"confirm/d", "confirm/i", "prepare/advocate", "try/point", "hour/advocate", "hour/d", "hour/i", "debrief/advocate"}
	list := List(hearing(), takes, nil)
	if got := keys(list); !slices.Equal(got, want) {
		t.Fatalf("got %v", got)
	}
	if due := list[len(list)-1].Due; !due.Equal(start.Add(26*time.Hour + 30*time.Minute)) {
		t.Errorf("the debriefing is due %v", due)
	}
	seated := hearing()
	for _, role := range testimony.Roles {
		seated.Participants = append(seated.Participants, testimony.Participant{ID: testimony.ParticipantID(role), Role: role})
	}
	added := keys(List(seated, takes, nil))
	added = slices.DeleteFunc(added, func(k string) bool { return slices.Contains(want, k) })
	slices.Sort(added)
	if !slices.Equal(added, []string{"confirm/coordinator", "confirm/prosecution", "confirm/support", "hour/coordinator", "hour/prosecution", "hour/support"}) {
		t.Errorf("seats add %v", added)
	}
	cancelled := hearing()
	cancelled.Cancelled = start
	if got := List(cancelled, takes, nil); len(got) > 0 {
		t.Errorf("a cancelled hearing asks %v", keys(got))
	}
	held := hearing()
	held.Held = start.Add(time.Hour)
	if got := keys(List(held, takes, nil)); !slices.Equal(got, []string{"debrief/advocate"}) {
		t.Errorf("a hearing that was held asks %v", got)
	}
}

// The witness and the accused are nobody's to call: no reminder names their seat.
func TestNobodyCallsTheWitness(t *testing.T) {
	for _, r := range List(hearing(), takes, nil) {
		if r.Who == "a" || r.Who == "" {
			t.Errorf("%s", r.Key())
		}
	}
}

func TestAMoveAsksAgain(t *testing.T) {
	h := hearing()
	done := []Done{{Hearing: "h", Start: start, Occasion: Confirm, Who: "i", How: "telephone", At: start.Add(-100 * time.Hour)}}
	find := func(h testimony.Hearing) Reminder {
		list := List(h, takes, done)
		return list[slices.IndexFunc(list, func(r Reminder) bool { return r.Key() == "confirm/i" })]
	}
	if find(h).At(start) != Told {
		t.Error("what was told counts for nothing")
	}
	h.Start = start.Add(24 * time.Hour)
	if find(h).Done != nil {
		t.Error("what was told of another hour counts")
	}
}

func TestUrgency(t *testing.T) {
	r := Reminder{Start: start, Occasion: Confirm, Due: start.Add(-7 * 24 * time.Hour)}
	for at, want := range map[time.Duration]State{-8 * 24 * time.Hour: Coming, -7*24*time.Hour + time.Hour: Due, -5 * 24 * time.Hour: Overdue} {
		if got := r.At(start.Add(at)); got != want {
			t.Errorf("%v before: %s", -at, got)
		}
	}
	hour := Reminder{Start: start, Occasion: Hour, Due: start.Add(-24 * time.Hour)}
	if hour.At(start.Add(-time.Hour)) != Due || hour.At(start) != Overdue {
		t.Error("the hour of a hearing that has begun is only due")
	}
	debrief := Reminder{Start: start, Occasion: Debrief, Due: start.Add(26 * time.Hour)}
	if debrief.At(start.Add(27*time.Hour)) != Due {
		t.Error("a debriefing is overdue at once")
	}
}

func TestChecks(t *testing.T) {
	list := List(hearing(), takes, nil)
	for want, d := range map[error]Done{ErrHow: {Occasion: Confirm, Who: "i", How: "sms"}, ErrNone: {Occasion: Confirm, Who: "room", How: "letter"}} {
		if err := d.Check(list); !errors.Is(err, want) {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if err := (Done{Occasion: Confirm, Who: "i", How: "letter"}).Check(list); err != nil {
		t.Error(err)
	}
}

// Each is there once, in the order of its hour, whatever the order of what was entered.
func TestTheOrderOfEntriesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := append(slices.Clone(takes), rapid.SliceOfN(rapid.SampledFrom(takes), 0, 6).Draw(t, "twice")...)
		var done []Done
		for i := range rapid.IntRange(0, 12).Draw(t, "entries") {
			done = append(done, Done{Hearing: "h", Start: start, Occasion: rapid.SampledFrom(Occasions).Draw(t, "occasion"),
				Who: rapid.SampledFrom([]string{"i", "d", "point", testimony.Advocate}).Draw(t, "who"), How: "letter", At: start.Add(time.Duration(i) * time.Minute)})
		}
		first := List(hearing(), all, done)
		shuffled := slices.Clone(done)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		slices.Reverse(all)
		second := List(hearing(), all, shuffled)
		if !slices.EqualFunc(first, second, func(a, b Reminder) bool {
			return a.Key() == b.Key() && (a.Done == nil) == (b.Done == nil) && (a.Done == nil || a.Done.At.Equal(b.Done.At))
		}) {
			t.Fatalf("%v and %v", keys(first), keys(second))
		}
		if !slices.IsSortedFunc(first, func(a, b Reminder) int { return a.Due.Compare(b.Due) }) {
			t.Fatal("not by the hour")
		}
	})
}
