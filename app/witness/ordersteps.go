package witness

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

// stepForm is what is asked of whoever takes a step. A field that the step does not need is nil.
type stepForm struct {
	h                                                       room.Host
	reasons, change, exParte, how, served, respond, against *xwidget.Input
	will                                                    *xwidget.Choice
	warned                                                  *xwidget.Tick
	strike                                                  map[order.MeasureKind]*xwidget.Tick
	terms                                                   *termsForm
	rows                                                    []fyne.CanvasObject
	first                                                   fyne.Focusable
}

func (f *stepForm) lines(word, hint string, rows int) *xwidget.Input {
	e := xwidget.NewLines(hint, rows)
	f.rows = append(f.rows, xwidget.Field(word, e))
	if f.first == nil {
		f.first = e
	}
	return e
}

func (f *stepForm) line(word, hint string) *xwidget.Input {
	e := xwidget.NewInput(hint)
	f.rows = append(f.rows, xwidget.Field(word, e))
	if f.first == nil {
		f.first = e
	}
	return e
}

// newStepForm asks for what a step needs, filled in with what the order has already.
func newStepForm(h room.Host, court catalogue.Catalogue, o order.Order, s order.Step) *stepForm {
	f := &stepForm{h: h}
	f.rows = append(f.rows, xwidget.WrappedSmall(i18n.T("order.step.text."+string(s))))
	if s == order.Vary || s == order.Augment {
		f.terms = newTermsForm(court, o.Terms())
		f.rows = append(f.rows, f.terms.content, fairPanel(h, f.terms.content, func() (order.Order, error) {
			t, err := f.terms.read(h)
			next := o
			next.Until, next.Measures = t.Until, t.Measures
			return next, err
		}))
	}
	if s == order.GrantInPart {
		f.strike = map[order.MeasureKind]*xwidget.Tick{}
		ticks := []fyne.CanvasObject{}
		for _, m := range o.Measures {
			t := xwidget.NewTick(measureWords([]order.Measure{m}), false, nil)
			f.strike[m.Kind] = t
			ticks = append(ticks, t)
		}
		f.rows = append(f.rows, xwidget.Field(i18n.T("order.strike"), xwidget.Column(0, ticks...)))
	}
	if s == order.Serve {
		f.how = f.line(i18n.T("order.service.how"), i18n.T("order.service.how.hint"))
		f.served = f.line(i18n.T("order.service.at"), i18n.T("order.until.hint"))
		f.served.Text = h.Desk().Now().Format(time.DateOnly)
		f.respond = f.line(i18n.T("order.service.respond"), i18n.T("order.until.hint"))
	}
	if order.NeedsReasons(s) {
		f.reasons = f.lines(i18n.T("order.reasons"), "", 3)
	}
	if order.NeedsChange(s) {
		f.change = f.lines(i18n.T("order.change"), i18n.T("order.change.hint"), 2)
	}
	if order.NeedsHearing(s) && o.ExParte == "" && o.State != order.Opposed && o.State != order.Interim {
		f.exParte = f.lines(i18n.T("order.ex_parte"), i18n.T("order.ex_parte.hint"), 2)
	}
	if order.NeedsWill(s) {
		f.askWill(o.Consent, order.NeedsChange(s))
	}
	return f
}

// askWill asks for the person's will; toward the end of an order it is asked anew.
func (f *stepForm) askWill(known order.Consent, anew bool) {
	if anew {
		known = order.Consent{Warned: known.Warned}
	}
	var words []string
	for _, w := range order.Wills {
		words = append(words, i18n.T("will."+string(w)))
	}
	f.will = xwidget.NewChoice(words, slices.Index(order.Wills, known.Will), nil)
	f.rows = append(f.rows, xwidget.Field(i18n.T("order.will"), f.will))
	f.against = f.lines(i18n.T("order.against"), "", 2)
	f.against.Text = known.Reasons
	f.warned = xwidget.NewTick(i18n.T("order.warned"), known.Warned, nil)
	f.rows = append(f.rows, f.warned)
}

// act reads what was typed.
func (f *stepForm) act(s order.Step) (order.Act, error) {
	a := order.Act{Step: s, Reasons: typed(f.reasons), Change: typed(f.change), ExParte: typed(f.exParte)}
	if f.will != nil {
		if i := f.will.SelectedIndex(); i >= 0 {
			a.Consent = order.Consent{Will: order.Wills[i], Reasons: typed(f.against), Warned: f.warned.Checked}
		}
	}
	for kind, t := range f.strike {
		if t.Checked {
			a.Strike = append(a.Strike, kind)
		}
	}
	if f.how != nil {
		at, err := dayOf(f.served)
		if err != nil {
			return a, err
		}
		respond, err := dayOf(f.respond)
		if err != nil {
			return a, err
		}
		a.Service = order.Service{At: at, How: typed(f.how), RespondBy: endOf(respond)}
	}
	if f.terms != nil {
		t, err := f.terms.read(f.h)
		if err != nil {
			return a, err
		}
		a.Terms = &t
	}
	return a, nil
}

