package readiness_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/testimony"
	"paravent/testimony/readiness"
)

// good is a test from the join page that found everything in order.
func good(at time.Time) readiness.LineTest {
	return readiness.LineTest{Hearing: "h", Start: start, Seat: "w", At: at, Camera: true, Microphone: true, Speaker: true, Down: 4000, Up: 2000, RoundTrip: 180}
}

// seated is a hearing whose witness has a seat.
func seated() readiness.Facts {
	f := ready()
	f.Hearing.Participants = []testimony.Participant{{ID: "w", Role: testimony.RoleWitness, Party: "p"}, {ID: "d", Role: testimony.RoleDefence}, {ID: "i", Role: testimony.RoleInterpreter}}
	return f
}

func TestTestFromTheJoinPageOnTheBoard(t *testing.T) {
	t.Parallel()
	with := func(change func(*readiness.LineTest), at time.Time) readiness.LineTest {
		x := good(at)
		change(&x)
		return x
	}
	for _, x := range []struct {
		name      string
		now       time.Time
		lineTests []readiness.LineTest
		light     readiness.Light
		reason    readiness.Reason
	}{
		{"nobody, days before", before(72 * time.Hour), nil, readiness.Amber, readiness.NotTested},
		{"nobody, on the day", before(20 * time.Hour), nil, readiness.Red, readiness.NotTested},
		{"in order", before(20 * time.Hour), []readiness.LineTest{good(before(21 * time.Hour))}, readiness.Green, readiness.InPlace},
		{"too long ago", before(20 * time.Hour), []readiness.LineTest{good(before(40 * time.Hour))}, readiness.Red, readiness.NotTested},
		{"the day before, and now it is near", before(20 * time.Minute), []readiness.LineTest{good(before(21 * time.Hour))}, readiness.Red, readiness.OldTest},
		{"again an hour before", before(20 * time.Minute), []readiness.LineTest{good(before(time.Hour))}, readiness.Green, readiness.InPlace},
		{"of another hour", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Start = start.Add(time.Hour) }, before(21*time.Hour))}, readiness.Red, readiness.NotTested},
		{"of counsel", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Seat = "d" }, before(21*time.Hour))}, readiness.Red, readiness.NotTested},
		{"without sound", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Speaker = false }, before(21*time.Hour))}, readiness.Red, readiness.BadTest},
		{"too narrow", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Up = 90 }, before(21*time.Hour))}, readiness.Red, readiness.BadTest},
		{"not measured", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Down = 0 }, before(21*time.Hour))}, readiness.Red, readiness.BadTest},
		{"bad, and mended", before(20 * time.Hour), []readiness.LineTest{good(before(21 * time.Hour)), with(func(t *readiness.LineTest) { t.Camera = false }, before(22*time.Hour))}, readiness.Green, readiness.InPlace},
		{"good, and then bad", before(20 * time.Hour), []readiness.LineTest{with(func(t *readiness.LineTest) { t.Camera = false }, before(21*time.Hour)), good(before(22 * time.Hour))}, readiness.Red, readiness.BadTest},
	} {
		f := seated()
		f.LineTests = x.lineTests
		l := lineFor(t, readiness.Board(f, x.now), readiness.Tried)
		if l.Light != x.light || l.Reason != x.reason || (l.Light != readiness.Green) != (l.Actor != "") {
			t.Errorf("%s: %s, %s, to act %q; want %s, %s", x.name, l.Light, l.Reason, l.Actor, x.light, x.reason)
		}
		if l.Checked() {
			t.Error("somebody can enter by hand what the page finds")
		}
	}
}

func lineFor(t *testing.T, lines []readiness.Line, i readiness.Item) readiness.Line {
	t.Helper()
	at := slices.IndexFunc(lines, func(l readiness.Line) bool { return l.Item == i })
	if at < 0 {
		t.Fatalf("there is no line %s", i)
	}
	return lines[at]
}

// Whoever testifies in the courtroom needs no line.
func TestNoLineIsTriedInTheCourtroom(t *testing.T) {
	t.Parallel()
	f := seated()
	f.Resources, f.Visits = nil, nil
	for _, l := range readiness.Board(f, before(time.Hour)) {
		if l.Item == readiness.Tried {
			t.Errorf("%+v", l)
		}
	}
}

// Nothing that gets worse makes a board better, and what cannot be is refused.
func TestAWorseLineIsNeverGreener(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := good(before(time.Hour))
		x.Down, x.Up = rapid.IntRange(1, 20000).Draw(t, "down"), rapid.IntRange(1, 20000).Draw(t, "up")
		x.RoundTrip = rapid.IntRange(1, 3000).Draw(t, "trip")
		worse := x
		worse.Down, worse.Up, worse.RoundTrip = rapid.IntRange(1, x.Down).Draw(t, "less down"), rapid.IntRange(1, x.Up).Draw(t, "less up"), rapid.IntRange(x.RoundTrip, 60000).Draw(t, "longer")
		for _, f := range x.Faults() {
			if !slices.Contains(worse.Faults(), f) {
				t.Fatalf("%+v has %s and the worse %+v has not", x, f, worse)
			}
		}
	})
	for _, bad := range []readiness.LineTest{{Down: -1}, {Up: -1}, {RoundTrip: -1}, {Down: readiness.MaxRate + 1}, {Up: readiness.MaxRate + 1}, {RoundTrip: 60001}} {
		if bad.Check() == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
