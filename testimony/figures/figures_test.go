package figures_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/protection/statistics"
	"paravent/testimony/figures"
)

// published is a table of 17 people, of whom three have to be protected.
func published(t *testing.T) statistics.Published {
	t.Helper()
	var list []statistics.Record
	for i := range 17 {
		r := statistics.Record{Family: statistics.Trafficking, Sex: "female", Form: "forced_labour"}
		if i < 3 {
			r.Sex = "male"
		}
		list = append(list, r)
	}
	table, err := statistics.Count(list, statistics.Trafficking, []statistics.Dimension{statistics.Form, statistics.Sex})
	if err != nil {
		t.Fatal(err)
	}
	r, err := statistics.Protect(table, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.ID, r.Number, r.At = "abcd", 1, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	return r.Published()
}

// Every format says what is hidden and no count of it, has the codes, and says where there are none.
func TestEveryFormatHidesWhatIsHidden(t *testing.T) {
	t.Parallel()
	p := published(t)
	if !p.At("forced_labour", "male").Hidden {
		t.Fatal("nothing is hidden")
	}
	for _, language := range []string{"en", "fr"} {
		var text, program, paper bytes.Buffer
		if err := errors.Join(figures.CSV(&text, p, language), figures.JSON(&program, p, language), figures.PDF(&paper, p, language)); err != nil {
			t.Fatal(err)
		}
		rows := csv.NewReader(&text)
		rows.FieldsPerRecord = -1
		lines, err := rows.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, l := range lines {
			if l[0] == "forced_labour" && len(l) > 5 && l[5] == "male" {
				found = true
				if l[len(l)-1] != figures.Hidden || l[2] != "ForcedLabour" || l[7] != "Male" || !strings.Contains(l[3], "cod") {
					t.Errorf("%v", l)
				}
			}
		}
		if !found {
			t.Errorf("no line for the hidden cell in %v", lines)
		}
		var doc struct {
			Cells []struct {
				Key        []string
				Count      *int
				Suppressed bool
			}
		}
		if err := json.Unmarshal(program.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		for _, c := range doc.Cells {
			if c.Suppressed != (c.Count == nil) {
				t.Errorf("%+v", c)
			}
		}
		if !bytes.HasPrefix(paper.Bytes(), []byte("%PDF")) {
			t.Error("no PDF")
		}
	}
}

// Every category has words in both languages.
func TestEveryCategoryHasWords(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fr"} {
		for _, f := range statistics.Families {
			if figures.FamilyWord(language, f) == "" {
				t.Error(f)
			}
			for _, d := range statistics.Dimensions {
				if figures.DimensionWord(language, d) == "" {
					t.Error(d)
				}
				for _, v := range statistics.Values(f, d) {
					if figures.ValueWord(language, v) == string(v) {
						t.Errorf("%s: %s has no word", language, v)
					}
				}
			}
		}
	}
}

func TestNoFileIsReplaced(t *testing.T) {
	t.Parallel()
	p, dir := published(t), t.TempDir()
	for _, name := range []string{"s.csv", "s.json", "s.pdf"} {
		file := filepath.Join(dir, name)
		if err := figures.Write(file, p, "fr"); err != nil {
			t.Fatal(err)
		}
		if err := figures.Write(file, p, "fr"); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := figures.Write(filepath.Join(dir, "s.xlsx"), p, "en"); !errors.Is(err, figures.ErrName) {
		t.Error(err)
	}
}
