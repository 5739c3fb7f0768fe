// Package reference makes small still pictures and short sounds of files, for somebody to compare a face and a voice with. Nothing is left in them
// of what a camera or a recorder writes beside: place, time, names, previews.
//
// Start from [Portrait] and [Voice].
package reference

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // read as well

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // likewise
)

// What a caller decides by.
var (
	ErrPicture = errors.New("this is not a picture that can be used: JPEG, PNG or WebP of at most 100 million points")
	ErrSound   = errors.New("this is not a sound that can be used: a WAV file of 16 bits, mono or stereo, at 8 to 96 kHz")
)

// Limits of what is read and made.
const (
	MaxFile     = 64 << 20 // bytes of a file
	portraitMax = 720      // points of a portrait's longer side
	maxPoints   = 100_000_000
)

// Portrait makes a JPEG of at most 720 points by 720 of a picture file, turned as its camera says. At that size it takes 40 to 200 kB.
func Portrait(file []byte) ([]byte, error) {
	about, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || about.Width < 1 || about.Height < 1 || about.Width > maxPoints/about.Height {
		return nil, ErrPicture
	}
	whole, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, ErrPicture
	}
	turn := 1
	if format == "jpeg" {
		turn = orientation(file)
	}
	small := turned(scaled(whole), turn)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("encode portrait: %w", err)
	}
	return out.Bytes(), nil
}

func scaled(whole image.Image) *image.RGBA {
	w, h := whole.Bounds().Dx(), whole.Bounds().Dy()
	if longer := max(w, h); longer > portraitMax {
		w, h = max(w*portraitMax/longer, 1), max(h*portraitMax/longer, 1)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // behind what is transparent
	draw.CatmullRom.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Over, nil)
	return small
}

// turned puts a picture upright by an orientation of EXIF (JEITA CP-3451, tag 0x0112): 1 is upright, 2 to 8 are its mirrors and turns.
func turned(in *image.RGBA, orientation int) *image.RGBA {
	w, h := in.Bounds().Dx(), in.Bounds().Dy()
	var from func(x, y int) (int, int)
	switch orientation {
	case 2:
		from = func(x, y int) (int, int) { return w - 1 - x, y }
	case 3:
		from = func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }
	case 4:
		from = func(x, y int) (int, int) { return x, h - 1 - y }
	case 5:
		from = func(x, y int) (int, int) { return y, x }
	case 6:
		from = func(x, y int) (int, int) { return y, h - 1 - x }
	case 7:
		from = func(x, y int) (int, int) { return w - 1 - y, h - 1 - x }
	case 8:
		from = func(x, y int) (int, int) { return w - 1 - y, x }
	default:
		return in
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			out.SetRGBA(x, y, in.RGBAAt(from(x, y)))
		}
	}
	return out
}
