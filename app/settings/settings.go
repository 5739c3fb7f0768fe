// Package settings is the room of the window's language and look, and of the vault's users.
package settings

import (
	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// New draws the room.
func New(h room.Host) (room.Screen, error) {
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	var screen room.Screen
	var rows []fyne.CanvasObject
	for _, u := range users {
		rows = append(rows, xwidget.Entry(u.DisplayName, u.Login, xwidget.Chip(i18n.T("office."+string(u.Role)), xwidget.Neutral)))
	}
	screen.New = func() { addUser(h) }
	rows = append(rows, xwidget.WrappedSmall(i18n.T("users.text")), xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("users.add"), "Ctrl N", screen.New)))
	look := xwidget.Card(i18n.T("look.title"), Looks(h)...)
	about := xwidget.Card(i18n.T("about.title"), xwidget.WrappedSmall(h.Desk().Path()), xwidget.WrappedSmall(i18n.T("about.honest")))
	change := func() { changePassphrase(h) }
	screen.Keys = map[fyne.KeyName]func(){fyne.KeyP: change}
	rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("passphrase.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("passphrase.change"), "P", change)))
	left := xwidget.Scroll(xwidget.Card(i18n.T("users.title"), rows...))
	screen.Content = xwidget.Page(i18n.T("room.settings"), nil, xwidget.Split(left, xwidget.Scroll(xwidget.Column(16, look, about)), 380))
	return screen, nil
}

// Looks are the choices of language and look.
func Looks(h interface {
	Look() room.Look
	Apply(room.Look) error
}) []fyne.CanvasObject {
	now := h.Look()
	apply := func(change func(*room.Look)) {
		l := now
		change(&l)
		_ = h.Apply(l) // both languages have a catalogue
	}
	index := func(second bool) int {
		if second {
			return 1
		}
		return 0
	}
	return []fyne.CanvasObject{
		xwidget.Field(i18n.T("look.language"), xwidget.Tabs([]string{"English", "Français"}, nil, index(now.Language == "fr"), func(i int) {
			apply(func(l *room.Look) { l.Language = i18n.Languages[i] })
		})),
		xwidget.Field(i18n.T("look.theme"), xwidget.Tabs([]string{i18n.T("look.light"), i18n.T("look.dark")}, nil, index(now.Dark), func(i int) {
			apply(func(l *room.Look) { l.Dark = i == 1 })
		})),
		xwidget.Field(i18n.T("look.contrast"), xwidget.Tabs([]string{i18n.T("look.calm"), i18n.T("look.high")}, nil, index(now.HighContrast), func(i int) {
			apply(func(l *room.Look) { l.HighContrast = i == 1 })
		})),
	}
}

// changePassphrase asks for the old passphrase and, twice, for another one.
func changePassphrase(h room.Host) {
	old, first, second := xwidget.NewSecret(""), xwidget.NewSecret(""), xwidget.NewSecret("")
	s := room.SlowForm(h, i18n.T("passphrase.change"), i18n.T("action.save"), xwidget.Column(10, xwidget.Field(i18n.T("passphrase.old"), old),
		xwidget.Field(i18n.T("passphrase.new"), first), xwidget.Field(i18n.T("users.again"), second)), old, func() (func() error, error) {
		switch {
		case first.Text != second.Text:
			return nil, room.ErrDiffer
		case len(first.Text) < docket.MinPassphrase:
			return nil, room.ErrShort
		}
		before, after := []byte(old.Text), []byte(first.Text)
		return func() error {
			defer clear(before)
			defer clear(after)
			return h.Desk().ChangePassphrase(room.Ctx(), before, after)
		}, nil
	})
	s.OnClosed(func() {
		for _, in := range []*xwidget.Input{old, first, second} {
			in.Wipe()
		}
	})
}

// addUser asks for a new user, who types their own passphrase.
func addUser(h room.Host) {
	name, login := xwidget.NewInput(""), xwidget.NewInput("")
	office := xwidget.NewChoice(room.Words("office.", testimony.Offices), 0, nil)
	first, second := xwidget.NewSecret(""), xwidget.NewSecret("")
	s := room.SlowForm(h, i18n.T("users.add"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("users.add.text")),
		xwidget.Field(i18n.T("users.name"), name), xwidget.Field(i18n.T("unlock.login"), login), xwidget.Field(i18n.T("users.office"), office),
		xwidget.Field(i18n.T("users.passphrase"), first), xwidget.Field(i18n.T("users.again"), second)), name, func() (func() error, error) {
		if first.Text != second.Text {
			return nil, room.ErrDiffer
		}
		user := store.NewUser{Login: login.Text, DisplayName: name.Text, Role: store.Role(testimony.Offices[max(office.SelectedIndex(), 0)]), Passphrase: []byte(first.Text)}
		return func() error {
			defer clear(user.Passphrase)
			_, err := h.Desk().AddUser(room.Ctx(), user)
			return err
		}, nil
	})
	s.OnClosed(func() {
		first.Wipe()
		second.Wipe()
	})
}
