package bench

import (
	"context"
	"errors"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/hearing"
	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/xwidget"
	"paravent/protection"
	"paravent/testimony"
	"paravent/testimony/live"
	"paravent/testimony/rehearsal"
)

// reasons are what the public can be told of a private or closed session. The first one stands unless another is chosen, so that
// one key is enough.
func reasons() []string {
	return []string{i18n.T("reason.protection"), i18n.T("reason.private_life"), i18n.T("reason.safety"), i18n.T("reason.order")}
}

// controlled is what the row of controls shows.
type controlled struct {
	Phase     testimony.Phase
	Mode      protection.SessionMode
	Effective protection.SessionMode
	Plays     string // what the space bar does with a recorded testimony; empty where none is open
}

func (b *Bench) showControls(st live.State) {
	now := controlled{st.Session.Phase, st.Session.Mode, st.Effective, playWord(st)}
	b.parts.controls.show(now, func() fyne.CanvasObject {
		button := func(m protection.SessionMode, key string) fyne.CanvasObject {
			x := benchButton(room.ModeWord(m), key, func() { b.setMode(m) })
			x.Icon, x.Tone, x.Selected = room.ModeIcon(m), room.ModeTone(m), st.Effective == m
			return x
		}
		pause := benchButton(i18n.T("bench.break"), "F8", b.breakOrResume)
		pause.Icon, pause.Tone = xwidget.IconBreak, xwidget.Break
		if paused(st) {
			pause.Text, pause.Selected = i18n.T("bench.resume"), true
		}
		if st.Session.Phase == testimony.Lobby {
			pause.Disable()
		}
		mark := benchButton(i18n.T("bench.mark"), i18n.T("key.space"), b.mark)
		mark.Icon, mark.Kind, mark.Tone = xwidget.IconMark, xwidget.Danger, xwidget.Closed
		if st.Session.Phase != testimony.Testimony && st.Session.Phase != testimony.Oath {
			mark.Disable()
		}
		if now.Plays != "" {
			mark = benchButton(now.Plays, i18n.T("key.space"), b.playOrPause)
			mark.Kind = xwidget.Primary
		}
		late := benchButton(i18n.T("bench.mark_back"), "F3", b.markBack)
		late.Icon = xwidget.IconMark
		if st.Session.Phase == testimony.Lobby {
			late.Disable()
		}
		modes := xwidget.Row(10, button(protection.PublicMode, "F5"), button(protection.PrivateMode, "F6"), button(protection.ClosedMode, "F7"), pause)
		first := container.NewBorder(nil, nil, modes, late)
		told := xwidget.Row(10, xwidget.Middle(xwidget.Small(i18n.T("bench.reason"))), xwidget.Width(280, b.reason))
		return xwidget.Column(8, first, container.NewBorder(nil, nil, told, mark))
	})
}

// benchButton leaves the space bar to the mark, whatever has the focus.
func benchButton(text, key string, act func()) *xwidget.Button {
	b := xwidget.NewButton(text, key, act)
	b.SpacePasses = true
	return b
}

func paused(st live.State) bool {
	return st.Session.Phase == testimony.Break || st.Session.Phase == testimony.Interruption
}

// setMode changes who may follow. To close is one key; to open asks for a second act that names its effect.
func (b *Bench) setMode(m protection.SessionMode) {
	st := b.session.State()
	if m == st.Session.Mode {
		return
	}
	reason := ""
	if m != protection.PublicMode {
		reason = reasons()[max(b.reason.SelectedIndex(), 0)]
	}
	if m > st.Session.Mode {
		b.act(func() error { return b.session.SetMode(m, reason) })
		return
	}
	room.Confirm(b.host, i18n.T("open.title", map[string]any{"Mode": room.ModeWord(m)}), b.whoReceives(st, m), i18n.T("open.yes", map[string]any{"Mode": room.ModeWord(m)}), func() {
		b.act(func() error { return b.session.SetMode(m, reason) })
	})
}

// whoReceives echoes who will see and hear the witness in a mode, as the orders in force say.
func (b *Bench) whoReceives(st live.State, m protection.SessionMode) string {
	matrix, err := b.host.Desk().Matrix(room.Ctx(), st.Hearing.Case, st.Hearing.Party, m, st.Now)
	if err != nil {
		return room.Say(err)
	}
	lines := []string{i18n.T("open.text")}
	if matrix.Mode != m {
		lines = append(lines, matrix.Explain(m, i18n.Policy())[0])
	}
	for _, a := range []protection.Audience{protection.Gallery, protection.Accused, protection.DefenceCounsel, protection.Prosecution, protection.Interpreter} {
		lines = append(lines, "– "+matrix.Cell(a).Summary(i18n.Policy()))
	}
	return strings.Join(lines, "\n")
}

func (b *Bench) breakOrResume() {
	st := b.session.State()
	switch {
	case paused(st):
		room.Confirm(b.host, i18n.T("bench.resume"), b.whoReceives(st, st.Session.Mode), i18n.T("bench.resume"), func() {
			b.act(b.session.Resume)
		})
	case st.Session.Phase != testimony.Lobby:
		b.act(func() error { return b.session.Break("") })
	}
}

