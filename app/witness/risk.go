package witness

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// riskTab is how a person's danger is seen, area by area, and what they need.
func (r *Room) riskTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	return sealedSide(h, p.ID, i18n.T("risk.title"), func() (fyne.CanvasObject, []fyne.CanvasObject, error) {
		risk, err := h.Desk().Risk(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		before, err := h.Desk().Risks(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		needs, err := h.Desk().Needs(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		s.New = func() { assess(h, p, risk) }
		needIt := func() { enterNeeds(h, p, needs) }
		s.Keys[fyne.KeyN] = needIt
		right := xwidget.Column(16, needsCard(needs, xwidget.NewButton(i18n.T("needs.enter"), "N", needIt)), earlierRisks(before),
			xwidget.Card(i18n.T("risk.trial_over"), xwidget.WrappedSmall(i18n.T("risk.trial_over.text")),
				xwidget.Wrap(8, doing(h, i18n.T("risk.trial_over"), func() error { return h.Desk().NoteTrialEnd(room.Ctx(), p.ID) }))))
		return xwidget.Split(xwidget.Scroll(riskCard(risk)), xwidget.Scroll(right), 360),
			[]fyne.CanvasObject{xwidget.NewPrimary(i18n.T("risk.assess"), "Ctrl N", s.New)}, nil
	})
}

var levelTones = map[care.Level]xwidget.Tone{care.LevelLow: xwidget.Public, care.LevelModerate: xwidget.Private, care.LevelHigh: xwidget.Fault, care.LevelUnknown: xwidget.Break}

// riskCard shows each area with its level and its reason. There is no sum of them.
func riskCard(risk docket.Risk) fyne.CanvasObject {
	if risk.N == 0 {
		return xwidget.Card(i18n.T("risk.title"), xwidget.Empty(i18n.T("risk.none")))
	}
	var rows []fyne.CanvasObject
	if len(risk.Due) > 0 {
		var why []string
		for _, o := range risk.Due {
			if w := i18n.T("trigger." + string(o.Trigger)); !slices.Contains(why, w) {
				why = append(why, w)
			}
		}
		rows = append(rows, xwidget.Note(i18n.T("risk.due", map[string]any{"Why": strings.Join(why, " ")}), xwidget.Fault))
	}
	a := risk.Value
	rows = append(rows, xwidget.WrappedSmall(i18n.T("risk.on", map[string]any{"Day": room.Day(a.On.Local()), "Review": room.Day(a.Review.Local())})), xwidget.Line())
	for _, area := range care.RiskAreas {
		f := a.Findings[area]
		rows = append(rows, xwidget.Entry(i18n.T("entry.field."+string(area)), f.Reason, xwidget.Chip(i18n.T("level."+string(f.Level)), levelTones[f.Level])))
	}
	return xwidget.Card(i18n.T("risk.title"), append(rows, xwidget.WrappedSmall(i18n.T("risk.no_score")))...)
}

// earlierRisks are the assessments before the one that stands, each with what was pressing then.
func earlierRisks(list []docket.CareVersion[care.Assessment]) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, v := range list[min(1, len(list)):] {
		if len(rows) >= room.Entries {
			break
		}
		detail := i18n.T("risk.nothing_pressing")
		if areas := v.Value.Pressing(); len(areas) > 0 {
			detail = i18n.T("risk.pressing", map[string]any{"List": inWordsOf("entry.field.", areas)})
		}
		rows = append(rows, xwidget.Entry(room.Day(v.Value.On.Local()), detail))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("risk.no_earlier")))
	}
	return xwidget.Card(i18n.T("risk.earlier"), rows...)
}

