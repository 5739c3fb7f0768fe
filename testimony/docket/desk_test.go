package docket_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/identity"
	"paravent/protection/order"
	"paravent/store"
	"paravent/store/strength"
	"paravent/testimony"
	"paravent/testimony/docket"
)

const passphrase = "five grey owls count eggs"

// fresh is a new vault whose first user holds an office; at is its clock.
func fresh(t *testing.T, office string, at func() time.Time) *docket.Desk {
	t.Helper()
	options := light
	options.Clock = at
	d, err := docket.Create(t.Context(), filepath.Join(t.TempDir(), "v.paravent"), store.NewUser{Login: office, Role: store.Role(office), Passphrase: []byte(passphrase)}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func still() time.Time { return noon }

func user(office string) store.NewUser {
	return store.NewUser{Login: "new " + office, Role: store.Role(office), Passphrase: []byte(passphrase)}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A member of a college is enrolled by a member of the same college, or while the college has none; everyone else by a
// member of either. Whoever only watches or assists enrols nobody.
func TestWhoEnrolsWhom(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mine, theirs string }{
		{testimony.Clerk, testimony.Clerk}, {testimony.Clerk, testimony.Registrar}, {testimony.Clerk, testimony.Advocate}, {testimony.Clerk, testimony.Auditor},
		{testimony.Registrar, testimony.Clerk}, {testimony.Judge, testimony.Judge}, {testimony.Judge, testimony.Advocate}, {testimony.Judge, testimony.Auditor},
	} {
		d := as(t, training(t), c.mine)
		if _, err := d.AddUser(t.Context(), user(c.theirs)); err != nil {
			t.Errorf("a %s could not enrol a %s: %v", c.mine, c.theirs, err)
		}
	}
	for _, c := range []struct{ mine, theirs string }{
		{testimony.Clerk, testimony.Judge}, {testimony.Registrar, testimony.Judge}, {testimony.Judge, testimony.Clerk}, {testimony.Judge, testimony.Registrar},
		{testimony.Advocate, testimony.Advocate}, {testimony.Advocate, testimony.Judge}, {testimony.Advocate, testimony.Clerk},
		{testimony.Auditor, testimony.Auditor}, {testimony.Auditor, testimony.Judge}, {testimony.Auditor, testimony.Clerk},
	} {
		d := as(t, training(t), c.mine)
		before := len(must(d.Users(t.Context()))(t))
		if _, err := d.AddUser(t.Context(), user(c.theirs)); !errors.Is(err, docket.ErrEnrol) {
			t.Errorf("a %s enrolled a %s: %v", c.mine, c.theirs, err)
		}
		if after := len(must(d.Users(t.Context()))(t)); after != before {
			t.Errorf("a %s refused by the rule stands among the users", c.theirs)
		}
	}
}

// The first member of an empty college can be enrolled by anyone of the desk, once; an auditor fills none.
func TestEmptyCollegeIsFilledOnce(t *testing.T) {
	t.Parallel()
	d := fresh(t, testimony.Clerk, still)
	if _, err := d.AddUser(t.Context(), user(testimony.Judge)); err != nil {
		t.Fatalf("the first judge: %v", err)
	}
	second := user(testimony.Judge)
	second.Login = "second"
	if _, err := d.AddUser(t.Context(), second); !errors.Is(err, docket.ErrEnrol) {
		t.Errorf("the clerk enrolled a second judge: %v", err)
	}
	d = fresh(t, testimony.Auditor, still)
	for _, office := range []string{testimony.Judge, testimony.Clerk} {
		if _, err := d.AddUser(t.Context(), user(office)); !errors.Is(err, docket.ErrEnrol) {
			t.Errorf("an auditor enrolled the first %s: %v", office, err)
		}
	}
}

// Whoever is enrolled can do at once what the office allows: read the docket, or the audit log, or both.
func TestEnrolledReadWhatTheirOfficeMay(t *testing.T) {
	t.Parallel()
	for _, office := range testimony.Offices {
		enrolling := testimony.Clerk
		if office == testimony.Judge {
			enrolling = testimony.Judge
		}
		d := as(t, training(t), enrolling)
		must(d.AddUser(t.Context(), user(office)))(t)
		path := d.Path()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		d = must(docket.Unlock(t.Context(), path, "new "+office, []byte(passphrase), light))(t)
		t.Cleanup(func() { _ = d.Close() })
		if _, err := d.Cases(t.Context()); (err == nil) != (office != testimony.Auditor) {
			t.Errorf("a new %s reads the docket: %v", office, err)
		}
		entries, err := d.Audit(t.Context())
		if (err == nil) != testimony.May(office, testimony.ActReadAudit) {
			t.Errorf("a new %s reads the audit log: %v", office, err)
		}
		if err == nil && len(entries) < 5 {
			t.Errorf("a new %s sees %d entries", office, len(entries))
		}
		if err != nil && !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a new %s and the audit log: %v", office, err)
		}
	}
}

func TestUsersParticularsAreChecked(t *testing.T) {
	t.Parallel()
	d := training(t)
	for name, change := range map[string]func(*store.NewUser){
		"no login":             func(u *store.NewUser) { u.Login = "  " },
		"a login without end":  func(u *store.NewUser) { u.Login = strings.Repeat("x", 65) },
		"no office":            func(u *store.NewUser) { u.Role = "" },
		"an unknown office":    func(u *store.NewUser) { u.Role = "bailiff" },
		"a short passphrase":   func(u *store.NewUser) { u.Passphrase = []byte("123456789") },
		"no passphrase at all": func(u *store.NewUser) { u.Passphrase = nil },
	} {
		u := user(testimony.Judge)
		change(&u)
		if _, err := d.AddUser(t.Context(), u); !errors.Is(err, docket.ErrUser) && !errors.Is(err, strength.ErrWeak) {
			t.Errorf("%s: %v", name, err)
		}
		path := filepath.Join(t.TempDir(), "v")
		if _, err := docket.Create(t.Context(), path, u, light); !errors.Is(err, docket.ErrUser) && !errors.Is(err, strength.ErrWeak) || docket.Exists(path) {
			t.Errorf("%s: a vault was created with it: %v", name, err)
		}
	}
}

func TestCasesAreChecked(t *testing.T) {
	t.Parallel()
	d := training(t)
	for name, c := range map[string]testimony.Case{
		"no reference":     {Reference: " ", Offence: testimony.Trafficking},
		"no offence":       {Reference: "TC 90/2026"},
		"an unknown one":   {Reference: "TC 90/2026", Offence: "theft"},
		"a reference used": {Reference: "tc 12/2026", Offence: testimony.Mixed},
	} {
		if _, err := d.AddCase(t.Context(), c); !errors.Is(err, docket.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := must(d.AddCase(t.Context(), testimony.Case{ID: "chosen", Reference: "TC 90/2026", Offence: testimony.Mixed}))(t)
	if c.ID == "chosen" || c.ID == "" || !c.Opened.Equal(noon) {
		t.Errorf("the case was opened as %+v", c)
	}
	if got := must(d.Case(t.Context(), c.ID))(t); got.Reference != "TC 90/2026" {
		t.Errorf("the case is kept as %+v", got)
	}
}

// aParty enters a party into the first training case and returns both.
func aParty(t *testing.T, d *docket.Desk) (protection.CaseID, protection.Party) {
	t.Helper()
	c := must(d.FindCase(t.Context(), "training-1"))(t)
	return c, must(d.AddParty(t.Context(), c, protection.Witness, "vi"))(t)
}

func TestJoinCase(t *testing.T) {
	t.Parallel()
	d := training(t)
	first, p := aParty(t, d)
	second := must(d.FindCase(t.Context(), "training-2"))(t)
	if p.PseudonymIn(first) != "Witness A" {
		t.Fatalf("the party is %q", p.PseudonymIn(first))
	}
	p = must(d.JoinCase(t.Context(), p.ID, second))(t)
	// Witness A and D are given there; the pseudonym of one case says nothing about that of another.
	if p.PseudonymIn(second) != "Witness B" || p.PseudonymIn(first) != "Witness A" {
		t.Errorf("the party is %q here and %q there", p.PseudonymIn(second), p.PseudonymIn(first))
	}
	if kept := must(d.Party(t.Context(), p.ID))(t); len(kept.Appearances) != 2 {
		t.Errorf("%d appearances are kept", len(kept.Appearances))
	}
	if _, err := d.JoinCase(t.Context(), p.ID, second); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("the same case twice: %v", err)
	}
	if _, err := d.JoinCase(t.Context(), "nobody", second); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := d.JoinCase(t.Context(), p.ID, "no case"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a case that does not exist: %v", err)
	}
	if _, err := d.AddParty(t.Context(), "no case", protection.Witness, "vi"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a party of a case that does not exist: %v", err)
	}
	if _, err := d.AddParty(t.Context(), first, "suspect", "vi"); !errors.Is(err, docket.ErrInvalid) {
		t.Errorf("a status that does not exist: %v", err)
	}
}

// An order made in one case protects the party in the next one before anything is filed there.
func TestOrdersCarryOverToAJoinedCase(t *testing.T) {
	t.Parallel()
	d := training(t)
	first, p := aParty(t, d)
	o := must(d.FileOrder(t.Context(), order.Order{Case: first, Party: p.ID, Reference: "2026/900", Measures: []order.Measure{{Kind: order.FaceAlteration}}}))(t)
	must(d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(order.InForce)))(t)
	second := must(d.FindCase(t.Context(), "training-2"))(t)
	must(d.JoinCase(t.Context(), p.ID, second))(t)
	cell := must(d.Matrix(t.Context(), second, p.ID, protection.PublicMode, noon))(t).Cell(protection.Gallery)
	if cell.Picture != protection.Silhouette || cell.PictureCause.CarriedFrom != first {
		t.Errorf("in the next case the gallery sees %s, because %+v", cell.Picture, cell.PictureCause)
	}
}

func TestOrderThatIsRefusedIsNotKept(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	second := must(d.FindCase(t.Context(), "training-2"))(t)
	before := len(must(d.Orders(t.Context()))(t))
	good := order.Order{Case: c, Party: p.ID, Reference: "2026/901", Measures: []order.Measure{{Kind: order.FaceAlteration}}}
	for name, x := range map[string]struct {
		change func(*order.Order)
		want   error
		rule   string
	}{
		"no number":             {func(o *order.Order) { o.Reference = " " }, docket.ErrInvalid, ""},
		"no such case":          {func(o *order.Order) { o.Case = "none" }, docket.ErrNotFound, ""},
		"no such party":         {func(o *order.Order) { o.Party = "none" }, docket.ErrNotFound, ""},
		"a party of another":    {func(o *order.Order) { o.Case = second }, docket.ErrInvalid, ""},
		"no measure":            {func(o *order.Order) { o.Measures = nil }, nil, order.RuleNotEmpty},
		"toward the bench":      {toward(protection.Bench), nil, order.RuleBenchClear},
		"toward the master":     {toward(protection.MasterRecord), nil, order.RuleMasterClear},
		"toward itself":         {toward(protection.OtherWitness(p.ID)), nil, order.RuleNotItself},
		"an end before a start": {func(o *order.Order) { o.From, o.Until = noon, noon.Add(-time.Hour) }, nil, order.RulePeriod},
	} {
		o := good
		o.Measures = slices.Clone(good.Measures)
		x.change(&o)
		_, err := d.FileOrder(t.Context(), o)
		var breach *order.RuleError
		if x.want != nil && !errors.Is(err, x.want) || x.rule != "" && (!errors.As(err, &breach) || breach.Rule != x.rule) {
			t.Errorf("%s: %v, want %v%s", name, err, x.want, x.rule)
		}
	}
	if after := len(must(d.Orders(t.Context()))(t)); after != before {
		t.Errorf("%d refused orders were kept", after-before)
	}
	good.State, good.ID = order.InForce, "chosen"
	o := must(d.FileOrder(t.Context(), good))(t)
	if o.State != order.Filed || o.ID == "chosen" {
		t.Errorf("it was filed as %s under %q", o.State, o.ID)
	}
}

func toward(a protection.Audience) func(*order.Order) {
	return func(o *order.Order) { o.Measures[0].Audiences = []protection.Audience{a} }
}

// Nobody but a judge brings an order into effect or out of it, and what is refused leaves the order as it was.
func TestDecisionsAreTheJudges(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	file := func(to ...order.State) order.Order {
		o := must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/902", Measures: []order.Measure{{Kind: order.FaceAlteration}}}))(t)
		for _, s := range to {
			o = must(d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(s)))(t)
		}
		return o
	}
	list := []order.Order{file(), file(order.Interim), file(order.InForce), file(order.InForce, order.Contested), file(order.InForce, order.Suspended)}
	for _, office := range []string{testimony.Clerk, testimony.Registrar, testimony.Advocate} {
		d = as(t, d, office)
		for _, o := range list {
			for _, step := range o.Open() {
				if !order.JudgeTakes(step) {
					continue
				}
				if _, err := d.StepOrder(t.Context(), o.ID, nil, docket.Ground(step)); !errors.Is(err, order.ErrJudgeOnly) {
					t.Errorf("the %s did to an order that was %s: %s: %v", office, o.State, step, err)
				}
				if _, err := d.Foresee(t.Context(), o.ID, docket.Ground(step), protection.PublicMode, noon); !errors.Is(err, order.ErrJudgeOnly) {
					t.Errorf("the %s foresaw of an order that was %s: %s: %v", office, o.State, step, err)
				}
			}
		}
		for _, kept := range must(d.Orders(t.Context()))(t) {
			for _, o := range list {
				if kept.ID == o.ID && kept.State != o.State {
					t.Errorf("the order that was %s is %s", o.State, kept.State)
				}
			}
		}
	}
	d = as(t, d, testimony.Judge)
	if _, err := d.StepOrder(t.Context(), list[0].ID, nil, docket.Grounds(order.Spent)); !errors.Is(err, order.ErrStep) {
		t.Errorf("from filed to spent: %v", err)
	}
	if _, err := d.StepOrder(t.Context(), "none", nil, docket.Grounds(order.InForce)); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("an order that does not exist: %v", err)
	}
}

