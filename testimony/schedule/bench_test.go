package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// district is a court of so many hearings from 2027 on: enough rooms and people that they fit, by the rules of a real day.
func district(hearings, years int) ([]schedule.Resource, []schedule.Booking, schedule.Circumstances) {
	each := hearings/(years*250*3) + 1 // rooms, with three hearings a day each
	var resources []schedule.Resource
	kinds := []schedule.Kind{schedule.Courtroom, schedule.RemotePoint, schedule.Judge, schedule.Prosecution, schedule.Defence, schedule.Interpreter, schedule.Support, schedule.Coordinator}
	id := func(k schedule.Kind, n int) schedule.ResourceID { return schedule.ResourceID(fmt.Sprint(k, n)) }
	for _, k := range kinds {
		for n := range each {
			r := schedule.Resource{ID: id(k, n), Kind: k, Name: "x", Zone: "Europe/Paris", Open: schedule.OfficeHours(8*60, 18*60)}
			switch k {
			case schedule.Courtroom:
				r.Building = fmt.Sprint("house ", n/20)
			case schedule.RemotePoint:
				r.Building, r.Zone, r.Open = fmt.Sprint("consulate ", n), "Asia/Ho_Chi_Minh", schedule.OfficeHours(8*60, 22*60)
				r.Link = &schedule.LinkReport{Good: true}
			case schedule.Interpreter:
				r.Speech = []schedule.Speech{{Language: "vi"}}
			}
			resources = append(resources, r)
		}
	}
	var bookings []schedule.Booking
	c := schedule.Circumstances{Parties: map[protection.PartyID]schedule.Standing{}}
	start := day(1, 4, 9)
	for i := range hearings {
		slot := i / each
		b := schedule.Booking{Hearing: testimony.HearingID(fmt.Sprint("h", i)), Case: protection.CaseID(fmt.Sprint("c", i%2000)), Party: protection.PartyID(fmt.Sprint("p", i%5000)),
			Start: start.AddDate(0, 0, slot/15*7+slot/3%5).Add(time.Duration(slot%3) * 150 * time.Minute), Duration: time.Hour, Before: 30 * time.Minute, After: 30 * time.Minute,
			CourtZone: "Europe/Paris", WitnessZone: "Asia/Ho_Chi_Minh"}
		for _, k := range kinds {
			b.Uses = append(b.Uses, id(k, i%each))
		}
		bookings = append(bookings, b)
		c.Parties[b.Party] = schedule.Standing{Language: "vi"}
	}
	for i := range 1000 {
		c.Apart = append(c.Apart, [2]protection.PartyID{protection.PartyID(fmt.Sprint("p", i)), protection.PartyID(fmt.Sprint("p", i+1000))})
	}
	return resources, bookings, c
}

// BenchmarkCheck checks one booking against a docket of 100,000 hearings.
func BenchmarkCheck(b *testing.B) {
	resources, bookings, c := district(100_000, 5)
	begun := time.Now()
	x := schedule.NewIndex(resources, bookings, c, schedule.Rules{})
	built := time.Since(begun)
	i, found := 0, 0
	var took time.Duration
	for b.Loop() {
		i = (i + 7919) % len(bookings)
		booking := bookings[i]
		booking.Hearing, booking.Start = "new", booking.Start.Add(45*time.Minute)
		begun := time.Now()
		found += len(x.Check(booking))
		took += time.Since(begun)
	}
	if found == 0 {
		b.Fatal("nothing clashes: this is no docket")
	}
	b.ReportMetric(float64(took.Microseconds())/float64(b.N)/1000, "ms/check")
	b.ReportMetric(float64(built.Milliseconds()), "ms/index")
}

// BenchmarkPropose looks for the best three times of a hearing of eight resources within a year of 20,000 hearings.
func BenchmarkPropose(b *testing.B) {
	resources, bookings, c := district(20_000, 1)
	x := schedule.NewIndex(resources, bookings, c, schedule.Rules{})
	choices := map[schedule.Kind][]schedule.ResourceID{}
	for _, r := range resources {
		choices[r.Kind] = append(choices[r.Kind], r.ID)
	}
	var fixed, chosen time.Duration
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(bookings)
		w := schedule.Want{Booking: bookings[i], Earliest: day(1, 4, 0), Latest: day(12, 31, 23)}
		w.Duration = 2 * time.Hour
		fixed += search(b, x, w)
		w.Uses, w.Any = nil, nil
		for _, k := range []schedule.Kind{schedule.Courtroom, schedule.RemotePoint, schedule.Judge, schedule.Prosecution, schedule.Defence, schedule.Interpreter, schedule.Support, schedule.Coordinator} {
			w.Any = append(w.Any, choices[k][:10])
		}
		chosen += search(b, x, w)
	}
	b.ReportMetric(float64(fixed.Microseconds())/float64(b.N)/1000, "ms/search")
	b.ReportMetric(float64(chosen.Microseconds())/float64(b.N)/1000, "ms/choosing-search")
}

func search(b *testing.B, x *schedule.Index, w schedule.Want) time.Duration {
	begun := time.Now()
	if found := x.Propose(w, 3); len(found) != 3 {
		b.Fatalf("%d are found", len(found))
	}
	return time.Since(begun)
}
