package bench

import (
	"errors"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/live"
)

// pushCard sends what the gallery has to the court's media server, for a large public.
func (b *Bench) pushCard(now concealing) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("push.text", map[string]any{"Seconds": int(testimony.PushedAfter.Seconds())}))}
	if now.Push != "" {
		tone := xwidget.Neutral
		switch now.Push {
		case live.PushUp:
			tone = xwidget.Public
		case live.PushLost:
			tone = xwidget.Fault
		}
		end := benchButton(i18n.T("push.end"), "", func() {
			room.Confirm(b.host, i18n.T("push.end"), i18n.T("push.end.sure"), i18n.T("push.end"), func() { b.act(b.session.EndPush) })
		})
		return xwidget.Card(i18n.T("push.title"), append(rows, xwidget.Note(i18n.T("push.stage."+string(now.Push)), tone), xwidget.Wrap(8, end))...)
	}
	_, err := b.host.Desk().MediaServer(room.Ctx())
	switch {
	case errors.Is(err, docket.ErrNoMediaServer):
		return xwidget.Card(i18n.T("push.title"), append(rows, xwidget.WrappedSmall(i18n.T("push.none")))...)
	case err != nil:
		return xwidget.Card(i18n.T("push.title"), append(rows, xwidget.Note(room.Say(err), xwidget.Fault))...)
	}
	begin := benchButton(i18n.T("push.begin"), "", func() {
		sure := i18n.T("push.sure", map[string]any{"Picture": policy.PictureWord(now.Gallery.Picture, i18n.Policy()), "Voice": policy.VoiceWord(now.Gallery.Voice, i18n.Policy())})
		room.Confirm(b.host, i18n.T("push.begin"), sure, i18n.T("push.begin"), func() {
			b.act(func() error { return b.session.Push(room.Ctx()) })
		})
	})
	return xwidget.Card(i18n.T("push.title"), append(rows, xwidget.Wrap(8, begin))...)
}
