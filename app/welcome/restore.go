package welcome

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"paravent/app/backups"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/testimony/docket"
)

// fromFile is what brings a vault to this machine out of a file of another volume.
type fromFile struct {
	host                     Host
	title, text, source, yes string // words of the window
	from, to                 string
	work                     func(ctx context.Context, from, to string, progress func(done, total int64)) (words string, err error)
}

// Restore asks for a backup and a new file, where no vault is open to do it from.
func Restore(h Host, path string) {
	f := &fromFile{host: h, to: path, title: i18n.T("backups.restore.first"), text: i18n.T("backups.restore.first.text"), source: i18n.T("backups.from"), yes: i18n.T("backups.restore.do"),
		work: func(ctx context.Context, from, to string, progress func(done, total int64)) (string, error) {
			r, err := docket.Restore(ctx, from, to, "", nil, docket.Standard(), progress)
			if err != nil {
				return "", err
			}
			return backups.Restored(r), nil
		}}
	f.ask(nil)
}

func (f *fromFile) ask(err error) {
	h, from, to := f.host, xwidget.NewInput(""), xwidget.NewInput("")
	from.SetText(f.from)
	to.SetText(f.to)
	problem := fault()
	tell(problem, err)
	next := func() {
		f.from, f.to = strings.TrimSpace(from.Text), strings.TrimSpace(to.Text)
		if !filepath.IsAbs(f.from) || !filepath.IsAbs(f.to) {
			f.ask(room.ErrFolder)
			return
		}
		f.run()
	}
	from.OnSubmitted = func(string) { h.Window().Canvas().Focus(to) }
	to.OnSubmitted = func(string) { next() }
	back := func() { First(h, f.to) }
	h.Show(room.Screen{Back: back, First: from, Content: frame(h, 560, xwidget.Heading(f.title), xwidget.Paragraph(f.text), problem,
		xwidget.Field(f.source, from), xwidget.Field(i18n.T("backups.to"), to),
		xwidget.Spread(xwidget.NewButton(i18n.T("action.back"), "Esc", back), xwidget.NewPrimary(f.yes, "Enter", next)))})
}

// run shows how far the work has come, and then what was put back.
func (f *fromFile) run() {
	ctx, stop := context.WithCancel(room.Ctx())
	bar := xwidget.NewProgress()
	cancel := xwidget.NewButton(i18n.T("action.stop"), "Esc", stop)
	f.host.Show(room.Screen{Back: stop, Content: inMiddle(560, []fyne.CanvasObject{xwidget.Heading(f.title), bar, xwidget.Row(0, cancel)})})
	var words string
	room.Later(func() (err error) {
		words, err = f.work(ctx, f.from, f.to, bar.Set)
		return err
	}, func(err error) {
		stop()
		switch {
		case errors.Is(err, context.Canceled):
			f.ask(nil)
		case err != nil:
			f.ask(err)
		default:
			f.done(words)
		}
	})
}

func (f *fromFile) done(words string) {
	open := func() { Unlock(f.host, f.to) }
	b := xwidget.NewPrimary(i18n.T("first.open.do"), "Enter", open)
	f.host.Show(room.Screen{Back: open, First: b, Content: frame(f.host, 560, xwidget.Heading(f.title), xwidget.Paragraph(words), xwidget.Spread(xwidget.Gap(0, 0), b))})
}
