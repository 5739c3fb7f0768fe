package hearing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// KindWord names a kind of resource at the beginning of a line.
func KindWord(k schedule.Kind) string {
	word := []rune(schedule.KindWord(k, i18n.Policy()))
	return strings.ToUpper(string(word[:1])) + string(word[1:])
}

// resourcesScreen lists the rooms, people and things that hearings take.
func (r *Room) resourcesScreen(h room.Host) (room.Screen, error) {
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	byID := map[string]schedule.Resource{}
	l := room.Listing{Title: i18n.T("room.hearings"), Empty: i18n.T("resource.none"), NewWord: i18n.T("resource.new"), Keys: map[fyne.KeyName]func(){},
		Heads: []string{i18n.T("resource.name"), i18n.T("resource.kind"), i18n.T("resource.where"), i18n.T("resource.hours")}, Weights: []float32{4, 3, 3, 4}}
	l.Actions = []fyne.CanvasObject{r.views(h, l.Keys)}
	may := h.Desk().May(testimony.ActKeepDocket)
	if may {
		l.New = func() {
			AskResource(h, schedule.Resource{Kind: schedule.Courtroom, Open: schedule.OfficeHours(9*60, 18*60)})
		}
	}
	l.Open = func(id string) {
		if may {
			AskResource(h, byID[id])
		}
	}
	for _, x := range list {
		byID[string(x.ID)] = x
		where := x.Building
		if x.Country != "" {
			where = strings.TrimPrefix(where+" · "+x.Country, " · ")
		}
		l.Lines = append(l.Lines, room.Line{ID: string(x.ID), Text: xwidget.RowText{Cells: []string{x.Name, KindWord(x.Kind), where, hoursWord(x)}}})
	}
	return l.Screen(), nil
}

// week days as a form offers them, Monday first.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// hoursWord says in a few words when a resource is open.
func hoursWord(x schedule.Resource) string {
	if len(x.Open) == 0 {
		return i18n.T("resource.always")
	}
	var days []string
	for _, d := range weekdays {
		for _, o := range x.Open {
			if o.Day == d {
				days = append(days, i18n.T("weekday.short."+d.String()))
				break
			}
		}
	}
	span := x.Open[0].From.String() + "–" + x.Open[0].To.String()
	for _, o := range x.Open {
		if o.From != x.Open[0].From || o.To != x.Open[0].To {
			span = i18n.T("resource.varies")
		}
	}
	if len(days) > 2 {
		days = []string{days[0] + " – " + days[len(days)-1]}
	}
	return strings.Join(days, ", ") + " " + span
}

// resourceForm is what a resource is asked for by.
type resourceForm struct {
	kind, sex                      *xwidget.Choice
	name, zone, building, country  *xwidget.Input
	from, to, closed, turn, number *xwidget.Input
	speech                         *xwidget.Input
	days                           map[time.Weekday]*xwidget.Tick
}

// AskResource asks for a new resource, or for the changes of one that has an id.
func AskResource(h room.Host, x schedule.Resource) {
	var kinds []string
	at := 0
	for i, k := range schedule.Kinds {
		kinds = append(kinds, KindWord(k))
		if k == x.Kind {
			at = i
		}
	}
	input := func(hint, text string) *xwidget.Input {
		e := xwidget.NewInput(hint)
		e.SetText(text)
		return e
	}
	from, to := "", ""
	f := resourceForm{kind: xwidget.NewChoice(kinds, at, nil), name: input(i18n.T("resource.name.hint"), x.Name), zone: input(i18n.T("hint.zone"), x.Zone),
		building: input(i18n.T("resource.building.hint"), x.Building), country: input("FR", x.Country), closed: input("2027-05-01, 2027-12-25", joined(x.Closed)),
		turn: input("", strconv.Itoa(int(x.Turn))), number: input("", strconv.Itoa(max(1, x.Number))), speech: input(i18n.T("resource.speech.hint"), speechWord(x.Speech)),
		sex: xwidget.NewChoice([]string{i18n.T("resource.sex.any"), i18n.T("resource.sex.female"), i18n.T("resource.sex.male")}, sexAt(x.Sex), nil), days: map[time.Weekday]*xwidget.Tick{}}
	if len(x.Open) > 0 {
		from, to = x.Open[0].From.String(), x.Open[0].To.String()
	}
	f.from, f.to = input("09:00", from), input("18:00", to)
	var ticks []fyne.CanvasObject
	for _, d := range weekdays {
		open := false
		for _, o := range x.Open {
			open = open || o.Day == d
		}
		f.days[d] = xwidget.NewTick(i18n.T("weekday.short."+d.String()), open, nil)
		ticks = append(ticks, f.days[d])
	}
	two := xwidget.Halves
	rows := []fyne.CanvasObject{two(xwidget.Field(i18n.T("resource.kind"), f.kind), xwidget.Field(i18n.T("resource.name"), f.name)),
		two(xwidget.Field(i18n.T("resource.building"), f.building), two(xwidget.Field(i18n.T("resource.country"), f.country), xwidget.Field(i18n.T("resource.zone"), f.zone))),
		xwidget.Field(i18n.T("resource.days"), xwidget.Wrap(6, ticks...)),
		two(two(xwidget.Field(i18n.T("resource.from"), f.from), xwidget.Field(i18n.T("resource.to"), f.to)), xwidget.Field(i18n.T("resource.closed"), f.closed)),
		two(two(xwidget.Field(i18n.T("resource.turn"), f.turn), xwidget.Field(i18n.T("resource.number"), f.number)),
			two(xwidget.Field(i18n.T("resource.speech"), f.speech), xwidget.Field(i18n.T("resource.sex"), f.sex)))}
	title := i18n.T("resource.new")
	if x.ID != "" {
		title = i18n.T("resource.change")
	}
	var s *xwidget.Sheet
	if x.ID != "" {
		rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("feed.title"), "", func() {
			s.Close()
			showFeeds(h, x)
		}), xwidget.NewButton(i18n.T("resource.remove"), "", func() {
			if err := h.Desk().RemoveResource(room.Ctx(), x.ID); err != nil {
				room.Failed(h, err)
				return
			}
			s.Close()
			h.Refresh()
		})))
	}
	s = room.Form(h, title, i18n.T("action.save"), xwidget.Column(10, rows...), f.name, func() error {
		read, err := f.read(x)
		if err != nil {
			return err
		}
		_, err = h.Desk().PutResource(room.Ctx(), read)
		return err
	})
}

