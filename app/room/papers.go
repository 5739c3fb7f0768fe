package room

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/protection/identity"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/notice"
)

// PaperButton makes a paper; nil for a user whose office makes none of its kind.
func PaperButton(h Host, p docket.PaperFor) fyne.CanvasObject {
	act := testimony.ActMakePaper
	if p.Kind == notice.SealedRecord {
		act = testimony.ActSealedPaper
	}
	if !h.Desk().May(act) {
		return nil
	}
	return xwidget.NewButton(i18n.T("paper."+string(p.Kind)), "", func() { MakePaper(h, p) })
}

// Papers are the papers of a hearing; nil for a user whose office makes none, and of one that was cancelled. Minutes are offered where there are some.
func Papers(h Host, x testimony.Hearing, minutes bool) fyne.CanvasObject {
	if !x.Cancelled.IsZero() {
		return nil
	}
	kinds := []notice.Kind{notice.ToAccused, notice.ToPress, notice.ForWitness, notice.ReadinessList}
	if minutes { // what is wanted after the close stands first
		kinds = append([]notice.Kind{notice.PublicRecord, notice.SealedRecord}, kinds...)
	}
	var buttons []fyne.CanvasObject
	for _, k := range kinds {
		if b := PaperButton(h, docket.PaperFor{Kind: k, Hearing: x.ID}); b != nil {
			buttons = append(buttons, b)
		}
	}
	if len(buttons) == 0 {
		return nil
	}
	return xwidget.Card(i18n.T("paper.title"), xwidget.WrappedSmall(i18n.T("paper.about")), xwidget.Wrap(6, buttons...))
}

// paperLanguages are the languages of papers, as their names are written in themselves.
var paperLanguages = []struct {
	tag  policy.Language
	name string
}{{policy.English, "English"}, {policy.French, "Français"}}

// PaperLanguage is a choice among the languages of papers, the window's own chosen, and which of them is.
func PaperLanguage() (choice *xwidget.Choice, chosen func() policy.Language) {
	own, names := 0, []string{}
	for i, l := range paperLanguages {
		if l.tag == i18n.Policy() {
			own = i
		}
		names = append(names, l.name)
	}
	choice = xwidget.NewChoice(names, own, nil)
	return choice, func() policy.Language { return paperLanguages[max(choice.SelectedIndex(), 0)].tag }
}

// MakePaper asks for the language of a paper and where it is to go, and says where it was written. Nothing is opened but on demand.
func MakePaper(h Host, p docket.PaperFor) {
	language, chosen := PaperLanguage()
	p.Language = chosen()
	to := xwidget.NewInput("")
	suggested := ""
	suggest := func() {
		if name, err := h.Desk().PaperName(Ctx(), p); err == nil && to.Text == suggested { // what was typed stays
			suggested = free(Suggested(name))
			to.SetText(suggested)
		}
	}
	suggest()
	language.OnChanged = func(string) {
		p.Language = chosen()
		suggest()
	}
	replace := xwidget.NewTick(i18n.T("paper.replace"), false, nil)
	rows := []fyne.CanvasObject{xwidget.Paragraph(i18n.T("paper.text." + string(p.Kind))), xwidget.Field(i18n.T("paper.language"), language)}
	var s *xwidget.Sheet
	joined := func() (identity.RequestID, error) { return "", nil }
	if p.Kind == notice.SealedRecord {
		choice, which := joining(h, p.Hearing, func() { s.Fit() })
		if choice != nil {
			joined = which
			rows = append(rows, choice)
		}
	}
	rows = append(rows, xwidget.Field(i18n.T("record.file"), to), replace)
	written := ""
	s = SlowForm(h, i18n.T("paper."+string(p.Kind)), i18n.T("paper.write"), xwidget.Column(10, rows...), language, func() (func() error, error) {
		path, paper, over := strings.TrimSpace(to.Text), p, replace.Checked
		if !filepath.IsAbs(path) {
			return nil, ErrFile
		}
		var err error
		if paper.Disclosure, err = joined(); err != nil {
			return nil, err
		}
		return func() error {
			err := h.Desk().WritePaper(Ctx(), paper, path, over)
			if err == nil {
				written = path
				p.Disclosure = paper.Disclosure
			}
			return err
		}, nil
	})
	s.OnClosed(func() {
		if written != "" {
			tellPaper(h, written, p.Disclosure == "")
		}
	})
}

// joining offers the disclosures that can be joined to the sealed record; nil where there is none. Without a choice the identity stays locked away; with
// one the pseudonym has to be typed, so that nobody joins an identity by a key too many. grown is called when
// the form has become longer or shorter.
func joining(h Host, id testimony.HearingID, grown func()) (fyne.CanvasObject, func() (identity.RequestID, error)) {
	x, err := h.Desk().Hearing(Ctx(), id)
	if err != nil {
		return nil, nil
	}
	list, err := h.Desk().PaperDisclosures(Ctx(), x)
	if err != nil || len(list) == 0 {
		return nil, nil
	}
	words := []string{i18n.T("paper.locked")}
	for _, r := range list {
		var fields []string
		for _, f := range r.Fields {
			fields = append(fields, i18n.T("field."+string(f)))
		}
		words = append(words, i18n.T("paper.join", map[string]any{"Order": r.Order, "Fields": strings.Join(fields, ", ")}))
	}
	seat, _ := x.Witness()
	typed := xwidget.NewInput("")
	deliberate := xwidget.Column(4, xwidget.WrappedSmall(i18n.T("paper.identity.text")), xwidget.Field(i18n.T("paper.identity.type", map[string]any{"Who": seat.Label}), typed))
	deliberate.Hide()
	choice := xwidget.NewChoice(words, 0, nil)
	choice.OnChanged = func(word string) {
		if word == words[0] {
			deliberate.Hide()
		} else {
			deliberate.Show()
		}
		grown()
	}
	return xwidget.Column(4, xwidget.Field(i18n.T("paper.identity"), choice), deliberate), func() (identity.RequestID, error) {
		i := choice.SelectedIndex()
		switch {
		case i <= 0:
			return "", nil
		case strings.TrimSpace(typed.Text) != seat.Label:
			return "", ErrPseudonym
		}
		return list[i-1].ID, nil
	}
}

// tellPaper says where a paper is. One that holds an identity is not offered to a viewer, which remembers what it has shown.
func tellPaper(h Host, path string, viewer bool) {
	text := i18n.T("paper.written", map[string]any{"File": path})
	if !viewer {
		Tell(h.Window(), i18n.T("paper.title"), text+" "+i18n.T("paper.written.sealed"))
		return
	}
	var s *xwidget.Sheet
	done := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	open := xwidget.NewButton(i18n.T("paper.open"), "", func() {
		s.Close()
		Failed(h, fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}))
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("paper.title"), 480, xwidget.Paragraph(text), open, done)
	h.Window().Canvas().Focus(done)
}

// free is a path, or the first of its numbered likes that no file has.
func free(path string) string {
	if path == "" {
		return ""
	}
	stem, candidate := strings.TrimSuffix(path, filepath.Ext(path)), path
	for n := 2; n < 100; n++ {
		if _, err := os.Lstat(candidate); err != nil {
			return candidate
		}
		candidate = stem + "-" + strconv.Itoa(n) + filepath.Ext(path)
	}
	return candidate
}
