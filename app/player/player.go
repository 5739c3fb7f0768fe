// Package player shows a recording in a window: its picture, its sound, how loud it is over its length, what happened when, and what was said.
//
// It opens nothing and decides nothing: it is handed a recording that was opened for it, and words. Nothing of the recording is kept but the picture that
// is shown. Start from [New].
package player

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/device"
	"paravent/media/playback"
	"paravent/media/render"
	"paravent/testimony/edit"
)

// Mark is something that happened in a recording, on the clock of what is played.
type Mark struct {
	At   time.Duration
	Word string
	Tone xwidget.Tone
}

// Options say what is played and how it is named.
type Options struct {
	Source io.ReaderAt // has to outlive the player
	Size   int64
	Length time.Duration // zero where nobody noted it: the waveform is then left out
	Name   string        // stands over the picture: whose version it is
	Tone   xwidget.Tone
	Marks  []Mark // in the order of time
	// Said is what is said at a moment, shown over the picture; nil for no subtitles. It runs on Fyne's goroutine.
	Said func(at time.Duration) string
	// Moved, where set, is told on Fyne's goroutine where the player stands now.
	Moved func(playback.State)
	// Sound makes the loudspeaker; nil for this machine's own.
	Sound func() (Speaker, error)
}

// Speaker is what sound is played on.
type Speaker interface {
	Play(pcm []int16)
	Close() error
}

// skip is how far the arrows go.
const skip = 5 * time.Second

// stretches is how finely the waveform is drawn over the whole length.
const stretches = 1200

// Player is a recording in a window. All of its methods but those that say so run on Fyne's goroutine; close it.
type Player struct {
	o      Options
	engine *playback.Player
	state  playback.State
	stop   context.CancelFunc

	screen   *xwidget.Screen
	line     *timeline
	play     *xwidget.Button
	clock    *canvas.Text
	speed    *canvas.Text
	said     *subtitle
	note     *fyne.Container
	noted    string
	noSound  bool
	object   fyne.CanvasObject
	second   *second
	secondAt atomic.Pointer[xwidget.Screen] // for the engine's goroutine

	mu      sync.Mutex
	speaker Speaker // nil where there is none, or it is not open yet
	closed  bool
	latest  playback.State
	pending bool
}

// New shows the first picture of a recording. The caller puts Object into a window and gives it the keys of Keys.
func New(o Options) (*Player, error) {
	p := &Player{o: o, screen: xwidget.NewScreen()}
	p.draw()
	engine, err := playback.Open(o.Source, o.Size, playback.Output{Picture: p.picture, Sound: p.sound, Changed: p.changed})
	if err != nil {
		return nil, err
	}
	p.engine = engine
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go p.openSpeaker()
	go p.listen(ctx)
	return p, nil
}

// Object is the player, to be shown once.
func (p *Player) Object() fyne.CanvasObject { return p.object }

// Seek shows another moment.
func (p *Player) Seek(to time.Duration) { p.engine.Seek(to) }

// At is where the player stands.
func (p *Player) At() time.Duration { return p.state.At }

// Pause stops where the player stands.
func (p *Player) Pause() {
	if p.state.Playing {
		p.engine.Toggle()
	}
}

// Again shows anew what stands beside the picture, after what is said was changed or switched.
func (p *Player) Again() { p.update() }

// Close ends picture and sound, here and in the second window. The source can be closed after it.
func (p *Player) Close() {
	if p.second != nil {
		p.second.window.Close()
	}
	p.stop()
	p.engine.Close()
	p.mu.Lock()
	speaker := p.speaker
	p.speaker, p.closed = nil, true
	p.mu.Unlock()
	if speaker != nil {
		_ = speaker.Close() // there is nothing to be done about a loudspeaker that does not close
	}
	p.screen.Clear()
}

