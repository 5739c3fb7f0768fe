package docket_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// ownMeasure is a measure of the court's own.
func ownMeasure() catalogue.Entry {
	return catalogue.Entry{Kind: "full_screen", Name: catalogue.Words{EN: "full screen", FR: "paravent intégral"}, End: catalogue.EndsTrial,
		Applicants: []catalogue.Applicant{catalogue.ByCourt}, Bases: []catalogue.Basis{{Law: catalogue.National, Rule: "Practice direction 7"}},
		Parts: []order.Measure{{Kind: order.ScreenAccused}, {Kind: order.ScreenWitness}}}
}

// A change takes two people, of whom the second is a judge; before that the catalogue is as it was, and everything stands in the audit log.
func TestTwoPeopleChangeTheCatalogue(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	for _, office := range []string{testimony.Clerk, testimony.Advocate, testimony.Auditor} {
		if _, err := b.as(office).ProposeMeasure(t.Context(), ownMeasure(), -1, "the court asks for it"); !errors.Is(err, docket.ErrNotAllowed) {
			t.Errorf("a %s proposes: %v", office, err)
		}
	}
	v, err := b.as(testimony.Registrar).ProposeMeasure(t.Context(), ownMeasure(), -1, "the court asks for it")
	if err != nil {
		t.Fatal(err)
	}
	if c := must(b.desk.Catalogue(t.Context()))(t); has(c, "full_screen") {
		t.Error("a proposal is in force")
	}
	if _, err := b.desk.ApproveMeasure(t.Context(), v.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("the registrar approves: %v", err)
	}
	if _, err := b.desk.ProposeMeasure(t.Context(), ownMeasure(), -1, "again"); !errors.Is(err, docket.ErrProposed) {
		t.Errorf("a second proposal: %v", err)
	}
	waits := func(d *docket.Desk) bool {
		items := must(d.Today(t.Context(), b.now))(t)
		return slices.ContainsFunc(items, func(i docket.Item) bool { return i.Kind == docket.MeasureWaits })
	}
	if waits(b.desk) || !waits(b.as(testimony.Judge)) {
		t.Error("the judge, and nobody else, is told that it waits")
	}
	if _, err := b.desk.ApproveMeasure(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.ApproveMeasure(t.Context(), v.ID); !errors.Is(err, docket.ErrNotProposed) {
		t.Errorf("approved twice: %v", err)
	}
	if _, err := b.desk.ProposeMeasure(t.Context(), ownMeasure(), -1, "once more"); !isRule(err, catalogue.RuleNew) {
		t.Errorf("the id is given again: %v", err)
	}
	e := ownMeasure()
	e.Name.EN = "wide screen"
	if _, err := b.desk.ProposeMeasure(t.Context(), ownMeasure(), 1, "nothing"); !errors.Is(err, docket.ErrSame) {
		t.Errorf("nothing changed: %v", err)
	}
	var changed *docket.ChangedError
	if _, err := b.desk.ProposeMeasure(t.Context(), e, 0, "seen too early"); !errors.As(err, &changed) {
		t.Errorf("an older version was seen: %v", err)
	}
	if _, err := b.desk.ProposeMeasure(t.Context(), e, 1, " "); !isRule(err, order.RuleText) {
		t.Errorf("without reasons: %v", err)
	}
	mine, err := b.desk.ProposeMeasure(t.Context(), e, 1, "clearer")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.desk.ApproveMeasure(t.Context(), mine.ID); !errors.Is(err, docket.ErrOwnProposal) {
		t.Errorf("a judge approves their own: %v", err)
	}
	if _, err := b.as(testimony.Registrar).WithdrawMeasure(t.Context(), mine.ID); !errors.Is(err, docket.ErrNotAllowed) {
		t.Errorf("another withdraws: %v", err)
	}
	if _, err := b.as(testimony.Judge).WithdrawMeasure(t.Context(), mine.ID); err != nil {
		t.Error(err)
	}
	second, err := b.as(testimony.Registrar).ProposeMeasure(t.Context(), e, 1, "clearer")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Judge).DeclineMeasure(t.Context(), second.ID, ""); !isRule(err, order.RuleText) {
		t.Errorf("declined without a reason: %v", err)
	}
	if _, err := b.desk.DeclineMeasure(t.Context(), second.ID, "the name was clear"); err != nil {
		t.Error(err)
	}
	if got, _ := must(b.desk.Catalogue(t.Context()))(t).Find("full_screen"); got.Name.EN != "full screen" {
		t.Errorf("the name is %q", got.Name.EN)
	}
	b.audited("measure.proposed", "measure.approved", "measure.declined", "measure.withdrawn")
}

