package attend

import (
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// keeps reports whether a seat is one whose testimony a second record is kept of.
func keeps(seat *attend.Seat) bool {
	return testimony.Role(seat.View().Welcome.Role) == testimony.RoleWitness
}

// keep has this machine keep a second record in a folder.
func (w *Window) keep(folder string) error {
	k, err := attend.NewKeeper(folder)
	if err != nil {
		return err
	}
	w.keeper.Store(k)
	w.seat.Keep(k)
	return nil
}

// keepCard offers a second record before the hearing, and says where one is kept.
func (w *Window) keepCard(keys map[fyne.KeyName]func()) fyne.CanvasObject {
	if k := w.keeper.Load(); k != nil {
		return xwidget.Card(i18n.T("join.keep"), xwidget.Paragraph(i18n.T("join.keeping.ready")), xwidget.WrappedSmall(k.Folder()))
	}
	act := func() {
		folder := xwidget.NewInput("")
		if home, err := os.UserHomeDir(); err == nil {
			folder.SetText(filepath.Join(home, "records"))
		}
		var s *xwidget.Sheet
		rows := xwidget.Column(10, xwidget.Paragraph(i18n.T("join.keep.text")), xwidget.Field(i18n.T("join.keep.folder"), folder))
		do := func() {
			path := strings.TrimSpace(folder.Text)
			if !filepath.IsAbs(path) || w.keep(path) != nil {
				room.Tell(w.window, i18n.T("join.keep"), i18n.T("join.keep.failed"))
				return
			}
			s.Close()
			w.shown = nil
			w.update()
		}
		folder.OnSubmitted = func(string) { do() }
		s = xwidget.ShowSheet(w.window.Canvas(), i18n.T("join.keep"), 480, rows, xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() }), xwidget.NewPrimary(i18n.T("join.keep.do"), i18n.T("key.enter"), do))
		w.window.Canvas().Focus(folder)
	}
	keys[fyne.KeyR] = act
	return xwidget.Wrap(8, xwidget.NewButton(i18n.T("join.keep"), "R", act))
}

// keeping says how the second record is doing; nil where none is kept.
func keeping(v attend.View) fyne.CanvasObject {
	switch v.Keeping {
	case "":
		return nil
	case join.RecordFailed:
		return xwidget.Note(i18n.T("join.keeping.failed"), xwidget.Fault)
	}
	return xwidget.WrappedSmall(i18n.T("join.keeping." + v.Keeping))
}