func typed(e *xwidget.Input) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text)
}

// dayOf reads a day; an empty line is no day.
func dayOf(e *xwidget.Input) (time.Time, error) {
	if typed(e) == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, typed(e))
	if err != nil {
		return day, room.ErrDate
	}
	return day, nil
}

// endOf is the end of the day that is named.
func endOf(day time.Time) time.Time {
	if day.IsZero() {
		return day
	}
	return day.AddDate(0, 0, 1)
}

// takeStep asks for what a step needs. A judge then reads what the order would make of the matrix before signing it: words are approved, not a form.
func takeStep(h room.Host, o order.Order, s order.Step) {
	court, err := h.Desk().Catalogue(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	askStep(h, o, s, newStepForm(h, court, o, s))
}

func askStep(h room.Host, o order.Order, s order.Step, f *stepForm) {
	title := i18n.T("orderstep."+string(s)) + " · " + o.Reference
	word := i18n.T("action.save")
	if order.JudgeTakes(s) {
		word = i18n.T("order.show_effect")
	}
	var then func() // opens when the form is closed
	sheet := room.Form(h, title, word, xwidget.Column(10, f.rows...), f.first, func() error {
		a, err := f.act(s)
		if err != nil {
			return err
		}
		if !order.JudgeTakes(s) {
			_, err := h.Desk().StepOrder(room.Ctx(), o.ID, &o, a)
			var changed *docket.ChangedError
			if errors.As(err, &changed) {
				then = func() { stepped(h, o, s, f, err) }
				return nil
			}
			return err
		}
		changes, err := h.Desk().CompareOrder(room.Ctx(), o.ID, a, i18n.Policy())
		if err != nil {
			return err
		}
		weighed, err := h.Desk().WeighStep(room.Ctx(), o.ID, a)
		if err != nil {
			return err
		}
		then = func() {
			signStep(h, o, a, f, xwidget.Column(16, effects(changes), xwidget.Card(i18n.T("fair.title"), fairness(weighed))))
		}
		return nil
	})
	sheet.OnClosed(func() {
		if then != nil {
			then()
		}
	})
}

// signStep shows what changes for whom, and lets the judge sign or go back to the form as it was filled in.
func signStep(h room.Host, o order.Order, a order.Act, f *stepForm, effect fyne.CanvasObject) {
	var s *xwidget.Sheet
	back := xwidget.NewButton(i18n.T("order.back"), "Esc", func() {
		s.Close()
		askStep(h, o, a.Step, f)
	})
	sign := xwidget.NewPrimary(i18n.T("order.sign"), "", func() {
		s.Close()
		if _, err := h.Desk().StepOrder(room.Ctx(), o.ID, &o, a); err != nil && !stepped(h, o, a.Step, f, err) {
			room.Failed(h, err)
			return
		}
		h.Refresh()
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("orderstep."+string(a.Step))+" · "+o.Reference, 640, effect, back, sign)
	h.Window().Canvas().Focus(back)
}

// effects says what becomes different, by session mode, for each audience: what it is now, and what it will be.
func effects(changes []policy.Change) fyne.CanvasObject {
	if len(changes) == 0 {
		return xwidget.Paragraph(i18n.T("order.no_change"))
	}
	col := xwidget.Column(8)
	under := ""
	for _, c := range changes {
		heading := i18n.T("order.outside")
		if c.Measure == "" {
			heading = room.ModeWord(c.Mode)
		}
		if heading != under {
			under = heading
			col.Add(xwidget.Strong(heading))
		}
		text := xwidget.WrappedSmall(i18n.T("order.was", map[string]any{"Text": c.Before}))
		if c.Lifts {
			col.Add(xwidget.Note(c.After+" "+i18n.T("order.lifts"), xwidget.Private))
		} else {
			col.Add(xwidget.Wrapped(c.After))
		}
		col.Add(text)
	}
	col.Add(xwidget.WrappedSmall(i18n.T("matrix.honest")))
	return col
}

// stepped offers the choice where the order was moved at another desk meanwhile. To take the step none the less begins with the form, from where the
// order stands now.
func stepped(h room.Host, o order.Order, step order.Step, f *stepForm, err error) bool {
	var changed *docket.ChangedError
	if !errors.As(err, &changed) {
		return false
	}
	now, readErr := h.Desk().Order(room.Ctx(), o.ID)
	var put func(string) error
	if readErr == nil && slices.Contains(h.Desk().MayStep(now), step) {
		put = func(string) error {
			askStep(h, now, step, f)
			return nil
		}
	}
	return room.Changed(h, err, i18n.T("orderstep."+string(step)), func(state string) string { return i18n.T("orderstate." + state) }, put)
}
