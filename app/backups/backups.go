// Package backups is the room of the vault's copies: those that there are, when they are made, and what is done with them; and of the check
// of the vault itself.
package backups

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/store/backup"
	"paravent/testimony/docket"
)

// view is the room as it was drawn.
type view struct {
	host   room.Host
	last   docket.Backup
	policy backup.Policy
	asked  bool // there is a policy
	newest backup.Listed
	checks map[string]docket.Checking
}

// New draws the room. The folder is read off Fyne's goroutine: its volume may be slow, or gone.
func New(h room.Host) (room.Screen, error) {
	v := &view{host: h}
	if err := v.read(); err != nil {
		return room.Screen{}, err
	}
	screen := room.Screen{Keys: map[fyne.KeyName]func(){
		fyne.KeyB: v.make, fyne.KeyP: v.decide, fyne.KeyV: v.verify, fyne.KeyM: v.move,
		fyne.KeyC: func() { v.check(v.newest) }, fyne.KeyR: func() { v.restore(v.newest.Path) },
	}}
	trouble, err := v.trouble()
	if err != nil {
		return screen, err
	}
	list := xwidget.Column(6, xwidget.WrappedSmall(i18n.T("backups.reading")))
	v.list(list)
	there := []fyne.CanvasObject{list, xwidget.Wrap(8, xwidget.NewButton(i18n.T("backups.restore"), "R", func() { v.restore(v.newest.Path) }))}
	if folder := v.folder(); folder != "" {
		there = append([]fyne.CanvasObject{xwidget.WrappedSmall(folder)}, there...)
	}
	left := xwidget.Scroll(xwidget.Card(i18n.T("backups.there"), there...))
	when := append(trouble, xwidget.WrappedSmall(v.lastWords()), xwidget.WrappedSmall(v.policyWords()),
		xwidget.Wrap(8, xwidget.NewPrimary(i18n.T("backup.make"), "B", v.make), xwidget.NewButton(i18n.T("backups.decide"), "P", v.decide)))
	right := xwidget.Scroll(xwidget.Column(16, xwidget.Card(i18n.T("backups.when"), when...),
		xwidget.Card(i18n.T("backups.vault"), xwidget.WrappedSmall(i18n.T("backups.vault.text")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("backups.verify"), "V", v.verify))),
		xwidget.Card(i18n.T("backups.move"), xwidget.WrappedSmall(i18n.T("backups.move.about")), xwidget.Wrap(8, xwidget.NewButton(i18n.T("backups.move.do"), "M", v.move)))))
	screen.Content = xwidget.Page(i18n.T("room.backups"), nil, xwidget.Split(left, right, 392))
	return screen, nil
}

func (v *view) read() (err error) {
	d := v.host.Desk()
	if v.last, err = d.LastBackup(room.Ctx()); err != nil && !errors.Is(err, docket.ErrNotFound) {
		return err
	}
	if v.checks, err = d.Checkings(room.Ctx()); err != nil {
		return err
	}
	v.policy, err = d.BackupPolicy(room.Ctx())
	v.asked = err == nil
	if errors.Is(err, docket.ErrNoPolicy) {
		v.policy, err = backup.DefaultPolicy, nil
	}
	return err
}

// folder is where backups are looked for: the one that was decided on, or the last one's.
func (v *view) folder() string {
	if v.policy.Folder != "" || v.last.Path == "" {
		return v.policy.Folder
	}
	return filepath.Dir(v.last.Path)
}

func (v *view) lastWords() string {
	if v.last.At.IsZero() {
		return i18n.T("backup.never")
	}
	return i18n.T("backup.last", map[string]any{"Day": room.Day(v.last.At.Local()), "Time": room.Clock(v.last.At.Local()), "Records": v.last.Records, "Recordings": v.last.Recordings})
}

func (v *view) policyWords() string {
	if !v.asked {
		return i18n.T("backups.no_policy")
	}
	words := map[string]any{"Every": i18n.T("backups.hours", map[string]any{"N": v.policy.Every}), "Daily": v.policy.Daily, "Weekly": v.policy.Weekly, "Monthly": v.policy.Monthly}
	if v.policy.Every%24 == 0 {
		words["Every"] = i18n.T("backups.days", map[string]any{"N": v.policy.Every / 24, "Hour": v.policy.Hour})
	}
	return i18n.T("backups.policy", words)
}

