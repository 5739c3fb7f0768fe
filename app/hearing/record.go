package hearing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	sheet "paravent/app/evidence"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
	"paravent/testimony/stamp"
)

// record shows what is kept of a hearing: its recordings, and its minutes in two versions.
func record(h room.Host, x testimony.Hearing) (fyne.CanvasObject, error) {
	list, err := h.Desk().Recordings(room.Ctx())
	if err != nil {
		return nil, err
	}
	var rows []fyne.CanvasObject
	for _, r := range list {
		if r.Hearing == x.ID {
			rows = append(rows, recording(h, x, r))
		}
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.Empty(i18n.T("record.none")))
	}
	cards := []fyne.CanvasObject{xwidget.Card(i18n.T("record.title"), rows...)}
	m, err := h.Desk().Minutes(room.Ctx(), x.ID)
	if err != nil && !errors.Is(err, docket.ErrNotFound) {
		return nil, err
	}
	if papers := room.Papers(h, x, err == nil); papers != nil {
		cards = append([]fyne.CanvasObject{papers}, cards...)
	}
	if err == nil {
		cards = append([]fyne.CanvasObject{minutes(h, x, m)}, cards...)
	}
	return xwidget.Column(16, cards...), nil
}

func recording(h room.Host, x testimony.Hearing, r docket.Recording) fyne.CanvasObject {
	detail := i18n.T("record.length", map[string]any{"Length": Length(r.Duration), "MB": fmt.Sprintf("%.1f", float64(r.Size)/1e6)})
	chip := xwidget.Chip(i18n.T("record.sealed"), xwidget.Public)
	if !r.Sealed {
		detail, chip = i18n.T("record.not_closed"), xwidget.Chip(i18n.T("record.open"), xwidget.Fault)
	}
	buttons := []fyne.CanvasObject{xwidget.NewButton(i18n.T("record.check"), "", func() { check(h, r) })}
	if r.Derived() {
		detail = i18n.T("record.version", map[string]any{"Day": room.Day(r.Made.Local()), "Time": room.Clock(r.Made.Local())}) + " · " + detail
	} else {
		buttons = append(buttons, xwidget.NewButton(i18n.T("evidence.open"), "", func() { sheet.Show(h, r) }))
	}
	act := testimony.ActExportPublic
	if r.Version == protection.MasterRecord {
		act = testimony.ActExportMaster
	}
	if h.Desk().May(act) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("record.export"), "", func() { export(h, x, r) }))
	}
	return xwidget.Column(6, xwidget.Spread(xwidget.Strong(policy.AudienceWord(r.Version, i18n.Policy())), chip), xwidget.WrappedSmall(detail), xwidget.Wrap(6, buttons...), xwidget.Line())
}

// Length is a duration as the window writes it: minutes and seconds, hours where there are any.
func Length(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}

func check(h room.Host, r docket.Recording) {
	var v evidence.Verdict
	var stamp *stamp.Checked
	room.Working(h, i18n.T("record.checking"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		if v, err = evidence.Verify(ctx, h.Desk(), r.ID, progress); err == nil {
			stamp, err = h.Desk().TimestampOf(ctx, r.ID)
		}
		return err
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("record.check"), verdict(v)+" "+sheet.StampWords(stamp))
	})
}

func verdict(v evidence.Verdict) string {
	values := map[string]any{"Chunk": v.FirstBad, "Chunks": v.Chunks, "Length": Length(v.Length)}
	switch {
	case v.FirstBad >= 0:
		return i18n.T("verdict.altered", values)
	case v.Version != nil && v.Version.Fault != nil:
		return i18n.T("verdict.version_false", map[string]any{"Place": v.Version.Fault.Place})
	case v.Stale():
		return i18n.T("verdict.version_stale", map[string]any{"List": v.Recording.Edits, "Newest": v.Newest})
	case v.Version != nil:
		return i18n.T("verdict.version_sound", map[string]any{"List": v.Recording.Edits})
	case v.Intact:
		return i18n.T("verdict.intact", values)
	}
	return i18n.T("verdict.torn", values)
}

// versionPart tells a version's file from the recording's.
func versionPart(r docket.Recording) string {
	if r.Derived() {
		return "-" + string(r.ID)
	}
	return ""
}

