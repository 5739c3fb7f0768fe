package evidence

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

// oneExhibit draws one exhibit: at the left what it is and what can be done, at the right who may open it and who has.
func (r *Room) oneExhibit(h room.Host, names room.Register, id exhibit.ID) (room.Screen, error) {
	d := h.Desk()
	e, err := d.Exhibit(room.Ctx(), id)
	if err != nil {
		return room.Screen{}, err
	}
	access, err := d.ExhibitAccess(room.Ctx(), e)
	if err != nil {
		return room.Screen{}, err
	}
	asked, err := d.ExhibitOpenings(room.Ctx(), id)
	if err != nil {
		return room.Screen{}, err
	}
	step := func() { h.Go(room.Evidence, ExhibitsID("")) }
	back := xwidget.NewButton(i18n.T("exhibit.list"), "Esc", step)
	back.Icon = xwidget.IconBack
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	line := func(word, value string) []fyne.CanvasObject {
		return []fyne.CanvasObject{xwidget.Small(i18n.T(word)), xwidget.WrappedStrong(value)}
	}
	received := e.Received.Local()
	facts := [][]fyne.CanvasObject{line("exhibit.title", e.Title), line("exhibit.case", names.Cases[e.Case]), line("exhibit.kind", i18n.T("exhibit.kind."+string(e.Kind()))+" · "+strings.ToUpper(string(e.Format))),
		line("exhibit.size", size(e.Size)), line("exhibit.received", room.Day(received)+" · "+room.Clock(received)), line("exhibit.sha256", digest(e.SHA256))}
	if !e.Erased.IsZero() {
		facts = append(facts, line("exhibit.erased", room.Day(e.Erased.Local())))
	}
	if !e.Withdrawn.IsZero() {
		facts = append(facts, line("exhibit.withdrawn", room.Day(e.Withdrawn.Local())+" · "+e.Why))
	}
	left := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("exhibit.facts"), xwidget.Grid([]float32{2, 5}, nil, facts...)), xwidget.Card(i18n.T("exhibit.do"), exhibitSteps(h, e, asked, screen.Keys)...)))
	right, err := r.besideExhibit(h, names, e, access, screen.Keys)
	if err != nil {
		return screen, err
	}
	word, tone := exhibitChip(e)
	screen.Content = xwidget.PageWith(i18n.T("exhibit.numbered", map[string]any{"Number": e.Number}), []fyne.CanvasObject{xwidget.Chip(word, tone)}, []fyne.CanvasObject{back}, xwidget.Split(left, right, 360))
	return screen, nil
}

// besideExhibit is the right column: who may open it and who has, or how long it is kept.
func (r *Room) besideExhibit(h room.Host, names room.Register, e exhibit.Exhibit, access docket.ExhibitAccess, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	turn := func(kept bool) func() {
		return func() {
			r.keeps = kept
			h.Refresh()
		}
	}
	keys[fyne.KeyH], keys[fyne.KeyK] = turn(false), turn(true)
	at := 0
	body := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("exhibit.who"), whoMay(e, access)...), xwidget.Card(i18n.T("exhibit.opened"), whoDid(access)...)))
	if r.keeps {
		k, err := h.Desk().KeepingOf(room.Ctx(), e.ID)
		if err != nil {
			return nil, err
		}
		kept, err := keeping(h, names, k)
		if err != nil {
			return nil, err
		}
		at, body = 1, xwidget.Panel(kept)
	}
	strip := xwidget.Sides([]string{i18n.T("exhibit.who"), i18n.T("evidence.side.keeping")}, []string{"H", "K"}, at, func(i int) { turn(i == 1)() })
	return container.NewBorder(xwidget.Inset(strip, 0, 4), nil, nil, nil, body), nil
}

// size says bytes as people do.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return i18n.T("exhibit.bytes", map[string]any{"N": bytes})
}

// digest is a hash in groups, so that it wraps and can be read aloud.
func digest(sum []byte) string {
	text := hex.EncodeToString(sum)
	var groups []string
	for part := range slices.Chunk([]byte(text), 8) {
		groups = append(groups, string(part))
	}
	return strings.Join(groups, " ")
}

