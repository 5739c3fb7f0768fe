package sheets_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony/sheets"
)

func sample(t *testing.T) (store.Kit, []kit.Sheet) {
	t.Helper()
	split, _, list, err := kit.Split(rand.Reader, kit.VaultID{1}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	return store.Kit{Name: "court", ID: split.ID.String(), Needed: 2, Sheets: 3, Made: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC),
		Holders: []store.Holder{{Name: "Holder Canary"}}}, list
}

func TestATextGivesItsSheetBackAndNamesNobody(t *testing.T) {
	t.Parallel()
	k, list := sample(t)
	for _, language := range []string{"en", "fr"} {
		for _, s := range list {
			text := sheets.Text(k, s, "0123", language)
			if got, err := kit.Parse(text); err != nil || got != s {
				t.Errorf("%s: %v in\n%s", language, err, text)
			}
			if strings.Contains(text, "Canary") || strings.Contains(text, "%!") {
				t.Error(text)
			}
		}
	}
}

// A page for each sheet, on which a reader of PDF finds what has to be typed.
func TestAPDFHasAPageForEachSheet(t *testing.T) {
	t.Parallel()
	k, list := sample(t)
	for _, language := range []string{"en", "fr"} {
		var out bytes.Buffer
		if err := sheets.PDF(&out, k, list, "0123", language); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(out.Bytes(), []byte("/Type /Page\n")); n != len(list) {
			t.Errorf("%s: %d pages", language, n)
		}
		if bytes.Contains(out.Bytes(), []byte("Canary")) {
			t.Error("a PDF names a holder")
		}
		reader, err := exec.LookPath("pdftotext")
		if err != nil {
			continue
		}
		file := filepath.Join(t.TempDir(), "kit.pdf")
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command(reader, "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			for _, line := range s.Lines() {
				if !strings.Contains(string(text), line) {
					t.Errorf("%s: no line %q in\n%s", language, line, text)
				}
			}
		}
	}
}
