package testimony_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/testimony"
)

// hearing is one in which every role has a seat.
func hearing() testimony.Hearing {
	h := testimony.Hearing{ID: "h", Case: here, Party: party, Start: day, Duration: time.Hour, CourtZone: "Europe/Paris",
		WitnessZone: "Asia/Ho_Chi_Minh", Room: "3", Mode: protection.PublicMode}
	for i, r := range testimony.Roles {
		p := testimony.Participant{ID: testimony.ParticipantID(fmt.Sprint("seat", i)), Role: r, Label: "the " + string(r)}
		if r == testimony.RoleWitness {
			p.Party, p.Label = party, "Witness B"
		}
		h.Participants = append(h.Participants, p)
	}
	return h
}

func seatOf(h testimony.Hearing, r testimony.Role) testimony.ParticipantID {
	for _, p := range h.Participants {
		if p.Role == r {
			return p.ID
		}
	}
	return ""
}

// held is a record in the making: steps are taken on a session at given minutes.
type held struct {
	t       *testing.T
	session testimony.Session
	events  []testimony.Event
}

func at(minute int) time.Time { return day.Add(time.Duration(minute) * time.Minute) }

func (h *held) took(s testimony.Session, e testimony.Event, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	h.session, h.events = s, append(h.events, e)
}

func (h *held) enter(p testimony.Phase, minute int) {
	h.t.Helper()
	h.took(h.session.Enter(p, at(minute)))
}
func (h *held) mode(m protection.SessionMode, reason string, minute int) {
	h.t.Helper()
	h.took(h.session.SetMode(m, reason, at(minute)))
}
func (h *held) note(kind testimony.EventKind, id testimony.ParticipantID, minute int) {
	h.events = append(h.events, testimony.Event{At: at(minute), Kind: kind, Phase: h.session.Phase, Mode: h.session.Mode, Participant: id})
}

// aHearing is one with a private passage, a break and a mark.
func aHearing(t *testing.T) []testimony.Event {
	h := &held{t: t, session: testimony.Begin(protection.PublicMode)}
	w, gallery := seatOf(hearing(), testimony.RoleWitness), seatOf(hearing(), testimony.RoleGallery)
	h.note(testimony.Joined, w, 1)
	h.note(testimony.Admitted, w, 2)
	h.enter(testimony.IdentityCheck, 5)
	h.note(testimony.IdentityFound, w, 6)
	h.enter(testimony.Oath, 10)
	h.enter(testimony.Testimony, 12)
	h.note(testimony.Admitted, gallery, 13)
	h.mode(protection.PrivateMode, "The witness speaks of family.", 20)
	h.note(testimony.Requested, w, 24)
	h.took(h.session.Pause(testimony.Break, "The witness asked for a break.", at(25)))
	h.took(h.session.Resume(at(40)))
	h.note(testimony.Marked, "", 42)
	h.mode(protection.PublicMode, "", 45)
	h.note(testimony.Left, gallery, 50)
	h.enter(testimony.Closed, 60)
	return h.events
}

