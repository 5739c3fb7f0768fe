package docket_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"paravent/protection"
	"paravent/protection/care"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const toldWords = "Own words canary: they took my passport"

// noted is a bureau whose advocate has written into the care file of Witness B.
func noted(t *testing.T) (*bureau, protection.CaseID, protection.PartyID) {
	t.Helper()
	b := newBureau(t)
	d := b.as(testimony.Advocate)
	c, p := b.witness()
	if err := docket.PutNote(t.Context(), d, p, 0, toldWords, docket.Fact{Kind: "plan", Word: "in_force", Due: noon}); err != nil {
		t.Fatal(err)
	}
	return b, c, p
}

func TestACareFileIsForAdvocatesAlone(t *testing.T) {
	t.Parallel()
	b, _, p := noted(t)
	for _, office := range testimony.Offices {
		d := b.as(office)
		texts, err := docket.Notes(t.Context(), d, p)
		n, forced := docket.ReadCareByForce(t.Context(), d, "")
		if office == testimony.Advocate {
			if err != nil || !slices.Equal(texts, []string{toldWords}) || forced != nil || n != 2 {
				t.Errorf("the advocate reads %q and %d records: %v, %v", texts, n, err, forced)
			}
			continue
		}
		if !errors.Is(err, docket.ErrNotAllowed) || len(texts) > 0 {
			t.Errorf("%s reads %q: %v", office, texts, err)
		}
		if !errors.Is(forced, store.ErrNoAccess) || n > 0 {
			t.Errorf("%s has a key of the care files: %d records, %v", office, n, forced)
		}
		if err := docket.PutNote(t.Context(), d, p, 1, "x"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("%s writes: %v", office, err)
		}
		if office == testimony.Auditor {
			continue
		}
		f, ok, err := d.FactOf(t.Context(), p, "plan")
		if err != nil || !ok || f.Word != "in_force" || !f.Due.Equal(noon) || f.By != b.userID(testimony.Advocate) {
			t.Errorf("%s does not see the open fact: %+v %v", office, f, err)
		}
	}
}

func TestEveryVersionOfACareRecordIsKept(t *testing.T) {
	t.Parallel()
	b, _, p := noted(t)
	d := b.as(testimony.Advocate)
	if err := docket.PutNote(t.Context(), d, p, 1, "second"); err != nil {
		t.Fatal(err)
	}
	var changed *docket.ChangedError
	if err := docket.PutNote(t.Context(), d, p, 1, "over the second"); !errors.As(err, &changed) || changed.Theirs != "2" {
		t.Errorf("a version that was not seen was written over: %v", err)
	}
	if texts := must(docket.Notes(t.Context(), d, p))(t); !slices.Equal(texts, []string{"second", toldWords}) {
		t.Errorf("the history is %q", texts)
	}
}

func TestAFactHasNoPlaceForWords(t *testing.T) {
	t.Parallel()
	b, _, p := noted(t)
	d := b.as(testimony.Advocate)
	for _, f := range []docket.Fact{{Kind: "plan", Word: "They took my passport"}, {Kind: "plan", Word: strings.Repeat("x", 41)}, {Kind: "Plan B"}, {}, {Kind: "plan", Word: "é"}} {
		if err := docket.PutNote(t.Context(), d, p, 1, "x", f); !errors.Is(err, docket.ErrInvalid) {
			t.Errorf("%+v was kept: %v", f, err)
		}
	}
	if texts := must(docket.Notes(t.Context(), d, p))(t); len(texts) != 1 {
		t.Errorf("half of it was saved: %q", texts)
	}
}

// A new advocate is let in by one who has the key, as soon as that one opens their desk; one who was revoked is out as soon as it is opened.
func TestAdvocatesComeAndGo(t *testing.T) {
	t.Parallel()
	b, _, p := noted(t)
	b.newMember(testimony.Clerk, "advocate2", testimony.Advocate)
	if _, err := docket.Notes(t.Context(), b.as("advocate2"), p); !errors.Is(err, docket.ErrCareShut) {
		t.Fatalf("before any advocate was there: %v", err)
	}
	b.as(testimony.Advocate)
	d := b.as("advocate2")
	if texts := must(docket.Notes(t.Context(), d, p))(t); !slices.Equal(texts, []string{toldWords}) {
		t.Fatalf("the second advocate reads %q", texts)
	}
	gone := b.userID("advocate2")
	if err := b.as(testimony.Judge).RevokeUser(t.Context(), gone, "under investigation"); err != nil {
		t.Fatal(err)
	}
	if n := must(docket.CareMembers(t.Context(), b.as(testimony.Advocate), ""))(t); n != 1 {
		t.Errorf("%d can read the care files", n)
	}
	if texts := must(docket.Notes(t.Context(), b.desk, p))(t); !slices.Equal(texts, []string{toldWords}) {
		t.Errorf("the advocate who stays reads %q", texts)
	}
}

