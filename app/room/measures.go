package room

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
)

// extensible are the audiences that can be added to a measure.
var extensible = []protection.Audience{protection.Accused, protection.DefenceCounsel, protection.Prosecution, protection.Interpreter, protection.Support, protection.Coordinator}

// Measures asks for measures of a catalogue, with their audiences and what each is told.
type Measures struct {
	Content fyne.CanvasObject
	was     []order.Measure
	rows    []measureRow
}

type measureRow struct {
	kind      order.MeasureKind
	takes     []order.Parameter
	tick      *xwidget.Tick
	audiences map[protection.Audience]*xwidget.Tick
	told      *Parameters
}

// NewMeasures offers the measures of a catalogue, ticked as a list stands.
func NewMeasures(c catalogue.Catalogue, was []order.Measure) *Measures {
	f := &Measures{was: was}
	var rows []fyne.CanvasObject
	for _, e := range c.Measures {
		i := slices.IndexFunc(was, func(m order.Measure) bool { return m.Kind == e.Kind })
		if e.Retired && i < 0 {
			continue
		}
		standing := c.Measure(e.Kind) // a fresh one begins with the audiences that the court always covers
		if i >= 0 {
			standing = was[i]
		}
		row := measureRow{kind: e.Kind, takes: e.Takes(), audiences: map[protection.Audience]*xwidget.Tick{}, told: NewParameters(e.Takes(), standing.Parameters)}
		var more []fyne.CanvasObject
		also := []fyne.CanvasObject{xwidget.Small(i18n.T("order.also"))}
		for _, a := range extensible {
			if e.MayCover(a) {
				row.audiences[a] = xwidget.NewTick(policy.AudienceWord(a, i18n.Policy()), slices.Contains(standing.Audiences, a), nil)
				also = append(also, row.audiences[a])
			}
		}
		if len(row.audiences) > 0 {
			more = append(more, xwidget.Wrap(6, also...))
		}
		if len(row.takes) > 0 {
			more = append(more, row.told.Content)
		}
		details := xwidget.Inset(xwidget.Column(6, more...), 30, 4)
		show := func(on bool) {
			if on && len(more) > 0 {
				details.Show()
			} else {
				details.Hide()
			}
		}
		show(i >= 0)
		row.tick = xwidget.NewTick(MeasureName(e), i >= 0, show)
		f.rows = append(f.rows, row)
		rows = append(rows, xwidget.Column(0, row.tick, xwidget.Inset(xwidget.WrappedSmall(Bases(e.Bases)), 26, 0), details))
	}
	f.Content = xwidget.Column(8, rows...)
	return f
}

// MeasureName is the name by which the court calls a measure, with a capital.
func MeasureName(e catalogue.Entry) string {
	name := e.Name.In(string(i18n.Policy()))
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}

// Bases names the rules that a measure can rest on. What was not read at its source is for counsel to check.
func Bases(bases []catalogue.Basis) string {
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

// Read reads what was chosen. What the form does not offer of a measure (another witness as its audience) stays as it was.
func (f *Measures) Read() ([]order.Measure, error) {
	var list []order.Measure
	for _, row := range f.rows {
		if !row.tick.Checked {
			continue
		}
		m := order.Measure{Kind: row.kind}
		if i := slices.IndexFunc(f.was, func(m order.Measure) bool { return m.Kind == row.kind }); i >= 0 {
			m = f.was[i].Clone()
			m.Audiences = slices.DeleteFunc(m.Audiences, func(a protection.Audience) bool { return row.audiences[a] != nil })
		}
		for _, a := range extensible {
			if tick := row.audiences[a]; tick != nil && tick.Checked {
				m.Audiences = append(m.Audiences, a)
			}
		}
		told, err := row.told.Read()
		if err != nil {
			return nil, err
		}
		for _, p := range row.takes {
			m.Take(p, told)
		}
		list = append(list, m)
	}
	return list, nil
}
