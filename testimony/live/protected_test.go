package live_test

import (
	"slices"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

// screened is a hearing of a witness behind every measure, with an interpreter and with another protected witness who waits.
const screened = `{"format":"paravent.docket/1",
 "cases":[{"key":"c","reference":"TC 1/2026","offence":"trafficking"}],
 "parties":[{"key":"w","status":"witness","appearances":[{"case":"c"}]},{"key":"v","status":"witness","appearances":[{"case":"c"}]}],
 "orders":[{"key":"o","case":"c","party":"w","reference":"7/2026","state":"in_force","measures":[{"kind":"face_alteration"},{"kind":"interpreter_only"},
  {"kind":"screen_accused"},{"kind":"reporting_restriction"},{"kind":"screen_witness"}]}],
 "hearings":[{"key":"h","case":"c","party":"w","start":"2026-03-02T09:00:00Z","minutes":60,"court_zone":"Europe/Paris","witness_zone":"Africa/Lagos","mode":"public",
  "participants":[{"key":"w","role":"witness","party":"w"},{"key":"v","role":"witness","party":"v"},{"key":"i","role":"interpreter"},{"key":"a","role":"accused"},{"key":"g","role":"gallery"}]}]}`

// seatAt is a seat by its place in the hearing: two witnesses have one role.
func seatAt(s *live.Session, n int) live.Person { return s.State().People[n] }

const (
	theWitness = iota
	waitingWitness
	theInterpreter
	theAccused
	theGallery
)

// testifying is a session of the screened hearing in the testimony, everybody admitted.
func testifying(t *testing.T) (*live.Session, []*guest.Session) {
	t.Helper()
	s, _, _ := openHearing(t, screened)
	var guests []*guest.Session
	for n := range s.State().People {
		g, err := guest.Dial(t.Context(), seatAt(s, n).Link, guest.Options{})
		must(t, err)
		t.Cleanup(g.Close)
		await(t, s, "a guest in the lobby", func(live.State) bool { return seatAt(s, n).Presence == live.InLobby })
		must(t, s.Admit(seatAt(s, n).ID))
		if n == waitingWitness {
			must(t, s.CallWitness(seatAt(s, n).ID))
		}
		guests = append(guests, g)
	}
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	return s, guests
}

// Behind every measure the hub has nothing of the witness for those from whom the order keeps it, and nothing of the accused
// for the witness.
func TestMeasuresAtTheHub(t *testing.T) {
	t.Parallel()
	s, _ := testifying(t)
	check := func(when string, want map[int]string) {
		t.Helper()
		for n, parts := range want {
			got := granted(s, s.Receiver(seatAt(s, n).ID))
			var ofWitness []string
			for part := range strings.SplitSeq(got, ", ") {
				if n != theWitness && strings.HasPrefix(part, "witness ") || n == theWitness && strings.HasPrefix(part, "accused ") {
					ofWitness = append(ofWitness, part)
				}
			}
			if list := strings.Join(ofWitness, ", "); list != parts {
				t.Errorf("%s: seat %d can be sent %q of whom it is protected from, want %q", when, n, list, parts)
			}
		}
	}
	// The other witness is not protected by the order: of them everyone receives clear what the public does.
	const other = "witness audio clear, witness video clear"
	check("in public", map[int]string{theWitness: "", theInterpreter: "witness audio clear, " + "witness audio clear, witness video clear, witness video clear",
		theAccused: "witness audio clear, " + other, theGallery: other + ", witness video concealed", waitingWitness: "witness video concealed"})
	must(t, s.SetMode(protection.PrivateMode, "Family."))
	check("in private", map[int]string{theWitness: "", theGallery: "", waitingWitness: "", theAccused: "witness audio clear, " + other})
}

// told waits for a state in a mode, the last that counts, and returns who the page may name and what it is told.
func told(t *testing.T, g *guest.Session, mode protection.SessionMode) join.State {
	t.Helper()
	return states(t, g, func(st join.State) bool { return st.Phase == "testimony" && st.Mode == mode.String() })
}

func roles(st join.State) []string {
	var list []string
	for _, p := range st.People {
		list = append(list, p.Role)
	}
	slices.Sort(list)
	return list
}

// A page names those of whom it receives something, and nobody else: not the accused to the screened witness, and in private
// session nobody to the gallery. No page but the witness's own is told the witness's time zone.
func TestPagesAreToldOfThoseTheyReceive(t *testing.T) {
	t.Parallel()
	s, guests := testifying(t)
	witness, gallery := told(t, guests[theWitness], protection.PublicMode), told(t, guests[theGallery], protection.PublicMode)
	if got := roles(witness); !slices.Equal(got, []string{"bench", "interpreter", "witness"}) || witness.AccusedShown || witness.Clock.Witness == "" {
		t.Errorf("the witness is told of %v, accused shown: %v", got, witness.AccusedShown)
	}
	if got := roles(gallery); !slices.Equal(got, []string{"accused", "bench", "interpreter", "witness", "witness"}) || gallery.Clock.Witness != "" {
		t.Errorf("the gallery is told of %v, clocks %+v", got, gallery.Clock)
	}
	if what := gallery.What["gallery"]; len(gallery.What) != 1 || what != (join.Reception{Picture: "silhouette", Voice: "interpreter_only"}) {
		t.Errorf("the gallery is told that it receives %+v", gallery.What)
	}
	if !gallery.Restricted || witness.Restricted {
		t.Errorf("that nothing may be published is told to the gallery: %v, and to the witness: %v", gallery.Restricted, witness.Restricted)
	}
	must(t, s.SetMode(protection.PrivateMode, "Family."))
	for _, n := range []int{theGallery, waitingWitness} {
		private := told(t, guests[n], protection.PrivateMode)
		if len(private.People) != 0 || !private.Admitted || private.Reason != "Family." {
			t.Errorf("in private session seat %d is told %+v", n, private)
		}
	}
	if got := roles(told(t, guests[theWitness], protection.PrivateMode)); !slices.Contains(got, "bench") || slices.Contains(got, "accused") {
		t.Errorf("in private session the witness is told of %v", got)
	}
	must(t, s.SetMode(protection.ClosedMode, "Safety."))
	closed := told(t, guests[theGallery], protection.ClosedMode)
	if closed.Admitted || len(closed.People) != 0 {
		t.Errorf("in closed session the gallery is told %+v", closed)
	}
	await(t, s, "the gallery to be cut", func(st live.State) bool { return !st.Gallery.Connected })
}

// The bench is shown what every seat and the public receive of the witness at this moment, the phase included.
func TestDeskShowsWhatThePublicReceives(t *testing.T) {
	t.Parallel()
	s, _ := testifying(t)
	want := protection.Access{Picture: protection.Silhouette, Voice: protection.InterpreterOnly, Release: protection.Live, Connected: true}
	if got := s.State().Gallery; got != want {
		t.Errorf("in public session the public receives %+v", got)
	}
	for n, want := range map[int]protection.Picture{theInterpreter: protection.ClearPicture, theAccused: protection.NoPicture, theGallery: protection.Silhouette} {
		if got := seatAt(s, n).Receives.Picture; got != want {
			t.Errorf("seat %d receives the picture %s, want %s", n, got, want)
		}
	}
	must(t, s.Break("The witness asked."))
	for n := range s.State().People {
		if got := seatAt(s, n).Receives; n != theWitness && (got.Picture != protection.NoPicture || got.Voice != protection.NoVoice) {
			t.Errorf("in a break seat %d receives %+v", n, got)
		}
	}
	if got := s.State().Gallery; got.Picture != protection.NoPicture || got.Voice != protection.NoVoice {
		t.Errorf("in a break the public receives %+v", got)
	}
}
