package settings

import (
	"os"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/tsa"
)

// authority is the card of the authority outside the court that signs when recordings were sealed, or nil for those whom it does not concern.
func authority(h room.Host) (fyne.CanvasObject, error) {
	d := h.Desk()
	decides := d.May(testimony.ActSetTimestamps)
	if !decides && !d.MayStamp() {
		return nil, nil
	}
	now, err := d.TimestampAuthority(room.Ctx())
	if err != nil {
		return nil, err
	}
	without, err := d.Unstamped(room.Ctx())
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("authority.none"))}
	var buttons []fyne.CanvasObject
	if decides {
		buttons = append(buttons, xwidget.NewButton(i18n.T("authority.use"), "", func() { nameAuthority(h, now) }))
	}
	if !now.IsZero() {
		rows = []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("authority.set", map[string]any{"Address": now.Address}))}
		if now.Policy != "" {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("authority.policy", map[string]any{"Policy": now.Policy})))
		}
		if len(without) > 0 && d.MayStamp() {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("need.recording_unstamped", map[string]any{"Count": len(without)})))
			buttons = append(buttons, xwidget.NewButton(i18n.T("authority.ask"), "", func() { askNow(h) }))
		}
		if decides {
			buttons = append(buttons, off(h, i18n.T("relay.off"), i18n.T("authority.off"), i18n.T("authority.off.sure"), func() error { return d.SetTimestampAuthority(room.Ctx(), stamp.Authority{}) }))
		}
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(8, buttons...))
	}
	return xwidget.Card(i18n.T("authority.title"), rows...), nil
}

func nameAuthority(h room.Host, now stamp.Authority) {
	address, roots, policy := xwidget.NewInput("https://"), xwidget.NewInput(""), xwidget.NewInput("")
	address.SetText(now.Address)
	policy.SetText(now.Policy)
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("authority.use.text")), xwidget.Field(i18n.T("authority.address"), address), xwidget.Field(i18n.T("authority.roots"), roots),
		xwidget.Field(i18n.T("authority.policy.may"), policy))
	room.Form(h, i18n.T("authority.use"), i18n.T("action.save"), fields, address, func() error {
		f, err := os.Open(strings.TrimSpace(roots.Text))
		if err != nil {
			return err
		}
		defer f.Close()
		a, err := stamp.ReadAuthority(address.Text, f, policy.Text)
		if err != nil {
			return err
		}
		return h.Desk().SetTimestampAuthority(room.Ctx(), a)
	})
}

// askNow asks for every timestamp that is missing.
func askNow(h room.Host) {
	d, given := h.Desk(), 0
	room.Later(func() error {
		list, err := d.StampSealed(room.Ctx(), tsa.Ask)
		given = len(list)
		return err
	}, func(err error) {
		if h.Desk() != d { // locked meanwhile
			return
		}
		h.Refresh()
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("authority.title"), i18n.T("authority.given", map[string]any{"Count": given}))
	})
}
