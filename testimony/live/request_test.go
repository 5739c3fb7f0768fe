package live_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/media/hub"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/guest"
	"paravent/testimony/live"
)

// full is a hearing with every role that has a page.
var full = strings.Replace(oneHearing, `{"key":"a","role":"accused"}`, `{"key":"a","role":"accused"},{"key":"s","role":"support"},{"key":"k","role":"coordinator"},
  {"key":"i","role":"interpreter"},{"key":"p","role":"prosecution"},{"key":"d","role":"defence"}`, 1)

// A pause of the witness's side has stopped everything that leaves the witness's room before it is written down, and only the
// bench, once the side can go on, starts it again.
func TestPauseStopsTheWitnessesRoomForEveryone(t *testing.T) {
	t.Parallel()
	for _, by := range []testimony.Role{testimony.RoleWitness, testimony.RoleSupport, testimony.RoleCoordinator} {
		for _, why := range []string{join.AskPause, join.AskSomeone} {
			t.Run(string(by)+" "+why, func(t *testing.T) {
				t.Parallel()
				s, _, _ := openHearing(t, full)
				all := admitted(t, s, testimony.RoleWitness, testimony.RoleSupport, testimony.RoleCoordinator, testimony.RoleAccused, testimony.RoleProsecution, testimony.RoleGallery)
				call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
				receivers := map[testimony.Role]*hub.Subscriber{}
				before := map[testimony.Role]string{}
				for role := range all {
					receivers[role] = s.Receiver(seat(s, role).ID)
					before[role] = granted(s, receivers[role])
				}
				if !strings.Contains(before[testimony.RoleProsecution], "witness video clear") || !strings.Contains(before[testimony.RoleAccused], "coordinator audio clear") {
					t.Fatalf("nothing is sent that could be stopped: %v", before)
				}
				if err := s.GoOn(); !errors.Is(err, live.ErrNotHeld) {
					t.Errorf("with nothing held the bench goes on: %v", err)
				}
				must(t, all[by].Send(join.Request{Kind: why}))
				await(t, s, "the hold", func(st live.State) bool { return st.Held.Why == why })
				for role, r := range receivers {
					if got := granted(s, r); strings.Contains(got, "witness") || strings.Contains(got, "support") || strings.Contains(got, "coordinator") {
						t.Errorf("held, the %s can be sent %s", role, got)
					}
				}
				if got := granted(s, receivers[testimony.RoleAccused]); !strings.Contains(got, "bench audio clear") || !strings.Contains(got, "prosecution audio clear") {
					t.Errorf("held, the accused can be sent only %s", got)
				}
				if st := s.State(); st.Held.From != seat(s, by).ID || st.Gallery.Picture != 0 || st.Gallery.Voice != 0 {
					t.Errorf("held, the bench is told %+v and that the public receives %+v", st.Held, st.Gallery)
				}
				if err := s.GoOn(); !errors.Is(err, live.ErrNotReady) {
					t.Errorf("before the witness's side can go on the bench goes on: %v", err)
				}
				must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskReady}))
				await(t, s, "that they can go on", func(st live.State) bool { return st.Held.Ready })
				if got := granted(s, receivers[testimony.RoleProsecution]); strings.Contains(got, "witness") {
					t.Errorf("ready, but the bench has not gone on, and counsel can be sent %s", got)
				}
				must(t, s.GoOn())
				for role, r := range receivers {
					if got := granted(s, r); got != before[role] {
						t.Errorf("afterwards the %s can be sent\n\t%s\nbefore\n\t%s", role, got, before[role])
					}
				}
				var asked []string
				for _, e := range events(s, testimony.Requested) {
					asked = append(asked, e.Reason)
				}
				if !slices.Equal(asked, []string{why, join.AskReady}) || len(events(s, testimony.WentOn)) != 1 {
					t.Errorf("the record has the requests %v", asked)
				}
			})
		}
	}
}

func TestGoingOnIsWrittenDownFirst(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, full)
	all := admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck)
	must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskPause}))
	must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskReady}))
	await(t, s, "that they can go on", func(st live.State) bool { return st.Held.Ready })
	s.LockDesk()
	if err := s.GoOn(); err == nil || s.State().Held.Why == "" {
		t.Errorf("the pause ended and nobody wrote it down: %v", err)
	}
}

// A pause that cannot be written down stops everything all the same, with an alarm.
func TestPauseThatCannotBeWrittenDownStopsAllTheSame(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, full)
	all := admitted(t, s, testimony.RoleWitness, testimony.RoleCoordinator)
	call(t, s, testimony.IdentityCheck)
	r := s.Receiver(seat(s, testimony.RoleCoordinator).ID)
	if !strings.Contains(granted(s, r), "witness") {
		t.Fatal("nothing is sent that could be stopped")
	}
	s.LockDesk()
	must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskSomeone}))
	await(t, s, "the alarm", func(live.State) bool { return hasAlarm(s, "audit_failed") })
	if got := granted(s, r); strings.Contains(got, "witness") {
		t.Errorf("held, the coordinator can be sent %s", got)
	}
}

// A courtroom that is left and opened again is still held.
func TestHoldOutlivesTheCourtroom(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, full)
	all := admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck)
	must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskSomeone}))
	await(t, s, "the hold", func(st live.State) bool { return st.Held.Why != "" })
	s.Abandon()
	again := enter(t, d)
	if st := again.State(); st.Held.Why != join.AskSomeone || st.Held.Ready {
		t.Errorf("opened again, it is held by %+v", st.Held)
	}
}

