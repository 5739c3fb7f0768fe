package identity_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"paravent/protection/identity"
	"paravent/store"
)

var asked = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// opener opens with an official's own key, as an unlocked vault does.
func (o official) opener(t *testing.T) identity.Opener {
	t.Helper()
	return func(enc, info []byte, boxes [][]byte) ([][]byte, error) { return openWith(o.key, enc, info, boxes) }
}

func (o official) in(c identity.College) identity.Official {
	return identity.Official{ID: o.ID, College: c}
}

// scene is an identity that was sealed, and a request for two of its fields by an advocate for an investigator.
type scene struct {
	office
	advocate, investigator official
	sealed                 identity.Sealed
	request                identity.Request
}

var secret = identity.Fields{identity.Name: "Invented Person", identity.BirthYear: "1999", identity.Address: "Nowhere 1"}

func newScene(t *testing.T) scene {
	t.Helper()
	s := scene{office: newOffice(t), advocate: newOfficial(t, "advocate"), investigator: newOfficial(t, "investigator")}
	s.sealed = s.seal(t, secret)
	s.request = identity.Request{Terms: terms()}
	return s
}

func terms() identity.Terms {
	return identity.Terms{ID: "r1", Party: party, Case: "c1", Requester: "advocate", Grantee: "investigator", Fields: []identity.Field{identity.Name, identity.BirthYear},
		Sources: map[identity.Field]string{identity.Name: "s1", identity.BirthYear: "s1"}, Basis: "ICC rule 87", Order: "2026/9", Asked: asked, Until: asked.Add(48 * time.Hour)}
}

func (s scene) records() map[string]identity.Sealed {
	return map[string]identity.Sealed{"s1": s.sealed}
}

func (s scene) approve(t *testing.T, r identity.Request, by official, c identity.College) identity.Request {
	t.Helper()
	r, err := r.Approve(by.in(c), asked, s.records(), by.opener(t), s.investigator.Public)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTwoCollegesDiscloseTheFieldsThatWereAskedFor(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	r := s.approve(t, s.request, s.clerk, identity.Court)
	if r.State(asked) != identity.Pending {
		t.Errorf("after one approval the request is %s", r.State(asked))
	}
	r = s.approve(t, r, s.judge, identity.Bench)
	if r.State(asked) != identity.Granted || r.State(r.Until) != identity.Expired {
		t.Errorf("the request is %s, and at its end %s", r.State(asked), r.State(r.Until))
	}
	fields, err := r.View(s.records(), s.investigator.opener(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(identity.Fields{identity.Name: "Invented Person", identity.BirthYear: "1999"}, fields); diff != "" {
		t.Errorf("disclosed:\n%s", diff)
	}
	// It comes back from the vault as it went in: the terms are bound by their text.
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back identity.Request
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if _, err := back.View(s.records(), s.investigator.opener(t)); err != nil {
		t.Errorf("read back: %v", err)
	}
	for _, part := range []string{"Invented", "1999", "Nowhere"} {
		if strings.Contains(string(text), part) {
			t.Errorf("the request holds %q", part)
		}
	}
}

func TestNobodyButTheReceiverOpensAGrant(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	r := s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), s.judge, identity.Bench)
	for _, o := range []official{s.advocate, s.clerk, s.registrar, s.judge, s.liaison} {
		if fields, err := r.View(s.records(), o.opener(t)); err == nil {
			t.Errorf("%s reads %v", o.ID, fields)
		}
	}
}

func TestOneCollegeAloneDisclosesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for _, r := range []identity.Request{s.request, s.approve(t, s.request, s.clerk, identity.Court), s.approve(t, s.request, s.judge, identity.Bench),
		s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), s.registrar, identity.Court)} {
		if fields, err := r.View(s.records(), s.investigator.opener(t)); err == nil {
			t.Errorf("%d approvals of one college disclose %v", len(r.Approvals), fields)
		}
		if r.State(asked) == identity.Granted {
			t.Error("one college grants")
		}
	}
	// A clerk cannot pass for the other college.
	if _, err := s.request.Approve(s.clerk.in(identity.Bench), asked, s.records(), s.clerk.opener(t), s.investigator.Public); err == nil {
		t.Error("a clerk gave the bench's half")
	}
	if _, err := s.request.Approve(s.advocate.in(identity.Court), asked, s.records(), s.advocate.opener(t), s.investigator.Public); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("someone without a share: %v", err)
	}
}

