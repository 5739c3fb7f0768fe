package room

import (
	"errors"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
)

// Changed offers the choice that a [docket.ChangedError] leaves, and reports whether err is one: to keep what somebody else has
// made of it meanwhile, or to put one's own in its place. say turns what is there now into words; put is nil where one's own is no longer possible.
func Changed(h Host, err error, mine string, say func(theirs string) string, put func(theirs string) error) bool {
	var changed *docket.ChangedError
	if !errors.As(err, &changed) {
		return false
	}
	fyne.Do(func() { // the form that it happened in closes first
		var s *xwidget.Sheet
		keep := xwidget.NewPrimary(i18n.T("changed.keep"), "Esc", func() {
			s.Close()
			h.Refresh()
		})
		text := i18n.T("changed.text", map[string]any{"Theirs": say(changed.Theirs), "Mine": mine})
		if put == nil {
			s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("changed.title"), 460, xwidget.Paragraph(text+"\n\n"+i18n.T("changed.over")), keep)
		} else {
			mineToo := xwidget.NewButton(i18n.T("changed.put"), "", func() {
				s.Close()
				if err := put(changed.Theirs); err != nil && !Changed(h, err, mine, say, put) {
					Failed(h, err)
				}
				h.Refresh()
			})
			s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("changed.title"), 460, xwidget.Paragraph(text), mineToo, keep)
		}
		s.OnEscape(keep.OnTapped)
		h.Window().Canvas().Focus(keep)
	})
	return true
}
