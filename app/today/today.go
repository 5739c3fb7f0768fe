// Package today is the first screen: the hearings that are near, and what needs somebody.
package today

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/copies"
	"paravent/app/evidence"
	hearingroom "paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// New draws the day.
func New(h room.Host) (room.Screen, error) {
	now := h.Desk().Now()
	items, err := h.Desk().Today(room.Ctx(), now)
	if err != nil {
		return room.Screen{}, err
	}
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	desk, err := thisDesk(h, names)
	if err != nil {
		return room.Screen{}, err
	}
	screen := room.Screen{Keys: map[fyne.KeyName]func(){}}
	left := xwidget.Scroll(xwidget.Card(i18n.T("today.hearings"), near(h, names, screen.Keys)...))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("today.needs"), needs(h, names, items)...), desk))
	screen.Content = xwidget.Page(i18n.T("today.title", map[string]any{"Day": room.Day(now)}), nil, xwidget.Split(left, right, 392))
	return screen, nil
}

// near shows the hearings that are not over and begin soon. B opens the bench of the first one.
func near(h room.Host, names room.Register, keys map[fyne.KeyName]func()) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	now := h.Desk().Now()
	for _, x := range names.Hearings {
		if !x.Planned() || x.Start.Add(x.Duration).Before(now) || x.Start.After(now.Add(docket.Soon)) {
			continue
		}
		key := ""
		if len(rows) == 0 && h.Desk().May(testimony.ActHoldHearing) {
			key = "B"
			keys[fyne.KeyB] = func() { h.OpenCourtroom(x.ID) }
		}
		rows = append(rows, hearing(h, names, x, key))
	}
	if len(rows) == 0 {
		return []fyne.CanvasObject{xwidget.Empty(i18n.T("today.no_hearings"))}
	}
	return rows
}

func hearing(h room.Host, names room.Register, x testimony.Hearing, key string) fyne.CanvasObject {
	from, there := room.Clocks(x, x.Start)
	to, _ := room.Clocks(x, x.Start.Add(x.Duration))
	court, _, _ := x.Clocks(x.Start) // planned hearings have known time zones
	head := container.NewBorder(nil, nil,
		xwidget.Row(10, xwidget.Middle(xwidget.Heading(from+" – "+to)), xwidget.Gap(0, 0)), room.ModeChip(x.Mode),
		xwidget.Middle(xwidget.WrappedSmall(room.Day(court)+" · "+names.Cases[x.Case]+" · "+x.Room)))
	who := xwidget.Row(10, xwidget.Middle(xwidget.Strong(names.Pseudonym(x.Party, x.Case))), xwidget.Middle(xwidget.Small(there)))
	var buttons []fyne.CanvasObject
	if h.Desk().May(testimony.ActHoldHearing) {
		open := xwidget.NewButton(i18n.T("hearing.open"), key, func() { h.OpenCourtroom(x.ID) })
		if key != "" {
			open.Kind = xwidget.Primary
		}
		buttons = append(buttons, open)
	}
	buttons = append(buttons, xwidget.NewButton(i18n.T("today.protection"), "", func() { h.Go(room.Witnesses, string(x.Party)+"/"+string(x.Case)+"/measures") }),
		xwidget.NewButton(i18n.T("today.hearing"), "", func() { h.Go(room.Hearings, string(x.ID)) }))
	rows := []fyne.CanvasObject{head, who}
	if m, err := h.Desk().Matrix(room.Ctx(), x.Case, x.Party, x.Mode, x.Start); err == nil {
		rows = append(rows, protections(m.Cell(protection.Gallery).Access, m.Cell(protection.Accused).Access, m.ShowsAccused))
	}
	return xwidget.Panel(xwidget.Column(8, append(rows, xwidget.Wrap(10, buttons...))...))
}

// protections says what the order makes of the three relations that matter most on the day.
func protections(gallery, accused protection.Access, showsAccused bool) fyne.CanvasObject {
	line := func(word string, chips ...fyne.CanvasObject) []fyne.CanvasObject {
		return []fyne.CanvasObject{xwidget.WrappedSmall(word), xwidget.Wrap(4, chips...)}
	}
	shown := xwidget.Chip(i18n.T("today.accused_shown"), xwidget.Clear)
	if !showsAccused {
		shown = xwidget.Chip(i18n.T("today.accused_hidden"), xwidget.Break)
	}
	return xwidget.Grid([]float32{3, 4}, []string{i18n.T("today.ordered"), ""},
		line(i18n.T("today.gallery_gets"), room.AccessChips(gallery, gallery.Connected)...),
		line(i18n.T("today.accused_gets"), room.AccessChips(accused, accused.Connected)...),
		line(i18n.T("today.witness_sees"), shown))
}

