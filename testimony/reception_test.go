package testimony_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
)

const (
	party  = protection.PartyID("p1") // testifies
	second = protection.PartyID("p2") // another protected witness with a seat
	absent = protection.PartyID("p3") // a protected witness of whom this hearing has no matrix
	here   = protection.CaseID("here")
)

var (
	day   = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	modes = []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode}
)

// The seats of the hearing, one for each role and a second witness.
var (
	bench       = testimony.Participant{ID: testimony.BenchID, Role: testimony.RoleBench}
	witness     = testimony.Participant{ID: "w", Role: testimony.RoleWitness, Party: party}
	other       = testimony.Participant{ID: "w2", Role: testimony.RoleWitness, Party: second}
	coordinator = testimony.Participant{ID: "c", Role: testimony.RoleCoordinator}
	accused     = testimony.Participant{ID: "a", Role: testimony.RoleAccused}
	prosecution = testimony.Participant{ID: "p", Role: testimony.RoleProsecution}
	gallery     = testimony.Participant{ID: "g", Role: testimony.RoleGallery}
	judge       = testimony.Participant{ID: "j", Role: testimony.RoleJudge}
	press       = testimony.Participant{ID: "r", Role: testimony.RolePress}
	seats       = []testimony.Participant{bench, witness, other, coordinator, accused, prosecution, gallery, judge, press, {ID: "e", Role: testimony.RoleAssessor},
		{ID: "d", Role: testimony.RoleDefence}, {ID: "i", Role: testimony.RoleInterpreter}, {ID: "s", Role: testimony.RoleSupport}}
	strangers = []testimony.Participant{{ID: "x"}, {ID: "y", Role: "bailiff"}, {ID: "z", Role: testimony.RoleWitness}}
)

// steps are orders in force for both witnesses, drawn from every measure.
func drawOrders(t *rapid.T) []order.Order {
	var list []order.Order
	for i := range rapid.IntRange(0, 3).Draw(t, "orders") {
		o := order.Order{ID: protection.OrderID(fmt.Sprint(i)), Case: here, State: order.InForce,
			Party: rapid.SampledFrom([]protection.PartyID{party, party, second}).Draw(t, "party")}
		for range rapid.IntRange(1, 3).Draw(t, "measures") {
			m := order.Measure{Kind: rapid.SampledFrom(order.Catalogue).Draw(t, "measure").Kind}
			if rapid.Bool().Draw(t, "extended") {
				m.Audiences = []protection.Audience{rapid.SampledFrom(protection.Audiences).Draw(t, "audience")}
			}
			o.Measures = append(o.Measures, m)
		}
		list = append(list, o)
	}
	return list
}

func receptionOf(orders []order.Order, session testimony.Session) testimony.Reception {
	compile := func(p protection.PartyID, others ...protection.PartyID) policy.Matrix {
		return policy.Compile(policy.Input{Party: p, Case: here, Orders: orders, Mode: session.Mode, At: day, Others: others})
	}
	return testimony.Reception{Session: session, Matrix: compile(party, second, absent),
		Called: map[protection.PartyID]bool{party: true, second: true}, Others: map[protection.PartyID]policy.Matrix{second: compile(second, party)}}
}

func drawReception(t *rapid.T, phases ...testimony.Phase) testimony.Reception {
	session := testimony.Begin(rapid.SampledFrom(modes).Draw(t, "mode"))
	session.Phase = rapid.SampledFrom(phases).Draw(t, "phase")
	return receptionOf(drawOrders(t), session)
}

func pair(t *rapid.T) (from, to testimony.Participant) {
	everyone := slices.Concat(seats, strangers)
	return rapid.SampledFrom(everyone).Draw(t, "from"), rapid.SampledFrom(everyone).Draw(t, "to")
}

func gives(a protection.Access) bool {
	return a.Picture != protection.NoPicture || a.Voice != protection.NoVoice
}

func TestBenchReceivesEverythingThatIsSent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		from := rapid.SampledFrom(seats).Draw(t, "from")
		if !r.Connected(bench) {
			t.Fatal("the bench is not connected")
		}
		if got := r.Access(from, bench); got != protection.Full() && from.Role.Publishes() && from.ID != bench.ID {
			t.Fatalf("the bench receives %+v of %s", got, from.Role)
		}
	})
}

