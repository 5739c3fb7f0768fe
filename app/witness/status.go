package witness

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// statusTab is the first interview, what was decided of the person's status, the time to reflect, and what they agree to.
func (r *Room) statusTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	decided, err := statusCard(h, p)
	if err != nil {
		return nil, nil, err
	}
	shut := func(words string) (fyne.CanvasObject, []fyne.CanvasObject, error) {
		facts, err := factsCard(h, p.ID)
		left := xwidget.Column(16, xwidget.Card(i18n.T("screening.title"), xwidget.WrappedSmall(words)), withdrawals(h, p.ID))
		return xwidget.Split(xwidget.Scroll(left), xwidget.Scroll(xwidget.Column(16, decided, facts)), 400), nil, err
	}
	if !h.Desk().May(testimony.ActKeepCare) {
		return shut(i18n.T("care.not_yours"))
	}
	interview, err := h.Desk().Screening(room.Ctx(), p.ID)
	if errors.Is(err, docket.ErrCareShut) {
		return shut(room.Say(err))
	}
	if err != nil {
		return nil, nil, err
	}
	agreed, err := consentCard(h, p)
	if err != nil {
		return nil, nil, err
	}
	time, err := reflectionCard(h, p)
	if err != nil {
		return nil, nil, err
	}
	need, err := needCard(h, p)
	if err != nil {
		return nil, nil, err
	}
	s.New = func() { askScreening(h, p, interview) }
	word := i18n.T("screening.begin")
	if interview.N > 0 {
		word = i18n.T("screening.go_on")
	}
	left := xwidget.Column(16, screeningCard(interview), agreed, withdrawals(h, p.ID))
	return xwidget.Split(xwidget.Scroll(left), xwidget.Scroll(xwidget.Column(16, decided, time, need)), 400),
		[]fyne.CanvasObject{xwidget.NewPrimary(word, "Ctrl N", s.New)}, nil
}

// screeningCard shows how far the interview is and what was noted to be indicated, set by set, each with its reason. There is no sum of it.
func screeningCard(s docket.Screening) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.Note(i18n.T("screening.no_verdict"), xwidget.Clear)}
	if s.N == 0 {
		return xwidget.Card(i18n.T("screening.title"), append(rows, xwidget.WrappedSmall(i18n.T("screening.none")))...)
	}
	i := s.Value
	rows = append(rows, xwidget.WrappedSmall(i18n.T("screening.held", map[string]any{"Day": room.Day(i.On.Local()), "Language": strings.TrimSpace(i.Language + " " + i.Dialect),
		"Interpreter": i18n.T("company." + string(i.Interpreter)), "Support": i18n.T("company." + string(i.Support))})))
	for _, set := range care.Sets {
		rows = append(rows, xwidget.Line(), xwidget.WrappedStrong(i18n.T("screening.set."+string(set))))
		if open := i.Open(set); len(open) > 0 {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("screening.open", map[string]any{"List": questionList(open)})))
		}
		for _, q := range i.Indicated(set) {
			rows = append(rows, xwidget.Entry(q.Indicator(i18n.Language()), i18n.T("screening.because", map[string]any{"ID": string(q.ID), "Question": q.Text(i18n.Language())})))
		}
		if len(i.Indicated(set)) == 0 {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("screening.nothing_noted")))
		}
	}
	return xwidget.Card(i18n.T("screening.title"), rows...)
}

func questionList(list []care.Question) string {
	var ids []string
	for _, q := range list {
		ids = append(ids, string(q.ID))
	}
	return strings.Join(ids, ", ")
}

// statusCard shows who decided what of the person's status, and when, the newest first.
func statusCard(h room.Host, p protection.Party) (fyne.CanvasObject, error) {
	list, err := h.Desk().StatusHistory(room.Ctx(), p.ID)
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, d := range slices.Backward(list) {
		rows = append(rows, xwidget.Entry(i18n.T("status."+string(d.Status)), i18n.T("status.by", map[string]any{"Who": i18n.T("authority." + string(d.By)), "Day": room.Day(d.On.Local()), "Basis": d.Basis})))
	}
	if len(list) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("status.undecided", map[string]any{"Status": i18n.T("status." + string(p.Status))})))
	}
	if h.Desk().May(testimony.ActDecideStatus) {
		rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("status.enter"), "", func() { enterStatus(h, p, len(list)) })))
	}
	return xwidget.Card(i18n.T("status.title"), rows...), nil
}

// decided is what the forms of decisions have in common.
type decided struct {
	by         *xwidget.Choice
	on, basis  *xwidget.Input
	everything fyne.CanvasObject
}

func newDecided(h room.Host) decided {
	d := decided{by: xwidget.NewChoice(room.Words("authority.", care.Authorities), -1, nil), on: xwidget.NewInput(i18n.T("date.hint")), basis: xwidget.NewInput("")}
	d.on.SetText(h.Desk().Now().Local().Format("2006-01-02"))
	d.everything = xwidget.Column(10, xwidget.Field(i18n.T("decision.by"), d.by), xwidget.Field(i18n.T("decision.on"), d.on), xwidget.Field(i18n.T("decision.basis"), d.basis))
	return d
}

func (d decided) authority() care.Authority {
	if at := d.by.SelectedIndex(); at >= 0 {
		return care.Authorities[at]
	}
	return ""
}

