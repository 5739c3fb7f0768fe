package people

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
)

// recoveries lists those who were let in by a kit. It takes no room where there is nothing to tell. W reviews the first that this user may.
func recoveries(h room.Host, dir directory, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	names := dir.names
	list, err := h.Desk().Recoveries(room.Ctx())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, r := range list {
		at := r.At.Local()
		text := i18n.T("recovery.line", map[string]any{"Day": room.Day(at), "Time": room.Clock(at), "Sheets": numbers(r.Sheets)})
		if r.Reviewed != nil {
			text += "\n" + i18n.T("recovery.reviewed", map[string]any{"Who": names[r.Reviewed.By], "Finding": r.Reviewed.Reason})
			rows = append(rows, xwidget.Entry(names[r.User], text))
			continue
		}
		if err := h.Desk().MayReviewRecovery(room.Ctx(), r); err != nil {
			rows = append(rows, xwidget.Entry(names[r.User], text+"\n"+room.Say(err), xwidget.Chip(i18n.T("recovery.open"), xwidget.Fault)))
			continue
		}
		key, act := "", func() { review(h, r.ID) }
		if keys[fyne.KeyW] == nil {
			key, keys[fyne.KeyW] = "W", act
		}
		rows = append(rows, xwidget.Entry(names[r.User], text, xwidget.NewPrimary(i18n.T("recovery.review"), key, act)))
	}
	return xwidget.Card(i18n.T("recovery.title"), rows...), nil
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

func review(h room.Host, id string) {
	finding := xwidget.NewLines("", 3)
	room.Form(h, i18n.T("recovery.review"), i18n.T("recovery.review"), xwidget.Column(10, xwidget.Paragraph(i18n.T("recovery.review.text")),
		xwidget.Field(i18n.T("recovery.finding"), finding)), finding, func() error {
		_, err := h.Desk().ReviewRecovery(room.Ctx(), id, finding.Text)
		return err
	})
}
