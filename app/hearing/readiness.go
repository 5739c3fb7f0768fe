package hearing

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/readiness"
	"paravent/testimony/schedule"
)

// boardPrefix stands before the id of a hearing whose board is shown.
const boardPrefix = "ready/"

// BoardID is what this room selects to show how the protections of a hearing stand.
func BoardID(id testimony.HearingID) string { return boardPrefix + string(id) }

var lightTones = map[readiness.Light]xwidget.Tone{readiness.Green: xwidget.Public, readiness.Amber: xwidget.Private, readiness.Red: xwidget.Fault}

var lightIcons = map[readiness.Light]xwidget.Icon{readiness.Green: xwidget.IconPublic, readiness.Amber: xwidget.IconPrivate, readiness.Red: xwidget.IconAlert}

// lightChip is a light with its shape and its word.
func lightChip(l readiness.Light, word string) fyne.CanvasObject {
	return xwidget.IconChip(lightIcons[l], word, lightTones[l])
}

// itemWord names what has to be in place.
func itemWord(i readiness.Item) string {
	if k, measure := i.Measure(); measure {
		word := []rune(policy.MeasureWord(k, i18n.Policy()))
		return strings.ToUpper(string(word[:1])) + string(word[1:])
	}
	return i18n.T("ready.item." + string(i))
}

// actorWord names an office, or a resource of the docket.
func actorWord(plan *schedule.Index, who string) string {
	if slices.Contains(testimony.Offices, who) {
		return i18n.T("office." + who)
	}
	if r, known := plan.Resource(testimony.ResourceID(who)); known {
		return r.Name
	}
	return who
}

// readyScreen lists the hearings of the week with how they stand, and for what is not in place who has to act.
func (r *Room) readyScreen(h room.Host, names room.Register) (room.Screen, error) {
	boards, err := h.Desk().ReadinessUntil(room.Ctx(), h.Desk().Now().Add(docket.Soon))
	if err != nil {
		return room.Screen{}, err
	}
	plan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	l := room.Listing{Title: i18n.T("room.hearings"), Empty: i18n.T("ready.none"), Keys: map[fyne.KeyName]func(){}, Weights: []float32{6, 2, 2, 5},
		Heads: []string{i18n.T("hearing.when"), i18n.T("witness.pseudonym"), i18n.T("cases.reference"), i18n.T("ready.who_acts")}, Open: func(id string) { h.Go(room.Hearings, id) }}
	l.Actions = []fyne.CanvasObject{r.views(h, l.Keys)}
	for _, b := range boards {
		court, _, _ := b.Hearing.Clocks(b.Hearing.Start) // planned hearings have known time zones
		var act []string
		for _, x := range b.Lines {
			if x.Light != readiness.Red {
				continue
			}
			if w := actorWord(plan, x.Actor); !slices.Contains(act, w) {
				act = append(act, w)
			}
		}
		l.Lines = append(l.Lines, room.Line{ID: BoardID(b.Hearing.ID), Text: xwidget.RowText{Chip: i18n.T("ready.light." + string(b.Light)), Tone: lightTones[b.Light],
			Cells: []string{room.Day(court) + " · " + room.Clock(court), names.Pseudonym(b.Hearing.Party, b.Hearing.Case), names.Cases[b.Hearing.Case], strings.Join(act, ", ")}}})
	}
	return l.Screen(), nil
}

