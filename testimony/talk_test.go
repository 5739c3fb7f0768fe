package testimony_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
)

var (
	counsel = testimony.Participant{ID: "d", Role: testimony.RoleDefence}
	support = testimony.Participant{ID: "s", Role: testimony.RoleSupport}
	// retained is a hearing with an accused and a witness who have counsel each.
	retained = testimony.Hearing{Party: party, Participants: seats[1:],
		Retained: []testimony.Retainer{{Counsel: counsel.ID, Client: accused.ID}, {Counsel: prosecution.ID, Client: witness.ID}}}
)

func everybody(testimony.ParticipantID) bool { return true }

// in is a reception of a phase without any order.
func in(p testimony.Phase) testimony.Reception {
	s := testimony.Begin(protection.PublicMode)
	s.Phase = p
	return receptionOf(nil, s)
}

// ask lets one seat ask another, which must be allowed.
func ask(t *testing.T, talks testimony.Talks, r testimony.Reception, from, to testimony.Participant) (testimony.Talks, bool) {
	t.Helper()
	next, begun, err := talks.Ask(r, retained, everybody, from.ID, to.ID, day)
	if err != nil {
		t.Fatal(err)
	}
	return next, begun
}

// conferring is a talk of counsel and accused that goes on.
func conferring(t *testing.T, r testimony.Reception, a, b testimony.Participant) testimony.Talks {
	t.Helper()
	talks, begun := ask(t, testimony.Talks{}, r, a, b)
	if begun || talks.With(a.ID) != "" || talks.Asked(a.ID) != b.ID || !slices.Equal(talks.AskedBy(b.ID), []testimony.ParticipantID{a.ID}) {
		t.Fatal("one alone began a talk, or the wish is not kept")
	}
	talks, begun = ask(t, talks, r, b, a)
	if !begun || talks.With(a.ID) != b.ID || talks.With(b.ID) != a.ID || talks.Asked(a.ID) != "" || len(talks.Going()) != 1 {
		t.Fatal("both have asked and do not talk")
	}
	return talks
}

// A talk begins when both have asked, and ends when either leaves; then each of them comes back by their own word alone.
func TestATalkTakesTwoAndEndsWithOne(t *testing.T) {
	t.Parallel()
	for _, leaves := range []testimony.Participant{counsel, accused} {
		talks := conferring(t, in(testimony.Testimony), accused, counsel)
		if g := talks.Going()[0]; g.Counsel != counsel.ID || g.Client != accused.ID || !g.Since.Equal(day) {
			t.Errorf("the talk is %+v", g)
		}
		if _, _, err := talks.Ask(in(testimony.Testimony), retained, everybody, counsel.ID, accused.ID, day); !errors.Is(err, testimony.ErrTalkBusy) {
			t.Errorf("a second talk of the same: %v", err)
		}
		after, ended := talks.Leave(leaves.ID)
		if ended == nil || ended.Client != accused.ID || len(after.Going()) != 0 || !after.Away(counsel.ID) || !after.Away(accused.ID) {
			t.Errorf("%s left, and it is %+v, ended %v", leaves.ID, after, ended)
		}
		if talks.With(accused.ID) == "" {
			t.Error("the step changed the value before it")
		}
		back := after.Back(counsel.ID)
		if back.Apart(counsel.ID) || !back.Apart(accused.ID) {
			t.Error("one came back for the other, or not for themselves")
		}
		if again, ended := back.Leave(counsel.ID); ended != nil || !again.Away(accused.ID) {
			t.Error("who is in no talk has left one")
		}
	}
	wish, _ := ask(t, testimony.Talks{}, in(testimony.Testimony), accused, counsel)
	declined, _ := wish.Leave(counsel.ID)
	if declined.Asked(accused.ID) != "" {
		t.Error("a wish that was declined stands")
	}
	if _, begun := ask(t, declined, in(testimony.Testimony), counsel, accused); begun {
		t.Error("a declined wish began a talk")
	}
}

// While a talk goes on, and until they are back, nothing is taken of the two; of everyone else it is as before. They hear each other and nobody else.
func TestNothingIsTakenOfThoseWhoTalk(t *testing.T) {
	t.Parallel()
	r := in(testimony.Testimony)
	r.Talks = conferring(t, r, accused, counsel)
	for range 2 {
		for _, p := range seats {
			apart := p.ID == accused.ID || p.ID == counsel.ID
			if got, before := r.MaySend(p), in(testimony.Testimony).MaySend(p); got != (before && !apart) {
				t.Errorf("%s may send: %v, before: %v", p.ID, got, before)
			}
		}
		r.Talks, _ = r.Talks.Leave(accused.ID)
	}
	r.Talks = conferring(t, r, accused, counsel)
	for _, p := range seats {
		private, silent := r.Hears(p.ID, accused.ID)
		if private != (p.ID == counsel.ID) || silent == private {
			t.Errorf("of %s the accused hears in private %v, nothing %v", p.ID, private, silent)
		}
		if private, silent := r.Hears(p.ID, gallery.ID); private || silent {
			t.Errorf("the gallery has part in a talk with %s", p.ID)
		}
	}
}