func enterStatus(h room.Host, p protection.Party, seen int) {
	status := xwidget.NewChoice(room.Words("status.", protection.Statuses), -1, nil)
	d := newDecided(h)
	room.KeptForm(h, "status", p.ID, i18n.T("status.enter"), i18n.T("action.save"),
		xwidget.Column(10, xwidget.Paragraph(i18n.T("status.enter.text")), xwidget.Field(i18n.T("witness.status"), status), d.everything), status, func() error {
			on, err := day(d.on.Text)
			if err != nil {
				return err
			}
			x := care.Decision{By: d.authority(), On: on, Basis: d.basis.Text}
			if at := status.SelectedIndex(); at >= 0 {
				x.Status = protection.Statuses[at]
			}
			return h.Desk().DecideStatus(room.Ctx(), p.ID, seen, x)
		})
}

// needCard says whether the person's testimony is needed at all, and by whose decision.
func needCard(h room.Host, p protection.Party) (fyne.CanvasObject, error) {
	n, err := h.Desk().Cooperation(room.Ctx(), p.ID)
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("need.text"))}
	if n.N > 0 {
		rows = append(rows, xwidget.Entry(i18n.T("factword."+string(n.Value.Need)), i18n.T("status.by", map[string]any{"Who": i18n.T("authority." + string(n.Value.By)), "Day": room.Day(n.Value.On.Local()), "Basis": n.Value.Basis})))
	}
	words := []care.Need{care.Needed, care.NotNeeded}
	enter := func() {
		need := xwidget.NewChoice(room.Words("factword.", words), -1, nil)
		d := newDecided(h)
		room.KeptForm(h, "cooperation", p.ID, i18n.T("need.enter"), i18n.T("action.save"), xwidget.Column(10, xwidget.Field(i18n.T("need.title"), need), d.everything), need, func() error {
			on, err := day(d.on.Text)
			if err != nil {
				return err
			}
			x := care.NeedDecision{By: d.authority(), On: on, Basis: d.basis.Text}
			if at := need.SelectedIndex(); at >= 0 {
				x.Need = words[at]
			}
			return h.Desk().DecideCooperation(room.Ctx(), p.ID, n.N, x)
		})
	}
	return xwidget.Card(i18n.T("need.title"), append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("need.enter"), "", enter)))...), nil
}

// reflectionCard is the clock of the time to recover and reflect: days and dates, without a countdown.
func reflectionCard(h room.Host, p protection.Party) (fyne.CanvasObject, error) {
	v, err := h.Desk().Reflection(room.Ctx(), p.ID)
	if err != nil {
		return nil, err
	}
	now, t := h.Desk().Now(), v.Value
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("reflection.text"))}
	var acts []fyne.CanvasObject
	if v.N > 0 {
		word, tone := i18n.T("reflection.over"), xwidget.Neutral
		if t.Running(now) {
			word, tone = i18n.T("factword.running"), xwidget.Public
		}
		rows = append(rows, xwidget.Entry(i18n.T("reflection.dates", map[string]any{"From": room.Day(t.Start.Local()), "Until": room.Day(t.Until().Local())}), t.Basis, xwidget.Chip(word, tone)))
		if t.Short() {
			rows = append(rows, xwidget.Note(i18n.T("reflection.short", map[string]any{"N": care.LeastDays}), xwidget.Private))
		}
		for _, e := range t.Extensions {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("reflection.longer", map[string]any{"N": e.Days, "Who": i18n.T("authority." + string(e.By)), "Day": room.Day(e.On.Local()), "Basis": e.Basis})))
		}
	}
	if t.Running(now) {
		acts = append(acts, xwidget.NewButton(i18n.T("reflection.extend"), "", func() { changeReflection(h, p, true) }), xwidget.NewButton(i18n.T("reflection.end"), "", func() { changeReflection(h, p, false) }))
	} else {
		acts = append(acts, xwidget.NewButton(i18n.T("reflection.begin"), "", func() { beginReflection(h, p) }))
	}
	return xwidget.Card(i18n.T("reflection.title"), append(rows, xwidget.Wrap(8, acts...))...), nil
}

func beginReflection(h room.Host, p protection.Party) {
	start, days, basis := xwidget.NewInput(i18n.T("date.hint")), xwidget.NewInput(""), xwidget.NewInput("")
	start.SetText(h.Desk().Now().Local().Format("2006-01-02"))
	days.SetText(strconv.Itoa(care.LeastDays))
	room.KeptForm(h, "reflection", p.ID, i18n.T("reflection.begin"), i18n.T("action.save"), xwidget.Column(10, xwidget.Field(i18n.T("reflection.start"), start),
		xwidget.Field(i18n.T("reflection.days"), days), xwidget.Field(i18n.T("reflection.basis"), basis)), start, func() error {
		from, err := day(start.Text)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimSpace(days.Text))
		if err != nil {
			return room.ErrNumber
		}
		return h.Desk().BeginReflection(room.Ctx(), p.ID, from, n, basis.Text)
	})
}

func changeReflection(h room.Host, p protection.Party, longer bool) {
	d := newDecided(h)
	days := xwidget.NewInput("")
	title, rows := i18n.T("reflection.end"), xwidget.Column(10, xwidget.Paragraph(i18n.T("reflection.end.text")), d.everything)
	if longer {
		title, rows = i18n.T("reflection.extend"), xwidget.Column(10, xwidget.Field(i18n.T("reflection.more"), days), d.everything)
	}
	room.Form(h, title, i18n.T("action.save"), rows, d.by, func() error {
		on, err := day(d.on.Text)
		if err != nil {
			return err
		}
		e := care.Extension{By: d.authority(), On: on, Basis: d.basis.Text}
		if !longer {
			return h.Desk().EndReflection(room.Ctx(), p.ID, e)
		}
		if e.Days, err = strconv.Atoi(strings.TrimSpace(days.Text)); err != nil {
			return room.ErrNumber
		}
		return h.Desk().ExtendReflection(room.Ctx(), p.ID, e)
	})
}
