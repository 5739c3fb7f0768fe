package ledger

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/store/audit"
	"paravent/testimony/docket"
)

// pageSize is how many entries are read at once; keptPages bounds what is held of the log.
const (
	pageSize  = 100
	keptPages = 40
)

// pages are the entries that a search has found, read as they come into sight. They belong to Fyne's goroutine.
type pages struct {
	host   room.Host
	names  map[string]string
	at     []int64 // places in the log
	read   map[int][]audit.Entry
	asked  map[int]bool
	rows   *xwidget.Rows
	status *widget.Label
	number int // of the search: what an earlier one still finds is not taken
	stop   context.CancelFunc
}

func newPages(h room.Host, names map[string]string) *pages {
	p := &pages{host: h, names: names, stop: func() {}, status: xwidget.Wrapped("")}
	p.status.Importance = widget.LowImportance
	p.rows = xwidget.NewRows(columns, func() int { return len(p.at) }, p.text, p.open)
	return p
}

// find shows what a search finds; nil finds everything.
func (p *pages) find(s *docket.AuditSearch) {
	p.stop()
	ctx, cancel := context.WithCancel(room.Ctx())
	p.stop = cancel
	p.number++
	mine, desk := p.number, p.host.Desk()
	p.status.SetText(i18n.T("audit.reading"))
	search := docket.AuditSearch{}
	if s != nil {
		search = *s
	}
	var at []int64
	var names map[string]string
	room.Later(func() (err error) {
		if names, err = desk.AuditNames(ctx); err == nil {
			at, err = desk.SearchAudit(ctx, search, func(done, total int) {
				if done%8192 == 0 {
					fyne.Do(func() {
						if mine == p.number {
							p.status.SetText(i18n.T("audit.searching", map[string]any{"Done": done, "Total": total}))
						}
					})
				}
			})
		}
		return err
	}, func(err error) {
		cancel()
		if mine != p.number || errors.Is(err, store.ErrLocked) || errors.Is(err, context.Canceled) {
			return
		}
		if err != nil {
			p.status.SetText("")
			room.Failed(p.host, err)
			return
		}
		p.show(at, names)
	})
}

func (p *pages) show(at []int64, names map[string]string) {
	p.at, p.names = at, names
	p.read, p.asked = make(map[int][]audit.Entry), make(map[int]bool)
	p.status.SetText(i18n.T("audit.found", map[string]any{"N": len(at)}))
	if len(at) == 0 {
		p.status.SetText(i18n.T("audit.none"))
	}
	if p.number > 1 { // at the first time nothing may have been drawn yet
		p.rows.UnselectAll()
		p.rows.ScrollToTop()
	}
	p.rows.Refresh()
}

// text is a row; while its page is being read, it says which entry it is.
func (p *pages) text(i int) xwidget.RowText {
	if i >= len(p.at) {
		return xwidget.RowText{}
	}
	if e, ok := p.entry(i); ok {
		return line(e, p.names)
	}
	return xwidget.RowText{Cells: []string{"…"}, Chip: number(p.at[i])}
}

func (p *pages) entry(i int) (audit.Entry, bool) {
	page := i / pageSize
	if entries, ok := p.read[page]; ok {
		return entries[i%pageSize], true
	}
	if !p.asked[page] {
		p.asked[page] = true
		p.fetch(page)
	}
	return audit.Entry{}, false
}

func (p *pages) fetch(page int) {
	mine, desk := p.number, p.host.Desk()
	at := p.at[page*pageSize : min((page+1)*pageSize, len(p.at))]
	var entries []audit.Entry
	room.Later(func() (err error) {
		entries, err = desk.AuditEntries(room.Ctx(), at)
		return err
	}, func(err error) {
		if mine != p.number || errors.Is(err, store.ErrLocked) {
			return
		}
		if err != nil {
			room.Failed(p.host, err) // the page stays asked for: it is told once
			return
		}
		if len(p.read) >= keptPages {
			clear(p.read)
			clear(p.asked)
		}
		p.read[page], p.asked[page] = entries, true
		p.rows.Refresh()
	})
}

func (p *pages) open(i int) {
	if i >= len(p.at) {
		return
	}
	if e, ok := p.entry(i); ok {
		show(p.host, e, p.names)
	}
}
