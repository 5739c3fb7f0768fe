package bench

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/live"
)

// reminder is the card of the risk phrases. It is hidden until a key opens it, and hidden again whenever the room is entered: the window can be seen from the room.
type reminder struct {
	Count   int // phrases that are kept; none of them is read before the card is opened
	Open    bool
	Phrases []witnessPhrases
}

// witnessPhrases are those of one witness's seat.
type witnessPhrases struct {
	Label string
	List  care.Phrases
}

// witnessParties are the protected witnesses of the hearing, each once, with the label of their seat.
func witnessParties(st live.State) map[protection.PartyID]string {
	list := map[protection.PartyID]string{}
	for _, p := range st.Hearing.Participants {
		if p.Role == testimony.RoleWitness && p.Party != "" {
			list[p.Party] = p.Label
		}
	}
	return list
}

// countPhrases hides the card and finds out whether there is anything to be reminded of.
func (b *Bench) countPhrases() {
	b.reminder = reminder{}
	for party := range witnessParties(b.session.State()) {
		n, err := b.host.Desk().CountRiskPhrases(room.Ctx(), party)
		if err != nil {
			room.Failed(b.host, err)
			return
		}
		b.reminder.Count += n
	}
}

// remind opens the card, or hides it. That it was opened is in the audit log before anything is shown.
func (b *Bench) remind() {
	if b.reminder.Open {
		b.reminder.Open, b.reminder.Phrases = false, nil
		b.update()
		return
	}
	if b.reminder.Count == 0 {
		return
	}
	var list []witnessPhrases
	witnesses := witnessParties(b.session.State())
	room.Later(func() error {
		for party, label := range witnesses {
			r, err := b.host.Desk().ReadRiskPhrases(room.Ctx(), party, "bench")
			if err != nil {
				return err
			}
			if len(r.Phrases) > 0 {
				list = append(list, witnessPhrases{label, r.Phrases})
			}
		}
		return nil
	}, func(err error) {
		if err != nil {
			room.Failed(b.host, err)
			return
		}
		slices.SortFunc(list, func(x, y witnessPhrases) int { return slices.Compare([]byte(x.Label), []byte(y.Label)) })
		b.reminder.Open, b.reminder.Phrases = true, list
		b.update()
	})
}

// showReminder draws the card, or the button that opens it. It takes no room where nothing is kept.
func (b *Bench) showReminder() {
	if b.reminder.Count == 0 {
		b.parts.reminder.box.Hide()
		return
	}
	b.parts.reminder.box.Show()
	now := b.reminder
	b.parts.reminder.show(now, func() fyne.CanvasObject {
		if !now.Open {
			open := benchButton(i18n.T("phrases.open"), "R", b.remind)
			open.Icon, open.Wide = xwidget.IconMark, true
			return open
		}
		var rows []fyne.CanvasObject
		for _, w := range now.Phrases {
			if len(now.Phrases) > 1 {
				rows = append(rows, xwidget.WrappedSmall(w.Label))
			}
			for _, phrase := range w.List {
				rows = append(rows, xwidget.WrappedStrong(phrase))
			}
		}
		rows = append(rows, xwidget.WrappedSmall(i18n.T("phrases.do")), xwidget.Wrap(8, benchButton(i18n.T("phrases.hide"), "R", b.remind)))
		return xwidget.Card(i18n.T("phrases.title"), rows...)
	})
}
