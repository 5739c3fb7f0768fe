package settings

import (
	"context"
	"os"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/relay"
)

// tryFor is how long a relay is waited for.
const tryFor = 15 * time.Second

// reach is the card of the relay over which guests come from elsewhere, or nil for those whom it does not concern.
func reach(h room.Host) (fyne.CanvasObject, error) {
	d := h.Desk()
	decides := d.May(testimony.ActSetReach)
	if !decides && !d.May(testimony.ActHoldHearing) {
		return nil, nil
	}
	now, err := d.Reach(room.Ctx())
	if err != nil {
		return nil, err
	}
	text := i18n.T("relay.none")
	var buttons []fyne.CanvasObject
	if decides {
		buttons = append(buttons, xwidget.NewButton(i18n.T("relay.read"), "", func() { readReach(h) }))
	}
	if !now.IsZero() {
		text = i18n.T("relay.set", map[string]any{"Address": now.Name()})
		if now.Relay.URL != "" {
			buttons = append(buttons, xwidget.NewButton(i18n.T("relay.try"), "", func() { tryReach(h, now) }))
		}
		if decides {
			buttons = append(buttons, off(h, i18n.T("relay.off"), i18n.T("relay.off"), i18n.T("relay.off.sure"), func() error { return d.SetReach(room.Ctx(), relay.Reach{}) }))
		}
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(text)}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("relay.title"), rows...), nil
}

// off is the button that ends the use of something outside the court, once that was confirmed.
func off(h room.Host, word, title, effect string, end func() error) fyne.CanvasObject {
	return xwidget.NewButton(word, "", func() {
		room.Confirm(h, title, effect, word, func() {
			if err := end(); err != nil {
				room.Failed(h, err)
				return
			}
			h.Refresh()
		})
	})
}

func readReach(h room.Host) {
	in := xwidget.NewInput("")
	room.Form(h, i18n.T("relay.read"), i18n.T("action.save"), xwidget.Column(10, xwidget.WrappedSmall(i18n.T("relay.read.text")),
		xwidget.Field(i18n.T("relay.file"), in)), in, func() error {
		f, err := os.Open(strings.TrimSpace(in.Text))
		if err != nil {
			return err
		}
		defer f.Close()
		r, err := relay.ReadReach(f)
		if err != nil {
			return err
		}
		return h.Desk().SetReach(room.Ctx(), r)
	})
}

func tryReach(h room.Host, r relay.Reach) {
	room.Later(func() error {
		ctx, cancel := context.WithTimeout(room.Ctx(), tryFor)
		defer cancel()
		return relay.Try(ctx, r.Relay)
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("relay.title"), i18n.T("relay.answers"))
	})
}
