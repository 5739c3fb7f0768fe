package witness

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/identity"
	"paravent/testimony"
	"paravent/testimony/certificate"
	"paravent/testimony/docket"
)

// erasureCard shows the erasures of a person's identity, with what the user can do about the newest: sign it, carry it out, have its certificate.
func erasureCard(h room.Host, c protection.CaseID, p protection.PartyID, sealed bool) (fyne.CanvasObject, error) {
	all, err := h.Desk().Erasures(room.Ctx())
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("erasure.about"))}
	open := false
	for _, e := range all {
		if e.Party != p {
			continue
		}
		state := e.State()
		open = open || state == identity.Pending || state == identity.Granted || state == identity.Deleted
		when := e.Asked
		if !e.Erased.IsZero() {
			when = e.Erased
		}
		rows = append(rows, xwidget.Line(), xwidget.Wrap(6, stateChip(state)), xwidget.WrappedSmall(room.Day(when.Local())+", "+room.Clock(when.Local())+" · "+e.Basis))
		if acts := erasureActs(h, e); len(acts) > 0 {
			rows = append(rows, xwidget.Wrap(8, acts...))
		}
	}
	if sealed && !open && h.Desk().May(testimony.ActAskErasure) {
		rows = append(rows, xwidget.Wrap(8, xwidget.NewButton(i18n.T("erasure.ask"), "", func() { askErasure(h, c, p) })))
	}
	return xwidget.Card(i18n.T("erasure.title"), rows...), nil
}

func stateChip(s identity.RequestState) fyne.CanvasObject {
	tone := xwidget.Neutral
	switch s {
	case identity.Pending, identity.Granted, identity.Deleted:
		tone = xwidget.Private
	}
	return xwidget.Chip(i18n.T("erasure.state."+string(s)), tone)
}

func erasureActs(h room.Host, e identity.Erasure) []fyne.CanvasObject {
	d := h.Desk()
	take := func(act func() (identity.Erasure, error)) func() {
		return func() {
			_, err := act()
			h.Refresh()
			room.Failed(h, err)
		}
	}
	sign := xwidget.NewButton(i18n.T("erasure.sign"), "", func() {
		room.Confirm(h, i18n.T("erasure.sign"), i18n.T("erasure.sign.text", map[string]any{"Who": e.Pseudonym}), i18n.T("erasure.sign"),
			take(func() (identity.Erasure, error) { return d.ConsentToErasure(room.Ctx(), e.ID) }))
	})
	refuse := xwidget.NewButton(i18n.T("erasure.refuse"), "", func() { refuseErasure(h, e.ID) })
	switch e.State() {
	case identity.Pending:
		return []fyne.CanvasObject{sign, refuse}
	case identity.Granted:
		if h.Desk().May(testimony.ActKeepCare) {
			if _, kept, err := d.FactOf(room.Ctx(), e.Party, docket.FactFile); err == nil && kept {
				return []fyne.CanvasObject{xwidget.NewButton(i18n.T("care.destroy"), "", func() { destroyCare(h, e) }), refuse}
			}
		}
		return []fyne.CanvasObject{xwidget.NewButton(i18n.T("erasure.do"), "", func() { carryOut(h, e) }), refuse}
	case identity.Deleted:
		return []fyne.CanvasObject{xwidget.NewButton(i18n.T("erasure.end"), "", func() { runErasure(h, e) })}
	case identity.Erased:
		return []fyne.CanvasObject{xwidget.NewButton(i18n.T("erasure.certificate"), "", func() { writeCertificate(h, e) })}
	}
	return nil
}

func askErasure(h room.Host, c protection.CaseID, p protection.PartyID) {
	basis, reason := xwidget.NewInput(""), xwidget.NewLines("", 3)
	room.Form(h, i18n.T("erasure.ask"), i18n.T("erasure.ask"), xwidget.Column(10, xwidget.Paragraph(i18n.T("erasure.ask.text")),
		xwidget.Field(i18n.T("erasure.basis"), basis), xwidget.Field(i18n.T("erasure.reason"), reason)), basis, func() error {
		_, err := h.Desk().AskErasure(room.Ctx(), c, p, basis.Text, reason.Text)
		return err
	})
}

func refuseErasure(h room.Host, id identity.RequestID) {
	reason := xwidget.NewLines("", 3)
	room.Form(h, i18n.T("erasure.refuse"), i18n.T("erasure.refuse"), xwidget.Field(i18n.T("erasure.reason"), reason), reason, func() error {
		_, err := h.Desk().RefuseErasure(room.Ctx(), id, reason.Text)
		return err
	})
}

// destroyCare asks for the pseudonym to be typed, as carrying out the erasure does.
func destroyCare(h room.Host, e identity.Erasure) {
	typed := xwidget.NewInput("")
	room.Form(h, i18n.T("care.destroy"), i18n.T("care.destroy"), xwidget.Column(10, xwidget.Paragraph(i18n.T("care.destroy.text")),
		xwidget.Field(i18n.T("erasure.do.type", map[string]any{"Who": e.Pseudonym}), typed)), typed, func() error {
		if strings.TrimSpace(typed.Text) != e.Pseudonym {
			return room.ErrOther
		}
		return h.Desk().DestroyCare(room.Ctx(), e.ID)
	})
}

// carryOut asks for the pseudonym to be typed: what is destroyed now can't be brought back.
func carryOut(h room.Host, e identity.Erasure) {
	typed := xwidget.NewInput("")
	room.Form(h, i18n.T("erasure.do"), i18n.T("erasure.do"), xwidget.Column(10, xwidget.Paragraph(i18n.T("erasure.do.text", map[string]any{"N": len(e.Records)})),
		xwidget.Field(i18n.T("erasure.do.type", map[string]any{"Who": e.Pseudonym}), typed)), typed, func() error {
		if strings.TrimSpace(typed.Text) != e.Pseudonym {
			return room.ErrOther
		}
		runErasure(h, e)
		return nil
	})
}

func runErasure(h room.Host, e identity.Erasure) {
	room.Working(h, i18n.T("erasure.working"), func(ctx context.Context, progress func(done, total int64)) error {
		_, err := h.Desk().CarryOutErasure(ctx, e.ID, func(done, total int) { progress(int64(done), int64(total)) })
		return err
	}, func(err error) {
		h.Refresh()
		if err != nil {
			room.Failed(h, err)
			return
		}
		room.Tell(h.Window(), i18n.T("erasure.title"), i18n.T("erasure.done"))
	})
}

func writeCertificate(h room.Host, e identity.Erasure) {
	to := xwidget.NewInput("")
	if !docket.OnServer(h.Desk().Path()) {
		to.SetText(filepath.Join(filepath.Dir(h.Desk().Path()), "erasure-"+string(e.ID)+".pdf"))
	}
	room.SlowForm(h, i18n.T("erasure.certificate"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("erasure.certificate.text")),
		xwidget.Field(i18n.T("erasure.certificate.file"), to)), to, func() (func() error, error) {
		path, language := strings.TrimSpace(to.Text), h.Look().Language
		if !filepath.IsAbs(path) {
			return nil, room.ErrFolder
		}
		return func() error {
			c, err := h.Desk().CertifyErasure(room.Ctx(), e.ID)
			if err != nil {
				return err
			}
			return certificate.Write(path, c, language)
		}, nil
	})
}
