package evidence

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

// receiving lets whoever may do so take in the second record of a remote point, from the list of the recordings.
func receiving(h room.Host, l *room.Listing) {
	if !h.Desk().May(testimony.ActHoldHearing) && !h.Desk().May(testimony.ActMakeVersion) {
		return
	}
	act := func() { receive(h) }
	l.Beside = append(l.Beside, xwidget.NewButton(i18n.T("evidence.receive"), "F9", act))
	if l.Keys == nil {
		l.Keys = map[fyne.KeyName]func(){}
	}
	l.Keys[fyne.KeyF9] = act
}

// receive asks for the file that was handed over.
func receive(h room.Host) {
	from := xwidget.NewInput("")
	var in docket.Recording
	form := room.SlowForm(h, i18n.T("evidence.receive"), i18n.T("evidence.receive.do"), xwidget.Column(10, xwidget.Paragraph(i18n.T("evidence.receive.text")), xwidget.Field(i18n.T("evidence.receive.file"), from)), from, func() (func() error, error) {
		path := strings.TrimSpace(from.Text)
		if !filepath.IsAbs(path) {
			return nil, room.ErrFile
		}
		return func() error {
			r, err := evidence.ReceiveRemote(room.Ctx(), h.Desk(), path, nil)
			if err == nil {
				in = r
			}
			return err
		}, nil
	})
	form.OnClosed(func() {
		if in.ID != "" {
			h.Go(room.Evidence, string(in.ID))
		}
	})
}

// untoldOf says of a second record what the court was not told of while it was made.
func untoldOf(h room.Host, r docket.Recording) ([]fyne.CanvasObject, error) {
	if !r.Remote {
		return nil, nil
	}
	remote, err := h.Desk().RemoteRecord(room.Ctx(), r.ID)
	if err != nil || remote.Untold(r) == 0 {
		return nil, err
	}
	return []fyne.CanvasObject{xwidget.Note(i18n.T("evidence.untold", map[string]any{"N": remote.Untold(r), "Of": r.Chunks}), xwidget.Private)}, nil
}