func TestSegmentsAndTotals(t *testing.T) {
	t.Parallel()
	m := testimony.BuildMinutes(hearing(), "TC 1/2026", at(0), at(60), aHearing(t), []testimony.RecordingID{"r"})
	const family = "The witness speaks of family."
	want := []testimony.Segment{
		{From: at(0), To: at(5), Phase: testimony.Lobby, Mode: protection.PublicMode},
		{From: at(5), To: at(10), Phase: testimony.IdentityCheck, Mode: protection.PublicMode},
		{From: at(10), To: at(12), Phase: testimony.Oath, Mode: protection.PublicMode},
		{From: at(12), To: at(20), Phase: testimony.Testimony, Mode: protection.PublicMode},
		{From: at(20), To: at(25), Phase: testimony.Testimony, Mode: protection.PrivateMode, Reason: family},
		{From: at(25), To: at(40), Phase: testimony.Break, Mode: protection.PrivateMode, Reason: "The witness asked for a break."},
		{From: at(40), To: at(45), Phase: testimony.Testimony, Mode: protection.PrivateMode, Reason: family},
		{From: at(45), To: at(60), Phase: testimony.Testimony, Mode: protection.PublicMode},
	}
	if diff := cmp.Diff(want, m.Segments); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	totals := []testimony.Total{{Mode: protection.PublicMode, Seconds: 23 * 60}, {Mode: protection.PrivateMode, Seconds: 10 * 60}, {Mode: protection.ClosedMode}}
	if diff := cmp.Diff(totals, m.Totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	if m.Witness != "Witness B" || m.Case != "TC 1/2026" || m.Version != "sealed" || len(m.Recording) != 1 {
		t.Errorf("the minutes are of %q in %q, version %q, %d recordings", m.Witness, m.Case, m.Version, len(m.Recording))
	}
}

// The two clocks show the same moments, each in its own zone.
func TestMinutesKeepTwoClocks(t *testing.T) {
	t.Parallel()
	m := testimony.BuildMinutes(hearing(), "", at(0), at(60), nil, nil)
	if m.Court.Zone != "Europe/Paris" || m.Remote.Zone != "Asia/Ho_Chi_Minh" {
		t.Errorf("the zones are %s and %s", m.Court.Zone, m.Remote.Zone)
	}
	if !m.Court.Begin.Equal(m.Remote.Begin) || !m.Court.End.Equal(m.Remote.End) || !m.Court.End.Equal(at(60)) {
		t.Errorf("the clocks show different moments: %+v, %+v", m.Court, m.Remote)
	}
	if got := m.Court.Begin.Format("15:04") + " " + m.Remote.Begin.Format("15:04"); got != "10:00 16:00" {
		t.Errorf("at 9:00 UTC the clocks show %s", got)
	}
}

// The segments of any session follow each other without a gap or an overlap from its beginning to its end, and the totals are
// the testimony in them.
func TestSegmentsCoverTheSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := testimony.Begin(rapid.SampledFrom(modes).Draw(t, "mode"))
		h := hearing()
		h.Mode = s.Mode
		var events []testimony.Event
		now, closed := 0, false
		for range rapid.IntRange(0, 15).Draw(t, "steps") {
			now += rapid.IntRange(0, 5).Draw(t, "minutes")
			var next testimony.Session
			var e testimony.Event
			var err error
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				next, e, err = s.SetMode(rapid.SampledFrom(modes).Draw(t, "to"), "why", at(now))
			case 1:
				next, e, err = s.Pause(rapid.SampledFrom([]testimony.Phase{testimony.Break, testimony.Interruption}).Draw(t, "pause"), "", at(now))
			case 2:
				next, e, err = s.Resume(at(now))
			default:
				next, e, err = s.Enter(rapid.SampledFrom(testimony.Phases).Draw(t, "phase"), at(now))
			}
			if err == nil {
				s, events = next, append(events, e)
				closed = s.Phase == testimony.Closed
			}
			if closed {
				break
			}
		}
		if !closed {
			now += rapid.IntRange(0, 5).Draw(t, "rest")
		}
		m := testimony.BuildMinutes(h, "", at(0), at(now), events, nil)
		until, spent := at(0), map[protection.SessionMode]float64{}
		for _, segment := range m.Segments {
			if !segment.From.Equal(until) || segment.To.Before(segment.From) || segment.Phase == testimony.Closed {
				t.Fatalf("%+v follows what ended at %s", segment, until)
			}
			until = segment.To
			if segment.Phase == testimony.Testimony {
				spent[segment.Mode] += segment.To.Sub(segment.From).Seconds()
			}
		}
		if len(m.Segments) > 0 && !until.Equal(at(now)) || len(m.Segments) == 0 && now != 0 {
			t.Fatalf("the segments end at %s, the session at %s", until, at(now))
		}
		for _, total := range m.Totals {
			if total.Seconds != spent[total.Mode] {
				t.Fatalf("%s: %.0f s, and the segments have %.0f", total.Mode, total.Seconds, spent[total.Mode])
			}
		}
	})
}

// A session that stopped in the testimony and was opened again later does not count the time between as testimony, and the
// minutes begin with the first opening.
func TestReopenedSessionCountsNoTestimonyBetween(t *testing.T) {
	t.Parallel()
	h := &held{t: t, session: testimony.Begin(protection.PublicMode)}
	h.enter(testimony.IdentityCheck, 1)
	h.enter(testimony.Oath, 2)
	h.enter(testimony.Testimony, 3)
	h.note(testimony.Marked, "", 10) // the last that is known
	h.session = testimony.Begin(protection.PublicMode)
	h.events = append(h.events, testimony.Event{At: at(200), Kind: testimony.PhaseChanged, Phase: testimony.Lobby, Mode: protection.PublicMode})
	h.enter(testimony.IdentityCheck, 201)
	h.enter(testimony.Oath, 202)
	h.enter(testimony.Testimony, 203)
	h.enter(testimony.Closed, 210)
	m := testimony.BuildMinutes(hearing(), "", at(200), at(210), h.events, nil)
	if got := m.Totals[0].Seconds; got != 14*60 {
		t.Errorf("%.0f s of testimony, want %d", got, 14*60)
	}
	if !m.Court.Begin.Equal(at(1)) || !m.Segments[0].From.Equal(at(1)) {
		t.Errorf("the minutes begin at %s, their segments at %s", m.Court.Begin, m.Segments[0].From)
	}
	var phases []testimony.Phase
	for _, s := range m.Segments {
		phases = append(phases, s.Phase)
	}
	want := []testimony.Phase{testimony.IdentityCheck, testimony.Oath, testimony.Testimony, testimony.Interruption, testimony.Lobby,
		testimony.IdentityCheck, testimony.Oath, testimony.Testimony}
	if diff := cmp.Diff(want, phases); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
}

