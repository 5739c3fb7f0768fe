package docket_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

// seat is who sits in a role of the training hearing.
func (b *bureau) seat(role testimony.Role) testimony.ParticipantID {
	b.t.Helper()
	h := must(b.desk.FindHearing(b.t.Context(), "hearing-1"))(b.t)
	i := slices.IndexFunc(h.Participants, func(p testimony.Participant) bool { return p.Role == role })
	return h.Participants[i].ID
}

// askCopy asks, as the advocate, for a copy for a role's seat until the end of a month.
func (b *bureau) askCopy(r docket.Recording, to testimony.Role) copies.Copy {
	b.t.Helper()
	d := b.as(testimony.Advocate)
	return must(d.AskCopy(b.t.Context(), docket.CopyAsking{Recording: r.ID, Seat: b.seat(to), Purpose: "for Invented Person", Until: noon.AddDate(0, 1, 0)}))(b.t)
}

// makeCopy makes one as the registrar, of whom nothing is written.
func (b *bureau) makeCopy(id identity.RequestID) error {
	m, err := b.as(testimony.Registrar).BeginCopy(b.t.Context(), id)
	if err != nil {
		return err
	}
	if len(m.Key) != 32 {
		b.t.Errorf("the mark's key has %d bytes", len(m.Key))
	}
	_, err = m.Keep(b.t.Context(), []byte{1, 2}, 12)
	return err
}

// Of a master one college alone gives nobody a copy, and both do; whoever asked approves nothing; each step is in the log and in the custody.
func TestACopyOfAMasterTakesBothColleges(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	c := b.askCopy(master, testimony.RoleDefence)
	if !c.Clear() || c.Number != 1 {
		t.Errorf("asked for: %+v", c.Terms)
	}
	ctx := t.Context()
	if err := b.makeCopy(c.ID); !errors.Is(err, copies.ErrNotOpen) {
		t.Errorf("made of a request: %v", err)
	}
	for login, want := range map[string]error{testimony.Advocate: identity.ErrOwn} {
		if _, err := b.as(login).ApproveCopy(ctx, c.ID); !errors.Is(err, want) {
			t.Errorf("the %s approves: %v", login, err)
		}
	}
	must(b.as(testimony.Judge).ApproveCopy(ctx, c.ID))(t)
	if _, err := b.desk.ApproveCopy(ctx, c.ID); !errors.Is(err, identity.ErrSameCollege) {
		t.Errorf("the judge approves twice: %v", err)
	}
	if err := b.makeCopy(c.ID); !errors.Is(err, copies.ErrNotOpen) {
		t.Errorf("made with the bench alone: %v", err)
	}
	must(b.as(testimony.Clerk).ApproveCopy(ctx, c.ID))(t)
	if _, err := b.desk.BeginCopy(ctx, c.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("made by a clerk, who opens no master: %v", err)
	}
	if err := b.makeCopy(c.ID); err != nil {
		t.Fatalf("made: %v", err)
	}
	if err := b.makeCopy(c.ID); !errors.Is(err, copies.ErrNotOpen) {
		t.Errorf("made twice: %v", err)
	}
	if second := b.askCopy(master, testimony.RoleDefence); second.Number != 2 {
		t.Errorf("the second has the number %d", second.Number)
	}
	if got := must(b.as(testimony.Clerk).EndCopy(ctx, c.ID, copies.Returned, "by hand"))(t); got.State(noon) != copies.Over {
		t.Errorf("returned: %s", got.State(noon))
	}
	report := must(b.as(testimony.Judge).Custody(ctx, master.ID))(t)
	if len(report.Given) != 2 || report.Given[0].Label != "Counsel for the defence" || report.Given[0].State != "over" || len(report.Given[0].Approved) != 2 || report.Given[1].State != "asked" {
		t.Errorf("the custody has %+v", report.Given)
	}
	for _, act := range []string{"copy.asked", "copy.approved", "copy.denied", "copy.begun", "copy.made", "copy.ended"} {
		if !slices.ContainsFunc(report.Chain, func(l notice.Link) bool { return l.Act == act && l.Given == "1" }) {
			t.Errorf("%s is not in the chain of custody", act)
		}
	}
	b.audited("copy.asked", "copy.approved", "copy.denied", "copy.begun", "copy.made", "copy.ended")
}