func needs(h room.Host, names room.Register, items []docket.Item) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	n := 0
	for _, i := range items {
		if i.Kind == docket.HearingNow || i.Kind == docket.HearingSoon {
			continue // they stand at the left
		}
		if n++; n > room.Entries {
			continue
		}
		to, id := room.Witnesses, string(i.Party)+"/"+string(i.Case)
		words := room.ItemWords(i)
		detail := names.Pseudonym(i.Party, i.Case) + " · " + names.Cases[i.Case] + "\n"
		switch i.Kind {
		case docket.RecordingErasure, docket.RecordingUncleared, docket.RecordingDue, docket.RecordingUnstamped:
			to, id = room.Evidence, string(i.Recording)
		case docket.CopyAsked:
			to, id = room.Approvals, copies.PageID(i.Request)
		case docket.CopyOpen, docket.CopyOverdue:
			to, id = room.Evidence, copies.SideID(i.Recording)
		case docket.NotReady:
			to, id = room.Hearings, hearingroom.BoardID(i.Hearing)
		case docket.RemindersDue:
			to, id = room.Hearings, hearingroom.RemindersID
		case docket.AnswerOverdue:
			to, id = room.Hearings, hearingroom.RequestID(i.Asked)
		case docket.HearingUnclosed, docket.NoPermission:
			to, id = room.Hearings, string(i.Hearing)
		case docket.NoOrder, docket.OrderExpired, docket.OrderContested, docket.OrderInterim, docket.OrderUndecided, docket.OrdersContradict, docket.NonPunishment:
			id += "/measures"
		case docket.ConsentWithdrawn, docket.ReflectionEnds:
			id += "/status"
		case docket.RiskReview:
			id += "/risk"
		case docket.WarningNotGiven, docket.PreparationOpen:
			id += "/preparation"
		case docket.IncidentOpen, docket.CompanionBarred, docket.PlanReview, docket.PlanTeamEnds:
			id += "/protection"
		case docket.FollowUpDue:
			id += "/return"
		case docket.IdentityNotTaken, docket.ErasureAsked, docket.ErasureOpen, docket.CareToErase:
			id += "/identity"
		case docket.DisclosureAsked, docket.DisclosureOpen, docket.DisclosureReview:
			to, id = room.Approvals, string(i.Request)
		case docket.OpeningAsked:
			to, id, detail = room.Approvals, string(i.Request), names.Cases[i.Case]+"\n"
		case docket.OpeningGranted, docket.ExhibitErasure, docket.ExhibitUncleared, docket.ExhibitDue:
			to, id, detail = room.Evidence, evidence.ExhibitID(i.Exhibit), names.Cases[i.Case]+"\n"
		case docket.FailedTries:
			to, id, detail = room.Settings, "", ""
		case docket.MeasureWaits:
			to, id, detail = room.Settings, "measures", ""
		case docket.NoCase:
			to, id, detail = room.Cases, "", ""
		case docket.BackupFailed, docket.BackupDue, docket.AnchorFailed:
			to, id, detail = room.Backups, "", ""
		case docket.NoCollege, docket.RecoveryReview, docket.ApplicantWaits, docket.KitWaits, docket.NoKit, docket.KitStale:
			to, id, detail = room.People, "", ""
		}
		rows = append(rows, xwidget.Entry(i18n.T("need."+string(i.Kind), words), detail+i18n.T("need."+string(i.Kind)+".do", words),
			xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(to, id) })))
	}
	if len(rows) == 0 {
		return []fyne.CanvasObject{xwidget.Empty(i18n.T("today.nothing"))}
	}
	return append(rows, room.Beyond(n)...)
}

func thisDesk(h room.Host, names room.Register) (fyne.CanvasObject, error) {
	_, head, err := h.Desk().Status(room.Ctx())
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{
		xwidget.WrappedSmall(i18n.T("today.counts", map[string]any{"Cases": len(names.Cases), "Parties": len(names.Parties)})),
		xwidget.WrappedSmall(i18n.T("today.audit", map[string]any{"Head": fmt.Sprintf("%x", head.Root[:4]), "Size": head.Size}))}
	if h.Desk().Training() {
		rows = append(rows, xwidget.Note(i18n.T("today.training"), xwidget.Private))
	}
	return xwidget.Card(i18n.T("today.desk"), rows...), nil
}
