package live_test

import (
	"errors"
	"strings"
	"testing"

	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/live"
)

// conferring is a hearing whose accused has counsel.
var conferring = strings.Replace(full, `{"key":"d","role":"defence"}`, `{"key":"d","role":"defence","clients":["a"]}`, 1)

// talk has counsel and accused of a hearing agree.
func talk(t *testing.T, s *live.Session, all map[testimony.Role]attending) {
	t.Helper()
	counsel, accused := seat(s, testimony.RoleDefence).ID, seat(s, testimony.RoleAccused).ID
	must(t, all[testimony.RoleDefence].Send(join.Talk{Do: join.TalkAsk, With: string(accused)}))
	must(t, all[testimony.RoleAccused].Send(join.Talk{Do: join.TalkAsk, With: string(counsel)}))
	await(t, s, "a private talk", func(st live.State) bool {
		return len(st.Talks) == 1 && seat(s, testimony.RoleDefence).TalksWith == accused
	})
}

// What can be written to each seat while counsel and accused talk: to the two the other's private voice and no other voice, to everyone else neither of them. The bench calls them back, which
// takes effect before it returns.
func TestATalkAtTheHub(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, conferring)
	roles := []testimony.Role{testimony.RoleWitness, testimony.RoleAccused, testimony.RoleDefence, testimony.RoleProsecution, testimony.RoleInterpreter, testimony.RoleGallery}
	all := admitted(t, s, roles...)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	before := granted(s, s.Receiver(seat(s, testimony.RoleProsecution).ID))
	if !strings.Contains(before, "accused audio clear") || !strings.Contains(before, "defence video clear") {
		t.Fatalf("nothing is sent that could be stopped: %s", before)
	}
	talk(t, s, all)
	for _, role := range roles {
		got := granted(s, s.Receiver(seat(s, role).ID))
		switch role {
		case testimony.RoleAccused, testimony.RoleDefence:
			other := map[testimony.Role]string{testimony.RoleAccused: "defence", testimony.RoleDefence: "accused"}[role]
			if strings.Count(got, "audio") != 1 || !strings.Contains(got, other+" audio private") || strings.Contains(got, other+" video") || !strings.Contains(got, "witness video") {
				t.Errorf("in the talk the %s can be sent %s", role, got)
			}
		default:
			if strings.Contains(got, "private") || strings.Contains(got, "accused") || strings.Contains(got, "defence") {
				t.Errorf("during the talk the %s can be sent %s", role, got)
			}
		}
		told := s.Told(seat(s, role).ID)
		if talks := role == testimony.RoleAccused || role == testimony.RoleDefence; talks != (told.Talk != nil) || talks && told.Publish != (join.Publish{}) {
			t.Errorf("the %s is told %+v of the talk, and that the court takes %+v", role, told.Talk, told.Publish)
		}
	}
	if err := s.CallBack(seat(s, testimony.RoleProsecution).ID); !errors.Is(err, testimony.ErrNoTalk) {
		t.Errorf("calling back whoever is in no talk: %v", err)
	}
	must(t, s.CallBack(seat(s, testimony.RoleAccused).ID))
	if got := granted(s, s.Receiver(seat(s, testimony.RoleAccused).ID)); strings.Contains(got, "private") || strings.Contains(got, "defence") || !strings.Contains(got, "prosecution audio clear") {
		t.Errorf("called back, the accused can be sent %s", got)
	}
	if got := granted(s, s.Receiver(seat(s, testimony.RoleProsecution).ID)); strings.Contains(got, "accused") || strings.Contains(got, "defence") {
		t.Errorf("the two have not come back, and the prosecution can be sent %s", got)
	}
	for _, role := range []testimony.Role{testimony.RoleAccused, testimony.RoleDefence} {
		must(t, all[role].Send(join.Talk{Do: join.TalkBack}))
		await(t, s, "somebody back", func(live.State) bool { return !seat(s, role).Away })
	}
	if got := granted(s, s.Receiver(seat(s, testimony.RoleProsecution).ID)); got != before {
		t.Errorf("afterwards the prosecution can be sent %s, before %s", got, before)
	}
	began, ended := events(s, testimony.TalkBegan), events(s, testimony.TalkEnded)
	if len(began) != 1 || len(ended) != 1 || began[0].Participant != seat(s, testimony.RoleDefence).ID || began[0].With != seat(s, testimony.RoleAccused).ID || ended[0].Reason != testimony.TalkByBench {
		t.Errorf("the record has %+v and %+v", began, ended)
	}
}

