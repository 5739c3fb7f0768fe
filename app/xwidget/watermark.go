package xwidget

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"paravent/app/theme"
)

// Watermark repeats a line over the whole ground, so that a photograph of the screen tells whose screen it was. Each stands in dark and in light ink: what is below it can be a picture.
func Watermark(line string) fyne.CanvasObject { return container.New(&oblique{}, marks(line)...) }

const (
	marksShown  = 24
	markEvery   = 26
	repeats     = 4 // of the line, side by side
	markOpacity = 0x48
)

var markInks = []color.NRGBA{{A: markOpacity}, {R: 0xFF, G: 0xFF, B: 0xFF, A: markOpacity}}

// marks are the lines, each in every ink.
func marks(line string) []fyne.CanvasObject {
	text := strings.TrimRight(strings.Repeat(line+"   ", repeats), " ")
	var out []fyne.CanvasObject
	for range marksShown {
		for _, ink := range markInks {
			t := canvas.NewText(text, ink)
			t.TextSize = theme.SizeSecondary
			out = append(out, t)
		}
	}
	return out
}

// oblique sets lines below each other, every second one shifted, and hides what has no room.
type oblique struct{}

func (oblique) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(10, 10) }

func (oblique) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for n, line := range o {
		i, shift := n/len(markInks), float32(n%len(markInks)) // the second ink a pixel beside the first
		y := float32(i) * markEvery
		if y+markEvery > size.Height && i > 0 {
			line.Hide()
			continue
		}
		line.Show()
		line.Resize(line.MinSize())
		line.Move(fyne.NewPos(float32(i%2)*-60+shift, y+shift))
	}
}
