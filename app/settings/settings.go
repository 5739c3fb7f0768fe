// Package settings is the room of the window's language and look, and of the vault's users.
package settings

import (
	"context"
	"errors"
	"path/filepath"
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
	backup, err := backupCard(h, &screen)
	if err != nil {
		return screen, err
	}
	about := xwidget.Card(i18n.T("about.title"), xwidget.WrappedSmall(h.Desk().Path()), xwidget.WrappedSmall(i18n.T("about.honest")))
	change := func() { changePassphrase(h) }
	screen.Keys[fyne.KeyP] = change
	rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("passphrase.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("passphrase.change"), "P", change)))
	left := xwidget.Scroll(xwidget.Card(i18n.T("users.title"), rows...))
	screen.Content = xwidget.Page(i18n.T("room.settings"), nil, xwidget.Split(left, xwidget.Scroll(xwidget.Column(16, look, backup, about)), 380))
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

// backupCard shows the last backup and lets those entitled make one.
func backupCard(h room.Host, screen *room.Screen) (fyne.CanvasObject, error) {
	if !h.Desk().May(testimony.ActBackUp) {
		return xwidget.Card(i18n.T("backup.title"), xwidget.WrappedSmall(i18n.T("backup.others"))), nil
	}
	text := i18n.T("backup.never")
	last, err := h.Desk().LastBackup(room.Ctx())
	switch {
	case err == nil:
		at := last.At.Local()
		text = i18n.T("backup.last", map[string]any{"Day": room.Day(at), "Time": room.Clock(at), "Records": last.Records, "Recordings": last.Recordings})
	case !errors.Is(err, docket.ErrNotFound):
		return nil, err
	}
	run := func() { makeBackup(h, last.Path) }
	screen.Keys[fyne.KeyB] = run
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(text)}
	if last.Path != "" {
		rows = append(rows, xwidget.WrappedSmall(last.Path))
	}
	rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("backup.make"), "B", run)))
	return xwidget.Card(i18n.T("backup.title"), rows...), nil
}

// makeBackup asks for a folder, offers the last one, and shows how far the check has come.
func makeBackup(h room.Host, last string) {
	to := xwidget.NewInput("")
	if last != "" {
		to.SetText(filepath.Dir(last))
	}
	room.Form(h, i18n.T("backup.make"), i18n.T("backup.make"), xwidget.Column(10, xwidget.Paragraph(i18n.T("backup.text")), xwidget.Field(i18n.T("backup.folder"), to)), to, func() error {
		dir := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(dir) {
			return room.ErrFolder
		}
		var b docket.Backup
		room.Working(h, i18n.T("backup.working"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			b, err = h.Desk().Backup(ctx, dir, progress)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			h.Refresh()
			room.Tell(h.Window(), i18n.T("backup.title"), i18n.T("backup.done", map[string]any{"File": b.Path, "Records": b.Records, "Recordings": b.Recordings}))
		})
		return nil
	})
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
