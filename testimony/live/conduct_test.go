package live_test

import (
	"errors"
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
)

// Nobody testifies unsworn unless a judge says so; the text of the oath is for the witness alone.
func TestTestimonyWaitsForTheOath(t *testing.T) {
	t.Parallel()
	s, _, d := openHearing(t, full)
	admitted(t, s, testimony.RoleWitness, testimony.RoleProsecution, testimony.RoleGallery)
	call(t, s, testimony.IdentityCheck, testimony.Oath)
	witness := seat(s, testimony.RoleWitness).ID
	if err := s.Enter(testimony.Testimony); !errors.Is(err, testimony.ErrUnsworn) || s.State().Session.Phase != testimony.Oath {
		t.Fatalf("testimony of an unsworn witness: %v", err)
	}
	must(t, s.ShowOath(testimony.Affirmed))
	if got := s.Told(witness).Oath; got != string(testimony.Affirmed) {
		t.Errorf("the witness is shown %q", got)
	}
	for _, role := range []testimony.Role{testimony.RoleProsecution, testimony.RoleGallery} {
		if got := s.Told(seat(s, role).ID).Oath; got != "" {
			t.Errorf("the %s is told the form %q", role, got)
		}
	}
	must(t, s.OathRefused())
	if err := s.Enter(testimony.Testimony); !errors.Is(err, testimony.ErrUnsworn) {
		t.Errorf("testimony after a refusal: %v", err)
	}
	must(t, s.HearUnsworn("Of tender years."))
	must(t, s.Enter(testimony.Testimony))
	if got := s.Told(witness).Oath; got != "" {
		t.Errorf("the text stays: %q", got)
	}
	s.Abandon()
	again := enter(t, d)
	if again.State().Conduct.Oath.Opens() {
		t.Error("the decision stands for another sitting")
	}
}

func TestADecisionOnTheOathIsWrittenDownFirst(t *testing.T) {
	t.Parallel()
	s, _, _ := openHearing(t, full)
	admitted(t, s, testimony.RoleWitness)
	call(t, s, testimony.IdentityCheck, testimony.Oath)
	s.LockDesk()
	for name, act := range map[string]func() error{"sworn": s.OathTaken, "unsworn": func() error { return s.HearUnsworn("why") }} {
		if err := act(); err == nil {
			t.Errorf("%s though it was not written down", name)
		}
	}
	if s.State().Conduct.Oath.Opens() {
		t.Error("testimony may begin")
	}
}

func TestQuestionsAndObjections(t *testing.T) {
	t.Parallel()
	s, c, _ := openHearing(t, full)
	admitted(t, s, testimony.RoleWitness, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleGallery)
	call(t, s, testimony.IdentityCheck, testimony.Oath, testimony.Testimony)
	prosecution, defence, public := seat(s, testimony.RoleProsecution).ID, seat(s, testimony.RoleDefence).ID, seat(s, testimony.RoleGallery).ID
	if err := s.CallStage(testimony.Chief, "nobody"); !errors.Is(err, live.ErrNobody) {
		t.Errorf("got %v", err)
	}
	must(t, s.CallStage(testimony.Chief, prosecution))
	c.advance(10 * time.Minute)
	must(t, s.CallStage(testimony.Cross, defence))
	must(t, s.Object(prosecution, "barred"))
	if got := s.State().Conduct.Objection; got == nil || got.By != prosecution || got.Ground != "barred" {
		t.Errorf("waits: %+v", got)
	}
	must(t, s.Rule("sustained"))
	c.advance(5 * time.Minute)
	must(t, s.SetMode(protection.PrivateMode, "Family."))
	back := s.State().Now.Add(20 * time.Minute)
	must(t, s.ExpectBack(back))
	told := s.Told(public)
	if at, err := time.Parse(time.RFC3339, told.Returning); err != nil || at.Sub(back).Abs() > time.Minute {
		t.Errorf("the public is told %q, %v", told.Returning, err)
	}
	must(t, s.SetMode(protection.PublicMode, ""))
	if told := s.Told(public); told.Returning != "" {
		t.Errorf("the public is still told %q", told.Returning)
	}
	m, err := s.Close(t.Context())
	must(t, err)
	if len(m.Examined) != 2 || m.Examined[0].Length() != 10*time.Minute || m.Examined[1].Length() != 5*time.Minute {
		t.Errorf("the stages are %+v", m.Examined)
	}
	if len(m.Objected) != 1 || m.Objected[0].Ruling != "sustained" {
		t.Errorf("the objections are %+v", m.Objected)
	}
}
