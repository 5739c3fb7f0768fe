package evidence_test

import (
	"os"
	"slices"
	"testing"

	"paravent/protection"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

// Each check leaves what it found in the audit log: of a whole file, of an altered one and of a missing one; a check of nothing leaves no entry.
func TestChecksAreRemembered(t *testing.T) {
	t.Parallel()
	d := training(t)
	r := recorded(t, d, protection.MasterRecord, false)
	verify(t, d, r)
	b, err := os.ReadFile(fileOf(d, r))
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(fileOf(d, r), b, 0o600))
	verify(t, d, r)
	must(t, os.Remove(fileOf(d, r)))
	if _, err := evidence.Verify(t.Context(), d, r.ID, nil); err == nil {
		t.Error("a missing file passes")
	}
	if _, err := evidence.Verify(t.Context(), d, "none", nil); err == nil {
		t.Error("a recording that never was passes")
	}
	if got, want := found(t, d), []string{"intact", "altered", "altered"}; !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
}

func found(t *testing.T, d *docket.Desk) (list []string) {
	t.Helper()
	entries, err := as(t, d, "auditor").Audit(t.Context())
	must(t, err)
	for _, e := range entries {
		if e.Action == "recording.verified" {
			list = append(list, e.Details["found"])
		}
	}
	return list
}
