package witness

import (
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/care"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// sealedSide draws a side of the page that is for those who keep care files. Everyone else reads one sentence, and what they may know.
func sealedSide(h room.Host, p protection.PartyID, title string, draw func() (fyne.CanvasObject, []fyne.CanvasObject, error)) (fyne.CanvasObject, []fyne.CanvasObject, error) {
	words := i18n.T("care.not_yours")
	if h.Desk().May(testimony.ActKeepCare) {
		content, actions, err := draw()
		if !errors.Is(err, docket.ErrCareShut) {
			return content, actions, err
		}
		words = room.Say(err)
	}
	facts, err := factsCard(h, p)
	if err != nil {
		return nil, nil, err
	}
	return xwidget.Split(xwidget.Scroll(xwidget.Card(title, xwidget.Paragraph(words))), xwidget.Scroll(facts), 400), nil, nil
}

// picked is a choice among the terms of a list.
type picked[T ~string] struct {
	*xwidget.Choice
	terms []T
}

// pick makes a choice with a term chosen; one that is not of the list chooses none.
func pick[T ~string](prefix string, terms []T, now T) picked[T] {
	return picked[T]{xwidget.NewChoice(room.Words(prefix, terms), slices.Index(terms, now), nil), terms}
}

// term is what is chosen, or empty.
func (c picked[T]) term() T {
	if at := c.SelectedIndex(); at >= 0 {
		return c.terms[at]
	}
	return ""
}

// ticks are boxes for the terms of a list, and what of it is ticked.
func ticks[T ~string](prefix string, terms, now []T) (box fyne.CanvasObject, first fyne.Focusable, ticked func() []T) {
	var rows []fyne.CanvasObject
	boxes := make([]*xwidget.Tick, len(terms))
	for i, t := range terms {
		boxes[i] = xwidget.NewTick(i18n.T(prefix+string(t)), slices.Contains(now, t), nil)
		rows = append(rows, boxes[i])
	}
	return xwidget.Column(0, rows...), boxes[0], func() []T {
		var list []T
		for i, b := range boxes {
			if b.Checked {
				list = append(list, terms[i])
			}
		}
		return list
	}
}

// named is a field of a form under the name that a refusal gives it.
func named(field string, o fyne.CanvasObject) fyne.CanvasObject {
	return xwidget.Field(i18n.T("entry.field."+field), o)
}

// input is a line of text with something in it.
func input(text string) *xwidget.Input {
	e := xwidget.NewInput("")
	e.SetText(text)
	return e
}

// lines are several lines of text with something in them.
func lines(text string, rows int) *xwidget.Input {
	e := xwidget.NewLines("", rows)
	e.SetText(text)
	return e
}

// dateInput is a line for a date; a zero one is empty.
func dateInput(t time.Time) *xwidget.Input {
	e := xwidget.NewInput(i18n.T("date.hint"))
	if !t.IsZero() {
		e.SetText(t.Local().Format(time.DateOnly))
	}
	return e
}

// noDayOr reads a date that may be left out.
func noDayOr(text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	return day(strings.TrimSpace(text))
}

// inWordsOf is words for the terms of a list, one after another.
func inWordsOf[T ~string](prefix string, terms []T) string {
	return strings.Join(room.Words(prefix, terms), ", ")
}

// doing is a button that does something at once and tells what went wrong.
func doing(h room.Host, word string, act func() error) fyne.CanvasObject {
	return xwidget.NewButton(word, "", func() {
		err := act()
		h.Refresh()
		room.Failed(h, err)
	})
}

// beforeContact shows how the person may be contacted to who is about to do so, notes that they have looked, and goes on from there.
func beforeContact(h room.Host, p protection.PartyID, then func(care.ContactRules)) {
	v, err := h.Desk().ShowContactRules(room.Ctx(), p)
	if errors.Is(err, docket.ErrNotFound) {
		room.Tell(h.Window(), i18n.T("contact.title"), i18n.T("contact.no_rules"))
		return
	}
	if err != nil {
		room.Failed(h, err)
		return
	}
	var s *xwidget.Sheet
	no := xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() })
	yes := xwidget.NewPrimary(i18n.T("contact.read"), "", func() {
		s.Close()
		then(v.Value)
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("contact.before"), 560, contactWords(v.Value), no, yes)
	h.Window().Canvas().Focus(no)
}

// contactWords are the rules of contact in large type.
func contactWords(r care.ContactRules) fyne.CanvasObject {
	rows := []fyne.CanvasObject{}
	if len(r.Never) > 0 {
		rows = append(rows, xwidget.Note(i18n.T("contact.never", map[string]any{"Ways": inWordsOf("way.", r.Never)}), xwidget.Closed))
	}
	if len(r.Safe) > 0 {
		rows = append(rows, xwidget.WrappedLarge(i18n.T("contact.safe", map[string]any{"Ways": inWordsOf("way.", r.Safe)})))
	} else {
		rows = append(rows, xwidget.WrappedLarge(i18n.T("contact.none_safe")))
	}
	for _, x := range []struct{ key, text string }{{"through", r.Through}, {"sentence", r.Sentence}, {"answer", r.Answer}} {
		if x.text != "" {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("entry.field."+x.key)), xwidget.WrappedLarge(x.text))
		}
	}
	if r.From != "" {
		rows = append(rows, xwidget.WrappedLarge(i18n.T("contact.hours", map[string]any{"From": r.From, "Until": r.Until})))
	}
	if r.Note != "" {
		rows = append(rows, xwidget.Paragraph(r.Note))
	}
	return xwidget.Column(8, rows...)
}
