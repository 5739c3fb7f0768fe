package witness

import (
	"errors"
	"slices"
	"strings"
	"time"

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
	"paravent/testimony/notice"
)

// measures shows the audience matrix of the party in the case shown, the orders behind it, and what is missing.
func (r *Room) measures(h room.Host, names room.Register, p protection.Party) (fyne.CanvasObject, error) {
	m, err := h.Desk().Matrix(room.Ctx(), r.cas, p.ID, r.mode, h.Desk().Now())
	if err != nil {
		return nil, err
	}
	orders, err := h.Desk().Orders(room.Ctx())
	if err != nil {
		return nil, err
	}
	todo, err := missing(h, names, p.ID)
	if err != nil {
		return nil, err
	}
	words := []string{room.ModeWord(modes[0]), room.ModeWord(modes[1]), room.ModeWord(modes[2])}
	head := container.NewBorder(nil, nil, xwidget.Middle(xwidget.Heading(i18n.T("matrix.title"))),
		xwidget.Tabs(words, []string{"F5", "F6", "F7"}, slices.Index(modes, r.mode), func(i int) { r.show(h, modes[i]) }))
	var mine []fyne.CanvasObject
	for _, o := range orders {
		if o.Party == p.ID {
			mine = append(mine, orderRow(h, names, o))
		}
	}
	if len(mine) == 0 {
		mine = append(mine, xwidget.Empty(i18n.T("order.none")))
	}
	rows := []fyne.CanvasObject{head}
	if m.Mode != r.mode {
		rows = append(rows, xwidget.Note(m.Explain(r.mode, i18n.Policy())[0], xwidget.Private))
	}
	rows = append(rows, xwidget.Note(inWords(m), xwidget.Clear), matrixTable(m))
	left := xwidget.Scroll(xwidget.Column(16, xwidget.Panel(xwidget.Column(8, rows...))))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("order.title"), mine...), todo))
	return xwidget.Split(left, right, 290), nil
}

// matrixTable is the audience matrix: who sees and hears what, and which order or rule decided it.
func matrixTable(m policy.Matrix) fyne.CanvasObject {
	var rows [][]fyne.CanvasObject
	l := i18n.Policy()
	for _, c := range m.Cells {
		cells := []fyne.CanvasObject{xwidget.WrappedStrong(policy.AudienceWord(c.Audience, l))}
		if c.Connected {
			cells = append(cells, xwidget.Wrap(4, xwidget.Chip(policy.PictureWord(c.Picture, l), room.PictureTone(c.Picture))),
				xwidget.Wrap(4, xwidget.Chip(policy.VoiceWord(c.Voice, l), room.VoiceTone(c.Voice))))
		} else {
			cells = append(cells, xwidget.Wrap(4, xwidget.Chip(i18n.T("access.off"), xwidget.Break)), xwidget.Gap(0, 0))
		}
		rows = append(rows, append(cells, xwidget.WrappedSmall(strings.Join(c.Reasons(l), "; "))))
	}
	return xwidget.Grid([]float32{146, 88, 134, 334}, []string{i18n.T("matrix.who"), i18n.T("matrix.picture"), i18n.T("matrix.voice"), i18n.T("matrix.because")}, rows...)
}

// inWords says what the matrix means for the public, the accused and the witness, and what alteration cannot do.
func inWords(m policy.Matrix) string {
	l := i18n.Policy()
	lines := m.Explain(m.Mode, l)
	return strings.Join([]string{m.Cell(protection.Gallery).Summary(l), m.Cell(protection.Accused).Summary(l), m.Cell(protection.DefenceCounsel).Summary(l),
		lines[len(lines)-1], i18n.T("matrix.honest")}, " ")
}

var stateTones = map[order.State]xwidget.Tone{order.InForce: xwidget.Public, order.Interim: xwidget.Private, order.Contested: xwidget.Private,
	order.Filed: xwidget.Clear, order.Served: xwidget.Clear, order.Opposed: xwidget.Private}

func orderRow(h room.Host, names room.Register, o order.Order) fyne.CanvasObject {
	var kinds []string
	for _, m := range o.Measures {
		kinds = append(kinds, policy.MeasureWord(m.Kind, i18n.Policy()))
	}
	period := i18n.T("order.since", map[string]any{"Day": room.Day(o.From)})
	if !o.Until.IsZero() {
		period = i18n.T("order.until", map[string]any{"Day": room.Day(o.Until)})
	}
	rows := []fyne.CanvasObject{
		container.NewBorder(nil, nil, xwidget.Middle(xwidget.Strong(o.Reference)), xwidget.Chip(i18n.T("orderstate."+string(o.State)), stateTones[o.State])),
		xwidget.Small(names.Cases[o.Case]), xwidget.WrappedSmall(strings.Join(kinds, ", ")), xwidget.Small(period)}
	var buttons []fyne.CanvasObject
	for _, to := range o.Next() {
		if order.JudgeDecides(to) && !h.Desk().May(testimony.ActDecideOrder) || !h.Desk().May(testimony.ActFileOrder) {
			continue
		}
		buttons = append(buttons, xwidget.NewButton(i18n.T("orderstep."+string(to)), "", func() { stepOrder(h, o, to) }))
	}
	if len(buttons) == 0 && len(o.Next()) > 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("order.judge_decides")))
	}
	if paper := room.PaperButton(h, docket.PaperFor{Kind: notice.OrderPaper, Order: o.ID}); paper != nil {
		buttons = append(buttons, paper)
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(6, buttons...))
	}
	return xwidget.Column(6, append(rows, xwidget.Line())...)
}

