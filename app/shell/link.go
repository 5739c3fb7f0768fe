package shell

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony/docket"
)

// link is how the window stands to the other desks of its vault.
type link struct {
	stop    context.CancelFunc
	cutOff  bool            // the office's server can't be reached
	stale   bool            // another desk has changed something that is not drawn yet
	waiting bool            // for a sheet to close
	sealed  int             // records sealed anew so far
	toSeal  int             // of how many; 0 while none are
	locks   time.Duration   // in which the desk locks, in its last minute
	bar     *fyne.Container // says so, above everything; hidden while there is nothing to say
}

// follow listens to the vault for as long as it is open.
func (s *Shell) follow(d *docket.Desk) {
	ctx, stop := context.WithCancel(context.Background())
	s.link = link{stop: stop}
	events := d.Watch(ctx)
	go func() {
		cutOff := false
		for e := range events {
			if !e.Foreign && !e.Resync && e.CutOff == cutOff {
				continue // this window's own change
			}
			cutOff = e.CutOff
			fyne.Do(func() {
				if s.desk == d {
					s.heard(e)
				}
			})
		}
	}()
}

// unfollow listens no more.
func (s *Shell) unfollow() {
	if s.link.stop != nil {
		s.link.stop()
	}
	s.link = link{}
}

// heard takes in what has become of the vault without this window's doing.
func (s *Shell) heard(e store.Event) {
	s.link.cutOff = e.CutOff
	s.link.stale = s.link.stale || e.Foreign || e.Resync
	if s.bench != nil && s.link.stale {
		s.bench.TakeInOrders() // of another desk, too; what is drawn there follows the session
	}
	s.catchUp()
}

// catchUp draws what other desks have changed, unless that would take away what somebody is typing: a sheet is waited for,
// and over a line of text the bar offers it.
func (s *Shell) catchUp() {
	switch c := s.window.Canvas(); {
	case s.desk == nil:
		return
	case !s.link.stale || s.at == room.Bench && s.bench != nil:
	case xwidget.HasSheet(c):
		if !s.link.waiting {
			s.link.waiting = xwidget.AfterSheet(c, func() {
				s.link.waiting = false
				fyne.Do(s.catchUp) // what closed the sheet comes first
			})
		}
	case !xwidget.Typed(c.Content()):
		xwidget.Keeping(c, s.Refresh)
	}
	s.drawBar()
}

// drawBar puts into the bar what there is to say.
func (s *Shell) drawBar() {
	bar := s.link.bar
	if bar == nil {
		return
	}
	var says fyne.CanvasObject
	switch {
	case s.link.locks > 0:
		says = xwidget.Note(i18n.T("lock.soon", map[string]any{"Time": room.Short(s.link.locks)}), xwidget.Private)
	case s.desk != nil && s.desk.RolledBack() != nil:
		says = s.behind(s.desk.RolledBack())
	case s.link.cutOff:
		says = xwidget.Note(i18n.T("link.cut"), xwidget.Private)
	case s.link.stale && s.at != room.Bench && !s.link.waiting:
		says = xwidget.Spread(xwidget.Note(i18n.T("link.changed"), xwidget.Neutral), xwidget.Middle(xwidget.NewButton(i18n.T("link.show"), "", s.Refresh)))
	case s.link.toSeal > 0 && s.at != room.Bench:
		says = xwidget.Note(i18n.T("link.sealing", map[string]any{"Done": s.link.sealed, "Total": s.link.toSeal}), xwidget.Neutral)
	}
	bar.Objects = nil
	if says != nil {
		bar.Objects = []fyne.CanvasObject{xwidget.Inset(says, 8, 6)}
	}
	bar.Hidden = says == nil
	bar.Refresh()
	if content := s.window.Content(); content != nil {
		content.Refresh()
	}
}

// warnOfLock counts the last minute before the desk locks.
func (s *Shell) warnOfLock(left time.Duration) {
	s.link.locks = left
	if s.bench == nil || s.at != room.Bench { // where nothing is taken away
		s.drawBar()
	}
}

// withBar puts the bar above a screen.
func (s *Shell) withBar(content fyne.CanvasObject) fyne.CanvasObject {
	s.link.bar = container.NewStack()
	s.link.bar.Hide()
	return container.NewBorder(s.link.bar, nil, nil, nil, content)
}
