package bench

import (
	"fyne.io/fyne/v2"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// rulesCard is what was settled before the hearing: what is barred, how questions are to be put, and which ones the party that asks now may put. It is nil where nothing was.
func (b *Bench) rulesCard(st live.State, now conducting) fyne.CanvasObject {
	d := b.host.Desk()
	if !d.May(testimony.ActKeepRules) {
		return nil
	}
	r, err := d.GroundRules(room.Ctx(), st.Hearing.ID)
	if err != nil {
		return xwidget.Card(i18n.T("rules.title"), xwidget.Note(room.Say(err), xwidget.Fault))
	}
	if len(r.Topics)+len(r.Advice)+len(r.Questions) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	if r.Settled.IsZero() {
		rows = append(rows, xwidget.Note(i18n.T("rules.open", map[string]any{"N": r.Waiting()}), xwidget.Private))
	}
	for _, t := range r.Topics {
		if t.Barred {
			rows = append(rows, xwidget.Note(i18n.T("rules.barred", map[string]any{"Topic": t.Text}), xwidget.Closed))
		}
	}
	for _, a := range r.Advice {
		rows = append(rows, xwidget.WrappedSmall("– "+a))
	}
	if now.Current >= 0 {
		for _, q := range r.May(st.Conduct.Examined[now.Current].By) {
			rows = append(rows, xwidget.Wrapped("• "+q.Text))
		}
	}
	return xwidget.Card(i18n.T("rules.title"), append(rows, xwidget.Wrap(0, benchButton(i18n.T("rules.all"), "", func() { hearing.GroundRules(b.host, st.Hearing) })))...)
}
