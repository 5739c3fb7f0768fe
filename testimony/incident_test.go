package testimony_test

import (
	"testing"
	"time"

	"paravent/protection"
	"paravent/testimony"
)

// Whoever left before a passage was said did not receive it; whoever left after it did.
func TestWhoWasThere(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	at := func(minutes int, kind testimony.EventKind, id testimony.ParticipantID) testimony.Event {
		return testimony.Event{At: noon.Add(time.Duration(minutes) * time.Minute), Kind: kind, Participant: id, Phase: testimony.Testimony}
	}
	again := at(40, testimony.PhaseChanged, "")
	again.Phase = testimony.Lobby
	record := []testimony.Event{at(0, testimony.Admitted, "early"), at(1, testimony.Admitted, "stays"), at(10, testimony.Left, "early"), at(20, testimony.Admitted, "removed"),
		at(35, testimony.Removed, "removed"), again, at(50, testimony.Admitted, "late")}
	for id, want := range map[testimony.ParticipantID]bool{"early": false, "stays": true, "removed": true, "late": true, "never": false} {
		if got := testimony.AdmittedSince(record, id, noon.Add(30*time.Minute)); got != want {
			t.Errorf("%s: %t", id, got)
		}
	}
	if testimony.AdmittedSince(record, "stays", noon.Add(45*time.Minute)) {
		t.Error("somebody is still there in a courtroom that was opened again")
	}
}

func TestPublicSince(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	record := []testimony.Event{{At: noon, Mode: protection.PublicMode}, {At: noon.Add(10 * time.Minute), Mode: protection.PrivateMode}}
	for minutes, want := range map[int]bool{5: true, 10: true, 11: false} {
		if got := testimony.PublicSince(record, protection.PrivateMode, noon.Add(time.Duration(minutes)*time.Minute)); got != want {
			t.Errorf("since minute %d: %t", minutes, got)
		}
	}
	if !testimony.PublicSince(record, protection.PublicMode, noon.Add(time.Hour)) {
		t.Error("a session that is public now was not")
	}
}