// export asks where a copy that plays is to be written. It never replaces a file.
func export(h room.Host, x testimony.Hearing, r docket.Recording) {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	to := xwidget.NewInput("")
	to.SetText(filepath.Join(home, string(x.ID)+"-"+string(r.Version)+versionPart(r)+".webm"))
	text := i18n.T("record.export.text")
	if r.Version == protection.MasterRecord {
		text = i18n.T("record.export.master")
	}
	room.Form(h, i18n.T("record.export"), i18n.T("record.export"), xwidget.Column(10, xwidget.Paragraph(text), xwidget.Field(i18n.T("record.file"), to)), to, func() error {
		if _, err := os.Lstat(to.Text); err == nil {
			return fs.ErrExist
		}
		var made evidence.Exported
		room.Working(h, i18n.T("record.exporting"), func(ctx context.Context, _ func(done, total int64)) (err error) {
			made, err = evidence.ExportTo(ctx, h.Desk(), r.ID, to.Text)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			words := i18n.T("record.exported", map[string]any{"File": to.Text})
			if made.Timestamp != "" {
				words += " " + i18n.T("record.exported.timestamp", map[string]any{"File": made.Timestamp})
			}
			room.Tell(h.Window(), i18n.T("record.export"), words)
		})
		return nil
	})
}

// minutes are the record of a held session, as the public may have them; the sealed version can be opened.
func minutes(h room.Host, x testimony.Hearing, m testimony.Minutes) fyne.CanvasObject {
	var totals [][]fyne.CanvasObject
	for _, t := range m.Totals {
		totals = append(totals, []fyne.CanvasObject{xwidget.Wrap(4, room.ModeChip(t.Mode)), xwidget.Strong(Length(time.Duration(t.Seconds * float64(time.Second))))})
	}
	when := i18n.T("minutes.when", map[string]any{"Day": room.Day(m.Court.Begin), "From": room.Clock(m.Court.Begin), "To": room.Clock(m.Court.End)})
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(when), xwidget.Grid([]float32{3, 2}, nil, totals...)}
	if m.Log != nil {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("minutes.head", map[string]any{"Entries": m.Log.Entries,
			"Words": strings.Join(docket.HeadWords(m.Log.Vault, m.Log.Entries, m.Log.Hash, i18n.Language()), " ")})))
	}
	if m.Version == "recovered" {
		rows = append([]fyne.CanvasObject{xwidget.Note(i18n.T("minutes.recovered"), xwidget.Private)}, rows...)
	}
	rows = append(rows, xwidget.Wrap(6, xwidget.NewButton(i18n.T("minutes.read"), "", func() { read(h, m) }),
		xwidget.NewButton(i18n.T("minutes.save"), "", func() { save(h, x, m) })))
	return xwidget.Card(i18n.T("minutes.title"), rows...)
}

// read shows the sealed minutes, line by line.
func read(h room.Host, m testimony.Minutes) {
	labels := map[testimony.ParticipantID]string{}
	if x, err := h.Desk().Hearing(room.Ctx(), m.Hearing); err == nil {
		for _, p := range x.Participants {
			labels[p.ID] = p.Label
		}
	}
	zone := m.Court.Begin.Location()
	var rows [][]fyne.CanvasObject
	for _, e := range m.Events {
		rows = append(rows, []fyne.CanvasObject{xwidget.Small(e.At.In(zone).Format("15:04:05")), xwidget.WrappedSmall(room.EventWords(e, labels, zone))})
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("minutes.title"), 620, xwidget.Grid([]float32{1, 6}, nil, rows...), done)
	h.Window().Canvas().Focus(done)
}

// save writes the public minutes as JSON: what may leave the court.
func save(h room.Host, x testimony.Hearing, m testimony.Minutes) {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	to := xwidget.NewInput("")
	to.SetText(filepath.Join(home, string(x.ID)+"-minutes.json"))
	room.Form(h, i18n.T("minutes.save"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("minutes.save.text")), xwidget.Field(i18n.T("record.file"), to)), to, func() error {
		text, err := json.MarshalIndent(m.Public(), "", "  ")
		if err != nil {
			return err
		}
		f, err := os.OpenFile(to.Text, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		err = h.Desk().Note(room.Ctx(), "minutes.saved", map[string]string{"hearing": string(x.ID), "version": "public"})
		if err == nil {
			_, err = f.Write(append(text, '\n'))
		}
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(to.Text))
		}
		return err
	})
}
