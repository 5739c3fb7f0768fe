package live

import (
	"testing"

	"github.com/pion/rtp"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
)

// seatingIn is a seating with one witness whom no order protects, testifying in a mode.
func seatingIn(t *testing.T, mode protection.SessionMode, phase testimony.Phase) (*seating, testimony.ParticipantID) {
	t.Helper()
	w := testimony.Participant{ID: "seat", Role: testimony.RoleWitness, Party: "party"}
	m := policy.Compile(policy.Input{Case: "case", Party: "party", Mode: mode})
	session := testimony.Begin(mode)
	session.Phase = phase
	return &seating{
		reception: testimony.Reception{Session: session, Matrix: m, Called: map[protection.PartyID]bool{"party": true}},
		admitted:  map[testimony.ParticipantID]testimony.Participant{w.ID: w},
	}, w.ID
}

func numbered(ssrc uint32, n uint16) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{SSRC: ssrc, SequenceNumber: n}}
}

// Packets that came in a private session are told apart after it has opened, whenever the jitter buffer gives them out:
// those that waited, those that were lost and sent again later, and those around the end of the numbers.
func TestWhatCameInAPrivateSessionStaysPrivate(t *testing.T) {
	t.Parallel()
	private, id := seatingIn(t, protection.PrivateMode, testimony.Testimony)
	public, _ := seatingIn(t, protection.PublicMode, testimony.Testimony)
	since := threshold{id: id}
	for _, n := range []uint16{65533, 65535, 1} { // 65534 and 0 are on their way
		if since.pass(arrival{numbered(7, n), private}) {
			t.Fatal("a change was seen where there was none")
		}
	}
	if since.before(7, 65533) {
		t.Error("nothing was earlier yet")
	}
	if !since.pass(arrival{numbered(7, 0), public}) { // sent again
		t.Error("the opening was not seen")
	}
	since.pass(arrival{numbered(7, 2), public})
	since.pass(arrival{numbered(7, 65534), public})
	for _, n := range []uint16{65534, 65535, 0, 1} {
		if !since.before(7, n) {
			t.Errorf("packet %d counts as public", n)
		}
	}
	if since.before(7, 2) || since.before(7, 3) {
		t.Error("what came after the opening counts as private")
	}
	since.pass(arrival{numbered(7, 3), private})
	since.pass(arrival{numbered(8, 60000), public})
	if since.before(8, 60000) {
		t.Error("a new source was taken for the old one")
	}
}

func TestOnlyAChangeForThePublicIsAThreshold(t *testing.T) {
	t.Parallel()
	public, id := seatingIn(t, protection.PublicMode, testimony.Testimony)
	private, _ := seatingIn(t, protection.PrivateMode, testimony.Testimony)
	paused, _ := seatingIn(t, protection.PublicMode, testimony.Break)
	again, _ := seatingIn(t, protection.PublicMode, testimony.Testimony)
	muted, _ := seatingIn(t, protection.PublicMode, testimony.Testimony)
	muted.muted = map[testimony.ParticipantID]bool{id: true}
	if again.differsInPublic(public, id) {
		t.Error("someone who comes in makes a gap in the public version")
	}
	for name, other := range map[string]*seating{"private": private, "break": paused, "muted": muted} {
		if !public.differsInPublic(other, id) {
			t.Errorf("%s: what was held back is let out", name)
		}
	}
}
