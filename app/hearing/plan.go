package hearing

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/schedule"
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

// plan is the form for a new hearing, or for one that is to be held otherwise.
type plan struct {
	who, mode                    *xwidget.Choice
	day, at, minutes             *xwidget.Input
	courtZone, witnessZone, room *xwidget.Input
	before, after, rest          *xwidget.Input
	seats                        map[testimony.Role]*xwidget.Tick   // of the roles that have one seat
	several                      map[testimony.Role]*xwidget.Choice // how many, of the others
	uses                         []choiceOf
}

// choiceOf is the choice of one kind of resource; the first word of it is none.
type choiceOf struct {
	choice *xwidget.Choice
	ids    []testimony.ResourceID
	kind   schedule.Kind
}

// modes are the session modes in the order in which they are offered.
var modes = []protection.SessionMode{protection.PublicMode, protection.PrivateMode, protection.ClosedMode}

// Add asks for a new hearing. The zones of the last one planned are offered.
func Add(h room.Host, names room.Register) {
	offered := appearances(names)
	words := make([]string, len(offered))
	for i, a := range offered {
		words[i] = a.word
	}
	docketPlan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	f := newPlan()
	f.who = xwidget.NewChoice(words, 0, nil)
	f.minutes.SetText("90")
	if n := len(names.Hearings); n > 0 {
		last := names.Hearings[n-1]
		f.courtZone.SetText(last.CourtZone)
		f.witnessZone.SetText(last.WitnessZone)
		f.room.SetText(last.Room)
	}
	var ticks, counts []fyne.CanvasObject
	for _, r := range testimony.Roles {
		if r == testimony.RoleWitness {
			continue // sits in every hearing
		}
		if r.Several() {
			f.several[r] = xwidget.NewChoice(howMany(), usually(r), nil)
			counts = append(counts, xwidget.Field(i18n.T("role."+string(r)), f.several[r]))
			continue
		}
		f.seats[r] = xwidget.NewTick(i18n.T("role."+string(r)), r != testimony.RoleSupport && r != testimony.RoleCoordinator, nil)
		ticks = append(ticks, f.seats[r])
	}
	needs := xwidget.Wrapped("")
	chosen := func() appearance { return offered[max(f.who.SelectedIndex(), 0)] }
	turn := func(string) {
		// The breaks that the witness needs are planned, unless the clerk plans others.
		f.rest.SetText(strconv.Itoa(inMinutes(docketPlan.Standing(chosen().party).Longest)))
		needs.SetText(needed(docketPlan, chosen().party))
	}
	f.who.OnChanged = turn
	f.who.Find = func(words []string, pick func(int)) { room.Find(h, i18n.T("hearing.witness"), words, pick) }
	turn("")
	read := func() (testimony.Hearing, error) {
		x, err := f.read()
		who := chosen()
		x.Case, x.Party, x.Mode = who.cas, who.party, modes[max(f.mode.SelectedIndex(), 0)]
		if len(x.Participants) > 0 {
			x.Participants[0].Party = who.party
		}
		return x, err
	}
	f.resources(h, list, nil)
	top := []fyne.CanvasObject{xwidget.Field(i18n.T("hearing.witness"), f.who), needs}
	f.ask(h, i18n.T("hearing.new"), docketPlan, top, []fyne.CanvasObject{xwidget.Field(i18n.T("hearing.seats"), xwidget.Column(8, container.NewGridWithColumns(4, counts...), xwidget.Wrap(6, ticks...)))}, read, func(x testimony.Hearing) error {
		planned, err := h.Desk().Schedule(room.Ctx(), x)
		if err == nil {
			h.Go(room.Hearings, string(planned.ID))
		}
		return err
	})
}