// boardScreen shows each protection of a hearing with who set it up, how it was found, and who has to act.
func boardScreen(h room.Host, names room.Register, id testimony.HearingID) (room.Screen, error) {
	b, err := h.Desk().Readiness(room.Ctx(), id)
	if err != nil {
		return room.Screen{}, err
	}
	plan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	x := b.Hearing
	back := func() { h.Go(room.Hearings, string(id)) }
	button := xwidget.NewButton(i18n.T("ready.hearing"), "Esc", back)
	button.Icon = xwidget.IconBack
	screen := room.Screen{Back: back, Keys: map[fyne.KeyName]func(){}}
	actions := []fyne.CanvasObject{button}
	may := h.Desk().May(testimony.ActKeepDocket) && x.Planned()
	if may {
		screen.New = func() { enterCheck(h, plan, b, "") }
		actions = []fyne.CanvasObject{xwidget.NewPrimary(i18n.T("ready.enter"), "Ctrl N", screen.New), button}
		for _, r := range pointsOf(plan, x) {
			report := func() { reportVisit(h, plan, r) }
			screen.Keys[fyne.KeyV] = report
			actions = slices.Insert(actions, 1, fyne.CanvasObject(xwidget.NewButton(i18n.T("ready.visit"), "V", report)))
			break // one key, one remote point: a second one is reported on from the command line
		}
	}
	court, there := room.Clocks(x, x.Start)
	day, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
	rows := [][]fyne.CanvasObject{}
	for _, l := range b.Lines {
		stands := xwidget.Column(2, xwidget.Wrap(0, lightChip(l.Light, i18n.T("ready.light."+string(l.Light)))))
		if l.Reason != readiness.InPlace { // which the chip says
			stands.Add(xwidget.WrappedSmall(i18n.T("ready.reason."+string(l.Reason)) + " " + i18n.T("ready.acts", map[string]any{"Who": actorWord(plan, l.Actor)})))
		}
		cells := []fyne.CanvasObject{xwidget.WrappedStrong(itemWord(l.Item)), checkCell(plan, l.Set), checkCell(plan, l.Day), checkCell(plan, l.Half), stands}
		if !l.Checked() {
			follows := i18n.T("ready.by_itself")
			if l.LineTest != nil {
				follows = lineTestWords(*l.LineTest, x)
			}
			cells = []fyne.CanvasObject{xwidget.WrappedStrong(itemWord(l.Item)), xwidget.WrappedSmall(follows), xwidget.Gap(0, 0), xwidget.Gap(0, 0), stands}
		}
		if may && l.Checked() {
			cells = append(cells, xwidget.NewButton(i18n.T("ready.enter.short"), "", func() { enterCheck(h, plan, b, l.Item) }))
		} else {
			cells = append(cells, xwidget.Gap(0, 0))
		}
		rows = append(rows, cells)
	}
	table := xwidget.Grid([]float32{5, 4, 4, 4, 6, 3}, []string{i18n.T("ready.protection"), i18n.T("ready.stage.set_up"), i18n.T("ready.stage.day"), i18n.T("ready.stage.half"), i18n.T("ready.stands"), ""}, rows...)
	cards := []fyne.CanvasObject{xwidget.Card(room.Day(day)+" · "+court+" · "+there, table)}
	for _, r := range pointsOf(plan, x) {
		card, err := visitCard(h, plan, r)
		if err != nil {
			return screen, err
		}
		cards = append(cards, card)
	}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[x.Case], xwidget.Clear), lightChip(b.Light, i18n.T("ready.light."+string(b.Light)))}
	screen.Content = xwidget.PageWith(i18n.T("ready.of", map[string]any{"Who": names.Pseudonym(x.Party, x.Case)}), chips, actions, xwidget.Scroll(xwidget.Column(16, cards...)))
	return screen, nil
}

// checkCell says who did something and when, or that nobody has.
func checkCell(plan *schedule.Index, c *readiness.Check) fyne.CanvasObject {
	if c == nil {
		return xwidget.WrappedSmall("–")
	}
	found := ""
	if c.Stage != readiness.SetUp {
		found = i18n.T("ready.found.bad") + " · "
		if c.Good {
			found = i18n.T("ready.found.good") + " · "
		}
	}
	text := found + actorWord(plan, c.Who) + " · " + c.At.Local().Format("2006-01-02 15:04")
	if c.Note != "" {
		text += "\n" + c.Note
	}
	return xwidget.WrappedSmall(text)
}

func pointsOf(plan *schedule.Index, x testimony.Hearing) []schedule.Resource {
	var list []schedule.Resource
	for _, id := range x.Uses {
		if r, known := plan.Resource(id); known && r.Kind == schedule.RemotePoint {
			list = append(list, r)
		}
	}
	return list
}

// actors are those who can have set something up: the offices, and those whom the hearing takes.
func actors(plan *schedule.Index, x testimony.Hearing) (words, ids []string) {
	for _, o := range testimony.Offices {
		words, ids = append(words, i18n.T("office."+o)), append(ids, o)
	}
	for _, id := range x.Uses {
		if r, known := plan.Resource(id); known && r.Kind != schedule.Courtroom && r.Kind != schedule.RemotePoint && r.Kind != schedule.Equipment && r.Kind != schedule.Accused {
			words, ids = append(words, r.Name+" · "+schedule.KindWord(r.Kind, i18n.Policy())), append(ids, string(id))
		}
	}
	return words, ids
}

// enterCheck asks what was set up, or how it was found; of one item where it is given.
func enterCheck(h room.Host, plan *schedule.Index, b docket.Board, of readiness.Item) {
	var items []readiness.Item
	var words []string
	at := 0
	for _, l := range b.Lines {
		if !l.Checked() {
			continue
		}
		if l.Item == of {
			at = len(items)
		}
		items, words = append(items, l.Item), append(words, itemWord(l.Item))
	}
	item := xwidget.NewChoice(words, at, nil)
	stages := room.Words("ready.stage.", readiness.Stages)
	next := 0
	for _, l := range b.Lines {
		if l.Item == items[at] && l.Set != nil {
			next = 1
			if b.Hearing.Start.Sub(h.Desk().Now()) <= 2*time.Hour {
				next = 2
			}
		}
	}
	stage, good := xwidget.NewChoice(stages, next, nil), xwidget.NewChoice([]string{i18n.T("ready.found.good"), i18n.T("ready.found.bad")}, 0, nil)
	names, ids := actors(plan, b.Hearing)
	who, note := xwidget.NewChoice(names, max(slices.Index(ids, string(h.Desk().Me().Role)), 0), nil), xwidget.NewLines("", 2)
	found := xwidget.Field(i18n.T("ready.found"), good)
	var s *xwidget.Sheet
	show := func() {
		if stage.SelectedIndex() == 0 {
			found.Hide()
		} else {
			found.Show()
		}
	}
	show()
	stage.OnChanged = func(string) { show(); s.Fit() }
	s = room.Form(h, i18n.T("ready.enter"), i18n.T("action.save"), xwidget.Column(8, xwidget.Field(i18n.T("ready.protection"), item), xwidget.Halves(xwidget.Field(i18n.T("ready.stage"), stage), xwidget.Field(i18n.T("ready.who"), who)),
		found, xwidget.Field(i18n.T("ready.note"), note)), item, func() error {
		_, err := h.Desk().EnterCheck(room.Ctx(), b.Hearing.ID, readiness.Check{Item: items[max(item.SelectedIndex(), 0)], Stage: readiness.Stages[max(stage.SelectedIndex(), 0)],
			Good: stage.SelectedIndex() == 0 || good.SelectedIndex() == 0, Who: ids[max(who.SelectedIndex(), 0)], Note: note.Text})
		return err
	})
}

