package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// counted imports a case of victims who agreed to be counted: so many of each form and sex, from everywhere and of every age.
func counted(t *testing.T, s *Shell, key string, of map[[2]statistics.Value]int) {
	t.Helper()
	doc := docket.Document{Format: docket.Format, Cases: []docket.CaseLine{{Key: key, Reference: "case " + key, Offence: testimony.Trafficking}}}
	for of, n := range of {
		for i := range n {
			doc.Parties = append(doc.Parties, docket.PartyLine{Key: fmt.Sprintf("%s-%s-%s-%d", key, of[0], of[1], i), Status: protection.Victim,
				Appearances: []docket.AppearanceLine{{Case: key}}, Statistics: &statistics.Profile{Consent: statistics.Given, Exploited: of[0], Sex: of[1],
					Region: []statistics.Value{"africa_west", "asia_south", "europe_east"}[i%3], AgeBand: []statistics.Value{"12_17", "18_24", "25_34", "35_49", "50_plus", "under_12"}[i%6]}})
		}
	}
	if _, err := s.desk.Import(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
}

var crowd = map[[2]statistics.Value]int{{"forced_labour", "female"}: 31, {"forced_labour", "male"}: 40, {"forced_begging", "female"}: 2, {"forced_begging", "male"}: 23,
	{"organ_removal", "male"}: 17, {"organ_removal", "female"}: 12}

// figureTable is the table and the chart on the screen; nil where there is none.
func figureTable(s *Shell) (table *xwidget.FigureTable, chart *xwidget.Chart) {
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		switch o := o.(type) {
		case *xwidget.FigureTable:
			table = o
		case *xwidget.Chart:
			chart = o
		}
	})
	return table, chart
}

// A judge looks at a table, releases it by a second act, and writes it to a file; nothing that is suppressed is on the screen or in the file.
func TestATableIsReleasedAndExportedInTheWindow(t *testing.T) {
	s := open(t, testimony.Judge)
	counted(t, s, "a", crowd)
	s.Go(room.Statistics, "")
	until(t, func() bool { table, chart := figureTable(s); return table != nil && chart != nil })
	table, chart := figureTable(s)
	s.window.Canvas().Focus(table)
	s.window.Canvas().Focus(chart)
	if !says(s, "For this court only: 125 counted") || !says(s, "Nothing was released yet") || !says(s, "Form: Forced labour") {
		t.Fatalf("the table says %q", words(s))
	}
	for _, each := range chart.Series {
		for _, f := range each.Figures {
			if f.N > 0 && f.N < statistics.DefaultThreshold {
				t.Errorf("the chart has a count of %d", f.N)
			}
			if f.Hidden && f.N != 0 {
				t.Error("a hidden figure has its number")
			}
		}
	}
	s.screen.Keys[fyne.KeyR]()
	if list, _ := s.desk.StatisticsReleases(t.Context()); len(list) != 0 {
		t.Fatal("one key released a table")
	}
	if !says(s, "can’t be taken back") {
		t.Fatalf("the effect is not named: %q", words(s))
	}
	press(t, s, "Release the table")
	until(t, func() bool { return says(s, "Release 1") })
	list, err := s.desk.StatisticsReleases(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d releases, %v", len(list), err)
	}
	for _, ending := range []string{"csv", "json", "pdf"} {
		file := filepath.Join(t.TempDir(), "release."+ending)
		s.screen.Keys[fyne.KeyE]()
		inputs(s)[0].SetText(file)
		press(t, s, "Write the file")
		until(t, func() bool { return says(s, "The release was written to") })
		xwidget.CloseSheets(s.window.Canvas())
		text, err := os.ReadFile(file)
		if err != nil || len(text) == 0 {
			t.Fatal(ending, err)
		}
		if ending == "csv" && !strings.Contains(string(text), "×") {
			t.Error("nothing is suppressed in the file")
		}
		s.screen.Keys[fyne.KeyE]()
		inputs(s)[0].SetText(file)
		press(t, s, "Write the file")
		until(t, func() bool { return says(s, "already") })
		xwidget.CloseSheets(s.window.Canvas())
	}
	s.screen.Back()
	if !says(s, "Release 1 · Trafficking in persons · form, sex") {
		t.Errorf("the releases: %q", words(s))
	}
}

