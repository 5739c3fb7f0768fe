package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Figure is one number of a chart. A hidden one has a place and no height.
type Figure struct {
	N      int
	Hidden bool
}

// Series is one line of figures of a chart, a figure for each category.
type Series struct {
	Name    string
	Figures []Figure
}

// Chart draws figures as bars that lie on their side, where long names have room, or as lines. Each line of figures has a colour, a pattern and a mark of its own.
// The arrow keys go from figure to figure; the one that is gone to is framed, and told to Told for it to be read in words.
//
// It does not scroll: [NewChart] puts it where it can.
type Chart struct {
	widget.BaseWidget
	Axis       string // what the categories are of
	Measure    string // what is counted
	Categories []string
	Series     []Series // at most [MostSeries]
	Lines      bool
	Joined     int                // of lines: how many of the first categories follow each other, and are joined
	Number     func(int) string   // writes a number
	Hidden     string             // what a hidden figure says, in one or two words
	Told       func(at ChartSpot) // nil for nobody

	at      ChartSpot
	focused bool
	reveal  func(top, bottom float32) // shows a part of the chart where it scrolls
}

// ChartSpot is a place in a chart.
type ChartSpot struct{ Category, Series int }

var (
	_ fyne.Focusable    = (*Chart)(nil)
	_ fyne.Tappable     = (*Chart)(nil)
	_ fyne.Shortcutable = (*Chart)(nil)
	_ desktop.Hoverable = (*Chart)(nil)
)

// figure is the number at a place.
func (c *Chart) figure(at ChartSpot) Figure { return c.Series[at.Series].Figures[at.Category] }

func (c *Chart) empty() bool { return len(c.Series) == 0 || len(c.Categories) == 0 }

// FocusGained frames the figure that the keyboard is at.
func (c *Chart) FocusGained() {
	c.focused = true
	c.Refresh()
	c.tell()
}

// FocusLost takes the frame away.
func (c *Chart) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune takes nothing.
func (c *Chart) TypedRune(rune) {}

// TypedKey goes from figure to figure, and passes on what is not the chart's.
func (c *Chart) TypedKey(k *fyne.KeyEvent) {
	stirred()
	if c.empty() {
		passKey(c, k)
		return
	}
	across, down := 0, 0
	switch k.Name {
	case fyne.KeyLeft:
		across = -1
	case fyne.KeyRight:
		across = 1
	case fyne.KeyUp:
		down = -1
	case fyne.KeyDown:
		down = 1
	case fyne.KeyHome:
		across = -len(c.Categories)
	case fyne.KeyEnd:
		across = len(c.Categories)
	default:
		passKey(c, k)
		return
	}
	c.step(across, down)
}

// step goes to another category, or to another line of figures. Down the bars, the last of one category is followed by the first of the next.
func (c *Chart) step(across, down int) {
	c.at.Category = min(max(c.at.Category+across, 0), len(c.Categories)-1)
	switch s := c.at.Series + down; {
	case s >= 0 && s < len(c.Series):
		c.at.Series = s
	case !c.Lines && s < 0 && c.at.Category > 0:
		c.at = ChartSpot{c.at.Category - 1, len(c.Series) - 1}
	case !c.Lines && s >= len(c.Series) && c.at.Category < len(c.Categories)-1:
		c.at = ChartSpot{c.at.Category + 1, 0}
	}
	c.Refresh()
	c.tell()
}

func (c *Chart) tell() {
	if c.empty() {
		return
	}
	if c.Told != nil {
		c.Told(c.at)
	}
	if c.reveal != nil && !c.Lines {
		top := c.barTop(c.at)
		c.reveal(top-barHeight, top+2*barHeight)
	}
}

// TypedShortcut passes the window's shortcuts on.
func (c *Chart) TypedShortcut(s fyne.Shortcut) { passShortcut(c, s) }

// Tapped goes to the figure that is nearest, and takes the focus.
func (c *Chart) Tapped(e *fyne.PointEvent) {
	stirred()
	if c.empty() {
		return
	}
	if over := fyne.CurrentApp().Driver().CanvasForObject(c); over != nil {
		over.Focus(c)
	}
	c.at = c.nearest(e.Position)
	c.Refresh()
	c.tell()
}

// MouseIn, MouseMoved and MouseOut implement desktop.Hoverable.
func (c *Chart) MouseIn(*desktop.MouseEvent) { stirred() }

// MouseMoved notices a movement.
func (c *Chart) MouseMoved(*desktop.MouseEvent) { stirred() }

// MouseOut does nothing.
func (c *Chart) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer { return &chartRenderer{c: c} }

// most is the highest number shown.
func (c *Chart) most() int {
	n := 0
	for _, s := range c.Series {
		for _, f := range s.Figures {
			if !f.Hidden {
				n = max(n, f.N)
			}
		}
	}
	return n
}

// ticks are round numbers from 0 on, of which the last is not below the highest that is shown.
func ticks(most int) []int {
	const wanted = 5
	for factor := 1; ; factor *= 10 {
		for _, m := range []int{1, 2, 5} {
			if step := m * factor; step*wanted >= most {
				out := []int{0}
				for n := step; ; n += step {
					if out = append(out, n); n >= most {
						return out
					}
				}
			}
		}
	}
}

// NewChart puts a chart where it scrolls, and follows the keyboard in it.
func NewChart(c *Chart) fyne.CanvasObject {
	c.ExtendBaseWidget(c)
	s := container.NewVScroll(c)
	c.reveal = func(top, bottom float32) {
		switch {
		case top < s.Offset.Y:
			s.ScrollToOffset(fyne.NewPos(0, max(top, 0)))
		case bottom > s.Offset.Y+s.Size().Height:
			s.ScrollToOffset(fyne.NewPos(0, bottom-s.Size().Height))
		}
	}
	return s
}
