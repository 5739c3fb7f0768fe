package attend

import (
	"fyne.io/fyne/v2"

	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// trialCard tells the witness where the trial of the concealment stands, and asks what was seen and heard; nil while none runs.
func (w *Window) trialCard(v attend.View, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	trial := v.State.Trial
	if trial == nil || v.Lost {
		return nil
	}
	if trial.Stage != string(testimony.TrialAnswer) {
		return xwidget.Card(w.words.Say("trial.title"), xwidget.Paragraph(w.words.Say("trial."+trial.Stage)), xwidget.WrappedSmall(w.words.Say("before.warning.limits")))
	}
	question := "trial.answer.drawing"
	if trial.Voice {
		question = "trial.answer.both"
	}
	answer := func(key fyne.KeyName, word, step string) *xwidget.Button {
		act := func() { w.tell(w.seat.Prepared(step)) }
		keys[key] = act
		return xwidget.NewButton(w.words.Say(word), string(key), act)
	}
	yes, no := answer(fyne.KeyY, "trial.yes", join.StepConcealed), answer(fyne.KeyN, "trial.no", join.StepUnconcealed)
	yes.Kind = xwidget.Primary
	return xwidget.Card(w.words.Say("trial.title"), xwidget.WrappedStrong(w.words.Say(question)), xwidget.Wrap(8, yes, no))
}

// hearsOwn reports whether the witness can ask to hear the changed voice now: somebody hears it.
func hearsOwn(v attend.View) bool {
	if v.Welcome.Role != string(testimony.RoleWitness) || v.State.Trial != nil || v.Lost || v.Held != "" {
		return false
	}
	for _, cell := range v.State.What {
		if cell.Voice == "disguised" {
			return true
		}
	}
	return false
}

// ownRole is the role of what others would see of the witness, for the witness alone.
const ownRole = "own"

// ownOf is whose picture that is; empty where there is none.
func ownOf(v attend.View) string {
	for _, p := range v.State.People {
		if p.Role == ownRole {
			return p.ID
		}
	}
	return ""
}