// Keys are what the keyboard does, whatever has the focus.
func (p *Player) Keys() map[fyne.KeyName]func() {
	return map[fyne.KeyName]func(){
		fyne.KeySpace: p.engine.Toggle, fyne.KeyLeft: func() { p.engine.Skip(-skip) }, fyne.KeyRight: func() { p.engine.Skip(skip) },
		fyne.KeyComma: func() { p.engine.Step(false) }, fyne.KeyPeriod: func() { p.engine.Step(true) },
		fyne.KeyN: func() { p.jump(1) }, fyne.KeyP: func() { p.jump(-1) },
		fyne.KeyMinus: func() { p.faster(-1) }, fyne.KeyPlus: func() { p.faster(1) }, fyne.KeyEqual: func() { p.faster(1) },
		fyne.KeyHome: func() { p.engine.Seek(0) }, fyne.KeyF: p.toSecond,
	}
}

// picture shows a picture. It runs on the engine's goroutine.
func (p *Player) picture(f *media.Frame) {
	other := p.secondAt.Load()
	if f == nil {
		fyne.Do(func() {
			p.screen.Clear()
			if other != nil {
				other.Clear()
			}
		})
		return
	}
	paint := func(img *image.RGBA) { render.ToRGBA(f, img) }
	p.screen.Paint(f.Width, f.Height, paint)
	if other != nil {
		other.Paint(f.Width, f.Height, paint)
	}
}

// sound runs on the engine's goroutine.
func (p *Player) sound(pcm []int16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.speaker != nil {
		p.speaker.Play(pcm)
	}
}

// changed takes in where the engine stands. It runs on the engine's goroutine, and only the newest state is shown.
func (p *Player) changed(s playback.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latest = s
	if p.pending {
		return
	}
	p.pending = true
	fyne.Do(func() {
		p.mu.Lock()
		s := p.latest
		p.pending = false
		closed := p.closed
		p.mu.Unlock()
		if !closed {
			p.state = s
			p.update()
		}
	})
}

func (p *Player) openSpeaker() {
	open := p.o.Sound
	if open == nil {
		open = func() (Speaker, error) { return device.OpenSpeaker() }
	}
	s, err := open()
	p.mu.Lock()
	late := p.closed
	if err == nil && !late {
		p.speaker = s
	}
	p.mu.Unlock()
	switch {
	case err != nil && !late:
		fyne.Do(func() {
			p.noSound = true
			p.update()
		})
	case err == nil && late:
		_ = s.Close()
	}
}

// listen draws the waveform as it comes to be known.
func (p *Player) listen(ctx context.Context) {
	err := playback.Waveform(ctx, p.o.Source, p.o.Size, p.o.Length, stretches, func(loud []float32) {
		fyne.Do(func() { p.line.hear(loud) })
	})
	var bad *playback.BadPlace
	if errors.As(err, &bad) && ctx.Err() == nil {
		fyne.Do(func() {
			p.line.bad = bad.At
			p.line.Refresh()
		})
	}
}

// faster goes to another speed.
func (p *Player) faster(by int) {
	i := slices.IndexFunc(playback.Speeds, func(s float64) bool { return s >= p.state.Speed })
	p.engine.SetSpeed(playback.Speeds[min(max(i+by, 0), len(playback.Speeds)-1)])
}

// jump goes to the next mark, or the one before.
func (p *Player) jump(by int) {
	if to, ok := NextMark(p.o.Marks, p.state.At, by); ok {
		p.engine.Seek(to)
	}
}

// NextMark is the next mark after a moment, or the last one that is a second or more before it: who asks again goes further back.
func NextMark(marks []Mark, at time.Duration, by int) (time.Duration, bool) {
	found, ok := time.Duration(0), false
	for _, m := range marks {
		switch {
		case by > 0 && m.At > at+frame:
			return m.At, true
		case by < 0 && m.At < at-time.Second:
			found, ok = m.At, true
		}
	}
	return found, ok
}

// frame is as near to a mark as a picture can stand.
const frame = 50 * time.Millisecond

