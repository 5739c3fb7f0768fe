package bench

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/media/conceal"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
)

// concealing is what the side on the concealment shows.
type concealing struct {
	Drawing  conceal.Style
	Conceals bool
	Trial    testimony.Trial
	Phase    testimony.Phase
	Get      []getting
	Here     bool // the witness sits in this room
	Push     live.PushStage
	Gallery  protection.Access
}

// getting is what one audience will receive of the witness.
type getting struct {
	Label  string
	Access protection.Access
}

// concealment is the side that says how the witness is concealed, and on which that is tried before the testimony.
func (b *Bench) concealment(st live.State) (any, func() fyne.CanvasObject) {
	now := concealing{Drawing: st.Drawing, Conceals: st.Conceals, Trial: st.Trial, Phase: st.Session.Phase, Here: st.Here != "", Push: st.Push, Gallery: st.Gallery}
	witness, _ := st.Hearing.Witness()
	for _, p := range st.People {
		if p.Role == testimony.RoleGallery {
			now.Gallery = p.Cell.Access // and not what it has at this moment, which is nothing before the oath
		}
		if p.ID != witness.ID {
			now.Get = append(now.Get, getting{p.Label, p.Cell.Access})
		}
	}
	return now, func() fyne.CanvasObject {
		if !now.Conceals {
			return xwidget.Column(12, xwidget.Card(i18n.T("trial.title"), xwidget.WrappedSmall(i18n.T("trial.not_needed"))), b.drawing(now.Drawing), b.pushCard(now))
		}
		return xwidget.Column(12, b.trialCard(now), b.drawing(now.Drawing), b.pushCard(now))
	}
}

// trialCard is the trial: what each will get, how far it has come, and what the bench can do next.
func (b *Bench) trialCard(now concealing) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("trial.text"))}
	for _, g := range now.Get {
		rows = append(rows, container.NewBorder(nil, nil, nil, xwidget.Row(4, room.AccessChips(g.Access, g.Access.Connected)...), xwidget.WrappedSmall(g.Label)))
	}
	if now.Trial.Stage != "" {
		rows = append(rows, b.outside(), xwidget.Note(i18n.T("trial.stage."+string(now.Trial.Stage)), xwidget.Private))
	}
	if now.Trial.Fault != "" {
		rows = append(rows, xwidget.Note(i18n.T("trial.fault."+string(now.Trial.Fault)), xwidget.Fault))
	}
	switch t := now.Trial; {
	case t.Without != "":
		rows = append(rows, xwidget.Note(i18n.T("trial.without", map[string]any{"Reason": t.Without}), xwidget.Break))
	case t.Opens():
		rows = append(rows, xwidget.Note(i18n.T("trial.passed"), xwidget.Clear))
	case t.Passed:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("trial.confirm.text")))
	}
	if buttons := b.trialButtons(now); len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("trial.title"), rows...)
}

func (b *Bench) trialButtons(now concealing) []fyne.CanvasObject {
	t := now.Trial
	if t.Stage == testimony.TrialAnswer && now.Here {
		saw := benchButton(i18n.T("trial.here.yes"), "F9", b.answerHere(true))
		saw.Kind = xwidget.Primary
		return []fyne.CanvasObject{saw, benchButton(i18n.T("trial.here.no"), "", b.answerHere(false))}
	}
	if t.Stage != "" || now.Phase != testimony.IdentityCheck {
		return nil
	}
	var buttons []fyne.CanvasObject
	try := benchButton(i18n.T("trial.try"), "", func() { b.act(b.session.TryConcealment) })
	if t.Passed && !t.Confirmed {
		confirm := benchButton(i18n.T("trial.confirm"), "", func() { b.act(b.session.ConfirmConcealment) })
		confirm.Kind = xwidget.Primary
		buttons = append(buttons, confirm)
	} else if !t.Opens() {
		try.Kind = xwidget.Primary
	}
	if t.Passed || t.Fault != "" {
		try.Text = i18n.T("trial.again")
	}
	buttons = append(buttons, try)
	if !t.Opens() && b.host.Desk().May(testimony.ActDecideOrder) {
		buttons = append(buttons, benchButton(i18n.T("trial.go_on"), "", b.goOnUntried))
	}
	return buttons
}

// answerHere takes down what a witness who sits in this room says of what they saw and heard.
func (b *Bench) answerHere(saw bool) func() {
	return b.advance(func() error { return b.session.AnswerHere(saw) })
}

// goOnUntried takes the judge's decision, which needs a reason.
func (b *Bench) goOnUntried() {
	why := xwidget.NewInput("")
	room.Form(b.host, i18n.T("trial.go_on.title"), i18n.T("trial.go_on"), xwidget.Column(10, xwidget.Paragraph(i18n.T("trial.go_on.text")), xwidget.Field(i18n.T("trial.go_on.why"), why)), why, func() error {
		return b.session.GoOnUntried(why.Text)
	})
}

// outside is what leaves the machine for those who are to see a drawing.
func (b *Bench) outside() fyne.CanvasObject {
	dark := canvas.NewRectangle(color.NRGBA{R: 0x20, G: 0x26, B: 0x36, A: 0xFF})
	dark.CornerRadius = theme.Radius
	dark.SetMinSize(fyne.NewSize(320, 180))
	return container.NewStack(dark, b.trial.Image)
}

// trialStep is what F9 does while the concealment is still to be tried.
func (b *Bench) trialStep(st live.State) (step, bool) {
	if !st.Conceals || st.Trial.Opens() {
		return step{}, false
	}
	switch {
	case st.Trial.Stage == testimony.TrialAnswer && st.Here != "":
		return step{word: i18n.T("trial.here.yes"), act: b.answerHere(true)}, true
	case st.Trial.Stage != "":
		return step{wait: i18n.T("next.trying")}, true
	case st.Trial.Passed:
		return step{word: i18n.T("trial.confirm"), act: func() { b.turn("conceal"); b.advance(b.session.ConfirmConcealment)() }}, true
	}
	return step{word: i18n.T("trial.try"), act: func() { b.turn("conceal"); b.advance(b.session.TryConcealment)() }}, true
}

// drawing lets the court choose how what stands for the witness is drawn.
func (b *Bench) drawing(now conceal.Style) fyne.CanvasObject {
	var styles []string
	for _, s := range conceal.Styles {
		styles = append(styles, string(s))
	}
	choice := b.oneOf(styles, string(now), func(style string) string { return i18n.T("style." + style) }, func(style string) error { return b.session.DrawAs(conceal.Style(style)) })
	return xwidget.Card(i18n.T("conceal.drawing"), choice, xwidget.WrappedSmall(i18n.T("conceal.drawing.text")))
}