// A table that cannot be checked together with those released before is refused in plain words, before and at the release; nothing is released.
func TestARefusalOfATableIsToldInPlainWords(t *testing.T) {
	s := open(t, testimony.Judge)
	counted(t, s, "a", crowd)
	ring := [][]statistics.Dimension{{statistics.Form, statistics.Region}, {statistics.Region, statistics.AgeBand}, {statistics.Form, statistics.AgeBand}}
	for _, dims := range ring[:2] {
		if _, err := s.desk.ReleaseStatistics(t.Context(), statistics.Trafficking, dims, statistics.DefaultThreshold); err != nil {
			t.Fatal(err)
		}
	}
	s.Go(room.Statistics, "")
	until(t, func() bool { table, _ := figureTable(s); return table != nil })
	if !says(s, "earlier releases (2)") {
		t.Errorf("what it is checked with: %q", words(s))
	}
	each(s.window.Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
		if c, ok := o.(*xwidget.Choice); ok && c.Selected == "Sex" {
			c.SetSelected("Age")
		}
	})
	const refusal = "can’t be audited exactly together with earlier releases"
	until(t, func() bool { return says(s, refusal) })
	if table, _ := figureTable(s); table != nil {
		t.Error("a table that is refused is shown")
	}
	s.screen.Keys[fyne.KeyR]()
	press(t, s, "Release the table")
	until(t, func() bool { return xwidget.HasSheet(s.window.Canvas()) })
	if list, err := s.desk.StatisticsReleases(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("%d releases, %v", len(list), err)
	}
}

// Where nobody agreed to be counted, the room says what to do; an advocate sees tables and releases none; an auditor has no such room.
func TestWhoSeesStatistics(t *testing.T) {
	s := open(t, testimony.Advocate)
	s.Go(room.Statistics, "")
	until(t, func() bool { return says(s, "Nobody can be counted yet") })
	if s.screen.Keys[fyne.KeyR] != nil {
		t.Error("an advocate has the key of a release")
	}
	s.screen.Keys[fyne.Key2]()
	if !says(s, "Registrars and judges release tables.") {
		t.Errorf("%q", words(s))
	}
	s.as(t, testimony.Auditor)
	if slices.Contains(s.rooms(), room.Statistics) {
		t.Error("an auditor has the room")
	}
	if _, err := s.desk.ReleaseStatistics(t.Context(), statistics.Trafficking, []statistics.Dimension{statistics.Sex}, statistics.DefaultThreshold); err == nil {
		t.Error("an auditor released a table")
	}
}

// The categories of a person are entered on their page, and are told with their codes.
func TestCategoriesAreEnteredOnAPersonsPage(t *testing.T) {
	for _, login := range []string{testimony.Clerk, testimony.Advocate} {
		s := open(t, login)
		c, err := s.desk.FindCase(t.Context(), "TC 12/2026")
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.desk.FindParty(t.Context(), c, "Witness B")
		if err != nil {
			t.Fatal(err)
		}
		s.Go(room.Witnesses, string(p.ID)+"/"+string(c)+"/cases")
		if !says(s, "Without the person’s agreement") {
			t.Fatalf("%s: %q", login, words(s))
		}
		s.screen.New()
		for _, chosen := range []string{"Given", "Forced begging (HTCDS 2.0 ForcedBegging)", "Female (HTCDS 2.0 Female)", "18 to 24", "Western Africa (UN M49 011)"} {
			each(s.window.Canvas().Overlays().Top(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
				if c, ok := o.(*xwidget.Choice); ok && slices.Contains(c.Options, chosen) {
					c.SetSelected(chosen)
				}
			})
		}
		press(t, s, "Save")
		if want := (statistics.Profile{Consent: statistics.Given, Exploited: "forced_begging", Sex: "female", AgeBand: "18_24", Region: "africa_west"}); !says(s, "HTCDS 2.0 ForcedBegging") || !says(s, "Counted in the tables") {
			t.Errorf("%s: %q", login, words(s))
		} else if got, err := s.desk.StatisticsProfile(t.Context(), p.ID); err != nil || got != want {
			t.Errorf("%s: %+v, %v", login, got, err)
		}
	}
}
