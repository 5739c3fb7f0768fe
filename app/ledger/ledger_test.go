package ledger

import (
	"strings"
	"testing"
	"time"

	"paravent/app/i18n"
	"paravent/store/audit"
)

func entry(i int64, action string) audit.Entry {
	return audit.Entry{Index: i, Time: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), User: "u1", Action: action, Details: map[string]string{"hearing": "h1", "case": "c1"}}
}

func TestALineSaysTheActInWords(t *testing.T) {
	for language, want := range map[string]string{"en": "Identity viewed", "fr": "Identité lue"} {
		if err := i18n.Use(language); err != nil {
			t.Fatal(err)
		}
		l := line(entry(7, "disclosure.viewed"), map[string]string{"u1": "judge"})
		if got := strings.Join(l.Cells, "|"); l.Chip != "7" || !strings.HasPrefix(got, want+"|2026-11-25") || !strings.HasSuffix(got, "|judge|case c1 · hearing h1") {
			t.Errorf("%s: %q %q", language, got, l.Chip)
		}
		if l := line(entry(8, "some.unknown_act"), nil); l.Cells[0] != "some.unknown_act" || l.Cells[2] != "–" {
			t.Errorf("an unknown act of an unknown user: %q", l.Cells)
		}
	}
}

func BenchmarkALineOfTheLog(b *testing.B) {
	if err := i18n.Use("en"); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		line(entry(7, "disclosure.viewed"), nil)
	}
}