// What the public received of a concealed witness needs a judge and no more.
func TestACopyOfAnAlteredPictureTakesAJudge(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	public := record(t, d, must(d.FindHearing(t.Context(), "hearing-1"))(t).ID, protection.PublicRecord, "said")
	c := b.askCopy(public, testimony.RoleDefence)
	if c.Clear() {
		t.Errorf("the public version holds %+v", c.Held)
	}
	if _, err := b.as(testimony.Clerk).ApproveCopy(t.Context(), c.ID); !errors.Is(err, copies.ErrJudge) {
		t.Errorf("the clerk approves: %v", err)
	}
	must(b.as(testimony.Judge).ApproveCopy(t.Context(), c.ID))(t)
	if err := b.makeCopy(c.ID); err != nil {
		t.Error(err)
	}
}

// Refused, withdrawn, expired, erased from under, forged, or more than an order gives by now: nothing is opened and no mark is made.
func TestNoCopyIsMade(t *testing.T) {
	t.Parallel()
	type spoil func(t *testing.T, b *bureau, c copies.Copy) error
	forge := func(change func(*copies.Copy)) spoil {
		return func(t *testing.T, b *bureau, c copies.Copy) error {
			return docket.ForgeCopy(t.Context(), b.as(testimony.Clerk), c.ID, change)
		}
	}
	for name, c := range map[string]struct {
		spoil spoil
		want  error
	}{
		"refused": {func(t *testing.T, b *bureau, c copies.Copy) error {
			_, err := b.as(testimony.Clerk).RefuseCopy(t.Context(), c.ID, "not now")
			return err
		}, copies.ErrNotOpen},
		"withdrawn": {func(t *testing.T, b *bureau, c copies.Copy) error {
			_, err := b.as(testimony.Advocate).RefuseCopy(t.Context(), c.ID, "not needed")
			return err
		}, copies.ErrNotOpen},
		"expired": {func(_ *testing.T, b *bureau, c copies.Copy) error { b.now = c.Until.Add(time.Second); return nil }, copies.ErrNotOpen},
		"darker by an order": {func(_ *testing.T, b *bureau, _ copies.Copy) error {
			b.as(testimony.Judge)
			b.granted("2026/900", order.Measure{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Interpreter}})
			return nil
		}, copies.ErrMatrix},
		"a later date forged":   {forge(func(c *copies.Copy) { c.Until = c.Until.AddDate(0, 1, 0) }), store.ErrDamaged},
		"another person forged": {forge(func(c *copies.Copy) { c.To.Label = "Somebody" }), store.ErrDamaged},
		"a college forged": {forge(func(c *copies.Copy) {
			c.Consents[0].College, c.Consents[1].College = c.Consents[1].College, c.Consents[0].College
		}), store.ErrDamaged},
		"another file": {func(t *testing.T, b *bureau, c copies.Copy) error {
			return docket.ForgeCopy(t.Context(), b.as(testimony.Clerk), c.ID, func(c *copies.Copy) { c.FileRoot = []byte{9}; c.Consents = nil })
		}, copies.ErrNotOpen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t)
			asked := b.askCopy(capture(t, b.as(testimony.Judge)), testimony.RoleInterpreter)
			for _, login := range []string{testimony.Judge, testimony.Clerk} {
				must(b.as(login).ApproveCopy(t.Context(), asked.ID))(t)
			}
			if err := c.spoil(t, b, asked); err != nil {
				t.Fatal(err)
			}
			if err := b.makeCopy(asked.ID); !errors.Is(err, c.want) {
				t.Errorf("made: %v", err)
			}
			if marks, _, err := b.desk.CopyMarks(t.Context()); err != nil || len(marks) != 0 {
				t.Errorf("%d marks: %v", len(marks), err)
			}
		})
	}
}

// Nobody is given more than the orders in force give them, and no witness, gallery or press anything at all.
func TestWhoIsGivenACopy(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	master := capture(t, b.as(testimony.Judge))
	clerk, registrar := b.userID(testimony.Clerk), b.userID(testimony.Registrar)
	ask := func(a docket.CopyAsking) error {
		a.Recording, a.Purpose, a.Until = master.ID, "to prepare", noon.AddDate(0, 1, 0)
		_, err := b.desk.AskCopy(t.Context(), a)
		return err
	}
	for name, c := range map[string]struct {
		asking docket.CopyAsking
		want   error
	}{
		"the defence":               {docket.CopyAsking{Seat: b.seat(testimony.RoleDefence)}, nil},
		"the witness":               {docket.CopyAsking{Seat: b.seat(testimony.RoleWitness)}, copies.ErrTerms},
		"the gallery":               {docket.CopyAsking{Seat: b.seat(testimony.RoleGallery)}, copies.ErrTerms},
		"the accused, screened off": {docket.CopyAsking{Seat: b.seat(testimony.RoleAccused)}, copies.ErrMatrix},
		"no such seat":              {docket.CopyAsking{Seat: "x"}, copies.ErrTerms},
		"no such official":          {docket.CopyAsking{User: "x"}, copies.ErrTerms},
		"a clerk, of a master":      {docket.CopyAsking{User: clerk}, copies.ErrMatrix},
		"the registrar":             {docket.CopyAsking{User: registrar}, nil},
		"nobody":                    {docket.CopyAsking{}, copies.ErrTerms},
	} {
		if err := ask(c.asking); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.as(testimony.Auditor).AskCopy(t.Context(), docket.CopyAsking{Recording: master.ID}); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor asks: %v", err)
	}
	if _, _, err := b.as(testimony.Clerk).CopyMarks(t.Context()); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a clerk traces: %v", err)
	}
}

