package xwidget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// Sheet is a question or a form over the screen. Escape steps back from it; Enter in a line of text does what the sheet is for.
type Sheet struct {
	popup   *widget.PopUp
	fit     func() // takes the height that the content needs now; nil for a sheet of a fixed size
	canvas  fyne.Canvas
	back    fyne.Focusable // what had the focus before
	onEsc   func()
	keys    map[fyne.KeyName]func()
	onClose []func()
}

// sheets are those that are shown, the topmost last. They belong to Fyne's goroutine.
var sheets []*Sheet

// ShowSheet shows a sheet: a title, content that scrolls where it is taller than the window, and buttons at the lower right.
func ShowSheet(c fyne.Canvas, title string, width float32, content fyne.CanvasObject, buttons ...fyne.CanvasObject) *Sheet {
	s := &Sheet{canvas: c, back: c.Focused()}
	content = Inset(content, RingRoom, RingRoom)
	if len(buttons) > 0 {
		content = container.NewBorder(nil, nil, nil, Gap(10, 0), content) // the bar of a scroll stands beside the inputs
	}
	body := container.NewVScroll(content)
	tallest := c.Size().Height - 220
	body.SetMinSize(fyne.NewSize(width, 10))
	var foot fyne.CanvasObject
	if len(buttons) > 0 {
		foot = Column(0, Gap(0, 12), container.NewBorder(nil, nil, nil, Row(10, buttons...)))
	}
	s.popup = widget.NewModalPopUp(container.NewStack(NewFloor(), Inset(container.NewBorder(Column(10, cut(Text(title, theme.Ink, theme.SizeHeading, true), width), Gap(0, 0)), foot, nil, nil, body), 18, 14)), c)
	// Text wraps only once it knows its width, so the height is taken after a first layout.
	s.fit = func() {
		content.Resize(fyne.NewSize(width, content.MinSize().Height))
		body.SetMinSize(fyne.NewSize(width, min(content.MinSize().Height+4, tallest)))
	}
	s.fit()
	s.popup.Show()
	sheets = append(sheets, s)
	return s
}

// showAt shows content of a size at a place, as a sheet without a title: Escape or a tap beside it steps back.
func showAt(c fyne.Canvas, at fyne.Position, size fyne.Size, content fyne.CanvasObject) *Sheet {
	s := &Sheet{canvas: c, back: c.Focused(), popup: widget.NewPopUp(content, c)}
	s.popup.Resize(size)
	s.popup.ShowAtPosition(at)
	sheets = append(sheets, s)
	return s
}

// Fit makes the sheet as tall as its content needs now, up to what the window has: what says why a form was refused must not push its lines out of sight.
func (s *Sheet) Fit() {
	if s.fit != nil {
		s.fit()
		s.popup.Resize(s.popup.MinSize())
	}
}

// OnEscape replaces closing as what Escape does.
func (s *Sheet) OnEscape(fn func()) { s.onEsc = fn }

// OnKeys gives the sheet keys of its own: those that no input has a use for.
func (s *Sheet) OnKeys(keys map[fyne.KeyName]func()) { s.keys = keys }

// SheetKey does what a key means to the topmost sheet of a canvas, and reports whether there is a sheet.
func SheetKey(c fyne.Canvas, k fyne.KeyName) bool {
	s := topSheet(c)
	if s != nil && s.keys[k] != nil {
		s.keys[k]()
	}
	return s != nil
}

// OnClosed runs fn when the sheet has been taken away.
func (s *Sheet) OnClosed(fn func()) { s.onClose = append(s.onClose, fn) }

// Close takes the sheet away and gives the focus back.
func (s *Sheet) Close() {
	for i, other := range sheets {
		if other == s {
			sheets = append(sheets[:i:i], sheets[i+1:]...)
			s.popup.Hide()
			s.giveBack()
			for _, fn := range s.onClose {
				fn()
			}
			return
		}
	}
}

// giveBack gives the focus to what had it before. Where that is no longer shown, nothing has it.
func (s *Sheet) giveBack() {
	if HasSheet(s.canvas) {
		if s.back != nil {
			s.canvas.Focus(s.back)
		}
		return
	}
	shown := focusables(s.canvas.Content())
	if s.back != nil && slices.Contains(shown, s.back) {
		s.canvas.Focus(s.back)
	}
	if had := s.canvas.Focused(); had != nil && !slices.Contains(shown, had) {
		s.canvas.Unfocus()
	}
}

// Escape steps back from the topmost sheet of a canvas; it reports whether there was one.
func Escape(c fyne.Canvas) bool {
	s := topSheet(c)
	if s == nil {
		return false
	}
	if s.onEsc != nil {
		s.onEsc()
	} else {
		s.Close()
	}
	return true
}

// HasSheet reports whether a sheet is shown on a canvas.
func HasSheet(c fyne.Canvas) bool { return topSheet(c) != nil }

// CloseSheets takes every sheet of a canvas away, as when the vault is locked.
func CloseSheets(c fyne.Canvas) {
	for s := topSheet(c); s != nil; s = topSheet(c) {
		s.back = nil
		s.Close()
	}
}

func topSheet(c fyne.Canvas) *Sheet {
	sheets = slices.DeleteFunc(sheets, func(s *Sheet) bool { return !s.popup.Visible() }) // a tap beside it took it away
	for i := len(sheets) - 1; i >= 0; i-- {
		if sheets[i].canvas == c {
			return sheets[i]
		}
	}
	return nil
}
