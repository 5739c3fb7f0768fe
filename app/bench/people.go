package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// seated is what one row of the participants shows.
type seated struct {
	Label, Role  string
	Presence     live.Presence
	Muted, Waits bool
	Silent       bool
	Talks, Away  bool
	Low          string
	Witness      bool
	ShowsAccused bool
	Access       string
}

// people is the side that shows who sits where and what each receives.
func (b *Bench) people(st live.State) (any, func() fyne.CanvasObject) {
	witness, _ := st.Hearing.Witness()
	var now []seated
	for _, p := range st.People {
		now = append(now, seated{p.Label, string(p.Role), p.Presence, p.Muted, p.Waits, p.Silent, p.TalksWith != "", p.Away, p.Low, p.ID == witness.ID, st.ShowsAccused, fmt.Sprint(p.Receives)})
	}
	return now, func() fyne.CanvasObject {
		var rows []fyne.CanvasObject
		b.names = map[testimony.ParticipantID]*xwidget.Button{}
		for i, p := range st.People {
			rows = append(rows, b.personRow(st, i, p, p.ID == witness.ID))
		}
		if b.host.Desk().Training() && b.company == nil && st.Session.Phase == testimony.Lobby {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("practice.text")), xwidget.Wrap(0, benchButton(i18n.T("practice.do"), "P", b.practise)))
		}
		for _, key := range b.missing {
			rows = append(rows, xwidget.WrappedSmall(i18n.T(key)))
		}
		return xwidget.Card(i18n.T("bench.people"), rows...)
	}
}

// speaks shows who speaks, which changes all the time.
func (b *Bench) speaks(st live.State) {
	for _, p := range st.People {
		if name := b.names[p.ID]; name != nil && name.Icon != nameIcon(p) {
			name.Icon = nameIcon(p)
			name.Refresh()
		}
	}
}

func nameIcon(p live.Person) xwidget.Icon {
	switch {
	case p.Muted:
		return xwidget.IconMuted
	case p.Speaking:
		return xwidget.IconSpeaks
	}
	return xwidget.NoIcon
}

// personRow is one seat: who, where they are, and what they receive of the witness right now.
func (b *Bench) personRow(st live.State, i int, p live.Person, witness bool) fyne.CanvasObject {
	name := benchButton(p.Label, fmt.Sprint(i+1), func() { b.person(p.ID) })
	name.Icon, name.Wide, name.Shrinks = nameIcon(p), true, true
	b.names[p.ID] = name
	chips := room.AccessChips(p.Receives, p.Receives.Connected)
	switch {
	case p.Silent:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("presence.silent"), xwidget.Fault)}
	case p.Presence != live.Admitted:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("presence."+string(p.Presence)), presenceTone(p.Presence))}
	case p.TalksWith != "":
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("talk.going"), xwidget.Private)}
	case p.Away:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("talk.away"), xwidget.Break)}
	case p.Waits:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("presence.waits"), xwidget.Private)}
	case witness && st.ShowsAccused:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("bench.sees_accused"), xwidget.Clear)}
	case witness:
		chips = []fyne.CanvasObject{xwidget.Chip(i18n.T("bench.sees_no_accused"), xwidget.Break)}
	}
	if p.Into != "" && p.Presence == live.Admitted {
		chips = append([]fyne.CanvasObject{xwidget.Chip(i18n.T("interpret.into.language", map[string]any{"Language": room.LanguageName(p.Into)}), xwidget.Neutral)}, chips...)
	}
	if p.Low != "" && p.Presence == live.Admitted {
		chips = append([]fyne.CanvasObject{xwidget.Chip(i18n.T("presence.low."+p.Low), xwidget.Private)}, chips...)
	}
	return container.NewBorder(nil, nil, nil, xwidget.Row(4, append([]fyne.CanvasObject{xwidget.Gap(4, 0)}, chips...)...), name)
}

func presenceTone(p live.Presence) xwidget.Tone {
	switch p {
	case live.InLobby:
		return xwidget.Private
	case live.Lost:
		return xwidget.Fault
	}
	return xwidget.Break
}

