package xwidget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"paravent/app/theme"
)

// Grid sets rows of cells in columns whose widths stand in proportion, with a thin rule below each row. A cell is as high as
// its row needs; text in it can wrap.
func Grid(weights []float32, head []string, rows ...[]fyne.CanvasObject) fyne.CanvasObject {
	var lines []fyne.CanvasObject
	if head != nil {
		cells := make([]fyne.CanvasObject, len(head))
		for i, h := range head {
			cells[i] = Text(h, theme.Ink2, theme.SizeSecondary, true)
		}
		lines = append(lines, container.New(&columns{weights}, cells...), Line())
	}
	for _, r := range rows {
		lines = append(lines, container.New(&columns{weights}, r...), Line())
	}
	return Column(5, lines...)
}

// columns sets cells beside each other in proportion, each in the middle of the row's height.
type columns struct{ weights []float32 }

func (c *columns) widths(total float32) []float32 {
	sum := float32(0)
	for _, w := range c.weights {
		sum += w
	}
	out := make([]float32, len(c.weights))
	for i, w := range c.weights {
		out[i] = total * w / sum
	}
	return out
}

func (c *columns) Layout(cells []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, w := range c.widths(size.Width) {
		if i >= len(cells) {
			return
		}
		cells[i].Resize(fyne.NewSize(w-8, cells[i].MinSize().Height))
		h := cells[i].MinSize().Height
		cells[i].Resize(fyne.NewSize(w-8, h))
		cells[i].Move(fyne.NewPos(x+2, max((size.Height-h)/2, 0)))
		x += w
	}
}

func (c *columns) MinSize(cells []fyne.CanvasObject) fyne.Size {
	h, w := float32(0), float32(0)
	for _, o := range cells {
		m := o.MinSize()
		h, w = max(h, m.Height), w+min(m.Width, 60)
	}
	return fyne.NewSize(w, h)
}

// Tabs is a row of words of which one is chosen. keys, which may be nil, are shown beside them; the screen binds them.
func Tabs(words, keys []string, chosen int, choose func(int)) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for i, w := range words {
		b := NewButton(w, "", func() { choose(i) })
		b.Selected = i == chosen
		if i < len(keys) {
			b.Key = keys[i]
		}
		cells = append(cells, b)
	}
	return Row(6, cells...)
}

// Wrap sets objects beside each other, in as many lines as the width needs.
func Wrap(gap float32, objects ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&wrap{gap: gap}, objects...)
}

type wrap struct{ gap, width float32 }

func (w *wrap) place(objects []fyne.CanvasObject, width float32, at func(fyne.CanvasObject, fyne.Position)) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range objects {
		m := o.MinSize()
		if x > 0 && x+m.Width > width {
			x, y, line = 0, y+line+w.gap, 0
		}
		if at != nil {
			at(o, fyne.NewPos(x, y))
		}
		x += m.Width + w.gap
		line = max(line, m.Height)
	}
	return y + line
}

func (w *wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w.width = size.Width
	w.place(objects, size.Width, func(o fyne.CanvasObject, p fyne.Position) {
		o.Resize(o.MinSize())
		o.Move(p)
	})
}

func (w *wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	widest := float32(0)
	for _, o := range objects {
		widest = max(widest, o.MinSize().Width)
	}
	width := w.width
	if width == 0 {
		width = 480
	}
	return fyne.NewSize(widest, w.place(objects, width, nil))
}
