package rehearsal_test

import (
	"testing"
	"time"

	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

func TestRehearsalHolds(t *testing.T) {
	report, err := rehearsal.Run(t.Context(), rehearsal.Config{Dir: t.TempDir(), Testify: 3 * time.Second,
		Options:  docket.Options{KDF: store.KDFParams{Time: 1, MemoryKiB: 64, Threads: 1}},
		Progress: func(s string) { t.Log(s) }})
	for _, f := range report.Findings {
		if !f.Held {
			t.Errorf("broken: %s (%s)", f.Name, f.Detail)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Logf("%-5v %s (%s)", f.Held, f.Name, f.Detail)
	}
	if len(report.Findings) < 25 {
		t.Errorf("only %d things were checked", len(report.Findings))
	}
}

// toTestimony swears the witness in and begins the testimony.
func toTestimony(t testing.TB, s *live.Session) {
	t.Helper()
	must(t, s.Enter(testimony.Oath))
	must(t, s.OathTaken())
	must(t, s.Enter(testimony.Testimony))
}
