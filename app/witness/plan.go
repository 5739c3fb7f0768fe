package witness

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony/docket"
)

// protectionTab is how a person and their family are protected, what has happened to them, how they may be contacted, and who stands by them.
func (r *Room) protectionTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	return sealedSide(h, p.ID, i18n.T("plan.title"), func() (fyne.CanvasObject, []fyne.CanvasObject, error) {
		plan, err := h.Desk().ProtectionPlan(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		noted, err := h.Desk().Incidents(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		rules, err := h.Desk().ContactRules(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		with, err := h.Desk().Companions(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		teams, err := h.Desk().Teams(room.Ctx())
		if err != nil {
			return nil, nil, err
		}
		add := func() { addMeasure(h, p, plan, teams) }
		contact := func() { beforeContact(h, p.ID, func(care.ContactRules) { noteContact(h, p.ID) }) }
		s.New = func() { reportIncident(h, p.ID) }
		s.Keys[fyne.KeyM], s.Keys[fyne.KeyC] = add, contact
		left := xwidget.Column(16, planCard(h, p, plan, teams, add), incidentsCard(h, p.ID, noted.Value))
		right := xwidget.Column(16, contactCard(h, p.ID, rules, contact), companionsCard(h, p.ID, with))
		return xwidget.Split(xwidget.Scroll(left), xwidget.Scroll(right), 400), []fyne.CanvasObject{xwidget.NewPrimary(i18n.T("incident.report"), "Ctrl N", s.New)}, nil
	})
}

// planCard shows what is done for whom, by whom.
func planCard(h room.Host, p protection.Party, v docket.CareVersion[care.Plan], teams []docket.TeamView, add func()) fyne.CanvasObject {
	plan := v.Value
	var rows []fyne.CanvasObject
	acts := []fyne.CanvasObject{xwidget.NewButton(i18n.T("plan.add"), "M", add)}
	switch {
	case plan.InForce():
		rows = append(rows, xwidget.WrappedSmall(i18n.T("plan.in_force", map[string]any{"Day": room.Day(plan.On.Local()), "Review": room.Day(plan.Review.Local())})))
		if !plan.Review.After(h.Desk().Now()) {
			rows = append(rows, xwidget.Note(i18n.T("need.plan_review")+". "+i18n.T("need.plan_review.do"), xwidget.Fault))
		}
		if plan.Team != "" {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("plan.team", map[string]any{"Team": teamName(teams, plan.Team), "Day": room.Day(plan.TeamUntil.Local())})))
		}
		for i, m := range plan.Measures {
			detail := m.Detail + "\n" + inWordsOf("whom.", m.For) + " · " + m.Agency
			if !m.Until.IsZero() {
				detail += " · " + i18n.T("fact.until", map[string]any{"Day": room.Day(m.Until.Local())})
			}
			rows = append(rows, xwidget.Entry(i18n.T("protecting."+string(m.Kind)), detail, doing(h, i18n.T("plan.remove"), func() error {
				next := plan
				next.On, next.Measures = h.Desk().Now(), slices.Delete(slices.Clone(plan.Measures), i, i+1)
				return h.Desk().SaveProtectionPlan(room.Ctx(), p.ID, v.N, next)
			})))
		}
		acts = append(acts, xwidget.NewButton(i18n.T("plan.end"), "", func() { endPlan(h, p.ID) }))
	case v.N > 0:
		rows = append(rows, xwidget.Entry(i18n.T("factword.ended"), room.Day(plan.Ended.Local())+" · "+plan.Why))
	default:
		rows = append(rows, xwidget.Empty(i18n.T("plan.none")))
	}
	rows = append(rows, xwidget.WrappedSmall(i18n.T("plan.outside")), xwidget.Wrap(8, acts...))
	return xwidget.Card(i18n.T("plan.title"), rows...)
}

func teamName(teams []docket.TeamView, id string) string {
	for _, t := range teams {
		if string(t.ID) == id {
			return t.Name
		}
	}
	return i18n.T("plan.other_team")
}

// addMeasure adds one thing that is done, with the next review and the team that carries the plan.
func addMeasure(h room.Host, p protection.Party, before docket.CareVersion[care.Plan], teams []docket.TeamView) {
	now := h.Desk().Now()
	plan := before.Value
	if !plan.InForce() {
		plan = care.Plan{Review: now.AddDate(0, 1, 0)}
	}
	kind := pick("protecting.", care.Protectings, "")
	whom, _, ticked := ticks("whom.", care.Whoms, []care.Whom{care.ThePerson})
	agency, detail, until := input(""), lines("", 3), dateInput(time.Time{})
	review, teamUntil := dateInput(plan.Review), dateInput(plan.TeamUntil)
	words, at := []string{i18n.T("plan.no_team")}, 0
	for i, t := range teams {
		words = append(words, t.Name)
		if string(t.ID) == plan.Team {
			at = i + 1
		}
	}
	team := xwidget.NewChoice(words, at, nil)
	room.KeptForm(h, "plan", p.ID, i18n.T("plan.add"), i18n.T("action.save"), xwidget.Column(10, named("kind", kind.Choice), named("for", whom), named("agency", agency), named("detail", detail),
		xwidget.Halves(named("until", until), named("review", review)), xwidget.Halves(named("team", team), named("team_until", teamUntil))), kind.Choice, func() error {
		m := care.PlanMeasure{Kind: kind.term(), For: ticked(), Agency: agency.Text, Detail: detail.Text}
		next := plan
		next.On, next.Team = now, ""
		if i := team.SelectedIndex(); i > 0 {
			next.Team = string(teams[i-1].ID)
		}
		for _, d := range []struct {
			in   *xwidget.Input
			into *time.Time
		}{{until, &m.Until}, {review, &next.Review}, {teamUntil, &next.TeamUntil}} {
			t, err := noDayOr(d.in.Text)
			if err != nil {
				return err
			}
			*d.into = t
		}
		next.Measures = append(slices.Clone(plan.Measures), m)
		return h.Desk().SaveProtectionPlan(room.Ctx(), p.ID, before.N, next)
	})
}

func endPlan(h room.Host, p protection.PartyID) {
	why := lines("", 2)
	room.Form(h, i18n.T("plan.end"), i18n.T("plan.end"), xwidget.Column(10, xwidget.Paragraph(i18n.T("plan.end.text")), named("why", why)), why, func() error {
		return h.Desk().EndProtectionPlan(room.Ctx(), p, why.Text)
	})
}

// incidentsCard shows what has happened, the newest first, and what was done about it.
func incidentsCard(h room.Host, p protection.PartyID, log care.Incidents) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for n, i := range slices.Backward(log) {
		if len(log)-n > room.Entries {
			break
		}
		detail := room.Day(i.On.Local()) + " · " + i18n.T("whom."+string(i.Against)) + "\n" + i.What
		for _, r := range i.Responses {
			detail += "\n" + i18n.T("incident.response", map[string]any{"Day": room.Day(r.On.Local()), "What": r.What})
		}
		chip := xwidget.Chip(i18n.T("factword.answered"), xwidget.Public)
		if len(i.Responses) == 0 {
			chip = xwidget.Chip(i18n.T("factword.unanswered"), xwidget.Fault)
		}
		rows = append(rows, xwidget.WrappedStrong(i18n.T("incident.kind."+string(i.Kind))), xwidget.WrappedSmall(detail),
			xwidget.Wrap(8, chip, xwidget.NewButton(i18n.T("incident.respond"), "", func() { respond(h, p, i.ID) })), xwidget.Line())
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("incident.none")))
	}
	return xwidget.Card(i18n.T("incident.title"), rows...)
}

func reportIncident(h room.Host, p protection.PartyID) {
	kind, against := pick("incident.kind.", care.IncidentKinds, ""), pick("whom.", care.Whoms, care.ThePerson)
	on, what := dateInput(h.Desk().Now()), lines("", 4)
	room.KeptForm(h, "incident", p, i18n.T("incident.report"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("incident.text")), named("kind", kind.Choice),
		named("against", against.Choice), named("on", on), named("what", what)), kind.Choice, func() error {
		d, err := day(on.Text)
		if err != nil {
			return err
		}
		_, err = h.Desk().ReportIncident(room.Ctx(), p, care.Incident{Kind: kind.term(), Against: against.term(), On: d, What: what.Text})
		return err
	})
}

func respond(h room.Host, p protection.PartyID, id string) {
	on, what := dateInput(h.Desk().Now()), lines("", 3)
	room.Form(h, i18n.T("incident.respond"), i18n.T("action.save"), xwidget.Column(10, named("on", on), named("response", what)), what, func() error {
		d, err := day(on.Text)
		if err != nil {
			return err
		}
		return h.Desk().RespondIncident(room.Ctx(), p, id, care.Response{On: d, What: what.Text})
	})
}
