package schedule_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// court has two courtrooms in one building, a remote point in Hanoi, and those who are needed.
func court() []schedule.Resource {
	hours := schedule.OfficeHours(9*60, 18*60)
	return []schedule.Resource{
		{ID: "room1", Kind: schedule.Courtroom, Name: "Courtroom 1", Building: "palace", Zone: "Europe/Paris", Open: hours, Closed: []schedule.Date{"2027-05-06"}},
		{ID: "room2", Kind: schedule.Courtroom, Name: "Courtroom 2", Building: "palace", Zone: "Europe/Paris", Open: hours},
		{ID: "annexe", Kind: schedule.Courtroom, Name: "Annexe", Building: "annexe", Zone: "Europe/Paris", Open: hours},
		{ID: "hanoi", Kind: schedule.RemotePoint, Name: "Consulate, Hanoi", Building: "consulate", Country: "VN", Zone: "Asia/Ho_Chi_Minh",
			Open: schedule.OfficeHours(8*60, 20*60), Closed: []schedule.Date{"2027-02-08"}, Link: &schedule.LinkReport{Tested: day(1, 1, 9), Good: true}},
		{ID: "judge", Kind: schedule.Judge, Name: "Presiding judge", Turn: 15},
		{ID: "defence", Kind: schedule.Defence, Name: "Counsel for the defence", Closed: []schedule.Date{"2027-03-11"}},
		{ID: "accused", Kind: schedule.Accused, Name: "The accused"},
		{ID: "viet-f", Kind: schedule.Interpreter, Name: "Interpreter 1", Sex: schedule.Female, Speech: []schedule.Speech{{Language: "vi", Dialect: "Nghe An"}, {Language: "vi"}}},
		{ID: "viet-m", Kind: schedule.Interpreter, Name: "Interpreter 2", Sex: schedule.Male, Speech: []schedule.Speech{{Language: "vi"}}},
		{ID: "helper", Kind: schedule.Intermediary, Name: "Intermediary 1"},
		{ID: "screens", Kind: schedule.Equipment, Name: "Screens", Number: 2},
	}
}

func day(month time.Month, d, hour int) time.Time {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return time.Date(2027, month, d, hour, 0, 0, 0, zone)
}

// hearing is one from ten to eleven on a Wednesday in March.
func hearing(id string, uses ...schedule.ResourceID) schedule.Booking {
	return schedule.Booking{Hearing: testimony.HearingID(id), Case: "c", Party: protection.PartyID("witness of " + id), Start: day(3, 10, 10), Duration: time.Hour,
		CourtZone: "Europe/Paris", WitnessZone: "Asia/Ho_Chi_Minh", Uses: uses}
}

func at(b schedule.Booking, start time.Time) schedule.Booking {
	b.Start = start
	return b
}

func with(b schedule.Booking, change func(*schedule.Booking)) schedule.Booking {
	change(&b)
	return b
}

