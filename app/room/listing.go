package room

import (
	"slices"
	"strings"
	"sync"

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
	// Say, where it is set, makes the text once it is needed, on any goroutine: of a hundred thousand lines a few are seen.
	Say func() xwidget.RowText
}

func (l *Line) text() xwidget.RowText {
	if l.Say != nil {
		return l.Say()
	}
	return l.Text
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
	Beside  []fyne.CanvasObject // with the button for a new thing
	Keys    map[fyne.KeyName]func()
}

// Screen draws the listing.
func (l Listing) Screen() Screen {
	actions, fresh := l.Actions, slices.Clone(l.Beside)
	if l.New != nil {
		fresh = append(fresh, xwidget.NewPrimary(l.NewWord, "Ctrl N", l.New))
	}
	if len(actions) == 0 {
		actions, fresh = fresh, nil
	}
	if len(l.Lines) == 0 {
		return Screen{Content: xwidget.Page(l.Title, actions, container.NewVBox(container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, fresh...)...), xwidget.Empty(l.Empty))), New: l.New, Keys: l.Keys}
	}
	// Nobody waits for the index before they see the list: it is made while they look at it, and by the first letter it is most often there.
	index := sync.OnceValue(func() *lookup.Index { return indexed(l.Lines) })
	go index()
	var found []int // the places of the lines that are shown
	all := true
	count := func() int {
		if all {
			return len(l.Lines)
		}
		return len(found)
	}
	line := func(i int) *Line {
		if all {
			return &l.Lines[i]
		}
		return &l.Lines[found[i]]
	}
	rows := xwidget.NewRows(l.Weights, count, func(i int) xwidget.RowText { return line(i).text() }, func(i int) { l.Open(line(i).ID) })
	filter := xwidget.NewInput(i18n.T("list.filter"))
	filter.OnChanged = func(text string) {
		if all = strings.TrimSpace(text) == ""; !all {
			found = index().Find(text)
			slices.Sort(found)
		}
		rows.UnselectAll()
		rows.Refresh()
	}
	filter.OnSubmitted = func(string) {
		if count() > 0 {
			l.Open(line(0).ID)
		}
	}
	filter.OnArrow = func(int) {
		if c := fyne.CurrentApp().Driver().CanvasForObject(rows); c != nil && count() > 0 {
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
	for i := range lines {
		text := lines[i].text()
		texts[i] = strings.Join(append(slices.Clip(text.Cells), text.Chip), " ")
	}
	return lookup.New(texts)
}
