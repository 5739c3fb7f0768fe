// Package people is the room of the vault's users and their keys: who they are, who asks to be enrolled, the recovery kits of the two
// colleges, and who was let in by one.
//
// It holds no rule: who may enrol, revoke, make a kit or review is asked of the desk, and the answer is shown in words.
package people

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// directory is what the room reads of the vault, once for each time it is drawn.
type directory struct {
	users    []store.User
	names    map[store.UserID]string // as the desk shows them
	enrolled map[store.UserID]store.UserID
	agencies map[store.UserID]string
	kits     []docket.KitState
}

func read(d *docket.Desk) (dir directory, err error) {
	if dir.users, err = d.Users(room.Ctx()); err != nil {
		return dir, err
	}
	if dir.enrolled, err = d.Enrollers(room.Ctx()); err != nil {
		return dir, err
	}
	if d.May(testimony.ActKeepDocket) { // an auditor knows of no agencies
		if dir.agencies, err = d.Agencies(room.Ctx()); err != nil {
			return dir, err
		}
	}
	dir.names = map[store.UserID]string{}
	for _, u := range dir.users {
		dir.names[u.ID] = u.DisplayName
	}
	dir.kits, err = d.Kits(room.Ctx())
	return dir, err
}

// state is what can be said of a user's keys in one word: "revoked", or whether a kit would bring them back, "kept" or "unkept".
func (dir directory) state(u store.User) string {
	kept := slices.ContainsFunc(dir.kits, func(k docket.KitState) bool {
		return !k.Distrusted && slices.ContainsFunc(k.Sealed, func(s store.User) bool { return s.ID == u.ID })
	})
	switch {
	case !u.Standing():
		return "revoked"
	case kept:
		return "kept"
	}
	return "unkept"
}

var tones = map[string]xwidget.Tone{"revoked": xwidget.Closed, "kept": xwidget.Public, "unkept": xwidget.Private}

