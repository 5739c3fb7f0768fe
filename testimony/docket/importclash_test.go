package docket_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

// booked is a docket file of two hearings in two rooms of one house, a day apart.
const booked = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"},{"key":"d","reference":"TC 2/2026","offence":"smuggling"}],
 "parties":[{"key":"w","status":"witness","language":"yo","appearances":[{"case":"c"}]},{"key":"v","status":"witness","language":"yo","appearances":[{"case":"c"},{"case":"d"}]}],
 "resources":[{"key":"r1","kind":"courtroom","name":"Courtroom 1","building":"palace","zone":"Europe/Paris","open":[{"day":3,"from":"08:00","to":"18:00"},{"day":4,"from":"08:00","to":"18:00"}],"closed":["2026-12-25"],"turn":10},
  {"key":"r2","kind":"courtroom","name":"Courtroom 2","building":"palace"},
  {"key":"i","kind":"interpreter","name":"Interpreter 1","sex":"female","speech":[{"language":"yo","dialect":"Ekiti"}],"barred":[{"case":"d"},{"party":"v"}]},
  {"key":"point","kind":"remote_point","name":"Consulate","country":"NG","link":{"tested":"2026-11-01T09:00:00Z","good":true}},
  {"key":"s","kind":"equipment","name":"Screens","number":2}],
 "hearings":[
  {"key":"h1","case":"c","party":"w","start":"2026-12-02T09:00:00Z","minutes":60,"before":30,"after":15,"break_every":30,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r1","i","point","s"],
   "participants":[{"key":"w","role":"witness","party":"w"},{"key":"g","role":"gallery"}]},
  {"key":"h2","case":"d","party":"v","start":"2026-12-03T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r2","s"],
   "participants":[{"key":"w","role":"witness","party":"v"}]},
  {"key":"h3","case":"d","party":"v","start":"2026-12-03T09:30:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r2"],"cancelled":"2026-11-20T09:00:00Z","why":"adjourned","sequence":2,
   "participants":[{"key":"w","role":"witness","party":"v"}]},
  {"key":"h4","case":"d","party":"v","start":"2026-10-03T09:30:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r2"],"held":"2026-10-03T10:40:00Z",
   "participants":[{"key":"w","role":"witness","party":"v"}]}]}`

// What cannot be planned by hand cannot be brought in by a file, and then nothing of the file is.
func TestAnImportIsHeldAgainstClashes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"the file is good":         {},
		"one room twice":           {`"start":"2026-12-03T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r2","s"]`, `"start":"2026-12-02T09:15:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public","uses":["r1"]`, "hearings[1]: Courtroom 1: taken, 2026-12-02 10:00–11:00."},
		"the room is shut":         {`2026-12-02T09:00:00Z`, `2026-12-05T09:00:00Z`, "hearings[0]: Courtroom 1: not open"},
		"a conflict of interest":   {`"uses":["r2","s"]`, `"uses":["r2","i"]`, "hearings[1]: Interpreter 1: a conflict of interest"},
		"a wrong language":         {`"language":"yo","appearances":[{"case":"c"}]}`, `"language":"vi","appearances":[{"case":"c"}]}`, "hearings[0]: Interpreter 1: does not interpret"},
		"no such room":             {`"uses":["r2","s"]`, `"uses":["r9"]`, `hearings[1].uses[0]: no resource has the key "r9"`},
		"a room taken twice over":  {`"uses":["r2","s"]`, `"uses":["r2","r2"]`, "hearings[1].uses[1]: "},
		"a bar of nobody":          {`"barred":[{"case":"d"}`, `"barred":[{}`, "resources[2].barred[0]: "},
		"a bar of an unknown case": {`"barred":[{"case":"d"}`, `"barred":[{"case":"x"}`, "resources[2].barred[0].case: "},
		"a key twice":              {`"key":"r2"`, `"key":"r1"`, "resources[1].key: "},
		"a bad clock":              {`"to":"18:00"},`, `"to":"07:00"},`, "resources[0].open[0]: "},
		"an id in the file":        {`"key":"r2"`, `"id":"abc","key":"r2"`, "resources[1]: "},
		"cancelled without why":    {`"why":"adjourned",`, ``, "hearings[2].why: "},
		"held in the future":       {`"held":"2026-10-03T10:40:00Z"`, `"held":"2027-10-03T10:40:00Z"`, "hearings[3].held: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(booked, c.old, c.new, 1)
			if (text == booked) != (c.old == "") {
				t.Fatal("the case changes nothing")
			}
			d := fresh(t, testimony.Clerk, still)
			err := importText(t, d, text)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var entry *docket.EntryError
			if !errors.As(err, &entry) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if n := len(must(d.Resources(t.Context()))(t)) + len(must(d.Hearings(t.Context()))(t)) + len(must(d.Cases(t.Context()))(t)); n != 0 {
				t.Errorf("%d entries were written", n)
			}
		})
	}
}

// A second file clashes with what is there already: its rooms are the rooms of the docket, what it takes is known to all, and what the docket said of a room stands.
func TestASecondImportMeetsTheFirst(t *testing.T) {
	t.Parallel()
	d := fresh(t, testimony.Clerk, still)
	if err := importText(t, d, booked); err != nil {
		t.Fatal(err)
	}
	second := strings.NewReplacer("TC 1/2026", "TC 3/2026", "TC 2/2026", "TC 4/2026", `"turn":10`, `"turn":90`).Replace(booked)
	err := importText(t, d, second)
	if err == nil || !strings.Contains(err.Error(), "hearings[0]: Courtroom 1: taken") || !strings.Contains(err.Error(), "hearings[1]: Courtroom 2: taken") || strings.Contains(err.Error(), "hearings[2]") {
		t.Fatalf("%v", err)
	}
	second = strings.NewReplacer("2026-12-02T09:00:00Z", "2026-12-02T14:00:00Z", "2026-12-03T09:00:00Z", "2026-12-03T14:00:00Z").Replace(second)
	if err := importText(t, d, second); err != nil {
		t.Fatal(err)
	}
	list := must(d.Resources(t.Context()))(t)
	if len(list) != 5 {
		t.Fatalf("%d resources, want the 5 of both files: %+v", len(list), list)
	}
	for _, r := range list {
		if r.Name == "Courtroom 1" && r.Turn != 10 {
			t.Errorf("a file changed the room's turn to %d", r.Turn)
		}
		if r.Kind == schedule.Interpreter && len(r.Barred) != 4 {
			t.Errorf("the interpreter is barred from %+v", r.Barred)
		}
	}
}

// What needs a reason lands: with the file's, in the name of whoever imports it, or told. What a judge decides is not decided by a file that a clerk brings.
func TestSoftConflictsOfAnImportAreTold(t *testing.T) {
	t.Parallel()
	night := strings.Replace(booked, `"witness_zone":"Africa/Lagos","mode":"public","uses":["r2","s"]`, `"witness_zone":"Pacific/Auckland","mode":"public","uses":["r2","s"]`, 1)
	night = strings.Replace(night, `"good":true`, `"good":false`, 1)
	reasoned := strings.Replace(night, `"uses":["r2","s"]`, `"uses":["r2","s"],"accepted":[{"rule":"witness_night","reason":"she works by day"},{"rule":"no_permit","reason":"not asked"}]`, 1)
	for text, want := range map[string][]schedule.Rule{night: {schedule.WitnessNight}, reasoned: nil} {
		d := fresh(t, testimony.Clerk, still)
		done := must(d.Import(t.Context(), must(docket.ReadDocument(strings.NewReader(text)))(t)))(t)
		var told []schedule.Rule
		for _, c := range done.Against["h2"] {
			told = append(told, c.Rule)
		}
		if !slices.Equal(told, want) {
			t.Errorf("%v is told, want %v", told, want)
		}
		if first := done.Against["h1"]; len(first) != 2 || first[0].Rule != schedule.NoPermit || first[1].Rule != schedule.LinkBad { // nobody has asked the State of the remote point
			t.Errorf("of the first: %+v", done.Against["h1"])
		}
		h := must(d.Hearing(t.Context(), done.Hearings["h2"]))(t)
		if (len(h.Accepted) == 1) != (want == nil) || len(h.Accepted) == 1 && (h.Accepted[0].By != string(d.Me().ID) || h.Accepted[0].Reason != "she works by day" || !h.Accepted[0].At.Equal(noon)) {
			t.Errorf("%+v", h.Accepted)
		}
		// What was brought in stands as what was planned: nobody else gets the room.
		x := planned(done.Cases["c"], done.Parties["w"], h.Start)
		x.Uses = h.Uses[:1]
		if _, err := d.Schedule(t.Context(), x); !errors.Is(err, docket.ErrConflict) {
			t.Errorf("the room is planned a second time: %v", err)
		}
	}
}

// What is written is read again as it was: rooms, bars, slots, reasons, and what has become of a hearing. A hearing that was cancelled is not planned anew by it.
func TestResourcesAreCarriedAcross(t *testing.T) {
	t.Parallel()
	d := fresh(t, testimony.Clerk, still)
	text := strings.Replace(booked, `"witness_zone":"Africa/Lagos","mode":"public","uses":["r2","s"]`, `"witness_zone":"Pacific/Auckland","mode":"public","uses":["r2","s"],"accepted":[{"rule":"witness_night","reason":"she works by day"}]`, 1)
	doc := must(docket.ReadDocument(strings.NewReader(text)))(t)
	must(d.Import(t.Context(), doc))(t)
	out := must(d.Export(t.Context()))(t)
	again := fresh(t, testimony.Clerk, still)
	must(again.Import(t.Context(), must(docket.ReadDocument(strings.NewReader(spell(t, out))))(t)))(t)
	sorted := cmpopts.SortSlices(func(a, b docket.ResourceLine) bool { return a.Key < b.Key })
	byKey := cmpopts.SortSlices(func(a, b docket.HearingLine) bool { return a.Key < b.Key })
	back := must(again.Export(t.Context()))(t)
	if diff := cmp.Diff(out, back, sorted, byKey, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-out +back):\n%s", diff)
	}
	if diff := cmp.Diff(doc.Resources, out.Resources, sorted); diff != "" {
		t.Errorf("(-read +written):\n%s", diff)
	}
	if diff := cmp.Diff(doc.Hearings, out.Hearings, byKey, cmpopts.IgnoreFields(docket.ParticipantLine{}, "Label"), cmpopts.EquateApproxTime(time.Second)); diff != "" {
		t.Errorf("(-read +written):\n%s", diff)
	}
}

// A conflict of interest in a team's case is not told outside the team.
func TestBarsOfATeamStayWithIt(t *testing.T) {
	t.Parallel()
	b := newCircle(t)
	d := b.as(testimony.Judge)
	must(d.PutResource(t.Context(), schedule.Resource{Kind: schedule.Judge, Name: "Presiding judge", Barred: []schedule.Bar{{Case: b.c}, {Party: b.p}}}))(t)
	judges := func(doc docket.Document) []docket.ResourceLine {
		return slices.DeleteFunc(doc.Resources, func(r docket.ResourceLine) bool { return r.Kind != schedule.Judge })
	}
	if list := judges(must(d.Export(t.Context()))(t)); len(list) != 1 || len(list[0].Barred) != 2 {
		t.Fatalf("%+v", list)
	}
	b.move()
	if list := judges(must(b.as(testimony.Judge).Export(t.Context()))(t)); len(list) != 1 || len(list[0].Barred) != 0 {
		t.Errorf("%+v", list)
	}
}
