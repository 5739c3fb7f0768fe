package player

import (
	"image"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"paravent/app/theme"
)

// timeline is a recording's whole length from left to right: how loud it is, what happened, where the player stands. A tap goes there.
type timeline struct {
	widget.BaseWidget
	length time.Duration
	marks  []Mark
	seek   func(time.Duration)
	loud   []float32
	bad    time.Duration // from where on nothing can be played; 0 for nowhere
	now    time.Duration

	wave *canvas.Raster
	head *canvas.Rectangle
	lost *canvas.Rectangle
	pins []*canvas.Rectangle
	base *canvas.Rectangle
}

const timelineHeight = 64

var (
	_ fyne.Tappable      = (*timeline)(nil)
	_ desktop.Cursorable = (*timeline)(nil)
)

func newTimeline(length time.Duration, marks []Mark, seek func(time.Duration)) *timeline {
	t := &timeline{length: length, marks: marks, seek: seek}
	t.base = canvas.NewRectangle(theme.Colour(theme.BreakSoft))
	t.base.CornerRadius = 6
	t.lost = canvas.NewRectangle(theme.Colour(theme.FaultSoft))
	t.head = canvas.NewRectangle(theme.Colour(theme.Accent))
	t.wave = canvas.NewRaster(t.paint)
	for _, m := range marks {
		ink, _ := m.Tone.Colours()
		t.pins = append(t.pins, canvas.NewRectangle(theme.Colour(ink)))
	}
	t.ExtendBaseWidget(t)
	return t
}

// hear takes in how loud it is.
func (t *timeline) hear(loud []float32) {
	t.loud = loud
	t.wave.Refresh()
}

// at moves the head.
func (t *timeline) at(now time.Duration) {
	if t.now = now; t.length <= 0 {
		return
	}
	t.head.Move(fyne.NewPos(t.x(now)-1, 0))
	t.head.Refresh()
}

func (t *timeline) x(at time.Duration) float32 {
	if t.length <= 0 {
		return 0
	}
	return t.Size().Width * float32(min(max(float64(at)/float64(t.length), 0), 1))
}

// Tapped goes to the moment under the pointer.
func (t *timeline) Tapped(e *fyne.PointEvent) {
	if w := t.Size().Width; w > 0 && t.length > 0 {
		t.seek(time.Duration(float64(t.length) * float64(e.Position.X/w)))
	}
}

// Cursor is a pointing hand.
func (t *timeline) Cursor() desktop.Cursor { return desktop.PointerCursor }

// paint draws the waveform for a size in pixels.
func (t *timeline) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if len(t.loud) == 0 || w <= 0 {
		return img
	}
	ink := color.RGBA(theme.Colour(theme.Ink2))
	for x := range w {
		from, to := x*len(t.loud)/w, max((x+1)*len(t.loud)/w, x*len(t.loud)/w+1)
		most := float32(0)
		for _, v := range t.loud[from:min(to, len(t.loud))] {
			most = max(most, v)
		}
		half := int(most * float32(h) / 2)
		for y := h/2 - half; y <= h/2+half && y < h; y++ {
			img.SetRGBA(x, max(y, 0), ink)
		}
	}
	return img
}

// CreateRenderer implements fyne.Widget.
func (t *timeline) CreateRenderer() fyne.WidgetRenderer { return &timelineRenderer{t} }

type timelineRenderer struct{ t *timeline }

func (r *timelineRenderer) MinSize() fyne.Size { return fyne.NewSize(200, timelineHeight) }

func (r *timelineRenderer) Layout(size fyne.Size) {
	t := r.t
	t.base.Resize(size)
	t.wave.Resize(size)
	t.head.Resize(fyne.NewSize(3, size.Height))
	t.head.Move(fyne.NewPos(t.x(t.now)-1, 0))
	for i, m := range t.marks {
		t.pins[i].Resize(fyne.NewSize(3, 16))
		t.pins[i].Move(fyne.NewPos(t.x(m.At)-1, size.Height-16))
	}
	if t.bad > 0 {
		t.lost.Resize(fyne.NewSize(size.Width-t.x(t.bad), size.Height))
		t.lost.Move(fyne.NewPos(t.x(t.bad), 0))
	} else {
		t.lost.Resize(fyne.Size{})
	}
}

func (r *timelineRenderer) Refresh() {
	r.Layout(r.t.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *timelineRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.t.base, r.t.lost, r.t.wave}
	for _, p := range r.t.pins {
		o = append(o, p)
	}
	return append(o, r.t.head)
}

func (r *timelineRenderer) Destroy() {}
