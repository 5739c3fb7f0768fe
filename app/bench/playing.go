package bench

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/protection/policy"
	"paravent/testimony"
	"paravent/testimony/edit"
	"paravent/testimony/evidence"
	"paravent/testimony/live"
)

// skipped is how far one press goes back or on.
const skipped = 10 * time.Second

// played is what the side with the recorded testimonies shows.
type played struct {
	Phase testimony.Phase
	Open  live.Playing
	Clock string
	List  []live.Recorded
}

// playing is the side that plays a testimony that was recorded before.
func (b *Bench) playing(st live.State) (any, func() fyne.CanvasObject) {
	now := played{Phase: st.Session.Phase, List: b.recordings}
	if st.Playing != nil {
		now.Open, now.Clock = *st.Playing, edit.Clock(st.Playing.At)[:8]
		now.Open.At = 0 // the clock stands for it
	}
	return now, func() fyne.CanvasObject {
		if st.Playing != nil {
			return b.openTestimony(st, now)
		}
		return b.testimonies(now)
	}
}

// testimonies lists what can be played.
func (b *Bench) testimonies(now played) fyne.CanvasObject {
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("playing.text"))}
	may := slices.Contains([]testimony.Phase{testimony.Lobby, testimony.Testimony, testimony.Playback}, now.Phase)
	if !may {
		rows = append(rows, xwidget.Note(i18n.T("playing.when"), xwidget.Private))
	}
	switch {
	case now.List == nil:
		rows = append(rows, xwidget.Small(i18n.T("playing.looking")))
	case len(now.List) == 0:
		rows = append(rows, xwidget.Small(i18n.T("playing.none")))
	}
	for _, r := range now.List {
		detail := room.Day(r.Begins.Local()) + " · " + edit.Clock(r.Length)[:8]
		var right []fyne.CanvasObject
		if r.Form == evidence.FormMaster {
			open := benchButton(i18n.T("playing.open"), "", func() { b.open(r) })
			if !may {
				open.Disable()
			}
			right = append(right, open)
		} else {
			detail = room.Day(r.Begins.Local()) + " · " + i18n.T("evidence.gets."+string(r.Form))
		}
		rows = append(rows, xwidget.Entry(r.Witness, detail, right...))
	}
	return xwidget.Card(i18n.T("playing.title"), rows...)
}

// openTestimony is what is open: where it stands, what can be done, and who receives what of it.
func (b *Bench) openTestimony(st live.State, now played) fyne.CanvasObject {
	p := now.Open
	head := xwidget.Row(10, xwidget.Middle(xwidget.Heading(now.Clock)), xwidget.Middle(xwidget.Small("/ "+edit.Clock(p.Length)[:8])))
	rows := []fyne.CanvasObject{xwidget.WrappedSmall(i18n.T("playing.recorded", map[string]any{"Day": room.Day(p.Begins.Local())})), head}
	if p.Fault != "" {
		rows = append(rows, xwidget.Note(i18n.T("playing.fault"), xwidget.Fault))
	}
	back := benchButton(i18n.T("playing.back"), "←", func() { b.skip(-skipped) })
	on := benchButton(i18n.T("playing.on"), "→", func() { b.skip(skipped) })
	buttons := []fyne.CanvasObject{back, on, benchButton(i18n.T("playing.goto"), "G", b.goTo), benchButton(i18n.T("playing.end"), "", func() { b.act(b.session.CloseTestimony) })}
	rows = append(rows, xwidget.Wrap(8, buttons...), xwidget.Line(), xwidget.Strong(i18n.T("playing.who")))
	var told []protection.Audience
	for _, x := range st.Hearing.Participants {
		a := x.Audience()
		if x.Role == testimony.RoleWitness || x.Role.OnBench() || slices.Contains(told, a) {
			continue
		}
		told = append(told, a)
		word := i18n.T("playing.beside")
		if i := slices.IndexFunc(p.Shares, func(s evidence.Share) bool { return s.Audience == a }); i >= 0 && !x.Role.WithWitness() {
			word = i18n.T("evidence.gets." + string(p.Shares[i].Form))
		}
		rows = append(rows, xwidget.Entry(policy.AudienceWord(a, i18n.Policy()), word))
	}
	return xwidget.Card(p.Witness, rows...)
}

