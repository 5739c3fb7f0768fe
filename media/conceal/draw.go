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
	inkShade  = rgb(0x58, 0x64, 0x7D)
	inkGlass  = rgb(0x33, 0x3B, 0x4F)
)

// mixed lies between two colours: 0 is the one, 1 the other.
func mixed(one, other colour, share float64) colour {
	return colour{one.y + (other.y-one.y)*share, one.u + (other.u-one.u)*share, one.v + (other.v-one.v)*share}
}

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

// block is the side of the squares in which [fill] looks first, in pixels; even, so that it holds whole chroma samples.
const block = 8

// fill lays a shape over a part of a picture. The shape is a signed distance in pixels, negative inside, that changes by no more than one pixel a
// pixel: a square that lies far from its edge is decided at once. tone, from 0 to 1, is how thickly a line of the picture is laid on; nil is wholly.
func fill(f *media.Frame, where rect, ink colour, tone func(y float64) float64, distance func(x, y float64) float64) {
	const reach = block*math.Sqrt2/2 + 1
	if tone == nil {
		tone = func(float64) float64 { return 1 }
	}
	left, top := max(int(where.x0), 0)&^(block-1), max(int(where.y0), 0)&^(block-1)
	right, bottom := min(int(math.Ceil(where.x1)), f.Width), min(int(math.Ceil(where.y1)), f.Height)
	for y := top; y < bottom; y += block {
		for x := left; x < right; x += block {
			d := distance(float64(x+block/2), float64(y+block/2))
			if d > reach {
				continue
			}
			if d < -reach {
				fillBlock(f, x, y, ink, tone, nil)
			} else {
				fillBlock(f, x, y, ink, tone, distance)
			}
		}
	}
}

// fillBlock fills one square: as far as a shape covers it, or all of it where there is none.
func fillBlock(f *media.Frame, left, top int, ink colour, tone func(y float64) float64, distance func(x, y float64) float64) {
	right, bottom := min(left+block, f.Width), min(top+block, f.Height)
	amount := func(thick, x, y float64) float64 {
		if distance == nil {
			return thick
		}
		return thick * cover(distance(x, y))
	}
	for y := top; y < bottom; y++ {
		thick := tone(float64(y) + 0.5)
		for x := left; x < right; x++ {
			p := &f.Y[y*f.StrideY+x]
			*p = blend(*p, ink.y, amount(thick, float64(x)+0.5, float64(y)+0.5))
		}
	}
	for y := top / 2; y < (bottom+1)/2; y++ {
		thick := tone(float64(2*y) + 1)
		for x := left / 2; x < (right+1)/2; x++ {
			i := y*f.StrideUV + x
			a := amount(thick, float64(2*x)+1, float64(2*y)+1)
			f.U[i], f.V[i] = blend(f.U[i], ink.u, a), blend(f.V[i], ink.v, a)
		}
	}
}

// blend lays an amount of a level, 0 to 1, over another level.
func blend(under byte, over, amount float64) byte {
	return byte(float64(under) + (over-float64(under))*amount + 0.5)
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
		return (math.Pow(dx*dx*math.Sqrt(dx)+dy*dy*math.Sqrt(dy), 1/2.5) - 1) * math.Min(half, rise)
	}
}

// capsule is the signed distance to a bar with round ends from one point to another.
func capsule(x0, y0, x1, y1, radius float64) func(x, y float64) float64 {
	dx, dy := x1-x0, y1-y0
	length := dx*dx + dy*dy
	return func(x, y float64) float64 {
		along := 0.0
		if length > 0 {
			along = math.Max(0, math.Min(1, ((x-x0)*dx+(y-y0)*dy)/length))
		}
		return math.Hypot(x-x0-along*dx, y-y0-along*dy) - radius
	}
}

// polygon is the signed distance to a closed polygon whose corners are rounded by a radius.
func polygon(radius float64, corners ...[2]float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		nearest, inside := math.Inf(1), false
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			dx, dy := b[0]-a[0], b[1]-a[1]
			along := math.Max(0, math.Min(1, ((x-a[0])*dx+(y-a[1])*dy)/(dx*dx+dy*dy)))
			nearest = math.Min(nearest, math.Hypot(x-a[0]-along*dx, y-a[1]-along*dy))
			if (a[1] > y) != (b[1] > y) && x < a[0]+dx*(y-a[1])/dy {
				inside = !inside
			}
		}
		if inside {
			nearest = -nearest
		}
		return nearest - radius
	}
}

// turned is a shape turned by an angle about a point.
func turned(cx, cy, angle float64, shape func(x, y float64) float64) func(x, y float64) float64 {
	sin, cos := math.Sincos(-angle)
	return func(x, y float64) float64 {
		dx, dy := x-cx, y-cy
		return shape(cx+dx*cos-dy*sin, cy+dx*sin+dy*cos)
	}
}

// merged joins two shapes and rounds the corner between them within a reach.
func merged(reach float64, a, b func(x, y float64) float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		one, two := a(x, y), b(x, y)
		h := math.Max(0, math.Min(1, 0.5+0.5*(two-one)/reach))
		return two + (one-two)*h - reach*h*(1-h)
	}
}

// line is the edge of a shape, drawn with a pen of a width.
func line(width float64, shape func(x, y float64) float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return math.Abs(shape(x, y)) - width/2 }
}
