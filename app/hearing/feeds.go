package hearing

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
	"paravent/testimony/feed"
	"paravent/testimony/schedule"
)

// showFeeds shows the calendar addresses of a room or a person, makes and ends them, and says whether they are served.
func showFeeds(h room.Host, x schedule.Resource) {
	list, err := h.Desk().Feeds(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	var s *xwidget.Sheet
	again := func() {
		s.Close()
		showFeeds(h, x)
	}
	at, failed := h.FeedsAt()
	served := xwidget.NewTick(i18n.T("feed.serve"), at != "", func(on bool) {
		err := h.ServeFeeds(on)
		again()
		room.Failed(h, err)
	})
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("feed.text")), served}
	if failed != nil {
		rows = append(rows, xwidget.Note(room.Say(failed), xwidget.Fault))
	}
	for _, f := range list {
		if f.Of == x.ID {
			rows = append(rows, feedRow(h, f, again))
		}
	}
	done := xwidget.NewButton(i18n.T("action.close"), "Esc", func() { s.Close() })
	anew := xwidget.NewPrimary(i18n.T("feed.make"), "", func() {
		f, secret, err := h.Desk().MakeFeed(room.Ctx(), x.ID, i18n.Policy())
		s.Close()
		if err != nil {
			room.Failed(h, err)
			return
		}
		showAddress(h, x, f, secret)
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("feed.of", map[string]any{"Name": x.Name}), 520, xwidget.Column(10, rows...), done, anew)
	h.Window().Canvas().Focus(done)
}

// feedRow is one address as the court knows it: since when, and how to end it.
func feedRow(h room.Host, f docket.Feed, again func()) fyne.CanvasObject {
	since := i18n.T("feed.since", map[string]any{"Day": room.Day(f.Made.Local())})
	if !f.Revoked.IsZero() {
		return xwidget.Entry(since, "", xwidget.Chip(i18n.T("feed.ended", map[string]any{"Day": room.Day(f.Revoked.Local())}), xwidget.Neutral))
	}
	return xwidget.Entry(since, "", xwidget.NewButton(i18n.T("feed.end"), "", func() {
		room.Confirm(h, i18n.T("feed.end"), i18n.T("feed.end.text"), i18n.T("feed.end"), func() {
			err := h.Desk().RevokeFeed(room.Ctx(), f.ID)
			again()
			room.Failed(h, err)
		})
	}))
}

// showAddress shows a new address, this once.
func showAddress(h room.Host, x schedule.Resource, _ docket.Feed, secret string) {
	at, _ := h.FeedsAt()
	if at == "" {
		at = "http://" + feed.DefaultListen
	}
	address := feed.Address(at, secret)
	field := xwidget.NewInput("")
	field.SetText(address)
	copied := xwidget.Small("")
	button := xwidget.NewButton(i18n.T("person.copy"), "", func() {
		fyne.CurrentApp().Clipboard().SetContent(address)
		copied.(*canvas.Text).Text = i18n.T("person.copied")
		copied.Refresh()
	})
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() {
		s.Close()
		showFeeds(h, x)
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("feed.of", map[string]any{"Name": x.Name}), 520,
		xwidget.Column(10, xwidget.Paragraph(i18n.T("feed.address.text")), field, xwidget.Row(10, button, xwidget.Middle(copied))), done)
	h.Window().Canvas().Focus(done)
}
