package testimony_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
)

// Whoever receives the witness later receives nobody sooner: a name in a question and the interpreter's rendering are what the delay is for.
func TestDelayedAudienceReceivesNobodyLive(t *testing.T) {
	t.Parallel()
	for _, release := range []protection.Release{protection.Delayed, protection.AfterTestimony, protection.AfterReview, protection.Never} {
		o := order.Order{ID: "o", Case: here, Party: party, State: order.InForce, Measures: []order.Measure{{Kind: order.DelayedBroadcast,
			Audiences: []protection.Audience{protection.Gallery}, Parameters: order.Parameters{Release: release, Delay: order.Delay(30 * time.Minute)}}}}
		session := testimony.Begin(protection.PublicMode)
		session.Phase = testimony.Testimony
		r := receptionOf([]order.Order{o}, session)
		for _, from := range seats {
			if a := r.Access(from, gallery); gives(a) && a.Release == protection.Live {
				t.Errorf("with the release %s the gallery receives the %s live: %+v", release, from.Role, a)
			}
		}
		if !gives(r.Access(prosecution, accused)) {
			t.Errorf("with the release %s the accused does not hear the prosecution", release)
		}
	}
}

// The broadcast gives nobody more of a protected witness than their cells do at the moment, and nothing at all to whom no order makes wait, nor while the public
// is kept out.
func TestBroadcastGivesNoMoreThanTheMatrix(t *testing.T) {
	t.Parallel()
	sent := 0
	rapid.Check(t, func(t *rapid.T) {
		var orders []order.Order
		if rapid.Bool().Draw(t, "others") {
			orders = drawOrders(t)
		}
		if rapid.IntRange(0, 3).Draw(t, "delayed") > 0 {
			orders = append(orders, order.Order{ID: "d", Case: here, State: order.InForce, Party: rapid.SampledFrom([]protection.PartyID{party, party, second}).Draw(t, "whose"),
				Measures: []order.Measure{{Kind: order.DelayedBroadcast, Audiences: []protection.Audience{protection.Gallery}, Parameters: order.Parameters{
					Release: rapid.SampledFrom([]protection.Release{protection.Delayed, protection.Delayed, protection.AfterReview}).Draw(t, "release"), Delay: order.Delay(5 * time.Minute)}}}})
		}
		session := testimony.Begin(rapid.SampledFrom(append(modes, protection.PublicMode, protection.PublicMode)).Draw(t, "mode"))
		session.Phase = rapid.SampledFrom([]testimony.Phase{testimony.Testimony, testimony.Testimony, testimony.Break, testimony.Closed}).Draw(t, "phase")
		r := receptionOf(orders, session)
		aired := protection.Access{Picture: protection.Picture(rapid.IntRange(0, 2).Draw(t, "picture")), Voice: protection.Voice(rapid.IntRange(0, 3).Draw(t, "voice"))}
		to := gallery
		if rapid.IntRange(0, 3).Draw(t, "somebody else") == 0 {
			to = rapid.SampledFrom(seats).Draw(t, "to")
		}
		got := r.Broadcast(to, aired)
		if !gives(got) {
			return
		}
		sent++
		cell, other := r.Matrix.Access(to.Audience()), r.Others[second].Access(to.Audience())
		switch {
		case to.Role.OnBench() || to.Role == testimony.RoleWitness:
			t.Fatalf("the %s is sent the broadcast", to.Role)
		case r.Matrix.Mode != protection.PublicMode || session.Phase == testimony.Closed:
			t.Fatalf("in %s, %s: %+v", r.Matrix.Mode, session.Phase, got)
		case cell.Release != protection.Delayed || other.Release < protection.Delayed:
			t.Fatalf("whoever receives %s, and the other witness %s: %+v", cell.Release, other.Release, got)
		case got.Delay < cell.Delay || got.Delay < other.Delay:
			t.Fatalf("the delay is %s", got.Delay)
		case got.Picture != protection.NoPicture && aired.Picture > cell.Picture:
			t.Fatalf("a %s picture to whoever may receive %s", aired.Picture, cell.Picture)
		case got.Voice != protection.NoVoice && (aired.Voice > cell.Voice || aired.Voice > other.Voice):
			t.Fatalf("a %s voice to whoever may receive %s and %s", aired.Voice, cell.Voice, other.Voice)
		}
	})
	if sent == 0 {
		t.Error("nothing was ever sent")
	}
}

// A media server is given no more than the gallery has, never before it could be marked, and nothing where the gallery waits for something else than time.
func TestPushedIsWhatTheGalleryHasLater(t *testing.T) {
	t.Parallel()
	sent, soon := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var orders []order.Order
		if rapid.Bool().Draw(t, "others") {
			orders = drawOrders(t)
		}
		if rapid.Bool().Draw(t, "later") {
			orders = append(orders, order.Order{ID: "d", Case: here, State: order.InForce, Party: rapid.SampledFrom([]protection.PartyID{party, second}).Draw(t, "whose"),
				Measures: []order.Measure{{Kind: order.DelayedBroadcast, Audiences: []protection.Audience{protection.Gallery}, Parameters: order.Parameters{
					Release: rapid.SampledFrom([]protection.Release{protection.Delayed, protection.AfterTestimony, protection.AfterReview, protection.Never}).Draw(t, "release"),
					Delay:   order.Delay(time.Duration(rapid.IntRange(1, 600).Draw(t, "delay")) * time.Second)}}}})
		}
		session := testimony.Begin(rapid.SampledFrom(append(modes, protection.PublicMode, protection.PublicMode)).Draw(t, "mode"))
		session.Phase = rapid.SampledFrom([]testimony.Phase{testimony.Testimony, testimony.Testimony, testimony.Break, testimony.Closed}).Draw(t, "phase")
		r := receptionOf(orders, session)
		aired := protection.Access{Picture: protection.Picture(rapid.IntRange(0, 2).Draw(t, "picture")), Voice: protection.Voice(rapid.IntRange(0, 3).Draw(t, "voice"))}
		got := r.Pushed(aired)
		if !gives(got) {
			return
		}
		sent++
		cell, other := r.Matrix.Access(protection.Gallery), r.Others[second].Access(protection.Gallery)
		if cell.Release == protection.Live {
			soon++
		}
		switch {
		case r.Matrix.Mode != protection.PublicMode || session.Phase == testimony.Closed:
			t.Fatalf("in %s, %s: %+v", r.Matrix.Mode, session.Phase, got)
		case cell.Release < protection.Delayed || other.Release < protection.Delayed:
			t.Fatalf("the gallery receives %s, and of the other witness %s: %+v", cell.Release, other.Release, got)
		case got.Release != protection.Delayed || got.Delay < testimony.PushedAfter || got.Delay < cell.Delay || got.Delay < other.Delay:
			t.Fatalf("it is sent %s after %s", got.Release, got.Delay)
		case got.Picture > cell.Picture || got.Picture > aired.Picture:
			t.Fatalf("a %s picture, where the gallery has %s and the version %s", got.Picture, cell.Picture, aired.Picture)
		case got.Voice != protection.NoVoice && (aired.Voice > cell.Voice || aired.Voice > other.Voice):
			t.Fatalf("a %s voice, where the gallery has %s and %s", aired.Voice, cell.Voice, other.Voice)
		}
	})
	if sent == 0 || soon == 0 {
		t.Errorf("something was sent %d times, of a live gallery %d times", sent, soon)
	}
}
