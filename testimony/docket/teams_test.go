package docket_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// circle is a bureau with a second clerk and a second judge, and a team of the first judge, the clerk and the advocate.
type circle struct {
	*bureau
	team docket.TeamID
	c    protection.CaseID
	p    protection.PartyID
}

func newCircle(t *testing.T) circle {
	t.Helper()
	b := newBureau(t)
	b.newMember(testimony.Judge, "judge2", testimony.Judge)
	b.newMember(testimony.Clerk, "clerk2", testimony.Clerk)
	b.as(testimony.Judge)
	team, err := b.desk.AddTeam(t.Context(), "Joint team North", []docket.TeamMember{{User: b.userID(testimony.Clerk)}, {User: b.userID(testimony.Advocate)}})
	if err != nil {
		t.Fatal(err)
	}
	c, p := b.witness()
	return circle{b, team.ID, c, p}
}

func (c circle) move() {
	c.t.Helper()
	if err := c.as(testimony.Judge).MoveCase(c.t.Context(), c.c, c.team); err != nil {
		c.t.Fatal(err)
	}
	if err := c.desk.Upkeep(c.t.Context(), nil); err != nil {
		c.t.Fatal(err)
	}
}

// sight is what a user sees of a case.
type sight struct {
	Cases, Parties, Orders, Hearings, Identities, Recordings, Erasures int
	Found                                                              bool
}

func (c circle) sees(login string) sight {
	c.t.Helper()
	d, ctx := c.as(login), c.t.Context()
	linked, err := d.LinkedCases(ctx, c.c)
	if err != nil && !errors.Is(err, docket.ErrNotFound) {
		c.t.Fatal(err)
	}
	in := map[protection.CaseID]bool{c.c: true}
	for _, l := range linked {
		in[l.ID] = true
	}
	var s sight
	for _, x := range must(d.Cases(ctx))(c.t) {
		if in[x.ID] {
			s.Cases++
		}
	}
	for _, x := range must(d.Parties(ctx))(c.t) {
		if slices.ContainsFunc(x.Appearances, func(a protection.Appearance) bool { return in[a.Case] }) {
			s.Parties++
			s.Identities += len(must(d.SealedFields(ctx, x.ID))(c.t))
		}
	}
	planned := map[testimony.HearingID]bool{}
	for _, x := range must(d.Hearings(ctx))(c.t) {
		if in[x.Case] {
			s.Hearings++
			planned[x.ID] = true
		}
	}
	for _, x := range must(d.Orders(ctx))(c.t) {
		if in[x.Case] {
			s.Orders++
		}
	}
	for _, x := range must(d.Recordings(ctx))(c.t) {
		if planned[x.Hearing] {
			s.Recordings++
		}
	}
	for _, x := range must(d.Erasures(ctx))(c.t) {
		if in[x.Case] {
			s.Erasures++
		}
	}
	_, err = d.FindCase(ctx, "TC 12/2026")
	s.Found = err == nil
	return s
}

