package witness

import (
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// phrasesCard says how many risk phrases are kept of a person, and shows none: who looks at them does so in a form, and that is in the audit log first.
func phrasesCard(h room.Host, p protection.PartyID) (fyne.CanvasObject, error) {
	if !h.Desk().May(testimony.ActRiskPhrases) {
		return nil, nil
	}
	n, err := h.Desk().CountRiskPhrases(room.Ctx(), p)
	if err != nil {
		return nil, err
	}
	said := i18n.T("phrases.none")
	if n > 0 {
		said = i18n.T("phrases.kept", map[string]any{"N": n})
	}
	edit := xwidget.NewButton(i18n.T("phrases.edit"), "", func() {
		kept, err := h.Desk().ReadRiskPhrases(room.Ctx(), p, "edit")
		if err != nil {
			room.Failed(h, err)
			return
		}
		keepPhrases(h, p, kept)
	})
	return xwidget.Card(i18n.T("phrases.title"), xwidget.WrappedSmall(said), xwidget.Wrap(8, edit)), nil
}

// keepPhrases is the form of the risk phrases, one a line.
func keepPhrases(h room.Host, p protection.PartyID, kept docket.RiskPhrases) {
	list := lines(strings.Join(kept.Phrases, "\n"), 8)
	room.Form(h, i18n.T("phrases.title"), i18n.T("phrases.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("phrases.text")),
		xwidget.Note(i18n.T("phrases.no_names"), xwidget.Private), named("phrases", list)), list, func() error {
		return h.Desk().KeepRiskPhrases(room.Ctx(), p, kept.N, care.Phrases(strings.Split(list.Text, "\n")))
	})
}
