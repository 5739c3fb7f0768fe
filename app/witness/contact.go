package witness

import (
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// contactCard says by which ways a person may be contacted. What is said then is shown to who is about to do so.
func contactCard(h room.Host, p protection.PartyID, v docket.CareVersion[care.ContactRules], contact func()) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	acts := []fyne.CanvasObject{xwidget.NewButton(i18n.T("contact.set"), "", func() { setContact(h, p, v) })}
	if v.N == 0 {
		rows = append(rows, xwidget.Note(i18n.T("contact.no_rules"), xwidget.Closed))
	} else {
		r := v.Value
		if len(r.Never) > 0 {
			rows = append(rows, xwidget.Note(i18n.T("contact.never", map[string]any{"Ways": inWordsOf("way.", r.Never)}), xwidget.Closed))
		}
		if len(r.Safe) > 0 {
			rows = append(rows, xwidget.Paragraph(i18n.T("contact.safe", map[string]any{"Ways": inWordsOf("way.", r.Safe)})))
			acts = append([]fyne.CanvasObject{xwidget.NewButton(i18n.T("contact.before"), "C", contact)}, acts...)
		}
		rows = append(rows, xwidget.WrappedSmall(i18n.T("contact.text")))
	}
	return xwidget.Card(i18n.T("contact.title"), append(rows, xwidget.Wrap(8, acts...))...)
}

func setContact(h room.Host, p protection.PartyID, before docket.CareVersion[care.ContactRules]) {
	r := before.Value
	safe, first, safely := ticks("way.", care.Ways, r.Safe)
	never, _, neverly := ticks("way.", care.Ways, r.Never)
	through, sentence, answer := input(r.Through), input(r.Sentence), input(r.Answer)
	from, until, note := input(r.From), input(r.Until), lines(r.Note, 3)
	from.PlaceHolder, until.PlaceHolder = "09:00", "17:00"
	room.KeptForm(h, "contact", p, i18n.T("contact.set"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("contact.set.text")),
		xwidget.Halves(named("safe", safe), named("never", never)), named("through", through), named("sentence", sentence), named("answer", answer),
		named("hours", xwidget.Halves(from, until)), named("note", note)), first, func() error {
		return h.Desk().SaveContactRules(room.Ctx(), p, before.N, care.ContactRules{On: h.Desk().Now(), Safe: safely(), Never: neverly(), Through: through.Text, Sentence: sentence.Text,
			Answer: answer.Text, From: from.Text, Until: until.Text, Note: note.Text})
	})
}

// noteContact notes a contact after the rules were looked at.
func noteContact(h room.Host, p protection.PartyID) {
	way, reached := pick("way.", care.Ways, ""), pick("yesno.", care.YesNos, "")
	room.Form(h, i18n.T("contact.note"), i18n.T("action.save"), xwidget.Column(10, named("way", way.Choice), xwidget.Field(i18n.T("contact.reached"), reached.Choice)), way.Choice, func() error {
		return h.Desk().NoteContact(room.Ctx(), p, way.term(), reached.term() == care.Yes)
	})
}

// companionsCard shows who stands by the person, and who of them should not.
func companionsCard(h room.Host, p protection.PartyID, v docket.Companions) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	barred := map[string]bool{}
	for _, c := range v.Barred {
		barred[c.ID] = true
	}
	for _, c := range v.Value {
		if !c.Stands(h.Desk().Now()) {
			continue
		}
		detail := i18n.T("companion." + string(c.Role))
		if c.Agency != "" {
			detail += " · " + c.Agency
		}
		right := []fyne.CanvasObject{xwidget.NewButton(i18n.T("companion.leave"), "", func() {
			room.Confirm(h, i18n.T("companion.leave"), i18n.T("companion.leave.text"), i18n.T("companion.leave"), func() {
				err := h.Desk().LeaveCompanion(room.Ctx(), p, c.ID)
				h.Refresh()
				room.Failed(h, err)
			})
		})}
		if barred[c.ID] {
			detail += "\n" + i18n.T("companion.barred")
			right = append([]fyne.CanvasObject{xwidget.Chip(i18n.T("companion.conflict"), xwidget.Fault)}, right...)
		} else {
			right = append(right, xwidget.NewButton(i18n.T("companion.flag"), "", func() {
				room.Confirm(h, i18n.T("companion.flag"), i18n.T("companion.flag.text"), i18n.T("companion.flag"), func() {
					err := h.Desk().FlagCompanion(room.Ctx(), p, c.ID)
					h.Refresh()
					room.Failed(h, err)
				})
			}))
		}
		rows = append(rows, xwidget.WrappedStrong(c.Name), xwidget.WrappedSmall(detail), xwidget.Wrap(6, right...), xwidget.Line())
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("companion.none")))
	}
	rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("companion.add"), "", func() { addCompanion(h, p) })))
	return xwidget.Card(i18n.T("companion.title"), rows...)
}

func addCompanion(h room.Host, p protection.PartyID) {
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	words := []string{i18n.T("companion.no_user")}
	for _, u := range users {
		words = append(words, u.DisplayName)
	}
	now := h.Desk().Now()
	role, name, agency, user := pick("companion.", care.CompanionRoles, ""), input(""), input(""), xwidget.NewChoice(words, 0, nil)
	ask := func() picked[care.YesNo] { return pick("yesno.", care.YesNos, "") }
	witness, linked, corrupt, wanted := ask(), ask(), ask(), ask()
	declared, from, until := dateInput(time.Time{}), dateInput(now), dateInput(time.Time{})
	row := func(key string, c picked[care.YesNo]) fyne.CanvasObject {
		return xwidget.Field(i18n.T("companion.ask."+key), c.Choice)
	}
	room.KeptForm(h, "companion", p, i18n.T("companion.add"), i18n.T("action.save"), xwidget.Column(10, named("role", role.Choice), named("name", name), named("agency", agency),
		xwidget.Field(i18n.T("companion.user"), user), row("wanted", wanted), row("witness", witness), row("linked", linked), row("corrupt", corrupt),
		xwidget.Field(i18n.T("companion.declared"), declared), xwidget.Halves(named("from", from), named("until", until))), role.Choice, func() error {
		c := care.Companion{Role: role.term(), Name: name.Text, Agency: agency.Text, Witness: witness.term(), Linked: linked.term(), Corrupt: corrupt.term(), Wanted: wanted.term()}
		if i := user.SelectedIndex(); i > 0 {
			c.User = string(users[i-1].ID)
		}
		for _, d := range []struct {
			in   *xwidget.Input
			into *time.Time
		}{{declared, &c.Declared}, {from, &c.From}, {until, &c.Until}} {
			t, err := noDayOr(d.in.Text)
			if err != nil {
				return err
			}
			*d.into = t
		}
		return h.Desk().AddCompanion(room.Ctx(), p, c)
	})
}