// While a witness talks, and until they are back, the microphones beside them are shut too.
func TestTheWitnessesRoomIsShutWhileTheWitnessTalks(t *testing.T) {
	t.Parallel()
	r := in(testimony.Break)
	r.Talks = conferring(t, r, witness, prosecution)
	r.WitnessApart = retained.WitnessApart(r.Talks)
	r.Session.Phase = testimony.Testimony // the bench goes on, and the talk is about to lapse
	for range 2 {
		for _, p := range []testimony.Participant{witness, coordinator, support} {
			if r.MaySend(p) {
				t.Errorf("the microphone of %s carries the talk", p.ID)
			}
		}
		if !r.MaySend(accused) || !r.MaySend(bench) {
			t.Error("the rest of the hearing stopped")
		}
		r.Talks, _ = r.Talks.Lapse(r, retained, everybody, everybody)
		r.WitnessApart = retained.WitnessApart(r.Talks)
	}
	r.Talks = r.Talks.Back(witness.ID)
	r.WitnessApart = retained.WitnessApart(r.Talks)
	if !r.MaySend(witness) || !r.MaySend(coordinator) {
		t.Error("the witness is back and nothing is taken")
	}
}

// A witness talks with counsel before the hearing and in a break, and never while they are questioned, while their side has stopped everything, or from the
// court's own room. An accused talks at any time but after the close.
func TestWhenATalkIsAllowed(t *testing.T) {
	t.Parallel()
	for _, phase := range testimony.Phases {
		rests := phase == testimony.Lobby || phase == testimony.Break
		want := error(nil)
		switch {
		case phase == testimony.Closed:
			want = testimony.ErrEnded
		case !rests:
			want = testimony.ErrTalkBreak
		}
		r := in(phase)
		if err := r.MayTalk(retained, witness.ID, prosecution.ID); !errors.Is(err, want) {
			t.Errorf("in %s a witness: %v", phase, err)
		}
		if err := r.MayTalk(retained, counsel.ID, accused.ID); (err == nil) != (phase != testimony.Closed) {
			t.Errorf("in %s an accused: %v", phase, err)
		}
		held, room := r, r
		held.Held, room.AtDesk = true, true
		for _, r := range []testimony.Reception{held, room} {
			if err := r.MayTalk(retained, witness.ID, prosecution.ID); err == nil {
				t.Errorf("in %s a witness who is held %v, in the court's room %v, talks", phase, r.Held, r.AtDesk)
			}
		}
	}
	for _, two := range [][2]testimony.Participant{{counsel, witness}, {accused, prosecution}, {accused, gallery}, {accused, accused}, {counsel, judge}, {witness, other}} {
		if err := in(testimony.Break).MayTalk(retained, two[0].ID, two[1].ID); !errors.Is(err, testimony.ErrNoRetainer) {
			t.Errorf("%s and %s: %v", two[0].ID, two[1].ID, err)
		}
	}
}

// Two who are protected from each other do not share a talk, and no order is led past by one: neither of the witness who testifies, nor of another who has a seat, nor of one whose
// recorded testimony is played. A roster that was written into the vault by other hands changes nothing of that.
func TestOrdersBarTalks(t *testing.T) {
	t.Parallel()
	sentOut := order.Measure{Kind: order.PrivateSession, Audiences: []protection.Audience{protection.Accused}}
	for _, of := range []protection.PartyID{party, second} {
		r := receptionOf([]order.Order{{ID: "1", Case: here, State: order.InForce, Party: of, Measures: []order.Measure{sentOut}}}, in(testimony.Testimony).Session)
		if err := r.MayTalk(retained, counsel.ID, accused.ID); !errors.Is(err, testimony.ErrTalkBarred) {
			t.Errorf("of %s: %v", of, err)
		}
	}
	played := in(testimony.Playback)
	played.Played = []policy.Matrix{policy.Compile(policy.Input{Party: absent, Case: here, Mode: protection.PublicMode, At: day,
		Orders: []order.Order{{ID: "1", Case: here, State: order.InForce, Party: absent, Measures: []order.Measure{sentOut}}}})}
	if err := played.MayTalk(retained, counsel.ID, accused.ID); !errors.Is(err, testimony.ErrTalkBarred) {
		t.Errorf("of a recorded witness: %v", err)
	}
	hidden := receptionOf([]order.Order{{ID: "1", Case: here, State: order.InForce, Party: party,
		Measures: []order.Measure{{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Prosecution}}}}}, in(testimony.Break).Session)
	if err := hidden.MayTalk(retained, witness.ID, prosecution.ID); !errors.Is(err, testimony.ErrTalkBarred) {
		t.Errorf("with whom a witness is hidden from: %v", err)
	}
	none := in(testimony.Break)
	none.Matrix = policy.Matrix{}
	if err := none.MayTalk(retained, counsel.ID, accused.ID); err == nil {
		t.Error("without a matrix they talk")
	}
	crossed := retained
	crossed.Retained = []testimony.Retainer{{Counsel: counsel.ID, Client: witness.ID}, {Counsel: prosecution.ID, Client: accused.ID}}
	for _, x := range crossed.Retained {
		if err := in(testimony.Break).MayTalk(crossed, x.Counsel, x.Client); !errors.Is(err, testimony.ErrNoRetainer) {
			t.Errorf("%+v: %v", x, err)
		}
		if err := crossed.Check(); err == nil {
			t.Error("the roster is accepted")
		}
	}
}

