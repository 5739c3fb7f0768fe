package room

import (
	"slices"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/lookup"
	"paravent/app/xwidget"
)

// findRows is how many rows of what was found are seen at once.
const findRows = 9

// Find asks for one of many words: typing narrows them, the arrows go into the list, Enter takes the first or the chosen one. Only what is seen is drawn, so there can be
// a hundred thousand. pick gets the place of the word.
func Find(h Host, title string, words []string, pick func(i int)) {
	index := lookup.New(words)
	shown := index.Find("")
	var s *xwidget.Sheet
	take := func(row int) {
		if row < len(shown) {
			s.Close()
			pick(shown[row])
		}
	}
	rows := xwidget.NewRows([]float32{1}, func() int { return len(shown) }, func(i int) xwidget.RowText { return xwidget.RowText{Cells: []string{words[shown[i]]}} }, take)
	rows.Plain = true
	typed := xwidget.NewInput(i18n.T("list.filter"))
	typed.OnChanged = func(text string) {
		shown = index.Find(text)
		slices.Sort(shown)
		rows.UnselectAll()
		rows.ScrollToTop()
		rows.Refresh()
	}
	typed.OnSubmitted = func(string) { take(0) }
	typed.OnArrow = func(int) {
		if len(shown) > 0 {
			h.Window().Canvas().Focus(rows)
		}
	}
	s = xwidget.ShowSheet(h.Window().Canvas(), title, 420, xwidget.Column(8, typed, xwidget.MinHeight(findRows*44, rows)),
		xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() }))
	h.Window().Canvas().Focus(fyne.Focusable(typed))
}
