// Package room is what the screens of the desktop have in common: the host that shows them, and how they ask, tell and save.
//
// It holds no rule. A screen is a function of the desk that draws what is there now; it is drawn anew after every change.
// Start from [Host].
package room

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"paravent/app/i18n"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/docket"
)

// Name names a room of the desktop.
type Name string

// The rooms.
const (
	Today      Name = "today"
	Cases      Name = "cases"
	Witnesses  Name = "witnesses"
	Hearings   Name = "hearings"
	Bench      Name = "bench"
	Evidence   Name = "evidence"
	Approvals  Name = "approvals"
	People     Name = "people"
	Audit      Name = "audit"
	Backups    Name = "backups"
	Statistics Name = "statistics"
	Settings   Name = "settings"
)

// Names lists the rooms in the order of the rail.
var Names = []Name{Today, Cases, Witnesses, Hearings, Bench, Evidence, Approvals, Audit, People, Backups, Statistics, Settings}

// Screen is what a room shows: its content, and the keys that act in it whatever has the focus.
type Screen struct {
	Content fyne.CanvasObject
	// Keys are named as on the buttons: "F5", "Space", "A". Ctrl+N is bound by New.
	Keys map[fyne.KeyName]func()
	// New asks for a new thing of this room; nil where there is none.
	New func()
	// Back steps out of a detail; nil on a room's first screen.
	Back func()
	// First has the focus when the screen is shown; nil for none.
	First fyne.Focusable
	// Gone, where set, is called when another screen takes this one's place.
	Gone func()
}

// Host is the window as a screen knows it. Its methods are called on Fyne's goroutine.
type Host interface {
	Desk() *docket.Desk
	Window() fyne.Window
	// Go shows a room, with one of its things selected; an empty id selects none.
	Go(to Name, id string)
	// Selected is what the room shown was asked to select.
	Selected() string
	// Refresh draws the room anew.
	Refresh()
	// OpenCourtroom opens the bench of a hearing.
	OpenCourtroom(id testimony.HearingID)
	// Apply takes in a new language or a new look, and draws everything anew.
	Apply(Look) error
	// Look is how the window speaks and looks now.
	Look() Look
	// Lock closes the vault and asks for a passphrase again.
	Lock()
	// LockAfter is how long the desk stays open with nobody at it; SetLockAfter takes one of docket.LockTimes.
	LockAfter() time.Duration
	SetLockAfter(time.Duration)
	// FeedsAt is where calendars are served from this window, or empty, with the reason if that was not wanted; ServeFeeds begins and ends it.
	FeedsAt() (string, error)
	ServeFeeds(on bool) error
}

// Look is the window's language and theme.
type Look struct {
	Language     string
	Dark         bool
	HighContrast bool
}

// The names of the preferences that keep a look.
const (
	PrefLanguage = "language"
	PrefDark     = "dark"
	PrefContrast = "high_contrast"
)

// LookOf is the look that this machine's user chose last.
func LookOf(p fyne.Preferences) Look {
	return Look{Language: p.StringWithFallback(PrefLanguage, i18n.System()), Dark: p.BoolWithFallback(PrefDark, false), HighContrast: p.BoolWithFallback(PrefContrast, false)}
}

// Use makes it the look of an application.
func (l Look) Use(a fyne.App) error {
	if err := i18n.Use(l.Language); err != nil {
		return err
	}
	a.Settings().SetTheme(&theme.Theme{Dark: l.Dark, HighContrast: l.HighContrast})
	return nil
}

// Said is an error that is a sentence for the person at the desk already.
type Said string

func (s Said) Error() string { return string(s) }

// Ctx is the context of a screen's reads: they are short.
func Ctx() context.Context { return context.Background() }

// Failed tells an error: what happened, and what to do.
func Failed(h Host, err error) {
	if err != nil {
		Tell(h.Window(), i18n.T("error.title"), Say(err))
	}
}

