package room

import (
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/cooperation"
	"paravent/testimony/docket"
)

// LackRows say what a hearing lacks of other States' permissions, and what a judge has decided about it.
func LackRows(p docket.Permission) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	chip, tone := i18n.T("permission.lacks"), xwidget.Fault
	if p.Decision != nil {
		chip, tone = i18n.T("permission.decided"), xwidget.Private
	}
	for _, l := range p.Lacks {
		rows = append(rows, xwidget.Column(2, xwidget.Wrap(4, xwidget.Chip(chip, tone)), xwidget.WrappedSmall(LackWord(l))))
	}
	if p.Decision != nil {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("permission.by_judge", map[string]any{"Day": Day(p.Decision.At.Local()), "Reason": p.Decision.Reason})))
	}
	return rows
}

// LackWord says in a sentence what is lacking.
func LackWord(l cooperation.Lack) string {
	return strings.TrimSpace(l.Country + " " + i18n.T("permission.want."+string(l.Want)))
}

// WithPermission goes on when a hearing may go live. Where another State's permission is lacking, a judge is asked to decide, and everyone else is told that it
// takes a judge.
func WithPermission(h Host, id testimony.HearingID, then func()) {
	p, err := h.Desk().Permission(Ctx(), id)
	if err != nil {
		Failed(h, err)
		return
	}
	if p.MayOpen() {
		then()
		return
	}
	rows := LackRows(p)
	if !h.Desk().May(testimony.ActDecideOrder) {
		var said []string
		for _, l := range p.Lacks {
			said = append(said, LackWord(l))
		}
		Tell(h.Window(), i18n.T("permission.title"), strings.Join(said, "\n")+"\n"+i18n.T("permission.judge_only"))
		return
	}
	why := xwidget.NewLines("", 3)
	rows = append(rows, xwidget.Paragraph(i18n.T("permission.decide.text")), xwidget.Field(i18n.T("cooperation.field.reason"), why))
	decided := false
	s := Form(h, i18n.T("permission.title"), i18n.T("permission.decide"), xwidget.Column(8, rows...), why, func() error {
		_, err := h.Desk().DecideWithoutPermission(Ctx(), id, why.Text)
		decided = err == nil
		return err
	})
	s.OnClosed(func() {
		if decided {
			then()
		}
	})
}
