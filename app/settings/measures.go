package settings

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/catalogue"
	"paravent/protection/order"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// measuresPlace is what the room is asked for to show the catalogue; behind a stroke comes the measure.
const measuresPlace = "measures"

// measures shows the court's catalogue of measures, or one of them.
func measures(h room.Host, id string) (room.Screen, error) {
	versions, err := h.Desk().MeasureVersions(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	court := catalogue.Court(versions, h.Desk().Now())
	if id != "" {
		if e, ok := court.Find(order.MeasureKind(id)); ok {
			return measure(h, court, versions, e), nil
		}
		if i := slices.IndexFunc(versions, func(v catalogue.Version) bool { return string(v.Entry.Kind) == id && v.State == catalogue.Proposed }); i >= 0 {
			return measure(h, court, versions, versions[i].Entry), nil // a new one that waits
		}
	}
	back, step := backTo(h, "", i18n.T("room.settings"))
	l := room.Listing{Title: i18n.T("catalogue.title"), Heads: []string{i18n.T("catalogue.measure"), i18n.T("catalogue.bases"), i18n.T("catalogue.ends")}, Weights: []float32{4, 6, 3},
		NewWord: i18n.T("catalogue.add"), Actions: []fyne.CanvasObject{back}, Open: func(id string) { h.Go(room.Settings, measuresPlace+"/"+id) }}
	if h.Desk().May(testimony.ActProposeMeasure) {
		l.New = func() { addMeasure(h, court) }
	}
	entries := slices.Clone(court.Measures)
	for _, v := range versions {
		if _, ok := court.Find(v.Entry.Kind); !ok && v.State == catalogue.Proposed {
			entries = append(entries, v.Entry)
		}
	}
	for _, e := range entries {
		var rules []string
		for _, b := range e.Bases {
			rules = append(rules, b.Rule)
		}
		text := xwidget.RowText{Cells: []string{room.MeasureName(e), strings.Join(rules, " · "), i18n.T("measure.end." + string(e.End))}}
		text.Chip, text.Tone = standing(versions, e)
		l.Lines = append(l.Lines, room.Line{ID: string(e.Kind), Text: text})
	}
	screen := l.Screen()
	screen.Back = step
	return screen, nil
}

func backTo(h room.Host, place, word string) (fyne.CanvasObject, func()) {
	step := func() { h.Go(room.Settings, place) }
	b := xwidget.NewButton(word, "Esc", step)
	b.Icon = xwidget.IconBack
	return b, step
}

// standing says in a word what the court has made of a measure.
func standing(versions []catalogue.Version, e catalogue.Entry) (string, xwidget.Tone) {
	switch {
	case waiting(versions, e.Kind) != nil:
		return i18n.T("catalogue.waits"), xwidget.Private
	case e.Retired:
		return i18n.T("catalogue.retired"), xwidget.Break
	case e.Own():
		return i18n.T("catalogue.own"), xwidget.Clear
	case docket.MeasureVersion(versions, e.Kind) > 0:
		return i18n.T("catalogue.changed"), xwidget.Clear
	}
	return "", xwidget.Neutral
}

// waiting is the change of a measure that waits for its decision, or nil.
func waiting(versions []catalogue.Version, kind order.MeasureKind) *catalogue.Version {
	for i, v := range versions {
		if v.Entry.Kind == kind && v.State == catalogue.Proposed {
			return &versions[i]
		}
	}
	return nil
}

// measure is one measure: what it does, what it rests on, what waits, and its versions.
func measure(h room.Host, court catalogue.Catalogue, versions []catalogue.Version, e catalogue.Entry) room.Screen {
	back, step := backTo(h, measuresPlace, i18n.T("catalogue.title"))
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}}
	actions := []fyne.CanvasObject{back}
	proposed := waiting(versions, e.Kind)
	_, there := court.Find(e.Kind)
	if h.Desk().May(testimony.ActProposeMeasure) && proposed == nil && there {
		screen.New = func() { changeMeasure(h, court, versions, e) }
		retire := func() { retireMeasure(h, versions, e) }
		word := i18n.T("catalogue.retire")
		if e.Retired {
			word = i18n.T("catalogue.bring_back")
		}
		screen.Keys[fyne.KeyR] = retire
		actions = append(actions, xwidget.NewButton(word, "R", retire), xwidget.NewPrimary(i18n.T("catalogue.change"), "Ctrl N", screen.New))
	}
	left := xwidget.Column(16)
	if proposed != nil {
		left.Add(proposalCard(h, court, *proposed, there, screen.Keys))
	}
	left.Add(xwidget.Card(i18n.T("catalogue.does"), xwidget.WrappedSmall(court.Does(e).In(string(i18n.Policy()))), xwidget.WrappedSmall(i18n.T("catalogue.does.fixed"))))
	left.Add(xwidget.Card(i18n.T("catalogue.texts"), entryRows(e)...))
	var history []fyne.CanvasObject
	for _, v := range versions {
		if v.Entry.Kind != e.Kind {
			continue
		}
		detail := i18n.T("office."+v.Office) + " · " + room.Day(v.At.Local()) + "\n" + v.Reasons
		if v.Why != "" {
			detail += "\n" + i18n.T("catalogue.why") + ": " + v.Why
		}
		history = append(history, xwidget.Entry(i18n.T("version."+string(v.State)), detail))
	}
	if len(history) == 0 {
		history = append(history, xwidget.WrappedSmall(i18n.T("catalogue.as_shipped")))
	}
	right := xwidget.Column(16, xwidget.Card(i18n.T("catalogue.versions"), history...), xwidget.Card(i18n.T("catalogue.two"), xwidget.WrappedSmall(i18n.T("catalogue.two.text"))))
	chip, tone := standing(versions, e)
	var chips []fyne.CanvasObject
	if chip != "" {
		chips = append(chips, xwidget.Chip(chip, tone))
	}
	screen.Content = xwidget.PageWith(room.MeasureName(e), chips, actions, xwidget.Split(xwidget.Scroll(left), xwidget.Scroll(right), 400))
	return screen
}

