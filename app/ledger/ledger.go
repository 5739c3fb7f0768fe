// Package ledger is the room of the audit log: whether it is sound, every act that matters in plain lines, and what to take of it for
// others to check.
//
// It reads a page of the log when it is looked at, and never the whole of it before it draws. Start from [New].
package ledger

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
)

// columns are the widths of the list's columns in proportion.
var columns = []float32{4, 3, 2, 5}

// New draws how the log stands, and the log, newest first.
func New(h room.Host) (room.Screen, error) {
	state, err := h.Desk().AuditState(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[string(u.ID)] = u.Login
	}
	list := newPages(h, names)
	acts := map[fyne.KeyName]func(){
		fyne.KeyF6: func() { showHead(h, state) }, fyne.KeyF7: func() { export(h) },
		fyne.KeyF8: func() { checkFile(h) }, fyne.KeyF9: func() { check(h) },
	}
	bar := xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("audit.check"), "F9", acts[fyne.KeyF9]), xwidget.NewButton(i18n.T("audit.take_head"), "F6", acts[fyne.KeyF6]),
		xwidget.NewButton(i18n.T("audit.export"), "F7", acts[fyne.KeyF7]), xwidget.NewButton(i18n.T("audit.check_file"), "F8", acts[fyne.KeyF8]))
	search, first := newSearch(h, users, list)
	heads := xwidget.RowHeads(columns, []string{i18n.T("audit.act"), i18n.T("audit.when"), i18n.T("audit.who"), i18n.T("audit.about")})
	top := xwidget.Column(10, standing(state, names), bar)
	body := xwidget.Panel(container.NewBorder(xwidget.Column(6, search, list.status, heads), nil, nil, nil, list.rows))
	list.find(nil)
	return room.Screen{Content: xwidget.Page(i18n.T("room.audit"), nil, container.NewBorder(xwidget.Column(0, top, xwidget.Gap(0, 12)), nil, nil, nil, body)),
		Keys: acts, First: first}, nil
}

// number is how an entry is called.
func number(index int64) string { return fmt.Sprintf("#%d", index) }