// With one word of the terms changed after the approval, the grant opens nothing.
func TestTheTermsCannotBeChangedAfterAnApproval(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	granted := s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), s.judge, identity.Bench)
	for name, change := range map[string]func(*identity.Terms){
		"a later end":        func(x *identity.Terms) { x.Until = x.Until.Add(time.Hour) },
		"another field":      func(x *identity.Terms) { x.Fields = []identity.Field{identity.Name, identity.Address} },
		"a field more":       func(x *identity.Terms) { x.Fields = append(x.Fields[:2:2], identity.Address) },
		"another order":      func(x *identity.Terms) { x.Order = "2026/10" },
		"another basis":      func(x *identity.Terms) { x.Basis = "another" },
		"another party":      func(x *identity.Terms) { x.Party = "p2" },
		"another requester":  func(x *identity.Terms) { x.Requester = "clerk" },
		"another receiver":   func(x *identity.Terms) { x.Grantee = "advocate" },
		"an emergency of it": func(x *identity.Terms) { x.Emergency = true },
	} {
		r := granted
		change(&r.Terms)
		if fields, err := r.View(s.records(), s.investigator.opener(t)); err == nil {
			t.Errorf("%s: %v", name, fields)
		}
	}
	swapped := granted
	swapped.Approvals = []identity.Approval{granted.Approvals[1], granted.Approvals[0]}
	swapped.Approvals[0].College, swapped.Approvals[1].College = identity.Court, identity.Bench
	if _, err := swapped.View(s.records(), s.investigator.opener(t)); err == nil {
		t.Error("the colleges can be exchanged")
	}
}

func TestWhatHasEndedIsForgotten(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	r := s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), s.judge, identity.Bench)
	gone := r.Forget()
	if gone.Holds() || !r.Holds() {
		t.Error("the halves were not told apart")
	}
	if _, err := gone.View(s.records(), s.investigator.opener(t)); err == nil {
		t.Error("a forgotten grant still opens")
	}
}