// Whoever is nobody, or a witness without a party, neither receives, nor sends, nor is connected.
func TestUnknownRoleGetsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		stranger := rapid.SampledFrom(append(strangers, testimony.Participant{ID: "v", Role: testimony.RoleWitness, Party: absent})).Draw(t, "stranger")
		from := rapid.SampledFrom(seats).Draw(t, "from")
		if got := r.Access(from, stranger); got != (protection.Access{}) {
			t.Fatalf("%+v receives %+v of %s", stranger, got, from.Role)
		}
		if r.Connected(stranger) || r.MaySend(stranger) {
			t.Fatalf("%+v is connected: %v, may send: %v", stranger, r.Connected(stranger), r.MaySend(stranger))
		}
	})
}

// Nobody receives more of a protected witness than that witness's own matrix grants, in any phase.
func TestNobodyReceivesMoreThanTheMatrix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		_, to := pair(t)
		for p, m := range map[protection.PartyID]policy.Matrix{party: r.Matrix, second: r.Others[second]} {
			from := map[protection.PartyID]testimony.Participant{party: witness, second: other}[p]
			got := r.Access(from, to)
			if gives(got) && !got.AtMost(m.Access(to.Audience())) {
				t.Fatalf("%s receives %+v of %s, and the matrix grants %+v", to.Role, got, p, m.Access(to.Audience()))
			}
		}
	})
}

// Whoever the mode keeps from the testimony is kept from everyone in the room: an answer is heard in the next question.
// That goes for another witness who waits, and for the gallery where another witness speaks.
func TestWhoeverIsKeptFromTheTestimonyHearsNoQuestionEither(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Oath, testimony.Testimony)
		from, to := pair(t)
		if to.Role.OnBench() || to.ID == witness.ID {
			t.Skip("takes part in the testimony")
		}
		if !gives(r.Matrix.Access(to.Audience())) && gives(r.Access(from, to)) {
			t.Fatalf("%s receives %+v of %s in %s session", to.ID, r.Access(from, to), from.ID, r.Matrix.Mode)
		}
	})
}

func TestPublicReceivesNothingInPrivateAndClosedSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		if r.Matrix.Mode == protection.PublicMode {
			t.Skip("a public session")
		}
		from, _ := pair(t)
		for _, to := range []testimony.Participant{gallery, press, other} { // they stand with the public
			if got := r.Access(from, to); gives(got) {
				t.Fatalf("in %s session %s receives %+v of %s", r.Matrix.Mode, to.Role, got, from.Role)
			}
		}
	})
}

// In closed session whoever is not on the roster is disconnected; so is everyone but the bench once the session has ended.
func TestConnected(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		for _, p := range seats {
			want := r.Matrix.Access(p.Audience()).Connected
			if p.ID == witness.ID {
				want = true
			}
			if r.Session.Phase == testimony.Closed && p.Role != testimony.RoleBench {
				want = false
			}
			if r.Connected(p) != want {
				t.Fatalf("%s connected: %v, in %s session, phase %s", p.ID, !want, r.Matrix.Mode, r.Session.Phase)
			}
			if !want && r.Access(witness, p) != (protection.Access{}) {
				t.Fatalf("%s is disconnected and receives %+v", p.ID, r.Access(witness, p))
			}
		}
		if r.Matrix.Mode == protection.ClosedMode && (r.Connected(gallery) || r.Connected(other)) {
			t.Fatal("the public is connected to a closed session")
		}
	})
}

