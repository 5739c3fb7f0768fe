package schedule_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony/schedule"
)

// house is a courtroom in France, remote points in Vietnam, in France and in a country that nobody has named.
func house() []schedule.Resource {
	return []schedule.Resource{
		{ID: "room", Kind: schedule.Courtroom, Name: "Courtroom 1", Country: "FR"},
		{ID: "nowhere", Kind: schedule.Courtroom, Name: "Courtroom 2"},
		{ID: "hanoi", Kind: schedule.RemotePoint, Name: "Consulate, Hanoi", Country: "VN", Link: &schedule.LinkReport{Tested: day(1, 1, 9), Good: true}},
		{ID: "lyon", Kind: schedule.RemotePoint, Name: "Court of Lyon", Country: "FR", Link: &schedule.LinkReport{Tested: day(1, 1, 9), Good: true}},
		{ID: "unsaid", Kind: schedule.RemotePoint, Name: "Office", Link: &schedule.LinkReport{Tested: day(1, 1, 9), Good: true}},
	}
}

func planOf(b schedule.Booking, permits ...schedule.Permit) *schedule.Index {
	return schedule.NewIndex(house(), []schedule.Booking{b}, schedule.Circumstances{Parties: map[protection.PartyID]schedule.Standing{b.Party: {Permits: permits}}}, schedule.Rules{})
}