// assess asks for all areas again, with what was said before in them.
func assess(h room.Host, p protection.Party, before docket.Risk) {
	now := h.Desk().Now()
	on, next := dateInput(now), dateInput(now.AddDate(0, 1, 0))
	levels, reasons := map[care.RiskArea]picked[care.Level]{}, map[care.RiskArea]*xwidget.Input{}
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("risk.text"))}
	for _, area := range care.RiskAreas {
		f := before.Value.Findings[area]
		levels[area], reasons[area] = pick("level.", care.Levels, f.Level), lines(f.Reason, 2)
		rows = append(rows, xwidget.Line(), xwidget.WrappedStrong(i18n.T("entry.field."+string(area))), xwidget.WrappedSmall(i18n.T("risk.ask."+string(area))), levels[area].Choice, named("reason", reasons[area]))
	}
	rows = append(rows, xwidget.Line(), named("on", on), named("review", next))
	room.KeptForm(h, "risk", p.ID, i18n.T("risk.assess"), i18n.T("action.save"), xwidget.Column(8, rows...), levels[care.RiskThreat].Choice, func() error {
		a := care.Assessment{Findings: map[care.RiskArea]care.Finding{}, Known: care.Keys(before.Happened)}
		for _, area := range care.RiskAreas {
			a.Findings[area] = care.Finding{Level: levels[area].term(), Reason: reasons[area].Text}
		}
		var err error
		if a.On, err = day(on.Text); err != nil {
			return err
		}
		if a.Review, err = noDayOr(next.Text); err != nil {
			return err
		}
		return h.Desk().SaveRisk(room.Ctx(), p.ID, before.N, a)
	})
}

// needsCard shows what the person needs so that they can testify.
func needsCard(v docket.CareVersion[care.Needs], act fyne.CanvasObject) fyne.CanvasObject {
	rows := []fyne.CanvasObject{}
	if v.N == 0 {
		rows = append(rows, xwidget.Empty(i18n.T("needs.none")))
	} else {
		n := v.Value
		for _, x := range []struct{ field, text string }{{"language", n.Language + " · " + n.Dialect}, {"literacy", i18n.T("literacy." + string(n.Literacy))},
			{"interpreter", i18n.T("factword." + string(n.Interpreter))}, {"breaks", i18n.T("factword." + docket.WordBreaks(n.Breaks))}, {"intermediary", i18n.T("factword." + string(n.Intermediary))},
			{"health", n.Health}, {"childcare", n.Childcare}, {"faith", strings.Join(n.Faith, ", ")}} {
			if x.text != "" {
				rows = append(rows, xwidget.Entry(i18n.T("entry.field."+x.field), x.text))
			}
		}
		rows = append(rows, xwidget.WrappedSmall(i18n.T("needs.told")))
	}
	return xwidget.Card(i18n.T("needs.title"), append(rows, xwidget.Wrap(8, act))...)
}

func enterNeeds(h room.Host, p protection.Party, before docket.CareVersion[care.Needs]) {
	n := before.Value
	if before.N == 0 {
		n.Language = p.Language
	}
	steps, at := make([]string, len(care.BreakSteps)), -1
	for i, m := range care.BreakSteps {
		steps[i] = docket.WordBreaks(m)
		if m == n.Breaks {
			at = i
		}
	}
	language, dialect := input(n.Language), input(n.Dialect)
	literacy, sex, help := pick("literacy.", care.Literacies, n.Literacy), pick("factword.", care.Sexes, n.Interpreter), pick("factword.", care.Helps, n.Intermediary)
	breaks := xwidget.NewChoice(room.Words("factword.", steps), at, nil)
	health, children, faith := lines(n.Health, 2), lines(n.Childcare, 2), input(strings.Join(n.Faith, ", "))
	faith.PlaceHolder = i18n.T("needs.faith.hint")
	room.KeptForm(h, "needs", p.ID, i18n.T("needs.enter"), i18n.T("action.save"), xwidget.Column(10, xwidget.Halves(named("language", language), named("dialect", dialect)),
		xwidget.WrappedSmall(i18n.T("needs.dialect")), named("literacy", literacy.Choice), xwidget.Halves(named("interpreter", sex.Choice), named("breaks", breaks)),
		named("intermediary", help.Choice), named("health", health), named("childcare", children), named("faith", faith)), language, func() error {
		x := care.Needs{Language: strings.TrimSpace(language.Text), Dialect: dialect.Text, Literacy: literacy.term(), Interpreter: sex.term(), Intermediary: help.term(), Health: health.Text, Childcare: children.Text}
		if i := breaks.SelectedIndex(); i >= 0 {
			x.Breaks = care.BreakSteps[i]
		}
		for t := range strings.SplitSeq(faith.Text, ",") {
			if t = strings.TrimSpace(t); t != "" {
				x.Faith = append(x.Faith, t)
			}
		}
		return h.Desk().SaveNeeds(room.Ctx(), p.ID, before.N, x)
	})
}
