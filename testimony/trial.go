package testimony

import (
	"strings"

	"paravent/protection"
	"paravent/protection/policy"
)

// TrialStage is where the trial of a sitting's concealment stands.
type TrialStage string

// The stages, in their order. While the trial does not run there is none.
const (
	TrialSpeak  TrialStage = "speak"  // the witness speaks, moves, and sees the drawing
	TrialListen TrialStage = "listen" // the witness and the bench hear the changed voice
	TrialBreak  TrialStage = "break"  // the concealment is stopped on purpose: slate and silence have to come
	TrialAnswer TrialStage = "answer" // the witness says whether all this was seen and heard
)

// TrialFault is why a trial failed.
type TrialFault string

// The faults.
const (
	FaultUnheard TrialFault = "unheard" // nothing was heard of the witness
	FaultUndrawn TrialFault = "undrawn" // no drawing came
	FaultSlate   TrialFault = "slate"   // no slate came where the drawing had stopped
	FaultSilence TrialFault = "silence" // something was heard though the concealment had stopped
	FaultBack    TrialFault = "back"    // drawing or voice did not come back
	FaultAnswer  TrialFault = "answer"  // the witness did not see or hear it, or did not answer
	FaultGone    TrialFault = "gone"    // the witness's connection ended
)

// TrialPassed is what the record says of a trial that passed and that the bench has confirmed.
const TrialPassed = "passed"

// TrialFaults are all faults.
var TrialFaults = []TrialFault{FaultUnheard, FaultUndrawn, FaultSlate, FaultSilence, FaultBack, FaultAnswer, FaultGone}

// Trial is what is known of the concealment of this sitting. The zero value is that of a sitting in which nothing was tried. A courtroom that is opened again
// begins with it: another sitting has another disguise.
type Trial struct {
	Stage     TrialStage // of the trial that runs
	Voice     bool       // somebody is to hear a changed voice, so that it is tried as well
	Fault     TrialFault // of the last trial
	Passed    bool       // all that the machine and the witness can say has been said
	Confirmed bool       // the bench has seen and heard what others will
	Without   string     // why the judge goes on without
}

// Opens reports whether testimony may begin.
func (t Trial) Opens() bool {
	return t.Passed && t.Confirmed && t.Fault == "" && t.Stage == "" || strings.TrimSpace(t.Without) != ""
}

// Conceals reports whether somebody is to receive, in place of the witness's own, a drawing or a changed voice.
func Conceals(m policy.Matrix) bool {
	for _, c := range m.Cells {
		if c.Access.Picture == protection.Silhouette || c.Access.Voice == protection.Disguised {
			return true
		}
	}
	return false
}

// Disguises reports whether somebody is to hear a changed voice.
func Disguises(m policy.Matrix) bool {
	for _, c := range m.Cells {
		if c.Access.Voice == protection.Disguised {
			return true
		}
	}
	return false
}
