package shell

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
)

// ground is the paper under a screen.
func ground(content fyne.CanvasObject) fyne.CanvasObject {
	return container.New(whole{}, canvas.NewRectangle(theme.Colour(theme.Paper)), xwidget.NewFloor(), content)
}

// whole gives everything the whole window. The window's least size is its own: a long word on a screen must not push it off the
// display.
type whole struct{}

func (whole) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, each := range o {
		each.Resize(size)
	}
}

func (whole) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(smallestWidth, smallestHeight)
}

// withRail puts the rail of rooms beside a screen, and the search and the lock at its upper right, which every page leaves free.
func (s *Shell) withRail(content fyne.CanvasObject) fyne.CanvasObject {
	search := xwidget.NewButton(i18n.T("palette.hint"), "Ctrl K", s.palette)
	search.Wide, search.Icon = true, xwidget.IconSearch
	lock := xwidget.NewButton(i18n.T("action.lock"), "Ctrl L", s.Lock)
	top := xwidget.Inset(container.NewBorder(nil, nil, nil, xwidget.Row(10, xwidget.Width(searchBoxWidth, search), lock)), theme.Margin, 14)
	page := container.NewStack(content, container.NewBorder(top, nil, nil, nil))
	return container.NewBorder(nil, nil, xwidget.Width(railWidth, s.rail()), nil, page)
}

func (s *Shell) rail() fyne.CanvasObject {
	back := canvas.NewRectangle(theme.Colour(theme.Rail))
	sign := xwidget.Row(10, xwidget.Middle(xwidget.Glyph(xwidget.IconScreen, theme.RailInk, 24)), xwidget.Middle(xwidget.Text("Paravent", theme.RailInk, 19, true)))
	var rows []fyne.CanvasObject
	for i, r := range s.rooms() {
		b := xwidget.NewButton(i18n.T("room."+string(r)), roomKey(i, r), func() { s.Go(r, "") })
		b.Kind, b.Wide, b.Selected = xwidget.Quiet, true, s.at == r
		if r == room.Bench && s.bench != nil {
			b.Icon = xwidget.IconRecord
		}
		rows = append(rows, b)
	}
	me := s.desk.Me()
	foot := xwidget.Column(1, railLine(), xwidget.Gap(0, 6), xwidget.Short(me.DisplayName, theme.RailInk, theme.SizeText, railWidth-40),
		xwidget.Text(i18n.T("office."+string(me.Role)), theme.RailInk, 11.5, false), xwidget.Short(s.place(), theme.RailInk, 11.5, railWidth-40))
	body := container.NewBorder(xwidget.Column(14, xwidget.Inset(sign, 8, 4), xwidget.Column(2, rows...)), xwidget.Inset(foot, 10, 0), nil, nil)
	return container.NewStack(back, xwidget.Inset(body, 10, 14))
}

// roomKey is the key of a room in the rail. The first ten have digits; the settings have the comma, as in other programs, whatever stands before them.
func roomKey(i int, r room.Name) string {
	switch {
	case r == room.Settings:
		return "Ctrl ,"
	case i < 10:
		return fmt.Sprintf("Ctrl %d", (i+1)%10)
	}
	return ""
}

func railLine() fyne.CanvasObject {
	r := canvas.NewRectangle(theme.Colour(theme.RailSelected))
	r.SetMinSize(fyne.NewSize(0, 1))
	return r
}

// bindKeys gives the window its keys: Ctrl with a letter from anywhere, the others where nothing is being typed.
func (s *Shell) bindKeys() {
	c := s.window.Canvas()
	bind := func(k fyne.KeyName, act func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl}, func(fyne.Shortcut) {
			s.idle.stir()
			if s.desk != nil && !xwidget.HasSheet(c) {
				act()
			}
		})
	}
	bind(fyne.KeyK, s.palette)
	bind(fyne.KeyL, s.Lock)
	bind(fyne.KeyN, func() {
		if s.screen.New != nil {
			s.screen.New()
		}
	})
	for i, k := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9, fyne.Key0} {
		bind(k, func() {
			if rooms := s.rooms(); i < len(rooms) {
				s.Go(rooms[i], "")
			}
		})
	}
	bind(fyne.KeyComma, func() { s.Go(room.Settings, "") })
	c.SetOnTypedKey(s.typed)
	if keys, ok := c.(desktop.Canvas); ok { // where nothing has the focus
		keys.SetOnKeyDown(func(*fyne.KeyEvent) { s.idle.stir() })
	}
}

// typed is a key that no input had a use for. A sheet keeps the keys of the screen under it away, but for Escape and for those
// that close a running session to others.
func (s *Shell) typed(k *fyne.KeyEvent) {
	s.idle.stir()
	if s.bench != nil && (xwidget.HasSheet(s.window.Canvas()) || s.at != room.Bench) {
		if act := s.bench.Urgent()[k.Name]; act != nil {
			xwidget.CloseSheets(s.window.Canvas())
			act()
			return
		}
	}
	if k.Name == fyne.KeyEscape {
		if !xwidget.Escape(s.window.Canvas()) && s.screen.Back != nil {
			s.screen.Back()
		}
		return
	}
	if xwidget.SheetKey(s.window.Canvas(), k.Name) {
		return
	}
	act := s.screen.Keys[k.Name]
	switch {
	case act == nil:
	case len(k.Name) == 1:
		// A letter comes twice, first as a key and then as a character. The act waits until both are through: the character would
		// stand in the form that the key has opened.
		fyne.Do(act)
	default:
		act()
	}
}
