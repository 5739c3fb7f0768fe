package evidence

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/playback"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/transcript"
)

// transcriptSide is the transcript of the recording that is open, and where in it the player stands.
type transcriptSide struct {
	transcript docket.Transcript
	passages   []transcript.Passage
	subtitles  bool
	now        []int // places of the passages that are spoken now
	rows       *xwidget.Rows
}

func newTranscriptSide(t docket.Transcript) *transcriptSide {
	s := &transcriptSide{subtitles: true}
	s.take(t)
	return s
}

func (s *transcriptSide) take(t docket.Transcript) {
	s.transcript, s.passages, s.now = t, t.Passages(), nil
}

// said is what stands over the picture.
func (s *transcriptSide) said(at time.Duration) string {
	if !s.subtitles {
		return ""
	}
	var lines []string
	for _, i := range transcript.At(s.passages, at) {
		lines = append(lines, passageText(s.passages[i]))
	}
	return strings.Join(lines, "\n")
}

// moved marks what is spoken now, and brings it into view.
func (s *transcriptSide) moved(p playback.State) {
	now := transcript.At(s.passages, p.At)
	if slices.Equal(now, s.now) {
		return
	}
	s.now = now
	if s.rows == nil {
		return
	}
	s.rows.Refresh()
	if len(now) > 0 && p.Playing {
		s.rows.ScrollTo(now[0])
	}
}

func passageText(p transcript.Passage) string {
	if p.Withheld != "" {
		return "[" + i18n.T("transcript.withheld."+string(p.Withheld)) + "]"
	}
	return p.Text
}

func speakerWord(s transcript.Speaker) string {
	if s.Role == "" {
		return i18n.T("transcript.unnamed")
	}
	word := i18n.T("role." + string(s.Role))
	if s.Number > 0 {
		word += " " + strconv.Itoa(s.Number)
	}
	return word
}

// transcript lists what is said beside the picture. A recording that was not opened shows nothing of it.
func (r *Room) transcript(h room.Host, rec docket.Recording, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	if r.open == nil {
		return xwidget.WrappedSmall(i18n.T("transcript.closed"))
	}
	side := r.open.words
	act := func(word string, key fyne.KeyName, do func()) fyne.CanvasObject {
		keys[key] = do
		return xwidget.NewButton(i18n.T(word), string(key), do)
	}
	buttons := []fyne.CanvasObject{}
	if !rec.Derived() {
		buttons = append(buttons, act("transcript.type", fyne.KeyE, func() { r.typing(h, rec) }), act("transcript.import", fyne.KeyI, func() { r.importing(h, rec) }))
	}
	if !rec.Derived() && len(side.passages) > 0 {
		buttons = append(buttons, act("transcript.correct", fyne.KeyR, func() { r.correcting(h, rec) }), act("transcript.strike", fyne.KeyX, func() { r.striking(h, rec) }))
	}
	if !rec.Derived() && side.transcript.Number > 0 { // also of one of which everything was struck
		buttons = append(buttons, act("transcript.history", fyne.KeyH, func() { history(h, rec) }))
	}
	side.rows = nil
	if len(side.passages) == 0 {
		return xwidget.Column(10, xwidget.WrappedSmall(i18n.T("transcript.none")), xwidget.Wrap(6, buttons...))
	}
	word := "transcript.subtitles.off"
	if !side.subtitles {
		word = "transcript.subtitles.on"
	}
	buttons = append(buttons, act(word, fyne.KeyC, func() {
		side.subtitles = !side.subtitles
		r.open.player.Again()
		h.Refresh()
	}), act("transcript.write", fyne.KeyW, func() { writing(h, rec) }))
	rows := xwidget.NewRows([]float32{3, 8}, func() int { return len(side.passages) }, func(i int) xwidget.RowText {
		p := side.passages[i]
		at := edit.Clock(p.Start)[:8]
		if slices.Contains(side.now, i) {
			at = "▸ " + at
		}
		return xwidget.RowText{Cells: []string{at, lineText(p)}}
	}, func(i int) {
		if r.open != nil && i < len(side.passages) {
			r.open.player.Seek(side.passages[i].Start)
		}
	})
	rows.Plain = true
	side.rows = rows
	return container.NewBorder(nil, xwidget.Inset(xwidget.Wrap(6, buttons...), 0, 8), nil, nil, rows)
}

