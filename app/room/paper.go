package room

import (
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/store/kit"
)

// Paper is a recovery sheet as it is typed from paper: a line of text for each line that is printed. A scanner, or a paste, may put the whole
// into any one of them.
type Paper struct {
	lines [kit.PrintedLines]*xwidget.Input
	focus func(fyne.Focusable)
	done  func()
}

// NewPaper makes the lines. focus gives the keyboard to a line; done is called when the last one is entered, or the whole stands in one.
func NewPaper(focus func(fyne.Focusable), done func()) *Paper {
	p := &Paper{focus: focus, done: done}
	for i := range p.lines {
		in := xwidget.NewInput("")
		in.OnSubmitted = func(string) {
			if _, err := p.Sheet(); err == nil || i == len(p.lines)-1 {
				p.done()
				return
			}
			focus(p.lines[i+1])
		}
		p.lines[i] = in
	}
	return p
}

// OnDone replaces what is called when the whole was entered.
func (p *Paper) OnDone(done func()) { p.done = done }

// First is the line that is typed first.
func (p *Paper) First() fyne.Focusable { return p.lines[0] }

// Fields are the lines with their names.
func (p *Paper) Fields() fyne.CanvasObject {
	rows := xwidget.Column(8)
	for i, in := range p.lines {
		rows.Add(xwidget.Field(i18n.T("paper.line", map[string]any{"N": i + 1}), in))
	}
	return rows
}

// Sheet reads what was typed. The error is a [*kit.TypoError].
func (p *Paper) Sheet() (kit.Sheet, error) {
	var text strings.Builder
	for _, in := range p.lines {
		text.WriteString(in.Text + "\n")
	}
	return kit.Parse(text.String())
}

// Show gives the keyboard to the line in which a mistake is.
func (p *Paper) Show(err error) {
	var typo *kit.TypoError
	if errors.As(err, &typo) && typo.Group > 0 {
		p.focus(p.lines[(typo.Group-1)/kit.LineGroups])
	}
}

// Wipe forgets what was typed.
func (p *Paper) Wipe() {
	for _, in := range p.lines {
		in.Wipe()
	}
}

// sayPaper says what is wrong with a sheet, or nothing where the error is of something else.
func sayPaper(err error) string {
	var typo *kit.TypoError
	if errors.As(err, &typo) {
		if typo.Group == 0 {
			return i18n.T("error.sheet.whole")
		}
		return i18n.T("error.sheet.typo", map[string]any{"Line": (typo.Group-1)/kit.LineGroups + 1, "Group": (typo.Group-1)%kit.LineGroups + 1})
	}
	var wrong *kit.SheetError
	if !errors.As(err, &wrong) {
		return ""
	}
	for is, key := range map[error]string{kit.ErrVault: "error.sheet.vault", kit.ErrKit: "error.sheet.kit", kit.ErrFalse: "error.sheet.false", kit.ErrTwice: "error.sheet.twice"} {
		if errors.Is(wrong, is) {
			return i18n.T(key, map[string]any{"N": wrong.Sheet})
		}
	}
	return ""
}

// NumberedWords sets words to be compared in three rows of three, each with its number. Of a request that waits, the first and the last are not shown.
func NumberedWords(words []string) fyne.CanvasObject {
	const columns = 3
	var rows [][]fyne.CanvasObject
	for i, w := range words {
		if i%columns == 0 {
			rows = append(rows, nil)
		}
		cell := xwidget.Row(8, xwidget.Middle(xwidget.Small(i18n.T("words.number", map[string]any{"N": i + 1}))), xwidget.Heading(w))
		rows[i/columns] = append(rows[i/columns], cell)
	}
	return xwidget.Grid([]float32{1, 1, 1}, nil, rows...)
}