func TestWhoMayApprove(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	requester, grantee := s.advocate.in(""), s.investigator.in("")
	one := s.approve(t, s.request, s.clerk, identity.Court)
	both := s.approve(t, one, s.judge, identity.Bench)
	refused := s.request
	refused.Refused = &identity.Decision{By: "judge"}
	conflict := func(x identity.Conflict) []identity.Conflict { x.Case = "c1"; return []identity.Conflict{x} }
	ours := s.request
	ours.Requester = "clerk"
	for name, c := range map[string]struct {
		r         identity.Request
		who       identity.Official
		at        time.Time
		conflicts []identity.Conflict
		want      error
	}{
		"a clerk":                        {s.request, s.clerk.in(identity.Court), asked, nil, nil},
		"a judge after a clerk":          {one, s.judge.in(identity.Bench), asked, nil, nil},
		"a second one of a college":      {one, s.registrar.in(identity.Court), asked, nil, identity.ErrSameCollege},
		"the same one for another":       {one, s.clerk.in(identity.Bench), asked, nil, identity.ErrSameCollege},
		"whoever asked":                  {ours, s.clerk.in(identity.Court), asked, nil, identity.ErrOwn},
		"whoever receives":               {s.request, s.investigator.in(identity.Bench), asked, nil, identity.ErrOwn},
		"an advocate":                    {s.request, identity.Official{ID: "other"}, asked, nil, identity.ErrNotCollege},
		"too late":                       {s.request, s.clerk.in(identity.Court), s.request.Until, nil, identity.ErrNotPending},
		"granted already":                {both, s.liaison.in(identity.Bench), asked, nil, identity.ErrNotPending},
		"refused already":                {refused, s.clerk.in(identity.Court), asked, nil, identity.ErrNotPending},
		"a conflict of the approver":     {s.request, s.clerk.in(identity.Court), asked, conflict(identity.Conflict{Person: "clerk"}), identity.ErrConflict},
		"a conflict of the requester":    {s.request, s.clerk.in(identity.Court), asked, conflict(identity.Conflict{Person: "advocate"}), identity.ErrConflict},
		"a conflict of the receiver":     {s.request, s.clerk.in(identity.Court), asked, conflict(identity.Conflict{Person: "investigator"}), identity.ErrConflict},
		"a conflict of the agency":       {s.request, identity.Official{ID: "clerk", College: identity.Court, Agency: "Border Unit "}, asked, conflict(identity.Conflict{Agency: "border unit"}), identity.ErrConflict},
		"a conflict of somebody else":    {s.request, s.clerk.in(identity.Court), asked, conflict(identity.Conflict{Person: "judge"}), nil},
		"a conflict in another case":     {s.request, s.clerk.in(identity.Court), asked, []identity.Conflict{{Case: "c2", Person: "clerk"}}, nil},
		"an agency that nobody is noted": {s.request, s.clerk.in(identity.Court), asked, conflict(identity.Conflict{Agency: "border unit"}), nil},
	} {
		if err := c.r.MayApprove(c.who, requester, grantee, c.at, c.conflicts); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However approvals come about, a granted request has two approvers of two colleges who are neither the requester nor the receiver.
func TestNobodyAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := []string{"a", "b", "c", "d"}
		college := map[string]identity.College{}
		for _, p := range people {
			college[p] = rapid.SampledFrom([]identity.College{identity.Court, identity.Bench, ""}).Draw(t, "college")
		}
		r := identity.Request{Terms: terms()}
		r.Requester, r.Grantee = rapid.SampledFrom(people).Draw(t, "requester"), rapid.SampledFrom(people).Draw(t, "grantee")
		for range rapid.IntRange(0, 8).Draw(t, "tries") {
			who := identity.Official{ID: rapid.SampledFrom(people).Draw(t, "who")}
			who.College = college[who.ID]
			if r.MayApprove(who, identity.Official{ID: r.Requester}, identity.Official{ID: r.Grantee}, asked, nil) == nil {
				r.Approvals = append(r.Approvals, identity.Approval{College: who.College, Approver: who.ID, At: asked})
			}
		}
		if r.State(asked) != identity.Granted {
			return
		}
		seen := map[identity.College]string{}
		for _, a := range r.Approvals {
			if a.Approver == r.Requester || a.Approver == r.Grantee || seen[a.College] != "" {
				t.Fatalf("granted by %+v", r.Approvals)
			}
			seen[a.College] = a.Approver
		}
		if len(seen) != 2 || seen[identity.Court] == seen[identity.Bench] {
			t.Fatalf("granted by %v", seen)
		}
	})
}

func TestWhatCanBeAskedFor(t *testing.T) {
	t.Parallel()
	if err := terms().Check(asked); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*identity.Terms){
		"no field":           func(x *identity.Terms) { x.Fields = nil },
		"a field twice":      func(x *identity.Terms) { x.Fields = []identity.Field{identity.Name, identity.Name} },
		"an unknown field":   func(x *identity.Terms) { x.Fields = []identity.Field{"shoe_size"} },
		"nothing sealed":     func(x *identity.Terms) { x.Fields = []identity.Field{identity.Address} },
		"no basis":           func(x *identity.Terms) { x.Basis = "  " },
		"a long basis":       func(x *identity.Terms) { x.Basis = strings.Repeat("x", 2001) },
		"no order":           func(x *identity.Terms) { x.Order = "" },
		"no receiver":        func(x *identity.Terms) { x.Grantee = "" },
		"over already":       func(x *identity.Terms) { x.Until = asked },
		"too long":           func(x *identity.Terms) { x.Until = asked.Add(identity.LongestWindow + time.Second) },
		"a long emergency":   func(x *identity.Terms) { x.Emergency, x.Until = true, asked.Add(identity.EmergencyWindow+time.Second) },
		"an emergency of it": func(x *identity.Terms) { x.Emergency, x.Basis = true, "" },
	} {
		x := terms()
		change(&x)
		if err := x.Check(asked); !errors.Is(err, identity.ErrTerms) {
			t.Errorf("%s: %v", name, err)
		}
	}
	emergency := terms()
	emergency.Emergency, emergency.Order, emergency.Until = true, "", asked.Add(identity.EmergencyWindow)
	if err := emergency.Check(asked); err != nil {
		t.Errorf("an emergency without an order's number: %v", err)
	}
}

