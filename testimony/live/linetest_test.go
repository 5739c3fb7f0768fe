package live_test

import (
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/live"
)

// What the page of the witness's side found is kept with the hearing and stands on its board; what anybody else's page says is not.
func TestATestOfTheLineLandsOnTheHearing(t *testing.T) {
	t.Parallel()
	d, c := deskWith(t, full)
	s := enterWith(t, live.Config{Desk: d})
	good := join.LineTest{Camera: true, Microphone: true, Speaker: true, Down: 5000, Up: 3000, RoundTrip: 90}
	id := s.State().Hearing.ID
	counsel := attend(t, s, testimony.RoleDefence, seat(s, testimony.RoleDefence).Link, nil)
	must(t, counsel.Send(good))
	witness := attend(t, s, testimony.RoleWitness, seat(s, testimony.RoleWitness).Link, nil)
	must(t, witness.Send(good))
	await(t, s, "the test", func(live.State) bool { return seat(s, testimony.RoleWitness).LineTest != nil })
	worse := good
	worse.Speaker, worse.Up = false, 40
	c.advance(time.Minute)
	must(t, witness.Send(worse))
	await(t, s, "the second test", func(live.State) bool { return len(seat(s, testimony.RoleWitness).LineTest.Faults()) == 2 })
	list, err := d.LineTests(t.Context(), id)
	must(t, err)
	if len(list) != 1 || list[0].Up != 40 || list[0].Seat != seat(s, testimony.RoleWitness).ID || list[0].Relay {
		t.Errorf("kept: %+v", list)
	}
	if p := seat(s, testimony.RoleDefence); p.LineTest != nil {
		t.Errorf("counsel's page was believed: %+v", p.LineTest)
	}
	b, err := d.Readiness(t.Context(), id)
	must(t, err)
	found := false
	for _, l := range b.Lines {
		found = found || l.Item == "line"
	}
	if !found {
		t.Error("the board has no line for it")
	}
	must(t, witness.Send(join.LineTest{Down: -1})) // no page says that
	if last := witness.ended(t); last == join.TypeBye {
		t.Errorf("the connection ended with %q", last)
	}
}