// entryRows are the texts of an entry.
func entryRows(e catalogue.Entry) []fyne.CanvasObject {
	l := string(i18n.Policy())
	rows := []fyne.CanvasObject{xwidget.Entry(i18n.T("catalogue.names"), e.Name.EN+" / "+e.Name.FR)}
	if e.Own() {
		rows = append(rows, xwidget.Entry(i18n.T("catalogue.parts"), partWords(e.Parts)))
	}
	if len(e.Audiences) > 0 {
		var also []string
		for _, a := range e.Audiences {
			also = append(also, policy.AudienceWord(a, i18n.Policy()))
		}
		rows = append(rows, xwidget.Entry(i18n.T("catalogue.audiences"), strings.Join(also, ", ")))
	}
	rows = append(rows, xwidget.Entry(i18n.T("catalogue.end"), i18n.T("measure.end."+string(e.End))),
		xwidget.Entry(i18n.T("catalogue.applicants"), strings.Join(room.Words("measure.applicant.", e.Applicants), ", ")))
	for i, law := range catalogue.LawsOf {
		var rules []catalogue.Basis
		for _, b := range e.Bases {
			if b.Law == law {
				rules = append(rules, b)
			}
		}
		if len(rules) > 0 {
			rows = append(rows, xwidget.Entry(room.Words("law.", catalogue.LawsOf)[i], room.Bases(rules)))
		}
	}
	for _, c := range e.Conditions {
		rows = append(rows, xwidget.Entry(i18n.T("catalogue.condition"), c.In(l)))
	}
	return rows
}

func partWords(parts []order.Measure) string {
	l := i18n.Policy()
	var words []string
	for _, p := range parts {
		word := policy.MeasureWord(p.Kind, l)
		var also []string
		for _, a := range p.Audiences {
			also = append(also, policy.AudienceWord(a, l))
		}
		if len(also) > 0 {
			word += " (" + strings.Join(also, ", ") + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// proposalCard shows a change that waits: what is proposed and why, and the decision for whoever may take it.
func proposalCard(h room.Host, court catalogue.Catalogue, v catalogue.Version, there bool, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	word := i18n.T("catalogue.proposed.change")
	switch before, _ := court.Find(v.Entry.Kind); {
	case !there:
		word = i18n.T("catalogue.proposed.add")
	case v.Entry.Retired && !before.Retired:
		word = i18n.T("catalogue.proposed.retire")
	}
	rows := []fyne.CanvasObject{xwidget.Note(word, xwidget.Private), xwidget.WrappedSmall(i18n.T("office."+v.Office) + " · " + room.Day(v.At.Local()) + "\n" + v.Reasons), xwidget.Line(),
		xwidget.WrappedSmall(court.Does(v.Entry).In(string(i18n.Policy())))}
	rows = append(rows, entryRows(v.Entry)...)
	switch {
	case h.Desk().MayDecideMeasure(v):
		approve := func() {
			room.Confirm(h, i18n.T("catalogue.approve"), i18n.T("catalogue.approve.text"), i18n.T("catalogue.approve"), func() {
				_, err := h.Desk().ApproveMeasure(room.Ctx(), v.ID)
				h.Refresh()
				room.Failed(h, err)
			})
		}
		decline := func() {
			why := xwidget.NewInput("")
			room.Form(h, i18n.T("catalogue.decline"), i18n.T("catalogue.decline"), xwidget.Field(i18n.T("catalogue.why"), why), why, func() error {
				_, err := h.Desk().DeclineMeasure(room.Ctx(), v.ID, why.Text)
				return err
			})
		}
		keys[fyne.KeyA], keys[fyne.KeyD] = approve, decline
		rows = append(rows, xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("catalogue.approve"), "A", approve), xwidget.NewButton(i18n.T("catalogue.decline"), "D", decline)))
	case v.By == string(h.Desk().Me().ID):
		rows = append(rows, xwidget.WrappedSmall(i18n.T("catalogue.another")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("catalogue.withdraw"), "", func() {
			_, err := h.Desk().WithdrawMeasure(room.Ctx(), v.ID)
			h.Refresh()
			room.Failed(h, err)
		})))
	default:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("catalogue.judge_decides")))
	}
	return xwidget.Card(i18n.T("version.proposed"), rows...)
}

// retireMeasure proposes that a measure is not ordered anew, or is again.
func retireMeasure(h room.Host, versions []catalogue.Version, e catalogue.Entry) {
	word, text := i18n.T("catalogue.retire"), i18n.T("catalogue.retire.text")
	if e.Retired {
		word, text = i18n.T("catalogue.bring_back"), i18n.T("catalogue.bring_back.text")
	}
	reasons := xwidget.NewInput("")
	room.Form(h, word, i18n.T("catalogue.propose"), xwidget.Column(10, xwidget.Paragraph(text), xwidget.Field(i18n.T("order.reasons"), reasons)), reasons, func() error {
		next := e
		next.Retired = !e.Retired
		_, err := h.Desk().ProposeMeasure(room.Ctx(), next, docket.MeasureVersion(versions, e.Kind), reasons.Text)
		return err
	})
}
