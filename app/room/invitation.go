package room

import (
	"bytes"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/testimony/notice"
)

// Link shows a join link as text and as a picture to photograph. It leaves this desk only by the hand that copies it. fingerprint is that of the join page's own
// certificate, or empty.
func Link(link, fingerprint string) fyne.CanvasObject {
	field := xwidget.NewInput("")
	field.SetText(link)
	copied := xwidget.Small("")
	button := xwidget.NewButton(i18n.T("person.copy"), "", func() {
		fyne.CurrentApp().Clipboard().SetContent(link)
		copied.(*canvas.Text).Text = i18n.T("person.copied")
		copied.Refresh()
	})
	rows := []fyne.CanvasObject{xwidget.Field(i18n.T("person.link"), field), xwidget.Row(10, button, xwidget.Middle(copied)), xwidget.WrappedSmall(i18n.T("person.link.text"))}
	if fingerprint != "" {
		rows = append(rows, xwidget.Field(i18n.T("person.fingerprint"), xwidget.WrappedSmall(fingerprint)))
	}
	if picture, err := notice.QR(link); err == nil {
		img := canvas.NewImageFromReader(bytes.NewReader(picture), "link")
		img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
		img.SetMinSize(fyne.NewSize(190, 190))
		rows = append(rows, container.NewCenter(img))
	}
	return xwidget.Column(6, rows...)
}
