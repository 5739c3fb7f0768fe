package hearing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
)

// appearance is one protected party in one case, as the form offers it.
type appearance struct {
	party protection.PartyID
	cas   protection.CaseID
	word  string
}

func appearances(names room.Register) []appearance {
	var out []appearance
	for id, p := range names.Parties {
		for _, a := range p.Appearances {
			out = append(out, appearance{id, a.Case, string(a.Pseudonym) + " · " + names.Cases[a.Case]})
		}
	}
	slices.SortFunc(out, func(a, b appearance) int { return cmp.Compare(a.word, b.word) })
	return out
}

// plan is the form for a new hearing.
type plan struct {
	who, mode                    *xwidget.Choice
	day, at, minutes             *xwidget.Input
	courtZone, witnessZone, room *xwidget.Input
	seats                        map[testimony.Role]*xwidget.Tick
}

// add asks for a new hearing. The zones of the last one planned are offered.
func add(h room.Host, names room.Register) {
	offered := appearances(names)
	words := make([]string, len(offered))
	for i, a := range offered {
		words[i] = a.word
	}
	modes := []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode}
	f := plan{who: xwidget.NewChoice(words, 0, nil), day: xwidget.NewInput(i18n.T("hint.day")), at: xwidget.NewInput(i18n.T("hint.time")), minutes: xwidget.NewInput(""),
		mode:      xwidget.NewChoice([]string{room.ModeWord(modes[0]), room.ModeWord(modes[1]), room.ModeWord(modes[2])}, 0, nil),
		courtZone: xwidget.NewInput(i18n.T("hint.zone")), witnessZone: xwidget.NewInput(i18n.T("hint.zone")), room: xwidget.NewInput(""),
		seats: map[testimony.Role]*xwidget.Tick{}}
	f.minutes.SetText("90")
	if n := len(names.Hearings); n > 0 {
		last := names.Hearings[n-1]
		f.courtZone.SetText(last.CourtZone)
		f.witnessZone.SetText(last.WitnessZone)
		f.room.SetText(last.Room)
	}
	ticks := []fyne.CanvasObject{}
	for _, r := range testimony.Roles {
		if r == testimony.RoleWitness {
			continue // sits in every hearing
		}
		f.seats[r] = xwidget.NewTick(i18n.T("role."+string(r)), r != testimony.RoleSupport && r != testimony.RoleCoordinator, nil)
		ticks = append(ticks, f.seats[r])
	}
	two := func(a, b fyne.CanvasObject) fyne.CanvasObject { return xwidget.Halves(a, b) }
	rows := xwidget.Column(10, xwidget.Field(i18n.T("hearing.witness"), f.who),
		two(xwidget.Field(i18n.T("hearing.day"), f.day), xwidget.Field(i18n.T("hearing.time"), f.at)),
		two(xwidget.Field(i18n.T("hearing.minutes"), f.minutes), xwidget.Field(i18n.T("hearing.mode"), f.mode)),
		two(xwidget.Field(i18n.T("hearing.court_zone"), f.courtZone), xwidget.Field(i18n.T("hearing.witness_zone"), f.witnessZone)),
		xwidget.Field(i18n.T("hearing.room"), f.room), xwidget.Field(i18n.T("hearing.seats"), xwidget.Wrap(6, ticks...)))
	room.Form(h, i18n.T("hearing.new"), i18n.T("action.save"), rows, f.day, func() error {
		x, err := f.read()
		if err != nil {
			return err
		}
		chosen := offered[max(f.who.SelectedIndex(), 0)]
		x.Case, x.Party, x.Mode = chosen.cas, chosen.party, modes[max(f.mode.SelectedIndex(), 0)]
		x.Participants[0].Party = chosen.party
		planned, err := h.Desk().Schedule(room.Ctx(), x)
		if err == nil {
			h.Go(room.Hearings, string(planned.ID))
		}
		return err
	})
}

// read takes what was typed. The time is on the court's clock.
func (f plan) read() (testimony.Hearing, error) {
	x := testimony.Hearing{CourtZone: strings.TrimSpace(f.courtZone.Text), WitnessZone: strings.TrimSpace(f.witnessZone.Text), Room: f.room.Text}
	court, err := time.LoadLocation(x.CourtZone)
	if err != nil || x.CourtZone == "" {
		return x, room.ErrZone
	}
	if _, err := time.LoadLocation(x.WitnessZone); err != nil || x.WitnessZone == "" {
		return x, room.ErrZone
	}
	if x.Start, err = time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(f.day.Text)+" "+strings.TrimSpace(f.at.Text), court); err != nil {
		return x, room.ErrDate
	}
	minutes, err := strconv.Atoi(strings.TrimSpace(f.minutes.Text))
	if err != nil || minutes <= 0 || minutes > int(testimony.Longest/time.Minute) {
		return x, room.ErrNumber
	}
	x.Duration = time.Duration(minutes) * time.Minute
	x.Participants = []testimony.Participant{{Role: testimony.RoleWitness}}
	for _, r := range testimony.Roles {
		if t := f.seats[r]; t != nil && t.Checked {
			x.Participants = append(x.Participants, testimony.Participant{Role: r, Label: i18n.T("role." + string(r))})
		}
	}
	return x, nil
}
