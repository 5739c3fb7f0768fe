package testimony_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
)

// Who may ask for what, every role and every wish.
func TestWhoMayAskForWhat(t *testing.T) {
	t.Parallel()
	//                  understand break pause someone ready alarm hand voice
	table := map[testimony.Role]string{
		testimony.RoleWitness:     "xxxxxx-x",
		testimony.RoleSupport:     "--xxxxx-",
		testimony.RoleCoordinator: "--xxxxx-",
		testimony.RoleInterpreter: "xx----x-",
		testimony.RoleProsecution: "------x-",
		testimony.RoleDefence:     "------x-",
		testimony.RoleAccused:     "x-----x-",
		testimony.RoleGallery:     "--------",
		testimony.RoleJudge:       "------x-",
		testimony.RoleAssessor:    "x-----x-",
		testimony.RolePress:       "--------",
		testimony.RoleBench:       "--------",
		"":                        "--------",
	}
	for role, row := range table {
		for i, what := range testimony.Asks {
			if got := role.MayAsk(what); got != (row[i] == 'x') {
				t.Errorf("%q may ask for %s: %v", role, what, got)
			}
		}
		if role.MayAsk("") || role.MayAsk("escape") {
			t.Errorf("%q may ask for what does not exist", role)
		}
	}
	for _, role := range testimony.Roles {
		if _, ok := table[role]; !ok {
			t.Errorf("%s is in no row", role)
		}
	}
}

// A pause lasts until the bench goes on, whatever else is asked meanwhile, and is ready only by the last word of the witness's side.
func TestHoldLastsUntilTheBenchGoesOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var hold *testimony.Hold
		held, grave, ready := false, false, false
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for range rapid.IntRange(0, 30).Draw(t, "events") {
			at = at.Add(time.Second)
			e := testimony.Event{At: at, Kind: testimony.Requested, Participant: "w", Reason: rapid.SampledFrom(testimony.Asks).Draw(t, "asks")}
			if rapid.IntRange(0, 5).Draw(t, "goes on") == 0 {
				e = testimony.Event{At: at, Kind: testimony.WentOn}
			}
			before := hold
			var kept testimony.Hold
			if before != nil {
				kept = *before
			}
			hold = hold.After(e)
			if before != nil && *before != kept {
				t.Fatal("an earlier hold was changed")
			}
			switch {
			case e.Kind == testimony.WentOn:
				held, grave, ready = false, false, false
			case testimony.Stops(e.Reason):
				held, grave, ready = true, grave || e.Reason == testimony.AskSomeone, false
			case e.Reason == testimony.AskReady && held:
				ready = true
			}
			if (hold != nil) != held || held && (hold.Ready != ready || (hold.Why == testimony.AskSomeone) != grave) {
				t.Fatalf("after %+v the hold is %+v", e, hold)
			}
		}
	})
}

// While it is held nothing is taken of anyone who sits with the witness, in any phase and mode; of others, as before.
func TestHoldStopsTheWitnessesRoomAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		party := protection.PartyID("p")
		r := testimony.Reception{
			Session: testimony.Session{Phase: rapid.SampledFrom(testimony.Phases).Draw(t, "phase"), Mode: protection.SessionMode(rapid.IntRange(0, 2).Draw(t, "mode"))},
			Called:  map[protection.PartyID]bool{party: true},
			Matrix:  policy.Compile(policy.Input{Party: party, Case: "c", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}),
		}
		held := r
		held.Held = true
		for _, role := range testimony.Roles {
			p := testimony.Participant{ID: "x", Role: role}
			if role == testimony.RoleWitness {
				p.Party = party
			}
			together := slices.Contains([]testimony.Role{testimony.RoleWitness, testimony.RoleSupport, testimony.RoleCoordinator}, role)
			if got := held.MaySend(p); got != (r.MaySend(p) && !together) {
				t.Fatalf("held, the %s may send: %v", role, got)
			}
		}
	})
}
