package ledger

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony/docket"
)

// search is what narrows the list: who, what, from when to when, and about what.
type search struct {
	host     room.Host
	list     *pages
	users    []store.User
	who      *xwidget.Choice
	what     *xwidget.Choice
	from, to *xwidget.Input
	about    *xwidget.Input
}

// newSearch draws the search's fields; what it returns beside them is to have the focus.
func newSearch(h room.Host, users []store.User, list *pages) (fyne.CanvasObject, fyne.Focusable) {
	s := &search{host: h, list: list, users: users}
	people, subjects := []string{i18n.T("audit.anybody")}, []string{i18n.T("audit.anything")}
	for _, u := range users {
		people = append(people, u.Login)
	}
	for _, a := range docket.AuditSubjects {
		subjects = append(subjects, i18n.T("subject."+string(a)))
	}
	s.who, s.what = xwidget.NewChoice(people, 0, func(string) { s.find() }), xwidget.NewChoice(subjects, 0, func(string) { s.find() })
	s.from, s.to, s.about = xwidget.NewInput(i18n.T("audit.date")), xwidget.NewInput(i18n.T("audit.date")), xwidget.NewInput(i18n.T("audit.about.hint"))
	for _, in := range []*xwidget.Input{s.from, s.to, s.about} {
		in.OnSubmitted = func(string) { s.find() }
		in.OnArrow = func(int) {
			if c := h.Window().Canvas(); len(list.at) > 0 {
				c.Focus(list.rows)
			}
		}
	}
	fields := container.NewGridWithColumns(5, xwidget.Field(i18n.T("audit.about"), s.about), xwidget.Field(i18n.T("audit.who"), s.who),
		xwidget.Field(i18n.T("audit.what"), s.what), xwidget.Field(i18n.T("audit.from"), s.from), xwidget.Field(i18n.T("audit.to"), s.to))
	return container.NewBorder(nil, nil, nil, container.NewVBox(xwidget.Gap(0, 17), xwidget.NewButton(i18n.T("audit.find"), "Enter", s.find)), fields), s.about
}

// find takes what was typed and shows what the log has of it.
func (s *search) find() {
	asked := docket.AuditSearch{About: s.about.Text}
	if i := s.who.SelectedIndex(); i > 0 {
		asked.Who = s.users[i-1].ID
	}
	if i := s.what.SelectedIndex(); i > 0 {
		asked.What = docket.AuditSubjects[i-1]
	}
	var err error
	if asked.From, err = day(s.from.Text, 0); err == nil {
		asked.To, err = day(s.to.Text, 1)
	}
	if err != nil {
		room.Failed(s.host, err)
		return
	}
	s.list.find(&asked)
}

// day is the beginning of a day at this desk, some days later; the zero time for nothing.
func day(text string, later int) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return t, room.ErrDate
	}
	return t.AddDate(0, 0, later), nil
}
