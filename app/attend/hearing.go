package attend

import (
	"image/color"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// choose keeps a picture on the large screen: the one that the guest chose, or else the judge's, or else the first that there is.
func (w *Window) choose(v attend.View) {
	now := w.watched.Load().(string)
	if own := ownOf(v); v.State.Trial != nil && w.seen[own] { // while it is tried, what others will see
		if now != own {
			w.watch(own)
		}
		return
	}
	if w.seen[now] && slices.ContainsFunc(v.State.People, func(p join.Person) bool { return p.ID == now }) {
		return
	}
	next := ""
	for _, p := range v.State.People {
		if w.seen[p.ID] && (next == "" || p.Role == string(testimony.RoleBench)) {
			next = p.ID
		}
	}
	if next != now {
		w.watch(next)
	}
}

func (w *Window) watch(id string) {
	w.watched.Store(id)
	w.main.Clear()
}

// banners give each banner of the page its colour and its shape.
var banners = map[string]struct {
	tone xwidget.Tone
	icon xwidget.Icon
}{
	"public": {xwidget.Public, xwidget.IconPublic}, "private": {xwidget.Private, xwidget.IconPrivate}, "closed": {xwidget.Closed, xwidget.IconClosed},
	"talk": {xwidget.Clear, xwidget.IconSpeaks}, "identity": {xwidget.Private, xwidget.IconPrivate}, "lobby": {xwidget.Break, xwidget.IconLobby},
}

func (w *Window) banner(v attend.View) fyne.CanvasObject {
	name := v.State.BannerOf()
	if v.Held != "" {
		name = "held"
	} else if talking(v) {
		name = "talk"
	}
	look, ok := banners[name]
	if !ok {
		look.tone, look.icon = xwidget.Break, xwidget.IconBreak
	}
	line := w.words.Say("banner." + name + ".line")
	if v.State.Reason != "" && (name == "private" || name == "closed" || name == "break") {
		line += " " + w.words.Say("banner.reason", "reason", strings.TrimRight(v.State.Reason, ". "))
	}
	if v.Lost {
		look.tone, look.icon, line = xwidget.Fault, xwidget.IconAlert, w.words.Say("lost.retrying")
	}
	colour, _ := look.tone.Colours()
	white := func(s string, size float32, bold bool) *canvas.Text {
		return xwidget.Text(s, theme.OnColour, size, bold)
	}
	clocks := xwidget.Column(0)
	if at, ok := timeIn(v.State.Clock.Court); ok {
		clocks.Add(white(w.words.Say("clock.court", "time", at), theme.SizeSecondary, false))
	}
	if at, ok := timeIn(v.State.Clock.Witness); ok && v.State.Clock.Witness != v.State.Clock.Court {
		clocks.Add(white(w.words.Say("clock.witness", "time", at), theme.SizeSecondary, false))
	}
	left := xwidget.Row(18, xwidget.Middle(xwidget.Glyph(look.icon, theme.OnColour, 30)),
		xwidget.Middle(xwidget.Column(0, white(w.words.Say("banner."+name), theme.SizeBanner, true), white(line, theme.SizeSecondary, false))))
	return container.NewStack(canvas.NewRectangle(theme.Colour(colour)), xwidget.Inset(container.NewBorder(nil, nil, left, xwidget.Middle(clocks)), 22, 9))
}

// timeIn is the time of day in a zone; false where there is none.
func timeIn(zone string) (string, bool) {
	at, err := time.LoadLocation(zone)
	if zone == "" || err != nil {
		return "", false
	}
	return time.Now().In(at).Format("15:04"), true
}

// pale is what is written on the ground of a picture.
var pale = color.NRGBA{R: 0xE4, G: 0xE9, B: 0xF4, A: 0xFF}

func dark(radius float32) *canvas.Rectangle {
	ground := canvas.NewRectangle(color.NRGBA{R: 0x2B, G: 0x31, B: 0x42, A: 0xFF})
	ground.CornerRadius = radius
	return ground
}

func ownPicture(s *xwidget.Screen, width, height float32) fyne.CanvasObject {
	ground := dark(8)
	ground.SetMinSize(fyne.NewSize(width, height))
	return container.NewStack(ground, s.Image)
}

// asks are the buttons of each role, as on the page, with their keys.
var askKeys = map[string]fyne.KeyName{join.AskUnderstand: fyne.KeyU, join.AskBreak: fyne.KeyB, join.AskPause: fyne.KeyP, join.AskSomeone: fyne.KeyS, join.AskHand: fyne.KeyH}

// showHearing shows what the guest sees, who receives what, and what the guest can do.
func (w *Window) showHearing(v attend.View) {
	role := testimony.Role(v.Welcome.Role)
	keys := map[fyne.KeyName]func(){}
	press := func(key fyne.KeyName, word string, act func()) *xwidget.Button {
		keys[key] = act
		return xwidget.NewButton(word, string(key), act)
	}
	var buttons []fyne.CanvasObject
	for _, kind := range []string{join.AskUnderstand, join.AskBreak, join.AskHand, join.AskPause, join.AskSomeone} {
		if !role.MayAsk(kind) || v.Held != "" && testimony.Stops(kind) {
			continue
		}
		b := press(askKeys[kind], w.words.Say("ask."+kind), func() { w.ask(kind) })
		if testimony.Stops(kind) {
			b.Kind, b.Tone = xwidget.Danger, xwidget.Closed
		}
		buttons = append(buttons, b)
	}
	if role.Publishes() {
		word := func(what string, on bool) string {
			if on {
				return w.words.Say("own." + what + ".off")
			}
			return w.words.Say("own." + what + ".on")
		}
		if w.own.Sound != nil {
			buttons = append(buttons, press(fyne.KeyM, word("microphone", v.Audio), func() { w.tell(w.seat.Switch(!w.seat.View().Audio, w.seat.View().Video)) }))
		}
		if w.own.Picture != nil {
			buttons = append(buttons, press(fyne.KeyC, word("camera", v.Video), func() { w.tell(w.seat.Switch(w.seat.View().Audio, !w.seat.View().Video)) }))
		}
	}
	if hearsOwn(v) {
		buttons = append(buttons, press(fyne.KeyV, w.words.Say("voice.hear"), func() { w.ask(join.AskVoice) }))
	}
	buttons = append(buttons, press(fyne.KeyF10, w.words.Say("leave.button"), w.askToLeave))

	var first fyne.Focusable
	stage := w.stage(v)
	if v.Held != "" {
		stage, first = w.heldCard(v, keys)
	} else if talk, end := w.talkCard(v, keys); talk != nil {
		stage, first = talk, end
	}
	column := []fyne.CanvasObject{w.receives(v), w.people(v, keys), xwidget.Panel(w.checkWords(v))}
	if clerk := w.clerkCard(v, keys); clerk != nil {
		column = slices.Insert(column, 1, clerk)
	}
	if asks := w.talkAsks(v, keys); asks != nil {
		column = append([]fyne.CanvasObject{asks}, column...)
	}
	if form := v.State.Oath; form != "" && v.Held == "" && !v.Lost {
		column = append([]fyne.CanvasObject{xwidget.Card(w.words.Say("oath.title"), xwidget.WrappedLarge(w.words.Say("oath."+form)), xwidget.WrappedSmall(w.words.Say("oath.other")))}, column...)
	}
	if trial := w.trialCard(v, keys); trial != nil {
		column = append([]fyne.CanvasObject{trial}, column...)
	}
	right := xwidget.Scroll(xwidget.Column(12, column...))
	left := container.NewBorder(nil, xwidget.Column(8, xwidget.Gap(0, 2), xwidget.Wrap(8, buttons...)), nil, nil, stage)
	w.hushed.Store(quiet(v))
	if quiet(v) { // nothing tells what this is for, until the witness can go on
		xwidget.CloseSheets(w.window.Canvas())
		only := map[fyne.KeyName]func(){}
		content, first := w.quietCard(only)
		w.window.SetTitle(w.words.Say("lobby.title"))
		w.show(content, first, only)
		return
	}
	w.window.SetTitle(i18n.T("join.window"))
	w.show(container.NewBorder(w.banner(v), nil, nil, nil, xwidget.Inset(xwidget.Split(left, right, 360), 16, 12)), first, keys)
}

// stage is the large picture, with the guest's own in its corner.
func (w *Window) stage(v attend.View) fyne.CanvasObject {
	layers := []fyne.CanvasObject{dark(theme.Radius)}
	if id := w.watched.Load().(string); id != "" && !v.Lost {
		layers = append(layers, w.main.Image)
		if i := slices.IndexFunc(v.State.People, func(p join.Person) bool { return p.ID == id }); i >= 0 {
			layers = append(layers, xwidget.Inset(container.NewBorder(container.NewBorder(nil, nil, xwidget.Chip(w.nameOf(v.State.People[i]), xwidget.Neutral), nil), nil, nil, nil), 12, 12))
		}
	} else {
		text := canvas.NewText(w.words.Say("seen.nobody"), pale)
		text.TextSize = 17
		layers = append(layers, container.NewCenter(text))
	}
	if w.own.Picture != nil {
		caption := w.words.Say("self.you")
		if !v.State.Publish.Video || !v.Video || v.Held != "" || v.Lost {
			caption += " · " + w.words.Say("self.off")
		}
		card := canvas.NewRectangle(theme.Colour(theme.Card))
		card.CornerRadius = 8
		inset := container.NewStack(card, xwidget.Inset(xwidget.Column(2, ownPicture(w.self, 180, 135), xwidget.Small(caption)), 4, 4))
		layers = append(layers, xwidget.Inset(container.NewBorder(nil, container.NewBorder(nil, nil, nil, inset), nil, nil), 12, 12))
	}
	return container.NewStack(layers...)
}

// quiet reports that somebody has come in who must not know.
func quiet(v attend.View) bool { return v.Held == join.AskSomeone && !v.Ready }

// quietCard is all that is shown then.
func (w *Window) quietCard(keys map[fyne.KeyName]func()) (fyne.CanvasObject, fyne.Focusable) {
	ready := func() { w.ask(join.AskReady) }
	keys[fyne.KeyG] = ready
	b := xwidget.NewButton(w.words.Say("held.ready"), "G", ready)
	return middle(xwidget.Panel(xwidget.Column(12, xwidget.Heading(w.words.Say("lobby.title")), xwidget.Wrap(0, b)))), b
}

// heldCard stands in place of every picture while this side has stopped its own.
func (w *Window) heldCard(v attend.View, keys map[fyne.KeyName]func()) (fyne.CanvasObject, fyne.Focusable) {
	rows := []fyne.CanvasObject{xwidget.Heading(w.words.Say("held.title")), xwidget.Paragraph(w.words.Say("held.text"))}
	if v.Lost {
		rows = append(rows, xwidget.Note(w.words.Say("held.unsent"), xwidget.Fault))
	}
	if v.Ready {
		return middle(xwidget.Panel(xwidget.Column(12, append(rows, xwidget.WrappedStrong(w.words.Say("held.wait")))...))), nil
	}
	ready := func() { w.ask(join.AskReady) }
	keys[fyne.KeyG] = ready
	b := xwidget.NewPrimary(w.words.Say("held.ready"), "G", ready)
	return middle(xwidget.Panel(xwidget.Column(12, append(rows, xwidget.Wrap(0, b))...))), b
}

// receives says who sees and hears the witness, or what this guest receives of them.
func (w *Window) receives(v attend.View) fyne.CanvasObject {
	role := testimony.Role(v.Welcome.Role)
	var rows []fyne.CanvasObject
	wrapped := func(s string) { rows = append(rows, xwidget.Paragraph(s)) }
	switch {
	case talking(v):
		wrapped(w.words.Say("banner.talk.line"))
	case v.Lost || v.Held != "" || role.Publishes() && !v.State.Publish.Audio && !v.State.Publish.Video:
		wrapped(w.words.Say("what.none"))
	case role == testimony.RoleWitness:
		for _, said := range w.words.OthersReceive(v.State.What) {
			wrapped(said)
		}
		if !v.State.AccusedShown {
			rows = append(rows, xwidget.WrappedSmall(w.words.Say("what.accused")))
		}
	default:
		wrapped(w.words.YouReceive(v.State.What[string(role)]))
		if role.Publishes() {
			wrapped(w.words.Say("what.others"))
		}
	}
	if v.State.Muted {
		rows = append(rows, xwidget.Note(w.words.Say("what.muted"), xwidget.Private))
	}
	if v.State.Restricted {
		rows = append(rows, xwidget.Note(w.words.Say("banner.restricted"), xwidget.Private))
	}
	if kept := keeping(v); kept != nil {
		rows = append(rows, kept)
	}
	return xwidget.Card(i18n.T("join.receives"), rows...)
}

// people lets the guest choose whose picture is large.
func (w *Window) people(v attend.View, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	n := 0
	for _, p := range v.State.People {
		if !w.seen[p.ID] {
			rows = append(rows, xwidget.Wrapped(w.nameOf(p)))
			continue
		}
		n++
		look := func() {
			w.watch(p.ID)
			w.update()
		}
		b := xwidget.NewButton(w.nameOf(p), strconv.Itoa(n), look)
		b.Wide, b.Shrinks, b.Selected = true, true, w.watched.Load() == p.ID
		if n < 10 {
			keys[fyne.KeyName(strconv.Itoa(n))] = look
		}
		rows = append(rows, b)
	}
	if len(rows) == 0 {
		rows = append(rows, xwidget.WrappedSmall(w.words.Say("seen.nobody")))
	}
	return xwidget.Card(w.words.Say("seen.title"), rows...)
}

func (w *Window) nameOf(p join.Person) string {
	if name := w.words.Say("role." + p.Role); name != "" && (p.Role == string(testimony.RoleBench) || p.Role == ownRole || p.Label == "") {
		return name
	}
	return p.Label
}

// ask presses one of the buttons. A stop takes effect here whether or not the court can be told.
func (w *Window) ask(kind string) {
	if kind == join.AskSomeone {
		w.hushed.Store(true)
	}
	if err := w.seat.Ask(kind); err != nil && !testimony.Stops(kind) {
		w.tell(err)
	}
}