// A care file goes with its case to a team's own advocates, and a case does not go to where nobody could go on with it.
func TestACareFileGoesWithItsCase(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.newMember(testimony.Clerk, "advocate2", testimony.Advocate)
	d := c.as(testimony.Advocate)
	if err := docket.PutNote(t.Context(), d, c.p, 0, toldWords, docket.Fact{Kind: "plan", Word: "in_force"}); err != nil {
		t.Fatal(err)
	}
	none, err := c.as(testimony.Judge).AddTeam(t.Context(), "Without an advocate", []docket.TeamMember{{User: c.userID(testimony.Clerk)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.desk.MoveCase(t.Context(), c.c, none.ID); !errors.Is(err, docket.ErrCareStays) {
		t.Fatalf("the case went without its care file: %v", err)
	}
	c.move()
	if _, err := docket.Notes(t.Context(), c.as("advocate2"), c.p); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("an advocate outside of the team: %v", err)
	}
	d = c.as(testimony.Advocate)
	if texts := must(docket.Notes(t.Context(), d, c.p))(t); !slices.Equal(texts, []string{toldWords}) {
		t.Errorf("the team's advocate reads %q", texts)
	}
	if n, err := docket.ReadCareByForce(t.Context(), d, ""); err != nil || n != 0 {
		t.Errorf("%d records stayed behind: %v", n, err)
	}
	if _, err := docket.ReadCareByForce(t.Context(), c.as("advocate2"), c.team); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("an advocate outside of the team has its key: %v", err)
	}
	if _, ok, err := c.desk.FactOf(t.Context(), c.p, "plan"); ok || err != nil {
		t.Errorf("an advocate outside of the team sees an open fact: %v", err)
	}
	if err := docket.PutNote(t.Context(), c.as(testimony.Advocate), c.p, 1, "in the team"); err != nil {
		t.Fatal(err)
	}
	if err := c.as(testimony.Judge).MoveCase(t.Context(), c.c, ""); err != nil {
		t.Fatal(err)
	}
	c.as(testimony.Advocate)
	if texts := must(docket.Notes(t.Context(), c.as("advocate2"), c.p))(t); !slices.Equal(texts, []string{"in the team", toldWords}) {
		t.Errorf("back in the docket the second advocate reads %q", texts)
	}
}

func TestAnErasureTakesTheCareFile(t *testing.T) {
	t.Parallel()
	b, _, p := noted(t)
	if err := b.as(testimony.Advocate).DestroyCare(t.Context(), "none"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("without an erasure: %v", err)
	}
	if err := b.desk.SaveNeeds(t.Context(), p, 0, care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "reads", Interpreter: care.Woman, Breaks: 30, Intermediary: care.HelpNotNeeded}); err != nil {
		t.Fatal(err)
	}
	e := b.askErasure()
	if err := b.as(testimony.Advocate).DestroyCare(t.Context(), e.ID); !errors.Is(err, identity.ErrNotGranted) {
		t.Errorf("before both colleges agreed: %v", err)
	}
	b.consent(e.ID, testimony.Clerk, testimony.Judge)
	if _, err := b.as(testimony.Registrar).CarryOutErasure(t.Context(), e.ID, nil); !errors.Is(err, docket.ErrCareRemains) {
		t.Fatalf("the identity was erased and the care file stays: %v", err)
	}
	if err := b.as(testimony.Judge).DestroyCare(t.Context(), e.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("a judge destroys a care file: %v", err)
	}
	if err := b.as(testimony.Advocate).DestroyCare(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Registrar).CarryOutErasure(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	d := b.as(testimony.Advocate)
	if texts := must(docket.Notes(t.Context(), d, p))(t); len(texts) != 0 {
		t.Errorf("there is still %q", texts)
	}
	if facts := must(d.Facts(t.Context(), p))(t); len(facts) != 0 {
		t.Errorf("there is still %+v", facts)
	}
	if speech, known, err := d.SpeechOf(t.Context(), p); known || err != nil {
		t.Errorf("there is still %+v, %v", speech, err)
	}
	b.audited("care.erased", "identity.erased")
}

// Own words stand in no file in clear, and in no line of the audit log.
func TestOwnWordsAreNowhereButInTheCareFile(t *testing.T) {
	t.Parallel()
	b, _, _ := noted(t)
	d := b.as(testimony.Judge)
	for _, e := range must(d.Audit(t.Context()))(t) {
		for k, v := range e.Details {
			if strings.Contains(v, "canary") {
				t.Errorf("%s: %s is %q", e.Action, k, v)
			}
		}
	}
	raw, err := os.ReadFile(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "Own words canary") {
		t.Error("own words are in the file in clear")
	}
}
