// Package caption writes lines of text into pictures, so that whoever sees one reads them: below on a dark band, and faintly across the middle, where they
// cannot be cut off without the picture.
//
// It is drawn for pictures that leave the house. The type to start from is [Caption].
package caption

import (
	"errors"
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"paravent/media"
)

// ErrText says that there is nothing to write.
var ErrText = errors.New("a caption needs a line of text")

// How large the text is: a line of the band is the band's height, which is so many times in the picture's; and how strong what is written across the middle is.
const (
	linesInHeight = 22
	leastHeight   = 9 // pixels of a line, below which nobody reads it
	across        = 0.16
	bandShade     = 190 // of 255
	white         = 235
	black         = 16
)

// Caption is text that is written into pictures. One goroutine uses it.
type Caption struct {
	lines         []string
	face          *opentype.Font
	width, height int
	strength      []uint8 // by pixel of the picture, of white ink: 0 to 255
	shade         []uint8 // by pixel, of black under it
}

// New makes a caption of lines, the most important first. It fails with [ErrText] without one.
func New(lines ...string) (*Caption, error) {
	c := &Caption{}
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			c.lines = append(c.lines, l)
		}
	}
	if len(c.lines) == 0 {
		return nil, ErrText
	}
	var err error
	if c.face, err = opentype.Parse(goregular.TTF); err != nil {
		return nil, fmt.Errorf("read the font of captions: %w", err)
	}
	return c, nil
}

// Draw writes the caption into a frame, which the caller owns.
func (c *Caption) Draw(f *media.Frame) error {
	if f.Width != c.width || f.Height != c.height {
		if err := c.lay(f.Width, f.Height); err != nil {
			return err
		}
	}
	for y := range f.Height {
		row, at := f.Y[y*f.StrideY:y*f.StrideY+f.Width], y*f.Width
		for x := range row {
			row[x] = mix(mix(row[x], black, c.shade[at+x]), white, c.strength[at+x])
		}
	}
	for y := range (f.Height + 1) / 2 {
		for x := range (f.Width + 1) / 2 {
			at := min(2*y, f.Height-1)*f.Width + min(2*x, f.Width-1)
			if s := max(c.shade[at], c.strength[at]); s > 0 {
				i := y*f.StrideUV + x
				f.U[i], f.V[i] = mix(f.U[i], 128, s), mix(f.V[i], 128, s)
			}
		}
	}
	return nil
}

func mix(was, to byte, strength uint8) byte {
	s := int(strength)
	return byte((int(was)*(255-s) + int(to)*s + 127) / 255)
}

// lay draws the text once for pictures of a size.
func (c *Caption) lay(width, height int) error {
	c.width, c.height = width, height
	c.strength, c.shade = make([]uint8, width*height), make([]uint8, width*height)
	line := max(height/linesInHeight, leastHeight)
	band := min(line*len(c.lines)+line/2, height)
	for i := (height - band) * width; i < width*height; i++ {
		c.shade[i] = bandShade
	}
	for i, text := range c.lines {
		if err := c.write(text, line/2, height-band+line/4+i*line, width-line, line, 1); err != nil {
			return err
		}
	}
	return c.write(c.lines[0], width/10, height/2-line, width*8/10, 2*line, across)
}

// write puts a line of text with its upper left corner at a place, no wider than asked and as high as it may be.
func (c *Caption) write(text string, x, y, width, height int, strength float64) error {
	size := float64(height) * 0.8
	for {
		face, err := opentype.NewFace(c.face, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return fmt.Errorf("set a caption: %w", err)
		}
		if long := font.MeasureString(face, text).Ceil(); long > width && size > 4 {
			size = max(4, min(size*float64(width)/float64(long), size-0.5))
			continue
		}
		ink := image.NewAlpha(image.Rect(0, 0, c.width, c.height))
		d := font.Drawer{Dst: ink, Src: image.Opaque, Face: face, Dot: fixed.P(x, y+height*8/10)}
		d.DrawString(text)
		for i, a := range ink.Pix {
			c.strength[i] = max(c.strength[i], uint8(float64(a)*strength))
		}
		return face.Close()
	}
}
