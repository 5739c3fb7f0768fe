package room

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"paravent/app/i18n"
	"paravent/app/lookup"
	"paravent/app/xwidget"
)

// Line is one thing of a listing.
type Line struct {
	ID   string
	Text xwidget.RowText
}

// Listing is a room's first screen: its things in a list of any length, narrowed by typing.
type Listing struct {
	Title   string
	Empty   string // said where there is nothing yet, with what to do
	NewWord string // of the button for a new thing
	New     func() // nil where the user's office does not allow it
	Heads   []string
	Weights []float32 // widths of the columns, in proportion
	Lines   []Line
	Open    func(id string)
	Actions []fyne.CanvasObject // beside the title; the button for a new thing then stands below
	Keys    map[fyne.KeyName]func()
}

// Screen draws the listing.
func (l Listing) Screen() Screen {
	actions, fresh := l.Actions, []fyne.CanvasObject(nil)
	if l.New != nil {
		fresh = append(fresh, xwidget.NewPrimary(l.NewWord, "Ctrl N", l.New))
	}
	if len(actions) == 0 {
		actions, fresh = fresh, nil
	}
	if len(l.Lines) == 0 {
		return Screen{Content: xwidget.Page(l.Title, actions, container.NewVBox(container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, fresh...)...), xwidget.Empty(l.Empty))), New: l.New, Keys: l.Keys}
	}
	shown, index := l.Lines, indexed(l.Lines)
	rows := xwidget.NewRows(l.Weights, func() int { return len(shown) }, func(i int) xwidget.RowText { return shown[i].Text },
		func(i int) { l.Open(shown[i].ID) })
	filter := xwidget.NewInput(i18n.T("list.filter"))
	filter.OnChanged = func(text string) {
		shown = narrow(l.Lines, index, text)
		rows.UnselectAll()
		rows.Refresh()
	}
	filter.OnSubmitted = func(string) {
		if len(shown) > 0 {
			l.Open(shown[0].ID)
		}
	}
	filter.OnArrow = func(int) {
		if c := fyne.CurrentApp().Driver().CanvasForObject(rows); c != nil && len(shown) > 0 {
			c.Focus(rows)
		}
	}
	head := container.NewVBox(container.NewBorder(nil, nil, nil, container.NewHBox(fresh...), filter), xwidget.Gap(0, 4), xwidget.RowHeads(l.Weights, l.Heads))
	return Screen{Content: xwidget.Page(l.Title, actions, xwidget.Panel(container.NewBorder(head, nil, nil, nil, rows))), New: l.New, First: filter, Keys: l.Keys}
}

// Entries bounds what a panel shows of a long list: every entry is drawn, seen or not.
const Entries = 40

// Beyond says how many entries a panel does not show; it takes no room where it shows all.
func Beyond(n int) []fyne.CanvasObject {
	if n <= Entries {
		return nil
	}
	return []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("list.more", map[string]any{"N": n - Entries}))}
}

// indexed makes lines searchable by all that stands in them.
func indexed(lines []Line) *lookup.Index {
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = strings.Join(append(l.Text.Cells[:len(l.Text.Cells):len(l.Text.Cells)], l.Text.Chip), " ")
	}
	return lookup.New(texts)
}

// narrow keeps the lines that hold every word typed, in their order.
func narrow(lines []Line, index *lookup.Index, typed string) []Line {
	numbers := index.Find(typed)
	slices.Sort(numbers)
	found := make([]Line, len(numbers))
	for i, n := range numbers {
		found[i] = lines[n]
	}
	return found
}