// Whatever happens in whatever order: nobody is in two talks, no talk goes on that neither the session nor an order allows, or with somebody who is gone, each was begun by both,
// and nothing is taken of who is in one.
func TestTalksKeepTheirPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReception(t, testimony.Phases...)
		gone := map[testimony.ParticipantID]bool{}
		present := func(id testimony.ParticipantID) bool { return !gone[id] }
		asked := map[[2]testimony.ParticipantID]bool{}
		ids := []testimony.ParticipantID{counsel.ID, accused.ID, prosecution.ID, witness.ID, other.ID, gallery.ID}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			id := rapid.SampledFrom(ids).Draw(t, "who")
			switch rapid.SampledFrom([]string{"ask", "ask", "ask", "leave", "back", "go", "come", "phase"}).Draw(t, "step") {
			case "ask":
				to := rapid.SampledFrom(ids).Draw(t, "whom")
				next, begun, err := r.Talks.Ask(r, retained, present, id, to, day)
				if err == nil {
					asked[[2]testimony.ParticipantID{id, to}] = true
				}
				if begun && (!asked[[2]testimony.ParticipantID{id, to}] || !asked[[2]testimony.ParticipantID{to, id}]) {
					t.Fatalf("%s and %s talk, and one of them was not asked", id, to)
				}
				r.Talks = next
			case "leave":
				r.Talks, _ = r.Talks.Leave(id)
			case "back":
				r.Talks = r.Talks.Back(id)
			case "go":
				gone[id] = true
			case "come":
				gone[id] = false
			case "phase":
				r.Session.Phase = rapid.SampledFrom(testimony.Phases).Draw(t, "phase")
			}
			before := r.Talks
			var ended []testimony.Talk
			r.Talks, ended = r.Talks.Lapse(r, retained, present, everybody)
			r.WitnessApart = retained.WitnessApart(r.Talks)
			if len(before.Going()) != len(r.Talks.Going())+len(ended) {
				t.Fatal("a talk ended and nobody is told")
			}
			in := map[testimony.ParticipantID]int{}
			for _, g := range r.Talks.Going() {
				in[g.Counsel]++
				in[g.Client]++
				if gone[g.Counsel] || gone[g.Client] || r.MayTalk(retained, g.Counsel, g.Client) != nil {
					t.Fatalf("%+v goes on", g)
				}
			}
			for _, p := range seats {
				if in[p.ID] > 1 {
					t.Fatalf("%s is in %d talks", p.ID, in[p.ID])
				}
				if (in[p.ID] > 0 || r.Talks.Away(p.ID)) && r.MaySend(p) {
					t.Fatalf("something is taken of %s", p.ID)
				}
			}
		}
	})
}

// A record that ends in the middle of a talk tells which one.
func TestATalkThatWasLeftIsKnownByTheRecord(t *testing.T) {
	t.Parallel()
	e := func(kind testimony.EventKind, a, b testimony.ParticipantID) testimony.Event {
		return testimony.Event{At: day, Kind: kind, Participant: a, With: b}
	}
	record := []testimony.Event{e(testimony.TalkBegan, "d", "a"), e(testimony.TalkBegan, "p", "w"), e(testimony.TalkEnded, "d", "a"), e(testimony.TalkBegan, "d", "a2")}
	if left := testimony.TalksLeft(record); !slices.Equal(left, []testimony.Retainer{{Counsel: "p", Client: "w"}, {Counsel: "d", Client: "a2"}}) {
		t.Errorf("left are %+v", left)
	}
}
