package room

import (
	"strings"
	"time"

	"paravent/app/i18n"
	"paravent/testimony"
	"paravent/testimony/edit"
)

// EventWords says one event of the record in words, its times on the clock of a zone.
func EventWords(e testimony.Event, labels map[testimony.ParticipantID]string, zone *time.Location) string {
	words := i18n.T("event."+string(e.Kind), map[string]any{"Who": labels[e.Participant], "Phase": i18n.T("phase." + string(e.Phase)), "Mode": ModeWord(e.Mode)})
	switch {
	case e.Kind == testimony.Admitted && e.Reason == testimony.AtDesk:
		words += " · " + i18n.T("seat.here")
	case e.Kind == testimony.Requested:
		words += " · " + i18n.T("ask."+e.Reason)
	case e.Kind == testimony.Refusal && e.Reason == "request":
		words = labels[e.Participant] + " · " + i18n.T("alarm.request_refused")
	case e.Kind == testimony.Prepared:
		words += " · " + i18n.T("prepared."+e.Reason)
	case e.Kind == testimony.Tried && e.Reason == testimony.TrialPassed:
		words += " · " + i18n.T("trial.result.passed")
	case e.Kind == testimony.Tried:
		words += " · " + i18n.T("trial.fault."+e.Reason)
	case e.Kind == testimony.Untried:
		words += " · " + e.Reason
	case e.Reason != "" && (e.Kind == testimony.OathShown || e.Kind == testimony.OathTaken || e.Kind == testimony.OathRefused):
		words += " · " + i18n.T("oath.form."+e.Reason)
	case e.Kind == testimony.Interpreting && e.Reason == "":
		words += " " + i18n.T("interpret.everyone")
	case e.Kind == testimony.Interpreting:
		words += " " + i18n.T("interpret.to", map[string]any{"Language": LanguageName(e.Reason)})
	case e.Kind == testimony.TalkBegan || e.Kind == testimony.TalkEnded:
		words += " " + i18n.T("talk.with", map[string]any{"Who": labels[e.With]})
		if e.Reason == testimony.TalkByBench {
			words += " · " + i18n.T("talk.by_bench")
		}
	case e.Kind == testimony.StageBegun:
		words = i18n.T("examine." + e.Reason)
		if who := labels[e.Participant]; who != "" {
			words = i18n.T("stage.of", map[string]any{"Stage": words, "Who": who})
		}
	case e.Kind == testimony.Objected:
		words += " · " + i18n.T("ground."+e.Reason)
	case e.Kind == testimony.ExhibitShown || e.Kind == testimony.ExhibitTakenDown:
		words += " · " + e.Number
	case e.Kind == testimony.PlaybackRuns || e.Kind == testimony.PlaybackPaused || e.Kind == testimony.PlaybackClosed:
		words += " · " + edit.Clock(e.Place)[:8]
		if e.Reason != "" {
			words += " · " + i18n.T("playback.stop."+e.Reason)
		}
	case e.Kind == testimony.PlaybackMoved:
		words += " · " + edit.Clock(e.Was)[:8] + " → " + edit.Clock(e.Place)[:8]
	case e.Kind == testimony.Ruled:
		words += " · " + i18n.T("ruling."+e.Reason)
	case e.Kind == testimony.Expected:
		words += " " + e.To.In(zone).Format("15:04")
	case e.Kind == testimony.Unsworn:
		words += " · " + e.Reason
	case e.Kind == testimony.SoundFirst:
		words += " · " + i18n.T("low."+e.Reason)
	case e.Kind == testimony.DrawnAs:
		words += " · " + i18n.T("style."+e.Reason)
	case e.Kind == testimony.Marked || e.Kind == testimony.LineBack:
		words += " " + e.From.In(zone).Format("15:04:05") + "–" + e.To.In(zone).Format("15:04:05")
	case e.Reason != "" && (e.Kind == testimony.ModeChanged || e.Kind == testimony.PhaseChanged || e.Kind == testimony.Removed):
		words += " · " + e.Reason
	}
	return strings.TrimSpace(words)
}
