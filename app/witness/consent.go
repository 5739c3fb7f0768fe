package witness

import (
	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
)

var willTones = map[care.Will]xwidget.Tone{care.Given: xwidget.Public, care.NotGiven: xwidget.Neutral, care.Withdrawn: xwidget.Private}

// consentCard shows what the person said to each purpose.
func consentCard(h room.Host, p protection.Party) (fyne.CanvasObject, error) {
	v, err := h.Desk().Consents(room.Ctx(), p.ID)
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("consent.text"))}
	for _, purpose := range care.Purposes {
		asked := false
		for _, x := range v.Value.Standing() {
			if x.Purpose != purpose {
				continue
			}
			asked = true
			title, detail := i18n.T("purpose."+string(purpose)), room.Day(x.At.Local())
			if x.With != "" {
				title += " · " + x.With
			}
			if x.Will != care.Withdrawn {
				detail += " · " + x.Language + " · " + i18n.T("reading."+string(x.Reading))
			}
			right := []fyne.CanvasObject{xwidget.Chip(i18n.T("factword."+string(x.Will)), willTones[x.Will])}
			if x.Will == care.Given {
				if x.Route != "" {
					detail += "\n" + i18n.T("consent.route_is", map[string]any{"Route": x.Route})
				}
				right = append(right, xwidget.NewButton(i18n.T("consent.withdraw"), "", func() { withdraw(h, p, x) }))
			}
			rows = append(rows, xwidget.Entry(title, detail, right...))
		}
		if !asked {
			rows = append(rows, xwidget.Entry(i18n.T("purpose."+string(purpose)), "", xwidget.Chip(i18n.T("consent.unasked"), xwidget.Break)))
		}
	}
	return xwidget.Card(i18n.T("consent.title"), append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("consent.ask"), "", func() { askConsent(h, p) })))...), nil
}

func askConsent(h room.Host, p protection.Party) {
	answers := []care.Will{care.Given, care.NotGiven}
	purpose, will := xwidget.NewChoice(room.Words("purpose.", care.Purposes), -1, nil), xwidget.NewChoice(room.Words("factword.", answers), -1, nil)
	with, language, route := xwidget.NewInput(i18n.T("consent.with.hint")), xwidget.NewInput(""), xwidget.NewInput(i18n.T("consent.route.hint"))
	language.SetText(p.Language)
	reading := xwidget.NewChoice(room.Words("reading.", care.Readings), -1, nil)
	room.KeptForm(h, "consent", p.ID, i18n.T("consent.ask"), i18n.T("action.save"), xwidget.Column(10, xwidget.Field(i18n.T("consent.purpose"), purpose),
		xwidget.Field(i18n.T("consent.with"), with), xwidget.Field(i18n.T("consent.will"), will), xwidget.Field(i18n.T("witness.language"), language),
		xwidget.Field(i18n.T("consent.reading"), reading), xwidget.Field(i18n.T("consent.route"), route)), purpose, func() error {
		x := care.Consent{With: with.Text, Language: language.Text, Route: route.Text}
		if at := purpose.SelectedIndex(); at >= 0 {
			x.Purpose = care.Purposes[at]
		}
		if at := will.SelectedIndex(); at >= 0 {
			x.Will = answers[at]
		}
		if at := reading.SelectedIndex(); at >= 0 {
			x.Reading = care.Readings[at]
		}
		return h.Desk().RecordConsent(room.Ctx(), p.ID, x)
	})
}

// withdraw takes a consent back: safety is fast, so nothing but one word is asked.
func withdraw(h room.Host, p protection.Party, x care.Consent) {
	room.Confirm(h, i18n.T("consent.withdraw"), i18n.T("consent.withdraw.text", map[string]any{"Purpose": i18n.T("purpose." + string(x.Purpose))}), i18n.T("consent.withdraw"), func() {
		err := h.Desk().RecordConsent(room.Ctx(), p.ID, care.Consent{Purpose: x.Purpose, With: x.With, Will: care.Withdrawn, Language: x.Language})
		h.Refresh()
		room.Failed(h, err)
	})
}

// withdrawals are those that this user's office has to act upon.
func withdrawals(h room.Host, p protection.PartyID) fyne.CanvasObject {
	rows := []fyne.CanvasObject{}
	for _, purpose := range h.Desk().WithdrawalsOf(room.Ctx(), p) {
		rows = append(rows, xwidget.Entry(i18n.T("purpose."+string(purpose)), i18n.T("withdrawn."+string(purpose)), xwidget.NewButton(i18n.T("withdrawn.done"), "", func() {
			err := h.Desk().ActOnWithdrawal(room.Ctx(), p, purpose)
			h.Refresh()
			room.Failed(h, err)
		})))
	}
	if len(rows) == 0 {
		return xwidget.Gap(0, 0)
	}
	return xwidget.Card(i18n.T("withdrawn.title"), rows...)
}
