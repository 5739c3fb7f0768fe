package people

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/store/kit"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/sheets"
)

// kits shows the recovery kit of each college. K makes the one of the user's own, C confirms one that waits, V looks at a sheet of it.
func kits(h room.Host, dir directory, keys map[fyne.KeyName]func()) (fyne.CanvasObject, error) {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("kit.text"))}
	for _, s := range dir.kits {
		rows = append(rows, xwidget.Line(), xwidget.Spread(xwidget.Strong(i18n.T("kit.of."+string(s.College))), stateChip(s)))
		if s.Distrusted {
			rows = append(rows, xwidget.WrappedSmall(i18n.T("kit.distrusted")))
		} else if s.InForce != nil {
			rows = append(rows, inForce(s, dir.names)...)
		}
		if s.Waiting != nil {
			rows = append(rows, waiting(h, *s.Waiting, dir.names, keys)...)
		}
	}
	if h.Desk().May(testimony.ActMakeKit) {
		word := "kit.make"
		if slices.ContainsFunc(dir.kits, func(s docket.KitState) bool {
			return s.InForce != nil && docket.CollegeOf(h.Desk().Me().Role) == s.College
		}) {
			word = "kit.renew"
		}
		make, check := func() { makeKit(h, i18n.T(word)) }, func() { checkSheet(h) }
		keys[fyne.KeyK], keys[fyne.KeyV] = make, check
		rows = append(rows, xwidget.Line(), xwidget.Wrap(8, xwidget.NewButton(i18n.T(word), "K", make), xwidget.NewButton(i18n.T("kit.check"), "V", check)))
	}
	return xwidget.Card(i18n.T("kit.title"), rows...), nil
}

func stateChip(s docket.KitState) fyne.CanvasObject {
	switch {
	case s.Distrusted:
		return xwidget.Chip(i18n.T("kit.state.distrusted"), xwidget.Fault)
	case s.InForce == nil:
		return xwidget.Chip(i18n.T("kit.state.none"), xwidget.Private)
	case len(s.Left) > 0:
		return xwidget.Chip(i18n.T("kit.state.stale"), xwidget.Fault)
	}
	return xwidget.Chip(i18n.T("kit.state.whole"), xwidget.Public)
}

func inForce(s docket.KitState, names map[store.UserID]string) []fyne.CanvasObject {
	k := s.InForce
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("kit.state", map[string]any{"Needed": k.Needed, "Sheets": k.Sheets, "Day": room.Day(k.Made.Local()), "Who": names[k.By]})),
		xwidget.WrappedSmall(i18n.T("kit.holders", map[string]any{"Who": holders(*k, names)}))}
	if len(s.Left) > 0 {
		rows = append(rows, xwidget.WrappedSmall(i18n.T("kit.left", map[string]any{"Sheets": numbers(s.Left)})))
	}
	if len(s.Missing) == 0 {
		return rows
	}
	var missing []string
	for _, u := range s.Missing {
		missing = append(missing, u.DisplayName)
	}
	return append(rows, xwidget.WrappedSmall(i18n.T("kit.missing", map[string]any{"Who": strings.Join(missing, ", ")})))
}

func holders(k store.Kit, names map[store.UserID]string) string {
	var list []string
	for i, holder := range k.Holders {
		who := holder.Name
		if holder.User != "" {
			who = names[holder.User]
		}
		list = append(list, strconv.Itoa(i+1)+" "+who)
	}
	return strings.Join(list, " · ")
}

// waiting is a kit that is not in force yet, with the acts of those who may do something about it.
func waiting(h room.Host, k store.Kit, names map[store.UserID]string, keys map[fyne.KeyName]func()) []fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.Note(i18n.T("kit.waits", map[string]any{"Needed": k.Needed, "Sheets": k.Sheets, "Who": names[k.By]}), xwidget.Private)}
	var buttons []fyne.CanvasObject
	if err := h.Desk().MayConfirmKit(room.Ctx(), k); err != nil {
		rows = append(rows, xwidget.WrappedSmall(room.Say(err)))
	} else {
		confirm := func() {
			text := i18n.T("kit.confirm.text", map[string]any{"Sheets": k.Sheets, "Who": holders(k, names)})
			room.Confirm(h, i18n.T("kit.confirm"), text, i18n.T("kit.confirm"), func() {
				_, err := h.Desk().ConfirmKit(room.Ctx(), k.ID)
				room.Failed(h, err)
				h.Refresh()
			})
		}
		keys[fyne.KeyC] = confirm
		buttons = append(buttons, xwidget.NewPrimary(i18n.T("kit.confirm"), "C", confirm))
	}
	if h.Desk().MayDiscardKit(k) {
		buttons = append(buttons, xwidget.NewButton(i18n.T("kit.discard"), "", func() {
			room.Confirm(h, i18n.T("kit.discard"), i18n.T("kit.discard.text"), i18n.T("kit.discard"), func() {
				room.Failed(h, h.Desk().DiscardKit(room.Ctx(), k.ID))
				h.Refresh()
			})
		}))
	}
	return append(rows, xwidget.Wrap(8, buttons...))
}

