package approvals

import (
	"fyne.io/fyne/v2"

	"paravent/app/evidence"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/testimony/exhibit"
)

// openingLine is a request to open a sealed exhibit, in the list.
func openingLine(h room.Host, names room.Register, people map[string]string, o exhibit.Opening, e exhibit.Exhibit) room.Line {
	state := o.State(h.Desk().Now())
	return room.Line{ID: string(o.ID), Text: xwidget.RowText{Chip: i18n.T("request." + string(state)), Tone: tones[state],
		Cells: []string{exhibitWords(e) + " · " + names.Cases[o.Case], i18n.T("approvals.opening"), people[o.Requester], room.Moment(o.Until)}}}
}

func exhibitWords(e exhibit.Exhibit) string {
	return i18n.T("exhibit.numbered", map[string]any{"Number": e.Number})
}

// opening draws one request to open a sealed exhibit.
func opening(h room.Host, names room.Register, people map[string]string, o exhibit.Opening) (room.Screen, error) {
	d := h.Desk()
	e, err := d.Exhibit(room.Ctx(), o.Exhibit)
	if err != nil {
		return room.Screen{}, err
	}
	state := o.State(d.Now())
	back, step := room.Back(h, room.Approvals)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[o.Case], xwidget.Clear), xwidget.Chip(i18n.T("request."+string(state)), tones[state])}
	terms := xwidget.Card(i18n.T("approvals.terms"), xwidget.Grid([]float32{2, 5}, nil, line("approvals.what", i18n.T("approvals.opening")), line("approvals.title", e.Title),
		line("approvals.by", people[o.Requester]), line("approvals.reason", o.Reason), line("approvals.until", moment(o.Until))))
	var steps []fyne.CanvasObject
	for _, x := range o.Consents {
		steps = append(steps, approved(x.College, people[x.By], x.At))
	}
	if len(steps) == 0 {
		steps = append(steps, xwidget.WrappedSmall(i18n.T("approvals.waits")))
	}
	steps = append(steps, decisions(people, o.Refused, o.Withdrawn, nil)...)
	a := actions{keys: screen.Keys}
	a.add("approvals.opening.see", "E", fyne.KeyE, state == identity.Granted && o.Requester == string(d.Me().ID), func() { h.Go(room.Evidence, evidence.ExhibitID(o.Exhibit)) })
	if o.Stands(d.Now()) {
		if err := d.MayApproveExhibitOpening(room.Ctx(), o); err == nil {
			a.add("approvals.approve", "A", fyne.KeyA, true, func() { approveOpening(h, people, o, e) })
		} else if state == identity.Pending {
			steps = append(steps, xwidget.WrappedSmall(room.Say(err)))
		}
		word, key, name := "approvals.refuse", "R", fyne.KeyR
		if o.Requester == string(d.Me().ID) {
			word, key, name = "approvals.withdraw", "W", fyne.KeyW
		}
		a.add(word, key, name, false, func() {
			reason(h, word, "approvals.opening.end", func(text string) error {
				_, err := d.EndExhibitOpening(room.Ctx(), o.ID, text)
				return err
			})
		})
	}
	conflicts, err := conflictCard(h, o.Case, people)
	if err != nil {
		return screen, err
	}
	left := xwidget.Scroll(xwidget.Column(16, terms, xwidget.Card(i18n.T("approvals.opening.steps"), steps...)))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("approvals.opening.who"), xwidget.WrappedSmall(i18n.T("approvals.opening.rule"))), conflicts))
	screen.Content = xwidget.PageWith(exhibitWords(e), chips, append(a.buttons, back), xwidget.Split(left, right, 360))
	return screen, nil
}

// approveOpening asks for a second act, which names what the other will be able to do.
func approveOpening(h room.Host, people map[string]string, o exhibit.Opening, e exhibit.Exhibit) {
	text := i18n.T("approvals.opening.approve", map[string]any{"Who": people[o.Requester], "Number": e.Number, "Until": moment(o.Until)})
	room.Confirm(h, i18n.T("approvals.approve"), text, i18n.T("approvals.approve"), func() {
		if _, err := h.Desk().ApproveExhibitOpening(room.Ctx(), o.ID); err != nil {
			room.Failed(h, err)
			return
		}
		h.Refresh()
	})
}
