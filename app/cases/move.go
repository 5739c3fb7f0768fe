package cases

import (
	"context"
	"slices"
	"strings"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// circles offers the docket and the teams that the user is in, and has chosen the one that it is now.
func circles(h room.Host, now docket.TeamID) (*xwidget.Choice, []docket.TeamID, error) {
	list, err := h.Desk().Teams(room.Ctx())
	if err != nil {
		return nil, nil, err
	}
	words, ids := []string{i18n.T("cases.docket")}, []docket.TeamID{""}
	for _, t := range list {
		words, ids = append(words, t.Name), append(ids, t.ID)
	}
	return xwidget.NewChoice(words, max(slices.Index(ids, now), 0), nil), ids, nil
}

// move asks for whom a case is to be kept, and says which cases go with it.
func move(h room.Host, c testimony.Case) {
	now, err := h.Desk().TeamOf(room.Ctx(), c.ID)
	if err != nil {
		room.Failed(h, err)
		return
	}
	circle, ids, err := circles(h, now)
	if err != nil {
		room.Failed(h, err)
		return
	}
	if len(ids) == 1 {
		room.Tell(h.Window(), i18n.T("cases.move"), i18n.T("cases.move.no_team"))
		return
	}
	linked, err := h.Desk().LinkedCases(room.Ctx(), c.ID)
	if err != nil {
		room.Failed(h, err)
		return
	}
	var names []string
	for _, l := range linked {
		names = append(names, l.Reference)
	}
	text := i18n.T("cases.move.text")
	if len(linked) > 1 {
		text += "\n\n" + i18n.T("cases.move.linked", map[string]any{"Cases": strings.Join(names, ", ")})
	}
	d := h.Desk()
	room.SlowForm(h, i18n.T("cases.move.title", map[string]any{"Case": c.Reference}), i18n.T("cases.move.do"), xwidget.Column(10, xwidget.Paragraph(text),
		xwidget.Field(i18n.T("cases.kept_for"), circle)), circle, func() (func() error, error) {
		to := ids[max(circle.SelectedIndex(), 0)]
		return func() error { return d.MoveCase(context.Background(), c.ID, to) }, nil
	})
}