func TestACaseOfATeamIsKnownToItsMembersOnly(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.as(testimony.Judge)
	var h testimony.HearingID
	for _, x := range must(c.desk.Hearings(t.Context()))(t) {
		if x.Case == c.c {
			h = x.ID
		}
	}
	master := record(t, c.desk, h, protection.MasterRecord, "the master")
	public := record(t, c.desk, h, protection.PublicRecord, "the public version")
	erasure := c.askErasure()
	before := c.sees("judge2")
	if before.Erasures != 1 || before.Cases == 0 || before.Orders == 0 || before.Hearings == 0 || before.Identities == 0 || before.Recordings != 2 || !before.Found {
		t.Fatalf("before: %+v", before)
	}
	if before != c.sees(testimony.Clerk) {
		t.Fatal("two of the docket see different things")
	}
	c.move()
	for _, login := range []string{testimony.Judge, testimony.Clerk, testimony.Advocate} {
		if got := c.sees(login); got != before {
			t.Errorf("%s of the team sees %+v, want %+v", login, got, before)
		}
	}
	for _, login := range []string{"judge2", "clerk2", testimony.Registrar} {
		if got := c.sees(login); got != (sight{}) {
			t.Errorf("%s, not of the team, sees %+v", login, got)
		}
		for _, item := range must(c.desk.Today(t.Context(), c.now))(t) {
			if item.Case == c.c || item.Party == c.p {
				t.Errorf("%s reads of it on Today: %+v", login, item)
			}
		}
		for name, err := range map[string]error{
			"the case":    second(c.desk.Case(t.Context(), c.c)),
			"the party":   second(c.desk.Party(t.Context(), c.p)),
			"the hearing": second(c.desk.Hearing(t.Context(), h)),
			"the matrix":  second(c.desk.Matrix(t.Context(), c.c, c.p, protection.PublicMode, c.now)),
			"a recording": second(c.desk.Recording(t.Context(), master.ID)),
			"a new party": second(c.desk.AddParty(t.Context(), c.c, protection.Witness, "fr")),
			"an identity": c.desk.SealIdentity(t.Context(), c.p, identity.Fields{identity.Name: "x"}),
			"an erasure":  second(c.desk.ConsentToErasure(t.Context(), erasure.ID)),
			"the team":    c.desk.JoinTeam(t.Context(), c.team, docket.TeamMember{User: c.userID(login)}),
		} {
			if err == nil || !errors.Is(err, docket.ErrNotFound) && !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s: %s: %v", login, name, err)
			}
		}
		if list := must(c.desk.Teams(t.Context()))(t); len(list) != 0 {
			t.Errorf("%s sees teams %+v", login, list)
		}
	}
	c.as(testimony.Judge)
	for _, r := range []docket.Recording{master, public} {
		if _, report, err := c.desk.VerifyRecording(t.Context(), r.ID, nil); err != nil || !report.Intact {
			t.Errorf("a recording after the move: %+v, %v", report, err)
		}
	}
	if doc, err := c.desk.Export(t.Context()); err != nil || slices.ContainsFunc(doc.Cases, func(l docket.CaseLine) bool { return l.Reference == "TC 12/2026" }) {
		t.Errorf("a case of a team was exported with the docket: %v", err)
	}
	if report, err := c.desk.Verify(t.Context(), nil); err != nil || !report.Sound() {
		t.Errorf("%+v, %v", report, err)
	}
	// And back.
	if err := c.desk.MoveCase(t.Context(), c.c, ""); err != nil {
		t.Fatal(err)
	}
	if err := c.desk.Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := c.sees("judge2"); got != before {
		t.Errorf("after it came back the other judge sees %+v, want %+v", got, before)
	}
	if _, reader, err := c.desk.OpenRecording(t.Context(), master.ID, "test"); err != nil || reader.Close() != nil {
		t.Errorf("the other judge opens the master again: %v", err)
	}
	c.audited("team.made", "case.moved")
}

func second[T any](_ T, err error) error { return err }

func TestAnIdentityOfATeamIsDisclosedByItsMembersOnly(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.move()
	holders := docket.ShareHolders(t.Context(), c.desk, c.p)
	for _, login := range []string{"judge2", "clerk2", testimony.Registrar} {
		if holders[string(c.userID(login))] {
			t.Errorf("%s, not of the team, holds a half", login)
		}
	}
	r := c.ask(testimony.Advocate, testimony.Advocate)
	for _, login := range []string{"judge2", "clerk2"} {
		if _, err := c.as(login).ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, docket.ErrNotFound) {
			t.Errorf("%s approves: %v", login, err)
		}
	}
	c.approve(testimony.Clerk, r)
	c.approve(testimony.Judge, r)
	if _, fields, err := c.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err != nil || fields[identity.Name] != "Invented Person" {
		t.Errorf("%v, %v", fields, err)
	}

	// Who joins later can take part: the halves come from a member of the same college, at once or when one comes by.
	join := func(login string) {
		t.Helper()
		if err := c.as(testimony.Judge).JoinTeam(t.Context(), c.team, docket.TeamMember{User: c.userID(login)}); err != nil {
			t.Fatal(err)
		}
	}
	join("judge2")
	join("clerk2")
	if err := c.as(testimony.Clerk).Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	r = c.ask(testimony.Advocate, testimony.Advocate)
	c.approve("clerk2", r)
	c.approve("judge2", r)
	if _, fields, err := c.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err != nil || fields[identity.Name] != "Invented Person" {
		t.Errorf("%v, %v", fields, err)
	}

	// Sealed anew in the team, it is sealed to the team.
	if err := c.as(testimony.Judge).LeaveTeam(t.Context(), c.team, c.userID("clerk2")); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Minute)
	if err := c.desk.SealIdentity(t.Context(), c.p, identity.Fields{identity.Name: "Another Invented Person"}); err != nil {
		t.Fatal(err)
	}
	if err := c.desk.Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	holders = docket.ShareHolders(t.Context(), c.desk, c.p)
	if holders[string(c.userID("clerk2"))] || holders[string(c.userID(testimony.Registrar))] || !holders[string(c.userID("judge2"))] {
		t.Errorf("halves of %v", holders)
	}
}

