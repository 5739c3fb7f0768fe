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

// preparationTab is what a person was made familiar with: kinds of topics, and never what was said.
func (r *Room) preparationTab(h room.Host, _ room.Register, p protection.Party, s *room.Screen) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	return sealedSide(h, p.ID, i18n.T("preparation.title"), func() (fyne.CanvasObject, []fyne.CanvasObject, error) {
		v, err := h.Desk().Preparation(room.Ctx(), p.ID)
		if err != nil {
			return nil, nil, err
		}
		s.New = func() { noteMeeting(h, p) }
		acts := []fyne.CanvasObject{xwidget.NewPrimary(i18n.T("preparation.meet"), "Ctrl N", s.New)}
		right := xwidget.Column(16, completionCard(h, p, v), meetingsCard(v.Value))
		return xwidget.Split(xwidget.Scroll(topicsCard(v)), xwidget.Scroll(right), 360), acts, nil
	})
}

// topicsCard shows what was gone through and what is still needed.
func topicsCard(v docket.Preparation) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("preparation.text"))}
	for _, t := range care.Topics {
		chip := xwidget.Chip(i18n.T("preparation.optional"), xwidget.Neutral)
		switch {
		case v.Value.Done(t):
			chip = xwidget.Chip(i18n.T("preparation.done"), xwidget.Public)
		case slices.Contains(v.Lacks, t):
			chip = xwidget.Chip(i18n.T("preparation.needed"), xwidget.Private)
		}
		rows = append(rows, xwidget.Entry(i18n.T("topic."+string(t)), "", chip))
	}
	return xwidget.Card(i18n.T("preparation.title"), rows...)
}

// completionCard says whether the person is prepared, and what that lacks.
func completionCard(h room.Host, p protection.Party, v docket.Preparation) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if !v.Value.Warned() {
		rows = append(rows, xwidget.Note(i18n.T("preparation.unwarned"), xwidget.Fault))
	}
	switch {
	case len(v.Lacks) > 0:
		rows = append(rows, xwidget.WrappedSmall(i18n.T("preparation.lacks", map[string]any{"Count": len(v.Lacks)})))
	case v.Value.Completed.IsZero():
		rows = append(rows, xwidget.WrappedSmall(i18n.T("preparation.ready")),
			xwidget.Wrap(8, doing(h, i18n.T("preparation.complete"), func() error { return h.Desk().CompletePreparation(room.Ctx(), p.ID) })))
	default:
		rows = append(rows, xwidget.Entry(i18n.T("factword.complete"), room.Day(v.Value.Completed.Local())))
	}
	if !v.Value.Completed.IsZero() {
		if len(v.Lacks) > 0 {
			rows = append(rows, xwidget.Note(i18n.T("preparation.outdated"), xwidget.Private))
		}
		rows = append(rows, xwidget.Wrap(8, doing(h, i18n.T("preparation.reopen"), func() error { return h.Desk().ReopenPreparation(room.Ctx(), p.ID) })))
	}
	return xwidget.Card(i18n.T("preparation.state"), rows...)
}

func meetingsCard(p care.Preparation) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, m := range slices.Backward(p.Meetings) {
		if len(rows) >= room.Entries {
			break
		}
		rows = append(rows, xwidget.Entry(room.Day(m.On.Local()), i18n.T("preparation.met", map[string]any{"Language": m.Language, "Interpreter": i18n.T("company." + string(m.Interpreter)),
			"Support": i18n.T("company." + string(m.Support))})+"\n"+strings.Join(room.Words("topic.", m.Topics), "\n")))
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("preparation.none")))
	}
	return xwidget.Card(i18n.T("preparation.meetings"), rows...)
}

// noteMeeting asks which topics were gone through. There is no line for what was said, and it says why.
func noteMeeting(h room.Host, p protection.Party) {
	on, language := dateInput(h.Desk().Now()), input(p.Language)
	kinds := care.Companies[1:]
	interpreter, support := pick("company.", kinds, ""), pick("company.", kinds, "")
	topics, first, ticked := ticks("topic.", care.Topics, nil)
	room.KeptForm(h, "preparation", p.ID, i18n.T("preparation.meet"), i18n.T("action.save"), xwidget.Column(10, xwidget.Note(i18n.T("preparation.no_facts"), xwidget.Clear),
		named("topics", topics), xwidget.Halves(named("on", on), named("language", language)), xwidget.Halves(named("interpreter", interpreter.Choice), named("support", support.Choice))), first, func() error {
		m := care.Familiarisation{Topics: ticked(), Language: language.Text, Interpreter: interpreter.term(), Support: support.term()}
		var err error
		if m.On, err = day(on.Text); err != nil {
			return err
		}
		return h.Desk().HoldFamiliarisation(room.Ctx(), p.ID, m)
	})
}
