package testimony_test

import (
	"testing"

	"pgregory.net/rapid"

	"paravent/testimony"
)

// Testimony begins only after a trial that passed and that the bench confirmed, or by a judge's decision with a reason.
func TestTrialOpensOnlyWhenPassedAndConfirmedOrDecided(t *testing.T) {
	t.Parallel()
	if (testimony.Trial{}).Opens() {
		t.Fatal("what was never tried opens")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := testimony.Trial{
			Stage:     rapid.SampledFrom([]testimony.TrialStage{"", testimony.TrialSpeak, testimony.TrialListen, testimony.TrialBreak, testimony.TrialAnswer}).Draw(t, "stage"),
			Fault:     rapid.SampledFrom(append([]testimony.TrialFault{""}, testimony.TrialFaults...)).Draw(t, "fault"),
			Voice:     rapid.Bool().Draw(t, "voice"),
			Passed:    rapid.Bool().Draw(t, "passed"),
			Confirmed: rapid.Bool().Draw(t, "confirmed"),
			Without:   rapid.SampledFrom([]string{"", " ", "the line is too weak"}).Draw(t, "without"),
		}
		tried := x.Passed && x.Confirmed && x.Fault == "" && x.Stage == ""
		if x.Opens() != (tried || x.Without == "the line is too weak") {
			t.Fatalf("%+v opens: %v", x, x.Opens())
		}
	})
}
