package welcome

import (
	"context"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Ask asks to be enrolled in the vault at path, with keys made here, one question at a time: who, and the passphrase. Then it shows the words
// that are read to whoever admits.
func Ask(h Host, path string) {
	(&asking{host: h, path: path, back: func() { Unlock(h, path) }}).who(nil)
}

// AskByInvitation asks by a file that came from a desk of the vault, and writes the request to another one. path is where this machine's own
// vault would be.
func AskByInvitation(h Host, path string) {
	a := &asking{host: h, invited: true, out: room.Suggested("my-request.enrolment"), back: func() { First(h, path) }}
	a.invitation(nil)
}

type asking struct {
	host        Host
	back        func() // to where it began
	path        string // of the vault
	invited     bool
	from, out   string // the invitation, and the request that is written
	name, login string
	office      int
}

func (a *asking) invitation(err error) {
	from, out := xwidget.NewInput(""), xwidget.NewInput("")
	from.SetText(a.from)
	out.SetText(a.out)
	next := func() {
		a.from, a.out = strings.TrimSpace(from.Text), strings.TrimSpace(out.Text)
		if !filepath.IsAbs(a.from) || !filepath.IsAbs(a.out) {
			a.invitation(room.ErrFile)
			return
		}
		if _, err := docket.ReadInvitation(a.from); err != nil {
			a.invitation(err)
			return
		}
		a.who(nil)
	}
	from.OnSubmitted = func(string) { a.host.Window().Canvas().Focus(out) }
	out.OnSubmitted = func(string) { next() }
	step(a.host, i18n.T("ask.invitation"), i18n.T("ask.invitation.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("ask.from"), from),
		xwidget.Field(i18n.T("ask.out"), out)}, from, a.back, next)
}

func (a *asking) who(err error) {
	name, login := xwidget.NewInput(""), xwidget.NewInput("")
	name.SetText(a.name)
	login.SetText(a.login)
	office := xwidget.NewChoice(room.Words("office.", testimony.Offices), a.office, nil)
	next := func() {
		a.name, a.login, a.office = strings.TrimSpace(name.Text), strings.TrimSpace(login.Text), max(office.SelectedIndex(), 0)
		if a.name == "" || a.login == "" {
			a.who(docket.ErrUser)
			return
		}
		a.passphrase(nil)
	}
	name.OnSubmitted, login.OnSubmitted = func(string) { a.host.Window().Canvas().Focus(login) }, func(string) { next() }
	back := a.back
	if a.invited {
		back = func() { a.invitation(nil) }
	}
	step(a.host, i18n.T("ask.title"), i18n.T("ask.text"), err, []fyne.CanvasObject{xwidget.Field(i18n.T("users.name"), name),
		xwidget.Field(i18n.T("unlock.login"), login), xwidget.Field(i18n.T("users.office"), office)}, name, back, next)
}

func (a *asking) passphrase(err error) {
	newPassphrase(a.host, i18n.T("ask.passphrase.text"), docket.Surroundings(a.path, a.login, a.name), err, func() { a.who(nil) }, a.passphrase, func(passphrase []byte) {
		var made docket.Applicant
		working(a.host, i18n.T("create.wait"), func() (err error) {
			defer clear(passphrase)
			nu := store.NewUser{Login: a.login, DisplayName: a.name, Role: store.Role(testimony.Offices[a.office]), Passphrase: passphrase}
			if !a.invited {
				made, err = docket.Ask(context.Background(), a.path, nu, i18n.Language(), docket.Standard())
				return err
			}
			in, err := docket.ReadInvitation(a.from)
			if err == nil {
				made, err = docket.AskByFile(context.Background(), in, nu, i18n.Language(), a.out, docket.Standard())
			}
			return err
		}, func(err error) {
			if err != nil {
				a.passphrase(err)
				return
			}
			a.words(made)
		})
	})
}

// words shows what is read to whoever admits.
func (a *asking) words(made docket.Applicant) {
	done := xwidget.NewPrimary(i18n.T("ask.done"), "Esc", a.back)
	where := i18n.T("ask.waits")
	if a.invited {
		where = i18n.T("ask.carry", map[string]any{"File": a.out})
	}
	a.host.Show(room.Screen{Back: a.back, First: done, Content: inMiddle(640, []fyne.CanvasObject{xwidget.Heading(i18n.T("ask.words")),
		xwidget.Paragraph(i18n.T("ask.words.text")), room.NumberedWords(made.Words), xwidget.Paragraph(where),
		xwidget.WrappedSmall(i18n.T("ask.until", map[string]any{"Day": room.Day(made.Until.Local())})), xwidget.Spread(xwidget.Gap(0, 0), done)})})
}

// newPassphrase asks for a passphrase twice. again shows the question anew with what is wrong; take has the passphrase and clears it.
func newPassphrase(h Host, text string, surroundings []string, err error, back func(), again func(error), take func([]byte)) {
	first, second := xwidget.NewSecret(""), xwidget.NewSecret("")
	next := func() {
		if first.Text != second.Text {
			again(room.ErrDiffer)
			return
		}
		passphrase := []byte(first.Text)
		first.Wipe()
		second.Wipe()
		take(passphrase)
	}
	first.OnSubmitted = func(string) { h.Window().Canvas().Focus(second) }
	second.OnSubmitted = func(string) { next() }
	step(h, i18n.T("create.passphrase"), text, err, []fyne.CanvasObject{xwidget.Field(i18n.T("users.passphrase"), first),
		room.Strength(first, surroundings), xwidget.Field(i18n.T("users.again"), second)}, first, back, next, first.Wipe, second.Wipe)
}

// step is one question of several, with the way back and the way on. gone runs when another screen takes its place.
func step(h Host, title, text string, err error, fields []fyne.CanvasObject, first fyne.Focusable, back, next func(), gone ...func()) {
	problem := fault()
	tell(problem, err)
	b := xwidget.NewButton(i18n.T("action.back"), "Esc", back)
	n := xwidget.NewPrimary(i18n.T("action.next"), "Enter", next)
	rows := append([]fyne.CanvasObject{xwidget.Heading(title), xwidget.Paragraph(text), problem}, fields...)
	rows = append(rows, container.NewBorder(nil, nil, b, n))
	h.Show(room.Screen{Content: frame(h, 560, rows...), Back: back, First: first, Gone: func() {
		for _, fn := range gone {
			fn()
		}
	}})
}

// working shows that something takes a moment. Nothing can be pressed meanwhile.
func working(h Host, text string, work func() error, then func(error)) {
	bar := widget.NewProgressBarInfinite()
	h.Show(room.Screen{Content: inMiddle(420, []fyne.CanvasObject{xwidget.Paragraph(text), bar})})
	room.Later(work, func(err error) {
		bar.Stop()
		then(err)
	})
}
