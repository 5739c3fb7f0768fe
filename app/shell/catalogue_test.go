package shell

import (
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// The judge finds what the registrar proposed on the day's list, reads what it does, and approves it by keys; it then stands in the order form.
func TestAChangeOfTheCatalogueIsApprovedByKeys(t *testing.T) {
	s := open(t, testimony.Registrar)
	own := catalogue.Entry{Kind: "full_screen", Name: catalogue.Words{EN: "full screen", FR: "paravent intégral"}, End: catalogue.EndsTrial, Applicants: []catalogue.Applicant{catalogue.ByCourt},
		Bases: []catalogue.Basis{{Law: catalogue.National, Rule: "Practice direction 7"}}, Parts: []order.Measure{{Kind: order.ScreenAccused}, {Kind: order.ScreenWitness}}}
	if _, err := s.desk.ProposeMeasure(t.Context(), own, -1, "Usage of this court"); err != nil {
		t.Fatal(err)
	}
	path := s.desk.Path()
	if err := s.desk.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := docket.Unlock(t.Context(), path, testimony.Judge, []byte(docket.TrainingPassphrase), docket.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Opened(d)
	s.Go(room.Today, "")
	if !says(s, i18n.T("need.measure_waits")) {
		t.Error("the day's list does not say that it waits")
	}
	s.Go(room.Settings, "measures/full_screen")
	if !says(s, "Usage of this court") || !says(s, "Practice direction 7") {
		t.Errorf("the proposal is not shown: %q", words(s))
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyA})
	press(t, s, i18n.T("catalogue.approve"))
	court, err := s.desk.Catalogue(t.Context())
	if _, ok := court.Find("full_screen"); !ok || err != nil {
		t.Fatalf("it is not in force: %v", err)
	}
	names, err := room.ReadRegister(s.desk)
	if err != nil {
		t.Fatal(err)
	}
	for id := range names.Parties {
		s.Go(room.Witnesses, string(id))
		break
	}
	s.typed(&fyne.KeyEvent{Name: fyne.Key3})
	s.screen.New()
	boxes := map[string]*xwidget.Tick{}
	each(s.window.Canvas().Overlays().Top(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if b, ok := o.(*xwidget.Tick); ok {
			boxes[b.Text] = b
		}
	})
	if boxes["Full screen"] == nil {
		t.Error("the order form does not offer the court's own measure")
	}
	for measure, parameter := range map[string]string{"Control of questioning": "parameter.topics", "Delayed broadcast": "parameter.delay", "Full anonymity": "parameter.conditions",
		"Expunging from the record": "parameter.passages", "Sealed exhibit": "parameter.exhibit", "Pre-recorded evidence": "parameter.stages", "Physical protection": "parameter.review_by"} {
		if boxes[measure] == nil {
			t.Errorf("the order form does not offer %q", measure)
			continue
		}
		if says(s, i18n.T(parameter)) {
			t.Errorf("%q is asked for before its measure is chosen", parameter)
		}
		boxes[measure].SetChecked(true)
		if !says(s, i18n.T(parameter)) {
			t.Errorf("%s does not ask for %q", measure, parameter)
		}
	}
	if m := s.window.Canvas().Overlays().Top().MinSize(); m.Width > windowWidth || m.Height > windowHeight {
		t.Errorf("the form needs %v", m)
	}
}