// Tell says something that has to be read before going on.
func Tell(w fyne.Window, title, text string) *xwidget.Sheet {
	var s *xwidget.Sheet
	ok := xwidget.NewPrimary(i18n.T("action.close"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(w.Canvas(), title, 440, xwidget.Paragraph(text), ok)
	w.Canvas().Focus(ok)
	return s
}

// Later runs slow work off Fyne's goroutine and then, back on it, the rest.
func Later(work func() error, then func(error)) {
	go func() {
		err := work()
		fyne.Do(func() { then(err) })
	}()
}

// Working shows that something long goes on, and lets it be stopped.
func Working(h Host, title string, work func(ctx context.Context, progress func(done, total int64)) error, then func(error)) {
	ctx, cancel := context.WithCancel(Ctx())
	bar := xwidget.NewProgress()
	s := xwidget.ShowSheet(h.Window().Canvas(), title, 420, bar, xwidget.NewButton(i18n.T("action.stop"), "Esc", cancel))
	s.OnEscape(cancel)
	s.OnClosed(cancel) // a desk that is locked does not work on
	Later(func() error { return work(ctx, bar.Set) }, func(err error) {
		cancel()
		s.Close()
		if !errors.Is(err, context.Canceled) {
			then(err)
		}
	})
}

// Confirm asks for a deliberate second act that names its effect. Nothing has the focus but stepping back.
func Confirm(h Host, title, effect, yes string, act func()) {
	var s *xwidget.Sheet
	no := xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() })
	ok := xwidget.NewPrimary(yes, "", func() {
		s.Close()
		act()
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), title, 460, xwidget.Paragraph(effect), no, ok)
	h.Window().Canvas().Focus(no)
}

// Form shows a form. Save is tried until it succeeds; its error is told above the fields, which keep what was typed. Enter in a
// line of text saves.
func Form(h Host, title, save string, fields fyne.CanvasObject, first fyne.Focusable, try func() error) *xwidget.Sheet {
	return form(h, title, save, fields, first, func(done func(error)) { done(try()) })
}

// SlowForm is a form whose saving takes long: read takes what was typed, and the work that it returns runs off Fyne's goroutine.
func SlowForm(h Host, title, save string, fields fyne.CanvasObject, first fyne.Focusable, read func() (work func() error, err error)) *xwidget.Sheet {
	return form(h, title, save, fields, first, func(done func(error)) {
		work, err := read()
		if err != nil {
			done(err)
			return
		}
		Later(work, done)
	})
}

func form(h Host, title, save string, fields fyne.CanvasObject, first fyne.Focusable, try func(done func(error))) *xwidget.Sheet {
	fault := xwidget.Wrapped("")
	fault.Importance = widget.DangerImportance
	var s *xwidget.Sheet
	left := false
	yes := xwidget.NewPrimary(save, "Enter", nil)
	yes.OnTapped = func() {
		yes.Disable() // once is enough
		try(func(err error) {
			yes.Enable()
			if err != nil && left { // nobody would read it in the form
				Failed(h, err)
				return
			}
			if err != nil {
				fault.SetText(Say(err))
				fault.Show()
				s.Fit()
				return
			}
			s.Close()
			h.Refresh()
		})
	}
	no := xwidget.NewButton(i18n.T("action.cancel"), "Esc", func() { s.Close() })
	forEach(fields, func(e *xwidget.Input) {
		if !e.MultiLine && e.OnSubmitted == nil {
			e.OnSubmitted = func(string) { yes.Tapped(nil) }
		}
	})
	forEach(fields, func(c *xwidget.Choice) {
		c.OnEnter = func() { yes.Tapped(nil) }
	})
	s = xwidget.ShowSheet(h.Window().Canvas(), title, 560, container.NewVBox(fault, fields), no, yes)
	s.OnClosed(func() { left = true })
	fault.Hide()
	if first != nil {
		h.Window().Canvas().Focus(first)
	}
	return s
}

// forEach visits the objects of one type in a form.
func forEach[T fyne.CanvasObject](o fyne.CanvasObject, visit func(T)) {
	if found, is := o.(T); is {
		visit(found)
		return
	}
	if c, is := o.(*fyne.Container); is {
		for _, inner := range c.Objects {
			forEach(inner, visit)
		}
	}
}

// Suggested is a place that a form offers for a new file: in the user's own folder, where there is one.
func Suggested(name string) string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, name)
}

// Date and hours as the window writes them.
func Day(t time.Time) string {
	return i18n.T("day.format", map[string]any{"Weekday": i18n.T("weekday." + t.Weekday().String()), "Day": t.Day(),
		"Month": i18n.T("month." + t.Month().String()), "Year": t.Year()})
}

// TypedDay reads a day as the forms take it; nothing is no day.
func TypedDay(text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	if err != nil {
		return day, ErrDate
	}
	return day, nil
}

// Clock is a time of day.
func Clock(t time.Time) string { return t.Format("15:04") }

// Moment is a day and a time of day in one narrow column.
func Moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// ShortDay is a day in a narrow column.
func ShortDay(t time.Time) string { return t.Local().Format("2006-01-02") }

