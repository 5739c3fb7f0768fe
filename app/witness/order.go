package witness

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

var stateTones = map[order.State]xwidget.Tone{order.InForce: xwidget.Public, order.Interim: xwidget.Private, order.Contested: xwidget.Private,
	order.Filed: xwidget.Clear, order.Served: xwidget.Clear, order.Opposed: xwidget.Private}

// orderRow is an order in the list: where it stands, what it orders, and what can be done with it.
func orderRow(h room.Host, names room.Register, o order.Order) fyne.CanvasObject {
	rows := []fyne.CanvasObject{
		container.NewBorder(nil, nil, xwidget.Middle(xwidget.Strong(o.Reference)), xwidget.Chip(i18n.T("orderstate."+string(o.State)), stateTones[o.State])),
		xwidget.Small(names.Cases[o.Case]), xwidget.WrappedSmall(measureWords(o.Measures)), xwidget.Small(period(o.Terms()))}
	if o.Signing == order.FalselySigned {
		rows = append(rows, xwidget.Note(i18n.T("order.forged"), xwidget.Fault))
	}
	steps := h.Desk().MayStep(o)
	var buttons []fyne.CanvasObject
	for _, s := range steps {
		buttons = append(buttons, xwidget.NewButton(i18n.T("orderstep."+string(s)), "", func() { takeStep(h, o, s) }))
	}
	buttons = append(buttons, xwidget.NewButton(i18n.T("order.history"), "", func() { showOrder(h, names, o) }))
	if paper := room.PaperButton(h, docket.PaperFor{Kind: notice.OrderPaper, Order: o.ID}); paper != nil {
		buttons = append(buttons, paper)
	}
	rows = append(rows, xwidget.Wrap(6, buttons...))
	if len(o.Open()) > 0 && !h.Desk().May(testimony.ActDecideOrder) {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("order.judge_decides")))
	}
	return xwidget.Column(6, append(rows, xwidget.Line())...)
}

func measureWords(list []order.Measure) string {
	l := i18n.Policy()
	var kinds []string
	for _, m := range list {
		word := policy.MeasureWord(m.Kind, l)
		var also []string
		for _, a := range m.Audiences {
			also = append(also, policy.AudienceWord(a, l))
		}
		if len(also) > 0 {
			word += " (" + strings.Join(also, ", ") + ")"
		}
		kinds = append(kinds, word)
	}
	return strings.Join(kinds, ", ")
}

func period(t order.Terms) string {
	if t.Until.IsZero() {
		return i18n.T("order.since", map[string]any{"Day": room.Day(t.From)})
	}
	return i18n.T("order.until", map[string]any{"Day": room.Day(t.Until)})
}

// showOrder shows an order with its whole life: each step, who took it, why, and what was ordered then.
func showOrder(h room.Host, names room.Register, o order.Order) {
	var facts [][]fyne.CanvasObject
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, []fyne.CanvasObject{xwidget.Small(i18n.T(name)), xwidget.WrappedSmall(text)})
		}
	}
	add("order.case", names.Cases[o.Case])
	if o.Applicant != "" {
		add("order.applicant", i18n.T("applicant."+string(o.Applicant)))
	}
	add("order.measures", measureWords(o.Measures))
	add("order.period", period(o.Terms()))
	if !o.Service.At.IsZero() {
		add("order.service", i18n.T("order.service_is", map[string]any{"Day": room.Day(o.Service.At), "How": o.Service.How, "Until": room.Day(o.Service.RespondBy)}))
	}
	add("order.ex_parte", o.ExParte)
	if o.Consent.Will != "" {
		add("order.will", strings.TrimSpace(i18n.T("will."+string(o.Consent.Will))+" "+o.Consent.Reasons))
	}
	if o.Consent.Warned {
		add("order.warned_short", i18n.T("order.warned_yes"))
	}
	add("order.change", o.Change)
	signing := o.Signing
	if signing == order.Unsigned {
		signing = "unsigned"
	}
	add("order.signature", i18n.T("signing."+string(signing)))
	offices := xwidget.Column(0)
	for i := len(o.History) - 1; i >= 0; i-- {
		v := o.History[i]
		lines := []string{measureWords(v.Terms.Measures) + " · " + period(v.Terms)}
		for _, line := range []struct{ name, text string }{{"order.reasons", v.Reasons}, {"order.change", v.Change}, {"order.ex_parte", v.ExParte}} {
			if line.text != "" {
				lines = append(lines, i18n.T(line.name)+": "+line.text)
			}
		}
		who := i18n.T("office."+v.Office) + " · " + room.Day(v.At)
		if len(v.Signature) > 0 {
			who += " · " + i18n.T("order.signed_short")
		}
		offices.Add(xwidget.Column(2, xwidget.Strong(i18n.T("ordertook."+string(v.Step))), xwidget.Small(who), xwidget.WrappedSmall(strings.Join(lines, "\n")), xwidget.Line()))
	}
	if len(o.History) == 0 {
		offices.Add(xwidget.WrappedSmall(i18n.T("order.no_history")))
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("order.title_one", map[string]any{"Reference": o.Reference}), 640,
		xwidget.Column(12, xwidget.Grid([]float32{150, 420}, nil, facts...), xwidget.Strong(i18n.T("order.history")), offices), done)
	h.Window().Canvas().Focus(done)
}
