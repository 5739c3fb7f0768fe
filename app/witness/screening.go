package witness

import (
	"cmp"
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// asking is an interview while it goes on: first how it is held, then one question at a time in large type.
type asking struct {
	h     room.Host
	party protection.Party
	seen  int
	state struct { // what is kept as it is typed
		Interview care.Interview
		Words     care.Words
		At        int // 0 is how it is held, then the questions in their order
	}
	draft *room.Drafting
	sheet *xwidget.Sheet
	box   *fyne.Container
	fault *widget.Label
	take  func() error // reads what is shown into the state
	saved bool
}

const screeningWidth = 640

// askScreening begins an interview, or goes on with it.
func askScreening(h room.Host, p protection.Party, before docket.Screening) {
	a := &asking{h: h, party: p, seen: before.N, box: container.NewStack(), fault: xwidget.Wrapped("")}
	a.fault.Importance = widget.DangerImportance
	a.state.Interview, a.state.Words = before.Value, maps.Clone(before.Words)
	if a.seen == 0 {
		a.state.Interview = care.Interview{On: h.Desk().Now(), Language: p.Language}
	}
	a.draft = room.NewDrafting(h, "screening", p.ID, func() any { return a.state })
	restored := ""
	if kept, ok := a.draft.Restore(&a.state); ok {
		restored = i18n.T("draft.restored", map[string]any{"When": room.Day(kept.Local()) + ", " + room.Clock(kept.Local())})
	}
	a.state.Interview.Answers, a.state.Words = filled(a.state.Interview.Answers), filled(a.state.Words)
	a.state.At = min(max(a.state.At, 0), len(care.Questions))
	back := xwidget.NewButton(i18n.T("action.back"), "F2", func() { a.step(-1) })
	next := xwidget.NewPrimary(i18n.T("action.next"), "F3", func() { a.step(1) })
	save := xwidget.NewButton(i18n.T("screening.save"), "F4", a.save)
	leave := xwidget.NewButton(i18n.T("screening.leave"), "Esc", func() { a.sheet.Close() })
	rows := []fyne.CanvasObject{a.fault, a.box}
	if restored != "" {
		rows = append([]fyne.CanvasObject{xwidget.Note(restored, xwidget.Private)}, rows...)
	}
	a.sheet = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("screening.title"), screeningWidth, container.NewVBox(rows...), leave, save, back, next)
	a.fault.Hide()
	a.sheet.OnKeys(map[fyne.KeyName]func(){fyne.KeyF2: func() { a.step(-1) }, fyne.KeyF3: func() { a.step(1) }, fyne.KeyF4: a.save})
	a.sheet.OnClosed(func() {
		if !a.saved {
			_ = a.take()
			a.draft.Leave()
		}
	})
	a.show()
}

