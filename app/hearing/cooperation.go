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
	"paravent/testimony/cooperation"
	"paravent/testimony/docket"
	"paravent/testimony/schedule"
)

// requestPrefix stands before the id of a request where a hearing's id would stand.
const requestPrefix = "request/"

// RequestID is what this room selects to show a request to another State.
func RequestID(id cooperation.ID) string { return requestPrefix + string(id) }

// stateTones are the colours of a request's states, which always stand beside their words.
var stateTones = map[cooperation.State]xwidget.Tone{cooperation.Waiting: xwidget.Private, cooperation.Overdue: xwidget.Fault, cooperation.AsksMore: xwidget.Private, cooperation.Given: xwidget.Public,
	cooperation.NotYet: xwidget.Private, cooperation.Ended: xwidget.Fault, cooperation.Declined: xwidget.Fault, cooperation.CalledBack: xwidget.Break}

func today(d *docket.Desk) schedule.Date { return schedule.Date(d.Now().Local().Format(time.DateOnly)) }

// cooperationScreen lists what other States were asked.
func (r *Room) cooperationScreen(h room.Host, names room.Register) (room.Screen, error) {
	list, err := h.Desk().Cooperations(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	l := room.Listing{Title: i18n.T("room.hearings"), Empty: i18n.T("cooperation.none"), NewWord: i18n.T("cooperation.ask"), Keys: map[fyne.KeyName]func(){}, Weights: []float32{3, 2, 1, 4, 2},
		Heads: []string{i18n.T("witness.pseudonym"), i18n.T("cases.reference"), i18n.T("cooperation.country"), i18n.T("cooperation.authority"), i18n.T("cooperation.asked")},
		Open:  func(id string) { h.Go(room.Hearings, id) }}
	l.Actions = []fyne.CanvasObject{r.views(h, l.Keys)}
	if h.Desk().May(testimony.ActKeepCooperation) && len(names.Parties) > 0 {
		l.New = func() { askState(h, names, testimony.Hearing{}) }
	}
	for _, x := range list {
		state := x.State(today(h.Desk()))
		l.Lines = append(l.Lines, room.Line{ID: RequestID(x.ID), Text: xwidget.RowText{Cells: []string{names.Pseudonym(x.Party, x.Case), names.Cases[x.Case], x.Country, x.Authority, string(x.Asked)},
			Chip: i18n.T("cooperation.state." + string(state)), Tone: stateTones[state]}})
	}
	return l.Screen(), nil
}

// requestScreen shows one request with what was answered.
func requestScreen(h room.Host, names room.Register, id cooperation.ID) (room.Screen, error) {
	x, err := h.Desk().CooperationOf(room.Ctx(), id)
	if err != nil {
		return room.Screen{}, err
	}
	back, step := room.Back(h, room.Hearings)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	actions := []fyne.CanvasObject{back}
	state := x.State(today(h.Desk()))
	if h.Desk().May(testimony.ActKeepCooperation) && x.Withdrawn.IsZero() {
		take := func() { withdrawRequest(h, x) }
		answer := func() { answerRequest(h, x) }
		screen.Keys[fyne.KeyX], screen.New = take, answer
		actions = []fyne.CanvasObject{xwidget.NewPrimary(i18n.T("cooperation.answer"), "Ctrl N", answer), xwidget.NewButton(i18n.T("cooperation.withdraw"), "X", take), back}
	}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[x.Case], xwidget.Clear), xwidget.Chip(i18n.T("cooperation.state."+string(state)), stateTones[state])}
	rows := []fyne.CanvasObject{xwidget.Entry(i18n.T("cooperation.country"), x.Country)}
	for _, f := range []struct{ field, text string }{{"authority", x.Authority}, {"instrument", i18n.T("instrument." + string(x.Instrument))}, {"reference", x.Reference},
		{"asked", dayWord(x.Asked)}, {"due", dayWord(x.Due)}, {"point", pointName(h, x.Point)}, {"hearing", hearingWord(names, x.Hearing)}, {"why", x.Why}} {
		if f.text != "" {
			rows = append(rows, xwidget.Entry(i18n.T("cooperation.field."+f.field), f.text))
		}
	}
	var answers []fyne.CanvasObject
	for _, a := range slices.Backward(x.Answers) {
		answers = append(answers, answerRows(a)...)
	}
	if len(answers) == 0 {
		answers = append(answers, xwidget.Empty(i18n.T("cooperation.no_answer")))
	}
	screen.Content = xwidget.PageWith(i18n.T("cooperation.of", map[string]any{"Who": names.Pseudonym(x.Party, x.Case)}), chips, actions,
		xwidget.Split(xwidget.Scroll(xwidget.Card(i18n.T("cooperation.request"), rows...)), xwidget.Scroll(xwidget.Card(i18n.T("cooperation.answers"), answers...)), 480))
	return screen, nil
}