// A talk that cannot be written down does not begin.
func TestATalkIsWrittenDownBeforeItBegins(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, conferring)
	all := admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleDefence)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	s.LockDesk()
	must(t, all[testimony.RoleDefence].Send(join.Talk{Do: join.TalkAsk, With: string(seat(s, testimony.RoleAccused).ID)}))
	must(t, all[testimony.RoleAccused].Send(join.Talk{Do: join.TalkAsk, With: string(seat(s, testimony.RoleDefence).ID)}))
	await(t, s, "the alarm", func(live.State) bool { return hasAlarm(s, "audit_failed") })
	if got := granted(s, s.Receiver(seat(s, testimony.RoleAccused).ID)); len(s.State().Talks) > 0 || strings.Contains(got, "private") || !strings.Contains(got, "defence audio clear") {
		t.Errorf("nobody wrote it down, and the accused can be sent %s", got)
	}
}

// Whoever is removed, hangs up or comes back with another page is in no talk any more, and a page of ours never asks for a talk that the roster does not know: that is refused and told.
func TestWhatEndsATalkAndWhoHasNone(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*live.Session, map[testimony.Role]attending) error{
		"removed": func(s *live.Session, _ map[testimony.Role]attending) error {
			return s.Remove(seat(s, testimony.RoleAccused).ID, "")
		},
		"hangs up": func(_ *live.Session, all map[testimony.Role]attending) error {
			all[testimony.RoleAccused].Break()
			return nil
		},
		"says goodbye": func(_ *live.Session, all map[testimony.Role]attending) error {
			return all[testimony.RoleAccused].Send(join.Leave{})
		},
		"ends it": func(_ *live.Session, all map[testimony.Role]attending) error {
			return all[testimony.RoleDefence].Send(join.Talk{Do: join.TalkEnd})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, _ := openHearing(t, conferring)
			all := admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleDefence, testimony.RoleProsecution)
			call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
			must(t, all[testimony.RoleProsecution].Send(join.Talk{Do: join.TalkAsk, With: string(seat(s, testimony.RoleAccused).ID)}))
			await(t, s, "the refusal", func(live.State) bool { return hasAlarm(s, "request_refused") })
			talk(t, s, all)
			must(t, end(s, all))
			await(t, s, "the end of the talk", func(st live.State) bool { return len(st.Talks) == 0 && len(events(s, testimony.TalkEnded)) == 1 })
			if !seat(s, testimony.RoleDefence).Away || strings.Contains(granted(s, s.Receiver(seat(s, testimony.RoleDefence).ID)), "private") {
				t.Error("counsel is brought back before the court, or goes on in private")
			}
		})
	}
}

// A courtroom that was left in the middle of a talk has its end in the record once it is opened again, and nobody is in a talk.
func TestATalkEndsWithItsCourtroom(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, conferring)
	all := admitted(t, s, testimony.RoleWitness, testimony.RoleAccused, testimony.RoleDefence)
	talk(t, s, all)
	s.Abandon()
	again := enter(t, d)
	if len(again.State().Talks) > 0 || len(events(again, testimony.TalkBegan)) != 1 || len(events(again, testimony.TalkEnded)) != 1 {
		t.Errorf("opened again, the record has %+v", again.State().Events)
	}
}
