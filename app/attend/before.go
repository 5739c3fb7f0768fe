package attend

import (
	"errors"
	"math"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/testimony"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
)

// middle sets a screen's content in the middle, as wide as a page of a book.
func middle(rows ...fyne.CanvasObject) fyne.CanvasObject {
	return container.NewCenter(xwidget.Width(620, xwidget.Column(12, rows...)))
}

// saying is the sentence for what went wrong with a link.
func (w *Window) saying(err error) string {
	switch {
	case errors.Is(err, invite.ErrLink):
		return w.words.Say("refused.incomplete")
	case errors.Is(err, guest.ErrCertificate):
		return i18n.T("join.certificate")
	case errors.Is(err, invite.Busy):
		return w.words.Say("lost.busy")
	}
	return i18n.T("join.unreachable")
}

// askLink asks for the link, and for the fingerprint where the court's certificate is not one that this machine trusts.
func (w *Window) askLink(err error) {
	w.shown = nil
	link, mark := xwidget.NewInput(i18n.T("join.link.hint")), xwidget.NewInput("")
	link.SetText(w.options.Link)
	mark.SetText(w.options.Fingerprint)
	go_ := func() {
		w.options.Fingerprint = mark.Text
		w.dial(strings.TrimSpace(link.Text))
	}
	link.OnSubmitted, mark.OnSubmitted = func(string) { w.window.Canvas().Focus(mark) }, func(string) { go_() }
	rows := []fyne.CanvasObject{xwidget.Heading(i18n.T("join.title")), xwidget.Paragraph(i18n.T("join.text"))}
	if err != nil {
		rows = append(rows, xwidget.Note(w.saying(err), xwidget.Fault))
	}
	rows = append(rows, xwidget.Field(i18n.T("join.link"), link), xwidget.Field(i18n.T("join.fingerprint"), mark), xwidget.WrappedSmall(i18n.T("join.fingerprint.text")),
		xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("join.do"), "", go_)))
	w.show(middle(xwidget.Panel(xwidget.Column(12, rows...))), link, nil)
}

// screen is what is shown, as far as it is drawn anew for it.
type screen struct {
	Step    string
	View    attend.View
	Watched string
	Seen    int
}

// update shows the seat as it is now.
func (w *Window) update() {
	if w.left || w.seat == nil {
		return
	}
	v := w.seat.View()
	now := screen{View: v, Watched: w.watched.Load().(string), Seen: len(w.seen)}
	now.View.State.ICE = nil // its passwords change, and nothing of it is shown
	prepares := testimony.Role(v.Welcome.Role) == testimony.RoleWitness
	switch {
	case v.Ended != "":
		now.Step = "ended"
	case prepares && !w.rights:
		now.Step, now.View = "before", attend.View{}
	case testimony.Role(v.Welcome.Role).Publishes() && !w.checked:
		now.Step, now.View = "devices", attend.View{}
	case v.State.Admitted || v.State.Phase != "" && v.State.Phase != "lobby":
		now.Step = "hearing"
		w.choose(v)
		now.Watched = w.watched.Load().(string)
	default:
		now.Step = "lobby"
	}
	if before, ok := w.shown.(screen); ok && reflect.DeepEqual(before, now) {
		return
	}
	w.shown = now
	w.meter = nil
	switch now.Step {
	case "ended":
		title := w.words.Say("ended.title")
		if strings.HasPrefix(v.Ended, "refused.") {
			title = w.words.Say("refused.title")
		}
		w.ended(v.Ended, title)
	case "before":
		w.showBefore()
	case "devices":
		w.showDevices()
	case "lobby":
		w.showLobby(v)
	default:
		w.showHearing(v)
	}
}

// showBefore says what a witness can do and should know, one question at a time.
func (w *Window) showBefore() {
	section := func(title string, keys ...string) fyne.CanvasObject {
		rows := []fyne.CanvasObject{xwidget.WrappedStrong(w.words.Say(title))}
		for _, k := range keys {
			rows = append(rows, xwidget.Paragraph("•  "+w.words.Say(k)))
		}
		return xwidget.Panel(xwidget.Column(6, rows...))
	}
	read := func() {
		w.rights = true
		w.tell(w.seat.Prepared(join.StepRights))
		w.update()
	}
	done := xwidget.NewPrimary(w.words.Say("before.read"), i18n.T("key.enter"), read)
	body := xwidget.Column(10, xwidget.Heading(w.words.Say("before.title")),
		section("before.rights.title", "before.rights.break", "before.rights.understand", "before.rights.pause", "before.rights.who", "before.rights.questions"),
		section("before.warning.title", "before.warning.place", "before.warning.record", "before.warning.later", "before.warning.limits"),
		xwidget.Panel(xwidget.Column(6, xwidget.WrappedStrong(w.words.Say("before.danger.title")), xwidget.Paragraph(i18n.T("join.danger")))),
		xwidget.Wrap(8, done, xwidget.NewButton(w.words.Say("before.explain"), "", func() { w.ask(join.AskUnderstand) })))
	w.show(xwidget.Scroll(middle(xwidget.Gap(0, 8), body, xwidget.Gap(0, 8))), done, map[fyne.KeyName]func(){fyne.KeyReturn: read})
}

