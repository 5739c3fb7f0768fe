// Package still makes a small picture to be shown out of a large one that was handed in: nothing of the file but its pixels is in it.
package still

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // taken as well
	"io"

	"golang.org/x/image/draw"
)

// ErrPicture says that a picture can't be read.
var ErrPicture = errors.New("this picture can't be read")

// Longest is the length in pixels of the longer side of a still.
const Longest = 1280

// JPEG reads a PNG or a JPEG and returns it as a JPEG of at most so many bytes, made smaller where it has to be. It has no metadata. How a camera was held is
// metadata, too, so that such a picture can lie on its side.
func JPEG(r io.Reader, most int) ([]byte, error) {
	full, err := decode(r)
	if err != nil {
		return nil, err
	}
	for side := Longest; side >= 160; side = side * 3 / 4 {
		small := scaled(full, side)
		for _, quality := range []int{85, 65, 45} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
				return nil, fmt.Errorf("write a still: %w", err)
			}
			if out.Len() <= most {
				return out.Bytes(), nil
			}
		}
	}
	return nil, fmt.Errorf("%w: it does not become small enough", ErrPicture)
}

// Picture reads a PNG or a JPEG to be seen on a screen, on white; its longer side has at most so many pixels.
func Picture(r io.Reader, longest int) (*image.RGBA, error) {
	full, err := decode(r)
	if err != nil {
		return nil, err
	}
	return scaled(full, longest), nil
}

func decode(r io.Reader) (image.Image, error) {
	full, _, err := image.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return full, nil
}

// scaled is a picture on white whose longer side is no longer than asked.
func scaled(full image.Image, side int) *image.RGBA {
	w, h := full.Bounds().Dx(), full.Bounds().Dy()
	if longer := max(w, h); longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Over, nil)
	return small
}