// Change asks how a planned hearing is to be held instead: all but its witness and its seats can change. What somebody else has changed meanwhile is not overwritten.
func Change(h room.Host, x testimony.Hearing) {
	docketPlan, err := h.Desk().Plan(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	list, err := h.Desk().Resources(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	f := newPlan()
	court, _, err := x.Clocks(x.Start)
	if err != nil {
		room.Failed(h, err)
		return
	}
	for field, text := range map[*xwidget.Input]string{f.day: court.Format(time.DateOnly), f.at: room.Clock(court), f.minutes: strconv.Itoa(inMinutes(x.Duration)), f.before: strconv.Itoa(inMinutes(x.Before)),
		f.after: strconv.Itoa(inMinutes(x.After)), f.rest: strconv.Itoa(inMinutes(x.BreakEvery)), f.courtZone: x.CourtZone, f.witnessZone: x.WitnessZone, f.room: x.Room} {
		field.SetText(text)
	}
	f.mode.SetSelectedIndex(max(slices.Index(modes, x.Mode), 0))
	kept := f.resources(h, list, x.Uses)
	read := func() (testimony.Hearing, error) {
		to, err := f.read()
		to.ID, to.Case, to.Party, to.Participants, to.Accepted = x.ID, x.Case, x.Party, x.Participants, x.Accepted
		to.Mode = modes[max(f.mode.SelectedIndex(), 0)]
		to.Uses = append(to.Uses, kept...)
		return to, err
	}
	f.ask(h, i18n.T("hearing.change"), docketPlan, []fyne.CanvasObject{xwidget.Wrapped(needed(docketPlan, x.Party))}, nil, read, func(to testimony.Hearing) error {
		_, err := h.Desk().Reschedule(room.Ctx(), x, to)
		return err
	})
}

func newPlan() *plan {
	f := &plan{rest: xwidget.NewInput(""), before: xwidget.NewInput(""), after: xwidget.NewInput(""), day: xwidget.NewInput(i18n.T("hint.day")), at: xwidget.NewInput(i18n.T("hint.time")), minutes: xwidget.NewInput(""),
		mode:      xwidget.NewChoice([]string{room.ModeWord(modes[0]), room.ModeWord(modes[1]), room.ModeWord(modes[2])}, 0, nil),
		courtZone: xwidget.NewInput(i18n.T("hint.zone")), witnessZone: xwidget.NewInput(i18n.T("hint.zone")), room: xwidget.NewInput(""),
		seats: map[testimony.Role]*xwidget.Tick{}, several: map[testimony.Role]*xwidget.Choice{}}
	f.before.SetText("0")
	f.after.SetText("0")
	return f
}

// ask shows the form. Something soft that stands against what was typed needs a reason; save is given what nothing stands against any more.
func (f *plan) ask(h room.Host, title string, docketPlan *schedule.Index, top, bottom []fyne.CanvasObject, read func() (testimony.Hearing, error), save func(testimony.Hearing) error) {
	two := func(a, b fyne.CanvasObject) fyne.CanvasObject { return xwidget.Halves(a, b) }
	why := xwidget.NewInput("")
	times := container.NewVBox()
	var sheet *xwidget.Sheet
	find := xwidget.NewButton(i18n.T("hearing.find"), "", func() {
		times.Objects = f.times(docketPlan, h.Desk().Now(), read)
		times.Refresh()
		sheet.Fit()
	})
	there := xwidget.Wrapped(f.there())
	for _, in := range []*xwidget.Input{f.day, f.at, f.courtZone, f.witnessZone} {
		in.OnChanged = func(string) {
			there.SetText(f.there())
			sheet.Fit()
		}
	}
	rows, fields := top, []fyne.CanvasObject{}
	for _, u := range f.uses {
		fields = append(fields, xwidget.Field(KindWord(u.kind), u.choice))
	}
	for len(fields) > 1 {
		rows, fields = append(rows, two(fields[0], fields[1])), fields[2:]
	}
	rows = append(append(rows, fields...), two(two(xwidget.Field(i18n.T("hearing.minutes"), f.minutes), xwidget.Field(i18n.T("hearing.before"), f.before)),
		two(xwidget.Field(i18n.T("hearing.after"), f.after), xwidget.Field(i18n.T("hearing.rest"), f.rest))), xwidget.Field(i18n.T("hearing.mode"), f.mode),
		two(xwidget.Field(i18n.T("hearing.court_zone"), f.courtZone), xwidget.Field(i18n.T("hearing.witness_zone"), f.witnessZone)),
		two(xwidget.Field(i18n.T("hearing.day"), f.day), xwidget.Field(i18n.T("hearing.time"), f.at)), there, container.NewVBox(container.NewHBox(find), times),
		two(xwidget.Field(i18n.T("hearing.room.named"), f.room), xwidget.Field(i18n.T("conflict.reason.short"), why)))
	sheet = room.Form(h, title, i18n.T("action.save"), xwidget.Column(8, append(rows, bottom...)...), f.day, func() error {
		x, err := read()
		if err != nil {
			return err
		}
		if x, err = accepting(docketPlan, x, why.Text); err != nil {
			return err
		}
		return save(x)
	})
}

// resources makes a choice for each kind of resource that the docket has, with what is taken chosen. It returns what is taken besides: a second counsel, and
// what the docket does not know any more.
func (f *plan) resources(h room.Host, list []schedule.Resource, taken []testimony.ResourceID) (besides []testimony.ResourceID) {
	besides = slices.Clone(taken)
	for _, k := range schedule.Kinds {
		words, ids, chosen := []string{i18n.T("hearing.no_resource")}, []testimony.ResourceID{""}, 0
		for _, r := range list {
			if r.Kind == k {
				words, ids = append(words, r.Name), append(ids, r.ID)
				if chosen == 0 && slices.Contains(taken, r.ID) {
					chosen = len(ids) - 1
				}
			}
		}
		if len(ids) > 1 {
			c := choiceOf{xwidget.NewChoice(words, chosen, nil), ids, k}
			c.choice.Find = func(words []string, pick func(int)) { room.Find(h, KindWord(k), words, pick) }
			f.uses = append(f.uses, c)
			besides = slices.DeleteFunc(besides, func(id testimony.ResourceID) bool { return chosen > 0 && id == ids[chosen] })
		}
	}
	return besides
}

// times are the best times for what was chosen so far; a press takes one.
func (f *plan) times(x *schedule.Index, now time.Time, read func() (testimony.Hearing, error)) []fyne.CanvasObject {
	wanted, err := read()
	if err != nil && !errors.Is(err, room.ErrDate) && !errors.Is(err, schedule.ErrNoSuchHour) { // when it is, is the question
		return []fyne.CanvasObject{xwidget.WrappedSmall(room.Say(err))}
	}
	found := x.Propose(schedule.Want{Booking: schedule.Of(wanted), Earliest: now, Latest: now.AddDate(1, 0, 0)}, proposals)
	if len(found) == 0 {
		return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("week.no_offer"))}
	}
	var buttons []fyne.CanvasObject
	for _, p := range found {
		start := p.Sittings[0].Start.In(zone(wanted))
		at := wanted
		at.Start = start
		court, there := room.Clocks(at, start)
		word := i18n.T("weekday.short."+start.Weekday().String()) + " " + shortDay(start) + " " + court + " · " + there
		buttons = append(buttons, xwidget.NewButton(word, "", func() {
			f.day.SetText(start.Format(time.DateOnly))
			f.at.SetText(room.Clock(start))
		}))
	}
	return []fyne.CanvasObject{xwidget.Wrap(6, buttons...)}
}