// Copies and their marks go with their case to a team.
func TestCopiesMoveWithTheirCase(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	asked := c.askCopy(capture(t, c.as(testimony.Judge)), testimony.RoleDefence)
	for _, login := range []string{testimony.Judge, testimony.Clerk} {
		must(c.as(login).ApproveCopy(t.Context(), asked.ID))(t)
	}
	must(0, must(c.as(testimony.Judge).BeginCopy(t.Context(), asked.ID))(t).Close())(t)
	c.move()
	if marks, without, err := c.as(testimony.Judge).CopyMarks(t.Context()); err != nil || len(marks) != 1 || without != 0 {
		t.Errorf("a judge of the team has %d marks and lacks %d: %v", len(marks), without, err)
	}
	for login, want := range map[string]int{testimony.Clerk: 1, "clerk2": 0} {
		if list := must(c.as(login).Copies(t.Context(), ""))(t); len(list) != want {
			t.Errorf("%s sees %d copies", login, len(list))
		}
	}
}

// steps are what a login may do about a copy now.
func (b *bureau) steps(login string, id identity.RequestID) []copies.Step {
	b.t.Helper()
	d := b.as(login)
	return must(d.CopySteps(b.t.Context(), must(d.Copy(b.t.Context(), id))(b.t)))(b.t)
}

// What a screen offers is what the acts allow, at each point of a copy's life; asking what may be done is no act. Today says who is waited for.
func TestTheStepsOfACopyAreThoseOfItsLife(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	ctx := t.Context()
	master := capture(t, b.as(testimony.Judge))
	c := b.askCopy(master, testimony.RoleDefence)
	id := c.ID
	offered := func(when string, want map[string][]copies.Step) {
		t.Helper()
		for _, login := range []string{testimony.Advocate, testimony.Clerk, testimony.Registrar, testimony.Judge} {
			if got := b.steps(login, id); !slices.Equal(got, want[login]) {
				t.Errorf("%s, the %s is offered %v", when, login, got)
			}
		}
	}
	waited := func(when string, kind docket.ItemKind, want ...string) {
		t.Helper()
		for _, login := range []string{testimony.Advocate, testimony.Clerk, testimony.Registrar, testimony.Judge} {
			if n := b.listed(login, kind); (n == 1) != slices.Contains(want, login) || n > 1 {
				t.Errorf("%s, %s is on the list of the %s %d times", when, kind, login, n)
			}
		}
	}
	decides, refuses, withdraws := []copies.Step{copies.Approve, copies.Refuse}, []copies.Step{copies.Refuse}, []copies.Step{copies.Withdraw}
	offered("asked for", map[string][]copies.Step{testimony.Advocate: withdraws, testimony.Clerk: decides, testimony.Registrar: decides, testimony.Judge: decides})
	waited("asked for", docket.CopyAsked, testimony.Clerk, testimony.Registrar, testimony.Judge)
	must(b.as(testimony.Judge).ApproveCopy(ctx, id))(t)
	offered("of the bench", map[string][]copies.Step{testimony.Advocate: withdraws, testimony.Clerk: decides, testimony.Registrar: decides, testimony.Judge: refuses})
	must(b.as(testimony.Clerk).ApproveCopy(ctx, id))(t)
	makes := []copies.Step{copies.Make, copies.Refuse}
	offered("approved", map[string][]copies.Step{testimony.Advocate: withdraws, testimony.Clerk: refuses, testimony.Registrar: makes, testimony.Judge: makes})
	waited("approved", docket.CopyOpen, testimony.Registrar, testimony.Judge)
	waited("approved", docket.CopyAsked)
	for _, l := range must(b.as(testimony.Judge).Custody(ctx, master.ID))(t).Chain {
		if l.Act == "recording.refused" || l.Act == "copy.denied" || l.Act == "copy.begun" {
			t.Errorf("asking what may be done is in the log as %s", l.Act)
		}
	}
	if err := b.makeCopy(id); err != nil {
		t.Fatal(err)
	}
	ends := []copies.Step{copies.NoteEnd}
	offered("out", map[string][]copies.Step{testimony.Clerk: ends, testimony.Registrar: ends, testimony.Judge: ends})
	waited("out", docket.CopyOverdue)
	b.now = c.Until.Add(time.Second)
	waited("out after its date", docket.CopyOverdue, testimony.Clerk, testimony.Registrar, testimony.Judge)
	must(b.as(testimony.Clerk).EndCopy(ctx, id, copies.Destroyed, "seen to be shredded"))(t)
	offered("destroyed", nil)
	waited("destroyed", docket.CopyOverdue)
}

