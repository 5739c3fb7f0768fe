// Package copies is what the desktop shows of copies of recordings for a named person: those of one recording, as a side of its page; those that wait for approval; the making
// of one while the window is used for other things; and the tracing of what was found somewhere.
//
// It holds no rule: who may have a copy and what may be done about one is asked of the desk. Start from [Makings.Side] and [Page].
package copies

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
)

var tones = map[copies.State]xwidget.Tone{copies.Asked: xwidget.Private, copies.Approved: xwidget.Clear, copies.Out: xwidget.Public, copies.Overdue: xwidget.Fault, copies.Refused: xwidget.Closed}

// stateWord says where a copy stands.
func stateWord(c copies.Copy, state copies.State) string {
	if c.Ended != nil {
		return i18n.T("copies.ending." + string(c.Ended.Kind))
	}
	return i18n.T("copies.state." + string(state))
}

// recipientWord says for whom a copy is, with their function.
func recipientWord(r copies.Recipient) string {
	role := i18n.T("role." + r.Role)
	if r.User != "" {
		role = i18n.T("office." + r.Role)
	}
	if r.Label == "" || r.Label == role {
		return role
	}
	return r.Label + " · " + role
}

// approvals say of each college whose approval a copy takes who gave it, or that it waits.
func approvals(c copies.Copy, people map[string]string) []string {
	var out []string
	for _, college := range c.Takes() {
		words := i18n.T("copies.waits_for", map[string]any{"College": i18n.T("college." + string(college))})
		for _, x := range c.Consents {
			if x.College == college {
				words = i18n.T("copies.approved_by", map[string]any{"College": i18n.T("college." + string(college)), "Who": people[x.By], "Day": room.Day(x.At.Local())})
			}
		}
		out = append(out, words)
	}
	return out
}

// became says what became of a copy, step by step, with who and when.
func became(c copies.Copy, people map[string]string) []string {
	var out []string
	decided := func(x *identity.Decision) map[string]any {
		return map[string]any{"Who": people[x.By], "Day": room.Day(x.At.Local()), "Reason": x.Reason}
	}
	if c.Refused != nil {
		out = append(out, i18n.T("copies.refused", decided(c.Refused)))
	}
	if c.Withdrawn != nil {
		out = append(out, i18n.T("copies.withdrawn", decided(c.Withdrawn)))
	}
	if c.Made != nil {
		out = append(out, i18n.T("copies.made", map[string]any{"Who": people[c.Made.By], "Day": room.Day(c.Made.At.Local())}))
	}
	if c.Ended != nil {
		out = append(out, i18n.T("copies.ended."+string(c.Ended.Kind), map[string]any{"Who": people[c.Ended.By], "Day": room.Day(c.Ended.At.Local()), "Note": c.Ended.Note}))
	}
	return out
}

// Side lists the copies of a recording, and of the versions that were made of it, with what this user may do about each.
func (m *Makings) Side(h room.Host, rec docket.Recording, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	d := h.Desk()
	list, err := d.Copies(room.Ctx(), rec.ID)
	if err != nil {
		return nil, err
	}
	people, err := room.UserNames(d)
	if err != nil {
		return nil, err
	}
	var buttons []fyne.CanvasObject
	add := func(act testimony.Act, word string, key fyne.KeyName, do func()) {
		if d.May(act) {
			keys[key] = do
			buttons = append(buttons, xwidget.NewButton(i18n.T(word), string(key), do))
		}
	}
	if rec.Sealed && rec.Erased.IsZero() {
		add(testimony.ActAskCopy, "copies.ask", fyne.KeyA, func() { ask(h, rec) })
	}
	add(testimony.ActTraceCopy, "copies.trace", fyne.KeyX, func() { Trace(h) })
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("copies.about")), xwidget.Wrap(6, buttons...)}
	if len(list) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("copies.none")))
	}
	for i, c := range list {
		if i >= room.Entries {
			rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("copies.more", map[string]any{"N": len(list) - i})))
			break
		}
		entry, err := m.entry(h, c, people, keys)
		if err != nil {
			return nil, err
		}
		rows = append(append(rows, xwidget.Line()), entry...)
	}
	return xwidget.Scroll(xwidget.Column(8, rows...)), nil
}