// howMany are the words for the number of seats of one role; the first is none.
func howMany() []string {
	words := []string{i18n.T("hearing.seats.none")}
	for n := 1; n <= testimony.MostSeats; n++ {
		words = append(words, strconv.Itoa(n))
	}
	return words
}

// usually is how many seats of a role the form offers.
func usually(r testimony.Role) int {
	switch r {
	case testimony.RoleInterpreter, testimony.RoleProsecution, testimony.RoleDefence, testimony.RoleAccused:
		return 1
	}
	return 0
}

// read takes what was typed. The time is on the court's clock.
func (f plan) read() (testimony.Hearing, error) {
	x := testimony.Hearing{CourtZone: strings.TrimSpace(f.courtZone.Text), WitnessZone: strings.TrimSpace(f.witnessZone.Text), Room: f.room.Text}
	court, err := loadZone(f.courtZone)
	if err != nil {
		return x, err
	}
	if _, err := loadZone(f.witnessZone); err != nil {
		return x, err
	}
	minutes, err := strconv.Atoi(strings.TrimSpace(f.minutes.Text))
	if err != nil || minutes <= 0 || minutes > int(testimony.Longest/time.Minute) {
		return x, room.ErrNumber
	}
	x.Duration = time.Duration(minutes) * time.Minute
	for _, slot := range []struct {
		typed *xwidget.Input
		into  *time.Duration
	}{{f.before, &x.Before}, {f.after, &x.After}, {f.rest, &x.BreakEvery}} {
		n, err := strconv.Atoi(strings.TrimSpace(slot.typed.Text))
		if err != nil || n < 0 || n > int(testimony.LongestSlot/time.Minute) {
			return x, room.ErrNumber
		}
		*slot.into = time.Duration(n) * time.Minute
	}
	for _, u := range f.uses {
		if id := u.ids[max(u.choice.SelectedIndex(), 0)]; id != "" {
			x.Uses = append(x.Uses, id)
		}
	}
	x.Participants = []testimony.Participant{{Role: testimony.RoleWitness}}
	for _, r := range testimony.Roles {
		n := 0
		if t := f.seats[r]; t != nil && t.Checked {
			n = 1
		} else if c := f.several[r]; c != nil {
			n = max(c.SelectedIndex(), 0)
		}
		for range n {
			x.Participants = append(x.Participants, testimony.Participant{Role: r, Label: i18n.T("role." + string(r))})
		}
	}
	x.Start, err = onClock(f.day, f.at, court)
	return x, err
}

// there is the day and the hour where the witness is, for what is typed so far, and how it moves when clocks are changed.
func (f plan) there() string {
	court, courtErr := loadZone(f.courtZone)
	witness, witnessErr := loadZone(f.witnessZone)
	if courtErr != nil || witnessErr != nil {
		return i18n.T("hearing.there.none")
	}
	start, err := onClock(f.day, f.at, court)
	switch {
	case errors.Is(err, schedule.ErrNoSuchHour):
		return room.Say(err)
	case err != nil:
		return i18n.T("hearing.there.none")
	}
	at := start.In(witness)
	said := i18n.T("hearing.there", map[string]any{"Place": place(witness.String()), "Day": room.Day(at), "Time": room.Clock(at)})
	return strings.TrimSpace(said + " " + shiftWords(start, court, witness))
}

// loadZone is the time zone that was typed by its name.
func loadZone(typed *xwidget.Input) (*time.Location, error) {
	name := strings.TrimSpace(typed.Text)
	if name == "" {
		return nil, room.ErrZone
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		return nil, room.ErrZone
	}
	return place, nil
}

// onClock is the moment that was typed as a day and an hour by a place's clock.
func onClock(day, at *xwidget.Input, place *time.Location) (time.Time, error) {
	moment, err := schedule.OnClock(strings.TrimSpace(day.Text)+" "+strings.TrimSpace(at.Text), place)
	if errors.Is(err, schedule.ErrMoment) {
		return moment, room.ErrDate
	}
	return moment, err
}
