package ledger

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/store/audit"
	"paravent/store/bolt"
	"paravent/testimony"
	"paravent/testimony/docket"
)

func entry(i int64, action string) audit.Entry {
	return audit.Entry{Index: i, Time: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), User: "u1", Action: action, Details: map[string]string{"hearing": "h1", "case": "c1"}}
}

func TestALineSaysTheActInWords(t *testing.T) {
	names := map[string]string{"u1": "judge", "c1": "TC 1/2026"}
	for language, want := range map[string][3]string{"en": {"Identity viewed", "case TC 1/2026 · hearing h1", "Unreadable entry"}, "fr": {"Identité lue", "affaire TC 1/2026 · audience h1", "Entrée illisible"}} {
		if err := i18n.Use(language); err != nil {
			t.Fatal(err)
		}
		l := line(entry(7, "disclosure.viewed"), names)
		if got := strings.Join(l.Cells, "|"); l.Chip != "#7" || !strings.HasPrefix(got, want[0]+"|2026-11-25") || !strings.HasSuffix(got, "|judge|"+want[1]) {
			t.Errorf("%s: %q %q", language, got, l.Chip)
		}
		if l := line(entry(8, "some.unknown_act"), nil); l.Cells[0] != "some.unknown_act" || l.Cells[2] != "–" {
			t.Errorf("an unknown act of an unknown user: %q", l.Cells)
		}
		if l := line(audit.Entry{Index: 9, User: "u1", Unreadable: true}, names); l.Cells[0] != want[2] || l.Cells[2] != "judge" || l.Tone != xwidget.Fault {
			t.Errorf("%s: what nobody can read is %+v", language, l)
		}
	}
}

func TestTheLogsStandingIsPlain(t *testing.T) {
	if err := i18n.Use("en"); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"u1": "auditor"}
	sound := &docket.AuditCheck{At: time.Date(2026, 5, 4, 9, 5, 0, 0, time.Local), By: "u1", Entries: 90}
	hidden := *sound
	hidden.Unreadable = []int64{17}
	head := audit.Head{Size: 100}
	for name, c := range map[string]struct {
		state docket.AuditState
		tone  xwidget.Tone
		says  []string
	}{
		"never":      {docket.AuditState{Head: head}, xwidget.Private, []string{"Nobody has checked", "F9"}},
		"sound":      {docket.AuditState{Head: head, Sound: sound, Last: sound}, xwidget.Public, []string{"up to 90", "auditor", "4 May 2026", "09:05", "10 came since"}},
		"shorter":    {docket.AuditState{Head: head, Sound: sound, Last: &docket.AuditCheck{By: "u1", Fault: docket.LogShorter}, Fault: docket.LogShorter}, xwidget.Fault, []string{"missing", "Stop working", "Found by auditor"}},
		"by itself":  {docket.AuditState{Head: head, Sound: sound, Last: sound, Fault: docket.LogForked}, xwidget.Fault, []string{"does not continue", "Stop working"}},
		"unreadable": {docket.AuditState{Head: head, Sound: &hidden, Last: &hidden}, xwidget.Fault, []string{"#17", "Ask those"}},
	} {
		_, text, tone := stand(c.state, names)
		for _, want := range c.says {
			if tone != c.tone || !strings.Contains(text, want) {
				t.Errorf("%s: %v %q lacks %q", name, tone, text, want)
			}
		}
	}
}

func TestADayIsAWholeDayAtThisDesk(t *testing.T) {
	from, err := day(" 2026-05-04 ", 0)
	to, err2 := day("2026-05-04", 1)
	if err != nil || err2 != nil || to.Sub(from) != 24*time.Hour || from.Location() != time.Local {
		t.Errorf("%v to %v: %v, %v", from, to, err, err2)
	}
	if none, err := day("", 1); err != nil || !none.IsZero() {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := day("4 May", 0); err == nil {
		t.Error("taken")
	}
}

// window is a host whose desk has a long log.
type window struct {
	room.Host
	desk   *docket.Desk
	window fyne.Window
}

func (w *window) Desk() *docket.Desk  { return w.desk }
func (w *window) Window() fyne.Window { return w.window }
func (w *window) Refresh()            {}

const benchPassphrase = "violet harbour seldom canyon"

// longLog is a desk whose log has n entries.
func longLog(b *testing.B, n int) *docket.Desk {
	b.Helper()
	path := filepath.Join(b.TempDir(), "v")
	options := docket.Options{KDF: store.KDFParams{Time: 3, MemoryKiB: 64 << 10, Threads: 1}}
	d, err := docket.Create(b.Context(), path, store.NewUser{Login: "judge", Role: testimony.Judge, Passphrase: []byte(benchPassphrase)}, options)
	if err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	backend, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	sealed, err := store.Open(b.Context(), backend, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	v, err := sealed.Unlock(b.Context(), "judge", []byte(benchPassphrase))
	if err != nil {
		b.Fatal(err)
	}
	for at := 0; at < n; at += 1000 {
		if err := v.Update(b.Context(), func(tx *store.Tx) error {
			for i := range 1000 {
				tx.Log("session.joined", map[string]string{"hearing": "h4x7q2m5n6p3r8s9", "seat": fmt.Sprint(at + i)})
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	if err := v.Close(); err != nil {
		b.Fatal(err)
	}
	if d, err = docket.Unlock(b.Context(), path, "judge", []byte(benchPassphrase), options); err != nil {
		b.Fatal(err)
	}
	return d
}

// BenchmarkAuditRoom opens the room over a log of 100,000 entries: how long New takes until the window can be drawn, and until the first
// page of entries is read, at the first time after unlocking.
func BenchmarkAuditRoom(b *testing.B) {
	if err := i18n.Use("en"); err != nil {
		b.Fatal(err)
	}
	test.NewTempApp(b).Settings().SetTheme(&theme.Theme{})
	d := longLog(b, 100_000)
	path := d.Path()
	var drawn, read time.Duration
	for b.Loop() {
		began := time.Now()
		h := &window{desk: d, window: test.NewTempWindow(b, nil)}
		screen, err := New(h)
		if err != nil {
			b.Fatal(err)
		}
		h.window.SetContent(screen.Content)
		drawn += time.Since(began)
		at, err := d.SearchAudit(b.Context(), docket.AuditSearch{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		if page, err := d.AuditEntries(b.Context(), at[:pageSize]); err != nil || len(page) != pageSize {
			b.Fatal(err)
		}
		read += time.Since(began)
		b.StopTimer()
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
		if d, err = docket.Unlock(b.Context(), path, "judge", []byte(benchPassphrase), docket.Options{}); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	_ = d.Close()
	b.ReportMetric(float64(drawn.Milliseconds())/float64(b.N), "ms-drawn")
	b.ReportMetric(float64(read.Milliseconds())/float64(b.N), "ms-read")
}
