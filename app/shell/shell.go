// Package shell is the desktop's window: the rail of rooms, the one place for every command, the keys, and the vault that is
// open. It knows every room; no room knows it.
package shell

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"paravent/app/approvals"
	"paravent/app/backups"
	"paravent/app/bench"
	"paravent/app/cases"
	"paravent/app/evidence"
	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/ledger"
	"paravent/app/people"
	"paravent/app/room"
	"paravent/app/settings"
	"paravent/app/statistics"
	"paravent/app/suspend"
	"paravent/app/today"
	"paravent/app/welcome"
	"paravent/app/witness"
	"paravent/app/xwidget"
	"paravent/testimony"
	"paravent/testimony/docket"
	"paravent/testimony/stamp/tsa"
)

// Options say what the window opens with.
type Options struct {
	Vault    string // the vault file
	Training bool   // open Vault as the training vault, and make it where there is none
	Look     *room.Look
}

// AppID is by what the system knows the program.
const AppID = "org.paravent.desktop"

const (
	windowWidth    = 1280
	windowHeight   = 800
	smallestWidth  = 1120
	smallestHeight = 700
	windowTitle    = "Paravent"
	railWidth      = 196
	paletteWidth   = 560
	paletteShown   = 9
	searchBoxWidth = 300
)

// Shell is the window. All of it runs on Fyne's goroutine.
type Shell struct {
	app    fyne.App
	window fyne.Window
	look   room.Look
	desk   *docket.Desk // nil while locked
	vault  string

	at       room.Name
	selected string
	screen   room.Screen
	redraw   func() // of what stands before a vault is open
	witness  witness.Room
	hearing  hearing.Room
	figures  statistics.Room
	evidence evidence.Room
	bench    *bench.Bench // nil while no courtroom is open
	inCourt  atomic.Bool  // bench is not nil, for those who may not look at it
	link     link
	idle     idle
	opening  bool // a courtroom is being opened
	keeper   *keeper
	feeds    feeds
	ending   bool

	ask        docket.AskAuthority // how an authority is asked for timestamps
	feedListen string              // where calendars are served; empty: where calendar programs look for them
}

// Run opens the window and returns when it is closed. It must be called from the program's main goroutine.
func Run(ctx context.Context, o Options) error {
	a := app.NewWithID(AppID)
	s, err := New(a, o)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { fyne.Do(s.end) })
	defer stop()
	watch, end := context.WithCancel(ctx)
	defer end()
	go func() { // where there is no logind, the clocks tell
		_ = suspend.Watch(watch, windowTitle, i18n.T("lock.suspend"), func() { fyne.DoAndWait(s.sleeping) })
	}()
	s.window.ShowAndRun()
	return nil
}

// New makes the window of an application without showing it.
func New(a fyne.App, o Options) (*Shell, error) {
	s := &Shell{app: a, vault: o.Vault, ask: tsa.Ask, look: room.LookOf(a.Preferences())}
	if o.Look != nil {
		s.look = *o.Look
	}
	if err := s.look.Use(s.app); err != nil {
		return nil, err
	}
	s.idle = newIdle()
	s.idle.over, s.idle.slept, s.idle.warn = s.leftAlone, s.wokeUp, s.warnOfLock
	xwidget.OnStir(s.idle.stir)
	s.window = a.NewWindow(windowTitle)
	s.window.SetMaster()
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	s.window.CenterOnScreen()
	s.window.SetCloseIntercept(s.askToEnd)
	s.bindKeys()
	switch {
	case o.Training:
		welcome.Training(s, o.Vault)
	case docket.Exists(o.Vault):
		welcome.Unlock(s, o.Vault)
	default:
		welcome.First(s, o.Vault)
	}
	return s, nil
}

// Look is the window's language and theme.
func (s *Shell) Look() room.Look { return s.look }

// Apply takes in another language or look, keeps it, and draws everything anew.
func (s *Shell) Apply(l room.Look) error {
	s.look = l
	if err := s.look.Use(s.app); err != nil {
		return err
	}
	p := s.app.Preferences()
	p.SetString(room.PrefLanguage, l.Language)
	p.SetBool(room.PrefDark, l.Dark)
	p.SetBool(room.PrefContrast, l.HighContrast)
	if s.desk == nil {
		s.redraw()
		return nil
	}
	s.Refresh()
	return nil
}

