// Package render turns pictures into what a screen takes.
package render

import (
	"image"

	"paravent/media"
)

// ToRGBA writes a picture into an image, converted from BT.601 limited range. The image keeps its size; what lies outside
// the picture is left alone, so make it with the picture's size. It allocates nothing and can run on any goroutine.
func ToRGBA(f *media.Frame, dst *image.RGBA) {
	width, height := min(f.Width, dst.Rect.Dx()), min(f.Height, dst.Rect.Dy())
	for y := range height {
		luma := f.Y[y*f.StrideY : y*f.StrideY+width]
		u := f.U[y/2*f.StrideUV:]
		v := f.V[y/2*f.StrideUV:]
		row := dst.Pix[y*dst.Stride : y*dst.Stride+4*width]
		for x, l := range luma {
			// Fixed point with 8 bits, as ITU-R BT.601 gives the factors.
			c := 298 * (int32(l) - 16)
			d, e := int32(u[x/2])-128, int32(v[x/2])-128
			p := row[4*x : 4*x+4 : 4*x+4]
			p[0] = byteOf(c + 409*e)
			p[1] = byteOf(c - 100*d - 208*e)
			p[2] = byteOf(c + 516*d)
			p[3] = 255
		}
	}
}

func byteOf(fixed int32) byte {
	n := (fixed + 128) >> 8
	if n < 0 {
		return 0
	}
	if n > 255 {
		return 255
	}
	return byte(n)
}
