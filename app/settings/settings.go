// Package settings is the room of the window's language and look, of the user's own passphrase, and of the court's catalogue of measures.
package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// New draws the room.
func New(h room.Host) (room.Screen, error) {
	may := h.Desk().May(testimony.ActKeepDocket)
	if place, id, _ := strings.Cut(h.Selected(), "/"); place == measuresPlace && may {
		return measures(h, id)
	}
	screen := room.Screen{Keys: map[fyne.KeyName]func(){}}
	look := xwidget.Card(i18n.T("look.title"), Looks(h)...)
	lock := xwidget.Card(i18n.T("lockafter.title"), lockAfter(h)...)
	about := xwidget.Card(i18n.T("about.title"), xwidget.WrappedSmall(h.Desk().Path()), xwidget.WrappedSmall(i18n.T("about.honest")))
	change := func() { changePassphrase(h) }
	screen.Keys[fyne.KeyP] = change
	me := h.Desk().Me()
	mine := xwidget.Card(i18n.T("users.passphrase"), xwidget.WrappedStrong(me.DisplayName), xwidget.WrappedSmall(i18n.T("passphrase.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("passphrase.change"), "P", change)))
	column := xwidget.Column(16, mine, lock)
	if may {
		open := func() { h.Go(room.Settings, measuresPlace) }
		screen.Keys[fyne.KeyM] = open
		column.Add(xwidget.Card(i18n.T("catalogue.title"), xwidget.WrappedSmall(i18n.T("catalogue.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("catalogue.open"), "M", open))))
	}
	for _, of := range []func(room.Host) (fyne.CanvasObject, error){reach, authority, server} {
		card, err := of(h)
		if err != nil {
			return room.Screen{}, err
		}
		if card != nil {
			column.Add(card)
		}
	}
	left := xwidget.Scroll(column)
	screen.Content = xwidget.Page(i18n.T("room.settings"), nil, xwidget.Split(left, xwidget.Scroll(xwidget.Column(16, look, about)), 380))
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
