package hearing

import (
	"strconv"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/groundrules"
)

// GroundRules shows the ground rules of a hearing, with the steps that are open to this user.
func GroundRules(h room.Host, x testimony.Hearing) {
	r, err := h.Desk().GroundRules(room.Ctx(), x.ID)
	if err != nil {
		room.Failed(h, err)
		return
	}
	var s *xwidget.Sheet
	g := rules{h: h, x: x, r: r, judge: h.Desk().May(testimony.ActDecideOrder), open: x.Planned() && r.Settled.IsZero()}
	g.again = func() { s.Close(); GroundRules(h, x) }
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("rules.title"), 760, xwidget.Column(8, g.rows()...), append(g.buttons(), done)...)
	h.Window().Canvas().Focus(done)
}

// rules is the sheet while it is drawn.
type rules struct {
	h           room.Host
	x           testimony.Hearing
	r           groundrules.Rules
	judge, open bool
	again       func()
}

func (g rules) rows() []fyne.CanvasObject {
	tone, word := xwidget.Private, i18n.T("rules.open", map[string]any{"N": g.r.Waiting()})
	if !g.r.Settled.IsZero() {
		tone, word = xwidget.Clear, i18n.T("rules.settled", map[string]any{"Day": room.Day(g.r.Settled.Local())})
	}
	rows := []fyne.CanvasObject{xwidget.Note(word, tone), xwidget.Strong(i18n.T("rules.topics"))}
	for i, t := range g.r.Topics {
		word := i18n.T("rules.topic.allowed")
		if t.Barred {
			word = i18n.T("rules.topic.barred")
		}
		rows = append(rows, xwidget.Entry(t.Text, word, g.drop(func() error { _, err := g.h.Desk().DropTopic(room.Ctx(), g.x.ID, i+1); return err })...))
	}
	rows = append(rows, none(len(g.r.Topics))...)
	rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("rules.advice")))
	for i, a := range g.r.Advice {
		rows = append(rows, xwidget.Entry(a, "", g.drop(func() error { _, err := g.h.Desk().DropAdvice(room.Ctx(), g.x.ID, i+1); return err })...))
	}
	rows = append(rows, none(len(g.r.Advice))...)
	rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("rules.questions")))
	for i, q := range g.r.Questions {
		rows = append(rows, g.question(i+1, q)...)
	}
	return append(rows, none(len(g.r.Questions))...)
}

func none(n int) []fyne.CanvasObject {
	if n > 0 {
		return nil
	}
	return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("rules.none"))}
}

func (g rules) drop(step func() error) []fyne.CanvasObject {
	if !g.open {
		return nil
	}
	return []fyne.CanvasObject{xwidget.NewButton(i18n.T("rules.drop"), "", func() { g.take(step) })}
}

// take takes a step and shows the rules as they stand then.
func (g rules) take(step func() error) {
	room.Later(step, func(err error) {
		if err != nil {
			room.Failed(g.h, err)
			return
		}
		g.again()
	})
}

func (g rules) question(n int, q groundrules.Question) []fyne.CanvasObject {
	p, _ := g.x.Participant(q.By)
	if p.Role == testimony.RoleBench {
		p.Label = i18n.T("role.bench")
	}
	rows := []fyne.CanvasObject{xwidget.Row(8, xwidget.Chip(strconv.Itoa(n)+" · "+p.Label, xwidget.Neutral), xwidget.Chip(i18n.T("rules.standing."+string(q.Standing)), standingTone(q.Standing))), xwidget.Wrapped(q.Text)}
	if q.Was != "" {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("rules.was", map[string]any{"Text": q.Was})))
	}
	if q.Reason != "" {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("rules.because", map[string]any{"Text": q.Reason})))
	}
	if !g.open || q.Standing != groundrules.Asked {
		return rows
	}
	d := g.h.Desk()
	var buttons []fyne.CanvasObject
	if g.judge {
		buttons = append(buttons,
			xwidget.NewButton(i18n.T("rules.approve"), "", func() { g.take(func() error { _, err := d.ApproveQuestion(room.Ctx(), g.x.ID, n, ""); return err }) }),
			xwidget.NewButton(i18n.T("rules.reword"), "", func() {
				g.form("rules.reword", "rules.question", q.Text, func(text string) error { _, err := d.ApproveQuestion(room.Ctx(), g.x.ID, n, text); return err })
			}),
			xwidget.NewButton(i18n.T("rules.refuse"), "", func() {
				g.form("rules.refuse", "rules.reason", "", func(text string) error { _, err := d.RefuseQuestion(room.Ctx(), g.x.ID, n, text); return err })
			}))
	}
	buttons = append(buttons, xwidget.NewButton(i18n.T("rules.withdraw"), "", func() { g.take(func() error { _, err := d.WithdrawQuestion(room.Ctx(), g.x.ID, n); return err }) }))
	return append(rows, xwidget.Wrap(8, buttons...))
}

