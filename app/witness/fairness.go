package witness

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// fairness shows what the orders leave to the defence, what makes up for the rest, and what they say against each other.
func fairness(w docket.Weighed) fyne.CanvasObject {
	l := i18n.Policy()
	var rows []fyne.CanvasObject
	for _, e := range refusals(w.Refused) {
		text := room.Say(e)
		if rule, ok := errors.AsType[*order.RuleError](e); ok { // nothing was tried yet
			text = i18n.T("fair.refused", map[string]any{"Why": rule.Why, "Rule": rule.Rule})
		}
		rows = append(rows, xwidget.Note(text, xwidget.Fault))
	}
	rows = append(rows, contradictions(w)...)
	var points [][]fyne.CanvasObject
	for _, p := range w.Points {
		chip := xwidget.Chip(i18n.T("fair.kept"), xwidget.Public)
		if !p.Kept {
			chip = xwidget.Chip(i18n.T("fair.lost"), xwidget.Private)
		}
		points = append(points, []fyne.CanvasObject{xwidget.Wrap(0, chip), xwidget.WrappedSmall(p.Summary(l))})
	}
	rows = append(rows, xwidget.Grid([]float32{74, 400}, nil, points...))
	if w.Narrows {
		rows = append(rows, weight(w.Fairness)...)
	}
	return xwidget.Column(6, append(rows, xwidget.WrappedSmall(i18n.T("fair.honest")))...)
}

// contradictions names orders that say different things, with what stands.
func contradictions(w docket.Weighed) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, c := range w.Contradictions {
		rows = append(rows, xwidget.Note(policy.Contradicted(c, i18n.Policy()), xwidget.Fault))
	}
	return rows
}

// weight says how much rests on the testimony, and what makes up for what the defence has not.
func weight(f policy.Fairness) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	switch {
	case f.Weight == order.SoleOrDecisive && f.Anonymous:
		rows = append(rows, xwidget.Note(i18n.T("fair.decisive_anonymous"), xwidget.Fault))
	case f.Weight == order.SoleOrDecisive:
		rows = append(rows, xwidget.Note(i18n.T("fair.decisive"), xwidget.Fault))
	case f.Warns:
		rows = append(rows, xwidget.Note(i18n.T("fair.unsaid"), xwidget.Private))
	}
	var words []string
	for _, c := range f.Counterbalances {
		if !slices.Contains(f.Untrue, c) {
			words = append(words, i18n.T("counterbalance."+string(c)))
		}
	}
	if len(words) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("fair.no_counterbalance")))
	} else {
		rows = append(rows, xwidget.WrappedStrong(i18n.T("parameter.counterbalances")))
		for _, w := range words {
			rows = append(rows, xwidget.WrappedSmall("· "+w))
		}
	}
	for _, c := range f.Untrue {
		rows = append(rows, xwidget.Note(i18n.T("fair.untrue", map[string]any{"What": i18n.T("counterbalance." + string(c))}), xwidget.Fault))
	}
	return rows
}

// refusals are the errors of a check, one by one.
func refusals(err error) []error {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range list.Unwrap() {
			all = append(all, refusals(e)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// fairPanel shows the fairness of an order while its form is filled in. Draft reads the form; what can't be read yet leaves the panel as it is.
func fairPanel(h room.Host, form fyne.CanvasObject, draft func() (order.Order, error)) fyne.CanvasObject {
	weigh, err := h.Desk().Weighing(room.Ctx())
	if err != nil {
		return xwidget.WrappedSmall(room.Say(err))
	}
	box := container.NewStack()
	show := func() {
		o, err := draft()
		if strings.TrimSpace(o.Reference) == "" {
			o.Reference = i18n.T("fair.draft")
		}
		switch {
		case err != nil:
			xwidget.Replace(box, xwidget.Note(room.Say(err), xwidget.Fault))
		case len(o.Measures) == 0:
			xwidget.Replace(box, xwidget.WrappedSmall(i18n.T("fair.nothing_yet")))
		default:
			xwidget.Replace(box, fairness(weigh(o)))
		}
	}
	show()
	xwidget.OnValues(form, show)
	return xwidget.Panel(xwidget.Column(6, xwidget.Strong(i18n.T("fair.title")), box))
}

// alertCard shows the notes of non-punishment of a party, and whether the prosecutor was told; nil where there is none.
func alertCard(h room.Host, orders []order.Order, p protection.PartyID) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, o := range orders {
		if o.Party != p || !o.Notes(h.Desk().Now()) {
			continue
		}
		if !o.Alerted.At.IsZero() {
			rows = append(rows, xwidget.Entry(i18n.T("order.title_one", map[string]any{"Reference": o.Reference}), i18n.T("alert.told", map[string]any{"Day": room.Day(o.Alerted.At.Local()), "How": o.Alerted.How})))
			continue
		}
		rows = append(rows, xwidget.Note(i18n.T("need.non_punishment")+" · "+o.Reference, xwidget.Fault))
		if h.Desk().May(testimony.ActServeOrder) {
			rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("alert.note"), "", func() { noteAlert(h, o) })))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return xwidget.Card(i18n.T("alert.title"), append(rows, xwidget.WrappedSmall(i18n.T("alert.text")))...)
}

// noteAlert asks when and how the prosecutor was told.
func noteAlert(h room.Host, o order.Order) {
	on, how := dateInput(h.Desk().Now()), input("")
	room.Form(h, i18n.T("alert.note"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("alert.text")), xwidget.Field(i18n.T("alert.on"), on),
		xwidget.Field(i18n.T("alert.how"), how)), how, func() error {
		at, err := day(typed(on))
		if err != nil {
			return err
		}
		_, err = h.Desk().AlertProsecutor(room.Ctx(), o.ID, at, how.Text)
		return err
	})
}
