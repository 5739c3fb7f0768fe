package xwidget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/theme"
)

// Watermark repeats a line over the whole ground, so that a photograph of the screen tells whose screen it was.
func Watermark(line string) fyne.CanvasObject { return container.New(&oblique{}, marks(line)...) }

const (
	marksShown = 24
	markEvery  = 26
)

func marks(line string) []fyne.CanvasObject {
	ink := theme.Colour(theme.Ink2)
	ink.A = 0x38
	var out []fyne.CanvasObject
	for range marksShown {
		t := canvas.NewText(line+"   "+line, color.NRGBA(ink))
		t.TextSize = theme.SizeSecondary
		out = append(out, t)
	}
	return out
}

// oblique sets lines below each other, every second one shifted, and hides what has no room.
type oblique struct{}

func (oblique) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(10, 10) }

func (oblique) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for i, line := range o {
		y := float32(i) * markEvery
		if y+markEvery > size.Height && i > 0 {
			line.Hide()
			continue
		}
		line.Show()
		line.Resize(line.MinSize())
		line.Move(fyne.NewPos(float32(i%2)*-60, y))
	}
}
