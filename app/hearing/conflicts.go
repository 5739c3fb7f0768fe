package hearing

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
)

// zone is a hearing's court zone. Planned hearings have known ones.
func zone(x testimony.Hearing) *time.Location {
	z, err := time.LoadLocation(x.CourtZone)
	if err != nil {
		return time.UTC
	}
	return z
}

// open are the conflicts that nobody has accepted.
func open(list []schedule.Conflict, x testimony.Hearing) []schedule.Conflict {
	var out []schedule.Conflict
	for _, c := range list {
		if reason(x, c) == "" {
			out = append(out, c)
		}
	}
	return out
}

// reason is why somebody accepted a conflict; empty where nobody did, or nobody can.
func reason(x testimony.Hearing, c schedule.Conflict) string {
	if c.Rule.Hard() {
		return ""
	}
	for _, a := range x.Accepted {
		if a.Key == c.Key() {
			return a.Reason
		}
	}
	return ""
}

// conflictRows are conflicts in words, with what each of them is.
func conflictRows(plan *schedule.Index, list []schedule.Conflict, x testimony.Hearing) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, c := range list {
		chip := xwidget.Chip(i18n.T("conflict.soft"), xwidget.Private)
		said := plan.Say(c, i18n.Policy(), zone(x))
		if c.Rule.Hard() {
			chip = xwidget.Chip(i18n.T("conflict.hard"), xwidget.Fault)
		} else if why := reason(x, c); why != "" {
			chip = xwidget.Chip(i18n.T("conflict.accepted"), xwidget.Neutral)
			said += " " + why
		}
		rows = append(rows, xwidget.Column(2, xwidget.Wrap(4, chip), xwidget.WrappedSmall(said)))
	}
	return rows
}

// standing shows what stands against a hearing that is still to be held, and why it was called off.
func standing(h room.Host, x testimony.Hearing) (fyne.CanvasObject, error) {
	if !x.Cancelled.IsZero() {
		return xwidget.Card(i18n.T("hearing.cancelled"), xwidget.WrappedSmall(x.Why)), nil
	}
	if !x.Planned() {
		return xwidget.Gap(0, 0), nil
	}
	plan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		return nil, err
	}
	rows := conflictRows(plan, plan.Check(schedule.Of(x)), x)
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("conflict.none")))
	}
	if uses := usesOf(plan, x); uses != "" {
		rows = append(rows, xwidget.WrappedSmall(uses))
	}
	stands := xwidget.Card(i18n.T("conflict.title"), rows...)
	if needs := needed(plan, x.Party); needs != "" {
		return xwidget.Column(16, xwidget.Card(i18n.T("hearing.needs"), xwidget.WrappedSmall(needs)), stands), nil
	}
	return stands, nil
}

// needed is what a witness needs of a hearing, in sentences.
func needed(plan *schedule.Index, p protection.PartyID) string {
	return strings.Join(plan.SayNeeds(p, i18n.Policy()), " ")
}

// usesOf names the rooms, people and things of a hearing.
func usesOf(plan *schedule.Index, x testimony.Hearing) string {
	var list []string
	for _, id := range x.Uses {
		if r, known := plan.Resource(id); known {
			list = append(list, r.Name)
		}
	}
	return strings.Join(list, " · ")
}

// accepting gives one reason to everything soft that nobody has accepted, or says in sentences what is in the way.
func accepting(plan *schedule.Index, x testimony.Hearing, why string) (testimony.Hearing, error) {
	against := open(plan.Check(schedule.Of(x)), x)
	if len(against) == 0 {
		return x, nil
	}
	why = strings.TrimSpace(why)
	var said []string
	for _, c := range against {
		said = append(said, plan.Say(c, i18n.Policy(), zone(x)))
		x.Accepted = append(x.Accepted, testimony.Acceptance{Key: c.Key(), Reason: why})
	}
	switch {
	case schedule.AnyHard(against):
		return x, room.Said(strings.Join(said, "\n"))
	case why == "":
		return x, room.Said(strings.Join(said, "\n") + "\n" + i18n.T("conflict.give_reason"))
	}
	return x, nil
}

// cancel asks for the reason why a hearing is called off.
func cancel(h room.Host, x testimony.Hearing) {
	why := xwidget.NewLines(i18n.T("hearing.why.hint"), 3)
	room.Form(h, i18n.T("hearing.cancel"), i18n.T("hearing.cancel"), xwidget.Column(10, xwidget.Paragraph(i18n.T("hearing.cancel.text")),
		xwidget.Field(i18n.T("hearing.why"), why)), why, func() error {
		_, err := h.Desk().Cancel(room.Ctx(), x.ID, why.Text)
		return err
	})
}
