package hearing

import (
	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
)

// retainable lists the pairs of a hearing's seats of which one can be counsel for the other.
func retainable(x testimony.Hearing) (all []testimony.Retainer) {
	for _, counsel := range x.Participants {
		for _, client := range x.Participants {
			if testimony.MayRetain(counsel, client) == nil {
				all = append(all, testimony.Retainer{Counsel: counsel.ID, Client: client.ID})
			}
		}
	}
	return all
}

func retainerWords(x testimony.Hearing, r testimony.Retainer) string {
	counsel, _ := x.Participant(r.Counsel)
	client, _ := x.Participant(r.Client)
	return i18n.T("counsel.for", map[string]any{"Counsel": counsel.Label, "Client": client.Label})
}

// Counsel asks which counsel acts for whom. What somebody else has changed meanwhile is not overwritten.
func Counsel(h room.Host, x testimony.Hearing) {
	pairs := retainable(x)
	ticks := make([]*xwidget.Tick, len(pairs))
	rows := []fyne.CanvasObject{xwidget.Wrapped(i18n.T("counsel.text"))}
	for i, r := range pairs {
		_, retained := x.Retainer(r.Counsel, r.Client)
		ticks[i] = xwidget.NewTick(retainerWords(x, r), retained, nil)
		rows = append(rows, ticks[i])
	}
	room.Form(h, i18n.T("counsel.title"), i18n.T("action.save"), xwidget.Column(8, rows...), ticks[0], func() error {
		var chosen []testimony.Retainer
		for i, r := range pairs {
			if ticks[i].Checked {
				chosen = append(chosen, r)
			}
		}
		_, err := h.Desk().Retain(room.Ctx(), x, chosen)
		return err
	})
}
