package testimony_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
)

func TestHearingIsChecked(t *testing.T) {
	t.Parallel()
	if err := hearing().Check(); err != nil {
		t.Fatalf("a hearing with a seat for every role: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*testimony.Hearing)
		path   string
	}{
		"no case":                {func(h *testimony.Hearing) { h.Case = "" }, "case"},
		"no party":               {func(h *testimony.Hearing) { h.Party = "" }, "party"},
		"no start":               {func(h *testimony.Hearing) { h.Start = time.Time{} }, "start"},
		"no length":              {func(h *testimony.Hearing) { h.Duration = 0 }, "duration"},
		"a negative length":      {func(h *testimony.Hearing) { h.Duration = -time.Hour }, "duration"},
		"more than a day's work": {func(h *testimony.Hearing) { h.Duration = testimony.Longest + time.Second }, "duration"},
		"no court zone":          {func(h *testimony.Hearing) { h.CourtZone = "" }, "court_zone"},
		"an invented zone":       {func(h *testimony.Hearing) { h.CourtZone = "Europe/Nowhere" }, "court_zone"},
		"no witness zone":        {func(h *testimony.Hearing) { h.WitnessZone = "" }, "witness_zone"},
		"no mode":                {func(h *testimony.Hearing) { h.Mode = 0 }, "mode"},
		"a fourth mode":          {func(h *testimony.Hearing) { h.Mode = 4 }, "mode"},
		"an unknown role":        {func(h *testimony.Hearing) { h.Participants[1].Role = "bailiff" }, "participants[1].role"},
		"a seat for the bench":   {func(h *testimony.Hearing) { h.Participants[1].Role = testimony.RoleBench }, "participants[1].role"},
		"the bench's own id":     {func(h *testimony.Hearing) { h.Participants[1].ID = testimony.BenchID }, "participants[1].id"},
		"a seat without an id":   {func(h *testimony.Hearing) { h.Participants[2].ID = "" }, "participants[2].id"},
		"the same id twice":      {func(h *testimony.Hearing) { h.Participants[2].ID = h.Participants[1].ID }, "participants[2].id"},
		"counsel as a party":     {func(h *testimony.Hearing) { h.Participants[3].Party = second }, "participants[3].party"},
		"no witness":             {func(h *testimony.Hearing) { h.Participants = h.Participants[1:] }, "participants"},
		"another witness only":   {func(h *testimony.Hearing) { h.Participants[0].Party = second }, "participants"},
		"the witness twice": {func(h *testimony.Hearing) {
			h.Participants = append(h.Participants, testimony.Participant{ID: "again", Role: testimony.RoleWitness, Party: party})
		}, "participants"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := hearing()
			c.change(&h)
			err := h.Check()
			if err == nil || !strings.HasPrefix(err.Error(), c.path+": ") {
				t.Errorf("got %v, want the path %s", err, c.path)
			}
		})
	}
	two := hearing()
	two.Participants = append(two.Participants, testimony.Participant{ID: "second", Role: testimony.RoleWitness, Party: second})
	if err := two.Check(); err != nil {
		t.Errorf("a second protected witness: %v", err)
	}
}

func TestEverythingWrongIsTold(t *testing.T) {
	t.Parallel()
	err := testimony.Hearing{}.Check()
	for _, path := range []string{"case", "party", "start", "duration", "court_zone", "witness_zone", "mode", "participants"} {
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+path+": ") {
			t.Errorf("of an empty hearing nothing is told about %s: %v", path, err)
		}
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	h := hearing()
	winter, summer := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 9, 0, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{winter: "10:00 16:00", summer: "11:00 16:00"} {
		court, witness, err := h.Clocks(at)
		if got := court.Format("15:04") + " " + witness.Format("15:04"); err != nil || got != want || !court.Equal(at) || !witness.Equal(at) {
			t.Errorf("at %s the clocks show %s, want %s: %v", at, got, want, err)
		}
	}
	for _, wrong := range []func(*testimony.Hearing){func(h *testimony.Hearing) { h.CourtZone = "" }, func(h *testimony.Hearing) { h.WitnessZone = "Nowhere" }} {
		h := hearing()
		wrong(&h)
		if _, _, err := h.Clocks(winter); err == nil {
			t.Errorf("clocks of %q and %q", h.CourtZone, h.WitnessZone)
		}
	}
}

// Every role that can be invited has its own column of the matrix, and whoever has none is nobody.
func TestAudienceOfASeat(t *testing.T) {
	t.Parallel()
	var taken []protection.Audience
	for _, p := range append(hearing().Participants, bench) {
		a := p.Audience()
		if p.Role == testimony.RoleJudge { // part of the bench, whose column it is
			if a != protection.Bench {
				t.Errorf("a remote judge is the audience %q", a)
			}
			continue
		}
		if !a.Known() || slices.Contains(taken, a) {
			t.Errorf("%s is the audience %q", p.Role, a)
		}
		taken = append(taken, a)
	}
	if got := witness.Audience(); got != protection.OtherWitness(party) {
		t.Errorf("a witness is the audience %q", got)
	}
	for _, p := range strangers {
		if a := p.Audience(); a != protection.Unknown {
			t.Errorf("%+v is the audience %q", p, a)
		}
	}
}

