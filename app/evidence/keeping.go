package evidence

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/retention"
)

// keeping says how long a recording or an exhibit is kept and what stands against erasing it, with the steps that this user's office allows.
func keeping(h room.Host, names room.Register, k docket.Keeping) (fyne.CanvasObject, error) {
	d := h.Desk()
	holds, err := d.Holds(room.Ctx())
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.Strong(i18n.T("keeping.rule"))}
	if k.Rule == nil {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("keeping.no_rule")))
	} else {
		rows = append(rows, xwidget.WrappedSmall(ruleWords(*k.Rule)))
	}
	if !k.Due.IsZero() {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("keeping.due", map[string]any{"Day": room.Day(k.Due)})))
	}
	var buttons []fyne.CanvasObject
	button := func(act testimony.Act, key string, do func()) {
		if d.May(act) {
			buttons = append(buttons, xwidget.NewButton(i18n.T(key), "", do))
		}
	}
	button(testimony.ActSetRetention, "keeping.set", func() { setRule(h, names, k) })
	button(testimony.ActHoldRecordings, "keeping.judgment", func() { enterJudgment(h, k) })
	button(testimony.ActHoldRecordings, "keeping.hold", func() { placeHold(h, k) })
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(6, buttons...))
	}
	rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("keeping.against")))
	rows = append(rows, against(h, k, holds)...)
	rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("keeping.erasure")))
	return xwidget.Scroll(xwidget.Column(8, append(rows, erasure(h, k)...)...)), nil
}

func ruleWords(r retention.Rule) string {
	of := i18n.T("keeping.of_all")
	if r.Case != "" {
		of = i18n.T("keeping.of_case")
	}
	if !r.Until.IsZero() {
		return of + " " + i18n.T("keeping.until", map[string]any{"Day": room.Day(r.Until), "Basis": r.Basis})
	}
	key := "keeping.after"
	switch {
	case r.Months == 0:
		key = "keeping.after_years"
	case r.Years == 0:
		key = "keeping.after_months"
	}
	return of + " " + i18n.T(key, map[string]any{"Years": r.Years, "Months": r.Months, "Basis": r.Basis})
}

// against lists the obstacles, and the holds with the step that lifts them.
func against(h room.Host, k docket.Keeping, holds []retention.Hold) []fyne.CanvasObject {
	if !k.Erased().IsZero() {
		return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("keeping.erased", map[string]any{"Day": room.Day(k.Erased().Local())}))}
	}
	var rows []fyne.CanvasObject
	for _, o := range k.Against {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("obstacle."+string(o))))
	}
	for _, x := range holds {
		if !x.Holds(k.Case, k.Thing()) {
			continue
		}
		var lift []fyne.CanvasObject
		if h.Desk().May(testimony.ActDecideErasure) {
			lift = append(lift, xwidget.NewButton(i18n.T("keeping.lift"), "", func() {
				decision(h, "keeping.lift", "keeping.lift.text", func(why string) error {
					_, err := h.Desk().LiftHold(room.Ctx(), x.ID, why)
					return err
				})
			}))
		}
		rows = append(rows, xwidget.Entry(i18n.T("ground.of."+string(x.Ground)), room.Day(x.Placed.Local())+" · "+x.Reason, lift...))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("keeping.nothing_against")))
	}
	return rows
}

// erasure says where the erasure stands, with its next steps.
func erasure(h room.Host, k docket.Keeping) []fyne.CanvasObject {
	d := h.Desk()
	var rows, buttons []fyne.CanvasObject
	add := func(key string, do func()) { buttons = append(buttons, xwidget.NewButton(i18n.T(key), "", do)) }
	e := k.Erasure
	if e == nil {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("keeping.not_proposed")))
	} else {
		tone := xwidget.Private
		if e.State() == retention.Cleared || e.State() == retention.Refused {
			tone = xwidget.Neutral
		}
		rows = append(rows, xwidget.Spread(xwidget.Small(room.Day(e.Proposed.Local())), xwidget.Chip(i18n.T("keeping.state."+string(e.State())), tone)), xwidget.WrappedSmall(e.Reason))
		if e.Why != "" {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("keeping.decided", map[string]any{"Day": room.Day(e.Decided.Local()), "Why": e.Why})))
		}
		if d.MayDecideErasure(*e) == nil {
			add("keeping.approve", func() { decideErasure(h, *e, true) })
			add("keeping.refuse", func() { decideErasure(h, *e, false) })
		}
		if e.State() == retention.Erased && (d.May(testimony.ActProposeErasure) || d.May(testimony.ActDecideErasure)) {
			add("keeping.clear", func() { clearErasure(h, *e) })
		}
	}
	if d.May(testimony.ActProposeErasure) && k.Erased().IsZero() && len(k.Against) == 0 && (e == nil || e.State() == retention.Refused) {
		add("keeping.propose", func() {
			decision(h, "keeping.propose", "keeping.propose.text", func(why string) error {
				_, err := d.ProposeRecordingErasure(room.Ctx(), k.Thing(), why)
				return err
			})
		})
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(6, buttons...))
	}
	return rows
}

