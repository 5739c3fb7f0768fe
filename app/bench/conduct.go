package bench

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
)

// conducting is what the side on the course of the questions shows. What ticks is not in it.
type conducting struct {
	Phase     testimony.Phase
	Mode      protection.SessionMode
	Oath      testimony.Swearing
	Stages    int
	Current   int
	Objection *testimony.Objection
	Planned   bool
	Overdue   bool
	Back      time.Time
	Seats     []testimony.Participant
}

// picked is what is chosen on that side, kept while it is drawn anew.
type picked struct{ form, asks, objects, ground, back int }

// ticking is what changes there every second.
type ticking struct {
	stages []*canvas.Text
	due    *canvas.Text
	waits  *canvas.Text
}

// backIn is in how long it can be said that it goes on.
var backIn = []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute, 45 * time.Minute, time.Hour, 90 * time.Minute, 2 * time.Hour}

func (b *Bench) conduct(st live.State) (any, func() fyne.CanvasObject) {
	c := st.Conduct
	now := conducting{Phase: st.Session.Phase, Mode: st.Effective, Oath: c.Oath, Stages: len(c.Examined), Current: c.Current, Objection: c.Objection,
		Planned: c.Planned, Overdue: c.BreakDue <= 0, Back: c.Back, Seats: parties(st)}
	return now, func() fyne.CanvasObject {
		b.ticks = ticking{}
		cards := []fyne.CanvasObject{b.oathCard(st)}
		if card := b.rulesCard(st, now); card != nil { // over the questions, where it is seen before one is put
			cards = append(cards, card)
		}
		if st.Session.Phase == testimony.Testimony || len(c.Examined) > 0 {
			cards = append(cards, b.stageCard(st, now), b.objectionCard(st, now))
		}
		if waited(st) {
			cards = append(cards, b.backCard(st))
		}
		return xwidget.Column(12, cards...)
	}
}

// parties are the seats that put questions and object.
func parties(st live.State) []testimony.Participant {
	var all []testimony.Participant
	for _, p := range st.People {
		switch p.Role {
		case testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused:
			all = append(all, p.Participant)
		}
	}
	return all
}

// conductWaits counts what waits there for the bench: an objection, and a break that is due.
func (b *Bench) conductWaits(st live.State) int {
	n := 0
	if st.Conduct.Objection != nil {
		n++
	}
	if st.Conduct.Planned && st.Conduct.BreakDue <= 0 {
		n++
	}
	return n
}

// ticked shows the times, which change every second.
func (b *Bench) ticked(st live.State) {
	set := func(t *canvas.Text, s string) {
		if t != nil && t.Text != s {
			t.Text = s
			t.Refresh()
		}
	}
	for i, t := range b.ticks.stages {
		if i < len(st.Conduct.Examined) {
			set(t, hearing.Length(st.Conduct.Examined[i].Length()))
		}
	}
	set(b.ticks.due, dueWords(st))
	if o := st.Conduct.Objection; o != nil {
		set(b.ticks.waits, hearing.Length(st.Now.Sub(o.At)))
	}
}

func dueWords(st live.State) string {
	switch left := st.Conduct.BreakDue; {
	case !st.Conduct.Planned:
		return i18n.T("break.none")
	case left > 0:
		return i18n.T("break.in", map[string]any{"Left": hearing.Length(left)})
	default:
		return i18n.T("break.overdue", map[string]any{"Since": hearing.Length(-left)})
	}
}

