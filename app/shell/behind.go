package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
)

// behind says that the vault is an older copy, and lets two people sign that it is gone on with.
func (s *Shell) behind(e *store.RolledBackError) fyne.CanvasObject {
	note := xwidget.Note(behindWords(e), xwidget.Private)
	if !s.desk.MaySignRestore() {
		return note
	}
	sign := xwidget.NewButton(i18n.T("behind.go_on"), "", func() { s.signRestore(e) })
	return container.NewBorder(nil, nil, nil, xwidget.Inset(xwidget.Middle(sign), 8, 0), note)
}

func behindWords(e *store.RolledBackError) string {
	switch {
	case e.Unreadable:
		return i18n.T("behind.unreadable")
	case e.Forked:
		return i18n.T("behind.forked")
	}
	return i18n.T("behind.missing", map[string]any{"Missing": e.Missing})
}

// signRestore asks for the reason and for the second signature.
func (s *Shell) signRestore(e *store.RolledBackError) {
	d := s.desk
	reason, login, secret := xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewSecret("")
	fields := container.NewVBox(xwidget.Paragraph(behindWords(e)), xwidget.WrappedSmall(i18n.T("behind.sign.text")),
		xwidget.Field(i18n.T("behind.reason"), reason), xwidget.Field(i18n.T("behind.login"), login), xwidget.Field(i18n.T("behind.passphrase"), secret))
	room.SlowForm(s, i18n.T("behind.title"), i18n.T("behind.sign"), fields, reason, func() (func() error, error) {
		passphrase := []byte(secret.Text)
		secret.Wipe()
		why, who := reason.Text, login.Text
		return func() error {
			defer clear(passphrase)
			_, err := d.AcceptRestore(room.Ctx(), why, who, passphrase)
			return err
		}, nil
	})
}
