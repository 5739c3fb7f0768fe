// Package approvals is the room of what two colleges approve: the disclosure of fields of a true identity, the opening of a sealed exhibit, and of copies of recordings; who asked, who has approved, and
// the one window in which a granted identity is shown, to its receiver only.
//
// It holds no rule: whether somebody may approve, view or review is asked of the desk, and the answer is shown in words.
package approvals

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/copies"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/identity"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
)

// New draws the list, or the request that was asked for.
func New(h room.Host) (room.Screen, error) {
	given, err := h.Desk().Copies(room.Ctx(), "")
	if err != nil {
		return room.Screen{}, err
	}
	list, err := h.Desk().Disclosures(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	people, err := room.UserNames(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	openings, err := h.Desk().ExhibitOpenings(room.Ctx(), "")
	if err != nil {
		return room.Screen{}, err
	}
	received, err := h.Desk().Exhibits(room.Ctx(), "")
	if err != nil {
		return room.Screen{}, err
	}
	exhibits := map[exhibit.ID]exhibit.Exhibit{}
	for _, e := range received {
		exhibits[e.ID] = e
	}
	if id, is := copies.Selected(h.Selected()); is {
		return copies.Page(h, names, id)
	}
	l := room.Listing{Title: i18n.T("room.approvals"), Empty: i18n.T("approvals.none"),
		Heads: []string{i18n.T("witness.pseudonym"), i18n.T("approvals.what"), i18n.T("approvals.whom"), i18n.T("approvals.until")}, Weights: []float32{3, 4, 3, 3},
		Open: func(id string) { h.Go(room.Approvals, id) }}
	asked := map[string]time.Time{}
	for _, r := range list {
		if string(r.ID) == h.Selected() {
			return one(h, names, people, r)
		}
		state := r.State(h.Desk().Now())
		asked[string(r.ID)] = r.Asked
		l.Lines = append(l.Lines, room.Line{ID: string(r.ID), Text: xwidget.RowText{Chip: i18n.T("request." + string(state)), Tone: tones[state],
			Cells: []string{names.Pseudonym(r.Party, r.Case) + " · " + names.Cases[r.Case], fieldWords(r.Fields), people[r.Grantee], room.Moment(r.Until)}}})
	}
	for _, o := range openings {
		if string(o.ID) == h.Selected() {
			return opening(h, names, people, o)
		}
		asked[string(o.ID)] = o.Asked
		l.Lines = append(l.Lines, openingLine(h, names, people, o, exhibits[o.Exhibit]))
	}
	for _, c := range given {
		asked[copies.PageID(c.ID)] = c.Asked
		l.Lines = append(l.Lines, copies.Line(h.Desk(), c, names))
	}
	slices.SortStableFunc(l.Lines, func(a, b room.Line) int { return asked[b.ID].Compare(asked[a.ID]) })
	return l.Screen(), nil
}

var tones = map[identity.RequestState]xwidget.Tone{identity.Pending: xwidget.Private, identity.Granted: xwidget.Public, identity.Refused: xwidget.Closed}

func fieldWords(fields []identity.Field) string {
	return strings.Join(room.Words("field.", fields), ", ")
}

// moment is a day and an hour.
func moment(t time.Time) string {
	t = t.Local()
	return room.Day(t) + " · " + room.Clock(t)
}

// line is one of the terms.
func line(word, value string) []fyne.CanvasObject {
	return []fyne.CanvasObject{xwidget.Small(i18n.T(word)), xwidget.WrappedStrong(value)}
}

func one(h room.Host, names room.Register, people map[string]string, r identity.Request) (room.Screen, error) {
	now := h.Desk().Now()
	state := r.State(now)
	back, step := room.Back(h, room.Approvals)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[r.Case], xwidget.Clear), xwidget.Chip(i18n.T("request."+string(state)), tones[state])}
	if r.Emergency {
		chips = append(chips, xwidget.IconChip(xwidget.IconAlert, i18n.T("approvals.emergency"), xwidget.Fault))
	}
	terms := xwidget.Card(i18n.T("approvals.terms"), xwidget.Grid([]float32{2, 5}, nil, line("approvals.fields", fieldWords(r.Fields)),
		line("approvals.to", people[r.Grantee]), line("approvals.by", people[r.Requester]), line("approvals.basis", r.Basis),
		line("approvals.order", r.Order), line("approvals.until", moment(r.Until))))
	steps := []fyne.CanvasObject{}
	for _, c := range []identity.College{identity.Court, identity.Bench} {
		steps = append(steps, college(r, c, people))
	}
	steps = append(steps, decisions(people, r.Refused, r.Withdrawn, r.Reviewed)...)
	buttons, why := acts(h, r, state, screen.Keys)
	if why != "" {
		steps = append(steps, xwidget.WrappedSmall(why))
	}
	conflicts, err := conflictCard(h, r.Case, people)
	if err != nil {
		return screen, err
	}
	left := xwidget.Scroll(xwidget.Column(16, terms, xwidget.Card(i18n.T("approvals.steps"), steps...)))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("identity.who"), xwidget.WrappedSmall(i18n.T("approvals.rule"))), conflicts))
	screen.Content = xwidget.PageWith(names.Pseudonym(r.Party, r.Case), chips, append(buttons, back), xwidget.Split(left, right, 360))
	return screen, nil
}

