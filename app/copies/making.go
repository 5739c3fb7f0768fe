package copies

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony/copies"
	"paravent/testimony/docket"
	"paravent/testimony/evidence"
)

// Makings are the copies that are written while the window is used for other things. The zero Makings is ready. All but the writing runs on Fyne's goroutine.
type Makings struct {
	begun map[identity.RequestID]*making
}

// making is a copy that is being written, and then what came of it.
type making struct {
	bar  *xwidget.Progress
	stop context.CancelFunc
	done chan struct{} // closed once nothing of it is open any more
	note string        // what came of it; empty while it is written
	tone xwidget.Tone
}

func (m *Makings) of(id identity.RequestID) *making { return m.begun[id] }

// shown is how far the writing has come, or what came of it.
func (w *making) shown() []fyne.CanvasObject {
	if w.note != "" {
		return []fyne.CanvasObject{xwidget.Note(w.note, w.tone)}
	}
	return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("copies.making")), w.bar, xwidget.Wrap(6, xwidget.NewButton(i18n.T("action.stop"), "", w.stop))}
}

// ask is the form that asks where a copy is to be written.
func (m *Makings) ask(h room.Host, c copies.Copy) {
	to := xwidget.NewInput("")
	to.SetText(room.NewFile("copy-" + string(c.ID) + ".webm"))
	language, chosen := room.PaperLanguage()
	room.Form(h, i18n.T("copies.step.make"), i18n.T("copies.step.make"), xwidget.Column(10, xwidget.Paragraph(i18n.T("copies.make.text", map[string]any{"Who": recipientWord(c.To)})),
		xwidget.Field(i18n.T("record.file"), to), xwidget.Field(i18n.T("copies.language"), language)), to, func() error {
		path := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(path) {
			return room.ErrFile
		}
		m.begin(h, c, path, chosen())
		return nil
	})
}

// begin writes a copy off Fyne's goroutine.
func (m *Makings) begin(h room.Host, c copies.Copy, path string, l policy.Language) {
	d := h.Desk()
	ctx, stop := context.WithCancel(room.Ctx())
	w := &making{bar: xwidget.NewProgress(), stop: stop, done: make(chan struct{})}
	if m.begun == nil {
		m.begun = map[identity.RequestID]*making{}
	}
	m.begun[c.ID] = w
	var g evidence.Given
	room.Later(func() (err error) {
		defer close(w.done)
		g, err = evidence.MakeCopy(ctx, d, c.ID, path, l, w.bar.Set)
		return err
	}, func(err error) {
		stop()
		if m.begun[c.ID] != w { // the desk was locked meanwhile
			return
		}
		switch {
		case errors.Is(err, context.Canceled):
			delete(m.begun, c.ID)
		case err != nil:
			w.note, w.tone = room.Say(err), xwidget.Fault
		default:
			w.note, w.tone = madeWords(g, path), xwidget.Public
		}
		drawAnew(h, d, c)
	})
}

// drawAnew shows what came of a copy where it is looked at, once no sheet is in front.
func drawAnew(h room.Host, d *docket.Desk, c copies.Copy) {
	draw := func() {
		if shown, _, _ := strings.Cut(h.Selected(), "/"); h.Desk() == d && (shown == string(c.Recording) || shown == string(c.Of)) {
			h.Refresh()
		}
	}
	if over := h.Window().Canvas(); !xwidget.HasSheet(over) || !xwidget.AfterSheet(over, func() { fyne.Do(draw) }) {
		draw()
	}
}

func madeWords(g evidence.Given, path string) string {
	words := i18n.T("copies.written", map[string]any{"File": path, "Who": recipientWord(g.Copy.To), "N": g.Pictures})
	if g.Lost > 0 {
		words += " " + i18n.T("copies.lost", map[string]any{"N": g.Lost})
	}
	return words
}

// End stops what is being written, waits until nothing of it is open any more, and forgets what came of the rest: the desk is closed after it.
func (m *Makings) End() {
	for _, w := range m.begun {
		w.stop()
	}
	for _, w := range m.begun {
		<-w.done
	}
	m.begun = nil
}