// person shows one seat: what it receives and why, the four words, the link while it is unused, and what the bench can do.
func (b *Bench) person(id testimony.ParticipantID) {
	st := b.session.State()
	p, ok := personOf(st, id)
	if !ok || xwidget.HasSheet(b.host.Window().Canvas()) {
		return
	}
	var s *xwidget.Sheet
	do := func(act func() error) func() {
		return func() {
			s.Close()
			b.act(act)
		}
	}
	witness, _ := st.Hearing.Witness()
	rows := []fyne.CanvasObject{xwidget.Row(8, xwidget.Chip(i18n.T("role."+string(p.Role)), xwidget.Neutral), xwidget.Chip(i18n.T("presence."+string(p.Presence)), presenceTone(p.Presence)))}
	if id != witness.ID {
		rows = append(rows, xwidget.WrappedSmall(p.Cell.Summary(i18n.Policy())+" ("+strings.Join(p.Cell.Reasons(i18n.Policy()), "; ")+")"))
	} else if !st.ShowsAccused {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("bench.sees_no_accused")))
	}
	if p.Words != [4]string{} {
		rows = append(rows, xwidget.Field(i18n.T("person.words"), xwidget.Strong(strings.Join(p.Words[:], " · "))), xwidget.WrappedSmall(i18n.T("person.words.text")))
	}
	if p.Lang != "" {
		rows = append(rows, xwidget.Field(i18n.T("person.language"), xwidget.Strong(room.LanguageName(p.Lang))))
	}
	if id == witness.ID && p.Presence != live.Absent {
		rows = append(rows, xwidget.Field(i18n.T("person.prepared"), xwidget.WrappedSmall(preparedWords(p))))
	}
	if p.LineTest != nil {
		rows = append(rows, xwidget.Field(i18n.T("linetest.title"), xwidget.WrappedSmall(hearing.LineTestFound(*p.LineTest))))
	}
	if other, ok := personOf(st, p.TalksWith); ok {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("talk.text", map[string]any{"A": p.Label, "B": other.Label})))
	}
	if p.Role == testimony.RoleInterpreter && p.Presence == live.Admitted {
		rows = append(rows, b.interpreting(p, st, func() { s.Close() })...)
	}
	if p.Link != "" {
		rows = append(rows, room.Link(p.Link, st.Fingerprint))
	}
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	buttons := []fyne.CanvasObject{}
	switch p.Presence {
	case live.InLobby:
		buttons = append(buttons, xwidget.NewButton(i18n.T("bench.admit"), "", do(func() error { return b.session.Admit(id) })))
	case live.Admitted:
		if p.Role == testimony.RoleWitness {
			buttons = append(buttons, b.callOrDismiss(p, func() { s.Close() }))
		}
		if p.TalksWith != "" {
			buttons = append(buttons, xwidget.NewButton(i18n.T("talk.call"), "", func() {
				s.Close()
				room.Confirm(b.host, i18n.T("talk.call"), i18n.T("talk.call.text", map[string]any{"Who": p.Label}), i18n.T("talk.call"), func() {
					b.act(func() error { return b.session.CallBack(id) })
				})
			}))
		}
		mute := i18n.T("person.mute")
		if p.Muted {
			mute = i18n.T("person.unmute")
		}
		buttons = append(buttons, xwidget.NewButton(mute, "", do(func() error { return b.session.Mute(id, !p.Muted) })))
	}
	if p.Presence != live.Absent {
		buttons = append(buttons, xwidget.NewButton(i18n.T("person.remove"), "", func() {
			s.Close()
			room.Confirm(b.host, i18n.T("person.remove"), i18n.T("person.remove.text", map[string]any{"Who": p.Label}), i18n.T("person.remove"), func() {
				b.act(func() error { return b.session.Remove(id, "") })
			})
		}))
	}
	if p.Link == "" {
		buttons = append(buttons, xwidget.NewButton(i18n.T("person.newlink"), "", func() {
			s.Close()
			room.Confirm(b.host, i18n.T("person.newlink"), i18n.T("person.newlink.text", map[string]any{"Who": p.Label}), i18n.T("person.newlink"), func() {
				b.act(func() error { return b.session.Reinvite(room.Ctx(), id) })
			})
		}))
	}
	rows = append(rows, xwidget.Wrap(8, buttons...))
	s = xwidget.ShowSheet(b.host.Window().Canvas(), p.Label, 520, xwidget.Column(10, rows...), done)
	b.host.Window().Canvas().Focus(done)
}

// callOrDismiss is the button that calls a witness who waits, or dismisses one who was called, by a second act that names its effect.
func (b *Bench) callOrDismiss(p live.Person, done func()) fyne.CanvasObject {
	who := map[string]any{"Who": p.Label}
	word, text, act := i18n.T("witness.dismiss"), i18n.T("witness.dismiss.text", who), b.session.DismissWitness
	if p.Waits {
		word, text, act = i18n.T("witness.call"), i18n.T("witness.call.text", who), b.session.CallWitness
	}
	return xwidget.NewButton(word, "", func() {
		done()
		room.Confirm(b.host, word, text, word, func() {
			b.act(func() error { return act(p.ID) })
		})
	})
}

// preparedWords says what the witness has read and checked before the hearing.
func preparedWords(p live.Person) string {
	if len(p.Prepared) == 0 {
		return i18n.T("person.prepared.none")
	}
	var done []string
	for _, step := range p.Prepared {
		done = append(done, i18n.T("prepared."+step))
	}
	return strings.Join(done, ", ")
}

