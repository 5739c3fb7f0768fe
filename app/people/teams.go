package people

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// teamMark begins the selection of a team among users.
const teamMark = "team/"

// teams lists the teams that the user is in. T makes one.
func teams(h room.Host, dir directory, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	if !h.Desk().May(testimony.ActKeepDocket) {
		return nil, nil // an auditor is in none
	}
	list, err := h.Desk().Teams(room.Ctx())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, t := range list {
		var names []string
		for _, m := range t.Members {
			names = append(names, dir.names[m.User])
		}
		slices.Sort(names)
		text := strings.Join(names, ", ") + "\n" + i18n.T("team.cases", map[string]any{"Count": len(t.Cases)})
		rows = append(rows, xwidget.Entry(t.Name, text, xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(room.People, teamMark+string(t.ID)) })))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("team.none")))
	}
	if h.Desk().May(testimony.ActKeepTeam) {
		found := func() { makeTeam(h, dir) }
		keys[fyne.KeyT] = found
		rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("team.make"), "T", found)))
	}
	return xwidget.Card(i18n.T("team.title"), rows...), nil
}

// team is one team: its members with their terms, and its cases.
func team(h room.Host, dir directory, t docket.TeamView) room.Screen {
	back, step := room.Back(h, room.People)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	may := h.Desk().May(testimony.ActKeepTeam)
	var members, kept []fyne.CanvasObject
	for _, u := range dir.users {
		at := slices.IndexFunc(t.Members, func(m store.Membership) bool { return m.User == u.ID })
		if at < 0 {
			continue
		}
		text := i18n.T("office." + string(u.Role))
		if until := t.Members[at].Until; !until.IsZero() {
			text += " · " + i18n.T("team.until", map[string]any{"Day": room.Day(until.Add(-time.Second).Local())})
		}
		var acts []fyne.CanvasObject
		if may {
			acts = append(acts, xwidget.NewButton(i18n.T("team.take_out"), "", func() { takeOut(h, t, u) }))
		}
		members = append(members, xwidget.Entry(u.DisplayName, text, acts...))
	}
	for _, c := range t.Cases {
		kept = append(kept, xwidget.Entry(c.Reference, c.Court, xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(room.Cases, string(c.ID)) })))
	}
	if len(kept) == 0 {
		kept = append(kept, xwidget.WrappedSmall(i18n.T("team.no_cases")))
	}
	actions := []fyne.CanvasObject{back}
	if may {
		screen.New = func() { takeIn(h, dir, t) }
		actions = append(actions, xwidget.NewPrimary(i18n.T("team.take_in"), "Ctrl N", screen.New))
	}
	left := xwidget.Scroll(xwidget.Card(i18n.T("team.members"), members...))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("room.cases"), kept...), xwidget.Card(i18n.T("team.what"), xwidget.WrappedSmall(i18n.T("team.what.text")))))
	screen.Content = xwidget.Page(t.Name, actions, xwidget.Split(left, right, 430))
	return screen
}

// makeTeam asks for a new team. Whoever makes it is in it.
func makeTeam(h room.Host, dir directory) {
	name := xwidget.NewInput("")
	ticks := map[store.UserID]*xwidget.Tick{}
	var people []fyne.CanvasObject
	for _, u := range dir.users {
		if u.ID == h.Desk().Me().ID || !u.Standing() || u.Role == testimony.Auditor {
			continue
		}
		ticks[u.ID] = xwidget.NewTick(u.DisplayName+" · "+i18n.T("office."+string(u.Role)), false, nil)
		people = append(people, ticks[u.ID])
	}
	room.Form(h, i18n.T("team.make"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("team.make.text")),
		xwidget.Field(i18n.T("team.name"), name), xwidget.Field(i18n.T("team.with"), xwidget.Column(4, people...))), name, func() error {
		var members []docket.TeamMember
		for id, tick := range ticks {
			if tick.Checked {
				members = append(members, docket.TeamMember{User: id})
			}
		}
		t, err := h.Desk().AddTeam(room.Ctx(), name.Text, members)
		if err == nil {
			h.Go(room.People, teamMark+string(t.ID))
		}
		return err
	})
}

// takeIn asks who joins, and until when.
func takeIn(h room.Host, dir directory, t docket.TeamView) {
	var who []store.User
	var words []string
	for _, u := range dir.users {
		if u.Standing() && u.Role != testimony.Auditor && u.ID != h.Desk().Me().ID {
			who = append(who, u)
			words = append(words, u.DisplayName+" · "+i18n.T("office."+string(u.Role)))
		}
	}
	if len(who) == 0 {
		room.Tell(h.Window(), i18n.T("team.take_in"), i18n.T("team.nobody"))
		return
	}
	choice, until := xwidget.NewChoice(words, 0, nil), xwidget.NewInput(i18n.T("team.until.hint"))
	room.Form(h, i18n.T("team.take_in"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("team.take_in.text")),
		xwidget.Field(i18n.T("team.who"), choice), xwidget.Field(i18n.T("team.last_day"), until)), until, func() error {
		m := docket.TeamMember{User: who[max(choice.SelectedIndex(), 0)].ID}
		if typed := strings.TrimSpace(until.Text); typed != "" {
			day, err := time.ParseInLocation(time.DateOnly, typed, time.Local)
			if err != nil {
				return room.ErrDate
			}
			m.Until = day.AddDate(0, 0, 1)
		}
		return h.Desk().JoinTeam(room.Ctx(), t.ID, m)
	})
}

// takeOut takes a member out, by a deliberate second act. What is sealed anew is so in the background.
func takeOut(h room.Host, t docket.TeamView, u store.User) {
	room.Confirm(h, i18n.T("team.take_out.title", map[string]any{"Who": u.DisplayName}), i18n.T("team.take_out.text", map[string]any{"Team": t.Name}), i18n.T("team.take_out"), func() {
		if err := h.Desk().LeaveTeam(room.Ctx(), t.ID, u.ID); err != nil {
			room.Failed(h, err)
			return
		}
		if u.ID == h.Desk().Me().ID {
			h.Go(room.People, "")
			return
		}
		h.Refresh()
	})
}