// While the witness's identity is checked, only bench, that witness and the coordinator see and hear each other.
func TestIdentityCheckIsAmongThree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.IdentityCheck)
		from, to := pair(t)
		present := []testimony.ParticipantID{bench.ID, judge.ID, witness.ID, coordinator.ID}
		if !to.Role.OnBench() && !slices.Contains(present, to.ID) && gives(r.Access(from, to)) {
			t.Fatalf("%s receives %+v of %s", to.ID, r.Access(from, to), from.ID)
		}
		if !to.Role.OnBench() && !slices.Contains(present, from.ID) && gives(r.Access(from, to)) {
			t.Fatalf("%s receives %+v of %s", to.ID, r.Access(from, to), from.ID)
		}
		if r.MaySend(from) && !slices.Contains(present, from.ID) {
			t.Fatalf("%s sends", from.ID)
		}
		if !gives(r.Access(bench, witness)) || !r.MaySend(witness) || !r.MaySend(bench) {
			t.Fatal("bench and witness do not see each other")
		}
	})
}

// In lobby, break, interruption and after the close nobody but the bench receives anything, and nobody's picture and sound
// are taken; in the lobby the bench's own are, for the bench to be ready.
func TestNothingIsReceivedOutsideTheSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Lobby, testimony.Break, testimony.Interruption, testimony.Closed)
		from, to := pair(t)
		if !to.Role.OnBench() && gives(r.Access(from, to)) {
			t.Fatalf("%s receives %+v of %s", to.Role, r.Access(from, to), from.Role)
		}
		want := from.Role.OnBench() && r.Session.Phase == testimony.Lobby
		if r.MaySend(from) != want {
			t.Fatalf("in %s %s sends: %v", r.Session.Phase, from.Role, !want)
		}
	})
}

// Nobody receives themselves, and nobody anything of the gallery.
func TestGalleryAndOneselfAreNotReceived(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		_, to := pair(t)
		for _, from := range []testimony.Participant{gallery, press, to, {ID: "x"}} {
			if gives(r.Access(from, to)) {
				t.Fatalf("%s receives %+v of %s", to.ID, r.Access(from, to), from.ID)
			}
		}
		if r.MaySend(gallery) || r.MaySend(press) || r.MaySend(testimony.Participant{ID: "x"}) {
			t.Fatal("the gallery sends")
		}
	})
}

// The accused is never shown to a witness who is screened, nor to a witness of whom no matrix says that they may be; to any
// other who follows the session the accused is shown as counsel is.
func TestScreenHidesTheAccusedFromTheWitness(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		for to, m := range map[testimony.Participant]policy.Matrix{witness: r.Matrix, other: r.Others[second]} {
			got := r.Access(accused, to)
			if !m.ShowsAccused && gives(got) {
				t.Fatalf("%s is screened and receives %+v of the accused", to.ID, got)
			}
			if m.ShowsAccused && got != r.Access(prosecution, to) {
				t.Fatalf("%s receives %+v of the accused, and of the prosecution %+v", to.ID, got, r.Access(prosecution, to))
			}
		}
		support := testimony.Participant{ID: "s", Role: testimony.RoleSupport}
		for _, beside := range []testimony.Participant{coordinator, support} {
			if !r.Matrix.ShowsAccused && gives(r.Access(accused, beside)) {
				t.Fatalf("the %s sits with a screened witness and is shown the accused", beside.Role)
			}
		}
		r.Others = nil
		if gives(r.Access(accused, other)) {
			t.Fatal("a witness without a matrix is shown the accused")
		}
	})
}

// In testimony the witness sees and hears those who ask, whatever the mode.
func TestWitnessReceivesTheCourt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Oath, testimony.Testimony)
		for _, from := range []testimony.Participant{bench, prosecution} {
			if got := r.Access(from, witness); got != protection.Full() {
				t.Fatalf("the witness receives %+v of %s", got, from.Role)
			}
		}
	})
}

// Only those send who may hold a connection.
func TestDisconnectedNeverSend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		p, _ := pair(t)
		if r.MaySend(p) && !r.Connected(p) {
			t.Fatalf("%s is disconnected in %s and sends", p.ID, r.Session.Phase)
		}
	})
}