// asked is what waits for the bench.
type asked struct {
	Waiting  []string
	Requests []live.Request
	Alarms   []alarming
}

// alarming is an alarm that has come so many times, last at its time.
type alarming struct {
	live.Alarm
	Times int
}

// grouped makes one alarm of those of one kind and seat, so that one that keeps coming does not push the others out of sight.
func grouped(alarms []live.Alarm) (all []alarming) {
	for _, a := range alarms {
		same := func(other alarming) bool { return other.Kind == a.Kind && other.Participant == a.Participant }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].Alarm, all[i].Times = a, all[i].Times+1
		} else {
			all = append(all, alarming{a, 1})
		}
	}
	return all
}

// showAsks shows who waits in the lobby, what guests asked for, and what is wrong. It takes no room where there is nothing.
func (b *Bench) showAsks(st live.State) {
	var now asked
	for _, p := range st.People {
		if p.Presence == live.InLobby {
			now.Waiting = append(now.Waiting, p.Label)
		}
	}
	now.Requests = otherRequests(st)
	now.Alarms = grouped(slices.DeleteFunc(slices.Clone(st.Alarms[min(b.heard, len(st.Alarms)):]), func(a live.Alarm) bool { return a.Kind == "help" }))
	if len(now.Waiting)+len(now.Requests)+len(now.Alarms) == 0 {
		b.parts.asks.box.Hide()
	} else {
		b.parts.asks.box.Show()
	}
	b.parts.asks.show(now, func() fyne.CanvasObject {
		return xwidget.Card(i18n.T("bench.needs"), b.askRows(st, now)...)
	})
}

func (b *Bench) askRows(st live.State, now asked) []fyne.CanvasObject {
	names := labels(st)
	at := func(t time.Time) string {
		if court, _, err := st.Hearing.Clocks(t); err == nil {
			t = court
		}
		return t.Format("15:04:05")
	}
	var rows []fyne.CanvasObject
	for i, a := range now.Alarms {
		when := at(a.At)
		if a.Times > 1 {
			when += fmt.Sprintf(" · %d ×", a.Times)
		}
		text := xwidget.Column(2, xwidget.Row(8, xwidget.Middle(xwidget.Glyph(xwidget.IconAlert, theme.Fault, 16)), xwidget.Text(names[a.Participant]+" "+when, theme.Fault, theme.SizeText, true)),
			xwidget.WrappedSmall(i18n.T("alarm."+a.Kind)))
		rows = append(rows, text)
		if i == len(now.Alarms)-1 {
			rows = append(rows, xwidget.Wrap(0, benchButton(i18n.T("bench.understood"), "Q", b.answerFirst)))
		}
	}
	for i, r := range now.Requests {
		key := ""
		if i == 0 && len(now.Alarms) == 0 {
			key = "Q"
		}
		rows = append(rows, container.NewBorder(nil, nil, nil, xwidget.Middle(benchButton(i18n.T("bench.done"), key, func() { b.act(func() error { return b.session.Answer(r.From, r.Kind) }) })),
			xwidget.Column(0, xwidget.Strong(names[r.From]), xwidget.WrappedSmall(i18n.T("ask."+r.Kind)+" · "+at(r.At)))))
	}
	if len(now.Waiting) > 0 {
		admit := benchButton(i18n.T("bench.admit"), "A", b.admitFirst)
		admit.Kind = xwidget.Primary
		rows = append(rows, container.NewBorder(nil, nil, nil, xwidget.Middle(admit), xwidget.Column(0, xwidget.Strong(i18n.T("bench.waiting", map[string]any{"N": len(now.Waiting)})),
			xwidget.WrappedSmall(strings.Join(now.Waiting, ", ")+". "+i18n.T("bench.waiting.text")))))
	}
	return rows
}

// otherRequests are those that do not stand under the banner.
func otherRequests(st live.State) []live.Request {
	return slices.DeleteFunc(slices.Clone(st.Requests), func(r live.Request) bool {
		p, ok := personOf(st, r.From)
		return ok && p.Role.WithWitness() && slices.Contains(Calls, r.Kind)
	})
}

// admitFirst lets the one in who stands first in the order of the seats.
func (b *Bench) admitFirst() {
	for _, p := range b.session.State().People {
		if p.Presence == live.InLobby {
			b.act(func() error { return b.session.Admit(p.ID) })
			return
		}
	}
}

// answerFirst deals with what the witness's side calls for, or else acknowledges the alarms, or else answers the oldest request.
func (b *Bench) answerFirst() {
	st := b.session.State()
	if b.answerCall(st) {
		return
	}
	if b.heard < len(st.Alarms) {
		b.heard = len(st.Alarms)
		b.update()
		return
	}
	if len(st.Requests) > 0 {
		oldest := st.Requests[0]
		b.act(func() error { return b.session.Answer(oldest.From, oldest.Kind) })
	}
}
