package people

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// asking lists those who ask to be enrolled. A admits the first whom this user may admit. An auditor has no part in it.
func asking(h room.Host, _ directory, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	if !h.Desk().May(testimony.ActKeepDocket) {
		return nil, nil
	}
	list, err := h.Desk().Applicants(room.Ctx())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, a := range list {
		rows = append(rows, applicant(h, a, keys)...)
	}
	if len(list) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("people.asking.none")))
	}
	read, invite := func() { readRequest(h) }, func() { writeInvitation(h) }
	keys[fyne.KeyR], keys[fyne.KeyI] = read, invite
	rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("people.invite"), "I", invite), xwidget.NewButton(i18n.T("people.read"), "R", read)))
	return xwidget.Card(i18n.T("people.asking"), rows...), nil
}

// applicant is one who asks, with what may be done about it.
func applicant(h room.Host, a docket.Applicant, keys map[fyne.KeyName]func()) []fyne.CanvasObject {
	refuse := xwidget.NewButton(i18n.T("people.refuse"), "", func() { refuse(h, a) })
	if a.Fault != nil {
		return []fyne.CanvasObject{xwidget.Entry(i18n.T("people.unreadable"), i18n.T("people.unreadable.text"), refuse)}
	}
	rows := []fyne.CanvasObject{xwidget.WrappedStrong(a.Name), xwidget.WrappedSmall(applicantLine(a))}
	var buttons []fyne.CanvasObject
	if err := h.Desk().MayEnrol(room.Ctx(), a.Role); err != nil {
		rows = append(rows, xwidget.WrappedSmall(room.Say(err)))
	} else {
		key, act := "", func() { admit(h, a) }
		if keys[fyne.KeyA] == nil {
			key, keys[fyne.KeyA] = "A", act
		}
		buttons = append(buttons, xwidget.NewPrimary(i18n.T("people.compare"), key, act))
	}
	if h.Desk().MayRefuse() {
		buttons = append(buttons, refuse)
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return append(rows, xwidget.Line())
}

func applicantLine(a docket.Applicant) string {
	return i18n.T("people.asks", map[string]any{"Login": a.Login, "Office": i18n.T("office." + string(a.Role)), "Day": room.Day(a.Until.Local())})
}

// admit shows the words and asks for the first and the last, as the applicant reads them out.
func admit(h room.Host, a docket.Applicant) {
	first, last := xwidget.NewInput(""), xwidget.NewInput("")
	first.OnSubmitted = func(string) { h.Window().Canvas().Focus(last) }
	room.Form(h, i18n.T("people.admit.title", map[string]any{"Who": a.Name}), i18n.T("people.admit"), xwidget.Column(12,
		xwidget.WrappedSmall(applicantLine(a)), xwidget.Paragraph(i18n.T("people.admit.text")), room.NumberedWords(a.Shown()),
		xwidget.Halves(xwidget.Field(i18n.T("people.first"), first), xwidget.Field(i18n.T("people.last", map[string]any{"N": len(a.Words)}), last))), first, func() error {
		_, err := h.Desk().AdmitApplicant(room.Ctx(), a, first.Text, last.Text)
		return err
	})
}

func refuse(h room.Host, a docket.Applicant) {
	who := a.Name
	if a.Fault != nil {
		who = i18n.T("people.unreadable")
	}
	room.Confirm(h, i18n.T("people.refuse"), i18n.T("people.refuse.text", map[string]any{"Who": who}), i18n.T("people.refuse"), func() {
		room.Failed(h, h.Desk().RefuseApplicant(room.Ctx(), a.Handle))
		h.Refresh()
	})
}

// readRequest opens a request that was carried here as a file.
func readRequest(h room.Host) {
	file := xwidget.NewInput("")
	room.Form(h, i18n.T("people.read"), i18n.T("action.open"), xwidget.Column(10, xwidget.Paragraph(i18n.T("people.read.text")), xwidget.Field(i18n.T("people.file"), file)), file, func() error {
		a, err := h.Desk().ReadApplicant(room.Ctx(), strings.TrimSpace(file.Text))
		if err != nil {
			return err
		}
		fyne.Do(func() { // once this form is gone
			if err := h.Desk().MayEnrol(room.Ctx(), a.Role); err != nil {
				room.Failed(h, err)
				return
			}
			admit(h, a)
		})
		return nil
	})
}

// writeInvitation writes what somebody at another machine needs to ask.
func writeInvitation(h room.Host) {
	file := xwidget.NewInput("")
	file.SetText(room.Suggested("court-vault.invitation"))
	room.Form(h, i18n.T("people.invite"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("people.invite.text")), xwidget.Field(i18n.T("people.file"), file)), file, func() error {
		path := strings.TrimSpace(file.Text)
		if !filepath.IsAbs(path) {
			return room.ErrFile
		}
		if err := h.Desk().WriteInvitation(room.Ctx(), path); err != nil {
			return err
		}
		fyne.Do(func() {
			room.Tell(h.Window(), i18n.T("people.invite"), i18n.T("people.invited", map[string]any{"File": path}))
		})
		return nil
	})
}
