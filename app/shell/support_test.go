package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
)

const sealedWords = "canary of a care file"

// careOf fills a care file in, with long words everywhere, and returns whose it is.
func careOf(t *testing.T, s *Shell) (protection.PartyID, protection.CaseID) {
	t.Helper()
	d, ctx := s.desk, t.Context()
	c, err := d.FindCase(ctx, "TC 12/2026")
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.FindParty(ctx, c, "Witness B")
	if err != nil {
		t.Fatal(err)
	}
	p, now := found.ID, d.Now()
	long := sealedWords + strings.Repeat(" and so it went on", 12)
	a := care.Assessment{On: now, Review: now.AddDate(0, 1, 0), Findings: map[care.RiskArea]care.Finding{}}
	for _, area := range care.RiskAreas {
		a.Findings[area] = care.Finding{Level: care.LevelUnknown, Reason: long}
	}
	for i, step := range []func() error{
		func() error { return d.SaveRisk(ctx, p, 0, a) },
		func() error { return d.SaveRisk(ctx, p, 1, a) },
		func() error {
			return d.SaveNeeds(ctx, p, 0, care.Needs{Language: "yo", Dialect: "Ekiti", Literacy: "reads_a_little", Interpreter: care.Woman, Breaks: 30, Intermediary: care.HelpNotNeeded, Health: long, Childcare: long, Faith: []string{"12:30"}})
		},
		func() error {
			return d.SaveProtectionPlan(ctx, p, 0, care.Plan{On: now, Review: now.AddDate(0, 1, 0), Measures: []care.PlanMeasure{{Kind: "separate_entrance", For: care.Whoms, Agency: strings.Repeat("Agency ", 20), Detail: long}}})
		},
		func() error {
			_, err := d.ReportIncident(ctx, p, care.Incident{Kind: care.Exposed, Against: care.FamilyOrigin, On: now, What: long})
			return err
		},
		func() error {
			return d.SaveContactRules(ctx, p, 0, care.ContactRules{On: now, Safe: []care.Way{care.ByThird, care.ByOffice}, Never: []care.Way{care.ByCall, care.ByVisit, care.ByLetter}, Through: sealedWords, Sentence: sealedWords, From: "09:00", Until: "10:00", Note: long})
		},
		func() error {
			return d.AddCompanion(ctx, p, care.Companion{Role: care.VictimsCounsel, Name: strings.Repeat("Name ", 20), Agency: strings.Repeat("Agency ", 20), Witness: care.No, Linked: care.No, Corrupt: care.No, Wanted: care.Yes, From: now})
		},
		func() error {
			return d.RecordConsent(ctx, p, care.Consent{Purpose: care.ForTravel, Will: care.Given, Language: "yo", Reading: "aloud", Route: "Tell any advocate"})
		},
		func() error {
			return d.PlanReturn(ctx, p, care.ReturnTerms{Asked: now, By: "state_of_origin", To: "NG", Receiving: strings.Repeat("House ", 30), Flag: long})
		},
	} {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	return p, c
}

var supportSides = []fyne.KeyName{fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7}

// The sides of risk, preparation, protection and return fit the window with long words in them, as their forms do, in both languages, light and dark.
func TestSidesOfCareFitTheWindow(t *testing.T) {
	s := open(t, testimony.Advocate)
	p, c := careOf(t, s)
	for _, look := range []room.Look{{Language: "en"}, {Language: "fr", Dark: true}, {Language: "fr", HighContrast: true}} {
		if err := s.Apply(look); err != nil {
			t.Fatal(err)
		}
		for _, side := range append([]fyne.KeyName{fyne.Key1}, supportSides...) {
			s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
			s.Go(room.Witnesses, string(p)+"/"+string(c))
			s.typed(&fyne.KeyEvent{Name: side})
			where := look.Language + " side " + string(side)
			fits := func() {
				t.Helper()
				if m := s.window.Content().MinSize(); m.Width > windowWidth || m.Height > windowHeight {
					t.Errorf("%s needs %v", where, m)
				}
				each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, at fyne.Position) {
					if x, ok := o.(*canvas.Text); ok && (at.X < 0 || at.X+x.MinSize().Width > windowWidth+1 || bareKey.MatchString(x.Text) && !strings.HasSuffix(x.Text, ".paravent")) {
						t.Errorf("%s: %q stands from %.0f to %.0f", where, x.Text, at.X, at.X+x.MinSize().Width)
					}
				})
			}
			fits()
			if says(s, "<no value>") {
				t.Errorf("%s: a sentence lacks a value: %q", where, words(s))
			}
			if side == fyne.Key1 {
				continue
			}
			if s.screen.New == nil {
				t.Fatalf("%s has nothing to begin", where)
			}
			s.screen.New()
			top := s.window.Canvas().Overlays().Top()
			if top == nil {
				t.Fatalf("%s opens no form", where)
			}
			if m := top.MinSize(); m.Width > windowWidth || m.Height > windowHeight {
				t.Errorf("the form of %s needs %v", where, m)
			}
			if s.window.Canvas().Focused() == nil {
				t.Errorf("the form of %s has no focus", where)
			}
			xwidget.CloseSheets(s.window.Canvas())
		}
	}
}

