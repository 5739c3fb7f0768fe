package backups

import (
	"strconv"
	"strings"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
)

// intervals are what the form offers between two backups, in hours.
var intervals = []int{6, 12, 24, 48, 7 * 24}

// decide asks when backups are made and how many are kept.
func (v *view) decide() {
	h := v.host
	words, chosen := make([]string, len(intervals)), 2
	for i, hours := range intervals {
		if words[i] = i18n.T("backups.hours", map[string]any{"N": hours}); hours%24 == 0 {
			words[i] = i18n.T("backups.every_days", map[string]any{"N": hours / 24})
		}
		if hours == v.policy.Every {
			chosen = i
		}
	}
	folder, hour, every := xwidget.NewInput(""), number(v.policy.Hour), xwidget.NewChoice(words, chosen, nil)
	folder.SetText(v.folder())
	daily, weekly, monthly := number(v.policy.Daily), number(v.policy.Weekly), number(v.policy.Monthly)
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("backups.decide.text")), xwidget.Field(i18n.T("backup.folder"), folder),
		xwidget.Halves(xwidget.Field(i18n.T("backups.every"), every), xwidget.Field(i18n.T("backups.hour"), hour)),
		xwidget.WrappedSmall(i18n.T("backups.kept")),
		xwidget.Halves(xwidget.Field(i18n.T("backups.daily"), daily), xwidget.Halves(xwidget.Field(i18n.T("backups.weekly"), weekly), xwidget.Field(i18n.T("backups.monthly"), monthly))))
	if v.asked {
		off := xwidget.NewButton(i18n.T("backups.off"), "", func() {
			room.Confirm(h, i18n.T("backups.off"), i18n.T("backups.off.text"), i18n.T("backups.off"), func() {
				xwidget.CloseSheets(h.Window().Canvas())
				room.Failed(h, h.Desk().DropBackupPolicy(room.Ctx()))
				h.Refresh()
			})
		})
		fields.Add(xwidget.Wrap(8, off))
	}
	room.SlowForm(h, i18n.T("backups.decide"), i18n.T("action.save"), fields, folder, func() (func() error, error) {
		p := v.policy
		p.Folder, p.Every = strings.TrimSpace(folder.Text), intervals[max(every.SelectedIndex(), 0)]
		for field, into := range map[*xwidget.Input]*int{hour: &p.Hour, daily: &p.Daily, weekly: &p.Weekly, monthly: &p.Monthly} {
			n, err := strconv.Atoi(strings.TrimSpace(field.Text))
			if err != nil {
				return nil, room.ErrNumber
			}
			*into = n
		}
		return func() error { return h.Desk().SetBackupPolicy(room.Ctx(), p) }, nil
	})
}

func number(n int) *xwidget.Input {
	in := xwidget.NewInput("")
	in.SetText(strconv.Itoa(n))
	return in
}