// decision asks for the reason of a step, whose effect it names, and takes it off Fyne's goroutine.
func decision(h room.Host, title, text string, take func(why string) error) {
	reason := xwidget.NewInput("")
	room.SlowForm(h, i18n.T(title), i18n.T(title), xwidget.Column(10, xwidget.Paragraph(i18n.T(text)), xwidget.Field(i18n.T("evidence.reasons"), reason)), reason, func() (func() error, error) {
		why := reason.Text
		return func() error { return take(why) }, nil
	})
}

func decideErasure(h room.Host, e retention.Erasure, approve bool) {
	title := "keeping.refuse"
	if approve {
		title = "keeping.approve"
	}
	decision(h, title, title+".text", func(why string) error {
		_, err := h.Desk().DecideRecordingErasure(room.Ctx(), e.ID, approve, why)
		return err
	})
}

func clearErasure(h room.Host, e retention.Erasure) {
	room.Later(func() error {
		_, err := h.Desk().ClearRecordingErasure(room.Ctx(), e.ID, nil)
		return err
	}, func(err error) {
		h.Refresh()
		if err != nil {
			room.Failed(h, err)
		}
	})
}

// typedCount reads a number that may be left out.
func typedCount(text string) (int, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0, room.ErrNumber
	}
	return n, nil
}

// setRule sets how long what is of this one's kind is kept, in its case or in all.
func setRule(h room.Host, names room.Register, k docket.Keeping) {
	of := xwidget.NewChoice([]string{names.Cases[k.Case], i18n.T("keeping.all_cases")}, 0, nil)
	until, years, months, basis := xwidget.NewInput(i18n.T("keeping.day_hint")), xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewInput("")
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("keeping.set.text", map[string]any{"Kind": i18n.T("keeping.class." + string(k.Class))})), xwidget.Field(i18n.T("keeping.set.of"), of),
		xwidget.Field(i18n.T("keeping.set.until"), until), xwidget.Field(i18n.T("keeping.set.years"), years), xwidget.Field(i18n.T("keeping.set.months"), months), xwidget.Field(i18n.T("keeping.set.basis"), basis))
	room.Form(h, i18n.T("keeping.set"), i18n.T("action.save"), fields, of, func() (err error) {
		r := retention.Rule{Case: k.Case, Class: k.Class, Basis: basis.Text}
		if of.SelectedIndex() == 1 {
			r.Case = ""
		}
		if r.Until, err = room.TypedDay(until.Text); err != nil {
			return err
		}
		if r.Years, err = typedCount(years.Text); err != nil {
			return err
		}
		if r.Months, err = typedCount(months.Text); err != nil {
			return err
		}
		_, err = h.Desk().SetRetention(room.Ctx(), r)
		return err
	})
}

func enterJudgment(h room.Host, k docket.Keeping) {
	day := xwidget.NewInput(i18n.T("keeping.day_hint"))
	room.Form(h, i18n.T("keeping.judgment"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("keeping.judgment.text")), xwidget.Field(i18n.T("keeping.judgment.day"), day)), day, func() error {
		on, err := room.TypedDay(day.Text)
		if err != nil || on.IsZero() {
			return room.ErrDate
		}
		return h.Desk().EnterJudgment(room.Ctx(), k.Case, on)
	})
}

// placeHold keeps this recording or exhibit, or all of its case.
func placeHold(h room.Host, k docket.Keeping) {
	var grounds []string
	for _, g := range retention.Grounds {
		grounds = append(grounds, i18n.T("ground.of."+string(g)))
	}
	ground, what := xwidget.NewChoice(grounds, 0, nil), xwidget.NewChoice([]string{i18n.T("keeping.hold.case"), i18n.T("keeping.hold.one")}, 0, nil)
	reason := xwidget.NewInput("")
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("keeping.hold.text")), xwidget.Field(i18n.T("keeping.hold.ground"), ground), xwidget.Field(i18n.T("keeping.hold.what"), what), xwidget.Field(i18n.T("evidence.reason"), reason))
	room.Form(h, i18n.T("keeping.hold"), i18n.T("action.save"), fields, ground, func() error {
		hold := retention.Hold{Case: k.Case, Ground: retention.Grounds[max(ground.SelectedIndex(), 0)], Reason: reason.Text}
		if what.SelectedIndex() == 1 {
			hold.Thing = k.Thing()
		}
		_, err := h.Desk().PlaceHold(room.Ctx(), hold)
		return err
	})
}