// New draws the room, or the user who was asked for.
func New(h room.Host) (room.Screen, error) {
	dir, err := read(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	for _, u := range dir.users {
		if string(u.ID) == h.Selected() {
			return person(h, dir, u)
		}
	}
	if id, isTeam := strings.CutPrefix(h.Selected(), teamMark); isTeam {
		list, err := h.Desk().Teams(room.Ctx())
		if err != nil {
			return room.Screen{}, err
		}
		for _, t := range list {
			if string(t.ID) == id {
				return team(h, dir, t), nil
			}
		}
	}
	screen := room.Screen{Keys: map[fyne.KeyName]func(){}}
	left := list(h, dir, &screen)
	var cards []fyne.CanvasObject
	for _, card := range []func(room.Host, directory, map[fyne.KeyName]func()) (fyne.CanvasObject, error){recoveries, asking, kits, teams} {
		c, err := card(h, dir, screen.Keys)
		if err != nil {
			return screen, err
		}
		if c != nil {
			cards = append(cards, c)
		}
	}
	screen.Content = xwidget.Page(i18n.T("people.title"), nil, xwidget.Split(left, xwidget.Scroll(xwidget.Column(16, cards...)), 400))
	return screen, nil
}

// list shows the users; Down gives it the keyboard, Enter opens one.
func list(h room.Host, dir directory, screen *room.Screen) fyne.CanvasObject {
	weights := []float32{13, 12}
	users := slices.Clone(dir.users)
	slices.SortStableFunc(users, func(a, b store.User) int { // those without access stand at the end
		switch {
		case a.Standing() == b.Standing():
			return 0
		case a.Standing():
			return -1
		}
		return 1
	})
	rows := xwidget.NewRows(weights, func() int { return len(users) }, func(i int) xwidget.RowText {
		u := users[i]
		state := dir.state(u)
		return xwidget.RowText{Cells: []string{u.DisplayName, u.Login + " · " + i18n.T("office."+string(u.Role))}, Chip: i18n.T("people.state." + state), Tone: tones[state]}
	}, func(i int) { h.Go(room.People, string(users[i].ID)) })
	screen.Keys[fyne.KeyDown] = func() { h.Window().Canvas().Focus(rows) }
	foot := xwidget.Column(8, xwidget.Gap(0, 2), xwidget.WrappedSmall(i18n.T("users.text")))
	if h.Desk().May(testimony.ActKeepDocket) {
		screen.New = func() { addUser(h) }
		foot.Add(xwidget.WrappedSmall(i18n.T("people.add.text")))
		foot.Add(xwidget.Wrap(8, xwidget.NewButton(i18n.T("users.add"), "Ctrl N", screen.New)))
	}
	head := xwidget.RowHeads(weights, []string{i18n.T("people.name"), i18n.T("people.login_office")})
	return xwidget.Panel(container.NewBorder(xwidget.Column(6, xwidget.Heading(i18n.T("users.title")), head), foot, nil, nil, rows))
}

// person is one user: their keys in words to be compared, and what can be done.
func person(h room.Host, dir directory, u store.User) (room.Screen, error) {
	back, step := room.Back(h, room.People)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	state := dir.state(u)
	chips := []fyne.CanvasObject{xwidget.Chip(i18n.T("office."+string(u.Role)), xwidget.Neutral), xwidget.Chip(i18n.T("people.state."+state), tones[state])}
	line := func(word, value string) []fyne.CanvasObject {
		return []fyne.CanvasObject{xwidget.Small(i18n.T(word)), xwidget.WrappedStrong(value)}
	}
	enrolled := map[string]any{"Day": room.Day(u.Created.Local()), "Who": dir.names[dir.enrolled[u.ID]]}
	how := i18n.T("people.since", enrolled)
	if dir.enrolled[u.ID] == u.ID {
		how = i18n.T("people.founder", enrolled)
	}
	college := i18n.T("people.no_college")
	if c := docket.CollegeOf(u.Role); c != "" {
		college = i18n.T("college." + string(c))
	}
	rows := [][]fyne.CanvasObject{line("unlock.login", u.Login), line("people.college", college), line("people.enrolled", how)}
	if h.Desk().May(testimony.ActKeepDocket) {
		rows = append(rows, line("users.agency", orNothing(dir.agencies[u.ID])))
	}
	rows = append(rows, line("people.recovery", i18n.T("people.state."+state+".text", map[string]any{"Kit": i18n.T("kit." + string(docket.KitOf(u.Role)))})))
	if !u.Standing() {
		gone, err := departure(h, dir, u)
		if err != nil {
			return screen, err
		}
		rows = append(rows, line("people.left", gone))
	}
	words := docket.FingerprintWords(u.Fingerprint(), i18n.Language())
	left := xwidget.Scroll(xwidget.Card(i18n.T("people.about"), xwidget.Grid([]float32{2, 5}, nil, rows...)))
	right := xwidget.Scroll(xwidget.Card(i18n.T("people.words"), room.NumberedWords(words), xwidget.WrappedSmall(i18n.T("people.words.text"))))
	actions, why := acts(h, u, dir, screen.Keys)
	if why != "" {
		left = xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("people.about"), xwidget.Grid([]float32{2, 5}, nil, rows...)), xwidget.WrappedSmall(why)))
	}
	screen.Content = xwidget.PageWith(u.DisplayName, chips, append(actions, back), xwidget.Split(left, right, 470))
	return screen, nil
}

// departure says when a user's access was taken away, by whom and why.
func departure(h room.Host, dir directory, u store.User) (string, error) {
	at := room.Day(u.Revoked.Local())
	if !h.Desk().May(testimony.ActKeepDocket) {
		return at, nil
	}
	gone, err := h.Desk().Departures(room.Ctx())
	d, ok := gone[u.ID]
	if err != nil || !ok {
		return at, err
	}
	return i18n.T("people.left.text", map[string]any{"Day": at, "Who": dir.names[d.By], "Reason": d.Reason}), nil
}