// stepOrder shows what the order would make of the matrix before it is taken: the judge approves words, not a form.
func stepOrder(h room.Host, o order.Order, to order.State) {
	now := h.Desk().Now()
	before, err := h.Desk().Matrix(room.Ctx(), o.Case, o.Party, protection.PublicMode, now)
	if err != nil {
		room.Failed(h, err)
		return
	}
	after, err := h.Desk().Foresee(room.Ctx(), o, to, protection.PublicMode, now)
	if err != nil {
		room.Failed(h, err)
		return
	}
	l := i18n.Policy()
	var changes []string
	for i, c := range after.Cells {
		if i < len(before.Cells) && before.Cells[i].Access != c.Access {
			changes = append(changes, c.Summary(l))
		}
	}
	if before.ShowsAccused != after.ShowsAccused {
		lines := after.Explain(after.Mode, l)
		changes = append(changes, lines[len(lines)-1])
	}
	text := i18n.T("order.no_change")
	if len(changes) > 0 {
		text = i18n.T("order.effect") + "\n\n" + strings.Join(changes, "\n")
	}
	room.Confirm(h, i18n.T("orderstep."+string(to))+" · "+o.Reference, text, i18n.T("orderstep."+string(to)), func() {
		_, err := h.Desk().StepOrderFrom(room.Ctx(), o.ID, o.State, to)
		if err != nil && !stepped(h, o, to, err) {
			room.Failed(h, err)
			return
		}
		h.Refresh()
	})
}

// stepped offers the choice where the order was moved at another desk meanwhile. To take the step none the less begins with
// its effect from where the order stands now.
func stepped(h room.Host, o order.Order, to order.State, err error) bool {
	var changed *docket.ChangedError
	if !errors.As(err, &changed) {
		return false
	}
	now := o
	now.State = order.State(changed.Theirs)
	var put func(string) error
	if slices.Contains(now.Next(), to) {
		put = func(string) error {
			stepOrder(h, now, to)
			return nil
		}
	}
	return room.Changed(h, err, i18n.T("orderstep."+string(to)), func(state string) string { return i18n.T("orderstate." + state) }, put)
}

// extensible are the audiences that an order can add to a measure.
var extensible = []protection.Audience{protection.Accused, protection.DefenceCounsel, protection.Prosecution, protection.Interpreter, protection.Support, protection.Coordinator}

// fileOrder asks for an application. What the law of the house refuses is told with the rule's name.
func (r *Room) fileOrder(h room.Host, p protection.Party) {
	reference, until := xwidget.NewInput(i18n.T("order.reference.hint")), xwidget.NewInput(i18n.T("order.until.hint"))
	measures := map[order.MeasureKind]*xwidget.Tick{}
	further := map[order.MeasureKind]map[protection.Audience]*xwidget.Tick{}
	l := i18n.Policy()
	rows := []fyne.CanvasObject{xwidget.Field(i18n.T("order.reference"), reference), xwidget.Field(i18n.T("order.end"), until),
		xwidget.WrappedSmall(i18n.T("order.measures.text"))}
	for _, e := range order.Catalogue {
		extension := xwidget.Wrap(6)
		if e.MayExtend {
			further[e.Kind] = map[protection.Audience]*xwidget.Tick{}
			ticks := []fyne.CanvasObject{xwidget.Small(i18n.T("order.also"))}
			for _, a := range extensible {
				t := xwidget.NewTick(policy.AudienceWord(a, l), false, nil)
				further[e.Kind][a] = t
				ticks = append(ticks, t)
			}
			extension = xwidget.Wrap(6, ticks...)
		}
		extension.Hide()
		word := policy.MeasureWord(e.Kind, l)
		t := xwidget.NewTick(strings.ToUpper(word[:1])+word[1:], false, func(on bool) {
			if on && e.MayExtend {
				extension.Show()
			} else {
				extension.Hide()
			}
		})
		measures[e.Kind] = t
		rows = append(rows, xwidget.Column(0, t, xwidget.Inset(xwidget.WrappedSmall(basis(e)), 26, 0), xwidget.Inset(extension, 30, 0)))
	}
	room.Form(h, i18n.T("order.new"), i18n.T("order.file"), xwidget.Column(8, rows...), reference, func() error {
		o := order.Order{Case: r.cas, Party: p.ID, Reference: reference.Text, From: h.Desk().Now()}
		if text := strings.TrimSpace(until.Text); text != "" {
			day, err := time.Parse(time.DateOnly, text)
			if err != nil {
				return room.ErrDate
			}
			o.Until = day.AddDate(0, 0, 1) // to the end of the day that is named
		}
		for _, e := range order.Catalogue {
			if !measures[e.Kind].Checked {
				continue
			}
			m := order.Measure{Kind: e.Kind}
			for _, a := range extensible {
				if t := further[e.Kind][a]; t != nil && t.Checked {
					m.Audiences = append(m.Audiences, a)
				}
			}
			o.Measures = append(o.Measures, m)
		}
		_, err := h.Desk().FileOrder(room.Ctx(), o)
		return err
	})
}

// basis names the rules that a measure can rest on. What was not read at its source is for counsel to check.
func basis(e order.Entry) string {
	var rules []string
	for _, b := range e.Basis {
		rule := b.Rule
		if !b.Seen {
			rule += " (" + i18n.T("order.to_check") + ")"
		}
		rules = append(rules, rule)
	}
	return strings.Join(rules, " · ")
}
