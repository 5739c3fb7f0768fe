package room

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/store/strength"
	"paravent/testimony/docket"
)

// levels are the words and tones of [strength.Level].
var levels = []struct {
	key  string
	tone xwidget.Tone
}{{"strength.very_weak", xwidget.Fault}, {"strength.weak", xwidget.Fault}, {"strength.not_yet", xwidget.Private}, {"strength.good", xwidget.Public}, {"strength.strong", xwidget.Public}}

// Strength is the line below a new passphrase that says what is thought of it, in words, while it is typed, and offers words drawn by chance. What is typed into the
// inputs of about, as their name, counts among the surroundings. It decides nothing: the vault does.
func Strength(in *xwidget.Input, surroundings []string, about ...*xwidget.Input) fyne.CanvasObject {
	line := xwidget.Column(2)
	words := xwidget.Column(0)
	judge := func() {
		if in.Text == "" {
			line.Objects = []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("strength.none"))}
			line.Refresh()
			return
		}
		known := slices.Clone(surroundings)
		for _, a := range about {
			known = append(known, a.Text)
		}
		passphrase := []byte(in.Text)
		v := strength.Judge(passphrase, known)
		clear(passphrase)
		says := i18n.T("strength.taken")
		if !v.Enough() {
			says = i18n.T("strength.because", map[string]any{"Why": why(v)})
		}
		line.Objects = []fyne.CanvasObject{xwidget.Row(0, xwidget.Chip(i18n.T(levels[v.Level].key), levels[v.Level].tone)), xwidget.WrappedSmall(says)}
		line.Refresh()
	}
	in.OnChanged = func(string) { judge() }
	for _, a := range about {
		a.OnChanged = func(string) { judge() }
	}
	suggest := xwidget.NewButton(i18n.T("strength.suggest"), "", func() {
		drawn, err := docket.SuggestPassphrase(docket.Options{}, i18n.Language())
		if err != nil {
			drawn = Say(err)
		}
		words.Objects = []fyne.CanvasObject{xwidget.WrappedStrong(drawn), xwidget.WrappedSmall(i18n.T("strength.suggest.text"))}
		words.Refresh()
	})
	judge()
	return xwidget.Column(6, xwidget.MinHeight(44, line), xwidget.Row(0, suggest), words)
}

// why is what makes a passphrase easy to guess, the two heaviest reasons at most.
func why(v strength.Verdict) string {
	var words []string
	for _, r := range v.Reasons[:min(len(v.Reasons), 2)] {
		words = append(words, i18n.T("strength.why."+string(r)))
	}
	return strings.Join(words, i18n.T("strength.and"))
}
