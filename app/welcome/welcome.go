// Package welcome is what stands before a vault is open: the first run, with a new vault or a training vault, and unlocking.
package welcome

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/settings"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Host is the window as these screens know it.
type Host interface {
	Window() fyne.Window
	Look() room.Look
	Apply(room.Look) error
	// Show replaces what the window shows, until a vault is open.
	Show(room.Screen)
	// Opened takes an unlocked vault over.
	Opened(*docket.Desk)
}

// frame sets a screen in the middle of the window, with the house's sign over it and the choice of language and look below.
func frame(h Host, width float32, rows ...fyne.CanvasObject) fyne.CanvasObject {
	looks := xwidget.Row(24, settings.Looks(h)...)
	return inMiddle(width, rows, container.NewCenter(looks))
}

// inMiddle sets a screen in the middle of the window, with the house's sign over it.
func inMiddle(width float32, rows []fyne.CanvasObject, below ...fyne.CanvasObject) fyne.CanvasObject {
	sign := xwidget.Row(12, xwidget.Glyph(xwidget.IconScreen, theme.Accent, 30), xwidget.Middle(xwidget.Text("Paravent", theme.Ink, 26, true)))
	body := xwidget.Panel(xwidget.Inset(xwidget.Column(12, rows...), 12, 8))
	column := xwidget.Column(18, append([]fyne.CanvasObject{container.NewCenter(sign), xwidget.Width(width, body)}, below...)...)
	return container.NewVScroll(container.NewCenter(xwidget.Inset(column, 16, 24)))
}

// fault is a line that tells what went wrong; it takes no room until then.
func fault() *widget.Label {
	l := xwidget.Wrapped("")
	l.Importance = widget.DangerImportance
	l.Hide()
	return l
}

func tell(l *widget.Label, err error) {
	if err == nil {
		l.Hide()
		return
	}
	l.SetText(room.Say(err))
	l.Show()
}

// First is the first run: what to begin with.
func First(h Host, path string) {
	choice := func(title, text, key string, primary bool, act func()) fyne.CanvasObject {
		b := xwidget.NewButton(title, key, act)
		if primary {
			b.Kind = xwidget.Primary
		}
		return xwidget.Column(2, xwidget.WrappedSmall(text), xwidget.Row(0, b))
	}
	training := func() { Training(h, trainingPath(path)) }
	create := func() { Create(h, path) }
	open := func() { Unlock(h, path) }
	bring := func() { Bring(h, path) }
	ask := func() { AskByInvitation(h, path) }
	h.Show(room.Screen{
		Content: frame(h, 560, xwidget.Heading(i18n.T("first.title")), xwidget.Paragraph(i18n.T("first.text")),
			choice(i18n.T("first.training"), i18n.T("first.training.text"), "T", true, training), xwidget.Line(),
			choice(i18n.T("first.new"), i18n.T("first.new.text"), "N", false, create), xwidget.Line(),
			choice(i18n.T("first.open"), i18n.T("first.open.text"), "O", false, open), xwidget.Line(),
			choice(i18n.T("bring.title"), i18n.T("bring.text"), "B", false, bring), xwidget.Line(),
			choice(i18n.T("first.ask"), i18n.T("first.ask.text"), "A", false, ask)),
		Keys: map[fyne.KeyName]func(){fyne.KeyT: training, fyne.KeyN: create, fyne.KeyO: open, fyne.KeyB: bring, fyne.KeyA: ask},
	})
}

func trainingPath(path string) string { return filepath.Join(filepath.Dir(path), "training.paravent") }

// Training opens the training vault at path as its judge, and makes it where there is none.
func Training(h Host, path string) {
	wait(h, i18n.T("first.training.wait"), func() (*docket.Desk, error) {
		if docket.Exists(path) {
			return docket.Unlock(room.Ctx(), path, testimony.Judge, []byte(docket.TrainingPassphrase), docket.Standard())
		}
		if err := docket.MakeFolder(path); err != nil {
			return nil, err
		}
		return docket.CreateTraining(room.Ctx(), path, docket.Standard())
	}, func(err error) {
		if errors.Is(err, store.ErrWrongPassphrase) {
			Unlock(h, path)
			return
		}
		First(h, path)
		room.Tell(h.Window(), i18n.T("error.title"), room.Say(err))
	})
}

