// Package cases is the room of the court's cases: the list, one case with its protected parties and hearings, and the forms
// for a new case and a new protected party.
package cases

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/evidence"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
)

// New draws the list, or the case that was asked for.
func New(h room.Host) (room.Screen, error) {
	list, err := h.Desk().Cases(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	for _, c := range list {
		if string(c.ID) == h.Selected() {
			return one(h, c)
		}
	}
	apart, err := h.Desk().TeamNames(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	l := room.Listing{Title: i18n.T("room.cases"), Empty: i18n.T("cases.none"), NewWord: i18n.T("cases.new"),
		Heads: []string{i18n.T("cases.reference"), i18n.T("cases.court"), i18n.T("cases.opened")}, Weights: []float32{2, 3, 2},
		Open: func(id string) { h.Go(room.Cases, id) }}
	if h.Desk().May(testimony.ActKeepDocket) {
		l.New = func() { Add(h) }
	}
	for _, c := range list {
		court := c.Court
		if team := apart[c.ID]; team != "" {
			court += " · " + team
		}
		l.Lines = append(l.Lines, room.Line{ID: string(c.ID), Text: xwidget.RowText{
			Cells: []string{c.Reference, court, room.Day(c.Opened)}, Chip: i18n.T("offence." + string(c.Offence))}})
	}
	return l.Screen(), nil
}

func one(h room.Host, c testimony.Case) (room.Screen, error) {
	parties, err := h.Desk().Parties(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	hearings, err := h.Desk().Hearings(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	apart, err := h.Desk().TeamNames(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	kept := i18n.T("cases.kept_for_docket")
	if team := apart[c.ID]; team != "" {
		kept = i18n.T("cases.kept_for_team", map[string]any{"Team": team})
	}
	back, step := room.Back(h, room.Cases)
	handedIn := func() { h.Go(room.Evidence, evidence.ExhibitsID(c.ID)) }
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){fyne.KeyX: handedIn}}
	keptFor := fyne.CanvasObject(xwidget.WrappedSmall(kept))
	if h.Desk().May(testimony.ActKeepTeam) {
		screen.Keys[fyne.KeyM] = func() { move(h, c) }
		keptFor = container.NewBorder(nil, nil, nil, xwidget.NewButton(i18n.T("cases.move"), "M", screen.Keys[fyne.KeyM]), keptFor)
	}
	about := xwidget.Card("", container.NewBorder(nil, nil, nil, xwidget.Chip(i18n.T("offence."+string(c.Offence)), xwidget.Neutral), xwidget.WrappedStrong(c.Court)),
		xwidget.Small(i18n.T("cases.opened_on", map[string]any{"Day": room.Day(c.Opened)})), keptFor)
	var people, days []fyne.CanvasObject
	n := 0
	for _, p := range parties {
		if name := p.PseudonymIn(c.ID); name != "" {
			if n++; n > room.Entries {
				continue
			}
			people = append(people, xwidget.Entry(string(name), i18n.T("status."+string(p.Status)),
				xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(room.Witnesses, string(p.ID)+"/"+string(c.ID)) })))
		}
	}
	held := 0
	for _, x := range slices.Backward(hearings) { // the next and the newest
		if x.Case == c.ID {
			if held++; held <= room.Entries {
				days = append(days, hearing(h, x))
			}
		}
	}
	slices.Reverse(days)
	days = append(days, room.Beyond(held)...)
	people = append(people, room.Beyond(n)...)
	if len(people) == 0 {
		people = append(people, xwidget.Empty(i18n.T("cases.no_parties")))
	}
	if len(days) == 0 {
		days = append(days, xwidget.Empty(i18n.T("cases.no_hearings")))
	}
	actions := []fyne.CanvasObject{xwidget.NewButton(i18n.T("exhibit.list"), "X", handedIn), back}
	if h.Desk().May(testimony.ActKeepDocket) {
		screen.New = func() { AddParty(h, c.ID) }
		actions = append(actions, xwidget.NewPrimary(i18n.T("witness.new"), "Ctrl N", screen.New))
	}
	screen.Content = xwidget.Page(c.Reference, actions, xwidget.Scroll(xwidget.Column(16, about,
		xwidget.Card(i18n.T("cases.parties"), people...), xwidget.Card(i18n.T("cases.hearings"), days...))))
	return screen, nil
}

func hearing(h room.Host, x testimony.Hearing) fyne.CanvasObject {
	from, there := room.Clocks(x, x.Start)
	court, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
	return xwidget.Entry(room.Day(court)+" · "+from, there+" · "+x.Room, room.ModeChip(x.Mode),
		xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(room.Hearings, string(x.ID)) }))
}

// Add asks for a new case.
func Add(h room.Host) {
	reference, court := xwidget.NewInput(i18n.T("cases.reference.hint")), xwidget.NewInput("")
	offence := xwidget.NewChoice(room.Words("offence.", testimony.Offences), 0, nil)
	fields := xwidget.Column(10, xwidget.Field(i18n.T("cases.reference"), reference), xwidget.Field(i18n.T("cases.court"), court),
		xwidget.Field(i18n.T("cases.offence"), offence))
	circle, ids, err := circles(h, "")
	if err != nil {
		room.Failed(h, err)
		return
	}
	if len(ids) > 1 {
		fields.Add(xwidget.Field(i18n.T("cases.kept_for"), circle))
	}
	room.Form(h, i18n.T("cases.new"), i18n.T("action.save"), fields, reference, func() error {
		c, err := h.Desk().AddCaseFor(room.Ctx(), testimony.Case{Reference: reference.Text, Court: court.Text, Offence: testimony.Offences[max(offence.SelectedIndex(), 0)]},
			ids[max(circle.SelectedIndex(), 0)])
		if err == nil {
			h.Go(room.Cases, string(c.ID))
		}
		return err
	})
}

// AddParty asks for a new protected party of a case. The pseudonym is allotted; a name is not asked for.
func AddParty(h room.Host, c protection.CaseID) {
	status, language := xwidget.NewChoice(room.Words("status.", protection.Statuses), 0, nil), xwidget.NewInput(i18n.T("witness.language.hint"))
	room.Form(h, i18n.T("witness.new"), i18n.T("action.save"), xwidget.Column(10,
		xwidget.Paragraph(i18n.T("witness.new.text")),
		xwidget.Field(i18n.T("witness.status"), status), xwidget.Field(i18n.T("witness.language"), language)), language, func() error {
		p, err := h.Desk().AddParty(room.Ctx(), c, protection.Statuses[max(status.SelectedIndex(), 0)], language.Text)
		if err == nil {
			h.Go(room.Witnesses, string(p.ID))
		}
		return err
	})
}