// Window is the window.
func (s *Shell) Window() fyne.Window { return s.window }

// Desk is the open vault.
func (s *Shell) Desk() *docket.Desk { return s.desk }

// Selected is what the room shown was asked to select.
func (s *Shell) Selected() string { return s.selected }

// Show shows a screen while no vault is open.
func (s *Shell) Show(screen room.Screen) {
	s.put(screen)
	s.redraw = func() { s.reshow() }
	s.window.SetContent(ground(screen.Content))
	s.focus()
}

// put makes a screen the one whose keys count, and lets go of the one before.
func (s *Shell) put(screen room.Screen) {
	if gone := s.screen.Gone; gone != nil {
		s.screen.Gone = nil
		gone()
	}
	s.screen = screen
}

// reshow begins again what stands before a vault is open, in another language or look.
func (s *Shell) reshow() {
	if docket.Exists(s.vault) {
		welcome.Unlock(s, s.vault)
	} else {
		welcome.First(s, s.vault)
	}
}

// Opened takes an unlocked vault over.
func (s *Shell) Opened(d *docket.Desk) {
	s.desk, s.vault = d, d.Path()
	s.follow(d)
	s.idle.begin(s.LockAfter())
	s.keeper = s.keep(d, askEvery)
	s.resumeFeeds()
	s.Go(s.rooms()[0], "")
}