// wait shows that the keys are being made, and hands the vault over. Nothing can be pressed meanwhile: a screen drawn anew would ask
// for the passphrase of a vault that is being opened.
func wait(h Host, text string, work func() (*docket.Desk, error), failed func(error)) {
	bar := widget.NewProgressBarInfinite()
	h.Show(room.Screen{Content: inMiddle(420, []fyne.CanvasObject{xwidget.Paragraph(text), bar})})
	var d *docket.Desk
	room.Later(func() (err error) {
		d, err = work()
		return err
	}, func(err error) {
		bar.Stop()
		if err != nil {
			failed(err)
			return
		}
		h.Opened(d)
	})
}

// Create makes a new vault, one question at a time: where, who, and the passphrase.
func Create(h Host, path string) { (&creation{host: h, path: path}).where(nil) }

type creation struct {
	host              Host
	path, name, login string
	office            int
}

func (c *creation) step(title, text string, err error, fields []fyne.CanvasObject, first fyne.Focusable, back, next func()) {
	step(c.host, title, text, err, fields, first, back, next)
}

func (c *creation) where(err error) {
	file := xwidget.NewInput("")
	file.SetText(c.path)
	next := func() {
		c.path = strings.TrimSpace(file.Text)
		if c.path == "" || !docket.OnServer(c.path) && docket.Exists(c.path) {
			c.where(os.ErrExist)
			return
		}
		c.who(nil)
	}
	file.OnSubmitted = func(string) { next() }
	c.step(i18n.T("create.where"), i18n.T("create.where.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("unlock.file"), file)}, file,
		func() { First(c.host, c.path) }, next)
}

func (c *creation) who(err error) {
	name, login := xwidget.NewInput(""), xwidget.NewInput("")
	name.SetText(c.name)
	login.SetText(c.login)
	office := xwidget.NewChoice(room.Words("office.", testimony.Offices), c.office, nil)
	next := func() {
		c.name, c.login, c.office = strings.TrimSpace(name.Text), strings.TrimSpace(login.Text), max(office.SelectedIndex(), 0)
		if c.name == "" || c.login == "" {
			c.who(docket.ErrUser)
			return
		}
		c.passphrase(nil)
	}
	name.OnSubmitted, login.OnSubmitted = func(string) { next() }, func(string) { next() }
	c.step(i18n.T("create.who"), i18n.T("create.who.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("users.name"), name),
		xwidget.Field(i18n.T("unlock.login"), login), xwidget.Field(i18n.T("users.office"), office)}, name, func() { c.where(nil) }, next)
}

func (c *creation) passphrase(err error) {
	first, second := xwidget.NewSecret(""), xwidget.NewSecret("")
	next := func() {
		if first.Text != second.Text {
			c.passphrase(room.ErrDiffer)
			return
		}
		passphrase := []byte(first.Text)
		first.Wipe()
		second.Wipe()
		wait(c.host, i18n.T("create.wait"), func() (*docket.Desk, error) {
			defer clear(passphrase)
			if err := docket.MakeFolder(c.path); err != nil {
				return nil, err
			}
			return docket.Create(context.Background(), c.path, store.NewUser{Login: c.login, DisplayName: c.name,
				Role: store.Role(testimony.Offices[c.office]), Passphrase: passphrase}, docket.Standard())
		}, func(err error) { c.passphrase(err) })
	}
	first.OnSubmitted = func(string) { c.host.Window().Canvas().Focus(second) }
	second.OnSubmitted = func(string) { next() }
	c.step(i18n.T("create.passphrase"), i18n.T("create.passphrase.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("users.passphrase"), first),
		room.Strength(first, docket.Surroundings(c.path, c.login, c.name)),
		xwidget.Field(i18n.T("users.again"), second)}, first, func() { c.who(nil) }, next)
}
