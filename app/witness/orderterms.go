package witness

import (
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
)

// termsForm asks for what an order is to order.
type termsForm struct {
	was      order.Terms
	until    *xwidget.Input
	measures *room.Measures
	content  fyne.CanvasObject
}

// newTermsForm shows the court's catalogue, ticked as terms stand.
func newTermsForm(c catalogue.Catalogue, t order.Terms) *termsForm {
	f := &termsForm{was: t, until: xwidget.NewInput(i18n.T("order.until.hint")), measures: room.NewMeasures(c, t.Measures)}
	if !t.Until.IsZero() {
		f.until.Text = t.Until.Add(-time.Nanosecond).UTC().Format(time.DateOnly)
	}
	f.content = xwidget.Column(8, xwidget.Field(i18n.T("order.end"), f.until), xwidget.WrappedSmall(i18n.T("order.measures.text")), f.measures.Content)
	return f
}

// read reads the terms.
func (f *termsForm) read(h room.Host) (order.Terms, error) {
	t := order.Terms{From: f.was.From, Until: f.was.Until, Replaces: f.was.Replaces}
	day, err := dayOf(f.until)
	if err != nil {
		return t, err
	}
	if f.was.Until.IsZero() || !endOf(day).Equal(endOf(f.was.Until.Add(-time.Nanosecond).UTC().Truncate(24*time.Hour))) {
		t.Until = endOf(day)
	}
	chosen, err := f.measures.Read()
	if err != nil {
		return t, err
	}
	t.Measures, err = h.Desk().Choose(room.Ctx(), chosen, f.was.Measures)
	return t, err
}

// fileOrder asks for an application. What the law of the house refuses is told with the rule's name.
func (r *Room) fileOrder(h room.Host, p protection.Party) {
	reference := xwidget.NewInput(i18n.T("order.reference.hint"))
	var words []string
	for _, a := range order.Applicants {
		words = append(words, i18n.T("applicant."+string(a)))
	}
	applicant := xwidget.NewChoice(words, 0, nil)
	court, err := h.Desk().Catalogue(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	terms := newTermsForm(court, order.Terms{})
	f := &stepForm{}
	f.rows = append(f.rows, xwidget.Field(i18n.T("order.reference"), reference), xwidget.Field(i18n.T("order.applicant"), applicant), terms.content,
		fairPanel(h, terms.content, func() (order.Order, error) {
			t, err := terms.read(h)
			return order.Order{Case: r.cas, Party: p.ID, Reference: reference.Text, From: h.Desk().Now(), Until: t.Until, Measures: t.Measures}, err
		}))
	replaces, err := f.askReplaces(h, p)
	if err != nil {
		room.Failed(h, err)
		return
	}
	f.reasons = f.lines(i18n.T("order.reasons"), "", 2)
	f.change = f.lines(i18n.T("order.change.renewal"), "", 2)
	f.exParte = f.lines(i18n.T("order.ex_parte.ask"), i18n.T("order.ex_parte.hint"), 2)
	f.askWill(order.Consent{}, false)
	room.KeptForm(h, "order", p.ID, i18n.T("order.new"), i18n.T("order.file"), xwidget.Column(8, f.rows...), reference, func() error {
		t, err := terms.read(h)
		if err != nil {
			return err
		}
		a, err := f.act(order.File)
		if err != nil {
			return err
		}
		_, err = h.Desk().FileOrder(room.Ctx(), order.Order{Case: r.cas, Party: p.ID, Reference: reference.Text, From: h.Desk().Now(), Until: t.Until, Measures: t.Measures, Replaces: replaces(),
			Applicant: order.Applicants[max(applicant.SelectedIndex(), 0)], Reasons: a.Reasons, Change: a.Change, ExParte: a.ExParte, Consent: a.Consent})
		return err
	})
}

// askReplaces offers the orders of the person that stand, and returns how those that were ticked are read.
func (f *stepForm) askReplaces(h room.Host, p protection.Party) (func() []protection.OrderID, error) {
	list, err := h.Desk().Orders(room.Ctx())
	if err != nil {
		return nil, err
	}
	var ids []protection.OrderID
	var ticks []*xwidget.Tick
	column := xwidget.Column(4)
	for _, o := range list {
		if o.Party != p.ID || !o.Replaceable() {
			continue
		}
		tick := xwidget.NewTick(o.Reference+" · "+measureWords(o.Measures), false, nil)
		ids, ticks = append(ids, o.ID), append(ticks, tick)
		column.Add(tick)
	}
	if len(ids) > 0 {
		f.rows = append(f.rows, xwidget.Field(i18n.T("order.replaces"), column))
	}
	return func() []protection.OrderID {
		var chosen []protection.OrderID
		for i, t := range ticks {
			if t.Checked {
				chosen = append(chosen, ids[i])
			}
		}
		return chosen
	}, nil
}
