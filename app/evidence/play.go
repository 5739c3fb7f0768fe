package evidence

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/player"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/media/record"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/store/blob"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
)

// opened is a recording that plays. Its opening is in the audit log.
type opened struct {
	id     testimony.RecordingID
	reader *blob.Reader
	player *player.Player
	marks  []player.Mark
	words  *transcriptSide
}

func (o *opened) close() {
	o.player.Close()
	_ = o.reader.Close() // it was only read
}

// found is what a player needs of a recording whose opening is in the log.
type found struct {
	reader *blob.Reader
	marks  []evidence.Mark
	said   docket.Transcript
	length time.Duration
}

// read opens a recording: first the log has it, then the file is read.
func read(ctx context.Context, d *docket.Desk, rec docket.Recording) (f found, err error) {
	f.length = rec.Duration
	if _, f.reader, err = d.OpenRecording(ctx, rec.ID, docket.ForPlaying); err != nil {
		return f, err
	}
	if f.marks, err = evidence.Marks(ctx, d, rec); err != nil {
		return f, errors.Join(err, f.reader.Close())
	}
	if f.said, err = d.Transcript(ctx, rec.ID); err != nil && !errors.Is(err, docket.ErrNoTranscript) && !errors.Is(err, docket.ErrAfterReview) {
		return f, errors.Join(err, f.reader.Close())
	}
	if f.length <= 0 { // it was not closed in good order: only reading it through tells
		stats, err := record.Inspect(f.reader, f.reader.Size())
		if err != nil && stats.Duration <= 0 {
			return f, errors.Join(err, f.reader.Close())
		}
		f.length = stats.Duration
	}
	return f, nil
}

// show makes the player of a recording that was read. It runs on Fyne's goroutine; where it fails, the file is closed.
func (f found) show(rec docket.Recording, x testimony.Hearing) (*opened, error) {
	shown := playerMarks(f.marks, x)
	tone := xwidget.Clear
	if rec.Version == protection.PublicRecord {
		tone = xwidget.Public
	}
	words := newTranscriptSide(f.said)
	p, err := player.New(player.Options{Source: f.reader, Size: f.reader.Size(), Length: f.length, Name: kind(rec), Tone: tone, Marks: shown, Said: words.said, Moved: words.moved})
	if err != nil {
		return nil, errors.Join(err, f.reader.Close())
	}
	return &opened{rec.ID, f.reader, p, shown, words}, nil
}

// opening opens a recording, and then shows its first picture.
func (r *Room) opening(h room.Host, x testimony.Hearing, rec docket.Recording) {
	d := h.Desk()
	var f found
	room.Later(func() (err error) {
		f, err = read(room.Ctx(), d, rec)
		return err
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		if h.Desk() != d || !shows(h, rec.ID) { // somebody has gone elsewhere meanwhile
			_ = f.reader.Close()
			return
		}
		r.Close()
		open, err := f.show(rec, x)
		if err != nil {
			room.Failed(h, err)
			return
		}
		r.open = open
		h.Refresh()
	})
}

// shows reports whether the page of a recording is shown, whatever side it is turned to.
func shows(h room.Host, id testimony.RecordingID) bool {
	shown, _, _ := strings.Cut(h.Selected(), "/")
	return shown == string(id)
}

// playerMarks says the marks in the window's language.
func playerMarks(marks []evidence.Mark, x testimony.Hearing) []player.Mark {
	labels := map[testimony.ParticipantID]string{}
	for _, p := range x.Participants {
		labels[p.ID] = p.Label
	}
	out := make([]player.Mark, 0, len(marks))
	for _, m := range marks {
		if m.Finding != nil {
			out = append(out, player.Mark{At: m.At, Word: finding(*m.Finding), Tone: xwidget.Fault})
			continue
		}
		tone := xwidget.Neutral
		switch m.Event.Kind {
		case testimony.ModeChanged, testimony.Marked:
			tone = xwidget.Closed
		case testimony.LineLost, testimony.LineBack, testimony.Fault:
			tone = xwidget.Fault
		case testimony.OathTaken:
			tone = xwidget.Public
		}
		out = append(out, player.Mark{At: m.At, Word: room.EventWords(*m.Event, labels, time.Local), Tone: tone})
	}
	return out
}

// one draws a recording: at the left its picture once it was opened, at the right what there is to jump to and which other versions there are.
func (r *Room) one(h room.Host, names room.Register, x testimony.Hearing, s docket.RecordingState, all []docket.RecordingState) (room.Screen, error) {
	if r.open != nil && r.open.id != s.ID {
		r.Close()
	}
	r.drawn++
	mine := r.drawn
	back, step := room.Back(h, room.Evidence)
	screen := room.Screen{Back: step, Keys: map[fyne.KeyName]func(){}, Gone: func() {
		if r.drawn == mine { // it was not drawn anew: another screen is there
			r.Close()
		}
	}}
	word, tone := need(s)
	chips := []fyne.CanvasObject{xwidget.Chip(word, tone)}
	details := xwidget.NewButton(i18n.T("evidence.details"), "D", func() { r.details(h, s) })
	screen.Keys[fyne.KeyD] = details.OnTapped
	left := r.left(h, x, s, screen.Keys)
	right, err := r.right(h, names, x, s, all, screen.Keys)
	if err != nil {
		return screen, err
	}
	title := names.Pseudonym(x.Party, x.Case) + " · " + kind(s.Recording)
	screen.Content = xwidget.PageWith(title, chips, []fyne.CanvasObject{details, back}, xwidget.Split(left, right, 340))
	return screen, nil
}

