package evidence

import (
	"errors"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
	"paravent/testimony/stamp"
	"paravent/testimony/stamp/tsa"
)

// proofs is what is known of a recording's file: what its last check found, and when an authority outside the court signed that it was sealed; with the step that asks it.
func proofs(h room.Host, r docket.Recording) (func(again func()) []fyne.CanvasObject, error) {
	d := h.Desk()
	last, err := d.VerificationOf(room.Ctx(), r.ID)
	if err != nil && !errors.Is(err, docket.ErrNotFound) {
		return nil, err
	}
	checked := &last
	if err != nil {
		checked = nil
	}
	stamp, err := d.TimestampOf(room.Ctx(), r.ID)
	if err != nil {
		return nil, err
	}
	authority, err := d.TimestampAuthority(room.Ctx())
	if err != nil {
		return nil, err
	}
	_, unsealed := d.RecordingHead(room.Ctx(), r.ID)
	if unsealed != nil && !errors.Is(unsealed, docket.ErrNotCommitted) {
		return nil, unsealed
	}
	return func(again func()) []fyne.CanvasObject {
		rows := []fyne.CanvasObject{xwidget.Strong(i18n.T("evidence.file"))}
		if checked != nil && checked.Found == notice.Altered {
			rows = append(rows, xwidget.Note(i18n.T("evidence.altered", map[string]any{"Check": lastCheck(checked, room.Moment)}), xwidget.Fault))
		} else {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.last_check", map[string]any{"Check": lastCheck(checked, room.Moment)})))
		}
		open := authority.Address != "" && d.MayStamp() && unsealed == nil && r.Erased.IsZero()
		switch {
		case stamp != nil && stamp.Fault == "":
			return append(rows, xwidget.WrappedSmall(StampWords(stamp)))
		case stamp != nil:
			rows = append(rows, xwidget.Note(StampWords(stamp), xwidget.Fault))
		case unsealed != nil:
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.stamp_unsealed")))
		case authority.IsZero():
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.stamp_nobody")))
		default:
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.stamp_waits")))
		}
		if open {
			rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("evidence.stamp"), "", func() { askStamp(h, r, again) })))
		}
		return rows
	}, nil
}

// StampWords says what is known of a recording's timestamp.
func StampWords(t *stamp.Checked) string {
	switch {
	case t == nil:
		return i18n.T("evidence.stamp_none")
	case t.Fault != "":
		return i18n.T("evidence.stamp_false") + " " + room.StampFault(t.Fault)
	}
	return i18n.T("evidence.stamped", map[string]any{"When": stamped(t, room.Moment), "Authority": t.Authority})
}

// askStamp asks the authority for a recording's timestamp, and shows what came of it.
func askStamp(h room.Host, r docket.Recording, again func()) {
	d := h.Desk()
	room.Later(func() error {
		_, err := d.StampRecording(room.Ctx(), r.ID, tsa.Ask)
		return err
	}, func(err error) {
		if h.Desk() != d { // locked meanwhile
			return
		}
		h.Refresh()
		again()
		room.Failed(h, err)
	})
}