// Who may not read a care file sees one sentence on each of its sides, the open facts, and nothing of what is in it.
func TestWhoMayNotReadCareSeesOneSentence(t *testing.T) {
	s := open(t, testimony.Advocate)
	p, c := careOf(t, s)
	for _, login := range []string{testimony.Judge, testimony.Clerk, testimony.Registrar} {
		s.as(t, login)
		for _, side := range supportSides {
			s.Go(room.Witnesses, string(p)+"/"+string(c))
			s.typed(&fyne.KeyEvent{Name: side})
			if !says(s, "The care file is for the victim’s advocates") || !says(s, "Contact only through the advocate") {
				t.Errorf("%s, side %s: %q", login, side, words(s))
			}
			if says(s, sealedWords) || says(s, "House ") || s.screen.New != nil {
				t.Errorf("%s, side %s tells of the file: %q", login, side, words(s))
			}
		}
	}
}

// A preparation is completed in the window only after the warning; the rules of contact are shown before a contact, and one that is not safe is refused.
func TestPreparationAndContactInTheWindow(t *testing.T) {
	s := open(t, testimony.Advocate)
	p, c := careOf(t, s)
	s.Go(room.Witnesses, string(p)+"/"+string(c))
	s.typed(&fyne.KeyEvent{Name: fyne.Key5})
	if !says(s, "was not warned yet") || says(s, "Say that it is complete") {
		t.Errorf("%q", words(s))
	}
	s.screen.New()
	if !says(s, "There is no line here for what the person tells") {
		t.Errorf("the form does not say why: %q", words(s))
	}
	for _, topic := range []string{"The rooms", "Who sits", "Camera", "What alteration", "How to ask", "What happens", "The warning"} {
		tick(t, s, topic)
	}
	fillAll(s)
	press(t, s, "Save")
	if says(s, "was not warned yet") {
		t.Errorf("%q", words(s))
	}
	press(t, s, "Say that it is complete")
	if !says(s, "Open it again") {
		t.Errorf("it is not complete: %q", words(s))
	}

	s.typed(&fyne.KeyEvent{Name: fyne.Key6})
	if says(s, "Code sentence") {
		t.Error("the sentence is shown to who only looks at the page")
	}
	s.typed(&fyne.KeyEvent{Name: fyne.KeyC})
	if !says(s, "Code sentence") || !says(s, "Never: Telephone call") {
		t.Errorf("the rules are not shown: %q", words(s))
	}
	press(t, s, "I have read this")
	for _, o := range s.window.Canvas().Overlays().List() {
		each(o, fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*xwidget.Choice); ok {
				x.SetSelected("Telephone call")
			}
		})
	}
	press(t, s, "Save")
	if !says(s, "this is not among the ways that are safe") {
		t.Errorf("a call was noted: %q", words(s))
	}
	log, err := s.desk.Contacts(t.Context(), p)
	if err != nil || len(log.Value.Made) > 0 || len(log.Value.Shown) != 1 {
		t.Errorf("%+v %v", log.Value, err)
	}
}
