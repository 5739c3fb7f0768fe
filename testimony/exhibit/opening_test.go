package exhibit_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"paravent/protection/identity"
	"paravent/testimony/exhibit"
)

var (
	noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

	judge     = identity.Official{ID: "judge", College: identity.Bench}
	other     = identity.Official{ID: "other judge", College: identity.Bench}
	registrar = identity.Official{ID: "registrar", College: identity.Court, Agency: "Registry"}
	advocate  = identity.Official{ID: "advocate"}
)

func official(id string) identity.Official {
	for _, o := range []identity.Official{judge, other, registrar, advocate} {
		if o.ID == id {
			return o
		}
	}
	return identity.Official{}
}

// asked is a judge's request for an hour.
func asked() exhibit.Opening {
	return exhibit.Opening{OpeningTerms: exhibit.OpeningTerms{ID: "1", Exhibit: "e", Case: "c", Root: []byte{1}, Requester: judge.ID, Reason: "to show it to the witness", Asked: noon, Until: noon.Add(time.Hour)}}
}

func granted() exhibit.Opening {
	o := asked()
	o.Consents = []identity.Consent{{College: identity.Court, By: registrar.ID, At: noon}}
	return o
}

func TestWhatOpeningCanBeAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*exhibit.OpeningTerms)
		want   error
	}{
		"an hour":          {func(*exhibit.OpeningTerms) {}, nil},
		"a day":            {func(x *exhibit.OpeningTerms) { x.Until = noon.Add(exhibit.LongestOpening) }, nil},
		"more than a day":  {func(x *exhibit.OpeningTerms) { x.Until = noon.Add(exhibit.LongestOpening + time.Second) }, exhibit.ErrOpening},
		"what is over":     {func(x *exhibit.OpeningTerms) { x.Until = noon }, exhibit.ErrOpening},
		"without a reason": {func(x *exhibit.OpeningTerms) { x.Reason = " \n" }, exhibit.ErrOpening},
		"a long reason":    {func(x *exhibit.OpeningTerms) { x.Reason = strings.Repeat("x", 501) }, exhibit.ErrOpening},
		"of no file":       {func(x *exhibit.OpeningTerms) { x.Root = nil }, exhibit.ErrOpening},
		"of no exhibit":    {func(x *exhibit.OpeningTerms) { x.Exhibit = "" }, exhibit.ErrOpening},
	} {
		x := asked().OpeningTerms
		c.change(&x)
		if err := x.Check(noon); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoApprovesAnOpening(t *testing.T) {
	t.Parallel()
	agency := []identity.Conflict{{Case: "c", Agency: "registry"}}
	ended := asked()
	ended.Refused = &identity.Decision{}
	for name, c := range map[string]struct {
		o         exhibit.Opening
		who       identity.Official
		at        time.Time
		conflicts []identity.Conflict
		want      error
	}{
		"the other college":        {asked(), registrar, noon, nil, nil},
		"whoever asked":            {asked(), judge, noon, nil, identity.ErrOwn},
		"another of their college": {asked(), other, noon, nil, exhibit.ErrCollege},
		"of no college":            {asked(), advocate, noon, nil, identity.ErrNotCollege},
		"twice":                    {granted(), registrar, noon, nil, identity.ErrNotPending},
		"after its end":            {asked(), registrar, noon.Add(time.Hour), nil, identity.ErrNotPending},
		"refused":                  {ended, registrar, noon, nil, identity.ErrNotPending},
		"a conflict":               {asked(), registrar, noon, agency, identity.ErrConflict},
		"a conflict who asked":     {asked(), registrar, noon, []identity.Conflict{{Case: "c", Person: judge.ID}}, identity.ErrConflict},
		"of another case":          {asked(), registrar, noon, []identity.Conflict{{Case: "d", Person: judge.ID}}, nil},
	} {
		if err := c.o.MayApprove(c.who, judge, c.at, c.conflicts); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody opens a sealed exhibit but the one who asked, by one of the other college, of the file that was approved, and before its end.
func TestWhatAnOpeningOpens(t *testing.T) {
	t.Parallel()
	with := func(change func(*exhibit.Opening)) exhibit.Opening { o := granted(); change(&o); return o }
	e := exhibit.Exhibit{ID: "e", Case: "c", Root: []byte{1}}
	for name, c := range map[string]struct {
		o         exhibit.Opening
		e         exhibit.Exhibit
		who       identity.Official
		at        time.Time
		conflicts []identity.Conflict
		want      error
	}{
		"as approved":            {granted(), e, judge, noon, nil, nil},
		"the last moment":        {granted(), e, judge, noon.Add(time.Hour - time.Nanosecond), nil, nil},
		"its end":                {granted(), e, judge, noon.Add(time.Hour), nil, exhibit.ErrTwo},
		"nobody has approved":    {asked(), e, judge, noon, nil, exhibit.ErrTwo},
		"whoever approved":       {granted(), e, registrar, noon, nil, exhibit.ErrTwo},
		"another judge":          {granted(), e, other, noon, nil, exhibit.ErrTwo},
		"another exhibit":        {granted(), exhibit.Exhibit{ID: "x", Root: []byte{1}}, judge, noon, nil, exhibit.ErrTwo},
		"another file":           {granted(), exhibit.Exhibit{ID: "e", Root: []byte{2}}, judge, noon, nil, exhibit.ErrTwo},
		"taken back":             {with(func(o *exhibit.Opening) { o.Refused = &identity.Decision{} }), e, judge, noon, nil, exhibit.ErrTwo},
		"withdrawn":              {with(func(o *exhibit.Opening) { o.Withdrawn = &identity.Decision{} }), e, judge, noon, nil, exhibit.ErrTwo},
		"their own consent":      {with(func(o *exhibit.Opening) { o.Consents[0].By = judge.ID }), e, judge, noon, nil, exhibit.ErrTwo},
		"their own college's":    {with(func(o *exhibit.Opening) { o.Consents[0].By = other.ID }), e, judge, noon, nil, exhibit.ErrTwo},
		"nobody's consent":       {with(func(o *exhibit.Opening) { o.Consents[0].By = "x" }), e, judge, noon, nil, exhibit.ErrTwo},
		"a conflict since":       {granted(), e, judge, noon, []identity.Conflict{{Case: "c", Person: judge.ID}}, identity.ErrConflict},
		"a conflict of approver": {granted(), e, judge, noon, []identity.Conflict{{Case: "c", Agency: "Registry"}}, identity.ErrConflict},
	} {
		if err := c.o.Opens(c.e, c.who, official, c.at, c.conflicts); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever asked withdraws, any member of a college takes back, and neither once it is over.
func TestWhoEndsAnOpening(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		who  identity.Official
		at   time.Time
		want error
	}{
		"whoever asked": {judge, noon, nil}, "another judge": {other, noon, nil}, "the registrar": {registrar, noon, nil}, "the advocate": {advocate, noon, identity.ErrNotCollege}, "too late": {judge, noon.Add(time.Hour), identity.ErrNotPending},
	} {
		for _, o := range []exhibit.Opening{asked(), granted()} {
			if err := o.MayEnd(c.who, c.at); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// What is signed has every term in it, and not the words of the reason.
func TestWhatIsSignedOfAnOpening(t *testing.T) {
	t.Parallel()
	base := asked().Statement()
	if bytes.Contains(base, []byte("witness")) {
		t.Error("the reason stands in what is signed")
	}
	for name, change := range map[string]func(*exhibit.OpeningTerms){
		"exhibit": func(x *exhibit.OpeningTerms) { x.Exhibit = "f" }, "file": func(x *exhibit.OpeningTerms) { x.Root = []byte{2} }, "requester": func(x *exhibit.OpeningTerms) { x.Requester = "x" },
		"reason": func(x *exhibit.OpeningTerms) { x.Reason = "x" }, "end": func(x *exhibit.OpeningTerms) { x.Until = noon.Add(2 * time.Hour) }, "case": func(x *exhibit.OpeningTerms) { x.Case = "d" },
	} {
		x := asked().OpeningTerms
		if change(&x); bytes.Equal(x.Statement(), base) {
			t.Errorf("the %s does not stand in what is signed", name)
		}
	}
}