// exhibitSteps are the steps that are open to this user, and in words why it can't be opened.
func exhibitSteps(h room.Host, e exhibit.Exhibit, asked []exhibit.Opening, keys map[fyne.KeyName]func()) (rows []fyne.CanvasObject) {
	d := h.Desk()
	var buttons []fyne.CanvasObject
	add := func(word, key string, name fyne.KeyName, primary bool, act func()) {
		b := xwidget.NewButton(i18n.T(word), key, act)
		if primary {
			b.Kind = xwidget.Primary
		}
		keys[name] = act
		buttons = append(buttons, b)
	}
	refused := d.MayOpenExhibit(room.Ctx(), e)
	if refused == nil {
		if e.Kind() == exhibit.Picture {
			add("exhibit.open", "O", fyne.KeyO, true, func() { viewExhibit(h, e) })
		} else {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("exhibit.no_picture")))
		}
		add("exhibit.copy", "C", fyne.KeyC, false, func() { copyExhibit(h, e) })
	} else if e.Withdrawn.IsZero() && e.Erased.IsZero() && !errors.Is(refused, exhibit.ErrTwo) { // that it takes two stands beside it
		rows = append(rows, xwidget.WrappedSmall(room.Say(refused)))
	}
	standing := slices.IndexFunc(asked, func(o exhibit.Opening) bool { return o.Stands(d.Now()) && o.Requester == string(d.Me().ID) })
	switch {
	case e.Class == exhibit.Sealed && standing < 0 && e.Withdrawn.IsZero() && e.Erased.IsZero() && d.May(testimony.ActOpenSealed):
		add("exhibit.ask", "A", fyne.KeyA, refused != nil, func() { askExhibit(h, e) })
	case standing >= 0:
		o := asked[standing]
		rows = append(rows, xwidget.Note(i18n.T("exhibit.asked."+string(o.State(d.Now())), map[string]any{"Until": room.Day(o.Until.Local()) + ", " + room.Clock(o.Until.Local())}), openingTone(o.State(d.Now()))))
		add("exhibit.request", "R", fyne.KeyR, false, func() { h.Go(room.Approvals, string(o.ID)) })
	}
	if e.Withdrawn.IsZero() && e.Erased.IsZero() && d.May(testimony.ActWithdrawExhibit) {
		add("exhibit.withdraw", "W", fyne.KeyW, false, func() {
			decision(h, "exhibit.withdraw", "exhibit.withdraw.text", func(why string) error {
				_, err := d.WithdrawExhibit(room.Ctx(), e.ID, why)
				return err
			})
		})
	}
	if len(buttons) > 0 {
		rows = append(rows, xwidget.Wrap(6, buttons...))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("exhibit.nothing_to_do")))
	}
	return rows
}

func openingTone(s identity.RequestState) xwidget.Tone {
	if s == identity.Granted {
		return xwidget.Public
	}
	return xwidget.Private
}

// whoMay says which offices open it, who can at this moment, and to whom it can be shown.
func whoMay(e exhibit.Exhibit, a docket.ExhibitAccess) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedStrong(strings.Join(room.Words("office.", a.Offices), ", ")), xwidget.WrappedSmall(i18n.T("exhibit.class." + string(e.Class) + ".who")),
		xwidget.Line(), xwidget.WrappedSmall(i18n.T("exhibit.now"))}
	for _, u := range a.Now {
		rows = append(rows, xwidget.WrappedStrong(u.Name+" · "+i18n.T("office."+u.Office)))
	}
	if len(a.Now) == 0 {
		rows = append(rows, xwidget.WrappedStrong(i18n.T("exhibit.nobody")))
	}
	return append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("exhibit.shown_to")), xwidget.WrappedStrong(strings.Join(room.Words("role.", append([]testimony.Role{testimony.RoleBench}, exhibit.Audiences(e.Class)...)), ", ")))
}

// whoDid says who opened it, for those who read the audit log.
func whoDid(a docket.ExhibitAccess) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	n := 0
	for _, l := range slices.Backward(a.Opened) {
		if n++; n <= room.Entries {
			at := l.At.Local()
			rows = append(rows, xwidget.Entry(l.By.Name, room.Day(at)+" · "+room.Clock(at), xwidget.Chip(i18n.T("exhibit.for."+l.Purpose), xwidget.Neutral)))
		}
	}
	switch {
	case !a.LogRead:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("exhibit.log_not_read")))
	case n == 0:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("exhibit.never_opened")))
	}
	return append(rows, room.Beyond(n)...)
}

// copyExhibit asks where an exhibit is to be written in clear.
func copyExhibit(h room.Host, e exhibit.Exhibit) {
	to := xwidget.NewInput("")
	to.SetText(room.NewFile(e.FileName()))
	d := h.Desk()
	room.SlowForm(h, i18n.T("exhibit.copy"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("exhibit.copy.text")), xwidget.Field(i18n.T("record.file"), to)), to, func() (func() error, error) {
		path := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(path) {
			return nil, room.ErrFile
		}
		return func() error {
			_, _, err := d.CopyExhibit(room.Ctx(), e.ID, path, nil)
			return err
		}, nil
	})
}

// askExhibit asks that this user may open a sealed exhibit.
func askExhibit(h room.Host, e exhibit.Exhibit) {
	why, hours := xwidget.NewLines("", 3), xwidget.NewInput("")
	hours.SetText("8")
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("exhibit.ask.text")), xwidget.Field(i18n.T("approvals.reason"), why), xwidget.Field(i18n.T("exhibit.ask.hours"), hours))
	room.Form(h, i18n.T("exhibit.ask"), i18n.T("exhibit.ask"), fields, why, func() error {
		n, err := strconv.Atoi(strings.TrimSpace(hours.Text))
		if err != nil {
			return room.ErrHours
		}
		_, err = h.Desk().AskExhibitOpening(room.Ctx(), e.ID, why.Text, h.Desk().Now().Add(time.Duration(n)*time.Hour))
		return err
	})
}
