package attend

import (
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// shownSaid is how many of the newest messages the card shows.
const shownSaid = 4

// clerkCard is the text line to the clerk: what was written last, and the way to write; nil where the seat has none.
func (w *Window) clerkCard(v attend.View, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	if !testimony.Role(v.Welcome.Role).Writes() {
		return nil
	}
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(w.words.Say("clerk.text"))}
	for _, x := range v.Said[max(0, len(v.Said)-shownSaid):] {
		who := w.words.Say("clerk.you")
		if x.Clerk {
			who = w.words.Say("clerk.clerk")
		}
		rows = append(rows, xwidget.Column(0, xwidget.Small(who), xwidget.Foreign(w.said(x), x.Clerk)))
	}
	keys[fyne.KeyW] = w.write
	return xwidget.Card(w.words.Say("clerk.title"), append(rows, xwidget.Wrap(0, xwidget.NewButton(w.words.Say("clerk.title"), "W", w.write)))...)
}

// said is a message's words; a phrase in the window's language, and nothing of one that is not known.
func (w *Window) said(x join.Text) string {
	switch {
	case x.Phrase == "":
		return x.Words
	case x.Clerk:
		return w.words.Say("clerk.answer." + x.Phrase)
	}
	return w.words.Say("clerk.say." + x.Phrase)
}

// write asks for a message to the clerk.
func (w *Window) write() {
	var s *xwidget.Sheet
	send := func(words, phrase string) {
		err := w.seat.Write(words, phrase)
		s.Close()
		if err != nil {
			w.tell(err)
		}
	}
	var phrases []fyne.CanvasObject
	for _, phrase := range testimony.TextPhrases {
		phrases = append(phrases, xwidget.NewButton(w.words.Say("clerk.say."+phrase), "", func() { send("", phrase) }))
	}
	words := xwidget.NewInput("")
	typed := func() {
		if text := []rune(strings.TrimSpace(words.Text)); len(text) > 0 {
			send(string(text[:min(len(text), testimony.LongestText)]), "")
		}
	}
	words.OnSubmitted = func(string) { typed() }
	s = xwidget.ShowSheet(w.window.Canvas(), w.words.Say("clerk.title"), 460,
		xwidget.Column(10, xwidget.WrappedSmall(w.words.Say("clerk.text")+" "+w.words.Say("clerk.kept")), xwidget.Wrap(8, phrases...), xwidget.Field(w.words.Say("clerk.field"), words)),
		xwidget.NewButton(w.words.Say("leave.stay"), "Esc", func() { s.Close() }), xwidget.NewPrimary(w.words.Say("clerk.send"), "Enter", typed))
	w.window.Canvas().Focus(words)
}
