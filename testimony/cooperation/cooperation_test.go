package cooperation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/schedule"
)

var noon = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func asked() cooperation.Request {
	return cooperation.Request{ID: "r", Case: "c", Party: "p", Country: "VN", Instrument: cooperation.UNTOC, Authority: "Central authority", Asked: "2027-02-01"}
}

// hearing is one on 10 March of a witness at a remote point in Hanoi.
func hearing() testimony.Hearing {
	return testimony.Hearing{ID: "h", Case: "c", Party: "p", Start: time.Date(2027, 3, 10, 9, 0, 0, 0, time.UTC), Duration: time.Hour, CourtZone: "Europe/Paris", WitnessZone: "Asia/Ho_Chi_Minh",
		Uses: []testimony.ResourceID{"room", "hanoi"}}
}

func docketOf(list ...cooperation.Request) *schedule.Index {
	var permits []schedule.Permit
	for _, r := range list {
		if p, ok := r.Permit(); ok {
			permits = append(permits, p)
		}
	}
	return schedule.NewIndex([]schedule.Resource{{ID: "room", Kind: schedule.Courtroom, Name: "Courtroom 1", Country: "FR"}, {ID: "hanoi", Kind: schedule.RemotePoint, Name: "Consulate", Country: "VN"}},
		nil, schedule.Circumstances{Parties: map[protection.PartyID]schedule.Standing{"p": {Permits: permits}}}, schedule.Rules{})
}

