package bench

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/live"
)

// lined is one seat's text line as the side shows it.
type lined struct {
	ID       testimony.ParticipantID
	Label    string
	Presence live.Presence
	Lang     string
	Line     testimony.TextLine
}

// shownTexts is how many messages of a line the side shows; the sheet shows all that are held.
const shownTexts = 6

// texts is the side with the text lines: what was written, those unread first, and to whom one can write.
func (b *Bench) texts(st live.State) (any, func() fyne.CanvasObject) {
	lines := textLines(st)
	return lines, func() fyne.CanvasObject {
		cards := []fyne.CanvasObject{}
		var silent []lined
		for i, l := range lines {
			if !l.Line.Used() {
				silent = append(silent, l)
				continue
			}
			cards = append(cards, b.textCard(st, l, i == 0))
		}
		if len(cards) == 0 {
			cards = append(cards, xwidget.Card(i18n.T("text.title"), xwidget.WrappedSmall(i18n.T("text.none"))))
		}
		if len(silent) > 0 {
			var buttons []fyne.CanvasObject
			for _, l := range silent {
				buttons = append(buttons, benchButton(l.Label, "", func() { b.writeTo(l.ID) }))
			}
			cards = append(cards, xwidget.Card(i18n.T("text.begin"), xwidget.Wrap(8, buttons...)))
		}
		return xwidget.Column(12, append(cards, xwidget.WrappedSmall(i18n.T("text.kept")))...)
	}
}

// textLines are the lines of those who are connected or have written, the unread first, then by the newest message.
func textLines(st live.State) []lined {
	var all []lined
	for _, p := range st.People {
		here := p.Presence == live.InLobby || p.Presence == live.Admitted
		if p.Role.Writes() && (here || p.Text.Used()) {
			all = append(all, lined{p.ID, p.Label, p.Presence, p.Lang, p.Text})
		}
	}
	newest := func(l lined) time.Time {
		if n := len(l.Line.Texts); n > 0 {
			return l.Line.Texts[n-1].At
		}
		return time.Time{}
	}
	slices.SortStableFunc(all, func(x, y lined) int {
		if unread := min(y.Line.Unread, 1) - min(x.Line.Unread, 1); unread != 0 {
			return unread
		}
		return newest(y).Compare(newest(x))
	})
	return all
}

// textsWait counts the messages that nobody at the bench has read.
func (b *Bench) textsWait(st live.State) (n int) {
	for _, p := range st.People {
		n += p.Text.Unread
	}
	return n
}

func (b *Bench) textCard(st live.State, l lined, first bool) fyne.CanvasObject {
	key := ""
	if first {
		key = "N"
	}
	answer := benchButton(i18n.T("text.answer"), key, func() { b.writeTo(l.ID) })
	buttons := []fyne.CanvasObject{answer}
	title := l.Label
	if l.Line.Unread > 0 {
		answer.Kind = xwidget.Primary
		title = i18n.T("bench.side.waits", map[string]any{"Side": l.Label, "N": l.Line.Unread})
		buttons = append(buttons, benchButton(i18n.T("text.read"), "", func() { b.act(func() error { return b.session.ReadText(l.ID) }) }))
	}
	rows := []fyne.CanvasObject{}
	if l.Presence != live.Admitted {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("presence."+string(l.Presence))))
	}
	rows = append(rows, textRows(st, l.Line.Texts[max(0, len(l.Line.Texts)-shownTexts):])...)
	return xwidget.Card(title, append(rows, xwidget.Wrap(8, buttons...))...)
}

// textRows shows messages: a ready-made phrase in the clerk's own language, everything else as it was typed.
func textRows(st live.State, texts []testimony.Text) (rows []fyne.CanvasObject) {
	for _, t := range texts {
		at := t.At
		if court, _, err := st.Hearing.Clocks(at); err == nil {
			at = court
		}
		words := t.Words
		switch {
		case t.Phrase != "" && t.Clerk:
			words = i18n.T("text.say." + t.Phrase)
		case t.Phrase != "":
			words = i18n.T("text.asks." + t.Phrase)
		}
		said := xwidget.Foreign(words, !t.Clerk)
		when := at.Format("15:04")
		if t.Clerk {
			when = i18n.T("text.you", map[string]any{"Time": when})
		}
		rows = append(rows, container.NewBorder(nil, nil, nil, xwidget.Text(when, theme.Ink2, theme.SizeSecondary, false), said))
	}
	return rows
}

// answerText opens the line that stands first: the one that is unread, or else the newest.
func (b *Bench) answerText() {
	if lines := textLines(b.session.State()); len(lines) > 0 && lines[0].Line.Used() {
		b.writeTo(lines[0].ID)
	}
}

// writeTo opens a seat's line: what was written, ready-made answers, and a field. What is open is read.
func (b *Bench) writeTo(id testimony.ParticipantID) {
	st := b.session.State()
	p, ok := personOf(st, id)
	if !ok {
		return
	}
	b.act(func() error { return b.session.ReadText(id) })
	rows := []fyne.CanvasObject{}
	if len(p.Text.Texts) > 0 {
		written := container.NewVScroll(xwidget.Column(4, textRows(st, p.Text.Texts)...))
		written.SetMinSize(fyne.NewSize(0, min(float32(len(p.Text.Texts))*30, 200)))
		written.ScrollToBottom()
		rows = append(rows, written, xwidget.Line())
	}
	if p.Presence == live.InLobby {
		rows = append(rows, xwidget.Note(i18n.T("text.lobby"), xwidget.Break))
	}
	words := xwidget.NewInput("")
	var sheet *xwidget.Sheet
	say := func(words, phrase string) error { return b.session.Say(id, words, phrase) }
	var phrases []fyne.CanvasObject
	for _, phrase := range testimony.ClerkPhrases {
		phrases = append(phrases, xwidget.NewButton(i18n.T("text.say."+phrase), "", func() {
			b.act(func() error { return say("", phrase) })
			sheet.Close()
		}))
	}
	rows = append(rows, xwidget.WrappedSmall(i18n.T("text.phrases", map[string]any{"Language": room.LanguageName(p.Lang)})), xwidget.Wrap(8, phrases...),
		xwidget.Field(i18n.T("text.words"), words), xwidget.WrappedSmall(i18n.T("text.typed")))
	sheet = room.Form(b.host, i18n.T("text.to", map[string]any{"Who": p.Label}), i18n.T("text.send"), xwidget.Column(10, rows...), words, func() error {
		return say(words.Text, "")
	})
}