func has(c catalogue.Catalogue, k order.MeasureKind) bool { _, ok := c.Find(k); return ok }

func isRule(err error, rule string) bool {
	var b *order.RuleError
	return errors.As(err, &b) && b.Rule == rule
}

// adopt puts an entry into the catalogue of a training vault.
func (b *bureau) adopt(e catalogue.Entry, seen int) {
	b.t.Helper()
	v, err := b.as(testimony.Registrar).ProposeMeasure(b.t.Context(), e, seen, "the court asks for it")
	if err == nil {
		_, err = b.as(testimony.Judge).ApproveMeasure(b.t.Context(), v.ID)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// An order that was filed by the court's own measure is left as it was, matrix and signature, when the measure is changed and retired; what is retired is not
// chosen anew.
func TestAnOrderIsAsItWasWhateverBecomesOfItsMeasure(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.adopt(ownMeasure(), -1)
	c, party := b.witness()
	list, err := b.desk.Choose(t.Context(), []order.Measure{{Kind: "full_screen"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := b.desk.FileOrder(t.Context(), order.Order{Case: c, Party: party, Reference: "2026/9", Applicant: order.ByWitness, From: b.now, Measures: list})
	if err != nil {
		t.Fatal(err)
	}
	grant := order.Act{Step: order.Grant, Reasons: "Danger.", ExParte: "Urgent.", Consent: order.Consent{Will: order.Consents}}
	if o, err = b.desk.StepOrder(t.Context(), o.ID, nil, grant); err != nil {
		t.Fatal(err)
	}
	before := must(b.desk.Matrix(t.Context(), c, party, protection.PublicMode, b.now))(t)
	b.now = b.now.Add(time.Hour)
	e := ownMeasure()
	e.Parts, e.Retired = []order.Measure{{Kind: order.LiveLink}}, true
	b.adopt(e, 1)
	after := must(b.desk.Order(t.Context(), o.ID))(t)
	m := must(b.desk.Matrix(t.Context(), c, party, protection.PublicMode, b.now))(t)
	if after.Signing != order.Signed || len(after.Measures) != 2 || after.Measures[0].Named != "full_screen" {
		t.Errorf("the order is %+v", after)
	}
	if m.Access(protection.Accused) != before.Access(protection.Accused) || m.ShowsAccused {
		t.Errorf("the accused receives %+v, and %+v before", m.Access(protection.Accused), before.Access(protection.Accused))
	}
	if _, err := b.desk.Choose(t.Context(), []order.Measure{{Kind: "full_screen"}}, nil); !isRule(err, catalogue.RuleRetired) {
		t.Errorf("a retired measure is chosen: %v", err)
	}
	if then, _ := must(b.desk.CatalogueAt(t.Context(), o.Decided))(t).Find("full_screen"); then.Retired || len(then.Parts) != 2 {
		t.Errorf("at the decision the catalogue had %+v", then)
	}
	if _, err := b.desk.FileOrder(t.Context(), order.Order{Case: c, Party: party, Reference: "2026/10", Applicant: order.ByWitness, From: b.now, Measures: []order.Measure{{Kind: "full_screen"}}}); !isRule(err, order.RuleKnownMeasure) {
		t.Errorf("an own measure is filed as it is: %v", err)
	}
}

// The catalogue is carried from vault to vault: what the court has changed arrives as proposals, once.
func TestTheCatalogueIsCarriedAsProposals(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.adopt(ownMeasure(), -1)
	changed, _ := catalogue.Shipped().Find(order.Pseudonym)
	changed.Name.FR = "numéro"
	b.adopt(changed, 0)
	doc := must(b.desk.Export(t.Context()))(t)
	if len(doc.Measures) != 2 {
		t.Fatalf("exported: %+v", doc.Measures)
	}
	raw, err := json.Marshal(docket.Document{Format: docket.Format, Measures: doc.Measures})
	if err != nil {
		t.Fatal(err)
	}
	read, err := docket.ReadDocument(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.as(testimony.Registrar).Import(t.Context(), read); err != nil {
		t.Errorf("what says the same is passed over: %v", err)
	}
	clerk := fresh(t, testimony.Clerk, still)
	var entry *docket.EntryError
	if _, err := clerk.Import(t.Context(), read); !errors.As(err, &entry) {
		t.Errorf("a clerk proposes: %v", err)
	}
	to := fresh(t, testimony.Registrar, still)
	if _, err := to.Import(t.Context(), read); err != nil {
		t.Fatal(err)
	}
	list := must(to.MeasureVersions(t.Context()))(t)
	if len(list) != 2 || list[0].State != catalogue.Proposed || list[1].State != catalogue.Proposed {
		t.Errorf("arrived: %+v", list)
	}
}
