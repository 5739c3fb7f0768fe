package welcome

import (
	"strings"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
)

// secondAct is what a vault that can't just be opened offers: it names its effect, and the passphrase is typed once more for it.
type secondAct struct {
	title, state, effect, yes, wait string // words of the window
	act                             func(path string, by docket.Keyholder) error
}

// departed says that a vault was moved, and lets it be gone on with here all the same.
func departed() secondAct {
	return secondAct{i18n.T("departed.title"), i18n.T("error.departed"), i18n.T("departed.stay.text"), i18n.T("departed.stay"), i18n.T("unlock.wait"),
		func(path string, by docket.Keyholder) error {
			return docket.Stay(room.Ctx(), path, by, docket.Standard())
		}}
}

// older offers to bring a vault of an older format to the newest.
func older() secondAct {
	return secondAct{i18n.T("upgrade.title"), i18n.T("error.older"), i18n.T("upgrade.text"), i18n.T("upgrade.do"), i18n.T("upgrade.wait"),
		func(path string, by docket.Keyholder) error {
			_, err := docket.Upgrade(room.Ctx(), path, by, docket.Standard(), nil)
			return err
		}}
}

func (a secondAct) show(h Host, path, login string, err error) {
	user, passphrase := xwidget.NewInput(""), xwidget.NewSecret("")
	user.SetText(login)
	problem := fault()
	tell(problem, err)
	act := func() {
		name, secret := strings.TrimSpace(user.Text), []byte(passphrase.Text)
		passphrase.Wipe()
		wait(h, a.wait, func() (*docket.Desk, error) {
			defer clear(secret)
			if err := a.act(path, docket.Keyholder{Login: name, Passphrase: secret}); err != nil {
				return nil, err
			}
			return docket.Unlock(room.Ctx(), path, name, secret, docket.Standard())
		}, func(err error) { a.show(h, path, name, err) })
	}
	back := func() { Unlock(h, path) }
	no := xwidget.NewButton(i18n.T("action.back"), "Esc", back)
	user.OnSubmitted = func(string) { h.Window().Canvas().Focus(passphrase) }
	h.Show(room.Screen{Back: back, First: no, Gone: passphrase.Wipe, Content: frame(h, 560, xwidget.Heading(a.title), xwidget.Paragraph(a.state),
		xwidget.Line(), xwidget.Paragraph(a.effect), problem,
		xwidget.Halves(xwidget.Field(i18n.T("unlock.login"), user), xwidget.Field(i18n.T("unlock.passphrase"), passphrase)),
		xwidget.Spread(no, xwidget.NewButton(a.yes, "", act)))})
}