// Identity check, lobby and break are off the record; the oath and the testimony are on it, the master clear.
func TestRecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		on := r.Session.Phase == testimony.Oath || r.Session.Phase == testimony.Testimony
		for _, version := range []protection.Audience{protection.MasterRecord, protection.PublicRecord} {
			got := r.Record(version)
			if !on && got != (protection.Access{}) {
				t.Fatalf("in %s the %s takes %+v", r.Session.Phase, version, got)
			}
			if on && got != r.Matrix.Access(version) {
				t.Fatalf("in %s the %s takes %+v", r.Session.Phase, version, got)
			}
		}
		if master := r.Record(protection.MasterRecord); on && (master.Picture != protection.ClearPicture || master.Voice != protection.ClearVoice) {
			t.Fatalf("the master takes %+v", master)
		}
		if r.Matrix.Mode != protection.PublicMode && gives(r.Record(protection.PublicRecord)) {
			t.Fatal("the public record takes a private session")
		}
		if stranger := r.Record("stranger"); stranger != (protection.Access{}) {
			t.Fatalf("an unknown record takes %+v", stranger)
		}
	})
}

// A further protected witness stands in a recording as their own matrix says, everyone else as they are, and of a session
// that the public does not follow nobody stands in the public version.
func TestRecordOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		from := rapid.SampledFrom(slices.Concat(seats, strangers)).Draw(t, "from")
		master, public := r.RecordOf(from, protection.MasterRecord), r.RecordOf(from, protection.PublicRecord)
		if !gives(r.Record(protection.MasterRecord)) && gives(master) || !gives(r.Record(protection.PublicRecord)) && gives(public) {
			t.Fatalf("in %s, %s session, of %s the master takes %+v and the public version %+v", r.Session.Phase, r.Matrix.Mode, from.ID, master, public)
		}
		for p, m := range map[protection.PartyID]policy.Matrix{party: r.Matrix, second: r.Others[second]} {
			if from.Party == p && gives(public) && public != m.Access(protection.PublicRecord) {
				t.Fatalf("of %s the public version takes %+v, and the matrix grants %+v", from.ID, public, m.Access(protection.PublicRecord))
			}
		}
		if from.Role == testimony.RoleWitness && from.Party == "" && (gives(master) || gives(public)) {
			t.Fatal("a witness without a matrix stands in a recording")
		}
		rendered := protection.Full()
		if r.Others[second].Access(protection.PublicRecord).Voice == protection.NoVoice { // whom they render as well
			rendered = protection.Access{}
		}
		if gives(r.Record(protection.PublicRecord)) && from.Role == testimony.RoleInterpreter && public != rendered {
			t.Fatalf("of the interpreter the public version takes %+v", public)
		}
	})
}

// Going from public to private to closed gives nobody more, in any phase.
func TestTighterModeGivesNobodyMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		session := testimony.Begin(protection.PublicMode)
		session.Phase = rapid.SampledFrom(testimony.Phases).Draw(t, "phase")
		orders := drawOrders(t)
		from, to := pair(t)
		last := protection.Full()
		for _, mode := range modes {
			session.Mode = mode
			got := receptionOf(orders, session).Access(from, to)
			if !got.AtMost(last) {
				t.Fatalf("%s session gives %s more of %s: %+v after %+v", mode, to.ID, from.ID, got, last)
			}
			last = got
		}
	})
}