// oathCard is how the witness is sworn, and what can be done where they do not want to be.
func (b *Bench) oathCard(st live.State) fyne.CanvasObject {
	o := st.Conduct.Oath
	rows := []fyne.CanvasObject{}
	court := func(at time.Time) string {
		if here, _, err := st.Hearing.Clocks(at); err == nil {
			return here.Format("15:04")
		}
		return at.Format("15:04")
	}
	form := ""
	if o.Form != "" {
		form = i18n.T("oath.form." + string(o.Form))
	}
	switch {
	case !o.Taken.IsZero():
		rows = append(rows, xwidget.Note(i18n.T("oath.taken", map[string]any{"Time": court(o.Taken), "Form": form}), xwidget.Clear))
	case o.Unsworn:
		rows = append(rows, xwidget.Note(i18n.T("oath.without", map[string]any{"Reason": o.Why}), xwidget.Break))
	case st.Session.Phase != testimony.Oath:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("oath.later")))
	default:
		if !o.Refused.IsZero() {
			rows = append(rows, xwidget.Note(i18n.T("oath.refused", map[string]any{"Time": court(o.Refused)}), xwidget.Fault))
		}
		rows = append(rows, xwidget.WrappedSmall(i18n.T("oath.text")))
		choice := b.choose(words("oath.form.", testimony.OathForms), &b.picked.form)
		show := benchButton(i18n.T("oath.show"), "", func() {
			b.act(func() error { return b.session.ShowOath(testimony.OathForms[b.picked.form]) })
		})
		rows = append(rows, choice)
		if o.Form != "" {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("oath.shown", map[string]any{"Form": form})))
		}
		refused := benchButton(i18n.T("oath.refuse"), "", func() { b.act(b.session.OathRefused) })
		buttons := []fyne.CanvasObject{show, refused}
		if b.host.Desk().May(testimony.ActDecideOrder) {
			buttons = append(buttons, benchButton(i18n.T("oath.unsworn"), "", b.hearUnsworn))
		}
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("oath.title"), rows...)
}

// hearUnsworn takes the judge's decision, which needs a reason.
func (b *Bench) hearUnsworn() {
	why := xwidget.NewInput("")
	room.Form(b.host, i18n.T("oath.unsworn.title"), i18n.T("oath.unsworn.yes"), xwidget.Column(10, xwidget.Paragraph(i18n.T("oath.unsworn.text")), xwidget.Field(i18n.T("oath.unsworn.why"), why)), why, func() error {
		return b.session.HearUnsworn(why.Text)
	})
}

// stageCard is whose questions are being put, for how long each has, and when a break is due.
func (b *Bench) stageCard(st live.State, now conducting) fyne.CanvasObject {
	names := labels(st)
	var lines [][]fyne.CanvasObject
	for i, x := range st.Conduct.Examined {
		length := xwidget.Text(hearing.Length(x.Length()), theme.Ink, theme.SizeSecondary, i == st.Conduct.Current)
		length.Alignment = fyne.TextAlignTrailing
		b.ticks.stages = append(b.ticks.stages, length)
		what := i18n.T("stage.of", map[string]any{"Stage": i18n.T("examine." + string(x.Stage)), "Who": names[x.By]})
		if x.Stage == testimony.FromBench {
			what = i18n.T("examine." + string(x.Stage))
		}
		said := xwidget.WrappedSmall(what)
		if i == st.Conduct.Current {
			said = xwidget.WrappedStrong(what)
		}
		lines = append(lines, []fyne.CanvasObject{said, length})
	}
	var rows []fyne.CanvasObject
	if len(lines) > 0 {
		rows = append(rows, xwidget.Grid([]float32{4, 1}, nil, lines...))
	} else {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("stage.text")))
	}
	if now.Planned && now.Overdue {
		rows = append(rows, xwidget.Note(i18n.T("break.due"), xwidget.Break))
	}
	b.ticks.due = xwidget.Text(dueWords(st), theme.Ink2, theme.SizeSecondary, false)
	rows = append(rows, b.ticks.due)
	if st.Session.Phase == testimony.Testimony {
		var buttons []fyne.CanvasObject
		for _, stage := range testimony.Stages {
			if stage != testimony.FromBench && len(now.Seats) == 0 {
				continue
			}
			buttons = append(buttons, benchButton(i18n.T("examine."+string(stage)), "", func() { b.callStage(stage, now.Seats) }))
		}
		if len(now.Seats) > 0 {
			rows = append(rows, xwidget.Field(i18n.T("stage.who"), b.choose(seatWords(now.Seats), &b.picked.asks)))
		}
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("stage.title"), rows...)
}