// read takes what was typed over what the resource was. What the form does not show stays.
func (f resourceForm) read(x schedule.Resource) (schedule.Resource, error) {
	x.Kind, x.Name = schedule.Kinds[max(f.kind.SelectedIndex(), 0)], f.name.Text
	x.Zone, x.Building, x.Country = strings.TrimSpace(f.zone.Text), strings.TrimSpace(f.building.Text), strings.ToUpper(strings.TrimSpace(f.country.Text))
	var from, to schedule.Clock
	open := false
	for _, t := range f.days {
		open = open || t.Checked
	}
	x.Open = nil
	if open {
		if from.UnmarshalText([]byte(strings.TrimSpace(f.from.Text))) != nil || to.UnmarshalText([]byte(strings.TrimSpace(f.to.Text))) != nil || from >= to {
			return x, room.Said(i18n.T("resource.bad_hours"))
		}
		for _, d := range weekdays {
			if f.days[d].Checked {
				x.Open = append(x.Open, schedule.Hours{Day: d, From: from, To: to})
			}
		}
	}
	x.Closed = nil
	for _, word := range strings.FieldsFunc(f.closed.Text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		if !schedule.Date(word).Valid() {
			return x, room.ErrDate
		}
		x.Closed = append(x.Closed, schedule.Date(word))
	}
	turn, err := strconv.Atoi(strings.TrimSpace(f.turn.Text))
	if err != nil {
		return x, room.ErrNumber
	}
	number, err := strconv.Atoi(strings.TrimSpace(f.number.Text))
	if err != nil || number < 1 {
		return x, room.ErrNumber
	}
	x.Turn, x.Number = schedule.Minutes(turn), number
	if x.Kind != schedule.Equipment {
		x.Number = 0
	}
	x.Speech, x.Sex = nil, ""
	if x.Kind == schedule.Interpreter {
		x.Speech, x.Sex = speechOf(f.speech.Text), []schedule.Sex{"", schedule.Female, schedule.Male}[max(f.sex.SelectedIndex(), 0)]
	}
	return x, nil
}

func joined(dates []schedule.Date) string {
	var words []string
	for _, d := range dates {
		words = append(words, string(d))
	}
	return strings.Join(words, ", ")
}

// speechWord writes languages as speechOf reads them: "vi, vi Nghe An".
func speechWord(list []schedule.Speech) string {
	var words []string
	for _, s := range list {
		words = append(words, strings.TrimSpace(fmt.Sprint(s.Language, " ", s.Dialect)))
	}
	return strings.Join(words, ", ")
}

func speechOf(typed string) []schedule.Speech {
	var list []schedule.Speech
	for _, word := range strings.Split(typed, ",") {
		language, dialect, _ := strings.Cut(strings.TrimSpace(word), " ")
		if language != "" {
			list = append(list, schedule.Speech{Language: language, Dialect: strings.TrimSpace(dialect)})
		}
	}
	return list
}

func sexAt(s schedule.Sex) int {
	switch s {
	case schedule.Female:
		return 1
	case schedule.Male:
		return 2
	}
	return 0
}