func TestATermInATeamEnds(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.move()
	end := c.now.Add(72 * time.Hour)
	if err := c.desk.JoinTeam(t.Context(), c.team, docket.TeamMember{User: c.userID("clerk2"), Until: end}); err != nil {
		t.Fatal(err)
	}
	if got := c.sees("clerk2"); !got.Found {
		t.Fatalf("who joined sees %+v", got)
	}
	c.now = end
	if got := c.sees("clerk2"); got != (sight{}) {
		t.Errorf("after the term %+v", got)
	}
	c.as(testimony.Judge)
	if due := must(c.desk.UpkeepDue(t.Context()))(t); due.Rotations != 0 { // unlocking made the new key
		t.Errorf("due: %+v", due)
	}
	list := must(c.desk.Teams(t.Context()))(t)
	if len(list) != 1 || len(list[0].Members) != 3 || len(list[0].Cases) == 0 {
		t.Errorf("%+v", list)
	}
	if err := c.desk.Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	c.now = end.Add(-time.Hour) // a clock set back
	if got := c.sees("clerk2"); got != (sight{}) {
		t.Errorf("with the clock set back %+v", got)
	}
}

func TestWhoMakesATeamOfWhom(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	clerk, auditor, registrar := c.userID(testimony.Clerk), c.userID(testimony.Auditor), c.userID(testimony.Registrar)
	for _, login := range []string{testimony.Clerk, testimony.Advocate, testimony.Auditor} {
		c.as(login)
		for name, err := range map[string]error{
			"makes a team": second(c.desk.AddTeam(t.Context(), "x", []docket.TeamMember{{User: registrar}})),
			"moves a case": c.desk.MoveCase(t.Context(), c.c, c.team),
			"takes out":    c.desk.LeaveTeam(t.Context(), c.team, clerk),
		} {
			if !errors.Is(err, docket.ErrNotAllowed) {
				t.Errorf("%s %s: %v", login, name, err)
			}
		}
	}
	c.as(testimony.Judge)
	for name, x := range map[string]struct {
		err, want error
	}{
		"without a name":      {second(c.desk.AddTeam(t.Context(), " ", []docket.TeamMember{{User: clerk}})), docket.ErrInvalid},
		"of one college":      {second(c.desk.AddTeam(t.Context(), "x", nil)), docket.ErrTeamColleges},
		"court for a term":    {second(c.desk.AddTeam(t.Context(), "x", []docket.TeamMember{{User: clerk, Until: c.now.Add(time.Hour)}})), docket.ErrTeamColleges},
		"with an auditor":     {second(c.desk.AddTeam(t.Context(), "x", []docket.TeamMember{{User: clerk}, {User: auditor}})), docket.ErrUser},
		"with nobody known":   {second(c.desk.AddTeam(t.Context(), "x", []docket.TeamMember{{User: clerk}, {User: "none"}})), docket.ErrNotFound},
		"the last clerk out":  {c.desk.LeaveTeam(t.Context(), c.team, clerk), docket.ErrTeamColleges},
		"the last clerk term": {c.desk.JoinTeam(t.Context(), c.team, docket.TeamMember{User: clerk, Until: c.now.Add(time.Hour)}), docket.ErrTeamColleges},
		"who is not in it":    {c.desk.LeaveTeam(t.Context(), c.team, registrar), docket.ErrNotFound},
		"a team unknown":      {c.desk.MoveCase(t.Context(), c.c, "unknown"), docket.ErrNotFound},
		"a case unknown":      {c.desk.MoveCase(t.Context(), "unknown", c.team), docket.ErrNotFound},
		"an ended term":       {c.desk.JoinTeam(t.Context(), c.team, docket.TeamMember{User: registrar, Until: c.now}), docket.ErrInvalid},
	} {
		if !errors.Is(x.err, x.want) {
			t.Errorf("%s: %v, want %v", name, x.err, x.want)
		}
	}
}