// dayWord is a day in words; nothing for none.
func dayWord(d schedule.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return room.Day(t)
}

func pointName(h room.Host, id testimony.ResourceID) string {
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil || id == "" {
		return string(id)
	}
	for _, r := range list {
		if r.ID == id {
			return r.Name
		}
	}
	return string(id)
}

func hearingWord(names room.Register, id testimony.HearingID) string {
	for _, x := range names.Hearings {
		if x.ID == id {
			court, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
			return room.Day(court) + ", " + room.Clock(court)
		}
	}
	return ""
}

var verdictTones = map[cooperation.Verdict]xwidget.Tone{cooperation.Granted: xwidget.Public, cooperation.Refused: xwidget.Fault, cooperation.MoreWanted: xwidget.Private}

// answerRows are one answer with its conditions.
func answerRows(a cooperation.Answer) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.Wrap(6, xwidget.Middle(xwidget.Strong(dayWord(a.On))), xwidget.Chip(i18n.T("cooperation.verdict."+string(a.Verdict)), verdictTones[a.Verdict]))}
	if a.Verdict == cooperation.Granted {
		until := i18n.T("cooperation.no_end")
		if a.Until != "" {
			until = i18n.T("cooperation.until", map[string]any{"Day": dayWord(a.Until)})
		}
		if a.From != "" {
			until = i18n.T("cooperation.from", map[string]any{"Day": dayWord(a.From)}) + " · " + until
		}
		rows = append(rows, xwidget.WrappedSmall(until))
		rows = append(rows, conditionRows(a.Conditions)...)
	}
	if a.Reference != "" {
		rows = append(rows, xwidget.WrappedSmall(a.Reference))
	}
	return append(rows, xwidget.Line())
}

// conditionRows are what a State makes its permission depend on.
func conditionRows(c cooperation.Conditions) []fyne.CanvasObject {
	var words []string
	if len(c.Present) > 0 {
		words = append(words, i18n.T("cooperation.present", map[string]any{"Who": strings.Join(room.Words("attendant.", c.Present), ", ")}))
	}
	words = append(words, i18n.T("cooperation.oath."+orUnsaid(c.Oath)), i18n.T("cooperation.recording."+orUnsaid(c.Recording)))
	if c.Other != "" {
		words = append(words, c.Other)
	}
	var rows []fyne.CanvasObject
	for _, w := range words {
		rows = append(rows, xwidget.WrappedSmall("· "+w))
	}
	return rows
}

// orUnsaid is a term, or the word for one that was left out.
func orUnsaid[T ~string](term T) string {
	if term == "" {
		return "unsaid"
	}
	return string(term)
}

// coopField is a field of a form under the name that a refusal gives it.
func coopField(field string, o fyne.CanvasObject) fyne.CanvasObject {
	return xwidget.Field(i18n.T("cooperation.field."+field), o)
}

func dateOf(e *xwidget.Input) schedule.Date { return schedule.Date(strings.TrimSpace(e.Text)) }