// An interpreter renders whoever speaks. Whoever may have no voice of a protected witness who is here does not hear them in another's words, live or in the
// public version; the bench, the master and the witness who testifies do.
func TestNobodyHearsAWithheldWitnessInAnotherVoice(t *testing.T) {
	t.Parallel()
	interpreter := testimony.Participant{ID: "i", Role: testimony.RoleInterpreter}
	withheld, let := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Testimony, testimony.Oath)
		if rapid.Bool().Draw(t, "kept from the public") { // chance alone keeps a second witness from anybody too seldom
			r = receptionOf([]order.Order{{ID: "k", Case: here, State: order.InForce, Party: second, Measures: []order.Measure{{Kind: order.DelayedBroadcast,
				Audiences: []protection.Audience{protection.Gallery}, Parameters: order.Parameters{Release: protection.Never}}}}}, r.Session)
		}
		r.Here = rapid.SampledFrom([]map[protection.PartyID]bool{nil, {}, {second: true}}).Draw(t, "here")
		present := r.Here == nil || r.Here[second]
		to := rapid.SampledFrom(append([]testimony.Participant{gallery, gallery}, seats...)).Draw(t, "to")
		got := r.Access(interpreter, to)
		cell := r.Others[second].Access(to.Audience())
		if !to.Role.OnBench() && to.Role != testimony.RoleWitness && to.ID != interpreter.ID {
			if present && (cell.Voice == protection.NoVoice || cell.Release != protection.Live) {
				withheld++
				if gives(got) {
					t.Fatalf("the %s has %+v of the second witness and %+v of the interpreter", to.Role, cell, got)
				}
			} else if gives(got) {
				let++
			}
		}
		record := r.RecordOf(interpreter, protection.PublicRecord)
		if present && r.Others[second].Access(protection.PublicRecord).Voice == protection.NoVoice && gives(record) {
			t.Fatalf("the public version has %+v of the interpreter", record)
		}
		if !gives(r.RecordOf(interpreter, protection.MasterRecord)) {
			t.Fatal("the master lacks the interpreter")
		}
		if to.Role.OnBench() && !gives(got) || to.ID == witness.ID && gives(r.Access(bench, to)) != gives(got) {
			t.Fatalf("the %s receives %+v of the interpreter", to.Role, got)
		}
	})
	if withheld == 0 || let == 0 {
		t.Errorf("%d times withheld, %d times let through", withheld, let)
	}
}

// A judge who joins from elsewhere receives all that the court's own desk does, whatever the orders, the mode and the phase, until the session has ended; no order can
// keep anything from either.
func TestRemoteJudgeIsTheBench(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		from := rapid.SampledFrom(seats).Draw(t, "from")
		if from.Role.OnBench() {
			t.Skip("one of the bench")
		}
		want := r.Access(from, bench)
		if r.Session.Phase == testimony.Closed {
			want = protection.Access{}
		}
		if got := r.Access(from, judge); got != want && !from.Role.Listens() {
			t.Fatalf("in %s the remote judge receives %+v of %s, and the bench %+v", r.Session.Phase, got, from.ID, want)
		}
	})
}

// The press receives what its own cell of the matrix says, and never of anybody sooner than that says; a delay that the order sets for the press holds back the press alone.
func TestPressFollowsItsOwnCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		orders := drawOrders(t)
		orders = append(orders, order.Order{ID: "press", Case: here, Party: party, State: order.InForce, Measures: []order.Measure{{Kind: order.DelayedBroadcast,
			Audiences:  []protection.Audience{protection.Press},
			Parameters: order.Parameters{Release: rapid.SampledFrom([]protection.Release{protection.Delayed, protection.AfterReview, protection.Never}).Draw(t, "release"), Delay: order.Delay(time.Minute)}}}})
		session := testimony.Begin(rapid.SampledFrom(modes).Draw(t, "mode"))
		session.Phase = testimony.Testimony
		r := receptionOf(orders, session)
		cell := r.Matrix.Access(protection.Press)
		if cell.Release == protection.Live && gives(cell) {
			t.Fatalf("the press's cell is %+v", cell)
		}
		for _, from := range seats {
			if got := r.Access(from, press); gives(got) {
				t.Fatalf("the press receives %+v of %s, whom the order makes wait", got, from.ID)
			}
		}
		aired := r.Aired()
		if got := r.Broadcast(press, aired); gives(got) && (cell.Release != protection.Delayed || got.Delay < cell.Delay || got.Picture > max(cell.Picture, protection.NoPicture)) {
			t.Fatalf("the broadcast gives the press %+v, and its cell is %+v", got, cell)
		}
	})
}

// A witness who was not called, or was dismissed, has no connection, is not taken and stands in no recording, and nobody receives anything of them nor they of anybody,
// whatever the orders, the mode and the phase.
func TestWhoIsNotCalledWaitsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		waits := rapid.SampledFrom([]testimony.Participant{witness, other}).Draw(t, "waits")
		delete(r.Called, waits.Party)
		with := rapid.SampledFrom(seats).Draw(t, "with")
		if r.Connected(waits) || r.MaySend(waits) || gives(r.Access(with, waits)) || !with.Role.OnBench() && gives(r.Access(waits, with)) {
			t.Fatalf("%s waits in %s and has a part with %s", waits.ID, r.Session.Phase, with.ID)
		}
		for _, version := range []protection.Audience{protection.MasterRecord, protection.PublicRecord} {
			if gives(r.RecordOf(waits, version)) {
				t.Fatalf("%s waits and stands in the %s", waits.ID, version)
			}
		}
	})
}

