package release_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/release"
)

var start = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func at(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func by(who string) release.Act { return release.Act{By: who, At: at(10000)} }

func marked(at1 int, back time.Duration) testimony.Event {
	e, err := testimony.Session{Phase: testimony.Testimony}.MarkAt(at(at1), back)
	if err != nil {
		panic(err)
	}
	return e
}

func begun() release.Review {
	events := []testimony.Event{marked(600, 2*time.Minute), marked(100, testimony.MarkBefore), marked(5, testimony.MarkBefore)}
	return release.Begin("r", "h", start, seconds(605), events, []order.Passage{{From: at(300), To: at(320)}, {From: at(700), To: at(800)}}, by("clerk"))
}

func TestBegin(t *testing.T) {
	t.Parallel()
	want := []release.Passage{{Number: 1, From: 0, Until: seconds(15), Origin: release.AtOnce}, {Number: 2, From: seconds(80), Until: seconds(110), Origin: release.AtOnce},
		{Number: 3, From: seconds(299), Until: seconds(321), Origin: release.Ordered}, {Number: 4, From: seconds(479), Until: seconds(605), Origin: release.Late}}
	if got := begun().Passages; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// Nothing goes out before every passage is confirmed, the review ended, and somebody else has released a version from which all that was in it is gone.
func TestReleaseTakesEveryStep(t *testing.T) {
	t.Parallel()
	r := begun()
	all := edit.Missing{Picture: edit.Union([]edit.Span{{Until: seconds(605)}}), Voice: edit.Union([]edit.Span{{Until: seconds(605)}})}
	fails := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
	step := func(next release.Review, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r = next
	}
	_, err := r.Release("r", all, begun(), release.Before{}, by("judge"))
	fails("release without a review", err, release.ErrState)
	_, err = r.Finish("e", by("clerk"))
	fails("finish unconfirmed", err, release.ErrUnconfirmed)
	_, err = r.Widen(2, seconds(81), seconds(120))
	fails("narrow at the beginning", err, release.ErrNarrower)
	_, err = r.Widen(2, seconds(80), seconds(110))
	fails("widen by nothing", err, release.ErrNarrower)
	_, err = r.Widen(5, seconds(80), seconds(120))
	fails("widen what is not there", err, release.ErrPassage)
	_, err = r.Add(seconds(600), seconds(606))
	fails("add after the end", err, release.ErrPassage)
	_, err = r.Add(seconds(600), seconds(600))
	fails("add nothing", err, release.ErrPassage)

	for n := range 4 {
		step(r.Confirm(n+1, by("clerk")))
	}
	step(r.Widen(2, seconds(75), seconds(110)))
	_, err = r.Finish("e", by("clerk"))
	fails("a widened passage stays confirmed", err, release.ErrUnconfirmed)
	step(r.Confirm(2, by("clerk")))
	step(r.Add(seconds(200), seconds(210)))
	step(r.Confirm(5, by("clerk")))
	_, err = r.Finish("", by("clerk"))
	fails("finish without a request", err, release.ErrUncut)
	step(r.Finish("e", by("clerk")))
	_, err = r.Add(seconds(300), seconds(310))
	fails("add after the review", err, release.ErrState)

	_, err = r.Release("v", all, begun(), release.Before{}, by("clerk"))
	fails("release by who reviewed", err, release.ErrSamePerson)
	for _, gone := range []edit.Missing{{}, {Picture: all.Picture}, {Voice: all.Voice},
		{Picture: all.Picture, Voice: edit.Union([]edit.Span{{From: seconds(76), Until: seconds(605)}})}} {
		_, err = r.Release("v", gone, begun(), release.Before{}, by("judge"))
		fails("release with a passage in it", err, release.ErrUncut)
	}
	_, err = r.Refuse("  ", by("judge"))
	fails("refuse without reasons", err, release.ErrReasons)
	refused, err := r.Refuse("Widen 4.", by("judge"))
	if err != nil || refused.Reviewed.Taken() || refused.Outcome != release.Refused {
		t.Errorf("refused: %+v, %v", refused, err)
	}
	if _, err := refused.Widen(5, seconds(190), seconds(210)); err != nil {
		t.Errorf("a refusal does not open the review again: %v", err)
	}
	_, err = refused.Release("v", all, begun(), release.Before{}, by("judge"))
	fails("release what was refused", err, release.ErrState)
	later := release.Begin("r", "h", start, seconds(605), []testimony.Event{marked(600, 9*time.Minute)}, nil, by("clerk"))
	but := edit.Missing{Picture: all.Picture, Voice: edit.Union([]edit.Span{{Until: seconds(60)}, {From: seconds(74), Until: seconds(605)}})}
	_, err = r.Release("v", but, later, release.Before{}, by("judge"))
	fails("release with what was marked meanwhile", err, release.ErrUncut)
	step(r.Release("v", all, begun(), release.Before{}, by("judge")))
	_, err = r.Refuse("Too late.", by("judge"))
	fails("refuse what went out", err, release.ErrState)
}

func TestStretches(t *testing.T) {
	t.Parallel()
	events := []testimony.Event{{At: at(-5), Mode: protection.PrivateMode}, {At: at(10), Mode: protection.PrivateMode}, {At: at(20), Mode: protection.PublicMode},
		{At: at(50), Mode: protection.PrivateMode}, {At: at(60), Mode: protection.ClosedMode}}
	want := []release.Stretch{{Until: seconds(20), Mode: protection.PrivateMode}, {From: seconds(50), Until: seconds(60), Mode: protection.PrivateMode},
		{From: seconds(60), Until: seconds(70), Mode: protection.ClosedMode}}
	if got := release.Stretches(start, seconds(70), events); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestWhatCameAfterwards(t *testing.T) {
	t.Parallel()
	old := order.Order{ID: "old", History: make([]order.Version, 2)}
	b := release.Look([]order.Order{old}, []testimony.Event{marked(600, 2*time.Minute), marked(100, testimony.MarkBefore)})
	if b.Late != 1 {
		t.Errorf("%d late marks", b.Late)
	}
	stepped := order.Order{ID: "old", History: make([]order.Version, 3)}
	if got := b.Changed([]order.Order{old, {ID: "new"}}); len(got) != 1 || got[0].ID != "new" {
		t.Errorf("a new order: %+v", got)
	}
	if got := b.Changed([]order.Order{stepped}); len(got) != 1 {
		t.Errorf("an order that took a step: %+v", got)
	}
}
