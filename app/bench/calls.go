package bench

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// Calls are what the witness's side can call for that stands across the whole bench until it is dealt with, the gravest first.
// Each has its words under "call.", and what to do under "call.….do".
var Calls = []string{testimony.AskAlarm, testimony.AskSomeone, testimony.AskPause, testimony.AskReady, testimony.AskBreak, testimony.AskUnderstand}

// call is one thing that the witness's side calls for now.
type call struct {
	Kind string
	From testimony.ParticipantID
	Who  string
	At   string // on the court's clock
}

// calls lists what the witness's side calls for, the gravest first. A pause stands among them as long as it lasts.
func calls(st live.State) []call {
	names := labels(st)
	var now []call
	add := func(kind string, r live.Request) {
		at := r.At
		if court, _, err := st.Hearing.Clocks(at); err == nil {
			at = court
		}
		now = append(now, call{kind, r.From, names[r.From], at.Format("15:04:05")})
	}
	if h := st.Held; h.Why != "" {
		kind := h.Why
		if h.Ready {
			kind = testimony.AskReady
		}
		add(kind, live.Request{At: h.At, From: h.From})
	}
	for _, r := range st.Requests {
		if p, ok := personOf(st, r.From); ok && p.Role.WithWitness() && slices.Contains(Calls, r.Kind) {
			add(r.Kind, r)
		}
	}
	slices.SortStableFunc(now, func(a, b call) int { return slices.Index(Calls, a.Kind) - slices.Index(Calls, b.Kind) })
	return now
}

// callTone says how grave a call is; its shape and words say the same.
func callTone(kind string) (xwidget.Tone, xwidget.Icon) {
	switch kind {
	case testimony.AskAlarm, testimony.AskSomeone:
		return xwidget.Closed, xwidget.IconAlert
	case testimony.AskPause:
		return xwidget.Private, xwidget.IconBreak
	case testimony.AskReady:
		return xwidget.Public, xwidget.IconBreak
	}
	return xwidget.Private, xwidget.IconAlert
}

// showCalls draws the mark under the banner: what the witness's side calls for, what to do, and one button.
func (b *Bench) showCalls(st live.State) {
	now := calls(st)
	gravest := ""
	if len(now) > 0 {
		gravest = now[0].Kind
	}
	if gravest != b.called {
		b.called, b.calling = gravest, gravest == testimony.AskAlarm || testimony.Stops(gravest)
	}
	changed := false
	b.parts.calls.show(now, func() fyne.CanvasObject {
		changed = true
		if len(now) == 0 {
			return xwidget.Gap(0, 0)
		}
		return b.drawCall(now)
	})
	if changed {
		b.root.Refresh() // the rest makes room for it
	}
}

// come brings the window to the bench, whatever room it shows, when the witness's side has called for what cannot wait. A question
// that stands open is answered first: what is typed into it is not lost.
func (b *Bench) come() {
	if b.calling && !b.over && !xwidget.HasSheet(b.host.Window().Canvas()) {
		b.calling = false
		b.host.Go(room.Bench, "")
	}
}

func (b *Bench) drawCall(now []call) fyne.CanvasObject {
	first := now[0]
	tone, icon := callTone(first.Kind)
	ink, soft := tone.Colours()
	ground := canvas.NewRectangle(theme.Colour(soft))
	edge := canvas.NewRectangle(theme.Colour(ink))
	edge.SetMinSize(fyne.NewSize(8, 0))
	title := i18n.T("call."+first.Kind, map[string]any{"Who": first.Who}) + " · " + first.At
	if len(now) > 1 {
		title += " · " + i18n.T("call.more", map[string]any{"N": len(now) - 1})
	}
	words := xwidget.Column(2, xwidget.Text(title, ink, theme.SizeHeading, true), xwidget.WrappedSmall(i18n.T("call."+first.Kind+".do")))
	var act fyne.CanvasObject = xwidget.Gap(0, 0)
	switch {
	case first.Kind == testimony.AskReady:
		button := benchButton(i18n.T("call.goon"), "Q", b.goOn)
		button.Kind = xwidget.Primary
		act = button
	case !testimony.Stops(first.Kind): // a pause has no end but the witness's own word
		act = benchButton(i18n.T("bench.done"), "Q", func() { b.answered(first) })
	}
	row := container.NewBorder(nil, nil, xwidget.Row(14, edge, xwidget.Middle(xwidget.Glyph(icon, ink, 26)), xwidget.Gap(0, 0)), xwidget.Middle(xwidget.Inset(act, 16, 0)), xwidget.Inset(words, 0, 8))
	return container.NewStack(ground, row)
}

// answered takes a call off the list. Of a call for help the alarm is acknowledged with it.
func (b *Bench) answered(c call) {
	if c.Kind == testimony.AskAlarm {
		b.heard = len(b.session.State().Alarms)
	}
	b.act(func() error { return b.session.Answer(c.From, c.Kind) })
}

// goOn ends the witness's pause by a second act that names its effect: who will see and hear the witness again.
func (b *Bench) goOn() {
	st := b.session.State()
	room.Confirm(b.host, i18n.T("call.goon.title"), b.whoReceives(st, st.Session.Mode), i18n.T("call.goon"), func() {
		b.act(b.session.GoOn)
	})
}

// answerCall deals with the gravest call by the key, and reports whether there was one.
func (b *Bench) answerCall(st live.State) bool {
	now := calls(st)
	switch {
	case len(now) == 0:
		return false
	case now[0].Kind == testimony.AskReady:
		b.goOn()
	case !testimony.Stops(now[0].Kind):
		b.answered(now[0])
	}
	return true
}
