package settings

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/whip/endpoint"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// server is the card of the media server for a large public, or nil for those whom it does not concern.
func server(h room.Host) (fyne.CanvasObject, error) {
	d := h.Desk()
	decides := d.May(testimony.ActSetReach)
	if !decides && !d.May(testimony.ActHoldHearing) {
		return nil, nil
	}
	now, err := d.MediaServer(room.Ctx())
	none := errors.Is(err, docket.ErrNoMediaServer)
	if err != nil && !none {
		return nil, err
	}
	text := i18n.T("server.none")
	var buttons []fyne.CanvasObject
	if decides {
		buttons = append(buttons, xwidget.NewButton(i18n.T("server.name"), "", func() { nameServer(h) }))
	}
	if !none {
		text = i18n.T("server.set", map[string]any{"Host": now.Host()})
		if decides {
			buttons = append(buttons, off(h, i18n.T("server.off"), i18n.T("server.off"), i18n.T("server.off.sure"), func() error { return d.SetMediaServer(room.Ctx(), endpoint.Endpoint{}) }))
		}
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(text)}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("server.title"), rows...), nil
}

func nameServer(h room.Host) {
	address, token := xwidget.NewInput("https://"), xwidget.NewInput("")
	token.Password = true
	room.Form(h, i18n.T("server.name"), i18n.T("action.save"), xwidget.Column(10, xwidget.Field(i18n.T("server.url"), address), xwidget.Field(i18n.T("server.token"), token)), address, func() error {
		return h.Desk().SetMediaServer(room.Ctx(), endpoint.Endpoint{URL: strings.TrimSpace(address.Text), Token: strings.TrimSpace(token.Text)})
	})
}
