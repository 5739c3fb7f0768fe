package backups

import (
	"context"
	"path/filepath"
	"strings"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/backup"
	"paravent/testimony/docket"
)

// move asks where the packed vault goes, says what becomes of this one, and locks it.
func (v *view) move() {
	h, to := v.host, xwidget.NewInput("")
	to.SetText(strings.TrimSuffix(h.Desk().Path(), ".paravent") + backup.PackExtension)
	room.Form(h, i18n.T("backups.move"), i18n.T("backups.move.do"), xwidget.Column(10, xwidget.Paragraph(i18n.T("backups.move.text")), xwidget.Field(i18n.T("backups.move.to"), to)), to, func() error {
		path := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(path) {
			return room.ErrFolder
		}
		var m docket.Moved
		room.Working(h, i18n.T("backups.move"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			m, err = h.Desk().Move(ctx, path, progress)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			h.Lock()
			room.Tell(h.Window(), i18n.T("backups.move"), i18n.T("backups.moved", map[string]any{"File": m.Path, "Entries": m.Entries, "Head": m.Head, "Recordings": m.Recordings}))
		})
		return nil
	})
}
