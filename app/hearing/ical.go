package hearing

import (
	"os"
	"path/filepath"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
)

// ExportCalendar asks whose hearings to write for a calendar program, and where.
func ExportCalendar(h room.Host) {
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	words, ids := []string{i18n.T("week.export.all")}, []testimony.ResourceID{""}
	for _, r := range list {
		words, ids = append(words, r.Name), append(ids, r.ID)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	whose, to := xwidget.NewChoice(words, 0, nil), xwidget.NewInput("")
	whose.Find = func(words []string, pick func(int)) { room.Find(h, i18n.T("week.export.for"), words, pick) }
	to.SetText(filepath.Join(home, "hearings.ics"))
	room.Form(h, i18n.T("week.export.title"), i18n.T("week.export"), xwidget.Column(10, xwidget.Paragraph(i18n.T("week.export.text")),
		xwidget.Field(i18n.T("week.export.for"), whose), xwidget.Field(i18n.T("record.file"), to)), to, func() error {
		if !filepath.IsAbs(to.Text) {
			return room.ErrFile
		}
		f, err := os.OpenFile(to.Text, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		text, err := h.Desk().Calendar(room.Ctx(), ids[max(whose.SelectedIndex(), 0)], i18n.T("room.hearings"), i18n.Policy())
		if err == nil {
			_, err = f.Write(text)
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			_ = os.Remove(to.Text)
			return err
		}
		xwidget.AfterSheet(h.Window().Canvas(), func() {
			room.Tell(h.Window(), i18n.T("week.export.title"), i18n.T("week.export.done", map[string]any{"File": to.Text}))
		})
		return nil
	})
}
