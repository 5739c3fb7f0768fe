package ledger

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
)

// standing says in a glance how the log stands: up to where it was checked, by whom and when, or what is wrong and what to do.
func standing(s docket.AuditState, names map[string]string) fyne.CanvasObject {
	word, text, tone := stand(s, names)
	icon := map[xwidget.Tone]xwidget.Icon{xwidget.Public: xwidget.IconPublic, xwidget.Private: xwidget.IconPrivate, xwidget.Fault: xwidget.IconAlert}[tone]
	rows := []fyne.CanvasObject{xwidget.Wrap(8, xwidget.IconChip(icon, word, tone)), xwidget.Paragraph(text)}
	if tone == xwidget.Fault {
		rows[1] = xwidget.Note(text, tone)
	}
	words := docket.HeadWords(s.Vault, s.Head.Size, s.Head.Root.String(), i18n.Language())
	rows = append(rows, xwidget.WrappedSmall(i18n.T("audit.head", map[string]any{"Size": s.Head.Size, "Words": strings.Join(words, " "), "Who": who(s.Head.Signer, names)})))
	return xwidget.Panel(xwidget.Column(6, rows...))
}

// stand is how the log stands in a word and in a sentence.
func stand(s docket.AuditState, names map[string]string) (word, text string, tone xwidget.Tone) {
	switch {
	case s.Fault != "":
		text = i18n.T("audit.fault."+string(s.Fault)) + " " + i18n.T("audit.fault.do")
		if s.Last != nil && s.Last.Fault != "" {
			text += " " + i18n.T("audit.fault.found", checked(*s.Last, names))
		}
		return i18n.T("audit.wrong"), text, xwidget.Fault
	case s.Sound == nil:
		return i18n.T("audit.unchecked"), i18n.T("audit.unchecked.text"), xwidget.Private
	case len(s.Sound.Unreadable) > 0:
		values := checked(*s.Sound, names)
		var places []string
		for _, at := range s.Sound.Unreadable {
			places = append(places, number(at))
		}
		values["Places"] = strings.Join(places, ", ")
		return i18n.T("audit.wrong"), i18n.T("audit.unreadable.text", values), xwidget.Fault
	}
	text = i18n.T("audit.checked", checked(*s.Sound, names))
	if s.Newer() > 0 {
		text += " " + i18n.T("audit.newer", map[string]any{"N": s.Newer()})
	}
	return i18n.T("audit.whole"), text, xwidget.Public
}

func checked(c docket.AuditCheck, names map[string]string) map[string]any {
	at := c.At.Local()
	return map[string]any{"Entries": c.Entries, "Who": who(c.By, names), "Day": room.Day(at), "Time": room.Clock(at)}
}

// who is the login of a user, or what is left of them.
func who(id string, names map[string]string) string {
	if names[id] != "" {
		return names[id]
	}
	return "–"
}

// check checks the log and says what was found.
func check(h room.Host) {
	checkAgainst(h, nil)
}

// checkAgainst checks the log, and that it continues a head that was kept, if there is one.
func checkAgainst(h room.Host, kept []byte) {
	var notes [][]byte
	if kept != nil {
		notes = append(notes, kept)
	}
	var found docket.AuditCheck
	room.Working(h, i18n.T("audit.checking"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		found, err = h.Desk().CheckAudit(ctx, notes, func(done, total int) { progress(int64(done), int64(total)) })
		return err
	}, func(err error) {
		h.Refresh()
		values := map[string]any{"Entries": found.Entries}
		switch {
		case found.Fault != "":
			room.Tell(h.Window(), i18n.T("audit.wrong"), i18n.T("audit.fault."+string(found.Fault))+" "+i18n.T("audit.fault.do"))
		case err != nil:
			room.Failed(h, err)
		case len(found.Unreadable) > 0: // the room says it
		case kept != nil:
			room.Tell(h.Window(), i18n.T("audit.whole"), i18n.T("audit.continues", values))
		default:
			room.Tell(h.Window(), i18n.T("audit.whole"), i18n.T("audit.sound", values))
		}
	})
}
