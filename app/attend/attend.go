// Package attend is the window in which an advocate's desktop joins a hearing: as the remote point, or in any other seat to which a link leads. It has
// no vault and keeps nothing on this machine: when it is shut, a new link is needed.
//
// It says what the join page says, in the page's own sentences, and it decides nothing. Start from [Run].
package attend

import (
	"context"
	"errors"
	"image"
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/i18n"
	"paravent/app/room"
	"paravent/app/theme"
	"paravent/app/xwidget"
	"paravent/media"
	"paravent/media/capture"
	"paravent/media/device"
	"paravent/media/render"
	"paravent/testimony/invite"
	"paravent/testimony/join"
	"paravent/testimony/join/attend"
	"paravent/testimony/join/guest"
)

// Options says which hearing to join. Without a link the window asks for it.
type Options struct {
	AppID       string
	Link        string
	Fingerprint string // of the court's certificate, where no authority vouches for it
	KeepRecord  string // a folder for a second, sealed record of a witness's testimony; empty keeps none
	TestPicture bool   // send a generated picture and speech in place of camera and microphone, to try a line
}

// Run opens the window and returns when it is shut.
func Run(ctx context.Context, o Options) error {
	w, err := New(app.NewWithID(o.AppID), o)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { fyne.Do(w.shut) })
	defer stop()
	w.window.ShowAndRun()
	w.leave()
	return nil
}

// Window is the window of one guest. All of it runs on Fyne's goroutine but what is said to run elsewhere.
type Window struct {
	window  fyne.Window
	options Options
	words   join.Sentences
	keys    map[fyne.KeyName]func()
	escapes []time.Time // of the silent alarm

	own        *attend.Own
	keeper     atomic.Pointer[attend.Keeper] // of the second record; nil: none is kept here
	missing    []string                      // keys of the sentences on devices that are missing
	speaker    *device.Speaker
	level      atomic.Int64 // of the microphone, 0 to 100
	hushed     atomic.Bool  // somebody has come in who must not know: nothing is played
	seat       *attend.Seat
	rights     bool // read, or not asked for
	checked    bool
	left       bool
	shown      any // what the screen shows, to draw it anew only when it changes
	main, self *xwidget.Screen
	watched    atomic.Value // string: whose picture is shown large
	seen       map[string]bool
	meter      *xwidget.Progress
}

// New makes the window without showing it.
func New(a fyne.App, o Options) (*Window, error) {
	look := room.LookOf(a.Preferences())
	if err := look.Use(a); err != nil {
		return nil, err
	}
	words, err := join.SentencesIn(look.Language)
	if err != nil {
		return nil, err
	}
	w := &Window{options: o, words: words, main: xwidget.NewScreen(), self: xwidget.NewScreen(), seen: map[string]bool{}}
	w.watched.Store("")
	w.window = a.NewWindow(i18n.T("join.window"))
	w.window.SetMaster()
	w.window.SetPadded(false)
	w.window.Resize(fyne.NewSize(1180, 740))
	w.window.CenterOnScreen()
	w.window.SetCloseIntercept(w.askToLeave)
	w.window.Canvas().SetOnTypedKey(w.typed)
	if o.Link == "" {
		w.askLink(nil)
	} else {
		w.dial(o.Link)
	}
	return w, nil
}

func (w *Window) typed(e *fyne.KeyEvent) {
	c := w.window.Canvas()
	if e.Name == fyne.KeyEscape {
		w.escape()
		xwidget.Escape(c)
		return
	}
	if xwidget.SheetKey(c, e.Name) || xwidget.HasSheet(c) {
		return
	}
	act := w.keys[e.Name]
	switch {
	case act == nil:
	case len(e.Name) == 1:
		fyne.Do(act) // once the character is through too: it would stand in a line that the key has opened
	default:
		act()
	}
}

// escape calls for help when the key is pressed three times quickly, as on the page. Nothing shows it.
func (w *Window) escape() {
	if w.escapeAt(time.Now()) && w.seat != nil {
		_ = w.seat.Ask(join.AskAlarm) // it goes out with the next sign of life
	}
}

// escapeAt counts a press at a moment, and reports whether it is the third one within two seconds.
func (w *Window) escapeAt(now time.Time) bool {
	w.escapes = append(w.escapes, now)
	if len(w.escapes) > 3 {
		w.escapes = w.escapes[1:]
	}
	if len(w.escapes) < 3 || now.Sub(w.escapes[0]) >= 2*time.Second {
		return false
	}
	w.escapes = nil
	return true
}

// show puts a screen up, with its keys and the first thing to press.
func (w *Window) show(content fyne.CanvasObject, first fyne.Focusable, keys map[fyne.KeyName]func()) {
	w.keys = keys
	ground := canvas.NewRectangle(theme.Colour(theme.Paper))
	w.window.SetContent(container.NewStack(ground, content))
	if first != nil {
		w.window.Canvas().Focus(first)
	}
}