// lookForRecordings lists anew what can be played.
func (b *Bench) lookForRecordings() {
	lookFor(b, b.session.Recorded, &b.recordings)
}

// lookFor reads a list off Fyne's goroutine and shows it: not nil once it was read, even where there is nothing in it.
func lookFor[T any](b *Bench, read func(context.Context) ([]T, error), into *[]T) {
	var list []T
	room.Later(func() (err error) {
		list, err = read(room.Ctx())
		return err
	}, func(err error) {
		if b.over {
			return
		}
		if err != nil {
			room.Failed(b.host, err)
			return
		}
		*into = append([]T{}, list...)
		b.update()
	})
}

// open opens a recorded testimony by a second act that says what follows.
func (b *Bench) open(r live.Recorded) {
	title := i18n.T("playing.open.title", map[string]any{"Who": r.Witness})
	room.Confirm(b.host, title, i18n.T("playing.open.text"), i18n.T("playing.open"), func() {
		b.advance(func() error {
			if b.session.State().Session.Phase != testimony.Playback {
				if err := b.session.Enter(testimony.Playback); err != nil {
					return err
				}
			}
			return b.session.OpenTestimony(room.Ctx(), r.Hearing)
		})()
	})
}

// playWord is what can be done with the recorded testimony that is open; empty where none is.
func playWord(st live.State) string {
	switch {
	case st.Playing == nil || st.Session.Phase != testimony.Playback:
		return ""
	case st.Playing.Running:
		return i18n.T("player.pause")
	}
	return i18n.T("player.play")
}

func (b *Bench) playOrPause() {
	if st := b.session.State(); st.Playing != nil && st.Playing.Running {
		b.act(b.session.PauseTestimony)
	} else if st.Playing != nil {
		b.act(b.session.PlayTestimony)
	}
}

func (b *Bench) skip(by time.Duration) {
	if p := b.session.State().Playing; p != nil {
		b.act(func() error { return b.session.MoveTestimony(p.At + by) })
	}
}

// goTo asks for a place.
func (b *Bench) goTo() {
	p := b.session.State().Playing
	if p == nil {
		return
	}
	place := xwidget.NewInput("00:12:30")
	room.Form(b.host, i18n.T("playing.goto"), i18n.T("playing.goto"), xwidget.Column(10, xwidget.Paragraph(i18n.T("playing.goto.text", map[string]any{"Length": edit.Clock(p.Length)[:8]})), place), place, func() error {
		at, err := edit.ParseClock(place.Text)
		if err != nil {
			return err
		}
		return b.session.MoveTestimony(at)
	})
}

// leavePlayback goes back to where the recording was opened from; where one is open, by a second act.
func (b *Bench) leavePlayback(st live.State, to testimony.Phase) func() {
	leave := b.advance(func() error { return b.session.Enter(to) })
	if st.Playing == nil {
		return leave
	}
	return func() {
		room.Confirm(b.host, i18n.T("playing.leave"), i18n.T("playing.leave.text"), i18n.T("playing.leave"), leave)
	}
}

// playingWords says, under the mode, what the public gets of a recorded testimony.
func playingWords(st live.State) string {
	switch {
	case st.Playing == nil:
		return i18n.T("saying.playback")
	case st.Playing.Public:
		return i18n.T("saying.playback.public")
	}
	return i18n.T("saying.playback.nothing")
}

// playingKeys are those of a recorded testimony that is open.
func (b *Bench) playingKeys(keys map[fyne.KeyName]func()) {
	for key, act := range map[fyne.KeyName]func(){fyne.KeyLeft: func() { b.skip(-skipped) }, fyne.KeyRight: func() { b.skip(skipped) }, fyne.KeyG: b.goTo} {
		keys[key] = act
	}
}