// A page of ours never sends what its guest may not ask for: such a request changes nothing but that the bench is told, once.
func TestForgedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s, c, _ := openHearing(t, full)
	roles := []testimony.Role{testimony.RoleAccused, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleInterpreter, testimony.RoleGallery}
	all := admitted(t, s, append(roles, testimony.RoleWitness, testimony.RoleCoordinator)...)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	counsel := s.Receiver(seat(s, testimony.RoleProsecution).ID)
	before := granted(s, counsel)
	must(t, all[testimony.RoleWitness].Send(join.Request{Kind: join.AskPause}))
	await(t, s, "the hold", func(st live.State) bool { return st.Held.Why != "" })
	for n, role := range roles {
		for _, what := range testimony.Asks {
			if role.MayAsk(what) {
				continue
			}
			must(t, all[role].Send(join.Request{Kind: what}))
			must(t, all[role].Send(join.Request{Kind: what}))
			await(t, s, "the refusal", func(st live.State) bool { return len(st.Alarms) == n+1 })
			c.advance(time.Minute)
		}
	}
	must(t, all[testimony.RoleAccused].Send(join.Request{Kind: join.AskHand}))
	await(t, s, "a hand", func(st live.State) bool { return len(st.Requests) == 1 }) // everything before it has been taken in
	st := s.State()
	for _, a := range st.Alarms {
		if a.Kind != "request_refused" {
			t.Errorf("the alarm is %s", a.Kind)
		}
	}
	if st.Held.Ready || st.Held.From != seat(s, testimony.RoleWitness).ID || st.Requests[0].Kind != join.AskHand {
		t.Errorf("a forged request had an effect: %+v and %+v", st.Held, st.Requests)
	}
	if n := len(events(s, testimony.Refusal)); n != len(roles) {
		t.Errorf("%d refusals stand in the record", n)
	}
	must(t, all[testimony.RoleCoordinator].Send(join.Request{Kind: join.AskReady}))
	await(t, s, "that they can go on", func(st live.State) bool { return st.Held.Ready })
	must(t, s.GoOn())
	if got := granted(s, counsel); got != before {
		t.Errorf("afterwards counsel can be sent %s", got)
	}
}

// After a call for help the court sends nobody anything: not an answer, not a state.
func TestCallForHelpIsAnsweredByNothing(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	witness := come(t, s, testimony.RoleWitness)
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	states(t, witness, func(state join.State) bool { return state.Admitted })
	must(t, witness.Send(join.Request{Kind: join.AskAlarm}))
	must(t, witness.Send(join.Request{Kind: join.AskAlarm})) // a page sends it twice
	must(t, witness.Send(join.Here{}))
	await(t, s, "the alarm", func(live.State) bool { return hasAlarm(s, "help") })
	must(t, witness.Send(join.Request{Kind: join.AskUnderstand}))
	for {
		select {
		case m := <-witness.Messages():
			switch m.Type {
			case join.TypeOffer, join.TypeCandidate: // of the connection that began with the admission
				continue
			case join.TypeNotice: // the answer to what was asked after the alarm
			default:
				t.Errorf("after the call for help came a %s", m.Type)
			}
		case <-time.After(time.Minute):
			t.Fatal("nothing came any more")
		}
		break
	}
	await(t, s, "the request", func(st live.State) bool { return len(st.Requests) > 1 })
	if st := s.State(); len(st.Alarms) != 1 || len(st.Requests) != 2 {
		t.Errorf("sent twice, it stands as %+v and %+v", st.Alarms, st.Requests)
	}
}

// Another language of the page changes the words on the bench, and the steps before the hearing are told once and kept.
func TestBenchFollowsTheWitnessBeforeTheHearing(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	w := come(t, s, testimony.RoleWitness)
	english := seat(s, testimony.RoleWitness).Words
	must(t, w.Send(join.Speaks{Code: "am"}))
	await(t, s, "the language", func(live.State) bool { return seat(s, testimony.RoleWitness).Lang == "am" })
	if words := seat(s, testimony.RoleWitness).Words; words == english || strings.Trim(strings.Join(words[:], ""), "0123456789") != "" {
		t.Errorf("in Amharic the words are %v", words)
	}
	for _, step := range []string{join.StepRights, join.StepSilent, join.StepRights} {
		must(t, w.Send(join.Prepared{Step: step}))
	}
	await(t, s, "two steps", func(live.State) bool { return len(seat(s, testimony.RoleWitness).Prepared) == 2 })
	if n := len(events(s, testimony.Prepared)); n != 2 {
		t.Errorf("%d steps stand in the record", n)
	}
}

// At the identity check the witness reads that the judge and the coordinator alone are there, whatever the orders give the others later.
func TestTheWitnessReadsWhoIsThereAtTheIdentityCheck(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, oneHearing)
	device, err := invite.NewDeviceKey(rand.Reader)
	must(t, err)
	g, err := guest.Dial(t.Context(), seat(s, testimony.RoleWitness).Link, guest.Options{Device: device})
	must(t, err)
	t.Cleanup(g.Close)
	await(t, s, "the witness", func(live.State) bool { return seat(s, testimony.RoleWitness).Presence == live.InLobby })
	must(t, s.Admit(seat(s, testimony.RoleWitness).ID))
	must(t, s.Enter(testimony.IdentityCheck))
	for m := range g.Messages() {
		var state join.State
		if m.Type != join.TypeState || m.Decode(&state) != nil || state.Phase != string(testimony.IdentityCheck) {
			continue
		}
		for who, r := range state.What {
			there := who == "bench" || who == "coordinator"
			if nothing := r == (join.Reception{Picture: "nothing", Voice: "nothing"}); nothing == there {
				t.Errorf("the witness reads that the %s receives %+v", who, r)
			}
		}
		return
	}
	t.Error("the state was never told")
}