// speakers are those that a form offers.
func speakers() []transcript.Speaker {
	list := []transcript.Speaker{{Role: testimony.RoleWitness}, {Role: testimony.RoleBench}}
	for _, role := range testimony.Roles {
		if role != testimony.RoleWitness && role != testimony.RoleGallery {
			list = append(list, transcript.Speaker{Role: role})
		}
	}
	return append(list, transcript.Speaker{Role: testimony.RoleDefence, Number: 2}, transcript.Speaker{Role: testimony.RoleProsecution, Number: 2}, transcript.Speaker{})
}

// importing is the form by which a file is taken in.
func (r *Room) importing(h room.Host, rec docket.Recording) {
	d := h.Desk()
	file, tag, labels := xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewLines(i18n.T("transcript.labels.hint"), 3)
	tag.SetText(i18n.Language())
	replace := xwidget.NewTick(i18n.T("transcript.replace"), false, nil)
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("transcript.import.text")), xwidget.Field(i18n.T("record.file"), file), xwidget.Field(i18n.T("transcript.language"), tag),
		xwidget.Field(i18n.T("transcript.labels"), labels), replace)
	r.keeping(h, i18n.T("transcript.import"), fields, file, func() (func() (docket.Transcript, error), error) {
		path := strings.TrimSpace(file.Text)
		if !filepath.IsAbs(path) {
			return nil, room.ErrFile
		}
		as := transcript.Reading{Labels: transcript.Labels{}}
		var err error
		if as.Language, err = transcript.ParseLanguage(strings.TrimSpace(tag.Text)); err != nil {
			return nil, err
		}
		if err := readLabels(as.Labels, labels.Text); err != nil {
			return nil, err
		}
		replaces := replace.Checked
		return func() (docket.Transcript, error) {
			f, err := os.Open(path)
			if err != nil {
				return docket.Transcript{}, err
			}
			defer f.Close()
			text, err := io.ReadAll(io.LimitReader(f, transcript.MaxFile+1))
			if err != nil {
				return docket.Transcript{}, err
			}
			return d.ImportTranscript(room.Ctx(), rec.ID, path, text, as, replaces)
		}, nil
	})
}

// readLabels reads lines of LABEL=SPEAKER.
func readLabels(into transcript.Labels, text string) error {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := strings.LastIndex(line, "=")
		if at <= 0 {
			return transcript.ErrSpeaker
		}
		s, err := transcript.ParseSpeaker(strings.TrimSpace(line[at+1:]))
		if err != nil {
			return err
		}
		into[strings.ToLower(strings.TrimSpace(line[:at]))] = s
	}
	return nil
}

// keeping is a form that adds to the transcript of the recording that is open.
func (r *Room) keeping(h room.Host, title string, fields fyne.CanvasObject, first fyne.Focusable, read func() (func() (docket.Transcript, error), error)) *xwidget.Sheet {
	side := r.open.words
	var kept docket.Transcript
	form := room.SlowForm(h, title, i18n.T("action.save"), fields, first, func() (func() error, error) {
		keep, err := read()
		if err != nil {
			return nil, err
		}
		return func() (err error) {
			kept, err = keep()
			return err
		}, nil
	})
	form.OnClosed(func() {
		if kept.Number == 0 || r.open == nil || r.open.words != side { // nothing was kept, or the recording is closed
			return
		}
		side.take(kept)
		r.open.player.Again()
	})
	return form
}

// writing asks where a transcript is to be written.
func writing(h room.Host, rec docket.Recording) {
	to := xwidget.NewInput("")
	to.SetText(room.NewFile("transcript-" + string(rec.ID) + ".vtt"))
	public := xwidget.NewTick(i18n.T("transcript.public"), true, nil)
	room.SlowForm(h, i18n.T("transcript.write"), i18n.T("action.save"), xwidget.Column(10, xwidget.Paragraph(i18n.T("transcript.write.text")), xwidget.Field(i18n.T("record.file"), to), public), to, func() (func() error, error) {
		path, paper := strings.TrimSpace(to.Text), docket.TranscriptPaper{Public: public.Checked, Language: i18n.Policy()}
		if !filepath.IsAbs(path) {
			return nil, room.ErrFile
		}
		return func() error {
			_, err := h.Desk().WriteTranscript(room.Ctx(), rec.ID, path, paper)
			return err
		}, nil
	})
}