func TestCasesOfDifferentCirclesAreNotLinked(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.as(testimony.Judge)
	apart, err := c.desk.AddCaseFor(t.Context(), testimony.Case{Reference: "TC 99/2026", Offence: testimony.Offences[0]}, c.team)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.desk.JoinCase(t.Context(), c.p, apart.ID); !errors.Is(err, docket.ErrOtherTeam) {
		t.Errorf("a party of the docket in a team's case: %v", err)
	}
	c.move()
	if _, err := c.desk.JoinCase(t.Context(), c.p, apart.ID); err != nil {
		t.Errorf("within the team: %v", err)
	}
	linked := must(c.desk.LinkedCases(t.Context(), apart.ID))(t)
	if len(linked) < 2 {
		t.Errorf("linked: %+v", linked)
	}
	if team := must(c.desk.TeamOf(t.Context(), apart.ID))(t); team != c.team {
		t.Errorf("of the team %q", team)
	}
	if err := c.desk.MoveCase(t.Context(), apart.ID, ""); err != nil {
		t.Fatal(err)
	}
	for _, l := range linked {
		if team := must(c.desk.TeamOf(t.Context(), l.ID))(t); team != "" {
			t.Errorf("%s stayed behind", l.Reference)
		}
	}
}

// TestARevokedMemberOfAnotherTeamApprovesNothing revokes somebody whose requests stand in a team that the revoker can't see.
func TestARevokedMemberOfAnotherTeamApprovesNothing(t *testing.T) {
	t.Parallel()
	c := newCircle(t)
	c.move()
	if err := c.desk.JoinTeam(t.Context(), c.team, docket.TeamMember{User: c.userID("clerk2")}); err != nil {
		t.Fatal(err)
	}
	if err := c.as(testimony.Clerk).Upkeep(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	r := c.ask(testimony.Advocate, testimony.Advocate)
	c.approve("clerk2", r)
	gone := c.userID("clerk2")
	if err := c.as(testimony.Registrar).RevokeUser(t.Context(), gone, "under investigation"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.as(testimony.Judge).ApproveDisclosure(t.Context(), r.ID); !errors.Is(err, identity.ErrNotPending) {
		t.Errorf("an approval of a revoked member counted: %v", err)
	}
	if _, _, err := c.as(testimony.Advocate).ViewDisclosure(t.Context(), r.ID); err == nil {
		t.Error("it was shown")
	}
}

// TestEveryCollectionOfACaseMovesWithIt demands of each collection of the docket that it moves with a case, or that somebody has said why not.
func TestEveryCollectionOfACaseMovesWithIt(t *testing.T) {
	t.Parallel()
	stays := map[string]string{
		"traits": "of the vault", "auditChecks": "of the log", "backups": "of the vault", "checkings": "of the vault", "policies": "of the vault", "troubles": "of the vault",
		"affiliations": "of users", "departures": "of users", "teamIndex": "of teams", "teams": "of teams", "recordingKeys": "in compartments of their own", "exhibitKeys": "in compartments of their own", "transcripts": "where the recordings' keys are",
		"measureVersions": "of the court",
		"recordingSeeds":  "where the recordings' keys are", "copyMarks": "where the recordings' keys are",
		"remoteVisits": "of places: nothing in them is of a case",
		"resources":    "of the court", "takings": "without a word of the case, for all to know",
		"reaches":          "of the court",
		"mediaServers":     "of the court",
		"stampAuthorities": "of the court",
		"joinPages":        "of the court",
		"feeds":            "of the court's rooms and people",
		"identities":       "moved without the halves of others", "exhibitLocks": "moved without the halves of others", "drafts": "of users", "careLines": "in compartments of their own; an advocate's desk moves them",
		"releases": "of the docket: it counts nobody of a team",
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	moves, err := os.ReadFile("bundle.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^(?:var |\t)(\w+)\s+= store\.NewCollection`)
	found := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			found++
			if stays[m[1]] == "" && !strings.Contains(string(moves), "moveSome(tx, "+m[1]+",") {
				t.Errorf("%s: %s does not move with a case, and nobody has said why", f, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d collections were found", found)
	}
}
