// Package evidence is the sheet of one recording: what a check found, which edits were asked for and decided, the versions that were made, and its custody.
//
// It holds no rule: what may be done is asked of the desk. Start from [Show].
package evidence

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
)

// Show opens the sheet of a recording.
func Show(h room.Host, r docket.Recording) {
	content, err := sheet(h, r)
	if err != nil {
		room.Failed(h, err)
		return
	}
	var s *xwidget.Sheet
	again := func() { s.Close(); Show(h, r) }
	buttons := []fyne.CanvasObject{}
	if h.Desk().May(testimony.ActReadAudit) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("evidence.custody"), "", func() { custody(h, r) }))
	}
	if h.Desk().May(testimony.ActHoldHearing) || h.Desk().May(testimony.ActMakeVersion) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("evidence.check"), "", func() { s.Close(); check(h, r) }))
	}
	if h.Desk().May(testimony.ActMakeVersion) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("evidence.derive"), "", func() { s.Close(); derive(h, r) }))
	}
	if h.Desk().May(testimony.ActAskEdit) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("evidence.ask"), "", func() { s.Close(); ask(h, r) }))
	}
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("evidence.title"), 720, content(again), append(buttons, done)...)
	h.Window().Canvas().Focus(done)
}

// sheet reads what there is to show; again draws it anew after a decision.
func sheet(h room.Host, r docket.Recording) (func(again func()) fyne.CanvasObject, error) {
	d := h.Desk()
	found, checkErr := d.RecordingCheckOf(room.Ctx(), r.ID)
	requests, err := d.EditRequests(room.Ctx(), r.ID)
	if err != nil {
		return nil, err
	}
	list, err := d.Recordings(room.Ctx())
	if err != nil {
		return nil, err
	}
	file, err := proofs(h, r)
	if err != nil {
		return nil, err
	}
	untold, err := untoldOf(h, r)
	if err != nil {
		return nil, err
	}
	return func(again func()) fyne.CanvasObject {
		rows := append(append(file(again), untold...), xwidget.Line(), xwidget.Strong(i18n.T("evidence.findings")))
		switch {
		case checkErr != nil:
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.unchecked")))
		case len(found.Findings) == 0:
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.clean")))
		}
		for _, f := range found.Findings {
			rows = append(rows, xwidget.Note(finding(f), xwidget.Private))
		}
		if checkErr == nil && found.Face > 0 {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.face", map[string]any{"Part": int(100*found.Face + 0.5)})))
		}
		rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("evidence.edits")))
		if len(requests) == 0 {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.no_edits")))
		}
		for _, q := range requests {
			rows = append(rows, request(h, q, again)...)
		}
		rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("evidence.versions")))
		none := true
		for _, v := range list {
			if v.Source == r.ID {
				none = false
				rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.version", map[string]any{"Day": room.Day(v.Made.Local()), "Time": room.Clock(v.Made.Local()), "List": v.Edits, "Length": edit.Clock(v.Duration)})))
			}
		}
		if none {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("evidence.no_versions")))
		}
		return xwidget.Column(8, rows...)
	}, nil
}

// finding says a fault of a recording in the window's language.
func finding(f docket.RecordingFinding) string {
	key := "finding." + f.Kind
	if f.Voice != "" {
		key += "." + f.Voice
	}
	return i18n.T(key, map[string]any{"From": edit.Clock(f.From), "Until": edit.Clock(f.Until), "Track": f.Track, "By": fmt.Sprintf("%.1f", f.By.Seconds())})
}

// request is what was asked for, passage by passage, with the steps that are open to this user.
func request(h room.Host, q edit.Request, again func()) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("evidence.asked."+string(q.Stance), map[string]any{"Day": room.Day(q.At.Local()), "Office": i18n.T("office." + q.Office), "Opposes": q.Opposes}))}
	if q.Signing == edit.FalselySigned {
		rows = append(rows, xwidget.Note(i18n.T("error.edit_forged"), xwidget.Fault))
	}
	for _, x := range q.Items {
		words := fmt.Sprintf("%d  %s, %s  %s – %s", x.Number, i18n.T("edit.kind."+string(x.Kind)), i18n.T("edit.channels."+string(x.Channels)), edit.Clock(x.From), edit.Clock(x.Until))
		if x.State == edit.Approved && x.PictureUntil > x.Until {
			words += " · " + i18n.T("evidence.picture_back", map[string]any{"At": edit.Clock(x.PictureUntil)})
		}
		rows = append(rows, xwidget.Spread(xwidget.Small(words), xwidget.Chip(i18n.T("edit.state."+string(x.State)), tone(x.State))), xwidget.WrappedSmall(x.Reason))
		var buttons []fyne.CanvasObject
		for _, s := range h.Desk().MayEdit(q, x.Number) {
			buttons = append(buttons, xwidget.NewButton(i18n.T("edit.step."+string(s)), "", func() { decide(h, q, x, s, again) }))
		}
		if len(buttons) > 0 {
			rows = append(rows, xwidget.Wrap(6, buttons...))
		}
	}
	return rows
}

func tone(s edit.State) xwidget.Tone {
	switch s {
	case edit.Asked:
		return xwidget.Private
	case edit.Approved:
		return xwidget.Public
	}
	return xwidget.Closed
}