// college shows whether one of the two colleges has approved, and who.
func college(r identity.Request, c identity.College, people map[string]string) fyne.CanvasObject {
	i := slices.IndexFunc(r.Approvals, func(a identity.Approval) bool { return a.College == c })
	if i < 0 {
		return xwidget.Entry(i18n.T("college."+string(c)), i18n.T("approvals.waits"), xwidget.Chip(i18n.T("request.pending"), xwidget.Private))
	}
	return approved(c, people[r.Approvals[i].Approver], r.Approvals[i].At)
}

// approved says who approved for a college, and when.
func approved(c identity.College, who string, at time.Time) fyne.CanvasObject {
	return xwidget.Entry(i18n.T("college."+string(c)), who+" · "+moment(at), xwidget.Chip(i18n.T("approvals.approved"), xwidget.Public))
}

// decisions are the steps that ended or reviewed a request; nil is none.
func decisions(people map[string]string, refused, withdrawn, reviewed *identity.Decision) (rows []fyne.CanvasObject) {
	for _, step := range []struct {
		word string
		*identity.Decision
	}{{"approvals.refused", refused}, {"approvals.withdrawn", withdrawn}, {"approvals.reviewed", reviewed}} {
		if step.Decision != nil {
			rows = append(rows, xwidget.Note(i18n.T(step.word, map[string]any{"Who": people[step.By], "Day": room.Day(step.At), "Reason": step.Reason}), xwidget.Neutral))
		}
	}
	return rows
}

// actions are buttons with keys of their own.
type actions struct {
	keys    map[fyne.KeyName]func()
	buttons []fyne.CanvasObject
}

func (a *actions) add(word, key string, name fyne.KeyName, primary bool, act func()) {
	b := xwidget.NewButton(i18n.T(word), key, act)
	if primary {
		b.Kind = xwidget.Primary
	}
	a.keys[name] = act
	a.buttons = append(a.buttons, b)
}

// acts are the buttons for what the user may do, and in words why they may not approve.
func acts(h room.Host, r identity.Request, state identity.RequestState, keys map[fyne.KeyName]func()) (_ []fyne.CanvasObject, why string) {
	a := actions{keys: keys}
	add := a.add
	me := string(h.Desk().Me().ID)
	if state == identity.Granted && r.Grantee == me {
		add("approvals.view", "V", fyne.KeyV, true, func() { view(h, r) })
	}
	if state == identity.Pending {
		if err := h.Desk().MayApprove(room.Ctx(), r); err == nil {
			add("approvals.approve", "A", fyne.KeyA, true, func() { approve(h, r) })
			add("approvals.refuse", "R", fyne.KeyR, false, func() {
				reason(h, "approvals.refuse", "approvals.refuse.text", func(text string) error {
					_, err := h.Desk().RefuseDisclosure(room.Ctx(), r.ID, text)
					return err
				})
			})
		} else {
			why = room.Say(err)
		}
	}
	if state == identity.Pending || state == identity.Granted {
		add("approvals.withdraw", "W", fyne.KeyW, false, func() {
			reason(h, "approvals.withdraw", "approvals.withdraw.text", func(text string) error {
				_, err := h.Desk().WithdrawDisclosure(room.Ctx(), r.ID, text)
				return err
			})
		})
	}
	if r.NeedsReview() {
		add("approvals.review", "E", fyne.KeyE, state != identity.Granted, func() {
			reason(h, "approvals.review", "approvals.review.text", func(text string) error {
				_, err := h.Desk().ReviewDisclosure(room.Ctx(), r.ID, text)
				return err
			})
		})
	}
	return a.buttons, why
}

// approve asks for a second act, which names what the other side will be able to do.
func approve(h room.Host, r identity.Request) {
	people, err := room.UserNames(h.Desk())
	if err != nil {
		room.Failed(h, err)
		return
	}
	text := i18n.T("approvals.approve.text", map[string]any{"Who": people[r.Grantee], "Fields": fieldWords(r.Fields), "Until": moment(r.Until)})
	room.Confirm(h, i18n.T("approvals.approve"), text, i18n.T("approvals.approve"), func() {
		if _, err := h.Desk().ApproveDisclosure(room.Ctx(), r.ID); err != nil {
			room.Failed(h, err)
			return
		}
		h.Refresh()
	})
}

// reason asks for the reason of a step.
func reason(h room.Host, title, text string, step func(string) error) {
	why := xwidget.NewLines("", 3)
	room.Form(h, i18n.T(title), i18n.T(title), xwidget.Column(10, xwidget.Paragraph(i18n.T(text)), xwidget.Field(i18n.T("approvals.reason"), why)), why, func() error {
		return step(why.Text)
	})
}

