package evidence

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/exhibit"
)

// What this room selects to show exhibits in place of recordings.
const (
	exhibitsOf  = "exhibits/"
	exhibitOnly = "exhibit/"
)

// ExhibitsID is what this room selects to show the exhibits of a case; of all cases where none is named.
func ExhibitsID(c protection.CaseID) string { return exhibitsOf + string(c) }

// ExhibitID is what this room selects to show one exhibit.
func ExhibitID(id exhibit.ID) string { return exhibitOnly + string(id) }

// classTones are the colours of the classes; each stands beside its word.
var classTones = map[exhibit.Class]xwidget.Tone{exhibit.Sealed: xwidget.Closed, exhibit.Confidential: xwidget.Private, exhibit.Open: xwidget.Public}

// exhibits lists what was handed in, in a case or in all.
func exhibits(h room.Host, names room.Register, of protection.CaseID) (room.Screen, error) {
	list, err := h.Desk().Exhibits(room.Ctx(), of)
	if err != nil {
		return room.Screen{}, err
	}
	title := i18n.T("exhibit.list")
	if of != "" {
		title += " · " + names.Cases[of]
	}
	back, step := room.Back(h, room.Evidence)
	l := room.Listing{Title: title, Empty: i18n.T("exhibit.none"), Actions: []fyne.CanvasObject{back},
		Heads: []string{i18n.T("exhibit.number"), i18n.T("exhibit.title"), i18n.T("exhibit.kind"), i18n.T("exhibit.received")}, Weights: []float32{3, 5, 2, 3},
		Open: func(id string) { h.Go(room.Evidence, exhibitOnly+id) }}
	if h.Desk().May(testimony.ActKeepExhibit) && len(names.Cases) > 0 {
		l.NewWord = i18n.T("exhibit.take_in")
		l.New = func() { takeIn(h, names, typedExhibit{of: of, class: exhibit.Sealed}) }
	}
	for _, e := range list {
		number := e.Number
		if of == "" {
			number += " · " + names.Cases[e.Case]
		}
		word, tone := exhibitChip(e)
		l.Lines = append(l.Lines, room.Line{ID: string(e.ID), Text: xwidget.RowText{Chip: word, Tone: tone, Cells: []string{number, e.Title, i18n.T("exhibit.kind." + string(e.Kind())), room.Moment(e.Received)}}})
	}
	screen := l.Screen()
	screen.Back = step
	return screen, nil
}

// exhibitChip says how an exhibit is kept.
func exhibitChip(e exhibit.Exhibit) (string, xwidget.Tone) {
	if !e.Erased.IsZero() {
		return i18n.T("exhibit.erased"), xwidget.Break
	}
	if !e.Withdrawn.IsZero() {
		return i18n.T("exhibit.withdrawn"), xwidget.Break
	}
	return i18n.T("exhibit.class." + string(e.Class)), classTones[e.Class]
}

// typedExhibit is what was typed of an exhibit that is to be taken in.
type typedExhibit struct {
	of                  protection.CaseID
	number, title, file string
	class               exhibit.Class
}

// takeIn asks for a file and what it is. The file is sealed with its progress to be seen; where that fails, what was typed is offered again.
func takeIn(h room.Host, names room.Register, typed typedExhibit) {
	var ids []protection.CaseID
	for id := range names.Cases {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b protection.CaseID) int { return strings.Compare(names.Cases[a], names.Cases[b]) })
	var words []string
	for _, id := range ids {
		words = append(words, names.Cases[id])
	}
	classes := slices.DeleteFunc(slices.Clone(exhibit.Classes), func(c exhibit.Class) bool { return !exhibit.MayOpen(string(h.Desk().Me().Role), c) })
	of := xwidget.NewChoice(words, max(slices.Index(ids, typed.of), 0), nil)
	class := xwidget.NewChoice(room.Words("exhibit.class.", classes), max(slices.Index(classes, typed.class), 0), nil)
	number, title, file := xwidget.NewInput(i18n.T("exhibit.number.hint")), xwidget.NewInput(i18n.T("exhibit.title.hint")), xwidget.NewInput("")
	number.SetText(typed.number)
	title.SetText(typed.title)
	file.SetText(typed.file)
	fields := xwidget.Column(10, xwidget.Paragraph(i18n.T("exhibit.take_in.text")), xwidget.Field(i18n.T("record.file"), file), xwidget.Halves(xwidget.Field(i18n.T("exhibit.case"), of), xwidget.Field(i18n.T("exhibit.number"), number)),
		xwidget.Field(i18n.T("exhibit.title"), title), xwidget.Field(i18n.T("exhibit.class"), class))
	var ready *exhibit.Exhibit
	form := room.Form(h, i18n.T("exhibit.take_in"), i18n.T("exhibit.take_in"), fields, file, func() error {
		typed = typedExhibit{of: ids[max(of.SelectedIndex(), 0)], number: strings.TrimSpace(number.Text), title: strings.TrimSpace(title.Text), file: strings.TrimSpace(file.Text),
			class: classes[max(class.SelectedIndex(), 0)]}
		if !filepath.IsAbs(typed.file) {
			return room.ErrFile
		}
		e := exhibit.Exhibit{Case: typed.of, Number: typed.number, Title: typed.title, Class: typed.class}
		if err := e.Check(); err != nil {
			return err
		}
		ready = &e
		return nil
	})
	form.OnClosed(func() {
		if ready != nil {
			receiveExhibit(h, names, typed, *ready)
		}
	})
}

func receiveExhibit(h room.Host, names room.Register, typed typedExhibit, e exhibit.Exhibit) {
	d := h.Desk()
	room.Working(h, i18n.T("exhibit.sealing"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		f, err := os.Open(typed.file)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // only read
		about, err := f.Stat()
		if err != nil {
			return err
		}
		if !about.Mode().IsRegular() {
			return room.ErrFile
		}
		e, err = d.ReceiveExhibit(ctx, e, f, about.Size(), progress)
		return err
	}, func(err error) {
		if err != nil {
			takeIn(h, names, typed)
			room.Failed(h, err)
			return
		}
		h.Go(room.Evidence, ExhibitID(e.ID))
		room.Tell(h.Window(), i18n.T("exhibit.taken_in"), i18n.T("exhibit.taken_in.text", map[string]any{"Number": e.Number}))
	})
}
