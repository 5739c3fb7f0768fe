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
	"paravent/store/backup"
	"paravent/testimony/docket"
)

// bringing puts a backup, or a vault that was packed on another machine, into a new file, where no vault is open to do it from.
type bringing struct {
	host            Host
	from, to, login string
}

// Bring asks for a backup or a packed vault and for a new file.
func Bring(h Host, path string) { (&bringing{host: h, to: path}).ask(nil) }

func (b *bringing) ask(err error) {
	h, from, to, login, passphrase := b.host, xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewSecret("")
	from.SetText(b.from)
	to.SetText(b.to)
	login.SetText(b.login)
	problem := fault()
	tell(problem, err)
	next := func() {
		b.from, b.to, b.login = strings.TrimSpace(from.Text), strings.TrimSpace(to.Text), strings.TrimSpace(login.Text)
		secret := []byte(passphrase.Text)
		passphrase.Wipe()
		switch {
		case !filepath.IsAbs(b.from) || !filepath.IsAbs(b.to):
			b.ask(room.ErrFolder)
		case b.login == "" && backup.IsPack(b.from):
			b.ask(room.ErrLogin)
		default:
			b.run(secret)
		}
	}
	for i, field := range []*xwidget.Input{from, to, login} {
		field.OnSubmitted = func(string) { h.Window().Canvas().Focus([]*xwidget.Input{to, login, passphrase}[i]) }
	}
	passphrase.OnSubmitted = func(string) { next() }
	back := func() { First(h, b.to) }
	h.Show(room.Screen{Back: back, First: from, Gone: passphrase.Wipe, Content: frame(h, 560, xwidget.Heading(i18n.T("bring.title")), xwidget.Paragraph(i18n.T("bring.text")), problem,
		xwidget.Field(i18n.T("bring.from"), from), xwidget.Field(i18n.T("backups.to"), to), xwidget.WrappedSmall(i18n.T("bring.who")),
		xwidget.Halves(xwidget.Field(i18n.T("unlock.login"), login), xwidget.Field(i18n.T("unlock.passphrase"), passphrase)),
		xwidget.Spread(xwidget.NewButton(i18n.T("action.back"), "Esc", back), xwidget.NewPrimary(i18n.T("bring.do"), "Enter", next)))})
}

// run shows how far the work has come, and then what was put there.
func (b *bringing) run(secret []byte) {
	ctx, stop := context.WithCancel(room.Ctx())
	bar := xwidget.NewProgress()
	cancel := xwidget.NewButton(i18n.T("action.stop"), "Esc", stop)
	b.host.Show(room.Screen{Back: stop, Content: inMiddle(560, []fyne.CanvasObject{xwidget.Heading(i18n.T("bring.title")), bar, xwidget.Row(0, cancel)})})
	var words string
	room.Later(func() (err error) {
		defer clear(secret)
		words, err = b.work(ctx, secret, bar.Set)
		return err
	}, func(err error) {
		stop()
		switch {
		case errors.Is(err, context.Canceled):
			b.ask(nil)
		case err != nil:
			b.ask(err)
		default:
			b.done(words)
		}
	})
}

func (b *bringing) work(ctx context.Context, secret []byte, progress func(done, total int64)) (string, error) {
	by := docket.Keyholder{Login: b.login, Passphrase: secret}
	if backup.IsPack(b.from) {
		m, err := docket.Take(ctx, b.from, b.to, by, docket.Standard(), progress)
		return i18n.T("bring.taken", map[string]any{"File": m.Path, "When": room.Day(m.At.Local()) + ", " + room.Clock(m.At.Local()),
			"Entries": m.Entries, "Head": m.Head, "Recordings": m.Recordings}), err
	}
	who := &by
	if b.login == "" {
		who = nil
	}
	r, err := docket.Restore(ctx, b.from, b.to, "", who, docket.Standard(), progress)
	if err != nil {
		return "", err
	}
	return backups.Restored(r), nil
}

func (b *bringing) done(words string) {
	open := func() { Unlock(b.host, b.to) }
	yes := xwidget.NewPrimary(i18n.T("first.open.do"), "Enter", open)
	b.host.Show(room.Screen{Back: open, First: yes, Content: frame(b.host, 560, xwidget.Heading(i18n.T("bring.title")), xwidget.Paragraph(words), xwidget.Spread(xwidget.Gap(0, 0), yes))})
}
