package testimony

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// after is so many minutes past noon.
func after(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func entered(p Phase, minutes int) Event {
	return Event{At: after(minutes), Kind: PhaseChanged, Phase: p, Mode: protection.PublicMode}
}

func called(stage Stage, by ParticipantID, minutes int) Event {
	return Event{At: after(minutes), Kind: StageBegun, Phase: Testimony, Participant: by, Reason: string(stage)}
}

func TestTheStagesAddUp(t *testing.T) {
	record := []Event{entered(Oath, 0), entered(Testimony, 5), called(Chief, "p", 6), entered(Break, 16), entered(Testimony, 31),
		called(Cross, "d", 36), called(Chief, "p", 50), called(Cross, "d", 52)}
	all, current := Examinations(record, after(60))
	want := []Examination{{Chief, "p", (10 + 5 + 2) * 60}, {Cross, "d", (14 + 8) * 60}}
	if !slices.Equal(all, want) || current != 1 {
		t.Errorf("got %v, %d", all, current)
	}
}

func drawRecord(t *rapid.T) []Event {
	at := noon
	var record []Event
	for range rapid.IntRange(0, 40).Draw(t, "events") {
		at = at.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "seconds")) * time.Second)
		e := Event{At: at, Kind: PhaseChanged, Phase: rapid.SampledFrom(Phases[:6]).Draw(t, "phase")}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			e.Kind, e.Reason = StageBegun, string(rapid.SampledFrom(Stages).Draw(t, "stage"))
			e.Participant = rapid.SampledFrom([]ParticipantID{"p", "d", BenchID}).Draw(t, "by")
		case 1:
			e.Kind = rapid.SampledFrom([]EventKind{Marked, Objected, Ruled, OathTaken, OathShown, ModeChanged}).Draw(t, "other")
		}
		record = append(record, e)
	}
	return record
}

// Whatever was called when, the stages never add up to more than the testimony took, and each is there once.
func TestTheStagesAreWithinTheTestimony(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := drawRecord(t)
		until := noon.Add(24 * time.Hour)
		all, current := Examinations(record, until)
		sum, seen := time.Duration(0), map[Examination]bool{}
		for _, x := range all {
			sum += x.Length()
			if x.Seconds < 0 || seen[Examination{Stage: x.Stage, By: x.By}] {
				t.Fatalf("negative or twice: %v", all)
			}
			seen[Examination{Stage: x.Stage, By: x.By}] = true
		}
		if current < -1 || current >= len(all) {
			t.Fatalf("the current stage is %d of %d", current, len(all))
		}
		var testified time.Duration
		for i, e := range record {
			if e.Kind != PhaseChanged || e.Phase != Testimony {
				continue
			}
			end := until
			for _, next := range record[i+1:] {
				if next.Kind == PhaseChanged {
					end = next.At
					break
				}
			}
			testified += end.Sub(e.At)
		}
		if sum > testified+time.Second {
			t.Fatalf("stages of %v in testimony of %v", sum, testified)
		}
	})
}

func TestTheOath(t *testing.T) {
	s := Session{Phase: Oath, Mode: protection.PublicMode}
	var record []Event
	step := func(e Event, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		record = append(record, e)
	}
	if SwearingOf(record).Opens() {
		t.Error("nobody has sworn")
	}
	if _, err := s.ShowOath("koran", "w", noon); !errors.Is(err, ErrForm) {
		t.Errorf("got %v", err)
	}
	step(s.ShowOath(Affirmed, "w", after(1)))
	step(s.RefuseOath(record, "w", after(2)))
	if o := SwearingOf(record); o.Opens() || o.Form != Affirmed || !o.Refused.Equal(after(2)) {
		t.Errorf("got %+v", o)
	}
	if _, err := s.HearUnsworn(record, "w", " ", noon); !errors.Is(err, ErrWhy) {
		t.Errorf("got %v", err)
	}
	refused := slices.Clone(record)
	step(s.HearUnsworn(record, "w", "Of tender years.", after(3)))
	if o := SwearingOf(record); !o.Opens() || !o.Unsworn {
		t.Errorf("got %+v", o)
	}
	record = refused
	step(s.TakeOath(record, "w", after(4)))
	if o := SwearingOf(record); !o.Opens() || !o.Refused.IsZero() || record[len(record)-1].Reason != "affirmation" {
		t.Errorf("got %+v", o)
	}
	for name, again := range map[string]error{
		"taken":   second(s.TakeOath(record, "w", noon)),
		"refused": second(s.RefuseOath(record, "w", noon)),
		"unsworn": second(s.HearUnsworn(record, "w", "why", noon)),
	} {
		if !errors.Is(again, ErrSworn) {
			t.Errorf("%s after the oath: got %v", name, again)
		}
	}
	if SwearingOf(append(record, entered(Lobby, 9))).Opens() {
		t.Error("the oath of another sitting counts")
	}
}

func second(_ Event, err error) error { return err }