// tone is a second of a quiet sound, to check the loudspeaker with.
func tone() []int16 {
	pcm := make([]int16, media.SampleRate)
	for i := range pcm {
		edge := math.Min(1, math.Min(float64(i), float64(len(pcm)-i))/4800)
		pcm[i] = int16(6000 * edge * math.Sin(2*math.Pi*440*float64(i)/media.SampleRate))
	}
	return pcm
}

// showDevices lets the guest check picture and sound before anything is sent.
func (w *Window) showDevices() {
	w.meter = xwidget.NewProgress()
	w.meter.TextFormatter = func() string { return "" }
	done := func(heard bool) func() {
		return func() {
			w.checked = true
			step := join.StepDevices
			if !heard {
				step = join.StepSilent
			}
			w.tell(w.seat.Prepared(step))
			w.update()
		}
	}
	rows := []fyne.CanvasObject{xwidget.Heading(w.words.Say("check.title"))}
	if w.own.Picture != nil {
		rows = append(rows, container.NewCenter(ownPicture(w.self, 320, 240)), xwidget.WrappedSmall(w.words.Say("lobby.self")))
	}
	if w.own.Sound != nil {
		rows = append(rows, xwidget.Paragraph(w.words.Say("check.say")), xwidget.Field(w.words.Say("lobby.meter"), w.meter))
	}
	for _, key := range w.missing {
		rows = append(rows, xwidget.Note(i18n.T(key), xwidget.Private))
	}
	var first *xwidget.Button
	keys := map[fyne.KeyName]func(){}
	if w.speaker != nil {
		play := func() { w.speaker.Play(tone()) }
		first = xwidget.NewPrimary(w.words.Say("check.yes"), "Y", done(true))
		keys[fyne.KeyT], keys[fyne.KeyY], keys[fyne.KeyN] = play, done(true), done(false)
		rows = append(rows, xwidget.Paragraph(w.words.Say("check.sound")), xwidget.Wrap(8, xwidget.NewButton(w.words.Say("check.tone"), "T", play)),
			xwidget.WrappedStrong(w.words.Say("check.heard")), xwidget.Wrap(8, first, xwidget.NewButton(w.words.Say("check.no"), "N", done(false))))
	} else {
		first = xwidget.NewPrimary(w.words.Say("check.go"), i18n.T("key.enter"), done(false))
		keys[fyne.KeyReturn] = done(false)
		rows = append(rows, xwidget.Wrap(8, first))
	}
	if keeps(w.seat) {
		rows = append(rows, w.keepCard(keys))
	}
	w.show(xwidget.Scroll(middle(xwidget.Gap(0, 8), xwidget.Panel(xwidget.Column(10, rows...)))), first, keys)
}

// showLobby is the wait for the court.
func (w *Window) showLobby(v attend.View) {
	title, text := "lobby.title", "lobby.text"
	if testimony.Role(v.Welcome.Role) == testimony.RoleWitness {
		title, text = "lobby.witness.title", "lobby.witness.text"
	}
	if v.State.Waiting {
		title, text = "lobby.waiting", "lobby.waiting.text"
	}
	rows := []fyne.CanvasObject{xwidget.Heading(w.words.Say(title)), xwidget.Paragraph(w.words.Say(text))}
	if v.Lost {
		rows = append(rows, xwidget.Note(w.words.Say("lost.retrying"), xwidget.Fault))
	}
	if w.own.Picture != nil {
		rows = append(rows, container.NewCenter(ownPicture(w.self, 320, 240)), xwidget.WrappedSmall(w.words.Say("lobby.self")))
	}
	rows = append(rows, w.checkWords(v))
	w.show(middle(xwidget.Panel(xwidget.Column(12, rows...))), nil, nil)
}

func (w *Window) checkWords(v attend.View) fyne.CanvasObject {
	return xwidget.Column(4, xwidget.Field(w.words.Say("words.title"), xwidget.WrappedLarge(strings.Join(v.Words[:], " · "))), xwidget.WrappedSmall(w.words.Say("words.text")))
}

// ended says in one sentence why it is over.
func (w *Window) ended(key, title string) {
	w.main.Clear()
	w.self.Clear()
	done := xwidget.NewPrimary(i18n.T("action.close"), i18n.T("key.enter"), w.shut)
	rows := []fyne.CanvasObject{xwidget.Heading(title), xwidget.Paragraph(w.words.Say(key))}
	if k := w.keeper.Load(); k != nil {
		rows = append(rows, xwidget.Paragraph(i18n.T("join.keeping.where", map[string]any{"Folder": k.Folder()})))
	}
	w.show(middle(xwidget.Panel(xwidget.Column(12, append(rows, xwidget.Wrap(0, done))...))), done,
		map[fyne.KeyName]func(){fyne.KeyReturn: w.shut})
}

// tell says when something could not be sent: it goes with the connection, and the seat says so itself.
func (w *Window) tell(err error) {
	if err != nil {
		room.Tell(w.window, w.words.Say("title.guest"), w.words.Say("told.failed"))
	}
}
