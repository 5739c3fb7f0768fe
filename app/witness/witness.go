// Package witness is the room of the protected parties: who they are to the court (a pseudonym and a status), the orders that
// protect them, what those orders mean for every audience, and the form by which a true identity is sealed.
//
// A true name is typed here and never shown: nothing in this room can read one back.
package witness

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/approvals"
	"paravent/app/cases"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/order"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Room is the room with what it shows of a party, kept so that a redraw does not jump. The zero Room is ready.
type Room struct {
	asked string
	cas   protection.CaseID
	tab   string // by name
	mode  protection.SessionMode
}

// Screen draws the list, or the protected party that was asked for.
func (r *Room) Screen(h room.Host) (room.Screen, error) {
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	// A party can be asked for alone, as it appears in one case, or with the side of its page that is wanted.
	id, in, _ := strings.Cut(h.Selected(), "/")
	in, side, _ := strings.Cut(in, "/")
	if p, ok := names.Parties[protection.PartyID(id)]; ok && len(p.Appearances) > 0 {
		if r.asked != h.Selected() {
			*r = Room{asked: h.Selected(), cas: protection.CaseID(in), tab: side, mode: protection.PublicMode}
		}
		return r.one(h, names, p)
	}
	return list(h, names)
}

func list(h room.Host, names room.Register) (room.Screen, error) {
	parties, err := h.Desk().Parties(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	orders, err := h.Desk().Orders(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	l := room.Listing{Title: i18n.T("room.witnesses"), Empty: i18n.T("witness.none"), NewWord: i18n.T("witness.new"),
		Heads: []string{i18n.T("witness.pseudonym"), i18n.T("cases.reference"), i18n.T("witness.status")}, Weights: []float32{2, 2, 3},
		Open: func(id string) { h.Go(room.Witnesses, id) }}
	if h.Desk().May(testimony.ActKeepDocket) && len(names.Cases) > 0 {
		l.New = func() { chooseCase(h) }
	}
	of := map[protection.PartyID][]order.Order{} // each party's own, or every row would go through all of them
	for _, o := range orders {
		of[o.Party] = append(of[o.Party], o)
	}
	now := h.Desk().Now()
	for _, p := range parties {
		for _, a := range p.Appearances {
			text := xwidget.RowText{Cells: []string{string(a.Pseudonym), names.Cases[a.Case], i18n.T("status." + string(p.Status))}}
			text.Chip, text.Tone = i18n.T("witness.unprotected"), xwidget.Fault
			if len(order.Applying(of[p.ID], a.Case, p.ID, now)) > 0 {
				text.Chip, text.Tone = i18n.T("witness.protected"), xwidget.Public
			}
			l.Lines = append(l.Lines, room.Line{ID: string(p.ID) + "/" + string(a.Case), Text: text})
		}
	}
	return l.Screen(), nil
}

// chooseCase asks in which case a new protected party appears.
func chooseCase(h room.Host) {
	list, err := h.Desk().Cases(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Reference
	}
	room.Find(h, i18n.T("witness.which_case"), words, func(i int) { cases.AddParty(h, list[i].ID) })
}

func (r *Room) one(h room.Host, names room.Register, p protection.Party) (room.Screen, error) {
	if p.PseudonymIn(r.cas) == "" {
		r.cas = p.Appearances[0].Case
	}
	back, step := room.Back(h, room.Witnesses)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	chips := []fyne.CanvasObject{xwidget.Chip(names.Cases[r.cas], xwidget.Clear), xwidget.Chip(i18n.T("status."+string(p.Status)), xwidget.Neutral)}
	var words, keys []string
	for _, t := range tabs {
		words, keys = append(words, i18n.T(t.word)), append(keys, t.key)
		screen.Keys[fyne.KeyName(t.key)] = func() { r.turn(h, t.name) }
	}
	at := max(slices.IndexFunc(tabs, func(t tab) bool { return t.name == r.tab }), 0)
	content, actions, err := tabs[at].draw(r, h, names, p, &screen)
	if err != nil {
		return screen, err
	}
	turn := func(i int) { r.turn(h, tabs[i].name) }
	screen.Content = xwidget.SidedPage(string(p.PseudonymIn(r.cas)), chips, back, actions, xwidget.Sides(words, keys, at, turn), content)
	return screen, nil
}

// tab is a side of a protected party's page. It draws what it shows with the actions beside the tabs, and sets the screen's own keys.
type tab struct {
	key, name, word string // the key is a digit, which stays its own whatever other sides there are
	draw            func(r *Room, h room.Host, names room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error)
}

// tabs in the order in which they stand; the first is shown where none is chosen.
var tabs []tab

func init() { // here, because the sides turn to each other
	tabs = []tab{
		{"1", "overview", "witness.tab.overview", (*Room).overviewTab},
		{"2", "status", "witness.tab.status", (*Room).statusTab},
		{"3", "measures", "witness.tab.measures", (*Room).measuresTab},
		{"4", "risk", "witness.tab.risk", (*Room).riskTab},
		{"5", "preparation", "witness.tab.preparation", (*Room).preparationTab},
		{"6", "protection", "witness.tab.protection", (*Room).protectionTab},
		{"7", "return", "witness.tab.return", (*Room).returnTab},
		{"8", "cases", "witness.tab.cases", (*Room).casesTab},
		{"9", "identity", "witness.tab.identity", (*Room).identityTab},
	}
}

func (r *Room) turn(h room.Host, name string) {
	r.tab = name
	h.Refresh()
}

func (r *Room) measuresTab(h room.Host, names room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	for i, k := range []fyne.KeyName{fyne.KeyF5, fyne.KeyF6, fyne.KeyF7} {
		s.Keys[k] = func() { r.show(h, modes[i]) }
	}
	var actions []fyne.CanvasObject
	if h.Desk().May(testimony.ActFileOrder) {
		s.New = func() { r.fileOrder(h, p) }
		actions = append(actions, xwidget.NewPrimary(i18n.T("order.new"), "Ctrl N", s.New))
	}
	content, err := r.measures(h, names, p)
	return content, actions, err
}

func (r *Room) identityTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	var acts []fyne.CanvasObject
	if h.Desk().May(testimony.ActEnterIdentity) {
		s.New = func() { enterIdentity(h, p.ID) }
		acts = append(acts, xwidget.NewPrimary(i18n.T("identity.enter"), "Ctrl N", s.New))
	}
	if h.Desk().May(testimony.ActAskDisclosure) {
		ask := func() { approvals.Ask(h, r.cas, p.ID) }
		s.Keys[fyne.KeyD] = ask
		acts = append(acts, xwidget.NewButton(i18n.T("approvals.ask"), "D", ask))
	}
	content, err := identitySide(h, r.cas, p.ID, acts)
	return content, nil, err
}

// modes are the session modes in which the matrix can be read, with the keys that set them at the bench.
var modes = []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode}

