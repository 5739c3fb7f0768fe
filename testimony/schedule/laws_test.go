package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// drawBooking makes a hearing of one of a few witnesses and cases, within two days, so that they get in each other's way.
func drawBooking(t *rapid.T, id int) schedule.Booking {
	b := schedule.Booking{Hearing: testimony.HearingID(fmt.Sprint("h", id)), CourtZone: "Europe/Paris", WitnessZone: "Asia/Ho_Chi_Minh"}
	b.Case = protection.CaseID(rapid.SampledFrom([]string{"c1", "c2"}).Draw(t, "case"))
	b.Party = protection.PartyID(rapid.SampledFrom([]string{"p1", "p2", "p3", "p4"}).Draw(t, "party"))
	b.Start = day(3, 10+rapid.IntRange(0, 1).Draw(t, "day"), 9).Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "start")) * 15 * time.Minute)
	b.Duration = time.Duration(rapid.IntRange(1, 10).Draw(t, "length")) * 15 * time.Minute
	b.Before = time.Duration(rapid.IntRange(0, 3).Draw(t, "before")) * 15 * time.Minute
	b.After = time.Duration(rapid.IntRange(0, 3).Draw(t, "after")) * 15 * time.Minute
	b.Uses = []schedule.ResourceID{rapid.SampledFrom([]schedule.ResourceID{"room1", "room2", "annexe"}).Draw(t, "room")}
	for _, r := range court() {
		if r.Kind != schedule.Courtroom && rapid.IntRange(0, 3).Draw(t, string(r.ID)) == 0 {
			b.Uses = append(b.Uses, r.ID)
		}
	}
	return b
}

var feud = schedule.Circumstances{Apart: [][2]protection.PartyID{{"p2", "p1"}}}

// TestNoAcceptedScheduleHasAHardConflict plans hearings as they come, each only when nothing hard stands against it, and looks over the whole afterwards, every
// minute of it, by a count that shares nothing with the checker.
func TestNoAcceptedScheduleHasAHardConflict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var accepted []schedule.Booking
		refused := 0
		for i := range rapid.IntRange(1, 12).Draw(t, "hearings") {
			b := drawBooking(t, i)
			if schedule.AnyHard(schedule.NewIndex(court(), accepted, feud, schedule.Rules{}).Check(b)) {
				refused++
				continue
			}
			accepted = append(accepted, b)
		}
		if wrong := overlook(accepted); wrong != "" {
			t.Fatalf("%d accepted, %d refused: %s", len(accepted), refused, wrong)
		}
	})
}

// overlook goes through the minutes of two days.
func overlook(list []schedule.Booking) string {
	number := map[schedule.ResourceID]int{"screens": 2}
	resources := map[schedule.ResourceID]schedule.Resource{}
	for _, r := range court() {
		resources[r.ID] = r
	}
	uses := func(b schedule.Booking, id schedule.ResourceID) bool { return slices.Contains(b.Uses, id) }
	room := func(b schedule.Booking) string { // the courtroom's building
		for _, id := range []schedule.ResourceID{"annexe", "room1", "room2"} {
			if uses(b, id) {
				return resources[id].Building
			}
		}
		return ""
	}
	place := func(b schedule.Booking) string {
		if uses(b, "hanoi") {
			return "consulate"
		}
		return room(b)
	}
	within := func(m time.Time, b schedule.Booking, id schedule.ResourceID) bool {
		from, to := b.Start, b.End()
		if k := resources[id].Kind; k == schedule.RemotePoint || k == schedule.Interpreter || (k == schedule.Courtroom && !uses(b, "hanoi")) {
			from, to = b.From(), b.To()
		}
		return !m.Before(from) && m.Before(to)
	}
	for m := day(3, 10, 0); m.Before(day(3, 13, 0)); m = m.Add(5 * time.Minute) {
		for id := range resources {
			var now []schedule.Booking
			for _, b := range list {
				if uses(b, id) && within(m, b, id) {
					now = append(now, b)
				}
			}
			if len(now) > max(1, number[id]) {
				return fmt.Sprintf("%s is taken %d times at %s", id, len(now), m)
			}
		}
		heard := map[protection.PartyID]string{}
		for _, b := range list {
			if m.Before(b.From()) || !m.Before(b.To()) {
				continue
			}
			if _, twice := heard[b.Party]; twice {
				return fmt.Sprintf("%s is heard twice at %s", b.Party, m)
			}
			heard[b.Party] = place(b)
		}
		if a, b := heard["p1"], heard["p2"]; a != "" && a == b {
			return fmt.Sprintf("two who are kept apart are at %s at %s", a, m)
		}
	}
	for _, a := range list {
		for _, b := range list {
			if a.Case != b.Case || !uses(b, "accused") || place(a) == "" || place(a) != room(b) {
				continue
			}
			for _, w := range []time.Time{a.From(), a.To()} {
				for _, d := range []time.Time{b.Start, b.End()} {
					if w.Sub(d).Abs() < 30*time.Minute {
						return fmt.Sprintf("witness and accused at one door at %s and %s", w, d)
					}
				}
			}
		}
	}
	return ""
}

