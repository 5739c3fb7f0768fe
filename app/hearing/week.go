package hearing

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// week is the screen of one week: what it shows, and the panel beside it.
type week struct {
	*Room
	h        room.Host
	names    room.Register
	plan     *schedule.Index
	court    *time.Location
	monday   time.Time
	calendar *xwidget.Calendar
	list     []testimony.Hearing // the calendar's blocks
	side     *fyne.Container
}

// proposals is how many other times are offered.
const proposals = 3

func (r *Room) weekScreen(h room.Host, names room.Register) (room.Screen, error) {
	plan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	w := &week{Room: r, h: h, names: names, plan: plan, court: time.Local}
	if n := len(names.Hearings); n > 0 {
		w.court = zone(names.Hearings[n-1])
	}
	shown := r.week
	if shown.IsZero() {
		shown = h.Desk().Now()
	}
	w.monday = mondayOf(shown, w.court)
	w.fill()
	screen := room.Screen{Keys: map[fyne.KeyName]func(){}, First: w.calendar}
	tabs := r.views(h, screen.Keys)
	turn := func(days int) func() {
		return func() {
			r.week = w.monday.AddDate(0, 0, days)
			h.Refresh()
		}
	}
	today := func() {
		r.week = time.Time{}
		h.Refresh()
	}
	screen.Keys[fyne.KeyPageUp], screen.Keys[fyne.KeyPageDown], screen.Keys[fyne.KeyHome] = turn(-7), turn(7), today
	var fresh fyne.CanvasObject
	if h.Desk().May(testimony.ActKeepDocket) && len(names.Parties) > 0 {
		screen.New = func() { Add(h, names) }
		out := func() { ExportCalendar(h) }
		screen.Keys[fyne.KeyE] = out
		fresh = xwidget.Row(8, xwidget.NewButton(i18n.T("week.export"), "E", out), xwidget.NewPrimary(i18n.T("hearing.new"), "Ctrl N", screen.New))
	}
	bar := container.NewBorder(nil, nil, xwidget.Row(8, xwidget.Middle(xwidget.Heading(w.title())),
		xwidget.NewButton(i18n.T("week.before"), "PgUp", turn(-7)), xwidget.NewButton(i18n.T("week.today"), "Home", today), xwidget.NewButton(i18n.T("week.after"), "PgDn", turn(7))), fresh)
	w.side = container.NewStack()
	w.panel(nil)
	left := xwidget.Panel(w.calendar)
	screen.Content = xwidget.PageWith(i18n.T("room.hearings"), nil, []fyne.CanvasObject{tabs},
		container.NewBorder(xwidget.Column(10, bar), nil, nil, nil, xwidget.Split(left, xwidget.Scroll(w.side), 290)))
	return screen, nil
}

// mondayOf is the midnight with which a moment's week begins.
func mondayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	back := (int(at.In(zone).Weekday()) + 6) % 7
	return time.Date(y, m, d-back, 0, 0, 0, 0, zone)
}

func (w *week) title() string {
	last := w.monday.AddDate(0, 0, len(w.calendar.Days)-1)
	from := shortDay(w.monday)
	if last.Month() == w.monday.Month() { // said once, so that there is room for the buttons beside it
		from = strconv.Itoa(w.monday.Day())
	}
	return i18n.T("week.title", map[string]any{"From": from, "To": shortDay(last), "Year": last.Year()})
}

func shortDay(t time.Time) string {
	return i18n.T("week.day", map[string]any{"Day": t.Day(), "Month": i18n.T("month." + t.Month().String())})
}

// fill makes the calendar of the week: five days, or seven when something is on a weekend, and the hours that are needed.
func (w *week) fill() {
	days, from, to := 5, 8, 19
	end := w.monday.AddDate(0, 0, 7)
	for _, x := range w.names.Hearings {
		if x.Start.Before(w.monday) || !x.Start.Before(end) {
			continue
		}
		w.list = append(w.list, x)
		local := x.Start.In(w.court)
		if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
			days = 7
		}
		begin, stop := minuteOf(local)-inMinutes(x.Before), minuteOf(local)+inMinutes(x.Duration)+inMinutes(x.After)
		from, to = max(0, min(from, begin/60)), min(24, max(to, (stop+59)/60))
	}
	w.calendar = xwidget.NewCalendar(from, to)
	c := w.calendar
	c.BeforeWord, c.AfterWord = i18n.T("week.arrival"), i18n.T("week.debrief")
	today := w.h.Desk().Now().In(w.court)
	for d := range days {
		day := w.monday.AddDate(0, 0, d)
		c.Days = append(c.Days, i18n.T("weekday.short."+day.Weekday().String())+" "+strconv.Itoa(day.Day()))
		if day.YearDay() == today.YearDay() && day.Year() == today.Year() {
			c.Marked = d
		}
	}
	for i, x := range w.list {
		c.Blocks = append(c.Blocks, w.block(x))
		if x.ID == w.chosen {
			c.Chosen = i
		}
	}
	w.clocks()
	c.Choose = func(i int) {
		w.chosen = ""
		if i >= 0 {
			w.chosen = w.list[i].ID
		}
		w.clocks()
		w.panel(nil)
	}
	c.Open = func(i int) { w.h.Go(room.Hearings, string(w.list[i].ID)) }
	c.Moving = func(i, day, from int) {
		x, err := w.at(i, day, from)
		c.Blocks[i].Fault = err != nil || len(open(w.plan.Check(schedule.Of(x)), x)) > 0
		w.panel(&x)
	}
	c.Moved = func(i, day, from int) {
		to, err := w.at(i, day, from)
		if err != nil {
			w.h.Refresh()
			room.Failed(w.h, err)
			return
		}
		w.move(w.list[i], to)
	}
}

