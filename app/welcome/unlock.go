package welcome

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony/docket"
)

// Unlock asks for the login and the passphrase of a vault.
func Unlock(h Host, path string) { unlock(h, path, "", nil) }

// Why says why a vault was locked: the key of its words.
type Why string

// The reasons for which a vault is locked.
const (
	Asked        Why = ""                     // by somebody at the desk
	Idle         Why = "locked.idle"          // nobody was there
	Slept        Why = "locked.slept"         // the machine sleeps, or its session was locked
	SleptInCourt Why = "locked.slept_hearing" // and a courtroom was open
)

// Locked asks for the passphrase again and says why the vault was locked. after is for how long nobody was there.
func Locked(h Host, path string, why Why, after time.Duration) {
	if why == Asked {
		Unlock(h, path)
		return
	}
	ask(h, path, "", xwidget.Note(i18n.T(string(why), map[string]any{"Time": room.Short(after)}), xwidget.Private), nil)
}

func unlock(h Host, path, login string, err error) { ask(h, path, login, xwidget.Gap(0, 0), err) }

func ask(h Host, path, login string, note fyne.CanvasObject, err error) {
	file, user, passphrase := xwidget.NewInput(""), xwidget.NewInput(""), xwidget.NewSecret("")
	file.SetText(path)
	user.SetText(login)
	problem := fault()
	tell(problem, err)
	open := func(login string, secret []byte) {
		at := strings.TrimSpace(file.Text)
		wait(h, i18n.T("unlock.wait"), func() (*docket.Desk, error) {
			defer clear(secret)
			return docket.Unlock(context.Background(), at, login, secret, docket.Standard())
		}, func(err error) {
			switch {
			case errors.Is(err, store.ErrDeparted):
				departed().show(h, at, login, nil)
			case errors.Is(err, store.ErrOlderFormat):
				older().show(h, at, login, nil)
			default:
				unlock(h, at, login, err)
			}
		})
	}
	do := xwidget.NewPrimary(i18n.T("unlock.do"), "Enter", nil)
	do.OnTapped = func() {
		secret := []byte(passphrase.Text)
		passphrase.Wipe()
		open(strings.TrimSpace(user.Text), secret)
	}
	file.OnSubmitted = func(string) { h.Window().Canvas().Focus(user) }
	user.OnSubmitted = func(string) { h.Window().Canvas().Focus(passphrase) }
	passphrase.OnSubmitted = func(string) { do.Tapped(nil) } // which a disabled button doesn't take
	back := func() { First(h, path) }
	next := xwidget.NewWait(do, func(left time.Duration) string {
		return i18n.T("unlock.next", map[string]any{"Time": room.Short(left)})
	})
	rows := []fyne.CanvasObject{xwidget.Heading(i18n.T("unlock.title")), note, problem, next.Line, xwidget.Field(i18n.T("unlock.file"), file),
		xwidget.Field(i18n.T("unlock.login"), user), xwidget.Field(i18n.T("unlock.passphrase"), passphrase),
		container.NewBorder(nil, nil, xwidget.NewButton(i18n.T("action.back"), "Esc", back), do)}
	ask := func() { Ask(h, strings.TrimSpace(file.Text)) }
	forgot := func() { Recover(h, strings.TrimSpace(file.Text), strings.TrimSpace(user.Text)) }
	rows = append(rows, xwidget.Line(), xwidget.Wrap(8, xwidget.NewButton(i18n.T("ask.title"), "F2", ask), xwidget.NewButton(i18n.T("recover.title"), "F3", forgot)))
	if strings.HasPrefix(filepath.Base(path), "training") {
		var offices []fyne.CanvasObject
		for _, u := range docket.TrainingUsers {
			offices = append(offices, xwidget.NewButton(i18n.T("office."+string(u.Role)), "", func() { open(u.Login, []byte(docket.TrainingPassphrase)) }))
		}
		rows = append(rows, xwidget.Line(), xwidget.WrappedSmall(i18n.T("unlock.training")), xwidget.Wrap(6, offices...))
	}
	first := fyne.Focusable(user)
	if login != "" {
		first = passphrase
	}
	var early *store.WaitError
	if errors.As(err, &early) {
		next.Begin(early.Remaining)
	}
	keys := map[fyne.KeyName]func(){fyne.KeyF2: ask, fyne.KeyF3: forgot}
	h.Show(room.Screen{Content: frame(h, 560, rows...), Keys: keys, Back: back, First: first, Gone: func() {
		next.Stop()
		passphrase.Wipe()
	}})
}