func typed(text string) *xwidget.Input {
	e := xwidget.NewInput("")
	e.SetText(text)
	return e
}

// askState enters that a State was asked, for a hearing where one is given.
func askState(h room.Host, names room.Register, of testimony.Hearing) {
	offered := appearances(names)
	words, at := make([]string, len(offered)), 0
	for i, a := range offered {
		words[i] = a.word
		if a.party == of.Party && a.cas == of.Case {
			at = i
		}
	}
	points, ids, countries := []string{i18n.T("cooperation.any_point")}, []testimony.ResourceID{""}, []string{""}
	chosen, country := 0, ""
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	for _, r := range list {
		if r.Kind == schedule.RemotePoint && r.Country != "" {
			points, ids, countries = append(points, r.Name), append(ids, r.ID), append(countries, r.Country)
			if slices.Contains(of.Uses, r.ID) {
				chosen, country = len(points)-1, r.Country
			}
		}
	}
	who, instrument := xwidget.NewChoice(words, at, nil), xwidget.NewChoice(room.Words("instrument.", cooperation.Instruments), 0, nil)
	place, where := typed(country), xwidget.NewChoice(points, chosen, nil)
	where.OnChanged = func(string) {
		if i := where.SelectedIndex(); i > 0 {
			place.SetText(countries[i])
		}
	}
	place.PlaceHolder = i18n.T("cooperation.country.hint")
	authority, reference, asked, due := typed(""), typed(""), typed(string(today(h.Desk()))), typed("")
	due.PlaceHolder, authority.PlaceHolder = i18n.T("date.hint"), i18n.T("cooperation.authority.hint")
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("cooperation.ask.text")), coopField("party", who), xwidget.Halves(coopField("point", where), coopField("country", place)),
		coopField("instrument", instrument), xwidget.Halves(coopField("authority", authority), coopField("reference", reference)), xwidget.Halves(coopField("asked", asked), coopField("due", due))}
	room.Form(h, i18n.T("cooperation.ask"), i18n.T("action.save"), xwidget.Column(8, rows...), who, func() error {
		a := offered[max(who.SelectedIndex(), 0)]
		x := cooperation.Request{Case: a.cas, Party: a.party, Country: strings.ToUpper(strings.TrimSpace(place.Text)), Point: ids[max(where.SelectedIndex(), 0)],
			Instrument: cooperation.Instruments[max(instrument.SelectedIndex(), 0)], Authority: authority.Text, Reference: reference.Text, Asked: dateOf(asked), Due: dateOf(due)}
		if a.party == of.Party && a.cas == of.Case {
			x.Hearing = of.ID
		}
		done, err := h.Desk().AskCooperation(room.Ctx(), x)
		if err == nil {
			h.Go(room.Hearings, RequestID(done.ID))
		}
		return err
	})
}

