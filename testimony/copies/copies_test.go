package copies

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
)

var (
	noon  = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	clear = protection.Access{Picture: protection.ClearPicture, Voice: protection.ClearVoice, Release: protection.Live, Connected: true}
	dim   = protection.Access{Picture: protection.Silhouette, Voice: protection.InterpreterOnly, Release: protection.Live, Connected: true}

	advocate  = identity.Official{ID: "advocate"}
	clerk     = identity.Official{ID: "clerk", College: identity.Court, Agency: "Registry"}
	registrar = identity.Official{ID: "registrar", College: identity.Court}
	judge     = identity.Official{ID: "judge", College: identity.Bench}
	other     = identity.Official{ID: "other judge", College: identity.Bench}
)

func asked(held protection.Access) Copy {
	return Copy{Terms: Terms{ID: "1", Recording: "r", Of: "r", Hearing: "h", Case: "c", Number: 1, FileRoot: []byte{1}, Held: held, Requester: advocate.ID,
		To: Recipient{Seat: "s", Role: "defence", Label: "Counsel for the defence"}, Purpose: "to prepare the defence", Asked: noon, Until: noon.AddDate(0, 1, 0)}}
}

// approve is the consent of an official, where the rule allows it.
func approve(t *testing.T, c Copy, who identity.Official) Copy {
	t.Helper()
	if err := c.MayApprove(who, advocate, identity.Official{}, noon, nil); err != nil {
		t.Fatalf("%s may not approve: %v", who.ID, err)
	}
	c.Consents = append(c.Consents, identity.Consent{College: who.College, By: who.ID, At: noon})
	return c
}

func TestWhatCanBeAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*Terms)
		allowed protection.Access
		want    error
	}{
		"a seat of the defence":       {func(*Terms) {}, clear, nil},
		"a judge":                     {func(x *Terms) { x.To = Recipient{User: "u", Role: "judge"} }, clear, nil},
		"nobody":                      {func(x *Terms) { x.To = Recipient{Role: "defence"} }, clear, ErrTerms},
		"two at once":                 {func(x *Terms) { x.To.User = "u" }, clear, ErrTerms},
		"the witness":                 {func(x *Terms) { x.To.Role = "witness" }, clear, ErrTerms},
		"the press":                   {func(x *Terms) { x.To.Role = "press" }, clear, ErrTerms},
		"the gallery":                 {func(x *Terms) { x.To.Role = "gallery" }, clear, ErrTerms},
		"no such role":                {func(x *Terms) { x.To.Role = "friend" }, clear, ErrTerms},
		"an auditor":                  {func(x *Terms) { x.To = Recipient{User: "u", Role: "auditor"} }, clear, ErrTerms},
		"no purpose":                  {func(x *Terms) { x.Purpose = " " }, clear, ErrTerms},
		"no file":                     {func(x *Terms) { x.FileRoot = nil }, clear, ErrTerms},
		"a date that is past":         {func(x *Terms) { x.Until = noon }, clear, ErrTerms},
		"a date too far away":         {func(x *Terms) { x.Until = noon.Add(LongestWindow + time.Second) }, clear, ErrTerms},
		"more than the matrix gives":  {func(*Terms) {}, dim, ErrMatrix},
		"as much as the matrix gives": {func(x *Terms) { x.Held = dim }, dim, nil},
		"a voice too clear":           {func(x *Terms) { x.Held = protection.Access{Voice: protection.Disguised} }, dim, ErrMatrix},
		"who is shut out":             {func(x *Terms) { x.Held = dim }, protection.Access{Picture: 2, Voice: 3, Release: protection.Live}, ErrMatrix},
		"who waits for the review":    {func(x *Terms) { x.Held = dim }, protection.Access{Picture: 2, Voice: 3, Release: protection.AfterReview, Connected: true}, ErrMatrix},
	} {
		x := asked(clear).Terms
		c.change(&x)
		if err := x.Check(noon, c.allowed); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One college alone gets nobody a clear picture, whichever it is; of an altered one a judge decides.
func TestAClearCopyTakesTwoColleges(t *testing.T) {
	t.Parallel()
	for _, first := range []identity.Official{clerk, judge} {
		c := approve(t, asked(clear), first)
		if state := c.State(noon); state != Asked {
			t.Errorf("after the %s alone it is %s", first.ID, state)
		}
		if err := c.MayMake(registrar, noon, clear, nil); !errors.Is(err, ErrNotOpen) {
			t.Errorf("made after the %s alone: %v", first.ID, err)
		}
	}
	if err := approve(t, asked(clear), judge).MayApprove(other, advocate, identity.Official{}, noon, nil); !errors.Is(err, identity.ErrSameCollege) {
		t.Errorf("two of the bench: %v", err)
	}
	if both := approve(t, approve(t, asked(clear), clerk), judge); both.State(noon) != Approved || both.MayMake(registrar, noon, clear, nil) != nil {
		t.Errorf("both colleges: %s", both.State(noon))
	}
	if err := asked(dim).MayApprove(clerk, advocate, identity.Official{}, noon, nil); !errors.Is(err, ErrJudge) {
		t.Errorf("the court's college of an altered picture: %v", err)
	}
	if c := approve(t, asked(dim), judge); c.State(noon) != Approved {
		t.Errorf("a judge of an altered picture: %s", c.State(noon))
	}
}

func TestWhoMayNotApprove(t *testing.T) {
	t.Parallel()
	own, receives := asked(clear), asked(clear)
	own.Requester, receives.To = judge.ID, Recipient{User: judge.ID, Role: "judge"}
	agency := []identity.Conflict{{Case: "c", Agency: "registry"}}
	for name, c := range map[string]struct {
		copy      Copy
		who       identity.Official
		requester identity.Official
		at        time.Time
		conflicts []identity.Conflict
		want      error
	}{
		"their own request":      {own, judge, judge, noon, nil, identity.ErrOwn},
		"what they are to have":  {receives, judge, advocate, noon, nil, identity.ErrOwn},
		"of no college":          {asked(clear), identity.Official{ID: "x"}, advocate, noon, nil, identity.ErrNotCollege},
		"a conflict":             {asked(clear), clerk, advocate, noon, agency, identity.ErrConflict},
		"a conflict who asked":   {asked(clear), judge, clerk, noon, agency, identity.ErrConflict},
		"of another case":        {asked(clear), clerk, advocate, noon, []identity.Conflict{{Case: "d", Agency: "registry"}}, nil},
		"after the date":         {asked(clear), judge, advocate, asked(clear).Until.Add(time.Second), nil, identity.ErrNotPending},
		"on the last day of all": {asked(clear), judge, advocate, asked(clear).Until, nil, nil},
	} {
		if err := c.copy.MayApprove(c.who, c.requester, identity.Official{}, c.at, c.conflicts); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nothing is made of what was refused, withdrawn, has expired, was made, or would show more than the orders give by now.
func TestWhatIsNotMade(t *testing.T) {
	t.Parallel()
	good := approve(t, approve(t, asked(clear), clerk), judge)
	with := func(change func(*Copy)) Copy { c := good; change(&c); return c }
	for name, c := range map[string]struct {
		copy    Copy
		at      time.Time
		allowed protection.Access
		want    error
	}{
		"as approved":             {good, noon, clear, nil},
		"refused after":           {with(func(c *Copy) { c.Refused = &identity.Decision{} }), noon, clear, ErrNotOpen},
		"withdrawn after":         {with(func(c *Copy) { c.Withdrawn = &identity.Decision{} }), noon, clear, ErrNotOpen},
		"expired":                 {good, good.Until.Add(time.Second), clear, ErrNotOpen},
		"made before":             {with(func(c *Copy) { c.Made = &Made{} }), noon, clear, ErrNotOpen},
		"an order made it darker": {good, noon, dim, ErrMatrix},
	} {
		if err := c.copy.MayMake(registrar, c.at, c.allowed, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := good.MayMake(clerk, noon, clear, []identity.Conflict{{Case: "c", Person: clerk.ID}}); !errors.Is(err, identity.ErrConflict) {
		t.Errorf("a conflict: %v", err)
	}
}

func TestACopyComesBackOnce(t *testing.T) {
	t.Parallel()
	c := approve(t, approve(t, asked(clear), clerk), judge)
	back := End{Kind: Returned, By: "clerk", At: noon, Note: "handed in at the registry"}
	if _, err := c.End(back); !errors.Is(err, ErrNotOut) {
		t.Errorf("before it was made: %v", err)
	}
	c.Made = &Made{At: noon}
	if state := c.State(noon); state != Out {
		t.Errorf("made: %s", state)
	}
	if state := c.State(c.Until.Add(time.Second)); state != Overdue {
		t.Errorf("after its date: %s", state)
	}
	for _, wrong := range []End{{Kind: "lost", At: noon, Note: "n"}, {Kind: Destroyed, At: noon, Note: " "}} {
		if _, err := c.End(wrong); !errors.Is(err, identity.ErrReason) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	ended, err := c.End(back)
	if err != nil || ended.State(c.Until.Add(time.Second)) != Over {
		t.Errorf("returned: %v", err)
	}
	if _, err := ended.End(back); !errors.Is(err, ErrNotOut) {
		t.Errorf("a second time: %v", err)
	}
}

// Whoever refuses is of a college or asked themselves.
func TestWhoMayRefuse(t *testing.T) {
	t.Parallel()
	for who, want := range map[identity.Official]error{advocate: nil, clerk: nil, judge: nil, {ID: "x"}: identity.ErrNotCollege} {
		if err := asked(clear).MayRefuse(who, noon); !errors.Is(err, want) {
			t.Errorf("%s: %v", who.ID, err)
		}
	}
	out := asked(clear)
	out.Made = &Made{}
	if err := out.MayRefuse(judge, noon); !errors.Is(err, identity.ErrNotPending) {
		t.Errorf("of one that is out: %v", err)
	}
}

// A signature is under every word of the terms, and no purpose stands in what is signed.
func TestTheStatementHoldsEveryTerm(t *testing.T) {
	t.Parallel()
	whole := asked(clear).Statement()
	if bytes.Contains(whole, []byte("prepare")) {
		t.Errorf("the purpose leaves the vault: %s", whole)
	}
	for name, change := range map[string]func(*Terms){
		"recording": func(x *Terms) { x.Recording = "q" }, "file": func(x *Terms) { x.FileRoot = []byte{2} }, "until": func(x *Terms) { x.Until = noon },
		"recipient": func(x *Terms) { x.To.Seat = "t" }, "label": func(x *Terms) { x.To.Label = "L" }, "held": func(x *Terms) { x.Held = dim },
		"purpose": func(x *Terms) { x.Purpose = "another" }, "number": func(x *Terms) { x.Number = 2 }, "requester": func(x *Terms) { x.Requester = "r" },
	} {
		x := asked(clear).Terms
		change(&x)
		if bytes.Equal(x.Statement(), whole) {
			t.Errorf("the %s is not signed", name)
		}
	}
}