// TestTheOrderOfTheInputIsOfNoAccount shuffles everything that can be shuffled.
func TestTheOrderOfTheInputIsOfNoAccount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []schedule.Booking
		for i := range rapid.IntRange(1, 10).Draw(t, "hearings") {
			list = append(list, drawBooking(t, i))
		}
		b := drawBooking(t, 99)
		want := schedule.Want{Booking: b, Any: [][]schedule.ResourceID{{"room1", "room2", "annexe"}, {"viet-f", "viet-m"}}, Earliest: day(3, 10, 0), Latest: day(3, 20, 0)}
		want.Uses = []schedule.ResourceID{"judge", "defence"}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		straight := schedule.NewIndex(court(), list, feud, schedule.Rules{})
		resources, shuffled, other := court(), slices.Clone(list), want
		shuffle(random, resources)
		shuffle(random, shuffled)
		other.Any = [][]schedule.ResourceID{{"viet-m", "viet-f"}, {"annexe", "room2", "room1"}}
		other.Uses = []schedule.ResourceID{"defence", "judge"}
		b2 := b
		b2.Uses = slices.Clone(b.Uses)
		shuffle(random, b2.Uses)
		mixed := schedule.NewIndex(resources, shuffled, feud, schedule.Rules{})
		if one, two := straight.Check(b), mixed.Check(b2); !reflect.DeepEqual(one, two) {
			t.Fatalf("%v\n%v", one, two)
		}
		if one, two := straight.Propose(want, 3), mixed.Propose(other, 3); !reflect.DeepEqual(one, two) {
			t.Fatalf("%v\n%v", one, two)
		}
	})
}

func shuffle[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// TestEveryProposalPassesTheChecker proposes rows of sittings in a busy fortnight, plans them, and checks each in the docket that has them all.
func TestEveryProposalPassesTheChecker(t *testing.T) {
	t.Parallel()
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		var list []schedule.Booking
		for i := range rapid.IntRange(0, 12).Draw(t, "hearings") {
			list = append(list, drawBooking(t, i))
		}
		w := schedule.Want{Booking: drawBooking(t, 99), Any: [][]schedule.ResourceID{{"room1", "room2", "annexe"}, {"viet-f", "viet-m"}, {"hanoi"}},
			Earliest: day(3, 9, 0), Latest: day(3, 27, 0), Sittings: rapid.IntRange(1, 3).Draw(t, "sittings"), Keep: rapid.Bool().Draw(t, "keep")}
		w.Uses = rapid.SampledFrom([][]schedule.ResourceID{nil, {"judge"}, {"judge", "defence", "accused", "screens"}}).Draw(t, "uses")
		x := schedule.NewIndex(court(), list, feud, schedule.Rules{})
		proposals := x.Propose(w, 4)
		days := map[string]bool{}
		for _, p := range proposals {
			found++
			if len(p.Sittings) != w.Sittings {
				t.Fatalf("%d sittings, not %d", len(p.Sittings), w.Sittings)
			}
			if on := p.Sittings[0].Start.Format(time.DateOnly); days[on] {
				t.Fatalf("two begin on %s", on)
			} else {
				days[on] = true
			}
			planned := slices.Clone(list)
			for i, s := range p.Sittings {
				s.Hearing = testimony.HearingID(fmt.Sprint("new", i))
				planned = append(planned, s.Booking)
				if s.Start.Before(w.Earliest) || s.End().After(w.Latest) || len(s.Uses) != len(w.Uses)+len(w.Any) {
					t.Fatalf("%+v is not what was wanted", s)
				}
				if w.Keep && !slices.Equal(s.Uses, p.Sittings[0].Uses) {
					t.Fatalf("sitting %d has other people", i)
				}
			}
			all := schedule.NewIndex(court(), planned, feud, schedule.Rules{})
			for _, b := range planned[len(list):] {
				if c := all.Check(b); schedule.AnyHard(c) {
					t.Fatalf("proposed with %v", c)
				}
			}
		}
	})
	if found < 100 {
		t.Errorf("only %d proposals in all: this proves nothing", found)
	}
}

// TestNothingIsProposedBeforeWhatIsPossible holds the first proposal against a search by hand of every quarter of an hour.
func TestNothingIsProposedBeforeWhatIsPossible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []schedule.Booking
		for i := range rapid.IntRange(0, 12).Draw(t, "hearings") {
			list = append(list, drawBooking(t, i))
		}
		x := schedule.NewIndex(court(), list, feud, schedule.Rules{})
		w := schedule.Want{Booking: drawBooking(t, 99), Earliest: day(3, 10, 0), Latest: day(3, 13, 0)}
		w.Uses = []schedule.ResourceID{"room1", "judge", "viet-f", "hanoi"}
		possible := map[string]bool{}
		for at := w.Earliest; !at.Add(w.Duration).After(w.Latest); at = at.Add(15 * time.Minute) {
			b := w.Booking
			b.Hearing, b.Start = "", at
			if !schedule.AnyHard(x.Check(b)) {
				possible[at.Format(time.DateOnly)] = true
			}
		}
		proposed := x.Propose(w, 10)
		if len(proposed) != len(possible) {
			t.Fatalf("%d days are possible, %d are proposed", len(possible), len(proposed))
		}
	})
}