// The record alone says who is called: the witness who testifies from the beginning, others from their call, each until dismissed.
func TestCalledByTheRecord(t *testing.T) {
	t.Parallel()
	h := testimony.Hearing{Party: party, Participants: seats}
	s := testimony.Begin(protection.PublicMode)
	var record []testimony.Event
	step := func(kind testimony.EventKind, id testimony.ParticipantID) {
		record = append(record, testimony.Event{Kind: kind, Participant: id})
	}
	is := func(when string, first, later bool) {
		t.Helper()
		if called := testimony.Called(h, record); called[party] != first || called[second] != later {
			t.Errorf("%s: %v", when, called)
		}
	}
	is("at the beginning", true, false)
	if err := s.DismissWitness(h, record, other.ID); !errors.Is(err, testimony.ErrNotCalled) {
		t.Errorf("dismissing one who waits: %v", err)
	}
	step(testimony.WitnessCalled, other.ID)
	step(testimony.WitnessCalled, accused.ID)
	is("after the call", true, true)
	if err := s.CallWitness(h, record, other.ID); !errors.Is(err, testimony.ErrSame) {
		t.Errorf("calling twice: %v", err)
	}
	step(testimony.WitnessDismissed, witness.ID)
	is("after the first was dismissed", false, true)
	if err := s.CallWitness(h, record, accused.ID); !errors.Is(err, testimony.ErrNoWitness) {
		t.Errorf("calling the accused: %v", err)
	}
}

// Whoever sits where the witness is sends the witness's room: nobody who may not have the witness as they are has it.
func TestTheWitnesssRoomIsAsProtectedAsTheWitness(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		from := rapid.SampledFrom([]testimony.Participant{coordinator, {ID: "s", Role: testimony.RoleSupport}}).Draw(t, "from")
		_, to := pair(t)
		a := r.Access(from, to)
		if to.Role.OnBench() || to.ID == witness.ID || to.ID == from.ID {
			return
		}
		for _, m := range []policy.Matrix{r.Matrix, r.Others[second]} {
			cell := m.Access(to.Audience())
			if a.Picture != protection.NoPicture && cell.Picture != protection.ClearPicture || a.Voice != protection.NoVoice && cell.Voice != protection.ClearVoice {
				t.Fatalf("%s receives %+v of the room of %s, and of the witness %+v", to.ID, a, m.Party, cell)
			}
		}
		for _, version := range []protection.Audience{protection.PublicRecord, protection.MasterRecord} {
			for _, m := range []policy.Matrix{r.Matrix, r.Others[second]} {
				if got, cell := r.RecordOf(from, version), m.Access(version); got.Voice != protection.NoVoice && cell.Voice != protection.ClearVoice {
					t.Fatalf("%s has %+v of the room, and of %s %+v", version, got, m.Party, cell)
				}
			}
		}
	})
}

// A microphone beside a loudspeaker sends the witness's voice back: everyone but the interpreters is kept, while a witness speaks, from whoever may
// not have it, and from nobody else.
func TestMicrophonesYieldToWhoeverMayNotHearTheWitness(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Oath, testimony.Testimony)
		from, to := pair(t)
		clear := r.Matrix.Access(to.Audience()).Voice == protection.ClearVoice && r.Others[second].Access(to.Audience()).Voice == protection.ClearVoice
		want := !clear && !to.Role.OnBench() && to.ID != witness.ID && from.Role != testimony.RoleWitness && from.Role != testimony.RoleInterpreter
		if got := r.Yields(from, to); got != want {
			t.Fatalf("from %s to %s: %v", from.ID, to.ID, got)
		}
		if r.YieldsIn(from, protection.MasterRecord) {
			t.Fatalf("%s is missing in the master", from.ID)
		}
	})
}