// Nobody is offered to make a copy that could not be made: an order has made it darker, a signature is false.
func TestACopyThatCannotBeMadeIsNotOffered(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(b *bureau, c copies.Copy) error{
		"darker by an order": func(b *bureau, _ copies.Copy) error {
			b.as(testimony.Judge)
			b.granted("2026/900", order.Measure{Kind: order.FaceAlteration, Audiences: []protection.Audience{protection.Interpreter}})
			return nil
		},
		"another person forged": func(b *bureau, c copies.Copy) error {
			return docket.ForgeCopy(t.Context(), b.as(testimony.Clerk), c.ID, func(c *copies.Copy) { c.To.Label = "Somebody" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBureau(t)
			c := b.askCopy(capture(t, b.as(testimony.Judge)), testimony.RoleInterpreter)
			for _, login := range []string{testimony.Judge, testimony.Clerk} {
				must(b.as(login).ApproveCopy(b.t.Context(), c.ID))(t)
			}
			if steps := b.steps(testimony.Registrar, c.ID); !slices.Contains(steps, copies.Make) {
				t.Errorf("before, the registrar is offered %v", steps)
			}
			if err := spoil(b, c); err != nil {
				t.Fatal(err)
			}
			if steps := b.steps(testimony.Registrar, c.ID); slices.Contains(steps, copies.Make) {
				t.Errorf("the registrar is offered %v", steps)
			}
			if n := b.listed(testimony.Registrar, docket.CopyOpen); n != 0 {
				t.Errorf("it is on the list %d times", n)
			}
		})
	}
}

// Those whom a form offers are those for whom asking succeeds, and the others are those for whom it fails.
func TestWhoIsOfferedACopyIsWhoMayBeAskedFor(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	d := b.as(testimony.Judge)
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	for name, r := range map[string]docket.Recording{"master": capture(t, d), "public": record(t, d, h.ID, protection.PublicRecord, "said")} {
		offered := must(d.CopyRecipients(t.Context(), r.ID))(t)
		if len(offered) == 0 {
			t.Errorf("%s: nobody", name)
		}
		among := func(is func(copies.Recipient) bool) bool { return slices.ContainsFunc(offered, is) }
		ask := docket.CopyAsking{Recording: r.ID, Purpose: "to prepare", Until: noon.AddDate(0, 1, 0)}
		for _, p := range h.Participants {
			ask.Seat, ask.User = p.ID, ""
			if _, err := d.AskCopy(t.Context(), ask); (err == nil) != among(func(x copies.Recipient) bool { return x.Seat == p.ID }) {
				t.Errorf("%s, the seat of the %s: %v", name, p.Role, err)
			}
		}
		for _, u := range must(d.Users(t.Context()))(t) {
			ask.Seat, ask.User = "", u.ID
			if _, err := d.AskCopy(t.Context(), ask); (err == nil) != among(func(x copies.Recipient) bool { return x.User == string(u.ID) }) {
				t.Errorf("%s, the %s: %v", name, u.Role, err)
			}
		}
	}
	master := capture(t, d)
	must(d.FlagConflict(t.Context(), identity.Conflict{Case: h.Case, Person: string(b.userID(testimony.Registrar)), Reason: "invented"}))(t)
	if slices.ContainsFunc(must(d.CopyRecipients(t.Context(), master.ID))(t), func(x copies.Recipient) bool { return x.Role == testimony.Registrar }) {
		t.Error("who has a conflict of interest is offered")
	}
	if list := must(b.as(testimony.Registrar).CopyRecipients(t.Context(), master.ID))(t); len(list) != 0 {
		t.Errorf("to one who has a conflict %d are offered", len(list))
	}
	if _, err := b.as(testimony.Auditor).CopyRecipients(t.Context(), master.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("an auditor: %v", err)
	}
}
