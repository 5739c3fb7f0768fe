package hearing

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// invitations offers the invitation of each seat to be handed over before the day; nil for a hearing that is over and for whoever holds none.
func invitations(h room.Host, x testimony.Hearing) fyne.CanvasObject {
	if !x.Planned() || !h.Desk().May(testimony.ActHoldHearing) {
		return nil
	}
	var buttons []fyne.CanvasObject
	for _, p := range x.Participants {
		buttons = append(buttons, xwidget.NewButton(p.Label, "", func() { invite(h, x, p) }))
	}
	return xwidget.Card(i18n.T("invite.title"), xwidget.WrappedSmall(i18n.T("invite.about")), xwidget.Wrap(6, buttons...))
}

// cardLanguages are the languages of cards, as their names are written in themselves.
var cardLanguages = []struct {
	tag  policy.Language
	name string
}{{policy.English, "English"}, {policy.French, "Français"}}

// invite asks by which address guests come, and writes the card or shows the link.
func invite(h room.Host, x testimony.Hearing, p testimony.Participant) {
	base, file := xwidget.NewInput("https://"), xwidget.NewInput("")
	if last, err := h.Desk().JoinPage(room.Ctx()); err == nil {
		base.SetText(last)
	}
	names, chosen := []string{}, 0
	for i, l := range cardLanguages {
		names = append(names, l.name)
		if l.tag == i18n.Policy() {
			chosen = i
		}
	}
	language := xwidget.NewChoice(names, chosen, nil)
	file.SetText(room.Suggested(docket.CardName(cardLanguages[chosen].tag)))
	anew, over := xwidget.NewTick(i18n.T("invite.anew"), false, nil), xwidget.NewTick(i18n.T("paper.replace"), false, nil)
	var s *xwidget.Sheet
	show := xwidget.NewButton(i18n.T("invite.show"), "", func() {
		i, err := h.Desk().InviteAhead(room.Ctx(), x.ID, p.ID, base.Text, anew.Checked)
		if err != nil {
			room.Failed(h, err)
			return
		}
		s.Close()
		showInvitation(h, p, i)
	})
	s = room.Form(h, i18n.T("invite.for", map[string]any{"Who": p.Label}), i18n.T("invite.card"), xwidget.Column(10, xwidget.Paragraph(i18n.T("invite.text")),
		xwidget.Field(i18n.T("invite.base"), base), xwidget.Halves(xwidget.Field(i18n.T("paper.language"), language), xwidget.Field(i18n.T("record.file"), file)),
		anew, over, xwidget.Wrap(8, show)), base, func() error {
		path := strings.TrimSpace(file.Text)
		if !filepath.IsAbs(path) {
			return room.ErrFile
		}
		i, err := h.Desk().WriteCard(room.Ctx(), x.ID, p.ID, base.Text, anew.Checked, cardLanguages[max(language.SelectedIndex(), 0)].tag, path, over.Checked)
		if err != nil {
			return err
		}
		xwidget.AfterSheet(h.Window().Canvas(), func() {
			room.Tell(h.Window(), i18n.T("invite.title"), i18n.T("invite.written", map[string]any{"Mark": i.Mark, "File": path}))
		})
		return nil
	})
}

func showInvitation(h room.Host, p testimony.Participant, i docket.Invited) {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("invite.until", map[string]any{"Mark": i.Mark, "Day": room.Day(i.Expires.Local()), "Time": room.Clock(i.Expires.Local())}))}
	if i.Used {
		rows = []fyne.CanvasObject{xwidget.Note(i18n.T("invite.used"), xwidget.Private)}
	} else {
		rows = append(rows, room.Link(i.Link.String(), ""))
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("invite.for", map[string]any{"Who": p.Label}), 520, xwidget.Column(10, rows...), done)
	h.Window().Canvas().Focus(done)
}