// clocks sets the second clock to where the chosen witness is, or the first one's of the week.
func (w *week) clocks() {
	c := w.calendar
	c.Clocks = [2]string{place(w.court.String()), ""}
	c.Second = nil
	x, found := w.hearing()
	if !found && len(w.list) > 0 {
		x, found = w.list[0], true
	}
	there, err := time.LoadLocation(x.WitnessZone)
	if !found || err != nil {
		return
	}
	c.Clocks[1] = place(x.WitnessZone)
	on := w.monday
	if !x.Start.IsZero() {
		on = x.Start.In(w.court)
	}
	c.Second = func(hour int) string {
		return room.Clock(time.Date(on.Year(), on.Month(), on.Day(), hour, 0, 0, 0, w.court).In(there))
	}
}

func (w *week) hearing() (testimony.Hearing, bool) {
	for _, x := range w.list {
		if x.ID == w.chosen {
			return x, true
		}
	}
	return testimony.Hearing{}, false
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

func inMinutes(d time.Duration) int { return int(d / time.Minute) }

func (w *week) block(x testimony.Hearing) xwidget.Block {
	local := x.Start.In(w.court)
	b := xwidget.Block{Day: (int(local.Weekday()) + 6) % 7, From: minuteOf(local), To: min(24*60, minuteOf(local)+inMinutes(x.Duration)), Before: inMinutes(x.Before), After: inMinutes(x.After),
		Icon: room.ModeIcon(x.Mode), Title: w.names.Pseudonym(x.Party, x.Case), Tone: room.ModeTone(x.Mode), Lines: []string{w.names.Cases[x.Case], x.Room}}
	switch {
	case !x.Cancelled.IsZero():
		b.Faint, b.Icon, b.Lines = true, xwidget.NoIcon, append([]string{i18n.T("hearing.cancelled")}, b.Lines...)
	case !x.Held.IsZero():
		b.Faint, b.Lines = true, append([]string{i18n.T("hearing.held")}, b.Lines...)
	default:
		b.Movable = w.h.Desk().May(testimony.ActKeepDocket)
		b.Fault = len(open(w.plan.Check(schedule.Of(x)), x)) > 0
	}
	return b
}

// at is a hearing of the week where its block stands. An hour that the court's clocks leap over is no time for it.
func (w *week) at(i, day, from int) (testimony.Hearing, error) {
	x := w.list[i]
	start, err := schedule.OnClock(fmt.Sprintf("%s %02d:%02d", w.monday.AddDate(0, 0, day).Format(time.DateOnly), from/60, from%60), w.court)
	if err == nil {
		x.Start = start
	}
	return x, err
}

// panel shows what stands against the chosen hearing, as it is or as it would be moved, and the times that fit everyone.
func (w *week) panel(moved *testimony.Hearing) {
	var cards []fyne.CanvasObject
	x, found := w.hearing()
	if moved != nil {
		x, found = *moved, true
	}
	if found {
		cards = append(cards, w.chosenCard(x, moved != nil))
	} else {
		cards = append(cards, xwidget.Card(i18n.T("week.choose"), xwidget.WrappedSmall(i18n.T("week.choose.text"))))
	}
	if note := w.shift(); note != "" {
		cards = append(cards, xwidget.Card(i18n.T("week.shift"), xwidget.WrappedSmall(note)))
	}
	var legend []fyne.CanvasObject
	for _, m := range modes {
		legend = append(legend, room.ModeChip(m))
	}
	cards = append(cards, xwidget.Card(i18n.T("week.legend"), xwidget.Wrap(6, append(legend, xwidget.IconChip(xwidget.IconAlert, i18n.T("week.against"), xwidget.Fault))...)))
	w.side.Objects = []fyne.CanvasObject{xwidget.Column(16, cards...)}
	w.side.Refresh()
}

func (w *week) chosenCard(x testimony.Hearing, moving bool) fyne.CanvasObject {
	court, witness, _ := x.Clocks(x.Start) // planned hearings have known time zones
	rows := []fyne.CanvasObject{xwidget.WrappedStrong(room.Day(court)), xwidget.WrappedSmall(room.Clock(court) + " " + place(x.CourtZone) + " · " + room.Clock(witness) + " " + place(x.WitnessZone))}
	if uses := usesOf(w.plan, x); uses != "" {
		rows = append(rows, xwidget.WrappedSmall(uses))
	}
	if !x.Planned() {
		return xwidget.Card(w.names.Pseudonym(x.Party, x.Case), rows...)
	}
	against := w.plan.Check(schedule.Of(x))
	rows = append(rows, conflictRows(w.plan, against, x)...)
	if len(against) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("conflict.none")))
	}
	may := w.h.Desk().May(testimony.ActKeepDocket)
	switch {
	case moving:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("week.moving")))
	case may:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("week.keys")))
	}
	if may && len(open(against, x)) > 0 && !moving {
		rows = append(rows, w.offers(x)...)
	}
	return xwidget.Card(w.names.Pseudonym(x.Party, x.Case), rows...)
}