// trouble is what became of scheduled backups that failed.
func (v *view) trouble() ([]fyne.CanvasObject, error) {
	t, err := v.host.Desk().BackupTrouble(room.Ctx())
	switch {
	case errors.Is(err, docket.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	since := t.Since.Local()
	return []fyne.CanvasObject{xwidget.Note(i18n.T("need.backup_failed")+"\n"+i18n.T("need.backup_failed.do",
		map[string]any{"Since": room.Day(since) + ", " + room.Clock(since), "Why": i18n.T("backup.why." + t.Why)}), xwidget.Fault)}, nil
}

// list fills the list once the folder is read.
func (v *view) list(box *fyne.Container) {
	folder, d := v.folder(), v.host.Desk()
	if folder == "" {
		box.Objects = []fyne.CanvasObject{xwidget.Empty(i18n.T("backups.none"))}
		return
	}
	var list []backup.Listed
	room.Later(func() (err error) {
		list, err = d.Backups(room.Ctx(), folder)
		return err
	}, func(err error) {
		box.Objects = v.rows(list, err)
		box.Refresh()
	})
}

func (v *view) rows(list []backup.Listed, err error) []fyne.CanvasObject {
	if err != nil {
		return []fyne.CanvasObject{xwidget.Empty(room.Say(err))}
	}
	if len(list) == 0 {
		return []fyne.CanvasObject{xwidget.Empty(i18n.T("backups.none"))}
	}
	var rows []fyne.CanvasObject
	for _, l := range list[:min(len(list), room.Entries)] {
		key := ""
		if l.Good() && v.newest.Path == "" {
			v.newest, key = l, "C"
		}
		var right []fyne.CanvasObject
		if l.State != backup.Foreign {
			right = append(right, xwidget.NewButton(i18n.T("backups.check"), key, func() { v.check(l) }))
		}
		rows = append(rows, xwidget.Entry(moment(l.At()), v.describe(l), append([]fyne.CanvasObject{v.chip(l)}, right...)...))
	}
	return append(rows, room.Beyond(len(list))...)
}

func moment(at time.Time) string { return room.Day(at.Local()) + ", " + room.Clock(at.Local()) }

// describe says what a backup holds, and when and against which head of the audit log it was last checked.
func (v *view) describe(l backup.Listed) string {
	file := filepath.Base(l.Path)
	if l.Err != nil {
		return room.Say(l.Err) + "\n" + file
	}
	text := i18n.T("backups.entry", map[string]any{"Size": size(l.Manifest.Bytes()), "Recordings": len(l.Manifest.Files), "Entries": l.Manifest.Entries}) + "\n"
	words := map[string]any{"When": moment(l.At())}
	switch c, known := v.checks[l.Manifest.SHA256]; {
	case !known:
		text += i18n.T("backups.checked.made", words)
	case c.Sound:
		words["When"], words["Entries"], words["Head"] = moment(c.At), c.Entries, c.Head[:min(len(c.Head), headShown)]
		text += i18n.T("backups.checked", words)
	default:
		words["When"] = moment(c.At)
		text += i18n.T("backups.checked.unsound", words)
	}
	return text + "\n" + file
}

// headShown is how many characters of a head are enough to know it again.
const headShown = 12

// chip is how a backup stands. One that was found to be damaged and has the right size is still damaged.
func (v *view) chip(l backup.Listed) fyne.CanvasObject {
	state, tone := l.State, xwidget.Neutral
	if c, known := v.checks[l.Manifest.SHA256]; known && l.Good() {
		if state = backup.Checked; !c.Sound {
			state = backup.Incomplete
		}
	}
	switch state {
	case backup.Checked, backup.Complete:
		tone = xwidget.Clear
	case backup.Incomplete:
		tone = xwidget.Fault
	}
	return xwidget.Chip(i18n.T("backups.state."+string(state)), tone)
}

// size is a number of bytes in the unit that keeps it short.
func size(n int64) string {
	for _, unit := range []string{"kb", "mb"} {
		if n = max(n/1000, 1); n < 10000 {
			return i18n.T("backups.size."+unit, map[string]any{"N": n})
		}
	}
	return i18n.T("backups.size.gb", map[string]any{"N": max(n/1000, 1)})
}

// make asks for a folder, offers the one that is known, and shows how far the copy and its check have come.
func (v *view) make() {
	h, to := v.host, xwidget.NewInput("")
	to.SetText(v.folder())
	room.Form(h, i18n.T("backup.make"), i18n.T("backup.make"), xwidget.Column(10, xwidget.Paragraph(i18n.T("backup.text")), xwidget.Field(i18n.T("backup.folder"), to)), to, func() error {
		dir := strings.TrimSpace(to.Text)
		if !filepath.IsAbs(dir) {
			return room.ErrFolder
		}
		var b docket.Backup
		room.Working(h, i18n.T("backup.working"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			b, err = h.Desk().Backup(ctx, dir, progress)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			h.Refresh()
			room.Tell(h.Window(), i18n.T("backup.title"), i18n.T("backup.done", map[string]any{"File": b.Path, "Records": b.Records, "Recordings": b.Recordings}))
		})
		return nil
	})
}

// check reads all of a backup and opens every record and recording of it.
func (v *view) check(l backup.Listed) {
	if l.Path == "" {
		return
	}
	h := v.host
	room.Working(h, i18n.T("backups.checking"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		l, err = h.Desk().CheckBackup(ctx, l.Path, progress)
		return err
	}, func(err error) {
		h.Refresh()
		switch {
		case err != nil:
			room.Failed(h, err)
		case l.Err != nil:
			room.Tell(h.Window(), i18n.T("backups.state.incomplete"), room.Say(l.Err)+"\n"+l.Path)
		default:
			room.Tell(h.Window(), i18n.T("backups.state.checked"), i18n.T("backups.sound", map[string]any{"File": l.Path, "Recordings": len(l.Manifest.Files)}))
		}
	})
}

// restore asks for a backup and a new file.
func (v *view) restore(newest string) {
	h, from, to := v.host, xwidget.NewInput(""), xwidget.NewInput("")
	from.SetText(newest)
	room.Form(h, i18n.T("backups.restore"), i18n.T("backups.restore.do"), xwidget.Column(10, xwidget.Paragraph(i18n.T("backups.restore.text")),
		xwidget.Field(i18n.T("backups.from"), from), xwidget.Field(i18n.T("backups.to"), to)), from, func() error {
		a, b := strings.TrimSpace(from.Text), strings.TrimSpace(to.Text)
		if !filepath.IsAbs(a) || !filepath.IsAbs(b) {
			return room.ErrFolder
		}
		var r backup.Restored
		room.Working(h, i18n.T("backup.working"), func(ctx context.Context, progress func(done, total int64)) (err error) {
			r, err = h.Desk().RestoreCopy(ctx, a, b, progress)
			return err
		}, func(err error) {
			if err != nil {
				room.Failed(h, err)
				return
			}
			room.Tell(h.Window(), i18n.T("backups.restore"), Restored(r))
		})
		return nil
	})
}

// Restored says what a restore put back: of when it is, and how much of the log it has.
func Restored(r backup.Restored) string {
	text := i18n.T("backups.restored", map[string]any{"File": r.Path, "When": moment(r.Manifest.At), "Entries": r.Manifest.Entries, "Recordings": len(r.Manifest.Files)})
	if r.Unlisted {
		text += "\n" + i18n.T("backups.unlisted")
	}
	return text
}

// verify checks the vault that is open.
func (v *view) verify() {
	h := v.host
	var report docket.Report
	room.Working(h, i18n.T("audit.verifying"), func(ctx context.Context, progress func(done, total int64)) (err error) {
		report, err = h.Desk().Verify(ctx, func(done, total int) { progress(int64(done), int64(total)) })
		return err
	}, func(err error) {
		if err != nil {
			room.Failed(h, err)
			return
		}
		if !report.Sound() {
			var faults []string
			for _, f := range report.Faults[:min(len(report.Faults), 8)] {
				faults = append(faults, f.Place+": "+f.Problem)
			}
			room.Tell(h.Window(), i18n.T("backups.unsound"), i18n.T("backups.unsound.text", map[string]any{"N": len(report.Faults)})+"\n"+strings.Join(faults, "\n"))
			return
		}
		room.Tell(h.Window(), i18n.T("backups.verify"), i18n.T("backups.vault.sound", map[string]any{"Records": report.Records, "Sealed": report.Sealed,
			"Entries": report.AuditEntries, "Recordings": report.Recordings, "Others": report.RecordingsSealed}))
	})
}