// While a recorded testimony is open: nobody who sits with a witness is played any of it or is heard; whoever is kept from the recorded witness, now, is played
// nothing and hears nobody who speaks of it; and whoever may not have the recorded voice hears no microphone while it sounds. The bench always has it.
func TestARecordedTestimonyIsKeptFromThoseWhoAreKeptFromTheWitness(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		played := policy.Compile(policy.Input{Party: absent, Case: here, Orders: drawOrders(t), Mode: r.Matrix.Mode, At: day, Others: []protection.PartyID{party, second}})
		r.Played = []policy.Matrix{played}
		if rapid.Bool().Draw(t, "two") {
			r.Played = append(r.Played, r.Matrix)
		}
		from, to := pair(t)
		cell := played.Access(to.Audience())
		switch plays := r.Plays(to); {
		case plays && r.Session.Phase != testimony.Playback:
			t.Fatalf("in the phase %s a recording is played to %s", r.Session.Phase, to.Role)
		case plays && (to.Role.WithWitness() || to.Role == ""):
			t.Fatalf("a recording is played to %s", to.Role)
		case to.Role.OnBench() && r.Session.Phase == testimony.Playback && r.Connected(to) && !plays:
			t.Fatalf("the bench is played nothing: %s", to.ID)
		case plays && !to.Role.OnBench() && (!gives(cell) || cell.Release != protection.Live):
			t.Fatalf("%s is played a recording, and may have %+v of its witness", to.Role, cell)
		}
		if r.Session.Phase != testimony.Playback || to.Role.OnBench() {
			return
		}
		if got := r.Access(from, to); gives(got) {
			if from.Role.WithWitness() {
				t.Fatalf("%s receives %+v of %s, who sits with a witness", to.Role, got, from.Role)
			}
			if r.Follows(to) && !r.Yields(from, to) && from.Role != testimony.RoleInterpreter && got.Voice != protection.NoVoice && cell.Voice != protection.ClearVoice && to.ID != witness.ID {
				t.Fatalf("%s, who may have %+v of the recorded witness, hears the microphone of %s while the recording sounds", to.Role, cell, from.Role)
			}
			if (!gives(cell) || cell.Release != protection.Live) && to.ID != witness.ID {
				t.Fatalf("%s, who may have %+v of the recorded witness, receives %+v of %s", to.Role, cell, got, from.Role)
			}
		}
		if r.MaySend(from) && from.Role.WithWitness() {
			t.Fatalf("%s, who sits with a witness, is taken in", from.Role)
		}
	})
}

// Where the witness sits in the court's own room, what the bench sends counts as that room: nobody receives its picture or its sound, live or in the public version, who
// may not have face and voice of every witness as they are; and nobody receives more because of it.
func TestTheBenchesOwnCameraIsOfTheWitnessesRoomAtTheDesk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		apart := r
		r.AtDesk = true
		from, to := pair(t)
		if got := r.Access(from, to); !got.AtMost(apart.Access(from, to)) && gives(got) {
			t.Fatalf("%s receives %+v of %s at the desk, and %+v apart", to.Role, got, from.Role, apart.Access(from, to))
		}
		mine := r.Matrix.Access(to.Audience())
		if got := r.Access(bench, to); !to.Role.OnBench() && to.ID != witness.ID {
			if got.Picture != protection.NoPicture && mine.Picture != protection.ClearPicture || got.Voice != protection.NoVoice && mine.Voice != protection.ClearVoice {
				t.Fatalf("%s, who may have %+v of the witness, receives %+v of the bench beside them", to.Role, mine, got)
			}
		}
		cell := r.Matrix.Access(protection.PublicRecord)
		if got := r.RecordOf(bench, protection.PublicRecord); got.Picture != protection.NoPicture && cell.Picture != protection.ClearPicture || got.Voice != protection.NoVoice && cell.Voice != protection.ClearVoice {
			t.Fatalf("the public version, which may have %+v of the witness, has %+v of the bench beside them", cell, got)
		}
	})
}
