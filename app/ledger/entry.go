package ledger

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/audit"
)

// line is an entry as a row.
func line(e audit.Entry, names map[string]string) xwidget.RowText {
	if e.Unreadable {
		return xwidget.RowText{Cells: []string{i18n.T("audit.unreadable"), "–", who(e.User, names), ""}, Chip: number(e.Index), Tone: xwidget.Fault}
	}
	return xwidget.RowText{Cells: []string{act(e), when(e), who(e.User, names), about(e, names)}, Chip: number(e.Index)}
}

func when(e audit.Entry) string { return e.Time.Local().Format("2006-01-02 15:04:05") }

// act says an entry's act in words; an act that the catalogue does not know is shown as it stands.
func act(e audit.Entry) string { return said("act.", e.Action) }

func said(prefix, term string) string {
	if words := i18n.T(prefix + term); words != prefix+term {
		return words
	}
	return term
}

// about is what an entry's details say, in one line.
func about(e audit.Entry, names map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(e.Details)) {
		parts = append(parts, said("detail.", k)+" "+value(e.Details[k], names))
	}
	return strings.Join(parts, " · ")
}

// value is what stands behind an id, where this user may know it.
func value(v string, names map[string]string) string {
	if names[v] != "" {
		return names[v]
	}
	return v
}

// show shows one entry, what stands beside it in the log, and what can be done with it.
func show(h room.Host, e audit.Entry, names map[string]string) {
	rows := [][]fyne.CanvasObject{{xwidget.Small(i18n.T("audit.who")), xwidget.WrappedSmall(who(e.User, names))}}
	add := func(name, text string) {
		rows = append(rows, []fyne.CanvasObject{xwidget.Small(name), xwidget.WrappedSmall(text)})
	}
	title := i18n.T("audit.unreadable")
	if e.Unreadable {
		add(i18n.T("audit.entry"), i18n.T("audit.unreadable.one"))
	} else {
		title = act(e)
		add(i18n.T("audit.when"), when(e))
		for _, k := range slices.Sorted(maps.Keys(e.Details)) {
			text := e.Details[k]
			if known := value(text, names); known != text {
				text = known + " · " + text
			}
			add(said("detail.", k), text)
		}
	}
	if text := between(h, e); text != "" {
		add(i18n.T("audit.between"), text)
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	prove := xwidget.NewButton(i18n.T("audit.prove"), "", func() {
		s.Close()
		proveTo(h, e.Index)
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), title+" "+number(e.Index), 560, xwidget.Grid([]float32{1, 3}, nil, rows...), prove, done)
	h.Window().Canvas().Focus(done)
}

// between says when the entries before and after were written, by the clocks of those who wrote them: an entry's own clock is its
// writer's word alone.
func between(h room.Host, e audit.Entry) string {
	beside, err := h.Desk().AuditBeside(room.Ctx(), e.Index)
	if err != nil {
		return ""
	}
	var parts []string
	early := false
	for _, b := range beside {
		if b.Unreadable {
			continue
		}
		parts = append(parts, number(b.Index)+" "+when(b))
		early = early || b.Index < e.Index && !e.Unreadable && b.Time.Sub(e.Time) > clockSlack
	}
	text := strings.Join(parts, " · ")
	if early {
		text += " · " + i18n.T("audit.early")
	}
	return text
}

// clockSlack is how much the clocks of two desks may differ without a word.
const clockSlack = 5 * time.Minute
