package hearing

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/reminder"
	"paravent/testimony/schedule"
)

// RemindersID is what this room selects to show the list of reminders.
const RemindersID = "reminders"

var urgencyTones = map[reminder.State]xwidget.Tone{reminder.Overdue: xwidget.Fault, reminder.Due: xwidget.Private, reminder.Coming: xwidget.Break, reminder.Told: xwidget.Public}

// toldWord names whom a reminder is for: an office, a resource of the docket, or the role of a seat.
func toldWord(plan *schedule.Index, who string) string {
	if slices.Contains(testimony.Roles, testimony.Role(who)) {
		return i18n.T("role." + who)
	}
	return actorWord(plan, who)
}

// remindersScreen lists who has to be told what of which hearing, the most urgent first. Enter says that they were told.
func (r *Room) remindersScreen(h room.Host, names room.Register) (room.Screen, error) {
	list, err := h.Desk().Reminders(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	plan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	now := h.Desk().Now()
	type row struct {
		of docket.ToTell
		reminder.Reminder
	}
	var rows []row
	for _, x := range list {
		for _, one := range x.Reminders {
			if r.told || one.Done == nil {
				rows = append(rows, row{x, one})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		if d := slices.Index(reminder.States, a.At(now)) - slices.Index(reminder.States, b.At(now)); d != 0 {
			return d
		}
		return a.Due.Compare(b.Due)
	})
	turn := func() {
		r.told = !r.told
		h.Refresh()
	}
	word := i18n.T("remind.all")
	if r.told {
		word = i18n.T("remind.open")
	}
	l := room.Listing{Title: i18n.T("room.hearings"), Empty: i18n.T("remind.none"), Keys: map[fyne.KeyName]func(){fyne.KeyF12: turn}, Weights: []float32{3.2, 5, 3.1, 5.4},
		Heads: []string{i18n.T("remind.due"), i18n.T("remind.what"), i18n.T("remind.who"), i18n.T("remind.hearing")}}
	paper := func() { remindersPaper(h) }
	l.Keys[fyne.KeyF1] = paper
	l.Actions = []fyne.CanvasObject{r.views(h, l.Keys)}
	l.Beside = []fyne.CanvasObject{xwidget.NewButton(word, "F12", turn), xwidget.NewButton(i18n.T("remind.paper"), "F1", paper)}
	for _, x := range rows {
		state := x.At(now)
		due, _, _ := x.of.Hearing.Clocks(x.Due)
		court, _, _ := x.of.Hearing.Clocks(x.of.Hearing.Start)
		by := shortDay(due) + " " + room.Clock(due)
		if x.Done != nil {
			at, _, _ := x.of.Hearing.Clocks(x.Done.At)
			by = i18n.T("remind.told_on", map[string]any{"How": i18n.T("remind.how." + string(x.Done.How)), "When": shortDay(at)})
		}
		l.Lines = append(l.Lines, room.Line{ID: string(x.Hearing) + " " + x.Key(), Text: xwidget.RowText{Chip: i18n.T("remind.state." + string(state)), Tone: urgencyTones[state],
			Cells: []string{by, i18n.T("remind.occasion." + string(x.Occasion)), toldWord(plan, x.Who),
				names.Pseudonym(x.of.Hearing.Party, x.of.Hearing.Case) + " · " + shortDay(court) + " " + room.Clock(court)}}})
	}
	l.Open = func(id string) {
		i := slices.IndexFunc(rows, func(x row) bool { return string(x.Hearing)+" "+x.Key() == id })
		if i >= 0 {
			tell(h, plan, names, rows[i].of.Hearing, rows[i].Reminder)
		}
	}
	return l.Screen(), nil
}

// tell asks how somebody was told, and enters it; who may not sees the hearing.
func tell(h room.Host, plan *schedule.Index, names room.Register, x testimony.Hearing, r reminder.Reminder) {
	if r.Done != nil || !h.Desk().May(testimony.ActKeepDocket) {
		h.Go(room.Hearings, string(x.ID))
		return
	}
	var words []string
	for _, how := range reminder.Hows {
		words = append(words, i18n.T("remind.how."+string(how)))
	}
	how := xwidget.NewChoice(words, 0, nil)
	court, there := room.Clocks(x, x.Start)
	day, _, _ := x.Clocks(x.Start)
	text := i18n.T("remind.text", map[string]any{"Who": toldWord(plan, r.Who), "Pseudonym": names.Pseudonym(x.Party, x.Case), "When": room.Day(day) + ", " + court + " · " + there})
	fields := []fyne.CanvasObject{xwidget.Paragraph(text)}
	if r.Who == testimony.Advocate {
		fields = append(fields, xwidget.Note(i18n.T("remind.advocate"), xwidget.Break))
	}
	room.Form(h, i18n.T("remind.title", map[string]any{"What": i18n.T("remind.occasion." + string(r.Occasion))}), i18n.T("remind.told"),
		xwidget.Column(10, append(fields, xwidget.Field(i18n.T("remind.how"), how))...), how, func() error {
			err := h.Desk().Remind(room.Ctx(), x.ID, r.Occasion, r.Who, reminder.Hows[max(how.SelectedIndex(), 0)])
			if err == nil {
				h.Refresh()
			}
			return err
		})
}

// remindersPaper writes the list as a paper.
func remindersPaper(h room.Host) {
	to := xwidget.NewInput("")
	to.SetText(room.NewFile("reminders-" + h.Desk().Now().Format(time.DateOnly) + ".pdf"))
	room.Form(h, i18n.T("remind.paper"), i18n.T("action.save"), xwidget.Field(i18n.T("record.file"), to), to, func() error {
		return h.Desk().WriteReminders(room.Ctx(), strings.TrimSpace(to.Text), i18n.Policy(), false)
	})
}