// show turns the matrix to a mode.
func (r *Room) show(h room.Host, m protection.SessionMode) {
	r.mode = m
	h.Refresh()
}

// appearances shows the cases a party appears in, and lets it join another.
func (r *Room) appearances(h room.Host, names room.Register, p protection.Party) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, a := range p.Appearances {
		b := xwidget.NewButton(i18n.T("witness.show_case"), "", func() {
			r.cas, r.tab = a.Case, "measures"
			h.Refresh()
		})
		rows = append(rows, xwidget.Entry(names.Cases[a.Case], i18n.T("witness.as", map[string]any{"Pseudonym": string(a.Pseudonym)}), b))
	}
	rows = append(rows, xwidget.WrappedSmall(i18n.T("witness.language_is", map[string]any{"Language": p.Language})), xwidget.WrappedSmall(i18n.T("witness.link_note")))
	var free []protection.CaseID
	for id := range names.Cases {
		if p.PseudonymIn(id) == "" {
			free = append(free, id)
		}
	}
	slices.SortFunc(free, func(a, b protection.CaseID) int { return cmp.Compare(names.Cases[a], names.Cases[b]) })
	if len(free) > 0 && h.Desk().May(testimony.ActKeepDocket) {
		rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("witness.join_case"), "", func() { joinCase(h, names, p.ID, free) })))
	}
	return xwidget.Scroll(xwidget.Card(i18n.T("witness.appears"), rows...))
}

func joinCase(h room.Host, names room.Register, party protection.PartyID, free []protection.CaseID) {
	words := make([]string, len(free))
	for i, id := range free {
		words[i] = names.Cases[id]
	}
	choice := xwidget.NewChoice(words, 0, nil)
	room.Form(h, i18n.T("witness.join_case"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("witness.join_text")),
		xwidget.Field(i18n.T("cases.reference"), choice)), choice, func() error {
		_, err := h.Desk().JoinCase(room.Ctx(), party, free[max(choice.SelectedIndex(), 0)])
		return err
	})
}

// missing is what the day's list says of this party.
func missing(h room.Host, names room.Register, p protection.PartyID, but ...docket.ItemKind) (fyne.CanvasObject, error) {
	items, err := h.Desk().Today(room.Ctx(), h.Desk().Now())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, i := range items {
		if i.Party != p || i.Kind == docket.HearingSoon || i.Kind == docket.HearingNow || slices.Contains(but, i.Kind) {
			continue
		}
		rows = append(rows, xwidget.Entry(i18n.T("need."+string(i.Kind), room.ItemWords(i)), names.Cases[i.Case]+"\n"+i18n.T("need."+string(i.Kind)+".do", room.ItemWords(i))))
	}
	if len(rows) == 0 && len(but) > 0 {
		return xwidget.Gap(0, 0), nil // the rest is told elsewhere
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("witness.nothing_missing")))
	}
	return xwidget.Card(i18n.T("witness.missing"), rows...), nil
}
