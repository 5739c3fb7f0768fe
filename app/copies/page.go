package copies

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
)

const pagePrefix = "copy/"

// SideID names the page of a recording, turned to the side of its copies.
func SideID(id testimony.RecordingID) string { return string(id) + "/copies" }

// PageID names the page of a copy in the room of approvals.
func PageID(id identity.RequestID) string { return pagePrefix + string(id) }

// Selected is the copy whose page is asked for, if one is.
func Selected(id string) (identity.RequestID, bool) {
	rest, is := strings.CutPrefix(id, pagePrefix)
	return identity.RequestID(rest), is
}

// Line is a copy in the list of approvals: of whom, what, for whom, until when.
func Line(d *docket.Desk, c copies.Copy, names room.Register) room.Line {
	state := c.State(d.Now())
	return room.Line{ID: PageID(c.ID), Text: xwidget.RowText{Chip: stateWord(c, state), Tone: tones[state],
		Cells: []string{whose(names, c) + " · " + names.Cases[c.Case], i18n.T("copies.line", map[string]any{"N": c.Number}), c.To.Label, room.ShortDay(c.Until)}}}
}

// whose is the pseudonym of the witness whose hearing a copy is of.
func whose(names room.Register, c copies.Copy) string {
	for _, x := range names.Hearings {
		if x.ID == c.Hearing {
			return names.Pseudonym(x.Party, c.Case)
		}
	}
	return ""
}

// Page draws one copy: what is asked for, who has approved, and the steps that are open to this user.
func Page(h room.Host, names room.Register, id identity.RequestID) (room.Screen, error) {
	d := h.Desk()
	c, err := d.Copy(room.Ctx(), id)
	if err != nil {
		return room.Screen{}, err
	}
	people, err := room.UserNames(d)
	if err != nil {
		return room.Screen{}, err
	}
	rec, err := d.Recording(room.Ctx(), c.Recording)
	if err != nil {
		return room.Screen{}, err
	}
	back, step := room.Back(h, room.Approvals)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	state := c.State(d.Now())
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[c.Case], xwidget.Clear), xwidget.Chip(stateWord(c, state), tones[state])}
	actions, why, err := acts(h, c, state, screen.Keys)
	if err != nil {
		return screen, err
	}
	recording := func() { h.Go(room.Evidence, SideID(c.Recording)) }
	screen.Keys[fyne.KeyE] = recording
	actions = append(actions, xwidget.NewButton(i18n.T("copies.recording"), "E", recording), back)
	line := func(word string, value fyne.CanvasObject) []fyne.CanvasObject {
		return []fyne.CanvasObject{xwidget.Small(i18n.T(word)), value}
	}
	terms := xwidget.Card(i18n.T("approvals.terms"), xwidget.Grid([]float32{2, 5}, nil, line("copies.of", xwidget.WrappedStrong(i18n.T("copies.of.one", map[string]any{"N": c.Number, "Kind": policy.AudienceWord(rec.Version, i18n.Policy()), "Day": room.Day(rec.Started.Local())}))),
		line("copies.holds", xwidget.Wrap(4, room.AccessChips(c.Held, true)...)), line("copies.for", xwidget.WrappedStrong(recipientWord(c.To))), line("approvals.by", xwidget.WrappedStrong(people[c.Requester])),
		line("copies.purpose", xwidget.WrappedStrong(c.Purpose)), line("copies.last_day", xwidget.WrappedStrong(room.Day(c.Until)))))
	steps := []fyne.CanvasObject{}
	for _, college := range approvals(c, people) {
		steps = append(steps, xwidget.WrappedStrong(college))
	}
	for _, words := range became(c, people) {
		steps = append(steps, xwidget.Note(words, xwidget.Neutral))
	}
	if why != "" {
		steps = append(steps, xwidget.WrappedSmall(why))
	}
	left := xwidget.Scroll(xwidget.Column(16, terms, xwidget.Card(i18n.T("copies.steps"), steps...)))
	right := xwidget.Scroll(xwidget.Card(i18n.T("copies.who"), xwidget.WrappedSmall(i18n.T("copies.rule"))))
	screen.Content = xwidget.PageWith(whose(names, c), chips, actions, xwidget.Split(left, right, 360))
	return screen, nil
}

// acts are the buttons for what the user may decide about a copy, and in words why they may not approve.
func acts(h room.Host, c copies.Copy, state copies.State, keys map[fyne.KeyName]func()) (buttons []fyne.CanvasObject, why string, err error) {
	d := h.Desk()
	steps, err := d.CopySteps(room.Ctx(), c)
	if err != nil {
		return nil, "", err
	}
	add := func(s copies.Step, key fyne.KeyName, kind func(string, string, func()) *xwidget.Button, act func()) {
		if slices.Contains(steps, s) {
			keys[key] = act
			buttons = append(buttons, kind(i18n.T("copies.step."+string(s)), string(key), act))
		}
	}
	turnDown := func(s copies.Step) func() {
		return func() {
			reason := xwidget.NewLines("", 3)
			word := i18n.T("copies.step." + string(s))
			room.SlowForm(h, word, word, xwidget.Column(10, xwidget.Paragraph(i18n.T("copies.turn_down.text")), xwidget.Field(i18n.T("approvals.reason"), reason)), reason, func() (func() error, error) {
				text := reason.Text
				return func() error {
					_, err := d.RefuseCopy(room.Ctx(), c.ID, text)
					return err
				}, nil
			})
		}
	}
	add(copies.Approve, fyne.KeyA, xwidget.NewPrimary, func() { approve(h, c) })
	add(copies.Refuse, fyne.KeyR, xwidget.NewButton, turnDown(copies.Refuse))
	add(copies.Withdraw, fyne.KeyW, xwidget.NewButton, turnDown(copies.Withdraw))
	if state == copies.Asked && !slices.Contains(steps, copies.Approve) {
		if err := d.MayApproveCopy(room.Ctx(), c); err != nil {
			why = room.Say(err)
		}
	}
	return buttons, why, nil
}

// approve asks for a second act, which names what the recipient will take away.
func approve(h room.Host, c copies.Copy) {
	d, words := h.Desk(), map[string]any{"Who": recipientWord(c.To), "Day": room.Day(c.Until)}
	effect := i18n.T("copies.approve.altered", words)
	if c.Clear() {
		effect = i18n.T("copies.approve.clear", words)
	}
	room.Confirm(h, i18n.T("copies.step.approve"), effect, i18n.T("copies.step.approve"), func() {
		room.Later(func() error {
			_, err := d.ApproveCopy(room.Ctx(), c.ID)
			return err
		}, func(err error) {
			room.Failed(h, err)
			h.Refresh()
		})
	})
}