func TestSeatsAreFound(t *testing.T) {
	t.Parallel()
	h := hearing()
	if w, ok := h.Witness(); !ok || w.Party != party {
		t.Errorf("the witness is %+v", w)
	}
	if p, ok := h.Participant(testimony.BenchID); !ok || p.Role != testimony.RoleBench {
		t.Errorf("the bench is %+v", p)
	}
	for _, want := range h.Participants {
		if got, ok := h.Participant(want.ID); !ok || got != want {
			t.Errorf("%s is %+v", want.ID, got)
		}
	}
	for _, id := range []testimony.ParticipantID{"", "nobody"} {
		if p, ok := h.Participant(id); ok {
			t.Errorf("%q is %+v", id, p)
		}
	}
	h.Party = absent
	if w, ok := h.Witness(); ok {
		t.Errorf("the witness of another party is %+v", w)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for _, r := range testimony.Roles {
		if !r.Valid() || r.Publishes() != (r != testimony.RoleGallery && r != testimony.RolePress) {
			t.Errorf("%s: valid %v, publishes %v", r, r.Valid(), r.Publishes())
		}
	}
	for _, r := range []testimony.Role{"", testimony.RoleBench, "bailiff"} {
		if r.Valid() {
			t.Errorf("%q can be invited", r)
		}
	}
	if testimony.Role("").Publishes() {
		t.Error("nobody publishes")
	}
}

// Who may do what, in full: a new act or office has to be thought about here.
func TestDuties(t *testing.T) {
	t.Parallel()
	allowed := map[testimony.Act]string{
		testimony.ActKeepDocket:    "clerk advocate judge registrar",
		testimony.ActFileOrder:     "clerk advocate judge registrar",
		testimony.ActServeOrder:    "clerk judge registrar",
		testimony.ActDecideOrder:   "judge",
		testimony.ActEnterIdentity: "clerk advocate judge registrar",
		testimony.ActAskDisclosure: "clerk advocate judge registrar",
		testimony.ActFlagConflict:  "advocate judge registrar",
		testimony.ActLiftConflict:  "judge registrar",
		testimony.ActHoldHearing:   "clerk judge",
		testimony.ActKeepRules:     "clerk judge registrar",
		testimony.ActBackUp:        "clerk judge registrar",
		testimony.ActSetReach:      "judge registrar",
		testimony.ActSetTimestamps: "judge registrar",
		testimony.ActReadAudit:     "judge registrar auditor",
		testimony.ActExportMaster:  "judge registrar",
		testimony.ActExportPublic:  "clerk judge registrar",

		testimony.ActMakeKit:        "clerk judge registrar",
		testimony.ActReviewRecovery: "clerk judge registrar",
		testimony.ActRevokeUser:     "judge registrar",
		testimony.ActKeepTeam:       "judge registrar",
		testimony.ActAskErasure:     "clerk advocate judge registrar",
		testimony.ActKeepCare:       "advocate",
		testimony.ActDecideStatus:   "advocate judge registrar",
		testimony.ActProposeMeasure: "judge registrar",
		testimony.ActApproveMeasure: "judge",
		testimony.ActMakePaper:      "clerk advocate judge registrar",
		testimony.ActSealedPaper:    "clerk judge registrar",
		testimony.ActAskEdit:        "clerk advocate judge registrar",
		testimony.ActDecideEdit:     "judge",
		testimony.ActMakeVersion:    "judge registrar",

		testimony.ActKeepCooperation: "clerk judge registrar",
	}
	for act, want := range allowed {
		var may []string
		for _, office := range testimony.Offices {
			if testimony.May(office, act) {
				may = append(may, office)
			}
		}
		if got := strings.Join(may, " "); got != want {
			t.Errorf("%s is for %q, want %q", act, got, want)
		}
		for _, nobody := range []string{"", "Judge", "bailiff"} {
			if testimony.May(nobody, act) {
				t.Errorf("%q may %s", nobody, act)
			}
		}
	}
	for _, office := range testimony.Offices {
		if testimony.May(office, "read_identity") {
			t.Errorf("the %s may do what is no act", office)
		}
	}
}

// Nobody sits in both colleges, and whoever only watches sits in none.
func TestColleges(t *testing.T) {
	t.Parallel()
	for _, office := range testimony.CourtCollege {
		if slices.Contains(testimony.BenchCollege, office) {
			t.Errorf("the %s sits in both colleges", office)
		}
	}
	for _, office := range slices.Concat(testimony.CourtCollege, testimony.BenchCollege) {
		if !slices.Contains(testimony.Offices, office) || office == testimony.Auditor || office == testimony.Advocate {
			t.Errorf("the %s sits in a college", office)
		}
	}
}

// Seats that bear one label are numbered from the second on, whatever else they are called; who is alone with a label keeps it, and doing it again changes nothing.
func TestSeatsAreTold(t *testing.T) {
	t.Parallel()
	seats := []testimony.Participant{{Role: testimony.RoleWitness, Label: "Witness B"}, {Role: testimony.RoleAccused, Label: "Accused"}, {Role: testimony.RoleAccused, Label: "Accused 2"},
		{Role: testimony.RoleAccused, Label: "Accused"}, {Role: testimony.RoleAccused, Label: "Accused"}, {Role: testimony.RoleDefence, Label: "Counsel"}}
	want := []string{"Witness B", "Accused", "Accused 2", "Accused 3", "Accused 4", "Counsel"}
	for range 2 {
		testimony.Distinguish(seats)
		for i, p := range seats {
			if p.Label != want[i] {
				t.Errorf("seat %d is called %q", i, p.Label)
			}
		}
	}
}
