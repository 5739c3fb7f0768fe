package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony/docket"
)

// spare are the empty lines that a form offers behind the bases and conditions that are there.
const spare = 3

// entryForm asks for the texts of a measure.
type entryForm struct {
	was        catalogue.Entry
	en, fr     *xwidget.Input
	end        *xwidget.Choice
	applicants func() []string
	bases      []basisRow
	conditions []conditionRow
	audiences  map[protection.Audience]*xwidget.Tick
	reasons    *xwidget.Input
	rows       []fyne.CanvasObject
}

type basisRow struct {
	law  *xwidget.Choice
	rule *xwidget.Input
	seen *xwidget.Tick
}

type conditionRow struct {
	was    catalogue.Condition
	en, fr *xwidget.Input
}

func newEntryForm(e catalogue.Entry) *entryForm {
	f := &entryForm{was: e, en: input(e.Name.EN), fr: input(e.Name.FR), reasons: input(""),
		end: xwidget.NewChoice(room.Words("measure.end.", catalogue.Ends), max(slices.Index(catalogue.Ends, e.End), 0), nil)}
	add := func(word string, o fyne.CanvasObject) { f.rows = append(f.rows, xwidget.Field(i18n.T(word), o)) }
	f.rows = append(f.rows, xwidget.Halves(xwidget.Field(i18n.T("catalogue.name.en"), f.en), xwidget.Field(i18n.T("catalogue.name.fr"), f.fr)))
	add("catalogue.end", f.end)
	box, ticked := room.Ticks("measure.applicant.", texts(catalogue.ApplicantsOf), texts(e.Applicants))
	f.applicants = ticked
	add("catalogue.applicants", box)
	f.rows = append(f.rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("catalogue.bases.text")))
	for i := range len(e.Bases) + spare {
		b := catalogue.Basis{Law: catalogue.National}
		if i < len(e.Bases) {
			b = e.Bases[i]
		}
		row := basisRow{xwidget.NewChoice(room.Words("law.", catalogue.LawsOf), slices.Index(catalogue.LawsOf, b.Law), nil), input(b.Rule), xwidget.NewTick(i18n.T("catalogue.seen"), b.Seen, nil)}
		f.bases = append(f.bases, row)
		f.rows = append(f.rows, xwidget.Halves(row.law, row.rule), row.seen)
	}
	f.rows = append(f.rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("catalogue.conditions.text")))
	for i := range len(e.Conditions) + spare {
		row := conditionRow{}
		if i < len(e.Conditions) {
			row.was = e.Conditions[i]
		}
		row.en, row.fr = input(row.was.EN), input(row.was.FR)
		f.conditions = append(f.conditions, row)
		f.rows = append(f.rows, xwidget.Halves(xwidget.Field(i18n.T("catalogue.condition.en"), row.en), xwidget.Field(i18n.T("catalogue.condition.fr"), row.fr)))
	}
	return f
}

// offerAudiences asks whom the court always covers besides the measure's own audiences.
func (f *entryForm) offerAudiences() {
	known, ok := order.Find(f.was.Kind)
	if !ok || !known.MayExtend {
		return
	}
	f.audiences = map[protection.Audience]*xwidget.Tick{}
	var ticks []fyne.CanvasObject
	for _, a := range protection.Audiences {
		if known.MayCover(a, f.was.Kind == order.FullAnonymity) && !slices.Contains(known.Default, a) {
			f.audiences[a] = xwidget.NewTick(policy.AudienceWord(a, i18n.Policy()), slices.Contains(f.was.Audiences, a), nil)
			ticks = append(ticks, f.audiences[a])
		}
	}
	f.rows = append(f.rows, xwidget.Line(), xwidget.Field(i18n.T("catalogue.audiences"), xwidget.Column(0, ticks...)))
}

func (f *entryForm) askReasons() {
	f.rows = append(f.rows, xwidget.Line(), xwidget.Field(i18n.T("order.reasons"), f.reasons))
}

