// Package facetest draws a made-up person's face into pictures, for the tests of what looks for faces.
package facetest

import (
	"bytes"
	_ "embed"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"paravent/media"
)

// From github.com/esimov/pigo, whose licence stands in paravent/media/face.
//
//go:embed portrait.jpg
var portrait []byte

// The face in the portrait, in pixels.
const (
	middleX, middleY = 154, 202
	hairToChin       = 243
)

// Portrait is the portrait alone.
func Portrait(t testing.TB) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(portrait))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Place draws the face into a picture, size pixels from the hair to the chin and with its middle at x, y. It changes the luma alone.
func Place(f *media.Frame, img image.Image, size, x, y int) {
	scale := hairToChin / float64(size)
	for row := range f.Height {
		for col := range f.Width {
			at := image.Pt(middleX+int(float64(col-x)*scale), middleY+int(float64(row-y)*scale))
			if at.In(img.Bounds()) {
				f.Y[row*f.StrideY+col] = color.GrayModel.Convert(img.At(at.X, at.Y)).(color.Gray).Y
			}
		}
	}
}