// Clocks is a moment on the court's clock, and in words on the witness's.
func Clocks(h testimony.Hearing, at time.Time) (court, witness string) {
	c, w, err := h.Clocks(at)
	if err != nil {
		return Clock(at.UTC()), ""
	}
	there := Clock(w)
	if c.YearDay() != w.YearDay() {
		there += " (" + i18n.T("weekday."+w.Weekday().String()) + ")"
	}
	return Clock(c), i18n.T("clock.there", map[string]any{"Time": there})
}

// Short is a time of seconds or minutes, in whole seconds rounded up, as it reads in both languages.
func Short(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds%60 == 0:
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
}

// ModeTone is the colour of a session mode.
func ModeTone(m protection.SessionMode) xwidget.Tone {
	switch m {
	case protection.PublicMode:
		return xwidget.Public
	case protection.PrivateMode:
		return xwidget.Private
	}
	return xwidget.Closed
}

// ModeWord is a session mode in words.
func ModeWord(m protection.SessionMode) string { return i18n.T("mode." + m.String()) }

// ModeIcon is the shape of a session mode.
func ModeIcon(m protection.SessionMode) xwidget.Icon {
	switch m {
	case protection.PublicMode:
		return xwidget.IconPublic
	case protection.PrivateMode:
		return xwidget.IconPrivate
	}
	return xwidget.IconClosed
}

// ModeChip is a session mode with its colour, its shape and its word.
func ModeChip(m protection.SessionMode) fyne.CanvasObject {
	return xwidget.IconChip(ModeIcon(m), ModeWord(m), ModeTone(m))
}

// PictureTone is the colour of what an audience sees.
func PictureTone(p protection.Picture) xwidget.Tone {
	switch p {
	case protection.ClearPicture:
		return xwidget.Clear
	case protection.Silhouette:
		return xwidget.Private
	}
	return xwidget.Break
}

// VoiceTone is the colour of what an audience hears.
func VoiceTone(v protection.Voice) xwidget.Tone {
	switch v {
	case protection.ClearVoice:
		return xwidget.Clear
	case protection.NoVoice:
		return xwidget.Break
	}
	return xwidget.Private
}

// AccessChips are what an audience receives, in the words of the order.
func AccessChips(a protection.Access, connected bool) []fyne.CanvasObject {
	if !connected {
		return []fyne.CanvasObject{xwidget.Chip(i18n.T("access.off"), xwidget.Break)}
	}
	picture, voice := policy.PictureWord(a.Picture, i18n.Policy()), policy.VoiceWord(a.Voice, i18n.Policy())
	if picture == voice {
		return []fyne.CanvasObject{xwidget.Chip(picture, PictureTone(a.Picture))}
	}
	return []fyne.CanvasObject{xwidget.Chip(picture, PictureTone(a.Picture)), xwidget.Chip(voice, VoiceTone(a.Voice))}
}

// Back is the button that steps out of a detail.
func Back(h Host, to Name) (fyne.CanvasObject, func()) {
	back := func() { h.Go(to, "") }
	b := xwidget.NewButton(i18n.T("room."+string(to)), "Esc", back)
	b.Icon = xwidget.IconBack
	return b, back
}

// Words are the catalogue's words for a list of the domain's terms.
func Words[T ~string](prefix string, terms []T) []string {
	words := make([]string, len(terms))
	for i, t := range terms {
		words[i] = i18n.T(prefix + string(t))
	}
	return words
}

// Register is what the things of the docket are called.
type Register struct {
	Cases    map[protection.CaseID]string
	Parties  map[protection.PartyID]protection.Party
	Hearings []testimony.Hearing
}

// ReadRegister reads the docket's names.
func ReadRegister(d *docket.Desk) (Register, error) {
	r := Register{Cases: map[protection.CaseID]string{}, Parties: map[protection.PartyID]protection.Party{}}
	cases, err := d.Cases(Ctx())
	if err != nil {
		return r, err
	}
	for _, c := range cases {
		r.Cases[c.ID] = c.Reference
	}
	parties, err := d.Parties(Ctx())
	if err != nil {
		return r, err
	}
	for _, p := range parties {
		r.Parties[p.ID] = p
	}
	r.Hearings, err = d.Hearings(Ctx())
	return r, err
}

// UserNames are the officials' names, by their ids as records have them.
func UserNames(d *docket.Desk) (map[string]string, error) {
	users, err := d.Users(Ctx())
	names := map[string]string{}
	for _, u := range users {
		names[string(u.ID)] = u.DisplayName
	}
	return names, err
}

// Pseudonym is what a party is called in a case.
func (r Register) Pseudonym(p protection.PartyID, c protection.CaseID) string {
	return string(r.Parties[p].PseudonymIn(c))
}