// What the judge foresees is what comes: the matrix after the step, and nothing is written before it.
func TestForeseenIsWhatComes(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := must(d.FileOrder(t.Context(), order.Order{Case: c, Party: p.ID, Reference: "2026/903", Measures: []order.Measure{{Kind: order.FaceAlteration}}}))(t)
	see := func() protection.Picture {
		return must(d.Matrix(t.Context(), c, p.ID, protection.PublicMode, noon))(t).Access(protection.Gallery).Picture
	}
	before := see()
	foreseen := must(d.Foresee(t.Context(), o.ID, docket.Ground(order.Grant), protection.PublicMode, noon))(t).Access(protection.Gallery).Picture
	if before != protection.ClearPicture || foreseen != protection.Silhouette || see() != before {
		t.Errorf("before %s, foreseen %s, and then %s", before, foreseen, see())
	}
	must(d.StepOrder(t.Context(), o.ID, nil, docket.Grounds(order.InForce)))(t)
	if see() != foreseen {
		t.Errorf("foreseen %s, and it became %s", foreseen, see())
	}
	if _, err := d.Matrix(t.Context(), "none", p.ID, protection.PublicMode, noon); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("the matrix of no case: %v", err)
	}
	if _, err := d.Matrix(t.Context(), c, "none", protection.PublicMode, noon); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("the matrix of nobody: %v", err)
	}
}

