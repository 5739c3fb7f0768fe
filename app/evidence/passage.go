package evidence

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

// passageForm is where a passage is typed: what is said, by whom, in which language, from when until when.
type passageForm struct {
	speakers               []transcript.Speaker
	who                    *xwidget.Choice
	text, tag, from, until *xwidget.Input
}

func newPassageForm() *passageForm {
	f := &passageForm{speakers: speakers(), text: xwidget.NewLines("", 3), tag: xwidget.NewInput(""), from: xwidget.NewInput(""), until: xwidget.NewInput("")}
	f.who = xwidget.NewChoice(nil, -1, nil)
	f.offer()
	return f
}

func (f *passageForm) offer() {
	f.who.Options = nil
	for _, s := range f.speakers {
		f.who.Options = append(f.who.Options, speakerWord(s))
	}
}

// show puts a passage into the form.
func (f *passageForm) show(p transcript.Passage) {
	at := slices.Index(f.speakers, p.Speaker)
	if at < 0 { // such as the third counsel
		f.speakers, at = append(f.speakers, p.Speaker), len(f.speakers)
		f.offer()
	}
	f.who.SetSelectedIndex(at)
	f.text.SetText(p.Text)
	f.tag.SetText(p.Language)
	f.from.SetText(edit.Clock(p.Start))
	f.until.SetText(edit.Clock(p.End))
}

// fields are those of the form, who speaks beside the language and the times beside each other.
func (f *passageForm) fields() []fyne.CanvasObject {
	return []fyne.CanvasObject{xwidget.Field(i18n.T("transcript.said"), f.text), xwidget.Halves(xwidget.Field(i18n.T("transcript.who"), f.who), xwidget.Field(i18n.T("transcript.language"), f.tag)),
		xwidget.Halves(xwidget.Field(i18n.T("evidence.from"), f.from), xwidget.Field(i18n.T("evidence.until"), f.until))}
}

// read takes what was typed.
func (f *passageForm) read() (p transcript.Passage, err error) {
	p = transcript.Passage{Speaker: f.speakers[max(f.who.SelectedIndex(), 0)], Text: transcript.Clean(f.text.Text)}
	if p.Start, err = edit.ParseClock(f.from.Text); err != nil {
		return p, err
	}
	if p.End, err = edit.ParseClock(f.until.Text); err != nil {
		return p, err
	}
	p.Language, err = transcript.ParseLanguage(strings.TrimSpace(f.tag.Text))
	return p, err
}

// typed is how long a passage is that somebody begins to type.
const typed = 4 * time.Second

// typing is the form of a passage at the place where the player stands; it stops there.
func (r *Room) typing(h room.Host, rec docket.Recording) {
	side, d := r.open.words, h.Desk()
	r.open.player.Pause()
	at := r.open.player.At().Truncate(time.Millisecond)
	p := transcript.Passage{Start: at, End: at + typed, Language: i18n.Language(), Speaker: speakers()[0]}
	if n := len(side.passages); n > 0 && side.passages[n-1].Withheld == "" {
		p.Language = side.passages[n-1].Language
	}
	if rec.Duration > at {
		p.End = min(p.End, rec.Duration)
	}
	f := newPassageForm()
	f.show(p)
	fields := append([]fyne.CanvasObject{xwidget.Paragraph(i18n.T("transcript.type.text"))}, f.fields()...)
	r.keeping(h, i18n.T("transcript.type"), xwidget.Column(10, fields...), f.text, func() (func() (docket.Transcript, error), error) {
		p, err := f.read()
		if err != nil {
			return nil, err
		}
		return func() (docket.Transcript, error) {
			return d.KeepTranscript(room.Ctx(), rec.ID, docket.TranscriptChange{Passages: []transcript.Passage{p}})
		}, nil
	})
}

// chosenLine is a choice among the passages that stand. Of those, the one that is spoken where the player stands is chosen, or the last before it.
func (r *Room) chosenLine(h room.Host) (*xwidget.Choice, func() docket.Line) {
	r.open.player.Pause()
	lines := r.open.words.transcript.Lines
	at, chosen := r.open.player.At(), 0
	var words []string
	for i, l := range lines {
		words = append(words, strconv.Itoa(i+1)+"  "+edit.Clock(l.Start)[:8]+"  "+short(lineText(l.Passage)))
		if l.Start <= at {
			chosen = i
		}
	}
	if now := transcript.At(r.open.words.passages, at); len(now) > 0 {
		chosen = now[0]
	}
	which := xwidget.NewChoice(words, chosen, nil)
	which.Find = func(words []string, pick func(int)) { room.Find(h, i18n.T("transcript.which"), words, pick) }
	return which, func() docket.Line { return lines[max(which.SelectedIndex(), 0)] }
}

// shortest is how many letters of a passage stand in a choice.
const shortest = 60