func standingTone(s groundrules.Standing) xwidget.Tone {
	switch s {
	case groundrules.Asked:
		return xwidget.Private
	case groundrules.Approved, groundrules.Reworded:
		return xwidget.Public
	}
	return xwidget.Break
}

// form asks for one line of text.
func (g rules) form(title, field, text string, keep func(string) error) {
	input := xwidget.NewInput("")
	input.SetText(text)
	g.ask(title, xwidget.Field(i18n.T(field), input), input, func() error { return keep(input.Text) })
}

// ask is a form after which the rules are shown anew.
func (g rules) ask(title string, fields fyne.CanvasObject, first fyne.Focusable, keep func() error) {
	kept := false
	form := room.Form(g.h, i18n.T(title), i18n.T("action.save"), fields, first, func() error {
		err := keep()
		kept = err == nil
		return err
	})
	form.OnClosed(func() {
		if kept {
			g.again()
		}
	})
}

func (g rules) buttons() []fyne.CanvasObject {
	d := g.h.Desk()
	if !g.open {
		if g.judge && g.x.Planned() {
			return []fyne.CanvasObject{xwidget.NewButton(i18n.T("rules.reopen"), "", func() { g.take(func() error { _, err := d.ReopenRules(room.Ctx(), g.x.ID); return err }) })}
		}
		return nil
	}
	topic := xwidget.NewButton(i18n.T("rules.add.topic"), "", func() {
		text, barred := xwidget.NewInput(""), xwidget.NewTick(i18n.T("rules.topic.barred"), false, nil)
		g.ask("rules.add.topic", xwidget.Column(10, xwidget.Field(i18n.T("rules.topic"), text), barred), text, func() error {
			_, err := d.AddTopic(room.Ctx(), g.x.ID, text.Text, barred.Checked)
			return err
		})
	})
	advice := xwidget.NewButton(i18n.T("rules.add.advice"), "", func() {
		g.form("rules.add.advice", "rules.advice", "", func(text string) error { _, err := d.Advise(room.Ctx(), g.x.ID, text); return err })
	})
	buttons := []fyne.CanvasObject{topic, advice, xwidget.NewButton(i18n.T("rules.add.question"), "", g.addQuestion)}
	if g.judge {
		buttons = append(buttons, xwidget.NewButton(i18n.T("rules.settle"), "", func() { g.take(func() error { _, err := d.SettleRules(room.Ctx(), g.x.ID); return err }) }))
	}
	return buttons
}

// addQuestion enters a question of one of the seats that ask.
func (g rules) addQuestion() {
	var words []string
	var seats []testimony.ParticipantID
	for _, p := range append([]testimony.Participant{{ID: testimony.BenchID, Role: testimony.RoleBench, Label: i18n.T("role.bench")}}, g.x.Participants...) {
		if groundrules.Asks(p.Role) {
			words, seats = append(words, p.Label), append(seats, p.ID)
		}
	}
	who, text := xwidget.NewChoice(words, 0, nil), xwidget.NewInput("")
	g.ask("rules.add.question", xwidget.Column(10, xwidget.Field(i18n.T("rules.who"), who), xwidget.Field(i18n.T("rules.question"), text)), text, func() error {
		_, err := g.h.Desk().AskQuestion(room.Ctx(), g.x.ID, seats[max(who.SelectedIndex(), 0)], text.Text)
		return err
	})
}
