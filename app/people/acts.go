package people

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// acts are what this user may do about another one, and why the weightiest of it is not possible, where that is worth saying.
func acts(h room.Host, u store.User, dir directory, keys map[fyne.KeyName]func()) (buttons []fyne.CanvasObject, why string) {
	if h.Desk().May(testimony.ActLiftConflict) && u.ID != h.Desk().Me().ID && u.Standing() {
		agency := func() { setAgency(h, u, dir.agencies[u.ID]) }
		keys[fyne.KeyG] = agency
		buttons = append(buttons, xwidget.NewButton(i18n.T("users.agency"), "G", agency))
	}
	switch err := h.Desk().MayRevoke(room.Ctx(), u.ID); {
	case err == nil:
		revoke := func() { revoke(h, u) }
		keys[fyne.KeyX] = revoke
		buttons = append(buttons, xwidget.NewButton(i18n.T("people.revoke"), "X", revoke))
	case errors.Is(err, docket.ErrLastOfCollege):
		why = room.Say(err)
	}
	return buttons, why
}

// revoke asks why a user's access ends, ends it, and seals anew what they could read.
func revoke(h room.Host, u store.User) {
	reason := xwidget.NewInput("")
	done := false
	s := room.SlowForm(h, i18n.T("people.revoke.title", map[string]any{"Who": u.DisplayName}), i18n.T("people.revoke"), xwidget.Column(10,
		xwidget.Paragraph(i18n.T("people.revoke.text")), xwidget.Field(i18n.T("people.reason"), reason)), reason, func() (func() error, error) {
		why := reason.Text
		return func() error {
			err := h.Desk().RevokeUser(room.Ctx(), u.ID, why)
			done = err == nil
			return err
		}, nil
	})
	s.OnClosed(func() {
		if !done {
			return
		}
		fyne.Do(func() { // once the form is gone
			room.Working(h, i18n.T("people.resealing"), func(ctx context.Context, progress func(done, total int64)) error {
				return h.Desk().Upkeep(ctx, func(done, total int) { progress(int64(done), int64(total)) })
			}, func(err error) {
				room.Failed(h, err)
				h.Refresh()
			})
		})
	})
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

// orNothing says an agency, or that there is none.
func orNothing(agency string) string {
	if agency == "" {
		return i18n.T("changed.nothing")
	}
	return agency
}

// addUser asks for a new user, who types their own passphrase at this desk.
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
