package attend

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/xwidget"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
)

// talkOf is what the guest is told of private talks; nothing of it counts while the line is lost or this side has stopped everything.
func talkOf(v attend.View) join.TalkState {
	if v.State.Talk == nil || v.Lost || v.Held != "" {
		return join.TalkState{}
	}
	return *v.State.Talk
}

// talking reports whether this guest talks in private now.
func talking(v attend.View) bool { return talkOf(v).With != "" }

// talkCard stands in place of every picture while this guest talks in private, and until they say that they are back; nil otherwise.
func (w *Window) talkCard(v attend.View, keys map[fyne.KeyName]func()) (fyne.CanvasObject, fyne.Focusable) {
	talk := talkOf(v)
	title, text, word, do := "talk.title", w.words.Say("talk.text", "who", w.otherOf(talk, talk.With)), "talk.end", join.TalkEnd
	switch {
	case talk.With != "":
	case talk.Over:
		title, text, word, do = "talk.over", w.words.Say("talk.over.text"), "talk.back", join.TalkBack
	default:
		return nil, nil
	}
	act := func() { w.tell(w.seat.Talk(do, "")) }
	keys[fyne.KeyT] = act
	b := xwidget.NewPrimary(w.words.Say(word), "T", act)
	return middle(xwidget.Panel(xwidget.Column(12, xwidget.Heading(w.words.Say(title)), xwidget.Paragraph(text), xwidget.Wrap(0, b)))), b
}

// talkAsks has the buttons with which a private talk is asked for, agreed to, declined or taken back; nil where nobody can be asked.
func (w *Window) talkAsks(v attend.View, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	talk := talkOf(v)
	if talk.With != "" || talk.Over || len(talk.Can) == 0 {
		return nil
	}
	var rows []fyne.CanvasObject
	for i, p := range talk.Can {
		who := w.nameOf(p)
		ask := func() { w.tell(w.seat.Talk(join.TalkAsk, p.ID)) }
		end := func() { w.tell(w.seat.Talk(join.TalkEnd, "")) }
		asks, asked := slices.Contains(talk.AskedBy, p.ID), talk.Asked == p.ID
		first, key := ask, ""
		if asked {
			first = end
		}
		if i == 0 {
			key, keys[fyne.KeyT] = "T", first
		}
		switch {
		case asked:
			rows = append(rows, xwidget.Paragraph(w.words.Say("talk.asked", "who", who)), xwidget.Wrap(8, xwidget.NewButton(w.words.Say("talk.takeback"), key, end)))
		case asks:
			rows = append(rows, xwidget.Paragraph(w.words.Say("talk.asks", "who", who)),
				xwidget.Paragraph(w.words.Say("talk.ask", "who", who)), narrow(xwidget.NewPrimary(who, key, ask)), xwidget.Wrap(8, xwidget.NewButton(w.words.Say("talk.decline"), "", end)))
		default:
			rows = append(rows, xwidget.Paragraph(w.words.Say("talk.ask", "who", who)), narrow(xwidget.NewButton(who, key, ask)))
		}
	}
	return xwidget.Card("", append([]fyne.CanvasObject{xwidget.WrappedStrong(w.words.Say("talk.label"))}, rows...)...)
}

// narrow lets a button that names somebody be as wide as the column and no wider; the sentence above has the whole name.
func narrow(b *xwidget.Button) *xwidget.Button {
	b.Wide, b.Shrinks = true, true
	return b
}

func (w *Window) otherOf(talk join.TalkState, id string) string {
	for _, p := range talk.Can {
		if p.ID == id {
			return w.nameOf(p)
		}
	}
	return ""
}
