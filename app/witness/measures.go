package witness

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
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
	weighed, err := h.Desk().Weigh(room.Ctx(), r.cas, p.ID)
	if err != nil {
		return nil, err
	}
	rows := append([]fyne.CanvasObject{head}, contradictions(weighed)...)
	weighed.Contradictions = nil // they stand above
	if m.Mode != r.mode {
		rows = append(rows, xwidget.Note(m.Explain(r.mode, i18n.Policy())[0], xwidget.Private))
	}
	rows = append(rows, xwidget.Note(inWords(m), xwidget.Clear), matrixTable(m))
	left := xwidget.Scroll(xwidget.Column(16, xwidget.Panel(xwidget.Column(8, rows...)), xwidget.Card(i18n.T("fair.title"), fairness(weighed))))
	side := xwidget.Column(16)
	if alert := alertCard(h, orders, p.ID); alert != nil {
		side.Add(alert)
	}
	side.Add(xwidget.Card(i18n.T("order.title"), mine...))
	side.Add(todo)
	right := xwidget.Scroll(side)
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