// A seat says when it was first admitted and when it was last left; coming back takes the leaving back.
func TestSeats(t *testing.T) {
	t.Parallel()
	h := hearing()
	defence, accused, support := seatOf(h, testimony.RoleDefence), seatOf(h, testimony.RoleAccused), seatOf(h, testimony.RoleSupport)
	r := &held{t: t, session: testimony.Begin(protection.PublicMode)}
	r.note(testimony.Joined, support, 1)
	r.note(testimony.Admitted, defence, 2)
	r.note(testimony.Left, defence, 3)
	r.note(testimony.Admitted, defence, 4)
	r.note(testimony.Admitted, accused, 5)
	r.note(testimony.Removed, accused, 6)
	m := testimony.BuildMinutes(h, "", at(0), at(10), r.events, nil)
	if len(m.Seats) != len(h.Participants) {
		t.Fatalf("%d seats", len(m.Seats))
	}
	for _, s := range m.Seats {
		want := testimony.Seat{Label: s.Label, Role: s.Role}
		switch s.Role {
		case testimony.RoleDefence:
			want.Admitted = at(2)
		case testimony.RoleAccused:
			want.Admitted, want.Left = at(5), at(6)
		}
		if s != want {
			t.Errorf("%s: %+v, want %+v", s.Role, s, want)
		}
	}
}

// The public version keeps when, in which mode and why, and drops what tells where the witness is, who was present around
// them, and what anyone did.
func TestPublicMinutes(t *testing.T) {
	t.Parallel()
	events := aHearing(t)
	for i := range events { // whoever called a phase
		if events[i].Participant == "" {
			events[i].Participant = "seat1"
		}
	}
	sealed := testimony.BuildMinutes(hearing(), "TC 1/2026", at(0), at(60), events, []testimony.RecordingID{"r"})
	before, err := json.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	public := sealed.Public()
	if public.Version != "public" || public.Remote != (testimony.Clock{}) {
		t.Errorf("version %q, the witness's clock %+v", public.Version, public.Remote)
	}
	// The public learns why the session was private, and not why there was a break.
	told := slices.Clone(sealed.Segments)
	for i := range told {
		if told[i].Phase == testimony.Break {
			told[i].Reason = ""
		}
	}
	if diff := cmp.Diff(told, public.Segments); diff != "" {
		t.Errorf("the segments changed:\n%s", diff)
	}
	for _, e := range public.Events {
		if e.Phase == testimony.Break && e.Reason != "" {
			t.Errorf("the public is told why there was a break: %q", e.Reason)
		}
	}
	if diff := cmp.Diff(sealed.Totals, public.Totals); diff != "" {
		t.Errorf("the totals changed:\n%s", diff)
	}
	changes := 0
	for _, e := range public.Events {
		if e.Kind != testimony.PhaseChanged && e.Kind != testimony.ModeChanged || e.Participant != "" {
			t.Errorf("the public is told %+v", e)
		}
		changes++
	}
	if changes != 8 {
		t.Errorf("of 8 changes the public is told %d", changes)
	}
	for _, s := range public.Seats {
		if s.Role.Listens() || s.Role == testimony.RoleSupport || s.Role == testimony.RoleCoordinator || !s.Admitted.IsZero() || !s.Left.IsZero() {
			t.Errorf("the public is told of the seat %+v", s)
		}
	}
	if len(public.Seats) != len(testimony.Roles)-4 {
		t.Errorf("the public is told of %d seats", len(public.Seats))
	}
	text, err := json.Marshal(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"seat0", "seat1", "Ho_Chi_Minh", "+07:00", "admitted", "identity_verified", "requested", "marked", "remote"} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("%q stands in the public version:\n%s", hidden, text)
		}
	}
	if after, err := json.Marshal(sealed); err != nil || string(after) != string(before) {
		t.Errorf("making the public version changed the sealed one: %v", err)
	}
}

// What goes into the minutes is a copy: the session goes on with its own list.
func TestMinutesKeepTheirOwnEvents(t *testing.T) {
	t.Parallel()
	events := aHearing(t)
	m := testimony.BuildMinutes(hearing(), "", at(0), at(60), events, nil)
	events[0].Reason = "changed"
	if m.Events[0].Reason != "" {
		t.Error("the minutes changed with the session's list")
	}
}

func TestMinutesAreReadBack(t *testing.T) {
	t.Parallel()
	m := testimony.BuildMinutes(hearing(), "TC 1/2026", at(0), at(60), aHearing(t), []testimony.RecordingID{"r"})
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back testimony.Minutes
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back); diff != "" {
		t.Errorf("(-kept +read):\n%s", diff)
	}
}