// TestWhereTheWitnessIs says from which States a witness testifies, and where that is in doubt.
func TestWhereTheWitnessIs(t *testing.T) {
	t.Parallel()
	home := func(b schedule.Booking) schedule.Booking { b.WitnessZone = b.CourtZone; return b }
	asked := schedule.Permit{Country: "VN", Case: "c"}
	for name, c := range map[string]struct {
		booking schedule.Booking
		permits []schedule.Permit
		want    []schedule.Place
	}{
		"at the court":                          {booking: home(hearing("a", "room"))},
		"at a remote point of the same country": {booking: hearing("a", "room", "lyon")},
		"abroad":                                {booking: hearing("a", "room", "hanoi"), want: []schedule.Place{{Country: "VN", Point: "hanoi"}}},
		"abroad, by the same clock":             {booking: home(hearing("a", "room", "hanoi")), want: []schedule.Place{{Country: "VN", Point: "hanoi"}}},
		"the court's country is not said":       {booking: hearing("a", "nowhere", "lyon"), want: []schedule.Place{{Country: "FR", Point: "lyon"}}},
		"no courtroom":                          {booking: hearing("a", "hanoi"), want: []schedule.Place{{Country: "VN", Point: "hanoi"}}},
		"the point's country is not said":       {booking: hearing("a", "room", "unsaid"), want: []schedule.Place{{Point: "unsaid"}}},
		"another clock and no remote point":     {booking: hearing("a", "room"), want: []schedule.Place{{}}},
		"asked for, and no remote point":        {booking: home(hearing("a", "room")), permits: []schedule.Permit{asked}, want: []schedule.Place{{Country: "VN"}}},
		"asked for in another case":             {booking: home(hearing("a", "room")), permits: []schedule.Permit{{Country: "VN", Case: "d"}}},
		"asked for another hearing":             {booking: home(hearing("a", "room")), permits: []schedule.Permit{{Country: "VN", Case: "c", Hearing: "b"}}},
		"two remote points":                     {booking: hearing("a", "room", "unsaid", "hanoi"), want: []schedule.Place{{Point: "unsaid"}, {Country: "VN", Point: "hanoi"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := planOf(c.booking, c.permits...).Abroad(c.booking); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestPermits plans a hearing of a witness in Hanoi on 10 March, ten o'clock in Paris.
func TestPermits(t *testing.T) {
	t.Parallel()
	given := schedule.Permit{Country: "VN", Case: "c", Granted: true}
	for name, c := range map[string]struct {
		permit schedule.Permit
		want   bool
	}{
		"given":                    {given, true},
		"only asked for":           {schedule.Permit{Country: "VN", Case: "c"}, false},
		"for another country":      {schedule.Permit{Country: "KH", Case: "c", Granted: true}, false},
		"for another case":         {schedule.Permit{Country: "VN", Case: "d", Granted: true}, false},
		"for this hearing":         {schedule.Permit{Country: "VN", Case: "c", Hearing: "a", Granted: true}, true},
		"for another hearing":      {schedule.Permit{Country: "VN", Case: "c", Hearing: "b", Granted: true}, false},
		"for this remote point":    {schedule.Permit{Country: "VN", Case: "c", Point: "hanoi", Granted: true}, true},
		"for another remote point": {schedule.Permit{Country: "VN", Case: "c", Point: "hue", Granted: true}, false},
		"until that day":           {schedule.Permit{Country: "VN", Case: "c", Granted: true, Until: "2027-03-10"}, true},
		"until the day before":     {schedule.Permit{Country: "VN", Case: "c", Granted: true, Until: "2027-03-09"}, false},
		"from that day":            {schedule.Permit{Country: "VN", Case: "c", Granted: true, From: "2027-03-10"}, true},
		"from the day after":       {schedule.Permit{Country: "VN", Case: "c", Granted: true, From: "2027-03-11"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := hearing("a", "room", "hanoi")
			stands := slices.ContainsFunc(planOf(b, c.permit).Check(b), func(f schedule.Conflict) bool { return f.Rule == schedule.NoPermit })
			if stands == c.want {
				t.Errorf("a permission stands against it: %v", stands)
			}
		})
	}
}

// TestAPermitEndsByTheWitnesssCalendar plans an evening in Paris that is the next day in Hanoi.
func TestAPermitEndsByTheWitnesssCalendar(t *testing.T) {
	t.Parallel()
	b := at(hearing("a", "room", "hanoi"), day(3, 10, 17)) // 23:00 in Hanoi, until midnight and a day
	b.Duration = 2 * time.Hour
	p := schedule.Permit{Country: "VN", Case: "c", Granted: true, Until: "2027-03-10"}
	if x := planOf(b, p); x.Permitted(b, schedule.Place{Country: "VN", Point: "hanoi"}, b.Start, b.End()) {
		t.Error("the permission ends at midnight in Hanoi, and the hearing after it")
	}
}

// TestAPermitCoversNoMoreThanItSays draws permits and hearings: whatever is covered is of the case, the country and the days of a permit that was given, and
// taking a permit away never allows more.
func TestAPermitCoversNoMoreThanItSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := []schedule.Date{"", "2027-03-08", "2027-03-10", "2027-03-12"}
		var permits []schedule.Permit
		for range rapid.IntRange(0, 4).Draw(t, "permits") {
			permits = append(permits, schedule.Permit{Country: rapid.SampledFrom([]string{"VN", "KH", "FR"}).Draw(t, "country"), Case: protection.CaseID(rapid.SampledFrom([]string{"c", "d"}).Draw(t, "case")),
				Point: rapid.SampledFrom([]schedule.ResourceID{"", "hanoi", "lyon"}).Draw(t, "point"), Granted: rapid.Bool().Draw(t, "granted"),
				From: rapid.SampledFrom(days).Draw(t, "from"), Until: rapid.SampledFrom(days).Draw(t, "until")})
		}
		b := at(hearing("a", "room", rapid.SampledFrom([]schedule.ResourceID{"hanoi", "lyon", "unsaid"}).Draw(t, "where")), day(3, rapid.IntRange(7, 13).Draw(t, "day"), 10))
		x := planOf(b, permits...)
		for _, place := range x.Abroad(b) {
			allowed := x.Permitted(b, place, b.Start, b.End())
			on := schedule.Date(b.Start.Format(time.DateOnly)) // the same day at both ends
			want := slices.ContainsFunc(permits, func(p schedule.Permit) bool {
				return p.Granted && p.Case == "c" && place.Country != "" && p.Country == place.Country && (p.Point == "" || p.Point == place.Point) &&
					(p.From == "" || p.From <= on) && (p.Until == "" || on <= p.Until)
			})
			if allowed != want {
				t.Fatalf("%v at %v by %v: %v", b.Start, place, permits, allowed)
			}
			for i := range permits {
				fewer := slices.Delete(slices.Clone(permits), i, i+1)
				if y := planOf(b, fewer...); !allowed && y.Permitted(b, place, b.Start, b.End()) {
					t.Fatal("without a permit more is allowed")
				}
			}
		}
	})
}
