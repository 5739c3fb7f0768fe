package player

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/theme"
	"paravent/app/xwidget"
)

// windowTitle is all that the second window's frame says: what is shown is nobody's business who passes the display.
const windowTitle = "Paravent"

var (
	night = color.NRGBA{R: 0x14, G: 0x18, B: 0x22, A: 0xFF}
	light = color.NRGBA{R: 0xF2, G: 0xF4, B: 0xF9, A: 0xFF}
)

// stage puts a picture on a dark ground, with what is said below it and something over it.
func stage(s *xwidget.Screen, said, over fyne.CanvasObject) fyne.CanvasObject {
	ground := canvas.NewRectangle(night)
	ground.CornerRadius = theme.Radius
	ground.SetMinSize(fyne.NewSize(320, 180))
	return container.NewStack(ground, s.Image, said, over)
}

// clipped gives everything its whole place and asks for none: a long sentence must not widen the window.
type clipped struct{}

func (clipped) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, x := range o {
		x.Resize(size)
	}
}

func (clipped) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// second is the window for the courtroom's second display: the picture and what is said, and no control.
type second struct {
	window fyne.Window
	said   *subtitle
}

// toSecond opens the second window, and there goes full screen and back.
func (p *Player) toSecond() {
	if p.second != nil {
		p.second.window.SetFullScreen(!p.second.window.FullScreen())
		return
	}
	screen := xwidget.NewScreen()
	said := newSubtitle(28)
	w := fyne.CurrentApp().NewWindow(windowTitle)
	w.SetPadded(false)
	w.SetContent(stage(screen, said.object, xwidget.Gap(0, 0)))
	w.Resize(fyne.NewSize(960, 540))
	keys := p.Keys()
	keys[fyne.KeyEscape] = func() { w.Close() }
	w.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) {
		if act := keys[k.Name]; act != nil {
			act()
		}
	})
	w.SetOnClosed(func() {
		p.secondAt.Store(nil)
		p.second = nil
		screen.Clear()
	})
	p.second = &second{window: w, said: said}
	p.secondAt.Store(screen)
	p.engine.Seek(p.state.At) // a picture that stands is shown there too
	w.Show()
}
