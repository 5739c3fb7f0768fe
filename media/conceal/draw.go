package conceal

import (
	"math"

	"paravent/media"
)

// colour is a colour in BT.601 limited range, as codecs take it.
type colour struct{ y, u, v float64 }

func rgb(r, g, b float64) colour {
	return colour{
		y: 16 + 0.257*r + 0.504*g + 0.098*b,
		u: 128 - 0.148*r - 0.291*g + 0.439*b,
		v: 128 + 0.439*r - 0.368*g - 0.071*b,
	}
}

// The house's colours: a dark blue ground, a calm grey-blue figure, light bars, the leaves of a screen.
var (
	inkGround = rgb(0x2B, 0x32, 0x44)
	inkFigure = rgb(0x6F, 0x7B, 0x94)
	inkLight  = rgb(0xAE, 0xB9, 0xD0)
	inkPanel  = rgb(0x48, 0x53, 0x6B)
)

// ground makes a picture of nothing but ground.
func ground(width, height int) *media.Frame {
	f := media.NewFrame(max(width, minSide), max(height, minSide))
	flood(f.Y, inkGround.y)
	flood(f.U, inkGround.u)
	flood(f.V, inkGround.v)
	return f
}

func flood(p []byte, level float64) {
	b := byte(math.Round(level))
	for i := range p {
		p[i] = b
	}
}

func clone(f *media.Frame) *media.Frame {
	c := *f
	c.Y = append([]byte(nil), f.Y...)
	c.U = append([]byte(nil), f.U...)
	c.V = append([]byte(nil), f.V...)
	return &c
}

// rect is the part of a picture that a shape can touch, in pixels.
type rect struct{ x0, y0, x1, y1 float64 }

func whole(f *media.Frame) rect { return rect{0, 0, float64(f.Width), float64(f.Height)} }

// paint lays a shape over a part of a picture. The shape says how much of a point it covers, 0 to 1.
func paint(f *media.Frame, where rect, ink colour, shape func(x, y float64) float64) {
	left, top := max(int(where.x0), 0), max(int(where.y0), 0)
	right, bottom := min(int(math.Ceil(where.x1)), f.Width), min(int(math.Ceil(where.y1)), f.Height)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			if a := shape(float64(x)+0.5, float64(y)+0.5); a > 0 {
				p := &f.Y[y*f.StrideY+x]
				*p = blend(*p, ink.y, a)
			}
		}
	}
	for y := top / 2; y < (bottom+1)/2; y++ {
		for x := left / 2; x < (right+1)/2; x++ {
			if a := shape(float64(2*x)+1, float64(2*y)+1); a > 0 {
				i := y*f.StrideUV + x
				f.U[i], f.V[i] = blend(f.U[i], ink.u, a), blend(f.V[i], ink.v, a)
			}
		}
	}
}

func blend(under byte, over, amount float64) byte {
	return byte(math.Round(float64(under)*(1-amount) + over*amount))
}

// cover is how much of a pixel lies inside an edge at a signed distance, negative inside.
func cover(distance float64) float64 { return math.Max(0, math.Min(1, 0.5-distance)) }

// ellipse returns the approximate signed distance in pixels to an ellipse's edge.
func ellipse(cx, cy, rx, ry float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		return (math.Hypot((x-cx)/rx, (y-cy)/ry) - 1) * math.Min(rx, ry)
	}
}

// dome returns the approximate signed distance to a pair of shoulders: flatter on top than an ellipse.
func dome(cx, top, bottom, half float64) func(x, y float64) float64 {
	rise := bottom - top
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)/half, math.Max(0, bottom-y)/rise
		return (math.Pow(math.Pow(dx, 2.5)+math.Pow(dy, 2.5), 1/2.5) - 1) * math.Min(half, rise)
	}
}

// capsule is the signed distance to an upright bar with round ends, from its middle.
func capsule(x, y, half, radius float64) float64 {
	return math.Hypot(x, math.Max(0, math.Abs(y)-half)) - radius
}