// planned is a hearing of a party in the first training case.
func planned(c protection.CaseID, p protection.PartyID, start time.Time) testimony.Hearing {
	return testimony.Hearing{Case: c, Party: p, Start: start, Duration: time.Hour, CourtZone: "Europe/Paris", WitnessZone: "Africa/Lagos", Mode: protection.PublicMode,
		Participants: []testimony.Participant{{Role: testimony.RoleWitness, Party: p, Label: "a label that is not used"}, {Role: testimony.RoleDefence, Label: "Counsel"}, {Role: testimony.RoleGallery}}}
}

// A hearing gets ids of its own, and its witness the pseudonym for a label, whatever was written there.
func TestSchedule(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	h := must(d.Schedule(t.Context(), planned(c, p.ID, noon.Add(time.Hour))))(t)
	kept := must(d.Hearing(t.Context(), h.ID))(t)
	if w, ok := kept.Witness(); !ok || w.Label != "Witness A" {
		t.Errorf("the witness's seat is %+v", w)
	}
	if kept.Participants[1].Label != "Counsel" || kept.Participants[2].Label != "gallery" {
		t.Errorf("the seats are %+v", kept.Participants)
	}
	second := must(d.FindCase(t.Context(), "training-2"))(t)
	for name, x := range map[string]struct {
		change func(*testimony.Hearing)
		want   error
	}{
		"no such case":     {func(h *testimony.Hearing) { h.Case = "none" }, docket.ErrNotFound},
		"not in this case": {func(h *testimony.Hearing) { h.Case = second }, docket.ErrInvalid},
		"no length":        {func(h *testimony.Hearing) { h.Duration = 0 }, docket.ErrInvalid},
		"no such party":    {func(h *testimony.Hearing) { h.Party, h.Participants[0].Party = "none", "none" }, docket.ErrNotFound},
	} {
		h := planned(c, p.ID, noon)
		x.change(&h)
		if _, err := d.Schedule(t.Context(), h); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	if n := len(must(d.Hearings(t.Context()))(t)); n != 3 {
		t.Errorf("there are %d hearings, want the two of the training and one more", n)
	}
}

// An auditor changes nothing in the docket, by whichever door.
func TestAuditorChangesNothing(t *testing.T) {
	t.Parallel()
	d := training(t)
	c, p := aParty(t, d)
	o := order.Order{Case: c, Party: p.ID, Reference: "2026/904", Measures: []order.Measure{{Kind: order.FaceAlteration}}}
	h := must(d.Schedule(t.Context(), planned(c, p.ID, noon)))(t)
	filed := must(d.FileOrder(t.Context(), o))(t)
	d = as(t, d, testimony.Auditor)
	for name, act := range map[string]func() error{
		"add a case": func() error {
			_, err := d.AddCase(t.Context(), testimony.Case{Reference: "x", Offence: testimony.Mixed})
			return err
		},
		"add a party":   func() error { _, err := d.AddParty(t.Context(), c, protection.Witness, "en"); return err },
		"join a case":   func() error { _, err := d.JoinCase(t.Context(), p.ID, c); return err },
		"file an order": func() error { _, err := d.FileOrder(t.Context(), o); return err },
		"step an order": func() error {
			_, err := d.StepOrder(t.Context(), filed.ID, nil, docket.Grounds(order.Served))
			return err
		},
		"plan a hearing":   func() error { _, err := d.Schedule(t.Context(), planned(c, p.ID, noon)); return err },
		"seal an identity": func() error { return d.SealIdentity(t.Context(), p.ID, identity.Fields{identity.Name: "x"}) },
		"invite":           func() error { _, _, err := d.Invite(t.Context(), h, h.Participants[0].ID, false); return err },
		"record":           func() error { _, _, err := d.BeginRecording(t.Context(), h.ID, protection.MasterRecord); return err },
	} {
		if err := act(); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("an auditor may %s: %v", name, err)
		}
	}
}

