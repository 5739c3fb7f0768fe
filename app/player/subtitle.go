package player

import (
	"image/color"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"paravent/app/theme"
	"paravent/app/xwidget"
)

// How much of what is said stands over the picture: more would hide it.
const (
	subtitleLines = 3
	subtitleWidth = 56 // characters of a line
)

// subtitle is what is said, over the lower edge of a picture and on a ground of its own, whatever is behind it.
type subtitle struct {
	text   string
	size   float32
	lines  *fyne.Container
	box    fyne.CanvasObject // ground and lines
	object *fyne.Container   // takes the whole of the picture's place and asks for none
}

func newSubtitle(size float32) *subtitle {
	s := &subtitle{size: size, lines: container.NewVBox()}
	ground := canvas.NewRectangle(color.NRGBA{R: night.R, G: night.G, B: night.B, A: 0xD8})
	ground.CornerRadius = theme.Radius
	s.box = container.NewStack(ground, xwidget.Inset(s.lines, 10, 6))
	s.box.Hide()
	s.object = container.New(clipped{}, container.NewVBox(layout.NewSpacer(), xwidget.Inset(container.NewHBox(layout.NewSpacer(), s.box, layout.NewSpacer()), 8, 10)))
	return s
}

// set shows a text; nothing is shown for none.
func (s *subtitle) set(text string) {
	if text == s.text {
		return
	}
	s.text = text
	s.lines.RemoveAll()
	for _, line := range Subtitle(text) {
		t := canvas.NewText(line, light)
		t.TextSize, t.Alignment = s.size, fyne.TextAlignCenter
		s.lines.Add(t)
	}
	if text == "" {
		s.box.Hide()
	} else {
		s.box.Show()
	}
	s.object.Refresh() // from the outside, so that everything in it takes its new place
}

// Subtitle breaks a text into the few lines that are shown over a picture. What is longer ends in an ellipsis.
func Subtitle(text string) []string {
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Fields(part) {
			if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > subtitleWidth {
				lines = append(lines, line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > subtitleLines {
		lines = lines[:subtitleLines]
		lines[subtitleLines-1] += " …"
	}
	for i, line := range lines { // a word longer than a line must not be wider than the picture
		if r := []rune(line); len(r) > subtitleWidth+2 {
			lines[i] = string(r[:subtitleWidth]) + "…"
		}
	}
	return lines
}