// space marks the last words; while a recorded testimony is open it plays or pauses that.
func (b *Bench) space() {
	if playWord(b.session.State()) != "" {
		b.playOrPause()
		return
	}
	b.mark()
}

func (b *Bench) mark() {
	if p := b.session.State().Session.Phase; p == testimony.Testimony || p == testimony.Oath {
		b.act(b.session.Mark)
	}
}

// furtherBack is how far a late mark can be chosen to reach.
var furtherBack = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, testimony.MarkFurthest}

// markBack asks how far back a slip lies that was noticed late. Two minutes are chosen, so that the key and Enter are enough.
func (b *Bench) markBack() {
	if b.session.State().Session.Phase == testimony.Lobby {
		return
	}
	words := make([]string, len(furtherBack))
	for i, d := range furtherBack {
		words[i] = i18n.T("bench.mark_back.minutes", map[string]any{"N": int(d.Minutes())})
	}
	far := xwidget.NewChoice(words, 1, nil)
	room.Form(b.host, i18n.T("bench.mark_back.title"), i18n.T("bench.mark_back.yes"),
		xwidget.Column(10, xwidget.Paragraph(i18n.T("bench.mark_back.text")), xwidget.Field(i18n.T("bench.mark_back.far"), far)), far, func() error {
			return b.session.MarkBack(furtherBack[max(far.SelectedIndex(), 0)])
		})
}

// step is what comes next in the session.
type step struct {
	word string // empty: nothing to do but wait
	wait string // why there is nothing to do
	act  func()
}

func (b *Bench) nextStep(st live.State) step {
	witness, _ := st.Hearing.Witness()
	person, _ := personOf(st, witness.ID)
	here := person.Presence == live.Admitted
	switch st.Session.Phase {
	case testimony.Lobby:
		if !here {
			return step{wait: i18n.T("next.wait_witness")}
		}
		return step{word: i18n.T("next.identity"), act: b.advance(func() error { return b.session.Enter(testimony.IdentityCheck) })}
	case testimony.IdentityCheck:
		if !happened(st, testimony.IdentityFound) {
			return step{word: i18n.T("next.verified"), act: b.advance(b.session.IdentityVerified)}
		}
		if s, untried := b.trialStep(st); untried {
			return s
		}
		return step{word: i18n.T("next.oath"), act: b.advance(func() error { return b.session.Enter(testimony.Oath) })}
	case testimony.Oath:
		if !st.Conduct.Oath.Opens() {
			if st.Conduct.Oath.Form == "" {
				return step{word: i18n.T("next.show_oath"), act: func() {
					b.turn("conduct")
					b.advance(func() error { return b.session.ShowOath(testimony.OathForms[b.picked.form]) })()
				}}
			}
			return step{word: i18n.T("next.sworn"), act: b.advance(b.session.OathTaken)}
		}
		return step{word: i18n.T("next.testimony"), act: b.advance(func() error { return b.session.Enter(testimony.Testimony) })}
	case testimony.Testimony:
		return step{}
	case testimony.Playback:
		if st.Conduct.Oath.Opens() && here {
			return step{word: i18n.T("next.to_testimony"), act: b.leavePlayback(st, testimony.Testimony)}
		}
		return step{word: i18n.T("next.to_lobby"), act: b.leavePlayback(st, testimony.Lobby)}
	}
	return step{word: i18n.T("bench.resume"), act: b.breakOrResume}
}

// happened reports whether the record of this phase has an event of a kind.
func happened(st live.State, kind testimony.EventKind) bool {
	for i := len(st.Events) - 1; i >= 0; i-- {
		e := st.Events[i]
		if e.Kind == kind {
			return true
		}
		if e.Kind == testimony.PhaseChanged && e.Phase == testimony.Lobby {
			return false
		}
	}
	return false
}

// next takes the next step. A second press while the step is being taken means the same step.
func (b *Bench) next() {
	if s := b.nextStep(b.session.State()); s.act != nil && !b.stepping {
		s.act()
	}
}

// advance takes a step of the session's order.
func (b *Bench) advance(take func() error) func() {
	return func() {
		b.stepping = true
		room.Later(take, func(err error) {
			b.stepping = false
			if err != nil && !errors.Is(err, testimony.ErrSame) {
				room.Failed(b.host, err)
			}
		})
	}
}

// close ends the hearing after a second act: the recordings are sealed and the minutes kept.
func (b *Bench) close() {
	st := b.session.State()
	text := i18n.T("close.text", map[string]any{"Marks": st.Marks, "Length": hearing.Length(st.Recorded)})
	room.Confirm(b.host, i18n.T("close.title"), text, i18n.T("close.yes"), func() {
		b.act(func() error { // the end of the session leads out of the room
			_, err := b.session.Close(context.Background())
			return err
		})
	})
}

// practise brings simulated guests in, in a training vault only.
func (b *Bench) practise() {
	if !b.host.Desk().Training() || b.company != nil || b.coming {
		return
	}
	b.coming = true
	st := b.session.State()
	var company *rehearsal.Company
	room.Later(func() (err error) {
		company, err = rehearsal.Practise(context.Background(), st)
		return err
	}, func(err error) {
		b.coming = false
		if b.over { // the hearing ended while they were on their way
			go company.Leave()
			return
		}
		b.company = company
		room.Failed(b.host, err)
	})
}
