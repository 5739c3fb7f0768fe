package statistics

import (
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection/statistics"
	"paravent/testimony"
	"paravent/testimony/figures"
)

// list is every release, newest first. None of them is ever taken away: the next is audited with all of them.
func (r *Room) list(h room.Host, list []statistics.Release) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("statistics.releases.text"))}
	if !h.Desk().May(testimony.ActReleaseStatistics) {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("statistics.who_releases")))
	}
	rows = append(rows, xwidget.Line())
	if len(list) == 0 {
		rows = append(rows, xwidget.Empty(i18n.T("statistics.releases.none")))
	}
	for _, x := range list[:min(len(list), room.Entries)] {
		p := x.Published()
		rows = append(rows, xwidget.Entry(name(p), described(p), xwidget.NewButton(i18n.T("action.open"), "", func() { h.Go(room.Statistics, x.ID) }),
			xwidget.NewButton(i18n.T("statistics.export"), "", func() { export(h, p) })))
	}
	rows = append(rows, room.Beyond(len(list))...)
	return xwidget.Scroll(xwidget.Card(i18n.T("statistics.side.releases"), rows...))
}

// name is how a release is called: by its number and its table.
func name(p statistics.Published) string {
	return i18n.T("statistics.release_n", map[string]any{"N": p.Number}) + " · " + figures.FamilyWord(i18n.Language(), p.Family) + " · " + inSentence(p.Dimensions)
}

// described is when a release was made and how much of it is suppressed.
func described(p statistics.Published) string {
	at := p.Released.Local()
	return room.Day(at) + ", " + room.Clock(at) + " · " + i18n.T("statistics.threshold_is", map[string]any{"N": p.Threshold}) + " · " + suppressed(p)
}

// suppressed says how many cells are.
func suppressed(p statistics.Published) string {
	return i18n.T("statistics.suppressed", map[string]any{"N": i18n.Number(p.HiddenCells()), "Of": i18n.Number(len(p.Cells))})
}

// joined lists words.
func joined(words []string) string { return strings.Join(words, ", ") }

// released draws one release as everybody may have it.
func (r *Room) released(h room.Host, p statistics.Published) room.Screen {
	back := func() {
		r.releases = true
		h.Go(room.Statistics, "")
	}
	b := xwidget.NewButton(i18n.T("statistics.side.releases"), "Esc", back)
	b.Icon = xwidget.IconBack
	save := func() { export(h, p) }
	title := i18n.T("statistics.release_n", map[string]any{"N": p.Number})
	return room.Screen{Back: back, Keys: map[fyne.KeyName]func(){fyne.KeyE: save},
		Content: xwidget.Page(title, []fyne.CanvasObject{b, xwidget.NewPrimary(i18n.T("statistics.export"), "E", save)}, r.figures(p, name(p)+"\n"+described(p)))}
}

// The formats of an export, as their names are said and as files end in them.
var formats = []struct{ word, ending string }{{"PDF", ".pdf"}, {"CSV", ".csv"}, {"JSON", ".json"}}

// languages are the languages of an export, as their names are written in themselves.
var languages = []struct{ tag, name string }{{"en", "English"}, {"fr", "Français"}}

// export asks for a format, a language and a new file. The audit log has the export before anything is written.
func export(h room.Host, p statistics.Published) {
	to := xwidget.NewInput("")
	suggested := ""
	formatWords, chosen := []string{}, 0
	for _, f := range formats {
		formatWords = append(formatWords, f.word)
	}
	languageWords, spoken := []string{}, 0
	for i, l := range languages {
		languageWords = append(languageWords, l.name)
		if l.tag == i18n.Language() {
			spoken = i
		}
	}
	language := xwidget.NewChoice(languageWords, spoken, nil)
	format := xwidget.NewChoice(formatWords, chosen, nil)
	suggest := func() {
		ending := formats[max(format.SelectedIndex(), 0)].ending
		if to.Text == suggested {
			suggested = room.NewFile("statistics-" + strconv.Itoa(p.Number) + ending)
			to.SetText(suggested)
			return
		}
		to.SetText(strings.TrimSuffix(to.Text, filepath.Ext(to.Text)) + ending) // the place that was typed stays
	}
	suggest()
	format.OnChanged = func(string) { suggest() }
	written := ""
	s := room.SlowForm(h, i18n.T("statistics.export.title", map[string]any{"N": p.Number}), i18n.T("statistics.export.write"),
		xwidget.Column(10, xwidget.Paragraph(i18n.T("statistics.export.text")), xwidget.Halves(xwidget.Field(i18n.T("statistics.format"), format),
			xwidget.Field(i18n.T("statistics.language"), language)), xwidget.Field(i18n.T("record.file"), to)), format, func() (func() error, error) {
			path, tag, d := strings.TrimSpace(to.Text), languages[max(language.SelectedIndex(), 0)].tag, h.Desk()
			if !filepath.IsAbs(path) {
				return nil, room.ErrFile
			}
			return func() error {
				err := d.NoteStatisticsExport(room.Ctx(), p.ID)
				if err == nil {
					err = figures.Write(path, p, tag)
				}
				if err == nil {
					written = path
				}
				return err
			}, nil
		})
	s.OnClosed(func() {
		if written != "" {
			room.Tell(h.Window(), i18n.T("statistics.export"), i18n.T("statistics.exported", map[string]any{"File": written}))
		}
	})
}