// details are the sheet of the recording, or of the one that a version is of.
func (r *Room) details(h room.Host, s docket.RecordingState) {
	of := s.Recording
	if s.Derived() {
		source, err := h.Desk().Recording(room.Ctx(), s.Source)
		if err != nil {
			room.Failed(h, err)
			return
		}
		of = source
	}
	Show(h, of)
}

// left is the player, or what stands in its place until the recording is opened.
func (r *Room) left(h room.Host, x testimony.Hearing, s docket.RecordingState, keys map[fyne.KeyName]func()) fyne.CanvasObject {
	if r.open != nil {
		for k, act := range r.open.player.Keys() {
			keys[k] = act
		}
		return xwidget.Panel(r.open.player.Object())
	}
	if !s.Erased.IsZero() {
		return xwidget.Card(i18n.T("evidence.play"), xwidget.WrappedSmall(i18n.T("keeping.erased", map[string]any{"Day": room.Day(s.Erased.Local())})))
	}
	act := testimony.ActExportPublic
	if s.Version == protection.MasterRecord {
		act = testimony.ActExportMaster
	}
	if !h.Desk().May(act) {
		return xwidget.Card(i18n.T("evidence.play"), xwidget.WrappedSmall(i18n.T("evidence.play.not")))
	}
	open := func() { r.opening(h, x, s.Recording) }
	keys[fyne.KeyO] = open
	return xwidget.Card(i18n.T("evidence.play"), xwidget.Paragraph(i18n.T("evidence.play.text")), xwidget.Wrap(6, xwidget.NewPrimary(i18n.T("evidence.play.open"), "O", open)))
}

// The sides of the right column.
var sides = []struct {
	word string
	key  fyne.KeyName
}{{"evidence.side.marks", fyne.KeyM}, {"evidence.side.transcript", fyne.KeyT}, {"evidence.side.versions", fyne.KeyV}, {"evidence.side.keeping", fyne.KeyK}, {"evidence.side.copies", fyne.KeyG}}

const copiesSide = 4 // its place among the sides

func (r *Room) right(h room.Host, names room.Register, x testimony.Hearing, s docket.RecordingState, all []docket.RecordingState, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	var titles, letters []string
	turn := func(i int) {
		r.side = i
		h.Go(room.Evidence, string(s.ID)) // not to the side that was asked for before
	}
	for i, side := range sides {
		titles, letters = append(titles, i18n.T(side.word)), append(letters, string(side.key))
		keys[side.key] = func() { turn(i) }
	}
	var body fyne.CanvasObject
	var err error
	switch r.side {
	case 1:
		body = r.transcript(h, s.Recording, keys)
	case 2:
		body, err = r.versions(h, x, s, all)
	case 3:
		body, err = keeping(h, names, s.Keeping)
	case copiesSide:
		body, err = r.makings.Side(h, s.Recording, keys)
	default:
		body = r.marks()
	}
	return xwidget.Panel(container.NewBorder(xwidget.WrappedSides(titles, letters, r.side, turn), nil, nil, nil, body)), err
}

// marks lists where to jump to. A recording that was not opened shows none: when somebody spoke is of its content.
func (r *Room) marks() fyne.CanvasObject {
	if r.open == nil {
		return xwidget.WrappedSmall(i18n.T("evidence.marks.closed"))
	}
	list := r.open.marks
	if len(list) == 0 {
		return xwidget.WrappedSmall(i18n.T("evidence.marks.none"))
	}
	rows := xwidget.NewRows([]float32{3, 7}, func() int { return len(list) }, func(i int) xwidget.RowText {
		return xwidget.RowText{Cells: []string{edit.Clock(list[i].At)[:8], list[i].Word}}
	}, func(i int) {
		if r.open != nil {
			r.open.player.Seek(list[i].At)
		}
	})
	rows.Plain = true
	return rows
}

// versions lists what there is of the same hearing, and which of it each audience gets.
func (r *Room) versions(h room.Host, x testimony.Hearing, s docket.RecordingState, all []docket.RecordingState) (fyne.CanvasObject, error) {
	shares, err := evidence.Shares(room.Ctx(), h.Desk(), x, all)
	if err != nil {
		return nil, err
	}
	rows := []fyne.CanvasObject{xwidget.Strong(i18n.T("evidence.who_gets")), xwidget.WrappedSmall(i18n.T("evidence.who_gets.text"))}
	for _, share := range shares {
		word := i18n.T("evidence.gets." + string(share.Form))
		var to []fyne.CanvasObject
		if share.Version != "" && share.Version != s.ID {
			to = append(to, xwidget.NewButton(i18n.T("evidence.go"), "", func() { h.Go(room.Evidence, string(share.Version)) }))
		}
		rows = append(rows, xwidget.Entry(policy.AudienceWord(share.Audience, i18n.Policy()), word, to...))
	}
	rows = append(rows, xwidget.Line(), xwidget.Strong(i18n.T("evidence.versions")))
	siblings := slices.DeleteFunc(slices.Clone(all), func(o docket.RecordingState) bool { return o.Hearing != s.Hearing })
	slices.SortStableFunc(siblings, func(a, b docket.RecordingState) int { return cmp.Compare(a.Version, b.Version) })
	for _, o := range siblings {
		var to []fyne.CanvasObject
		if o.ID != s.ID {
			to = append(to, xwidget.NewButton(i18n.T("evidence.go"), "", func() { h.Go(room.Evidence, string(o.ID)) }))
		}
		word, _ := need(o)
		rows = append(rows, xwidget.Entry(kind(o.Recording), span(o.Duration)+" · "+word, to...))
	}
	return xwidget.Scroll(xwidget.Column(8, rows...)), nil
}
