// Package hearing is the room of the planned and held hearings: when on both clocks, who sits where, what each will receive,
// and afterwards the minutes and the sealed recordings.
package hearing

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/cooperation"
)

// Room is the room with the view of it that was chosen. The zero Room is ready.
type Room struct {
	view   view
	week   time.Time // a moment of the week shown; zero: this week
	chosen testimony.HearingID
	told   bool // the list of reminders shows those who were told as well
}

// view is one of the ways in which hearings are shown.
type view int

const (
	asList view = iota
	asWeek
	asResources
	asCooperation
	asReady
	asReminders
)

// views are the tabs that turn to them, with their keys.
func (r *Room) views(h room.Host, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	turn := func(to view) {
		r.view = to
		h.Refresh()
	}
	for i, k := range []fyne.KeyName{fyne.KeyF2, fyne.KeyF3, fyne.KeyF4, fyne.KeyF5, fyne.KeyF9, fyne.KeyF11} {
		keys[k] = func() { turn(view(i)) }
	}
	words := []string{i18n.T("hearing.list"), i18n.T("hearing.week"), i18n.T("hearing.resources"), i18n.T("hearing.cooperation"), i18n.T("hearing.ready"), i18n.T("hearing.reminders")}
	return xwidget.Tabs(words, []string{"F2", "F3", "F4", "F5", "F9", "F11"}, int(r.view), func(i int) { turn(view(i)) })
}

// Turn chooses a way to show hearings by its place among the tabs: the list, the week, the rooms and people.
func (r *Room) Turn(to int) { r.view = view(to) }

// Screen draws the list, the week, the rooms and people, or the hearing that was asked for.
func (r *Room) Screen(h room.Host) (room.Screen, error) {
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	if h.Selected() == "" {
		switch r.view {
		case asWeek:
			return r.weekScreen(h, names)
		case asResources:
			return r.resourcesScreen(h)
		case asCooperation:
			return r.cooperationScreen(h, names)
		case asReady:
			return r.readyScreen(h, names)
		case asReminders:
			return r.remindersScreen(h, names)
		}
	}
	if h.Selected() == RemindersID {
		r.view = asReminders
		return r.remindersScreen(h, names)
	}
	if id, is := strings.CutPrefix(h.Selected(), boardPrefix); is {
		return boardScreen(h, names, testimony.HearingID(id))
	}
	if id, is := strings.CutPrefix(h.Selected(), requestPrefix); is {
		return requestScreen(h, names, cooperation.ID(id))
	}
	l := Listing(i18n.T("room.hearings"), i18n.T("hearing.none"), func(id string) { h.Go(room.Hearings, id) })
	l.NewWord, l.Keys = i18n.T("hearing.new"), map[fyne.KeyName]func(){}
	l.Actions = []fyne.CanvasObject{r.views(h, l.Keys)}
	if h.Desk().May(testimony.ActKeepDocket) && len(names.Parties) > 0 {
		l.New = func() { Add(h, names) }
	}
	for _, x := range names.Hearings {
		if string(x.ID) == h.Selected() {
			return one(h, names, x)
		}
		l.Lines = append(l.Lines, Line(names, x))
	}
	return l.Screen(), nil
}

// Listing is a list of hearings without its lines.
func Listing(title, empty string, open func(id string)) room.Listing {
	return room.Listing{Title: title, Empty: empty, Weights: []float32{4, 2, 2, 2}, Open: open,
		Heads: []string{i18n.T("hearing.when"), i18n.T("witness.pseudonym"), i18n.T("cases.reference"), i18n.T("hearing.room")}}
}

// Line is one hearing in a list.
func Line(names room.Register, x testimony.Hearing) room.Line {
	return room.Line{ID: string(x.ID), Say: func() xwidget.RowText { return lineText(names, x) }}
}

func lineText(names room.Register, x testimony.Hearing) xwidget.RowText {
	court, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
	text := xwidget.RowText{Cells: []string{room.Day(court) + " · " + room.Clock(court), names.Pseudonym(x.Party, x.Case), names.Cases[x.Case], x.Room},
		Chip: room.ModeWord(x.Mode), Tone: room.ModeTone(x.Mode)}
	if !x.Held.IsZero() {
		text.Chip, text.Tone = i18n.T("hearing.held"), xwidget.Neutral
	}
	if !x.Cancelled.IsZero() {
		text.Chip, text.Tone = i18n.T("hearing.cancelled"), xwidget.Break
	}
	return text
}

