// Package settings is the room of the window's language and look, and of the vault's users.
package settings

import (
	"slices"
	"strings"

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
	screen := room.Screen{Keys: map[fyne.KeyName]func(){}}
	var rows []fyne.CanvasObject
	agencies := map[store.UserID]string{}
	if h.Desk().May(testimony.ActKeepDocket) { // an auditor reads the log and nothing else
		if agencies, err = h.Desk().Agencies(room.Ctx()); err != nil {
			return screen, err
		}
	}
	for _, u := range users {
		detail := u.Login
		if a := agencies[u.ID]; a != "" {
			detail += " · " + a
		}
		right := []fyne.CanvasObject{xwidget.Chip(i18n.T("office."+string(u.Role)), xwidget.Neutral)}
		if h.Desk().May(testimony.ActLiftConflict) && u.ID != h.Desk().Me().ID {
			right = append(right, xwidget.NewButton(i18n.T("users.agency"), "", func() { setAgency(h, u, agencies[u.ID]) }))
		}
		rows = append(rows, xwidget.Entry(u.DisplayName, detail, right...))
	}
	screen.New = func() { addUser(h) }
	rows = append(rows, xwidget.WrappedSmall(i18n.T("users.text")), xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("users.add"), "Ctrl N", screen.New)))
	look := xwidget.Card(i18n.T("look.title"), Looks(h)...)
	lock := xwidget.Card(i18n.T("lockafter.title"), lockAfter(h)...)
	about := xwidget.Card(i18n.T("about.title"), xwidget.WrappedSmall(h.Desk().Path()), xwidget.WrappedSmall(i18n.T("about.honest")))
	change := func() { changePassphrase(h) }
	screen.Keys[fyne.KeyP] = change
	rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("passphrase.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("passphrase.change"), "P", change)))
	left := xwidget.Scroll(xwidget.Card(i18n.T("users.title"), rows...))
	screen.Content = xwidget.Page(i18n.T("room.settings"), nil, xwidget.Split(left, xwidget.Scroll(xwidget.Column(16, look, lock, about)), 380))
	return screen, nil
}

// lockAfter is the choice of how long the desk stays open with nobody at it.
func lockAfter(h room.Host) []fyne.CanvasObject {
	words := make([]string, len(docket.LockTimes))
	for i, d := range docket.LockTimes {
		words[i] = room.Short(d)
	}
	return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("lockafter.text")), xwidget.Tabs(words, nil, slices.Index(docket.LockTimes, h.LockAfter()), func(i int) {
		h.SetLockAfter(docket.LockTimes[i])
		h.Refresh()
	})}
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
		xwidget.Field(i18n.T("passphrase.new"), first), room.Strength(first, h.Desk().Surroundings(room.Ctx(), h.Desk().Me().Login, h.Desk().Me().DisplayName)), xwidget.Field(i18n.T("users.again"), second)), old, func() (func() error, error) {
		if first.Text != second.Text {
			return nil, room.ErrDiffer
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

// orNothing puts words to an empty entry.
func orNothing(s string) string {
	if s == "" {
		return i18n.T("changed.nothing")
	}
	return s
}

// setAgency asks for the agency that a user comes from.
func setAgency(h room.Host, u store.User, now string) {
	agency := xwidget.NewInput("")
	agency.SetText(now)
	room.Form(h, i18n.T("users.agency"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("users.agency.text", map[string]any{"Who": u.DisplayName})),
		xwidget.Field(i18n.T("users.agency"), agency)), agency, func() error {
		mine := strings.TrimSpace(agency.Text)
		put := func(seen string) error { return h.Desk().SetAgencyFrom(room.Ctx(), u.ID, seen, mine) }
		err := put(now)
		if room.Changed(h, err, orNothing(mine), orNothing, put) {
			return nil
		}
		return err
	})
}

// addUser asks for a new user, who types their own passphrase.
func addUser(h room.Host) {
	name, login := xwidget.NewInput(""), xwidget.NewInput("")
	office := xwidget.NewChoice(room.Words("office.", testimony.Offices), 0, nil)
	first, second := xwidget.NewSecret(""), xwidget.NewSecret("")
	s := room.SlowForm(h, i18n.T("users.add"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("users.add.text")),
		xwidget.Field(i18n.T("users.name"), name), xwidget.Field(i18n.T("unlock.login"), login), xwidget.Field(i18n.T("users.office"), office),
		xwidget.Field(i18n.T("users.passphrase"), first), room.Strength(first, h.Desk().Surroundings(room.Ctx()), login, name), xwidget.Field(i18n.T("users.again"), second)), name, func() (func() error, error) {
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
