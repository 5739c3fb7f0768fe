// Package ledger is the room of the audit log: every act that matters, in plain lines, and whether the log is sound.
package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony/docket"
)

// New draws the log, newest first.
func New(h room.Host) (room.Screen, error) {
	entries, err := h.Desk().Audit(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	logins := map[string]string{}
	for _, u := range users {
		logins[string(u.ID)] = u.Login
	}
	slices.Reverse(entries)
	all := make([]room.Line, len(entries))
	for i, e := range entries {
		all[i] = room.Line{ID: fmt.Sprint(e.Index), Text: line(e, logins)}
	}
	verify := func() { verify(h) }
	l := room.Listing{Title: i18n.T("room.audit"), Empty: i18n.T("audit.none"), Heads: []string{i18n.T("audit.act"), i18n.T("audit.when"), i18n.T("audit.who"), i18n.T("audit.about")},
		Weights: []float32{4, 3, 2, 4}, Lines: all, Open: func(id string) { show(h, entries, logins, id) }}
	screen := l.Screen()
	_, head, err := h.Desk().Status(room.Ctx())
	if err != nil {
		return screen, err
	}
	bar := xwidget.Row(12, xwidget.Middle(xwidget.Small(i18n.T("audit.head", map[string]any{"Head": fmt.Sprintf("%x", head.Root[:4]), "Size": head.Size}))),
		xwidget.NewPrimary(i18n.T("audit.verify"), "F9", verify))
	screen.Content = container.NewBorder(nil, xwidget.Inset(bar, 24, 10), nil, nil, screen.Content)
	screen.Keys = map[fyne.KeyName]func(){fyne.KeyF9: verify}
	return screen, nil
}

func line(e audit.Entry, logins map[string]string) xwidget.RowText {
	who := logins[e.User]
	if who == "" {
		who = "–"
	}
	return xwidget.RowText{Cells: []string{act(e), e.Time.Local().Format("2006-01-02 15:04:05"), who, about(e)}, Chip: fmt.Sprint(e.Index)}
}

// act says an entry's act in words; an act that the catalogue does not know is shown as it stands.
func act(e audit.Entry) string {
	if words := i18n.T("act." + e.Action); words != "act."+e.Action {
		return words
	}
	return e.Action
}

func about(e audit.Entry) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(e.Details)) {
		parts = append(parts, k+" "+e.Details[k])
	}
	return strings.Join(parts, " · ")
}

func show(h room.Host, entries []audit.Entry, logins map[string]string, id string) {
	for _, e := range entries {
		if fmt.Sprint(e.Index) != id {
			continue
		}
		t := line(e, logins)
		var rows [][]fyne.CanvasObject
		for _, k := range slices.Sorted(maps.Keys(e.Details)) {
			rows = append(rows, []fyne.CanvasObject{xwidget.Small(k), xwidget.WrappedSmall(e.Details[k])})
		}
		var s *xwidget.Sheet
		done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
		s = xwidget.ShowSheet(h.Window().Canvas(), t.Cells[0], 520, xwidget.Column(8, xwidget.Small(t.Cells[1]+" · "+t.Cells[2]), xwidget.Grid([]float32{1, 3}, nil, rows...)), done)
		h.Window().Canvas().Focus(done)
		return
	}
}

// verify checks the log and every record, and says what was found.
func verify(h room.Host) {
	bar := xwidget.NewProgress()
	s := xwidget.ShowSheet(h.Window().Canvas(), i18n.T("audit.verifying"), 420, bar)
	s.OnEscape(func() {}) // the check cannot be left half-way
	var report docket.Report
	room.Later(func() (err error) {
		if err = h.Desk().VerifyAudit(room.Ctx()); err != nil {
			return err
		}
		report, err = h.Desk().Verify(room.Ctx(), func(done, total int) { bar.Set(int64(done), int64(total)) })
		if err == nil && !report.Sound() {
			err = store.ErrDamaged
		}
		return err
	}, func(err error) {
		s.Close()
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("audit.verify"), i18n.T("audit.sound", map[string]any{"Records": report.Records}))
	})
}
