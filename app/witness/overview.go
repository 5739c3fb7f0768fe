package witness

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// overviewTab says what is missing next, what the court may know of the care file, and where each thing stands.
func (r *Room) overviewTab(h room.Host, names room.Register, p protection.Party, _ *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	next, err := r.nextCard(h, names, p)
	if err != nil {
		return nil, nil, err
	}
	facts, err := factsCard(h, p.ID)
	if err != nil {
		return nil, nil, err
	}
	var links []fyne.CanvasObject
	for _, t := range tabs[1:] {
		b := xwidget.NewButton(i18n.T(t.word), t.key, func() { r.turn(h, t.name) })
		b.Wide = true
		links = append(links, b)
	}
	orders, err := h.Desk().Orders(room.Ctx())
	if err != nil {
		return nil, nil, err
	}
	right := xwidget.Column(16)
	if alert := alertCard(h, orders, p.ID); alert != nil {
		right.Add(alert)
	}
	right.Add(facts)
	phrases, err := phrasesCard(h, p.ID)
	if err != nil {
		return nil, nil, err
	}
	if phrases != nil {
		right.Add(phrases)
	}
	right.Add(xwidget.Card(i18n.T("overview.where"), links...))
	return xwidget.Split(xwidget.Scroll(next), xwidget.Scroll(right), 340), nil, nil
}

// nextCard lists what is missing of this person's protection and care, each with its day and with who can do it.
func (r *Room) nextCard(h room.Host, names room.Register, p protection.Party) (fyne.CanvasObject, error) {
	lacking, err := h.Desk().MissingOf(room.Ctx(), p.ID, h.Desk().Now())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, m := range lacking {
		when := xwidget.Chip(i18n.T("overview.now"), xwidget.Private)
		if !m.By.IsZero() {
			tone := xwidget.Neutral
			if m.By.Before(h.Desk().Now()) {
				tone = xwidget.Fault
			}
			when = xwidget.Chip(i18n.T("overview.by", map[string]any{"Day": room.Day(m.By.Local())}), tone)
		}
		rows = append(rows, xwidget.Entry(i18n.T("missing."+string(m.What)), i18n.T("overview.who", map[string]any{"Who": offices(m.Who)}), when,
			xwidget.NewButton(i18n.T("action.open"), "", func() { r.turn(h, missingAt(m.What)) })))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.Empty(i18n.T("witness.nothing_missing")))
	}
	todo, err := missing(h, names, p.ID, docket.IdentityNotTaken, docket.NoOrder)
	if err != nil {
		return nil, err
	}
	return xwidget.Column(16, xwidget.Card(i18n.T("overview.next"), rows...), todo), nil
}

func offices(list []string) string {
	words := ""
	for i, o := range list {
		if i > 0 {
			words += ", "
		}
		words += i18n.T("office." + o)
	}
	return words
}

// missingAt is the side of the page on which something that is missing is done.
func missingAt(m docket.MissingKind) string {
	switch m {
	case docket.MissingOrder:
		return "measures"
	case docket.MissingIdentity:
		return "identity"
	case docket.MissingRisk, docket.MissingNeeds:
		return "risk"
	case docket.MissingPrepared:
		return "preparation"
	case docket.MissingContact:
		return "protection"
	}
	return "status"
}

// factsCard shows what everyone who sees the person may know of the care file.
func factsCard(h room.Host, p protection.PartyID) (fyne.CanvasObject, error) {
	facts, err := h.Desk().Facts(room.Ctx(), p)
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, f := range facts {
		kind := i18n.T("fact." + string(f.Kind))
		detail := room.Day(f.On.Local())
		if !f.Due.IsZero() {
			detail += " · " + i18n.T("fact.until", map[string]any{"Day": room.Day(f.Due.Local())})
		}
		chip := xwidget.Gap(0, 0)
		if f.Word != "" {
			chip = xwidget.Chip(i18n.T("factword."+f.Word), factTone(f.Word))
		}
		rows = append(rows, xwidget.Entry(kind, detail, chip))
	}
	speech, known, err := h.Desk().SpeechOf(room.Ctx(), p)
	if err != nil {
		return nil, err
	}
	if known {
		rows = append(rows, xwidget.Entry(i18n.T("speech.fact"), strings.Trim(speech.Language+" · "+speech.Dialect, " ·")))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("overview.no_facts")))
	}
	if !h.Desk().May(testimony.ActKeepCare) {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("care.not_yours")))
	}
	return xwidget.Card(i18n.T("overview.facts"), rows...), nil
}

func factTone(word string) xwidget.Tone {
	switch {
	case slices.Contains([]string{"withdrawn", "refused"}, word):
		return xwidget.Private
	case slices.Contains([]string{"given", "running", "in_force", "complete"}, word):
		return xwidget.Public
	}
	return xwidget.Neutral
}

// day reads a date as the forms ask for it: the day that is named, at the beginning of it in the court's time of this machine.
func day(text string) (time.Time, error) {
	d, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return d, room.ErrDate
	}
	return d, nil
}
