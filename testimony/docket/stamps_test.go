package docket_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/stamptest"
)

var errSilent = errors.New("it does not answer")

// tower is an authority that counts who asks, and can be silent.
type tower struct {
	*stamptest.Authority
	asked  int
	silent bool
}

func (a *tower) ask(_ context.Context, _ string, request []byte) ([]byte, error) {
	a.asked++
	if a.silent {
		return nil, errSilent
	}
	return a.Answer(request), nil
}

// named makes an authority the court's.
func named(t *testing.T, d *docket.Desk) *tower {
	t.Helper()
	a := &tower{Authority: stamptest.New(t)}
	a.At = noon.Add(time.Hour)
	if err := d.SetTimestampAuthority(t.Context(), stamp.Authority{Address: "http://127.0.0.1:1", Roots: a.Roots}); err != nil {
		t.Fatal(err)
	}
	return a
}

// stampActs are the entries of the log that speak of timestamps, with why one was not obtained.
func stampActs(t *testing.T, d *docket.Desk) (list []string) {
	t.Helper()
	for _, e := range must(d.Audit(t.Context()))(t) {
		switch e.Action {
		case "recording.stamped", "recording.unstamped", "timestamps.set", "timestamps.ended":
			list = append(list, e.Action+e.Details["why"])
		}
	}
	return list
}

// A desk asks by itself for what timestamps are missing, each once while it is open: a silent authority is not asked at every turn, and changes nothing of what was sealed. The list
// of the day says what is missing, and the next opening asks again.
func TestTimestampsAreAskedForByThemselves(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	first, second := capture(t, d), capture(t, d)
	if given, err := d.StampDue(t.Context(), nil); err != nil || len(given) != 0 {
		t.Fatalf("without an authority: %v, %v", given, err)
	}
	a := named(t, d)
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 0 || a.asked != 0 {
		t.Fatalf("nothing is sealed to its blocks: %v, %v", given, err)
	}
	missing := func(want int) {
		t.Helper()
		n := 0
		for _, i := range must(b.desk.Today(t.Context(), b.now))(t) {
			if i.Kind == docket.RecordingUnstamped {
				if n = i.Count; i.Recording == "" || i.Hearing != first.Hearing || i.Party == "" {
					t.Errorf("%+v", i)
				}
			}
		}
		if list := must(b.desk.Unstamped(t.Context()))(t); n != want || len(list) != want {
			t.Errorf("the list of the day says %d, and %d are missing; want %d", n, len(list), want)
		}
	}
	missing(0)
	for _, r := range []docket.Recording{first, second} {
		must(d.CommitRecording(t.Context(), r.ID))(t)
	}
	missing(2)
	a.silent = true
	if _, err := d.StampDue(t.Context(), a.ask); !errors.Is(err, errSilent) || a.asked != 1 {
		t.Errorf("%v after %d times: one that is silent for one recording is for the next", err, a.asked)
	}
	a.silent = false
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 0 || a.asked != 1 {
		t.Errorf("asked again in the same opening: %v, %v", given, err)
	}
	missing(2)
	d = b.as(testimony.Advocate)
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 0 || a.asked != 1 {
		t.Errorf("an advocate asks: %v, %v", given, err)
	}
	if _, err := d.StampSealed(t.Context(), a.ask); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an advocate asks: %v", err)
	}
	d = b.as(testimony.Judge)
	third := capture(t, d)
	a.Status = 2
	if _, err := d.StampDue(t.Context(), a.ask); !errors.Is(err, stamp.Refused) {
		t.Errorf("a refusal: %v", err)
	}
	a.Status = 0
	must(d.CommitRecording(t.Context(), third.ID))(t)
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 1 || given[0].Recording != third.ID {
		t.Errorf("the new one: %+v, %v", given, err)
	}
	if given, err := d.StampSealed(t.Context(), a.ask); err != nil || len(given) != 2 || !given[0].At.Equal(a.At) {
		t.Errorf("by command: %+v, %v", given, err)
	}
	missing(0)
	for _, s := range must(d.RecordingStates(t.Context()))(t) {
		if s.Stamp == nil || s.Stamp.Fault != "" || s.Stamp.Authority != stamptest.Name {
			t.Errorf("%s: %+v", s.ID, s.Stamp)
		}
	}
	want := []string{"timestamps.set", "recording.unstampedno_answer", "recording.unstampedrefused", "recording.stamped", "recording.stamped", "recording.stamped"}
	if got := stampActs(t, d); !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	if c := must(d.Custody(t.Context(), first.ID))(t); c.Stamped == nil || !c.Stamped.At.Equal(a.At) {
		t.Errorf("the report of custody says %+v", c.Stamped)
	}
}

// Another authority is asked at once for what the one before did not give, also in the same opening.
func TestAnotherAuthorityIsAskedAtOnce(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	r := capture(t, d)
	must(d.CommitRecording(t.Context(), r.ID))(t)
	named(t, d)
	wrong := &tower{Authority: stamptest.New(t)} // answers in its place, with another root
	if _, err := d.StampDue(t.Context(), wrong.ask); !errors.Is(err, stamp.UnknownRoot) {
		t.Fatal(err)
	}
	a := named(t, d)
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 1 {
		t.Errorf("%v, %v", given, err)
	}
}

// While two desks ask at the same time, the first timestamp stays: the second is not logged as another.
func TestTheFirstTimestampStays(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	r := capture(t, d)
	must(d.CommitRecording(t.Context(), r.ID))(t)
	a := named(t, d)
	slow := func(ctx context.Context, address string, request []byte) ([]byte, error) {
		must(d.StampRecording(ctx, r.ID, a.ask))(t) // another desk's, meanwhile
		a.At = a.At.Add(time.Hour)
		return a.ask(ctx, address, request)
	}
	s := must(d.StampRecording(t.Context(), r.ID, slow))(t)
	if want := noon.Add(time.Hour); !s.At.Equal(want) || a.asked != 2 {
		t.Errorf("it says %s, asked %d times; the first was %s", s.At, a.asked, want)
	}
	if got := stampActs(t, d); !slices.Equal(got, []string{"timestamps.set", "recording.stamped"}) {
		t.Errorf("the log says %q", got)
	}
}

// A version's timestamp is that of its recording, which is the one that is asked for.
func TestTimestampOfVersions(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	r := capture(t, d)
	a := named(t, d)
	if err := version(t, d, r.ID); err != nil { // which seals the recording to its blocks
		t.Fatal(err)
	}
	if given, err := d.StampDue(t.Context(), a.ask); err != nil || len(given) != 1 || given[0].Recording != r.ID {
		t.Fatalf("%+v, %v", given, err)
	}
	for _, s := range must(d.RecordingStates(t.Context()))(t) {
		if s.Stamp == nil || !s.Stamp.At.Equal(a.At) {
			t.Errorf("%s (of %q): %+v", s.ID, s.Source, s.Stamp)
		}
		if x := must(d.TimestampOf(t.Context(), s.ID))(t); x == nil || !x.At.Equal(a.At) {
			t.Errorf("%s: %+v", s.ID, x)
		}
	}
}
