package approvals

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
)

// shownFor is how long an identity stays on the screen before it is taken away by itself.
const shownFor = 2 * time.Minute

// view shows a granted identity: fields that cannot be selected or copied, over the receiver's name and the time, for two minutes or
// until Escape. The act stands in the audit log before anything is opened.
func view(h room.Host, r identity.Request) {
	_, fields, err := h.Desk().ViewDisclosure(room.Ctx(), r.ID)
	if err != nil {
		room.Failed(h, err)
		return
	}
	at := h.Desk().Now().Local()
	mark := i18n.T("view.mark", map[string]any{"Who": h.Desk().Me().DisplayName, "Day": room.Day(at), "Time": at.Format("15:04:05")})
	var forget []func()
	var rows [][]fyne.CanvasObject
	for _, f := range r.Fields {
		var shown fyne.CanvasObject
		var away func()
		switch f {
		case identity.Face:
			shown, away = portrait(fields[f], mark)
		case identity.Voice:
			shown, away = voice(h, fields[f])
		default:
			l := xwidget.Wrapped(fields[f])
			shown, away = l, func() { l.SetText("") }
		}
		forget = append(forget, away)
		rows = append(rows, []fyne.CanvasObject{xwidget.Strong(i18n.T("field." + string(f))), shown})
	}
	clear(fields)
	body := container.NewStack(xwidget.Watermark(mark), xwidget.Inset(xwidget.Column(10, xwidget.Grid([]float32{2, 5}, nil, rows...)), 10, 10))
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("view.title"), 620, xwidget.Column(8, body, xwidget.WrappedSmall(i18n.T("view.text"))), done)
	h.Window().Canvas().Focus(done)
	gone := time.AfterFunc(shownFor, func() { fyne.Do(s.Close) })
	s.OnClosed(func() {
		gone.Stop()
		for _, away := range forget {
			away()
		}
	})
}