// TestConflicts plans one hearing beside another and names what stands against it, and nothing else.
func TestConflicts(t *testing.T) {
	t.Parallel()
	slots := func(before, after time.Duration) func(*schedule.Booking) {
		return func(b *schedule.Booking) { b.Before, b.After = before, after }
	}
	ready := schedule.Standing{Language: "vi", Permits: []schedule.Permit{{Country: "VN", Case: "c", Granted: true}}}
	for name, c := range map[string]struct {
		there    []schedule.Booking
		wanted   schedule.Booking
		standing schedule.Standing
		apart    [][2]protection.PartyID
		want     []schedule.Rule
	}{
		"nothing against it":            {wanted: hearing("a", "room1", "judge", "viet-f")},
		"a room twice":                  {there: []schedule.Booking{hearing("b", "room1")}, wanted: hearing("a", "room1"), want: []schedule.Rule{schedule.DoubleBooked}},
		"one after the other":           {there: []schedule.Booking{at(hearing("b", "room1"), day(3, 10, 11))}, wanted: hearing("a", "room1")},
		"a judge needs a pause":         {there: []schedule.Booking{at(hearing("b", "room1", "judge"), day(3, 10, 11))}, wanted: hearing("a", "room1", "judge"), want: []schedule.Rule{schedule.NoTurn}},
		"a judge in two buildings":      {there: []schedule.Booking{at(hearing("b", "annexe", "judge"), day(3, 10, 11))}, wanted: hearing("a", "room1", "judge"), want: []schedule.Rule{schedule.TooFar}},
		"the second of two screens":     {there: []schedule.Booking{hearing("b", "screens")}, wanted: hearing("a", "screens")},
		"a third of two screens":        {there: []schedule.Booking{hearing("b", "screens"), hearing("d", "screens")}, wanted: hearing("a", "screens"), want: []schedule.Rule{schedule.DoubleBooked, schedule.DoubleBooked}},
		"two screens one by one":        {there: []schedule.Booking{at(hearing("b", "screens"), day(3, 10, 9)), at(hearing("d", "screens"), day(3, 10, 11))}, wanted: with(at(hearing("a", "screens"), day(3, 10, 9)), func(b *schedule.Booking) { b.Duration = 3 * time.Hour })},
		"before the house opens":        {wanted: at(hearing("a", "room1"), day(3, 10, 8)), want: []schedule.Rule{schedule.Shut}},
		"on a Sunday":                   {wanted: at(hearing("a", "room1"), day(3, 14, 10)), want: []schedule.Rule{schedule.Shut}},
		"on the court's holiday":        {wanted: at(hearing("a", "room1"), day(5, 6, 10)), want: []schedule.Rule{schedule.Shut}},
		"on the other end's holiday":    {wanted: at(hearing("a", "room1", "hanoi"), day(2, 8, 10)), want: []schedule.Rule{schedule.Shut}},
		"evening at the other end":      {wanted: at(hearing("a", "room1", "hanoi"), day(3, 10, 14)), want: []schedule.Rule{schedule.Shut}},
		"the debriefing is after hours": {wanted: with(at(hearing("a", "room1", "hanoi"), day(3, 10, 13)), slots(0, time.Hour)), want: []schedule.Rule{schedule.Shut}},
		"a long one that began before a short one": {there: []schedule.Booking{with(at(hearing("b", "room1"), day(3, 10, 9)), func(b *schedule.Booking) { b.Duration = 4 * time.Hour }),
			with(at(hearing("d", "room1"), day(3, 10, 9).Add(30*time.Minute)), func(b *schedule.Booking) { b.Duration = 15 * time.Minute })}, wanted: hearing("a", "room1"), want: []schedule.Rule{schedule.DoubleBooked}},
		"a lawyer on leave":              {wanted: at(hearing("a", "defence"), day(3, 11, 10)), want: []schedule.Rule{schedule.Away}},
		"the witness's night":            {wanted: at(hearing("a", "room1"), day(3, 10, 16)), want: []schedule.Rule{schedule.WitnessNight}},
		"the witness twice":              {there: []schedule.Booking{with(hearing("b"), func(b *schedule.Booking) { b.Party = "witness of a" })}, wanted: hearing("a"), want: []schedule.Rule{schedule.WitnessTwice}},
		"kept apart":                     {there: []schedule.Booking{at(hearing("b", "hanoi"), day(3, 10, 11))}, wanted: hearing("a", "hanoi"), apart: [][2]protection.PartyID{{"witness of b", "witness of a"}}, want: []schedule.Rule{schedule.KeptApart}},
		"kept apart in two countries":    {there: []schedule.Booking{hearing("b", "room1")}, wanted: hearing("a", "hanoi"), apart: [][2]protection.PartyID{{"witness of b", "witness of a"}}},
		"the accused at the same door":   {wanted: hearing("a", "room1", "accused"), want: []schedule.Rule{schedule.SameDoors}},
		"the accused half an hour later": {wanted: with(hearing("a", "room1", "accused"), slots(30*time.Minute, 30*time.Minute))},
		"the accused far away":           {wanted: hearing("a", "room1", "hanoi", "accused")},
		"the accused of another hearing": {there: []schedule.Booking{at(hearing("b", "room2", "hanoi", "accused"), day(3, 10, 11))}, wanted: hearing("a", "room1"), want: []schedule.Rule{schedule.SameDoors}},
		"a witness of another hearing":   {there: []schedule.Booking{at(hearing("b", "room2"), day(3, 10, 11))}, wanted: hearing("a", "room1", "hanoi", "accused"), want: []schedule.Rule{schedule.SameDoors}},
		"the accused of another case":    {there: []schedule.Booking{with(at(hearing("b", "room2", "hanoi", "accused"), day(3, 10, 11)), func(b *schedule.Booking) { b.Case = "d" })}, wanted: hearing("a", "room1")},
		"no such room":                   {wanted: hearing("a", "room9"), want: []schedule.Rule{schedule.UnknownResource}},
		"no such zone":                   {wanted: with(hearing("a"), func(b *schedule.Booking) { b.WitnessZone = "Mars/Olympus" }), want: []schedule.Rule{schedule.UnknownZone}},
		"no length":                      {wanted: with(hearing("a"), func(b *schedule.Booking) { b.Duration = 0 }), want: []schedule.Rule{schedule.NoTime}},
		"the wrong dialect":              {wanted: hearing("a", "viet-m"), standing: schedule.Standing{Language: "vi", Dialect: "Nghe An"}, want: []schedule.Rule{schedule.WrongDialect}},
		"the wrong sex":                  {wanted: hearing("a", "viet-m"), standing: schedule.Standing{Language: "vi", Sex: schedule.Female}, want: []schedule.Rule{schedule.WrongSex}},
		"the wrong language":             {wanted: hearing("a", "viet-f"), standing: schedule.Standing{Language: "am"}, want: []schedule.Rule{schedule.WrongLanguage}},
		"too long at a stretch":          {wanted: hearing("a"), standing: schedule.Standing{Longest: 45 * time.Minute}, want: []schedule.Rule{schedule.TooLong}},
		"with breaks":                    {wanted: with(hearing("a"), func(b *schedule.Booking) { b.BreakEvery = 40 * time.Minute }), standing: schedule.Standing{Longest: 45 * time.Minute}},
		"no order on that day":           {wanted: hearing("a"), standing: schedule.Standing{Applied: true, Orders: []schedule.Period{{From: day(1, 1, 0), Until: day(3, 10, 10)}}}, want: []schedule.Rule{schedule.NoOrder}},
		"an order on that day":           {wanted: hearing("a"), standing: schedule.Standing{Applied: true, Orders: []schedule.Period{{From: day(1, 1, 0)}}}},
		"not prepared":                   {wanted: hearing("a"), standing: schedule.Standing{Language: "vi", Waits: true}, want: []schedule.Rule{schedule.Unprepared}},
		"no intermediary":                {wanted: hearing("a"), standing: schedule.Standing{Intermediary: true}, want: []schedule.Rule{schedule.NoIntermediary}},
		"an intermediary":                {wanted: hearing("a", "helper"), standing: schedule.Standing{Intermediary: true}},
		"no consent to be recorded":      {wanted: hearing("a"), standing: schedule.Standing{Unrecorded: true}, want: []schedule.Rule{schedule.ConsentRefused}},
		"withdrawn, and said once":       {wanted: hearing("a"), standing: schedule.Standing{Unrecorded: true, Withdrawn: true}, want: []schedule.Rule{schedule.ConsentGone}},
		"a dialect in other letters":     {wanted: hearing("a", "viet-f"), standing: schedule.Standing{Language: "vi", Dialect: "nghe an "}},
		"consent withdrawn":              {wanted: hearing("a"), standing: schedule.Standing{Withdrawn: true}, want: []schedule.Rule{schedule.ConsentGone}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if reflect.DeepEqual(c.standing, schedule.Standing{}) {
				c.standing = ready
			}
			x := schedule.NewIndex(court(), append(c.there, c.wanted), schedule.Circumstances{
				Parties: map[protection.PartyID]schedule.Standing{"witness of a": c.standing}, Apart: c.apart}, schedule.Rules{})
			var got []schedule.Rule
			for _, f := range x.Check(c.wanted) {
				got = append(got, f.Rule)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}