// Sealing twice adds fields and takes none away; a field that is sealed is told by name only.
func TestSealedFieldsAddUp(t *testing.T) {
	t.Parallel()
	d := training(t)
	_, p := aParty(t, d)
	for _, fields := range []identity.Fields{{identity.Note: "n", identity.Name: "invented"}, {identity.BirthDate: "1 January"}} {
		if err := d.SealIdentity(t.Context(), p.ID, fields); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(must(d.SealedFields(t.Context(), p.ID))(t)); got != "[name birth_date note]" {
		t.Errorf("sealed are %s", got)
	}
	if err := d.SealIdentity(t.Context(), "nobody", identity.Fields{identity.Name: "x"}); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("nobody's identity: %v", err)
	}
	alone := fresh(t, testimony.Clerk, still)
	c := must(alone.AddCase(t.Context(), testimony.Case{Reference: "TC 1/2026", Offence: testimony.Offences[0]}))(t)
	p = must(alone.AddParty(t.Context(), c.ID, protection.Witness, "vi"))(t)
	if err := alone.SealIdentity(t.Context(), p.ID, identity.Fields{identity.Name: "x"}); !errors.Is(err, identity.ErrNoCollege) {
		t.Errorf("without a bench: %v", err)
	}
}

// Things are found by what a person types: reference, pseudonym, key of the import or id.
func TestFind(t *testing.T) {
	t.Parallel()
	d := training(t)
	c := must(d.FindCase(t.Context(), "training-1"))(t)
	for _, typed := range []string{"TC 12/2026", "tc 12/2026", string(c)} {
		if got, err := d.FindCase(t.Context(), typed); err != nil || got != c {
			t.Errorf("%q is the case %q: %v", typed, got, err)
		}
	}
	p := must(d.FindParty(t.Context(), c, "witness b"))(t)
	for _, typed := range []string{"Witness B", "witness-b", string(p.ID)} {
		if got, err := d.FindParty(t.Context(), c, typed); err != nil || got.ID != p.ID {
			t.Errorf("%q is the party %q: %v", typed, got.ID, err)
		}
	}
	second := must(d.FindCase(t.Context(), "training-2"))(t)
	if got := must(d.FindParty(t.Context(), second, "Witness A"))(t); got.ID != p.ID {
		t.Error("Witness B of the first case is not found as Witness A of the second")
	}
	for _, typed := range []string{"Witness C", "witness-c", "", "nobody"} {
		if got, err := d.FindParty(t.Context(), second, typed); !errors.Is(err, docket.ErrNotFound) {
			t.Errorf("in a case in which they do not appear, %q is %q: %v", typed, got.ID, err)
		}
	}
	if _, err := d.FindCase(t.Context(), "TC 99/2026"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a case that does not exist: %v", err)
	}
	if _, err := d.FindHearing(t.Context(), "hearing-9"); !errors.Is(err, docket.ErrNotFound) {
		t.Errorf("a hearing that does not exist: %v", err)
	}
	h := must(d.FindHearing(t.Context(), "hearing-1"))(t)
	keys := must(d.SeatKeys(t.Context(), h))(t)
	w, _ := h.Witness()
	if len(keys) != len(h.Participants) || keys[w.ID] != "witness" {
		t.Errorf("the seats' keys are %v", keys)
	}
}

func TestTrainingVaultSaysSo(t *testing.T) {
	t.Parallel()
	if !training(t).Training() {
		t.Error("a training vault does not say that it is one")
	}
	d := fresh(t, testimony.Judge, still)
	if d.Training() {
		t.Error("a new vault says that it is for training")
	}
	d.Lock()
	if _, err := d.Cases(t.Context()); !errors.Is(err, store.ErrLocked) {
		t.Errorf("a locked desk reads: %v", err)
	}
}