// Ask asks for a disclosure of what is sealed of a party.
func Ask(h room.Host, c protection.CaseID, p protection.PartyID) {
	sealed, err := h.Desk().SealedFields(room.Ctx(), p)
	if err != nil {
		room.Failed(h, err)
		return
	}
	if len(sealed) == 0 {
		room.Tell(h.Window(), i18n.T("approvals.ask"), i18n.T("approvals.nothing_sealed"))
		return
	}
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	users = slices.DeleteFunc(users, func(u store.User) bool { return u.Role == testimony.Auditor || !u.Standing() })
	var words []string
	chosen := 0
	for i, u := range users {
		words = append(words, u.DisplayName+" · "+i18n.T("office."+string(u.Role)))
		if u.ID == h.Desk().Me().ID {
			chosen = i
		}
	}
	to := xwidget.NewChoice(words, chosen, nil)
	ticks := map[identity.Field]*xwidget.Tick{}
	var fields []fyne.CanvasObject
	for _, f := range sealed {
		ticks[f] = xwidget.NewTick(i18n.T("field."+string(f)), false, nil)
		fields = append(fields, ticks[f])
	}
	basis, order, hours := xwidget.NewInput(i18n.T("approvals.basis.hint")), xwidget.NewInput(i18n.T("order.reference.hint")), xwidget.NewInput("")
	hours.SetText("24")
	emergency := xwidget.NewTick(i18n.T("approvals.emergency.text"), false, nil)
	rows := xwidget.Column(10, xwidget.Paragraph(i18n.T("approvals.ask.text")), xwidget.Field(i18n.T("approvals.fields"), xwidget.Wrap(6, fields...)),
		xwidget.Field(i18n.T("approvals.to"), to), xwidget.Field(i18n.T("approvals.basis"), basis),
		xwidget.Halves(xwidget.Field(i18n.T("approvals.order"), order), xwidget.Field(i18n.T("approvals.hours"), hours)), emergency)
	room.Form(h, i18n.T("approvals.ask"), i18n.T("approvals.ask"), rows, basis, func() error {
		n, err := strconv.Atoi(strings.TrimSpace(hours.Text))
		if err != nil {
			return room.ErrHours
		}
		a := docket.Asking{Case: c, Party: p, Grantee: users[max(to.SelectedIndex(), 0)].ID, Basis: basis.Text, Order: order.Text, Emergency: emergency.Checked,
			Until: h.Desk().Now().Add(time.Duration(n) * time.Hour)}
		for _, f := range sealed {
			if ticks[f].Checked {
				a.Fields = append(a.Fields, f)
			}
		}
		r, err := h.Desk().AskDisclosure(room.Ctx(), a)
		if err == nil {
			h.Go(room.Approvals, string(r.ID))
		}
		return err
	})
}

// conflictCard shows the conflicts of interest in a case, and lets those entitled note one or take it back.
func conflictCard(h room.Host, c protection.CaseID, people map[string]string) (fyne.CanvasObject, error) {
	list, err := h.Desk().Conflicts(room.Ctx())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, x := range list {
		if x.Case != c {
			continue
		}
		about := people[x.Person]
		if x.Agency != "" {
			about = i18n.T("conflict.agency_is", map[string]any{"Agency": x.Agency})
		}
		var buttons []fyne.CanvasObject
		if h.Desk().May(testimony.ActLiftConflict) {
			buttons = append(buttons, xwidget.NewButton(i18n.T("conflict.lift"), "", func() {
				reason(h, "conflict.lift", "conflict.lift.text", func(text string) error { return h.Desk().LiftConflict(room.Ctx(), x.ID, text) })
			}))
		}
		rows = append(rows, xwidget.Entry(about, x.Reason, buttons...))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("conflict.none")))
	}
	if h.Desk().May(testimony.ActFlagConflict) {
		rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("conflict.flag"), "", func() { flag(h, c) })))
	}
	return xwidget.Card(i18n.T("conflict.title"), rows...), nil
}

func flag(h room.Host, c protection.CaseID) {
	users, err := h.Desk().Users(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	users = slices.DeleteFunc(users, func(u store.User) bool { return !u.Standing() })
	words := []string{i18n.T("conflict.by_agency")}
	for _, u := range users {
		words = append(words, u.DisplayName)
	}
	who, agency, why := xwidget.NewChoice(words, 1, nil), xwidget.NewInput(""), xwidget.NewLines("", 2)
	room.Form(h, i18n.T("conflict.flag"), i18n.T("conflict.flag"), xwidget.Column(10, xwidget.Paragraph(i18n.T("conflict.flag.text")),
		xwidget.Field(i18n.T("conflict.who"), who), xwidget.Field(i18n.T("conflict.agency"), agency), xwidget.Field(i18n.T("approvals.reason"), why)), who, func() error {
		x := identity.Conflict{Case: c, Reason: why.Text}
		if i := who.SelectedIndex(); i > 0 {
			x.Person = string(users[i-1].ID)
		} else {
			x.Agency = agency.Text
		}
		_, err := h.Desk().FlagConflict(room.Ctx(), x)
		return err
	})
}
