package live_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/live"
)

// fullRoom is a hearing with judges who join from elsewhere, an assessor, two accused and the press, who receive the witness by an order that
// keeps the witness's picture from both accused and lets the press follow a minute later.
const fullRoom = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]}],
 "orders":[{"key":"o","case":"c","party":"w","reference":"7/2026","state":"in_force","measures":[{"kind":"face_alteration"},{"kind":"screen_witness"},
  {"kind":"delayed_broadcast","audiences":["press"],"release":"delayed","delay":"1m0s"},{"kind":"reporting_restriction"}]}],
 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-03-02T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"j1","role":"judge"},{"key":"j2","role":"judge"},{"key":"e","role":"assessor"},
   {"key":"a1","role":"accused"},{"key":"a2","role":"accused"},{"key":"d","role":"defence"},{"key":"p","role":"press"},{"key":"g","role":"gallery"}]}]}`

// A remote judge receives everyone clear in every mode and at the identity check; each of several accused is kept from the witness's picture; the press, which the order makes
// wait, receives nobody live.
func TestEveryoneInTheRoomAtTheHub(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, fullRoom)
	for n := range s.State().People {
		p := seatAt(s, n)
		attend(t, s, p.Role, p.Link, nil)
		must(t, s.Admit(p.ID))
	}
	clearly := func(id testimony.ParticipantID, who ...string) {
		t.Helper()
		got := granted(s, s.Receiver(id))
		for _, w := range who {
			for _, want := range []string{w + " audio clear", w + " video clear"} {
				if !strings.Contains(got, want) {
					t.Errorf("in %s, %s session a remote judge lacks %q of %q", s.State().Session.Phase, s.State().Effective, want, got)
				}
			}
		}
	}
	call(t, s, testimony.IdentityCheck)
	clearly(seatAt(s, 1).ID, "witness", "bench", "judge")
	for n := 3; n < 9; n++ {
		if got := granted(s, s.Receiver(seatAt(s, n).ID)); strings.Contains(got, "clear") || strings.Contains(got, "concealed") {
			t.Errorf("at the identity check the %s receives %q", seatAt(s, n).Role, got)
		}
	}
	call(t, s, testimony.Oath, testimony.Testimony)
	for _, mode := range []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode} {
		if mode != protection.PublicMode {
			must(t, s.SetMode(mode, "Family."))
		}
		for n := 1; n <= 2; n++ {
			clearly(seatAt(s, n).ID, "witness", "judge", "accused", "assessor", "defence")
		}
		for n := 4; n <= 5; n++ {
			if got := granted(s, s.Receiver(seatAt(s, n).ID)); strings.Contains(got, "witness video clear") || !strings.Contains(got, "accused video clear") {
				t.Errorf("%s receives %q", seatAt(s, n).Label, got)
			}
		}
		if got := granted(s, s.Receiver(seatAt(s, 7).ID)); strings.Contains(got, "clear") || strings.Contains(got, "concealed") {
			t.Errorf("the press, which waits, receives %q live in %s session", got, mode)
		}
	}
}

// The pages are told by their own roles what they receive; the witness is told of assessors and press because they have seats; the press is told of the restriction. Two accused
// bear labels that differ.
func TestNewRolesAreTold(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, fullRoom)
	for n := range s.State().People {
		p := seatAt(s, n)
		attend(t, s, p.Role, p.Link, nil)
		must(t, s.Admit(p.ID))
	}
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	for n, role := range map[int]string{1: "judge", 3: "assessor", 7: "press"} {
		if told := s.Told(seatAt(s, n).ID); len(told.What) != 1 || told.What[role].Picture == "" || told.Restricted != (role == "press") {
			t.Errorf("the %s is told %+v, restricted %v", role, told.What, told.Restricted)
		}
	}
	witness := s.Told(seatAt(s, 0).ID)
	if witness.What["assessor"].Picture != "clear" || witness.What["press"].Picture != "silhouette" {
		t.Errorf("the witness is told %+v", witness.What)
	}
	if a, b := seatAt(s, 4).Label, seatAt(s, 5).Label; a == b {
		t.Errorf("both accused are called %q", a)
	}
}

// twoWitnesses is a hearing of one witness at which another waits to be called.
const twoWitnesses = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]},{"key":"v","status":"witness","appearances":[{"case":"c"}]}],
 "orders":[],
 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-03-02T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"v","role":"witness","party":"v"},{"key":"d","role":"defence"},{"key":"g","role":"gallery"}]}]}`

// A second witness who was let in waits alone: nothing can be written to them or of them, their page is told of nobody and nobody's page of them, until the bench calls them. Once
// dismissed they are gone, their link opens nothing, and the first witness's page has not changed. A late joiner in the lobby has nothing either.
func TestSecondWitnessWaitsAloneUntilCalled(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, twoWitnesses)
	for n := range 3 {
		attend(t, s, seatAt(s, n).Role, seatAt(s, n).Link, nil)
		must(t, s.Admit(seatAt(s, n).ID))
	}
	late := seatAt(s, 3)
	attend(t, s, late.Role, late.Link, nil)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	first, second, counsel := seatAt(s, 0).ID, seatAt(s, 1).ID, seatAt(s, 2).ID
	alone := func(id testimony.ParticipantID, waiting bool) {
		t.Helper()
		if got := granted(s, s.Receiver(id)); got != "" {
			t.Errorf("whoever waits can be sent %q", got)
		}
		if told := s.Told(id); len(told.People) != 0 || len(told.What) != 0 || told.Admitted || told.Phase != "lobby" || told.Waiting != waiting || told.Reason != "" {
			t.Errorf("whoever waits is told %+v", told)
		}
	}
	knows := func(id testimony.ParticipantID) bool {
		return slices.ContainsFunc(s.Told(id).People, func(p join.Person) bool { return p.ID == string(second) })
	}
	alone(second, true)
	alone(late.ID, false)
	if !seatAt(s, 1).Waits || knows(first) || knows(counsel) {
		t.Error("somebody knows of the witness who waits")
	}
	if err := s.CallWitness(counsel); !errors.Is(err, testimony.ErrNoWitness) {
		t.Errorf("calling counsel: %v", err)
	}
	must(t, s.CallWitness(second))
	if seatAt(s, 1).Waits || !knows(counsel) || !strings.Contains(granted(s, s.Receiver(second)), "defence audio clear") {
		t.Errorf("after the call the witness can be sent %q", granted(s, s.Receiver(second)))
	}
	must(t, s.DismissWitness(second))
	if p := seatAt(s, 1); p.Presence != live.Absent || p.Link != "" || !p.Waits || knows(counsel) {
		t.Errorf("after the dismissal the seat is %+v", p)
	}
	if got := granted(s, s.Receiver(second)); got != "" {
		t.Errorf("a dismissed witness can be sent %q", got)
	}
	if err := s.DismissWitness(second); !errors.Is(err, testimony.ErrNotCalled) {
		t.Errorf("dismissing twice: %v", err)
	}
	if len(events(s, testimony.WitnessCalled)) != 1 || len(events(s, testimony.WitnessDismissed)) != 1 {
		t.Error("the call and the dismissal do not stand in the record")
	}
	must(t, s.DismissWitness(first))
	if got := granted(s, s.Receiver(counsel)); strings.Contains(got, "witness") {
		t.Errorf("counsel can still be sent %q", got)
	}
}
