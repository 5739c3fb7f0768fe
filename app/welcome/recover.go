package welcome

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/kit"
	"paravent/testimony/docket"
)

// Recover lets in who forgot their passphrase, by the sheets of their college's kit: who, sheet after sheet, and a new passphrase.
func Recover(h Host, path, login string) { (&recovery{host: h, path: path, login: login}).who(nil) }

type recovery struct {
	host        Host
	path, login string
	known       kit.Kit
	sheets      []kit.Sheet
}

// wipe forgets the sheets that were typed.
func (r *recovery) wipe() {
	for i := range r.sheets {
		r.sheets[i].Wipe()
	}
	r.sheets = nil
}

// leave goes back to the beginning with nothing kept.
func (r *recovery) leave() {
	r.wipe()
	Unlock(r.host, r.path)
}

func (r *recovery) who(err error) {
	r.wipe()
	login := xwidget.NewInput("")
	login.SetText(r.login)
	next := func() {
		r.login = strings.TrimSpace(login.Text)
		known, err := docket.SheetsNeeded(context.Background(), r.path, r.login, docket.Standard())
		if err != nil {
			r.who(err)
			return
		}
		r.known = known
		r.sheet(nil, nil)
	}
	login.OnSubmitted = func(string) { next() }
	step(r.host, i18n.T("recover.title"), i18n.T("recover.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("unlock.login"), login)}, login, r.leave, next)
}

// sheet asks for the next sheet. typed, where it is not nil, is what was typed before and had a mistake in it.
func (r *recovery) sheet(err error, typed *room.Paper) {
	var next func()
	paper := typed
	if paper == nil {
		paper = room.NewPaper(func(o fyne.Focusable) { r.host.Window().Canvas().Focus(o) }, func() {})
	}
	wipe := paper.Wipe
	next = func() {
		s, err := paper.Sheet()
		if err == nil {
			err = r.fits(s)
		}
		if err != nil {
			wipe = func() {} // it is typed on
			r.sheet(err, paper)
			paper.Show(err)
			return
		}
		r.sheets = append(r.sheets, s)
		if len(r.sheets) < r.known.Needed {
			r.sheet(nil, nil)
			return
		}
		r.passphrase(nil)
	}
	paper.OnDone(func() { next() })
	title := i18n.T("recover.sheet", map[string]any{"N": len(r.sheets) + 1, "Needed": r.known.Needed})
	text := i18n.T("recover.sheet.text", map[string]any{"Sheets": len(r.known.Marks)})
	step(r.host, title, text, err, []fyne.CanvasObject{paper.Fields()}, paper.First(), r.leave, func() { next() }, func() { wipe() })
}

// fits says whether a sheet is of the kit, and was not given before.
func (r *recovery) fits(s kit.Sheet) error {
	if err := r.known.Check(s); err != nil {
		return err
	}
	for _, given := range r.sheets {
		if given.Index == s.Index {
			return &kit.SheetError{Sheet: int(s.Index), Err: kit.ErrTwice}
		}
	}
	return nil
}

func (r *recovery) passphrase(err error) {
	newPassphrase(r.host, i18n.T("recover.passphrase.text"), docket.Surroundings(r.path, r.login), err, r.leave, r.passphrase, func(passphrase []byte) {
		var d *docket.Desk
		working(r.host, i18n.T("unlock.wait"), func() (err error) {
			defer clear(passphrase)
			d, _, err = docket.Recover(context.Background(), r.path, r.login, r.sheets, passphrase, docket.Standard())
			return err
		}, func(err error) {
			if err != nil {
				r.passphrase(err)
				return
			}
			r.wipe()
			r.host.Opened(d)
			room.Tell(r.host.Window(), i18n.T("recover.back"), i18n.T("recover.back.text"))
		})
	})
}