// makeKit asks who keeps the sheets, how many are needed, and where they are written.
func makeKit(h room.Host, title string) {
	users, err := h.Desk().Keepers(room.Ctx())
	if err != nil {
		room.Failed(h, err)
		return
	}
	ticks := make([]*xwidget.Tick, len(users))
	boxes := make([]fyne.CanvasObject, len(users))
	for i, u := range users {
		ticks[i] = xwidget.NewTick(u.DisplayName, false, nil)
		boxes[i] = ticks[i]
	}
	var counts []string
	for n := kit.MinNeeded; n <= kit.MaxSheets; n++ {
		counts = append(counts, strconv.Itoa(n))
	}
	outside, file := xwidget.NewLines("", 3), xwidget.NewInput("")
	needed := xwidget.NewChoice(counts, 0, nil)
	file.SetText(room.Suggested("recovery-sheets.pdf"))
	var first fyne.Focusable = outside
	if len(ticks) > 0 {
		first = ticks[0]
	}
	var k store.Kit
	path := ""
	s := room.Form(h, title, i18n.T("kit.make"), xwidget.Column(10, xwidget.Paragraph(i18n.T("kit.make.text")),
		xwidget.Field(i18n.T("kit.who"), xwidget.Wrap(4, boxes...)), xwidget.Field(i18n.T("kit.outside"), outside),
		xwidget.Field(i18n.T("kit.needed"), xwidget.Row(0, xwidget.Width(120, needed))), xwidget.Field(i18n.T("kit.file"), file)), first, func() (err error) {
		var list []store.Holder
		for i, t := range ticks {
			if t.Checked {
				list = append(list, store.Holder{User: users[i].ID})
			}
		}
		list = append(list, outsiders(outside.Text)...)
		n := kit.MinNeeded + max(needed.SelectedIndex(), 0)
		if path = strings.TrimSpace(file.Text); !filepath.IsAbs(path) {
			return room.ErrFile
		}
		k, err = writeKit(h, n, list, path)
		return err
	})
	s.OnClosed(func() {
		if k.ID != "" {
			fyne.Do(func() { made(h, k, path) }) // once the form is gone
		}
	})
}

// outsiders reads somebody's name from each line.
func outsiders(text string) (list []store.Holder) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, store.Holder{Name: line})
		}
	}
	return list
}

// writeKit makes the kit and writes its sheets. A kit whose sheets could not be written is thrown away.
func writeKit(h room.Host, needed int, list []store.Holder, path string) (store.Kit, error) {
	vault, _, err := h.Desk().Status(room.Ctx())
	if err != nil {
		return store.Kit{}, err
	}
	k, parts, err := h.Desk().MakeKit(room.Ctx(), needed, list)
	if err != nil {
		return store.Kit{}, err
	}
	err = sheets.Write(path, k, parts, vault, i18n.Language())
	for i := range parts {
		parts[i].Wipe()
	}
	if err != nil {
		return store.Kit{}, errors.Join(err, h.Desk().DiscardKit(room.Ctx(), k.ID))
	}
	return k, nil
}

// made says what to do with the sheets, and takes the file away once they are printed.
func made(h room.Host, k store.Kit, path string) {
	var s *xwidget.Sheet
	done := xwidget.NewButton(i18n.T("kit.keep"), "Esc", func() { s.Close() })
	destroy := xwidget.NewPrimary(i18n.T("kit.destroy"), "", func() {
		s.Close()
		room.Failed(h, sheets.Destroy(path))
	})
	text := i18n.T("kit.made", map[string]any{"File": path, "Sheets": k.Sheets})
	s = xwidget.ShowSheet(h.Window().Canvas(), i18n.T("kit.made.title"), 520, xwidget.Paragraph(text), done, destroy)
	h.Window().Canvas().Focus(done)
}

// checkSheet looks whether a sheet is of the kit that there is now.
func checkSheet(h room.Host) {
	c := h.Window().Canvas()
	var s *xwidget.Sheet
	fault := xwidget.Wrapped("")
	fault.Hide()
	var look func()
	paper := room.NewPaper(c.Focus, func() { look() })
	look = func() {
		sheet, err := paper.Sheet()
		if err != nil {
			fault.SetText(room.Say(err))
			fault.Show()
			s.Fit()
			paper.Show(err)
			return
		}
		defer sheet.Wipe()
		k, err := h.Desk().CheckSheet(room.Ctx(), sheet)
		s.Close()
		if err != nil {
			room.Failed(h, err)
			return
		}
		words := "kit.checked"
		if !k.InForce() {
			words = "kit.checked.waits"
		}
		room.Tell(h.Window(), i18n.T("kit.check"), i18n.T(words, map[string]any{"N": sheet.Index, "Needed": k.Needed, "Sheets": k.Sheets}))
	}
	no := xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(c, i18n.T("kit.check"), 520, xwidget.Column(10, xwidget.Paragraph(i18n.T("kit.check.text")), fault, paper.Fields()), no,
		xwidget.NewPrimary(i18n.T("kit.check"), "Enter", func() { look() }))
	s.OnClosed(paper.Wipe)
	c.Focus(paper.First())
}