func (b *Bench) callStage(stage testimony.Stage, seats []testimony.Participant) {
	by := testimony.BenchID
	if stage != testimony.FromBench {
		by = seats[min(b.picked.asks, len(seats)-1)].ID
	}
	b.act(func() error { return b.session.CallStage(stage, by) })
}

// objectionCard takes an objection and its ruling.
func (b *Bench) objectionCard(st live.State, now conducting) fyne.CanvasObject {
	if o := now.Objection; o != nil {
		b.ticks.waits = xwidget.Text(hearing.Length(st.Now.Sub(o.At)), theme.Ink2, theme.SizeSecondary, false)
		said := i18n.T("objection.waits", map[string]any{"Who": labels(st)[o.By], "Ground": i18n.T("ground." + string(o.Ground))})
		var buttons []fyne.CanvasObject
		for _, r := range testimony.Rulings {
			buttons = append(buttons, benchButton(i18n.T("ruling."+string(r)), "", func() { b.act(func() error { return b.session.Rule(r) }) }))
		}
		return xwidget.Card(i18n.T("objection.title"), container.NewBorder(nil, nil, nil, b.ticks.waits, xwidget.WrappedStrong(said)), xwidget.Wrap(8, buttons...))
	}
	rows := []fyne.CanvasObject{}
	if n := st.Conduct.Objected; n > 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("objection.so_far", map[string]any{"N": n})))
	}
	if st.Session.Phase != testimony.Testimony || len(now.Seats) == 0 {
		return xwidget.Card(i18n.T("objection.title"), append(rows, xwidget.WrappedSmall(i18n.T("objection.none")))...)
	}
	object := benchButton(i18n.T("objection.do"), "", func() {
		by := now.Seats[min(b.picked.objects, len(now.Seats)-1)].ID
		b.act(func() error { return b.session.Object(by, testimony.Grounds[b.picked.ground]) })
	})
	return xwidget.Card(i18n.T("objection.title"), append(rows, xwidget.Field(i18n.T("objection.who"), b.choose(seatWords(now.Seats), &b.picked.objects)),
		xwidget.Field(i18n.T("objection.ground"), b.choose(words("ground.", testimony.Grounds), &b.picked.ground)), xwidget.Wrap(8, object))...)
}

// waited reports whether somebody waits: at a break, or the public while it is kept out.
func waited(st live.State) bool {
	return paused(st) || st.Session.Phase == testimony.IdentityCheck || st.Session.Phase != testimony.Lobby && st.Session.Mode != protection.PublicMode
}

// backCard tells those who wait when it is expected to go on.
func (b *Bench) backCard(st live.State) fyne.CanvasObject {
	var in []string
	for _, d := range backIn {
		in = append(in, i18n.T("back.in", map[string]any{"N": int(d.Minutes())}))
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("back.text"))}
	if back := st.Conduct.Back; !back.IsZero() {
		if here, _, err := st.Hearing.Clocks(back); err == nil {
			rows = append(rows, xwidget.Note(i18n.T("back.told", map[string]any{"Time": here.Format("15:04")}), xwidget.Clear))
		}
	}
	tell := benchButton(i18n.T("back.tell"), "", func() {
		b.act(func() error { return b.session.ExpectBack(b.session.State().Now.Add(backIn[b.picked.back])) })
	})
	return xwidget.Card(i18n.T("back.title"), append(rows, xwidget.Row(8, xwidget.Width(180, b.choose(in, &b.picked.back)), tell))...)
}

// choose is a choice that is kept while the side is drawn anew.
func (b *Bench) choose(words []string, at *int) *xwidget.Choice {
	*at = min(*at, len(words)-1)
	c := xwidget.NewChoice(words, *at, func(word string) { *at = max(slices.Index(words, word), 0) })
	c.SpacePasses = true
	return c
}

func words[T ~string](prefix string, all []T) (out []string) {
	for _, x := range all {
		out = append(out, i18n.T(prefix+string(x)))
	}
	return out
}

func seatWords(seats []testimony.Participant) (out []string) {
	for _, p := range seats {
		out = append(out, p.Label)
	}
	return out
}