// decide asks for the reasons of a decision, and tells a judge before an approval when the picture would be back.
func decide(h room.Host, q edit.Request, x edit.Item, s edit.Step, again func()) {
	d := h.Desk()
	effect := i18n.T("edit.effect." + string(s))
	if s == edit.Approve {
		p, err := d.ForeseeEdit(room.Ctx(), q.ID, x.Number)
		if err != nil {
			room.Failed(h, err)
			return
		}
		if p.PictureUntil > p.Until {
			effect += " " + i18n.T("evidence.picture_later", map[string]any{"At": edit.Clock(p.PictureUntil)})
		}
	}
	reasons := xwidget.NewInput("")
	decided := false
	form := room.SlowForm(h, i18n.T("edit.step."+string(s)), i18n.T("edit.step."+string(s)), xwidget.Column(10, xwidget.Paragraph(effect), xwidget.Field(i18n.T("evidence.reasons"), reasons)), reasons, func() (func() error, error) {
		why := reasons.Text
		return func() error {
			_, err := d.DecideEdit(room.Ctx(), q.ID, x.Number, s, why)
			decided = err == nil
			return err
		}, nil
	})
	form.OnClosed(func() {
		if decided {
			again()
		}
	})
}

// kinds are what a passage can be, in the order of the form.
var kinds = []edit.Passage{{Kind: edit.Mask, Channels: edit.Both}, {Kind: edit.Mask, Channels: edit.Picture}, {Kind: edit.Mask, Channels: edit.Voice}, {Kind: edit.Cut, Channels: edit.Both}}

// ask is the form by which one passage is asked to be cut or masked.
func ask(h room.Host, r docket.Recording) {
	var words []string
	for _, k := range kinds {
		words = append(words, i18n.T("edit.kind."+string(k.Kind))+", "+i18n.T("edit.channels."+string(k.Channels)))
	}
	what := xwidget.NewChoice(words, 0, nil)
	from, until, reason, opposes := xwidget.NewInput("00:00:00.000"), xwidget.NewInput("00:00:00.000"), xwidget.NewInput(""), xwidget.NewInput("")
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("evidence.ask.text")), xwidget.Field(i18n.T("evidence.what"), what), xwidget.Field(i18n.T("evidence.from"), from), xwidget.Field(i18n.T("evidence.until"), until),
		xwidget.Field(i18n.T("evidence.reason"), reason), xwidget.Field(i18n.T("evidence.opposes"), opposes))
	room.Form(h, i18n.T("evidence.ask"), i18n.T("evidence.ask"), fields, what, func() error {
		x := edit.Item{Passage: kinds[max(what.SelectedIndex(), 0)], Reason: reason.Text}
		var err error
		if x.From, err = edit.ParseClock(from.Text); err != nil {
			return err
		}
		if x.Until, err = edit.ParseClock(until.Text); err != nil {
			return err
		}
		q := edit.Request{Recording: r.ID, Stance: edit.Joint, Items: []edit.Item{x}}
		if strings.TrimSpace(opposes.Text) != "" {
			q.Stance, q.Opposes = edit.Opposed, opposes.Text
		}
		_, err = h.Desk().AskEdit(room.Ctx(), q)
		return err
	})
}

// CheckHeld looks the masters of a hearing through that was just closed, if it was, and shows what was found.
func CheckHeld(h room.Host, id testimony.HearingID) {
	held, err := h.Desk().Hearing(room.Ctx(), id)
	if err != nil || held.Held.IsZero() {
		return // it was left to be opened again
	}
	list, err := h.Desk().Recordings(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	for _, r := range list {
		if r.Hearing == id && r.Version == protection.MasterRecord && r.Own() {
			check(h, r)
		}
	}
}

func check(h room.Host, r docket.Recording) {
	room.Working(h, i18n.T("evidence.checking"), func(ctx context.Context, progress func(done, total int64)) error {
		_, err := evidence.Check(ctx, h.Desk(), r.ID, progress)
		return err
	}, func(err error) { shown(h, r, err) })
}

func derive(h room.Host, r docket.Recording) {
	room.Working(h, i18n.T("evidence.deriving"), func(ctx context.Context, progress func(done, total int64)) error {
		_, err := evidence.Derive(ctx, h.Desk(), r.ID, progress)
		return err
	}, func(err error) {
		h.Refresh()
		shown(h, r, err)
	})
}

// shown goes back to the sheet after long work.
func shown(h room.Host, r docket.Recording, err error) {
	if err != nil {
		room.Failed(h, err)
		return
	}
	Show(h, r)
}

// custody asks where the report of a recording's custody is to be written.
func custody(h room.Host, r docket.Recording) {
	to := xwidget.NewInput("")
	to.SetText(room.NewFile("custody-" + string(r.ID) + ".pdf"))
	room.SlowForm(h, i18n.T("evidence.custody"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("evidence.custody.text")), xwidget.Field(i18n.T("record.file"), to)), to, func() (func() error, error) {
		path := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(path) {
			return nil, room.ErrFile
		}
		return func() error {
			_, err := h.Desk().WriteCustody(room.Ctx(), r.ID, path, i18n.Policy())
			return err
		}, nil
	})
}