func TestAnEmergencyIsReviewedBySomebodyWhoTookNoPart(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.request.Emergency, s.request.Until = true, asked.Add(time.Hour)
	one := s.approve(t, s.request, s.clerk, identity.Court)
	if one.NeedsReview() {
		t.Error("an emergency that was not granted needs a review")
	}
	both := s.approve(t, one, s.judge, identity.Bench)
	for name, c := range map[string]struct {
		who  identity.Official
		want error
	}{
		"the other clerk":  {s.registrar.in(identity.Court), nil},
		"the other judge":  {s.liaison.in(identity.Bench), nil},
		"an approver":      {s.clerk.in(identity.Court), identity.ErrOwn},
		"whoever asked":    {s.advocate.in(identity.Court), identity.ErrOwn},
		"whoever received": {s.investigator.in(identity.Bench), identity.ErrOwn},
		"nobody's member":  {identity.Official{ID: "x"}, identity.ErrNotCollege},
	} {
		if err := both.MayReview(c.who); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !both.Forget().NeedsReview() {
		t.Error("the review is forgotten with the halves")
	}
	both.Reviewed = &identity.Decision{By: "registrar"}
	if both.NeedsReview() || !errors.Is(both.MayReview(s.registrar.in(identity.Court)), identity.ErrNotPending) {
		t.Error("it is reviewed twice")
	}
}

func TestWhoMayView(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	granted := s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), s.judge, identity.Bench)
	withdrawn := granted
	withdrawn.Withdrawn = &identity.Decision{}
	me := s.investigator.in("")
	for name, c := range map[string]struct {
		r         identity.Request
		who       identity.Official
		at        time.Time
		conflicts []identity.Conflict
		want      error
	}{
		"the receiver":               {granted, me, asked, nil, nil},
		"somebody else":              {granted, s.judge.in(identity.Bench), asked, nil, identity.ErrNotGrantee},
		"before it is granted":       {s.request, me, asked, nil, identity.ErrNotGranted},
		"at its end":                 {granted, me, granted.Until, nil, identity.ErrNotGranted},
		"when it was withdrawn":      {withdrawn, me, asked, nil, identity.ErrNotGranted},
		"a conflict noted meanwhile": {granted, me, asked, []identity.Conflict{{Case: "c1", Person: "investigator"}}, identity.ErrConflict},
	} {
		if err := c.r.MayView(c.who, c.at, c.conflicts); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A member who came after an identity was sealed can approve once a member of the same college has let them in.
func TestANewMemberIsLetIn(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	late := newOfficial(t, "late")
	if _, err := s.request.Approve(late.in(identity.Bench), asked, s.records(), late.opener(t), s.investigator.Public); !errors.Is(err, store.ErrNoAccess) {
		t.Errorf("before: %v", err)
	}
	if _, err := identity.Extend(s.sealed, s.clerk.in(identity.Bench), late.Recipient, s.clerk.opener(t)); err == nil {
		t.Error("a clerk let somebody into the bench")
	}
	extended, err := identity.Extend(s.sealed, s.judge.in(identity.Bench), late.Recipient, s.judge.opener(t))
	if err != nil {
		t.Fatal(err)
	}
	s.sealed = extended
	r := s.approve(t, s.approve(t, s.request, s.clerk, identity.Court), late, identity.Bench)
	if fields, err := r.View(s.records(), s.investigator.opener(t)); err != nil || fields[identity.Name] != "Invented Person" {
		t.Errorf("%v, %v", fields, err)
	}
}