func filled[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// step takes what is shown and turns to another question.
func (a *asking) step(by int) {
	if err := a.take(); err != nil {
		a.refuse(err)
		return
	}
	a.state.At = min(max(a.state.At+by, 0), len(care.Questions))
	a.draft.Changed()
	a.show()
}

func (a *asking) refuse(err error) {
	a.fault.SetText(room.Say(err))
	a.fault.Show()
	a.sheet.Fit()
}

func (a *asking) save() {
	err := a.take()
	if err == nil {
		err = a.h.Desk().SaveScreening(room.Ctx(), a.party.ID, a.seen, a.state.Interview, a.state.Words)
	}
	if err == nil {
		a.saved = true
		err = a.draft.Done()
	}
	if err != nil {
		a.refuse(err)
		return
	}
	a.sheet.Close()
	a.h.Refresh()
}

func (a *asking) show() {
	a.fault.Hide()
	content, first := a.circumstances()
	if a.state.At > 0 {
		content, first = a.question(care.Questions[a.state.At-1])
	}
	a.box.Objects = []fyne.CanvasObject{content}
	a.box.Refresh()
	xwidget.OnValues(content, func() {
		_ = a.take()
		a.draft.Changed()
	})
	a.sheet.Fit()
	a.h.Window().Canvas().Focus(first)
}

// circumstances asks how the interview is held. Whether a support person is there is always asked.
func (a *asking) circumstances() (fyne.CanvasObject, fyne.Focusable) {
	i := &a.state.Interview
	on, language, dialect := xwidget.NewInput(i18n.T("date.hint")), xwidget.NewInput(""), xwidget.NewInput("")
	on.SetText(i.On.Local().Format(time.DateOnly))
	language.SetText(i.Language)
	dialect.SetText(i.Dialect)
	kinds := care.Companies[1:]
	company := func(now care.Company) *xwidget.Choice {
		at := -1
		for n, k := range kinds {
			if k == now {
				at = n
			}
		}
		return xwidget.NewChoice(room.Words("company.", kinds), at, nil)
	}
	interpreter, support := company(i.Interpreter), company(i.Support)
	a.take = func() error {
		i.Language, i.Dialect = language.Text, dialect.Text
		for c, to := range map[*xwidget.Choice]*care.Company{interpreter: &i.Interpreter, support: &i.Support} {
			if at := c.SelectedIndex(); at >= 0 {
				*to = kinds[at]
			}
		}
		if strings.TrimSpace(on.Text) == i.On.Local().Format(time.DateOnly) {
			return nil // its hour stays
		}
		d, err := day(on.Text)
		if err == nil {
			i.On = d
		}
		return err
	}
	return xwidget.Column(10, xwidget.Paragraph(i18n.T("screening.first")), xwidget.Field(i18n.T("screening.support"), support), xwidget.Field(i18n.T("screening.interpreter"), interpreter),
		xwidget.Field(i18n.T("witness.language"), language), xwidget.Field(i18n.T("screening.dialect"), dialect), xwidget.Field(i18n.T("screening.on"), on)), support
}

func (a *asking) question(q care.Question) (fyne.CanvasObject, fyne.Focusable) {
	now := a.state.Interview.Answers[q.ID]
	at := 0
	for i, r := range care.Replies {
		if r == now.Reply {
			at = i
		}
	}
	words := make([]string, len(care.Replies))
	for i, r := range care.Replies {
		words[i] = i18n.T("reply." + cmp.Or(string(r), "not_asked"))
	}
	said := xwidget.NewLines(i18n.T("screening.words.hint"), 4)
	said.SetText(a.state.Words[q.ID])
	tick := xwidget.NewTick(q.Indicator(i18n.Language()), now.Indicates, nil)
	answered := xwidget.Column(10, xwidget.Field(i18n.T("screening.words"), said), xwidget.Field(i18n.T("screening.indicates"), tick))
	reply := xwidget.NewChoice(words, at, func(string) {})
	follow := func() {
		if care.Replies[max(reply.SelectedIndex(), 0)] == care.Answered {
			answered.Show()
		} else {
			answered.Hide()
		}
	}
	follow()
	reply.OnChanged = func(string) {
		follow()
		a.sheet.Fit()
	}
	a.take = func() error {
		r := care.Replies[max(reply.SelectedIndex(), 0)]
		answer := care.Answer{Reply: r}
		delete(a.state.Words, q.ID)
		if r == care.Answered {
			answer.Indicates = tick.Checked
			if said.Text != "" {
				a.state.Words[q.ID] = said.Text
			}
		}
		a.state.Interview.Answers[q.ID] = answer
		return nil
	}
	asked := xwidget.Wrapped(q.Text(i18n.Language()))
	asked.SizeName = theme.SizeNameTitle
	list := care.Of(q.Set)
	n := 1
	for i, x := range list {
		if x.ID == q.ID {
			n = i + 1
		}
	}
	progress := i18n.T("screening.progress", map[string]any{"Set": i18n.T("screening.set." + string(q.Set)), "N": n, "Of": len(list)})
	return xwidget.Column(10, xwidget.Wrap(6, xwidget.Chip(progress, xwidget.Clear)), asked, xwidget.Field(i18n.T("screening.reply"), reply), answered), reply
}