func TestWhatIsNotEntered(t *testing.T) {
	t.Parallel()
	if err := asked().Check(noon); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*cooperation.Request){
		"case":       func(r *cooperation.Request) { r.Case = "" },
		"party":      func(r *cooperation.Request) { r.Party = "" },
		"country":    func(r *cooperation.Request) { r.Country = "vn" },
		"instrument": func(r *cooperation.Request) { r.Instrument = "friendship" },
		"authority":  func(r *cooperation.Request) { r.Authority = "\x00" },
		"reference":  func(r *cooperation.Request) { r.Reference = strings.Repeat("x", 201) },
		"asked":      func(r *cooperation.Request) { r.Asked = "2027-03-03" },
		"due":        func(r *cooperation.Request) { r.Due = "2027-01-31" },
	} {
		r := asked()
		change(&r)
		var entry *cooperation.EntryError
		if err := r.Check(noon); !errors.As(err, &entry) || entry.Field != field || !errors.Is(err, cooperation.ErrEntry) {
			t.Errorf("%s: %v", field, err)
		}
	}
	granted := cooperation.Answer{Verdict: cooperation.Granted, On: "2027-02-20"}
	for field, change := range map[string]func(*cooperation.Answer){
		"verdict":    func(a *cooperation.Answer) { a.Verdict = "perhaps" },
		"on":         func(a *cooperation.Answer) { a.On = "2027-01-31" },
		"until":      func(a *cooperation.Answer) { a.From, a.Until = "2027-03-10", "2027-03-09" },
		"present":    func(a *cooperation.Answer) { a.Conditions.Present = []cooperation.Attendant{"a general"} },
		"oath":       func(a *cooperation.Answer) { a.Conditions.Oath = "by the moon" },
		"recording":  func(a *cooperation.Answer) { a.Conditions.Recording = "perhaps" },
		"other":      func(a *cooperation.Answer) { a.Conditions.Other = strings.Repeat("x", 2001) },
		"conditions": func(a *cooperation.Answer) { a.Verdict, a.Until = cooperation.Refused, "2027-03-09" },
	} {
		a := granted
		change(&a)
		r, err := asked().Answered(a, noon)
		var entry *cooperation.EntryError
		if !errors.As(err, &entry) || entry.Field != field || len(r.Answers) != 0 {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestStates walks a request through its life.
func TestStates(t *testing.T) {
	t.Parallel()
	with := func(due schedule.Date, answers ...cooperation.Answer) cooperation.Request {
		r := asked()
		r.Due = due
		for _, a := range answers {
			a.On = "2027-02-20"
			next, err := r.Answered(a, noon)
			if err != nil {
				t.Fatal(err)
			}
			r = next
		}
		return r
	}
	given := cooperation.Answer{Verdict: cooperation.Granted, From: "2027-03-05", Until: "2027-03-15"}
	withdrawn, err := with("").Withdraw("no longer needed", noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r     cooperation.Request
		today schedule.Date
		want  cooperation.State
	}{
		"asked":                     {with("2027-03-01"), "2027-03-01", cooperation.Waiting},
		"the answer is late":        {with("2027-03-01"), "2027-03-02", cooperation.Overdue},
		"it asks for more":          {with("", cooperation.Answer{Verdict: cooperation.MoreWanted}), "2027-03-02", cooperation.AsksMore},
		"more, and late":            {with("2027-03-01", cooperation.Answer{Verdict: cooperation.MoreWanted}), "2027-03-02", cooperation.Overdue},
		"refused":                   {with("2027-03-01", cooperation.Answer{Verdict: cooperation.Refused}), "2027-03-02", cooperation.Declined},
		"not yet":                   {with("", given), "2027-03-04", cooperation.NotYet},
		"in force on its first day": {with("", given), "2027-03-05", cooperation.Given},
		"in force on its last day":  {with("", given), "2027-03-15", cooperation.Given},
		"ended":                     {with("", given), "2027-03-16", cooperation.Ended},
		"refused after all":         {with("", given, cooperation.Answer{Verdict: cooperation.Refused}), "2027-03-10", cooperation.Declined},
		"withdrawn":                 {withdrawn, "2027-03-10", cooperation.CalledBack},
	} {
		if got := c.r.State(c.today); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestTheLateCourtroom opens the courtroom long before and long after the hour: the permission has to be in force then.
func TestTheLateCourtroom(t *testing.T) {
	t.Parallel()
	r, err := asked().Answered(cooperation.Answer{Verdict: cooperation.Granted, On: "2027-02-20", From: "2027-03-10", Until: "2027-03-10"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at   time.Time
		want []cooperation.Want
	}{
		"at the hour":   {hearing().Start, nil},
		"an hour early": {hearing().Start.Add(-time.Hour), nil},
		"days early":    {hearing().Start.AddDate(0, 0, -2), []cooperation.Want{cooperation.WantsTime}},
		"the day after": {hearing().Start.AddDate(0, 0, 1), []cooperation.Want{cooperation.WantsTime}},
	} {
		var got []cooperation.Want
		for _, l := range cooperation.Lacks(docketOf(r), hearing(), []cooperation.Request{r}, c.at) {
			got = append(got, l.Want)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestTheStricterHolds draws ledgers. A hearing lacks nothing only where a request that stands, of this witness, case and country, was granted for that day and not
// forbidden to be recorded; the order in which the requests stand changes nothing; and a decision covers only what it was taken on.
func TestTheStricterHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []cooperation.Request
		days := []schedule.Date{"", "2027-03-09", "2027-03-10", "2027-03-11"}
		for range rapid.IntRange(0, 4).Draw(t, "requests") {
			r := asked()
			r.ID = cooperation.ID(rapid.StringMatching("[a-z]{6}").Draw(t, "id"))
			r.Country = rapid.SampledFrom([]string{"VN", "KH"}).Draw(t, "country")
			r.Party = protection.PartyID(rapid.SampledFrom([]string{"p", "q"}).Draw(t, "party"))
			r.Case = protection.CaseID(rapid.SampledFrom([]string{"c", "d"}).Draw(t, "case"))
			for range rapid.IntRange(0, 2).Draw(t, "answers") {
				a := cooperation.Answer{Verdict: rapid.SampledFrom(cooperation.Verdicts).Draw(t, "verdict"), On: "2027-02-20"}
				if a.Verdict == cooperation.Granted {
					a.Until = rapid.SampledFrom(days).Draw(t, "until")
					a.Conditions.Recording = rapid.SampledFrom(cooperation.Recordings).Draw(t, "recording")
				}
				next, err := r.Answered(a, noon)
				if err != nil {
					t.Fatal(err)
				}
				r = next
			}
			if rapid.IntRange(0, 3).Draw(t, "withdrawn") == 0 {
				r, _ = r.Withdraw("w", noon)
			}
			list = append(list, r)
		}
		lacks := cooperation.Lacks(docketOf(list...), hearing(), list, noon.AddDate(0, 0, 9))
		free := slices.ContainsFunc(list, func(r cooperation.Request) bool {
			a, answered := r.Last()
			return r.Withdrawn.IsZero() && r.Party == "p" && r.Case == "c" && r.Country == "VN" && answered && a.Verdict == cooperation.Granted &&
				(a.Until == "" || a.Until >= "2027-03-10") && a.Conditions.Recording != cooperation.MayNotRecord
		})
		if free != (len(lacks) == 0) {
			t.Fatalf("%v by %+v", lacks, list)
		}
		back := slices.Clone(list)
		slices.Reverse(back)
		again := cooperation.Lacks(docketOf(back...), hearing(), back, noon.AddDate(0, 0, 9))
		if len(again) != len(lacks) || (len(lacks) > 0 && again[0].Want != lacks[0].Want) {
			t.Fatalf("%v, and the other way round %v", lacks, again)
		}
		d := cooperation.Decision{Hearing: "h", Start: hearing().Start, Lacks: lacks, Reason: "R"}
		if !d.Covers(hearing(), lacks) {
			t.Fatal("a decision does not cover what it was taken on")
		}
		other := cooperation.Lack{Country: "VN", Point: "hanoi", Want: rapid.SampledFrom(cooperation.Wants).Draw(t, "other")}
		if d.Covers(hearing(), append(slices.Clone(lacks), other)) && !slices.ContainsFunc(lacks, func(l cooperation.Lack) bool { return l.Want == other.Want }) {
			t.Fatalf("a decision on %v covers %v", lacks, other)
		}
	})
}
