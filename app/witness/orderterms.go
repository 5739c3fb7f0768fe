package witness

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
)

// extensible are the audiences that an order can add to a measure.
var extensible = []protection.Audience{protection.Accused, protection.DefenceCounsel, protection.Prosecution, protection.Interpreter, protection.Support, protection.Coordinator}

// termsForm asks for what an order is to order.
type termsForm struct {
	was      order.Terms
	until    *xwidget.Input
	measures map[order.MeasureKind]*xwidget.Tick
	further  map[order.MeasureKind]map[protection.Audience]*xwidget.Tick
	content  fyne.CanvasObject
}

// newTermsForm shows the catalogue, ticked as terms stand.
func newTermsForm(t order.Terms) *termsForm {
	f := &termsForm{was: t, until: xwidget.NewInput(i18n.T("order.until.hint")), measures: map[order.MeasureKind]*xwidget.Tick{},
		further: map[order.MeasureKind]map[protection.Audience]*xwidget.Tick{}}
	if !t.Until.IsZero() {
		f.until.Text = t.Until.Add(-time.Nanosecond).UTC().Format(time.DateOnly)
	}
	rows := []fyne.CanvasObject{xwidget.Field(i18n.T("order.end"), f.until), xwidget.WrappedSmall(i18n.T("order.measures.text"))}
	l := i18n.Policy()
	shipped := catalogue.Shipped()
	for _, e := range order.Catalogue {
		law, _ := shipped.Find(e.Kind)
		i := slices.IndexFunc(t.Measures, func(m order.Measure) bool { return m.Kind == e.Kind })
		if i < 0 && len(e.Needs()) > 0 {
			continue // the form has no field for what it needs
		}
		extension := xwidget.Wrap(6)
		if e.MayExtend {
			f.further[e.Kind] = map[protection.Audience]*xwidget.Tick{}
			ticks := []fyne.CanvasObject{xwidget.Small(i18n.T("order.also"))}
			for _, a := range extensible {
				if !e.MayCover(a, true) {
					continue
				}
				tick := xwidget.NewTick(policy.AudienceWord(a, l), i >= 0 && slices.Contains(t.Measures[i].Audiences, a), nil)
				f.further[e.Kind][a] = tick
				ticks = append(ticks, tick)
			}
			extension = xwidget.Wrap(6, ticks...)
		}
		show := func(on bool) {
			if on && e.MayExtend {
				extension.Show()
			} else {
				extension.Hide()
			}
		}
		show(i >= 0)
		word := policy.MeasureWord(e.Kind, l)
		f.measures[e.Kind] = xwidget.NewTick(strings.ToUpper(word[:1])+word[1:], i >= 0, show)
		rows = append(rows, xwidget.Column(0, f.measures[e.Kind], xwidget.Inset(xwidget.WrappedSmall(basis(law.Bases)), 26, 0), xwidget.Inset(extension, 30, 0)))
	}
	f.content = xwidget.Column(8, append(rows, xwidget.WrappedSmall(i18n.T("order.others")))...)
	return f
}

// read reads the terms. What the form does not offer of a measure (another witness as its audience) stays as it was.
func (f *termsForm) read() (order.Terms, error) {
	t := order.Terms{From: f.was.From, Until: f.was.Until, Replaces: f.was.Replaces}
	day, err := dayOf(f.until)
	if err != nil {
		return t, err
	}
	if f.was.Until.IsZero() || !endOf(day).Equal(endOf(f.was.Until.Add(-time.Nanosecond).UTC().Truncate(24*time.Hour))) {
		t.Until = endOf(day)
	}
	for _, e := range order.Catalogue {
		if tick := f.measures[e.Kind]; tick == nil || !tick.Checked {
			continue
		}
		m := order.Measure{Kind: e.Kind}
		if i := slices.IndexFunc(f.was.Measures, func(m order.Measure) bool { return m.Kind == e.Kind }); i >= 0 {
			m = f.was.Measures[i]
			m.Audiences = slices.DeleteFunc(slices.Clone(m.Audiences), func(a protection.Audience) bool { return slices.Contains(extensible, a) })
		}
		for _, a := range extensible {
			if tick := f.further[e.Kind][a]; tick != nil && tick.Checked {
				m.Audiences = append(m.Audiences, a)
			}
		}
		t.Measures = append(t.Measures, m)
	}
	return t, nil
}

// fileOrder asks for an application. What the law of the house refuses is told with the rule's name.
func (r *Room) fileOrder(h room.Host, p protection.Party) {
	reference := xwidget.NewInput(i18n.T("order.reference.hint"))
	var words []string
	for _, a := range order.Applicants {
		words = append(words, i18n.T("applicant."+string(a)))
	}
	applicant := xwidget.NewChoice(words, 0, nil)
	terms := newTermsForm(order.Terms{})
	f := &stepForm{}
	f.rows = append(f.rows, xwidget.Field(i18n.T("order.reference"), reference), xwidget.Field(i18n.T("order.applicant"), applicant), terms.content)
	f.reasons = f.lines(i18n.T("order.reasons"), "", 2)
	f.change = f.lines(i18n.T("order.change.renewal"), "", 2)
	f.exParte = f.lines(i18n.T("order.ex_parte.ask"), i18n.T("order.ex_parte.hint"), 2)
	f.askWill(order.Consent{}, false)
	room.Form(h, i18n.T("order.new"), i18n.T("order.file"), xwidget.Column(8, f.rows...), reference, func() error {
		t, err := terms.read()
		if err != nil {
			return err
		}
		a, err := f.act(order.File)
		if err != nil {
			return err
		}
		_, err = h.Desk().FileOrder(room.Ctx(), order.Order{Case: r.cas, Party: p.ID, Reference: reference.Text, From: h.Desk().Now(), Until: t.Until, Measures: t.Measures,
			Applicant: order.Applicants[max(applicant.SelectedIndex(), 0)], Reasons: a.Reasons, Change: a.Change, ExParte: a.ExParte, Consent: a.Consent})
		return err
	})
}

// basis names the rules that a measure can rest on. What was not read at its source is for counsel to check.
func basis(bases []catalogue.Basis) string {
	var rules []string
	for _, b := range bases {
		rule := b.Rule
		if !b.Seen {
			rule += " (" + i18n.T("order.to_check") + ")"
		}
		rules = append(rules, rule)
	}
	return strings.Join(rules, " · ")
}