func short(text string) string {
	if letters := []rune(text); len(letters) > shortest {
		return string(letters[:shortest]) + "…"
	}
	return text
}

// correcting is the form by which a passage takes the place of one that stands.
func (r *Room) correcting(h room.Host, rec docket.Recording) {
	d := h.Desk()
	which, line := r.chosenLine(h)
	f, reason := newPassageForm(), xwidget.NewInput("")
	f.show(line().Passage)
	which.OnChanged = func(string) { f.show(line().Passage) }
	fields := append([]fyne.CanvasObject{xwidget.Paragraph(i18n.T("transcript.correct.text")), xwidget.Field(i18n.T("transcript.which"), which)}, f.fields()...)
	fields = append(fields, xwidget.Field(i18n.T("transcript.reason"), reason))
	r.keeping(h, i18n.T("transcript.correct"), xwidget.Column(10, fields...), f.text, func() (func() (docket.Transcript, error), error) {
		p, err := f.read()
		if err != nil {
			return nil, err
		}
		c := docket.TranscriptChange{Strikes: []string{line().Key}, Passages: []transcript.Passage{p}, Reason: reason.Text}
		return func() (docket.Transcript, error) { return d.KeepTranscript(room.Ctx(), rec.ID, c) }, nil
	})
}

// striking is the form by which a passage no longer stands.
func (r *Room) striking(h room.Host, rec docket.Recording) {
	d := h.Desk()
	which, line := r.chosenLine(h)
	reason, shown := xwidget.NewInput(""), xwidget.Wrapped(passageText(line().Passage))
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("transcript.strike.text")), xwidget.Field(i18n.T("transcript.which"), which), shown, xwidget.Field(i18n.T("transcript.reason"), reason))
	form := r.keeping(h, i18n.T("transcript.strike"), fields, reason, func() (func() (docket.Transcript, error), error) {
		c := docket.TranscriptChange{Strikes: []string{line().Key}, Reason: reason.Text}
		return func() (docket.Transcript, error) { return d.KeepTranscript(room.Ctx(), rec.ID, c) }, nil
	})
	which.OnChanged = func(string) {
		shown.SetText(passageText(line().Passage))
		form.Fit()
	}
}

// lineText is a passage in one line, with who speaks.
func lineText(p transcript.Passage) string {
	text := passageText(p)
	if p.Withheld == "" {
		text = i18n.T("transcript.line", map[string]any{"Who": speakerWord(p.Speaker), "Text": text})
	}
	return strings.ReplaceAll(text, "\n", " ")
}

// shownPassages bounds how many passages of one version the history shows: an import has thousands.
const shownPassages = 5

// history shows every version of a transcript: who did what, when and why, with what was struck.
func history(h room.Host, rec docket.Recording) {
	d := h.Desk()
	var steps []docket.TranscriptStep
	var people map[string]string
	room.Later(func() (err error) {
		if steps, err = d.TranscriptHistory(room.Ctx(), rec.ID); err != nil {
			return err
		}
		people, err = room.UserNames(d)
		return err
	}, func(err error) {
		if h.Desk() != d {
			return
		}
		if err != nil {
			room.Failed(h, err)
			return
		}
		rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("transcript.history.text"))}
		for i, s := range steps {
			if i >= room.Entries {
				rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("transcript.more", map[string]any{"N": len(steps) - i})))
				break
			}
			rows = append(append(rows, xwidget.Line()), version(s, people)...)
		}
		var sheet *xwidget.Sheet
		done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { sheet.Close() })
		sheet = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("transcript.history"), 620, xwidget.Column(8, rows...), done)
		h.Window().Canvas().Focus(done)
	})
}

func version(s docket.TranscriptStep, people map[string]string) []fyne.CanvasObject {
	at := s.At.Local()
	rows := []fyne.CanvasObject{xwidget.WrappedStrong(i18n.T("transcript.version", map[string]any{"N": s.Number, "What": i18n.T("act." + s.Act())})),
		xwidget.WrappedSmall(people[s.By] + " · " + room.Day(at) + " · " + room.Clock(at))}
	if s.Reason != "" {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("transcript.because", map[string]any{"Why": s.Reason})))
	}
	some := func(key string, list []transcript.Passage) {
		for i, p := range list {
			if i == shownPassages {
				rows = append(rows, xwidget.WrappedSmall(i18n.T("transcript.more", map[string]any{"N": len(list) - i})))
				return
			}
			rows = append(rows, xwidget.WrappedSmall(i18n.T(key, map[string]any{"At": edit.Clock(p.Start)[:8], "Text": lineText(p)})))
		}
	}
	var struck []transcript.Passage
	for _, l := range s.Struck {
		struck = append(struck, l.Passage)
	}
	some("transcript.was", struck)
	some("transcript.is", s.Passages)
	return rows
}