// dial opens the devices, and the link.
func (w *Window) dial(link string) {
	w.show(middle(xwidget.Heading(w.words.Say("opening.text"))), nil, nil)
	var seat *attend.Seat
	room.Later(func() error {
		if _, err := invite.ParseLink(link); err != nil {
			return err
		}
		w.openDevices()
		config := attend.Config{Options: guest.Options{Lang: i18n.Language(), Fingerprint: strings.TrimSpace(w.options.Fingerprint)},
			Picture: w.own.Picture, Sound: w.own.Sound, Width: 640, Height: 480}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		var err error
		seat, err = attend.Take(ctx, link, config, attend.Shown{Picture: w.picture, Sound: w.sound})
		return err
	}, func(err error) {
		var refusal invite.Refusal
		switch {
		case w.left:
			if seat != nil {
				go seat.Leave()
			}
		case errors.As(err, &refusal) && refusal != invite.Busy:
			w.ended("refused."+string(refusal), w.words.Say("refused.title"))
		case err != nil:
			w.options.Link = link
			w.askLink(err)
		default:
			w.seat = seat
			w.options.Link = ""
			if w.options.KeepRecord != "" && keeps(seat) && w.keep(w.options.KeepRecord) != nil {
				room.Tell(w.window, i18n.T("join.keep"), i18n.T("join.keep.failed"))
			}
			go w.follow(seat)
		}
	})
}

// openDevices runs off Fyne's goroutine. What the machine has not got is left out and said.
func (w *Window) openDevices() {
	if w.own != nil {
		return
	}
	var camera capture.VideoSource
	var microphone capture.AudioSource
	var err error
	if w.options.TestPicture {
		camera, microphone = capture.NewTestPicture(7, 640, 480, 15, nil), capture.NewTestSpeech(7)
	} else {
		if camera, err = device.OpenCamera(0, 640, 480); err != nil {
			camera = nil
			w.missing = append(w.missing, "join.no_camera")
		}
		if microphone, err = device.OpenMicrophone(0); err != nil {
			microphone = nil
			w.missing = append(w.missing, "join.no_microphone")
		}
	}
	if w.speaker, err = device.OpenSpeaker(); err != nil {
		w.speaker = nil
		w.missing = append(w.missing, "join.no_speaker")
	}
	w.own = attend.OpenOwn(camera, microphone, w.see, w.hear)
}

// see shows the camera's picture. It runs on the camera's goroutine.
func (w *Window) see(f *media.Frame) {
	paint(w.self, f)
	if k := w.keeper.Load(); k != nil {
		k.See(f)
	}
}

// hear follows the microphone's level. It runs on the microphone's goroutine.
func (w *Window) hear(pcm []int16) {
	if k := w.keeper.Load(); k != nil {
		k.Hear(pcm)
	}
	loudest := int16(0)
	for _, v := range pcm {
		loudest = max(loudest, v, -max(v, -32767))
	}
	w.level.Store(max(int64(loudest)*100/32767, w.level.Load()*9/10))
}

func paint(s *xwidget.Screen, f *media.Frame) {
	s.Paint(f.Width, f.Height, func(img *image.RGBA) { render.ToRGBA(f, img) })
}

// picture shows somebody's picture, or takes it away. It runs on a decoder's goroutine.
func (w *Window) picture(from string, f *media.Frame) {
	if f != nil && w.watched.Load() == from {
		paint(w.main, f)
		return
	}
	fyne.Do(func() {
		switch {
		case f == nil:
			delete(w.seen, from)
			if w.watched.Load() == from {
				w.watched.Store("")
				w.main.Clear()
			}
		case !w.seen[from]:
			w.seen[from] = true
		default:
			return
		}
		w.update()
	})
}

func (w *Window) sound(pcm []int16) {
	if w.speaker != nil && !w.hushed.Load() {
		w.speaker.Play(pcm)
	}
}

// follow hands every change to the screen until the seat is over.
func (w *Window) follow(seat *attend.Seat) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		changed := seat.Changed()
		over := seat.View().Ended != ""
		fyne.Do(w.update)
		if over {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
			fyne.Do(w.measure)
		case <-seat.Done():
			return
		}
	}
}

// measure shows the microphone's level.
func (w *Window) measure() {
	if w.meter != nil {
		w.meter.Set(w.level.Load(), 100)
	}
}

func (w *Window) askToLeave() {
	if w.seat == nil || w.seat.View().Ended != "" {
		w.shut()
		return
	}
	var s *xwidget.Sheet
	stay := xwidget.NewPrimary(w.words.Say("leave.stay"), "Esc", func() { s.Close() })
	s = xwidget.ShowSheet(w.window.Canvas(), w.words.Say("leave.title"), 460, xwidget.Paragraph(i18n.T("join.leave.text")),
		stay, xwidget.NewButton(w.words.Say("leave.go"), "", w.shut))
	w.window.Canvas().Focus(stay)
}

func (w *Window) shut() {
	w.left = true
	w.main.Clear()
	w.self.Clear()
	w.window.SetCloseIntercept(nil)
	w.window.Close()
}

// leave gives everything back, after the window is gone.
func (w *Window) leave() {
	if w.seat != nil {
		w.seat.Leave()
	}
	if w.own != nil {
		w.own.Close()
	}
	if k := w.keeper.Load(); k != nil {
		k.Close() // after the seat: the court was told of what there was
	}
	if w.speaker != nil {
		_ = w.speaker.Close() // it is given back either way
	}
}