// entry is one copy of a recording's list. The keys of its steps are those of the newest copy that has them.
func (m *Makings) entry(h room.Host, c copies.Copy, people map[string]string, keys map[fyne.KeyName]func()) ([]fyne.CanvasObject, error) {
	state := c.State(h.Desk().Now())
	lines := append([]string{i18n.T("copies.until", map[string]any{"Day": room.Day(c.Until)})}, approvals(c, people)...)
	rows := []fyne.CanvasObject{xwidget.Spread(xwidget.Strong(i18n.T("copies.number", map[string]any{"N": c.Number})), xwidget.Chip(stateWord(c, state), tones[state])),
		xwidget.WrappedStrong(recipientWord(c.To)), xwidget.WrappedSmall(strings.Join(append(lines, became(c, people)...), "\n"))}
	if at := m.of(c.ID); at != nil {
		rows = append(rows, at.shown()...)
		if at.note == "" {
			return rows, nil
		}
	}
	steps, err := h.Desk().CopySteps(room.Ctx(), c)
	if err != nil {
		return nil, err
	}
	buttons := []fyne.CanvasObject{}
	add := func(word string, key fyne.KeyName, do func()) {
		if keys[key] != nil {
			buttons = append(buttons, xwidget.NewButton(i18n.T(word), "", do))
			return
		}
		keys[key] = do
		buttons = append(buttons, xwidget.NewButton(i18n.T(word), string(key), do))
	}
	for _, s := range steps {
		switch s {
		case copies.Make:
			add("copies.step.make", fyne.KeyB, func() { m.ask(h, c) })
		case copies.NoteEnd:
			add("copies.step.end", fyne.KeyY, func() { end(h, c) })
		}
	}
	add("copies.open", fyne.KeyL, func() { h.Go(room.Approvals, PageID(c.ID)) })
	return append(rows, xwidget.Wrap(6, buttons...)), nil
}

// copyDays is for how many days the form of a copy offers to ask.
const copyDays = 30

// ask is the form by which a copy is asked for. It offers only those for whom it can be.
func ask(h room.Host, rec docket.Recording) {
	d := h.Desk()
	list, err := d.CopyRecipients(room.Ctx(), rec.ID)
	if err != nil {
		room.Failed(h, err)
		return
	}
	if len(list) == 0 {
		room.Tell(h.Window(), i18n.T("copies.ask"), i18n.T("copies.nobody"))
		return
	}
	var words []string
	for _, r := range list {
		words = append(words, recipientWord(r))
	}
	to, until, purpose := xwidget.NewChoice(words, 0, nil), xwidget.NewInput(i18n.T("keeping.day_hint")), xwidget.NewInput("")
	to.Find = func(words []string, pick func(int)) { room.Find(h, i18n.T("copies.for"), words, pick) }
	until.SetText(d.Now().AddDate(0, 0, copyDays).Format(time.DateOnly))
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("copies.ask.text")), xwidget.Field(i18n.T("copies.for"), to), xwidget.Field(i18n.T("copies.last_day"), until), xwidget.Field(i18n.T("copies.purpose"), purpose))
	room.SlowForm(h, i18n.T("copies.ask"), i18n.T("copies.ask"), fields, to, func() (func() error, error) {
		day, err := room.TypedDay(until.Text)
		if err != nil || day.IsZero() {
			return nil, room.ErrDate
		}
		r := list[max(to.SelectedIndex(), 0)]
		a := docket.CopyAsking{Recording: rec.ID, Seat: r.Seat, User: store.UserID(r.User), Purpose: purpose.Text, Until: copies.LastSecond(day)}
		return func() error {
			_, err := d.AskCopy(room.Ctx(), a)
			return err
		}, nil
	})
}

// end is the form by which it is noted that a copy came back or was destroyed.
func end(h room.Host, c copies.Copy) {
	d := h.Desk()
	how, note := xwidget.NewChoice(room.Words("copies.ending.", copies.Endings), 0, nil), xwidget.NewInput("")
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("copies.end.text")), xwidget.Field(i18n.T("copies.end.how"), how), xwidget.Field(i18n.T("copies.end.note"), note))
	room.SlowForm(h, i18n.T("copies.step.end"), i18n.T("action.save"), fields, how, func() (func() error, error) {
		kind, why := copies.Endings[max(how.SelectedIndex(), 0)], note.Text
		return func() error {
			_, err := d.EndCopy(room.Ctx(), c.ID, kind, why)
			return err
		}, nil
	})
}