// answerRequest enters what a State answered.
func answerRequest(h room.Host, x cooperation.Request) {
	verdict := xwidget.NewChoice(room.Words("cooperation.verdict.", cooperation.Verdicts), 0, nil)
	on, from, until, reference, other := typed(string(today(h.Desk()))), typed(""), typed(""), typed(""), xwidget.NewLines("", 2)
	from.PlaceHolder, until.PlaceHolder = i18n.T("date.hint"), i18n.T("date.hint")
	oaths, recordings := []string{}, []string{}
	for _, o := range cooperation.Oaths {
		oaths = append(oaths, i18n.T("cooperation.oath."+orUnsaid(o)))
	}
	for _, r := range cooperation.Recordings {
		recordings = append(recordings, i18n.T("cooperation.recording."+orUnsaid(r)))
	}
	oath, recording := xwidget.NewChoice(oaths, 0, nil), xwidget.NewChoice(recordings, 0, nil)
	boxes := make([]*xwidget.Tick, len(cooperation.Attendants))
	var ticks []fyne.CanvasObject
	for i, a := range cooperation.Attendants {
		boxes[i] = xwidget.NewTick(i18n.T("attendant."+string(a)), false, nil)
		ticks = append(ticks, boxes[i])
	}
	var s *xwidget.Sheet
	conditions := xwidget.Column(8, xwidget.Halves(coopField("from", from), coopField("until", until)), coopField("present", xwidget.Wrap(6, ticks...)),
		xwidget.Halves(coopField("oath", oath), coopField("recording", recording)), coopField("other", other))
	verdict.OnChanged = func(string) {
		if verdict.SelectedIndex() == 0 {
			conditions.Show()
		} else {
			conditions.Hide()
		}
		s.Fit()
	}
	s = room.Form(h, i18n.T("cooperation.answer"), i18n.T("action.save"), xwidget.Column(8, coopField("verdict", verdict), xwidget.Halves(coopField("on", on), coopField("letter", reference)), conditions), verdict, func() error {
		a := cooperation.Answer{Verdict: cooperation.Verdicts[max(verdict.SelectedIndex(), 0)], On: dateOf(on), Reference: reference.Text}
		if a.Verdict == cooperation.Granted {
			a.From, a.Until = dateOf(from), dateOf(until)
			a.Conditions = cooperation.Conditions{Oath: cooperation.Oaths[max(oath.SelectedIndex(), 0)], Recording: cooperation.Recordings[max(recording.SelectedIndex(), 0)], Other: other.Text}
			for i, b := range boxes {
				if b.Checked {
					a.Conditions.Present = append(a.Conditions.Present, cooperation.Attendants[i])
				}
			}
		}
		_, err := h.Desk().AnswerCooperation(room.Ctx(), x.ID, len(x.Answers), a)
		return err
	})
}

func withdrawRequest(h room.Host, x cooperation.Request) {
	why := xwidget.NewLines("", 2)
	room.Form(h, i18n.T("cooperation.withdraw"), i18n.T("cooperation.withdraw"), xwidget.Column(8, xwidget.Paragraph(i18n.T("cooperation.withdraw.text")), coopField("why", why)), why, func() error {
		_, err := h.Desk().WithdrawCooperation(room.Ctx(), x.ID, why.Text)
		return err
	})
}

// permissionCard shows how a hearing stands with other States; nil where the witness is in the court's country.
func permissionCard(h room.Host, names room.Register, x testimony.Hearing) (fyne.CanvasObject, error) {
	if !x.Planned() {
		return nil, nil
	}
	p, err := h.Desk().Permission(room.Ctx(), x.ID)
	if err != nil || len(p.Lacks)+len(p.InForce)+len(p.Earlier) == 0 {
		return nil, err
	}
	rows := room.LackRows(p)
	for _, r := range p.InForce {
		a, _ := r.Last()
		rows = append(rows, xwidget.Wrap(6, xwidget.Middle(xwidget.Strong(r.Country)), xwidget.Chip(i18n.T("cooperation.state.given"), xwidget.Public)))
		rows = append(rows, conditionRows(a.Conditions)...)
	}
	var buttons []fyne.CanvasObject
	for _, l := range p.Lacks {
		if l.Request != "" {
			buttons = append(buttons, xwidget.NewButton(i18n.T("cooperation.request"), "", func() { h.Go(room.Hearings, RequestID(l.Request)) }))
		} else if h.Desk().May(testimony.ActKeepCooperation) {
			buttons = append(buttons, xwidget.NewButton(i18n.T("cooperation.ask"), "", func() { askState(h, names, x) }))
		}
	}
	for _, r := range p.InForce {
		buttons = append(buttons, xwidget.NewButton(i18n.T("cooperation.request")+" "+r.Country, "", func() { h.Go(room.Hearings, RequestID(r.ID)) }))
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(6, buttons...))
	}
	return xwidget.Card(i18n.T("cooperation.title"), rows...), nil
}