// visitCard shows the newest reports on a remote point.
func visitCard(h room.Host, plan *schedule.Index, r schedule.Resource) (fyne.CanvasObject, error) {
	list, err := h.Desk().Visits(room.Ctx(), r.ID)
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, v := range list[:min(len(list), 3)] {
		chip := lightChip(readiness.Green, i18n.T("ready.visit.good"))
		detail := actorWord(plan, v.Who)
		if lacks := v.Lacks(); len(lacks) > 0 {
			chip = lightChip(readiness.Red, i18n.T("ready.visit.bad"))
			detail += "\n" + i18n.T("ready.visit.lacks", map[string]any{"What": strings.Join(room.Words("ready.question.", lacks), ", ")})
		}
		if len(v.Present) > 0 {
			detail += "\n" + i18n.T("ready.visit.present", map[string]any{"Who": strings.Join(v.Present, ", ")})
		}
		if v.Note != "" {
			detail += "\n" + v.Note
		}
		zone, err := time.LoadLocation(r.Zone)
		if err != nil {
			zone = time.UTC
		}
		rows = append(rows, xwidget.Entry(room.Day(v.At.In(zone))+" · "+room.Clock(v.At.In(zone))+" "+place(zone.String()), detail, chip))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("ready.visit.none")))
	}
	return xwidget.Card(i18n.T("ready.visit.of", map[string]any{"Point": r.Name}), rows...), nil
}

// reportVisit asks for a coordinator's report on a remote point. What is not ticked was not found in order.
func reportVisit(h room.Host, plan *schedule.Index, point schedule.Resource) {
	zone, err := time.LoadLocation(point.Zone)
	if err != nil {
		zone = time.UTC
	}
	now := h.Desk().Now().In(zone)
	on, at := typed(now.Format(time.DateOnly)), typed(room.Clock(now))
	words, ids := []string{}, []string{}
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	for _, r := range list {
		if r.Kind == schedule.Coordinator {
			words, ids = append(words, r.Name), append(ids, string(r.ID))
		}
	}
	for _, o := range testimony.Offices {
		words, ids = append(words, i18n.T("office."+o)), append(ids, o)
	}
	who := xwidget.NewChoice(words, 0, nil)
	boxes := make([]*xwidget.Tick, len(readiness.Checklist))
	var ticks []fyne.CanvasObject
	for i, q := range readiness.Checklist {
		boxes[i] = xwidget.NewTick(i18n.T("ready.question."+string(q)), false, nil)
		ticks = append(ticks, boxes[i])
	}
	present, note := typed(""), xwidget.NewLines("", 2)
	present.PlaceHolder = i18n.T("ready.visit.present.hint")
	room.Form(h, i18n.T("ready.visit"), i18n.T("action.save"), xwidget.Column(6, xwidget.Paragraph(i18n.T("ready.visit.text")),
		xwidget.Halves(xwidget.Field(i18n.T("ready.visit.day", map[string]any{"Place": place(zone.String())}), xwidget.Halves(on, at)), xwidget.Field(i18n.T("ready.visit.who"), who)),
		xwidget.Column(0, ticks...), xwidget.Field(i18n.T("ready.visit.in_room"), present), xwidget.Field(i18n.T("ready.note"), note)), on, func() error {
		moment, err := onClock(on, at, zone)
		if err != nil {
			return err
		}
		v := readiness.Visit{Point: point.ID, At: moment, Who: ids[max(who.SelectedIndex(), 0)], Note: note.Text}
		for i, b := range boxes {
			if b.Checked {
				v.Good = append(v.Good, readiness.Checklist[i])
			}
		}
		for p := range strings.SplitSeq(present.Text, ",") {
			if p = strings.TrimSpace(p); p != "" {
				v.Present = append(v.Present, p)
			}
		}
		_, err = h.Desk().ReportVisit(room.Ctx(), v)
		return err
	})
}