// rooms are the rooms that the user's office gives something to do in.
func (s *Shell) rooms() []room.Name {
	var out []room.Name
	for _, r := range room.Names {
		switch r {
		case room.Audit:
			if !s.desk.May(testimony.ActReadAudit) {
				continue
			}
		case room.Bench:
			if !s.desk.May(testimony.ActHoldHearing) {
				continue
			}
		case room.Backups:
			if !s.desk.May(testimony.ActBackUp) {
				continue
			}
		case room.People:
			if !s.desk.May(testimony.ActSeePeople) {
				continue
			}
		case room.Settings:
		default:
			if !s.desk.May(testimony.ActKeepDocket) {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// Go shows a room.
func (s *Shell) Go(to room.Name, id string) {
	if s.desk == nil {
		return
	}
	s.at, s.selected = to, id
	s.Refresh()
}

// Refresh draws the room anew.
func (s *Shell) Refresh() {
	if s.desk == nil {
		return
	}
	if s.bench != nil {
		s.bench.TakeInOrders()
	}
	screen, err := s.draw()
	if err != nil {
		screen = room.Screen{Content: xwidget.Page(i18n.T("room."+string(s.at)), nil, xwidget.Empty(room.Say(err)))}
	}
	s.put(screen)
	if s.at == room.Bench && s.bench != nil {
		s.window.SetContent(ground(s.withBar(screen.Content)))
	} else {
		s.link.stale = false // it is drawn now
		s.window.SetContent(ground(s.withBar(s.withRail(screen.Content))))
	}
	s.drawBar()
	s.focus()
}

// focus gives the keyboard to what the screen wants typed first. Without it, nothing has the focus and every key is the screen's.
func (s *Shell) focus() {
	if s.screen.First != nil {
		s.window.Canvas().Focus(s.screen.First)
	}
}

func (s *Shell) draw() (room.Screen, error) {
	switch s.at {
	case room.Cases:
		return cases.New(s)
	case room.Witnesses:
		return s.witness.Screen(s)
	case room.Hearings:
		return s.hearing.Screen(s)
	case room.Approvals:
		return approvals.New(s)
	case room.People:
		return people.New(s)
	case room.Audit:
		return ledger.New(s)
	case room.Backups:
		return backups.New(s)
	case room.Statistics:
		return s.figures.Screen(s)
	case room.Evidence:
		return s.evidence.Screen(s)
	case room.Settings:
		return settings.New(s)
	case room.Bench:
		if s.bench != nil {
			return s.bench.Screen(), nil
		}
		return bench.Lobby(s)
	}
	return today.New(s)
}

// OpenCourtroom opens the bench of a hearing, or goes back to the one that is open.
func (s *Shell) OpenCourtroom(id testimony.HearingID) {
	if s.bench != nil {
		s.Go(room.Bench, "")
		if s.bench.Session().State().Hearing.ID != id {
			room.Tell(s.window, i18n.T("courtroom.busy"), i18n.T("courtroom.busy.text"))
		}
		return
	}
	room.WithPermission(s, id, func() { s.openCourtroom(id) })
}

func (s *Shell) openCourtroom(id testimony.HearingID) {
	bench.AskReach(s, id, func(reach bench.Reach) {
		var b *bench.Bench
		d := s.desk
		s.opening = true
		wait := bench.Opening(s)
		room.Later(func() (err error) {
			b, err = bench.Open(s, id, reach)
			return err
		}, func(err error) {
			s.opening = false
			wait.Close()
			if s.ending || s.desk != d { // the window was closed meanwhile, or the machine has slept
				if err == nil {
					go b.Abandon()
				}
				return
			}
			if err != nil {
				room.Failed(s, err)
				return
			}
			s.bench = b
			s.inCourt.Store(true)
			b.Start(s.courtroomOver)
			s.Go(room.Bench, "")
		})
	})
}

func (s *Shell) courtroomOver(id testimony.HearingID) {
	here := s.bench != nil && s.bench.Session().State().Here != ""
	s.bench = nil
	s.inCourt.Store(false)
	if s.ending || s.desk == nil {
		return
	}
	s.keeper.wake()
	xwidget.CloseSheets(s.window.Canvas())
	if s.at == room.Bench {
		s.Go(room.Hearings, string(id))
		if here { // the witness is still in the room
			evidence.CheckHeld(s, id)
		}
		return
	}
	s.Refresh()
}

// Lock closes the vault: keys are wiped, every screen of it is taken away. An open courtroom holds it back.
func (s *Shell) Lock() {
	if s.desk == nil {
		return
	}
	if s.bench != nil {
		room.Tell(s.window, i18n.T("lock.held"), i18n.T("lock.held.text"))
		return
	}
	s.lock(welcome.Asked, 0)
}

func (s *Shell) close() {
	xwidget.CloseSheets(s.window.Canvas())
	s.idle.end()
	s.unfollow()
	s.keeper.stop()
	s.keeper = nil
	s.feeds.end()
	s.evidence.End()
	d := s.desk
	s.desk, s.selected, s.witness, s.hearing, s.figures = nil, "", witness.Room{}, hearing.Room{}, statistics.Room{}
	if err := d.Close(); err != nil {
		room.Tell(s.window, i18n.T("error.title"), room.Say(err))
	}
}

// askToEnd closes the window. An open courtroom asks for a second act: the recordings are sealed, the hearing stays open.
func (s *Shell) askToEnd() {
	if s.bench == nil {
		s.end()
		return
	}
	room.Confirm(s, i18n.T("quit.title"), i18n.T("quit.text"), i18n.T("quit.yes"), s.end)
}

// end leaves the program: first the courtroom, then the vault, then the window.
func (s *Shell) end() {
	if s.ending {
		return
	}
	s.ending = true
	s.evidence.End()
	s.idle.end()
	s.unfollow()
	s.feeds.end()
	b, d, k := s.bench, s.desk, s.keeper
	if b != nil {
		xwidget.CloseSheets(s.window.Canvas())
		xwidget.ShowSheet(s.window.Canvas(), i18n.T("quit.sealing"), 420, xwidget.Paragraph(i18n.T("quit.sealing.text"))).OnEscape(func() {}) // it ends by itself
	}
	room.Later(func() error {
		k.stop()
		if b != nil {
			b.Abandon()
		}
		if d != nil {
			return d.Close()
		}
		return nil
	}, func(err error) {
		s.desk = nil
		if err == nil {
			s.app.Quit()
			return
		}
		xwidget.CloseSheets(s.window.Canvas())
		room.Tell(s.window, i18n.T("error.title"), room.Say(err)).OnClosed(s.app.Quit)
	})
}

// place says in a few words which vault is open, for the foot of the rail.
func (s *Shell) place() string {
	where, _, _ := strings.Cut(s.vault, "?") // of a cluster's URL, the files and limits are nobody's interest here
	return filepath.Base(where)
}
