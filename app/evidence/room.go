package evidence

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/copies"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/exhibit"
	"paravent/testimony/stamp"
)

// Room is the room of the recordings and their versions, and of the exhibits, of all cases that the user may open. The zero Room is ready. It holds the recording that is open,
// across the drawings of its screen, and closes it when another screen takes its place.
type Room struct {
	open    *opened
	drawn   int  // counts drawings of the recording's screen
	side    int  // of the right column
	keeps   bool // beside an exhibit stands how long it is kept
	makings copies.Makings
}

// Screen draws the list, or the recording that was asked for.
func (r *Room) Screen(h room.Host) (room.Screen, error) {
	names, err := room.ReadRegister(h.Desk())
	if err != nil {
		return room.Screen{}, err
	}
	if of, is := strings.CutPrefix(h.Selected(), exhibitsOf); is {
		r.Close()
		return exhibits(h, names, protection.CaseID(of))
	}
	if id, is := strings.CutPrefix(h.Selected(), exhibitOnly); is {
		r.Close()
		return r.oneExhibit(h, names, exhibit.ID(id))
	}
	states, err := h.Desk().RecordingStates(room.Ctx())
	if err != nil {
		return room.Screen{}, err
	}
	hearings := map[testimony.HearingID]testimony.Hearing{}
	for _, x := range names.Hearings {
		hearings[x.ID] = x
	}
	if id, side, turned := strings.Cut(h.Selected(), "/"); id != "" {
		if turned && side == "copies" {
			r.side = copiesSide
		}
		for _, s := range states {
			if string(s.ID) == id {
				return r.one(h, names, hearings[s.Hearing], s, states)
			}
		}
		return room.Screen{}, docket.ErrNotFound
	}
	r.Close()
	handedIn := func() { h.Go(room.Evidence, ExhibitsID("")) }
	l := room.Listing{Title: i18n.T("room.evidence"), Empty: i18n.T("evidence.none"), Actions: []fyne.CanvasObject{xwidget.NewButton(i18n.T("exhibit.list"), "F2", handedIn)}, Keys: map[fyne.KeyName]func(){fyne.KeyF2: handedIn},
		Heads:   []string{i18n.T("witness.pseudonym"), i18n.T("evidence.kind"), i18n.T("evidence.begun"), i18n.T("evidence.length"), i18n.T("evidence.verified"), i18n.T("evidence.timestamp")},
		Weights: []float32{16, 15, 12, 6, 15, 9}, Open: func(id string) { h.Go(room.Evidence, id) }}
	receiving(h, &l)
	if h.Desk().May(testimony.ActTraceCopy) {
		trace := func() { copies.Trace(h) }
		l.Beside = append(l.Beside, xwidget.NewButton(i18n.T("copies.trace"), "F8", trace))
		if l.Keys == nil {
			l.Keys = map[fyne.KeyName]func(){}
		}
		l.Keys[fyne.KeyF8] = trace
	}
	for i := len(states) - 1; i >= 0; i-- { // the newest first
		s := states[i]
		x := hearings[s.Hearing]
		word, tone := need(s)
		l.Lines = append(l.Lines, room.Line{ID: string(s.ID), Text: xwidget.RowText{Chip: word, Tone: tone, Cells: []string{names.Pseudonym(x.Party, x.Case) + " · " + names.Cases[x.Case],
			kind(s.Recording), room.Moment(s.Started), span(s.Duration), lastCheck(s.Verified, room.ShortDay), stamped(s.Stamp, room.ShortDay)}}})
	}
	return l.Screen(), nil
}

// End closes the recording that is open, stops the copies that are being written and waits for them: the desk is closed after it.
func (r *Room) End() {
	r.Close()
	r.makings.End()
}

// Close closes the recording that is open, if one is: no picture and no key of it stays.
func (r *Room) Close() {
	if r.open != nil {
		r.open.close()
		r.open = nil
	}
}

// kind says whose version a recording is, and whether it was made of another.
func kind(r docket.Recording) string {
	word := policy.AudienceWord(r.Version, i18n.Policy())
	if r.Remote {
		word = i18n.T("evidence.remote")
	}
	if r.Derived() {
		word += " · " + i18n.T("evidence.made_by_list", map[string]any{"List": r.Edits})
	}
	return word
}

func span(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	s := int(d.Round(time.Second) / time.Second)
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// lastCheck says what the last check of a recording's file found, and when.
func lastCheck(v *docket.Verification, when func(time.Time) string) string {
	if v == nil {
		return i18n.T("evidence.never_verified")
	}
	return i18n.T("found."+string(v.Found)) + " · " + when(v.At)
}

// stamped says when an authority outside the court signed that a recording was sealed.
func stamped(s *stamp.Checked, when func(time.Time) string) string {
	switch {
	case s == nil:
		return i18n.T("evidence.unstamped")
	case s.Fault != "":
		return i18n.T("evidence.misstamped")
	}
	return when(s.At)
}

// need says what a recording needs next from somebody.
func need(s docket.RecordingState) (string, xwidget.Tone) {
	switch s.Need {
	case docket.NeedsInquiry:
		return i18n.T("evidence.need.inquiry"), xwidget.Fault
	case docket.NeedsClosing:
		return i18n.T("evidence.need.closing"), xwidget.Fault
	case docket.NeedsDecision:
		return i18n.T("evidence.need.decision", map[string]any{"N": s.Asked}), xwidget.Private
	case docket.NeedsVersion:
		return i18n.T("evidence.need.version"), xwidget.Private
	case docket.NeedsLook:
		return i18n.T("evidence.need.look", map[string]any{"N": s.Findings}), xwidget.Private
	case docket.NeedsCheck:
		return i18n.T("evidence.need.check"), xwidget.Neutral
	case docket.NeedsErasing:
		return i18n.T("evidence.need.erasing"), xwidget.Private
	case docket.NeedsClearing:
		return i18n.T("evidence.need.clearing"), xwidget.Fault
	case docket.NeedsProposal:
		return i18n.T("evidence.need.proposal"), xwidget.Private
	}
	if !s.Erased.IsZero() {
		return i18n.T("evidence.need.erased"), xwidget.Closed
	}
	if s.Derived() {
		return i18n.T("evidence.need.version_sealed"), xwidget.Public
	}
	return i18n.T("evidence.need.nothing"), xwidget.Public
}