// offers are other times at which everybody can be there, the soonest good ones after now.
func (w *week) offers(x testimony.Hearing) []fyne.CanvasObject {
	now := w.h.Desk().Now()
	want := schedule.Want{Booking: schedule.Of(x), Earliest: now, Latest: x.Start.AddDate(0, 1, 0)}
	found := slices.DeleteFunc(w.plan.Propose(want, proposals), func(p schedule.Proposal) bool {
		return len(p.Sittings[0].Soft) >= len(open(w.plan.Check(schedule.Of(x)), x)) // no better than where it stands
	})
	if len(found) == 0 {
		return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("week.no_better"))}
	}
	rows := []fyne.CanvasObject{xwidget.Line(), xwidget.WrappedSmall(i18n.T("week.offers"))}
	for _, p := range found {
		to := x
		to.Start = p.Sittings[0].Start
		court, there := room.Clocks(to, to.Start)
		text := i18n.T("weekday.short."+to.Start.In(w.court).Weekday().String()) + " " + shortDay(to.Start.In(w.court)) + " " + court
		detail := there
		for _, r := range p.Reasons {
			detail += "\n" + w.plan.SayWhy(r, i18n.Policy(), w.court)
		}
		rows = append(rows, xwidget.Entry(text, detail, xwidget.NewButton(i18n.T("week.use"), "", func() { w.move(x, to) })))
	}
	return rows
}

// shift says how the witness's hour differs from the week before, when clocks were changed in between.
func (w *week) shift() string {
	x, found := w.hearing()
	if !found {
		return ""
	}
	there, err := time.LoadLocation(x.WitnessZone)
	if err != nil {
		return ""
	}
	return shiftWords(x.Start, zone(x), there)
}

// shiftWords says how the witness's hour differs from the week before, when clocks were changed in between; empty where they were not.
func shiftWords(start time.Time, court, there *time.Location) string {
	by := schedule.ClockShift(start.In(court).AddDate(0, 0, -7), start, court, there)
	switch {
	case by < 0:
		return i18n.T("week.earlier", map[string]any{"Minutes": inMinutes(-by)})
	case by > 0:
		return i18n.T("week.later", map[string]any{"Minutes": inMinutes(by)})
	}
	return ""
}

// move plans a hearing for another time, and asks for a reason where something soft stands against that.
func (w *week) move(seen, to testimony.Hearing) {
	against := open(w.plan.Check(schedule.Of(to)), to)
	save := func(to testimony.Hearing) error {
		done, err := w.h.Desk().Reschedule(room.Ctx(), seen, to)
		if err == nil {
			w.week, w.chosen = done.Start, done.ID
		}
		return err
	}
	switch {
	case len(against) == 0:
		if err := save(to); err != nil {
			room.Failed(w.h, err)
		}
		w.h.Refresh()
	case schedule.AnyHard(against):
		_, err := accepting(w.plan, to, "")
		w.h.Refresh()
		room.Failed(w.h, err)
	default:
		why := xwidget.NewLines("", 2)
		rows := append(conflictRows(w.plan, against, to), xwidget.Field(i18n.T("conflict.reason"), why))
		s := room.Form(w.h, i18n.T("week.move"), i18n.T("week.move"), xwidget.Column(10, rows...), why, func() error {
			accepted, err := accepting(w.plan, to, why.Text)
			if err != nil {
				return err
			}
			return save(accepted)
		})
		s.OnClosed(func() { w.h.Refresh() }) // where it stands now, moved or not
	}
}