func TestObjections(t *testing.T) {
	s := Session{Phase: Testimony, Mode: protection.PrivateMode}
	raised, err := s.Object(nil, "d", "leading", after(1))
	if err != nil {
		t.Fatal(err)
	}
	record := []Event{raised}
	if _, err := s.Object(record, "p", "barred", after(2)); !errors.Is(err, ErrObjection) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Rule(record, "maybe", after(2)); !errors.Is(err, ErrRuling) {
		t.Errorf("got %v", err)
	}
	resting := Session{Phase: Break}
	ruled, err := resting.Rule(record, "sustained", after(20))
	if err != nil {
		t.Fatal(err)
	}
	record = append(record, ruled)
	want := []Objection{{At: after(1), By: "d", Ground: "leading", Mode: protection.PrivateMode, Ruling: "sustained", Ruled: after(20)}}
	if got := Objections(record); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if _, err := s.Rule(record, "overruled", after(21)); !errors.Is(err, ErrNoObject) {
		t.Errorf("got %v", err)
	}
	if _, err := (Session{Phase: Oath}).Object(nil, "d", "leading", noon); !errors.Is(err, ErrPhase) {
		t.Errorf("got %v", err)
	}
}

func TestABreakFallsDue(t *testing.T) {
	h := Hearing{BreakEvery: 30 * time.Minute}
	record := []Event{entered(Oath, 0), entered(Testimony, 5), entered(Interruption, 20), entered(Testimony, 40)}
	if left, due := h.BreakDue(record, after(45)); !due || left != 5*time.Minute {
		t.Errorf("left %v, %v", left, due)
	}
	if left, _ := h.BreakDue(record, after(55)); left != -5*time.Minute {
		t.Errorf("left %v", left)
	}
	record = append(record, entered(Break, 56))
	if _, due := h.BreakDue(record, after(57)); due {
		t.Error("a break is due in a break")
	}
	record = append(record, entered(Testimony, 60))
	if left, _ := h.BreakDue(record, after(61)); left != 29*time.Minute {
		t.Errorf("left %v", left)
	}
	if _, due := (Hearing{}).BreakDue(record, after(300)); due {
		t.Error("a break is due where none is planned")
	}
}

func TestExpectedBack(t *testing.T) {
	for _, c := range []struct {
		s    Session
		back time.Time
		want error
	}{
		{Session{Phase: Break}, after(10), nil},
		{Session{Phase: Testimony, Mode: protection.PrivateMode}, after(10), nil},
		{Session{Phase: Testimony, Mode: protection.PublicMode}, after(10), ErrGoingOn},
		{Session{Phase: Break}, after(-1), ErrBack},
		{Session{Phase: Break}, after(25 * 60), ErrBack},
		{Session{Phase: Closed}, after(10), ErrEnded},
	} {
		e, err := c.s.ExpectBack(c.back, noon)
		if !errors.Is(err, c.want) {
			t.Errorf("%+v until %v: got %v", c.s, c.back, err)
		}
		if err != nil {
			continue
		}
		if got := Back([]Event{entered(Break, -1), e}); !got.Equal(c.back) {
			t.Errorf("back at %v", got)
		}
		if got := Back([]Event{e, entered(Testimony, 3)}); !got.IsZero() {
			t.Errorf("still %v after it went on", got)
		}
	}
}

// What could tell of the witness's faith or age, and what was objected to while the public was kept out, is not in the public minutes.
func TestThePublicMinutesOfTheConduct(t *testing.T) {
	h := Hearing{CourtZone: "UTC", WitnessZone: "UTC"}
	private := Event{At: after(9), Kind: Objected, Phase: Testimony, Mode: protection.PrivateMode, Participant: "d", Reason: "identifying"}
	m := BuildMinutes(h, "1", noon, after(60), []Event{entered(Oath, 1),
		{At: after(2), Kind: OathShown, Participant: "w", Reason: string(Promised)}, {At: after(3), Kind: OathTaken, Participant: "w", Reason: string(Promised)},
		entered(Testimony, 4), called(Chief, "p", 5),
		{At: after(6), Kind: Objected, Phase: Testimony, Mode: protection.PublicMode, Participant: "d", Reason: "leading"}, {At: after(7), Kind: Ruled, Reason: "sustained"},
		private}, nil)
	if m.Oath.Form != Promised || len(m.Objected) != 2 || len(m.Examined) != 1 {
		t.Fatalf("the sealed minutes have %+v", m)
	}
	p := m.Public()
	if p.Oath.Form != "" || p.Oath.Taken.IsZero() || len(p.Objected) != 1 || p.Objected[0].Ground != "leading" || len(p.Examined) != 1 {
		t.Errorf("got %+v", p)
	}
	for _, e := range p.Events {
		if e.Kind != PhaseChanged && e.Kind != ModeChanged {
			t.Errorf("the public minutes have an event %q", e.Kind)
		}
	}
}