// update shows the state.
func (p *Player) update() {
	word, primary := i18n.T("player.play"), xwidget.Primary
	if p.state.Playing {
		word, primary = i18n.T("player.pause"), xwidget.Plain
	}
	if p.play.Text != word {
		p.play.Text, p.play.Kind = word, primary
		p.play.Refresh()
	}
	set := func(t *canvas.Text, s string) {
		if t.Text != s {
			t.Text = s
			t.Refresh()
		}
	}
	set(p.clock, p.times())
	set(p.speed, i18n.T("player.speed", map[string]any{"N": fmt.Sprintf("%g", p.state.Speed)}))
	said := ""
	if p.o.Said != nil {
		said = p.o.Said(p.state.At)
	}
	p.said.set(said)
	if p.second != nil {
		p.second.said.set(said)
	}
	p.line.at(p.state.At)
	p.noteOf(p.trouble())
	if p.o.Moved != nil {
		p.o.Moved(p.state)
	}
}

// times are where the player stands, and the length.
func (p *Player) times() string {
	if p.o.Length <= 0 {
		return edit.Clock(p.state.At)
	}
	return edit.Clock(p.state.At) + " / " + edit.Clock(p.o.Length)
}

// trouble is what has to be said of the recording or of this machine.
func (p *Player) trouble() string {
	bad := p.state.Bad
	switch {
	case bad != nil && errors.Is(bad, playback.ErrTorn):
		return i18n.T("player.torn", map[string]any{"At": edit.Clock(bad.At)})
	case bad != nil:
		return i18n.T("player.bad", map[string]any{"At": edit.Clock(bad.At)})
	case p.noSound:
		return i18n.T("player.no_sound")
	}
	return ""
}

func (p *Player) noteOf(s string) {
	if s == p.noted {
		return
	}
	p.noted = s
	var o fyne.CanvasObject = xwidget.Gap(0, 0)
	if s != "" {
		tone := xwidget.Private
		if p.state.Bad != nil {
			tone = xwidget.Fault
		}
		o = xwidget.Note(s, tone)
	}
	xwidget.Replace(p.note, o)
}

// draw builds the widget.
func (p *Player) draw() {
	p.line = newTimeline(p.o.Length, p.o.Marks, func(to time.Duration) { p.engine.Seek(to) })
	button := func(word, key string, act func()) *xwidget.Button {
		b := xwidget.NewButton(i18n.T(word), key, act)
		b.SpacePasses = true
		return b
	}
	p.play = button("player.play", i18n.T("player.key.space"), func() { p.engine.Toggle() })
	p.play.Kind = xwidget.Primary
	p.clock = xwidget.Text(p.times(), theme.Ink, theme.SizeText, true)
	p.speed = xwidget.Text(i18n.T("player.speed", map[string]any{"N": "1"}), theme.Ink2, theme.SizeSecondary, false)
	p.said = newSubtitle(theme.SizeHeading)
	p.note = container.NewStack(xwidget.Gap(0, 0))
	buttons := xwidget.Wrap(6, p.play, button("player.back", "←", func() { p.engine.Skip(-skip) }), button("player.on", "→", func() { p.engine.Skip(skip) }),
		button("player.frame_back", ",", func() { p.engine.Step(false) }), button("player.frame_on", ".", func() { p.engine.Step(true) }),
		button("player.mark_back", "P", func() { p.jump(-1) }), button("player.mark_on", "N", func() { p.jump(1) }),
		button("player.slower", "-", func() { p.faster(-1) }), button("player.faster", "+", func() { p.faster(1) }),
		button("player.second", "F", p.toSecond))
	foot := xwidget.Column(8, p.line, xwidget.Row(12, p.clock, p.speed), buttons, p.note)
	var over fyne.CanvasObject = xwidget.Gap(0, 0)
	if p.o.Name != "" {
		over = container.NewVBox(container.NewHBox(xwidget.Chip(p.o.Name, p.o.Tone)))
	}
	p.object = container.NewBorder(nil, foot, nil, nil, stage(p.screen, p.said.object, xwidget.Inset(over, 10, 10)))
}