func one(h room.Host, names room.Register, x testimony.Hearing) (room.Screen, error) {
	back, step := room.Back(h, room.Hearings)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[x.Case], xwidget.Clear), room.ModeChip(x.Mode)}
	actions := []fyne.CanvasObject{back}
	if !x.Held.IsZero() {
		chips = append(chips, xwidget.Chip(i18n.T("hearing.held"), xwidget.Neutral))
	}
	if !x.Cancelled.IsZero() {
		chips = append(chips, xwidget.Chip(i18n.T("hearing.cancelled"), xwidget.Break))
	}
	if x.Planned() && h.Desk().May(testimony.ActKeepDocket) {
		change := func() { Change(h, x) }
		screen.Keys[fyne.KeyC] = change
		actions = append([]fyne.CanvasObject{xwidget.NewButton(i18n.T("hearing.change.short"), "C", change)}, actions...)
		call := func() { cancel(h, x) }
		screen.Keys[fyne.KeyX] = call
		actions = append([]fyne.CanvasObject{xwidget.NewButton(i18n.T("hearing.cancel"), "X", call)}, actions...)
	}
	if h.Desk().May(testimony.ActKeepRules) {
		rules := func() { GroundRules(h, x) }
		screen.Keys[fyne.KeyG] = rules
		actions = append([]fyne.CanvasObject{xwidget.NewButton(i18n.T("rules.short"), "G", rules)}, actions...)
	}
	if x.Planned() {
		ready := func() { h.Go(room.Hearings, BoardID(x.ID)) }
		screen.Keys[fyne.KeyR] = ready
		actions = append([]fyne.CanvasObject{xwidget.NewButton(i18n.T("hearing.ready"), "R", ready)}, actions...)
	}
	if x.Planned() && h.Desk().May(testimony.ActHoldHearing) {
		open := func() { h.OpenCourtroom(x.ID) }
		screen.Keys[fyne.KeyB] = open
		actions = append([]fyne.CanvasObject{xwidget.NewPrimary(i18n.T("hearing.open"), "B", open)}, actions...)
	}
	seats, err := seating(h, x, screen.Keys)
	if err != nil {
		return screen, err
	}
	record, err := record(h, x)
	if err != nil {
		return screen, err
	}
	stands, err := standing(h, x)
	if err != nil {
		return screen, err
	}
	cards := []fyne.CanvasObject{when(x), stands, seats}
	permission, err := permissionCard(h, names, x)
	if err != nil {
		return screen, err
	}
	if permission != nil {
		cards = []fyne.CanvasObject{when(x), permission, stands, seats}
	}
	if seatCards := invitations(h, x); seatCards != nil {
		cards = append(cards, seatCards)
	}
	if m, err := h.Desk().Matrix(room.Ctx(), x.Case, x.Party, x.Mode, x.Start); err == nil && m.Asks(order.ReportingRestriction) {
		cards = slices.Insert(cards, 0, xwidget.Note(i18n.T("hearing.restricted"), xwidget.Private))
	}
	left := xwidget.Scroll(xwidget.Column(16, cards...))
	screen.Content = xwidget.PageWith(names.Pseudonym(x.Party, x.Case), chips, actions, xwidget.Split(left, xwidget.Scroll(record), 400))
	return screen, nil
}

// when shows the hearing on both clocks, side by side.
func when(x testimony.Hearing) fyne.CanvasObject {
	end := x.Start.Add(x.Duration)
	court, witness, _ := x.Clocks(x.Start) // planned hearings have known time zones
	courtEnd, witnessEnd, _ := x.Clocks(end)
	rows := []fyne.CanvasObject{xwidget.Grid([]float32{3, 4, 3}, nil,
		[]fyne.CanvasObject{xwidget.Strong(i18n.T("hearing.at_court")), xwidget.Small(room.Day(court)), xwidget.Strong(room.Clock(court) + " – " + room.Clock(courtEnd))},
		[]fyne.CanvasObject{xwidget.Strong(i18n.T("hearing.at_witness")), xwidget.Small(room.Day(witness)), xwidget.Strong(room.Clock(witness) + " – " + room.Clock(witnessEnd))}),
		xwidget.WrappedSmall(x.Room + " · " + place(x.CourtZone))}
	if shift := shiftWords(x.Start, court.Location(), witness.Location()); shift != "" && x.Planned() {
		rows = append(rows, xwidget.Note(shift, xwidget.Private))
	}
	return xwidget.Card(i18n.T("hearing.clocks"), rows...)
}

// place is the city of a time zone's name.
func place(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

// seating shows every seat with what it will receive of the witness in the mode in which testimony begins, and who is counsel for whom.
func seating(h room.Host, x testimony.Hearing, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	m, err := h.Desk().Matrix(room.Ctx(), x.Case, x.Party, x.Mode, x.Start)
	if err != nil {
		return nil, err
	}
	var rows [][]fyne.CanvasObject
	for _, p := range x.Participants {
		var gets fyne.CanvasObject = xwidget.WrappedSmall(i18n.T("hearing.testifies"))
		if p.Party != x.Party {
			c := m.Cell(p.Audience())
			gets = xwidget.Wrap(4, room.AccessChips(c.Access, c.Connected)...)
		}
		rows = append(rows, []fyne.CanvasObject{xwidget.WrappedStrong(p.Label), xwidget.WrappedSmall(i18n.T("role." + string(p.Role))), gets})
	}
	shown := []fyne.CanvasObject{xwidget.Grid([]float32{3, 3, 4}, []string{i18n.T("hearing.seat"), i18n.T("hearing.role"), i18n.T("hearing.gets")}, rows...)}
	for _, r := range x.Retained {
		shown = append(shown, xwidget.WrappedSmall(retainerWords(x, r)))
	}
	if x.Planned() && h.Desk().May(testimony.ActKeepDocket) && len(retainable(x)) > 0 {
		counsel := func() { Counsel(h, x) }
		keys[fyne.KeyL] = counsel
		shown = append(shown, xwidget.Wrap(0, xwidget.NewButton(i18n.T("counsel.title"), "L", counsel)))
	}
	return xwidget.Card(i18n.T("hearing.seats"), shown...), nil
}