// read reads the entry. Lines that are left empty are left out.
func (f *entryForm) read() catalogue.Entry {
	e := f.was
	e.Name = catalogue.Words{EN: f.en.Text, FR: f.fr.Text}
	e.End = catalogue.Ends[max(f.end.SelectedIndex(), 0)]
	e.Applicants, e.Bases, e.Conditions = nil, nil, nil
	for _, a := range f.applicants() {
		e.Applicants = append(e.Applicants, catalogue.Applicant(a))
	}
	for _, b := range f.bases {
		if strings.TrimSpace(b.rule.Text) != "" {
			e.Bases = append(e.Bases, catalogue.Basis{Law: catalogue.LawsOf[max(b.law.SelectedIndex(), 0)], Rule: b.rule.Text, Seen: b.seen.Checked})
		}
	}
	for _, c := range f.conditions {
		if strings.TrimSpace(c.en.Text+c.fr.Text) != "" {
			c.was.Words = catalogue.Words{EN: c.en.Text, FR: c.fr.Text}
			e.Conditions = append(e.Conditions, c.was)
		}
	}
	if f.audiences != nil {
		e.Audiences = nil
		for _, a := range protection.Audiences {
			if t := f.audiences[a]; t != nil && t.Checked {
				e.Audiences = append(e.Audiences, a)
			}
		}
	}
	return e
}

func input(text string) *xwidget.Input {
	e := xwidget.NewInput("")
	e.Text = text
	return e
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// changeMeasure asks for other texts of a measure, and of the court's own for its parts.
func changeMeasure(h room.Host, court catalogue.Catalogue, versions []catalogue.Version, e catalogue.Entry) {
	f := newEntryForm(e)
	f.offerAudiences()
	parts := f.offerParts(court)
	f.askReasons()
	room.KeptForm(h, "measure/"+string(e.Kind), "", i18n.T("catalogue.change")+" · "+room.MeasureName(e), i18n.T("catalogue.propose"), xwidget.Column(8, f.rows...), f.en, func() (err error) {
		next := f.read()
		if next.Own() {
			if next.Parts, err = parts.Read(); err != nil {
				return err
			}
		}
		_, err = h.Desk().ProposeMeasure(room.Ctx(), next, docket.MeasureVersion(versions, e.Kind), f.reasons.Text)
		return err
	})
}

// offerParts asks of which of the program's measures one of the court's own is made.
func (f *entryForm) offerParts(court catalogue.Catalogue) *room.Measures {
	if _, shipped := order.Find(f.was.Kind); shipped {
		return nil
	}
	program := court
	program.Measures = slices.DeleteFunc(slices.Clone(court.Measures), func(e catalogue.Entry) bool { return e.Own() })
	parts := room.NewMeasures(program, f.was.Parts)
	f.rows = append(f.rows, xwidget.Line(), xwidget.WrappedStrong(i18n.T("catalogue.parts")), xwidget.WrappedSmall(i18n.T("catalogue.parts.text")), parts.Content)
	return parts
}

// addMeasure asks for a measure of the court's own.
func addMeasure(h room.Host, court catalogue.Catalogue) {
	id := input("")
	id.PlaceHolder = i18n.T("catalogue.id.hint")
	f := newEntryForm(catalogue.Entry{End: catalogue.EndsOrder, Applicants: slices.Clone(catalogue.ApplicantsOf)})
	f.rows = slices.Insert(f.rows, 0, fyne.CanvasObject(xwidget.Paragraph(i18n.T("catalogue.add.text"))), xwidget.Field(i18n.T("catalogue.id"), id))
	parts := f.offerParts(court)
	f.askReasons()
	room.KeptForm(h, "measure", "", i18n.T("catalogue.add"), i18n.T("catalogue.propose"), xwidget.Column(8, f.rows...), id, func() (err error) {
		e := f.read()
		e.Kind = order.MeasureKind(id.Text)
		if e.Parts, err = parts.Read(); err != nil {
			return err
		}
		_, err = h.Desk().ProposeMeasure(room.Ctx(), e, -1, f.reasons.Text)
		return err
	})
}
